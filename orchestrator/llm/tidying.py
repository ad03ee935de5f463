"""A reply brought into the form that was asked for, where it only says the same in another form.

A small model wraps the plan, names an op as people do, writes a target as words, or leaves out
what has one possible value. Each of these is one fixed rewriting; what it makes is checked as
strictly as any reply (``orchestrator.llm.build``), and whatever it does not know stays as it is,
to be refused there by name.
"""

from __future__ import annotations

import re
from typing import Any, get_args

from pydantic_core import from_json

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.llm.wire import MOST_KEPT, MOST_TEXT, ops, params_of
from orchestrator.ops import AdjustParams
from tools.target import IMAGE, WHOLE_IMAGE, Target

WRAPPERS = (
    *("edit_plan", "editplan", "plan", "arguments", "parameters", "args", "input", "function"),
    *("properties", "answer", "response", "result", "output", "json"),
)
"""Under what name a model puts the plan: a function call as text, the schema's words, a heading."""
REMARKS = frozenset(
    {
        *("reason", "reasoning", "explanation", "rationale", "thought", "thoughts", "comment"),
        *("comments", "analysis", "confidence", "summary"),
    }
)
"""Fields that only talk; they are not read."""
OP_NAMES = {
    **dict.fromkeys(("delete", "erase", "take_away", "remove_object"), "remove"),
    **dict.fromkeys(("recolour", "colorize", "colourize", "change_color", "color"), "recolor"),
    **dict.fromkeys(("change_colour", "colour"), "recolor"),
    **dict.fromkeys(("insert", "add_object"), "add"),
    **dict.fromkeys(("swap", "substitute", "replace_object"), "replace"),
    **dict.fromkeys(("scale", "enlarge", "shrink"), "resize"),
    **dict.fromkeys(("style", "stylize", "stylise", "style_transfer"), "restyle"),
    **dict.fromkeys(("lighting", "relighting"), "relight"),
    **dict.fromkeys(("change_background", "replace_background"), "background"),
    **dict.fromkeys(("adjustment", "enhance"), "adjust"),
    **dict.fromkeys(("caption", "add_text", "write"), "text"),
    **dict.fromkeys(("mirror",), "flip"),
    **dict.fromkeys(("filter", "look", "color_grade", "color_grading", "grading"), "grade"),
}
"""What models call an op -> its name here."""
PROPERTIES = frozenset(get_args(AdjustParams.model_fields["property"].annotation))
"""An op of one of these names is an adjustment of it."""
PARAM_NAMES = {"color": "colour", "new_color": "colour", "new_colour": "colour"}
_DEPTH = 4
_OWN_ID = re.compile(r"(?:s|step)?[ _-]?(\d{1,3})", re.I)


def tidied(plan: dict[str, Any], instruction: str) -> dict[str, Any]:
    """A reply in the form of ``orchestrator.llm.wire``, as far as it is one in another form.

    Args:
        plan: JSON with a list of ``steps``; as ``unwrapped`` gives it, of bounded depth and length.
        instruction: the person's words; a reply may repeat them.
    """
    kept = _without_remarks(plan)
    if kept.get("instruction") == instruction:
        del kept["instruction"]
    kept["steps"] = [_step(number, step) for number, step in enumerate(kept["steps"], 1)]
    for name in ("notes", "unknown", "keep"):
        kept[name] = _listed(kept.get(name))
    if isinstance(kept["keep"], list) and len(kept["keep"]) <= MOST_KEPT:
        kept["keep"] = [_keep(item) for item in kept["keep"]]
    return {name: item for name, item in kept.items() if item is not None}


def unwrapped(value: Any, depth: int = _DEPTH) -> Any:
    """The object with the steps, out of what it was put into."""
    if isinstance(value, str) and depth < _DEPTH and value.lstrip()[:1] in ("{", "["):
        try:
            value = from_json(value, allow_inf_nan=False)
        except ValueError:
            return None
    if isinstance(value, list):
        if value and all(isinstance(item, dict) and "op" in item for item in value):
            return {"steps": value}
        return unwrapped(value[0], depth - 1) if len(value) == 1 and depth else value
    if not isinstance(value, dict) or "steps" in value:
        return value
    if "op" in value:
        return {"steps": [value]}
    for name in WRAPPERS if depth else ():
        inner = unwrapped(value.get(name), depth - 1)
        if isinstance(inner, dict) and "steps" in inner:
            return inner
    return value


def _without_remarks(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in fields.items() if name not in REMARKS}


def _listed(value: Any) -> Any:
    """One text or object where a list of them was asked for."""
    if value in (None, "", {}):
        return []
    return [value] if isinstance(value, str | dict) else value


def _step(number: int, step: Any) -> Any:
    if not isinstance(step, dict):
        return step
    kept = _without_remarks(step)
    for name in ("id", "step", "number"):
        if _number(kept.get(name)) == number:
            del kept[name]
    if not kept.get("instruction"):
        kept.pop("instruction", None)
        if isinstance(kept.get("description"), str) and kept["description"]:
            kept["instruction"] = kept.pop("description")
    kept.pop("description", None)
    if "depends_on" in kept and "after" not in kept:
        kept["after"] = kept.pop("depends_on")
    after = kept.get("after")
    if isinstance(after, int | str):
        after = [after] if after != "" else []
    if isinstance(after, list):
        kept["after"] = [_number(item) or item for item in after]
    _name_op(kept)
    if "target" in kept:
        kept["target"] = _target(kept["target"])
        if kept["target"] is None:
            del kept["target"]
    return kept


def _number(value: Any) -> int:
    """The number in 2, "2", "s2", "step 2"; 0 where it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _OWN_ID.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(match[1]) if match else 0


def _name_op(step: dict[str, Any]) -> None:
    """The op by its name here, and its parameters where they belong."""
    if not isinstance(step.get("op"), str):
        return
    op = step["op"].strip().casefold().replace(" ", "_").replace("-", "_")
    params = step.get("params")
    params = {} if params in (None, "", []) else params
    if not isinstance(params, dict):
        return
    params = dict(params)
    if op in PROPERTIES:
        params.setdefault("property", op)
        op = "adjust"
    op = OP_NAMES.get(op, op)
    if op not in ops():
        return
    takes = params_of(op)
    # Beside "params" instead of in it.
    for name in [name for name in step if PARAM_NAMES.get(name, name) in takes]:
        params.setdefault(name, step.pop(name))
    for name, ours in PARAM_NAMES.items():
        if name in params and ours in takes and ours not in params:
            params[ours] = params.pop(name)
    # An empty text is a parameter that is not given, as null is.
    step |= {"op": op, "params": {n: item for n, item in params.items() if item != ""}}


def _keep(item: Any) -> Any:
    if isinstance(item, str) or (isinstance(item, dict) and "phrase" in item):
        return {"target": _target(item)}
    if isinstance(item, dict) and "target" in item:
        return _without_remarks(item) | {"target": _target(item["target"])}
    return item


def _target(value: Any) -> Any:
    """A target out of words, or without the fields that say nothing."""
    if value in ("", {}):
        return None
    if isinstance(value, str):
        return read_target(value) if len(value) <= MOST_TEXT else value
    if not isinstance(value, dict):
        return value
    kept = dict(value)
    phrase = kept.get("phrase")
    if not kept.get("category") and isinstance(phrase, str) and 0 < len(phrase) <= MOST_TEXT:
        kept = read_target(phrase) | {name: item for name, item in kept.items() if item}
    for name in ("relation", "ordinal", "exclude", "quantity", "attributes", "superlative"):
        if kept.get(name) in ("", {}, None, "none"):
            kept.pop(name, None)
    relation, ordinal = kept.get("relation"), kept.get("ordinal")
    if isinstance(relation, dict):
        anchor = _target(relation.get("anchor"))
        kind = relation.get("kind")
        if not anchor or not kind or (isinstance(anchor, dict) and not anchor.get("phrase")):
            del kept["relation"]
        elif isinstance(kind, str):
            kept["relation"] = relation | {"anchor": anchor, "kind": kind.replace(" ", "_")}
    if isinstance(ordinal, dict) and ordinal.get("side") in ("", None):
        del kept["ordinal"]
    if "exclude" in kept:
        kept["exclude"] = _target(kept["exclude"])
        if isinstance(kept["exclude"], dict) and not kept["exclude"].get("phrase"):
            del kept["exclude"]
    if isinstance(kept.get("attributes"), str):
        kept["attributes"] = [kept["attributes"]]
    return kept


def read_target(phrase: str) -> dict[str, Any]:
    """What a phrase points at, as the rules read it; by its last word where they read nothing."""
    words = _words(phrase)
    if words and words[-1] in WHOLE_IMAGE and len(words) <= 2:  # "picture", "the whole image"
        return IMAGE.model_dump(mode="json", exclude_defaults=True)
    category = words[-1] if words and words[-1] not in WHOLE_IMAGE else ""
    found = Target(phrase=phrase, category=category)
    try:
        steps = read_plan(f"blur {phrase}", plain=True)[0].steps
    except BadInstruction:
        steps = ()
    # All of the words must be in it: what is more than a target is no more than words.
    if len(steps) == 1 and steps[0].op == "blur" and _words(steps[0].target.phrase) == words:
        found = steps[0].target
    return found.model_dump(mode="json", exclude_defaults=True)


def _words(phrase: str) -> list[str]:
    """The words of a phrase, but for an article and "in the picture", where everything is."""
    words = re.findall(r"\w+", phrase.casefold())
    if len(words) > 3 and words[-1] in WHOLE_IMAGE and words[-3:-1] == ["in", "the"]:
        words = words[:-3]
    return words[1:] if words[:1] in (["the"], ["a"], ["an"]) else words
