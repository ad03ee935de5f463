"""Planners: from an instruction to an ``EditPlan``, by name.

Defines the protocol, what a planner may know of the conversation, and the rule planner. Planners
are made only when asked for; an unknown name lists the choices.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from orchestrator.errors import OrchestratorError
from orchestrator.plan import EditPlan

_EMPTY: Mapping[str, str] = MappingProxyType({})


class UnknownPlanner(OrchestratorError):
    """There is no planner of that name."""


@dataclass(frozen=True)
class PlanContext:
    """What a planner may know besides the instruction.

    Attributes:
        earlier: plans of the conversation that are in force (not undone), oldest first; each holds
            its instruction. They are what "it", "them" and "the other one" may mean.
        glossary: taught words -> what they mean.
        image_size: width and height in pixels, where a picture is open.
        looks: names in the user's look-book beyond those every planner knows.
        marked: the user marked a region, so that "it" and "this" mean what is marked.
    """

    earlier: tuple[EditPlan, ...] = ()
    glossary: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    image_size: tuple[int, int] | None = None
    looks: tuple[str, ...] = ()
    marked: bool = False


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
        from orchestrator.language.read import read_plan

        plan, _ = read_plan(
            instruction,
            earlier=context.earlier,
            glossary=context.glossary,
            looks=context.looks,
            marked=context.marked,
        )
        return plan


PLANNERS: dict[str, str] = {"rules": "orchestrator.planning:RulePlanner"}
"""Name -> where its class is."""


def planner_names() -> tuple[str, ...]:
    """Names of every planner, sorted."""
    return tuple(sorted(PLANNERS))


def get_planner(name: str = "rules") -> Planner:
    """A planner by name.

    Raises:
        UnknownPlanner: there is none; the message lists the choices.
    """
    if name not in PLANNERS:
        raise UnknownPlanner(
            f"there is no planner {name!r}; the planners are: {', '.join(planner_names())}"
        )
    module, _, attribute = PLANNERS[name].partition(":")
    maker: Any = getattr(importlib.import_module(module), attribute)
    planner: Planner = maker()
    return planner
