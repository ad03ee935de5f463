"""Runs: starting one, stopping it, and picking it up where a crash left it.

Owns the graph, its checkpointer and the lock that lets one process at a time edit a session. It
knows nothing of words (``orchestrator.language``) or of history (``memory``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from orchestrator.checkpoints import open_checkpoints
from orchestrator.detectors import detector_for, detectors_of
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadReply, RunInterrupted
from orchestrator.events import Event
from orchestrator.graph import RECURSION_LIMIT, build_graph
from orchestrator.phrase_readers import reader_of
from orchestrator.plan import EditPlan, Step
from orchestrator.questions import Answer, Question
from orchestrator.report import PLANNING, RunReport
from orchestrator.segmenters import segmenter_for
from orchestrator.settings import RunSettings
from orchestrator.state import RunContext, RunState, no_plan, no_words
from orchestrator.taught import examples, meanings
from orchestrator.viewers import viewer_of
from orchestrator.witnesses import witness_of
from orchestrator.workspace import Workspace
from tools.errors import Cancelled
from tools.grounding import UserHints

if TYPE_CHECKING:
    from memory.records import RunInfo
    from memory.store import SessionStore
    from orchestrator.critic.findings import Author, Review

Approve = Callable[[Question], Answer | None]
"""Is told a question and answers it; None leaves the run waiting, for any process to go on with."""


@dataclass(frozen=True)
class Thinking:
    """What a run needs of those who know words.

    Attributes:
        make_plan: the plan of the run's instruction, and who wrote it; called at most once.
        review: the critic's word on a plan by that author.
        reword, replan: what a language model says to a step that failed; see
            ``orchestrator.state.RunContext``.
    """

    make_plan: Callable[[], tuple[EditPlan, Author]]
    review: Callable[[EditPlan, Author], Review]
    reword: Callable[[Step, str, tuple[str, ...]], str] = no_words
    replan: Callable[[EditPlan, list[dict[str, Any]]], EditPlan | None] = no_plan


@contextmanager
def alone(locks: Path, session_id: str) -> Iterator[None]:
    """Keep other processes from editing the session meanwhile.

    Raises:
        RunInterrupted: another process is editing it.
    """
    lock = FileLock(locks / f"{session_id}.lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        raise RunInterrupted(
            f"session {session_id} is being edited by another process; wait until it is done"
        ) from None


def begun_details(state: RunState) -> dict[str, Any]:
    """What the store must keep of a run so that it can start over: settings, and a given plan."""
    kept: dict[str, Any] = {"settings": state["settings"]}
    return kept | ({"plan": state["plan"]} if state.get("plan") else {})


def _config(run_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": run_id}, "recursion_limit": RECURSION_LIMIT}


class Runner:
    """Carries out runs of sessions in one store.

    Args:
        store: the session store.
        editors: the editors there are.
        emit: told every event.
        stop: set it to cancel the current run.
    """

    def __init__(
        self,
        store: SessionStore,
        editors: EditorShelf,
        emit: Callable[[Event], None],
        stop: threading.Event,
    ) -> None:
        self._store = store
        self._editors = editors
        self._emit = emit
        self._stop = stop

    def start(self, state: RunState, thinking: Thinking, approve: Approve | None) -> RunReport:
        """Run an instruction from the beginning.

        Args:
            state: ids, instruction and settings; a plan where one was handed over.
            thinking: plans and criticises.
            approve: asked where there is a question; None leaves the run waiting.

        Raises:
            PlanRefused: the critic will not let the plan run.
        """
        self._store.start_run(
            state["session_id"],
            state["run_id"],
            turn_id=state["turn_id"],
            instruction=state["instruction"],
            plan_id=None,
            base_revision_id=state["base_revision"],
            details=begun_details(state),
        )
        return self._drive(state, state, thinking, approve)

    def resume(
        self,
        run: RunInfo,
        thinking: Thinking,
        approve: Approve | None,
        answer: Answer | None = None,
    ) -> RunReport:
        """Pick a run up at the node it was in when its process died, or at its question.

        Args:
            run: unfinished.
            thinking: plans and criticises.
            approve: asked where there is a question.
            answer: to the question that waits.

        Raises:
            BadReply: nothing is asked, or the answer does not fit; the run goes on waiting.
            PlanRefused: the critic will not let the answered plan run; the run goes on waiting.
        """
        begun: RunState = {
            **{key: run.details[key] for key in ("settings", "plan") if key in run.details},  # type: ignore[typeddict-item]
            "run_id": run.id,
            "session_id": run.session_id,
            "turn_id": run.turn_id,
            "instruction": run.instruction,
            "base_revision": run.base_revision_id,
            "head": run.base_revision_id,
        }
        return self._drive(None, begun, thinking, approve, answer)

    def question(self, run: RunInfo) -> Question | None:
        """What an unfinished run asks; None where it asks nothing (yet)."""
        with open_checkpoints(self._store.home.checkpoints) as saver:
            asked = build_graph(saver).get_state(_config(run.id)).interrupts
        return Question.model_validate(asked[0].value) if asked else None

    def _drive(
        self,
        given: RunState | None,
        begun: RunState,
        thinking: Thinking,
        approve: Approve | None,
        answer: Answer | None = None,
    ) -> RunReport:
        started = time.monotonic()
        run_id, session_id = begun["run_id"], begun["session_id"]
        config = _config(run_id)
        settings = RunSettings.model_validate(begun["settings"])
        context = RunContext(
            self._store,
            self._workspace(settings, session_id),
            self._editors,
            thinking.make_plan,
            thinking.review,
            self._emit,
            self._stop,
            thinking.reword,
            thinking.replan,
        )
        home = self._store.home
        with alone(home.locks, session_id), open_checkpoints(home.checkpoints) as saver:
            graph = build_graph(saver)
            kept = graph.get_state(config)
            values: Any = given if given is not None or kept.values else begun
            if answer is not None:
                if not kept.interrupts:
                    raise BadReply("nothing is asked; there is nothing to answer")
                self._check(answer, Question.model_validate(kept.interrupts[0].value), thinking)
                values = Command(resume=answer.model_dump(mode="json"))
            while True:
                try:
                    state = graph.invoke(values, config, context=context, durability="sync")
                except Cancelled:
                    self._store.finish_run(run_id, "cancelled")
                    state = graph.get_state(config).values
                    return self._report(state, run_id, "cancelled", started)
                except BaseException:
                    # An error that is nobody's step (no instruction, a full disk): the run is
                    # over. A killed process never comes here, which is how its run stays
                    # resumable.
                    self._store.finish_run(run_id, "failed")
                    raise
                if "__interrupt__" not in state:
                    return self._report(state, run_id, state["status"], started)
                # From here on the question is in the checkpoint, whatever becomes of us.
                question = Question.model_validate(state["__interrupt__"][0].value)
                reply = None if approve is None else approve(question)
                if reply is None:
                    return self._report(state, run_id, "waiting", started, question)
                self._check(reply, question, thinking)
                values = Command(resume=reply.model_dump(mode="json"))

    def _check(self, answer: Answer, question: Question, thinking: Thinking) -> None:
        """Refuse an answer before it becomes part of the run.

        Raises:
            BadReply: it names a step, a choice or a place that is not there.
            PlanRefused: the critic will not let its plan run.
        """
        plan = question.plan if answer.plan is None else answer.plan
        if not plan.steps and answer.action != "cancel":
            raise BadReply("the plan has no steps left; cancel instead")
        for step, label in answer.choices.items():
            question.choose(label, step)
        shown = self._store.blobs.manifest(question.image)
        for step, (x0, y0, x1, y1) in answer.boxes.items():
            question.step(step)
            if not (0 <= x0 < x1 <= shown.width and 0 <= y0 < y1 <= shown.height):
                raise BadReply(
                    f"the box {x0},{y0},{x1},{y1} does not lie in the picture of "
                    f"{shown.width} x {shown.height} pixels; give left,top,right,bottom"
                )
        if answer.plan is not None and answer.plan != question.plan:
            thinking.review(answer.plan, "person").require()

    def _workspace(self, settings: RunSettings, session_id: str) -> Workspace:
        mask = None
        if settings.mask_id is not None:
            mask = self._store.get_mask(settings.mask_id) > 0
        hints = UserHints(points=settings.points, box=settings.box, mask=mask)
        words = meanings(self._store, session_id)
        cutter = segmenter_for(settings, self._store.home)
        reader_for = partial(reader_of, self._editors, settings, self._store.home)
        seen = examples(self._store, session_id)
        witness_for = partial(witness_of, self._store.home)
        detector_for(settings)  # one that is gone is told before a resumed run goes on
        detectors_for = partial(detectors_of, settings, self._store.home)
        return Workspace(
            self._store,
            hints,
            words,
            cutter,
            seen,
            reader_for,
            witness_for,
            detectors_for,
            partial(viewer_of, self._store.home),
            self._store.revision(self._store.session(session_id).root_id).image_id,
        )

    def _report(
        self,
        state: Any,
        run_id: str,
        status: Any,
        started: float,
        question: Question | None = None,
    ) -> RunReport:
        return RunReport(
            session=state["session_id"],
            revision=state["head"],
            status=status,
            plan=state.get("plan", {}),
            planning=self._store.run(run_id).details.get(PLANNING, {}),
            review=state.get("review", {}),
            question={} if question is None else question.model_dump(mode="json"),
            steps=tuple(state.get("results", ())),
            seconds=time.monotonic() - started,
            replans=tuple(state.get("replans", ())),
            final=state.get("final", {}),
            run_id=run_id,
            turn_id=state["turn_id"],
        )
