"""Planners: from an instruction to an ``EditPlan``, by name.

Defines the protocol, what a planner may know of the conversation, and the rule planner. Planners
are made only when asked for; an unknown name lists the choices. Language models as planners are in
``orchestrator.llm``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from orchestrator.errors import OrchestratorError
from orchestrator.plan import EditPlan

if TYPE_CHECKING:
    from tools.lookbook import LookBook
    from tools.operation import Rgb

_EMPTY: Mapping[str, str] = MappingProxyType({})


class UnknownPlanner(OrchestratorError):
    """There is no planner of that name."""


def _never() -> bool:
    return False


def _unheard(_record: dict[str, Any]) -> None:
    """Where nobody keeps accounts."""


@dataclass(frozen=True)
class PlanContext:
    """What a planner may know besides the instruction.

    Attributes:
        earlier: plans of the conversation that are in force (not undone), oldest first; each holds
            its instruction. They are what "it", "them" and "the other one" may mean.
        tried: the plan of the turn before where nothing of it was done; "no, green" is about it.
        glossary: taught words -> what they mean.
        image_size: width and height in pixels, where a picture is open.
        looks: names in the user's look-book beyond those every planner knows.
        book: the looks those names stand for; None = the built-in ones.
        wish: the look that the whole instruction is the wish for ("y2k"); "" = it is more.
        marked: the user marked a region, so that "it" and "this" mean what is marked.
        picture: gives the pixels (HWC uint8, RGB) to planners that see; None = there are none.
        happened: what became of the steps of a plan that is being carried out and of which one
            failed, in order: ``op``, ``target``, ``params``, ``status``, ``reason``; else empty.
        cancelled: whether the user asked to stop; polled by planners that take long.
        account: told what planning took (calls, tokens, cost, what went wrong), plain JSON.
    """

    earlier: tuple[EditPlan, ...] = ()
    tried: EditPlan | None = None
    glossary: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    image_size: tuple[int, int] | None = None
    looks: tuple[str, ...] = ()
    book: LookBook | None = None
    wish: str = ""
    marked: bool = False
    picture: Callable[[], Rgb] | None = None
    happened: tuple[Mapping[str, Any], ...] = ()
    cancelled: Callable[[], bool] = _never
    account: Callable[[dict[str, Any]], None] = _unheard

    @property
    def spoken_of(self) -> tuple[EditPlan, ...]:
        """The plans whose things the person has named."""
        return self.earlier if self.tried is None else (*self.earlier, self.tried)


class Planner(Protocol):
    """Turns an instruction into a plan."""

    @property
    def name(self) -> str:
        """As in ``--planner``."""
        ...

    def plan(self, instruction: str, context: PlanContext) -> EditPlan:
        """The plan of an instruction.

        Raises:
            BadInstruction: there is nothing to do.
        """
        ...


class RulePlanner:
    """Plans by a lexicon and a grammar: deterministic, offline, linear in the text."""

    name = "rules"

    def plan(self, instruction: str, context: PlanContext = PlanContext()) -> EditPlan:
        """The plan of an instruction.

        Raises:
            BadInstruction: there is nothing to do, or the text is over the limit.
        """
        from orchestrator.language.read import read_look, read_plan

        if context.wish:
            return read_look(instruction, context.wish)[0]
        plan, _ = read_plan(
            instruction,
            earlier=context.earlier,
            tried=context.tried,
            glossary=context.glossary,
            looks=context.looks,
            marked=context.marked,
        )
        return plan


RULES, READER, AUTO = "rules", "reader", "auto"


def planner_names() -> tuple[str, ...]:
    """Names of the planners that need no server; ``provider:model`` names a language model."""
    return (AUTO, RULES, READER)


def planner_name(name: str) -> str:
    """What ``auto`` stands for; any other name is itself.

    Raises:
        BadSettings: an environment variable does not fit.
    """
    if name != AUTO:
        return name
    from orchestrator.reader.base import is_ready
    from orchestrator.settings import planner_settings

    named = planner_settings().model
    return named or (READER if is_ready() else RULES)


def get_planner(name: str = RULES) -> Planner:
    """A planner by name.

    Args:
        name: ``rules``; ``reader`` for rules and the small language model that helps them;
            ``provider:model`` for another language model; ``auto`` for the one that
            ``SMARTEDIT_PLANNER`` names, or where it names none the reader where its model is
            installed, and the rules where it is not.

    Raises:
        UnknownPlanner: there is none; the message lists the choices.
        BadSettings: an environment variable does not fit.
        PlannerUnavailable: the model's package is not installed, or its key is not set.
    """
    name = planner_name(name)
    if name == RULES:
        return RulePlanner()
    if name == READER:
        from orchestrator.reader.base import require_base
        from orchestrator.reader.planner import ReaderPlanner
        from orchestrator.reader.speaker import load_speaker

        require_base()
        return ReaderPlanner(RulePlanner(), load_speaker)
    if ":" not in name:
        raise UnknownPlanner(
            f"there is no planner {name!r}; the planners are: {', '.join(planner_names())}, or a "
            "language model as in openai:MODEL"
        )
    from orchestrator.llm.planner import make_llm_planner

    return make_llm_planner(name, RulePlanner())


def plan_and_account(
    name: str, instruction: str, context: PlanContext
) -> tuple[EditPlan, dict[str, Any]]:
    """The plan of an instruction, and what planning took as plain JSON.

    The record holds ``planner`` (asked), ``by`` (whose plan it is), ``calls`` to a language model,
    ``seconds``, and for language models what ``orchestrator.llm.accounting`` adds.

    Raises:
        BadInstruction: there is nothing to do.
        UnknownPlanner, BadSettings, PlannerUnavailable: as of ``get_planner``.
        Cancelled: the user stopped it.
    """
    planner = get_planner(name)
    record: dict[str, Any] = {"planner": planner.name, "by": planner.name, "calls": 0}
    started = time.monotonic()
    plan = planner.plan(instruction, replace(context, account=record.update))
    record["seconds"] = round(time.monotonic() - started, 3)
    return plan, record
