"""Which segmenter a name means: ``grabcut``, ``sam-nano``, ``sam:vit_b`` …, ``auto``.

``auto`` decides for each picture: published weights where they are on the machine, the small SAM on
pictures of the kind it was trained on (before MobileSAM there), GrabCut on everything else. Nothing
is loaded by choosing.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from weakref import ReferenceType, ref

from smartedit_model.domain import judge
from smartedit_model.errors import WeightsError
from smartedit_model.sam import official, small
from tools.errors import GroundingFailed, SegmenterUnavailable
from tools.grabcut import GrabCutSegmenter
from tools.grounding import Box, Region, Scene, Segmenter, is_precise
from tools.operation import HardMask, Rgb

NAMES = ("auto", "grabcut", small.NAME, *(f"sam:{name}" for name in official.CHECKPOINTS))
MOBILE = official.CHECKPOINTS[official.MOBILE].label
TRAIN = "docs/segmentation.md says how to train one"


class SegmenterShelf:
    """The segmenters of a machine; each is built once.

    Args:
        models: folder of weights.
        cache: folder for what can be made again; None keeps embeddings in memory only.
        carried: whether ``auto`` takes weights that installed packages carry.
    """

    def __init__(self, models: Path, cache: Path | None = None, *, carried: bool = True) -> None:
        self._models, self._cache, self._carried = models, cache, carried
        self._built: dict[str, Segmenter] = {}

    def available(self) -> dict[str, str]:
        """Every name, with an empty string where it is ready and the reason where it is not."""
        return {name: self._missing(name) for name in NAMES}

    def get(self, name: str, *, force: bool = False) -> Segmenter:
        """The segmenter of a name.

        Args:
            name: one of ``NAMES``, or ``sam2:FOLDER`` and ``sam3:FOLDER`` for transformers' models.
            force: use the small SAM on pictures it was not made for.

        Raises:
            SegmenterUnavailable: there is none of that name, or its weights are not here.
        """
        key = f"{name}!" if force else name
        if key not in self._built:
            self._built[key] = self._build(name, force)
        return self._built[key]

    def _build(self, name: str, force: bool) -> Segmenter:
        if name.startswith(("sam2:", "sam3:")):
            return self._from_transformers(name)
        if name not in NAMES:
            known = ", ".join((*NAMES, "sam2:FOLDER", "sam3:FOLDER"))
            raise SegmenterUnavailable(f"there is no segmenter {name!r}; there are: {known}")
        missing = self._missing(name)
        if missing:
            raise SegmenterUnavailable(missing)
        if name == "auto":
            return AutoSegmenter(self)
        if name == "grabcut":
            return GrabCutSegmenter()
        if name == small.NAME:
            sam = self._small()
            return sam if force else OwnDomain(sam, small.small_folder(self._models))
        return self._official(name)

    def _missing(self, name: str) -> str:
        if name in ("auto", "grabcut"):
            return ""
        if name == small.NAME:
            folder = small.small_folder(self._models)
            return "" if small.is_here(folder) else f"no small SAM lies in {folder}; {TRAIN}"
        item = official.checkpoint(name)
        try:
            official.check_size(item, official.path_of(item, self._models))
        except WeightsError as error:
            return str(error)
        return ""

    def best_for(self, image: Rgb) -> Segmenter:
        """What ``auto`` takes for a picture, HWC uint8 RGB."""
        here = self._official_order()
        # On drawings the small one is right more often from a click (0.86 to 0.74), in a hundredth
        # of MobileSAM's time.
        if not here or here[0] == MOBILE:
            folder = small.small_folder(self._models)
            if small.is_here(folder) and judge(folder, image).inside:
                return self.get(small.NAME)
        return self.get(here[0] if here else "grabcut")

    def _official_order(self) -> list[str]:
        """Those that are here: the quickest first on a processor, the best first on a GPU.

        Who brought official weights wants them used: then MobileSAM comes last.
        """
        here = []
        for item in official.CHECKPOINTS.values():
            path = official.path_of(item, self._models, carried=self._carried)
            if path.is_file() and path.stat().st_size == item.bytes:
                here.append(item.label)
        if not here:
            return []  # without asking torch about GPUs
        import torch

        mobile = [label for label in here if label == MOBILE]
        larger = [label for label in here if label not in mobile]
        return (larger[::-1] if torch.cuda.is_available() else larger) + mobile

    def _embeddings(self) -> Path | None:
        return None if self._cache is None else self._cache / "sam"

    def _official(self, name: str) -> Segmenter:
        import torch

        from smartedit_model.sam.embeddings import Embeddings
        from smartedit_model.sam.segmenter import SamSegmenter

        item = official.checkpoint(name)
        path = official.path_of(item, self._models)
        return SamSegmenter(
            name,
            partial(official.load, item, path),
            f"{item.name}-{item.sha256[:12]}",
            embeddings=Embeddings(self._embeddings()),
            device="cuda" if torch.cuda.is_available() else "cpu",
        )

    def _small(self) -> Segmenter:
        from smartedit_model.fingerprints import content_version
        from smartedit_model.sam.embeddings import Embeddings
        from smartedit_model.sam.segmenter import Everything, SamSegmenter

        folder = small.small_folder(self._models)
        return SamSegmenter(
            small.NAME,
            partial(small.load_small, folder),
            f"nano-{content_version(folder)}",
            embeddings=Embeddings(self._embeddings()),
            everything=Everything(side=16, claimed=0.7, stable=0.85),
            single_first=True,
        )

    def _from_transformers(self, name: str) -> Segmenter:
        from smartedit_model.sam.hub import open_folder

        kind, _, folder = name.partition(":")
        return open_folder(kind, Path(folder).expanduser())


class AutoSegmenter:
    """Decides for each picture; see ``SegmenterShelf.best_for``."""

    name = "auto"

    def __init__(self, shelf: SegmenterShelf) -> None:
        self._shelf = shelf
        self._last: tuple[ReferenceType[Rgb], Segmenter] | None = None

    def precise(self, image: Rgb) -> bool:
        """Whether it would ask a SAM."""
        return is_precise(self._choice(image), image)

    def _choice(self, image: Rgb) -> Segmenter:
        """The segmenter for a picture; a turn asks many times about one, and looking takes time."""
        if self._last is None or self._last[0]() is not image:
            self._last = (ref(image), self._shelf.best_for(image))
        return self._last[1]

    def segment(
        self,
        scene: Scene,
        *,
        points: tuple[tuple[int, int, bool], ...] = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """What the best segmenter for pictures of this sort says."""
        chosen = self._choice(scene.sort)
        return chosen.segment(scene, points=points, box=box, mask=mask)


class OwnDomain:
    """The small SAM, which refuses pictures it was not made for."""

    name = small.NAME

    def __init__(self, inner: Segmenter, folder: Path) -> None:
        self._inner, self._folder = inner, folder

    def precise(self, image: Rgb) -> bool:
        """On drawings only."""
        return judge(self._folder, image).inside

    def segment(
        self,
        scene: Scene,
        *,
        points: tuple[tuple[int, int, bool], ...] = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """What the small SAM says.

        Raises:
            GroundingFailed: the picture is no drawing of the kind it knows.
        """
        verdict = judge(self._folder, scene.image)
        if not verdict.inside:
            raise GroundingFailed(
                f"{self.name} cannot be used: {verdict.reason}; use --segmenter auto, or --force"
            )
        return self._inner.segment(scene, points=points, box=box, mask=mask)
