"""What surrounds a request without being one: politeness, places, "in this photo"."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import indices
from orchestrator.language.units import join


def place_only(reader: ClauseReader) -> bool:
    """Read "on the table, …": a clause that only says where the next one happens."""
    unit = reader.peek()
    if unit is not None and unit.has("instead_of"):
        reader.take()
        old = reader.phrases()
        if not old or not reader.done:
            reader.at = 0
            reader.taken.clear()
            return False
        reader.reading.instead = reader.refs(old, "replace")
        for index in indices(reader.clause.units):
            reader.reading.claims.setdefault(index, "context")
        return True
    if (
        unit is None
        or not unit.has("prep")
        or unit.has("negation", "polite", "conjunction")
        or unit.get("prep") in ("like", "to", "with", "than", "of")
        or unit.norm in ("by", "without")
        or any(
            u.has("style", "look", "season", "effect_noun") and not u.has("whole")
            for u in reader.left
        )
    ):
        return False
    place, taken = reader.at, set(reader.taken)
    word = reader.take()[0]
    phrase = reader.phrase()
    if phrase is None or not reader.done:
        reader.at, reader.taken = place, taken
        return False
    ref = reader.refs([phrase])[0]
    for index in indices(reader.clause.units):
        reader.reading.claims.setdefault(index, "context")
    if ref.is_image or unit.norm in ("for", "from"):
        reader.reading.note(f"taken as context: {join(reader.clause.units)}") if unit.norm in (
            "for",
            "from",
        ) else None
        if unit.norm == "for" and phrase.determiner == "all":
            reader.reading.mention([ref])  # "for every window that is dark, light it up"
        return True
    reader.reading.front = (ref, f"{word.norm} {ref.words}")
    return True


def lead_in(reader: ClauseReader) -> bool:
    """Pass politeness and context; True where what follows is not to be done."""
    negative = False
    while not reader.done:
        unit = reader.peek()
        if unit is None:
            break
        if unit.has("negation") and not (unit.has("prep") and reader.clause.link != "while"):
            negative = not negative if unit.norm != "not" or not negative else negative
            reader.take()
        elif unit.norm == "do" and (after := reader.peek(1)) is not None and after.verb is not None:
            reader.take()  # "but do remove the swing"
        elif (
            unit.kind == "mark"
            or unit.norm in ("i", "we", "you", "me", "us")
            or (
                unit.has("polite", "connector", "contrast", "filler", "conjunction", "while")
                and (not unit.verb or unit.has("polite"))
                and not unit.has("ordinal", "says")
            )
        ):
            reader.take()
        elif (
            unit.has("prep")
            and unit.norm in ("in", "for", "on", "with", "to", "by", "at", "from")
            and _context(reader)
        ):
            continue
        else:
            break
    if reader.clause.linking and reader.clause.linking[-1].norm in ("without", "but not"):
        negative = True
    return negative


def _context(reader: ClauseReader) -> bool:
    """Read "in this photo, …": where it all happens."""
    unit = reader.peek()
    if (
        unit is not None
        and unit.norm in ("to", "by")
        and (after := reader.peek(1)) is not None
        and after.verb is not None
    ):
        reader.take()
        return True
    place, taken = reader.at, set(reader.taken)
    reader.take()
    phrase = reader.phrase(attach=False)
    if phrase is not None and phrase.role == "image" and not reader.done:
        return True
    reader.at, reader.taken = place, taken
    return False


def context_tail(reader: ClauseReader) -> bool:
    """Read "… in the photo", "… for instagram": no part of the request."""
    place, taken = reader.at, set(reader.taken)
    unit = reader.take()[0]
    phrase = reader.phrase(attach=False)
    if phrase is None:
        reader.at, reader.taken = place, taken
        return False
    if phrase.role == "image" or phrase.target.is_whole_image:
        return True
    if unit.norm == "for" and reader.made:
        reader.reading.note(f"taken as what it is for: {phrase.words}")
        return True
    reader.at, reader.taken = place, taken
    return False
