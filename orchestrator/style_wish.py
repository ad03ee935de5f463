"""A picture handed over as an example of style: saying so in words, and where its step stands.

Finding the words in an instruction is ``orchestrator.language.frames_example``'s, making the step
``tools.style_match``'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.plan import EditPlan, Step
from tools.style_match import ASSET

if TYPE_CHECKING:
    from tools.operation import Rgb

TOOL = "tool:match_style"
WORDS = "in the style of this picture"
NOT_UNDERSTOOD = "did not understand: "
"""How a plan's note on unknown words begins (``orchestrator.language.accounts``)."""
CONDITIONED = frozenset({"restyle", "replace", "add", "background"})
"""Ops for which an editor may look at the example picture too."""
TONES = frozenset({"adjust", "grade", "relight", "weather", "blur", "sharpen", "text"})
"""Ops that would be undone, or counted as colours of the picture, by a style taken over later."""


def with_words(instruction: str) -> str:
    """The instruction, asking for the example's style where it does not already."""
    from orchestrator.language.frames_example import speaks_of_example

    if speaks_of_example(instruction):
        return instruction
    words = instruction.strip().rstrip(".,;")
    return f"{words}. Make it {WORDS}" if words else f"make it {WORDS}"


def settled(plan: EditPlan, assets: dict[str, str]) -> EditPlan:
    """The plan with the style taken over before what is done to the tones afterwards.

    Where a picture was handed over and the words speak of it, a plan that forgot it gets the step.
    """
    from orchestrator.language.frames_example import speaks_of_example

    styles = [step for step in plan.steps if step.executor == TOOL]
    wanted = ASSET in assets and speaks_of_example(plan.instruction)
    if not styles and wanted and not any(step.op == "restyle" for step in plan.steps):
        plan = _understood(plan)
        styles = [
            Step(
                id="style",
                op="grade",
                instruction="Take over the style of the example picture",
                scope="global",
                executor=TOOL,
            )
        ]
    if not styles:
        return plan
    chosen = {step.id for step in styles}
    rest = [step for step in plan.steps if step.id not in chosen]
    needed = {name for step in styles for name in step.depends_on}
    place = next((i for i, step in enumerate(rest) if step.op in TONES), len(rest))
    place = max([place, *(i + 1 for i, step in enumerate(rest) if step.id in needed)])
    ordered = (*rest[:place], *styles, *rest[place:])
    if ordered == plan.steps:
        return plan
    return EditPlan.model_validate(plan.model_dump() | {"steps": [s.model_dump() for s in ordered]})


def _understood(plan: EditPlan) -> EditPlan:
    """The plan whose words about the example have a step now, so that none of them is unknown."""
    from orchestrator.language.frames_example import points_at_example

    left = tuple(word for word in plan.unknown if not points_at_example(word))
    notes = [note for note in plan.notes if not note.startswith(NOT_UNDERSTOOD)]
    if left:
        notes.append(NOT_UNDERSTOOD + ", ".join(repr(word) for word in left))
    return plan.model_copy(update={"unknown": left, "notes": tuple(notes)})


def style_image(assets: dict[str, str], op: str) -> Rgb | None:
    """The example picture for an editor that takes one: HWC uint8; None where none was given.

    Raises:
        PictureError: it cannot be read.
    """
    if ASSET not in assets or op not in CONDITIONED:
        return None
    from tools.pictures import load_picture

    return load_picture(Path(assets[ASSET])).rgb
