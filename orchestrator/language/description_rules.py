"""What the patterns of ``data/descriptions.yaml`` say of a thing, and when they may be read.

Knows targets, not where in an instruction a description stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from orchestrator.language.description_words import Slots, Words
from orchestrator.language.patterns import Part, compiled, opening
from orchestrator.language.phrase import as_side, coloured, superlative_of
from orchestrator.language.phrases import VAGUE
from orchestrator.language.word_files import word_file
from tools.target import Ordinal, Relation, RelationKind, Target


@dataclass(frozen=True)
class Rule:
    """A pattern and what it says of the thing.

    Attributes:
        parts: of the pattern.
        gives: what it says, and when it may be read (the data file tells how).
        opens: the words it may begin with; none where it begins with a slot.
    """

    parts: tuple[Part, ...]
    gives: Mapping[str, str]
    opens: frozenset[str]


def fitting(section: str, words: Words, at: int) -> Iterator[Rule]:
    """The rules of a section that may begin at a unit."""
    return (rule for rule in _rules(section) if words.may_begin(rule.opens, at))


def may_be_said(rule: Rule, target: Target, first: str) -> bool:
    """Whether a rule may be read of a thing.

    Args:
        rule: the pattern.
        target: the thing so far.
        first: the first word of its phrase.
    """
    needs = rule.gives.get("needs", "")
    if needs == "all":
        return target.quantity == "all"
    if needs == "most":
        return bool(target.superlative) or target.ordinal is not None
    if needs == "row":
        return target.ordinal is not None and target.ordinal.index > 0
    return needs != "other" or first == "the other"


def updated(target: Target, rule: Rule, slots: Slots) -> Target:
    """A target with what a rule says of it."""
    update: dict[str, Any] = {}
    for what, named in rule.gives.items():
        first, _, second = named.partition(" ")
        value = slots.get(first, first)
        if what == "size":
            update["superlative"] = superlative_of(str(value))
        elif what in ("colour", "looks"):
            update["attributes"] = (*target.attributes, str(value))
        elif what == "row":
            update["ordinal"] = Ordinal(index=int(str(value)), side=as_side(str(slots[second])))
        elif what == "count" and target.ordinal is not None:
            side = as_side(str(value))
            update["ordinal"] = Ordinal(index=target.ordinal.index, side=side)
        elif what == "middle":
            update["ordinal"] = Ordinal(index=0)
        elif what == "between" and isinstance(value, Target):
            alike = value.category == target.category  # "the cup between two cups"
            tied = Relation(kind="between", anchor=value)
            update |= {"ordinal": Ordinal(index=0)} if alike else {"relation": tied}
        elif what == "relation":
            update["relation"] = _relation(str(value), slots.get(second, second))
        elif what == "not_colour":
            update["exclude"] = coloured(str(value), target.category)
        elif what == "not_relation":
            left_out = Target(phrase=_kind(target), category=target.category)
            tied = _relation(str(value), slots[second])
            told = f"{left_out.phrase} {tied.kind.replace('_', ' ')} {tied.anchor.phrase}"
            update["exclude"] = left_out.model_copy(update={"phrase": told, "relation": tied})
        elif what == "all":
            update["quantity"] = "all"
        elif what == "not_thing":
            update["exclude"] = value
            if target.quantity == "all" and target.category in VAGUE:
                update |= {"quantity": "all_but", "category": ""}
        elif what == "reflection" and isinstance(value, Target):
            update = {"category": "reflection", "attributes": (), "superlative": ""}
            update |= {"relation": Relation(kind="reflection_of", anchor=value), "ordinal": None}
    return target.model_copy(update=update)


def _kind(target: Target) -> str:
    """What one of a kind is called: "the car"."""
    return f"the {target.category or 'one'}"


def _relation(kind: str, anchor: Any) -> Relation:
    if not isinstance(anchor, Target):
        anchor = Target(phrase=f"the {anchor}", category=str(anchor))
    kinds: Mapping[str, RelationKind] = {"left": "left_of", "right": "right_of"}
    return Relation.model_validate({"kind": kinds.get(kind, kind), "anchor": anchor})


_NO_GIFTS = frozenset({"say", "reduced", "bare"})
"""Fields of a row that say nothing of the thing."""


@cache
def _rules(section: str) -> tuple[Rule, ...]:
    rows = word_file("descriptions")
    standings = rows["standings"]
    found: list[Rule] = []
    for lead, row in (*(("", row) for row in rows[section]), *_standing(section, standings)):
        gives = {name: value for name, value in row.items() if name not in _NO_GIFTS}
        if section != "complements" and row in standings:
            # "put the lamp placed on the left" may say where it is to go
            gives["ends"] = "no" if section == "tails" else "where"
        for say in row["say"]:
            parts = compiled(f"{lead} {say}", rows["words"])
            found.append(Rule(parts, gives, opening(parts)))
    return tuple(found)


_LEADS = {
    "complements": (
        "{stand} [{posed}]", "comes|counts [as]", "{who} [can] {see}",
        "has|have its|his|her|their place|seat|spot|position",
    ),
    "tails": ("{posed}", "{who} [can] {see}", "whose place|seat|spot|position is"),
    "asides": ("",),
}  # fmt: skip
"""Section -> what may come before the words that say where and how a thing stands."""


def _standing(section: str, rows: list[Any]) -> Iterator[tuple[str, Any]]:
    """The ways to stand, each behind what may come before it in a section."""
    for row in rows:
        for lead in _LEADS.get(section, ()):
            if lead != "{posed}" or row.get("reduced") != "no":
                yield lead, row
        if section == "tails" and row.get("bare") == "yes":
            yield "", row
