"""Verb frames that take something away, faults of the picture included."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.crop_sides import crop_side
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.effects import head_ahead, where_on
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import CLEARED, adjust, focus, remove
from orchestrator.language.phrase import RELATIONS, Phrase, relation_of
from orchestrator.language.scene import apply_named
from orchestrator.language.units import Unit
from tools.target import Relation, RelationKind


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


def frame_remove(reader: ClauseReader, verb: Verb) -> bool:
    """Read "remove A from B", "take the hat off the man", "get rid of the noise"."""
    reader.skip("filler")
    if (done := defect(reader)) is not None:
        return done
    phrases = reader.phrases("from", "off", "so", "using", *reader.manner())
    if not phrases:
        return False
    if reader.says("from") and reader.sense("prep", offset=1) in RELATIONS:
        reader.take()  # "from behind my head"
        beside = str(reader.take()[0].get("prep"))
        owner = reader.phrase()
        if owner is not None:
            phrases = [_placed(x, owner, beside) for x in phrases]
    if reader.says("from", "off", "out", "away", "out of", "off of", "down"):
        word = reader.take()[0]
        if word.norm in ("out", "away") and reader.says("of", "from"):
            reader.take()
        owner = reader.phrase() if not reader.done else None
        reader.skip("gone")
        if owner is not None and owner.role != "image":
            phrases = [_owned(x, owner) for x in phrases]
    reader.skip("gone")
    refs = reader.refs(phrases, "remove")
    if verb.base == "crop out":
        if crop_side(reader, refs):
            return True
        reader.reading.note(
            "'crop out' was read as removing it, so that the rest of the picture stays"
        )
    done = False
    for ref, phrase in zip(
        refs, phrases if len(phrases) == len(refs) else [phrases[0]] * len(refs), strict=True
    ):
        if phrase.role == "background" and ref.target.exclude is None:
            reader.draft("background", ref, **CLEARED)
            reader.reading.note("a removed background leaves nothing behind it; white was chosen")
            done = True
        elif phrase.pronoun and _cleared(reader, ref):
            done = True
        elif not ref.is_image:
            remove(reader, ref)
            done = True
    if len(refs) > 1:
        reader.reading.mention(refs, alive=False)
    return done


def _placed(phrase: Phrase, other: Phrase, kind: str) -> Phrase:
    """Read "the post from behind my head": the post behind the head."""
    relation = Relation(kind=relation_of(kind), anchor=other.target)
    words = f"{phrase.words} {kind.replace('_', ' ')} {other.words}"
    target = phrase.target.model_copy(update={"relation": relation, "phrase": words})
    return replace(phrase, target=target, words=words)


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
    left_out = owner.target.exclude  # "the boats out of the bay except the red one"
    if left_out is not None and left_out.category == owner.target.category:
        left_out = left_out.model_copy(update={"category": phrase.target.category})  # "the red one"
    anchor = owner.target.model_copy(update={"exclude": None}) if left_out else owner.target
    target = phrase.target.model_copy(
        update={
            "relation": Relation(kind=kind, anchor=anchor),
            "phrase": words,
            "exclude": phrase.target.exclude or left_out,
        }
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
    head = head_ahead(reader)
    if head is None:
        return None
    words = [u for u in head if not u.has("det")]
    if not words:
        return None
    last = words[-1]
    if last.get("property") == "noise":
        reader.take(len(head))
        for ref in where_on(reader):
            adjust(reader, ref, "noise", -1)
        return True
    if (
        last.get("property") in ("highlights", "contrast", "vibrance", "clarity")
        and len(words) == 1
    ):
        reader.take(len(head))
        for ref in where_on(reader):
            adjust(reader, ref, str(last.get("property")), -1)
        return True
    if last.norm in ("blur", "blurriness", "motion blur", "softness"):
        reader.take(len(head))
        for ref in where_on(reader):
            focus(reader, ref, blur=False)
        return True
    if last.norm in ("color", "colour", "colors", "colours", "saturation") and len(words) == 1:
        reader.take(len(head))
        for ref in where_on(reader):
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
        for ref in where_on(reader):
            adjust(reader, ref, name, sign)
        return True
    if last.has("cast") and not last.has("style_noun") and len(words) == 1 and len(reader.left) < 3:
        reader.reading.note(f"'{last.norm}': it does not say of which colour")
        reader.rest_text()
        reader.taken.clear()
        return True
    if last.norm in ("haze", "haziness"):
        reader.take(len(head))
        for ref in where_on(reader):
            adjust(reader, ref, "clarity", 1)
        return True
    if (
        last.get("weather") in ("rain", "fog", "storm", "snow")
        and last.norm not in ("snow", "snowflakes", "raindrops")
        and len(words) == 1
        and not _wets(reader, head)
    ):
        reader.take(len(head))
        for ref in where_on(reader):
            reader.draft("weather", ref if not ref.is_image else WHOLE, kind="clear")
        return True
    return None


def _cleared(reader: ClauseReader, ref: Ref) -> bool:
    """Read "(the fog never lifted,) clear it up": weather that was spoken of."""
    if ref.target.category not in ("fog", "mist", "rain", "storm") or ref.target.relation:
        return False
    reader.draft("weather", WHOLE, kind="clear")
    return True


def _wets(reader: ClauseReader, head: list[Unit]) -> bool:
    """Read "the fog on the mask": it lies on a thing, and is no weather."""
    on = reader.says("on", offset=len(head))
    return on and not any(u.has("whole", "background", "foreground") for u in reader.left)
