"""Hidden states of the answer tokens, from one prefill or token by token (section 3.1).

The published procedure lets the language model write its answer, about fifty forwards one after
another, and keeps the states of the image tokens in it. The answer's words are known beforehand,
so here they are given and all states come from one forward; a decoder's states at a token depend
on the tokens before it only, so they are the same whenever the model would have written that
answer. ``decode`` keeps the published procedure for comparison.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor
from transformers import DynamicCache, LlamaForCausalLM

from smartedit_model.errors import (
    AnswerTokensError,
    InputError,
    InstructionError,
    NonFiniteResultError,
)
from smartedit_model.prompt import Prompter

# transformers 5.24 renamed the argument and warns about the old name.
CACHE_ARGUMENT: Final = (
    "cache"
    if "cache" in inspect.signature(LlamaForCausalLM.forward).parameters
    else "past_key_values"
)


class AnswerEncoder:
    """Run the language model over image tokens and instructions.

    The states of the constant prefix are kept between calls; call :meth:`forget` after changing
    the language model's weights.

    Args:
        language_model: The decoder, its vocabulary extended by the added tokens.
        prompter: Builds the token ids.
    """

    def __init__(self, language_model: LlamaForCausalLM, prompter: Prompter) -> None:
        self.language_model = language_model
        self.prompter = prompter
        self._prefix: dict[tuple[torch.device, torch.dtype], list[tuple[Tensor, Tensor]]] = {}

    def forget(self) -> None:
        """Drop the kept prefix states."""
        self._prefix.clear()

    @torch.no_grad()
    def prefill(self, image_tokens: Tensor, instructions: Sequence[str]) -> Tensor:
        """Return the answer states of a batch from one forward.

        Args:
            image_tokens: Projected vision features, ``(B, N, hidden)``.
            instructions: ``B`` instructions; their lengths may differ.

        Returns:
            ``(B, answers, hidden)`` in the language model's dtype.

        Raises:
            InstructionError: An instruction is empty, too long or holds a control token.
            InputError: Not one instruction an image.
        """
        tails = [self.prompter.answered(text) for text in self._checked(image_tokens, instructions)]
        self._check_length(image_tokens.shape[1], max(map(len, tails)))
        longest = max(map(len, tails))
        # Padding stands behind every token that is read, so a causal model never sees it.
        rows = [tail + [0] * (longest - len(tail)) for tail in tails]
        embeds = torch.cat([image_tokens, self._embed(rows, image_tokens)], dim=1)  # (B, N + L, D)
        states = self._run(embeds, self._prefix_cache(image_tokens))[0]  # (B, N + L, D)
        answers = self.prompter.tokens.answers
        first = [image_tokens.shape[1] + len(tail) - answers for tail in tails]
        index = torch.tensor(first, device=states.device)[:, None] + torch.arange(
            answers, device=states.device
        )
        return states.gather(1, index[..., None].expand(-1, -1, states.shape[-1]))

    @torch.no_grad()
    def decode(
        self,
        image_tokens: Tensor,
        instructions: Sequence[str],
        *,
        temperature: float = 0.7,
        generator: torch.Generator | list[torch.Generator] | None = None,
        max_new_tokens: int = 512,
    ) -> Tensor:
        """Return the answer states as the published procedure gets them: the model writes.

        Args:
            image_tokens: As for :meth:`prefill`.
            instructions: As for :meth:`prefill`; handled one after another.
            temperature: Sampling temperature; below 1e-4 the likeliest token is taken.
            generator: Source of the sampling; a list gives each picture its own.
            max_new_tokens: Give up after so many tokens.

        Returns:
            ``(B, answers, hidden)``.

        Raises:
            AnswerTokensError: The model's answer did not hold exactly its image tokens.
            NonFiniteResultError: The language model gave NaN or infinity.
        """
        texts = self._checked(image_tokens, instructions)
        sources = generator if isinstance(generator, list) else [generator] * len(texts)
        rows = [
            self._decode_one(image[None], text, temperature, source, max_new_tokens)
            for image, text, source in zip(image_tokens, texts, sources, strict=True)
        ]
        return torch.cat(rows)

    def _decode_one(
        self,
        image: Tensor,
        instruction: str,
        temperature: float,
        generator: torch.Generator | None,
        max_new_tokens: int,
    ) -> Tensor:
        tokens = self.prompter.tokens
        question = self.prompter.question(instruction)
        self._check_length(image.shape[1], len(question))
        cache = self._prefix_cache(image)
        embeds = torch.cat([image, self._embed([question], image)], dim=1)
        _, logits = self._run(embeds, cache)
        kept: list[Tensor] = []
        for _ in range(max_new_tokens):
            if not torch.isfinite(logits).all():
                raise NonFiniteResultError.of("the answer", logits.dtype)
            token = _sample(logits[0, -1], temperature, generator)
            if token == self.prompter.tokenizer.eos_token_id:
                break
            state, logits = self._run(self._embed([[token]], image), cache)
            if token >= tokens.first_answer:
                kept.append(state)
        if len(kept) != tokens.answers:
            raise AnswerTokensError(
                f"the language model answered with {len(kept)} image tokens instead of "
                f"{tokens.answers}; use the prefill mode, which does not depend on its words"
            )
        return torch.cat(kept, dim=1)

    def _checked(self, image_tokens: Tensor, instructions: Sequence[str]) -> Sequence[str]:
        if len(instructions) != image_tokens.shape[0]:
            raise InputError(
                f"{image_tokens.shape[0]} images but {len(instructions)} instructions; give as many"
            )
        return instructions

    def _check_length(self, image: int, tail: int) -> None:
        total = len(self.prompter.prefix()) + image + tail
        limit = int(self.language_model.config.max_position_embeddings)
        if total > limit:
            raise InstructionError(
                f"the instruction makes a prompt of {total} tokens, over the model's {limit}; "
                "shorten it or split it into steps"
            )

    def _embed(self, rows: list[list[int]], like: Tensor) -> Tensor:
        table = self.language_model.get_input_embeddings()
        weight: Any = table.weight
        ids = torch.tensor(rows, device=weight.device)
        out: Tensor = table(ids).to(like.device, like.dtype)  # (B, L, D)
        return out

    def _run(self, embeds: Tensor, cache: DynamicCache) -> tuple[Tensor, Tensor]:
        """Return the last hidden states and the logits of the last position."""
        # The whole model is called, not its decoder, so that offloading hooks see the call.
        out: Any = self.language_model(
            inputs_embeds=embeds,
            **{CACHE_ARGUMENT: cache},
            use_cache=True,
            output_hidden_states=True,
            logits_to_keep=1,
        )
        return out.hidden_states[-1], out.logits

    def _prefix_cache(self, like: Tensor) -> DynamicCache:
        key = (like.device, like.dtype)
        if key not in self._prefix:
            cache = DynamicCache()
            self._run(self._embed([self.prompter.prefix()], like), cache)
            layers: Any = cache.layers
            self._prefix[key] = [(layer.keys, layer.values) for layer in layers]
        batch = like.shape[0]
        copy = DynamicCache()
        for index, (keys, values) in enumerate(self._prefix[key]):
            copy.update(keys.expand(batch, -1, -1, -1), values.expand(batch, -1, -1, -1), index)
        return copy


def _sample(logits: Tensor, temperature: float, generator: torch.Generator | None) -> int:
    if temperature < 1e-4:
        return int(logits.argmax())
    chances = torch.softmax(logits.float() / temperature, dim=-1)
    if generator is not None:  # a generator draws on its own device only
        chances = chances.to(generator.device)
    return int(torch.multinomial(chances, 1, generator=generator))
