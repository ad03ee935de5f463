"""What sees what a picture is about: a network that an installed package carries, on photographs.

On drawings nothing, since it was taught photographs. Choosing loads no weights.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.settings import ProgramSettings
from orchestrator.witnesses import witness_of
from tools.operation import Rgb

if TYPE_CHECKING:
    from memory.home import Home
    from smartedit_model.photographs.subject import SubjectNetwork


def viewer_of(home: Home, image: Rgb) -> SubjectNetwork | None:
    """The viewer for a picture, HWC uint8 RGB, where there is one."""
    from smartedit_model.photographs.session import missing
    from smartedit_model.photographs.subject import WEIGHTS

    if not ProgramSettings().uses_installed or missing(WEIGHTS):
        return None
    return None if witness_of(home, image) is not None else _opened()


def viewer_state() -> str:
    """Why nothing here sees what a photograph is about; empty where something does."""
    from smartedit_model.carried import checked
    from smartedit_model.errors import WeightsError
    from smartedit_model.photographs.session import missing
    from smartedit_model.photographs.subject import WEIGHTS

    if not ProgramSettings().uses_installed:
        return "installed models are ignored"
    lacking = missing(WEIGHTS)
    if lacking:
        return lacking
    try:
        checked(WEIGHTS)
    except WeightsError as error:
        return str(error)
    return ""


@cache
def _opened() -> SubjectNetwork:
    """One a process, so that weights and answers outlive a turn."""
    from smartedit_model.photographs.subject import SubjectNetwork

    return SubjectNetwork()
