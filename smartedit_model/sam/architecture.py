"""Which modules of ``segment-anything`` make a model, and at what size.

It knows no weights and no files.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import nn

from smartedit_model.errors import ConfigError
from smartedit_model.sam.official import MOBILE

OFFICIAL = ("vit_b", "vit_l", "vit_h")
"""Sizes that the package itself builds, smallest first."""


class SamSize(BaseModel):
    """Sizes of a small SAM; the decoder's masks are four times as fine as its embedding.

    Attributes:
        image_size: side of the square the picture is fitted into, in pixels.
        patch_size: side of a patch; ``image_size / patch_size`` is the embedding's side, and the
            mask's side is four times that.
        width, depth, heads: of the image encoder.
        global_layers: layers that attend everywhere; the others attend within windows.
        window: side of a window, in patches.
        prompt_width: channels of the embedding and of prompts.
        decoder_mlp, decoder_heads: of the mask decoder's two-way transformer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_size: int = Field(default=192, ge=32, le=1024)
    patch_size: int = Field(default=8, ge=2, le=32)
    width: int = Field(default=192, ge=8, le=1280)
    depth: int = Field(default=8, ge=1, le=32)
    heads: int = Field(default=3, ge=1, le=16)
    global_layers: tuple[int, ...] = (3, 7)
    window: int = Field(default=8, ge=1, le=64)
    prompt_width: int = Field(default=128, ge=16, le=256)
    decoder_mlp: int = Field(default=512, ge=8, le=2048)
    decoder_heads: int = Field(default=4, ge=1, le=16)

    @model_validator(mode="after")
    def _divisible(self) -> SamSize:
        if self.image_size % self.patch_size:
            raise ValueError(f"image_size {self.image_size} must be a multiple of patch_size")
        if self.width % self.heads or self.prompt_width % (8 * self.decoder_heads):
            raise ValueError("width must divide by heads, prompt_width by 8 x decoder_heads")
        if any(not 0 <= layer < self.depth for layer in self.global_layers):
            raise ValueError(f"global_layers {self.global_layers} must lie below depth")
        return self

    @property
    def grid(self) -> int:
        """Side of the image embedding."""
        return self.image_size // self.patch_size


def build(size: SamSize) -> Any:
    """Return a ``segment_anything.modeling.Sam`` of that size, with fresh weights."""
    from segment_anything.modeling import ImageEncoderViT

    encoder = ImageEncoderViT(
        img_size=size.image_size,
        patch_size=size.patch_size,
        embed_dim=size.width,
        depth=size.depth,
        num_heads=size.heads,
        norm_layer=partial(nn.LayerNorm, eps=1e-6),
        use_rel_pos=True,
        window_size=size.window,
        global_attn_indexes=size.global_layers,
        out_chans=size.prompt_width,
    )
    return assemble(
        encoder,
        grid=size.grid,
        image_size=size.image_size,
        width=size.prompt_width,
        heads=size.decoder_heads,
        mlp=size.decoder_mlp,
    )


def assemble(
    encoder: nn.Module, *, grid: int, image_size: int, width: int, heads: int, mlp: int
) -> Any:
    """Return a ``segment_anything.modeling.Sam`` of an image encoder and the package's own rest.

    Args:
        encoder: pictures to embeddings (B, ``width``, ``grid``, ``grid``).
        grid: side of an embedding.
        image_size: side of the square picture, in pixels.
        width: channels of the embedding and of prompts.
        heads: of the mask decoder's two-way transformer.
        mlp: width of its feed-forward.
    """
    from segment_anything.modeling import MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    model = Sam(
        image_encoder=encoder,
        prompt_encoder=PromptEncoder(
            embed_dim=width,
            image_embedding_size=(grid, grid),
            input_image_size=(image_size, image_size),
            mask_in_chans=16,
        ),
        mask_decoder=MaskDecoder(
            transformer_dim=width,
            transformer=TwoWayTransformer(
                depth=2, embedding_dim=width, num_heads=heads, mlp_dim=mlp
            ),
            iou_head_hidden_dim=width,
        ),
    )
    model.eval()
    return model


def build_official(name: str) -> Any:
    """Return a published model's modules, with fresh weights: the package's own, or MobileSAM's.

    Raises:
        ConfigError: there is no such size.
    """
    from segment_anything import sam_model_registry

    from smartedit_model.sam.tiny_vit import build_mobile

    if name == MOBILE:
        return build_mobile()
    if name not in OFFICIAL:
        known = ", ".join((MOBILE, *OFFICIAL))
        raise ConfigError(f"no SAM is called {name!r}; there are {known}")
    return sam_model_registry[name]()
