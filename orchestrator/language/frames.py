"""Which function reads which class of verbs."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.language import (
    frames_add,
    frames_change,
    frames_focus,
    frames_make,
    frames_mark,
    frames_move,
    frames_recolor,
    frames_remove,
    frames_replace,
    frames_shape,
    frames_style,
    frames_text,
    frames_tone,
    promises,
)
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.lexicon import Verb

Frame = Callable[[ClauseReader, Verb], bool]

FRAMES: dict[str, Frame] = {
    "replace": frames_replace.frame_replace,
    "change": frames_change.frame_change,
    "make": frames_make.frame_make,
    "remove": frames_remove.frame_remove,
    "take": frames_remove.frame_take,
    "deed": frames_style.frame_deed,
    "add": frames_add.frame_add,
    "give": frames_add.frame_give,
    "recolor": frames_recolor.frame_recolor,
    "mark": frames_mark.frame_mark,
    "text": frames_text.frame_text,
    "adjust": frames_tone.frame_adjust,
    "increase": frames_tone.frame_increase,
    "decrease": frames_tone.frame_decrease,
    "set": frames_tone.frame_set,
    "improve": frames_tone.frame_improve,
    "blur": frames_focus.frame_blur,
    "sharpen": frames_focus.frame_sharpen,
    "crop": frames_shape.frame_crop,
    "rotate": frames_shape.frame_rotate,
    "flip": frames_shape.frame_flip,
    "move": frames_move.frame_move,
    "resize": frames_shape.frame_resize,
    "restyle": frames_style.frame_restyle,
    "apply": frames_style.frame_apply,
    "relight": frames_tone.frame_relight,
    "focus": frames_focus.frame_focus,
    "extend": frames_style.frame_extend,
    "keep": promises.frame_keep,
    "mention": frames_style.frame_mention,
    "touch": frames_style.frame_harm,
}
"""Class in ``verbs.yaml`` -> its frame: reads the rest of the clause, True where it made sense."""
