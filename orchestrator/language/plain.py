"""The plain dialect: in "remove X" and "make X bigger" the form says where X ends.

Where the words of a target are more than a phrase reader would take as one ("whatever a librarian
puts volumes back on", "the tart or torte"), they become one unit with the target they name. What
reads as one phrase anyway, or as several joined by "and", is left as it is. Knows the forms of the
dialect, not what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clauses import split_clauses
from orchestrator.language.descriptions import Described, joined_as
from orchestrator.language.frames_move import BEFORE_PLACE
from orchestrator.language.frames_replace import second_with
from orchestrator.language.phrase import SHADES, clip, is_plural
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.plain_deeds import Doing, becomes_another, doing_of
from orchestrator.language.plain_likeness import colour_of_another, with_colour_of_another
from orchestrator.language.plain_names import with_names
from orchestrator.language.units import Unit, join
from tools.target import Target

_ON_ALL = frozenset({"remove", "blur", "sharpen", "adjust", "deed"})
"""Classes of verbs after which everything but how much is the target."""
_BECOMES = (
    "colour", "scale", "size", "focus_adjective", "look", "gone", "action", "graded", "adjective",
)  # fmt: skip
"""What a thing may be made."""
_FAR = frozenset({
    "further", "farther", "away", "closer", "nearer", "together", "apart", "closer together",
    "further away", "farther away", "away from", "off", "out of",
})  # fmt: skip
"""What says where to move a thing, from itself or from another."""
_LIKE = frozenset({"look", "look like", "like", "feel", "as if", "as though"})
_HOW_MUCH = ("degree", "factor", "more", "less")
_STOPS = {
    "remove": frozenset({"from", "off", "so", "using"}),
    "make": frozenset({"into", "to", "as", "like"}),
    "keep": frozenset({"as", "to"}),
    "replace": frozenset({"with", "for", "to", "into", "as", "out"}),
    "open": frozenset({"with", "to", "into", "as", "like"}),
    "close": frozenset({"with", "to", "into", "as", "like"}),
    "": frozenset({"to", "into", "as", "like"}),
}
"""Words that end a phrase after a verb, as that verb's frame has it."""
_FREE = frozenset({"what", "whatever", "whichever", "whoever", "something", "somebody"})


def with_targets(units: Sequence[Unit]) -> list[Unit]:
    """The units, each target of a plain command that would not be read whole being one."""
    found: list[Unit] = []
    start = 0
    for end in [*(i for i, u in enumerate(units) if u.norm == ";"), len(units)]:
        found += [*_bounded(with_names(units[start:end])), *units[end : end + 1]]
        start = end + 1
    return [replace(unit, index=i) for i, unit in enumerate(found)]


def _bounded(command: list[Unit]) -> list[Unit]:
    span = _target_of(command)
    if command and command[0].norm == "make" and len(command) > 2:
        doing = doing_of(command, _predicate(command))
        if doing is not None:
            span = 1, doing.at
            command = _with_doing(command, doing)
        elif (at := colour_of_another(command)) > 0:
            span = 1, at
            command = with_colour_of_another(command, at)
    if span is None:
        return command
    start, end = span
    left_out = next((i for i in range(start, end) if command[i].has("except")), 0)
    start = left_out + 1 if left_out else start
    said = command[start:end]
    if not said or (len(said) == 1 and said[0].has("pronoun")) or _whole(command, start, end):
        return command
    if said[0].get("det") and not said[0].has("pronoun") and len(said) > 1:
        start += 1  # the article stays outside
    return [*command[:start], joined_as(command[start:end], _described(said)), *command[end:]]


def _with_doing(command: Sequence[Unit], doing: Doing) -> list[Unit]:
    """The command, what its thing should do being one unit."""
    found = list(command)
    if doing.unit is not None:
        found = [*found[: doing.at], doing.unit]
    if doing.at == 2 and found[1].norm == "her":
        her = {"pronoun": "one"}
        found[1] = replace(found[1], norm="she", senses=her)  # "make her look at us"
    return found


def _described(said: Sequence[Unit]) -> Described:
    """What the words name, as far as their first phrase tells."""
    found = PhraseReader(said).read(0)
    target = Target(phrase="", category="object")
    if found is not None and found[0].target.category and not found[0].role:
        target = found[0].target
    many = found is not None and is_plural(found[0].units[-1].norm, PhraseReader(said).lexicon)
    if said[0].norm in ("everything", "all", "everybody", "everyone"):
        target = target.model_copy(update={"quantity": "all"})
    return Described(target.model_copy(update={"phrase": clip(join(said), 2000)}), many)


def _target_of(command: Sequence[Unit]) -> tuple[int, int] | None:
    """Where the target of a command stands; None where the form does not say."""
    first = command[0] if command else None
    verb = first.verb if first is not None else None
    if first is None or verb is None or verb.form != "base" or len(command) < 3:
        return None
    end = _without_amount(command)
    if verb.cls in _ON_ALL:
        return 1, end
    if first.norm == "keep" and command[-1].has("same"):
        return 1, len(command) - 1
    if first.norm == "replace":
        first_with = next((i for i, u in enumerate(command) if u.norm == "with"), 0)
        second = second_with(command[1:])
        return (1, 1 + second if second else first_with) if first_with > 1 else None
    if first.norm == "move":
        far = next((i for i, u in enumerate(command) if i > 1 and u.norm in _FAR), 0)
        told = command[-1].has("direction", "place")
        if far and (not told or any(u.norm == "from" for u in command[far + 1 : far + 2])):
            return 1, far
        return (1, len(command) - 1) if told else None
    if first.norm == "mark" and command[-1].has("colour"):
        last = max((i for i, u in enumerate(command) if u.norm == "in"), default=0)
        return (1, last) if last > 1 else None
    if first.norm == "make":
        start = _predicate(command)
        return (1, start) if start > 1 else None
    if first.norm in ("increase", "decrease", "reduce") and command[3:4]:
        tied = command[2].has("property") and command[3].norm == "of"
        return (4, end) if tied else None
    if first.norm == "crop" and command[1].norm == "to" and command[2].get("det") == "definite":
        return 2, len(command)
    return None


def _without_amount(command: Sequence[Unit]) -> int:
    """Where the words that say how much begin ("slightly", "by 20%"); the end where none do."""
    end = len(command)
    if command[-1].kind == "number" or command[-1].has("factor"):
        if command[-2].norm in ("by", "to"):
            return end - 2
        return end - 1 if command[-1].norm.startswith("by ") else end
    return end - 1 if command[-1].has("degree") else end


def _predicate(command: Sequence[Unit]) -> int:
    """Where what a thing is made begins ("20% smaller", "a deep teal"); 0 where nothing tells."""
    at = len(command) - 1
    if command[at].norm == "size":  # "half the size"
        factor = at - (2 if command[at - 1].has("det") else 1)
        return factor if command[factor].has("factor") else 0
    if not command[at].has(*_BECOMES) or command[at].has("compound"):
        return 0
    of_all = command[1].norm == "everything" and at > 2
    whole = any(u.has("pronoun", "whole") for u in command[1:3]) and not of_all
    if whole or any(u.norm in _LIKE for u in command):
        return 0
    if command[at].has("action") and any(becomes_another(command, i) for i in range(2, at)):
        return 0  # "make the ribbon a neat bow"
    while at > 2:
        before = command[at - 1]
        sided = before.norm == "half" and command[at - 2].has("side")
        much = (
            (before.has(*_HOW_MUCH) and not sided)
            or before.unit in ("%", "x")
            or before.norm == "as"
        )
        shade = before.norm in SHADES and command[at].has("colour")
        if not (much or shade):
            break
        at -= 1
    # "dressed in black", "green and white" are more than the last word.
    return 0 if command[at - 1].has("conjunction", "prep", "participle") else at


def _whole(command: Sequence[Unit], start: int, end: int) -> bool:
    """Whether the target is read as it stands: one phrase, or several joined by "and"."""
    said = command[start:end]
    first = said[0]
    if first.norm == "everything" and len(said) > 1 and said[1].has("colour"):
        return False  # "make everything blue in the room green"
    if first.norm in _FREE or any(u.norm == "or" for u in said) or _apposition(said):
        return False
    if first.has("prep", "instead_of") or len(split_clauses(command[:end])) != 1:
        return False
    taken = next((i for i, u in enumerate(said) if u.norm == "from"), 0)
    tied = taken and (said[taken - 1].has("participle", "ordinal") or _relative(said[:taken]))
    if taken and command[0].norm == "remove" and not tied:
        return True  # "the hat from the man" is the one on him
    reader = PhraseReader(command, predicates=command[0].norm in ("make", "keep"))
    stops = _STOPS.get(command[0].norm, _STOPS[""])
    if command[0].norm == "move" and end < len(command) and command[end].norm in _FAR:
        stops = BEFORE_PLACE
    at = start
    while at < end:
        found = reader.read(at, stops=stops)
        if found is None or found[1] <= at:
            return False
        if found[0].role in ("image", "rest") and _relative(said):
            return False
        at = found[1]
        joint = at
        while at < end and (command[at].norm == "," or command[at].has("conjunction")):
            at += 1
        if at == joint and at < end and command[at].has("det"):
            return False  # "the dog chasing the ball" is not two things
    return at == end


def _relative(said: Sequence[Unit]) -> bool:
    return any(unit.has("relative") for unit in said)


def _apposition(said: Sequence[Unit]) -> bool:
    """Read "the dog, the one on the left": the same thing said twice."""
    for i, unit in enumerate(said):
        ahead = said[i + 1 : i + 12]
        if unit.norm == "," and any(
            u.norm in ("one", "ones", "i", "without", "whatever", "all", "them") for u in ahead
        ):
            return True
    return False
