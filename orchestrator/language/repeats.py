"""Doing something again: "do the same to the other one"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.language.amounts import FACTORS, STRENGTHS, has_strength
from orchestrator.language.called_since import since
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Draft, Ref
from orchestrator.language.frames_example import TOOL as STYLE_TOOL
from orchestrator.language.other_way import OPPOSITE
from orchestrator.language.references import other
from orchestrator.language.strength import USUAL_ADJUST
from orchestrator.ops import Op


def same_again(reader: ClauseReader) -> bool:
    """Read "do the same to the other one": the last step again, on another target."""
    reader.take()
    if reader.says("to", "for", "with", "on", "goes"):
        reader.take()
    reader.take_if("for", "to")
    phrases = reader.phrases()
    reading = reader.reading
    last = reading.drafts[-1] if reading.drafts else None
    before = (
        [s for s in reading.previous.steps if s.scope == "local"]
        if reading.previous is not None
        else []
    )
    of = (
        last.ref
        if last is not None
        else Ref(before[-1].target, before[-1].target.phrase)
        if before
        else None
    )
    refs = tuple(
        r
        for x in phrases
        for r in ((other(reading, x, of),) if x.pronoun == "other" else reader.refs([x]))
    )
    if not refs:
        return False
    if reading.previous is None and last is None:
        return False
    if last is not None:
        for ref in refs:
            copy = Draft(last.op, ref, dict(last.params), makes=last.makes)
            reader.made.append(reading.add(copy))
        return True
    if reading.previous is None or not reading.previous.steps:
        return False
    local = [s for s in reading.previous.steps if s.scope == "local"] or list(
        reading.previous.steps
    )
    step = local[-1]
    for ref in refs:
        params = dict(step.params)
        if step.op == "add" and params.get("where"):
            params["where"] = f"{str(params['where']).split(' ', 1)[0]} {ref.words}"
        reader.made.append(reading.add(Draft(step.op, ref, params)))
    reading.note(f"repeated: {step.instruction}")
    return True


def strength_again(reader: ClauseReader, sign: int, *, of_step: bool = False) -> bool:
    """Read "stronger", "tone it down": the step before, more or less of it.

    Args:
        reader: behind the words.
        sign: +1 more, -1 less.
        of_step: the words speak of what was done, not of the thing that it was done to.
    """
    reading = reader.reading
    if reading.weighed:
        return True  # said twice: "that's too much, tone it down"
    if (said := _of_this_instruction(reader, sign)) is not None:
        reader.made.append(said)
        return True
    op, ref, params = _last_step(reader)
    if op is None or ref is None:
        if of_step:
            reading.note("nothing was done yet that could be weaker or stronger")
        return of_step
    again = _again(op, params, sign) or (_changed_again(op, params, sign) if of_step else None)
    if again is None:
        if of_step:
            told = f"the step before ({op}) has no strength"
            reading.note(f"{told}: say what should be otherwise, or undo it")
        return False
    if "strength" in again[1] and sign < 0:
        reading.note(f"a weaker {op} is made by undoing the step before and asking for less")
        return False
    reading.weighed = True
    draft = Draft(again[0], ref, again[1])
    reader.made.append(reading.add(draft))
    reading.note(f"{'more' if sign > 0 else 'less'} of the step before: {op} {ref.words}")
    return True


def _of_this_instruction(reader: ClauseReader, sign: int) -> Draft | None:
    """Read "make it rain, but stronger": of one wish, so that it is made once and so strong."""
    last = reader.reading.drafts[-1] if reader.reading.drafts else None
    if last is None or not has_strength(last.op, last.params):
        return None
    if last.executor != "auto" and not (last.executor == STYLE_TOOL and sign < 0):
        return None
    usual, top = STRENGTHS[last.op]
    before = float(last.params.get("strength", usual))
    last.params["strength"] = round(min(top, before * FACTORS[sign, 0]), 3)
    return last


def _again(op: Op, params: Mapping[str, Any], sign: int) -> tuple[Op, dict[str, Any]] | None:
    """The further step that makes one with an amount stronger, or takes half of it back."""
    if op == "resize" and isinstance(params.get("factor"), float):
        factor = params["factor"] if sign > 0 else 1 / params["factor"]
        return op, {"factor": round(min(20.0, max(0.05, factor**0.5)), 3)}
    if op == "move" and params.get("direction") in OPPOSITE and params.get("amount"):
        way = params["direction"] if sign > 0 else OPPOSITE[params["direction"]]
        return op, {"direction": way, "amount": round(params["amount"] / 2, 3)}
    if isinstance(params.get("amount"), float):
        return op, {**params, "amount": round(sign * params["amount"] / 2, 3)}
    if op != "recolor" and has_strength(op, params) and (sign > 0 or "strength" in params):
        before = float(params.get("strength", STRENGTHS[op][0]))
        return op, {**params, "strength": round(min(1.0, before * 0.5), 3)}
    return None


def _changed_again(
    op: Op, params: Mapping[str, Any], sign: int
) -> tuple[Op, dict[str, Any]] | None:
    """The same of a step without an amount: a colour is strong or weak, a turn is far or not."""
    if op == "recolor" and not params.get("flat"):
        return "adjust", {"property": "saturation", "amount": sign * USUAL_ADJUST}
    if op == "rotate" and isinstance(params.get("degrees"), float):
        return op, {"degrees": round(sign * params["degrees"] / 2, 3)}
    return None


def _last_step(reader: ClauseReader) -> tuple[Op | None, Ref | None, dict[str, Any]]:
    """What was done last, in this instruction or before it."""
    reading = reader.reading
    if reading.drafts:
        last = reading.drafts[-1]
        return last.op, last.ref, dict(last.params)
    if reading.previous is None or not reading.previous.steps:
        return None, None, {}
    step = reading.previous.steps[-1]
    now = since(step.target, step.op, step.params)
    ref = WHOLE if now.is_whole_image else Ref(now, now.phrase)
    return step.op, ref, dict(step.params)
