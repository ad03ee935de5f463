"""Saying an instruction plainly: the language model, its adapter, and one pass of both.

Greedy, so the same instruction is said the same way every time. It knows no plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from orchestrator.errors import EditCancelled, PlannerUnavailable
from orchestrator.reader.opening import opened_base, quiet
from smartedit_model.errors import first_line

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MOST_TOKENS = 320
"""Of an instruction; the pairs it was taught with are no longer."""
MOST_SAID = 160
"""Tokens that are said; what is longer is not finished, and not used."""
NOTHING = "nothing"
"""What it says where there is nothing to do."""


@dataclass(frozen=True)
class Said:
    """An instruction, said plainly.

    Attributes:
        text: commands joined by "; ".
        confidence: mean log-probability of its tokens, 0 at best.
    """

    text: str
    confidence: float


class Speaker(Protocol):
    """Says instructions plainly."""

    def say(self, instruction: str, cancelled: Callable[[], bool], guess: str = "") -> Said | None:
        """The instruction said plainly; None where it is too long, or came to no end.

        Args:
            instruction: what the person wrote.
            cancelled: whether the person asked to stop.
            guess: what may well be said, which makes it quicker and changes nothing.

        Raises:
            EditCancelled: the user asked to stop.
        """
        ...

    def likelihood(self, instruction: str, plain: str) -> float:
        """Mean log-probability of the tokens of a saying of somebody else's; 0 at best."""
        ...


class ModelSpeaker:
    """A causal language model that was taught to.

    Args:
        model: with its adapter merged.
        tokenizer: of the model; has ``<|im_start|>`` and ``<|im_end|>``.

    Attributes:
        end: the token that ends what is said.
    """

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self._model, self._tokenizer = model, tokenizer
        ids: Any = tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
        self._start, self.end = map(int, ids)
        self._weighed = ("", "", 0.0)  # the last guess that was weighed while something was said

    def prompt(self, instruction: str) -> list[int]:
        """The tokens before what is said; words of the instruction are never control tokens."""
        asked = " ".join(instruction.split())
        user, newline, reply = (
            self._plain_ids(text) for text in (f"user\n{asked}", "\n", "assistant\n")
        )
        return [self._start, *user, self.end, *newline, self._start, *reply]

    def reply(self, plain: str) -> list[int]:
        """The tokens of what is said, its end included."""
        return [*self._plain_ids(plain), self.end]

    def _plain_ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)[
            "input_ids"
        ]
        return ids

    def say(self, instruction: str, cancelled: Callable[[], bool], guess: str = "") -> Said | None:
        """See ``Speaker``."""
        from orchestrator.reader.greedy import decode

        ids = self.prompt(instruction)
        if len(ids) > MOST_TOKENS:
            return None
        guessed = self.reply(guess)[:MOST_SAID] if guess else []
        made = decode(self._model, ids, self.end, MOST_SAID, guess=guessed, stop=cancelled)
        if cancelled():
            raise EditCancelled("cancelled while the instruction was read")
        if guessed and guessed[-1] == self.end:
            self._weighed = (instruction, guess, made.guess)
        if not made.tokens or made.tokens[-1] != self.end:
            return None
        text = str(self._tokenizer.decode(made.tokens[:-1], skip_special_tokens=True)).strip()
        return Said(" ".join(text.split()), sum(made.scores) / len(made.scores))

    def likelihood(self, instruction: str, plain: str) -> float:
        """See ``Speaker``."""
        import torch

        if self._weighed[:2] == (instruction, plain):
            return self._weighed[2]
        before, after = self.prompt(instruction), self.reply(plain)
        model: Any = self._model
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([before + after])).logits
        told = logits[0, len(before) - 1 : -1].float().log_softmax(-1)
        return float(told.gather(1, torch.tensor(after)[:, None]).mean())


@lru_cache(maxsize=1)
def load_speaker() -> ModelSpeaker:
    """The reader's model, opened once a process.

    Opening it the first time on a machine takes half a minute; what that gives is kept in the data
    folder's cache and opens in seconds from then on.

    Raises:
        PlannerUnavailable: something of it is missing or not what it should be.
        BadSettings: an environment variable does not fit.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = opened_base()
    try:
        with quiet():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype=torch.float32, local_files_only=True
            )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise PlannerUnavailable(
            f"the reader cannot be opened ({first_line(error)}); delete {folder} and try again"
        ) from error
    return ModelSpeaker(model.eval().requires_grad_(False), tokenizer)
