"""The look-book: enough looks, each of its own kind; a user's file is checked line by line."""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.looks import check_step, look_book, spell_out, words_for_planner
from orchestrator.plan import load_plan
from orchestrator.routing import routes, usual
from tools.errors import BadArguments
from tools.lookbook import Look, built_in
from tools.looks_file import parse_looks, read_looks
from tools.operation import ToolContext
from tools.registry import get_tool, parse_args

LEAST_APART = 2.5
"""Mean Lab difference of any two looks; 2.3 is just visible."""


def plan_for(look, **params):
    step = {"id": "s1", "op": "grade", "instruction": look, "params": {"look": look, **params}}
    return load_plan({"instruction": look, "steps": [step]})


def applied(look, image):
    for step in spell_out(plan_for(look), built_in()).steps:
        way = usual(step)
        tool = get_tool(way.executor.removeprefix("tool:"))
        image = tool.run(parse_args(tool, way.args), ToolContext(image=image)).image
    return image


def test_built_in_looks_are_the_same_by_either_reader_of_yaml():
    """They are read with the quick one, a person's own with the one that tells more."""
    text = files("tools").joinpath("looks.yaml").read_text(encoding="utf-8")
    assert list(built_in().looks.items()) == list(parse_looks(text, "looks.yaml").items())


def test_no_two_looks_are_nearly_the_same():
    """There are at least 60 looks, each visible, and any two differ visibly on three photos."""
    photos = (skimage.data.astronaut(), skimage.data.coffee(), skimage.data.rocket())
    small = [cv2.resize(photo, (72, 60), interpolation=cv2.INTER_AREA) for photo in photos]

    def lab(images):
        smooth = [cv2.GaussianBlur(image, (0, 0), 1.2) for image in images]  # looks, not grain
        joined = (np.vstack(smooth) / 255).astype(np.float32)
        return cv2.cvtColor(joined, cv2.COLOR_RGB2LAB).reshape(-1, 3)

    names = [None, *built_in().looks]
    assert len(names) > 60
    seen = np.array([lab([applied(n, p) if n else p for p in small]) for n in names])
    for i, name in enumerate(names[:-1]):
        apart = np.linalg.norm(seen[i + 1 :] - seen[i], axis=2).mean(axis=1)
        nearest = int(apart.argmin())
        least = LEAST_APART if name else 1.5
        assert apart[nearest] > least, (name, names[i + 1 + nearest], apart[nearest])


def test_every_word_leads_to_one_look():
    """No alias belongs to two looks, and every built-in step fits the plan's vocabulary."""
    book = built_in()
    for word, name in book.words():
        assert book.find(word) == name, word
    assert not [step for look in book.looks.values() for step in look.steps if check_step(step)]


def test_a_terse_wish_becomes_amounts_and_steps_a_person_can_change():
    """The plan holds every amount, says them in a note, and no longer needs the look-book."""
    plan = spell_out(plan_for("appetising"), built_in())
    assert [step.op for step in plan.steps] == ["adjust", "grade"]
    assert plan.steps[-1].params["recipe"]["warmth"] == built_in().looks["food"].warmth
    assert "clarity" in plan.notes[0]
    assert "warmth" in plan.notes[0]
    assert spell_out(plan, built_in()) == plan
    assert routes(plan.steps[-1])[0].args["recipe"] == plan.steps[-1].params["recipe"]


def test_words_the_planner_took_for_a_style_are_found_in_the_look_book():
    """An unknown style that the look-book knows needs no editing model; others stay as they are."""
    for style, op in (("an old library", "grade"), ("a watercolour by nobody", "restyle")):
        step = {"id": "s1", "op": "restyle", "instruction": "x", "params": {"style": style}}
        plan = spell_out(load_plan({"instruction": "x", "steps": [step]}), built_in())
        assert plan.steps[-1].op == op


@pytest.mark.parametrize(
    ("category", "style", "op"),
    [
        ("sky", "dreamy", "grade"),
        ("sky", "dramatic", "restyle"),
        ("background", "moody", "grade"),
        ("sky", "watercolour", "restyle"),
        ("background", "neon", "restyle"),
        ("car", "dramatic", "restyle"),
    ],
)
def test_a_look_falls_on_a_part_of_the_picture_but_makes_no_other_thing(category, style, op):
    """A dreamy sky is light and colour; a dramatic one has a tool, another car needs a model."""
    target = {"phrase": f"the {category}", "category": category}
    step = {"id": "s1", "op": "restyle", "instruction": "x", "target": target}
    step["params"] = {"style": style}
    made = spell_out(load_plan({"instruction": "x", "steps": [step]}), built_in()).steps
    assert made[-1].op == op
    assert {one.target.category for one in made} == {category}


@settings(max_examples=30, deadline=None)
@given(strength=st.floats(0.05, 2.0))
def test_strength_scales_steps_within_their_bounds(strength):
    """Whatever the strength, the spelled-out steps fit the plan's bounds."""
    for look in ("hdr", "food", "sports"):
        made = spell_out(plan_for(look, strength=strength), built_in())
        load_plan(made.dump())


def test_a_user_extends_and_overrides(tmp_path):
    """Looks in the data folder join the book; those handed over win over both."""
    (tmp_path / "looks.yaml").write_text(
        "my fog:\n  like: faded\n  exposure: 0.5\nnoir: {fade: 0.2}\n"
    )
    book = look_book(tmp_path, {"noir": {"warmth": 0.3}})
    assert book.looks["my fog"].fade == built_in().looks["faded"].fade
    assert book.looks["my fog"].exposure == 0.5
    assert book.looks["noir"] == Look(warmth=0.3)
    assert book.sources["noir"] == "--looks"
    assert book.sources["my fog"] == str(tmp_path / "looks.yaml")
    assert "my fog" in words_for_planner(book)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a:\n  exposure: 9\n", 2, "exposure"),
        ("a:\n  contrats: 0.3\n", 2, "contrast"),
        ("a:\n  shadows: [10]\n", 2, "shadows"),
        ("a:\n  red: [[0.5, 0], [0.2, 1]]\n", 1, "left to right"),
        ("a:\n  exposure: much\n", 2, "exposure"),
        ("a: 3\n", 1, "fields below"),
        ("a: {}\n", 1, "changes nothing"),
        ("- a\n", 1, "name:"),
        ("a:\n  fade: 0.1\na:\n  fade: 0.2\n", 3, "twice"),
        ("a:\n  like: nothing\n  fade: 0.1\n", 2, "nothing"),
        ("a: &x\n  fade: 0.1\nb: *x\n", 1, "anchors"),
        ("a: !!python/name:os.system\n", 1, "tags"),
        ("a:\n  fade: [\n", 3, "no YAML"),
        ("a:\n  steps: [{op: adjust, params: {property: contrast, amount: 7}}]\n", 2, "amount"),
        ("a:\n  steps: [{op: remove, params: {}}]\n", 2, "op"),
        ("'a/../../x*': {fade: 0.1}\n", 1, "no name"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_in_one_line(text, line, words):
    """Every error is one line that says the line of the file and the field."""
    with pytest.raises(BadArguments) as told:
        parse_looks(text, "mine.yaml", check_step, known=built_in().looks)
    message = str(told.value)
    assert message.startswith(f"mine.yaml, line {line}: "), message
    assert words in message
    assert "\n" not in message


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    """Nothing but looks or a named error comes out of a file, whatever is in it."""
    with suppress(BadArguments):
        assert all(isinstance(look, Look) for look in parse_looks(text, "x").values())


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    """Absent, binary and huge files each get their words."""
    path = tmp_path / "x.yaml"
    with pytest.raises(BadArguments, match="cannot be read"):
        read_looks(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadArguments, match="not UTF-8"):
        read_looks(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(BadArguments, match="over 1 MB"):
        read_looks(path)
