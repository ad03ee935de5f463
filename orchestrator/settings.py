"""Settings of a run and of the program; the one place that reads the environment.

Merge order, later wins: the defaults here, environment variables ``SMARTEDIT_*``, options of the
command line or arguments of the Python API.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.grounding import Box


class ProgramSettings(BaseSettings):
    """What a machine's owner sets once, by environment variable."""

    model_config = SettingsConfigDict(env_prefix="SMARTEDIT_", frozen=True)

    model: str = Field(default="auto", description="editor for semantic steps")
    max_pixels: int = Field(default=120_000_000, gt=0, description="largest picture accepted")
    quality: int = Field(default=95, ge=1, le=100, description="JPEG and WebP quality")
    inline_preview: bool = Field(default=True, description="pictures in terminals that can")


class RunSettings(BaseModel):
    """How one instruction is carried out. Plain JSON: it is part of the checkpointed state.

    Attributes:
        seed: the only source of randomness of the run.
        model: editor for semantic steps: ``auto``, a registered name or a folder of weights.
        planner: which planner turns words into the plan.
        direct: one pass of the editor over the whole instruction instead of a plan.
        approve: stop before anything is changed until the plan is approved.
        max_attempts: tries a step may take, all executors together.
        step_seconds: a step that has used this much time gets no further try.
        force: use a model outside its domain.
        editor_options: for the editor model (``steps``, ``guidance_text``, …); it refuses what it
            does not know.
        points: clicks (x, y, positive) in native pixels.
        box: XYXY half-open.
        mask_id: blob of a mask the user painted or handed over.
        assets: files the user handed over, by name ("lut", "logo", "font").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0, lt=2**63)
    model: str = "auto"
    planner: str = "rules"
    direct: bool = False
    approve: bool = False
    max_attempts: int = Field(default=3, ge=1, le=10)
    step_seconds: float = Field(default=600.0, gt=0)
    force: bool = False
    editor_options: dict[str, Any] = Field(default_factory=dict)
    points: tuple[tuple[int, int, bool], ...] = ()
    box: Box | None = None
    mask_id: str | None = None
    assets: dict[str, str] = Field(default_factory=dict)
