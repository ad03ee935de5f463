"""The closed vocabulary of the detector of things: what a noun means, and what it does not."""

import pytest

from orchestrator.language.read import read_plan
from smartedit_model.photographs.words import looks, meaning_of, vocabulary
from tools.target import Relation, Target


def target(phrase):
    """The target that the planner by rules reads in a wish to remove something."""
    plan, _ = read_plan(f"remove {phrase}")
    return plan.steps[0].target


def test_the_data_speaks_of_known_kinds_only():
    """80 kinds, as the network has classes, and every word means some of them."""
    known = vocabulary()
    assert len(known.kinds) == len(set(known.kinds)) == 80
    assert (known.kinds[0], known.kinds[16], known.kinds[79]) == ("person", "dog", "toothbrush")
    for word, meaning in known.meanings.items():
        assert meaning.kinds, word
        assert meaning.kinds <= set(known.kinds), word
        assert word == word.lower().strip()
    assert set(known.alike) == set(known.kinds)
    assert known.sure <= set(known.kinds)
    assert not known.other & set(known.meanings)


@pytest.mark.parametrize(
    ("phrase", "kinds"),
    [
        ("the dog", {"dog"}),
        ("all the dogs", {"dog"}),
        ("the bikes", {"bicycle", "motorcycle"}),
        ("the sofa", {"couch"}),
        ("the telly", {"tv"}),
        ("both buses", {"bus"}),
        ("the knives", {"knife"}),
        ("the wine glasses", {"wine glass"}),
        ("the traffic lights", {"traffic light"}),
        ("the tennis racket", {"tennis racket"}),
        ("the scissors", {"scissors"}),
        ("the skis", {"skis"}),
        ("the hot dog", {"hot dog"}),
        ("the teddy bear", {"teddy bear"}),
        ("the sheep", {"sheep"}),
        ("the women", {"person"}),
        ("the people", {"person"}),
        ("the cutlery", {"fork", "knife", "spoon"}),
        ("the dog's bowl", {"bowl"}),
    ],
)
def test_what_people_call_a_kind(phrase, kinds):
    """Synonyms, plurals and names of two words."""
    meaning = meaning_of(target(phrase))
    assert meaning is not None
    assert meaning.kinds == kinds


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("the corgi", "dog"),
        ("the puppies", "dog"),
        ("the taxi", "car"),
        ("the police car", "car"),
        ("the polar bears", "bear"),
        ("the mug", "cup"),
        ("the man on the left", "person"),
    ],
)
def test_a_narrower_word_is_told_from_the_kind(phrase, kind):
    """The network cannot tell whether it is one."""
    meaning = meaning_of(target(phrase))
    assert meaning is not None
    assert kind in meaning.kinds
    assert not meaning.exact


@pytest.mark.parametrize(
    "phrase",
    [
        "the cheetah",
        "the quokka",
        "the statue",
        "the dog's ears",
        "the bus windows",
        "the car's number plate",
        "the front wheel of the bicycle",
        "the dog house",
        "the car keys",
        "the cable car",
        "the record player",
        "the plastic bags",
        "her face",
        "his hair",
        "his glasses",
        "it",
    ],
)
def test_what_has_no_kind_is_not_claimed(phrase):
    """Neither what is near in the zoo, nor a part of a known thing, nor a thing named after one."""
    assert meaning_of(target(phrase)) is None


def test_several_persons_of_a_group_are_meant_together():
    """The family is all of them, a person is one."""
    family, person = meaning_of(target("the family")), meaning_of(target("the person"))
    assert family is not None
    assert person is not None
    assert family.group
    assert not person.group


def test_looks_are_what_is_no_part_of_the_name():
    """What kind of bear it is names it, that it is big and brown describes it."""
    polar = Target(phrase="the big polar bear", category="bear", attributes=("big", "polar"))
    brown = Target(phrase="the big brown dog", category="dog", attributes=("big", "brown"))
    assert looks(polar) == ("big",)
    assert looks(brown) == ("big", "brown")


def test_glasses_of_nobody_are_for_drinking():
    """Spectacles have no kind; what is on a table has one."""
    worn = Target(
        phrase="his glasses",
        category="glasses",
        relation=Relation(kind="part_of", anchor=Target(phrase="him", category="man")),
    )
    assert meaning_of(worn) is None
    assert meaning_of(Target(phrase="the glasses", category="glass")) is not None
