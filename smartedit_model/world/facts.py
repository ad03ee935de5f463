"""What is known of the kinds: facts, the kinds each fits, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from smartedit_model.world.catalogue import kinds, members
from smartedit_model.world.errors import UnknownNameError, WorldDataError
from smartedit_model.world.palette import load_data


@dataclass(frozen=True)
class Fact:
    """One fact.

    Attributes:
        key: its id.
        fits: every kind of the world that it is true of.
        say: wordings that any split but test may use.
        more: as ``say``; written later, to teach with many.
        held: wordings that only the test split uses.
    """

    key: str
    fits: frozenset[str]
    say: tuple[str, ...]
    more: tuple[str, ...]
    held: tuple[str, ...]


@cache
def facts() -> dict[str, Fact]:
    """Every fact by its id, in a fixed order."""
    return {key: _fact(key, entry) for key, entry in load_data("facts.yaml").items()}


def fact(key: str) -> Fact:
    """The fact of an id.

    Raises:
        UnknownNameError: there is none.
    """
    found = facts().get(key)
    if found is None:
        raise UnknownNameError("fact", key, facts())
    return found


def _fact(key: str, entry: dict[str, list[str]]) -> Fact:
    fits: set[str] = set()
    for name in entry["fits"]:
        # A name with a leading @ stands for all kinds of a group.
        found = members(name[1:]) if name.startswith("@") else (name,)
        if not found or any(kind not in kinds() for kind in found):
            raise WorldDataError(f"fact {key!r} fits {name!r}, which is no kind of the world")
        fits.update(found)
    more = load_data("more_facts.yaml").get(key, ())
    return Fact(key, frozenset(fits), tuple(entry["say"]), tuple(more), tuple(entry["held"]))
