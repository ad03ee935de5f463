"""What users taught, as planners and grounders use it: meanings and examples by word.

Taught text is untrusted, most of all that of an imported session: what is over the limits is left
out, and a meaning only ever says what a word points at; it is never read as an instruction.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.errors import BadArguments
from tools.example_matching import Example

if TYPE_CHECKING:
    from memory.records import WordInfo
    from memory.store import SessionStore
    from tools.operation import HardMask, Rgb

LONGEST = 640
"""Side to which an example is reduced."""
LEAST = 12
"""Sides below which nothing can be recognised."""
MARGIN = 2
"""Pixels around a mask that its example keeps."""
MOST_EXAMPLES = 50
Area = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def words_in_force(store: SessionStore, session_id: str | None) -> list[WordInfo]:
    """The taught words that hold, less those over the limits."""
    from memory.glossary import problem_with

    return [w for w in store.glossary(session_id) if not problem_with(w.word, w.meaning)]


def meanings(store: SessionStore, session_id: str | None) -> dict[str, str]:
    """Word -> what it means."""
    return {word.word: word.meaning for word in words_in_force(store, session_id)}


def examples(store: SessionStore, session_id: str | None) -> dict[str, Example]:
    """Word -> what it looks like, for words taught with a picture."""
    found: dict[str, Example] = {}
    for word in words_in_force(store, session_id):
        if word.example_mask_id is None or len(found) >= MOST_EXAMPLES:
            continue
        shown = store.blobs.manifest(word.example_mask_id)
        if max(shown.width, shown.height) > LONGEST:
            continue
        pixels = store.get_image(word.example_mask_id)
        if pixels.ndim == 3 and pixels.shape[2] == 4:
            mask = np.asarray(pixels[..., 3] >= 128, dtype=np.bool_)
            if mask.any():
                found[word.word] = Example(np.ascontiguousarray(pixels[..., :3]), mask)
    return found


def keep_example(
    store: SessionStore, rgb: Rgb, *, area: Area | None = None, mask: HardMask | None = None
) -> str:
    """Store what a thing looks like; returns its id, for ``teach``.

    Args:
        store: where it goes.
        rgb: HWC uint8, the picture it is in.
        area: the part of the picture it is.
        mask: HW bool of the picture's size, which pixels it is.

    Raises:
        BadArguments: the area or the mask is outside the picture or too small.
    """
    import cv2

    from tools.masks import box_of, from_box, pad_box

    shape = (rgb.shape[0], rgb.shape[1])
    chosen = np.ones(shape, dtype=np.bool_) if mask is None else mask
    if area is not None:
        x, y, width, height = area
        if x < 0 or y < 0 or x + width > shape[1] or y + height > shape[0]:
            raise BadArguments(
                f"--crop {x},{y},{width},{height} reaches outside the picture of "
                f"{shape[1]}x{shape[0]} pixels"
            )
        chosen = chosen & from_box((x, y, x + width, y + height), shape)
    box = box_of(chosen)
    if box is None or min(box[2] - box[0], box[3] - box[1]) < LEAST:
        raise BadArguments(f"the example is too small to be recognised; show {LEAST} pixels a side")
    x0, y0, x1, y1 = pad_box(box, MARGIN, shape) if mask is not None else box
    cut = np.dstack([rgb[y0:y1, x0:x1], chosen[y0:y1, x0:x1].astype(np.uint8) * 255])
    scale = LONGEST / max(cut.shape[:2])
    if scale < 1:
        size = (max(1, int(cut.shape[1] * scale)), max(1, int(cut.shape[0] * scale)))
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    return store.put_image(np.ascontiguousarray(cut)).id


def teach(
    store: SessionStore,
    word: str,
    meaning: str,
    *,
    session_id: str | None = None,
    picture: Path | None = None,
    area: Area | None = None,
    mask_file: Path | None = None,
) -> WordInfo:
    """Teach a word, with an example from a picture file or the session's shown picture.

    Raises:
        BadArguments: an example was asked for and there is no picture, or it does not fit.
        PictureError: the picture or mask cannot be read.
        StoreError: the word does not fit, or there is no such session.
    """
    example: str | None = None
    if area is not None or mask_file is not None or picture is not None:
        rgb = _picture(store, session_id, picture)
        mask = None
        if mask_file is not None:
            from tools.masks import from_file

            mask = np.asarray(from_file(mask_file, (rgb.shape[0], rgb.shape[1])) > 0.5)
        example = keep_example(store, rgb, area=area, mask=mask)
    return store.teach(word, meaning, session_id=session_id, example_mask_id=example)


def _picture(store: SessionStore, session_id: str | None, picture: Path | None) -> Rgb:
    if picture is not None:
        from tools.pictures import load_picture

        return load_picture(picture).rgb
    if session_id is None:
        raise BadArguments("an example needs a picture; give --image FILE or --session ID")
    pixels = store.get_image(store.head(session_id).image_id)
    return np.ascontiguousarray(pixels[..., :3])
