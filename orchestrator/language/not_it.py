"""What "it" cannot mean: several things, what only came with a look, what is the other way round.

Looks at what was mentioned and asked for; which of the remaining things is meant is for
``references``.
"""

from __future__ import annotations

from orchestrator.language.drafts import Mention, Reading

GLOBAL_OPS = frozenset({"relight", "weather", "grade", "crop", "flip", "rotate"})
"""Ops that mean the picture where "it" could be the picture or a thing."""
_OF_THE_PICTURE = frozenset({*GLOBAL_OPS, "adjust", "blur", "sharpen"})
"""Ops that are asked for of a picture at least as often as of a thing in it."""
_OPPOSITE = {"blur": "sharpen", "sharpen": "blur"}
"""What nobody does to a thing that the other was just done to."""


def not_it(reading: Reading, mention: Mention, op: str) -> bool:
    """Whether "it" cannot mean what was mentioned, so that an earlier thing or the picture is.

    Several things are never "it", where the wish could be of the picture; nor is what only came
    with a look of the picture ("give it a noir look with a red lamp and make it darker"), nor
    what the opposite was just done to ("blur the background, sharpen it").
    """
    undone = _OPPOSITE.get(op)
    if undone and any(d.op == undone and d.ref in mention.refs for d in reading.latest):
        return True
    if op in ("", "add") and all(ref.target.category == "background" for ref in mention.refs):
        return True  # nothing is put on or under a background
    if op not in _OF_THE_PICTURE:
        return False
    several = len(mention.refs) == 1 and mention.refs[0].number == "many"
    return several or mention.along
