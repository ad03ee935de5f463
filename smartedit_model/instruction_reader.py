"""The core as a reader of instructions: what it took one to ask for, said in plain words.

One pass of the language model, on the editor's own pipeline. Values are held to what was said: a
colour that the sentence names, a new thing that it speaks of with "a" or "an". It edits nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from smartedit_model.errors import InputError, InstructionError
from tools.errors import EditorUnavailable
from tools.understanding import Understanding

if TYPE_CHECKING:
    from smartedit_model.pipeline import SmartEditPipeline

NOTHING = "-"
"""The word of a place that says nothing; the first of every place."""
LONGEST = 4
"""Words of the longest name of a thing, its colour included."""
ARTICLES = ("a", "an")


class InstructionReader:
    """Tells what a SmartEdit model with an instruction head understood.

    Args:
        name: What the model is called.
        load: Returns the loaded pipeline.
    """

    def __init__(self, name: str, load: Callable[[], SmartEditPipeline]) -> None:
        self.name, self._load = name, load

    def understand(self, instruction: str) -> Understanding | None:
        """What one instruction asks for; None where the model cannot say or may not be asked.

        Args:
            instruction: Of one edit.
        """
        try:
            told = self._load().tell([instruction])
        except (EditorUnavailable, InputError, InstructionError):
            return None  # a planner reads it without
        return understood({place: row[0] for place, row in told.items()}, instruction)


def understood(told: Told, instruction: str) -> Understanding | None:
    """Put into words what the head tells.

    Args:
        told: Place -> word -> chance; see ``SmartEditPipeline.tell``.
        instruction: What was said.
    """
    ops = {word: chance for word, chance in told["op"].items() if word != NOTHING}
    op = _likeliest(ops)
    said = _SAYING[op](told, instruction) if op in _SAYING else None
    if said is None:
        return None
    words, sure = said
    return Understanding(words.format(t=_thing(told)), ops[op] * sure)


Told = Mapping[str, Mapping[str, float]]
"""Place -> word -> chance."""
Said = tuple[str, float]
"""Plain words with ``{t}`` for the thing, and the chance that their value is right."""


def _thing(told: Told) -> str:
    """What it is about, by its kind: "the red cup", "all the cups", "the thing"."""
    from smartedit_model.world.catalogue import kinds

    kind, several = _likeliest(told["target"]), _likeliest(told["sort"]) == "several"
    tint = _likeliest(told["tint"])
    if kind == NOTHING:
        return "all the things" if several else "the thing"
    name = kinds()[kind].plural if several else kinds()[kind].name
    coloured = name if tint == NOTHING else f"{tint} {name}"
    return f"all the {coloured}" if several else f"the {coloured}"


def _likeliest(chances: Mapping[str, float]) -> str:
    return max(chances, key=lambda word: chances[word])


def _among(chances: Mapping[str, float], words: Collection[str]) -> tuple[str, float]:
    """The likeliest of some words, and its chance if it is one of them."""
    here = {word: chances.get(word, 0.0) for word in words}
    best = _likeliest(here)
    return best, here[best] / max(sum(here.values()), 1e-9)


def _words(instruction: str) -> list[str]:
    return re.findall(r"[\w']+", instruction.lower())


def _remove(_told: Told, _instruction: str) -> Said | None:
    return "remove {t}", 1.0


def _recolor(told: Told, instruction: str) -> Said | None:
    from smartedit_model.drawings.naming import colour_of

    spoken = {colour_of(word) for word in _words(instruction)} - {""}
    if not spoken:
        return None
    colour, sure = _among(told["colour"], spoken)
    return f"make {{t}} {colour}", sure


def _resize(told: Told, _instruction: str) -> Said | None:
    way, sure = _among(told["way"], ("bigger", "smaller"))
    return f"make {{t}} {way}", sure


def _move(told: Told, _instruction: str) -> Said | None:
    way, sure = _among(told["way"], ("left", "right"))
    return f"move {{t}} to the {way}", sure


def _replace(told: Told, instruction: str) -> Said | None:
    news = new_things(instruction)
    if not news:
        return None
    kind, sure = _among(told["kind"], set(news.values()))
    if len(set(news.values())) == 1:
        sure = 1.0
    new = next(words for words, named in news.items() if named == kind)
    return f"replace {{t}} with {new}", sure


def _weather(told: Told, _instruction: str) -> Said | None:
    ways = {"rain": "rainy", "snow": "snowy", "fog": "foggy", "clear": "sunny"}
    kind, sure = _among(told["setting"], ways)
    return f"make it {ways[kind]}", sure


def _time(told: Told, _instruction: str) -> Said | None:
    from smartedit_model.world.spec import TIMES

    time, sure = _among(told["setting"], TIMES)
    return f"make it {time}", sure


_SAYING: dict[str, Callable[[Told, str], Said | None]] = {
    "remove": _remove,
    "recolor": _recolor,
    "resize": _resize,
    "move": _move,
    "replace": _replace,
    "weather": _weather,
    "time": _time,
}
"""The world's ops that a plan has, and how what was told of each is said plainly. What an added
thing stands at, a place and a style are left to planners: their very words must be kept."""


def new_things(instruction: str) -> dict[str, str]:
    """The things that are spoken of with "a" or "an", as said, and their kinds.

    Things that are in the picture already are "the" in most sentences.
    """
    from smartedit_model.drawings.naming import colour_of, kinds_of

    words = _words(instruction)
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        if word not in ARTICLES:
            continue
        for stop in range(min(len(words), at + 1 + LONGEST), at + 1, -1):
            named = words[at + 1 : stop]
            noun = named[1:] if len(named) > 1 and colour_of(named[0]) else named
            kinds = kinds_of(" ".join(noun))
            if len(kinds) == 1:
                found[" ".join((word, *named))] = kinds[0]
                break
    return found
