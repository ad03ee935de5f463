"""The format a language model answers in: smaller than a plan, and closed.

A model may name an op, a target, the op's parameters and what a step builds on. It cannot name an
executor, a file, an address or a check: those follow from what it named, in
``orchestrator.llm.build``.
The JSON Schema sent to the server and the list of ops in the prompt are both made from the plan's
own parameter models, so neither can fall behind them.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.ops import PARAMS
from tools.registry import get_tool
from tools.target import IMAGE, RelationKind, Side, Target

OWN_TOOLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "pad": ("crop", ("amount", "aspect", "left", "top", "right", "bottom", "fill", "anchor")),
    "watermark": ("text", ("text", "place", "opacity", "scale", "tile", "colour")),
    "lut": ("grade", ("strength",)),
}
"""Tools a model may name as ``tool:NAME``: what no op does. Each with the op it counts as, and the
arguments it may give; those that name files the user handed over are not among them."""
TOOL = "tool:"
MOST_TEXT = 500
"""Characters of any one text in a reply."""
MOST_KEPT = 16
"""Promises in a reply."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WireStep(_Closed):
    """One step as a model writes it; ``after`` holds numbers of earlier steps, from 1.

    Without an ``instruction`` it is worded as the rules would.
    """

    op: str = Field(max_length=40)
    target: Target = IMAGE
    instruction: str = Field(default="", max_length=400)
    params: dict[str, Any] = Field(default_factory=dict, max_length=12)
    after: tuple[int, ...] = Field(default=(), max_length=64)


class WireKeep(_Closed):
    """Something that stays as it is."""

    target: Target
    level: Literal["exact", "identity"] = "exact"


class WireReply(_Closed):
    """A whole answer."""

    steps: tuple[WireStep, ...] = Field(min_length=1, max_length=64)
    keep: tuple[WireKeep, ...] = Field(default=(), max_length=MOST_KEPT)
    keep_size: bool = False
    unknown: tuple[str, ...] = Field(default=(), max_length=50)
    notes: tuple[str, ...] = Field(default=(), max_length=5)


def ops() -> tuple[str, ...]:
    """Everything a step may be."""
    return (*PARAMS, *(f"{TOOL}{name}" for name in OWN_TOOLS))


def params_schema(op: str) -> dict[str, Any]:
    """JSON Schema of the parameters a model may give a step, as pydantic writes it.

    Only plain values: what has a structure of its own (a look's recipe) is not for models.
    """
    whole: dict[str, Any]
    if op.startswith(TOOL):
        name = op.removeprefix(TOOL)
        whole = get_tool(name).args.model_json_schema()
        kept: Collection[str] = OWN_TOOLS[name][1]
    else:
        whole = PARAMS[op].model_json_schema()
        kept = whole.get("properties", {})
    fields = {
        key: value
        for key, value in whole.get("properties", {}).items()
        if key in kept and _is_plain(value)
    }
    return whole | {"properties": fields}


@cache
def params_of(op: str) -> frozenset[str]:
    """Names of the parameters a model may give a step."""
    return frozenset(params_schema(op)["properties"])


def _is_plain(field: dict[str, Any]) -> bool:
    if "anyOf" in field:
        return all(_is_plain(option) for option in field["anyOf"])
    return field.get("type") in ("string", "number", "integer", "boolean", "null")


def reply_schema() -> dict[str, Any]:
    """JSON Schema of an answer, of the subset that strict servers take.

    Every field is required and no other is allowed; bounds are words in descriptions, since not
    all servers take them. They are checked here in any case.
    """
    strings = _array({"type": "string"})
    steps = [_step_schema(op) for op in ops()]
    keep = _object(target=_ref(), level={"type": "string", "enum": ["exact", "identity"]})
    return {
        "title": "edit_plan",
        "description": "The steps that turn the picture into what was asked for.",
        **_object(
            steps=_array({"anyOf": steps}),
            keep=_array(keep),
            keep_size={"type": "boolean"},
            unknown=strings,
            notes=strings,
        ),
        "$defs": {"target": _target_schema()},
    }


def _step_schema(op: str) -> dict[str, Any]:
    fields = {
        name: _plain(field) for name, field in params_schema(op).get("properties", {}).items()
    }
    return _object(
        op={"type": "string", "enum": [op]},
        target=_ref(),
        instruction={"type": "string"},
        params=_object(**fields),
        after=_array({"type": "integer"}),
    )


def _target_schema() -> dict[str, Any]:
    relation = _object(kind={"type": "string", "enum": list(get_args(RelationKind))}, anchor=_ref())
    ordinal = _object(
        index={"type": "integer"}, side={"type": "string", "enum": list(get_args(Side))}
    )
    return _object(
        phrase={"type": "string"},
        category={"type": "string"},
        attributes=_array({"type": "string"}),
        relation=_maybe(relation),
        ordinal=_maybe(ordinal),
        superlative={"type": "string"},
        quantity={"type": "string", "enum": ["one", "all", "all_but"]},
        exclude=_maybe(_ref()),
    )


def _object(**fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref() -> dict[str, Any]:
    return {"$ref": "#/$defs/target"}


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """A field without what strict servers refuse; its bounds become words."""
    if "anyOf" in field:
        made: dict[str, Any] = {"anyOf": [_plain(option) for option in field["anyOf"]]}
    else:
        made = {key: field[key] for key in ("type", "enum") if key in field}
    about = about_field(field)
    return made | ({"description": about} if about else {})


def about_field(field: dict[str, Any]) -> str:
    """What a field means and its bounds, in words."""
    bounds = (_bounds(item) for item in (field, *field.get("anyOf", ())))
    parts = [field.get("description", ""), next(filter(None, bounds), "")]
    return "; ".join(part for part in parts if part)


def _bounds(field: dict[str, Any]) -> str:
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{low} to {high}"
    return ""


@cache
def ops_in_words() -> str:
    """A line an op for the prompt: what it does and its parameters."""
    lines = []
    for op in ops():
        schema = params_schema(op)
        about = schema.get("description", "")
        if op.startswith(TOOL):
            about = f"``{op}``: {get_tool(op.removeprefix(TOOL)).summary}"
        fields = [_in_words(name, field) for name, field in schema.get("properties", {}).items()]
        lines.append(
            f"- {about.replace('`', '')}" + (f" params: {', '.join(fields)}" if fields else "")
        )
    return "\n".join(lines)


def _in_words(name: str, field: dict[str, Any]) -> str:
    about = about_field(field)
    if "enum" in field:
        about = " | ".join(field["enum"])
    if "anyOf" in field:
        about = f"{about} or null" if about else "or null"
    return f"{name} ({about})" if about else name


def known_looks(extra: Collection[str]) -> tuple[str, ...]:
    """Names a ``grade`` step may use, sorted."""
    from orchestrator.routing import PLAIN_LOOKS
    from tools.lookbook import looks

    return tuple(sorted({*looks(), *PLAIN_LOOKS, "letterbox", *extra}))
