"""What to do after a try was judged: accept, try again differently, switch executor or give up.

Pure functions of reports and limits, so that the same run decides the same way again. What failed
(``orchestrator.diagnosis``) chooses the remedy; how often it failed that way chooses the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from orchestrator.diagnosis import Fault, diagnose
from orchestrator.settings import RunSettings

STRONGER = 1.6
"""Factor on a tool's strength when the change did not show."""
WIDER = 0.006
"""More reach (share of the diagonal) when a rim of the target stayed."""
HARDER, SOFTER = 1.35, 0.75
"""Factors on a model's guidance scales."""
GUIDANCE_SPAN = (0.4, 2.0)
"""How far from its usual value a guidance scale may be turned, all in all."""

Remedy = Literal["seed", "words", "pull", "yield", "hold", "calm", "wide"]
"""``seed``: another draw. ``words``: the same wish said otherwise. ``pull``: words pull harder.
``yield``: the picture holds back less, ``hold``: more. ``calm``: the words pull less.
``wide``: a wider mask."""

REMEDIES: dict[Fault, tuple[tuple[Remedy, ...], ...]] = {
    "error": (("seed",), ("seed",)),
    "not found": (("words",), ("words", "seed")),
    "nothing": (("pull", "yield", "seed"), ("words", "pull", "yield", "seed")),
    "elsewhere": (("words", "seed"), ("words", "seed")),
    "weak": (("pull", "seed"), ("words", "pull", "seed")),
    "left over": (("wide", "seed"), ("wide", "pull", "seed")),
    "spill": (("words", "hold", "seed"), ("hold", "seed")),
    "wrong": (("words", "seed"), ("pull", "seed"), ("calm", "words", "seed")),
}
"""For editors: what to change the first, second … time a step fails in a way."""

_TOLD: dict[Remedy, str] = {
    "seed": "another seed",
    "words": "other words",
    "pull": "more guidance by the words",
    "yield": "less by the picture",
    "hold": "more guidance by the picture",
    "calm": "less guidance by the words",
    "wide": "a wider mask",
}
_WHY: dict[Fault, str] = {
    "error": "it made no picture",
    "not found": "the model did not see what is meant",
    "nothing": "nothing changed",
    "elsewhere": "it changed something else",
    "weak": "the change was too weak",
    "left over": "part of it was left",
    "spill": "it redrew the surroundings",
    "wrong": "it is not what was asked",
}


@dataclass(frozen=True)
class Move:
    """The next move.

    Attributes:
        kind: what to do. ``again``: the try will do, and another is made to choose from.
        tuning: for ``retry`` and ``again``: what to change (``strength``, ``grow``,
            ``seed_offset``, ``guidance_text`` and ``guidance_image`` as factors, ``wording``: how
            many times the instruction was put otherwise).
        reason: one line for the report.
    """

    kind: Literal["accept", "again", "retry", "switch", "give_up"]
    tuning: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Way:
    """What could be done with the executor at hand, and beside it.

    Attributes:
        deterministic: it gives the same pixels for another seed.
        others: another executor could try.
        guidance: the options of the model that may be turned.
        wordings: ways to put the instruction that have not been tried.
        met: how this executor's earlier tries at the step failed.
        answers: a deterministic one can be made stronger, or given a wider mask.
    """

    deterministic: bool = True
    others: bool = False
    guidance: Mapping[str, float] = field(default_factory=dict)
    wordings: int = 0
    met: tuple[Fault, ...] = ()
    answers: bool = True


def next_move(
    verdict: dict[str, Any],
    *,
    attempt: int,
    seconds: float,
    way: Way,
    tuning: dict[str, Any],
    settings: RunSettings,
) -> Move:
    """Decide.

    Args:
        verdict: the report of the try (``orchestrator.verification``).
        attempt: tries made so far, this one included.
        seconds: spent on the step so far.
        way: what else could be done.
        tuning: what is already changed.
        settings: the run's limits.
    """
    most = max(settings.max_attempts, settings.best_of)
    # A try is not begun where one as long as those before it would not end in time.
    spent = seconds + (seconds / attempt if not way.deterministic else 0.0)
    if verdict["status"] in ("done", "unverified"):
        undecided = settings.retry_undecided and bool(verdict.get("undecided"))
        wanted = most if undecided else settings.best_of
        if way.deterministic or attempt >= wanted or spent > settings.step_seconds:
            return Move("accept")
        told = f"one more to choose from ({attempt} of {wanted})"
        changed: dict[str, Any] = {}
        if undecided:
            # More of the same edit may settle it; of other doubts nobody knows what would.
            faint: tuple[Remedy, ...] = ("pull",) if diagnose(verdict) == "weak" else ()
            changed, tried = _turned(faint, way, tuning)
            told = ", ".join([told, *tried])
            told = "it cannot be told whether it is right: " + told
        return Move("again", tuning | changed | {"seed_offset": attempt}, told)
    if attempt >= most:
        return Move("give_up", reason=f"{verdict['reason']} (after {attempt} tries)")
    if seconds >= settings.step_seconds or spent > settings.step_seconds:
        return Move("give_up", reason=f"{verdict['reason']} (out of time after {seconds:.0f} s)")
    fault = diagnose(verdict)
    if way.deterministic:
        return _of_tool(fault, verdict, way, tuning)
    return _of_editor(fault, way, tuning, attempt, most)


def _of_tool(fault: Fault, verdict: dict[str, Any], way: Way, tuning: dict[str, Any]) -> Move:
    """A tool answers to its strength and its mask alone."""
    if not way.answers and not way.others:
        return Move("give_up", reason=verdict["reason"])
    if not way.answers:
        return Move("switch", reason="another executor")
    weak = verdict.get("remedy") == "stronger" or fault == "weak"
    if weak and tuning.get("strength", 1.0) < STRONGER**2:
        changed = {"strength": tuning.get("strength", 1.0) * STRONGER}
        return Move("retry", tuning | changed, "the change was too weak: stronger")
    # A remedy named by the check holds also where nothing changed: a mask may miss its target.
    left = fault == "left over" or verdict.get("remedy") == "wider"
    if left and way.met.count(fault) < (1 if way.others else 2):
        changed = {"grow": tuning.get("grow", 0.0) + WIDER}
        return Move("retry", tuning | changed, "part of it was left: a wider mask")
    if way.others:
        return Move("switch", reason="another executor")
    return Move("give_up", reason=verdict["reason"])


def _of_editor(fault: Fault, way: Way, tuning: dict[str, Any], attempt: int, most: int) -> Move:
    """The remedy of this failure that was not used yet; then another editor; then other seeds."""
    ladder = REMEDIES[fault]
    done = way.met.count(fault)
    # Another editor gets what is left of the budget while it is at least half of it.
    spent_here = len(way.met) + 1
    if way.others and (done >= len(ladder) or spent_here >= max(most // 2, 2)):
        return Move("switch", reason=f"{_WHY[fault]}: another editor")
    wanted = ladder[done] if done < len(ladder) else ("seed",)
    changed, told = _turned(wanted, way, tuning)
    # A scale that is as far as it goes changes nothing, and the same try fails the same way.
    if wanted == ("seed",) or tuning | changed == tuning:
        changed, told = {"seed_offset": attempt}, ["another seed"]
    elif "seed" in wanted:
        changed["seed_offset"] = attempt
        told.append("another seed")
    return Move("retry", tuning | changed, f"{_WHY[fault]}: {', '.join(told)}")


def _turned(
    wanted: tuple[Remedy, ...], way: Way, tuning: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What of the wanted remedies this editor can do."""
    changed: dict[str, Any] = {}
    told: list[str] = []
    turns: dict[Remedy, tuple[str, float]] = {
        "pull": ("guidance_text", HARDER),
        "calm": ("guidance_text", SOFTER),
        "yield": ("guidance_image", SOFTER),
        "hold": ("guidance_image", HARDER),
    }
    for remedy in wanted:
        if remedy in turns and turns[remedy][0] in way.guidance:
            name, factor = turns[remedy]
            low, high = GUIDANCE_SPAN
            changed[name] = round(min(max(tuning.get(name, 1.0) * factor, low), high), 4)
        elif remedy == "words" and way.wordings:
            changed["wording"] = tuning.get("wording", 0) + 1
        elif remedy == "wide":
            changed["grow"] = tuning.get("grow", 0.0) + WIDER
        else:
            continue
        told.append(_TOLD[remedy])
    return changed, told
