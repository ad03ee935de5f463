"""What an instruction asks for, read from the language model's answer: the op and its new value.

It is this project's addition: the answer must hold what is to be drawn, so a light head can read it
out, and a person is shown what the model understood before anything is edited. The published models
have none. It knows no plan and no picture.
"""

from __future__ import annotations

from collections.abc import Sequence

from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn


class InstructionHead(ModelMixin, ConfigMixin):  # type: ignore[misc]  # diffusers is untyped
    """One linear layer on all answer states, to a word at each of a few places.

    Args:
        width: Width of the language model.
        answers: Answer states.
        inner: Channels in between; 0 for none.
        places: Each place ("op", "colour", …) with the words that can stand there, "-" for
            none first; pairs, since a configuration file keeps no order of names.
    """

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers is untyped
    def __init__(
        self,
        width: int = 192,
        answers: int = 8,
        inner: int = 0,
        places: Sequence[tuple[str, Sequence[str]]] = (),
    ) -> None:
        super().__init__()
        self.places = {name: tuple(words) for name, words in places}
        words = sum(len(known) for known in self.places.values())
        read = width * answers
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(read, inner, bias=False) if inner else nn.Identity()
        self.words = nn.Linear(inner or read, words)

    def forward(self, states: Tensor) -> dict[str, Tensor]:
        """Read the answer.

        Args:
            states: ``AnswerEncoder.prefill``, ``(B, answers, width)``.

        Returns:
            Place -> logits of its words, ``(B, words)``.
        """
        logits = self.words(self.first(self.norm(states).flatten(1)))
        sizes = [len(known) for known in self.places.values()]
        return dict(zip(self.places, logits.split(sizes, dim=1), strict=True))
