"""The border around the picture made another way, and what came after it on top.

It is made by going back to before the border: nothing that is added could make it thinner. Nothing
is lost: the line as it was keeps a name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from orchestrator.errors import BadInstruction
from orchestrator.events import Event, ignore
from orchestrator.language.border_again import is_border
from orchestrator.language.command_types import Reframe
from orchestrator.plan import Step
from orchestrator.repair import made_otherwise, step_of
from orchestrator.report import RunReport
from tools.errors import BadArguments
from tools.places import named_colour

if TYPE_CHECKING:
    from orchestrator.session import EditSession

MOST = 2.0
"""Width of a border, as a share of the picture's shorter side (``tools.geometry.PadArgs``)."""
LEAST = 0.002
_SIDES = ("left", "top", "right", "bottom")


def reframed(
    session: EditSession, wish: Reframe, *, on_event: Callable[[Event], None] = ignore
) -> tuple[RunReport, ...]:
    """Make the shown line's last border again as wished, and do all after it again.

    Args:
        session: with no unfinished run.
        wish: what should be otherwise.
        on_event: told what happens.

    Returns:
        The report of each turn that was made; none where only the border was taken away.

    Raises:
        UnknownSession: there is no border.
        BadInstruction: a colour that there is not, or another width on one side alone.
    """
    if wish.side:
        raise BadInstruction(
            f"a border is made again with one width on all its sides, not on the {wish.side} "
            "alone; say 'thicker' or 'thinner' for all of it"
        )
    return made_otherwise(
        session,
        is_border,
        lambda item: None if wish.gone else _changed(step_of(item), wish),
        missing="no step of this session made a border",
        on_event=on_event,
    )


def _changed(step: Step, wish: Reframe) -> Step:
    params: dict[str, Any] = dict(step.params)
    if wish.colour:
        try:
            named_colour(wish.colour)
        except BadArguments as error:
            raise BadInstruction(str(error)) from error
        params["fill"] = wish.colour
    if params.get("amount"):
        params["amount"] = round(min(MOST, max(LEAST, params["amount"] * wish.wider)), 4)
    for side in _SIDES:
        if params.get(side):
            params[side] = max(1, round(params[side] * wish.wider))
    width = f"{params['amount']:.1%}" if params.get("amount") else ""
    width = width or f"{max(params.get(side, 0) for side in _SIDES)} pixels"
    words = f"Add a {params.get('fill', 'white')} border of {width}"
    return step.model_copy(update={"params": params, "instruction": words})
