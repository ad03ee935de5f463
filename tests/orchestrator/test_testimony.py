"""An independent witness's word in the verdict on a try."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from memory.home import Home
from orchestrator.attempts import Candidate
from orchestrator.plan import Step
from orchestrator.testimony import claim_of
from orchestrator.verification import verify
from orchestrator.witnesses import witness_of
from smartedit_model.world.scene import make_scene
from tests.orchestrator.conftest import photo
from tools.errors import GroundingFailed
from tools.grounding import Scene, UserHints
from tools.operation import HardMask, Rgb
from tools.witness import Claim
from tools.witness import Testimony as Word

CAT = {"phrase": "the cat", "category": "cat"}


@dataclass
class Told:
    """A witness that says what it was given to say, and remembers what it was asked."""

    passed: bool | None = True
    resolved: bool = True
    sure: bool = True
    broken: bool = False
    faint: bool = False
    name: str = "told"
    asked: list[Claim] = field(default_factory=list)
    marks: list[HardMask | None] = field(default_factory=list)

    def testify(
        self,
        claim: Claim,
        before: Rgb,
        after: Rgb,
        mask: HardMask | None,
        marked: HardMask | None = None,
    ) -> Word | None:
        """As given."""
        self.asked.append(claim)
        self.marks.append(marked)
        if self.broken:
            raise GroundingFailed("its weights are damaged")
        numbers = {"gone": 0.1}
        return Word(
            0.4, self.passed, self.resolved, self.sure, "it is still there", self.faint, numbers
        )


def step(op: str, params: dict[str, Any], target: dict[str, Any] | None = None) -> Step:
    """A step of one op."""
    given = {"id": "s1", "instruction": "do it", "op": op, "params": params}
    return Step.model_validate(given | {"target": target or CAT})


def judged(witness: Told, *, hints: UserHints | None = None, tool: bool = False) -> dict[str, Any]:
    """The verdict on a replacement by a model, or a removal by a tool."""
    after = photo().copy()
    filled = np.random.default_rng(2).integers(105, 135, (40, 40, 3))
    after[20:60, 15:55] = filled if tool else (250, 20, 220)
    mask = np.zeros(photo().shape[:2], np.float32)
    mask[20:60, 15:55] = 1
    made = Candidate(after, None, mask, settings={"tool": "x"} if tool else {"editor": "x"})
    asked = step("remove", {}) if tool else step("replace", {"new": "a dog"})
    before = Scene(photo(), witness=witness, hints=hints or UserHints())
    return verify(asked, before, Scene(after), made)


def test_a_witness_decides_what_statistics_cannot() -> None:
    """What was unverified is done or failed by its word, and its evidence is in the report."""
    assert judged(Told(True))["status"] == "done"
    failed = judged(Told(False))
    assert failed["status"] == "failed"
    assert failed["reason"] == "it is still there"
    assert failed["scores"]["trust"] == 0.4
    assert failed["scores"]["gone"] == 0.1


def test_what_it_cannot_tell_stays_unverified() -> None:
    """Not knowing whether it was the right thing is no success, unless the user marked it."""
    assert judged(Told(None, resolved=False))["status"] == "unverified"
    marked = UserHints(box=(15, 20, 55, 60))
    assert judged(Told(None, resolved=False), hints=marked)["status"] == "done"
    assert judged(Told(None, sure=False), hints=marked)["status"] == "unverified"


def test_its_trust_and_its_doubt_are_in_the_verdict() -> None:
    """What another try might settle is told from what no try can: of which thing it was made."""
    mixed = judged(Told(None, sure=False))
    assert (mixed["confidence"], mixed["undecided"]) == (0.4, True)
    assert judged(Told(None, resolved=False, sure=True))["undecided"] is False
    assert judged(Told(True))["undecided"] is False


def test_the_witness_is_told_what_was_marked() -> None:
    """It need not guess what the user pointed at; a mark elsewhere is about something else."""
    asked = Told(True)
    mark = np.zeros(photo().shape[:2], np.bool_)
    mask = mark.copy()
    mark[25:55, 20:50] = True
    judged(asked, hints=UserHints(mask=mark))
    told = asked.marks[-1]
    assert told is not None
    assert np.array_equal(told, mark)
    mask[70:90, 80:110] = True
    judged(asked, hints=UserHints(mask=mask))
    assert asked.marks[-1] is None
    judged(asked)
    assert asked.marks[-1] is None


def test_what_shows_too_faintly_asks_for_more_of_it() -> None:
    """Failed or undecided, the remedy is a stronger try; not where nothing is in doubt."""
    assert judged(Told(False, faint=True))["remedy"] == "stronger"
    assert judged(Told(None, sure=False, faint=True))["remedy"] == "stronger"
    assert judged(Told(None, sure=False))["remedy"] == ""
    assert judged(Told(True, faint=True))["remedy"] == ""


def test_a_tools_strength_is_no_remedy_for_what_a_witness_sees() -> None:
    """A fill that left part of a thing needs a wider mask, not more strength."""
    assert judged(Told(False, faint=True), tool=True)["remedy"] == "wider"


def test_a_broken_witness_is_named_and_accepts_nothing() -> None:
    """Damaged weights end unverified, with the reason in the checks."""
    report = judged(Told(broken=True))
    assert report["status"] == "unverified"
    assert any("damaged" in check["reason"] for check in report["checks"])


def test_tools_are_judged_only_where_the_target_is_known() -> None:
    """A tool's step that the witness cannot place is judged as before."""
    assert judged(Told(False, resolved=False), tool=True)["status"] == "done"
    assert judged(Told(False), tool=True)["status"] == "failed"


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (step("move", {"direction": "left"}), ("move", "left", "")),
        (step("resize", {"factor": 0.5}), ("resize", "smaller", "")),
        (step("recolor", {"colour": "red"}), ("recolor", "red", "")),
        (step("weather", {"kind": "snow"}), ("weather", "snow", "")),
        (step("restyle", {"style": "a sketch"}), ("restyle", "a sketch", "")),
        (step("relight", {"to": "night"}), ("relight", "night", "")),
        (
            step("add", {"what": "a dog", "where": "on the left"},
                 {"phrase": "the whole image", "category": "image"}),
            ("add", "a dog", "left"),
        ),
    ],
)  # fmt: skip
def test_steps_become_claims(made: Step, wanted: tuple[str, str, str]) -> None:
    """A step's parameters say what it claims to have done."""
    claim = claim_of(made)
    assert claim is not None
    assert (claim.op, claim.value, claim.where) == wanted


def test_ops_without_a_claim() -> None:
    """A crop, or a resize of the whole picture, is no business of a witness."""
    whole = {"phrase": "the image", "category": "image"}
    assert claim_of(step("crop", {"keep": 0.5}, whole)) is None
    assert claim_of(step("resize", {"width": 50}, whole)) is None


def test_drawings_have_a_witness_and_photographs_none(tmp_path: Any) -> None:
    """The choice follows the picture; nothing is loaded by it."""
    noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    assert witness_of(Home(tmp_path), noise) is None
    assert witness_of(Home(tmp_path), make_scene(5, 128).image) is not None
