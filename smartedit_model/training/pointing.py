"""Teach the pointer: which of a scene's things a sentence means, without drawing any picture.

    python -m smartedit_model.training.pointing --words FOLDER --minutes 60 [--state FILE]

Scenes are laid out and spoken of as the world does it (train split, all wordings that train), seen
with the slips that recognition makes, and typed with people's. Most sentences are taught with what
the language model in the folder of ``--words`` knows of their words, some without, for it may not
be there. Resumable: the state file is written every minute.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from smartedit_model.drawings.pointer_net import UNTAUGHT, Batch, PointerNet, Seen, batched
from smartedit_model.drawings.pointing import FOLDER, save
from smartedit_model.drawings.word_vectors import WordVectors
from smartedit_model.training.slips import slipped
from smartedit_model.training.strange_nouns import strange_nouns
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.errors import UnknownNameError
from smartedit_model.world.layout import FOCI, lay_out
from smartedit_model.world.palette import colour_names
from smartedit_model.world.proposals import TARGETED, instruction
from smartedit_model.world.query import Query
from smartedit_model.world.refer import CATEGORIES, SIZES, Reference, references
from smartedit_model.world.render import REFLECTED, shown_in
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from smartedit_model.world.splits import SEEDS, Rules, rules_of
from smartedit_model.world.wordings import article, choose

BATCH, RATE, WARM, PLANNED = 192, 1.5e-3, 200, 6500
LEARNT = ("train", "val")
EACH = 8
"""Sentences of a scene."""
WEIGHTS = {
    "plain": 1.5,
    "colour": 1.3,
    "relation": 1.6,
    "multiple": 1.4,
    "reasoning": 1.6,
    "none": 1.8,
    "negation": 1.3,
}
"""How often categories are asked for, against the rest."""
LOOSE, SINGLE, CLEARLY = 0.16, 0.15, 0.8
"""Share of the sentences that are not exact; of those about one thing that speak of all; how much
smaller the smaller of two is by area to be called so."""
USUAL = 0.25
"""Share of the sentences in the wordings that come first to mind."""
PHRASED = 0.6
"""Of the others, share of the expressions, and of the instructions, from the phrasings."""
ASKED = (*TARGETED, "recolor", "recolor", "resize", "segment")
"""Ops: where a colour or a size is asked for, words for it must not be taken for the thing's."""
ALONE = 0.25
"""Share of the expressions that come without an instruction around them."""
MISSED, MISNAMED, MISCOLOURED, EXTRA, UNSEEN = 0.03, 0.02, 0.02, 0.15, 0.3
"""Things that are not seen, or taken for others; scenes with a thing that is none; reflections that
are not seen."""
STRANGE = 0.2
"""Share of the sentences that name one thing, in which it gets a name that nothing here has."""
NAMED = ("plain", "colour", "left_right", "size", "relation")
"""Categories of those."""
UNHEARD, FORGOTTEN = 0.3, 0.12
"""Share of the sentences taught without vectors; in the others, of the words with them alone."""
JITTER = 0.008
"""Standard deviation of a side of a box."""


@dataclass(frozen=True)
class Lesson:
    """A sentence, what is seen, and how likely each of it is meant."""

    text: str
    things: tuple[Seen, ...]
    meant: tuple[float, ...]
    category: str


def lessons(split: str, seed: int, *, clean: bool = False) -> Iterator[Lesson]:
    """Lessons without end.

    Args:
        split: `train` or `val`.
        seed: another seed gives others.
        clean: everything is seen as it is, and sentences are as they were written.

    Raises:
        UnknownNameError: another split; the test split teaches nothing.
    """
    if split not in LEARNT:
        raise UnknownNameError("split to learn from", split, LEARNT)
    draw, every = random.Random(f"pointing/{split}/{seed}"), rules_of(split)
    first = replace(every, first_words=True)
    taught = every if clean else replace(every, phrased=PHRASED)
    low, high = SEEDS[split]
    # A scene that is laid out is spoken of several times: that costs less than another.
    weights = [WEIGHTS.get(category, 1.0) for category in CATEGORIES]
    while True:
        main = draw.choices(CATEGORIES, weights)[0]
        scene = lay_out(draw.randrange(low, high), main if main in FOCI else None, every)
        for number in range(EACH):
            # What most people would say is one of many wordings, and must not be rare.
            rules = first if not clean and draw.random() < USUAL else taught
            category = main if number % 2 == 0 else draw.choices(CATEGORIES, weights)[0]
            loose = None if clean or draw.random() > LOOSE else loosely(scene, draw, rules)
            if loose is None:
                found = references(scene, category, draw, rules)
                if not found:
                    continue
                form = draw.choice(sorted({reference.form for reference in found}))
                reference = draw.choice([one for one in found if one.form == form])
                marks = dict.fromkeys(reference.owners, 1.0)
            else:
                reference, marks = loose
            text: str | None = reference.text
            if clean or draw.random() > ALONE:
                text = instruction(scene, reference, draw.choice(ASKED), draw, rules)
            if text is None:
                continue
            strange = None if clean or draw.random() > STRANGE else strangely(text, reference, draw)
            if strange is not None:
                text, marks, category = strange, {}, "none"
            seen = _seen(scene, marks, draw, clean)
            if seen is not None:
                said = text if clean else slipped(text, draw)
                yield Lesson(said, *seen, category)


def loosely(
    scene: SceneSpec, draw: random.Random, rules: Rules
) -> tuple[Reference, dict[int, float]] | None:
    """What people say though it is not exact, and how likely it means what; None if nothing offers.

    "The cup" may be either of two cups; with a reflection in the picture it is the cup itself; the
    largest of two is the larger; all the cups may be one.
    """
    things = [item for item in scene.objects if item.entry.role == "object"]
    if not things:
        return None
    one = draw.choice(things)
    alike = [item for item in things if item.kind == one.kind]
    by_size = sorted(alike, key=lambda item: item.area)
    form, way = "plain", {}
    marks = {item.uid: 1.0 / len(alike) for item in alike}
    if len(alike) == 1 and draw.random() < SINGLE:
        form = "all"
    elif len(alike) == 2 and by_size[0].area < CLEARLY * by_size[1].area and draw.random() < 0.5:
        size = draw.choice(tuple(SIZES))
        form, way = "largest", SIZES[size]
        one = by_size[1] if size == "largest" else by_size[0]
        marks = {one.uid: 1.0}
    template = choose("targets", form, rules, draw)
    text = template.format(kind=one.entry.name, kinds=one.entry.plural, **way)
    query = Query(kind=one.kind)
    return Reference(text, query, "loose", form, template, (one.uid,)), marks


def strangely(text: str, reference: Reference, draw: random.Random) -> str | None:
    """The same about something that no drawing shows; None where that cannot be said of it."""
    query = reference.query
    if query.kind is None or query.several or reference.category not in NAMED:
        return None
    name = kinds()[query.kind].name
    noun = draw.choice(strange_nouns())
    said, count = re.subn(rf"\b(an? )?{re.escape(name)}\b", lambda at: _called(noun, at[1]), text)
    return said if count == 1 else None


def _called(noun: str, before: str | None) -> str:
    return noun if before is None else article(noun)


def _seen(
    scene: SceneSpec, marks: Mapping[int, float], draw: random.Random, clean: bool
) -> tuple[tuple[Seen, ...], tuple[float, ...]] | None:
    """What is seen of a scene, and how likely each is meant; None if some of that is missed."""
    items: list[tuple[ObjectSpec, int]] = [(item, item.uid) for item in scene.objects]
    for glass in scene.objects:
        items += [(item, REFLECTED + item.uid) for item in shown_in(glass, scene)]
    found: list[tuple[Seen, float]] = []
    for item, owner in items:
        reflected, meant = owner >= REFLECTED, marks.get(owner, 0.0)
        missed = 0.0 if clean or meant else UNSEEN if reflected else MISSED
        if draw.random() < missed:
            continue
        one = Seen(item.kind, item.colour, item.box, reflected)
        found.append((one if clean else _slipped(one, draw), meant))
    if not clean and draw.random() < EXTRA:
        found.append((_nothing_real(draw), 0.0))
    draw.shuffle(found)
    if sum(meant > 0 for _, meant in found) < len(marks):
        return None
    return tuple(one for one, _ in found), tuple(meant for _, meant in found)


def _slipped(one: Seen, draw: random.Random) -> Seen:
    x0, y0, x1, y1 = (side + draw.gauss(0, JITTER) for side in one.box)
    one = replace(one, box=(x0, y0, max(x1, x0 + 0.01), max(y1, y0 + 0.01)))
    if draw.random() < MISNAMED:
        one = replace(one, kind=draw.choice(list(kinds())))
    if draw.random() < MISCOLOURED:
        one = replace(one, colour=draw.choice(colour_names()))
    return one


def _nothing_real(draw: random.Random) -> Seen:
    x, y = draw.uniform(0, 0.85), draw.uniform(0, 0.85)
    box = (x, y, x + draw.uniform(0.04, 0.15), y + draw.uniform(0.04, 0.15))
    return Seen(draw.choice(list(kinds())), draw.choice(colour_names()), box)


def collated(
    lessons: list[Lesson], known: Sequence[WordVectors | None]
) -> tuple[Batch, torch.Tensor]:
    """A batch, and (B, N) which things are meant; ``known`` as for ``batched``."""
    batch = batched([(lesson.text, lesson.things) for lesson in lessons], known)
    meant = torch.zeros(batch.there.shape)
    for b, lesson in enumerate(lessons):
        meant[b, : len(lesson.meant)] = torch.tensor(lesson.meant, dtype=torch.float32)
    return batch, meant


def loss_of(net: PointerNet, batch: Batch, meant: torch.Tensor) -> torch.Tensor:
    """Mean surprise at which things are meant, and at whether any is."""
    points, exists = net(batch)
    each = F.binary_cross_entropy_with_logits(points, meant, reduction="none")
    some = meant.sum(dim=1).clamp(max=1)
    told = (each * batch.there).sum(dim=1).mean()
    return told + F.binary_cross_entropy_with_logits(exists, some)


class _Batches(IterableDataset[tuple[Batch, torch.Tensor]]):
    """Batches without end, made beside the learner."""

    def __init__(self, seed: int, known: WordVectors) -> None:
        self._seed, self._known = seed, known

    def __iter__(self) -> Iterator[tuple[Batch, torch.Tensor]]:
        torch.set_num_threads(1)
        stream, draw = lessons("train", self._seed), random.Random(self._seed)
        chance = torch.Generator().manual_seed(self._seed)
        while True:
            some = [next(stream) for _ in range(BATCH)]
            known = [self._known if draw.random() > UNHEARD else None for _ in some]
            batch, meant = collated(some, known)
            # A word that is only known by its vector is learnt by its vector.
            lost = torch.rand(batch.words.shape[:2], generator=chance) < FORGOTTEN
            lost &= (batch.words[..., 0] > 0) & batch.vectors.any(dim=2)
            batch.words[..., :2] = torch.where(
                lost[..., None], torch.tensor(UNTAUGHT), batch.words[..., :2]
            )
            yield batch, meant


@torch.no_grad()
def right(
    net: PointerNet, split: str, count: int, known: WordVectors | None, seed: int = 1
) -> dict[str, float]:
    """Share of clean sentences of a split that are pointed right, by category."""
    net.eval()
    stream = lessons(split, seed, clean=True)
    hits: dict[str, list[bool]] = {category: [] for category in CATEGORIES}
    for _ in range(-(-count // BATCH)):
        some = [next(stream) for _ in range(BATCH)]
        batch, meant = collated(some, [known] * len(some))
        points, exists = net(batch)
        said = (points > 0) & (exists > 0)[:, None] & batch.there
        for lesson, row in zip(some, (said == (meant > 0)).all(dim=1), strict=True):
            hits[lesson.category].append(bool(row))
    net.train()
    return {name: round(sum(row) / len(row), 3) for name, row in hits.items() if row}


def train(
    minutes: float,
    state: Path | None,
    known: WordVectors,
    *,
    seed: int = 0,
    planned: int = PLANNED,
) -> PointerNet:
    """Train, for some minutes or till the plan is done."""
    torch.manual_seed(seed)
    net = PointerNet()
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
    step, started, saved = 0, time.monotonic(), time.monotonic()
    if state is not None and state.is_file():
        held = torch.load(state, weights_only=True)
        net.load_state_dict(held["net"])
        optimizer.load_state_dict(held["optimizer"])
        step = held["step"]
    batches = iter(
        DataLoader(_Batches(seed * 1_000_003 + step, known), batch_size=None, num_workers=1)
    )
    total = 0.0
    while time.monotonic() - started < 60 * minutes and step < planned:
        rate = RATE * min(1.0, (step + 1) / WARM) * max(0.02, 1 - step / planned)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(net, *next(batches))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        total += float(loss.detach())
        step += 1
        if step % 100 == 0:
            told: dict[str, object] = {"step": step, "loss": round(total / 100, 4)}
            if step % 500 == 0:
                told["val"] = right(net, "val", 960, known)
                told["without vectors"] = right(net, "val", 960, None)
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            total = 0.0
        if state is not None and time.monotonic() - saved > 60:
            _keep(state, net, optimizer, step)
            saved = time.monotonic()
    if state is not None:
        _keep(state, net, optimizer, step)
    return net


def _keep(state: Path, net: PointerNet, optimizer: torch.optim.Optimizer, step: int) -> None:
    held = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    fresh = state.with_suffix(".new")
    torch.save(held, fresh)
    fresh.replace(state)


def main() -> int:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m smartedit_model.training.pointing")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--steps", type=int, default=PLANNED, help="of the whole plan")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--state", type=Path, help="to go on from, and to keep the state in")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--words", type=Path, required=True, help="a language model's folder")
    given = parser.parse_args()
    known = WordVectors(given.words)
    net = train(given.minutes, given.state, known, seed=given.seed, planned=given.steps)
    for name, some in (("val", known), ("without vectors", None)):
        sys.stdout.write(json.dumps({name: right(net, "val", 4800, some)}) + "\n")
    save(net, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
