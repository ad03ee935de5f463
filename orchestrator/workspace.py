"""Pictures by id while a run works on them, and what was already found in each.

Splits stored pictures into colour and alpha, keeps one ``Scene`` a picture so that grounders share
what they find, and turns soft masks into 8-bit blobs and back. It decides nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smartedit_model.domain import miniature
from tools.example_matching import Example
from tools.grounding import Grounder, Reader, Scene, Segmenter, UserHints, Viewer
from tools.operation import Alpha, Rgb, SoftMask
from tools.witness import Witness

if TYPE_CHECKING:
    from memory.store import SessionStore

SCENES = 3
DARKENED = 0.7
"""Share of its first light below which a picture no longer tells its sort."""


def quantised(soft: SoftMask) -> SoftMask:
    """A soft mask as it will be stored: at 8 bits, rounded up so that nothing becomes zero.

    Blending uses this very mask, so that anyone can check the promise about untouched pixels
    against the one in the store.
    """
    out: SoftMask = np.ceil(soft * np.float32(255)) / np.float32(255)
    return out


class Workspace:
    """The pictures of one run.

    Args:
        store: where they live.
        hints: what the user marked, on the picture the run started from; it holds until a step
            moves pixels.
        glossary: words the user taught.
        segmenter: what turns clicks and boxes into masks; None = GrabCut.
        examples: what taught words look like.
        reader_for: what reads whole phrases in a picture, if anything does.
        witness_for: what judges edits of a picture independently, if anything does.
        detectors_for: what finds named things in a picture beside the offline grounders.
        viewer_for: what sees what a picture is about, if anything does.
        first: id of the picture that the session began with; "" where that is not known.
    """

    def __init__(
        self,
        store: SessionStore,
        hints: UserHints,
        glossary: dict[str, str] | None = None,
        segmenter: Segmenter | None = None,
        examples: dict[str, Example] | None = None,
        reader_for: Callable[[Rgb], Reader | None] = lambda _image: None,
        witness_for: Callable[[Rgb], Witness | None] = lambda _image: None,
        detectors_for: Callable[[Rgb], tuple[Grounder, ...]] = lambda _image: (),
        viewer_for: Callable[[Rgb], Viewer | None] = lambda _image: None,
        first: str = "",
    ) -> None:
        self._store = store
        self._hints = hints
        self._glossary = glossary or {}
        self._segmenter = segmenter
        self._examples = examples or {}
        self._reader_for = reader_for
        self._witness_for = witness_for
        self._detectors_for = detectors_for
        self._viewer_for = viewer_for
        self._first = first
        self._first_small: Rgb | None = None
        self._scenes: OrderedDict[tuple[str, bool], Scene] = OrderedDict()

    def picture(self, image_id: str) -> tuple[Rgb, Alpha | None]:
        """Colour HWC uint8 and alpha HW uint8 (None where the picture has none)."""
        pixels = self._store.get_image(image_id)
        if pixels.shape[2] == 4:
            return np.ascontiguousarray(pixels[..., :3]), np.ascontiguousarray(pixels[..., 3])
        return pixels, None

    def keep(self, rgb: Rgb, alpha: Alpha | None) -> str:
        """Store a picture; returns its id."""
        pixels = rgb if alpha is None else np.dstack([rgb, alpha])
        return self._store.put_image(pixels).id

    def mask(self, mask_id: str | None) -> SoftMask | None:
        """A stored soft mask as HW float32 [0, 1]; None stands for everywhere."""
        if mask_id is None:
            return None
        return np.asarray(self._store.get_mask(mask_id), dtype=np.float32) / np.float32(255)

    def keep_mask(self, soft: SoftMask | None) -> str | None:
        """Store a soft mask at 8 bits (see ``quantised``)."""
        if soft is None:
            return None
        return self._store.put_mask(np.ceil(soft * np.float32(255)).astype(np.uint8)).id

    def scene(self, image_id: str, *, marks: bool = True) -> Scene:
        """The picture with what grounders already found in it; ``marks``: the hints still hold."""
        key = (image_id, marks)
        if key in self._scenes:
            self._scenes.move_to_end(key)
            return self._scenes[key]
        rgb, _ = self.picture(image_id)
        hints = self._hints if marks else UserHints()
        before = self._before_dark(image_id, rgb)
        sort = rgb if before is None else before
        scene = Scene(
            image=rgb,
            key=image_id,
            hints=hints,
            glossary=self._glossary,
            examples=self._examples,
            segmenter=self._segmenter,
            reader=self._reader_for(sort),
            witness=self._witness_for(sort),
            detectors=self._detectors_for(sort),
            viewer=self._viewer_for(sort),
            before=before,
        )
        self._scenes[key] = scene
        while len(self._scenes) > SCENES:
            self._scenes.popitem(last=False)
        return scene

    def _before_dark(self, image_id: str, rgb: Rgb) -> Rgb | None:
        """The picture that the session began with, small, where this one is much darker.

        Taking light away takes texture away, which is what tells a photograph from a drawing.
        """
        if not self._first or image_id == self._first:
            return None
        if self._first_small is None:
            self._first_small = miniature(self.picture(self._first)[0])
        dark = float(miniature(rgb).mean()) < DARKENED * float(self._first_small.mean())
        return self._first_small if dark else None
