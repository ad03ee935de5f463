"""Whether each step can be done as it is written: known tools, known arguments, in range.

Asks the tools' own argument models; runs nothing and opens no picture.
"""

from __future__ import annotations

from collections.abc import Collection

from orchestrator.critic.findings import Author, Finding
from orchestrator.drawing_styles import drawing_style, drawn_in_part
from orchestrator.ops import FRAME_OPS, SCENE_OPS
from orchestrator.plan import Step
from orchestrator.routing import Route, routes
from tools.errors import BadArguments, UnknownTool
from tools.registry import get_tool, parse_args

FRAME_TOOL_OPS = FRAME_OPS | {"resize"}
"""Ops whose tools may change the picture's size or orientation."""
IN_PLACE = {"flip": "flip_object", "rotate": "rotate_object"}
"""Op -> the tool that turns a thing where it stands and leaves the frame as it is."""
NOT_SCENE_TOOLS = frozenset({"remove_object", "resize_object", "move_object", "fill", "recolor"})
"""Tools that make a thing another thing, whatever the step that names them is called."""


def check_abilities(
    steps: Collection[Step], author: Author, assets: Collection[str] | None
) -> list[Finding]:
    """Findings about tools and arguments.

    Args:
        steps: of the plan.
        author: who wrote it.
        assets: names of the files the user handed over; None = not known yet.
    """
    found: list[Finding] = []
    for step in steps:
        if step.executor.startswith("tool:"):
            found += _named_tool(step, assets)
        else:
            found += _chosen_tools(step, author, assets)
            found += _drawn_in_full(step)
    return found


def _drawn_in_full(step: Step) -> list[Finding]:
    """A strength that a style does not have, which the plan asks for all the same."""
    style = str(step.params.get("style", ""))
    strength = step.params.get("strength", 1.0)
    if step.op != "restyle" or strength == 1.0 or not drawing_style(style):
        return []
    if drawn_in_part(style):
        return []
    message = f"step {step.id}: {style!r} is drawn in full; its strength {strength} is left out"
    return [Finding("warn", "drawn_in_full", message, step.id)]


def _named_tool(step: Step, assets: Collection[str] | None) -> list[Finding]:
    name = step.executor.removeprefix("tool:")
    try:
        tool = get_tool(name)
        parse_args(tool, dict(step.params))
    except UnknownTool as error:
        return [Finding("refuse", "unknown_tool", f"step {step.id}: {error}", step.id)]
    except BadArguments as error:
        return [Finding("refuse", "bad_arguments", f"step {step.id}: {error}", step.id)]
    misfit = _misfit(step, name, tool.kind)
    if misfit:
        return [Finding("refuse", "op_and_tool", f"step {step.id}: {misfit}", step.id)]
    return _missing_assets(step, (Route(step.executor, dict(step.params)),), assets)


def _misfit(step: Step, tool: str, kind: str) -> str:
    """Why a step must not be called what it is called; what it may touch follows from its op."""
    if step.op in FRAME_OPS and kind != "geometry" and IN_PLACE.get(step.op) != tool:
        return (
            f"it is called {step.op!r}, which moves pixels without changing them, but tool:{tool} "
            "changes them; give it the op that says what it does"
        )
    if kind == "geometry" and step.op not in FRAME_TOOL_OPS:
        return (
            f"it is called {step.op!r}, but tool:{tool} changes the picture's frame; "
            f"call it one of {', '.join(sorted(FRAME_TOOL_OPS))}"
        )
    if step.op in SCENE_OPS and (kind == "overlay" or tool in NOT_SCENE_TOOLS):
        return (
            f"it is called {step.op!r}, which may fall on what is promised to stay, but "
            f"tool:{tool} makes something else of it; give it the op that says what it does"
        )
    return ""


def _chosen_tools(step: Step, author: Author, assets: Collection[str] | None) -> list[Finding]:
    """A step whose tool follows from its op: at least one of the ways must take its params."""
    try:
        ways = routes(step)
    except (KeyError, TypeError, ValueError) as error:
        problem = f"step {step.id}: its params do not say enough for {step.op!r}: {error}"
        return [Finding("refuse", "bad_arguments", problem, step.id)]
    wrong = ""
    for way in ways:
        if not way.is_tool:
            continue
        try:
            parse_args(get_tool(way.executor.removeprefix("tool:")), way.args)
        except (BadArguments, UnknownTool) as error:
            wrong = wrong or f"step {step.id}: {error}"
    if not wrong:
        return _missing_assets(step, ways, assets)
    # The rule planner's values are the user's own words ("a sparkly blue"): that step will say
    # what is wrong with them, and the rest of what they asked for is still done.
    able = author == "rules" or any(not (way.is_tool or way.yields) for way in ways)
    return [Finding("warn" if able else "refuse", "bad_arguments", wrong, step.id)]


def _missing_assets(
    step: Step, ways: tuple[Route, ...], assets: Collection[str] | None
) -> list[Finding]:
    if assets is None:
        return []
    for way in ways:
        needed = _asset(way)
        if needed and needed not in assets:
            problem = (
                f"step {step.id} needs the file {needed!r}, which was not handed over; "
                f"add --asset {needed}=FILE"
            )
            return [Finding("warn", "missing_asset", problem, step.id)]
    return []


def _asset(way: Route) -> str:
    """Name of the file a way cannot do without; "" for none."""
    if way.executor == "tool:lut":
        return "lut"
    if way.executor == "tool:match_style":
        return "style"
    if way.executor == "tool:watermark" and not way.args.get("text"):
        return str(way.args.get("logo") or "logo")
    if way.executor in ("tool:caption", "tool:watermark"):
        return str(way.args.get("font") or "")
    return ""
