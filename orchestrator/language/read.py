"""An instruction to a plan: units, clauses, frames, then the assembled steps.

The only place that runs the whole chain. Deterministic; time is linear in the instruction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from orchestrator.errors import BadInstruction, ChangesHistory, NotEnglish, OnlyAsks
from orchestrator.language.accounts import answered, start_reading, tell
from orchestrator.language.aims import with_aims
from orchestrator.language.amounts import more_or_less_again, only_by_changing
from orchestrator.language.asking import only_asks, with_questions
from orchestrator.language.assemble import steps_of
from orchestrator.language.clauses import split_clauses
from orchestrator.language.confining import with_limits
from orchestrator.language.coverage import Covered, cover, is_content, unknown_words
from orchestrator.language.defined import with_defined
from orchestrator.language.descriptions import read_words
from orchestrator.language.drafts import Reading
from orchestrator.language.kept_forms import with_kept_forms
from orchestrator.language.languages import other_language
from orchestrator.language.leaving_out import mark_exceptions
from orchestrator.language.letters import without_letter
from orchestrator.language.levels import with_levels
from orchestrator.language.other_way import refuse_other_way
from orchestrator.language.plain import with_targets
from orchestrator.language.repairs import tell_taken_back
from orchestrator.language.saving import refuse_saving
from orchestrator.language.second_look import read_all
from orchestrator.language.sequence import in_order
from orchestrator.language.stories import with_stories
from orchestrator.language.swaps import with_swaps
from orchestrator.language.tokens import tokenize
from orchestrator.language.topics import with_topics
from orchestrator.language.turns import with_outcomes
from orchestrator.plan import EditPlan

MAX_CHARS = 20_000


def read_plan(
    instruction: str,
    *,
    earlier: Sequence[EditPlan] = (),
    tried: EditPlan | None = None,
    glossary: Mapping[str, str] | None = None,
    looks: Sequence[str] = (),
    marked: bool = False,
    plain: bool = False,
) -> tuple[EditPlan, list[Covered]]:
    """The plan of an instruction, and what stands for each of its words.

    Args:
        instruction: what the person wrote.
        earlier: plans of the conversation so far, oldest first.
        tried: the plan of the turn before, where nothing of it was done; a colour alone is then
            for what it was to recolour.
        glossary: taught words and what they mean.
        looks: names of looks beyond the lexicon's own.
        marked: the person marked a region, which "it" and "this" then mean.
        plain: it is in the plain dialect ("remove the cup; make it warmer"), which is spelt right
            and names things anew, so that "it" is never a thing of this instruction.

    Raises:
        BadInstruction: there is nothing to do, or it is too long.
        NotEnglish: it is in another language.
        OnlyAsks: it asks how something is, and for no change.
        ChangesHistory: it asks for less of what an earlier plan did.
    """
    conversation = tuple(plan.model_dump_json() for plan in earlier)
    taught = tuple((glossary or {}).items())
    failed = "" if tried is None else tried.model_dump_json()
    plan, words = _read(instruction, conversation, failed, taught, tuple(looks), marked, plain)
    return plan, list(words)


@lru_cache(maxsize=32)
def _read(
    instruction: str,
    conversation: tuple[str, ...],
    failed: str,
    meanings: tuple[tuple[str, str], ...],
    looks: tuple[str, ...],
    marked: bool,
    plain: bool,
) -> tuple[EditPlan, tuple[Covered, ...]]:
    """As ``read_plan``; a turn's planners and its critic read the same sentence several times.

    Args:
        instruction: see ``read_plan``.
        conversation: the earlier plans as JSON.
        failed: the plan that was tried, as JSON; empty = none.
        meanings: the glossary.
        looks: see ``read_plan``.
        marked: see ``read_plan``.
        plain: see ``read_plan``.
    """
    earlier = [EditPlan.model_validate_json(plan) for plan in conversation]
    glossary = dict(meanings)
    if not instruction.strip():
        raise BadInstruction(
            "the instruction is empty; say what to change, such as 'make the sky pink'"
        )
    if len(instruction) > MAX_CHARS:
        raise BadInstruction(
            f"the instruction has {len(instruction)} characters; at most {MAX_CHARS} are read"
        )
    tokens = tokenize(instruction)
    again = more_or_less_again(tokens, earlier)
    if again is not None and only_by_changing(again, earlier):
        raise ChangesHistory(
            "more or less of what a step made is made by changing that step: say it in "
            "'smartedit chat', or undo the step and ask for it anew"
        )
    refuse_other_way(tokens, instruction, earlier)
    refuse_saving(tokens, instruction)
    taught = {word for name in glossary for word in name.lower().split()}
    said = [t.norm for t in tokens if t.kind == "word" and t.norm not in taught]
    language = other_language(said)
    if language:
        raise NotEnglish(
            f"this reads like {language}, and only English is understood; "
            "say what to change in English, such as 'make the sky pink'"
        )
    units = without_letter(mark_exceptions(read_words(instruction, glossary, looks, spelt=plain)))
    if plain:
        units = with_targets(units)
    tried = EditPlan.model_validate_json(failed) if failed else None
    reading = start_reading(units, earlier, tried)
    reading.marked = marked
    reading.plain = plain
    explained = with_defined(units)
    for index in explained.spoken:
        reading.claims[index] = "note"
    reading.notes += explained.told
    clauses = split_clauses(explained.units)
    clauses = with_kept_forms(with_topics(with_aims(with_levels(with_swaps(clauses)))))
    clauses = with_limits(with_questions(in_order(clauses)))
    if only_asks(clauses):
        raise OnlyAsks(
            f"this asks how something is and wishes for nothing: {instruction.strip()!r}; "
            "say what to change, such as 'make the sky brighter'"
        )
    read_all(with_outcomes(with_stories(clauses)), reading)
    steps, claims = steps_of(reading)
    claims = answered(units, {**reading.claims, **claims}, steps, reading)
    unknown = unknown_words(units, claims)
    if not steps and not reading.constraints:
        raise BadInstruction(_nothing(unknown, reading))
    tell_taken_back(units, reading)
    tell(units, unknown, glossary, reading)
    plan = EditPlan(
        instruction=instruction,
        steps=steps,
        constraints=tuple(reading.constraints),
        notes=tuple(reading.notes),
        unknown=unknown,
    )
    return plan, tuple(cover(units, claims))


def read_look(
    instruction: str,
    look: str,
    glossary: Mapping[str, str] | None = None,
    looks: Sequence[str] = (),
) -> tuple[EditPlan, list[Covered]]:
    """The plan of an instruction that as a whole is the wish for a look, as ``read_plan``.

    Args:
        instruction: what the person wrote.
        look: the look's word in it, as ``orchestrator.look_wish`` found it.
        glossary: taught words and what they mean.
        looks: names of looks beyond the lexicon's own.
    """
    plan, _ = read_plan(f"make it {look}", looks=(look,))
    units = read_words(instruction, glossary, looks)
    claims = {unit.index: plan.steps[0].id for unit in units if is_content(unit)}
    return plan.model_copy(update={"instruction": instruction}), cover(units, claims)


def respelt(
    instruction: str, glossary: Mapping[str, str] | None = None, looks: Sequence[str] = ()
) -> str:
    """The instruction with its misspelt words corrected, and nothing else changed."""
    text = instruction
    for unit in reversed(read_words(instruction, glossary, looks)):
        if unit.written and unit.written.lower() != unit.text.lower():
            text = text[: unit.start] + unit.text + text[unit.end :]
    return text


def _nothing(unknown: Sequence[str], reading: Reading) -> str:
    words = ", ".join(repr(w) for w in unknown[:8])
    # What a word was taken for says less of why nothing is done than any other note.
    notes = [note for note in reading.notes if not note.startswith("read '")] or reading.notes
    told = f" ({notes[0]})" if notes else ""
    where = f" in {words}" if words else ""
    hint = "say what to change, such as 'make the sky pink'"
    return f"nothing to do was understood{where}{told}; {hint}"
