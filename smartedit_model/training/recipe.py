"""Recipes: YAML files that say what each stage of a model learns, from what and for how long.

A recipe is data from outside: every field is checked when it is read.
"""

from __future__ import annotations

from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from smartedit_model.adapters import FOLDER as ADAPTER
from smartedit_model.config import preset
from smartedit_model.errors import ConfigError, MissingFileError
from smartedit_model.integrity import OPTIONAL_STEMS, STEMS
from smartedit_model.training.stages import STAGES, TrainSettings
from smartedit_model.world.spec import OPS

FOUNDATIONS = ("autoencoder", "seeing", "reading", "drawing", "finding", "redraw", "settle")
POOLED = ("drawing", "finding", "redraw", "settle")
"""Foundations that can learn from what was made ahead, as every stage of ``STAGES`` can."""
FROM_POOLED_LATENTS = ("redraw", "adapt", "settle")
"""Kinds whose UNet learns from latents of what was made ahead; see ``latent_pool``."""
HEADS = ("concept_head", "patch_heads")
"""Parts of stages only (``heads``): they tell what is asked for and what is seen."""
PARTS = (*STEMS, *OPTIONAL_STEMS, *HEADS, ADAPTER)


def known_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings that a file may give.

    Raises:
        ValueError: One of them is no field of ``TrainSettings`` that it may.
    """
    known = {field.name for field in fields(TrainSettings)} - {"concepts"}
    for name in settings:
        if name not in known:
            raise ValueError(f"no setting is called {name!r}; there are {sorted(known)}")
    return settings


class Ahead(BaseModel):
    """Edits of the drawn world that are made ahead; see ``ahead``.

    Attributes:
        mix: Weight of each task; questions have no target and cannot be among them.
        categories: Weight of each category of referring expressions; all alike when omitted.
        together: Examples in a row of one scene.
        seed: Another seed gives other examples.
        shard: Examples a file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mix: dict[str, float]
    categories: dict[str, float] = Field(default_factory=dict)
    together: int = Field(default=4, ge=1)
    seed: int = 0
    shard: int = Field(default=512, ge=1)

    @model_validator(mode="after")
    def _whole_groups(self) -> Self:
        if self.shard % self.together:
            raise ValueError(f"a shard of {self.shard} holds no whole groups of {self.together}")
        if "question" in self.mix:
            raise ValueError("questions cannot be made ahead; leave them out of the mix")
        return self


class Pooling(BaseModel):
    """How a stage learns from what was made ahead.

    Attributes:
        reuse: How often each example is seen, on average.
        begin: Shards that there are at the first step.
        window: Shards held at a time; older ones leave.
        waits: Whether a step waits for the shards that should have entered by then. A stage of kind
            ``FROM_POOLED_LATENTS`` need not: it then goes on with those there are, and the run
            depends on how fast they come.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    reuse: float = Field(gt=0)
    begin: int = Field(ge=1)
    window: int = Field(ge=1)
    waits: bool = True

    def newest(self, first: int, shard: int) -> int:
        """Return how many shards of so many examples should have entered by a run's number."""
        return self.begin + int(first / (self.reuse * shard))


class Latents(BaseModel):
    """Edits of the drawn world that are kept as latents; see ``latents``.

    Attributes:
        shards: How many files.
        understood: Of how many shards in a row the first holds what the model understands of its
            edits too.
        ops: How much of what is drawn of each op is kept, from 0 to 1; 0 where it is left out.
        mix: Weight of each task of the drawn world.
        categories: Weight of each category of referring expressions; all alike when omitted.
        together: Edits drawn in a row of one scene.
        seed: Another seed gives other edits.
        shard: Edits a file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    shards: int = Field(ge=1)
    understood: int = Field(default=1, ge=1)
    ops: dict[str, float]
    mix: dict[str, float]
    categories: dict[str, float] = Field(default_factory=dict)
    together: int = Field(default=4, ge=1)
    seed: int = 0
    shard: int = Field(default=256, ge=1)

    @field_validator("ops")
    @classmethod
    def _known_ops(cls, ops: dict[str, float]) -> dict[str, float]:
        for name, share in ops.items():
            if name not in OPS:
                raise ValueError(f"no op is called {name!r}; there are {', '.join(OPS)}")
            if not 0 <= share <= 1:
                raise ValueError(f"{name} is kept to {share}; a share is from 0 to 1")
        if not any(ops.values()):
            raise ValueError("nothing is kept; give some op a share above 0")
        return ops

    def understands(self, number: int) -> bool:
        """Whether shard ``number`` holds what the model understands."""
        return number % self.understood == 0


class StageRecipe(BaseModel):
    """One stage.

    Attributes:
        kind: One of ``FOUNDATIONS`` or a name of ``stages.STAGES``; ``redraw`` is the UNet anew,
            from latents, told exactly or as the model answers; ``settle`` is the update of an
            ``adapt`` that learns to be stored in eight bits.
        takes: Parts of earlier stages to begin with, or parts of parts, as ``bim.matching.seen``;
            all else begins at random.
        mix: Weight of each task of the drawn world.
        categories: Weight of each category of referring expressions; what is hard to learn may
            come more often.
        together: Examples in a row of one scene, which is looked at once.
        pooling: Learn from what is made ahead instead; see :class:`Pooling`.
        ahead: What that is, in the place of the recipe's own.
        latents: What a stage of kind ``adapt`` learns from, in place of pictures or of what is made
            ahead.
        settings: Fields of ``TrainSettings``; the others keep their defaults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    takes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    mix: dict[str, float] = Field(default_factory=dict)
    categories: dict[str, float] = Field(default_factory=dict)
    together: int = Field(default=1, ge=1)
    pooling: Pooling | None = None
    ahead: Ahead | None = None
    latents: Latents | None = None
    settings: dict[str, Any] = Field(default_factory=dict)

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        names = (*FOUNDATIONS, *STAGES)
        if kind not in names:
            raise ValueError(f"no kind of stage is called {kind!r}; there are {', '.join(names)}")
        return kind

    @model_validator(mode="after")
    def _latents_fit(self) -> Self:
        if self.latents is not None and self.kind != "adapt":
            raise ValueError(f"a stage of kind {self.kind} cannot learn from latents")
        if self.latents is not None and self.pooling is not None:
            raise ValueError("a stage learns from latents or from a pool; leave one of them out")
        return self

    @model_validator(mode="after")
    def _pooling_fits(self) -> Self:
        if self.kind in ("redraw", "settle") and self.pooling is None:
            raise ValueError(
                f"a stage of kind {self.kind} learns from what is made ahead; give it pooling"
            )
        if self.kind == "settle" and not any(ADAPTER in parts for parts in self.takes.values()):
            raise ValueError(f"a stage of kind settle takes the {ADAPTER} of another")
        if self.pooling is not None and self.kind in FOUNDATIONS and self.kind not in POOLED:
            raise ValueError(f"a stage of kind {self.kind} cannot learn from shards")
        if self.kind not in FROM_POOLED_LATENTS and self.pooling and not self.pooling.waits:
            raise ValueError(
                f"a stage of kind {self.kind} waits for its shards; leave out 'waits: false', "
                f"which is for {' and '.join(FROM_POOLED_LATENTS)}"
            )
        return self

    @field_validator("settings")
    @classmethod
    def _known_settings(cls, settings: dict[str, Any]) -> dict[str, Any]:
        return known_settings(settings)


class Recipe(BaseModel):
    """A whole model.

    Attributes:
        model: Name of a configuration preset.
        size: Side of the pictures in pixels.
        ahead: What is made ahead for stages with ``pooling``.
        stages: The stages by name, in order.
        ship: The stage whose result is the model.
        editing: The editor's options that suit the model; see ``smartedit_model.options``.
        ops: Ops of a plan that the model makes well; all when omitted.
        reads: Ways of ``phrase_reader.WAYS`` that its mask head reads well; all when omitted.
        eight_bits: Modules that are shipped in eight bits; see ``rounding``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    size: int
    ahead: Ahead | None = None
    stages: dict[str, StageRecipe]
    ship: str
    editing: dict[str, Any] = Field(default_factory=dict)
    ops: tuple[str, ...] | None = None
    reads: tuple[str, ...] | None = None
    eight_bits: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if unknown := set(self.eight_bits) - {*STEMS, *OPTIONAL_STEMS}:
            raise ValueError(f"{sorted(unknown)} are no modules that could be in eight bits")
        try:
            preset(self.model)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        if self.ship not in self.stages:
            raise ValueError(f"ship is {self.ship!r}, which is no stage of the recipe")
        earlier: set[str] = set()
        for name, stage in self.stages.items():
            if stage.pooling is not None and self.ahead is None and stage.ahead is None:
                raise ValueError(f"{name} has pooling, but there is nothing ahead for it")
            for source, parts in stage.takes.items():
                if source not in earlier:
                    raise ValueError(f"{name} takes from {source!r}, which is no earlier stage")
                if unknown := {part for part in parts if part.split(".")[0] not in PARTS}:
                    raise ValueError(f"{name} takes {sorted(unknown)}; parts are {list(PARTS)}")
            earlier.add(name)
        return self

    def stage(self, name: str) -> StageRecipe:
        """Return a stage.

        Raises:
            ConfigError: There is none of that name.
        """
        if name not in self.stages:
            raise ConfigError(f"no stage is called {name!r}; there are {', '.join(self.stages)}")
        return self.stages[name]

    def ahead_of(self, name: str) -> Ahead | None:
        """Return what is made ahead for a stage; None for nothing.

        Raises:
            ConfigError: There is no stage of that name.
        """
        return self.stage(name).ahead or self.ahead


def shipped_recipes() -> tuple[str, ...]:
    """Return the names of the recipes in the package."""
    folder = resources.files("smartedit_model.training") / "recipes"
    return tuple(sorted(p.name.removesuffix(".yaml") for p in folder.iterdir()))


def load_recipe(name: str) -> Recipe:
    """Return a recipe of the package by name, or of a YAML file by path.

    Raises:
        MissingFileError: There is neither.
        ConfigError: It is not a recipe; the message names the field.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise MissingFileError(f"{path} is not there; the package has {shipped_recipes()}")
        text = path.read_text(encoding="utf-8")
    elif name in shipped_recipes():
        file = resources.files("smartedit_model.training") / "recipes" / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
    else:
        raise MissingFileError(f"no recipe is called {name!r}; the package has {shipped_recipes()}")
    return validated(Recipe, text, f"recipe {name}")


Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], text: str, name: str) -> Model:
    """Return what a YAML text says.

    Args:
        model: What it must be.
        text: Data from outside.
        name: What the text is called in errors.

    Raises:
        ConfigError: It is something else; the message names the field.
    """
    try:
        return model.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        first = str(error)
        if isinstance(error, ValidationError):
            problem = error.errors()[0]
            first = f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
        raise ConfigError(f"{name}: {first}") from error
