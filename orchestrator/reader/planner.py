"""The planner ``reader``: rules, and where they understand less than it says, its own words.

The rules read the instruction as it stands; the reader says it plainly, and the rules read that.
Then the reader is asked how likely each of the two sayings is: its own is kept only where it is
clearly the likelier one, and where nothing in it was made up. So it may misunderstand, but it
cannot widen what a plan can do, name what nobody named, or write what nobody wrote.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.critic.coverage import values_of
from orchestrator.critic.findings import Finding
from orchestrator.critic.grounded import without_unsaid_promises
from orchestrator.critic.review import review
from orchestrator.critic.words import all_words_of, same
from orchestrator.drawing_styles import drawing_style
from orchestrator.errors import BadInstruction, ChangesHistory, NotEnglish, OnlyAsks
from orchestrator.language.dictionary import is_english
from orchestrator.language.read import read_plan, respelt
from orchestrator.plan import EditPlan, Preserve
from orchestrator.planning import READER, PlanContext, Planner
from orchestrator.readable import is_readable
from orchestrator.reader.dialect import is_plain, plainly
from orchestrator.reader.speaker import NOTHING, Said, Speaker

MARGIN = 0.6
"""How much likelier, in mean log-probability a token, the reader's saying must be than the rules';
settled on instructions that neither had seen (docs/quality.md)."""
MARGIN_UNREAD = 0.0
"""The same where the rules left words unread."""
NAMED = {"grade": "look", "weather": "kind", "relight": "to", "restyle": "style"}
"""Ops whose wish a person names by its own word ("cyberpunk", "rainy", "night"), and its
parameter: rules that met such a word were always right about it (docs/quality.md)."""
MOST_CHARS = 1500
"""Longer instructions are the rules' alone."""


@dataclass(frozen=True)
class _Reading:
    """What the reader made of an instruction, which it was given as ``spelt``."""

    spelt: str
    said: Said
    plan: EditPlan


class ReaderPlanner:
    """Plans by rules and by the reader, whichever understood more.

    Args:
        rules: reads plain language.
        speaker: gives the reader's model; called only where it is needed.
    """

    name = READER

    def __init__(self, rules: Planner, speaker: Callable[[], Speaker]) -> None:
        self._rules, self._speaker = rules, speaker

    def plan(self, instruction: str, context: PlanContext) -> EditPlan:
        """The plan of an instruction; its first note says so where the reader's words were taken.

        Raises:
            BadInstruction: there is nothing to do.
            NotEnglish: it is in another language, of which the reader would only make something up.
            OnlyAsks: it asks how something is.
            ChangesHistory: it asks for less of what an earlier plan did.
            EditCancelled: the user asked to stop.
            PlannerUnavailable: the reader cannot be opened.
        """
        ruled, why = self._ruled(instruction, context)
        plain = None if ruled is None else plainly(ruled)
        by, started = self._rules.name, time.monotonic()
        record: dict[str, object] = {}
        reading = None
        # Where the rules' plan has no plain form, the two could not be weighed.
        doubted = ruled is None or (plain is not None and not is_plain(instruction, plain))
        doubted = doubted and not context.wish  # the look-book knows the word, the reader does not
        if doubted and len(instruction) <= MOST_CHARS and is_readable(instruction, context):
            reading = self._reading(instruction, plain or "", context, record)
        if reading is not None and self._is_better(reading, ruled, plain):
            by, ruled = self.name, _with_what_rules_saw(reading.plan, ruled)
        context.account(
            {"by": by, "reader_seconds": round(time.monotonic() - started, 3), **record}
        )
        if ruled is None:
            raise why or BadInstruction("there is nothing to do in it")
        return ruled

    def _ruled(
        self, instruction: str, context: PlanContext
    ) -> tuple[EditPlan | None, BadInstruction | None]:
        try:
            return self._rules.plan(instruction, context), None
        except (NotEnglish, OnlyAsks, ChangesHistory):
            raise
        except BadInstruction as error:
            return None, error

    def _reading(
        self, instruction: str, plain: str, context: PlanContext, record: dict[str, object]
    ) -> _Reading | None:
        """The reader's own reading; None where it has none that can be used.

        Args:
            instruction: what the person wrote.
            plain: the rules' own saying, which the reader's often is or begins as; may be empty.
            context: of the plan.
            record: takes what was said.
        """
        spelt = respelt(instruction, context.glossary, context.looks)
        said = self._speaker().say(spelt, context.cancelled, plain)
        if said is None or said.text == NOTHING:
            return None
        record["said"] = said.text
        try:
            plan, _ = read_plan(
                said.text,
                earlier=context.earlier,
                tried=context.tried,
                glossary=context.glossary,
                looks=context.looks,
                marked=context.marked,
                plain=True,
            )
        except BadInstruction:
            return None
        note = f"read as: {said.text}"
        plan = plan.model_copy(update={"instruction": instruction, "notes": (note, *plan.notes)})
        plan = without_unsaid_promises(plan, context.spoken_of, context.glossary)
        found = review(plan, context, author="model").findings
        return None if any(map(_is_made_up, found)) else _Reading(spelt, said, plan)

    def _is_better(self, reading: _Reading, ruled: EditPlan | None, plain: str | None) -> bool:
        """Whether the reader holds its own saying for likelier than the rules' one by a margin."""
        if ruled is None or plain is None:
            return True
        if plain == reading.said.text or _is_same(reading.plan, ruled):
            return False
        if _drops_what_is_named(reading.plan, ruled):
            return False
        margin = MARGIN_UNREAD if ruled.unknown else MARGIN
        believed = self._speaker().likelihood(reading.spelt, plain)
        return reading.said.confidence - believed > margin


def _is_made_up(finding: Finding) -> bool:
    """Whether a finding tells that a saying is not to be taken.

    What nobody asked for as far as the rules can read is what the reader is there for.
    """
    if finding.code in ("not_grounded", "words_not_said"):
        return True
    return finding.severity == "refuse" and finding.code != "unasked"


def _with_what_rules_saw(plan: EditPlan, ruled: EditPlan | None) -> EditPlan:
    """The plan, with the promises that the rules read and the words that are nobody's.

    To keep too much can be taken back; and a word of no language was not understood, whatever was
    made of the rest.
    """
    if ruled is None:
        return plan
    kept = {c.target.category for c in plan.constraints if isinstance(c, Preserve)}
    acted = {step.target.category for step in plan.steps}
    more = [
        c
        for c in ruled.constraints
        if isinstance(c, Preserve) and c.target.category not in kept | acted
    ]
    strange = [w for w in ruled.unknown if w.isalpha() and not is_english(w.lower())]
    unknown = dict.fromkeys((*plan.unknown, *strange))
    update = {"constraints": (*plan.constraints, *more), "unknown": tuple(unknown)}
    return plan.model_copy(update=update)


def _drops_what_is_named(plan: EditPlan, ruled: EditPlan) -> bool:
    """Whether a look, a weather or an hour that was said by its own word is nowhere in a plan."""
    said = all_words_of(ruled.instruction)
    told = [w for step in plan.steps for w in (*all_words_of(step.instruction), *values_of(step))]
    for step in ruled.steps:
        value = str(step.params.get(NAMED.get(step.op, ""), ""))
        if step.op == "restyle" and not drawing_style(value):
            continue  # any words can be a style
        name = all_words_of(value)
        if _speak_of(said, name) and not _speak_of(told, name):
            return True
    return False


def _speak_of(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a word of a name is among words, in any form ("foggy" speaks of fog)."""
    return any(w.startswith(part) or same(part, w) for w in words for part in name)


def _is_same(one: EditPlan, two: EditPlan) -> bool:
    return one.steps == two.steps and one.constraints == two.constraints
