"""One frozen description of a SmartEdit model of any size, and the named presets.

It knows sizes only: no torch, no weights. ``build.py`` turns it into modules. Section numbers
refer to the paper (arXiv 2312.06739).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from smartedit_model.errors import ConfigError

#: Tokens added to the language model's own vocabulary before the answer tokens, in order.
CONTROL_TOKENS = ("<img>", "<im_start>", "<im_end>")


@dataclass(frozen=True)
class VisionConfig:
    """The CLIP vision tower (section 3.1)."""

    image_size: int = 224
    """Side of the square input in pixels."""
    patch_size: int = 14
    hidden: int = 1024
    layers: int = 24
    heads: int = 16
    mlp: int = 4096
    select_layer: int = -2
    """Which hidden state is read; the class token is dropped from it."""
    stem: tuple[int, ...] = ()
    """Channels of strided convolutions before the patches; see ``vision``. Ours, not CLIP's."""

    @property
    def grid(self) -> int:
        """Patches along one side: 16 for ViT-L/14 at 224 pixels."""
        return self.image_size // self.patch_size

    @property
    def tokens(self) -> int:
        """Patch tokens of one image."""
        return self.grid**2


@dataclass(frozen=True)
class LanguageConfig:
    """The LLaMA decoder of the MLLM (section 3.1)."""

    hidden: int = 4096
    layers: int = 32
    heads: int = 32
    mlp: int = 11008
    base_vocab: int = 32000
    """Rows before the added tokens."""
    max_positions: int = 2048
    rms_eps: float = 1e-6


@dataclass(frozen=True)
class QFormerConfig:
    """The Q-Former that reads the answer tokens (section 3.1)."""

    queries: int = 77
    hidden: int = 768
    layers: int = 6
    heads: int = 12
    mlp: int = 3072
    cross_every: int = 2
    """Cross-attention in layers 0, ``cross_every``, 2 ``cross_every``, ..."""
    dropout: float = 0.1


@dataclass(frozen=True)
class BIMConfig:
    """The Bidirectional Interaction Module (section 3.2); its width is the vision tower's."""

    depth: int = 2
    heads: int = 8
    mlp: int = 2048
    downsample: int = 2
    """Cross-attention runs at ``width / downsample``."""
    condition_weight: float = 0.5
    """How much of the text-side output is added to the queries."""
    match: tuple[int, ...] = ()
    """Classes, a group each, that are told of patches and of words; see ``matching``. Ours."""
    image_attention: bool = False
    """Whether patches attend to each other in every block. Ours."""
    image_mlp: bool = False
    """Whether patches have a feed-forward in every block. Ours."""
    things: bool = False
    """Whether ``matching`` tells things apart and counts them; see ``things``. Ours."""


@dataclass(frozen=True)
class MaskHeadConfig:
    """The head on the BIM's image features that tells where the target is; ours, not the paper's.

    The published models have none.
    """

    inner: int = 128
    """Channels between its two convolutions."""
    scale: int = 8
    """Cells of the mask along one side of a vision patch."""


@dataclass(frozen=True)
class UNetConfig:
    """The denoising UNet (section 3.3); cross-attends on the Q-Former's width."""

    channels: tuple[int, ...] = (320, 640, 1280, 1280)
    attention: tuple[bool, ...] = (True, True, True, False)
    """Which resolution levels carry cross-attention."""
    layers_per_block: int = 2
    heads: int = 8
    norm_groups: int = 32
    residual: bool = False
    """Whether it blends what it draws into the source; see ``residual_unet``."""


@dataclass(frozen=True)
class VAEConfig:
    """The autoencoder of the latent space."""

    channels: tuple[int, ...] = (128, 256, 512, 512)
    layers_per_block: int = 2
    latent_channels: int = 4
    norm_groups: int = 32
    scaling: float = 0.18215

    @property
    def factor(self) -> int:
        """Pixels per latent cell along one side."""
        return int(2 ** (len(self.channels) - 1))


@dataclass(frozen=True)
class PatchVAEConfig:
    """The autoencoder of small models for flat pictures; see ``patch_autoencoder``."""

    channels: tuple[int, int] = (64, 128)
    encoder_blocks: int = 1
    decoder_blocks: int = 3
    latent_channels: int = 24
    factor: int = 8


@dataclass(frozen=True)
class SmartEditConfig:
    """Everything that fixes the shapes of one SmartEdit model."""

    name: str = "7b"
    vision: VisionConfig = field(default_factory=VisionConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)
    qformer: QFormerConfig = field(default_factory=QFormerConfig)
    bim: BIMConfig = field(default_factory=BIMConfig)
    unet: UNetConfig = field(default_factory=UNetConfig)
    vae: VAEConfig | PatchVAEConfig = field(default_factory=VAEConfig)
    mask_head: MaskHeadConfig | None = None
    image_pool: int = 1
    """Vision patches, along one side, that become one token of the language model."""
    answer_tokens: int = 32
    """How many ``<img_i>`` tokens the language model answers with."""
    resolution: int = 256
    """Side in pixels the diffusion model was trained at."""
    prompt_style: str = "vicuna_v1.3"
    """Key of ``prompt.STYLES``."""

    def __post_init__(self) -> None:
        checks = (
            ("vision", self.vision.hidden, self.vision.heads),
            ("language", self.language.hidden, self.language.heads),
            ("qformer", self.qformer.hidden, self.qformer.heads),
            ("bim", self.vision.hidden // self.bim.downsample, self.bim.heads),
        )
        for part, width, heads in checks:
            if width % heads:
                raise ConfigError(f"{part}: width {width} is not a multiple of its {heads} heads")
        if self.vision.image_size % self.vision.patch_size:
            raise ConfigError(
                f"vision: image size {self.vision.image_size} is not a multiple of the patch "
                f"size {self.vision.patch_size}"
            )
        if self.vision.hidden % 2:
            raise ConfigError(f"vision: width {self.vision.hidden} must be even for sine positions")
        if self.vision.grid % self.image_pool:
            raise ConfigError(
                f"image_pool {self.image_pool} does not divide the {self.vision.grid} patches of a "
                "side"
            )
        if len(self.unet.channels) != len(self.unet.attention):
            raise ConfigError(
                f"unet: {len(self.unet.channels)} levels but {len(self.unet.attention)} attention "
                "flags; give one flag a level"
            )
        if self.resolution % self.latent_multiple:
            raise ConfigError(
                f"resolution {self.resolution} must be a multiple of {self.latent_multiple}"
            )

    @property
    def vocab(self) -> int:
        """Rows of the token embedding with the added tokens: 32035 for the published models."""
        return self.language.base_vocab + len(CONTROL_TOKENS) + self.answer_tokens

    @property
    def latent_multiple(self) -> int:
        """Picture sides must be a multiple of this, so that every UNet level divides evenly."""
        return int(self.vae.factor * 2 ** (len(self.unet.channels) - 1))


def _large(name: str, hidden: int, layers: int, heads: int, mlp: int) -> SmartEditConfig:
    language = LanguageConfig(hidden=hidden, layers=layers, heads=heads, mlp=mlp)
    return SmartEditConfig(name=name, language=language)


_TINY = SmartEditConfig(
    name="tiny",
    vision=VisionConfig(image_size=32, patch_size=8, hidden=32, layers=2, heads=2, mlp=64),
    language=LanguageConfig(
        hidden=48, layers=2, heads=2, mlp=96, base_vocab=320, max_positions=512
    ),
    qformer=QFormerConfig(queries=9, hidden=32, layers=2, heads=2, mlp=64, dropout=0.0),
    bim=BIMConfig(heads=2, mlp=64),
    unet=UNetConfig(
        channels=(16, 32), attention=(True, False), layers_per_block=1, heads=2, norm_groups=8
    ),
    vae=VAEConfig(channels=(16, 16, 16), layers_per_block=1, norm_groups=8),
    answer_tokens=4,
    resolution=64,
    prompt_style="short",
)

_NANO = SmartEditConfig(
    name="nano",
    vision=VisionConfig(
        image_size=128,
        patch_size=8,
        hidden=192,
        layers=5,
        heads=3,
        mlp=384,
        select_layer=-1,
        stem=(32, 64),
    ),
    language=LanguageConfig(
        hidden=192, layers=3, heads=3, mlp=512, base_vocab=3072, max_positions=512
    ),
    qformer=QFormerConfig(queries=16, hidden=192, layers=2, heads=6, mlp=576, dropout=0.0),
    bim=BIMConfig(
        heads=4, mlp=384, match=(98, 12), image_attention=True, image_mlp=True, things=True
    ),
    unet=UNetConfig(
        channels=(128, 192),
        attention=(False, True),
        layers_per_block=1,
        heads=4,
        norm_groups=16,
        residual=True,
    ),
    vae=PatchVAEConfig(),
    mask_head=MaskHeadConfig(),
    image_pool=4,
    answer_tokens=8,
    resolution=128,
    prompt_style="bare",
)

_PRESETS = {
    "tiny": _TINY,
    "nano": _NANO,
    "7b": _large("7b", 4096, 32, 32, 11008),
    "13b": _large("13b", 5120, 40, 40, 13824),
}


def preset(name: str) -> SmartEditConfig:
    """Return the configuration called ``name``.

    Raises:
        ConfigError: No preset has that name.
    """
    if name not in _PRESETS:
        raise ConfigError(f"no preset is called {name!r}; the presets are {', '.join(_PRESETS)}")
    return _PRESETS[name]
