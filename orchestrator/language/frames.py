"""Which function reads which class of verbs."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.language import frames_adding, frames_photo, frames_things, promises
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.lexicon import Verb

Frame = Callable[[ClauseReader, Verb], bool]

FRAMES: dict[str, Frame] = {
    "replace": frames_things.frame_replace,
    "change": frames_things.frame_change,
    "make": frames_things.frame_make,
    "remove": frames_adding.frame_remove,
    "take": frames_adding.frame_take,
    "deed": frames_photo.frame_deed,
    "add": frames_adding.frame_add,
    "give": frames_adding.frame_give,
    "recolor": frames_things.frame_recolor,
    "text": frames_adding.frame_text,
    "adjust": frames_photo.frame_adjust,
    "increase": frames_photo.frame_increase,
    "decrease": frames_photo.frame_decrease,
    "set": frames_photo.frame_set,
    "improve": frames_photo.frame_improve,
    "blur": frames_photo.frame_blur,
    "sharpen": frames_photo.frame_sharpen,
    "crop": frames_photo.frame_crop,
    "rotate": frames_photo.frame_rotate,
    "flip": frames_photo.frame_flip,
    "move": frames_photo.frame_move,
    "resize": frames_photo.frame_resize,
    "restyle": frames_photo.frame_restyle,
    "apply": frames_photo.frame_apply,
    "relight": frames_photo.frame_relight,
    "focus": frames_photo.frame_focus,
    "extend": frames_photo.frame_extend,
    "keep": promises.frame_keep,
    "touch": frames_photo.frame_extend,
}
"""Class in ``verbs.yaml`` -> its frame: reads the rest of the clause, True where it made sense."""
