"""Instructions of the drawn world without its pictures: every wording, about things drawn by lot.

Only wordings that train. What is asked for need not be possible in any scene; who learns from words
alone loses nothing by that. Scenes and pictures are ``world_data``'s.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from smartedit_model.world.catalogue import kinds
from smartedit_model.world.facts import facts
from smartedit_model.world.palette import colour_names
from smartedit_model.world.splits import rules_of
from smartedit_model.world.wordings import fact_wordings, table, templates, with_article

FORMS = {
    "remove": 1.0, "replace": 1.0, "recolor": 1.0, "bigger": 0.75, "smaller": 0.75, "move": 1.0,
    "segment": 1.0, "add": 1.0, "background": 0.5, "weather": 0.5, "time": 0.5, "style": 0.5,
}  # fmt: skip
"""Forms of instruction, and how often each is said."""
BY_FACT = 0.2
"""Share of the things that are spoken of by what is known of them."""
COLOURED = 0.6
"""Share of the new things that have a colour."""
JOINS = (", then ", ", and ", ". ", "; ", " and ", " and then ", ", ")
ORDINALS = ("second", "third", "fourth")
MOST = {"bigger": "biggest", "smaller": "smallest"}
ANSWER = {"bigger": "resize", "smaller": "resize"}
"""Forms that are one op."""

Keeps = Callable[[str], bool]
"""Whether a wording may be used."""


@dataclass(frozen=True)
class Said:
    """An instruction.

    Attributes:
        text: the words.
        op: the drawn world's op; "" for more than one.
        way: ``bigger``, ``smaller``, ``left``, ``right`` or "".
    """

    text: str
    op: str
    way: str = ""


def every(_wording: str) -> bool:
    """Keep all wordings."""
    return True


def held_out(wording: str) -> bool:
    """A fifth of the wordings, always the same: for telling how well others are understood."""
    return zlib.crc32(wording.encode()) % 5 == 0


def instructions(seed: int, keeps: Keeps = every) -> Iterator[Said]:
    """Instructions of one edit each, without end.

    Args:
        seed: another seed gives others.
        keeps: which wordings are used, of things and of instructions.
    """
    draw = random.Random(seed)
    while True:
        form = draw.choices(list(FORMS), list(FORMS.values()))[0]
        template = draw.choice(_kept("instructions", form, keeps))
        side = draw.choice(("left", "right"))
        text = template.format(t=_thing(draw, keeps), side=side, **_values(draw))
        way = side if form == "move" else form if form in ANSWER else ""
        yield Said(text, ANSWER.get(form, form), way)


def joined(seed: int, keeps: Keeps = every) -> Iterator[Said]:
    """Instructions of two or three edits, without end."""
    draw = random.Random(seed)
    single = instructions(seed + 1, keeps)
    while True:
        parts = [said.text.rstrip(".?!") for said in islice(single, draw.choice((2, 2, 3)))]
        yield Said(draw.choice(JOINS).join(parts), "")


@cache
def _kept(section: str, form: str, keeps: Keeps) -> tuple[str, ...]:
    return tuple(filter(keeps, templates(section, form, rules_of("train"))))


@cache
def _facts(keeps: Keeps) -> tuple[str, ...]:
    told = (text for key in facts() for text in fact_wordings(key, rules_of("train")))
    return tuple(filter(keeps, told))


def _thing(draw: random.Random, keeps: Keeps) -> str:
    """A thing in words, of any form."""
    if draw.random() < BY_FACT:
        return draw.choice(_facts(keeps))
    form = draw.choice(list(table("targets")))
    first, other = draw.sample(list(kinds().values()), 2)
    size = draw.choice(tuple(MOST))
    group, groups = draw.choice(list(table("groups").values()))
    slots = {
        "kind": first.name, "kinds": first.plural, "kind2": other.name, "other": other.name,
        "side": draw.choice(("left", "right")), "ordinal": draw.choice(ORDINALS),
        "colour": draw.choice(colour_names()), "size2": size, "size3": MOST[size],
        "group": group, "groups": groups,
    }  # fmt: skip
    return draw.choice(_kept("targets", form, keeps)).format(**slots)


def _values(draw: random.Random) -> dict[str, str]:
    """What fills the other places of an instruction."""
    names = list(kinds().values())
    colour = draw.choice(colour_names()) if draw.random() < COLOURED else None
    place, in_place = draw.choice(list(table("places").values()))
    weather, noun = draw.choice(list(table("weather").values()))
    near = draw.choice(list(table("where").values())).format(t=f"the {draw.choice(names).name}")
    return {
        "a": with_article(draw.choice(names), colour), "colour": draw.choice(colour_names()),
        "where": near, "place": place, "in_place": in_place, "weather": weather, "noun": noun,
        "time": draw.choice(list(table("time").values())),
        "style": draw.choice(list(table("styles").values())),
    }  # fmt: skip
