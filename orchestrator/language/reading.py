"""One clause at a time into drafts, promises and notes.

Knows what a clause may be (a request, a reason, a condition, a remark) and tries its frames; what
to try when a reading answers too little is ``second_look``'s.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from orchestrator.language import negations, statements
from orchestrator.language.asides import aimed, aside, condition, mention_things
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.clauses import Clause
from orchestrator.language.confining import confine, confined_tail, part_of_frame
from orchestrator.language.corrected import corrected
from orchestrator.language.drafts import UNSAID, WHOLE, Draft, Reading, Ref, indices
from orchestrator.language.echoes import POINTING, same_place, without_echoes
from orchestrator.language.frames import FRAMES
from orchestrator.language.frames_example import read_example
from orchestrator.language.frames_text import text_detail
from orchestrator.language.lead_in import context_tail, lead_in, place_only
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import adjust, take_its_place
from orchestrator.language.promises import PARTIAL
from orchestrator.language.references import resolve
from orchestrator.language.repairs import take_back
from orchestrator.language.units import Unit
from orchestrator.language.weighed import as_strong, harder, looking, softened, weighed_afterwards
from orchestrator.ops import PARAMS
from tools.target import Target


def read_next(clause: Clause, reading: Reading) -> None:
    """Read a clause, in the order and with the changes of mind that the person spoke of."""
    changed = corrected(clause, reading)
    if changed:
        reading.spoken |= clause.spoken | indices((*clause.linking, *clause.units))
        reading.latest = changed
        return
    before = list(reading.drafts)
    promised, told = len(reading.constraints), len(reading.notes)
    latest = reading.latest
    if clause.link == "repair":
        reading.subject = tuple(draft.ref for draft in latest) or reading.subject
        _read_clause(replace(clause, link="and"), reading)
    else:
        _read_clause(clause, reading)
    made = [draft for draft in reading.drafts if draft not in before]
    if clause.link == "repair":
        same_place(made, latest)
    if clause.link == "repair" and (made or len(reading.constraints) > promised):
        take_back(reading, latest)
        latest = []
        if made:  # it was read after all: "make the car red, no, blue"
            reading.notes[told:] = [note for note in reading.notes[told:] if UNSAID not in note]
    made = without_echoes(made, latest, reading)
    if clause.after:
        for draft in made:
            draft.behind += latest
    if made:
        reading.latest = made


def _read_clause(clause: Clause, reading: Reading) -> None:
    reading.spoken |= clause.spoken
    if clause.told:
        reading.note(clause.told)
    if clause.remark:
        kind = "question" if clause.asks else "remark"
        aside(clause, reading, f"taken as a {kind}, not as a request")
        if clause.story:
            mention_things(clause, reading)
        return
    if clause.aim:
        aimed(clause, reading)
        return
    if clause.link == "because":
        aside(clause, reading, "taken as a reason, not as a request")
        return
    if clause.link == "if":
        condition(clause, reading)
        return
    reader = ClauseReader(clause, reading)
    if any(unit.norm in ("otherwise", "if not", "else") for unit in clause.linking):
        if _only_leaves(clause):
            aside(clause, reading, "nothing is done where the condition does not hold")
            return
        reading.mention((WHOLE,))  # the thing of the condition is not there then
    for unit in clause.linking:
        reading.claims.setdefault(unit.index, "context")
    if clause.limits and confine(clause, reading):
        for unit in (*clause.units, *clause.linking):
            reading.claims.setdefault(unit.index, "context")
        return
    if text_detail(reader):
        _claim(reader, understood=True)
        return
    if place_only(reader):
        return
    if softened(reader) or as_strong(reader):
        _claim(reader, understood=True)
        return
    negative = lead_in(reader)
    understood = _understood(reader, negative)
    while understood and not reader.done and _goes_on(reader):
        pass
    _claim(reader, understood)


def _only_leaves(clause: Clause) -> bool:
    """Read "(if you see it, remove it), otherwise just leave it": a promise of nothing."""
    words = [u for u in clause.units if u.kind != "mark" and not u.has("polite", "filler", "only")]
    verb = words[0].verb if words else None
    kept = verb is not None and (verb.cls == "keep" or verb.base in ("leave", "let", "forget"))
    named = any(u.has("pronoun", "same", "whole") or u.norm in POINTING for u in words[1:])
    return kept and (named or len(words) == 1) and not any(u.has("property") for u in words)


def _understood(reader: ClauseReader, negative: bool) -> bool:
    if (
        negative
        and reader.strength.level
        and (
            reader.done
            or (reader.at == 0 and reader.clause.link == "but" and not reader.sees("verb"))
        )
    ):
        return negations.limit(reader)
    if reader.done:
        return weighed_afterwards(reader) or _stops_alone(reader)
    if not negative and (harder(reader) or looking(reader)):
        return True
    if negative:
        return negations.negated(reader)
    if read_example(reader):
        return True
    unit = reader.peek()
    verb = unit.verb if unit is not None else None
    if unit is not None and unit.has("do_same"):
        return statements.read_statement(reader)
    if verb is not None and _is_verb(reader, verb):
        place, taken = reader.at, set(reader.taken)
        reader.take()
        if verb.form == "ing":
            reader.take_if("of")  # "cropping of the picture"
        if FRAMES[verb.cls](reader, verb):
            reader.reading.verb = verb
            return True
        if reader.made:
            return True
        if not verb.both:
            return False
        reader.at, reader.taken = place, taken
    return statements.read_statement(reader)


def _stops_alone(reader: ClauseReader) -> bool:
    """Read "-1/3 EV": stops of nothing that is named are of exposure."""
    stops = reader.amount.stops
    if stops:
        adjust(reader, WHOLE, "exposure", 1 if stops > 0 else -1)
    return True


def _is_verb(reader: ClauseReader, verb: Verb) -> bool:
    led = reader.units[reader.at - 1] if reader.at else None
    asked = led is not None and led.has("polite") and led.norm.endswith("if you")
    if (verb.form == "ed" and not asked) or (
        reader.sees("scale")
        and reader.sees("effect_noun", offset=1)
        and not reader.sees("whole", offset=1)
    ):
        return False
    if not verb.both:
        return True
    after = reader.peek(1)
    if verb.form == "s" and after is not None and after.has("prep"):
        return False  # "lights on the shelf"
    if verb.form == "ing" and after is not None and (after.norm == "of" or after.has("det")):
        return True
    if after is None or after.kind in ("mark", "quote", "number"):
        return True
    if reader.sees("weather", "property", "colour", "look") and not after.has(
        "det", "pronoun", "prep", "whole"
    ):
        return False
    if after.has("copula", "gone") or after.norm == "'s":
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
        if not unit.norm.endswith(("there", "here")) and (
            unit.kind == "mark"
            or (
                unit.has("filler", "polite", "instead", "conjunction", "connector", "stop")
                and not unit.has("prep", "more", "less")
            )
        ):
            if unit.has("instead"):
                take_its_place(reader)
            reader.take()
        elif _belongs_to_it(reader, unit) or confined_tail(reader):
            continue
        elif unit.has("except") and reader.made and reader.made[-1].exclude is None:
            reader.take()
            reader.take_if("for")
            left_out = reader.phrase()
            if left_out is None and reader.sees("place"):
                _leave_out(reader, part_of_frame(reader.take()[0], reader.reading))
            elif left_out is not None:
                _leave_out(reader, resolve(reader.reading, left_out)[0])
                more = reader.more_left_out()
                for draft in reader.made:
                    draft.spare += more
        elif unit.norm.endswith(("there", "here")) and reader.made:
            reader.take()
            _point_at(reader, unit.norm.split()[-1])
        elif unit.has("instead_of") or unit.norm == "than":
            reader.take()
            reader.phrase()
        elif unit.has("negation"):
            reader.take()
            return negations.negated(reader)
        elif unit.has("says"):
            break
        else:
            break
    return reader.at > start and not reader.done and statements.read_statement(reader)


def _belongs_to_it(reader: ClauseReader, unit: Unit) -> bool:
    """Take what says how strongly, in which surroundings, or instead of which writing."""
    if reader.made and (harder(reader) or as_strong(reader)):
        return True
    if unit.has("prep") and context_tail(reader):
        return True
    return unit.has("except", "instead_of") and _not_written(reader)


def _not_written(reader: ClauseReader) -> bool:
    """Take "rather than 'CLOSED'": what is no longer to be read there."""
    after = reader.peek(1)
    if after is None or after.kind != "quote":
        return False
    reader.reading.spoken |= {unit.index for unit in reader.take(2)}
    return True


def _point_at(reader: ClauseReader, word: str) -> None:
    """Read "(make it pop) there": the place the person marked."""
    for draft in reader.made:
        if draft.ref.is_image and (draft.op in PARTIAL or draft.op == "add"):
            draft.ref = Ref(Target(phrase=word, category=word), f"the area pointed at ({word})")
            if draft.op == "add" and not draft.params.get("where"):
                draft.params["where"] = word
    if word == "there":
        take_its_place(reader)


def _leave_out(reader: ClauseReader, left_out: Ref) -> None:
    """Leave something out of what the clause asked for; of the picture, all the rest is meant."""
    words = f"everything except {left_out.words}"
    target = left_out.target.model_copy(update={"exclude": None})
    rest = Target(phrase=words, quantity="all_but", exclude=target)
    for draft in reader.made:
        if draft.ref.is_image and draft.op in PARTIAL:
            draft.ref = Ref(rest, words)
        elif draft is reader.made[-1]:
            draft.exclude = target


def _claim(reader: ClauseReader, understood: bool) -> None:
    """Say what stands for the words that were understood."""
    reading = reader.reading
    for draft in [d for d in reader.made if not _fits(d)]:
        reading.drafts.remove(draft)
        reader.made.remove(draft)
        understood = understood and bool(reader.made)
    if not understood:
        return
    units = reader.taken | reader.said | reader.clause.spoken
    for draft in reader.made:
        draft.units |= units
    for index in units:
        reading.claims.setdefault(index, "constraint")


def _fits(draft: Draft) -> bool:
    """Whether a draft has all its op needs; what lacks it is reported as not understood."""
    if draft.executor != "auto":
        return True
    try:
        PARAMS[draft.op].model_validate(draft.params)
    except ValidationError:
        return False
    return True
