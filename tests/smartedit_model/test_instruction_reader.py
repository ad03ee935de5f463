"""What the core understood, in plain words: held to what was said, and readable by the rules."""

import shutil

import pytest
import torch

from orchestrator.language.read import read_plan
from smartedit_model import SmartEditPipeline
from smartedit_model.editor import SmartEditEditor
from smartedit_model.errors import InputError, KeyMismatchError
from smartedit_model.instruction_head import InstructionHead
from smartedit_model.instruction_reader import new_things, understood
from smartedit_model.instruction_words import SIDES, SIZES, Heard
from smartedit_model.training.captions import words
from smartedit_model.training.telling import TOLD
from smartedit_model.world.spec import OPS
from tools.understanding import understands_of


def told(**likely):
    """Chances that say one word at each place, and nothing at the others."""
    chances = {}
    for place in TOLD:
        sure = likely.get(place, "-")
        chances[place] = {word: 0.9 if word == sure else 0.001 for word in words()[place]}
    return chances


def heard(op, way=""):
    """What words say that surely ask for one edit."""

    def surely(words, said):
        return {word: 0.97 if word == said else 0.01 for word in words}

    return Heard(0.95, surely(OPS, op), surely(SIZES, way), surely(SIDES, way))


@pytest.mark.parametrize(
    ("likely", "instruction", "said", "op"),
    [
        ({"op": "remove", "target": "cheese"}, "no more of it", "remove the cheese", "remove"),
        ({"op": "remove"}, "off with it", "remove the thing", "remove"),
        (
            {"op": "recolor", "target": "bear", "colour": "blue", "tint": "red"},
            "the red bear should be blue",
            "make the red bear blue",
            "recolor",
        ),
        (
            {"op": "resize", "target": "cup", "way": "smaller", "sort": "several"},
            "less of the cups",
            "make all the cups smaller",
            "resize",
        ),
        (
            {"op": "move", "target": "dog", "way": "left"},
            "leftwards with the dog",
            "move the dog to the left",
            "move",
        ),
        (
            {"op": "replace", "target": "cup", "kind": "guitar"},
            "a red guitar, not the cup",
            "replace the cup with a red guitar",
            "replace",
        ),
        (
            {"op": "replace", "target": "lamp", "kind": "lamp", "sort": "but"},
            "a lamp rather than all objects but not the broom",
            "replace all the things with a lamp",
            "replace",
        ),
        (
            {"op": "replace", "target": "lamp", "kind": "lamp"},
            "instead of the lamp there should be a lamp",
            "replace the lamp with a lamp",
            "replace",
        ),
        (
            {"op": "remove", "target": "cup", "sort": "also"},
            "neither cup nor hat belong there",
            "remove all the things",
            "remove",
        ),
        ({"op": "weather", "setting": "fog"}, "misty please", "make it foggy", "weather"),
        ({"op": "time", "setting": "night"}, "the sun has set", "make it night", "relight"),
        (
            {"op": "segment", "target": "dog", "colour": "red"},
            "where is the dog? red pixels please",
            "mark the dog in red",
            "recolor",
        ),
        (
            {"op": "background", "setting": "beach"},
            "these should be on a beach",
            "replace the background with a beach",
            "background",
        ),
        (
            {"op": "style", "setting": "neon"},
            "use this to make neon lights",
            "make the picture look like neon lights",
            "restyle",
        ),
    ],
)
def test_what_is_told_is_said_so_that_the_rules_read_it(likely, instruction, said, op):
    ways = heard(likely.pop("op"), likely.pop("way", ""))
    found = understood(told(**likely), ways, instruction)
    assert found is not None
    assert found.said == said
    assert 0.5 < found.sure <= 1
    plan, _ = read_plan(said, plain=True)
    assert [step.op for step in plan.steps] == [op]
    assert not plan.unknown


def test_values_are_held_to_what_was_said():
    """A colour or a new thing that nobody named is not made up, however sure the head is."""
    recolour, ask = told(target="bear", colour="blue"), heard("recolor")
    assert understood(recolour, ask, "give the bear some colour") is None
    named = understood(recolour, ask, "the bear could be green")
    assert named is not None
    assert named.said == "make the bear green"
    assert understood(told(target="cup", kind="guitar"), heard("replace"), "swap the cup") is None
    beach, neon = told(setting="beach"), told(setting="neon")
    for known, op in ((beach, "background"), (neon, "style"), (neon, "add"), (neon, "segment")):
        assert understood(known, heard(op), "a cup somewhere else") is None


def test_of_two_colours_the_new_one_is_not_the_things_own():
    """A head that is torn between two spoken colours knows which one the thing has."""
    torn = told(target="cup", tint="red")
    torn["colour"] = dict.fromkeys(torn["colour"], 0.01) | {"red": 0.5, "black": 0.4}
    found = understood(torn, heard("recolor"), "the red cup should have been black")
    assert found is not None
    assert found.said == "make the red cup black"


def test_a_name_with_a_hyphen_stays_whole():
    found = new_things("a red hot-air balloon in its place")
    assert found == {"a red hot-air balloon": "balloon"}


def test_new_things_are_those_with_an_indefinite_article():
    found = new_things("out with the cup, in with a red teddy bear or an apple, a lot")
    assert found == {"a red teddy bear": "teddy", "an apple": "apple"}
    assert new_things("the red teddy bear") == {}


@pytest.fixture(scope="module")
def telling(tiny_folder, tmp_path_factory):
    """A tiny model whose head says "remove" of a dog, whatever it is asked."""
    pipe = SmartEditPipeline.from_pretrained(tiny_folder)
    width = int(pipe.language_model.config.hidden_size)
    known = [(place, words()[place]) for place in TOLD]
    head = InstructionHead(width, int(pipe.config.answer_tokens), 0, known)
    with torch.no_grad():
        head.words.weight.zero_()
        head.words.bias.zero_()
        head.words.bias[words()["op"].index("remove")] = 9.0
        head.words.bias[len(words()["op"]) + words()["target"].index("dog")] = 9.0
    pipe.register_modules(instruction_head=head)
    folder = tmp_path_factory.mktemp("telling") / "model"
    pipe.save_pretrained(folder)
    return folder


def test_a_model_with_a_head_tells_and_others_do_not(telling, tiny_folder):
    core = understands_of(SmartEditEditor("telling", telling, device="cpu"))
    assert core is not None
    found = core.understand("there should be no animal")
    assert found is not None
    assert found.said == "remove the dog"
    assert 0.7 < found.sure < found.single < 1
    assert found.ops["remove"] > 0.8
    assert core.understand("so " * 5000) is None  # longer than the model reads
    assert understands_of(SmartEditEditor("tiny", tiny_folder, device="cpu")) is None
    assert understands_of(object()) is None


def test_a_pipeline_without_a_head_says_so(tiny):
    with pytest.raises(InputError, match="has no instruction head"):
        tiny.tell(["remove the dog"])


def test_a_head_of_another_size_is_refused_by_name(telling, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(telling, folder)
    InstructionHead(16, 2, 0, [("op", ("-", "remove"))]).save_pretrained(folder / "other")
    weights = "diffusion_pytorch_model.safetensors"
    shutil.copy(folder / "other" / weights, folder / "instruction_head" / weights)
    with pytest.raises(KeyMismatchError, match="instruction_head"):
        SmartEditPipeline.from_pretrained(folder)
