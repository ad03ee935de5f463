"""Things chosen from several: "of the two dogs, the bigger one", "whichever cup is red".

Knows sets and the ways to choose; what tells a thing apart in itself is ``description_tails``'s.
"""

from __future__ import annotations

from orchestrator.language.description_tails import (
    ASIDE,
    complement,
    merged,
    one_at,
    tail,
    with_tails,
)
from orchestrator.language.description_words import Words, article, thing_at
from tools.target import Target

_OF = frozenset({"of", "out of", "from", "among", "amongst", "from among", "in", "between"})
"""What stands before the set that something is chosen from."""
_PLACES = frozenset({"in", "from", "between"})
"""Those that say where or whence too, unless a group is named."""
_GROUPS = frozenset({
    "group", "row", "line", "pair", "set", "bunch", "trio", "crowd", "collection", "cluster",
    "couple", "series", "member",
})  # fmt: skip
_THESE = frozenset({"these", "those", "both", "both of"})
_RELATIVE = frozenset({"that", "which", "who"})


def set_at(words: Words, at: int) -> tuple[Target, int] | None:
    """Read "the two dogs", "all the cups", "the row of cups"; what they are, and where it ends."""
    units = list(words.units)
    if at < len(units) and units[at].norm in ("all", "all of") and at + 1 < len(units):
        at += 1 if units[at + 1].has("det", "number_word") else 0
    if at + 1 < len(units) and units[at].norm in _THESE and units[at + 1].has("number_word"):
        units = [*units[:at], article(units[at]), *units[at + 1 :]]
    ahead = [unit.norm for unit in units[at : at + 3]]
    if len(ahead) == 3 and ahead[1] in _GROUPS and ahead[2] == "of" and units[at].get("det"):
        inner = thing_at(units, at + 3)
        if inner is not None and inner[0].number == "many" and inner[0].target.category:
            return inner[0].target, inner[1]
    read = thing_at(units, at)
    if read is None or read[0].number != "many" or read[0].role or not read[0].target.category:
        return None
    if not read[0].determiner and not units[at].has("number_word"):
        return None
    return read[0].target, read[1]


def of_set(words: Words, at: int, *, opens: bool = False) -> tuple[Target, int] | None:
    """Read "of the two dogs" behind "the one", "whichever", "the bigger"; or where it opens."""
    units = words.units
    if at + 2 >= len(units) or units[at].norm not in _OF:
        return None
    if units[at].norm in _PLACES and not opens and units[at + 2].norm not in _GROUPS:
        return None
    return set_at(words, at + 1)


def which_of(words: Words, at: int) -> tuple[Target, int] | None:
    """Read "whichever of the cups is bigger", "whichever is bigger of the cups"."""
    units = words.units
    start = at + 1
    if start < len(units) and units[start].norm in ("one", "ones"):
        start += 1
    group = of_set(words, start)
    head = Target(phrase="", category="object")
    named = thing_at([article(units[at]), *units[start:]], 0) if start == at + 1 else None
    if group is not None:
        head, start = _single(group[0]), group[1]
    elif named is not None and named[0].target.category:
        head, start = with_tails(words, at, named[0].target, at + named[1])
    if start < len(units) and units[start].norm in _RELATIVE:
        start += 1
    found = complement(words, start, head)
    if found is None:
        return None
    target, end = with_tails(words, at, *found)
    after = of_set(words, end) if head.category == "object" else None
    if after is not None:
        target, end = of_kind(target, after[0]), after[1]
    return target, end


def chosen_from(words: Words, at: int) -> tuple[Target, int] | None:
    """Read "of the two dogs, the bigger one", "out of the cups, whichever is red"."""
    units = words.units
    if units[at].norm == "in":
        return None
    group = of_set(words, at, opens=True)
    if group is None or group[1] + 1 >= len(units):
        return None
    start = group[1] + (1 if units[group[1]].norm == "," else 0)
    if start == group[1] and units[start].norm not in ("the", "whichever"):
        return None  # "of the ducks the last one"
    if units[start].norm == "whichever":
        found = which_of(words, start)
    else:
        found = one_at(words, start, at) or _named_again(words, start, group[0])
    if found is None:
        return None
    return of_kind(found[0], group[0]), found[1]


def fronted(words: Words, at: int) -> tuple[Target, int] | None:
    """Read "(remove) beside the bench, the man": where it stands is said before what it is."""
    found = tail(words, at, Target(phrase=""), at, ASIDE)
    if found is None or found[1] + 1 >= len(words.units) or words.units[found[1]].norm != ",":
        return None
    read = thing_at(words.units, found[1] + 1)
    if read is None or read[0].determiner != "definite" or not read[0].target.category:
        return None
    told = merged(read[0].target, found[0])
    return (told, read[1]) if told is not None else None


def _named_again(words: Words, at: int, group: Target) -> tuple[Target, int] | None:
    """Read "the bigger dog" behind "of the two dogs,"."""
    read = thing_at(words.units, at)
    if read is None or read[0].target.category != group.category:
        return None
    return with_tails(words, at, read[0].target, read[1])


def _single(target: Target) -> Target:
    return target.model_copy(update={"quantity": "one", "phrase": ""})


def asked_of(words: Words, at: int) -> tuple[Target, int, int, int] | None:
    """Read "of the two cups, make the smaller one blue": the verb stands between the two.

    Returns:
        The one that is meant, where the verb begins, where it ends, and where the one ends.
    """
    units = words.units
    if units[at].norm not in _OF - {"in"} or (at and units[at - 1].kind != "mark"):
        return None
    group = of_set(words, at, opens=True)
    if group is None or group[1] + 2 >= len(units):
        return None
    verb = end = group[1] + (1 if units[group[1]].norm == "," else 0)
    while end < len(units) - 1 and units[end].has("polite"):
        end += 1
    if units[end].verb is None:
        return None
    found = one_at(words, end + 1, end + 1)
    if found is None:
        return None
    return of_kind(found[0], group[0]), verb, end + 1, found[1]


def of_kind(target: Target, group: Target) -> Target:
    """A thing of which no kind was said, as one of a set."""
    looks = (*group.attributes, *target.attributes)
    return target.model_copy(update={"category": group.category, "attributes": looks})
