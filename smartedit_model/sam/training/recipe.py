"""A training run of the small SAM as a YAML file: sizes, steps, rates, seed.

It knows no data and no model.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from smartedit_model.errors import TrainingError
from smartedit_model.sam.architecture import SamSize
from smartedit_model.training.schedule import warmup_cosine


class Recipe(BaseModel):
    """What a run does.

    Attributes:
        model: sizes.
        seed: fixes weights, scenes and prompts, together with the step.
        steps: optimiser steps of the whole run; the cosine ends there.
        batch: pictures a step.
        objects: prompts of one kind a picture at most.
        learning_rate, warmup, weight_decay, clip: AdamW's, with a cosine down to zero.
        average: decay of the running mean of the weights, which is what is kept.
        save_every, evaluate_every: steps between states, and between looks at the val split.
        evaluate_scenes: scenes of such a look.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: SamSize = SamSize()
    seed: int = Field(default=0, ge=0, lt=2**31)
    steps: int = Field(default=20_000, ge=1)
    batch: int = Field(default=8, ge=1, le=256)
    objects: int = Field(default=6, ge=1, le=32)
    learning_rate: float = Field(default=6e-4, gt=0)
    warmup: int = Field(default=300, ge=0)
    weight_decay: float = Field(default=0.05, ge=0)
    clip: float = Field(default=1.0, gt=0)
    average: float = Field(default=0.998, ge=0, lt=1)
    save_every: int = Field(default=200, ge=1)
    evaluate_every: int = Field(default=1000, ge=1)
    evaluate_scenes: int = Field(default=60, ge=1)

    def rate(self, step: int) -> float:
        """The learning rate of a step: linear warm-up, then a cosine down to zero."""
        return warmup_cosine(step, peak=self.learning_rate, warmup=self.warmup, steps=self.steps)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        TrainingError: it cannot be read or says something impossible.
    """
    try:
        return Recipe.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, yaml.YAMLError) as error:
        raise TrainingError(f"the recipe {path} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "recipe"
        raise TrainingError(f"the recipe {path} is wrong at {where}: {first['msg']}") from error
