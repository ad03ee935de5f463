"""Runs: starting one, stopping it, and picking it up where a crash left it.

Owns the graph, its checkpointer and the lock that lets one process at a time edit a session. It
knows nothing of words (``orchestrator.language``) or of history (``memory``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from orchestrator.checkpoints import open_checkpoints
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadPlan, RunInterrupted
from orchestrator.events import Event
from orchestrator.graph import RECURSION_LIMIT, build_graph
from orchestrator.plan import EditPlan, load_plan
from orchestrator.report import PLANNING, RunReport
from orchestrator.settings import RunSettings
from orchestrator.state import RunContext, RunState
from orchestrator.workspace import Workspace
from tools.errors import Cancelled
from tools.grounding import UserHints

if TYPE_CHECKING:
    from memory.records import RunInfo
    from memory.store import SessionStore

Approve = Callable[[EditPlan], EditPlan | None]
"""Shows a plan; gives back the plan to run (changed or not), or None to cancel."""


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

    def start(
        self,
        state: RunState,
        make_plan: Callable[[], EditPlan],
        approve: Approve | None,
    ) -> RunReport:
        """Run an instruction from the beginning.

        Args:
            state: ids, instruction and settings; a plan where one was handed over.
            make_plan: called once where there is no plan.
            approve: asked where the settings want approval; None leaves the run waiting.
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
        return self._drive(state, state["run_id"], state["session_id"], make_plan, approve, state)

    def resume(
        self, run: RunInfo, make_plan: Callable[[], EditPlan], approve: Approve | None
    ) -> RunReport:
        """Pick a run up at the node it was in when its process died."""
        begun: RunState = {
            **{key: run.details[key] for key in ("settings", "plan") if key in run.details},  # type: ignore[typeddict-item]
            "run_id": run.id,
            "session_id": run.session_id,
            "turn_id": run.turn_id,
            "instruction": run.instruction,
            "base_revision": run.base_revision_id,
            "head": run.base_revision_id,
        }
        return self._drive(None, run.id, run.session_id, make_plan, approve, begun)

    def _drive(
        self,
        given: RunState | None,
        run_id: str,
        session_id: str,
        make_plan: Callable[[], EditPlan],
        approve: Approve | None,
        begun: RunState,
    ) -> RunReport:
        started = time.monotonic()
        config: RunnableConfig = {
            "configurable": {"thread_id": run_id},
            "recursion_limit": RECURSION_LIMIT,
        }
        settings = RunSettings.model_validate(begun["settings"])
        context = RunContext(
            self._store,
            self._workspace(settings, session_id),
            self._editors,
            make_plan,
            self._emit,
            self._stop,
        )
        home = self._store.home
        with alone(home.locks, session_id), open_checkpoints(home.checkpoints) as saver:
            graph = build_graph(saver)
            if given is None and not graph.get_state(config).values:
                given = begun  # it died before its first checkpoint
            values: Any = given
            try:
                state = graph.invoke(values, config, context=context, durability="sync")
                while "__interrupt__" in state:
                    answer = self._ask(state, approve)
                    if answer is None:
                        return self._report(state, run_id, "waiting", started)
                    state = graph.invoke(
                        Command(resume=answer), config, context=context, durability="sync"
                    )
            except Cancelled:
                self._store.finish_run(run_id, "cancelled")
                state = graph.get_state(config).values
                return self._report(state, run_id, "cancelled", started)
            except BaseException:
                # An error that is nobody's step (no instruction, a full disk): the run is over.
                # A killed process never comes here, which is how its run stays resumable.
                self._store.finish_run(run_id, "failed")
                raise
        return self._report(state, run_id, state["status"], started)

    def _workspace(self, settings: RunSettings, session_id: str) -> Workspace:
        mask = None
        if settings.mask_id is not None:
            mask = self._store.get_mask(settings.mask_id) > 0
        hints = UserHints(points=settings.points, box=settings.box, mask=mask)
        words = {word.word: word.meaning for word in self._store.glossary(session_id)}
        return Workspace(self._store, hints, words)

    @staticmethod
    def _ask(state: Any, approve: Approve | None) -> dict[str, Any] | None:
        if approve is None:
            return None
        shown = load_plan(state["__interrupt__"][0].value["plan"])
        answer = approve(shown)
        if answer is None:
            return {"approved": False}
        if not answer.steps:
            raise BadPlan("the approved plan has no steps left; cancel instead")
        return {"approved": True, "plan": answer.dump()}

    def _report(self, state: Any, run_id: str, status: Any, started: float) -> RunReport:
        return RunReport(
            session=state["session_id"],
            revision=state["head"],
            status=status,
            plan=state.get("plan", {}),
            planning=self._store.run(run_id).details.get(PLANNING, {}),
            steps=tuple(state.get("results", ())),
            seconds=time.monotonic() - started,
            final=state.get("final", {}),
            run_id=run_id,
            turn_id=state["turn_id"],
        )
