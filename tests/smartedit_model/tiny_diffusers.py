"""Tiny random pipelines of the diffusers editing classes, built without any download."""

from __future__ import annotations

import diffusers
import torch
import transformers

from smartedit_model.tokenizer import train_tokenizer

_QWEN_TOKENS = [
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
_CHAT = "{% for m in messages %}<|im_start|>{{ m['content'] }}<|im_end|>{% endfor %}"
VOCAB = 400


def tokenizer(length: int):
    made = train_tokenizer(["make the square red"], 320)
    made.add_special_tokens({"additional_special_tokens": _QWEN_TOKENS})
    made.model_max_length = length
    made.chat_template = _CHAT
    return made


def clip_text(hidden: int, length: int):
    config = transformers.CLIPTextConfig(
        vocab_size=VOCAB,
        hidden_size=hidden,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=length,
        projection_dim=hidden,
        bos_token_id=1,
        eos_token_id=2,
    )
    return transformers.CLIPTextModel(config).eval()


def instruct_pix2pix():
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=8,
        in_channels=8,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        norm_num_groups=4,
        attention_head_dim=2,
    )
    vae = diffusers.AutoencoderKL(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=4,
    )
    return diffusers.StableDiffusionInstructPix2PixPipeline(
        vae=vae,
        text_encoder=clip_text(16, 32),
        tokenizer=tokenizer(32),
        unet=unet,
        scheduler=diffusers.EulerAncestralDiscreteScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def flux_kontext():
    transformer = diffusers.FluxTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=[4, 4, 8],
        guidance_embeds=True,
    )
    t5 = transformers.T5Config(
        vocab_size=VOCAB, d_model=32, d_kv=8, d_ff=16, num_layers=1, num_heads=2
    )
    return diffusers.FluxKontextPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=small_vae(latent=1),
        text_encoder=clip_text(32, 32),
        tokenizer=tokenizer(32),
        text_encoder_2=transformers.T5EncoderModel(t5).eval(),
        tokenizer_2=tokenizer(32),
        transformer=transformer,
        image_encoder=None,
        feature_extractor=None,
    )


def small_vae(latent: int):
    return diffusers.AutoencoderKL(
        sample_size=32,
        block_out_channels=(4,),
        down_block_types=("DownEncoderBlock2D",),
        up_block_types=("UpDecoderBlock2D",),
        layers_per_block=1,
        latent_channels=latent,
        norm_num_groups=1,
        use_quant_conv=False,
        use_post_quant_conv=False,
        shift_factor=0.06,
        scaling_factor=1.5,
    )


def flux2_klein():
    transformer = diffusers.Flux2Transformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        timestep_guidance_channels=256,
        axes_dims_rope=[4, 4, 4, 4],
        guidance_embeds=False,
    )
    text = transformers.Qwen3Config(
        vocab_size=VOCAB,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=512,
    )
    vae = diffusers.AutoencoderKLFlux2(
        sample_size=32,
        down_block_types=("DownEncoderBlock2D",),
        up_block_types=("UpDecoderBlock2D",),
        block_out_channels=(4,),
        layers_per_block=1,
        latent_channels=1,
        norm_num_groups=1,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )
    return diffusers.Flux2KleinPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        text_encoder=transformers.Qwen3ForCausalLM(text).eval(),
        tokenizer=tokenizer(512),
        transformer=transformer,
    )


def qwen_text():
    """Return a tiny vision-language model with its tokenizer and processor."""
    words = tokenizer(2048)
    ids = {t: words.convert_tokens_to_ids(t) for t in _QWEN_TOKENS}
    words.image_token, words.video_token = "<|image_pad|>", "<|video_pad|>"
    text = {
        "vocab_size": VOCAB,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "rope_parameters": {
            "mrope_section": [1, 1, 2],
            "rope_type": "default",
            "rope_theta": 1000000.0,
        },
    }
    vision = {
        "depth": 1,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 2,
        "out_hidden_size": 16,
    }
    config = transformers.Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    processor = transformers.Qwen2VLProcessor(
        image_processor=transformers.Qwen2VLImageProcessor(
            min_pixels=56 * 56, max_pixels=112 * 112
        ),
        tokenizer=words,
        video_processor=transformers.Qwen2VLVideoProcessor(),
        chat_template=_CHAT,
    )
    return transformers.Qwen2_5_VLForConditionalGeneration(config).eval(), words, processor


def qwen_image_edit_plus():
    text_encoder, words, processor = qwen_text()
    vae = diffusers.AutoencoderKLQwenImage(
        base_dim=24,
        z_dim=4,
        dim_mult=[1, 2, 4],
        num_res_blocks=1,
        temperal_downsample=[False, True],
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    transformer = diffusers.QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=4,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        guidance_embeds=False,
        axes_dims_rope=(8, 4, 4),
    )
    return diffusers.QwenImageEditPlusPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=words,
        processor=processor,
        transformer=transformer,
    )


def longcat_image_edit():
    text_encoder, words, processor = qwen_text()
    transformer = diffusers.LongCatImageTransformer2DModel(
        patch_size=1,
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        pooled_projection_dim=16,
        axes_dims_rope=[4, 4, 8],
    )
    return diffusers.LongCatImageEditPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=small_vae(latent=16),
        text_encoder=text_encoder,
        tokenizer=words,
        text_processor=processor,
        transformer=transformer,
    )


def build(family: str):
    """Return a tiny pipeline of a family, with fixed random weights."""
    makers = {
        "instruct-pix2pix": instruct_pix2pix,
        "flux-kontext": flux_kontext,
        "flux2-klein": flux2_klein,
        "qwen-image-edit-plus": qwen_image_edit_plus,
        "longcat-image-edit": longcat_image_edit,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return makers[family]()
