"""The witness and the grounder for drawings, with nothing loaded until they are asked.

Importing this imports no torch, so that a run on a drawing that needs neither does not wait.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from smartedit_model.drawings.naming import kinds_meant
from tools.grounding import Reader, Region, Scene
from tools.operation import HardMask, Rgb
from tools.target import Target
from tools.witness import Claim, Testimony

if TYPE_CHECKING:
    from smartedit_model.drawings.surroundings import Surroundings
    from smartedit_model.drawings.things import Thing
    from smartedit_model.drawings.witness import DrawnWitness
    from smartedit_model.drawings.word_vectors import WordVectors

NAME = "recogniser"


class DrawnEyes:
    """Witness and grounder over one small SAM and the shipped recogniser, loaded once.

    Args:
        folder: of the small SAM.
    """

    name = NAME

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _witness(self) -> DrawnWitness:
        from smartedit_model.drawings.witness import drawn_witness

        return drawn_witness(self._folder)

    def testify(
        self,
        claim: Claim,
        before: Rgb,
        after: Rgb,
        mask: HardMask | None,
        marked: HardMask | None = None,
    ) -> Testimony | None:
        """See ``DrawnWitness.testify``."""
        return self._witness.testify(claim, before, after, mask, marked)

    def surroundings(self, image: Rgb) -> Surroundings:
        """See ``DrawnWitness.surroundings``."""
        return self._witness.surroundings(image)

    def things(self, scene: Scene) -> list[Thing]:
        """What stands in a drawing, at its native size; see ``DrawnWitness.things``."""
        return self._witness.things(scene)

    def reader(self, core: Reader | None, known: WordVectors | None = None) -> Reader:
        """What reads whole phrases in drawings; see ``PointingReader``."""
        from smartedit_model.drawings.pointing_reader import PointingReader

        return PointingReader(self, core, known)

    def claims(self, target: Target) -> bool:
        """Whether the noun is one that it knows."""
        return not target.is_whole_image and bool(kinds_meant(target))

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """See ``DrawnGrounder.ground``."""
        self._witness.things(scene)
        return self._witness.grounder.ground(scene, target)
