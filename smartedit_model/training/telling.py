"""Teach a finished model's instruction head: what was asked for, read from the answer it gives.

Nothing else of the model changes, so its answers are computed once and a linear layer is fitted to
them within minutes. Answers to words alone tell as much of this as answers to words and a picture.
The words are those of ``captions``; the wordings are the train split's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from smartedit_model.errors import TrainingError
from smartedit_model.fingerprints import write_hashes
from smartedit_model.instruction_head import InstructionHead
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.captions import DRAWN, PLACES, caption_of, words
from smartedit_model.training.rounding import settle
from smartedit_model.world.edits import EditSample
from smartedit_model.world.stream import sample

FOLDER = "instruction_head"
TOLD = (*DRAWN, "tint", "sort")
"""What is told: what is to be drawn, the thing's colour as said, and whether several are meant."""
_AT = [PLACES.index(place) for place in TOLD]
MIX = {"edit": 0.85, "whole": 0.15}
BATCH = 32
IGNORED = -100
"""In place of a word's number: not known, and not learnt from."""
LONGEST = 400
"""Characters of an instruction that is learnt from."""
DROPPED = 0.1
"""Share of the states' values that are hidden from the head while it learns."""


@dataclass(frozen=True)
class Lesson:
    """What the head learns from, and for how long.

    Attributes:
        examples: Instructions of the train split.
        rounds: How often each is seen.
        inner: Channels in between; 0 for none.
        rate: Highest learning rate.
        seed: Of examples and order.
    """

    examples: int = 16_000
    rounds: int = 20
    inner: int = 128
    rate: float = 4e-3
    seed: int = 12


@dataclass(frozen=True)
class Answers:
    """What a model answers, and what was asked.

    Attributes:
        states: ``(N, answers, width)``, half precision.
        asked: Number of the word at each place of ``TOLD``, ``(N, places)``.
    """

    states: Tensor
    asked: Tensor


def edits(split: str, seed: int) -> Iterator[EditSample]:
    """Edits of a split without end, of things and of whole pictures."""
    for number in count():
        made = sample(split, number, seed, None, MIX)
        if isinstance(made, EditSample):
            yield made


@torch.no_grad()
def answered(
    pipe: SmartEditPipeline,
    instructions: Sequence[str],
    tell: Callable[[str], None] = lambda _line: None,
) -> Tensor:
    """Return a model's answer states to instructions, ``(N, answers, width)``, half precision."""
    states: list[Tensor] = []
    for at in range(0, len(instructions), BATCH):
        states.append(pipe.answer(instructions[at : at + BATCH]).half().cpu())
        if len(states) % 50 == 0:
            tell(f"{at + BATCH} of {len(instructions)} answered")
    return torch.cat(states) if states else torch.zeros(0, 1, 1)


def of_world(pipe: SmartEditPipeline, split: str, number: int, seed: int) -> Answers:
    """So many instructions of a split, and what each asks for."""
    texts, asked = [], []
    for made in islice(edits(split, seed), number):  # the pictures are not kept
        caption = caption_of(made)
        texts.append(made.instruction)
        asked.append([caption[at] for at in _AT])
    return Answers(answered(pipe, texts), torch.tensor(asked))


def read_asides(path: Path) -> tuple[list[str], list[str]]:
    """Instructions that are not the world's, and the op of each; ``NOTHING`` where it has none.

    Raises:
        TrainingError: A line is no instruction, tab and op of the world.
    """
    known = words()["op"]
    texts, ops = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text, _, op = line.partition("\t")
        if not text.strip() or op not in known:
            raise TrainingError(
                f"{path}:{number} is not 'instruction<TAB>op'; the ops are: {', '.join(known)}"
            )
        texts.append(text)
        ops.append(op)
    return texts, ops


def with_asides(pipe: SmartEditPipeline, told: Answers, path: Path) -> Answers:
    """Join answers with those to instructions of which only the op is known."""
    texts, ops = read_asides(path)
    kept = [(text, op) for text, op in zip(texts, ops, strict=True) if len(text) <= LONGEST]
    states = answered(pipe, [text for text, _ in kept])
    asked = torch.full((len(kept), len(TOLD)), IGNORED)
    asked[:, 0] = torch.tensor([words()["op"].index(op) for _, op in kept])
    return Answers(torch.cat([told.states, states]), torch.cat([told.asked, asked]))


def taught(told: Answers, lesson: Lesson) -> InstructionHead:
    """Fit a head to answers, one cycle of AdamW; in float32."""
    if not len(told.states):
        raise TrainingError("there are no answers to learn from; ask for more examples")
    source = torch.Generator().manual_seed(lesson.seed)
    known = [(place, words()[place]) for place in TOLD]
    _, length, width = told.states.shape
    with torch.random.fork_rng():
        torch.manual_seed(lesson.seed)
        head: InstructionHead = InstructionHead(width, length, lesson.inner, known)
        steps = max(1, lesson.rounds * len(told.states) // 128)
        optimiser = torch.optim.AdamW(head.parameters(), lr=lesson.rate, weight_decay=0.05)
        cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, lesson.rate, total_steps=steps + 1)
        for _ in range(steps):
            some = torch.randint(len(told.states), (128,), generator=source)
            logits = head(F.dropout(told.states[some].float(), DROPPED))
            losses = [_loss(logits[place], told.asked[some, at]) for at, place in enumerate(TOLD)]
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            cycle.step()
    head.eval()
    return head


def _loss(logits: Tensor, asked: Tensor) -> Tensor:
    """Cross-entropy over what is known; zero where nothing is."""
    total = F.cross_entropy(logits, asked, label_smoothing=0.02, reduction="sum")
    return total / (asked != IGNORED).sum().clamp(min=1)


@torch.no_grad()
def shares(head: InstructionHead, told: Answers) -> dict[str, float]:
    """Return by place how many of the words that say something are told rightly."""
    logits = head(told.states.float())
    found: dict[str, float] = {}
    for at, place in enumerate(TOLD):
        says = told.asked[:, at] > 0
        right = logits[place].argmax(dim=1) == told.asked[:, at]
        if says.any():
            found[place] = round(float(right[says].float().mean()), 4)
    return found


def teach(
    folder: Path,
    lesson: Lesson,
    asides: Path | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> dict[str, float]:
    """Give a model folder an instruction head, or another one.

    Args:
        folder: Of a model trained in the drawn world; written in place, with its hashes.
        lesson: What the head learns from.
        asides: Other instructions, for it to know what it has no word for; see ``read_asides``.
        tell: Told how far it is.

    Returns:
        ``shares`` on a tenth as many instructions of the validation split.
    """
    pipe = SmartEditPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    told = of_world(pipe, "train", lesson.examples, lesson.seed)
    tell(f"{lesson.examples} instructions of the world answered")
    head = taught(told if asides is None else with_asides(pipe, told, asides), lesson)
    found = shares(head, of_world(pipe, "val", max(lesson.examples // 10, 1), lesson.seed + 1))
    head.to(torch.float16).save_pretrained(folder / FOLDER)
    settle(folder / FOLDER / "diffusion_pytorch_model.safetensors")
    index = folder / "model_index.json"
    parts = json.loads(index.read_text(encoding="utf-8"))
    parts[FOLDER] = [InstructionHead.__module__, InstructionHead.__name__]
    content = json.dumps(dict(sorted(parts.items())), indent=2) + "\n"
    index.write_text(content, encoding="utf-8")
    write_hashes(folder)
    return found
