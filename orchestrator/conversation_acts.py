"""What a conversation does to its session, and what it answers to that.

Each act is done at once and answers with data. It reads no words but those of an edit, which it
hands on; which act was meant is the conversation's to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.events import Event, ignore
from orchestrator.history_view import position_line
from orchestrator.language.command_types import Meant
from orchestrator.meant_instead import meant_instead
from orchestrator.report import RunReport
from orchestrator.revised import remember
from orchestrator.said_marks import SaidMark, checked, drawn, settings_of
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from orchestrator.showing import Answer, position, question_asked
from tools.saving import spare

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from orchestrator.questions import Answer as Reply
    from orchestrator.questions import Question
    from orchestrator.running import Approve


def _agree(question: Question) -> Reply:
    return question.run_it()


@dataclass
class ConversationActs:
    """Acts on one session.

    Attributes:
        session: what is talked about.
        settings: for every edit; each turn uses its own seed.
        on_event: told what happens during edits.
        approve: asked what the session asks; None = asked in the conversation itself.
        default_save: where "save" without a name writes.
        source: the original file, which is never written over.
    """

    session: EditSession
    settings: RunSettings = field(default_factory=RunSettings)
    on_event: Callable[[Event], None] = ignore
    approve: Approve | None = None
    default_save: Path = Path("edited.png")
    source: Path | None = None
    _mark: SaidMark = field(default_factory=SaidMark)
    _said: str = ""

    def _edit(self, text: str, settings: RunSettings) -> Answer:
        self._settle()
        turns = len(self.session.store.runs(self.session.id))
        own: dict[str, Any] = {"seed": settings.seed + 100_000 * turns}
        if self._mark.given:
            own |= settings_of(self._mark, self.session)
        report = self.session.edit(
            text,
            settings=settings.model_copy(update=own),
            on_event=self.on_event,
            approve=self.approve,
        )
        self._mark = SaidMark()
        return self._reported(report)

    def _marked(self, mark: SaidMark) -> Answer:
        """Keep a mark for the next edit, or forget the one there was."""
        if not mark.given:
            line = "the mark is forgotten" if self._mark.given else "nothing is marked"
            self._mark = mark
            return Answer((line,))
        self._mark = checked(mark, self.session)
        picture = None if mark.file is not None else drawn(mark, self.session.picture().rgb)
        line = f"marked: {mark.words}; the next edit is made there, 'unmark' forgets it"
        return Answer((line,), picture=None if mark.wish else picture)

    def _reported(self, report: RunReport) -> Answer:
        asked = self.session.question() if report.status == "waiting" else None
        if asked is not None and self.approve is None:
            return question_asked(self.session, asked, report)
        lines = [report.summary]
        unknown = report.plan.get("unknown", [])
        if unknown:
            lines.append("not understood: " + ", ".join(repr(word) for word in unknown))
        if report.steps and report.final.get("status") != "failed":
            lines += report.promise_lines()
        reasons = " ".join(step["reason"] for step in report.steps)
        if any(option in reasons for option in ("--box", "--point", "--mask")):
            lines.append("here: 'mark X,Y' or 'mark X0,Y0,X1,Y1' in pixels, then say it again")
        changed = any(step["status"] in ("done", "unverified") for step in report.steps)
        picture = self.session.picture().rgb if changed else None
        return Answer(tuple(lines), report, picture, failed=report.status == "cancelled")

    def _settle(self) -> None:
        """A person who moves on has given up what was waiting or interrupted."""
        if self.session.unfinished() is not None:
            self.session.discard_unfinished()

    def _moved(self, _revision: RevisionInfo) -> Answer:
        return position(self.session)

    def _branch(self, name: str | None) -> Answer:
        taken = {branch.name for branch in self.session.store.branches(self.session.id)}
        chosen = name or next(
            f"branch-{number}" for number in range(2, 10_000) if f"branch-{number}" not in taken
        )
        self.session.branch(chosen)
        return Answer((position_line(self.session),))

    def _another_way(self) -> Answer:
        """The shown turn's instruction once more with other seeds, on a line of its own."""
        last = self.session.shown_run()
        before = self.session.head.image_id
        self.session.checkout(last.base_revision_id)
        self._branch(None)
        answer = self._edit(last.instruction, self.settings)
        if self.session.head.image_id != before:
            return answer
        same = "it came out the same: its tools have no other way; say what should differ"
        return replace(answer, lines=(*answer.lines, same))

    def _instead(self, text: str) -> Answer:
        """Another instruction in place of the shown turn's, on a line of its own."""
        self.session.checkout(self.session.shown_run().base_revision_id)
        self._branch(None)
        return self._edit(text, self.settings)

    def _rather(self, text: str) -> Answer:
        """Another instruction in place of the shown turn's; if it fails, that stays shown."""
        shown = self.session.head.id
        self.session.checkout(self.session.shown_run().base_revision_id)
        started = self.session.head.id
        try:
            return self._edit(text, self.settings)
        finally:
            if self.session.head.id == started and self.session.unfinished() is None:
                self.session.checkout(shown)

    def _meant(self, wish: Meant) -> Answer:
        return self._reported(meant_instead(self.session, wish, on_event=self.on_event))

    def _remade(self, remake: Callable[[], tuple[RunReport, ...]]) -> Answer:
        """A step before, made otherwise, and what came after it."""

        def make() -> Answer:
            before = self.session.head.id
            reports = remake()
            answer = self._reported(reports[-1]) if reports else position(self.session)
            if self.session.head.id == before:
                return replace(answer, lines=(*answer.lines, "all stays as it was"), failed=True)
            return answer

        return self._otherwise(make)

    def _otherwise(self, make: Callable[[], Answer]) -> Answer:
        """What starts from before what is shown, so that undo brings that back."""
        before = self.session.head
        answer = make()
        remember(self.session, before, self._said)
        return answer

    def _resume(self, *, approved: bool) -> Answer:
        approve = _agree if approved else self.approve
        report = self.session.resume(on_event=self.on_event, approve=approve)
        if report is None:
            return Answer(("nothing is waiting or unfinished",))
        return self._reported(report)

    def _save(self, path: str, kind: str = "") -> Answer:
        target = Path(path).expanduser() if path else self.default_save
        if kind:
            target = target.with_suffix(kind)
        spare(target, self.source)
        notes = self.session.save(target)
        return Answer((f"saved: {target}", *notes))
