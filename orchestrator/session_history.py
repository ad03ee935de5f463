"""The past of a session: what is shown, how it came to be, and going back and forth in it.

Moves the session's position among what the store keeps. It makes no edit and looks at no pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.errors import RunInterrupted, UnknownSession
from orchestrator.plan import EditPlan
from orchestrator.revised import REVISED_NOTE, made_by, undone_to

if TYPE_CHECKING:
    from memory.records import RevisionInfo, RunInfo, SessionInfo
    from memory.store import SessionStore


class SessionHistory:
    """The revisions of one session, and which of them is shown.

    Args:
        store: the session store.
        session_id: of the session.
    """

    def __init__(self, store: SessionStore, session_id: str) -> None:
        self.store = store
        self.id = session_id

    # -- looking -------------------------------------------------------------------------------

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

    def last_run(self) -> RunInfo | None:
        """The run that ended last, whatever came of it; None where none has."""
        ended = [run for run in self.store.runs(self.id) if run.finished_at is not None]
        return ended[-1] if ended else None

    def plan_tried(self) -> EditPlan | None:
        """The plan of the last turn, where nothing of it was done and nothing has moved since."""
        last = self.last_run()
        if last is None or last.status != "failed" or last.plan_id is None:
            return None
        if last.base_revision_id != self.head.id:
            return None
        return EditPlan.model_validate(self.store.plan(last.plan_id))

    def shown_run(self) -> RunInfo:
        """The run that made what is shown.

        Raises:
            UnknownSession: the original is shown.
        """
        turn = self.head.turn_id
        for run in self.store.runs(self.id):
            if turn is not None and run.turn_id == turn:
                return run
        raise UnknownSession("the original is shown; nothing was done that could be tried again")

    def step(self, number: int) -> RevisionInfo:
        """The revision that the history lists under a number; 0 is the original.

        Raises:
            UnknownSession: the session has no step of that number.
        """
        listed = {item.number: item for item in self.store.all_revisions(self.id)}
        if number not in listed:
            raise UnknownSession(
                f"there is no step {number}; this session has {max(listed)} (0 is the original)"
            )
        return listed[number]

    def find_revision(self, text: str) -> RevisionInfo:
        """A revision by branch name, number in the history (0 is the original) or id.

        Raises:
            UnknownSession: the session has no step of that number.
            StoreError: nothing, or several things, fit.
        """
        for line in self.store.branches(self.id):
            if line.name == text:
                return self.store.revision(line.position_id)
        if text.isascii() and text.isdigit() and len(text) < 6:
            return self.step(int(text))
        return self.store.revision(text)

    # -- unfinished runs -----------------------------------------------------------------------

    def unfinished(self) -> RunInfo | None:
        """The run that a crash (or an unanswered approval) left unfinished, if any."""
        left = self.store.unfinished_runs(self.id)
        return left[-1] if left else None

    def discard_unfinished(self) -> None:
        """Give up an unfinished run; what it committed stays in the history."""
        for run in self.store.unfinished_runs(self.id):
            self.store.finish_run(run.id, "cancelled")

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

    # -- moving --------------------------------------------------------------------------------

    def undo(self, steps: int = 1) -> RevisionInfo:
        """Take back steps; a wish that made an earlier step otherwise counts as one."""
        self._require_settled()
        return self._back(steps, self.store.undo)

    def undo_turn(self, turns: int = 1) -> RevisionInfo:
        """Take back everything the last instruction did."""
        self._require_settled()
        return self._back(turns, self.store.undo_turn)

    def _back(self, count: int, undo: Callable[[str, int], RevisionInfo]) -> RevisionInfo:
        """Go back one after the other; all the way or not at all."""
        from memory.errors import StoreError

        here = shown = self.head
        if count == 1 or self.store.get_note(self.id, REVISED_NOTE) is None:
            wish = made_by(self, here.id) if count == 1 else None
            if wish is None:
                return undo(self.id, count)
            return self.store.checkout(self.id, wish.before)
        try:
            for _ in range(count):
                shown = self._back(1, undo)
        except StoreError:
            self.store.checkout(self.id, here.id)
            raise
        return shown

    def redo(self, steps: int = 1) -> RevisionInfo:
        """Do again what was undone."""
        self._require_settled()
        wish = undone_to(self, self.head.id)
        if wish is not None and steps == 1 and not self.info.redo_steps:
            return self.store.checkout(self.id, wish.after)
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
