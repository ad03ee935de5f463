"""The conversation the language model is shown, as token ids in three runs.

Around the image tokens stand a prefix that is the same for every edit and a tail that carries the
instruction and the answer. Text runs are tokenised on their own and control tokens are put in by
id, so nothing a user writes can turn into a control token. It knows no model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from smartedit_model.config import CONTROL_TOKENS, SmartEditConfig
from smartedit_model.errors import ConfigError, InstructionError

_CONTROL = re.compile(r"<s>|</s>|<unk>|<img>|<im_start>|<im_end>|<img_\d+>")


@dataclass(frozen=True)
class PromptStyle:
    """The fixed words around an instruction.

    Attributes:
        before_img: System words up to the ``<img>`` token, which tells that images can be answered.
        after_img: System words after it, the user's role and the request up to the image.
        after_instruction: What closes the request, and the assistant's role.
        answer: The assistant's words before the answer tokens.
    """

    before_img: str
    after_img: str
    after_instruction: str
    answer: str


#: The words of ``vicuna_v1.3`` are those the published weights were trained with: other words give
#: other hidden states. ``short`` and ``bare`` are for models trained here: every word around the
#: instruction costs a small model time, and attention that it would have to learn to turn away.
STYLES = {
    "vicuna_v1.3": PromptStyle(
        before_img=(
            "A chat between a curious user and an artificial intelligence assistant. "
            "The assistant can generate"
        ),
        after_img=(
            ". The assistant needs to conduct the image to image translation task based on given "
            "image and text information. The assistant gives helpful, detailed, and polite answers "
            "to the user's questions. USER: Could you produce an image based on the previous image "
            'and text description "'
        ),
        after_instruction='"? ASSISTANT:',
        answer=" Certainly, I can create the image you requested",
    ),
    "short": PromptStyle(
        before_img="The assistant edits pictures and answers with",
        after_img='. USER: picture "',
        after_instruction='" ASSISTANT:',
        answer=" Done",
    ),
    "bare": PromptStyle(before_img="", after_img="", after_instruction="", answer=""),
}


@dataclass(frozen=True)
class TokenIds:
    """Ids of the added tokens, which follow the language model's own vocabulary."""

    img: int
    im_start: int
    im_end: int
    first_answer: int
    answers: int

    @classmethod
    def after(cls, base_vocab: int, answers: int) -> TokenIds:
        """Return the ids when ``base_vocab`` rows come before: ``<img>`` is 32000 for LLaMA."""
        return cls(base_vocab, base_vocab + 1, base_vocab + 2, base_vocab + 3, answers)

    @classmethod
    def of(cls, config: SmartEditConfig) -> TokenIds:
        """Return the ids of a model built from ``config``."""
        return cls.after(config.language.base_vocab, config.answer_tokens)

    @property
    def names(self) -> tuple[str, ...]:
        """Every added token by name, in id order."""
        return (*CONTROL_TOKENS, *(f"<img_{i}>" for i in range(self.answers)))

    @property
    def answer_ids(self) -> list[int]:
        """The ids of ``<img_0>``, ``<img_1>``, ... in order."""
        return list(range(self.first_answer, self.first_answer + self.answers))


class Prompter:
    """Turn instructions into token ids.

    Args:
        tokenizer: A transformers tokenizer for the base vocabulary.
        style: Key of :data:`STYLES`.
        tokens: Ids of the added tokens.
    """

    def __init__(self, tokenizer: Any, style: str, tokens: TokenIds) -> None:
        if style not in STYLES:
            raise ConfigError(f"no prompt style is called {style!r}; there are {', '.join(STYLES)}")
        self.tokenizer = tokenizer
        self.style = STYLES[style]
        self.tokens = tokens

    def _text(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        if ids and max(ids) >= self.tokens.img:
            raise ConfigError(
                f"the tokenizer gave id {max(ids)}, but the model's own vocabulary has "
                f"{self.tokens.img} rows; use the tokenizer the model was trained with"
            )
        return ids

    def prefix(self) -> list[int]:
        """Return the ids before the image tokens, the same for every edit."""
        return [
            self.tokenizer.bos_token_id,
            *self._text(self.style.before_img.rstrip()),
            self.tokens.img,
            *self._text(self.style.after_img.strip()),
            self.tokens.im_start,
        ]

    def question(self, instruction: str) -> list[int]:
        """Return the ids after the image tokens up to where the assistant begins.

        Raises:
            InstructionError: The instruction is empty or holds a control token.
        """
        words = clean_instruction(instruction) + self.style.after_instruction
        return [self.tokens.im_end, *self._text(words)]

    def answered(self, instruction: str) -> list[int]:
        """Return the ids after the image tokens with the whole answer, answer tokens last.

        Raises:
            InstructionError: The instruction is empty or holds a control token.
        """
        words = clean_instruction(instruction) + self.style.after_instruction + self.style.answer
        return [self.tokens.im_end, *self._text(words), *self.tokens.answer_ids]

    def answered_with(self, instruction: str, answer: str) -> list[int]:
        """Return the ids after the image tokens with an answer in words, for conversations.

        Raises:
            InstructionError: Either is empty or holds a control token.
        """
        words = clean_instruction(instruction) + self.style.after_instruction
        return [self.tokens.im_end, *self._text(f"{words} {clean_instruction(answer)}")]


def clean_instruction(instruction: str) -> str:
    """Return the instruction on one line.

    Raises:
        InstructionError: It is empty or holds a control token.
    """
    if not isinstance(instruction, str) or not instruction.strip():
        raise InstructionError("the instruction is empty; say what the picture should become")
    found = _CONTROL.search(instruction)
    if found:
        raise InstructionError(
            f"the instruction holds the control token {found.group()!r}; write it in other words"
        )
    return " ".join(instruction.splitlines()).lstrip()
