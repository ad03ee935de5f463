"""Finds named things in drawings: a ``Grounder`` over what the recogniser makes of every mask.

Order, size, relations and number are resolved by ``tools.grounders``, as for every grounder.
"""

from __future__ import annotations

from smartedit_model.drawings.naming import colour_of, kinds_meant
from smartedit_model.drawings.proposing import Proposer
from smartedit_model.drawings.things import Thing, things_in
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.sight import answers
from smartedit_model.world.catalogue import kinds
from tools.grounding import Region, Scene
from tools.target import Target

SURE = 0.35
"""Chance from which a mask may be one of the kinds asked for."""
COLOURED = 0.3
"""Chance from which a thing may have a colour."""


class DrawnGrounder:
    """Things of the drawn world by their names.

    Args:
        proposer: gives masks for clicks.
        eye: names them.
    """

    name = "recogniser"

    def __init__(self, proposer: Proposer, eye: Eye) -> None:
        self._proposer, self._eye = proposer, eye

    def claims(self, target: Target) -> bool:
        """Whether the noun is one that it knows."""
        return not target.is_whole_image and bool(kinds_meant(target))

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """Every thing that is called so and looks so, the surest first."""
        wanted = kinds_meant(target)
        things = things_in(scene, self._proposer, self._eye)
        glasses = [thing for thing in things if kinds()[thing.kind].role == "mirror"]
        reflected = target.relation is not None and target.relation.kind in ("in", "reflection_of")
        found = []
        for thing in things:
            chance = _chance(thing, wanted)
            if chance < SURE or not self._looks(thing, target):
                continue
            within = any(thing.stands_in(glass) for glass in glasses if glass is not thing)
            if within and not reflected:
                continue
            found.append(Region(thing.mask, chance * thing.claimed, self.name, thing.words))
        return sorted(found, key=lambda region: -region.confidence)

    @staticmethod
    def _looks(thing: Thing, target: Target) -> bool:
        colours = [colour_of(word) for word in target.attributes if colour_of(word)]
        return all(
            thing.sight.name("colour") == colour or thing.sight.chance("colour", colour) >= COLOURED
            for colour in colours
        )


def _chance(thing: Thing, wanted: tuple[str, ...]) -> float:
    names = answers()["kind"]
    return float(sum(thing.sight.chances["kind"][names.index(key)] for key in wanted))
