"""Greedy decoding in few passes: what is likely to be said is checked, not made word by word.

A pass over several tokens costs little more than one over a single token, so likely continuations
are handed in and kept as far as the model would have said the same. What comes out is what word by
word would have given; only the number of passes differs. It knows no instructions and no plans.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from smartedit_model.mllm import CACHE_ARGUMENT

LEAST = 2
"""Tokens in a row that must have occurred before for what followed them to be likely again."""
MOST = 10
"""Tokens that are guessed at once from what occurred before."""


@dataclass(frozen=True)
class Decoded:
    """What a model says.

    Attributes:
        tokens: the end token included, where it came to an end.
        scores: log-probability of each.
        guess: mean log-probability of the tokens that were handed in, each after those before it.
    """

    tokens: list[int]
    scores: list[float]
    guess: float


@torch.inference_mode()
def decode(
    model: Any,
    prompt: Sequence[int],
    end: int,
    most: int,
    *,
    guess: Sequence[int] = (),
    stop: Callable[[], bool] = lambda: False,
) -> Decoded:
    """The likeliest token again and again.

    Args:
        model: a causal language model of transformers.
        prompt: tokens before the answer, at least one.
        end: ends the answer.
        most: tokens of an answer; it may be left unfinished.
        guess: what the answer may well be, its end included.
        stop: asked before each pass; ends the answer.
    """
    from transformers import DynamicCache

    known, said, scores = list(prompt), list[int](), list[float]()
    cache = DynamicCache()
    draft, held, believed = list(guess), 0, 0.0
    while len(said) < most and not stop():
        out = model(
            input_ids=torch.tensor([known[held:] + draft]),
            use_cache=True,
            logits_to_keep=len(draft) + 1,
            **{CACHE_ARGUMENT: cache},
        )
        told = out.logits[0].float().log_softmax(-1)  # (draft + 1, words)
        if held == 0 and draft:
            own = told[:-1].gather(1, torch.tensor(draft)[:, None])
            believed = float(own.mean())
        likeliest = told.argmax(-1).tolist()
        for place, token in enumerate(likeliest[: most - len(said)]):
            said.append(token)
            scores.append(float(told[place, token]))
            if token == end:
                return Decoded(said, scores, believed)
            if place == len(draft) or token != draft[place]:
                break
        wrong = len(known) + len(draft) - (len(prompt) + len(said) - 1)
        if wrong:
            cache.crop(-wrong)
        held = len(prompt) + len(said) - 1
        known = [*prompt, *said]
        draft = follow(known, [*prompt, *guess, *said])[: most - len(said) - 1]
    return Decoded(said, scores, believed)


def follow(known: Sequence[int], before: Sequence[int]) -> list[int]:
    """What followed the last tokens where they stood last; empty where they are new or just that.

    Args:
        known: all tokens so far.
        before: where to look: tokens that end as ``known`` does.
    """
    tail = list(known[-LEAST:])
    for start in range(len(before) - LEAST - 1, -1, -1):
        if list(before[start : start + LEAST]) == tail:
            return list(before[start + LEAST : start + LEAST + MOST])
    return []
