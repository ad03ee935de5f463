"""Settings of a run and of the program; the one place that reads the environment.

Merge order, later wins: the defaults here, environment variables ``SMARTEDIT_*``, options of the
command line or arguments of the Python API.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from orchestrator.errors import BadSettings
from tools.grounding import Box


class ProgramSettings(BaseSettings):
    """What a machine's owner sets once, by environment variable."""

    model_config = SettingsConfigDict(env_prefix="SMARTEDIT_", frozen=True)

    model: str = Field(default="auto", description="editor for semantic steps")
    max_pixels: int = Field(default=120_000_000, gt=0, description="largest picture accepted")
    segmenter: str = Field(default="auto", description="what turns clicks and boxes into masks")
    detector: str = Field(default="auto", description="what finds things by words")
    installed_models: Literal["use", "ignore"] = Field(
        default="use", description="whether ``auto`` takes vision models that packages carry"
    )
    quality: int = Field(default=95, ge=1, le=100, description="JPEG and WebP quality")
    inline_preview: bool = Field(default=True, description="pictures in terminals that can")

    @property
    def uses_installed(self) -> bool:
        """Whether ``auto`` takes models that installed packages carry."""
        return self.installed_models == "use"


class PlannerSettings(BaseSettings):
    """How a language model plans; each field is ``SMARTEDIT_PLANNER_`` and its name."""

    model_config = SettingsConfigDict(
        env_prefix="SMARTEDIT_PLANNER_", frozen=True, hide_input_in_errors=True
    )

    model: str = Field(
        default="",
        validation_alias="SMARTEDIT_PLANNER",
        description="what ``--planner auto`` means: rules, reader, or provider:model; empty for "
        "the reader where its model is installed, and else the rules",
    )
    reader: str = Field(
        default="", description="the reader's model file, where it is not an installed package's"
    )
    base_url: str = Field(
        default="", description="an OpenAI-compatible server, as in http://localhost:8000/v1"
    )
    api_key: SecretStr | None = Field(
        default=None, description="for base_url; a provider's own key is never sent there"
    )
    openai_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    anthropic_key: SecretStr | None = Field(default=None, validation_alias="ANTHROPIC_API_KEY")
    google_key: SecretStr | None = Field(default=None, validation_alias="GOOGLE_API_KEY")
    vision: Literal["auto", "on", "off"] = Field(
        default="auto", description="show the picture; auto: where the model is known to see"
    )
    image_side: int = Field(
        default=768, ge=64, le=2048, description="longest side of the picture shown, in pixels"
    )
    output: Literal["json_schema", "function_calling", "text"] = Field(
        default="json_schema", description="how the model is made to answer in the plan's format"
    )
    timeout: float = Field(default=60.0, gt=0, le=3600, description="seconds for one call")
    seconds: float = Field(default=120.0, gt=0, le=3600, description="for all calls of one plan")
    calls: int = Field(default=3, ge=1, le=10, description="most calls for one plan")
    max_tokens: int = Field(default=8000, ge=256, le=200_000, description="for one answer")
    max_steps: int = Field(default=24, ge=1, le=64, description="most steps of a plan")
    price_in: float | None = Field(default=None, ge=0, description="of a million tokens sent")
    price_out: float | None = Field(default=None, ge=0, description="of a million tokens received")
    options: dict[str, Any] = Field(
        default_factory=dict, description='for the model, as JSON: {"temperature": 0}'
    )


def planner_settings() -> PlannerSettings:
    """The settings of language models as planners, from the environment.

    Raises:
        BadSettings: a value does not fit; the message does not repeat it.
    """
    try:
        return _settings_of(tuple(os.environ.items()))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0])
        if not name.isupper():
            name = f"SMARTEDIT_PLANNER_{name.upper()}"
        raise BadSettings(f"the environment variable {name} does not fit: {first['msg']}") from None
    except SettingsError:
        raise BadSettings(
            'SMARTEDIT_PLANNER_OPTIONS is no JSON object; right would be {"temperature": 0}'
        ) from None


@lru_cache(maxsize=1)
def _settings_of(_environment: tuple[tuple[str, str], ...]) -> PlannerSettings:
    """The settings of an environment; reading it anew takes milliseconds, many times a turn."""
    return PlannerSettings()


class RunSettings(BaseModel):
    """How one instruction is carried out. Plain JSON: it is part of the checkpointed state.

    Attributes:
        seed: the only source of randomness of the run.
        model: editor for semantic steps: ``auto``, a registered name or a folder of weights.
        planner: which planner turns words into the plan: ``rules``, ``provider:model``, or
            ``auto`` for what ``SMARTEDIT_PLANNER`` says.
        direct: one pass of the editor over the whole instruction instead of a plan.
        approve: stop before anything is changed until the plan is approved.
        ask: stop where a plan's words may mean one of several things in the picture, until a
            person says which; otherwise the largest is taken, and the report says so.
        max_steps: a plan with more is refused.
        max_attempts: tries a step may take, all executors together, to reach what was asked.
        best_of: tries an editing model makes of each step even where one will do; the best of
            those that verification accepts is kept.
        retry_undecided: make another try, within ``max_attempts``, where an independent witness
            cannot tell whether an editing model's try is right; the one it trusts most is kept.
        step_seconds: a step that has used this much time gets no further try.
        force: use a model outside its domain.
        segmenter: what turns clicks and boxes into masks: ``auto``, ``grabcut``, ``sam-nano``,
            ``sam:vit_b``, ``sam:vit_l``, ``sam:vit_h``, ``sam2:FOLDER`` or ``sam3:FOLDER``.
        detector: what finds things by words: ``none``, ``things``, ``owlv2:FOLDER``,
            ``owlvit:FOLDER``, ``grounding-dino:FOLDER``, or ``auto`` for what
            ``SMARTEDIT_DETECTOR`` says, which unless set is ``things`` where that is installed.
        editor_options: for the editor model (``steps``, ``guidance_text``, …); it refuses what it
            does not know.
        points: clicks (x, y, positive) in native pixels.
        box: XYXY half-open.
        mask_id: blob of a mask the user painted or handed over.
        assets: files the user handed over, by name ("lut", "logo", "font", "style").
        looks: the user's looks by name, beside the built-in ones and those of the data folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0, lt=2**63)
    model: str = "auto"
    planner: str = Field(default="auto", max_length=200)
    direct: bool = False
    approve: bool = False
    ask: bool = False
    max_steps: int = Field(default=32, ge=1, le=64)
    max_attempts: int = Field(default=3, ge=1, le=10)
    best_of: int = Field(default=1, ge=1, le=10)
    retry_undecided: bool = True
    step_seconds: float = Field(default=600.0, gt=0)
    force: bool = False
    segmenter: str = Field(default="auto", max_length=1000)
    detector: str = Field(default="auto", max_length=1000)
    editor_options: dict[str, Any] = Field(default_factory=dict)
    points: tuple[tuple[int, int, bool], ...] = ()
    box: Box | None = None
    mask_id: str | None = None
    assets: dict[str, str] = Field(default_factory=dict)
    looks: dict[str, Any] = Field(default_factory=dict)
