"""What sees a picture independently of the editor: eyes for drawings, none for photographs yet.

They are a witness of edits and a grounder of named things. Choosing reads a small file and the
picture's statistics; weights are loaded when they are first asked.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tools.operation import Rgb

if TYPE_CHECKING:
    from memory.home import Home
    from smartedit_model.drawings.lazily import DrawnEyes


def witness_of(home: Home, image: Rgb) -> DrawnEyes | None:
    """The eyes for a picture, HWC uint8 RGB, where there are any."""
    from smartedit_model.domain import judge
    from smartedit_model.sam.small import is_here, small_folder

    folder = small_folder(home.models)
    if not is_here(folder) or not judge(folder, image).inside:
        return None
    return drawn_eyes(folder)


@cache
def drawn_eyes(folder: Path) -> DrawnEyes:
    """The eyes for drawings over the small SAM of a folder, built once."""
    from smartedit_model.drawings.lazily import DrawnEyes

    return DrawnEyes(folder)
