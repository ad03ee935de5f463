"""What an independent witness says of a try, as one more check beside those of ``checks``.

It puts a plan's step into the witness's terms. Which pictures a witness knows is its own business;
where it knows nothing, nothing is said.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from orchestrator.checking import Check, Evidence
from orchestrator.plan import Step
from orchestrator.regions import MARKED
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.operation import HardMask
from tools.witness import Claim

WHOLE = frozenset({"background", "weather", "relight", "restyle"})
"""Ops on the whole picture, of which a tool's photographic version looks like no drawing's."""
WAYS = {"left": "left", "right": "right", "middle": "middle", "centre": "middle",
        "center": "middle"}  # fmt: skip

ACTED_ON = 0.9
"""Share of a mark within a step's mask, from which it is what the step acted on."""


def claim_of(step: Step) -> Claim | None:
    """What a step claims to have done; None for ops that a witness cannot speak of."""
    params, target = step.params, step.target
    match step.op:
        case "remove":
            return Claim("remove", target)
        case "replace":
            return Claim("replace", target, str(params.get("new", "")))
        case "add":
            words = str(params.get("where", "")).lower().replace(",", " ").split()
            parts = {WAYS[word] for word in words if word in WAYS}
            where = parts.pop() if target.is_whole_image and len(parts) == 1 else ""
            return Claim("add", target, str(params.get("what", "")), where=where)
        case "recolor":
            if params.get("flat"):
                return None  # a mark hides the thing; its colour is measured to the pixel
            if params.get("shift"):
                return None  # more of a colour than there was is no colour with a name
            if params.get("strength", 1.0) != 1.0:
                return None  # a paler or deeper paint than those that a witness has names for
            return Claim("recolor", target, str(params.get("colour", "")))
        case "move":
            return Claim("move", target, str(params.get("direction", "")))
        case "resize":
            factor = params.get("factor")
            if not isinstance(factor, int | float) or target.is_whole_image:
                return None
            return Claim("resize", target, "bigger" if factor > 1 else "smaller")
    return _look(step)


def _look(step: Step) -> Claim | None:
    names = {"background": "new", "weather": "kind", "relight": "to", "restyle": "style",
             "grade": "look"}  # fmt: skip
    if step.op not in names or (step.op == "grade" and not step.target.is_whole_image):
        return None
    said = str(step.params.get(names[step.op], ""))
    # Looks such as sepia are styles of the drawn world; of others the witness knows nothing.
    return Claim("restyle" if step.op == "grade" else step.op, step.target, said)


def testimony(evidence: Evidence, *, by_tool: bool, placed: bool) -> Check | None:
    """What the witness of the parent's picture makes of the try; None where it says nothing.

    Args:
        evidence: what there is to look at.
        by_tool: a deterministic tool made it, not a model.
        placed: what made it acts exactly where a grounder said, as tools do.
    """
    witness = evidence.before.witness
    claim = claim_of(evidence.step)
    if witness is None or claim is None or (by_tool and claim.op in WHOLE):
        return None
    mask = None if evidence.mask is None else np.asarray(evidence.mask > 0)
    name = f"as the {witness.name} sees it"
    try:
        told = witness.testify(
            claim, evidence.before.image, evidence.after.image, mask, _marked(evidence, mask)
        )
    except GroundingFailed as error:
        return Check(name, None, {}, f"the {witness.name} cannot be used: {error}")
    if told is None or (by_tool and not told.resolved):
        return None  # tools act where a grounder said; nothing new is known of that
    passed = told.passed
    if passed is None and told.sure and (evidence.before.hints.given or placed):
        passed = True  # the edit is there, and the user or a grounder said of what
    numbers = {"trust": round(told.trust, 3), "sure": float(told.sure), **told.measured}
    remedy: Literal["", "stronger", "wider"] = ""
    if not passed and told.faint and not by_tool:  # a tool's strength is another thing
        remedy = "stronger"
    elif passed is False and claim.op == "remove":
        remedy = "wider"
    return Check(name, passed, numbers, "" if passed else told.reason, remedy)


def _marked(evidence: Evidence, mask: HardMask | None) -> HardMask | None:
    """What the user marked, where that is what the step acted on; else None.

    A mark may be about something else: what the target stands beside, or another step's.
    """
    if mask is None or not evidence.before.hints.given or evidence.step.op == "add":
        return None
    marked = ground(evidence.before, MARKED).mask
    inside = np.count_nonzero(marked & mask) >= ACTED_ON * np.count_nonzero(marked)
    return marked if inside else None
