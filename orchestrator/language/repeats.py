"""Doing something again: "do the same to the other one"."""

from __future__ import annotations

from typing import Any

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Draft, Ref
from orchestrator.language.references import other
from orchestrator.plan import Op


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


def strength_again(reader: ClauseReader, sign: int) -> bool:
    """Read "stronger", "tone it down": the step before, more or less of it."""
    reading = reader.reading
    if reading.weighed:
        return True  # said twice: "that's too much, tone it down"
    op, ref, params = _last_step(reader)
    if op is None or ref is None:
        return False
    key = next((k for k in ("amount", "strength") if isinstance(params.get(k), float)), "")
    if op == "resize" and isinstance(params.get("factor"), float):
        factor = params["factor"] if sign > 0 else 1 / params["factor"]
        again = {"factor": round(min(20.0, max(0.05, factor**0.5)), 3)}
    elif not key:
        return False
    elif key == "amount":
        again = {**params, "amount": round(params["amount"] * (0.5 if sign > 0 else -0.5), 3)}
    else:
        again = {**params, "strength": round(min(1.0, params["strength"] * 0.5), 3)}
        if sign < 0:
            reading.note(f"a weaker {op} is made by undoing the step before and asking for less")
            return False
    reading.weighed = True
    draft = Draft(op, ref, again)
    reader.made.append(reading.add(draft))
    reading.note(f"{'more' if sign > 0 else 'less'} of the step before: {op} {ref.words}")
    return True


def _last_step(reader: ClauseReader) -> tuple[Op | None, Ref | None, dict[str, Any]]:
    """What was done last, in this instruction or before it."""
    reading = reader.reading
    if reading.drafts:
        last = reading.drafts[-1]
        return last.op, last.ref, dict(last.params)
    if reading.previous is None or not reading.previous.steps:
        return None, None, {}
    step = reading.previous.steps[-1]
    ref = WHOLE if step.target.is_whole_image else Ref(step.target, step.target.phrase)
    return step.op, ref, dict(step.params)
