"""The other way: what a step would be that turns, mirrors, moves or changes the opposite way.

Knows steps and the words for it; which step of a session is meant is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestrator.errors import BadInstruction, ChangesHistory
from orchestrator.language.command_patterns import match_command
from orchestrator.language.drafts import Draft, Ref
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.tokens import Token
from orchestrator.language.wording import instruction_of
from orchestrator.plan import EditPlan, Step

OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}
_AXES = {"horizontal": "vertical", "vertical": "horizontal"}
_DIRECTED = frozenset({"rotate", "flip", "move"})
"""Ops that go a way; of a turn's steps one of these is meant before any that has an opposite."""
_TURNED = frozenset({"rotate", "flip"})
DONE_BY = {
    **dict.fromkeys(("turn", "flip", "rotate", "mirror", "spin", "tilt"), _TURNED),
    **dict.fromkeys(("move", "push", "shift"), frozenset({"move"})),
}
"""Verb -> the ops that are called so."""
_TELLING = frozenset({"other", "opposite", "wrong"})
_MOST_WORDS = 16


def meant(words: Sequence[str], earlier: Sequence[EditPlan]) -> bool:
    """Whether such words are about a step before: of "flip it the other way" that tells the past.

    Args:
        words: that ask for the other way.
        earlier: plans in force, oldest first.
    """
    at = which_turns(earlier[-1].steps) if earlier else None
    if "verb" not in get_lexicon().senses(words[0]) or words[0] == "do":
        return True
    # "Turn it the other way" is of a step that turned it; after another it turns the thing.
    return at is not None and earlier[-1].steps[at].op in DONE_BY.get(words[0], _DIRECTED)


def refuse_other_way(tokens: Sequence[Token], text: str, earlier: Sequence[EditPlan]) -> None:
    """Refuse to plan an instruction that only asks for the other way.

    Raises:
        ChangesHistory: of a step before, which is to be changed.
        BadInstruction: no step before has another way.
    """
    if len(tokens) > _MOST_WORDS or not _TELLING & {token.norm for token in tokens}:
        return
    match = match_command(tokens, text)
    if match is None or match.name != "other_way" or not meant(match.words, earlier):
        return
    if earlier and which_turns(earlier[-1].steps) is not None:
        raise ChangesHistory(
            "a step is made the other way by changing that step: say it in 'smartedit chat', "
            "or undo the step and say which way"
        )
    raise BadInstruction(
        "no step before turned, mirrored, moved or resized anything, so that nothing can go the "
        "other way; say what to change, such as 'flip it horizontally'"
    )


def which_turns(steps: Sequence[Step]) -> int | None:
    """The place of the step of a turn that can go the other way; None where none can."""
    able = [i for i, step in enumerate(steps) if _opposite(step) is not None]
    directed = [i for i in able if steps[i].op in _DIRECTED]
    return max(directed or able, default=None)


def the_other_way(step: Step) -> Step:
    """The step the other way, in its own words.

    Raises:
        ValueError: it has no other way (``which_turns``).
    """
    params = _opposite(step)
    if params is None:
        raise ValueError(f"{step.instruction!r} has no other way")
    ref = Ref(step.target, "the picture" if step.target.is_whole_image else step.target.phrase)
    words = instruction_of(Draft(step.op, ref, params), step.target.exclude)
    return step.model_copy(update={"params": params, "instruction": words})


def _opposite(step: Step) -> dict[str, Any] | None:
    """The settings of a step the other way; None where it has none."""
    params = step.params
    if step.executor != "auto":
        return None
    if step.op == "rotate" and params.get("degrees") and float(params["degrees"]) % 180:
        return {**params, "degrees": -float(params["degrees"])}
    if step.op == "flip":
        return {**params, "axis": _AXES[str(params["axis"])]}
    if step.op == "move" and params.get("direction") in OPPOSITE:
        return {**params, "direction": OPPOSITE[str(params["direction"])]}
    if step.op == "resize" and params.get("factor"):
        return {**params, "factor": round(1 / float(params["factor"]), 3)}
    if step.op == "adjust" and params.get("amount"):
        return {**params, "amount": -float(params["amount"])}
    return None
