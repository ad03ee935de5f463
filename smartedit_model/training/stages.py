"""Which parts learn in which stage, and with what settings (section 4.1 and the appendix).

It knows names of parts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from smartedit_model.errors import ConfigError


@dataclass(frozen=True)
class Stage:
    """What learns.

    Attributes:
        language: ``frozen``, ``lora`` (with the added tokens' rows) or ``full``.
        vision: Whether the vision tower learns; only for models trained from nothing.
        projector: Whether the projector learns.
        unet: Whether the diffusion model learns; without it there is no noise loss.
        bim: Whether the BIM takes part; without it the UNet sees no feature.
        alignment: Whether the condition is drawn to text features instead of editing (stage 1).
        perception: Whether the mask head learns where the target is, and the condition what is
            asked for; only for models that have a mask head.
        reader: Whether what reads learns (Q-Former, BIM, mask head); without it only their ways
            into the UNet do, and the UNet gets used to them as they are.
        update: Whether a low-rank update of the UNet is all that learns; see ``updates``.
    """

    language: Literal["frozen", "lora", "full"] = "lora"
    vision: bool = False
    projector: bool = False
    unet: bool = True
    bim: bool = True
    alignment: bool = False
    perception: bool = False
    reader: bool = True
    update: bool = False


STAGES = {
    "align": Stage(language="lora", unet=False, bim=False, alignment=True),
    "edit": Stage(bim=False),
    "edit+bim": Stage(),
    "scratch": Stage(language="full", vision=True, projector=True),
    "adapt": Stage(language="frozen", reader=False, update=True),
    # For models trained here from nothing.
    "perceive": Stage(language="full", vision=True, projector=True, unet=False, perception=True),
    "draw-plain": Stage(language="full", projector=True, bim=False),
    "draw": Stage(language="frozen", perception=True, reader=False),
    "all": Stage(language="full", vision=True, projector=True, perception=True),
}


def stage(name: str) -> Stage:
    """Return the stage called ``name``.

    Raises:
        ConfigError: There is none.
    """
    if name not in STAGES:
        raise ConfigError(f"no stage is called {name!r}; there are {', '.join(STAGES)}")
    return STAGES[name]


@dataclass(frozen=True)
class TrainSettings:
    """How to train; the defaults are the published stage 2.

    Attributes:
        steps: Optimiser steps.
        batch: Examples a process and micro-step.
        accumulate: Micro-steps an optimiser step.
        learning_rate: Peak learning rate; cosine decay to zero after the warm-up.
        rates: Learning rates of parts by name, relative to that: one that can read or see already
            should not be shaken by parts that are still random.
        warmup: Steps of linear warm-up.
        weight_decay: AdamW's.
        beta2: AdamW's second decay.
        ema: Decay of the moving average of the weights that is exported; 0 for none.
        workers: Processes that make batches ahead; 0 makes them in turn.
        clip: Largest gradient norm.
        seed: Fixes everything, together with the step and the process.
        save_every: Steps between checkpoints; 0 saves at the end only.
        lora_rank: Rank of the language model's adaptation, or of the UNet's.
        lora_alpha: Its scale is ``lora_alpha / lora_rank``.
        lora_dropout: Dropout before it.
        lm_weight: Weight of the language loss.
        noise_weight: Weight of the noise loss.
        mask_weight: Weight of the mask head's loss.
        concept_weight: Weight of telling what is asked for.
        lesson_weight: Weight of each of captions, what is asked for, and what stands where.
        concepts: Words that an instruction may be about; ``Example.concepts`` are of these.
        region_weight: How much the noise counts where the edit happens, all of that together, of
            what it counts in the whole picture; 1 for no more than elsewhere.
        late: Share of edits that are drawn from noise alone, as a run begins, at the last timestep;
            the others are at any. Small models of few training steps learn little else in time.
        absolute: Count the sizes of errors of the noise instead of their squares.
        told: Share of edits whose place the UNet is told exactly, as a run does that has found it
            already; of the others it is told what the mask head says.
        answered: Share of edits, where it is known, whose condition is what the model answers; the
            others are told by codes.
        drop: Probability each of dropping the text, the image, and both.
        precision: Accelerate's mixed precision; ``auto`` for bfloat16 where the device computes in
            it, and none elsewhere.
        compiled: Whether a UNet that learns from latents is compiled, which takes a minute.
        cpu: Stay on the CPU even where there is a GPU.
    """

    steps: int = 15000
    batch: int = 16
    accumulate: int = 1
    learning_rate: float = 1e-5
    rates: Mapping[str, float] = field(default_factory=dict)
    warmup: int = 0
    weight_decay: float = 0.0
    beta2: float = 0.999
    ema: float = 0.0
    workers: int = 0
    clip: float = 1.0
    seed: int = 0
    save_every: int = 5000
    lora_rank: int = 8
    lora_alpha: float = 16.0
    lora_dropout: float = 0.05
    lm_weight: float = 1.0
    noise_weight: float = 1.0
    mask_weight: float = 1.0
    concept_weight: float = 1.0
    lesson_weight: float = 1.0
    concepts: tuple[str, ...] = ()
    region_weight: float = 1.0
    drop: float = 0.05
    late: float = 0.0
    absolute: bool = False
    told: float = 0.0
    answered: float = 0.0
    precision: Literal["auto", "no", "bf16", "fp16"] = "no"
    compiled: bool = False
    cpu: bool = False
