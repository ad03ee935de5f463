"""Teach the reader: pairs of what people say and the same said plainly, one adapter.

    python -m orchestrator.reader.training --out orchestrator/reader/weights [--minutes N]

Goes on where it stopped (``--out`` keeps ``training.pt`` until it is through). The pairs are in
``pairs/``: ``messy<TAB>plain`` a line. Only low-rank changes to the upper layers are learned, and
only the plain side is predicted.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.errors import OrchestratorError
from orchestrator.reader.opening import open_untaught, quiet

if TYPE_CHECKING:
    import torch

    from orchestrator.reader.speaker import ModelSpeaker

PAIRS = Path(__file__).parent / "pairs"
LONGEST = 260
"""Tokens of a pair; longer ones are left out."""
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
LOG_EVERY = 10
KEPT = "training.pt"


class BadPairs(OrchestratorError):
    """The pairs cannot be read."""


@dataclass(frozen=True)
class Lesson:
    """How to teach.

    Attributes:
        steps: optimiser steps.
        batch: pairs a step.
        learning_rate: at its highest; cosine decay to a twentieth after the warm-up.
        warmup: steps of linear warm-up.
        rank: of the changes; their scale is 2.
        first_layer: the layers below stay as they are.
        dropout: before the changes.
        average: decay of the moving average of the changes, which is what is kept; 0 for none.
        seed: of the order and of what begins at random.
    """

    steps: int = 1433
    batch: int = 96
    learning_rate: float = 7e-4
    warmup: int = 40
    rank: int = 16
    first_layer: int = 4
    dropout: float = 0.05
    average: float = 0.996
    seed: int = 0


def read_pairs(folder: Path) -> list[tuple[str, str]]:
    """Every pair of every file, each once, in a fixed order.

    Raises:
        BadPairs: there are none, or a line is no pair.
    """
    found: dict[tuple[str, str], None] = {}
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            parts = [part.strip() for part in line.split("\t")]
            if not line.strip() or line.startswith("# "):
                continue
            if len(parts) != 2 or not all(parts):
                raise BadPairs(f"{path}:{number} is not 'messy<TAB>plain'")
            found[parts[0], parts[1]] = None
    if not found:
        raise BadPairs(f"there are no pairs in {folder}; it should hold .tsv files")
    return list(found)


def batches(
    pairs: Sequence[tuple[list[int], list[int]]], lesson: Lesson, start: int
) -> Iterator[list[tuple[list[int], list[int]]]]:
    """Batches without end from step ``start`` on, alike in length within each.

    Args:
        pairs: tokens before and after.
        lesson: batch size and seed.
        start: steps done already; the same batches come after it as without a stop.
    """
    number = 0
    for round_ in range(1_000_000):
        draw = random.Random(f"{lesson.seed}/{round_}")
        order = list(pairs)
        draw.shuffle(order)
        for at in range(0, len(order), 8 * lesson.batch):
            some = sorted(order[at : at + 8 * lesson.batch], key=lambda p: len(p[0]) + len(p[1]))
            cut = [some[i : i + lesson.batch] for i in range(0, len(some), lesson.batch)]
            draw.shuffle(cut)
            for batch in cut:
                number += 1
                if number > start:
                    yield batch


def loss_of(model: Any, batch: Sequence[tuple[list[int], list[int]]], pad: int) -> torch.Tensor:
    """Mean cross-entropy of the plain sides' tokens."""
    import torch
    from torch.nn import functional

    device = next(model.parameters()).device
    length = max(len(before) + len(after) for before, after in batch)
    ids = torch.full((len(batch), length), pad)
    told = torch.zeros(len(batch), length, dtype=torch.bool)
    for row, (before, after) in enumerate(batch):
        ids[row, : len(before) + len(after)] = torch.tensor(before + after)
        told[row, len(before) : len(before) + len(after)] = True
    ids, told = ids.to(device), told.to(device)
    # Padding stands right of everything that is predicted, so no mask is needed. Only what is
    # predicted goes through the output layer, a fifth of all the work.
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        states = model.model(input_ids=ids).last_hidden_state
        logits = model.lm_head(states[:, :-1][told[:, 1:]])
    return functional.cross_entropy(logits.float(), ids[:, 1:][told[:, 1:]])


def rate(lesson: Lesson, step: int) -> float:
    """The learning rate of a step."""
    warm = min(1.0, (step + 1) / max(1, lesson.warmup))
    fallen = 0.5 * (1 + math.cos(math.pi * min(1.0, step / lesson.steps)))
    return lesson.learning_rate * warm * (0.05 + 0.95 * fallen)


def teach(
    model: Any,
    speaker: ModelSpeaker,
    pairs: Sequence[tuple[str, str]],
    lesson: Lesson,
    out: Path,
    minutes: float = math.inf,
) -> bool:
    """Teach a model and write its adapter; False where time ran out before it was through.

    Args:
        model: a causal language model with ``model.layers`` and ``lm_head``.
        speaker: of the same model; gives the prompts.
        pairs: what is said, and plainly.
        lesson: how.
        out: the adapter's folder.
        minutes: stop after so long, with what is needed to go on.
    """
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(lesson.seed)
    layers = len(model.model.layers)
    config = LoraConfig(
        r=lesson.rank,
        lora_alpha=2 * lesson.rank,
        lora_dropout=lesson.dropout,
        target_modules=list(LINEAR),
        layers_to_transform=list(range(min(lesson.first_layer, layers - 1), layers)),
        layers_pattern="layers",
        task_type="CAUSAL_LM",
    )
    with quiet():  # of what libraries advise one another
        adapted: Any = get_peft_model(model, config)
    adapted.to("cuda" if torch.cuda.is_available() else "cpu")
    learned = {n: p for n, p in adapted.named_parameters() if p.requires_grad}
    optimiser = torch.optim.AdamW(
        learned.values(), lr=lesson.learning_rate, betas=(0.9, 0.98), weight_decay=0.01
    )
    tokens = [(speaker.prompt(a), speaker.reply(b)) for a, b in pairs]
    tokens = [(a, b) for a, b in tokens if len(a) + len(b) <= LONGEST]
    out.mkdir(parents=True, exist_ok=True)
    step = 0
    averages = {name: weights.detach().clone() for name, weights in learned.items()}
    if (out / KEPT).is_file():
        kept = torch.load(out / KEPT, weights_only=True)
        step = int(kept["step"])
        adapted.load_state_dict(kept["learned"], strict=False)
        optimiser.load_state_dict(kept["optimiser"])
        averages = {name: kept["averages"][name].to(weights) for name, weights in averages.items()}
    began = time.monotonic()
    losses: list[float] = []
    adapted.train()
    for batch in batches(tokens, lesson, step):
        if step >= lesson.steps or time.monotonic() - began > 60 * minutes:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate(lesson, step)
        torch.manual_seed(1_000_003 * lesson.seed + step)  # of what is dropped, stopped or not
        loss = loss_of(adapted.get_base_model(), batch, speaker.end)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        torch.nn.utils.clip_grad_norm_(learned.values(), 1.0)
        optimiser.step()
        step += 1
        # Short at first, so that what it began with is soon forgotten.
        near = max(1 - lesson.average, 1 / (step + 10))
        for name, weights in learned.items():
            averages[name].lerp_(weights.detach(), near)
        losses.append(float(loss.detach()))
        if step % LOG_EVERY == 0:
            mean = sum(losses[-LOG_EVERY:]) / LOG_EVERY
            print(json.dumps({"step": step, "loss": round(mean, 4)}), flush=True)  # noqa: T201
    adapted.eval()
    if step < lesson.steps:
        states = {"step": step, "learned": dict(learned), "optimiser": optimiser.state_dict()}
        states["averages"] = averages
        torch.save(states, out / KEPT)
        return False
    for name, weights in learned.items():
        weights.data.copy_(averages[name])
    adapted.cpu().half().save_pretrained(out, save_embedding_layers=False)
    (out / "README.md").unlink(missing_ok=True)  # a card without content
    (out / KEPT).unlink(missing_ok=True)
    return True


def main() -> None:
    """Teach the published model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=math.inf)
    for name, value in asdict(Lesson()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = vars(parser.parse_args())
    from orchestrator.reader.speaker import ModelSpeaker

    pairs = read_pairs(options.pop("pairs"))
    out, minutes = options.pop("out"), options.pop("minutes")
    model, tokenizer = open_untaught()
    done = teach(model, ModelSpeaker(model, tokenizer), pairs, Lesson(**options), out, minutes)
    print("through" if done else "stopped; the same command goes on")  # noqa: T201


if __name__ == "__main__":
    main()
