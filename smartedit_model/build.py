"""Modules of a model from its configuration, with random weights or on the meta device.

It knows sizes and library classes; it reads no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diffusers import AutoencoderKL, EulerAncestralDiscreteScheduler
from transformers import CLIPVisionConfig, CLIPVisionModel, LlamaConfig, LlamaForCausalLM

from smartedit_model.bim import BIM
from smartedit_model.config import PatchVAEConfig, SmartEditConfig
from smartedit_model.mask_head import MaskHead
from smartedit_model.patch_autoencoder import PatchAutoencoder
from smartedit_model.projector import NullCondition, Projector
from smartedit_model.qformer import QFormer
from smartedit_model.residual_unet import ResidualUNet
from smartedit_model.unet import SmartEditUNet
from smartedit_model.vision import vision_class


@dataclass(frozen=True)
class Modules:
    """Every module with weights, under the name of its folder."""

    vision_tower: CLIPVisionModel
    projector: Projector
    language_model: LlamaForCausalLM
    qformer: QFormer
    bim: BIM
    null_condition: NullCondition
    unet: SmartEditUNet
    vae: AutoencoderKL | PatchAutoencoder
    mask_head: MaskHead | None = None

    def parts(self) -> dict[str, Any]:
        """Return every module there is by the name of its folder."""
        return {name: module for name, module in vars(self).items() if module is not None}


def vision_config(config: SmartEditConfig) -> CLIPVisionConfig:
    """Return the transformers configuration of the vision tower."""
    v = config.vision
    ours: dict[str, Any] = {"stem_channels": list(v.stem)} if v.stem else {}
    return CLIPVisionConfig(
        image_size=v.image_size,
        patch_size=v.patch_size,
        hidden_size=v.hidden,
        num_hidden_layers=v.layers,
        num_attention_heads=v.heads,
        intermediate_size=v.mlp,
        projection_dim=768,
        **ours,
    )


def language_config(config: SmartEditConfig) -> LlamaConfig:
    """Return the transformers configuration of the language model, added tokens included."""
    lm = config.language
    return LlamaConfig(
        vocab_size=config.vocab,
        hidden_size=lm.hidden,
        num_hidden_layers=lm.layers,
        num_attention_heads=lm.heads,
        intermediate_size=lm.mlp,
        max_position_embeddings=lm.max_positions,
        rms_norm_eps=lm.rms_eps,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )


def unet_config(config: SmartEditConfig) -> dict[str, Any]:
    """Return the keyword arguments of the UNet."""
    u = config.unet
    down = ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in u.attention]
    up = ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(u.attention)]
    return {
        "sample_size": config.resolution // config.vae.factor,
        "in_channels": 2 * config.vae.latent_channels,
        "out_channels": config.vae.latent_channels * (2 if u.residual else 1),
        "block_out_channels": tuple(u.channels),
        "down_block_types": tuple(down),
        "up_block_types": tuple(up),
        "layers_per_block": u.layers_per_block,
        "attention_head_dim": u.heads,
        "cross_attention_dim": config.qformer.hidden,
        "norm_num_groups": u.norm_groups,
    }


def build_unet(config: SmartEditConfig) -> SmartEditUNet:
    """Return the UNet with random weights."""
    kind = ResidualUNet if config.unet.residual else SmartEditUNet
    unet: SmartEditUNet = kind(**unet_config(config))
    return unet


def build_vae(config: SmartEditConfig) -> AutoencoderKL | PatchAutoencoder:
    """Return the autoencoder with random weights."""
    v = config.vae
    if isinstance(v, PatchVAEConfig):
        return PatchAutoencoder(v.channels, v.encoder_blocks, v.decoder_blocks, v.latent_channels)
    levels = len(v.channels)
    return AutoencoderKL(
        block_out_channels=tuple(v.channels),
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=v.layers_per_block,
        latent_channels=v.latent_channels,
        norm_num_groups=v.norm_groups,
        scaling_factor=v.scaling,
        sample_size=config.resolution,
    )


def pixels_per_cell(vae: AutoencoderKL | PatchAutoencoder) -> int:
    """Return how many pixels of a side one latent cell stands for."""
    if isinstance(vae, PatchAutoencoder):
        return int(vae.factor)
    return int(2 ** (len(vae.config.block_out_channels) - 1))


def build_modules(config: SmartEditConfig) -> Modules:
    """Return all modules with random weights; under ``torch.device("meta")``, without any."""
    q, b = config.qformer, config.bim
    modules = Modules(
        vision_tower=vision_class(config.vision.stem)(vision_config(config)),
        projector=Projector(config.vision.hidden, config.language.hidden, config.image_pool),
        language_model=LlamaForCausalLM(language_config(config)),
        qformer=QFormer(
            queries=q.queries,
            hidden=q.hidden,
            context=config.language.hidden,
            layers=q.layers,
            heads=q.heads,
            mlp=q.mlp,
            cross_every=q.cross_every,
            dropout=q.dropout,
        ),
        bim=BIM(
            hidden=q.hidden,
            width=config.vision.hidden,
            unet=config.unet.channels[0],
            depth=b.depth,
            heads=b.heads,
            mlp=b.mlp,
            downsample=b.downsample,
            condition_weight=b.condition_weight,
            match=b.match,
            queries=q.queries,
            image_attention=b.image_attention,
            image_mlp=b.image_mlp,
            things=b.things,
        ),
        null_condition=NullCondition(q.queries, q.hidden),
        unet=build_unet(config),
        vae=build_vae(config),
        mask_head=_mask_head(config),
    )
    for module in modules.parts().values():
        module.eval()
    return modules


def _mask_head(config: SmartEditConfig) -> MaskHead | None:
    if config.mask_head is None:
        return None
    head: MaskHead = MaskHead(
        config.vision.hidden,
        config.qformer.hidden,
        config.mask_head.inner,
        config.mask_head.scale,
        config.unet.channels[0],
    )
    return head


def reference_scheduler() -> EulerAncestralDiscreteScheduler:
    """Return the sampler of the published procedure with Stable Diffusion's noise schedule."""
    return EulerAncestralDiscreteScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="epsilon",
        timestep_spacing="linspace",
        steps_offset=1,
    )
