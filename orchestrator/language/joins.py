"""Whether words that the lexicon knows as one expression are one where they stand.

"The sky blue" is the sky, made blue; "every toy with a bow" has no verb "to toy with". Knows the
words around an expression, not what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.language.lexicon import FRAME_SHARES, Lexicon, Senses
from orchestrator.language.tokens import Token

_GRADABLE = (
    "scale", "size", "focus_adjective", "look", "style", "property", "weather", "wish", "more",
    "less", "degree", "conjunction",
    "prep", "connector", "contrast", "verb", "graded", "polite", "colour_noun", "place", "while",
    "direction", "except",
    "excess", "relight", "turn", "copula", "reason", "instead", "filler",
)  # fmt: skip
_SIDES = frozenset({"left", "right", "top", "bottom", "middle", "center", "centre"})
_CLAUSE = frozenset({"det", "pronoun", "negation", "background"})
"""Senses of what begins the clause behind "I want that"."""


@dataclass(frozen=True)
class Joint:
    """An expression where it stands.

    Attributes:
        words: of the expression.
        senses: what it means as one.
        tokens: of the whole instruction.
        after: the place behind it.
        lexicon: for what the words around it mean.
    """

    words: tuple[str, ...]
    senses: Senses
    tokens: Sequence[Token]
    after: int
    lexicon: Lexicon

    @property
    def before(self) -> Token | None:
        """The token before it."""
        at = self.after - len(self.words) - 1
        return self.tokens[at] if at >= 0 else None

    @property
    def following(self) -> Token | None:
        """The token behind it."""
        return self.tokens[self.after] if self.after < len(self.tokens) else None

    @property
    def ends(self) -> bool:
        """Whether nothing that it could belong to follows."""
        return self.following is None or self.following.kind in ("mark", "number", "quote")

    def meaning(self, token: Token | None) -> Senses:
        """What a token beside it means."""
        return self.lexicon.senses(token.norm) if token is not None else {}


def allowed(joint: Joint) -> bool:
    """Whether a joined reading fits what stands around it ("a little warmer", "a little girl")."""
    tests = (_corner, _a_thing, _a_verb, _a_wish, _counted, _on_top, _repair, _two_colours, _shade)
    if any(test(joint) for test in tests):
        return False
    words, senses, following = joint.words, joint.senses, joint.following
    meant = joint.meaning(following)
    if "degree" in senses and words[0] in ("a", "so"):
        states = () if words[-1] in ("little", "so") else ("colour", "adjective", "gone")
        return following is None or joint.ends or bool({*_GRADABLE, *states} & meant.keys())
    sided = "place" in senses and words[-1] in _SIDES
    particle = following is not None and following.norm in ("away", "out", "off")
    if sided and following is not None and following.kind == "word" and not particle:
        beyond = joint.tokens[joint.after + 1 :][:1]
        if following.norm in FRAME_SHARES:
            return bool(beyond) and beyond[0].norm in ("as", "the", "its", "their")
        nouns = {"compound", "whole", "text_noun", "background", "ones"}
        if _compound(joint):
            return False
        if not meant or meant.keys() & nouns or following.norm in ("one", "ones"):
            return following.norm == "of"  # "on the left woman" is not a place
    before = words[-1] == "before" and "same" not in senses and "connector" not in senses
    of = following is not None and following.norm == "of"
    return not before and not (senses.keys() == {"place"} and of)


def _compound(joint: Joint) -> bool:
    """Whether a noun of several words follows ("to the left wine glass")."""
    ahead = [token.norm for token in joint.tokens[joint.after : joint.after + 4]]
    rows = joint.lexicon.starts.get(ahead[0], ()) if ahead else ()
    return any(
        list(words) == ahead[: len(words)] and "compound" in joint.lexicon.senses(" ".join(words))
        for words in rows
    )


def _corner(joint: Joint) -> bool:
    """Read "the top left of the picture": a corner, not what is left of the picture."""
    led = joint.before.norm if joint.before is not None else ""
    sided = joint.words in (("left", "of"), ("right", "of"))
    return sided and led in ("top", "upper", "bottom", "lower")


def _a_thing(joint: Joint) -> bool:
    """Read "the sky blue": the sky, made blue, rather than a shade of blue."""
    words, lexicon = joint.words, joint.lexicon
    if "colour" not in joint.senses or len(words) != 2 or joint.before is None:
        return False
    first = lexicon.senses(words[0]).keys()
    named = words[0] in lexicon.known | lexicon.things
    if "colour" not in lexicon.senses(words[1]) or not named:
        return False
    if first & {"colour", "scale", "adjective", "det"}:
        return False
    led = joint.meaning(joint.before).get("det") in ("definite", "all")
    if not (led or joint.before.norm in ("only", "single")):
        return False
    following = joint.following
    names_on = following is not None and following.kind == "word"
    return not (names_on and not joint.meaning(following))


def _a_verb(joint: Joint) -> bool:
    """Read "every toy with a bow", "scale everything black down": no verb stands there."""
    if "verb" not in joint.senses or joint.before is None:
        return False
    led = joint.meaning(joint.before)
    if joint.before.norm in ("other", "these", "those"):
        return True
    if "det" in led and "pronoun" not in led:
        return True
    if joint.words[0] in ("colour", "color") and "colour" in led:
        return True  # "paint the cake with the black colour in orange"
    if "colour" not in joint.lexicon.senses(joint.words[0]):
        return False
    said_of = joint.before.norm in ("not", "is", "are", "was")
    start = joint.after - len(joint.words)
    return said_of or not expects_verb(joint.tokens[:start], joint.lexicon)


def _a_wish(joint: Joint) -> bool:
    """Read "I want that black chair bigger": "that" belongs to the chair."""
    if joint.words[-1] != "that" or joint.ends or joint.words == ("make", "that"):
        return False
    wished = bool(joint.senses.keys() & {"polite", "contrast"})
    return wished and not joint.meaning(joint.following).keys() & _CLAUSE


def _counted(joint: Joint) -> bool:
    """Read "the white one more to the left", "the biggest of all over to the right"."""
    if joint.words == ("all", "over"):
        return joint.before is not None and joint.before.norm == "of"
    if joint.words != ("one", "more"):
        return False
    led = joint.meaning(joint.before)
    told = bool(led.keys() & {"colour", "size", "side", "ordinal"})
    return told or led.get("det") == "definite"


def _on_top(joint: Joint) -> bool:
    """Read "the apple on top of that cup": where it is, not what comes next."""
    if joint.words[:3] != ("on", "top", "of") or "connector" not in joint.senses or joint.ends:
        return False
    led = joint.before
    return led is not None and led.kind == "word" and led.norm not in ("and", "then")


_PAINTED = frozenset({"wall", "ceiling", "porch"})
"""What is painted in a light colour more often than its light is given another colour."""


def _shade(joint: Joint) -> bool:
    """Read "make the wall light blue": the wall, in light blue; its light is "the wall's light"."""
    if len(joint.words) != 2 or joint.words[0] not in _PAINTED or joint.words[1] != "light":
        return False
    following = joint.following
    return following is not None and "colour" in joint.lexicon.senses(f"light {following.norm}")


def _two_colours(joint: Joint) -> bool:
    """Read "(make) what is black white": what it is, and what it becomes."""
    led = joint.before.norm if joint.before is not None else ""
    return joint.words == ("black", "white") and led in ("is", "are", "not", "was")


def _repair(joint: Joint) -> bool:
    """Read "make that cup blue" at the start, where "(red, no,) make that blue" takes back."""
    if joint.words != ("make", "that"):
        return False
    ahead = [t for t in joint.tokens[joint.after : joint.after + 2] if t.kind != "mark"]
    if joint.before is None or not ahead:
        return True
    senses = joint.lexicon.senses(ahead[0].norm)
    corrects = ahead[0].kind == "number" or "det" in senses or (len(ahead) == 1 and bool(senses))
    return not corrects


def expects_verb(before: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a verb may stand after these tokens."""
    if not before:
        return True
    last = before[-1]
    if last.kind in ("mark", "quote", "number") or last.norm in ("to", "by"):
        return True
    ending = [" ".join(t.norm for t in before[-n:]) for n in range(1, min(6, len(before)) + 1)]
    return any(not _LEADS.isdisjoint(lexicon.senses(words)) for words in ending)


_LEADS = frozenset(
    {"conjunction", "connector", "polite", "contrast", "while", "negation", "filler"}
)
"""Parts of speech that a verb may follow."""
