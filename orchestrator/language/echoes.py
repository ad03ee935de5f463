"""A clause that takes up the one before: "it is in the way, remove it", "no beach, a library".

What both ask for is drafted once, and a second try stands where the first one did.
"""

from __future__ import annotations

from orchestrator.language.drafts import Draft, Reading
from orchestrator.language.making import CLEARED
from orchestrator.language.word_kinds import is_word_of

POINTING = frozenset({"it", "them", "that", "this", "these", "those", "him", "her"})


def without_echoes(made: list[Draft], latest: list[Draft], reading: Reading) -> list[Draft]:
    """Read "it is in the way, remove it" as one wish: what is gone cannot be removed again.

    Nor can what lies behind everything, where something else comes behind it.
    """
    _without_told(made, latest, reading)
    if (behind := _other_scenery(made, latest, reading)) is not None:
        return behind
    gone = next((draft for draft in reversed(latest) if draft.op == "remove"), None)
    if gone is None:
        return made
    for draft in made:
        if draft.op == "replace" and draft.ref.target.phrase.lower() in POINTING:
            draft.ref = gone.ref  # "the gnome spoils it, swap it for a birdbath"
            draft.units |= gone.units
            reading.drafts.remove(gone)
            return made
    echoes = [d for d in made if d.op == "remove" and d.ref.target.phrase.lower() in POINTING]
    for draft in echoes:
        gone.units |= draft.units
        reading.drafts.remove(draft)
    kept = [draft for draft in made if draft not in echoes]
    return kept or (latest if echoes else made)


_GONE = frozenset({"remove", "replace"})
_STATES = frozenset({"restyle", "recolor"})


def _without_told(made: list[Draft], latest: list[Draft], reading: Reading) -> None:
    """Read "the door is open, close it": how a thing is gives way to what is to be done to it."""
    for told in [d for d in latest if d in reading.drafts and d not in made]:
        same = [d for d in made if d.ref.target == told.ref.target and not d.ref.is_image]
        said = told in reading.told
        if any((d.op, d.params) == (told.op, told.params) for d in same if d.op == "restyle"):
            said = True  # "my hair's a mess, tidy it up"
        if not said and told.op != "adjust":
            continue
        stated = said and told.op in _STATES and any(d.op in _STATES for d in same)
        if stated or any(d.op in _GONE for d in same):
            same[0].units |= told.units
            reading.drafts.remove(told)


def _other_scenery(made: list[Draft], latest: list[Draft], reading: Reading) -> list[Draft] | None:
    """Read "no beach, put her in a library": the library comes in place of the beach."""
    drafts = [*latest, *made]
    news = [d for d in drafts if d.op == "background" and d.params != CLEARED]
    gone = [d for d in drafts if d.op == "remove" and _scenery(d)]
    if len(drafts) != 2 or len(news) != 1 or len(gone) != 1 or gone[0] not in reading.drafts:
        return None
    news[0].units |= gone[0].units
    reading.spoken |= gone[0].units
    reading.drafts.remove(gone[0])
    return news


def _scenery(draft: Draft) -> bool:
    """Whether a draft takes away what a whole picture is of ("no beach"), no thing in it."""
    target = draft.ref.target
    bare = target.relation is None and target.phrase.lower() == target.category
    return bare and is_word_of("scenery", target.category)


def same_place(made: list[Draft], latest: list[Draft]) -> None:
    """Read "add a cat on the wall. Scrap that, two cats": on the wall, too."""
    olds = [draft for draft in latest if draft.op == "add" and not draft.ref.is_image]
    if len(olds) != 1:
        return
    for draft in made:
        if draft.op == "add" and draft.ref.is_image and not draft.params.get("where"):
            draft.ref = olds[0].ref
            if olds[0].params.get("where"):
                draft.params["where"] = olds[0].params["where"]
