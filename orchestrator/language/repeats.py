"""Doing something again: "do the same to the other one"."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Draft, Ref


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
        for r in ((reading.other(x, of),) if x.pronoun == "other" else reader.refs([x]))
    )
    if not refs:
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
