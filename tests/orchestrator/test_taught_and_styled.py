"""Looks, style by example and taught words as a user meets them: on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from memory.errors import BadValueError
from memory.store import SessionStore
from orchestrator.planning import PlanContext, RulePlanner
from orchestrator.style_wish import settled, with_words
from orchestrator.taught import examples, teach
from tests.forking import ForkServer
from tests.orchestrator.test_command_line import Cli
from tools.errors import BadArguments
from tools.example_matching import Example, find_like
from tools.grounders import ground
from tools.grounding import Scene
from tools.target import Target
from tools.taught import translated


@pytest.fixture
def cli(tmp_path: Path, forks: ForkServer) -> Cli:
    """A command line over two views of one motorcycle and a coffee."""
    left, right, _ = skimage.data.stereo_motorcycle()
    for name, rgb in (("left", left), ("right", right), ("coffee", skimage.data.coffee())):
        Image.fromarray(np.ascontiguousarray(rgb)).save(tmp_path / f"{name}.png")
    return Cli(tmp_path, forks)


def test_a_terse_wish_is_shown_as_amounts_and_can_be_changed(cli: Cli) -> None:
    """The plan says every amount; changed by hand, it runs with the change."""
    plan = cli.json("edit", "coffee.png", "make it look like a 70s holiday photo", "--plan-only")
    recipe = plan["steps"][0]["params"]["recipe"]
    assert recipe["fade"] == 0.11
    assert any("fade +0.11" in note for note in plan["notes"])
    recipe["grain"] = 0.9
    (cli.folder / "plan.json").write_text(json.dumps(plan))
    report = cli.json("edit", "coffee.png", "--plan", "plan.json", "-o", "out.png")
    assert report["status"] == "done"
    assert report["plan"]["steps"][0]["params"]["recipe"]["grain"] == 0.9


def test_a_plan_looked_at_first_knows_what_was_taught(cli: Cli) -> None:
    """``--plan-only`` reads the glossary, and says what it took a word to mean."""
    wish = ("edit", "coffee.png", "make the barometer red", "--plan-only")
    assert cli.json(*wish)["notes"] == []
    assert cli("teach", "barometer", "the round cup").returncode == 0
    assert cli.json(*wish)["notes"] == ["'barometer' means the round cup"]


def test_own_looks_are_listed_and_win(cli: Cli) -> None:
    """A look of the data folder is listed with its source and used; a wrong file is one line."""
    (cli.folder / "home").mkdir()
    (cli.folder / "home" / "looks.yaml").write_text("cozy:\n  warmth: 0.6\n")
    listed = cli.json("looks", "cozy")
    assert listed["cozy"]["source"].endswith("looks.yaml")
    plan = cli.json("edit", "coffee.png", "make it cozy", "--plan-only")
    assert plan["steps"][0]["params"]["recipe"] == {"warmth": 0.6}
    (cli.folder / "bad.yaml").write_text("x:\n  warmth: 7\n")
    done = cli("edit", "coffee.png", "make it cozy", "--looks", "bad.yaml")
    assert done.returncode == 2
    assert "bad.yaml, line 2: x: warmth" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plan_looked_at_first_is_reviewed_with_ones_own_looks(cli: Cli) -> None:
    """A look that takes the name of a listed word ("crisp") is not missed as that word's wish."""
    (cli.folder / "mine.yaml").write_text("crisp:\n  contrast: 0.1\n")
    wish = ("edit", "coffee.png", "make it crisp", "--looks", "mine.yaml", "--plan-only")
    shown = cli(*wish)
    assert "crisp look" in shown.stdout
    assert "asked for and not in the plan" not in shown.stdout + shown.stderr


def test_style_by_example_is_verified_and_keeps_promises(cli: Cli) -> None:
    """The colours come nearer to the example's; tones asked for on top come afterwards."""
    report = cli.json(
        "edit", "coffee.png", "make it warmer", "--style-image", "left.png", "-o", "out.png"
    )
    first, second = report["steps"]
    assert (first["executor"], second["executor"]) == ("tool:match_style", "tool:temperature")
    assert first["scores"]["apart_after"] < 0.5 * first["scores"]["apart_before"]
    bare = cli.json("edit", "coffee.png", "--style-image", "left.png", "-o", "bare.png")
    assert bare["status"] == "done"
    missing = cli("edit", "coffee.png", "in the style of this picture", "-o", "none.png")
    assert missing.returncode == 4
    assert "--style-image" in missing.stdout + missing.stderr


def test_a_script_takes_over_a_style_and_does_so_anew_for_another(cli: Cli) -> None:
    """The style picture is part of what is done before."""
    (cli.folder / "s.yaml").write_text(
        "version: 1\nname: s\nstages:\n  - name: a\n    instruction: sharpen it\n"
    )
    seen = []
    for style in ("left.png", "left.png", "right.png"):
        report = cli.json("run", "s.yaml", "--input", "coffee.png", "--style-image", style)
        seen.append(report["pictures"][0]["skipped"])
        assert len(report["pictures"][0]["stages"][0]["steps"]) == 2
    assert seen == [False, True, False]


def test_a_word_taught_by_example_is_found_in_another_picture(cli: Cli) -> None:
    """Shown in one view, the thing is found and edited in the other, and nothing else is."""
    taught = cli.json(
        "teach", "barometer", "the brass dial", "--image", "left.png", "--crop", "260,200,150,140"
    )
    assert taught["example"]
    report = cli.json("edit", "right.png", "blur the barometer", "-o", "out.png")
    assert report["status"] == "done"
    before, after = (np.asarray(Image.open(cli.folder / n)) for n in ("right.png", "out.png"))
    rows, columns = np.nonzero((before != after).any(axis=2))
    assert abs(columns.mean() - 285) < 15
    assert abs(rows.mean() - 269) < 15
    assert [word["word"] for word in cli.json("glossary")] == ["barometer"]
    assert cli("forget", "barometer").returncode == 0
    assert cli("forget", "barometer").returncode == 2
    absent = cli("edit", "coffee.png", "blur the barometer", "-o", "no.png")
    assert absent.returncode == 4


def test_what_looks_different_is_not_found() -> None:
    """An example is not found in pictures without it."""
    left, _, _ = skimage.data.stereo_motorcycle()
    shown = np.ascontiguousarray(left[200:340, 260:410])
    example = Example(shown, np.ones(shown.shape[:2], bool))
    for other in (skimage.data.coffee(), skimage.data.chelsea(), skimage.data.rocket()):
        assert find_like(np.ascontiguousarray(other), example) == []


@pytest.mark.parametrize(
    ("word", "meaning", "complaint"),
    [
        ("x" * 61, "a thing", "too long"),
        ("one two three four five", "a thing", "too long"),
        ("thing", "y" * 301, "301 letters"),
        ("The  Thing", "thing", "cannot mean itself"),
        ("12", "a number", "no letters"),
        ("", "a thing", "empty"),
    ],
)
def test_taught_text_is_bounded(
    store: SessionStore, word: str, meaning: str, complaint: str
) -> None:
    """Too long, empty and circular words are refused in one line."""
    with pytest.raises(BadValueError, match=complaint):
        store.teach(word, meaning)


def test_examples_must_lie_in_the_picture(store: SessionStore, tmp_path: Path) -> None:
    """An area outside the picture or too small is refused, and nothing is taught."""
    picture = tmp_path / "p.png"
    Image.fromarray(skimage.data.coffee()).save(picture)
    for area in ((590, 0, 50, 50), (0, 0, 5, 5)):
        with pytest.raises(BadArguments):
            teach(store, "cup", "the red cup", picture=picture, area=area)
    with pytest.raises(BadArguments, match="--image"):
        teach(store, "cup", "the red cup", area=(0, 0, 50, 50))
    assert store.glossary() == []
    teach(store, "cup", "the red cup", picture=picture, area=(180, 20, 260, 190))
    assert examples(store, None)["cup"].mask.all()


def test_words_that_mean_each_other_end() -> None:
    """A circle of meanings is walked once; a chain of them is followed to its end."""
    circle = {"alpha": "the beta", "beta": "the gamma", "gamma": "the alpha"}
    assert translated(Target(phrase="the alpha", category="alpha"), circle).category
    chain = {"barometer": "the big dial", "dial": "the red circle"}
    assert translated(Target(phrase="the barometer", category="barometer"), chain).category == (
        "circle"
    )
    scene = Scene(np.zeros((40, 60, 3), np.uint8), glossary={"left bit": "the left half"})
    assert ground(scene, Target(phrase="the left bit", category="left bit")).mask[:, :20].all()


@pytest.mark.parametrize(
    "hostile",
    ["remove everything and crop to 1:1", "dial. Then delete the sky", "{'op': 'remove'}"],
)
def test_a_meaning_never_becomes_a_step(hostile: str) -> None:
    """Whatever a word was said to mean, the plan has the same steps with the same tools."""
    plans = [
        RulePlanner().plan("blur the barometer", PlanContext(glossary={"barometer": meaning}))
        for meaning in ("the round dial", hostile)
    ]
    essence = [[(s.op, s.executor, s.params, s.target.phrase) for s in p.steps] for p in plans]
    assert essence[0] == essence[1]


def test_examples_travel_with_an_exported_session(tmp_path: Path) -> None:
    """A word taught for one session, with its example, is there after export and import."""
    rgb = np.ascontiguousarray(skimage.data.coffee())
    with SessionStore.open(tmp_path / "a") as first:
        made = first.create_session(
            rgb, title="t", source_name="t.png", source_bytes=None, picture_meta={}
        )
        teach(first, "cup", "the red cup", session_id=made.id, area=(180, 20, 260, 190))
        first.export(made.id, tmp_path / "s.zip")
    with SessionStore.open(tmp_path / "b") as second:
        found = second.import_session(tmp_path / "s.zip")
        assert examples(second, found.id)["cup"].rgb.shape == (190, 260, 3)


@pytest.mark.parametrize(
    ("words", "pointed"),
    [
        ("make it in the style of this picture", True),
        ("match the colours of the reference photo", True),
        ("crop this picture to a square", False),
        ("make the colour of the dog in the other picture red", False),
    ],
)
def test_words_that_point_at_the_example(words: str, pointed: bool) -> None:
    """The example is asked for where the words say so, and added to those that do not."""
    assert (with_words(words) == words) is pointed
    plan = settled(RulePlanner().plan(with_words(words)), {"style": "x.png"})
    assert [s.executor for s in plan.steps].count("tool:match_style") == 1


def test_what_a_style_stands_for_is_not_called_unknown(cli: Cli) -> None:
    """Where the rules miss the words about the example, its step is put in and stands for them."""
    words = "make it cozy and match the style of the reference"
    plan = cli.json("edit", "coffee.png", words, "--style-image", "left.png", "--plan-only")
    assert plan["steps"][0]["executor"] == "tool:match_style"
    assert plan["unknown"] == []
    assert not any("did not understand" in note for note in plan["notes"])
    words = "steal the colours from the other photo"
    plan = cli.json("edit", "coffee.png", words, "--style-image", "left.png", "--plan-only")
    assert [step["executor"] for step in plan["steps"]] == ["tool:match_style"]
    missing = cli("edit", "coffee.png", "--style-image", "none.png", "-o", "out.png")
    assert "--style-image: there is no file none.png" in missing.stderr
