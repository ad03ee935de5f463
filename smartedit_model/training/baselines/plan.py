"""What the baselines are and what each learns from: a YAML file beside this module, checked.

It knows no model.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from smartedit_model.errors import ConfigError, MissingFileError
from smartedit_model.training.recipe import Ahead, known_settings, validated


class Variant(BaseModel):
    """What a variant has; every one has all modules and as many weights, whatever they read.

    Attributes:
        sees: The language model sees the picture; without, a blank one stands in its place.
        words_read_picture: Condition tokens attend to patches in the BIM; without, to each other.
        picture_reads_words: Patches attend to condition tokens in the BIM; without, to each other.
        marks: Patches are marked by what the words ask for (``matching``), ours and not the
            paper's.
        perception: It learns from segmentation, and edits tell exactly where; without, plain edits
            stand in its place, and where is only what differs between the two pictures.
        reasoning: It learns from edits that do not name their target; without, plain edits stand in
            their place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sees: bool = True
    words_read_picture: bool = True
    picture_reads_words: bool = True
    marks: bool = True
    perception: bool = True
    reasoning: bool = True


class Source(BaseModel):
    """Examples that are made ahead.

    Attributes:
        ahead: What they are.
        shards: How many files of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ahead: Ahead
    shards: int = Field(ge=1)


class Baselines(BaseModel):
    """All variants, at one budget.

    Attributes:
        model: The shipped model whose parts all begin with; see ``variant``.
        size: Side of the pictures in pixels.
        width: Of Q-Former, BIM and read-out, which begin at random.
        examples: What all learn from, in one order.
        plain: What stands in the place of what a variant goes without.
        settings: Fields of ``TrainSettings``, the same for all.
        variants: By name, in the order of the table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    size: int
    width: int
    examples: Source
    plain: Source
    settings: dict[str, Any]
    variants: dict[str, Variant]

    @field_validator("settings")
    @classmethod
    def _known_settings(cls, settings: dict[str, Any]) -> dict[str, Any]:
        return known_settings(settings)

    def variant(self, name: str) -> Variant:
        """Return a variant.

        Raises:
            ConfigError: There is none of that name.
        """
        if name not in self.variants:
            raise ConfigError(
                f"no variant is called {name!r}; there are {', '.join(self.variants)}"
            )
        return self.variants[name]


def load_baselines(path: Path | None = None) -> Baselines:
    """Return the baselines of the package, or those of a YAML file.

    Raises:
        MissingFileError: The file is not there.
        ConfigError: It says something else.
    """
    if path is None:
        file = resources.files("smartedit_model.training.baselines") / "baselines.yaml"
        text = file.read_text(encoding="utf-8")
    elif path.is_file():
        text = path.read_text(encoding="utf-8")
    else:
        raise MissingFileError(f"{path} is not there")
    return validated(Baselines, text, "baselines")
