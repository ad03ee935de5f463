"""The errors of the drawn world.

::

    SmartEditModelError
    ├── ConfigError
    │   └── WorldDataError      a data file of the world that cannot be used
    └── InputError
        ├── UnknownNameError    a kind, colour, category, split or style that is not in the world
        ├── WorldSizeError      a picture size that cannot be drawn
        └── ImpossibleEditError an edit that the scene has no room or no footing for
"""

from __future__ import annotations

from collections.abc import Iterable

from smartedit_model.errors import ConfigError, InputError


class WorldDataError(ConfigError):
    """A data file of the world that cannot be used."""


class UnknownNameError(InputError):
    """A kind, colour, category, split or style that is not in the world."""

    def __init__(self, what: str, name: str, choices: Iterable[str]) -> None:
        super().__init__(f"no {what} is called {name!r}; choose one of: {', '.join(choices)}")


class WorldSizeError(InputError):
    """A picture size that cannot be drawn."""


class ImpossibleEditError(InputError):
    """An edit that the scene has no room or no footing for."""
