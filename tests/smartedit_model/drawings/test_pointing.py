"""Which of some named things a sentence means: the network, its weights, and the reader over it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models

from smartedit_model.drawings.lazily import DrawnEyes
from smartedit_model.drawings.naming import is_strange, said_plainly
from smartedit_model.drawings.pointer_net import (
    UNTAUGHT,
    WORDS,
    PointerNet,
    Seen,
    batched,
    rows,
    words_of,
)
from smartedit_model.drawings.pointing import FILE, FOLDER, Pointer, load, save, shipped_pointer
from smartedit_model.drawings.pointing_reader import PointingReader, seen_of, weighed
from smartedit_model.drawings.word_vectors import (
    LENGTH,
    TABLE,
    TOKENIZER,
    WEIGHTS,
    WordVectors,
)
from smartedit_model.errors import MissingFileError, TruncatedFileError
from smartedit_model.phrase_reader import Reading
from smartedit_model.sam.small import shipped_folder
from smartedit_model.training.pointing import Lesson, collated, lessons, loss_of, right, train
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.errors import UnknownNameError
from smartedit_model.world.scene import make_scene
from smartedit_model.world.stream import sample
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene
from tools.masks import iou
from tools.target import Target

CUPS = (
    Seen("cup", "red", (0.1, 0.6, 0.2, 0.7)),
    Seen("cup", "blue", (0.5, 0.5, 0.75, 0.75)),
    Seen("dog", "brown", (0.78, 0.4, 0.95, 0.75)),
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("remove the red cup", (0,)),
        ("make the cup on the left bigger", (0,)),
        ("paint the largest cup green", (1,)),
        ("remove the small cup", (0,)),
        ("the cup next to the dog should go", (1,)),
        ("remove all the cups", (0, 1)),
        ("replace the animal that barks with a bottle", (2,)),
        ("delete the dog", (2,)),
    ],
)
def test_it_points(said: str, meant: tuple[int, ...]) -> None:
    """Colour, side, size, relation, number and what is known of a thing."""
    pointed = shipped_pointer().point(said_plainly(said), CUPS)
    assert pointed.meant == meant
    assert pointed.there > 0.5


@pytest.mark.parametrize("said", ["remove the piano", "make the green cup bigger"])
def test_what_is_not_there_is_not_there(said: str) -> None:
    """Nothing is meant by words for other things."""
    assert shipped_pointer().point(said, CUPS).there < 0.5


def test_nothing_is_there_without_things() -> None:
    """An empty picture has nothing to point at."""
    assert shipped_pointer().point("remove the cup", ()).there == 0


def test_the_order_of_things_tells_nothing() -> None:
    """Things in another order have the same chances."""
    said = "the second cup from the left"
    straight = shipped_pointer().point(said, CUPS).chances
    turned = shipped_pointer().point(said, CUPS[::-1]).chances
    assert np.allclose(straight, turned[::-1], atol=1e-5)


def test_what_is_padded_tells_nothing() -> None:
    """A sentence has the same answer beside a longer one with more things."""
    net = load(FOLDER).eval()
    said = "remove the blue cup"
    with torch.inference_mode():
        alone, there = net(batched([(said, CUPS)], [None]))
        both, each = net(batched([(said, CUPS), ("word " * 30, CUPS * 3)], [None, None]))
    assert torch.allclose(alone[0], both[0, :3], atol=1e-4)
    assert torch.allclose(there[0], each[0], atol=1e-4)


def test_words_are_read_as_people_type_them() -> None:
    """Case, stops and apostrophes do not matter; what is too long is cut; nothing is a sentence."""
    assert words_of("Remove the dog's ball!") == words_of("remove THE dogs ball")
    assert len(words_of("very " * 200)) == WORDS
    assert rows("zorble")[:2] == UNTAUGHT == rows("zorbles")[:2]
    assert rows("dog")[:2] != UNTAUGHT
    assert shipped_pointer().point("", CUPS).chances


@cache
def eyes() -> DrawnEyes:
    """The shipped ones, loaded once."""
    return DrawnEyes(shipped_folder())


@cache
def clean(split: str, count: int) -> tuple[Lesson, ...]:
    """Sentences as they were written, of things as they are."""
    return tuple(islice(lessons(split, 77, clean=True), count))


def test_it_points_right_in_validation_scenes() -> None:
    """Of sentences about scenes that it never saw most are pointed exactly right."""
    hits = []
    for lesson in clean("val", 400):
        pointed = shipped_pointer().point(lesson.text, lesson.things)
        said = pointed.meant if pointed.there > 0.5 else ()
        hits.append(said == tuple(i for i, meant in enumerate(lesson.meant) if meant))
    assert np.mean(hits) > 0.85


def test_lessons_are_the_same_again_and_never_of_the_test_split() -> None:
    """A seed makes the same lessons; every lesson's things fit its marks."""
    first, again = (list(islice(lessons("train", 3), 40)) for _ in range(2))
    assert first == again
    assert all(len(lesson.things) == len(lesson.meant) for lesson in first)
    assert any(not any(lesson.meant) for lesson in first)
    with pytest.raises(UnknownNameError):
        next(lessons("test", 3))


def test_reflections_are_things_of_their_own() -> None:
    """In lessons about mirrors something reflected is seen."""
    told = [one for one in clean("val", 400) if one.category == "mirror"]
    assert any(thing.reflected for lesson in told for thing in lesson.things)


def test_a_little_training_helps_and_goes_on_where_it_was(tmp_path: Path) -> None:
    """Some steps lower the surprise; a state is taken up."""
    batch, meant = collated(list(islice(lessons("train", 5), 64)), [None] * 64)
    torch.manual_seed(0)
    before = float(loss_of(PointerNet().eval(), batch, meant).detach())
    state = tmp_path / "state.pt"
    known = WordVectors(_model_of_no_words(tmp_path))
    train(10, state, known, seed=0, planned=3)
    net = train(10, state, known, seed=0, planned=6)
    assert torch.load(state, weights_only=True)["step"] == 6
    assert float(loss_of(net.eval(), batch, meant).detach()) < before
    assert set(right(net, "val", 30, None)) <= set(right(net, "val", 192, None))


def _model_of_no_words(folder: Path) -> Path:
    """A language model in whose word list no word stands."""
    save_file({TABLE: torch.ones(1, LENGTH)}, folder / WEIGHTS)
    tokenizer = Tokenizer(models.WordLevel(vocab={"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.save(str(folder / TOKENIZER))
    return folder


def test_what_is_known_of_words_is_heard() -> None:
    """A word that nobody taught is told by its vector, another one by another."""
    net = load(FOLDER).eval()
    batch = batched([("remove the zorble", CUPS)], [None])
    other = replace(batch, vectors=batch.vectors.clone())
    other.vectors[0, 2] = torch.randn(LENGTH, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert not torch.allclose(net(batch)[0], net(other)[0], atol=1e-3)


def test_weights_are_kept_in_whole_numbers(tmp_path: Path) -> None:
    """What is loaded answers as what was saved; the shipped file is below a megabyte."""
    net = load(FOLDER)
    save(net, tmp_path)
    asked = batched([("the red cup", CUPS)], [None])
    with torch.inference_mode():
        ours, theirs = net.eval()(asked)[0], load(tmp_path).eval()(asked)[0]
    assert torch.allclose(ours, theirs, atol=0.05)
    assert (FOLDER / FILE).stat().st_size < 1_000_000


def test_missing_or_damaged_weights_are_told(tmp_path: Path) -> None:
    """One line, by name."""
    with pytest.raises(MissingFileError, match=r"pointer\.safetensors"):
        load(tmp_path)
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(TruncatedFileError, match="damaged"):
        load(tmp_path)


def test_the_core_is_weighed_in() -> None:
    """Where the pointer wavers, what the core marks decides."""
    things = eyes().things(Scene(sample("val", 2, 7, ("plain",)).source))
    seen = seen_of(things, (128, 128, 3))
    pointed = Pointer(load(FOLDER)).point("remove it", seen)
    even = replace(pointed, chances=tuple(0.5 for _ in things), there=0.5)
    soft = things[0].mask.astype(np.float32)
    told = weighed(even, things, Reading(soft, 1.0))
    assert told.chances[0] > 0.5 > max(told.chances[1:])
    assert told.there > 0.5
    assert weighed(even, things, None).chances == (0.5,) * len(things)


def test_a_reader_finds_what_is_said_in_a_picture() -> None:
    """From pixels and words to a mask, without any editing model; what is not there is told."""
    reader = PointingReader(eyes(), None)
    right_places = []
    for number in range(12):
        made = sample("val", number, 7, ("plain",), {"edit": 1.0})
        target = Target(phrase="it", category="thing")
        try:
            found = reader.read(Scene(made.source), target, made.instruction)
        except GroundingFailed:
            right_places.append(False)
            continue
        right_places.append(found is not None and iou(found.mask, made.region) > 0.5)
    assert np.mean(right_places) >= 0.7
    made = sample("val", 1, 7, ("plain",), {"edit": 1.0})
    absent = next(
        name for name in ("piano", "rocket", "snail", "guitar")
        if name not in {item.kind for item in made.scene.objects}
    )  # fmt: skip
    with pytest.raises(GroundingFailed, match="things seen"):
        reader.read(Scene(made.source), Target(phrase=absent), f"remove the {absent}")


def test_other_words_are_said_plainly() -> None:
    """Synonyms and spellings become the names that the pointer was taught."""
    assert said_plainly("Remove the mug beside two puppies") == "Remove the cup beside two dogs"
    assert said_plainly("a grey lorry") == "a gray truck"
    assert said_plainly("nothing of it") == "nothing of it"
    assert said_plainly("make the large red mug big") == "make the bigger red cup big"
    assert said_plainly("the big one that barks") == "the big one that barks"
    pointed = shipped_pointer().point(said_plainly("erase the mug on the left"), CUPS)
    assert pointed.meant == (0,)


def test_one_of_several_is_left_to_the_person() -> None:
    """Where nothing says which of two is meant, both are told as candidates; a side settles it."""
    asked = told = 0
    for number in range(40):
        made = sample("val", number, 7, ("left_right",), {"segment": 1.0})
        names = [thing.kind for thing in eyes().things(Scene(made.source))]
        twice = [name for name in set(names) if names.count(name) == 2]
        if not twice or asked == 6:
            continue
        asked += 1
        scene = Scene(made.source, reader=PointingReader(eyes(), None), detectors=(eyes(),))
        word = kinds()[twice[0]].name
        plain = ground(scene, Target(phrase=f"the {word}", category=word))
        left = ground(scene, Target(phrase=f"the left {word}", category=word))
        told += len(plain.ambiguous) == 2 and not left.ambiguous
    assert asked >= 4
    assert told >= asked / 2


def test_a_taught_word_is_not_looked_for_in_the_sentence() -> None:
    """The pointer gets what the word was taught to mean."""
    made = sample("val", 0, 7, ("plain",), {"edit": 1.0})
    thing = max(eyes().things(Scene(made.source)), key=lambda one: one.chance)
    scene = Scene(
        made.source,
        glossary={"zorble": f"the {kinds()[thing.kind].name}"},
        reader=PointingReader(eyes(), None),
        detectors=(eyes(),),
    )
    target = Target(phrase="the zorble", category="zorble")
    found = ground(scene, target, said="remove the zorble")
    assert iou(found.mask, thing.mask) > 0.5


def test_a_noun_that_was_never_taught_is_seldom_there() -> None:
    """A strange noun needs more; kinds, their other names, groups and taught words are not."""
    assert is_strange(Target(phrase="the carburettor", category="carburettor"))
    for noun in ("cup", "mug", "animal", "thing", "", "toy"):
        assert not is_strange(Target(phrase=f"the {noun}", category=noun))
    reader = PointingReader(eyes(), None)
    scene = Scene(make_scene(3, 96, None).image)
    for noun in ("submarine", "carburettor", "xylophone"):
        with pytest.raises(GroundingFailed, match=noun):
            reader.read(scene, Target(phrase=f"the {noun}", category=noun), f"remove the {noun}")
