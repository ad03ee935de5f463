"""What a noun phrase is, and the word classes that bound it.

Pure data and small facts about units; the reading is in ``phrase_bounds``, ``phrase_head`` and
``phrases``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from orchestrator.language.lexicon import Lexicon
from orchestrator.language.units import Unit
from tools.target import Ordinal, RelationKind, Side, Target

MAX_DEPTH = 6
MAX_WORDS = 60

ENDS = (
    "conjunction", "connector", "contrast", "instead_of", "while", "relative", "participle",
    "copula",
    "negation", "says", "except", "reason", "condition", "do_same", "gone", "upside_down",
    "turn", "direction",
)  # fmt: skip
"""Parts of speech that no noun phrase runs over."""

ADJECTIVES = (
    "colour", "scale", "size", "focus_adjective", "side", "look", "style", "wish", "same", "aspect",
    "weather", "relight", "season", "more", "less", "style_word", "adjective",
)  # fmt: skip
"""Senses under which a word after a noun says what the noun should become."""

SHADES = frozenset({
    "deep", "pale", "soft", "warm", "rich", "bright", "light", "dark", "muted", "dusty", "nice",
    "lovely", "proper", "vivid", "bold", "cool", "strong", "subtle", "delicate", "gentle", "faded",
    "washed", "burnt", "pastel", "neon", "electric", "glossy", "matte", "metallic", "shiny", "true",
    "pure", "solid", "plain", "classic", "beautiful", "gorgeous", "striking", "shocking", "lush",
    "royal", "icy", "smoky", "earthy", "creamy", "milky", "sunny", "fiery", "inky", "steely",
    "sandy", "mossy", "stormy", "moody", "pretty", "medium", "mid", "very", "really", "ultra",
    "dull", "murky", "clean", "crisp", "fresh", "rustic", "french", "british", "london", "slightly",
    "cheerful", "saturated", "natural", "elegant", "vintage", "retro", "modern", "candy", "powder",
})  # fmt: skip
"""What a shade of a colour is called."""

ATTACHED: frozenset[str] = frozenset({
    "on", "in", "under", "behind", "in_front_of", "left_of", "right_of", "above", "below",
    "next_to",
    "near", "between", "with", "without", "at", "of", "from",
})  # fmt: skip
"""Prepositions that tie another thing to a noun."""

Number = Literal["one", "many"]
Quantity = Literal["one", "all", "all_but"]


@dataclass(frozen=True)
class Phrase:
    """A noun phrase.

    Attributes:
        target: what it points at.
        words: its text, with misspellings corrected.
        units: the units it covers.
        determiner: "definite", "indefinite", "all", "none" or "".
        number: one thing or many.
        pronoun: "one", "many", "other", "former" or "ones" where it only refers back.
        role: "image", "background", "foreground", "subject", "rest" or "" (an ordinary thing).
        place: a place in the picture that followed it ("at the bottom"), as in ``Place``.
    """

    target: Target
    words: str
    units: tuple[Unit, ...]
    determiner: str = ""
    number: Number = "one"
    pronoun: str = ""
    role: str = ""
    place: str = ""

    @property
    def with_article(self) -> str:
        """Its words with "the" where a phrase without determiner needs one."""
        first = self.words.split(" ", 1)[0].lower()
        if (
            first in ("the", "a", "an", *_OWNERS)
            and self.words[0].isupper()
            and not self.words[:2].isupper()
        ):
            return self.words[0].lower() + self.words[1:]
        bare = (
            not self.determiner
            and self.role != "rest"
            and not self.pronoun
            and not _has_own_article(first)
        )
        return f"the {self.words}" if bare and self.words else self.words


@dataclass
class Before:
    """What was read of a phrase before its adjectives and noun.

    Attributes:
        determiner: as in ``Phrase``.
        quantity: as in ``Target``.
        ordinal: place in a row.
        superlative: "biggest", also where "bigger" was said.
        other: "the other" was said.
        count: how many; 0 = no number was said.
    """

    determiner: str = ""
    quantity: Quantity = "one"
    ordinal: Ordinal | None = None
    superlative: str = ""
    other: bool = False
    count: int = 0


_OWNERS = {"my", "your", "his", "her", "its", "our", "their", "this", "that", "these", "those"}


def _has_own_article(first: str) -> bool:
    return (
        first in _OWNERS
        or first in ("everything", "everyone", "everybody", "the", "a", "an", "whoever")
        or first[:1].isupper()
    )


def relation_of(kind: str) -> RelationKind:
    """The relation a preposition stands for."""
    return RELATIONS.get(kind, "near")


RELATIONS: dict[str, RelationKind] = {kind: kind for kind in get_args(RelationKind)} | {
    "of": "part_of",
    "from": "part_of",
}
"""Preposition -> relation."""


def compares(unit: Unit) -> bool:
    """Whether a unit is a comparative."""
    return (
        any(getattr(unit.get(part), "form", "plain") == "more" for part in ("size", "scale"))
        or bool(unit.get("graded"))
        or (not unit.senses and unit.norm.endswith("ier") and len(unit.norm) > 5)
        or (unit.norm in ("blurrier", "sharper", "crisper", "softer", "smoother"))
    )


def more_so(unit: Unit) -> bool:
    """Whether a unit is a comparative, or an adjective that looks like one ("cleaner")."""
    return compares(unit) or (unit.norm.endswith("er") and unit.has("adjective"))


def superlative_of(word: str) -> str:
    """The superlative of a comparative ("bigger" -> "biggest")."""
    if word.endswith("est"):
        return word
    return word[:-2] + "est" if word.endswith("er") else word


def is_plural(noun: str, lexicon: Lexicon) -> bool:
    """Whether a noun is a plural."""
    return lexicon.singular(noun) != noun


def coloured(colour: str, category: str) -> Target:
    """The thing of a kind that has a colour; "one" where no kind was named."""
    phrase = f"the {colour} {category or 'one'}"
    return Target(phrase=phrase, category=category, attributes=(colour,))


def number_of(pronoun: str, unit: Unit) -> Number:
    """One thing or many, for a pronoun."""
    return (
        "many"
        if pronoun == "many"
        or unit.norm in ("the others", "the other ones", "the other two", "ones")
        else "one"
    )


def ordinal_of(name: str) -> Ordinal:
    """The place in a row that a side word names."""
    if name == "middle":
        return Ordinal(index=0)
    return Ordinal(index=1, side=as_side(name))


SIDES: dict[str, Side] = {
    "left": "left",
    "right": "right",
    "top": "top",
    "bottom": "bottom",
    "front": "front",
    "back": "back",
}


def as_side(name: str) -> Side:
    """A side by its word."""
    return SIDES.get(name.rstrip("_"), "left")


def role_of(head: Unit | None, noun: str) -> str:
    """What in every picture a head noun names, or ""."""
    if head is None:
        return ""
    for part, role in (
        ("rest", "rest"),
        ("background", "background"),
        ("foreground", "foreground"),
        ("subject", "subject"),
        ("whole", "image"),
    ):
        if head.has(part):
            return role
    return ""


def clip(text: str, limit: int) -> str:
    """Text cut at a word to a length."""
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0]
