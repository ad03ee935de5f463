"""A conversation about one picture: edits and commands mixed, in plain words.

Understands a message (``orchestrator.language.commands``) and answers with data what became of it:
``conversation_acts.py``. Showing the answer is the caller's. Nothing said here is ever executed as
anything but one of the typed commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.amount_again import again
from orchestrator.border_again import reframed
from orchestrator.conversation_acts import ConversationActs
from orchestrator.errors import OrchestratorError
from orchestrator.history_view import history_lines
from orchestrator.language import command_types as said
from orchestrator.language.command_meanings import CommandContext
from orchestrator.language.commands import interpret
from orchestrator.repair import repeated
from orchestrator.said_marks import SaidMark, points, read_mark
from orchestrator.showing import (
    Answer,
    compared,
    judged,
    mask_shown,
    plan_shown,
    position,
    question_asked,
    question_met,
)
from orchestrator.turned_round import turned_round
from orchestrator.undoing import gone_back, undone
from orchestrator.writing_again import rewritten

HELP = """\
Say what the picture should become: "make it warmer and blur the background".
Also: undo · undo the last two steps · redo · go back to before the rain · go back to step 2
less rain · tone it down · the other way · again · no, the left one · make the text bigger
no, cooler · no, keep the colours · flip it back · a thicker border
try that another way · start over · branch NAME · switch to NAME
history · show plan · show · compare · show masks · save as NAME.jpg · quit
mark 40,60,200,180 · mark 120,90 · mark FILE.png: the next edit is made there · unmark
by barometer I mean the round brass dial · glossary
Where something is asked: yes · no · a, or "the left one" · drop s2 · s2 first · s2 amount=0.4
s2: make it much darker · also add rain · s1 box 10,20,200,240
Ctrl-C stops a running step; what was done before it stays."""


GREETING = """\
hello; say what the picture should become, such as 'make it warmer', or 'help'"""


@dataclass(frozen=True)
class _Instead:
    """Another instruction in place of the last: "try that another way: make it sepia"."""

    text: str


Wish = said.Command | said.Edit | _Instead
MOVES = (
    said.Undo,
    said.Redo,
    said.GoBack,
    said.Again,
    said.Rewrite,
    said.OtherWay,
    said.Repeat,
    said.Meant,
    said.Rather,
    said.Reframe,
    said.StartOver,
    said.Branch,
    _Instead,
)


def _another_wish(
    wishes: list[said.Command | said.Edit],
) -> list[said.Command | said.Edit | _Instead]:
    """Join "try that another way" with the wish that says which way."""
    joined: list[Wish] = []
    for wish in wishes:
        last = joined[-1] if joined else None
        if isinstance(wish, said.Edit) and isinstance(last, said.Branch) and last.retry:
            joined[-1] = _Instead(wish.text)
        else:
            joined.append(wish)
    return joined


@dataclass
class Conversation(ConversationActs):
    """Talks about one session; :class:`ConversationActs` says what it is given."""

    _last_was_undo: bool = False

    def say(self, text: str) -> list[Answer]:
        """All that ``answers`` gives, once everything is done."""
        return list(self.answers(text))

    def answers(self, text: str) -> Iterator[Answer]:
        """Understand one message and do what it asks, in order; stops at the first failure.

        Each answer comes when its wish is done and before the next is begun, so that it can be
        shown in the order in which things happened.

        While the session asks something, an answer to that comes first; what is no answer is
        understood as ever, and a new wish gives the question up.
        """
        self._said = " ".join(text.split())
        replied = self._reply(text)
        if replied is not None:
            yield replied
            return
        mark = read_mark(text)
        if mark is not None:
            answer = self._do(mark)
            yield answer
            if answer.failed or not mark.wish:
                return
            text = mark.wish
        context = CommandContext(
            earlier=self.session.plans_in_force(),
            awaiting_approval=self.session.unfinished() is not None,
            last_was_undo=self._last_was_undo,
            tried=self.session.plan_tried(),
            branches=frozenset(b.name for b in self.session.store.branches(self.session.id)),
            taught=frozenset(
                word.word.lower() for word in self.session.store.glossary(self.session.id)
            ),
        )
        understood = interpret(text, context)
        again = any(isinstance(wish, said.Rewrite) for wish in understood)
        if again and self._mark.given and points(text):
            # "remove this" is of what is marked, not of what was written on the picture before.
            understood = interpret(text, replace(context, earlier=()))
        wishes = _another_wish(understood)
        if not wishes:
            yield Answer(("say what the picture should become, or 'help'",), failed=True)
        for wish in wishes:
            answer = self._do(wish)
            self._last_was_undo = isinstance(wish, said.Undo)
            yield answer
            if answer.failed or answer.quit:
                break

    def question(self) -> Answer | None:
        """What is asked, to be shown (again); None where nothing is."""
        asked = self.session.question()
        return None if asked is None else question_asked(self.session, asked)

    def _reply(self, text: str) -> Answer | None:
        from memory.errors import StoreError
        from orchestrator.replies import parse_reply
        from tools.errors import ToolError

        asked = self.session.question()
        if asked is None:
            return None
        try:
            answer = parse_reply(text, asked, self.session.plan)
            if answer is None:
                return None
            report = self.session.answer(answer, on_event=self.on_event)
        except (OrchestratorError, StoreError, ToolError) as error:
            return Answer((str(error),), failed=True)
        return self._reported(report)

    def _do(self, wish: Wish | SaidMark) -> Answer:
        from memory.errors import StoreError
        from tools.errors import ToolError

        try:
            if isinstance(wish, SaidMark):
                return self._marked(wish)
            if isinstance(wish, said.Edit):
                return self._edit(wish.text, self.settings)
            return self._command(wish)
        except (OrchestratorError, StoreError, ToolError) as error:
            return Answer((str(error),), failed=True)

    def _command(self, wish: said.Command | _Instead) -> Answer:
        session, store = self.session, self.session.store
        if isinstance(wish, MOVES):
            self._settle()
        match wish:
            case said.Undo(steps, turn):
                return undone(session, steps, turn=turn)
            case said.Redo(steps):
                return self._moved(session.redo(steps))
            case said.StartOver():
                return self._moved(session.start_over())
            case said.GoBack():
                return self._moved(gone_back(session, wish))
            case said.Again(words, factor):
                return self._remade(lambda: again(session, words, factor, on_event=self.on_event))
            case said.Rewrite():
                return self._remade(lambda: rewritten(session, wish, on_event=self.on_event))
            case said.Reframe():
                return self._remade(lambda: reframed(session, wish, on_event=self.on_event))
            case said.Meant():
                return self._otherwise(lambda: self._meant(wish))
            case said.Rather(text):
                return self._otherwise(lambda: self._rather(text))
            case said.Repeat():
                return self._reported(repeated(session, on_event=self.on_event))
            case said.OtherWay():
                return self._remade(lambda: turned_round(session, on_event=self.on_event))
            case _Instead(text):
                return self._otherwise(lambda: self._instead(text))
            case said.Branch(name, retry):
                return self._otherwise(self._another_way) if retry else self._branch(name)
            case said.History():
                return Answer(tuple(history_lines(session)))
            case said.ShowPlan():
                return plan_shown(session)
            case said.Compare():
                return compared(session)
            case said.Show():
                return position(session)
            case said.Masks():
                return mask_shown(session)
            case said.SaveAs(path, kind):
                return self._save(path, kind)
            case said.Resume() | said.Approve():
                return self._resume(approved=isinstance(wish, said.Approve))
            case said.Cancel():
                if session.unfinished() is None:
                    return Answer(("nothing is waiting or running",))
                session.discard_unfinished()
                return Answer(("dropped; what was done before stays",))
            case said.Teach(word, meaning):
                store.teach(word, meaning, session_id=session.id)
                return Answer((f"{word!r} now means {meaning!r} in this session",))
            case said.Forget(word):
                store.forget(word, session_id=session.id)
                return Answer((f"{word!r} is forgotten",))
            case said.Glossary():
                known = [f"{word.word}: {word.meaning}" for word in store.glossary(session.id)]
                return Answer(tuple(known) or ("no words have been taught",))
            case said.Complain():
                return Answer(("'undo that' takes it back; else say what should be otherwise",))
            case said.Greet():
                return Answer((GREETING,))
            case said.Thank():
                return Answer(("you are welcome; 'save' keeps it, or say what else to change",))
            case said.Judge():
                return judged(session)
            case said.Ask(done):
                return Answer(tuple(history_lines(session))) if done else question_met(session)
            case said.Help():
                return Answer(tuple(HELP.splitlines()))
            case said.Quit():
                return Answer(quit=True)
