"""What is asked before anything is changed, and what a person may answer. Pure data.

A ``Question`` is what a waiting run asks: is this plan right, and which of several things is
meant? It is plain JSON in the run's checkpoint, so it outlives the process that asked. Reading a
person's words as an answer is ``orchestrator.replies``', showing a question
``orchestrator.question_view``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.errors import BadReply
from orchestrator.plan import EditPlan, Step
from tools.grounding import Box

ALL = "*"
"""The choice of every candidate."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Closed):
    """One of several things that fit a phrase equally well.

    Attributes:
        label: "a", "b", … from left to right.
        where: in words ("left, 4% of the picture").
        box: XYXY half-open, native pixels.
        area: share of the picture.
        hard: id of its mask.
        soft: id of its mask with the natural edge.
    """

    label: str = Field(pattern=r"^[a-z]$")
    where: str
    box: Box
    area: float
    hard: str
    soft: str


class StepPlace(_Closed):
    """Where a step would act on the picture as it is now.

    Attributes:
        step: its id.
        found: ``everywhere``; ``region`` (a mask was found); ``later`` (what it is about is made
            by a step before it); ``missing`` (it cannot be found; ``note`` says why).
        mask_id: the mask (HW uint8), for ``region``.
        area: share of the picture.
        source: how it was found.
        note: what a person should know.
        options: what else fits as well, itself included; empty = clear.
        like: the step with the very same target, whose choice holds here too.
    """

    step: str
    found: Literal["everywhere", "region", "later", "missing"]
    mask_id: str | None = None
    area: float = 1.0
    source: str = ""
    note: str = ""
    options: tuple[Option, ...] = ()
    like: str = ""


class KeptPlace(_Closed):
    """Something promised to stay, and where it is (None = not found)."""

    phrase: str
    mask_id: str | None = None


def masks_of(places: Sequence[StepPlace], kept: Sequence[KeptPlace]) -> tuple[str, ...]:
    """Ids of every mask that places name, each once."""
    found = [place.mask_id for place in places] + [place.mask_id for place in kept]
    found += [mask for place in places for o in place.options for mask in (o.hard, o.soft)]
    return tuple(dict.fromkeys(mask for mask in found if mask is not None))


class Answer(_Closed):
    """What a person says to a question.

    Attributes:
        action: ``run`` the plan; ``change`` it and ask again; ``cancel``.
        plan: instead of the one asked about.
        choices: step id -> label of an option, "*" for all of them.
        boxes: step id -> box around what the step is about, XYXY native pixels.
    """

    action: Literal["run", "change", "cancel"]
    plan: EditPlan | None = None
    choices: dict[str, str] = Field(default_factory=dict)
    boxes: dict[str, Box] = Field(default_factory=dict)


class Question(_Closed):
    """What a waiting run asks.

    Attributes:
        kind: ``plan``: shall this plan run? ``which``: only what is meant has to be said.
        session: id.
        run: id.
        image: id of the picture as it is now.
        plan: what would run.
        review: what the critic says of it, JSON.
        places: where each step would act.
        kept: where what is promised to stay is.
        choices: what was already chosen.
    """

    kind: Literal["plan", "which"]
    session: str
    run: str
    image: str
    plan: EditPlan
    review: dict[str, Any] = Field(default_factory=dict)
    places: tuple[StepPlace, ...] = ()
    kept: tuple[KeptPlace, ...] = ()
    choices: dict[str, str] = Field(default_factory=dict)

    def place(self, step: str) -> StepPlace | None:
        """Where a step would act."""
        return next((place for place in self.places if place.step == step), None)

    @property
    def unclear(self) -> tuple[StepPlace, ...]:
        """Steps of which a person has to say what they mean."""
        return tuple(p for p in self.places if p.options and p.step not in self.choices)

    def ask_which(self, place: StepPlace) -> str:
        """The question about one step: "s1: which of the 2 is 'the face'?"."""
        phrase = self.plan.step(place.step).target.phrase
        listed = ", ".join(f"{option.label}: {option.where}" for option in place.options)
        return f"{place.step}: which of the {len(place.options)} is {phrase!r}? {listed}"

    # -- answers ---------------------------------------------------------------------------------

    def run_it(self) -> Answer:
        """Run the plan; what is still unclear is decided by the rule (the largest)."""
        return Answer(action="run")

    def cancel(self) -> Answer:
        """Change nothing."""
        return Answer(action="cancel")

    def change(self, plan: EditPlan) -> Answer:
        """Ask again, about another plan."""
        return Answer(action="change", plan=plan)

    def choose(self, label: str, step: str = "") -> Answer:
        """Say which candidate is meant.

        Args:
            label: of an option, or "*" for all.
            step: whose; may be left out where one step is unclear.

        Raises:
            BadReply: there is no such step or option, or the step has to be said.
        """
        place = self._asked(step)
        labels = [option.label for option in place.options]
        if label not in (*labels, ALL):
            raise BadReply(f"{place.step} has the choices {', '.join(labels)}, not {label!r}")
        still = [other for other in self.unclear if other.step != place.step]
        done = self.kind == "which" and not still
        return Answer(action="run" if done else "change", choices={place.step: label})

    def box(self, step: str, box: Box) -> Answer:
        """Draw a box around what a step is about.

        Raises:
            BadReply: there is no such step.
        """
        return Answer(action="change", boxes={self.step(step).id: box})

    def step(self, step: str) -> Step:
        """A step by id.

        Raises:
            BadReply: there is none.
        """
        try:
            return self.plan.step(step)
        except KeyError:
            ids = ", ".join(item.id for item in self.plan.steps)
            raise BadReply(f"there is no step {step!r}; the plan has {ids}") from None

    def _asked(self, step: str) -> StepPlace:
        if step:
            place = self.place(self.step(step).id)
            if place is not None and place.like:
                place = self.place(place.like)
            if place is None or not place.options:
                raise BadReply(f"it is clear what {step} is about; a box says otherwise")
            return place
        asked = self.unclear or tuple(place for place in self.places if place.options)
        if len(asked) != 1:
            steps = " or ".join(place.step for place in asked)
            raise BadReply(f"say for which step: {steps}" if steps else "nothing is unclear")
        return asked[0]
