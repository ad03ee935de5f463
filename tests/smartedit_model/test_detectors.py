"""OWL-ViT, OWLv2 and Grounding DINO, tiny, through the ``Grounder`` protocol; sound boxes."""

from __future__ import annotations

import json
import math
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from smartedit_model.detectors.boxes import SAME, Sighting, best_of_overlapping, clipped
from smartedit_model.detectors.detector import MOST, Detector, open_detector
from smartedit_model.detectors.kinds import KINDS
from smartedit_model.evaluation.crops import overlap
from smartedit_model.sam.choosing import SegmenterShelf
from tests.smartedit_model import tiny_detectors as tiny
from tools import masks
from tools.errors import DetectorUnavailable, GroundingFailed
from tools.grounders import ground
from tools.grounding import Region, Scene
from tools.target import IMAGE, Ordinal, Target

OWLS = ("owlv2", "owlvit")
THE_CUP = Target(phrase="the cup", category="cup")
CUP_MASK = masks.from_box(tiny.CUP, tiny.SHAPE)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One folder a kind; tests must copy one before changing it."""
    root = tmp_path_factory.mktemp("detectors")
    return {kind: tiny.save(kind, root / kind) for kind in KINDS}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def detector(kind: str, folders: dict[str, Path]) -> Detector:
    return open_detector(f"{kind}:{folders[kind]}")


def _target(phrase: str, **more: Any) -> Target:
    *looks, noun = phrase.split()
    return Target(phrase=f"the {phrase}", category=noun, attributes=tuple(looks), **more)


def test_a_phrase_becomes_masks_and_another_phrase_none(detector: Detector) -> None:
    """The thing in the seen box is cut out; what is not there has no region."""
    scene = Scene(tiny.table(tiny.CUP))
    (found,) = detector.ground(scene, THE_CUP)
    assert masks.iou(found.mask, CUP_MASK) > 0.9
    assert 0.9 < found.confidence <= 1
    assert found.source == f"{detector.name}, outlined by grabcut"
    assert detector.ground(scene, _target("dog")) == []


@pytest.mark.parametrize("kind", OWLS)
def test_every_instance_is_found_and_the_cascade_tells_them_apart(detector: Detector) -> None:
    """Two cups are two regions, best first; "the right cup" is one of them."""
    scene = Scene(tiny.table(tiny.CUP, tiny.SECOND_CUP), detectors=(detector,))
    found = detector.ground(scene, THE_CUP)
    assert len(found) == 2
    assert found[0].confidence >= found[1].confidence
    right = ground(scene, _target("cup", ordinal=Ordinal(index=1, side="right")))
    assert masks.iou(right.mask, masks.from_box(tiny.SECOND_CUP, tiny.SHAPE)) > 0.8
    assert detector.name in right.source


def test_things_are_claimed_and_nothing_else(detector: Detector) -> None:
    """Words that name no thing are not for a detector."""
    assert detector.claims(THE_CUP)
    assert detector.claims(Target(phrase="the grandfather clock", category="grandfather clock"))
    for phrase in ("it", "this", "everything"):
        assert not detector.claims(Target(phrase=phrase, category=phrase))
    assert not detector.claims(IMAGE)


def test_what_it_does_not_see_is_left_to_what_needs_no_weights(detector: Detector) -> None:
    """A red thing under a name it does not see is still found by its colour.

    Of "red zebra" Grounding DINO sees the first word, which is no zebra.
    """
    scene = Scene(tiny.table(tiny.CUP), detectors=(detector,))
    found = ground(scene, _target("red zebra"))
    assert masks.iou(found.mask, CUP_MASK) > 0.9
    assert detector.name not in found.source
    with pytest.raises(GroundingFailed, match="found none"):
        ground(scene, _target("dog"))


def test_a_second_ask_costs_nothing(detector: Detector) -> None:
    """The same phrase on the same pixels runs the model once, other pixels or words again."""
    runs: list[object] = []
    detector.verify()
    model, _ = detector._loaded.pair()
    hook = model.register_forward_hook(lambda *seen: runs.append(seen))
    try:
        for _ in range(2):
            detector.ground(Scene(tiny.table(tiny.CUP)), THE_CUP)
        assert len(runs) == 1
        detector.ground(Scene(tiny.table(tiny.CUP)), _target("dog"))
        detector.ground(Scene(tiny.table()), THE_CUP)
        assert len(runs) == 3
    finally:
        hook.remove()


def test_the_scenes_segmenter_cuts_out(detector: Detector, tmp_path: Path) -> None:
    """A SAM, where the run has one, outlines what stands in the box."""
    cutter = SegmenterShelf(tmp_path).get("sam-nano", force=True)
    (found,) = detector.ground(Scene(tiny.table(tiny.CUP), segmenter=cutter), THE_CUP)
    assert found.source == f"{detector.name}, outlined by sam-nano"
    assert masks.iou(found.mask, CUP_MASK) > 0.8


class _Loses:
    """A segmenter that finds a speck of what it is asked for."""

    name = "loses"

    def segment(self, scene: Scene, *, points: Any = (), box: Any = None, mask: Any = None) -> Any:
        x0, y0, _, _ = box
        return [Region(masks.from_box((x0, y0, x0 + 2, y0 + 2), tiny.SHAPE), 0.9, self.name)]


def test_where_the_segmenter_loses_it_the_box_stands(detector: Detector) -> None:
    """A speck is no cup: all of the box is taken, and the label says so."""
    (found,) = detector.ground(Scene(tiny.table(tiny.CUP), segmenter=_Loses()), THE_CUP)
    assert masks.iou(found.mask, CUP_MASK) > 0.95
    assert "all of its box" in found.label


@pytest.mark.parametrize("kind", ["owlvit", "grounding-dino"])
def test_big_pictures_are_answered_in_their_own_pixels(detector: Detector) -> None:
    """A picture larger than what processors are handed gives boxes of its native size."""
    large = cv2.resize(tiny.table(tiny.CUP), None, fx=20, fy=20, interpolation=cv2.INTER_NEAREST)
    (seen,) = detector.sightings(Scene(np.asarray(large)), "cup", "cup")
    assert np.abs(np.array(seen.box) - 20 * np.array(tiny.CUP)).max() <= 4


def test_the_layout_of_published_folders_is_read(
    kind: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    """An older version's files give the same answers as those that transformers writes today."""
    folder = tmp_path / "published"
    shutil.copytree(folders[kind], folder)
    tiny.as_published(folder)
    scene = Scene(tiny.table(tiny.CUP))
    old, new = (open_detector(f"{kind}:{at}") for at in (folder, folders[kind]))
    assert len(old.sightings(scene, "cup", "cup")) == 1
    for phrase, head in (("cup", "cup"), ("dog", "dog"), ("red zebra", "zebra")):
        assert old.sightings(scene, phrase, head) == new.sightings(scene, phrase, head)


def test_half_precision_is_read(kind: str, folders: dict[str, Path], tmp_path: Path) -> None:
    """Weights stored in 16 bits see the same."""
    folder = tmp_path / "half"
    shutil.copytree(folders[kind], folder)
    weights, config = folder / "model.safetensors", folder / "config.json"
    tensors = {n: t.half() if t.is_floating_point() else t for n, t in load_file(weights).items()}
    save_file(tensors, weights, metadata={"format": "pt"})
    config.write_text(json.dumps(json.loads(config.read_text()) | {"dtype": "float16"}))
    (seen,) = open_detector(f"{kind}:{folder}").sightings(Scene(tiny.table(tiny.CUP)), "cup", "cup")
    assert overlap(seen.box, tiny.CUP) > 0.9


def test_long_phrases_are_cut_not_refused(detector: Detector) -> None:
    """A phrase beyond the text model's length is asked as far as it goes."""
    endless = Target(phrase="it goes on", category="cup", attributes=("red",) * 200)
    assert isinstance(detector.ground(Scene(tiny.table(tiny.CUP)), endless), list)


def test_verify_says_what_was_checked(detector: Detector) -> None:
    """A whole folder is told to be whole."""
    assert any("tensors" in line for line in detector.verify())


def _damaged(folder: Path, how: str) -> None:
    weights, config = folder / "model.safetensors", folder / "config.json"
    told = json.loads(config.read_text())
    match how:
        case "no config":
            config.unlink()
        case "config is no JSON":
            config.write_text("{")
        case "another model":
            config.write_text(json.dumps(told | {"model_type": "clip"}))
        case "pickle":
            torch.save(load_file(weights), folder / "pytorch_model.bin")
            weights.unlink()
        case "truncated":
            weights.write_bytes(weights.read_bytes()[:-64])
        case "a tensor is missing":
            tensors = load_file(weights)
            del tensors[max(name for name in tensors if "layer_norm" in name)]
            save_file(tensors, weights, metadata={"format": "pt"})
        case "a tensor has another shape":
            tensors = load_file(weights)
            name = max(name for name in tensors if "layer_norm" in name)
            tensors[name] = tensors[name][:-1].clone()
            save_file(tensors, weights, metadata={"format": "pt"})
        case "a size is no number":
            told["text_config"]["hidden_size"] = "wide"
            config.write_text(json.dumps(told))
        case "a size is zero":
            part = told.get("backbone_config") or told["vision_config"]
            part |= {"num_attention_heads": 0, "num_heads": [0, 0, 0]}
            config.write_text(json.dumps(told))
        case "a file holds something else":
            (folder / "tokenizer_config.json").write_text("[]")
        case "NaN":
            tensors = load_file(weights)
            save_file({n: t * math.nan for n, t in tensors.items()}, weights, {"format": "pt"})
        case "no tokenizer":
            (folder / "tokenizer.json").unlink()
        case "no picture processor":
            (folder / "processor_config.json").unlink()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("no config", r"there is no config\.json"),
        ("config is no JSON", "is no JSON"),
        ("another model", "of type 'clip', not"),
        ("pickle", r"no \*\.safetensors; pytorch_model\.bin may hold code"),
        ("truncated", "truncated"),
        ("no tokenizer", "no tokenizer"),
    ],
)
def test_what_is_wrong_with_a_folder_is_told_before_it_is_loaded(
    kind: str, folders: dict[str, Path], tmp_path: Path, how: str, said: str
) -> None:
    """One line, that names the folder and what is wrong."""
    folder = tmp_path / "damaged"
    shutil.copytree(folders[kind], folder)
    _damaged(folder, how)
    with pytest.raises(DetectorUnavailable, match=said) as caught:
        open_detector(f"{kind}:{folder}")
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("a tensor is missing", "tensors missing: 1, as "),
        ("a tensor has another shape", "tensors of another shape: 1, as "),
        ("a size is no number", "cannot be used: .*hidden_size.*expected int"),
        ("a size is zero", "cannot be used"),
        ("a file holds something else", "cannot be used"),
        ("NaN", "NaN"),
        ("no picture processor", "cannot be used"),
    ],
)
def test_weights_that_do_not_fit_are_never_made_up_for(
    kind: str, folders: dict[str, Path], tmp_path: Path, how: str, said: str
) -> None:
    """No tensor is left random: asking fails, and so does verifying."""
    folder = tmp_path / "damaged"
    shutil.copytree(folders[kind], folder)
    _damaged(folder, how)
    broken = open_detector(f"{kind}:{folder}")
    with pytest.raises(GroundingFailed, match=said) as caught:
        broken.ground(Scene(tiny.table(tiny.CUP)), THE_CUP)
    assert "\n" not in str(caught.value)
    with pytest.raises(GroundingFailed, match="cannot be used"):
        broken.verify()


@pytest.mark.parametrize("name", ["yolo:/tmp", "owlv2", "owlv2:", "nothing"])
def test_an_unknown_name_lists_the_choices(name: str) -> None:
    """Every kind is named, with the form it takes."""
    with pytest.raises(DetectorUnavailable, match="grounding-dino:FOLDER"):
        open_detector(name)


SIDES = st.integers(1, 300)
REALS = st.floats(-400, 700) | st.sampled_from([math.nan, math.inf, -math.inf])


@given(st.tuples(REALS, REALS, REALS, REALS), st.tuples(SIDES, SIDES))
def test_a_clipped_box_lies_in_the_picture(corners: tuple[float, ...], shape: Any) -> None:
    """It has a pixel, all in the picture, within half a pixel of what was asked; or is None."""
    box = clipped(corners, shape)
    if box is None:
        x0, y0, x1, y1 = corners
        wide, high = min(x1, shape[1]) - max(x0, 0), min(y1, shape[0]) - max(y0, 0)
        assert not all(map(math.isfinite, corners)) or wide < 1 or high < 1
        return
    x0, y0, x1, y1 = box
    assert 0 <= x0 < x1 <= shape[1]
    assert 0 <= y0 < y1 <= shape[0]
    for side, asked, most in zip(box, corners, [shape[1], shape[0]] * 2, strict=True):
        assert abs(side - min(max(asked, 0), most)) <= 0.5


def _sightings() -> st.SearchStrategy[list[Sighting]]:
    start, length = st.integers(0, 20), st.integers(1, 20)
    box = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), start, start, length, length)
    return st.lists(st.builds(Sighting, box, st.floats(0, 1)), max_size=60)


@given(_sightings())
def test_of_overlapping_boxes_the_best_is_kept(found: list[Sighting]) -> None:
    """Kept ones are apart and in order; whatever was left out had a better one in its place."""
    kept = best_of_overlapping(found, MOST)
    assert set(kept) <= set(found)
    assert [s.score for s in kept] == sorted((s.score for s in kept), reverse=True)
    for number, one in enumerate(kept):
        assert all(overlap(one.box, other.box) <= SAME for other in kept[:number])
    assert len(kept) <= MOST
    for left in set(found) - set(kept):
        covered = any(overlap(left.box, k.box) > SAME and k.score >= left.score for k in kept)
        assert covered or len(kept) == MOST
    if found:
        assert kept[0].score == max(s.score for s in found)


@given(_sightings())
def test_overlap_agrees_with_that_of_masks(found: list[Sighting]) -> None:
    """The IoU of two boxes is that of the pixels they hold."""
    for one, other in pairwise(found):
        drawn = [masks.from_box(s.box, (40, 40)) for s in (one, other)]
        assert overlap(one.box, other.box) == pytest.approx(masks.iou(*drawn))
