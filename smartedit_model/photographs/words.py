"""What people call the kinds that the detector of things knows (``data/things.yaml``).

A closed vocabulary: a noun that is not in it is not claimed, however near it sounds. It sees no
pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from tools.ground_people import GROUPS, PERSON, PLAIN_PERSON
from tools.target import Target
from tools.wording import noun

NAME = "things"
"""What the detector of these kinds is called."""
PERSON_KIND = "person"


@dataclass(frozen=True)
class Meaning:
    """What a noun means to the detector.

    Attributes:
        kinds: any of them may be meant.
        exact: False where the network cannot tell whether a thing of the kinds is one ("corgi").
        group: all of them together are meant ("the family").
    """

    kinds: frozenset[str]
    exact: bool = True
    group: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """The data file.

    Attributes:
        kinds: in the order of the network's answers.
        meanings: lower-case word or words, in the singular -> what they mean.
        alike: kind -> kinds that the network may have taken it for; itself included.
        sure: kinds that are hardly ever overlooked.
        other: names that end like a known one and are something else.
    """

    kinds: tuple[str, ...]
    meanings: dict[str, Meaning]
    alike: dict[str, frozenset[str]]
    sure: frozenset[str]
    other: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """The words, read once."""
    source = resources.files("smartedit_model.photographs").joinpath("data/things.yaml")
    told = yaml.safe_load(source.read_text(encoding="utf-8"))
    kinds = tuple(told["kinds"])
    groups = frozenset(told["groups"]) | GROUPS
    meanings = {kind: Meaning(frozenset({kind})) for kind in kinds}
    meanings |= {
        word: Meaning(frozenset({PERSON_KIND}), word in PLAIN_PERSON | GROUPS, word in groups)
        for word in PERSON
    }
    for table, exact in (("same", True), ("narrower", False)):
        for kind, names in told[table].items():
            for name in names:
                meanings[name] = Meaning(frozenset({kind}), exact, name in groups)
    for table, exact in (("wider", True), ("either", False)):
        for name, several in told[table].items():
            meanings[name] = Meaning(frozenset(several), exact, name in groups)
    alike = {kind: frozenset({kind}) for kind in kinds}
    for row in told["alike"]:
        for kind in row:
            alike[kind] |= frozenset(row)
    return Vocabulary(kinds, meanings, alike, frozenset(told["sure"]), frozenset(told["other"]))


def meaning_of(target: Target) -> Meaning | None:
    """What a target's noun means; None where it is no word of the vocabulary.

    The longest name counts ("hot dog", "polar bear"), and the last word of one that is not known
    as a whole ("police car" is a car, which the network cannot tell to be the police's).
    """
    known = vocabulary()
    head = noun(target).split()
    if not head or _is_worn(target):
        return None
    spoken = [*(word for said in target.attributes for word in said.lower().split()), *head]
    for start in range(len(spoken)):
        name = " ".join(spoken[start:])
        if name in known.other:
            return None
        found = known.meanings.get(name)
        if found is not None:
            whole = len(spoken) - start >= len(head)
            return found if whole else Meaning(found.kinds, exact=False, group=found.group)
    return None


def looks(target: Target) -> tuple[str, ...]:
    """The attributes that are no part of the noun's name, as they were said."""
    known = vocabulary()
    head = noun(target)
    said = list(target.attributes)
    for start in range(len(said)):
        if " ".join((*said[start:], head)).lower() in known.meanings:
            return tuple(said[:start])
    return tuple(said)


def _is_worn(target: Target) -> bool:
    """Whether glasses are spectacles, which have no kind: those of somebody."""
    relation = target.relation
    return (
        noun(target) in ("glass", "glasses")
        and "glasses" in target.phrase.lower()
        and relation is not None
        and relation.kind in ("part_of", "with", "on")
    )
