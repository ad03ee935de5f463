"""Verb frames that add or take away: add, give, remove, write."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.language import predicates as p
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.lexicon import Verb
from orchestrator.language.phrases import Phrase
from orchestrator.language.scene import apply_named, make_scene, speaks_of_scene
from orchestrator.language.units import Unit, join
from tools.target import Relation, RelationKind, Target

EFFECTS = ("look", "style", "weather", "relight")


def frame_add(reader: ClauseReader, verb: Verb) -> bool:
    """Read "add A to B", "put a hat on the dog", "add the caption '…'", "add contrast"."""
    if verb.base == "duplicate":
        return _duplicate(reader)
    _where_first = reader.sees("prep") and not reader.says("to")
    front = _place_in_front(reader) if _where_first else reader.reading.front
    reader.reading.front = None
    if _is_text(reader):
        return write(reader)
    if _moves(reader, verb):
        from orchestrator.language.frames_photo import frame_move

        return frame_move(reader, Verb("move", "move", "base", False))
    done = False
    for _ in range(32):
        if reader.done or not _one_added(reader, front):
            break
        done = True
        while reader.says(",") or reader.sees("conjunction", "filler"):
            reader.take()
    _share_place(reader)
    return done


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


def frame_take(reader: ClauseReader, verb: Verb) -> bool:
    """Read "take the hat off the man"; without its particle it removes nothing."""
    if (
        reader.find(
            lambda u: (
                u.norm in ("off", "out", "away", "down", "out of", "from", "off of")
                or u.has("gone")
            )
        )
        is None
    ):
        return False
    return frame_remove(reader, verb)


def _duplicate(reader: ClauseReader) -> bool:
    found = reader.phrase()
    if found is None:
        return False
    ref = reader.refs([found], "add")[0]
    p.add_thing(
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
        or (unit.get("det") != "definite" and not unit.has("pronoun"))
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
    head = _head(reader)
    if head is None:
        return False
    if _is_text(reader):
        return write(reader)
    if _effect(reader, head):
        return True
    return _thing(reader, front)


def _head(reader: ClauseReader) -> list[Unit] | None:
    """The units of the first noun phrase ahead, without what is attached to it."""
    place, taken = reader.at, set(reader.taken)
    phrase = reader.phrase("to", "with", attach=False)
    reader.at, reader.taken = place, taken
    return list(phrase.units) if phrase else None


def _is_text(reader: ClauseReader) -> bool:
    quote = reader.find(lambda u: u.kind == "quote")
    noun = reader.find(lambda u: u.has("text_noun"))
    if quote is not None:
        before = reader.left[:quote]
        things = [
            u
            for u in before
            if u.kind == "word"
            and not u.has(
                "det",
                "text_noun",
                "says",
                "stop",
                "colour",
                "size",
                "prep",
                "place",
                "scale",
                "filler",
                "polite",
                "font",
                "more",
                "side",
                "verb",
                "relative",
                "style",
            )
        ]
        return not things or (
            noun is not None
            and noun < quote
            and noun <= len(before) - 1
            and not any(u.has("prep") for u in before[:noun])
        )
    return noun is not None and noun <= 3 and reader.find(lambda u: u.has("says")) is not None


def _effect(reader: ClauseReader, head: list[Unit]) -> bool:
    """Weather, light, looks and properties that "add" asks for."""
    words = [u for u in head if not u.has("det", "stop")]
    if not words:
        return False
    last = words[-1]
    first = words[0]
    if (
        isinstance(last.get("property"), str)
        and not last.has("compound")
        and last.norm
        not in (
            "detail",
            "details",
            "texture",
            "whites",
            "blacks",
            "highlights",
            "shadows",
            "structure",
            "tint",
        )
    ):
        reader.take(len(head))
        refs = _on(reader)
        for ref in refs:
            p.adjust(reader, ref, str(last.get("property")), 1)
        return True
    if last.norm in ("blur", "bokeh", "blurring", "motion blur"):
        reader.take(len(head))
        for ref in _on(reader):
            p.focus(reader, ref, blur=True)
        return True
    if last.norm in ("sharpness", "sharpening", "crispness"):
        reader.take(len(head))
        for ref in _on(reader):
            p.focus(reader, ref, blur=False)
        return True
    if last.norm in ("pop", "punch", "drama") or (last.has("wish") and len(words) == 1):
        reader.take(len(head))
        for ref in _on(reader):
            apply_named(
                reader,
                "wish" if last.has("wish") else "look",
                str(last.get("wish") or last.get("look")),
                ref,
            )
        return True
    if last.has("effect_noun") and len(words) > 1:
        return _named_effect(reader, head, words)
    if (
        len(words) == 1
        and (first.has("weather") or first.has("look") or first.has("relight"))
        and not first.has("compound")
    ):
        if first.norm in (
            "sunset",
            "sunrise",
            "morning",
            "evening",
            "film",
            "movie",
            "clay",
            "lego",
        ):
            return False
        part = next(x for x in ("weather", "look", "relight") if first.has(x))
        after = reader.peek(len(head))
        if (
            part == "look"
            and after is not None
            and after.has("prep")
            and not reader.sees("background", "whole", offset=len(head) + 2)
        ):
            return False  # "a soft glow around the lamp" is a thing
        reader.take(len(head))
        for ref in _on(reader):
            apply_named(reader, part, str(first.get(part)), ref)
        return True
    if (
        len(words) == 2
        and last.has("weather")
        and first.has("colour", "size", "scale", "known", "degree")
        and not first.has("colour")
    ):
        reader.take(len(head))
        for ref in _on(reader):
            apply_named(reader, "weather", str(last.get("weather")), ref)
        return True
    return False


def _named_effect(reader: ClauseReader, head: list[Unit], words: list[Unit]) -> bool:
    last = words[-1]
    body = words[:-1]
    if any(u.has("colour") for u in body) and last.norm in (
        "light",
        "lights",
        "lighting",
        "glow",
        "sky",
        "setting",
    ):
        return False
    if last.norm in (
        "light",
        "lights",
        "sky",
        "day",
        "frame",
        "photo",
        "picture",
        "image",
        "time",
        "setting",
        "scene",
        "shot",
        "wash",
    ) and not any(u.has(*EFFECTS) for u in body):
        return False
    if speaks_of_scene(body):
        reader.take(len(head))
        for ref in _on(reader):
            make_scene(reader, body, ref)
        return True
    scale = next((u for u in body if u.has("scale")), None)
    colour = next((u for u in body if u.has("colour")), None)
    reader.take(len(head))
    refs = _on(reader)
    for ref in refs:
        if scale is not None:
            sense = scale.get("scale")
            p.adjust(reader, ref, sense.property, sense.sign)
        elif colour is not None:
            p.tinge(reader, ref, str(colour.get("colour")), 1) if ref.is_image else p.recolor(
                reader, ref, str(colour.get("colour"))
            )
        else:
            reader.draft("restyle", ref, style=join(body)[:500])
    return True


def _on(reader: ClauseReader) -> tuple[Ref, ...]:
    """Read "to the sky", "in the background", "on it": where an effect goes; else the picture."""
    if reader.sees("place"):
        reader.take()
        return (WHOLE,)
    if reader.sees("prep") and not reader.says("with", "without", "than"):
        place = reader.at
        reader.take()
        phrases = reader.phrases()
        if phrases:
            refs = reader.refs(phrases, "grade" if phrases[0].pronoun else "")
            reader.reading.mention(refs)
            return refs
        reader.at = place
    return (WHOLE,)


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
    ref, where = front or (WHOLE, "")
    if reader.sees("instead_of"):
        reader.take()
        olds = reader.phrases()
        for old in reader.refs(olds, "replace"):
            p.replace_with(reader, old, what)
        return bool(olds)
    if reader.says("for") or reader.at == place:
        return False
    if reader.reading.instead:
        for old in reader.reading.instead:
            p.replace_with(reader, old, what)
        reader.reading.instead = ()
        reader.rest_text()
        return True
    rising = (
        phrase.units[-1]
        if phrase.units[-1].has("participle") and len(phrase.units) > 1 and reader.sees("prep")
        else None
    )
    if rising is not None:
        what = join(phrase.units[:-1])
    while reader.sees("filler", "participle"):
        reader.take()
    spots: list[str] = (
        [next(u.text for u in phrase.units if u.has("place"))] if phrase_place else []
    )
    for _ in range(3):
        if reader.sees("place"):
            spots.append(reader.take()[0].text)
            continue
        unit = reader.peek()
        if unit is None or not unit.has("prep") or unit.norm in ("with",):
            break
        at = reader.at
        word = reader.take()[0]
        anchor = reader.phrase()
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
            ref = found if not spots or ref.is_image else ref
            doing = f"{rising.text} " if rising is not None and not spots else ""
            spots.append(f"{doing}{_lower(word.text)} {found.words}")
        reader.skip("filler")
    where = " ".join(spots) or where
    if phrase.pronoun == "other" or (what.startswith("another") and not phrase.target.category):
        last = reader.reading._last_thing()
        what = f"another {last.target.category}" if last else what
    p.add_thing(reader, what, ref, where)
    return True


def _lower(text: str) -> str:
    return text.lower()


def frame_give(reader: ClauseReader, verb: Verb) -> bool:
    """Read "give the man a hat", "give it a vintage look", "give it more contrast"."""
    phrase = (
        reader.phrase(end=1)
        if reader.says("her", "him", "them", "it", "this", "that") and reader.peek(1) is not None
        else reader.phrase("to", attach=True, predicates=False)
    )
    if phrase is None:
        return False
    if reader.done or reader.says("to"):
        if reader.take_if("to"):
            owner = reader.phrase()
            if owner is None:
                return False
            ref = reader.refs([owner], "add")[0]
            p.add_thing(reader, phrase.words, ref, _carried(phrase, ref))
            return True
        return False
    head = _head(reader)
    effect = head is not None and any(u.has("effect_noun", "property", "look") for u in head[-1:])
    refs = reader.refs([phrase], "grade" if effect else "add")
    reader.reading.subject = refs
    if reader.sees("more", "less"):
        done = p.read_predicate(reader, refs)
        if done:
            return True
    if head is not None and _effect_for(reader, head, refs):
        return True
    whats = reader.phrases()
    for what in whats:
        for ref in refs:
            p.add_thing(reader, what.words, ref, _carried(what, ref))
    return bool(whats)


def _effect_for(reader: ClauseReader, head: list[Unit], refs: tuple[Ref, ...]) -> bool:
    before = len(reader.made)
    if not _effect(reader, head):
        return False
    for draft in reader.made[before:]:
        if draft.ref is WHOLE or draft.ref.is_image:
            draft.ref = refs[0]
    return True


def _carried(what: Phrase, ref: Ref) -> str:
    return f"on {ref.words}" if not ref.is_image else ""


def frame_remove(reader: ClauseReader, verb: Verb) -> bool:
    """Read "remove A from B", "take the hat off the man", "get rid of the noise"."""
    reader.skip("filler")
    if (done := defect(reader)) is not None:
        return done
    phrases = reader.phrases("from", "off", "so", "using", "by")
    if not phrases:
        return False
    if reader.says("from", "off", "out", "away", "out of", "off of", "down"):
        word = reader.take()[0]
        if word.norm in ("out", "away") and reader.says("of", "from"):
            reader.take()
        owner = reader.phrase() if not reader.done else None
        reader.skip("gone")
        if owner is not None and owner.role != "image":
            phrases = [_owned(x, owner) for x in phrases]
    if verb.base == "crop out":
        reader.reading.note(
            "'crop out' was read as removing it, so that the rest of the picture stays"
        )
    refs = reader.refs(phrases, "remove")
    done = False
    for ref, phrase in zip(
        refs, phrases if len(phrases) == len(refs) else [phrases[0]] * len(refs), strict=True
    ):
        if phrase.role == "background" and ref.target.exclude is None:
            reader.draft("background", ref, new="white")
            reader.reading.note("a removed background leaves nothing behind it; white was chosen")
            done = True
        elif not ref.is_image:
            p.remove(reader, ref)
            done = True
    if len(refs) > 1:
        reader.reading.mention(refs, alive=False)
    return done


def _owned(phrase: Phrase, owner: Phrase) -> Phrase:
    """Read "the hat from the man": the hat on the man."""
    if phrase.target.relation is not None:
        return phrase
    words = (
        f"{phrase.words} on {owner.words}"
        if owner.role != "background"
        else f"{phrase.words} in {owner.words}"
    )
    kind: RelationKind = "in" if owner.role == "background" else "on"
    target = phrase.target.model_copy(
        update={"relation": Relation(kind=kind, anchor=owner.target), "phrase": words}
    )
    return replace(phrase, target=target, words=words)


_CASTS = {
    "blue": ("temperature", 1), "cyan": ("temperature", 1), "teal": ("temperature", 1),
    "bluish": ("temperature", 1), "yellow": ("temperature", -1), "orange": ("temperature",
    -1), "yellowish": ("temperature", -1), "red": ("temperature", -1),
          "green": ("tint", 1), "greenish": ("tint", 1), "magenta": ("tint", -1),
          "pink": ("tint", -1), "purple": ("tint", -1), "warm": ("temperature", -1),
          "cold": ("temperature", 1), "cool": ("temperature", 1)}  # fmt: skip


def defect(reader: ClauseReader) -> bool | None:
    """Faults of the picture rather than things in it; None where it is a thing."""
    head = _head(reader)
    if head is None:
        return None
    words = [u for u in head if not u.has("det")]
    if not words:
        return None
    last = words[-1]
    if last.get("property") == "noise":
        reader.take(len(head))
        for ref in _on(reader):
            p.adjust(reader, ref, "noise", -1)
        return True
    if last.norm in ("blur", "blurriness", "motion blur", "softness"):
        reader.take(len(head))
        for ref in _on(reader):
            p.focus(reader, ref, blur=False)
        return True
    if last.norm in ("color", "colour", "colors", "colours", "saturation") and len(words) == 1:
        reader.take(len(head))
        for ref in _on(reader):
            if ref.is_image:
                apply_named(reader, "look", "black and white", ref)
            else:
                reader.draft("adjust", ref, property="saturation", amount=-1.0)
        return True
    if (
        last.has("cast")
        and len(words) > 1
        and (tone := next((u.norm for u in words if u.norm in _CASTS), ""))
    ):
        reader.take(len(head))
        name, sign = _CASTS[tone]
        for ref in _on(reader):
            p.adjust(reader, ref, name, sign)
        return True
    if last.norm in ("haze", "haziness"):
        reader.take(len(head))
        for ref in _on(reader):
            p.adjust(reader, ref, "clarity", 1)
        return True
    if (
        last.get("weather") in ("rain", "fog", "storm", "snow")
        and last.norm not in ("snow", "snowflakes", "raindrops")
        and len(words) == 1
    ):
        reader.take(len(head))
        for ref in _on(reader):
            reader.draft("weather", ref if not ref.is_image else WHOLE, kind="clear")
        return True
    return None


def write(reader: ClauseReader) -> bool:
    """Read "add the caption 'Day one' at the bottom in white", "write hello at the top"."""
    spot = reader.drop(lambda u: u.has("place"))
    place = str(spot[0].get("place")) if spot else ""
    colour = ""
    for offset, unit in enumerate(reader.left):
        if unit.has("colour") and _colours_text(reader, offset):
            colour = str(unit.get("colour"))
            break
    quote = reader.find(lambda u: u.kind == "quote")
    if quote is not None:
        text = reader.left[quote].text
        ref, said_where = WHOLE, ""
        before, after = reader.left[:quote], reader.left[quote + 1 :]
        reader.at += quote + 1
        reader.taken |= {u.index for u in before} | {reader.units[reader.at - 1].index}
        if reader.says("to") and not after[1:]:
            return False
        if reader.sees("prep") and not _about_text(reader):
            word = reader.take()[0]
            anchor = reader.phrase()
            if (
                anchor is not None
                and anchor.role not in ("image",)
                and not anchor.target.is_whole_image
            ):
                ref = reader.refs([anchor])[0]
                said_where = f"{word.text} {ref.words}"
        reader.take(_text_tail(reader))
    else:
        marker = reader.find(lambda u: u.has("says"))
        reader.take(0 if marker is None else marker + 1)
        if reader.sees("det") and reader.sees("text_noun", offset=1):
            reader.take(2)
        elif reader.sees("text_noun") and reader.peek(1) is not None:
            reader.take()
        count = reader.find(lambda u: u.has("prep") and u.norm in ("on", "in", "over"))
        if count:
            units = reader.take(count)
            text, ref, said_where = join(units).strip(" ,"), WHOLE, ""
            word = reader.take()[0]
            anchor = reader.phrase()
            if anchor is not None and not anchor.target.is_whole_image:
                ref = reader.refs([anchor])[0]
                said_where = f"{word.text} {ref.words}"
            reader.rest_text()
        else:
            text, ref, said_where = reader.rest_text(), WHOLE, ""
    if not text:
        return False
    if said_where:
        # Writing on a thing in the scene must follow its shape: an editor's job, not an overlay's.
        p.add_thing(reader, f'the text "{text}"', ref, said_where)
        return True
    reader.draft(
        "text",
        WHOLE,
        text=text[:500],
        place=place if place not in ("front", "back") else "",
        colour=colour,
    )
    return True


def _colours_text(reader: ClauseReader, offset: int) -> bool:
    before = reader.peek(offset - 1)
    after = reader.peek(offset + 1)
    return (before is not None and before.norm == "in") or (
        (after is not None and after.has("text_noun", "colour_noun"))
        or (after is not None and after.norm in ("letters", "font", "bold"))
    )


def _about_text(reader: ClauseReader) -> bool:
    return any(
        u.has("colour", "text_noun")
        or u.norm in ("font", "bold", "big", "large", "small", "corner")
        for u in reader.left[1:4]
    ) or reader.says("as", "with", "for")


def _text_tail(reader: ClauseReader) -> int:
    count = 0
    for unit in reader.left:
        if unit.has(
            "colour",
            "text_noun",
            "det",
            "prep",
            "size",
            "place",
            "stop",
            "whole",
            "filler",
            "scale",
            "conjunction",
        ) or unit.norm in ("font", "bold", "letters", "corner", ","):
            count += 1
        else:
            break
    return count


def frame_text(reader: ClauseReader, verb: Verb) -> bool:
    """Read "write 'Hello'", "caption it 'Day one'", "watermark it with …"."""
    if verb.base in ("caption", "label", "title", "watermark", "subtitle"):
        if (
            reader.sees("pronoun", "whole", "det")
            and reader.find(lambda u: u.kind == "quote") is not None
        ):
            quote = reader.find(lambda u: u.kind == "quote") or 0
            found = reader.phrase("with", "as", end=quote)
            if found is not None and found.role != "image" and not found.pronoun:
                ref = reader.refs([found])[0]
                reader.skip("prep")
                text = reader.take()[0].text if reader.peek() is not None else ""
                p.add_thing(reader, f'the label "{text}"', ref, f"on {ref.words}")
                return bool(text)
        reader.take_if("with", "as")
    return write(reader)


def target_named(words: str, category: str) -> Ref:
    """A ref to a fixed thing."""
    return Ref(Target(phrase=words, category=category), words)
