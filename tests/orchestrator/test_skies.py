"""Skies by words: which is meant, where it is drawn, and whether it is there."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from skimage import data

from memory.store import SessionStore
from orchestrator.checking import Check, Evidence
from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf
from orchestrator.evidence import measure
from orchestrator.plan import Step
from orchestrator.planning import PlanContext, RulePlanner
from orchestrator.routing import routes
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from orchestrator.sky_checks import sky_drawn, sky_look, thing_drawn
from orchestrator.sky_words import sky_named, thing_named
from tests.orchestrator.test_yielding import Lamplighter
from tools.compositing import composite
from tools.grounding import Scene
from tools.operation import Rgb, ToolContext
from tools.pictures import Picture
from tools.skies import SkyArgs, SkyKind, draw_sky
from tools.sky_things import SkyThing, SkyThingArgs, draw_thing
from tools.target import Target

SKY = Target(phrase="the sky", category="sky")
KINDS = get_args(SkyKind)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("a dramatic stormy sky", "stormy"),
        ("dark clouds", "stormy"),
        ("grey clouds", "overcast"),
        ("some fluffy white clouds", "cloudy"),
        ("a blue sky with clouds", "cloudy"),
        ("a clear blue one", "clear"),
        ("a starry night sky", "starry"),
        ("a sky full of stars", "starry"),
        ("the Milky Way", "starry"),
        ("an aurora borealis", "northern lights"),
        ("a dramatic sunset", "sunset"),
        ("moody", "dramatic"),
        ("stars and clouds", ""),
        ("pink clouds", ""),
        ("a dragon in the clouds", ""),
        ("a big sky", ""),
        ("", ""),
    ],
)
def test_words_name_a_sky_or_nothing(words: str, kind: str) -> None:
    assert sky_named(words) == kind
    assert kind in {"", *KINDS}


@pytest.mark.parametrize(
    ("words", "kind", "onto"),
    [
        ("add a dramatic stormy sky", "stormy", False),
        ("add some fluffy clouds", "cloudy", True),
        ("put stars in the sky", "starry", True),
        ("replace the sky with a starry night sky", "starry", False),
        ("make the sky more dramatic", "dramatic", True),
        ("change the sky to a clear blue one", "clear", False),
        ("replace the sky with a sunset", "sunset", False),
        ("give it a cloudy sky", "cloudy", False),
        ("northern lights in the sky", "northern lights", True),
    ],
)
def test_a_wish_for_a_sky_is_drawn_in_the_sky(words: str, kind: str, onto: bool) -> None:
    (step,) = RulePlanner().plan(words, PlanContext()).steps
    assert step.target.category == "sky"
    first = routes(step)[0]
    assert first.executor == "tool:sky"
    assert first.args == {"kind": kind} | ({"onto": True} if onto else {})


def test_what_is_no_sky_is_for_a_model() -> None:
    for words in ("add a dragon in the sky", "replace the sky with a wall", "add a red balloon"):
        (step,) = RulePlanner().plan(words, PlanContext()).steps
        assert routes(step)[0].executor == "editor"


def test_a_sky_is_coloured_as_a_sky_and_marked_as_a_place() -> None:
    """Of a drawing, whose sky is paint, recolouring is left to those who know drawings."""
    ways = routes(RulePlanner().plan("make the sky purple", PlanContext()).steps[0])
    assert [way.executor for way in ways] == ["editor", "tool:sky_colour", "tool:recolor", "editor"]
    assert ways[1].unless
    assert ways[1].tuned(1.2)["likeness"] > ways[1].args["likeness"]
    flat = routes(RulePlanner().plan("highlight the sky in purple", PlanContext()).steps[0])
    assert [way.executor for way in flat] == ["tool:fill"]


def test_a_sunset_that_the_sky_becomes_keeps_its_clouds() -> None:
    """Lit is not replaced."""
    (step,) = RulePlanner().plan("make the sky sunset", PlanContext()).steps
    assert routes(step)[0].executor == "tool:relight"


def _view() -> Rgb:
    """A hazy sky, a tower before it, and ground."""
    image = np.empty((240, 320, 3), np.uint8)
    image[:] = np.linspace(196, 226, 240)[:, None, None] * np.array([0.96, 0.98, 1.0])
    image[150:] = (70, 84, 48)
    image[60:150, 140:180] = (120, 40, 34)
    noise = np.random.default_rng(1).integers(-9, 10, (90, 320, 1))
    image[150:] = np.clip(image[150:] + noise, 0, 255)
    return image


@pytest.mark.parametrize("kind", KINDS)
def test_every_sky_is_done_by_its_words(kind: str, tmp_path: Path) -> None:
    """The whole way: words, mask, drawing, verification; and what stands before it is untouched."""
    with SessionStore.open(tmp_path) as store:
        session = EditSession.create(Picture(_view()), store=store, editors=EditorShelf())
        report = session.edit(f"replace the sky with {kind}", settings=RunSettings(seed=1))
        assert [step["status"] for step in report.steps] == ["done"], report.steps[0]["reason"]
        after = session.picture().rgb
    assert np.array_equal(after[62:148, 143:177], _view()[62:148, 143:177])
    assert np.array_equal(after[156:], _view()[156:])


@pytest.mark.parametrize("drawing", [True, False])
def test_a_drawing_gets_no_photographic_sky(drawing: bool, tmp_path: Path) -> None:
    """It is left to an editor that paints such pictures; here there is none that could."""
    shelf = EditorShelf({"drawn-moods": lambda: Lamplighter(inside=drawing)})
    with SessionStore.open(tmp_path) as store:
        session = EditSession.create(Picture(_view()), store=store, editors=shelf)
        report = session.edit("replace the sky with a starry night", settings=RunSettings(seed=1))
    assert report.steps[0]["status"] == ("skipped" if drawing else "done")


@pytest.mark.parametrize("wish", ["add stars and make it night", "make it night and add stars"])
def test_stars_come_into_a_photograph_made_night(wish: str, tmp_path: Path) -> None:
    """Light comes first whatever is said first; a dark photograph is as flat as a drawing."""
    image = data.rocket()
    with SessionStore.open(tmp_path) as store:
        shelf = default_shelf(store.home.models)
        session = EditSession.create(Picture(image), store=store, editors=shelf)
        report = session.edit(wish, settings=RunSettings(seed=1, detector="none"))
        dark = session.picture(session.history()[1].id).rgb
        assert shelf.get("drawn-moods").domain(dark).inside  # or this would prove nothing
    told = [(step["executor"], step["status"], step["reason"]) for step in report.steps]
    assert told == [("tool:relight", "done", ""), ("tool:sky", "done", "")]


def test_stars_come_into_a_sky_at_dusk(tmp_path: Path) -> None:
    """As dark as the tool itself wants it is dark enough for whoever checks it."""
    with SessionStore.open(tmp_path) as store:
        session = EditSession.create(Picture(data.rocket()), store=store, editors=EditorShelf())
        wish = RunSettings(seed=1, detector="none")
        report = session.edit("add stars to the sky", settings=wish)
    assert [(step["status"], step["reason"]) for step in report.steps] == [("done", "")]


PLAINLY_OTHER = {
    "clear": ("overcast", "stormy", "starry", "sunset"),
    "stormy": ("clear", "overcast"),
    "starry": ("cloudy", "stormy"),
    "northern lights": ("clear", "starry", "sunset"),
    "sunset": ("clear", "stormy", "starry"),
    "cloudy": ("clear",),
    "dramatic": ("clear", "overcast"),
    "overcast": ("clear", "sunset"),
}
"""Asked for -> drawn instead by a dishonest tool."""


def _judged(asked: str, drawn: str, seed: int) -> Check:
    """What verification says of a sky, whatever the tool says that it drew."""
    image = _view()
    mask = np.zeros(image.shape[:2], np.float32)
    mask[:150] = 1
    mask[58:150, 138:182] = 0
    made = draw_sky(SkyArgs.model_validate({"kind": drawn}), ToolContext(image, mask, None, seed))
    after = composite(image, made.image, mask)
    params = {"new": asked}
    step = Step(id="s1", op="replace", target=SKY, instruction="another sky", params=params)
    seen, change = (Scene(image), Scene(after)), measure(image, after, mask)
    return sky_drawn(Evidence(step, params, *seen, mask, change, None, {"sky": asked}))


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_a_sky_passes_as_what_it_is(kind: str, seed: int) -> None:
    check = _judged(kind, kind, seed)
    assert check.passed is True, check


@pytest.mark.parametrize(
    ("asked", "drawn"), [(a, d) for a, others in PLAINLY_OTHER.items() for d in others]
)
def test_another_sky_than_asked_for_is_told(asked: str, drawn: str) -> None:
    check = _judged(asked, drawn, 5)
    assert check.passed is False
    assert check.reason


def test_a_sky_of_a_few_pixels_cannot_be_judged() -> None:
    mask = np.zeros((240, 320), np.float32)
    mask[:2, :4] = 1
    assert sky_look(_view(), mask) is None


# -- things in the sky ----------------------------------------------------------------------------

THINGS = get_args(SkyThing)


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("a big full moon", "moon"),
        ("a crescent moon", "crescent moon"),
        ("a rainbow", "rainbow"),
        ("a bolt of lightning", "lightning"),
        ("colourful fireworks", "fireworks"),
        ("a flock of birds", "birds"),
        ("some seagulls flying", "birds"),
        ("a shooting star", "shooting stars"),
        ("a star", ""),
        ("a bird", ""),
        ("a red bird", ""),
        ("a rainbow flag", ""),
        ("a moon rocket", ""),
        ("half", ""),
    ],
)
def test_words_name_a_thing_or_nothing(words: str, thing: str) -> None:
    assert thing_named(words) == thing
    assert thing in {"", *THINGS}


@pytest.mark.parametrize(
    ("words", "args"),
    [
        ("add a rainbow", {"kind": "rainbow", "side": ""}),
        ("add a full moon in the top left", {"kind": "moon", "side": "left"}),
        ("put some birds in the sky", {"kind": "birds", "side": ""}),
        ("add birds flying", {"kind": "birds", "side": ""}),
        ("add fireworks on the right", {"kind": "fireworks", "side": "right"}),
    ],
)
def test_a_wish_for_a_thing_is_drawn_in_the_sky(words: str, args: dict[str, str]) -> None:
    (step,) = RulePlanner().plan(words, PlanContext()).steps
    assert step.target.category == "sky"
    assert routes(step)[0].executor == "tool:sky_thing"
    assert routes(step)[0].args == args


@pytest.mark.parametrize(
    ("words", "ops"),
    [
        ("add lightning and make the sky stormy", ["restyle", "add"]),
        ("add stars and make it night", ["relight", "add"]),
        ("put a moon in the sky, make it night and let it rain", ["relight", "weather", "add"]),
        ("replace the sky with a sunset and remove the car", ["remove", "replace"]),
        ("make it warmer and add fireworks", ["add", "adjust"]),
    ],
)
def test_a_sky_comes_behind_the_hour_and_what_is_in_it_last(words: str, ops: list[str]) -> None:
    """Another hour would paint its own sky over them, and rain brings clouds."""
    assert [step.op for step in RulePlanner().plan(words, PlanContext()).steps] == ops


def test_birds_may_sit_on_the_ground() -> None:
    (step,) = RulePlanner().plan("add birds", PlanContext()).steps
    assert routes(step)[0].executor == "editor"


def _thing_judged(asked: str, drawn: str, seed: int) -> Check:
    image = _view() // 3
    mask = np.zeros(image.shape[:2], np.float32)
    mask[:150] = 1
    mask[58:150, 138:182] = 0
    args = SkyThingArgs.model_validate({"kind": drawn})
    made = draw_thing(args, ToolContext(image, mask, None, seed))
    region = mask if made.region is None else made.region
    after = composite(image, made.image, region)
    params = {"what": asked}
    step = Step(id="s1", op="add", target=SKY, instruction="something new", params=params)
    seen, change = (Scene(image), Scene(after)), measure(image, after, region)
    facts = {"sky_thing": asked}
    return thing_drawn(Evidence(step, params, *seen, region, change, None, facts))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("thing", THINGS)
def test_a_thing_passes_as_what_it_is(thing: str, seed: int) -> None:
    check = _thing_judged(thing, thing, seed)
    assert check.passed is True, check


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [
        ("a moon", "birds"),
        ("a moon", "lightning"),
        ("a rainbow", "moon"),
        ("a rainbow", "birds"),
        ("lightning", "moon"),
        ("birds", "moon"),
        ("birds", "rainbow"),
        ("a shooting star", "moon"),
        ("fireworks", "birds"),
    ],
)
def test_another_thing_than_asked_for_is_told(asked: str, drawn: str) -> None:
    check = _thing_judged(asked, drawn, 5)
    assert check.passed is False
    assert check.reason


def test_a_thing_is_added_by_words(tmp_path: Path) -> None:
    """The whole way; the tower stays before it."""
    dark = (_view() * np.array([0.22, 0.30, 0.50])).astype(np.uint8)
    with SessionStore.open(tmp_path) as store:
        session = EditSession.create(Picture(dark), store=store, editors=EditorShelf())
        report = session.edit("put a full moon in the sky", settings=RunSettings(seed=1))
        assert [step["status"] for step in report.steps] == ["done"], report.steps[0]["reason"]
        after = session.picture().rgb
    assert np.array_equal(after[62:148, 143:177], dark[62:148, 143:177])
    assert after[:60].max() > 180


@pytest.mark.parametrize(
    ("between", "known"),
    [
        ("", True),
        ("add lightning", True),
        ("make it warmer", True),
        ("crop to a square", False),
    ],
)
def test_a_drawn_sky_is_known_where_it_was_drawn(between: str, known: bool, tmp_path: Path) -> None:
    """Of dark clouds few would say that they are one; in another frame it is found anew."""
    with SessionStore.open(tmp_path) as store:
        session = EditSession.create(Picture(_view()), store=store, editors=EditorShelf())
        wishes = [w for w in ("make the sky stormy", between) if w]
        for wish in wishes:
            report = session.edit(wish, settings=RunSettings(seed=1))
            assert [step["status"] for step in report.steps] == ["done"], report.steps[0]["reason"]
        before = session.picture().rgb
        (step,) = session.edit("make the sky purple", settings=RunSettings(seed=1)).steps
        after = session.picture().rgb
    assert (step["mask_source"] == "the step that drew this sky") == known
    if known:
        assert step["status"] == "done", step["reason"]
        assert np.array_equal(after[62:148, 143:177], before[62:148, 143:177])
        assert np.array_equal(after[156:], before[156:])
