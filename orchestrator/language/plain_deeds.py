"""The plain dialect: in "make the players shake hands" a verb begins what they are to do.

Finds that verb among words that may be nouns as well ("make the hot dog stand red") and makes it
and what follows one unit, which says what the thing should be doing. Knows verbs, not targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from orchestrator.language.colour_words import shade_of
from orchestrator.language.lexicon import get_lexicon, inflections
from orchestrator.language.phrase import is_plural
from orchestrator.language.units import Unit, join
from orchestrator.language.word_files import word_file

_NEVER_AFTER = ("det", "prep", "relative", "number_word", "ordinal", "conjunction", "degree")
"""Senses of a word that no verb stands behind in "make X <verb>"."""
_SUBJECTS = frozenset({
    "i", "you", "we", "they", "one", "can", "could", "would", "will", "might", "may", "must",
    "should", "cannot", "do", "does", "did", "try to", "likes to", "never",
})  # fmt: skip
"""What stands before the verb of a relative clause."""
_OBJECT = ("det", "pronoun", "number_word")
_STATE = ("colour", "size", "scale", "adjective", "gone", "look", "focus_adjective", "factor")
"""What a thing is made where no verb says what it does."""
_HOW = frozenset({
    "straight", "upright", "still", "open", "shut", "free", "loose", "high", "higher", "low",
    "lower", "fast", "faster", "slower", "flat", "tall", "closer", "together", "apart",
    "asleep", "awake", "brighter", "louder", "alone", "calm",
})  # fmt: skip
"""How something is done, beside words in "-ly": with "stand" and its like no state of a noun."""
_DONE = frozenset({"cut", "spread", "shut", "split", "hit", "bare", "lower", "loose"})
"""Verbs that, at the end, say what has been done, or how a thing is."""
_WHERE_TO = frozenset({
    "up", "down", "away", "around", "over", "off", "on", "out", "back", "past", "across", "along",
})  # fmt: skip
"""Where a deed goes, beside prepositions."""
_POSTURES = frozenset({"stand", "sit", "hang", "lie", "swing", "jump", "fly", "run", "stay"})
_WORN = frozenset({"wear", "hold", "carry", "put on", "have on"})
_HELD_FAST = frozenset({"hand", "hands", "other", "breath"})
"""What is held without being there anew ("hold hands", "hold each other")."""


@dataclass(frozen=True)
class Doing:
    """What a thing should do.

    Attributes:
        at: where its verb stands; the words before it are the thing.
        unit: the verb and what follows as one; None where they are read as they stand ("wear a
            hat" adds one).
    """

    at: int
    unit: Unit | None


def doing_of(command: Sequence[Unit], state: int) -> Doing | None:
    """What a "make" command has its thing do; None where it says what it should be.

    Args:
        command: from "make" on.
        state: where a colour, a size and their like begin at its end; 0 where none do.
    """
    whole = len(command) > 3 and command[2].has("whole") and not command[3].has("prep")
    if command[1].norm == "it" or whole:
        return None  # the picture does nothing
    for at in range(2, len(command)):
        if becomes_another(command, at):
            return None
        if not _may_do(command, at) or _stays_noun(command, at, state):
            continue
        if command[at].norm == "look":
            return Doing(at, None)
        if command[at].norm in _WORN and not _nothing_new(command[at + 1 :]):
            return Doing(at, None)
        text, style = join(command[at:]), _style(command, at)
        if not style:
            return None
        last = command[-1]
        unit = replace(
            command[at], text=text, norm=style.lower(), end=last.end, kind="word",
            senses={"action": style},
        )  # fmt: skip
        return Doing(at, unit)
    return None


def _may_do(command: Sequence[Unit], at: int) -> bool:
    """Whether a word can be the verb of what stands before it."""
    unit, before = command[at], command[at - 1]
    words = _words()
    verb = unit.norm.split()[0] if unit.kind == "word" else ""
    known = (
        _takes_object(command, at)
        or verb in words.verbs
        or verb in words.nouns
        or verb == "look"
        or unit.has("wear")
    )
    phrasal = unit.verb is not None or unit.has("action", "wear") or " " not in unit.norm
    negated = verb == "not" and at + 1 < len(command) and _is_bare(command[at + 1])
    if not ((known and phrasal) or negated or _stops(command, at)):
        return False
    if before.norm in ("'s", "'", "to", ",") or before.kind == "mark" or before.norm == "not":
        return False
    if before.has("pronoun") and not before.has("det"):
        return at == 2  # "make him wave"; "the one you see" goes on
    if before.norm == "her":
        after = command[at + 1] if at + 1 < len(command) else None
        where = after is not None and after.has("prep", "det", "place", "direction")
        return at == 2 and after is not None and (where or verb == "look")
    if before.norm in _SUBJECTS:
        return False  # "the thing you eat with"
    if before.has(*_NEVER_AFTER) and not before.has("compound", "described"):
        return False
    return not (before.verb is not None and before.verb.form == "ing")


def becomes_another(command: Sequence[Unit], at: int) -> bool:
    """Whether another thing begins there: "make the ribbon | a neat bow"."""
    before = command[at - 1]
    verb = before.verb is not None or before.has("participle", "action", "wear")
    tied = verb or before.has("prep", "conjunction", "relative", "except") or _is_bare(before)
    return command[at].get("det") == "indefinite" and not tied and before.norm != ","


def _is_bare(unit: Unit) -> bool:
    words = _words()
    return unit.norm.split()[0] in words.verbs | words.nouns


def _takes_object(command: Sequence[Unit], at: int) -> bool:
    """Read "the ghost haunt the house": two names and a strange word between are a deed."""
    unit, after = command[at], command[at + 1] if at + 1 < len(command) else None
    lexicon = get_lexicon()
    strange = unit.kind == "word" and not unit.senses and unit.norm.isalpha()
    strange = strange and unit.norm not in _WHERE_TO
    strange = strange and unit.norm not in lexicon.known | lexicon.things
    bare = not unit.norm.endswith(("ing", "ed", "er", "s"))
    met = after is not None and after.get("det") == "definite" and at > 2
    return strange and bare and met


def _stops(command: Sequence[Unit], at: int) -> bool:
    """Read "stop crying": a verb in "-ing" tells what ends."""
    after = command[at + 1] if at + 1 < len(command) else None
    return command[at].norm == "stop" and after is not None and after.norm.endswith("ing")


def _stays_noun(command: Sequence[Unit], at: int, state: int) -> bool:
    """Whether a word that may be a verb ends the name of a thing ("the clock face")."""
    unit, after = command[at], command[at + 1] if at + 1 < len(command) else None
    verb = unit.norm.split()[0]
    if after is None:
        state_too = unit.has(*_STATE) or (not unit.has("action") and bool(shade_of([unit])))
        return state_too or unit.norm in _DONE  # "make the window open", "the roses blush"
    if verb == "not" or _stops(command, at):
        return False
    if after.has("copula") or after.norm == "'s" or after.norm == "of":
        return True
    noun = verb in _words().nouns
    last = command[-1]
    alone = all(u.norm in ("up", "down") for u in command[at + 1 : -1])
    said_how = alone and (last.norm in _HOW or last.norm.endswith("ly"))
    if verb in _words().linking or verb == "grow" or (said_how and (verb in _POSTURES or not noun)):
        return False
    told = any(u.has("relative") for u in command[1:at])
    if after.get("det") == "indefinite" and not told:
        return False
    if bool(state) and state > at and not last.norm.endswith("ly"):
        return unit.norm not in _WORN or told
    if unit.has(*_STATE) and after.has("conjunction"):
        return True  # "open and looking at the camera"
    if after.has(*_OBJECT) or after.kind in ("quote", "number"):
        return False
    if noun and last.has(*_STATE) and not last.has("compound"):
        return True
    later = range(at + 1, len(command))
    if any(_may_do(command, i) and not _stays_noun(command, i, state) for i in later):
        return not any(u.has("conjunction") for u in command[at + 1 : at + 2])
    if after.has("prep", "place", "direction", "conjunction") or after.norm.endswith(("ly", "ing")):
        return False
    if after.norm in _WHERE_TO:
        return False
    return noun and not is_plural(last.norm, get_lexicon())


def _nothing_new(held: Sequence[Unit]) -> bool:
    """Whether what is worn or held is there already, or is a colour: "hold hands", "wear red"."""
    if not held:
        return True
    if held[0].get("det") in ("definite", "all") or held[-1].norm in _HELD_FAST:
        return True
    return held[0].has("pronoun", "place", "direction") or all(u.has("colour") for u in held)


def _style(command: Sequence[Unit], at: int) -> str:
    """The state that the words from ``at`` on ask for ("shaking hands", "no longer crying")."""
    first, rest = command[at], list(command[at + 1 :])
    if _stops(command, at):
        return f"no longer {join(rest)}"
    if first.norm == "not" and rest:
        return f"not {_style(command, at + 1)}"
    verb, _, particle = first.norm.partition(" ")
    if verb in _words().linking:
        return join(rest)
    return " ".join(w for w in (participle(verb), particle, _said(rest)) if w)


def _said(units: Sequence[Unit]) -> str:
    """The words behind the verb, a second verb in "-ing" as well ("stand and wave")."""
    parts: list[str] = []
    for i, unit in enumerate(units):
        doing = i > 0 and units[i - 1].has("conjunction") and _is_bare(unit)
        parts.append(participle(unit.norm) if doing else join([unit]))
    return " ".join(parts)


def participle(verb: str) -> str:
    """The form of a verb that says what somebody is doing ("shake" -> "shaking")."""
    special = _words().participles.get(verb)
    regular = next(text for form, text in inflections(verb) if form == "ing")
    return str(special or regular)


@dataclass(frozen=True)
class _Verbs:
    verbs: frozenset[str]
    nouns: frozenset[str]
    linking: frozenset[str]
    participles: Mapping[str, str]


def deed_of(unit: Unit) -> str:
    """The verb that a word is a form of, where it says what somebody does ("sleeps" -> "sleep")."""
    word = unit.norm
    stems = [word]
    if word.endswith("s"):
        stems += [word[:-1], word[:-2], f"{word[:-3]}y"]
    elif word.endswith("ed"):
        stems += [word[:-2], word[:-1], word[:-3], f"{word[:-3]}y"]
    return next((stem for stem in stems if stem in _words().verbs), "")


@cache
def _words() -> _Verbs:
    rows: Any = word_file("doings")
    verbs, nouns, linking = (frozenset(map(str, rows[k])) for k in ("verbs", "nouns", "linking"))
    return _Verbs(verbs | linking, nouns, linking, rows["participles"])
