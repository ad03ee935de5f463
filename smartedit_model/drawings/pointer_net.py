"""A small network that tells which of some named things a sentence points at. It sees no pixels.

Words are embedded by hash and, where a language model's word list is at hand, by what that knows of
them; things by kind, colour and place. Every thing looks at the words and at the other things,
whose places to it are told exactly.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smartedit_model.drawings.naming import taught_words
from smartedit_model.drawings.word_vectors import LENGTH, WordVectors
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.palette import colour_names

ROWS = 3072
"""Rows that words share by their hashes: two a word, and one for how it begins."""
BEGINS = 4
"""Letters of that beginning."""
WORDS = 48
"""Words of a sentence that are read; the last of longer ones are left out."""
WIDTH, HEADS, READING, LOOKING = 96, 4, 2, 3
"""Width, attention heads, layers over the words, rounds over the things."""
OWN, PAIR = 20, 16
"""Numbers that are told of a thing, and of a thing against another."""
BESIDE, LEVEL, APART, DEEP = 0.05, 0.25, 0.02, 0.05
"""Gap of neighbours, share of height they have in common, overlap across of what hides another, and
how much lower that stands: as the world's relations are (``smartedit_model.world.relations``)."""


@dataclass(frozen=True)
class Seen:
    """A thing of a picture, as much as the network is told of it.

    Attributes:
        kind: its key; "" for one without a name.
        colour: its name; "" where it cannot be told.
        box: x0, y0, x1, y1 in shares of the picture's sides.
        reflected: whether a glass shows it.
    """

    kind: str
    colour: str
    box: tuple[float, float, float, float]
    reflected: bool = False


def words_of(sentence: str) -> list[str]:
    """The words of a sentence that are read, bare."""
    bare = "".join(c if c.isalnum() else " " for c in sentence.lower().replace("'", ""))
    return bare.split()[:WORDS]


def rows(word: str) -> tuple[int, int, int]:
    """The rows of a word; one that was never taught shares only how it begins with others."""
    taught = word in taught_words() or not word.isalpha()
    own = (_hash(word), _hash(f"{word}+")) if taught else UNTAUGHT
    return (*own, _hash(f"{word[:BEGINS]}-"))


def _hash(text: str) -> int:
    return 1 + zlib.crc32(text.encode()) % (ROWS - 1)


UNTAUGHT = (_hash(" "), _hash(" +"))
"""Rows of what no word is: they stand for every word that was never taught."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Sentences with their things, padded.

    Attributes:
        words: (B, L, 3) rows; 0 where there is none.
        vectors: (B, L, LENGTH), what a language model knows of each word; 0 where nothing is.
        kind, colour: (B, N); one more than there are where unknown, and where there is no thing.
        own: (B, N, OWN).
        pair: (B, N, N, PAIR), of the thing in the row against that in the column.
        there: (B, N), whether there is a thing.
    """

    words: Tensor
    vectors: Tensor
    kind: Tensor
    colour: Tensor
    own: Tensor
    pair: Tensor
    there: Tensor


def batched(
    asked: Sequence[tuple[str, Sequence[Seen]]], known: Sequence[WordVectors | None]
) -> Batch:
    """Sentences and things as the network takes them; what is known of words, for each sentence."""
    read = [words_of(sentence) for sentence, _ in asked]
    length, most = max(1, *map(len, read)), max(1, *(len(things) for _, things in asked))
    words = torch.zeros(len(asked), length, 3, dtype=torch.long)
    vectors = torch.zeros(len(asked), length, LENGTH)
    kind = torch.full((len(asked), most), len(_kinds()))
    colour = torch.full((len(asked), most), len(colour_names()))
    box = torch.zeros(len(asked), most, 4)
    reflected, there = (torch.zeros(len(asked), most, dtype=torch.bool) for _ in range(2))
    for b, (found, (_, things)) in enumerate(zip(read, asked, strict=True)):
        if found:
            words[b, : len(found)] = torch.tensor([rows(word) for word in found])
        if found and (vector := known[b]) is not None:
            vectors[b, : len(found)] = torch.from_numpy(vector.of(found))
        for n, thing in enumerate(things):
            kind[b, n] = _kinds().get(thing.kind, len(_kinds()))
            if thing.colour in colour_names():
                colour[b, n] = colour_names().index(thing.colour)
            box[b, n] = torch.tensor(thing.box)
            reflected[b, n], there[b, n] = thing.reflected, True
    own, pair = _told(kind, colour, box, reflected, there)
    return Batch(words, vectors, kind, colour, own, pair, there)


def _kinds() -> dict[str, int]:
    return {key: number for number, key in enumerate(kinds())}


def _told(
    kind: Tensor, colour: Tensor, box: Tensor, reflected: Tensor, there: Tensor
) -> tuple[Tensor, Tensor]:
    """What is told of each thing, (B, N, OWN), and of each two, (B, N, N, PAIR)."""
    x0, y0, x1, y1 = box.unbind(dim=-1)
    wide, high = (x1 - x0).clamp(min=0.01), (y1 - y0).clamp(min=0.01)
    at, size = (x0 + x1) / 2, (wide * high).log()

    def against(value: Tensor) -> Tensor:
        return value[:, :, None] - value[:, None, :]

    both = there[:, :, None] & there[:, None, :]
    both &= ~torch.eye(there.shape[1], dtype=torch.bool)
    alike = (kind[:, :, None] == kind[:, None, :]) & both
    same_glass = reflected[:, :, None] == reflected[:, None, :]
    across = torch.minimum(x1[:, :, None], x1[:, None]) - torch.maximum(x0[:, :, None], x0[:, None])
    down = torch.minimum(y1[:, :, None], y1[:, None]) - torch.maximum(y0[:, :, None], y0[:, None])
    level = down / torch.minimum(high[:, :, None], high[:, None])
    lower = against(y1)
    inside = (across.clamp(min=0) * down.clamp(min=0)) / (wide * high)[:, :, None]
    stands = (across / wide[:, :, None] > 0.6) & (lower < -DEEP)
    stands &= (y1[:, :, None] > y0[:, None] - 0.04) & (level < 0.8)
    hides = (across > APART) & (down > 0) & (lower > DEEP)
    beside = (-across < BESIDE) & (level > LEVEL)
    pair = torch.stack(
        [
            against(at), lower, -across, -down, level.clamp(-1, 1), against(size) / 2, inside,
            alike.float(), (colour[:, :, None] == colour[:, None]).float(), same_glass.float(),
            beside.float(), hides.float(), hides.transpose(1, 2).float(), stands.float(),
            stands.transpose(1, 2).float(), reflected[:, None].expand_as(alike).float(),
        ],
        dim=-1,
    )  # fmt: skip
    counted = []
    for among in (alike & same_glass, both & same_glass):
        left, larger = against(at) > 0, against(size) < 0
        counted += [
            (among & left).sum(2), (among & ~left).sum(2), (among & larger).sum(2),
            (among & ~larger).sum(2),
        ]  # fmt: skip
    ranks = torch.stack(counted, dim=-1).float()
    ends = (ranks == 0).float()
    own = torch.cat(
        [
            torch.stack([at, y1, wide, high], dim=-1), ranks.clamp(max=4) / 4, ends,
        ],
        dim=-1,
    )  # fmt: skip
    return own * there[..., None], pair * both[..., None]


class PointerNet(nn.Module):
    """Tells of each thing whether a sentence points at it, and whether it points at any."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(ROWS, WIDTH, padding_idx=0)
        self.meaning = nn.Linear(LENGTH, WIDTH, bias=False)
        self.place = nn.Embedding(WORDS, WIDTH)
        self.kind = nn.Embedding(len(_kinds()) + 1, WIDTH)
        self.colour = nn.Embedding(len(colour_names()) + 1, WIDTH)
        self.glass = nn.Linear(OWN + 1, WIDTH)
        self.none = nn.Parameter(torch.zeros(WIDTH))
        self.reading = nn.ModuleList(_Layer() for _ in range(READING))
        self.looking = nn.ModuleList(_Round() for _ in range(LOOKING))
        self.last = nn.LayerNorm(WIDTH)
        self.points = nn.Linear(WIDTH, 1)
        self.exists = nn.Linear(WIDTH, 1)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Log odds of each thing, (B, N), and of there being one that is meant, (B,)."""
        said = (batch.words[..., 0] > 0) | F.pad(
            torch.zeros_like(batch.words[:, 1:, 0], dtype=torch.bool), (1, 0), value=True
        )  # a first place always, so that there is something to look at
        text = self.words(batch.words).sum(dim=2) + self.meaning(batch.vectors)
        text = text + self.place.weight[: text.shape[1]]
        for layer in self.reading:
            text = layer(text, said)
        own = torch.cat([batch.own, batch.pair[..., -1].amax(1)[..., None]], dim=-1)
        things = self.kind(batch.kind) + self.colour(batch.colour) + self.glass(own)
        # The first place stands for nothing: it gathers whether anything is meant.
        things = torch.cat([self.none.expand(len(things), 1, -1), things], dim=1)
        there = F.pad(batch.there, (1, 0), value=True)
        pair = F.pad(batch.pair, (0, 0, 1, 0, 1, 0))
        for layer in self.looking:
            things = layer(things, there, pair, text, said)
        things = self.last(things)
        return self.points(things[:, 1:])[..., 0], self.exists(things[:, 0])[..., 0]


class _Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.ask, self.give = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, to: Tensor, mask: Tensor, bias: Tensor | None = None) -> Tensor:
        count, length, _ = x.shape
        ask = self.ask(x).view(count, length, HEADS, -1).transpose(1, 2)
        key, value = (
            part.view(count, to.shape[1], HEADS, -1).transpose(1, 2)
            for part in self.give(to).chunk(2, dim=-1)
        )
        allowed = torch.where(mask[:, None, None], 0.0, -1e4)
        if bias is not None:
            allowed = allowed + bias.permute(0, 3, 1, 2)
        found = F.scaled_dot_product_attention(ask, key, value, attn_mask=allowed)
        out: Tensor = self.out(found.transpose(1, 2).reshape(count, length, WIDTH))
        return out


class _Thinking(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.look, self.think = nn.LayerNorm(WIDTH), _Attention(), _Thinking()

    def forward(self, text: Tensor, said: Tensor) -> Tensor:
        normed = self.norm(text)
        text = text + self.look(normed, normed, said)
        out: Tensor = text + self.think(text)
        return out


class _Round(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(3))
        self.others, self.hears, self.think = _Attention(), _Attention(), _Thinking()
        self.stands = nn.Sequential(nn.Linear(PAIR, 32), nn.GELU(), nn.Linear(32, HEADS))

    def forward(
        self, things: Tensor, there: Tensor, pair: Tensor, text: Tensor, said: Tensor
    ) -> Tensor:
        things = things + self.hears(self.norms[0](things), self.norms[1](text), said)
        normed = self.norms[2](things)
        things = things + self.others(normed, normed, there, self.stands(pair))
        out: Tensor = things + self.think(things)
        return out
