"""A detector as a ``Grounder``: a phrase to boxes, each box to a mask by the scene's segmenter.

Weights are loaded when a phrase is first asked. Order, size, relations and number are resolved by
``tools.grounders``, as for every grounder.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from PIL import Image

from smartedit_model.detectors.boxes import Sighting, best_of_overlapping, clipped
from smartedit_model.detectors.kinds import KINDS, Asked
from smartedit_model.errors import WeightsError
from smartedit_model.fingerprints import content_key
from smartedit_model.hub_folder import FAULTS, HubFolder, look_into
from tools.boxed import thing_or_box
from tools.errors import DetectorUnavailable
from tools.grounding import Region, Scene
from tools.target import Target
from tools.wording import called, names_a_thing, noun
from tools.working import working

SEEN_AT = 2048
"""Longer side of what a processor is handed. Published ones reduce to 1333 at most, and OWLv2's
alone takes 1.6 GB and 8 s for 12 megapixels, but 0.5 GB and 1.5 s for this."""
MOST = 32
"""Most instances of a phrase: each costs a mask of the picture's size."""
SOFT_PIXELS = 100_000_000
"""Up to so many pixels of all masks together, natural edges are kept beside them (4 bytes each)."""
ASKED = 64
"""Questions whose answers are remembered."""


class Detector:
    """Finds whatever a phrase names; a ``tools.grounding.Grounder``.

    Args:
        kind: one of ``KINDS``.
        folder: in transformers' layout.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        self.name = kind
        self._kind = KINDS[kind]
        self._loaded = HubFolder(folder, self._kind.model, self._kind.processor, gpu=True)
        self._answers: OrderedDict[tuple[str, str], tuple[Sighting, ...]] = OrderedDict()

    def claims(self, target: Target) -> bool:
        """Any phrase that names a thing."""
        return names_a_thing(target)

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """Everything that is called so, best first; its score is the confidence.

        Raises:
            GroundingFailed: the weights cannot be used, or the segmenter cannot.
        """
        phrase = called(target)
        key = f"{self.name}:{phrase}"
        if key not in scene.found:
            sightings = self.sightings(scene, phrase, noun(target))
            soft = len(sightings) * scene.image[..., 0].size <= SOFT_PIXELS
            scene.found[key] = [self._region(scene, one, phrase, soft=soft) for one in sightings]
        regions: list[Region] = scene.found[key]
        return regions

    def sightings(self, scene: Scene, phrase: str, head: str) -> tuple[Sighting, ...]:
        """Where a phrase is seen, best first; remembered for the pixels and the phrase.

        Args:
            scene: the picture.
            phrase: what to look for, without an article.
            head: its noun.

        Raises:
            GroundingFailed: the weights cannot be used.
        """
        key = (scene.key or content_key(scene.image), phrase)
        if key not in self._answers:
            self._answers[key] = self._look(scene, phrase, head)
            while len(self._answers) > ASKED:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        return self._answers[key]

    def verify(self) -> list[str]:
        """Load the weights; what was found right, one line each.

        Raises:
            GroundingFailed: they cannot be used; says why.
        """
        with self._loaded.lock:
            model, _ = self._loaded.pair()
            tensors = model.state_dict()
            broken = [name for name, value in tensors.items() if not value.isfinite().all()]
        if broken:
            raise self._loaded.unusable(ValueError(f"{broken[0]} holds NaN or infinity"))
        return [
            f"{len(tensors)} tensors of {self._kind.model}, names and shapes",
            "no NaN, no infinity",
            f"{self._kind.processor} and its tokenizer",
        ]

    def _look(self, scene: Scene, phrase: str, head: str) -> tuple[Sighting, ...]:
        import torch

        shape = (scene.image.shape[0], scene.image.shape[1])
        picture = Image.fromarray(working(scene, SEEN_AT).rgb)
        asked = Asked(picture, phrase, head, shape, self._kind.threshold)
        with self._loaded.lock, torch.inference_mode():
            model, processor = self._loaded.pair()
            try:
                found = list(self._kind.ask(model, processor, asked))
            except FAULTS as error:
                raise self._loaded.unusable(error) from error
        boxes = [(clipped(corners, shape), score) for corners, score in found]
        sound = [Sighting(box, min(max(score, 0.0), 1.0)) for box, score in boxes if box]
        return best_of_overlapping(sound, MOST)

    def _region(self, scene: Scene, seen: Sighting, phrase: str, *, soft: bool) -> Region:
        """The thing in a box; all of the box where the segmenter loses it."""
        found = thing_or_box(scene, seen.box, seen.score, self.name, phrase)
        return found if soft else replace(found, soft=None)


def open_detector(name: str) -> Detector:
    """The detector that ``KIND:FOLDER`` names; nothing but small parts of files is read.

    Raises:
        DetectorUnavailable: there is no such kind, or the folder is not such a model; says what
            would be right.
    """
    kind, _, given = name.partition(":")
    forms = ", ".join(f"{known}:FOLDER" for known in KINDS)
    if kind not in KINDS or not given:
        raise DetectorUnavailable(
            f"there is no detector {name!r}; there are: none, things, {forms}"
        )
    folder = Path(given).expanduser()
    try:
        look_into(folder, KINDS[kind].model_type)
    except WeightsError as error:
        raise DetectorUnavailable(
            f"the detector {name} cannot be used: {error}; docs/segmentation.md says what it needs"
        ) from error
    return Detector(kind, folder)
