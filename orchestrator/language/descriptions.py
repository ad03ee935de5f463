"""Descriptions that tell one thing from others, read before an instruction is cut into clauses.

"The cup that is not red", "of the two dogs, the bigger one" and "whatever is furthest to the left"
hold commas, verbs and adjectives that are no part of the request. Each becomes one unit that
carries its ``Target``, so that nothing else has to know how things are told apart. The patterns
are in ``data/descriptions.yaml``; what plain phrases with adjectives, prepositions and places
mean is ``phrases``'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from orchestrator.language.description_rules import fitting, may_be_said, updated
from orchestrator.language.description_sets import (
    asked_of,
    chosen_from,
    fronted,
    of_kind,
    of_set,
    which_of,
)
from orchestrator.language.description_tails import complement, tail, with_tails
from orchestrator.language.description_words import Words, article, thing_at
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.openers import with_openers
from orchestrator.language.phrase import ADJECTIVES, is_plural
from orchestrator.language.places import is_frame_noun
from orchestrator.language.spoken_numbers import with_spoken_levels
from orchestrator.language.units import Unit, join, read_units
from tools.target import Target
from tools.wording import wants_all

_JUST = frozenset({"just the", "only the"})
_THE = frozenset({"the other"}) | _JUST
"""Expressions that hold an article."""
_BECOMING = frozenset({"", "make", "change", "recolor", "mark", "apply", "mention", "relight"})
"""Classes of verbs after which a colour says what becomes of something."""
_EVERYBODY = frozenset({"everyone", "everybody", "anyone", "anybody"})
_ALL = frozenset({"everything", "anything", "all"})
_SEEING = frozenset({"you", "we", "i", "one"})
_MEMBERS = frozenset({"member", "specimen", "example"})
"""Nouns for one of a set, whatever it is of."""
_ONLY = frozenset({"only", "single", "sole", "one", "very"})


@dataclass(frozen=True)
class Described:
    """What a description means.

    Attributes:
        target: without its phrase, which is the words the unit stands for.
        many: whether it means several things.
    """

    target: Target
    many: bool


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    described: Described


def read_words(
    text: str,
    taught: Mapping[str, str] | None = None,
    looks: Sequence[str] = (),
    *,
    spelt: bool = False,
) -> list[Unit]:
    """All units of an instruction, in order, each description of a thing being one."""
    return list(_read_words(text, tuple((taught or {}).items()), tuple(looks), spelt))


@lru_cache(maxsize=64)
def _read_words(
    text: str, taught: tuple[tuple[str, str], ...], looks: tuple[str, ...], spelt: bool
) -> tuple[Unit, ...]:
    """As ``read_words``; a turn asks for the words of its sentence many times."""
    units = with_spoken_levels(read_units(text, dict(taught), looks, spelt=spelt))
    return tuple(with_descriptions(with_openers(units)))


def with_descriptions(units: Sequence[Unit]) -> list[Unit]:
    """The units, each description among them joined into one."""
    units = _with_coloured(units)
    words = Words(units)
    found: list[Unit] = []
    at = 0
    while at < len(units):
        asked = asked_of(words, at)
        if asked is not None:  # "of the two cups, make the smaller one blue"
            target, verb, beyond, end = asked
            found += units[verb:beyond]
            told = [*units[at:verb], *units[beyond:end]]
            found.append(joined_as(told, Described(target, many=False)))
            at = end
            continue
        one = _described(words, at)
        if one is None:
            found.append(units[at])
            at += 1
            continue
        led = [article(u) if u.norm in _JUST else u for u in units[at : one.start]]
        found += [*led, joined_as(units[one.start : one.end], one.described)]
        at = one.end
    return [replace(unit, index=i) for i, unit in enumerate(found)]


def _with_coloured(units: Sequence[Unit]) -> list[Unit]:
    """The units, "brown coloured" being one colour, and "only the" of a change an article."""
    found: list[Unit] = []
    for unit in units:
        before = found[-1] if found else None
        alters = before is not None and before.verb is not None and before.verb.cls == "change"
        if alters and unit.norm in _JUST:
            found.append(article(unit))  # "change only the colour of the hat"
        elif before is not None and before.has("colour") and unit.norm in ("coloured", "colored"):
            text = f"{before.text} {unit.text}"
            senses = {"colour": before.get("colour")}
            found[-1] = replace(before, text=text, end=unit.end, senses=senses)
        else:
            found.append(unit)
    return found


def joined_as(units: Sequence[Unit], described: Described) -> Unit:
    """The units of a description as one."""
    text = join(units)
    norm = " ".join(unit.norm for unit in units)
    senses = {"compound": norm, "described": described}
    slips = any(unit.written for unit in units)
    written = join([replace(u, text=u.written or u.text) for u in units]) if slips else ""
    return replace(
        units[0], text=text, norm=norm, end=units[-1].end, kind="word", senses=senses,
        written=written,
    )  # fmt: skip


def _described(words: Words, at: int) -> _Found | None:
    unit = words.units[at]
    if unit.kind != "word":
        return None
    found = _front(words, at) or _chosen(words, at) or _free(words, at) or _doubled(words, at)
    named = unit.get("det") in ("definite", "all") or unit.norm in _THE
    if found is None and named:
        found = _told_apart(words, at)
    return found


def _front(words: Words, at: int) -> _Found | None:
    """Read "of the two cups, the bigger one", "not the red cup but the other one"."""
    for rule in fitting("fronts", words, at):
        for slots, end in words.matches(rule.parts, at):
            head = slots.get("h") or slots.get("x")
            if "h" not in slots and isinstance(head, Target):  # "… but the other one"
                head = Target(phrase="", category=head.category)
            if isinstance(head, Target) and may_be_said(rule, head, words.units[at].norm):
                target = updated(head.model_copy(update={"quantity": "one"}), rule, slots)
                target, end = with_tails(words, at, target, end)
                return _Found(at, end, Described(target, many=False))
    return None


def _chosen(words: Words, at: int) -> _Found | None:
    """Read "of the two dogs, the bigger one", "whichever of the cups is red"."""
    unit = words.units[at]
    before = words.units[at - 1] if at else None
    opens = before is None or before.kind == "mark" or before.has("conjunction", "connector")
    if unit.norm == "whichever":
        found = which_of(words, at)
    elif opens or (before is not None and before.verb is not None):
        found = chosen_from(words, at) or (None if opens else fronted(words, at))
    else:
        return None
    return _Found(at, found[1], Described(found[0], many=False)) if found is not None else None


def _free(words: Words, at: int) -> _Found | None:
    """Read "whatever is red", "what stands next to the dog", "whoever is in front"."""
    unit = words.units[at]
    head, start = Target(phrase="", category="object"), at + 1
    if unit.norm in ("whoever", "whomever"):
        head = Target(phrase="", category="person")
    elif unit.norm in _EVERYBODY and start < len(words.units) and words.units[start].norm == "who":
        head, start = Target(phrase="", category="person", quantity="all"), start + 1
    elif unit.norm in _ALL and start < len(words.units):
        start += 1 if words.units[start].norm in ("that", "what", "which") else 0
        head = Target(phrase="", quantity="all")
    elif unit.norm not in ("whatever", "what"):
        return None
    elif unit.norm == "what" and start < len(words.units) and words.units[start].norm in _SEEING:
        return None  # "what you see" is the picture
    found = complement(words, start, head)
    if found is None and unit.norm in _ALL and start == at + 1:
        found = _coloured(words, at, head) or tail(words, at, head, start)
    if found is None:
        return None
    target, end = found
    target, end = with_tails(words, at, target, end)
    if unit.norm == "what" and not at and words.ends(end):
        return None  # "what is on the table?" asks
    states = start == at + 1 and words.units[start].norm in ("looks", "seems", "appears", "is")
    if unit.norm in _ALL and states and words.ends(end) and not words.verb_before(at):
        return None  # "everything looks grey" is said of all there is
    return _Found(at, end, Described(target, many=target.quantity == "all"))


def _coloured(words: Words, at: int, head: Target) -> tuple[Target, int] | None:
    """Read "(remove) everything red"; after "make" only where another predicate follows."""
    start = at + 2 if words.units[at + 1].norm == "in" else at + 1
    colour = words.units[start].get("colour") if start < len(words.units) else None
    if not colour or words.units[at].norm == "all" or words.names(start + 1):
        return None
    verb = words.verb_before(at)
    beyond = start + 1
    while beyond < len(words.units) and words.units[beyond].has("degree"):
        beyond += 1
    after = None if words.ends(beyond) else words.units[beyond]
    becomes = after is not None and (
        after.has(*ADJECTIVES, "copula")
        or (verb != "make" and after.norm in ("in", "to", "into", "for", "with", "by"))
    )
    if verb in _BECOMING and not becomes:
        return None
    return head.model_copy(update={"attributes": (str(colour),)}), start + 1


def _doubled(words: Words, at: int) -> _Found | None:
    """Read "each and every cup", "both or all cups" as "every cup", "all cups"."""
    first = words.units[at : at + 3]
    if len(first) < 3 or first[0].get("det") != "all" or first[2].get("det") != "all":
        return None
    if not first[1].has("conjunction"):
        return None
    read = thing_at(words.units, at + 2)
    if read is None or not read[0].target.category:
        return None
    return _Found(at, read[1], Described(read[0].target, many=True))


def _told_apart(words: Words, at: int) -> _Found | None:
    """Read "the cup that is not red", "the cup nearest the left edge", "the only cup"."""
    units = words.units
    only = at + 1 < len(units) - 1 and units[at + 1].norm in _ONLY
    if only and units[at + 1].norm == "one" and units[at + 2].has("prep", "relative", "place"):
        only = False  # "the one in front" is no only one
    first = article(units[at]) if units[at].norm in _JUST else units[at]
    said = [first, *units[at + (2 if only else 1) :]]
    read = thing_at(said, 0)
    if read is None:
        return None
    phrase, end = read[0], at + read[1] + (1 if only else 0)
    target = phrase.target
    if phrase.role or phrase.pronoun in ("one", "many", "former"):
        return None
    if end < len(units) and is_frame_noun(units[end - 1]) and not units[end].has("relative"):
        return None  # "the area in the middle" is a place, and no area among others
    said_by = units[end].norm if end < len(units) else ""
    if only and (not target.category or said_by in ("i", "we", "you")):
        return None
    among = end < len(units) - 1 and units[end].norm in ("among", "amongst", "out of")
    group = of_set(words, end) if not target.category or target.category in _MEMBERS else None
    if group is not None:
        target, end = of_kind(target, group[0]), group[1]
    if target.exclude is not None:  # "each dog except the one that is white"
        spared, beyond = with_tails(words, at, target.exclude, end)
        if beyond > end and spared.category in ("", "one", target.category):
            spared = spared.model_copy(update={"category": target.category})
            target = target.model_copy(update={"exclude": spared})
            return _Found(at + 1, beyond, Described(target, many=wants_all(target)))
    told, stop = with_tails(words, at, target, end)
    group = of_set(words, stop) if not told.category and stop > end else None
    if group is not None:
        told, stop = of_kind(told, group[0]), group[1]
    commas = any(u.norm == "," for u in units[at:end])
    left_out = target.exclude is not None and commas and words.apart(end)
    told_among = among and bool(target.category) and end > at + read[1]
    if stop == end and not (only or left_out or told_among):
        return None
    last = units[end - 1].norm
    many = target.quantity == "all" or is_plural(last, get_lexicon())
    return _Found(at + 1, stop, Described(told, many))
