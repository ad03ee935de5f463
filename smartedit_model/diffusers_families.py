"""How each diffusers editing pipeline is called: sizes, steps, argument names.

A table only; ``diffusers_editor.py`` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Family:
    """How one kind of pipeline is used.

    Attributes:
        cls: Diffusers' class.
        repo: Where its weights usually come from.
        resolution: Side of the square it was trained at.
        multiple: Its sides are multiples of this.
        steps: Sampler steps unless told otherwise.
        guidance_text: Its usual strength of the instruction.
        guidance_name: The argument that takes it.
        guidance_image: Its usual strength of the source, or None if it has no such thing.
        sized: Whether it takes height and width; others follow their input.
        area_name: The argument that takes the area in pixels, where height and width yield to it.
        fixed: Whether it always runs at its own area, whatever it is given.
        callback: Whether it has diffusers' step callback; without, its denoiser is watched.
        style: Whether a second picture can be given as exemplar.
        extra: Further arguments.
    """

    cls: str
    repo: str
    resolution: int
    multiple: int
    steps: int
    guidance_text: float
    guidance_name: str = "guidance_scale"
    guidance_image: float | None = None
    sized: bool = True
    area_name: str = ""
    fixed: bool = False
    callback: bool = True
    style: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


FAMILIES = {
    "qwen-image-edit-plus": Family(
        cls="QwenImageEditPlusPipeline",
        repo="Qwen/Qwen-Image-Edit-2511",
        resolution=1024,
        multiple=32,
        steps=40,
        guidance_text=4.0,
        guidance_name="true_cfg_scale",
        style=True,
        # Without a negative prompt its guidance is silently off.
        extra={"negative_prompt": " "},
    ),
    "flux2-klein": Family(
        cls="Flux2KleinPipeline",
        repo="black-forest-labs/FLUX.2-klein-4B",
        resolution=1024,
        multiple=16,
        steps=4,
        guidance_text=1.0,
        style=True,
    ),
    "flux-kontext": Family(
        cls="FluxKontextPipeline",
        repo="black-forest-labs/FLUX.1-Kontext-dev",
        resolution=1024,
        multiple=16,
        steps=28,
        guidance_text=2.5,
        area_name="max_area",
        extra={"_auto_resize": False},
    ),
    "longcat-image-edit": Family(
        cls="LongCatImageEditPipeline",
        repo="meituan-longcat/LongCat-Image-Edit",
        resolution=1024,
        multiple=16,
        steps=50,
        guidance_text=4.5,
        sized=False,
        fixed=True,
        callback=False,
        extra={"negative_prompt": ""},
    ),
    "instruct-pix2pix": Family(
        cls="StableDiffusionInstructPix2PixPipeline",
        repo="timbrooks/instruct-pix2pix",
        resolution=512,
        multiple=8,
        steps=20,
        guidance_text=7.5,
        guidance_image=1.5,
        sized=False,
    ),
}
