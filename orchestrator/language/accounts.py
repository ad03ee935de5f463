"""What a reading starts from and what it owes the person: earlier turns in, every word answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from orchestrator.language.articles import with_the
from orchestrator.language.called_since import since
from orchestrator.language.coverage import is_content
from orchestrator.language.drafts import Reading, Ref
from orchestrator.language.references import thing
from orchestrator.language.units import Unit, join
from orchestrator.plan import EditPlan, Step
from tools.target import Target


def start_reading(
    units: Sequence[Unit], earlier: Sequence[EditPlan], tried: EditPlan | None = None
) -> Reading:
    """A reading that knows what the earlier turns spoke of, the one that came to nothing too."""
    reading = Reading(previous=earlier[-1] if earlier else None)
    reading.daytime = any(u.norm in ("daytime", "day time", "daylight", "sunny") for u in units)
    reading.text = join(units)
    reading.colours = [u.norm for u in units if u.has("colour")]
    for plan in earlier:
        for step in plan.steps:
            alive = step.op not in ("remove", "replace")
            target = since(step.target, step.op, step.params)
            if not target.is_whole_image:
                reading.mention([_named(target)], alive=alive, recent=False)
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
    steps = () if tried is None else tried.steps
    things = [step for step in steps if step.op == "recolor" and not step.target.is_whole_image]
    reading.uncoloured = tuple(_named(step.target) for step in things)
    return reading


def _named(target: Target) -> Ref:
    return Ref(target, with_the(target.phrase))


def answered(
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
        if index in reading.spoken
        or units[index].senses
        or not is_content(units[index])
        or _is_told(units[index], told)
    }


def _is_told(unit: Unit, told: str) -> bool:
    if unit.kind == "number":
        return True
    return (
        json.dumps(unit.text.lower())[1:-1] in told
        or json.dumps(unit.text.lower(), ensure_ascii=False)[1:-1] in told
        or unit.norm[:5] in told
    )


def tell(
    units: Sequence[Unit], unknown: Sequence[str], glossary: Mapping[str, str], reading: Reading
) -> None:
    """Note corrections, taught words and what was not understood."""
    for unit in units:
        if unit.written and unit.written.lower() != unit.norm:
            reading.note(f"read '{unit.written}' as '{unit.norm}'")
        if unit.has("taught"):
            word = next((w for w in glossary if w.lower() == unit.norm), unit.norm)
            reading.note(f"'{unit.text}' means {glossary.get(word, unit.get('taught'))}")
    if unknown:
        reading.note(f"did not understand: {', '.join(repr(word) for word in unknown[:20])}")
