"""The core as a reader of phrases: masks of the picture's size, honest refusals, calibration."""

import json
import shutil

import numpy as np
import pytest
import torch

from smartedit_model import SmartEditPipeline
from smartedit_model.editor import SmartEditEditor
from smartedit_model.mask_head import MaskHead
from smartedit_model.phrase_reader import CALIBRATION, calibrated, certainty, ways_of
from tools.editing import EditRequest, reader_of
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Region, Scene, UserHints
from tools.target import Ordinal, Target

CUP = Target(phrase="the cup on the left", category="cup")


@pytest.fixture(scope="module")
def seeing(tiny_folder, tmp_path_factory):
    """A tiny model with a mask head that finds something in the upper half of every picture."""
    torch.manual_seed(0)
    pipe = SmartEditPipeline.from_pretrained(tiny_folder)
    head = MaskHead(width=32, hidden=32, inner=8, scale=4, unet=16)
    with torch.no_grad():
        head.second.weight.zero_()
        upper = torch.tensor([3.0] * 8 + [-3.0] * 8)
        head.second.bias.copy_(upper)
        head.valid.weight.zero_()
        head.valid.bias.fill_(2.0)
    pipe.register_modules(mask_head=head)
    folder = tmp_path_factory.mktemp("seeing") / "model"
    pipe.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def blind(seeing, tmp_path_factory):
    """The reader of the same model, which says of everything that it is not there."""
    folder = tmp_path_factory.mktemp("blind") / "model"
    pipe = SmartEditPipeline.from_pretrained(seeing)
    with torch.no_grad():
        pipe.mask_head.valid.bias.fill_(-2.0)
    pipe.save_pretrained(folder)
    return SmartEditEditor("blind", folder, device="cpu").reader


class Detector:
    """Finds a square where it is asked for a cup."""

    name = "a detector"

    def claims(self, target):
        return target.category == "cup"

    def ground(self, scene, target):
        mask = np.zeros(scene.image.shape[:2], bool)
        mask[20:40, 20:40] = True
        return [Region(mask, 0.8, self.name, target.phrase)]


@pytest.fixture
def scene(seeing):
    reader = reader_of(SmartEditEditor("smartedit-seeing", seeing, device="cpu"))
    return Scene(np.full((60, 90, 3), 128, np.uint8), reader=reader)


def test_a_phrase_is_read_as_a_whole_at_the_pictures_size(scene):
    """Order and relations are the reader's: nothing is resolved over its one answer."""
    found = ground(scene, Target(phrase="the second cup from the left", category="cup"))
    assert found.mask.shape == (60, 90)
    assert 0.3 < found.mask.mean() < 0.7
    assert found.source == "smartedit-seeing's mask head"
    assert len(found.chosen) == 1


def test_the_sentence_is_read_before_the_phrase_that_was_made_of_it(scene):
    """One that the model cannot read, as too long a one, leaves the phrase."""
    said = "what tells the time should go"
    assert ground(scene, CUP, said=said).mask.any()
    assert [key for key in scene.found if said in key]
    assert not [key for key in scene.found if CUP.phrase in key]
    ground(scene, CUP, said="please " * 5000)
    assert [key for key in scene.found if CUP.phrase in key]


def test_what_is_marked_and_parts_of_pictures_are_not_for_the_reader(scene):
    marked = Scene(scene.image, hints=UserHints(box=(5, 5, 20, 20)), reader=scene.reader)
    assert ground(marked, CUP).source != "smartedit-seeing's mask head"
    half = ground(scene, Target(phrase="the top", category="top"))
    assert half.source == "place"


def test_nothing_is_guessed_where_the_reader_sees_nothing(blind):
    """A model that says there is no such thing has the last word."""
    picture = np.zeros((60, 90, 3), np.uint8)
    picture[20:40, 20:40] = (220, 20, 20)
    with pytest.raises(GroundingFailed, match="there is no 'red cup'"):
        ground(Scene(picture, reader=blind), Target(phrase="the red cup", category="cup"))


def test_a_phrase_that_cannot_be_read_says_why(scene):
    with pytest.raises(GroundingFailed, match="control token"):
        ground(scene, Target(phrase="the <img> cup", category="cup"))


def test_reading_leaves_the_model_as_an_edit_loaded_it(seeing, scene):
    """A plan that reads and edits in turn in another precision reads the weights once."""
    editor = SmartEditEditor("smartedit-seeing", seeing, device="cpu")
    options = {"steps": 1, "dtype": "bfloat16"}
    editor.edit(EditRequest(scene.image, "make the cup red", options=options))
    loaded = editor._pipe
    assert editor.reader is not None
    assert editor.reader.read(Scene(scene.image), CUP) is not None
    assert editor._pipe is loaded


def test_models_without_a_mask_head_read_nothing(tiny_folder):
    assert reader_of(SmartEditEditor("tiny", tiny_folder, device="cpu")) is None


def test_certainty_is_turned_into_how_often_it_is_right():
    """By the folder's measurement; halved where there is none."""
    soft = np.full((4, 4), 0.2, np.float32)
    assert certainty(soft, 0.9) == 0.0
    soft[:2] = 0.8
    assert certainty(soft, 0.9) == pytest.approx(0.72)
    assert calibrated(0.72, {}) == pytest.approx(0.36)
    fit = {"slope": 2.0, "offset": 1.0}
    assert calibrated(0.5, fit) == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert calibrated(0.0, fit) < calibrated(0.9, fit) < calibrated(1.0, fit) <= 1


def test_a_model_reads_in_the_ways_it_reads_well(seeing, tmp_path):
    """What its folder leaves out is for others; a folder that says nothing reads in every way."""
    place = Target(phrase="the cup on the left", category="cup", ordinal=Ordinal(index=1))
    plain = Target(phrase="what tells the time", category="what")
    both = Target(phrase="all the cups", category="cup", quantity="all")
    assert ways_of(place) == ("ordinal",)
    assert ways_of(plain) == ("unnamed",)
    every = SmartEditEditor("every", seeing, device="cpu").reader
    assert [every.claims(t) for t in (place, plain, both)] == [True, True, True]
    some = tmp_path / "some"
    shutil.copytree(seeing, some)
    (some / CALIBRATION).write_text(json.dumps({"slope": 1, "offset": 0, "reads": ["several"]}))
    reader = SmartEditEditor("some", some, device="cpu").reader
    assert [reader.claims(t) for t in (place, plain, both)] == [False, False, True]
    assert reader.claims(Target(phrase="the cup", category="cup"))


def test_what_the_reader_misses_may_be_found_by_what_looks_for_things(blind):
    """A detector answers where the reader sees nothing, and only a detector."""
    scene = Scene(np.zeros((60, 90, 3), np.uint8), reader=blind, detectors=(Detector(),))
    assert ground(scene, Target(phrase="the cup", category="cup")).source == "a detector"
    with pytest.raises(GroundingFailed):
        ground(scene, Target(phrase="the red thing", category="thing"))


def test_what_a_read_sentence_speaks_of_in_vain_is_not_looked_for_by_less(blind):
    """A detector would find a cup where "the fourth cup" is not."""
    scene = Scene(np.zeros((60, 90, 3), np.uint8), reader=blind, detectors=(Detector(),))
    cup = Target(phrase="the cup", category="cup")
    with pytest.raises(GroundingFailed, match="blind sees no such 'cup' in this picture"):
        ground(scene, cup, said="the fourth cup should go")
    assert ground(scene, cup, said="please " * 5000).source == "a detector"
