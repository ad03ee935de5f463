"""What was meant instead: "not that one, the left one", "I meant the cup", "not black, red".

Knows the plan that a person corrects and the words for what should have been; whether that plan was
carried out is the caller's to know.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.errors import BadInstruction
from orchestrator.language.command_patterns import Match
from orchestrator.language.command_types import Meant
from orchestrator.language.drafts import Draft, Ref
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.read import read_plan
from orchestrator.language.units import read_units
from orchestrator.language.wording import instruction_of, success_of
from orchestrator.plan import EditPlan, Step
from tools.colour_names import names_colour

_NO_THING = frozenset({"way", "direction", "opposite"})


def about(steps: Sequence[Step]) -> int | None:
    """The place of the step whose target or colour such words put right; None where there is none.

    Of several the last: it is what a person looks at.
    """
    local = [i for i, step in enumerate(steps) if not step.target.is_whole_image]
    return local[-1] if local else None


def correction(match: Match, plan: EditPlan | None) -> Meant | None:
    """What a match says was meant; None where it says no thing, and no colour of a recolouring."""
    at = None if plan is None else about(plan.steps)
    if plan is None or at is None:
        return None
    words = match.rest.strip(" ,;:") or " ".join(match.words)
    if match.words[0] == "no":  # "no, the plate": with its article
        words = " ".join(match.words[1:])
    if plan.steps[at].op == "recolor" and match.words[0] != "no" and _is_colour(words):
        return Meant(words, colour=True)
    denied = match.words[0] == "not" and bool(match.word)  # "not darker, …": no thing is named
    return Meant(words) if _is_thing(words) and not denied else None


def put_right(step: Step, meant: Meant) -> Step:
    """The step with what was meant.

    Raises:
        BadInstruction: the words name nothing that it could be done to.
    """
    if meant.colour:
        params = {**step.params, "colour": meant.words.lower()}
        draft = Draft(step.op, Ref(step.target, step.target.phrase), params)
        said = instruction_of(draft, step.target.exclude)
        success = success_of(draft, step.target, step.target.exclude)
        return step.model_copy(update={"params": params, "instruction": said, "success": success})
    before = EditPlan(
        instruction=step.instruction, steps=(step.model_copy(update={"depends_on": ()}),)
    )
    plan, _ = read_plan(f"do the same to {meant.words}", earlier=[before])
    if len(plan.steps) != 1 or plan.unknown:
        raise BadInstruction(
            f"{meant.words!r} names nothing in the picture; say what to do to what"
        )
    new = plan.steps[0]
    update = {"target": new.target, "instruction": new.instruction, "success": new.success}
    return step.model_copy(update=update)


def _is_colour(words: str) -> bool:
    *shade, colour = words.lower().split()
    return len(shade) < 2 and names_colour(words) and "colour" in get_lexicon().senses(colour)


def _is_thing(words: str) -> bool:
    """Whether words are one phrase for a thing, with "the" or its like."""
    units = read_units(words)
    if not units or not (units[0].has("det") or units[0].norm.startswith("the ")):
        return False
    read = PhraseReader(units).read(0)
    if read is None or read[1] != len(units) or read[0].role == "image":
        return False
    return not _NO_THING & {unit.norm for unit in units}
