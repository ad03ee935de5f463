"""``EditSession``: one picture, edited by sentences, with a history that forgets nothing.

    with EditSession.create("street.jpg") as session:
        report = session.edit("make it warmer, then crop to a square")
        session.undo()
        session.save("out.jpg")

The facade over planner, graph and store; it holds no logic of its own beyond joining them. It does
not understand commands such as "undo that" (``orchestrator.conversation``).
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from orchestrator.detectors import check_senses
from orchestrator.editors import EditorShelf
from orchestrator.errors import (
    BadReply,
    RunInterrupted,
    UnknownSession,
)
from orchestrator.events import Event, ignore
from orchestrator.picture_facts import facts_of, picture_from, pixels_of
from orchestrator.plan import EditPlan
from orchestrator.report import RunReport
from orchestrator.settings import ProgramSettings, RunSettings
from orchestrator.state import RunState
from orchestrator.turn_planning import TurnPlanner, check_instruction
from tools.errors import PictureError
from tools.pictures import Picture, load_picture
from tools.saving import save_picture

if TYPE_CHECKING:
    from memory.records import RevisionInfo, RunInfo, SessionInfo
    from memory.store import SessionStore
    from orchestrator.critic.findings import Author, Review
    from orchestrator.questions import Answer, Question
    from orchestrator.running import Approve, Runner


class EditSession:
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
        self.store = store
        self.id = session_id
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

    def unfinished(self) -> RunInfo | None:
        """The run that a crash (or an unanswered approval) left unfinished, if any."""
        left = self.store.unfinished_runs(self.id)
        return left[-1] if left else None

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

    def discard_unfinished(self) -> None:
        """Give up an unfinished run; what it committed stays in the history."""
        for run in self.store.unfinished_runs(self.id):
            self.store.finish_run(run.id, "cancelled")

    def _runner(self, on_event: Callable[[Event], None]) -> Runner:
        from orchestrator.running import Runner

        self.stop.clear()
        return Runner(self.store, self._editors, on_event, self.stop)

    def _log(self, report: RunReport) -> None:
        text = summary(report)
        self.store.say(
            self.id, "assistant", text, revision_id=report.revision, turn_id=report.turn_id
        )

    # -- history -------------------------------------------------------------------------------

    @property
    def info(self) -> SessionInfo:
        """Title, branch, head, how much can be undone."""
        return self.store.session(self.id)

    @property
    def head(self) -> RevisionInfo:
        """The revision shown now."""
        return self.store.head(self.id)

    def history(self) -> list[RevisionInfo]:
        """From the original to what is shown now."""
        return self.store.history(self.id)

    def plans_in_force(self) -> tuple[EditPlan, ...]:
        """The plans behind what is shown, oldest first; undone ones are not among them."""
        # A turn whose rest was planned anew counts by its last plan.
        ids = {item.turn_id: item.plan_id for item in self.history() if item.plan_id}
        return tuple(
            EditPlan.model_validate(self.store.plan(str(plan_id))) for plan_id in ids.values()
        )

    def step(self, number: int) -> RevisionInfo:
        """The revision of a step on the shown line, counted from 1; 0 is the original.

        Raises:
            UnknownSession: this line has no step of that number.
        """
        path = self.history()
        if not 0 <= number < len(path):
            raise UnknownSession(
                f"there is no step {number}; this line has {len(path) - 1} (0 is the original)"
            )
        return path[number]

    def find_revision(self, text: str) -> RevisionInfo:
        """A revision by branch name, number on the shown line (0 is the original) or id.

        Raises:
            UnknownSession: this line has no step of that number.
            StoreError: nothing, or several things, fit.
        """
        for line in self.store.branches(self.id):
            if line.name == text:
                return self.store.revision(line.position_id)
        if text.isascii() and text.isdigit() and len(text) < 6:
            return self.step(int(text))
        return self.store.revision(text)

    def _require_settled(self) -> None:
        """Refuse to move while a run is unfinished: resuming it would undo the move.

        Raises:
            RunInterrupted: there is one.
        """
        left = self.unfinished()
        if left is not None:
            raise RunInterrupted(
                f"the run {left.instruction!r} is unfinished; first continue it with "
                f"'smartedit session resume {self.id}' or drop it with its --discard"
            )

    def undo(self, steps: int = 1) -> RevisionInfo:
        """Take back steps."""
        self._require_settled()
        return self.store.undo(self.id, steps)

    def undo_turn(self, turns: int = 1) -> RevisionInfo:
        """Take back everything the last instruction did."""
        self._require_settled()
        return self.store.undo_turn(self.id, turns)

    def redo(self, steps: int = 1) -> RevisionInfo:
        """Do again what was undone."""
        self._require_settled()
        return self.store.redo(self.id, steps)

    def checkout(self, revision: str) -> RevisionInfo:
        """Show any revision, by branch name, number on this line or id."""
        self._require_settled()
        if revision in {line.name for line in self.store.branches(self.id)}:
            return self.store.switch_branch(self.id, revision)
        return self.store.checkout(self.id, self.find_revision(revision).id)

    def branch(self, name: str, at: str | None = None) -> RevisionInfo:
        """Start another line from here, or from a revision, and switch to it."""
        self._require_settled()
        self.store.create_branch(self.id, name, at=at, switch=True)
        return self.head

    def start_over(self) -> RevisionInfo:
        """Back to the original; nothing is lost."""
        self._require_settled()
        return self.store.start_over(self.id)

    # -- pictures ------------------------------------------------------------------------------

    def picture(self, revision: str | None = None) -> Picture:
        """The picture shown now, or of a revision, with the photo's profile and EXIF."""
        chosen = self.head if revision is None else self.store.revision(revision)
        return picture_from(self.info.picture_meta, self.store.get_image(chosen.image_id))

    def keep_user_mask(self, path: Path) -> str:
        """Store a mask picture the user made (white = edit) of the shown picture's size.

        Returns:
            Its id, for ``RunSettings.mask_id``.

        Raises:
            PictureError: it cannot be read.
            BadArguments: it has another size than the picture.
        """
        import numpy as np

        from tools.masks import from_file

        shown = self.store.blobs.manifest(self.head.image_id)
        soft = from_file(path, (shown.height, shown.width))
        return self.store.put_mask(np.asarray(soft > 0.5)).id

    def began_with(self, path: Path) -> bool:
        """Whether the session started from this very file.

        Raises:
            PictureError: the file cannot be read.
        """
        kept = self.info.source_blob
        try:
            return kept is not None and self.store.get_bytes(kept) == path.read_bytes()
        except OSError as error:
            raise PictureError(f"{path} cannot be read: {error.strerror}") from error

    def save(
        self, path: str | Path, *, revision: str | None = None, quality: int | None = None
    ) -> tuple[str, ...]:
        """Write the picture with a record of how it was made; returns notes worth telling.

        Raises:
            PictureError: the format or the folder cannot be written.
        """
        chosen = self.head if revision is None else self.store.revision(revision)
        quality = quality or ProgramSettings().quality
        return save_picture(
            self.picture(chosen.id), path, quality=quality, metadata=self.record(chosen)
        )

    def record(self, revision: RevisionInfo) -> dict[str, str]:
        """How a picture was made: session, revision, the steps with executors and seeds."""
        steps = [
            {
                "step": item.step,
                "executor": item.report.get("executor"),
                "settings": item.report.get("settings"),
                "status": item.report.get("status"),
            }
            for item in self._path(revision)
            if item.step
        ]
        return {
            "smartedit:session": self.id,
            "smartedit:revision": revision.id,
            "smartedit:steps": json.dumps(steps, separators=(",", ":"), ensure_ascii=False),
        }

    def _path(self, revision: RevisionInfo) -> list[RevisionInfo]:
        """From the original to a revision on any line."""
        known = {item.id: item for item in self.store.all_revisions(self.id)}
        path = [revision]
        while path[-1].parent_id is not None:
            path.append(known[path[-1].parent_id])
        return path[::-1]


def summary(report: RunReport) -> str:
    """The outcome in one line, for the conversation's log."""
    counts: dict[str, int] = {}
    for step in report.steps:
        counts[step["status"]] = counts.get(step["status"], 0) + 1
    parts = ", ".join(f"{count} {status}" for status, count in counts.items()) or "no steps"
    return f"{report.status}: {parts}"


def _open_store(home: Path | None) -> SessionStore:
    from memory.store import SessionStore

    return SessionStore.open(home)
