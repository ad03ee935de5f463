"""An instruction to a plan: units, clauses, frames, then the assembled steps.

The only place that runs the whole chain. Deterministic; time is linear in the instruction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from orchestrator.errors import BadInstruction
from orchestrator.language import promises, statements
from orchestrator.language.assemble import steps_of
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.clauses import Clause, split_clauses
from orchestrator.language.coverage import Covered, cover, is_content, unknown_words
from orchestrator.language.drafts import Draft, Reading, Ref, indices, thing
from orchestrator.language.frames import FRAMES
from orchestrator.language.lexicon import Verb
from orchestrator.language.units import Unit, join, read_units
from orchestrator.plan import PARAMS, EditPlan, Step

MAX_CHARS = 20_000


def read_plan(
    instruction: str,
    *,
    earlier: Sequence[EditPlan] = (),
    glossary: Mapping[str, str] | None = None,
    looks: Sequence[str] = (),
) -> tuple[EditPlan, list[Covered]]:
    """The plan of an instruction, and what stands for each of its words.

    Args:
        instruction: what the person wrote.
        earlier: plans of the conversation so far, oldest first.
        glossary: taught words and what they mean.
        looks: names of looks beyond the lexicon's own.

    Raises:
        BadInstruction: there is nothing to do, or it is too long.
    """
    if not instruction.strip():
        raise BadInstruction(
            "the instruction is empty; say what to change, such as 'make the sky pink'"
        )
    if len(instruction) > MAX_CHARS:
        raise BadInstruction(
            f"the instruction has {len(instruction)} characters; at most {MAX_CHARS} are read"
        )
    units = read_units(instruction, glossary, looks)
    reading = _reading(units, earlier)
    for clause in split_clauses(units):
        _read_clause(clause, reading)
    steps, claims = steps_of(reading)
    claims = _answered(units, {**reading.claims, **claims}, steps, reading)
    unknown = unknown_words(units, claims)
    if not steps and not reading.constraints:
        raise BadInstruction(_nothing(unknown, reading))
    _tell(units, unknown, glossary or {}, reading)
    plan = EditPlan(
        instruction=instruction,
        steps=steps,
        constraints=tuple(reading.constraints),
        notes=tuple(reading.notes),
        unknown=unknown,
    )
    return plan, cover(units, claims)


def _answered(
    units: Sequence[Unit], claims: Mapping[int, str], steps: Sequence[Step], reading: Reading
) -> dict[int, str]:
    """The claims that hold: a word of no listed meaning must be found in the plan."""
    told = " ".join(
        [
            *(step.model_dump_json() for step in steps),
            *(c.model_dump_json() for c in reading.constraints),
            *reading.notes,
        ]
    ).lower()
    return {
        index: by
        for index, by in claims.items()
        if units[index].senses or not is_content(units[index]) or _is_told(units[index], told)
    }


def _is_told(unit: Unit, told: str) -> bool:
    if unit.kind == "number":
        return True
    return (
        json.dumps(unit.text.lower())[1:-1] in told
        or json.dumps(unit.text.lower(), ensure_ascii=False)[1:-1] in told
        or unit.norm[:5] in told
    )


def _nothing(unknown: Sequence[str], reading: Reading) -> str:
    words = ", ".join(repr(w) for w in unknown[:8])
    told = f" ({reading.notes[0]})" if reading.notes else ""
    where = f" in {words}" if words else ""
    hint = "say what to change, such as 'make the sky pink'"
    return f"nothing to do was understood{where}{told}; {hint}"


def _reading(units: Sequence[Unit], earlier: Sequence[EditPlan]) -> Reading:
    reading = Reading(previous=earlier[-1] if earlier else None)
    reading.daytime = any(u.norm in ("daytime", "day time", "daylight", "sunny") for u in units)
    reading.colours = [u.norm for u in units if u.has("colour")]
    for plan in earlier:
        for step in plan.steps:
            alive = step.op not in ("remove", "replace")
            if not step.target.is_whole_image:
                phrase = step.target.phrase
                words = (
                    phrase
                    if phrase.split(" ", 1)[0].lower()
                    in ("the", "a", "an", "all", "my", "every", "both")
                    else f"the {phrase}"
                )
                reading.mention([Ref(step.target, words)], alive=alive, recent=False)
            made = (
                step.params.get("new")
                if step.op == "replace"
                else step.params.get("what")
                if step.op == "add"
                else None
            )
            if isinstance(made, str):
                ref = thing(made)
                if step.target.ordinal is not None and step.op == "replace":
                    ref = Ref(
                        ref.target.model_copy(update={"ordinal": step.target.ordinal}),
                        ref.words,
                        None,
                        ref.number,
                        True,
                    )
                ref = Ref(ref.target, ref.words, None, ref.number, step.op == "replace")
                reading.mention([ref], recent=False)
    return reading


def _read_clause(clause: Clause, reading: Reading) -> None:
    if clause.link == "because":
        _aside(clause, reading, "taken as a reason, not as a request")
        return
    if clause.link == "if":
        _condition(clause, reading)
        return
    reader = ClauseReader(clause, reading)
    for unit in clause.linking:
        reading.claims.setdefault(unit.index, "context")
    if _place_only(reader):
        return
    negative = _lead_in(reader)
    understood = _understood(reader, negative)
    while understood and not reader.done and _goes_on(reader):
        pass
    _claim(reader, understood)


def _place_only(reader: ClauseReader) -> bool:
    """Read "on the table, …": a clause that only says where the next one happens."""
    unit = reader.peek()
    if unit is not None and unit.has("instead_of"):
        reader.take()
        old = reader.phrases()
        if not old or not reader.done:
            reader.at = 0
            reader.taken.clear()
            return False
        reader.reading.instead = reader.refs(old, "replace")
        for index in indices(reader.clause.units):
            reader.reading.claims.setdefault(index, "context")
        return True
    if (
        unit is None
        or not unit.has("prep")
        or unit.has("negation", "polite", "conjunction")
        or unit.get("prep") in ("like", "to", "with", "than", "of")
        or unit.norm in ("by", "without")
    ):
        return False
    place, taken = reader.at, set(reader.taken)
    word = reader.take()[0]
    phrase = reader.phrase()
    if phrase is None or not reader.done:
        reader.at, reader.taken = place, taken
        return False
    ref = reader.refs([phrase])[0]
    for index in indices(reader.clause.units):
        reader.reading.claims.setdefault(index, "context")
    if ref.is_image or unit.norm in ("for", "from"):
        reader.reading.note(f"taken as context: {join(reader.clause.units)}") if unit.norm in (
            "for",
            "from",
        ) else None
        return True
    reader.reading.front = (ref, f"{word.norm} {ref.words}")
    return True


def _lead_in(reader: ClauseReader) -> bool:
    """Pass politeness and context; True where what follows is not to be done."""
    negative = False
    while not reader.done:
        unit = reader.peek()
        if unit is None:
            break
        if unit.has("negation") and not (unit.has("prep") and reader.clause.link != "while"):
            negative = not negative if unit.norm != "not" or not negative else negative
            reader.take()
        elif (
            unit.kind == "mark"
            or unit.norm in ("i", "we", "you", "me", "us")
            or (
                unit.has("polite", "connector", "contrast", "filler", "conjunction", "while")
                and (not unit.verb or unit.has("polite"))
                and not unit.has("ordinal", "says")
            )
        ):
            reader.take()
        elif (
            unit.has("prep")
            and unit.norm in ("in", "for", "on", "with", "to", "by", "at")
            and _context(reader)
        ):
            continue
        else:
            break
    if reader.clause.linking and reader.clause.linking[-1].norm in ("without", "but not"):
        negative = True
    return negative


def _context(reader: ClauseReader) -> bool:
    """Read "in this photo, …": where it all happens."""
    unit = reader.peek()
    if (
        unit is not None
        and unit.norm in ("to", "by")
        and (after := reader.peek(1)) is not None
        and after.verb is not None
    ):
        reader.take()
        return True
    place, taken = reader.at, set(reader.taken)
    reader.take()
    phrase = reader.phrase(attach=False)
    if phrase is not None and phrase.role == "image" and not reader.done:
        return True
    reader.at, reader.taken = place, taken
    return False


def _understood(reader: ClauseReader, negative: bool) -> bool:
    if (
        negative
        and reader.strength.level
        and (
            reader.done
            or (reader.at == 0 and reader.clause.link == "but" and not reader.sees("verb"))
        )
    ):
        return promises.limit(reader)
    if reader.done:
        return True
    if negative:
        return promises.negated(reader)
    unit = reader.peek()
    verb = unit.verb if unit is not None else None
    if unit is not None and unit.has("do_same"):
        return statements.read_statement(reader)
    if verb is not None and _is_verb(reader, verb):
        place, taken = reader.at, set(reader.taken)
        reader.take()
        if FRAMES[verb.cls](reader, verb):
            reader.reading.verb = verb
            return True
        if reader.made:
            return True
        if not verb.both:
            return False
        reader.at, reader.taken = place, taken
    return statements.read_statement(reader)


def _is_verb(reader: ClauseReader, verb: Verb) -> bool:
    if verb.form == "ed" or (
        reader.sees("scale")
        and reader.sees("effect_noun", offset=1)
        and not reader.sees("whole", offset=1)
    ):
        return False
    if not verb.both:
        return verb.form != "s" or True
    after = reader.peek(1)
    if after is None or after.kind in ("mark", "quote", "number"):
        return True
    if reader.sees("weather", "property", "colour", "look") and not after.has(
        "det", "pronoun", "prep", "whole"
    ):
        return False
    if after.has("copula") or after.norm == "'s":
        return False
    return not (
        reader.sees("ordinal", "scale")
        and after.kind == "word"
        and not after.has("det", "pronoun", "whole", "background", "prep")
    )


def _goes_on(reader: ClauseReader) -> bool:
    """What is left of a clause that made sense: "instead", a place, another predicate."""
    start = reader.at
    while not reader.done:
        unit = reader.peek()
        if unit is None:
            return False
        if unit.kind == "mark" or (
            unit.has("filler", "polite", "instead", "conjunction", "connector", "stop")
            and not unit.has("prep", "more", "less")
        ):
            reader.take()
        elif unit.has("prep") and _context_tail(reader):
            continue
        elif unit.has("except") and reader.made and reader.made[-1].exclude is None:
            reader.take()
            reader.take_if("for")
            left_out = reader.phrase()
            if left_out is not None:
                reader.made[-1].exclude = reader.reading.resolve(left_out)[0].target
        elif unit.has("instead_of") or unit.norm == "than":
            reader.take()
            reader.phrase()
        elif unit.has("negation"):
            reader.take()
            return promises.negated(reader)
        elif unit.has("says"):
            break
        else:
            break
    return reader.at > start and not reader.done and statements.read_statement(reader)


def _context_tail(reader: ClauseReader) -> bool:
    """Read "… in the photo", "… for instagram": no part of the request."""
    place, taken = reader.at, set(reader.taken)
    unit = reader.take()[0]
    phrase = reader.phrase(attach=False)
    if phrase is None:
        reader.at, reader.taken = place, taken
        return False
    if phrase.role == "image" or phrase.target.is_whole_image:
        return True
    if unit.norm == "for" and reader.made:
        reader.reading.note(f"taken as what it is for: {phrase.words}")
        return True
    reader.at, reader.taken = place, taken
    return False


def _claim(reader: ClauseReader, understood: bool) -> None:
    """Say what stands for the words that were understood."""
    reading = reader.reading
    for draft in [d for d in reader.made if not _fits(d)]:
        reading.drafts.remove(draft)
        reader.made.remove(draft)
        understood = understood and bool(reader.made)
    if not understood:
        return
    units = reader.taken | reader.said
    for draft in reader.made:
        draft.units |= units
    for index in units:
        reading.claims.setdefault(index, "constraint")


def _fits(draft: Draft) -> bool:
    """Whether a draft has all its op needs; what lacks it is reported as not understood."""
    try:
        PARAMS[draft.op].model_validate(draft.params)
    except ValidationError:
        return False
    return True


def _aside(clause: Clause, reading: Reading, why: str) -> None:
    words = join(clause.units).strip(" ,")
    if not any(is_content(u) for u in clause.units):
        return
    reading.note(f"{why}: {words}")
    for unit in clause.units:
        reading.claims.setdefault(unit.index, "note")


def _condition(clause: Clause, reading: Reading) -> None:
    """Read "if there are any cars": names them; whether there are is for the grounder to find."""
    _aside(clause, reading, "this condition is not checked beforehand")
    reader = ClauseReader(clause, reading)
    reader.skip("filler", "polite", "copula", "stop") if not reader.sees("det") else None
    phrase = reader.phrase()
    if phrase is not None and phrase.role != "image" and not phrase.pronoun:
        reading.mention(reading.resolve(phrase))


def _tell(
    units: Sequence[Unit], unknown: Sequence[str], glossary: Mapping[str, str], reading: Reading
) -> None:
    for unit in units:
        if unit.written and unit.written.lower() != unit.norm:
            reading.note(f"read '{unit.written}' as '{unit.norm}'")
        if unit.has("taught"):
            word = next((w for w in glossary if w.lower() == unit.norm), unit.norm)
            reading.note(f"'{unit.text}' means {glossary.get(word, unit.get('taught'))}")
    if unknown:
        reading.note(f"did not understand: {', '.join(repr(word) for word in unknown[:20])}")
