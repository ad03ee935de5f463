"""The language model's answer states: prefill, decode, prefix cache."""

import pytest
import torch

from smartedit_model.errors import AnswerTokensError, NonFiniteResultError
from smartedit_model.mllm import AnswerEncoder


def step_by_step(encoder: AnswerEncoder, image: torch.Tensor, text: str) -> torch.Tensor:
    """Return the states of the given answer when its tokens are fed one at a time, no cache."""
    p = encoder.prompter
    embed = encoder.language_model.get_input_embeddings()
    before = embed(torch.tensor([p.prefix()]))
    tail = p.answered(text)
    states = []
    for end in range(len(tail) - p.tokens.answers + 1, len(tail) + 1):
        embeds = torch.cat([before, image, embed(torch.tensor([tail[:end]]))], dim=1)
        states.append(encoder.language_model.model(inputs_embeds=embeds).last_hidden_state[:, -1:])
    return torch.cat(states, dim=1)


@torch.no_grad()
def test_prefill_equals_one_token_at_a_time(tiny):
    """One batched prefill over a cached prefix gives the states of sequential forwards."""
    image = torch.randn(2, 16, 48, generator=torch.Generator().manual_seed(0))
    texts = ["red", "remove the dog on the left and everything behind it"]
    found = tiny.answers.prefill(image, texts)
    wanted = torch.cat([step_by_step(tiny.answers, image[i : i + 1], texts[i]) for i in (0, 1)])
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_decode_without_image_tokens_is_an_error(tiny):
    """A model that does not answer with its image tokens is reported, not papered over."""
    with pytest.raises(AnswerTokensError, match="prefill"):
        tiny.answers.decode(torch.zeros(1, 16, 48), ["red"], temperature=0.0, max_new_tokens=12)


def test_decoding_over_nan_is_named(tiny):
    """A language model that overflows is told apart from one that answers wrongly."""
    image = torch.full((1, 16, 48), float("nan"))
    with pytest.raises(NonFiniteResultError, match="answer"):
        tiny.answers.decode(image, ["red"])


@torch.no_grad()
def test_decode_equals_prefill_when_the_model_writes_that_answer(tiny):
    """Greedy decoding of a model that gives the answer yields the prefill's states."""
    encoder = tiny.answers
    prompter = encoder.prompter
    question, answered = prompter.question("red"), prompter.answered("red")
    assert answered[: len(question)] == question
    script = iter([*answered[len(question) :], tiny.tokenizer.eos_token_id])

    class Scripted(AnswerEncoder):
        def _run(self, embeds, cache):
            states, logits = super()._run(embeds, cache)
            if embeds.shape[1] != len(prompter.prefix()):
                logits = torch.zeros_like(logits)
                logits[..., next(script)] = 1.0
            return states[:, -1:], logits

    image = torch.randn(1, 16, 48, generator=torch.Generator().manual_seed(1))
    decoded = Scripted(tiny.language_model, prompter).decode(image, ["red"], temperature=0.0)
    torch.testing.assert_close(decoded, encoder.prefill(image, ["red"]), rtol=1e-4, atol=1e-5)
