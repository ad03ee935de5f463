"""Which tensors the published folders hold and what they are called here.

Names are mapped by rules, from ours to the published ones, so that every tensor a model needs
must be found and whatever is left in a file is an error. It reads no file.
"""

from __future__ import annotations

import re

from smartedit_model.config import SmartEditConfig
from smartedit_model.integrity import Shapes

_BERT_PART = r"(query|key|value)\.(weight|bias)"
_SAM_ATTENTION = {
    "self_attention": "self_attn",
    "text_to_image": "cross_attn_token_to_image",
    "image_to_text": "cross_attn_image_to_token",
}
_SAM_PROJECTION = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "out_proj"}

_QFORMER = (
    (r"query_tokens", r"sd_query_tokens"),
    (r"norm\.(.+)", r"sd_qformer.embeddings.LayerNorm.\1"),
    (rf"blocks\.(\d+)\.self_attention\.{_BERT_PART}", r"\1.attention.self.\2.\3"),
    (rf"blocks\.(\d+)\.cross_attention\.{_BERT_PART}", r"\1.crossattention.self.\2.\3"),
    (r"blocks\.(\d+)\.self_attention\.output\.(.+)", r"\1.attention.output.dense.\2"),
    (r"blocks\.(\d+)\.cross_attention\.output\.(.+)", r"\1.crossattention.output.dense.\2"),
    (r"blocks\.(\d+)\.self_norm\.(.+)", r"\1.attention.output.LayerNorm.\2"),
    (r"blocks\.(\d+)\.cross_norm\.(.+)", r"\1.crossattention.output.LayerNorm.\2"),
    (r"blocks\.(\d+)\.up\.(.+)", r"\1.intermediate_query.dense.\2"),
    (r"blocks\.(\d+)\.down\.(.+)", r"\1.output_query.dense.\2"),
    (r"blocks\.(\d+)\.mlp_norm\.(.+)", r"\1.output_query.LayerNorm.\2"),
)
_BIM = (
    (r"head\.(.+)", r"modulate_head.\1"),
    (r"position\.matrix", r"pe_layer.positional_encoding_gaussian_matrix"),
    (r"to_unet\.(.+)", r"dimension_reduction_head_zeroconv.\1"),
    (r"to_condition\.(.+)", r"dimension_reduction_head_qformer_out.\1"),
    (r"blocks\.(\d+)\.up\.(.+)", r"modulate_transformer.layers.\1.mlp.lin1.\2"),
    (r"blocks\.(\d+)\.down\.(.+)", r"modulate_transformer.layers.\1.mlp.lin2.\2"),
    (r"blocks\.(\d+)\.(norm\d)\.(.+)", r"modulate_transformer.layers.\1.\2.\3"),
    (r"final_norm\.(.+)", r"modulate_transformer.norm_final_attn.\1"),
)

#: Published tensors that carry no weights of their own and are built anew here.
_CONSTANT = re.compile(r"position_ids$|rotary_emb\.inv_freq$")


def published_name(component: str, name: str) -> str:
    """Return what a tensor of one of our modules is called in the published files.

    Args:
        component: ``projector``, ``qformer``, ``bim``, ``unet`` or ``language_model``.
        name: The tensor's name in that module's state dict.

    Raises:
        KeyError: The module has no such tensor.
    """
    if component == "projector":
        return name.replace("linear.", "mm_projector.")
    if component == "unet":
        return f"unet.{name}"
    if component == "language_model":
        return "lm_head.weight" if name == "lm_head.weight" else f"model.base_model.{name}"
    if component == "bim":
        match = re.fullmatch(r"blocks\.(\d+)\.(\w+)\.(query|key|value|output)\.(.+)", name)
        if match:
            index, where, part, rest = match.groups()
            attention = f"{_SAM_ATTENTION[where]}.{_SAM_PROJECTION[part]}.{rest}"
            return f"modulate_transformer.layers.{index}.{attention}"
        match = re.fullmatch(r"final_attention\.(\w+)\.(.+)", name)
        if match:
            part, rest = match.groups()
            return f"modulate_transformer.final_attn_token_to_image.{_SAM_PROJECTION[part]}.{rest}"
        return _apply(_BIM, name)
    found = _apply(_QFORMER, name)
    return f"sd_qformer.encoder.layer.{found}" if found[0].isdigit() else found


def _apply(rules: tuple[tuple[str, str], ...], name: str) -> str:
    for pattern, result in rules:
        if re.fullmatch(pattern, name):
            return re.sub(pattern, result, name)
    raise KeyError(name)


def is_constant(name: str) -> bool:
    """Whether a published tensor is a constant such as position numbers."""
    return bool(_CONSTANT.search(name))


def lora_names(name: str) -> tuple[str, str]:
    """Return the published names of the low-rank factors A and B beside a ``.weight``."""
    stem = name.removesuffix(".weight")
    return f"{stem}.lora_A.default.weight", f"{stem}.lora_B.default.weight"


def is_adapted(name: str, targets: tuple[str, ...] = ("q_proj", "v_proj")) -> bool:
    """Whether a language-model weight carries LoRA."""
    return name.endswith(tuple(f"{target}.weight" for target in targets))


def published_files(
    shapes: dict[str, Shapes], config: SmartEditConfig, rank: int
) -> dict[str, Shapes]:
    """Return every tensor the four published files of a model hold.

    Args:
        shapes: Shapes of our modules by component.
        config: The model's sizes.
        rank: LoRA rank.

    Returns:
        Shapes by file kind: ``language``, ``qformer`` (with projector and head), ``bim``, ``unet``.
    """
    language: Shapes = {}
    for name, shape in shapes["language_model"].items():
        if name == "lm_head.weight":
            continue
        published = published_name("language_model", name)
        language[published] = shape
        if is_adapted(name):
            a, b = lora_names(published)
            language[a], language[b] = (rank, shape[1]), (shape[0], rank)
    head_width = config.language.hidden // config.language.heads
    for index in range(config.language.layers):
        key = f"model.base_model.model.layers.{index}.self_attn.rotary_emb.inv_freq"
        language[key] = (head_width // 2,)
    qformer = {published_name("qformer", n): s for n, s in shapes["qformer"].items()}
    qformer |= {published_name("projector", n): s for n, s in shapes["projector"].items()}
    qformer["lm_head.weight"] = shapes["language_model"]["lm_head.weight"]
    qformer["sd_qformer.embeddings.position_ids"] = (1, 512)
    return {
        "language": language,
        "qformer": qformer,
        "bim": {published_name("bim", n): s for n, s in shapes["bim"].items()},
        "unet": {published_name("unet", n): s for n, s in shapes["unet"].items()},
    }
