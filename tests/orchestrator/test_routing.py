"""Every step of the plan's vocabulary reaches a tool whose arguments it fits, or an editor."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import orchestrator.language
from orchestrator.ops import AdjustParams, RelightParams, WeatherParams
from orchestrator.plan import Step
from orchestrator.routing import routes, usual
from tools.lookbook import look_name
from tools.registry import get_tool, parse_args

THING = {"phrase": "the cup", "category": "cup"}
DATA = Path(orchestrator.language.__file__).parent / "data"
SEMANTIC = ("replace", "add", "restyle")


def _planner_looks() -> list[str]:
    data = yaml.safe_load((DATA / "scene.yaml").read_text())
    return sorted(data["looks"])


def _choices(model: type[Any], field: str) -> list[str]:
    return list(get_args(model.model_fields[field].annotation))


def _steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in _choices(AdjustParams, "property"):
        found += [
            {"op": "adjust", "params": {"property": name, "amount": amount}}
            for amount in (-1.0, -0.01, 0.3, 1.0)
        ]
    for light in _choices(RelightParams, "to"):
        found.append({"op": "relight", "params": {"to": light, "strength": 2.0}})
    for kind in _choices(WeatherParams, "kind"):
        found.append({"op": "weather", "params": {"kind": kind, "strength": 2.0}})
    found += [
        {"op": "blur", "params": {}},
        {"op": "blur", "target": THING, "params": {"kind": "lens", "strength": 1.0}},
        {"op": "sharpen", "params": {"strength": 1.0}},
        {"op": "recolor", "target": THING, "params": {"colour": "teal"}},
        {"op": "remove", "target": THING, "params": {}},
        {"op": "resize", "target": THING, "params": {"factor": 0.8}},
        {"op": "resize", "params": {"width": 300}},
        {"op": "move", "target": THING, "params": {"direction": "left", "amount": 0.2}},
        {"op": "background", "params": {"new": "white"}},
        {"op": "text", "params": {"text": "Day one", "place": "top left", "size": 0.1}},
        {"op": "crop", "params": {"aspect": 1.0}},
        {"op": "crop", "target": THING, "params": {}},
        {"op": "rotate", "params": {"degrees": -12.5}},
        {"op": "rotate", "params": {"straighten": True}},
        {"op": "flip", "params": {"axis": "vertical"}},
        {"op": "grade", "params": {"look": "cinematic", "strength": 2.0}},
        {"op": "grade", "params": {"look": "vignette", "strength": 2.0}},
    ]
    found += [
        {"op": "grade", "params": {"look": look, "strength": strength}}
        for look in _planner_looks()
        for strength in (0.4, 2.0)
    ]
    return found


@pytest.mark.parametrize("values", _steps(), ids=str)
def test_a_step_fits_the_tool_it_is_sent_to(values: dict[str, Any]) -> None:
    """Arguments are accepted, also when a retry strengthens them to the limit."""
    step = Step.model_validate({"id": "s1", "instruction": "do it"} | values)
    for route in routes(step):
        if route.is_tool:
            tool = get_tool(route.executor.removeprefix("tool:"))
            for factor in (1.0, 1.6, 2.56):
                args = route.tuned(factor)
                parse_args(tool, args)
                if tool.name == "look":
                    look_name(args["name"])  # the planner knows no look the look-book lacks


@pytest.mark.parametrize("op", SEMANTIC)
def test_semantic_steps_go_to_an_editor(op: str) -> None:
    """No tool pretends to draw a fox."""
    params = {"replace": {"new": "a fox"}, "add": {"what": "a fox"}, "restyle": {"style": "anime"}}
    step = Step.model_validate({"id": "s1", "op": op, "instruction": "x", "params": params[op]})
    assert [route.executor for route in routes(step)] == ["editor"]


@pytest.mark.parametrize(
    ("op", "params"), [("relight", {"to": "night"}), ("weather", {"kind": "snow"})]
)
def test_light_and_weather_go_to_the_drawings_editor_before_the_tools(
    op: str, params: dict[str, str]
) -> None:
    """It yields to them in photographs; what words mean is told as for a tool."""
    step = Step.model_validate({"id": "s1", "op": op, "instruction": "x", "params": params})
    first, second = routes(step)
    assert (first.model, first.yields) == ("drawn-moods", True)
    assert second.is_tool
    assert usual(step) == second


@pytest.mark.parametrize(
    ("op", "params"), [("relight", {"to": "dusk"}), ("weather", {"kind": "storm"})]
)
def test_moods_the_world_does_not_know_go_to_the_tools(op: str, params: dict[str, str]) -> None:
    """Rather than to the nearest that it knows."""
    step = Step.model_validate({"id": "s1", "op": op, "instruction": "x", "params": params})
    assert [route.is_tool for route in routes(step)] == [True]


def test_an_executor_the_plan_names_is_the_only_one() -> None:
    """A hand-written plan decides for itself."""
    step = Step.model_validate(
        {"id": "s1", "op": "grade", "instruction": "x", "executor": "tool:sepia", "params": {}}
    )
    assert [route.executor for route in routes(step)] == ["tool:sepia"]


def test_a_thing_is_resized_on_its_foot_and_a_nose_about_its_middle() -> None:
    """What stands does not begin to float; what hangs or is part of a face stays where it is."""

    def anchor(noun: str) -> Any:
        target = {"phrase": f"the {noun}", "category": noun}
        made = {"id": "s1", "op": "resize", "target": target, "params": {"factor": 0.7}}
        return usual(Step.model_validate(made | {"instruction": "smaller"})).args["anchor"]

    assert anchor("cup") == "bottom"
    assert anchor("noses") == "center"


@pytest.mark.parametrize(
    ("words", "tool"),
    [
        ("a pencil sketch", "sketch"),
        ("pencil drawing", "sketch"),
        ("watercolor painting", "watercolour"),
        ("in the style of an oil painting", "oil_painting"),
        ("pixel art", "pixel_art"),
        ("8-bit", "pixel_art"),
        ("pop art poster", "poster"),
        ("comic book", "cartoon"),
        ("a watercolour by moonlight with neon signs", ""),
        ("coloured pencil drawing", ""),
        ("a movie poster", ""),
        ("impressionist painting", ""),
        ("retro", ""),
    ],
)
def test_a_style_a_tool_draws_goes_to_it_first(words: str, tool: str) -> None:
    """Only where nothing but that style is asked for; an editor comes second."""
    values = {"id": "s1", "op": "restyle", "instruction": "x", "params": {"style": words}}
    ways = routes(Step.model_validate(values))
    made = [way.executor for way in ways if not way.yields]
    assert made == ([f"tool:{tool}", "editor"] if tool else ["editor"])


@pytest.mark.parametrize(
    ("op", "params", "executor"),
    [
        ("replace", {"new": "a sunset"}, "tool:sky"),
        ("replace", {"new": "a dusk sky"}, "tool:relight"),
        ("restyle", {"style": "sunset"}, "tool:relight"),
        ("replace", {"new": "a sunset over the sea"}, "editor"),
        ("replace", {"new": "a starry night"}, "tool:sky"),
        ("add", {"what": "stars"}, "tool:sky"),
        ("add", {"what": "a balloon"}, "editor"),
    ],
)
def test_a_sky_and_its_light_are_a_tools(op: str, params: dict[str, str], executor: str) -> None:
    """More than a sky needs somebody who can draw that; so does the light of a cup."""
    sky = {"phrase": "the sky", "category": "sky"}
    step = {"id": "s1", "op": op, "instruction": "do it", "params": params}
    assert usual(Step.model_validate(step | {"target": sky})).executor == executor
    assert usual(Step.model_validate(step | {"target": THING})).executor == "editor"
