"""Tiny detectors of transformers' own classes, saved in the published layout, without a download.

Their weights are random but for a few, which are set so that they see something known: the OWLs a
"cup" wherever a patch is red; Grounding DINO a "cup" at ``CUP``, whatever the picture shows.
Asked for a "dog" or a "zebra" they see nothing, though Grounding DINO knows the word "red".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import nn

from tools.operation import Rgb

SIDE = 64
PATCH = 16
WIDTH = 32
NOT_CUPS = ("dog", "zebra", "red zebra")
LETTERS = [chr(code) for code in range(ord("a"), ord("z") + 1)]
SHAPE = (128, 128)
CUP = (32, 32, 64, 64)
"""XYXY half-open: one patch of a picture of ``SHAPE``, where a cup may stand."""
SECOND_CUP = (64, 32, 96, 64)
"""The patch beside it."""
PLACE = (0.375, 0.375, 0.25, 0.25)
"""``CUP`` as shares of the picture: centre, width and height."""


def table(*cups: tuple[int, int, int, int]) -> Rgb:
    """A grey noisy picture of ``SHAPE`` with a red thing in each box, HWC uint8."""
    rgb = np.random.default_rng(7).integers(100, 140, (*SHAPE, 3), dtype=np.uint8)
    for x0, y0, x1, y1 in cups:
        rgb[y0:y1, x0:x1] = (200, 30, 30)
    return rgb


def save(kind: str, folder: Path) -> Path:
    """A detector of a kind, and its processor."""
    return save_grounding_dino(folder) if kind == "grounding-dino" else save_owl(kind, folder)


def as_published(folder: Path) -> None:
    """Lay a folder out as the published ones are, which older versions of transformers wrote.

    The picture's part of the processor has a file of its own, the vocabulary is spelled out, and
    there are tensors that no model reads any more.
    """
    combined = folder / "processor_config.json"
    told = json.loads(combined.read_text())
    flat = told["image_processor"] | {"processor_class": told["processor_class"]}
    (folder / "preprocessor_config.json").write_text(json.dumps(flat))
    combined.unlink()
    whole = folder / "tokenizer.json"
    words = json.loads(whole.read_text())["model"]["vocab"]
    if "dino" in told["processor_class"].lower():
        lines = {number: word for word, number in words.items()}
        named = [lines.get(number, f"[unused{number}]") for number in range(max(lines) + 1)]
        (folder / "vocab.txt").write_text("\n".join(named) + "\n")
    else:
        (folder / "vocab.json").write_text(json.dumps(words))
        (folder / "merges.txt").write_text("#version: 0.2\n")
    whole.unlink()
    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    tensors["text_model.embeddings.position_ids"] = torch.arange(24)[None]
    save_file(tensors, weights, metadata={"format": "pt"})


def save_owl(kind: str, folder: Path) -> Path:
    """An ``owlvit`` or ``owlv2`` that sees red patches as cups, and its processor."""
    prefix = {"owlvit": "OwlViT", "owlv2": "Owlv2"}[kind]
    small = {
        "hidden_size": WIDTH,
        "intermediate_size": WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    config = getattr(transformers, f"{prefix}Config")(
        text_config=small
        | {
            "vocab_size": 600,
            "max_position_embeddings": 24,
            "bos_token_id": 52,
            "eos_token_id": 53,
        },
        vision_config=small | {"image_size": SIDE, "patch_size": PATCH},
        projection_dim=WIDTH,
    )
    torch.manual_seed(3)
    model = getattr(transformers, f"{prefix}ForObjectDetection")(config).eval()
    processor = getattr(transformers, f"{prefix}Processor")(
        getattr(transformers, f"{prefix}ImageProcessor")(size={"height": SIDE, "width": SIDE}),
        _clip_tokenizer(24),
    )
    with torch.no_grad():
        _sees_red(model)
        _knows_cups(model, processor, getattr(model, kind))
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def save_grounding_dino(folder: Path) -> Path:
    """A Grounding DINO that sees a cup at ``CUP`` of a picture of ``SHAPE``, and its processor."""
    config = transformers.GroundingDinoConfig(
        backbone_config=transformers.SwinConfig(
            image_size=SIDE,
            embed_dim=16,
            depths=[1, 1, 1],
            num_heads=[1, 1, 1],
            window_size=4,
            out_features=["stage2", "stage3"],
        ),
        text_config=transformers.BertConfig(
            vocab_size=1200,
            hidden_size=WIDTH,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=WIDTH,
            max_position_embeddings=64,
        ),
        d_model=WIDTH,
        encoder_layers=1,
        encoder_ffn_dim=WIDTH,
        encoder_attention_heads=2,
        decoder_layers=2,
        decoder_ffn_dim=WIDTH,
        decoder_attention_heads=2,
        num_queries=1,
        num_feature_levels=3,
        max_text_len=32,
    )
    torch.manual_seed(5)
    model = transformers.GroundingDinoForObjectDetection(config).eval()
    processor = transformers.GroundingDinoProcessor(
        transformers.GroundingDinoImageProcessor(
            size={"shortest_edge": SIDE, "longest_edge": 2 * SIDE}
        ),
        _bert_tokenizer(),
    )
    with torch.no_grad():
        _stands_still(model, processor)
        _matches_cups(model, processor)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _sees_red(model: Any) -> None:
    """Patches go through the vision tower as they are, red in the first feature; boxes by place."""
    vision = getattr(model, model.config.model_type).vision_model
    for block in vision.encoder.layers:
        for last in (block.self_attn.out_proj, block.mlp.fc2):
            _fill(last, 0.0, 0.0)
    embeddings = vision.embeddings
    embeddings.class_embedding.zero_()
    embeddings.patch_embedding.weight.zero_()
    for feature, sign in ((0, 1.0), (1, -1.0)):
        embeddings.patch_embedding.weight[feature, 0] = sign / PATCH**2
        embeddings.patch_embedding.weight[feature, 2] = -sign / PATCH**2
    # Features of a fixed size beside them, or the norms would make a faint red as red as any.
    embeddings.position_embedding.weight.zero_()
    embeddings.position_embedding.weight[1:, 2] = 3.0
    embeddings.position_embedding.weight[1:, 3] = -3.0
    _fill(vision.post_layernorm, 1.0, 1.0)  # the class token becomes ones: products keep patches
    # OWL adds the patch's far corner and size: the centre lies half a patch nearer.
    _fill(model.box_head.dense2, 0.0, 0.0)
    centre, corner = torch.tensor(PLACE[0]), torch.tensor(CUP[2] / SHAPE[1])
    model.box_head.dense2.bias[:2] = torch.logit(centre) - torch.logit(corner)


def _knows_cups(model: Any, processor: Any, towers: Any) -> None:
    """The class head fires where a patch is red and the phrase is nearer to a cup than to a dog."""
    asked = processor.tokenizer(
        [f"a photo of a {noun}" for noun in ("cup", *NOT_CUPS)],
        padding="max_length",
        return_tensors="pt",
    )
    known = nn.functional.normalize(_pooled(towers.get_text_features(**asked)), dim=-1)
    cup = known[0] - _projected(known[0], known[1:])
    cup = cup / cup.norm()
    likeness = float(known[0] @ cup)
    head = model.class_head
    _fill(head.dense0, 0.0, 0.0)
    head.dense0.bias.copy_(cup)
    # (likeness or 0) + (0 where red, -likeness elsewhere) - likeness / 2: positive for red cups.
    red = 2.0
    _fill(head.logit_shift, 0.0, -1.5 * likeness)
    head.logit_shift.weight[0, 0] = likeness / red
    _fill(head.logit_scale, 0.0, 10.0 / likeness)


def _stands_still(model: Any, processor: Any) -> None:
    """The one query goes from where it begins in such pictures to its place, in equal steps."""
    _fill(model.model.enc_output_norm, 0.0, 0.0)  # no place is likelier than another
    for head in (model.model.encoder_output_bbox_embed, model.bbox_embed[0]):
        _fill(head.layers[-1], 0.0, 0.0)
    picture = torch.zeros(*SHAPE, 3, dtype=torch.uint8).numpy()
    begun = model(**processor(images=picture, text="cup.", return_tensors="pt")).pred_boxes[0, 0]
    way = torch.logit(torch.tensor(PLACE)) - torch.logit(begun)
    model.bbox_embed[0].layers[-1].bias.copy_(way / model.config.decoder_layers)


def _matches_cups(model: Any, processor: Any) -> None:
    """The last feature fits the words of a cup and of nothing else."""
    _fill(model.model.decoder.layer_norm, 0.0, 0.0)
    features, wanted = [], []
    picture = torch.zeros(SIDE, SIDE, 3, dtype=torch.uint8).numpy()
    for phrase in ("cup", "red cup", *NOT_CUPS):
        inputs = processor(images=picture, text=f"{phrase}.", return_tensors="pt")
        text = model.model(**inputs).encoder_last_hidden_state_text[0]
        features.append(text)
        pieces = processor.tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
        wanted += [4.0 if piece in ("cup", "red") else -4.0 for piece in pieces]
    matrix = torch.cat(features)
    fitted = torch.linalg.lstsq(matrix, torch.tensor(wanted)[:, None], driver="gelsd").solution
    model.model.decoder.layer_norm.bias.copy_(fitted[:, 0])


def _fill(layer: Any, weight: float, bias: float) -> None:
    layer.weight.fill_(weight)
    layer.bias.fill_(bias)


def _pooled(features: Any) -> torch.Tensor:
    found: torch.Tensor = getattr(features, "pooler_output", features)
    return found


def _projected(vector: torch.Tensor, onto: torch.Tensor) -> torch.Tensor:
    """The part of a vector that lies in the span of rows."""
    basis = torch.linalg.qr(onto.T).Q
    return basis @ (basis.T @ vector)


def _clip_tokenizer(length: int) -> Any:
    """Single letters; the beginning has not id 0, which OWL takes for no phrase at all."""
    pieces = [
        *LETTERS,
        *(f"{letter}</w>" for letter in LETTERS),
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    made = transformers.CLIPTokenizer(vocab={p: i for i, p in enumerate(pieces)}, merges=[])
    made.model_max_length = length
    return made


def _bert_tokenizer() -> Any:
    """Few words, letters for all others; the ids are those that Grounding DINO relies on."""
    ids = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103, ".": 1012}
    ids |= {"?": 1029, "cup": 1100, "red": 1101}
    ids |= {letter: 200 + n for n, letter in enumerate(LETTERS)}
    ids |= {f"##{letter}": 300 + n for n, letter in enumerate(LETTERS)}
    return transformers.BertTokenizer(vocab=ids)
