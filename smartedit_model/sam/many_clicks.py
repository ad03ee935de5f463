"""Masks for many single clicks in one picture, without doing for each what is the same for all.

The package's decoder copies the picture for every prompt and works on the copies from the first
layer on. Here the first layer's share of the picture is computed once, and masks are drawn only
where enough is expected of them. The numbers are the decoder's own, bit for bit; a test holds that.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

AT_ONCE = 27
"""Clicks decoded together: few enough for the processor's caches, enough for its arithmetic."""


def decode_clicks(
    model: Any, features: Tensor, sparse: Tensor, dense: Tensor, least: float
) -> tuple[Tensor, Tensor]:
    """Decode clicks, each alone.

    Args:
        model: a SAM.
        features: embedding of the picture, ``(1, C, h, w)``.
        sparse: the clicks' embeddings, ``(N, tokens, C)``.
        dense: that of no mask, ``(N, C, h, w)``, alike for all.
        least: IoU that must be expected of a mask for it to be drawn.

    Returns:
        Logits of the masks that are drawn, ``(M, H, W)``, four at most a click and in the order of
        clicks; and the IoU expected of each, ``(M,)``, which may be above 1.
    """
    decoder = model.mask_decoder
    whole = (features + dense[:1]).flatten(2).permute(0, 2, 1)  # (1, h * w, C)
    places = model.prompt_encoder.get_dense_pe().flatten(2).permute(0, 2, 1)
    shared = _Shared(decoder.transformer, whole, places)
    drawn, expected = [], []
    for start in range(0, len(sparse), AT_ONCE):
        tokens = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        part = sparse[start : start + AT_ONCE]
        part = torch.cat([tokens.expand(len(part), -1, -1), part], dim=1)
        said, seen = shared.attend(part)
        claimed = decoder.iou_prediction_head(said[:, 0])  # (n, 4)
        wanted = claimed >= least
        some = wanted.any(dim=1)
        if bool(some.any()):
            masks = _masks(decoder, said[some], seen[some], features.shape[-2:])
            drawn.append(masks[wanted[some]])
            expected.append(claimed[wanted])
    if not drawn:
        return features.new_zeros(0, 1, 1), features.new_zeros(0)
    return torch.cat(drawn), torch.cat(expected)


class _Shared:
    """The decoder's transformer over copies of one picture.

    Args:
        transformer: the package's ``TwoWayTransformer``.
        whole: the picture's tokens, ``(1, h * w, C)``.
        places: their places, as large.
    """

    def __init__(self, transformer: Any, whole: Tensor, places: Tensor) -> None:
        self._of, self._whole, self._places = transformer, whole, places
        first = transformer.layers[0]
        placed = whole + places
        reading, writing = first.cross_attn_token_to_image, first.cross_attn_image_to_token
        self._keys, self._values = reading.k_proj(placed), reading.v_proj(whole)
        self._queries = writing.q_proj(placed)

    def attend(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """What becomes of prompts' tokens ``(n, tokens, C)`` and of their copies of the picture."""
        own, picture = tokens, self._whole
        for number, layer in enumerate(self._of.layers):
            if layer.skip_first_layer_pe:
                own = layer.self_attn(q=own, k=own, v=own)
            else:
                asked = own + tokens
                own = own + layer.self_attn(q=asked, k=asked, v=own)
            own = layer.norm1(own)
            reading, writing = layer.cross_attn_token_to_image, layer.cross_attn_image_to_token
            if number == 0:
                keys, values, queries = self._keys, self._values, self._queries
            else:
                placed = picture + self._places
                keys, values = reading.k_proj(placed), reading.v_proj(picture)
                queries = writing.q_proj(placed)
            own = layer.norm2(own + _attention(reading, own + tokens, keys, values))
            own = layer.norm3(own + layer.mlp(own))
            given = _weigh(writing, queries, writing.k_proj(own + tokens), writing.v_proj(own))
            picture = layer.norm4(picture + given)
        last = self._of.final_attn_token_to_image
        keys, values = last.k_proj(picture + self._places), last.v_proj(picture)
        own = own + _attention(last, own + tokens, keys, values)
        return self._of.norm_final_attn(own), picture


def _attention(layer: Any, asked: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    return _weigh(layer, layer.q_proj(asked), keys, values)


def _weigh(layer: Any, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """The package's attention, its inputs projected already."""
    heads = layer.num_heads
    q, k, v = (layer._separate_heads(part, heads) for part in (queries, keys, values))
    weights = torch.softmax(q @ k.transpose(2, 3) / q.shape[-1] ** 0.5, dim=-1)
    out: Tensor = layer.out_proj(layer._recombine_heads(weights @ v))
    return out


def _masks(decoder: Any, said: Tensor, seen: Tensor, side: tuple[int, ...]) -> Tensor:
    """Logits of the four masks of each click, ``(n, 4, H, W)``."""
    count = decoder.num_mask_tokens
    fine = decoder.output_upscaling(seen.transpose(1, 2).reshape(len(seen), -1, *side))
    tokens = said[:, 1 : 1 + count]
    weights = torch.stack(
        [decoder.output_hypernetworks_mlps[i](tokens[:, i]) for i in range(count)], dim=1
    )
    out: Tensor = (weights @ fine.flatten(2)).unflatten(2, fine.shape[2:])
    return out
