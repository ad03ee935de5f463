"""The reader's pairs as examples for an instruction head: what was said, and the op it asks for.

    python -m orchestrator.reader.asides > asides.tsv

A core is taught sentences about its own kind of picture; these teach it which others it has no word
for. One line each: the instruction, a tab, the drawn world's name of the op, or "-" where a core
could not say what is asked for (another op, more than one edit, a promise).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.reader.training import PAIRS, read_pairs
from smartedit_model.instruction_reader import NOTHING
from smartedit_model.world.spec import PLAN_OPS

OPS = frozenset({"remove", "replace", "recolor", "resize", "move", "weather", "relight"})
"""Ops that are asked of photographs in words like the drawn world's; other wishes are not its."""
WORLD = {plan: op for op, plan in PLAN_OPS.items()}
"""The plan's ops that the drawn world calls otherwise."""


def asides(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Instruction and op of each pair of an instruction and its plain saying."""
    for said, plain in pairs:
        try:
            plan, _ = read_plan(plain, plain=True)
        except BadInstruction:
            yield said, NOTHING
            continue
        alone = len(plan.steps) == 1 and not plan.constraints
        op = plan.steps[0].op if alone else ""
        yield said, WORLD.get(op, op) if op in OPS else NOTHING


def main() -> None:
    """Write them all."""
    for said, op in asides(read_pairs(PAIRS)):
        sys.stdout.write(f"{' '.join(said.split())}\t{op}\n")


if __name__ == "__main__":
    main()
