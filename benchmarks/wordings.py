"""Does a planner read what the drawn world's training language says? Every wording, and joined.

    python benchmarks/wordings.py [--planner NAME] [--limit N] [--seed N] [--later]
                                   [--part I/N] [--show]

Each wording of a target in five plain instructions, each wording of an instruction with its values
or about four targets, then so many instructions of two to four joined. ``read``: as many steps as
asked for, each with the right op, value and target, word for word but for small words. ``typed``:
the target's fields tell the thing apart too. The wordings of the test split are never used.
``--later`` takes the wordings that were added after the rules had been written with the first in
view; only those say how well rules read what nobody wrote them for. ``--part 1/8`` takes every
eighth wording of each form.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from complex_wording import brief, in_one
from drawn_words import (
    Said,
    done_by,
    one_of_each,
    request_templates,
    requests,
    target_templates,
    targets,
    typed,
)
from provenance import provenance

from orchestrator.errors import OrchestratorError
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, Planner, get_planner

LENGTHS = (2, 3, 4)


def planned(planner: Planner, text: str) -> EditPlan | None:
    """The plan of an instruction; None where the planner makes none."""
    try:
        return planner.plan(text, PlanContext())
    except OrchestratorError:
        return None


def is_read(plan: EditPlan | None, asked: Sequence[Said]) -> bool:
    """Whether a plan has a step for everything that was said, and no other."""
    if plan is None:
        return False
    wanted = [
        said for said in asked for _ in range(2 if said.about and said.about.form == "pair" else 1)
    ]
    free = list(plan.steps)
    for said in wanted:
        step = next((step for step in free if done_by(said, step)), None)
        if step is None:
            return False
        free.remove(step)
    return not free


def is_typed(plan: EditPlan | None, said: Said) -> bool:
    """Whether a plan that is read has typed targets too."""
    about = said.about
    return plan is not None and (about is None or all(typed(s.target, about) for s in plan.steps))


def sentences(number: int, seed: int) -> Iterable[tuple[str, list[Said]]]:
    """So many joined instructions, and what was joined."""
    for at in range(number):
        draw = random.Random(f"joined/{seed}/{at}")
        asked = one_of_each(LENGTHS[at % len(LENGTHS)], draw)
        yield in_one([said.text for said in asked], draw), asked


def main() -> None:
    """Measure, print a table, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planner", default="rules", help="rules, or provider:model")
    parser.add_argument("--limit", type=int, default=300, help="joined instructions")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--later", action="store_true", help="wordings the rules were not made for")
    parser.add_argument("--part", default="1/1", help="every nth wording of each form: 2/8")
    parser.add_argument("--show", action="store_true", help="print what is not read")
    options = parser.parse_args()
    planner = get_planner(options.planner)
    part, parts = (int(number) for number in options.part.split("/"))
    result: dict[str, Any] = {"benchmark": "wordings", "planner": options.planner}
    result |= {"part": options.part} if parts > 1 else {}
    fill: Callable[[str, str, int], Iterable[Said]]
    for name, wordings, fill in (
        ("targets", target_templates(options.later), targets),
        ("instructions", request_templates(options.later), requests),
    ):
        read: list[bool] = []
        fields: list[bool] = []
        for form, ways in wordings.items():
            for template in ways[part - 1 :: parts]:
                plans = [(s, planned(planner, s.text)) for s in fill(form, template, options.seed)]
                wrong = [(s, p) for s, p in plans if not is_read(p, [s])]
                read.append(not wrong)
                fields.append(not wrong and all(is_typed(p, s) for s, p in plans))
                if options.show and not fields[-1]:
                    missed = wrong or [(s, p) for s, p in plans if not is_typed(p, s)]
                    _show(f"{form}: {template!r}", missed, read=not wrong)
        result |= {f"{name}_wordings": len(read), f"{name}_read": _share(read)}
        result[f"{name}_typed"] = _share(fields)
        print(f"{name}: {len(read)} wordings, read {_share(read)}, typed {_share(fields)}")
    if not options.later:
        result |= _joined(planner, options)
    print(json.dumps(result | provenance(options.seed)))


def _joined(planner: Planner, options: argparse.Namespace) -> dict[str, Any]:
    by: dict[int, list[bool]] = {length: [] for length in LENGTHS}
    for text, asked in sentences(options.limit, options.seed):
        plan = planned(planner, text)
        by[len(asked)].append(is_read(plan, asked))
        if options.show and not by[len(asked)][-1]:
            print(f"    {text!r}\n      {brief(plan)}")
    every = [right for rights in by.values() for right in rights]
    told = ", ".join(f"of {length}: {_share(rights)}" for length, rights in by.items())
    print(f"joined: {len(every)} instructions, read {_share(every)} ({told})")
    return {"joined_read": _share(every)}


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _show(title: str, missed: Sequence[tuple[Said, EditPlan | None]], *, read: bool) -> None:
    print(f"  {title} (fields only)" if read else f"  {title}")
    for said, plan in missed[:2]:
        steps = plan.steps if plan is not None and read else ()
        told = [step.target.model_dump(exclude_defaults=True) for step in steps]
        print(f"    {said.text!r}\n      {told or brief(plan)}")


if __name__ == "__main__":
    main()
