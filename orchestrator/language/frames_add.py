"""Verb frames that add something: add, put, give."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.described import described
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.effects import head_ahead, read_effect
from orchestrator.language.frames_move import frame_move
from orchestrator.language.frames_text import is_text, write
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import add_thing, replace_with
from orchestrator.language.own_tools import read_own_tool
from orchestrator.language.phrase import Phrase
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.places import is_frame_part
from orchestrator.language.predicates import read_predicate
from orchestrator.language.references import last_thing
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import is_of
from tools.target import Target


def frame_add(reader: ClauseReader, verb: Verb) -> bool:
    """Read "add A to B", "put a hat on the dog", "add the caption '…'", "add contrast"."""
    if verb.base == "duplicate":
        return _duplicate(reader)
    _where_first = reader.sees("prep") and not reader.says("to")
    front = _place_in_front(reader) if _where_first else reader.reading.front
    reader.reading.front = None
    if read_own_tool(reader):
        if not _more_to_add(reader):
            return True
    elif is_text(reader) and not (write(reader) and _more_to_add(reader)):
        return bool(reader.made)
    if _moves(reader, verb):
        return frame_move(reader, Verb("move", verb.base, "base", False))
    done = bool(reader.made)
    for _ in range(32):
        if reader.done or not _one_added(reader, front):
            break
        done = True
        if _strange_deed(reader):
            break
        while reader.says(",") or reader.sees("conjunction", "filler"):
            reader.take()
    _share_place(reader)
    return done


def _measured(unit: Unit) -> bool:
    return unit.has("property", "colour", "scale", "effect_noun", "weather", "look")


def _strange_deed(reader: ClauseReader) -> bool:
    """Whether "and yassify the fence" is ahead: a deed nobody listed, not one more thing."""
    word, after = reader.peek(1), reader.peek(2)
    return (
        reader.sees("conjunction")
        and word is not None
        and word.kind == "word"
        and not word.senses
        and after is not None
        and after.get("det") == "definite"
    )


def _more_to_add(reader: ClauseReader) -> bool:
    """Pass the "and" between writing and what else is to be added."""
    if not (reader.says(",") or reader.sees("conjunction")):
        return False
    while reader.says(",") or reader.sees("conjunction", "filler"):
        reader.take()
    return not reader.done


def _share_place(reader: ClauseReader) -> None:
    """Read "add a cat and a dog on the sofa": a place said once, at the end, is everybody's."""
    adds = [d for d in reader.made if d.op == "add"]
    if (
        len(adds) > 1
        and adds[-1].params.get("where")
        and not any(d.params.get("where") for d in adds[:-1])
    ):
        for draft in adds[:-1]:
            draft.ref = adds[-1].ref
            draft.params["where"] = adds[-1].params["where"]


def _duplicate(reader: ClauseReader) -> bool:
    found = reader.phrase()
    if found is None:
        return False
    ref = reader.refs([found], "add")[0]
    add_thing(
        reader,
        f"another {ref.target.category or 'copy'}",
        ref,
        f"next to {ref.words}",
        fixed=f"Add a second copy of {ref.words} next to it",
    )
    return True


def _moves(reader: ClauseReader, verb: Verb) -> bool:
    """Read "put the cup on the table": a thing that is there already, to another place."""
    unit = reader.peek()
    if (
        verb.base not in ("put", "place")
        or unit is None
        or unit.norm in ("one", "another")
        or (
            unit.get("det") != "definite"
            and not unit.has("pronoun")
            and unit.norm not in ("everyone", "everybody")
        )
    ):
        return False
    return not any(u.has("property", "effect_noun", "text_noun") for u in reader.left[:3])


def _place_in_front(reader: ClauseReader) -> tuple[Ref, str] | None:
    """Read "in the window add a cat": the place comes first."""
    place = reader.at
    word = reader.take()[0]
    phrase = reader.phrase()
    if phrase is None:
        reader.at = place
        return None
    while reader.says(","):
        reader.take()
    return reader.refs([phrase])[0], f"{word.norm} {phrase.words}"


def _one_added(reader: ClauseReader, front: tuple[Ref, str] | None) -> bool:
    reader.skip("filler")
    if reader.says("less", "fewer") and reader.find(_measured) is None:
        return False  # "(more sky,) less ground" adds nothing
    head = head_ahead(reader)
    if head is None:
        return False
    if read_own_tool(reader):
        return True
    if is_text(reader):
        return write(reader)
    before = len(reader.made)
    if read_effect(reader, head):
        for draft in reader.made[before:]:
            draft.own |= {unit.index for unit in head}
        return True
    return _thing(reader, front)


def _thing(reader: ClauseReader, front: tuple[Ref, str] | None) -> bool:
    place = reader.at
    phrase = reader.phrase(
        "to",
        "on",
        "in",
        "under",
        "behind",
        "in_front_of",
        "left_of",
        "right_of",
        "above",
        "below",
        "next_to",
        "near",
        "between",
        "at",
        "instead of",
        "for",
        "from",
        "around",
        "over",
    )
    if phrase is None:
        return False
    what = phrase.words
    phrase_place = phrase.place
    if phrase_place:
        what = join([u for u in phrase.units if not u.has("place")])
    tail = phrase.units[-1]
    if not phrase_place and tail.has("place") and len(phrase.units) > 2:
        what = join(phrase.units[:-1])  # "a cat wearing a hat on the left"
        phrase_place = str(tail.get("place"))
    if not phrase_place and (worn := _worn(reader)):
        what = f"{what} {worn}"
    if reader.sees("says") and (words := reader.peek(1)) is not None and words.kind == "quote":
        what = f'{what} {reader.take(2)[0].text} "{words.text}"'  # a bubble is no writing
    ref, where = front or (WHOLE, "")
    if reader.sees("instead_of"):
        return _instead_of(reader, what)
    if reader.says("for") or reader.at == place:
        return False
    if reader.reading.instead:
        what = f"{what} {reader.rest_text()}".strip()
        for old in reader.reading.instead:
            replace_with(reader, old, what)
        reader.reading.instead = ()
        return True
    rising = (
        phrase.units[-1]
        if _done_to(phrase.units[-1])
        and len(phrase.units) > 1
        and (reader.sees("prep") or _along(reader))
        else None
    )
    if rising is not None:
        what = join(phrase.units[:-1])
    while reader.sees("filler", "participle"):
        reader.take()
    spots: list[str] = (
        [next(u.text for u in reversed(phrase.units) if u.has("place"))] if phrase_place else []
    )
    for _ in range(3):
        if reader.sees("place"):
            spots.append(reader.take()[0].text)
            continue
        unit = reader.peek()
        if unit is None or not (unit.has("prep") or _along(reader)) or unit.norm in ("with",):
            break
        at = reader.at
        word = reader.take()[0]
        anchor = reader.phrase()
        if anchor is None and (us := reader.peek()) is not None and us.norm in ("me", "us"):
            reader.take()
            ref = Ref(Target(phrase=us.norm, category="person"), us.norm)
            spots.append(f"{word.text} {us.norm}")
            continue
        if anchor is None:
            reader.at = at
            break
        if word.get("prep") == "between" and reader.sees("conjunction"):
            reader.take()
            second = reader.phrase()
            joined = f"{anchor.words} and {second.words}" if second else anchor.words
            spots.append(f"{word.text} {joined}")
            ref = reader.refs([anchor])[0]
            continue
        found = reader.refs([anchor], "add")[0]
        if not found.is_image:
            held = not is_frame_part(found.target)  # "at the left border of the photo"
            ref = found if held and (not spots or ref.is_image) else ref
            doing = f"{rising.text} " if rising is not None and not spots else ""
            spots.append(f"{doing}{_lower(word.text)} {found.words}")
        reader.skip("filler")
    if reader.sees("instead_of"):
        return _instead_of(reader, what)
    where = " ".join(spots) or where
    last_made = last_thing(reader.reading) if phrase.words.lower() == "one" else None
    if last_made is not None:
        what = f"a {last_made.target.category}"
    if phrase.pronoun == "other" or (what.startswith("another") and not phrase.target.category):
        last = last_thing(reader.reading)
        what = f"another {last.target.category}" if last else what
    add_thing(reader, what, ref, where)
    return True


def _worn(reader: ClauseReader) -> str:
    """Take "in a black hat" of a new man, "from felt" of a new hat: neither is a place."""
    place, taken = reader.at, set(reader.taken)
    if reader.take_if("in"):
        garment = reader.phrase(attach=False)
        new = garment is not None and garment.determiner in ("indefinite", "")
        if garment is not None and new and is_of("worn", garment.units[-1:]):
            return f"in {garment.words}"
    elif reader.take_if("from"):
        material = reader.phrase("to", "on", "in", "at", attach=False)
        if material is not None and not material.determiner and is_of("material", material.units):
            return f"from {material.words}"
    reader.at, reader.taken = place, taken
    return ""


_HELD = frozenset({"held", "worn", "hung", "thrown", "stuck", "tied", "spread"})


def _done_to(unit: Unit) -> bool:
    """Whether "a balloon held (by the boy)" ends in how it is where it is."""
    return unit.has("participle") or unit.norm in _HELD or unit.norm.endswith("ed")


def _along(reader: ClauseReader) -> bool:
    """Whether "down the sides" is ahead: a direction that says where something is."""
    return reader.says("down", "up", "off") and reader.sees("det", offset=1)


def _instead_of(reader: ClauseReader, what: str) -> bool:
    """Read "instead of the cup", and put the thing in its place."""
    reader.take()
    olds = reader.phrases()
    for old in reader.refs(olds, "replace"):
        replace_with(reader, old, what)
    return bool(olds)


def _lower(text: str) -> str:
    return text.lower()


def frame_give(reader: ClauseReader, verb: Verb) -> bool:
    """Read "give the man a hat", "give it a vintage look", "give it more contrast"."""
    phrase = (
        reader.phrase(end=1)
        if reader.says("her", "him", "them", "it", "this", "that")
        and reader.peek(1) is not None
        and not (reader.says("her") and reader.sees("det", "more", "less", offset=2))
        else reader.phrase("to", attach=True, predicates=False)
    )
    if phrase is None:
        return False
    garment = is_of("worn", phrase.units[-1:])
    if reader.done and len(phrase.units) > 2 and (phrase.number == "many" or garment):
        reader.at -= 1  # "give all the kids balloons"
        whom = PhraseReader(reader.units).read(reader.at - len(phrase.units) + 1, end=reader.at)
        phrase = whom[0] if whom is not None else phrase
        reader.at += whom is None
    if reader.done or reader.says("to"):
        if reader.take_if("to"):
            owner = reader.phrase()
            if owner is None:
                return False
            ref = reader.refs([owner], "add")[0]
            add_thing(reader, phrase.words, ref, _carried(phrase, ref))
            return True
        return False
    head = head_ahead(reader)
    effect = head is not None and any(u.has("effect_noun", "property", "look") for u in head[-1:])
    refs = reader.refs([phrase], "grade" if effect else "add")
    reader.reading.subject = refs
    if all(ref.is_image for ref in refs) and described(reader):
        return True
    if reader.sees("more", "less"):
        done = read_predicate(reader, refs)
        if done:
            return True
    if head is not None and _effect_for(reader, head, refs):
        return True
    whats = reader.phrases()
    for what in whats:
        for ref in refs:
            add_thing(reader, what.words, ref, _carried(what, ref))
    return bool(whats)


def _effect_for(reader: ClauseReader, head: list[Unit], refs: tuple[Ref, ...]) -> bool:
    before = len(reader.made)
    if not read_effect(reader, head):
        return False
    for draft in reader.made[before:]:
        if draft.ref is WHOLE or draft.ref.is_image:
            draft.ref = refs[0]
    return True


def _carried(what: Phrase, ref: Ref) -> str:
    return f"on {ref.words}" if not ref.is_image else ""
