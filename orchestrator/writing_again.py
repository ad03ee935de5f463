"""What was written on the picture, written another way, and what came after it on top.

The letters are pixels, and what was below them is gone from the shown state; so the session goes
back to before they were written. Nothing is lost: the line as it was keeps a name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from orchestrator.errors import BadInstruction
from orchestrator.events import Event, ignore
from orchestrator.language.command_types import Rewrite
from orchestrator.language.writing_again import is_writing
from orchestrator.plan import Present, Step
from orchestrator.repair import made_otherwise, step_of
from orchestrator.report import RunReport
from tools.errors import BadArguments
from tools.lettering import usual_size
from tools.places import Place, named_colour

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from orchestrator.session import EditSession

SMALLEST, LARGEST = 0.015, 0.5
"""Of letters, as shares of the picture's height."""


def rewritten(
    session: EditSession, wish: Rewrite, *, on_event: Callable[[Event], None] = ignore
) -> tuple[RunReport, ...]:
    """Write the shown line's last writing again as wished, and do all after it again.

    Args:
        session: with no unfinished run.
        wish: what should be otherwise.
        on_event: told what happens.

    Returns:
        The report of each turn that was made; none where only the writing was taken away.

    Raises:
        UnknownSession: nothing was written.
        BadInstruction: a place or colour that there is not.
    """

    def changed(item: RevisionInfo) -> Step | None:
        if wish.gone:
            return None
        high, wide = session.picture(str(item.parent_id)).rgb.shape[:2]
        return _changed(step_of(item), wish, wide, high)

    return made_otherwise(
        session,
        is_writing,
        changed,
        missing="no step of this session wrote anything",
        told=lambda step: _told(step) if is_writing(step) else step.instruction,
        on_event=on_event,
    )


def _told(step: Step) -> str:
    place, colour = step.params.get("place") or "bottom", step.params.get("colour")
    told = f'Write "{step.params["text"]}" on the picture at the {place}'
    return f"{told} in {colour}" if colour else told


def _changed(step: Step, wish: Rewrite, wide: int, high: int) -> Step:
    params = dict(step.params)
    if wish.text:
        params["text"] = wish.text
    if wish.place:
        if wish.place not in get_args(Place):
            raise BadInstruction(
                f"{wish.place!r} is no place to write at; the places are: "
                + ", ".join(get_args(Place))
            )
        params["place"] = wish.place
    if wish.colour:
        try:
            named_colour(wish.colour)
        except BadArguments as error:
            raise BadInstruction(str(error)) from error
        params["colour"] = wish.colour
    if wish.larger != 1:
        before = params.get("size") or usual_size(wide, high)
        params["size"] = round(min(LARGEST, max(SMALLEST, before * wish.larger)), 4)
    made = step.model_copy(update={"params": params})
    size = f" at {params['size']:.1%} of its height" if params.get("size") else ""
    written = Present(phrase=params["text"], where=params.get("place") or "bottom")
    words = {"instruction": _told(made) + size, "success": [written]}
    return Step.model_validate(made.model_dump() | words)
