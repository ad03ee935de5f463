"""Asks a language model for other words for a step that an editing model did not follow.

One call, bounded in time and length; what comes back is used only if it is one plain sentence. It
decides nothing: without an answer the caller has wordings of its own (``orchestrator.rewording``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from orchestrator.llm.calling import call
from orchestrator.llm.cancelling import run_stoppable
from orchestrator.llm.failures import PlanningFailed
from orchestrator.llm.inert import oddity
from orchestrator.llm.prompts import prompt
from orchestrator.llm.providers import ModelChoice, choose_model, open_model
from orchestrator.plan import Step
from orchestrator.settings import PlannerSettings, planner_settings

LONGEST = 300
"""Characters of a sentence that is used."""
SCHEMA: dict[str, Any] = {
    "title": "Wording",
    "type": "object",
    "properties": {"instruction": {"type": "string"}},
    "required": ["instruction"],
    "additionalProperties": False,
}


def reword(
    name: str,
    step: Step,
    reason: str,
    tried: tuple[str, ...],
    cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """One other sentence for a step; "" where no model gives one.

    Args:
        name: ``provider:model``.
        step: what is wished.
        reason: why the last try was not accepted.
        tried: the sentences it was tried with.
        cancelled: polled.

    Raises:
        Cancelled: the user asked to stop.
        UnknownPlanner, BadSettings, PlannerUnavailable: as of ``get_planner``.
    """
    settings = planner_settings()
    choice = choose_model(name, settings)
    try:
        text = run_stoppable(
            lambda: _ask(choice, settings, _question(step, reason, tried)),
            cancelled,
            settings.timeout,
        )
    except (PlanningFailed, TimeoutError):
        return ""
    return _sentence(text, (step.instruction, *tried), choice.secret)


def _question(step: Step, reason: str, tried: tuple[str, ...]) -> str:
    asked = {
        "op": step.op,
        "target": step.target.phrase,
        "params": step.params,
        "tried": list(tried),
        "failed": reason,
    }
    return json.dumps(asked, ensure_ascii=False)


async def _ask(choice: ModelChoice, settings: PlannerSettings, question: str) -> str:
    from langchain_core.messages import HumanMessage, SystemMessage

    async with open_model(choice, settings) as model:
        reply = await call(
            model,
            [SystemMessage(prompt("reword.md")), HumanMessage(question)],
            SCHEMA,
            settings.output,
            strict=choice.provider.name == "openai" and settings.output == "json_schema",
            timeout=settings.timeout,
        )
    return "" if reply.cut else reply.text


def _sentence(reply: str, said: tuple[str, ...], secret: str) -> str:
    """The sentence in a reply, if it is one and nothing else."""
    try:
        values: Any = json.loads(reply)
    except ValueError:
        return ""
    text = values.get("instruction") if isinstance(values, dict) else None
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        return ""
    if oddity(text, " ".join(said)) or (secret and secret in text):
        return ""
    return " ".join(text.split())
