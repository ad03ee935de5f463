"""How the turns of a session are planned: planner, looks, critic, second thoughts.

It stores what planning took and nothing else; running plans is ``orchestrator.running``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from orchestrator.errors import (
    BadInstruction,
    ChangesHistory,
    NotEnglish,
    OnlyAsks,
    OrchestratorError,
)
from orchestrator.plan import EditPlan, Step
from orchestrator.report import PLANNING
from orchestrator.settings import RunSettings
from tools.operation import Rgb

if TYPE_CHECKING:
    from memory.store import SessionStore
    from orchestrator.critic.findings import Author, Review
    from orchestrator.planning import PlanContext
    from orchestrator.running import Thinking
    from tools.understanding import Understands

MAX_INSTRUCTION = 20_000
CORE = "core"
"""Before the name of an editing core whose reading was taken."""


class UnderstandsIn(Protocol):
    """Gives what tells what an instruction asks for; ``EditorShelf.understands`` is one."""

    def __call__(self, image: Rgb, *, model: str, force: bool) -> Understands | None:
        """See ``EditorShelf.understands``."""
        ...


class TurnPlanner:
    """Plans, reviews and plans anew for one session.

    Args:
        store: the session store.
        session_id: of the session.
        earlier: the plans in force, oldest first.
        tried: the plan of the last turn, where nothing of it was done.
        picture: the picture shown now, HWC uint8 RGB.
        understands: what tells what an instruction asks for in a picture, if a model here does.
        cancelled: whether the person gave up.
    """

    def __init__(
        self,
        store: SessionStore,
        session_id: str,
        *,
        earlier: Callable[[], tuple[EditPlan, ...]],
        tried: Callable[[], EditPlan | None],
        picture: Callable[[], Rgb],
        understands: UnderstandsIn,
        cancelled: Callable[[], bool],
    ) -> None:
        self._store, self._session_id = store, session_id
        self._earlier, self._tried = earlier, tried
        self._picture, self._cancelled = picture, cancelled
        self._understands = understands

    def plan(self, instruction: str, settings: RunSettings) -> tuple[EditPlan, dict[str, Any]]:
        """The plan, and what planning took.

        Raises:
            BadInstruction: there is nothing to do, or nothing was understood.
        """
        check_instruction(instruction)
        if settings.direct:
            return direct_plan(instruction), {}
        from orchestrator.planning import plan_and_account

        context = self._context(settings, instruction)
        made: EditPlan | None = None
        why: BadInstruction | None = None
        record: dict[str, Any] = {}
        try:
            made, record = plan_and_account(settings.planner, instruction, context)
        except (NotEnglish, OnlyAsks, ChangesHistory):
            raise  # nothing a core could read better
        except BadInstruction as error:
            why = error
        made = self._by_core(instruction, made, context, settings, record) or made
        if made is None:
            raise why or BadInstruction("there is nothing to do in it")
        from orchestrator.said_way import as_said

        return self.spelled_out(as_said(made), settings), record

    def _by_core(
        self,
        instruction: str,
        planned: EditPlan | None,
        context: PlanContext,
        settings: RunSettings,
        record: dict[str, Any],
    ) -> EditPlan | None:
        """The editing core's own reading, where it is to be preferred; see ``core_reading``.

        Only ``auto`` asks it: who names a planner gets that planner's plan.
        """
        from orchestrator.core_reading import core_reading, is_for_core
        from orchestrator.planning import AUTO
        from orchestrator.settings import planner_settings

        named = settings.planner != AUTO or bool(planner_settings().model)
        if named or not is_for_core(instruction, planned, context):
            return None
        picture = self._picture()
        core = self._understands(picture, model=settings.model, force=settings.force)
        if core is None:
            return None
        seen = core.understand(instruction)
        plan = core_reading(instruction, planned, seen, core.name)
        if seen is not None:
            record["core"] = {"said": seen.said, "sure": round(seen.sure, 3)}
        if plan is not None:
            record["by"] = f"{CORE}:{core.name}"
        return plan

    def spelled_out(self, plan: EditPlan, settings: RunSettings) -> EditPlan:
        """The plan with its looks as amounts, and an example's style where it belongs."""
        from orchestrator.looks import look_book, spell_out
        from orchestrator.style_wish import settled

        book = look_book(self._store.home.root, settings.looks)
        return settled(spell_out(plan, book), settings.assets)

    def _context(self, settings: RunSettings, instruction: str) -> PlanContext:
        """What planners and the critic may know besides the words."""
        from orchestrator.look_wish import look_said, looks_meant
        from orchestrator.looks import look_book, words_for_planner
        from orchestrator.planning import PlanContext
        from orchestrator.taught import meanings

        book = look_book(self._store.home.root, settings.looks)
        shown = self._store.blobs.manifest(self._store.head(self._session_id).image_id)
        return PlanContext(
            earlier=self._earlier(),
            tried=self._tried(),
            glossary=meanings(self._store, self._session_id),
            image_size=(shown.width, shown.height),
            looks=words_for_planner(book, looks_meant(instruction, book)),
            book=book,
            wish=look_said(instruction, book),
            marked=bool(settings.points or settings.box or settings.mask_id),
            picture=self._picture,
            cancelled=self._cancelled,
        )

    def _plan_run(
        self, run_id: str, instruction: str, settings: RunSettings
    ) -> tuple[EditPlan, Author]:
        """Plan a run, say whose plan it is, and keep beside it what planning took."""
        made, record = self.plan(instruction, settings)
        details = self._store.run(run_id).details
        self._store.update_run(run_id, details=details | {PLANNING: record})
        by = str(record.get("by", "rules"))
        return made, "core" if by.startswith(f"{CORE}:") else "rules" if by == "rules" else "model"

    def review(self, plan: EditPlan, settings: RunSettings, author: Author) -> Review:
        """The critic's word on a plan; see ``EditSession.review``."""
        from orchestrator.critic.review import review

        return review(
            plan,
            self._context(settings, plan.instruction),
            author=author,
            assets=tuple(settings.assets),
            max_steps=settings.max_steps,
            direct=settings.direct and author != "person",
        )

    def thinking(self, run_id: str, instruction: str, settings: RunSettings) -> Thinking:
        """What a run asks for while it runs: a plan, the critic's word, other words, a new plan."""
        from orchestrator.running import Thinking

        return Thinking(
            lambda: self._plan_run(run_id, instruction, settings),
            lambda plan, author: self.review(
                plan.model_copy(update={"instruction": instruction}), settings, author
            ),
            lambda step, reason, tried: self._other_words(settings, step, reason, tried),
            lambda plan, results: self._other_plan(settings, plan, results),
        )

    def _other_words(
        self, settings: RunSettings, step: Step, reason: str, tried: tuple[str, ...]
    ) -> str:
        """A language model's sentence for a step, where one is the planner."""
        from orchestrator.planning import planner_name

        name = planner_name(settings.planner)
        if ":" not in name:
            return ""
        from orchestrator.llm.rewording import reword

        try:
            return reword(name, step, reason, tried, self._cancelled)
        except OrchestratorError:  # no such model any more: a step has wordings of its own
            return ""

    def _other_plan(
        self, settings: RunSettings, plan: EditPlan, results: list[dict[str, Any]]
    ) -> EditPlan | None:
        """A language model's second plan, knowing what happened; None where rules would plan."""
        from dataclasses import replace

        from orchestrator.planning import plan_and_account, planner_name
        from orchestrator.replanning import happened

        name = planner_name(settings.planner)
        if ":" not in name or settings.direct:
            return None
        known = self._context(settings, plan.instruction)
        context = replace(known, happened=happened(plan, results))
        try:
            made, record = plan_and_account(name, plan.instruction, context)
        except OrchestratorError:  # no model and no plan: the rules look at the rest
            return None
        return self.spelled_out(made, settings) if record.get("by") == name else None


def direct_plan(instruction: str) -> EditPlan:
    """The whole instruction as one pass of an editor: the baseline every plan must beat."""
    step = Step(
        id="s1",
        op="restyle",
        instruction=instruction[:2000],
        params={"style": instruction[:500]},
        scope="global",
        executor="auto",
    )
    return EditPlan(instruction=instruction, steps=(step,), notes=("one pass, without a plan",))


def check_instruction(instruction: str) -> None:
    """Refuse what cannot be an instruction.

    Raises:
        BadInstruction: empty, or far too long.
    """
    if not instruction.strip():
        raise BadInstruction("the instruction is empty; say what the picture should become")
    if len(instruction) > MAX_INSTRUCTION:
        raise BadInstruction(
            f"the instruction has {len(instruction)} characters; at most {MAX_INSTRUCTION} are read"
        )
