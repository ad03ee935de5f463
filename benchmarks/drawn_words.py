"""The drawn world's training language, filled: instructions about targets, and what each means.

Only the wordings that the world trains with; those of its test split are never filled here. Knows
no planner; a step of a plan is compared with what was said.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from complex_wording import Wanted, agrees, essence

from orchestrator.plan import Step
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.palette import colour_names
from smartedit_model.world.spec import PLAN_OPS
from smartedit_model.world.splits import Rules
from smartedit_model.world.wordings import table, templates, with_article
from tools.target import Target
from tools.wording import wants_all

TRAIN = Rules(held_scenes=False, held_words=False)
FORMS = (
    "remove", "replace", "recolor", "bigger", "smaller", "move", "add", "background", "weather",
    "time", "style",
)  # fmt: skip
"""Forms of instruction; not ``segment``: a plan has no op for marking pixels in a colour."""
WHOLE = {"background": "places", "weather": "weather", "time": "time", "style": "styles"}
"""Forms about the whole picture, and the section of the wordings with their values."""
FORM_OPS = {"bigger": "resize", "smaller": "resize", **PLAN_OPS}
PLAIN = {
    "remove": "remove {t}", "recolor": "make {t} {colour}", "bigger": "make {t} bigger",
    "move": "move {t} to the {side}", "replace": "replace {t} with {a}",
}  # fmt: skip
"""One plain instruction of each kind, for trying targets."""
MOST = {"bigger": "biggest", "smaller": "smallest"}
ORDINALS = {"second": 2, "third": 3, "fourth": 4}
VAGUE = ("", "object", "thing", "item")


@dataclass(frozen=True)
class Filled:
    """A target in words.

    Attributes:
        text: "the second cup from the left".
        form: which form of wording.
        slots: what fills it.
    """

    text: str
    form: str
    slots: Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """An instruction and what its plan must be.

    Attributes:
        text: the instruction.
        form: one of ``FORMS``.
        value: what is asked for: a colour, a side, a new thing, a place.
        about: the target; None for the whole picture or something new.
        where: of something new.
    """

    text: str
    form: str
    value: str
    about: Filled | None = None
    where: str = ""


def target_templates(later: bool = False) -> dict[str, tuple[str, ...]]:
    """Form of target -> its wordings: those the rules were written with, or the later ones."""
    return {form: _first("targets", form, later) for form in table("targets")}


def request_templates(later: bool = False) -> dict[str, tuple[str, ...]]:
    """Form of instruction -> its wordings: those the rules were written with, or the later ones."""
    return {form: _first("instructions", form, later) for form in FORMS}


def _first(section: str, form: str, later: bool) -> tuple[str, ...]:
    first = templates(section, form, replace(TRAIN, first_words=True))
    return tuple(way for way in templates(section, form, TRAIN) if later != (way in first))


def fill_target(form: str, template: str, draw: random.Random) -> Filled:
    """A target about drawn kinds, colours and sides."""
    first, other = draw.sample(list(kinds().values()), 2)
    slots = {"kind": first.name, "kinds": first.plural, "kind2": other.name, "other": other.name}
    slots |= {"side": draw.choice(("left", "right")), "ordinal": draw.choice(tuple(ORDINALS))}
    slots["colour"] = draw.choice(colour_names())
    slots["size2"] = draw.choice(tuple(MOST))
    slots["size3"] = MOST[slots["size2"]]
    if form in ("all_group", "not_kind"):
        slots["group"], slots["groups"] = draw.choice(list(table("groups").values()))
    return Filled(template.format(**slots), form, slots)


def fill_request(
    form: str, template: str, about: Filled, draw: random.Random, value: str = ""
) -> Said:
    """An instruction about a target.

    Args:
        form: one of ``FORMS``.
        template: its wording.
        about: the target, where the wording speaks of one.
        draw: for the rest.
        value: a key of the form's section in ``WHOLE``; "" draws one.
    """
    new = with_article(draw.choice(list(kinds().values())))
    colour = draw.choice([c for c in colour_names() if c != about.slots["colour"]])
    side = draw.choice(("left", "right"))
    near = draw.choice(list(kinds().values())).name
    where = draw.choice(list(table("where").values())).format(t=f"the {near}")
    key = {name: draw.choice(list(table(part))) for name, part in WHOLE.items()}
    if value:
        key[form] = value
    place, in_place = table("places")[key["background"]]
    adjective, noun = table("weather")[key["weather"]]
    time, style = table("time")[key["time"]], table("styles")[key["style"]]
    text = template.format(
        t=about.text, a=new, colour=colour, side=side, where=where, place=place,
        in_place=in_place, weather=adjective, noun=noun, time=time, style=style,
    )  # fmt: skip
    values = {
        "remove": "", "replace": new, "recolor": colour, "bigger": "bigger", "smaller": "smaller",
        "move": side, "add": new, "background": place, "weather": key["weather"], "time": time,
        "style": style,
    }  # fmt: skip
    told = about if "{t}" in template else None
    return Said(text, form, values[form], told, where if form == "add" else "")


def requests(form: str, template: str, seed: int) -> Iterator[Said]:
    """An instruction with each of its values, or about a few targets."""
    asked = list(table(WHOLE[form])) if form in WHOLE else [""] * 4
    for number, value in enumerate(asked):
        draw = random.Random(f"request/{seed}/{template}/{number}")
        kind = draw.choice(("plain", "colour", "extreme", "bigger"))
        about = fill_target(kind, templates("targets", kind, TRAIN)[0], draw)
        yield fill_request(form, template, about, draw, value)


def targets(form: str, template: str, seed: int) -> Iterator[Said]:
    """A target in each of the plain instructions."""
    for asked, plain in PLAIN.items():
        draw = random.Random(f"target/{seed}/{template}/{asked}")
        yield fill_request(asked, plain, fill_target(form, template, draw), draw)


def one_of_each(number: int, draw: random.Random) -> list[Said]:
    """So many instructions to be joined; of what a picture has once, one of each at most."""
    found: list[Said] = []
    forms = list(FORMS)
    asks, things = request_templates(), target_templates()
    things.pop("pair")  # two targets are two steps; see `Said.about`
    for _ in range(number):
        form = draw.choice(forms)
        if form in WHOLE or form == "add":
            forms.remove(form)
        kind = draw.choice(list(things))
        about = fill_target(kind, draw.choice(things[kind]), draw)
        found.append(fill_request(form, draw.choice(asks[form]), about, draw))
    return found


def done_by(said: Said, step: Step) -> bool:
    """Whether a step is what was said: the op, its value, and the words of its target."""
    params = " ".join(str(value) for value in step.params.values())
    if said.form in ("replace", "add"):
        new = str(step.params.get("new" if said.form == "replace" else "what", ""))
        right = step.op == said.form and essence(new) == essence(said.value)
        right = right and essence(str(step.params.get("where", ""))) == essence(said.where)
    elif said.form == "background":
        right = step.op == "background" and essence(params) == essence(said.value)
    elif said.form == "style":
        known = set(essence(said.value)) & set(essence(params))
        right = step.op in ("restyle", "grade") and bool(known)
    else:
        want = Wanted(FORM_OPS.get(said.form, said.form), said.value, "")
        right = agrees(step, want)
    if said.form in ("weather", "time", "style"):
        return right and step.target.is_whole_image
    return right and (said.about is None or same_words(step.target, said.about))


def same_words(target: Target, about: Filled) -> bool:
    """Whether a target is in the words that were said; of two things, in those of one."""
    words = essence(target.phrase)
    if about.form != "pair":
        return words == essence(about.text)
    names = [essence(about.slots[name]) for name in ("kind", "kind2")]
    return any(words[-len(name) :] == name for name in names)


def typed(target: Target, about: Filled) -> bool:
    """Whether a target's fields tell the thing apart as its words do."""
    meant = _TYPED.get(about.form)
    named = about.form in _NAMES_NOTHING or _is(target, about.slots["kind"])
    return named and (meant is None or meant(target, about.slots))


_NAMES_NOTHING = (
    "extreme_any", "largest_any", "colour_any", "thing_next_to", "thing_on", "all_colour",
    "all_group", "all_but", "inside", "not_kind", "pair",
)  # fmt: skip
Meant = Callable[[Target, Mapping[str, str]], bool]


def _is(target: Target, name: str) -> bool:
    """Whether a target's head noun is a kind's name, or the last word of it."""
    known = name.rsplit(" of ", 1)
    return target.category in (name, name.split()[-1], *known)


def _row(target: Target, slots: Mapping[str, str]) -> bool:
    place, side = target.ordinal, slots["side"]
    if place is None:
        return False
    return (place.index, place.side) == (1, side) or (place.index == -1 and place.side != side)


def _counted(target: Target, slots: Mapping[str, str]) -> bool:
    place = target.ordinal
    wanted = (ORDINALS[slots["ordinal"]], slots["side"])
    return place is not None and (place.index, place.side) == wanted


def _middle(target: Target, _: Mapping[str, str]) -> bool:
    between = target.relation is not None and target.relation.kind == "between"
    return between or (target.ordinal is not None and target.ordinal.index == 0)


def _inside(target: Target, slots: Mapping[str, str]) -> bool:
    relation = target.relation
    if relation is None:
        return bool({"mirrored", "reflected"} & set(target.attributes))
    if relation.kind == "reflection_of":
        return _is(relation.anchor, slots["kind"])
    return relation.kind in ("in", "part_of") and relation.anchor.category in ("mirror", "glass")


def _without(name: str) -> Meant:
    return lambda target, slots: target.exclude is not None and _is(target.exclude, slots[name])


def _other_colour(target: Target, slots: Mapping[str, str]) -> bool:
    left_out = target.exclude is not None and slots["colour"] in target.exclude.attributes
    return left_out and slots["colour"] not in target.attributes


def _related(*names: str) -> Meant:
    return lambda target, slots: (
        target.relation is not None
        and target.relation.kind in names
        and _is(target.relation.anchor, slots["other"])
    )


def _coloured(target: Target, slots: Mapping[str, str]) -> bool:
    return slots["colour"] in target.attributes


def _most(target: Target, slots: Mapping[str, str]) -> bool:
    return target.superlative == slots["size3"]


def _several(target: Target, _: Mapping[str, str]) -> bool:
    return wants_all(target)


_TYPED: Mapping[str, Meant] = MappingProxyType(
    {
        "extreme": _row,
        "ordinal": _counted,
        "middle": _middle,
        "extreme_any": _row,
        "bigger": _most,
        "largest": _most,
        "largest_any": _most,
        "inside": _inside,
        "colour": _coloured,
        "colour_any": _coloured,
        "all": _several,
        "all_colour": lambda target, slots: _several(target, slots) and _coloured(target, slots),
        "all_group": _several,
        "all_but": lambda target, slots: (
            target.quantity == "all_but" and _without("kind")(target, slots)
        ),
        "all_but_one": lambda target, slots: (
            _several(target, slots) and _other_colour(target, slots)
        ),
        "not_colour": _other_colour,
        "not_kind": _without("kind"),
        "next_to": _related("next_to", "near"),
        "thing_next_to": _related("next_to", "near"),
        "left_of": _related("left_of"),
        "right_of": _related("right_of"),
        "on": _related("on"),
        "thing_on": _related("on"),
        "in_front_of": _related("in_front_of"),
    }
)
"""Form of target -> whether a target's fields say what its words do."""
