"""Whose part is meant: "her face", "their eyes", "the dog's ears" with the owner made explicit.

Knows words for living beings; what a pronoun was last used for is for the reading to say.
"""

from __future__ import annotations

from tools.target import Relation, Target

PEOPLE = frozenset({
    "person", "people", "man", "woman", "boy", "girl", "child", "kid", "baby", "guy", "lady",
    "face", "identity", "subject", "family", "couple", "crowd", "character", "model", "bride",
    "groom", "player", "friend", "mother", "father", "mom", "dad", "sister", "brother", "son",
    "daughter", "wife", "husband", "astronaut", "dancer", "singer", "teacher", "student",
})  # fmt: skip
"""Nouns for people, and for what makes somebody the same person."""
ANIMALS = frozenset({
    "dog", "cat", "fox", "bird", "horse", "cow", "sheep", "bear", "lion", "tiger", "wolf",
    "elephant", "puppy", "kitten", "rabbit", "monkey", "duck", "owl", "parrot", "pony", "goat",
    "pig", "deer", "animal", "pet", "dragon", "hamster", "giraffe", "zebra", "panda",
})  # fmt: skip
_MEN = frozenset({"man", "boy", "guy", "groom", "father", "dad", "brother", "son", "husband"})
_WOMEN = frozenset({
    "woman", "girl", "lady", "bride", "mother", "mom", "sister", "daughter", "wife"
})  # fmt: skip
POSSESSIVES = {"his": "man", "her": "woman", "their": "person", "its": ""}
"""Possessive -> who owns it where nobody was spoken of."""


def may_own(possessive: str, owner: Target) -> bool:
    """Whether a thing spoken of before may be what a possessive stands for."""
    noun = owner.category
    if possessive == "its":
        return not owner.is_whole_image and noun not in PEOPLE
    if noun not in PEOPLE | ANIMALS or noun in ("face", "identity"):
        return False
    if possessive == "his":
        return noun not in _WOMEN
    if possessive == "her":
        return noun not in _MEN
    return True


def usual_owner(possessive: str) -> Target | None:
    """Who is meant by "his", "her", "their" where nobody was spoken of."""
    noun = POSSESSIVES.get(possessive, "")
    if not noun:
        return None
    if possessive == "their":
        return Target(phrase="the people", category=noun, quantity="all")
    return Target(phrase=f"the {noun}", category=noun)


def owned_by(part: Target, owner: Target) -> Target:
    """The part as a part of its owner."""
    return part.model_copy(update={"relation": Relation(kind="part_of", anchor=owner)})


def owners(words: str) -> str:
    """A name in the genitive ("the dogs'")."""
    return f"{words}'" if words.endswith("s") else f"{words}'s"
