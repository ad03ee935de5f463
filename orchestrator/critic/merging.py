"""Steps that one pass does as well: only where the pixels are provably the same.

What is merged: mirrorings and quarter turns in a row, which only move whole pixels and compose to
at most two of them; and steps that change nothing at all. Everything else (two brightenings, two
blurs) rounds to 8 bits between its passes, so one pass is not the same, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.critic.findings import Finding
from orchestrator.plan import EditPlan, Step

Turn = tuple[int, bool]
"""Quarter turns clockwise (0 to 3) after an optional left-right mirroring: every composition of
mirrorings and quarter turns is one of these eight."""
NOTHING: Turn = (0, False)


@dataclass(frozen=True)
class Merged:
    """A plan with fewer steps, and what was done to it."""

    plan: EditPlan
    findings: tuple[Finding, ...] = ()


def merge(plan: EditPlan) -> Merged:
    """Merge what is exactly the same in fewer steps.

    A plan with promises is left alone: each geometric step carries the promised masks along and
    widens them by a pixel, so fewer steps would not protect exactly the same.
    """
    if any(True for _ in plan.preserved()):
        return Merged(plan)
    kept, gone, notes = _without_idle(plan)
    steps: list[Step] = []
    row: list[Step] = []
    for step in (*kept, None):
        if step is not None and _turn(step) is not None:
            row.append(step)
            continue
        shorter, told = _shortened(row)
        steps += shorter
        notes += told
        gone |= {old.id: shorter[-1].id if shorter else "" for old in row if old not in shorter}
        row = []
        if step is not None:
            steps.append(step)
    if not gone or not steps:
        return Merged(plan)
    return Merged(plan.model_copy(update={"steps": _relinked(steps, gone, plan)}), tuple(notes))


def _without_idle(plan: EditPlan) -> tuple[list[Step], dict[str, str], list[Finding]]:
    kept: list[Step] = []
    gone: dict[str, str] = {}
    notes: list[Finding] = []
    for step in plan.steps:
        if _is_idle(step):
            gone[step.id] = ""
            told = f"step {step.id} ({step.instruction}) changes nothing and was left out"
            notes.append(Finding("note", "merged", told, step.id))
        else:
            kept.append(step)
    return kept, gone, notes


def _is_idle(step: Step) -> bool:
    if step.executor != "auto" or step.success:
        return False
    params = step.params
    if step.op == "adjust":
        return float(params["amount"]) == 0.0
    if step.op == "rotate":
        return _turn(step) == NOTHING
    if step.op == "crop":
        whole = step.target.is_whole_image and params.get("aspect") is None
        return whole and params.get("keep") == 1.0
    if step.op == "resize":
        sizes = params.get("width") is None and params.get("height") is None
        return step.target.is_whole_image and sizes and params.get("factor") == 1.0
    return False


def _turn(step: Step) -> Turn | None:
    """What a step does to the frame, where it only moves whole pixels; None for other steps."""
    if step.executor != "auto" or step.success or not step.target.is_whole_image:
        return None
    if step.op == "flip":
        return (0, True) if step.params["axis"] == "horizontal" else (2, True)
    if step.op == "rotate" and not step.params.get("straighten"):
        turns, rest = divmod(float(step.params.get("degrees", 0.0)), 90.0)
        return (int(turns) % 4, False) if rest == 0.0 else None
    return None


def composed(first: Turn, then: Turn) -> Turn:
    """One after the other: a mirroring turns the sense of the turns before it."""
    turns = then[0] - first[0] if then[1] else then[0] + first[0]
    return turns % 4, first[1] != then[1]


def _shortened(row: Sequence[Step]) -> tuple[list[Step], list[Finding]]:
    total = NOTHING
    for step in row:
        total = composed(total, _turn(step) or NOTHING)
    wanted = _moves(total)
    if len(wanted) >= len(row):
        return list(row), []
    made: list[Step] = []
    for (op, params, words), old in zip(wanted, row, strict=False):
        change = {"op": op, "params": params, "instruction": words}
        made.append(old.model_copy(update=change))
    names = ", ".join(step.id for step in row)
    result = " and ".join(step.instruction.lower() for step in made) or "nothing"
    told = f"steps {names} together are exactly the same as: {result}; made in one go"
    return made, [Finding("note", "merged", told, made[-1].id if made else row[0].id)]


def _moves(turn: Turn) -> list[tuple[str, dict[str, object], str]]:
    """The fewest steps that make it."""
    turns, mirrored = turn
    if mirrored and turns in (0, 2):
        axis = "horizontal" if turns == 0 else "vertical"
        words = "left to right" if turns == 0 else "upside down"
        return [("flip", {"axis": axis}, f"Mirror the picture {words}")]
    moves: list[tuple[str, dict[str, object], str]] = []
    if mirrored:
        moves.append(("flip", {"axis": "horizontal"}, "Mirror the picture left to right"))
    if turns:
        degrees = {1: 90.0, 2: 180.0, 3: -90.0}[turns]
        moves.append(("rotate", {"degrees": degrees}, f"Turn the picture by {degrees:g} degrees"))
    return moves


def _relinked(steps: Sequence[Step], gone: dict[str, str], plan: EditPlan) -> tuple[Step, ...]:
    """Dependencies on what is gone lead to what took its place, or to what that depended on."""
    before = {step.id: step.depends_on for step in plan.steps}
    kept = {step.id for step in steps}

    def heirs(name: str, seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
        if name in kept:
            return (name,)
        if gone.get(name):
            return (gone[name],)
        return tuple(h for n in before[name] if n not in seen for h in heirs(n, seen | {name}))

    linked: list[Step] = []
    earlier: set[str] = set()
    for step in steps:
        needs = dict.fromkeys(h for name in step.depends_on for h in heirs(name))
        linked.append(
            step.model_copy(update={"depends_on": tuple(n for n in needs if n in earlier)})
        )
        earlier.add(step.id)
    return tuple(linked)
