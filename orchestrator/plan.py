"""The plan: what a person asked for, as ordered, typed, checkable sub-edits.

Pure data with validation: JSON in, JSON out, versioned. It neither parses language nor touches
pictures. A plan from any source (rules, a language model, a hand-edited file) passes through
``EditPlan.model_validate`` before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from orchestrator.errors import BadPlan
from orchestrator.ops import PARAMS, ClosedModel, Op
from tools.misfit import misfit
from tools.target import IMAGE, Target

SCHEMA_VERSION: Literal[1] = 1


class Absent(ClosedModel):
    """The target is no longer found."""

    check: Literal["absent"] = "absent"
    target: Target


class Present(ClosedModel):
    """Something is now found, optionally at a place."""

    check: Literal["present"] = "present"
    phrase: str = Field(max_length=500)
    where: str = Field(default="", max_length=500)


class Colour(ClosedModel):
    """The target now has that colour, measured inside its mask."""

    check: Literal["colour"] = "colour"
    target: Target
    name: str = Field(max_length=60)


class Changed(ClosedModel):
    """The target's pixels changed visibly."""

    check: Literal["changed"] = "changed"
    target: Target


class Unchanged(ClosedModel):
    """The target's pixels are bit-identical."""

    check: Literal["unchanged"] = "unchanged"
    target: Target


Success = Annotated[Absent | Present | Colour | Changed | Unchanged, Field(discriminator="check")]


class Preserve(ClosedModel):
    """A promise about all steps: the target stays as it is.

    Attributes:
        level: ``exact`` ("don't touch the sky"): not one pixel of it may change. ``identity``
            ("keep the same people"): it stays the same thing, but light, weather and looks that
            fall on the whole scene may fall on it too; people left in daylight in a night scene
            would look pasted in.
    """

    kind: Literal["preserve"] = "preserve"
    target: Target
    level: Literal["exact", "identity"] = "exact"


class Style(ClosedModel):
    """A look that every step should respect."""

    kind: Literal["style"] = "style"
    style: str = Field(max_length=500)


class Aspect(ClosedModel):
    """The picture keeps its size and shape."""

    kind: Literal["aspect"] = "aspect"


Constraint = Annotated[Preserve | Style | Aspect, Field(discriminator="kind")]

EXECUTOR_PATTERN = (
    r"^(auto|smartedit(-[a-z0-9]+)?|drawn-[a-z]+|tool:[a-z0-9_]+"
    r"|diffusers:[A-Za-z0-9_./-]+)$"
)


class Step(ClosedModel):
    """One sub-edit.

    Attributes:
        id: unique in the plan ("s1").
        op: what kind of change.
        target: what it acts on; for ``add``, what the new thing is placed at.
        instruction: the change in words, complete by itself, as an editor model reads it.
        params: the op's parameters (see ``PARAMS``), or a tool's own arguments.
        scope: ``global`` steps may change every pixel that no constraint protects.
        depends_on: ids of steps that must be committed first.
        executor: ``auto`` or who must do it.
        success: checks beyond those every op has.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    op: Op
    target: Target = IMAGE
    instruction: str = Field(min_length=1, max_length=2000)
    params: dict[str, Any] = Field(default_factory=dict)
    scope: Literal["local", "global"] = "local"
    depends_on: tuple[str, ...] = ()
    executor: str = Field(default="auto", pattern=EXECUTOR_PATTERN)
    success: tuple[Success, ...] = ()

    @model_validator(mode="after")
    def _params_fit(self) -> Self:
        if not self.executor.startswith("tool:"):
            PARAMS[self.op].model_validate(self.params)
        return self

    @property
    def turns_frame(self) -> bool:
        """Whether it turns or mirrors the picture's frame; a thing is turned in its place."""
        if self.op not in ("rotate", "flip"):
            return False
        if self.executor.startswith("tool:"):
            return not self.executor.endswith("_object")
        return self.target.is_whole_image or bool(self.params.get("straighten"))

    def typed_params(self) -> Any:
        """The params as the op's model (``executor`` other than ``tool:``)."""
        return PARAMS[self.op].model_validate(self.params)


class EditPlan(ClosedModel):
    """A whole plan.

    Attributes:
        schema_version: of this format.
        instruction: what the person wrote, verbatim.
        steps: in an order that respects ``depends_on``.
        constraints: promises about all steps.
        notes: what the planner wants the person to know ("did not understand: 'blorf'").
        unknown: the words of the instruction that nothing in the plan stands for.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    instruction: str = Field(max_length=20_000)
    steps: tuple[Step, ...] = Field(default=(), max_length=64)
    constraints: tuple[Constraint, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _graph_is_sound(self) -> Self:
        seen: set[str] = set()
        for step in self.steps:
            if step.id in seen:
                raise ValueError(f"step id {step.id!r} is used twice")
            for needed in step.depends_on:
                if needed not in seen:
                    raise ValueError(
                        f"step {step.id!r} depends on {needed!r}, which is not a step before it"
                    )
            seen.add(step.id)
        return self

    def step(self, step_id: str) -> Step:
        """The step of that id.

        Raises:
            KeyError: there is none.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def preserved(self) -> Iterator[Preserve]:
        """The ``preserve`` constraints."""
        return (c for c in self.constraints if isinstance(c, Preserve))

    def without(self, step_ids: Iterable[str]) -> EditPlan:
        """The plan with steps dropped; what depended on them no longer does.

        Raises:
            KeyError: there is no step of that id.
        """
        dropped = {self.step(step_id).id for step_id in step_ids}
        kept = [
            step.model_copy(
                update={"depends_on": tuple(i for i in step.depends_on if i not in dropped)}
            )
            for step in self.steps
            if step.id not in dropped
        ]
        return self.model_copy(update={"steps": tuple(kept)})

    def dump(self) -> dict[str, Any]:
        """Plain JSON values; ``load_plan`` reads them back."""
        return self.model_dump(mode="json")


def load_plan(values: Any) -> EditPlan:
    """Check an untrusted plan.

    Raises:
        BadPlan: one line naming the first thing that is wrong.
    """
    try:
        return EditPlan.model_validate(values)
    except ValidationError as error:
        raise BadPlan(f"the plan does not fit: {misfit(error, 'plan')}") from error
