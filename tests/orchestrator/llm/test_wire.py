"""The closed format: exactly what a model may say, and prompts that are true."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.llm.build import build_plan
from orchestrator.llm.failures import UnusableReply
from orchestrator.llm.inert import oddity
from orchestrator.llm.prompts import examples, prompt, system_text
from orchestrator.llm.wire import known_looks, ops, params_of, reply_schema
from orchestrator.planning import PlanContext
from tools.lookbook import Look, built_in

OFFERED = {
    "replace": "new", "remove": "", "add": "what where", "recolor": "colour strength flat shift",
    "resize": "factor width height", "move": "direction amount to", "restyle": "style strength",
    "relight": "to strength", "weather": "kind strength", "background": "new",
    "adjust": "property amount", "blur": "kind strength", "sharpen": "strength",
    "text": "text place colour size", "crop": "aspect keep", "rotate": "degrees straighten",
    "flip": "axis", "grade": "look strength",
    "tool:pad": "amount aspect left top right bottom fill anchor",
    "tool:watermark": "text place opacity scale tile colour", "tool:lut": "strength",
}  # fmt: skip


def test_what_a_model_may_say_is_written_down() -> None:
    """A new parameter of an op or tool reaches models only when this list says so."""
    assert {op: set(words.split()) for op, words in OFFERED.items()} == {
        op: set(params_of(op)) for op in ops()
    }


def _objects(schema: Any) -> Any:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from _objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _objects(value)


def test_the_schema_is_closed_and_strict() -> None:
    """No object takes other fields; strict servers find every field required, no bounds."""
    schema = reply_schema()
    made = list(_objects(schema))
    assert len(made) > 40
    for item in made:
        assert item["additionalProperties"] is False
        assert item["required"] == list(item["properties"])
    text = json.dumps(schema)
    for word in ("minimum", "maxLength", "pattern", "default", "format", 'title": "P'):
        assert word not in text


@pytest.mark.parametrize("example", examples(), ids=lambda e: e["instruction"][:30])
def test_the_examples_are_plans_that_may_run(example: dict[str, Any]) -> None:
    """What the prompt shows as right is accepted by the same checks."""
    made = build_plan(json.dumps(example["reply"]), example["instruction"], PlanContext(), 24)
    assert made.steps


def test_the_prompt_names_every_op_and_look() -> None:
    """The system text lists all there is, and fills in every blank."""
    told = system_text(7)
    assert all(f"- {op}: " in told for op in ops())
    assert all(look in told for look in known_looks(()))
    assert "At most 7 steps" in told
    assert "$" not in told
    assert "blorfish" in system_text(7, ("blorfish",))
    assert "$problem" in prompt("repair.md")


@pytest.mark.parametrize(
    "text",
    [
        "a white fox", "the cup and/or the plate", "crop to 4:5", "1/2 the size", "16 / 9",
        "the person's hair", "a $5 bill", "Make the sky 30% darker", "rock & roll", "w/ a hat",
        "Füße, naïve, 東京, emoji 👩‍🚀", "f/2.8 look", "St. Peter's dome", "3.5 stops",
    ],
)  # fmt: skip
def test_ordinary_words_are_ordinary(text: str) -> None:
    """What people say about pictures is not taken for an address, a path or code."""
    assert oddity(text) == ""


@pytest.mark.parametrize("look", known_looks(()))
def test_every_look_the_prompt_names_may_be_used(look: str) -> None:
    """Also those that are steps alone ("cozy"): the critic sees them spelled out, as they run."""
    step = {"op": "grade", "params": {"look": look}}
    plan = build_plan(json.dumps({"steps": [step]}), f"make it {look}", PlanContext(), 24)
    assert plan.steps[0].params == {"look": look}


def test_a_look_of_ones_own_may_be_used() -> None:
    """The user's look-book is the model's too."""
    book = built_in().with_looks({"grandma core": Look(warmth=0.3)}, "mine")
    text = json.dumps({"steps": [{"op": "grade", "params": {"look": "grandma core"}}]})
    context = PlanContext(looks=("grandma core",), book=book)
    assert build_plan(text, "make it grandma core", context, 24).steps
    with pytest.raises(UnusableReply, match="no look 'grandma core'"):
        build_plan(text, "make it grandma core", PlanContext(), 24)
