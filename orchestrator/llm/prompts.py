"""The questions put to a language model: prompt files filled in, and what it may know as JSON.

What the person wrote goes in as JSON values, never into the text of the instructions to the model.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

import yaml

from orchestrator.llm.wire import known_looks, ops_in_words
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

MOST_EARLIER = 8
MOST_WORDS = 100
MOST_REPEATED = 20_000
"""Characters of an answer that are sent back with what is wrong with it."""


@cache
def prompt(name: str) -> str:
    """The text of a prompt file."""
    return files("orchestrator.llm").joinpath("prompts", name).read_text(encoding="utf-8")


def examples() -> list[dict[str, Any]]:
    """Instructions with the answers expected."""
    made: list[dict[str, Any]] = yaml.safe_load(prompt("examples.yaml"))
    return made


def system_text(max_steps: int, looks: tuple[str, ...] = ()) -> str:
    """What the model is told of its task."""
    shown = [
        f"instruction: {item['instruction']}\nanswer: {_json(item['reply'])}" for item in examples()
    ]
    return Template(prompt("system.md")).substitute(
        max_steps=max_steps,
        ops=ops_in_words(),
        looks=", ".join(known_looks(looks)),
        examples="\n\n".join(shown),
    )


def question(instruction: str, context: PlanContext) -> str:
    """The instruction, with what the model may know besides, as one JSON object."""
    asked: dict[str, Any] = {"instruction": instruction}
    if context.earlier:
        asked["earlier"] = [_recalled(plan) for plan in context.earlier[-MOST_EARLIER:]]
    if context.glossary:
        asked["glossary"] = dict(list(context.glossary.items())[:MOST_WORDS])
    if context.image_size is not None:
        asked["picture"] = {"width": context.image_size[0], "height": context.image_size[1]}
    if context.marked:
        asked["marked"] = True
    if context.happened:
        asked["happened"] = [dict(item) for item in context.happened]
    return _json(asked)


def opening(
    instruction: str, context: PlanContext, max_steps: int, picture: str | None
) -> list[BaseMessage]:
    """The first messages.

    Args:
        instruction: the person's words.
        context: what else the model may know.
        max_steps: of a plan.
        picture: ``data:`` URL; None = it is not shown.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    content: list[str | dict[Any, Any]] = [{"type": "text", "text": question(instruction, context)}]
    if picture is not None:
        content.append({"type": "image_url", "image_url": {"url": picture}})
    return [
        SystemMessage(system_text(max_steps, tuple(context.looks))),
        HumanMessage(content=content if picture is not None else question(instruction, context)),
    ]


def repair(reply: str, problem: str) -> list[BaseMessage]:
    """The messages that send an answer back."""
    from langchain_core.messages import AIMessage, HumanMessage

    told = Template(prompt("repair.md")).substitute(problem=problem)
    if not reply.strip():
        return [HumanMessage(told)]
    return [AIMessage(reply[:MOST_REPEATED]), HumanMessage(told)]


def _recalled(plan: EditPlan) -> dict[str, Any]:
    return {
        "instruction": plan.instruction,
        "steps": [
            {"op": step.op, "target": step.target.phrase, "params": step.params}
            for step in plan.steps
        ],
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
