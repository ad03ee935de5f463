"""English in the word order of other languages (``data/word_order.yaml``)."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan

SAID = {
    # the thing first, the verb last
    "of the three ducks the last one, please let disappear": ("remove", "duck"),
    "of the two cups remove the bigger one": ("remove", "cup"),
    "the fence I don't want there": ("remove", "fence"),
    "the fence we want away": ("remove", "fence"),
    "the man on the left, you can remove him": ("remove", "man"),
    "please the man of the left you can remove him": ("remove", "man"),
    "the old car please delete": ("remove", "car"),
    "the car I want in white": ("recolor", "car"),
    "the car to the tree nearest I want in white": ("recolor", "car"),
    "the door I would like blue": ("recolor", "door"),
    "the door please blue paint": ("recolor", "door"),
    "in red I want the car": ("recolor", "car"),
    "the wall I want brighter": ("adjust", "wall"),
    "the dog bigger make": ("resize", "dog"),
    "the background blurred make": ("blur", "background"),
    "to the woman a red scarf give": ("add", "woman"),
    "to the dog you can put a bow tie": ("add", "dog"),
    "the car with a bus replace": ("replace", "car"),
    # the adjective before its article
    "it is to make lighter the wall of the back": ("adjust", "wall"),
    "make darker the sky": ("adjust", "sky"),
    "make bigger the dog": ("resize", "dog"),
    "paint blue the door": ("recolor", "door"),
    "make blurred the background": ("blur", "background"),
    # what is wished
    "make that the old man wears a hat from felt": ("add", "man"),
    "make that the sea is more dark": ("adjust", "sea"),
    "it would me please if the evening sun would shine in this picture": ("add", ""),
    "it would please us if a rainbow would appear over the hills": ("add", "hill"),
    "I have need of the photo in format 16:9": ("crop", ""),
    "I need the picture in 4:3 format": ("crop", ""),
    # what is chosen
    "from the picture take out all what is plastic": ("remove", ""),
    "remove everything that is made of wood": ("remove", ""),
}


@pytest.mark.parametrize("text", SAID)
def test_another_word_order_is_read(text: str) -> None:
    """One step on the thing that was said, and no word left over."""
    plan, _ = read_plan(text)
    got = [(s.op, "" if s.target.is_whole_image else s.target.category) for s in plan.steps]
    assert got == [SAID[text]]
    assert plan.unknown == ()


def test_of_a_side_is_on_that_side() -> None:
    """Who is said to be "of the left" stands on the left."""
    (step,) = read_plan("remove the man of the left")[0].steps
    assert step.target.ordinal is not None
    assert (step.target.ordinal.index, step.target.ordinal.side) == (1, "left")


def test_what_a_new_thing_is_made_of_is_no_place() -> None:
    """A hat "from felt" is a felt hat, and stands nowhere else for it."""
    (step,) = read_plan("put a table from wood in the garden")[0].steps
    assert step.params["what"] == "a table from wood"
    assert step.target.category == "garden"
