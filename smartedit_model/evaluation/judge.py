"""The automatic judge of the drawn world: was the edit made as asked, and nothing else undone?

It looks at the result and at the known scene: what must be true after an edit is asked of the
places where it must be true, never of single pixels of the exact target. Its network is trained
apart from any model. What must be true, op by op, stands in ``judge_rules.py``.
"""

from __future__ import annotations

from collections.abc import Iterable

from smartedit_model.evaluation.crops import Image
from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.judge_net import JudgeNet
from smartedit_model.evaluation.judge_rules import RULES, left_alone, look_rule, same_traces
from smartedit_model.evaluation.judge_views import Thing, things
from smartedit_model.evaluation.judge_weights import judge_version, shipped_judge
from smartedit_model.evaluation.judging import Check, Verdict
from smartedit_model.world.edits import WHOLE, EditSample
from smartedit_model.world.render import REFLECTED

RULES_VERSION = "1"
MOST_LOST = 0.25
"""Share of things that may become unclear when the whole picture changes."""


class SceneJudge:
    """Judges edits of the drawn world.

    Args:
        net: the network to look with; the shipped one when omitted.
    """

    def __init__(self, net: JudgeNet | None = None) -> None:
        self.version = f"{RULES_VERSION}+{judge_version() if net is None else 'own'}"
        self._eye = Eye(shipped_judge() if net is None else net)

    def judge(self, sample: EditSample, result: Image) -> Verdict:
        """Judge a result, HWC uint8 RGB.

        Raises:
            EvaluationSetupError: the result is not of the sample's size.
        """
        if result.shape != sample.source.shape:
            raise EvaluationSetupError(
                f"a result of {result.shape} cannot be judged; {sample.source.shape} would be right"
            )
        if not sample.valid:
            checks = [left_alone(sample, result), *self._kept(sample, result)]
        elif sample.op in WHOLE:
            checks = [look_rule(sample, result, self._eye), self._mostly_kept(sample, result)]
        elif sample.op == "segment":
            checks = RULES["segment"](sample, result, self._eye)
        else:
            checks = [*RULES[sample.op](sample, result, self._eye), *self._kept(sample, result)]
        return Verdict(tuple(checks))

    def _kept(self, sample: EditSample, result: Image) -> Iterable[Check]:
        """Every thing that was not spoken of is still what it was.

        Of what the eye cannot name in the source, detail and colour are compared instead.
        """
        before, after = bystanders(sample)
        was = self._eye.look(sample.source, [thing.box for thing in before])
        now = self._eye.look(result, [thing.box for thing in after])
        for thing, old, new in zip(after, was, now, strict=True):
            what = f"the {thing.colour} {thing.kind} is still there"
            if old.name("kind") != thing.kind:
                yield same_traces(sample, result, thing.owner, what)
            else:
                same = new.keeps("kind", thing.kind, old)
                yield Check(what, same, new.told("kind"))
                if old.name("colour") == thing.colour and same:
                    what = f"the {thing.kind} is still {thing.colour}"
                    yield Check(what, new.keeps("colour", thing.colour, old), new.told("colour"))

    def _mostly_kept(self, sample: EditSample, result: Image) -> Check:
        """Under a new look most things can still be told, if they can in the exact target."""
        _, after = bystanders(sample)
        places = [thing.box for thing in after]
        ideal = self._eye.look(sample.target, places)
        now = self._eye.look(result, places)
        asked = [i for i, thing in enumerate(after) if ideal[i].name("kind") == thing.kind]
        lost = [after[i].kind for i in asked if not now[i].keeps("kind", after[i].kind, ideal[i])]
        few = len(lost) <= MOST_LOST * len(asked)
        return Check("the things are still there", few, f"lost: {', '.join(lost)}")


def bystanders(sample: EditSample) -> tuple[list[Thing], list[Thing]]:
    """What an edit must leave alone, as it is seen before and after, in one order.

    The reflection of what is edited may follow or not; the object whose reflection is edited must
    stay.
    """
    spoken_of = {*sample.referred, *(REFLECTED + owner for owner in sample.referred)}
    after = {thing.owner: thing for thing in things(sample.edited)}
    before, kept = [], []
    for thing in things(sample.scene):
        same = after.get(thing.owner)
        if thing.owner in spoken_of or same is None:
            continue
        if (same.kind, same.colour) == (thing.kind, thing.colour):
            before.append(thing)
            kept.append(same)
    return before, kept
