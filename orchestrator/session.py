"""``EditSession``: one picture, edited by sentences, with a history that forgets nothing.

    with EditSession.create("street.jpg") as session:
        report = session.edit("make it warmer, then crop to a square")
        session.undo()
        session.save("out.jpg")

The facade over planner, graph and store; it holds no logic of its own beyond joining them. What it
keeps is in ``session_history`` and ``session_pictures``. It does not understand commands such as
"undo that" (``orchestrator.conversation``).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from orchestrator.detectors import check_senses
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadReply, RunInterrupted
from orchestrator.events import Event, ignore
from orchestrator.picture_facts import facts_of, pixels_of
from orchestrator.plan import EditPlan
from orchestrator.report import RunReport
from orchestrator.session_pictures import SOURCE_NOTE, SessionPictures
from orchestrator.settings import ProgramSettings, RunSettings
from orchestrator.state import RunState
from orchestrator.turn_planning import TurnPlanner, check_instruction
from tools.pictures import Picture, load_picture
from tools.saving import save_picture

if TYPE_CHECKING:
    from memory.store import SessionStore
    from orchestrator.critic.findings import Author, Review
    from orchestrator.questions import Answer, Question
    from orchestrator.running import Approve, Runner


class EditSession(SessionPictures):
    """A session. Make one with ``create`` or ``open``; close it, or use it in a ``with``.

    Args:
        store: the session store.
        session_id: of the session.
        editors: the editors there are; the default finds those on this machine.
        owns_store: close the store with the session.
    """

    def __init__(
        self,
        store: SessionStore,
        session_id: str,
        *,
        editors: EditorShelf | None = None,
        owns_store: bool = False,
    ) -> None:
        super().__init__(store, session_id)
        self._owns_store = owns_store
        if editors is None:
            from orchestrator.editor_shelf import default_shelf

            editors = default_shelf(store.home.models)
        self._editors = editors
        self.stop = threading.Event()
        self._planning = TurnPlanner(
            store,
            session_id,
            earlier=self.plans_in_force,
            tried=self.plan_tried,
            picture=lambda: self.picture().rgb,
            understands=editors.understands,
            cancelled=self.stop.is_set,
        )

    @classmethod
    def create(
        cls,
        image: str | Path | bytes | Picture,
        *,
        home: Path | None = None,
        store: SessionStore | None = None,
        session_id: str | None = None,
        editors: EditorShelf | None = None,
    ) -> Self:
        """Start a session from a picture file, its bytes or a loaded picture.

        Raises:
            PictureError: the picture cannot be read; one line says why.
            StoreError: the store cannot be opened, or the id is taken.
        """
        raw: bytes | None = None
        name = "picture"
        if isinstance(image, Picture):
            picture = image
        else:
            settings = ProgramSettings()
            picture = load_picture(image, max_pixels=settings.max_pixels)
            if isinstance(image, bytes):
                raw = image
            else:
                raw, name = Path(image).read_bytes(), Path(image).name
        opened = store or _open_store(home)
        try:
            made = opened.create_session(
                pixels_of(picture),
                title=Path(name).stem,
                source_name=name,
                source_bytes=raw,
                picture_meta=facts_of(picture),
                session_id=session_id,
            )
            if isinstance(image, str | Path):
                opened.set_note(made.id, SOURCE_NOTE, str(Path(image).resolve()))
            return cls(opened, made.id, editors=editors, owns_store=store is None)
        except BaseException:
            if store is None:
                opened.close()
            raise

    @classmethod
    def open(
        cls,
        session_id: str,
        *,
        home: Path | None = None,
        store: SessionStore | None = None,
        editors: EditorShelf | None = None,
    ) -> Self:
        """Open a session by its id or the unique beginning of it.

        Raises:
            StoreError: there is no such session, or the store cannot be opened.
        """
        opened = store or _open_store(home)
        try:
            found = opened.session(session_id)
            return cls(opened, found.id, editors=editors, owns_store=store is None)
        except BaseException:
            if store is None:
                opened.close()
            raise

    def close(self) -> None:
        """Close the store, where the session opened it."""
        if self._owns_store:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- editing -------------------------------------------------------------------------------

    def plan(self, instruction: str, settings: RunSettings | None = None) -> EditPlan:
        """What an instruction would do, without doing it.

        Raises:
            BadInstruction: there is nothing to do, or nothing was understood.
        """
        return self._planning.plan(instruction, settings or RunSettings())[0]

    def review(
        self,
        plan: EditPlan,
        settings: RunSettings | None = None,
        *,
        author: Author = "person",
    ) -> Review:
        """The critic's word on a plan: findings, and what stands for each word.

        Args:
            plan: of ``plan.instruction``.
            settings: the run's; budget, assets, what is marked.
            author: who wrote it.
        """
        return self._planning.review(plan, settings or RunSettings(), author)

    def edit(
        self,
        instruction: str,
        *,
        plan: EditPlan | None = None,
        settings: RunSettings | None = None,
        on_event: Callable[[Event], None] = ignore,
        approve: Approve | None = None,
    ) -> RunReport:
        """Carry out an instruction as one turn.

        Args:
            instruction: what the picture should become.
            plan: run this plan instead of making one.
            settings: seed, model, limits.
            on_event: told what happens, as it happens.
            approve: asked where the settings want a person asked (``approve``, ``ask``). Without
                it the run waits: see ``question`` and ``answer``.

        Raises:
            BadInstruction: there is nothing to do; nothing was changed.
            PlanRefused: the critic will not let the plan run; nothing was changed.
            EditorUnavailable: there is no model of the name the settings insist on.
            SegmenterUnavailable: the same of the segmenter.
            DetectorUnavailable: the same of the detector.
            RunInterrupted: an earlier run of the session is unfinished (``resume`` it or
                ``discard_unfinished``), or another process is editing the session.
        """
        settings = settings or RunSettings()
        unfinished = self.unfinished()
        if unfinished is not None:
            raise RunInterrupted(
                f"the run {unfinished.instruction!r} of session {self.id} is unfinished; "
                f"continue it with 'smartedit session resume {self.id}' or drop it with --discard"
            )
        check_instruction(instruction)
        if settings.model != "auto":
            self._editors.get(settings.model)  # a misspelt name is the user's to mend, not a step's
        check_senses(settings, self.store.home)
        head = self.store.head(self.id)
        run_id = f"run_{uuid.uuid4().hex[:16]}"
        turn_id = f"t_{uuid.uuid4().hex[:12]}"
        state: RunState = {
            "run_id": run_id,
            "session_id": self.id,
            "turn_id": turn_id,
            "instruction": instruction,
            "settings": settings.model_dump(mode="json"),
            "base_revision": head.id,
            "head": head.id,
        }
        thinking = self._planning.thinking(run_id, instruction, settings)
        if plan is not None:
            thinking.review(plan, "person").require()  # before anything is stored
            state["plan"] = self._planning.spelled_out(plan, settings).dump()
        self.store.say(self.id, "user", instruction, turn_id=turn_id)
        report = self._runner(on_event).start(state, thinking, approve)
        self._log(report)
        return report

    def resume(
        self,
        *,
        on_event: Callable[[Event], None] = ignore,
        approve: Approve | None = None,
        answer: Answer | None = None,
    ) -> RunReport | None:
        """Continue the unfinished run at the step it was in; None where there is none.

        Args:
            on_event: told what happens.
            approve: asked where there is a question.
            answer: to the question that already waits.
        """
        run = self.unfinished()
        if run is None:
            return None
        settings = RunSettings.model_validate(run.details.get("settings", {}))
        thinking = self._planning.thinking(run.id, run.instruction, settings)
        report = self._runner(on_event).resume(run, thinking, approve, answer)
        self._log(report)
        return report

    def question(self) -> Question | None:
        """What the unfinished run asks, the same in every process; None where nothing is asked."""
        run = self.unfinished()
        return None if run is None else self._runner(ignore).question(run)

    def question_picture(self, question: Question) -> Path:
        """Draw where every step of a question would act; the file is one a session.

        Returns:
            The PNG, in the data folder: numbered, coloured outlines and a legend.

        Raises:
            PictureError: the folder cannot be written.
        """
        from orchestrator.question_view import question_picture
        from orchestrator.workspace import Workspace
        from tools.grounding import UserHints

        drawn = question_picture(question, Workspace(self.store, UserHints()))
        path = self._plan_picture
        path.parent.mkdir(parents=True, exist_ok=True)
        save_picture(Picture(drawn), path)
        return path

    @property
    def _plan_picture(self) -> Path:
        return self.store.home.cache / "plans" / f"{self.id}.png"

    def delete(self) -> None:
        """Delete the session, drawn plans included; ``gc`` then frees its space."""
        self.store.delete_session(self.id)
        self._plan_picture.unlink(missing_ok=True)

    def answer(self, answer: Answer, *, on_event: Callable[[Event], None] = ignore) -> RunReport:
        """Answer the question that waits; the run goes on, or asks again (status ``waiting``).

        Raises:
            BadReply: nothing is asked, or the answer does not fit the question.
            PlanRefused: the critic will not let the plan in the answer run.
        """
        report = self.resume(on_event=on_event, answer=answer)
        if report is None:
            raise BadReply("nothing is asked; there is nothing to answer")
        return report

    def _runner(self, on_event: Callable[[Event], None]) -> Runner:
        from orchestrator.running import Runner

        self.stop.clear()
        return Runner(self.store, self._editors, on_event, self.stop)

    def _log(self, report: RunReport) -> None:
        self.store.say(
            self.id,
            "assistant",
            report.summary,
            revision_id=report.revision,
            turn_id=report.turn_id,
        )


def _open_store(home: Path | None) -> SessionStore:
    from memory.store import SessionStore

    return SessionStore.open(home)
