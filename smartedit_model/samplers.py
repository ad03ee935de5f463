"""Samplers by name, made from a model's own noise schedule.

``euler_a`` with 100 steps is the published procedure; ``dpm`` with 20 steps is the default.
"""

from __future__ import annotations

from typing import Any

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    UniPCMultistepScheduler,
)

from smartedit_model.errors import InputError

_CLASSES = {
    "euler_a": EulerAncestralDiscreteScheduler,
    "euler": EulerDiscreteScheduler,
    "dpm": DPMSolverMultistepScheduler,
    "unipc": UniPCMultistepScheduler,
    "ddim": DDIMScheduler,
}

DEFAULT_SAMPLER = "dpm"
SAMPLERS = tuple(_CLASSES)


def default_steps(name: str) -> int:
    """Return how many steps a sampler takes unless told otherwise."""
    return 100 if name == "euler_a" else 20


def make_sampler(name: str, config: Any) -> Any:
    """Return a fresh sampler.

    Args:
        name: One of :data:`SAMPLERS`.
        config: A scheduler's configuration; its noise schedule is taken over.

    Raises:
        InputError: No sampler has that name.
    """
    if name not in _CLASSES:
        raise InputError(f"no sampler is called {name!r}; there are {', '.join(_CLASSES)}")
    keep = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "prediction_type")
    shared = {key: config[key] for key in keep if key in config}
    if name == "euler_a":
        spacing = ("timestep_spacing", "steps_offset", "trained_betas")
        shared |= {key: config[key] for key in spacing if key in config}
    elif name == "ddim":
        shared |= {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}
    elif name == "dpm":
        shared |= {"timestep_spacing": "linspace", "final_sigmas_type": "zero"}
    return _CLASSES[name](**shared)
