"""The core as a reader of instructions: what it took one to ask for, said in plain words.

Which edit is asked for, and whether bigger or smaller, is heard from the words
(``instruction_words``); of what, and what it becomes, from one pass of the language model on the
editor's own pipeline. Values are held to what was said: a colour, place or style that the sentence
names, a new thing that it speaks of with "a" or "an". It edits nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from smartedit_model.errors import InputError, InstructionError
from smartedit_model.instruction_words import Heard, load_words
from tools.errors import EditorUnavailable
from tools.understanding import MARK, UNNAMED, Understanding

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
        first = {place: row[0] for place, row in told.items()}
        return understood(first, load_words().hear(instruction), instruction)


def understood(told: Told, heard: Heard, instruction: str) -> Understanding | None:
    """Put into words what was understood.

    Args:
        told: Place -> word -> chance; see ``SmartEditPipeline.tell``.
        heard: What the words alone say.
        instruction: What was said.
    """
    from smartedit_model.world.spec import PLAN_OPS

    op = _likeliest(heard.op)
    said = _SAYING[op](told, heard, instruction) if op in _SAYING else None
    if said is None:
        return None
    words, sure = said
    named = {**PLAN_OPS, "segment": MARK}
    plans = {named.get(name, name): chance for name, chance in heard.op.items()}
    return Understanding(
        words.format(t=_thing(told, _new_kind(words, instruction))),
        heard.some * heard.op[op] * sure,
        heard.some,
        plans,
        {**heard.size, **heard.side},
    )


Told = Mapping[str, Mapping[str, float]]
"""Place -> word -> chance."""
Said = tuple[str, float]
"""Plain words with ``{t}`` for the thing, and the chance that their value is right."""


SEVERAL = frozenset({"several", "but", "also"})
"""Sorts of targets that are more than one thing: "all but the cup", "the cup and the hat"."""


def _thing(told: Told, new: str) -> str:
    """What it is about, by its kind: "the red cup", "all the cups", "the thing".

    Args:
        told: What the head tells.
        new: The kind of thing that is to be there, if any and if nothing else is called so; what
            it takes the place of is not of that kind.
    """
    from smartedit_model.world.catalogue import kinds

    kind, sort = _likeliest(told["target"]), _likeliest(told["sort"])
    tint, several = _likeliest(told["tint"]), sort in SEVERAL
    if kind in (NOTHING, new) or sort == "also":
        return UNNAMED[several]
    name = kinds()[kind].plural if several else kinds()[kind].name
    coloured = name if tint == NOTHING else f"{tint} {name}"
    return f"all the {coloured}" if several else f"the {coloured}"


def _new_kind(words: str, instruction: str) -> str:
    """The kind of thing that plain words put in; "" if the instruction speaks of another, too."""
    from smartedit_model.world.catalogue import kinds

    found = next(iter(new_things(words).values()), "")
    name = kinds()[found].name if found else ""
    return "" if instruction.lower().count(name) > 1 else found


def _likeliest(chances: Mapping[str, float]) -> str:
    return max(chances, key=lambda word: chances[word])


def _among(chances: Mapping[str, float], words: Collection[str]) -> tuple[str, float]:
    """The likeliest of some words, and its chance if it is one of them."""
    here = {word: chances.get(word, 0.0) for word in words}
    best = _likeliest(here)
    return best, here[best] / max(sum(here.values()), 1e-9)


def _words(instruction: str) -> list[str]:
    return re.findall(r"\w[\w'-]*", instruction.lower())


def _remove(_told: Told, _heard: Heard, _instruction: str) -> Said | None:
    return "remove {t}", 1.0


def _colour(told: Told, instruction: str) -> tuple[str, float] | None:
    """The likeliest of the colours that are spoken of."""
    from smartedit_model.drawings.naming import colour_of

    spoken = {colour_of(word) for word in _words(instruction)} - {""}
    if not spoken:
        return None
    # Of two colours, one is the thing's own.
    new = {name: told["colour"][name] * (1 - told["tint"][name]) for name in spoken}
    return _among(new, spoken)


def _recolor(told: Told, _heard: Heard, instruction: str) -> Said | None:
    found = _colour(told, instruction)
    return None if found is None else (f"make {{t}} {found[0]}", found[1])


def _segment(told: Told, _heard: Heard, instruction: str) -> Said | None:
    found = _colour(told, instruction)
    return None if found is None else (f"mark {{t}} in {found[0]}", found[1])


def _resize(_told: Told, heard: Heard, _instruction: str) -> Said | None:
    way = _likeliest(heard.size)
    return f"make {{t}} {way}", heard.size[way]


def _move(_told: Told, heard: Heard, _instruction: str) -> Said | None:
    way = _likeliest(heard.side)
    return f"move {{t}} to the {way}", heard.side[way]


def _replace(told: Told, _heard: Heard, instruction: str) -> Said | None:
    news = new_things(instruction)
    if not news:
        return None
    kind, sure = _among(told["kind"], set(news.values()))
    if len(set(news.values())) == 1:
        sure = 1.0
    new = next(words for words, named in news.items() if named == kind)
    return f"replace {{t}} with {new}", sure


def _weather(told: Told, _heard: Heard, _instruction: str) -> Said | None:
    ways = {"rain": "rainy", "snow": "snowy", "fog": "foggy", "clear": "sunny"}
    kind, sure = _among(told["setting"], ways)
    return f"make it {ways[kind]}", sure


def _time(told: Told, _heard: Heard, _instruction: str) -> Said | None:
    from smartedit_model.world.spec import TIMES

    time, sure = _among(told["setting"], TIMES)
    return f"make it {time}", sure


def _background(told: Told, _heard: Heard, instruction: str) -> Said | None:
    from smartedit_model.world.wordings import table

    places = {key: words[0] for key, words in table("places").items()}
    found = _named(told, places, instruction)
    return None if found is None else (f"replace the background with {found[0]}", found[1])


def _style(told: Told, _heard: Heard, instruction: str) -> Said | None:
    from smartedit_model.world.wordings import table

    found = _named(told, table("styles"), instruction)
    return None if found is None else (f"make the picture look like {found[0]}", found[1])


def _named(told: Told, known: Mapping[str, str], instruction: str) -> tuple[str, float] | None:
    """The likeliest of the settings whose own words are spoken, in the world's words for it."""
    spoken = set(_words(instruction))
    said = {key for key, words in known.items() if spoken & (set(_words(words)) - _SMALL)}
    if not said:
        return None
    best, sure = _among(told["setting"], said)
    return known[best], sure


_SMALL = frozenset({"a", "an", "and", "with", "few", "old", "plain", "photograph", "colours"})
"""Words of places and styles that name none."""
_SAYING: dict[str, Callable[[Told, Heard, str], Said | None]] = {
    "remove": _remove,
    "recolor": _recolor,
    "segment": _segment,
    "resize": _resize,
    "move": _move,
    "replace": _replace,
    "weather": _weather,
    "time": _time,
    "background": _background,
    "style": _style,
}
"""The world's ops that a plan has, and how what was told of each is said plainly. What an added
thing stands at is left to planners: its very words must be kept."""


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
