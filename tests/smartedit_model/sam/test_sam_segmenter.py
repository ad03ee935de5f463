"""The segmenter: prompts, bounds, cached embeddings, refusals."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from smartedit_model.errors import HashMismatchError
from smartedit_model.sam.choosing import NAMES, SegmenterShelf
from smartedit_model.sam.embeddings import Embeddings
from smartedit_model.sam.segmenter import CachedPredictor, Everything, SamSegmenter, to_native
from smartedit_model.sam.small import load_small, shipped_folder, small_folder, verify_small
from smartedit_model.sam.training.lessons import objects_of
from smartedit_model.sam.training.prompts import centre_click
from smartedit_model.world.scene import make_scene
from smartedit_model.world.splits import SEEDS, rules_of
from tools import masks
from tools.errors import BadArguments, GroundingFailed, SegmenterUnavailable
from tools.ground_hints import HintGrounder
from tools.grounding import Region, Scene, UserHints
from tools.target import Target

OPEN = Everything(side=4, claimed=-1e9, stable=0.0)


def segmenter(model: Any, folder: Path | None = None) -> SamSegmenter:
    """A segmenter over a random model, which takes everything for a thing."""
    cache = Embeddings(folder)
    return SamSegmenter("sam-test", lambda: model, "test", embeddings=cache, everything=OPEN)


def picture(height: int = 90, width: int = 140, seed: int = 0) -> Any:
    """A picture of noise, HWC uint8."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_masks_agree_with_the_packages_predictor(tiny_sam: Any) -> None:
    """The decoder path gives the very logits that the package's own predictor gives."""
    from segment_anything import SamPredictor

    image = picture()
    theirs = SamPredictor(tiny_sam)
    theirs.set_image(image)
    ours = CachedPredictor(tiny_sam, Embeddings(), "test")
    ours.set_image(image)
    ours.set_image(image)  # the second time from the cache
    assert torch.equal(theirs.features, ours.features)
    assert theirs.input_size == ours.input_size
    box = np.array([20, 10, 100, 80])
    for prompt in ({"box": box}, {"point_coords": box[None, :2], "point_labels": np.array([1])}):
        a, b = theirs.predict(**prompt), ours.predict(**prompt)
        assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_a_click_is_answered_first_by_whichever_token_was_taught(tiny_sam: Any) -> None:
    """Asked of the package: the likeliest of three masks; or the single mask, then those three."""
    from segment_anything import SamPredictor

    image = picture()
    theirs = SamPredictor(tiny_sam)
    theirs.set_image(image)
    click = {"point_coords": np.array([[40, 30]]), "point_labels": np.array([1])}
    _, sure, single = theirs.predict(**click, multimask_output=False)
    _, claimed, several = theirs.predict(**click)
    side = tiny_sam.image_encoder.img_size
    likeliest = int(claimed.argmax())
    for single_first, logits, expected in (
        (True, single[0], sure[0]),
        (False, several[likeliest], claimed[likeliest]),
    ):
        cut = SamSegmenter("sam", lambda: tiny_sam, "test", single_first=single_first)
        first = cut.segment(Scene(image), points=((40, 30, True),))[0]
        assert first.confidence == pytest.approx(float(np.clip(expected, 0, 1)), abs=1e-5)
        assert np.array_equal(first.mask, to_native(image, logits, theirs.input_size, side) > 0.5)


def test_every_prompt_gives_native_masks_within_bounds(tiny_sam: Any) -> None:
    """Clicks, boxes, rough masks and mixtures give masks of the picture's size; a box bounds."""
    cut, scene = segmenter(tiny_sam), Scene(picture())
    rough = masks.from_box((30, 20, 60, 50), (90, 140))
    prompts: list[dict[str, Any]] = [
        {"points": ((40, 30, True),)},
        {"points": ((40, 30, True), (5, 5, False))},
        {"box": (30, 20, 60, 50)},
        {"box": (30, 20, 60, 50), "points": ((40, 30, True),)},
        {"mask": rough},
        {"mask": rough, "points": ((40, 30, True),)},
    ]
    for prompt in prompts:
        for region in cut.segment(scene, **prompt):
            assert region.mask.shape == (90, 140)
            assert region.soft is not None
            assert np.array_equal(region.mask, region.soft > 0.5)
            assert 0 <= region.confidence <= 1
            if "box" in prompt:
                outside = region.soft.copy()
                outside[20:50, 30:60] = 0
                assert not outside.any()


def test_it_refuses_what_grabcut_refuses(tiny_sam: Any) -> None:
    """No prompt, an empty mask, a mask of another size and a box outside are the caller's error."""
    cut, scene = segmenter(tiny_sam), Scene(picture())
    for prompt in (
        {},
        {"mask": masks.empty((90, 140))},
        {"mask": masks.from_box((1, 1, 5, 5), (50, 50))},
        {"box": (500, 10, 600, 20)},
        {"points": ((900, 10, True),)},
    ):
        with pytest.raises(BadArguments):
            cut.segment(scene, **prompt)


def test_embeddings_are_computed_once_for_the_same_pixels(tiny_sam: Any, tmp_path: Path) -> None:
    """Across prompts, scenes and processes: one computation a picture, none after a restart."""
    first = Embeddings(tmp_path)
    cut = SamSegmenter("sam-test", lambda: tiny_sam, "test", embeddings=first)
    image = picture()
    before = cut.segment(Scene(image), box=(10, 10, 80, 60))
    cut.segment(Scene(image.copy()), points=((20, 20, True),))
    assert first.made == 1
    cut.segment(Scene(picture(seed=1)), points=((20, 20, True),))
    assert first.made == 2
    later = Embeddings(tmp_path)
    again = SamSegmenter("sam-test", lambda: tiny_sam, "test", embeddings=later)
    after = again.segment(Scene(image), box=(10, 10, 80, 60))
    assert later.made == 0
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(before, after, strict=True))
    other = SamSegmenter("sam-test", lambda: tiny_sam, "other weights", embeddings=later)
    other.segment(Scene(image), box=(10, 10, 80, 60))
    assert later.made == 1


def test_damaged_cache_files_are_made_again(tmp_path: Path) -> None:
    """A truncated, foreign or misshapen file costs a computation, never an answer."""
    value = torch.arange(8.0).reshape(1, 8)
    for damage in (b"", b"no tensors", None):
        cache = Embeddings(tmp_path)
        assert torch.equal(cache.get("key", (1, 8), lambda: value), value)
        path = tmp_path / "key.safetensors"
        if damage is not None:
            path.write_bytes(damage)
        fresh = Embeddings(tmp_path)
        wanted = (1, 8) if damage is not None else (8,)
        fresh.get("key", wanted, lambda wanted=wanted: value.reshape(wanted))
        assert fresh.made == 1


def test_an_unwritable_cache_costs_only_speed(tmp_path: Path) -> None:
    """Where the folder cannot be made, results are the same."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    value = torch.ones(1, 4)
    assert torch.equal(Embeddings(blocked).get("key", (1, 4), lambda: value), value)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), max_size=40))
def test_both_bounds_hold_whatever_is_asked(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[int, int]]
) -> None:
    """Memory and disk never exceed their bounds, and every answer is the right one."""
    folder = tmp_path_factory.mktemp("cache")
    cache = Embeddings(folder, memory=200, disk=900)
    for key, size in asked:
        value = torch.full((size,), float(key))
        got = cache.get(f"k{key}-{size}", (size,), lambda value=value: value)
        assert torch.equal(got, value)
        assert cache.held <= 200
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 900
        assert not list(folder.glob("*.partial"))


def test_everything_mode_finds_native_masks(tiny_sam: Any) -> None:
    """Everything-mode runs on a reduced copy and answers at native size, largest first."""
    found = segmenter(tiny_sam).everything(Scene(picture(1100, 1300)))
    assert found
    assert all(region.mask.shape == (1100, 1300) for region in found)
    areas = [int(region.mask.sum()) for region in found]
    assert areas[0] >= areas[-1]


def test_a_small_mask_grows_to_where_it_was() -> None:
    """A block in the small mask covers the same part of the picture, padding left out."""
    logits = np.full((64, 64), -9, dtype=np.float32)
    logits[8:16, 16:32] = 9  # of a 256 px square: rows 32-64, columns 64-128
    image = np.zeros((300, 600, 3), dtype=np.uint8)  # fills the upper half of the square
    image[75:150, 150:300] = 200
    soft = to_native(image, logits, (128, 256), 256)
    assert masks.iou(soft > 0.5, masks.from_box((150, 75, 300, 150), (300, 600))) > 0.97


def test_unusable_weights_end_in_one_clear_line(tiny_folder: Path, tmp_path: Path) -> None:
    """A truncated file is met at first use, as a failure of finding, with its remedy."""
    weights = tiny_folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])
    cut = SegmenterShelf(tiny_folder.parent).get("sam-nano", force=True)
    with pytest.raises(GroundingFailed, match="fetch it again"):
        cut.segment(Scene(picture()), box=(1, 1, 50, 50))


def test_the_shelf_names_what_is_missing(tmp_path: Path) -> None:
    """A missing checkpoint names the command that fetches it, an unknown name the choices."""
    shelf = SegmenterShelf(tmp_path)
    with pytest.raises(SegmenterUnavailable, match="models pull sam:vit_b"):
        shelf.get("sam:vit_b")
    with pytest.raises(SegmenterUnavailable, match="sam:vit_h"):
        shelf.get("sam:vit_x")
    ready = shelf.available()
    assert set(ready) == set(NAMES)
    assert ready["grabcut"] == ready["auto"] == ""
    assert "sam_vit_l_0b3195.pth" in ready["sam:vit_l"]


def test_auto_takes_the_small_sam_for_drawings_only(tiny_folder: Path) -> None:
    """On photographs GrabCut answers; the small SAM refuses them unless forced."""
    shelf = SegmenterShelf(tiny_folder.parent, carried=False)
    drawing = make_scene(5, 128).image
    for photo in (data.astronaut(), data.coffee(), data.chelsea(), data.rocket()):
        assert shelf.best_for(photo).name == "grabcut"
    assert shelf.best_for(drawing).name == "sam-nano"
    photo = Scene(data.astronaut())
    with pytest.raises(GroundingFailed, match="force"):
        shelf.get("sam-nano").segment(photo, box=(10, 10, 200, 200))
    shelf.get("sam-nano", force=True).segment(photo, box=(10, 10, 200, 200))


def test_the_small_folder_keeps_the_weights(tiny_sam: Any, tiny_folder: Path) -> None:
    """Saving in half precision and loading gives nearly the same weights, in full precision."""
    loaded = load_small(tiny_folder).state_dict()
    for name, value in tiny_sam.state_dict().items():
        assert loaded[name].dtype == torch.float32
        assert torch.allclose(loaded[name], value, atol=2e-3)


def test_a_scenes_segmenter_reads_the_users_click() -> None:
    """What the user marked goes to the scene's segmenter; only its best answer is used."""
    asked = []

    class Scripted:
        name = "scripted"

        def segment(self, scene: Scene, **prompt: Any) -> list[Region]:
            asked.append(prompt)
            shape = scene.image.shape[:2]
            boxes = ((5, 5, 20, 20), (0, 0, 60, 60))
            return [Region(masks.from_box(box, shape), 0.9, self.name) for box in boxes]

    hints = UserHints(points=((10, 10, True),))
    scene = Scene(picture(), hints=hints, segmenter=Scripted())
    found = HintGrounder().ground(scene, Target(phrase="this"))
    assert asked == [{"points": ((10, 10, True),)}]
    assert [int(region.mask.sum()) for region in found] == [225]


def test_the_shipped_small_sam_cuts_out_drawn_things(tmp_path: Path) -> None:
    """From the package alone, boxes and clicks in drawings of the test split give good masks."""
    cut = SegmenterShelf(tmp_path).get("sam-nano", force=True)
    boxed, clicked = [], []
    for number in range(4):
        drawn = make_scene(SEEDS["test"][0] + number, 128, None, rules_of("test"))
        scene = Scene(drawn.image)
        for wanted in objects_of(drawn.owner):
            x, y = (int(value) for value in centre_click(wanted))
            boxed.append(masks.iou(cut.segment(scene, box=masks.box_of(wanted))[0].mask, wanted))
            click = cut.segment(scene, points=((x, y, True),))
            clicked.append(masks.iou(click[0].mask, wanted))
    assert np.mean(boxed) > 0.88
    assert np.mean(clicked) > 0.78


def test_the_shipped_small_sam_is_what_auto_takes(tiny_folder: Path, tmp_path: Path) -> None:
    """Nothing has to be fetched for drawings; a folder of one's own goes before the shipped one."""
    drawing = make_scene(5, 128).image
    shipped = SegmenterShelf(tmp_path / "empty")
    assert shipped.available()["sam-nano"] == ""
    assert shipped.best_for(drawing).name == "sam-nano"
    assert small_folder(tmp_path / "empty") == shipped_folder()
    assert small_folder(tiny_folder.parent) == tiny_folder


def test_changed_files_of_a_small_sam_are_refused(tiny_folder: Path) -> None:
    """One flipped bit in the weights is named; without hashes a folder is still usable."""
    weights = tiny_folder / "model.safetensors"
    good = weights.read_bytes()
    assert "3 files" in " ".join(verify_small(tiny_folder))
    weights.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(HashMismatchError, match="changed since it was written"):
        load_small(tiny_folder)
    weights.write_bytes(good)
    (tiny_folder / "hashes.json").unlink()
    load_small(tiny_folder)


def test_everything_of_the_shipped_small_sam_goes_into_the_package() -> None:
    """Every file of its folder is package data; what is loaded has its hash noted."""
    root = Path(__file__).parents[3]
    setup = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = setup["tool"]["setuptools"]["package-data"]["smartedit_model.weights"]
    packed = {path for pattern in patterns for path in shipped_folder().parent.glob(pattern)}
    files = {path for path in shipped_folder().iterdir() if path.is_file()}
    assert {path.name for path in files} == {
        "CARD.md", "config.json", "domain.json", "hashes.json", "model.safetensors",
    }  # fmt: skip
    assert files <= packed
    assert sum(path.stat().st_size for path in files) < 15e6
    assert set(json.loads((shipped_folder() / "hashes.json").read_text("utf-8"))) == {
        "config.json", "domain.json", "model.safetensors",
    }  # fmt: skip
