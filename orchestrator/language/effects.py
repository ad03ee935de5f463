"""Effects that "add" and "give" ask for: weather, light, looks, properties."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.making import adjust, focus, recolor, tinge
from orchestrator.language.scene import apply_named, make_scene, speaks_of_scene
from orchestrator.language.units import Unit, join

_UPON = frozenset({"on", "on top of", "onto", "upon"})
_SKIES = frozenset({"sky", "air", "weather", "view", "landscape", "street", "it"})
EFFECTS = ("look", "style", "weather", "relight")


def head_ahead(reader: ClauseReader) -> list[Unit] | None:
    """The units of the first noun phrase ahead, without what is attached to it."""
    place, taken = reader.at, set(reader.taken)
    phrase = reader.phrase("to", "with", attach=False)
    reader.at, reader.taken = place, taken
    return list(phrase.units) if phrase else None


def read_effect(reader: ClauseReader, head: list[Unit]) -> bool:
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
        refs = where_on(reader)
        for ref in refs:
            adjust(reader, ref, str(last.get("property")), 1)
        return True
    if [u.norm for u in head] == ["light"] and not reader.says("from", offset=1):
        reader.take()  # "add light at the door"; "a light" is a lamp
        for ref in where_on(reader):
            adjust(reader, ref, "brightness", 1)
        return True
    if last.norm in ("blur", "bokeh", "blurring", "motion blur"):
        reader.take(len(head))
        for ref in where_on(reader):
            focus(reader, ref, blur=True)
        return True
    if last.norm in ("sharpness", "sharpening", "crispness"):
        reader.take(len(head))
        for ref in where_on(reader):
            focus(reader, ref, blur=False)
        return True
    if last.norm in ("pop", "punch", "drama") or (last.has("wish") and len(words) == 1):
        reader.take(len(head))
        for ref in where_on(reader):
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
        if first.get("weather") in ("snow", "rain") and after is not None and _lands(reader, head):
            return False  # "snow on the roof" lies there
        if part == "weather" and _stands_by(reader, head, str(first.get(part))):
            return False  # "a thunderstorm behind the silo"
        if (
            part == "look"
            and after is not None
            and after.has("prep")
            and not reader.sees("background", "whole", offset=len(head) + 2)
        ):
            return False  # "a soft glow around the lamp" is a thing
        reader.take(len(head))
        for ref in where_on(reader):
            apply_named(reader, part, str(first.get(part)), ref)
        return True
    if (
        len(words) == 2
        and last.has("weather", "look")
        and not last.has("compound")
        and first.has("size", "scale", "known", "degree", "focus_adjective", "adjective")
        and not first.has("colour", "look")
        and not (last.get("weather") in ("snow", "rain") and _lands(reader, head))
    ):
        part = "weather" if last.has("weather") else "look"
        reader.take(len(head))
        for ref in where_on(reader):
            apply_named(reader, part, str(last.get(part)), ref)
        return True
    return False


def _lands(reader: ClauseReader, head: list[Unit]) -> bool:
    """Whether weather is to lie on a thing: "snow on the roof", "snow to the man's hat"."""
    after = reader.peek(len(head))
    if after is None or not after.has("prep") or after.norm in ("with", "without", "for"):
        return False
    ahead = reader.left[len(head) + 1 :]
    scene = any(u.has("whole", "background", "foreground", "rest", "pronoun") for u in ahead)
    return after.norm in _UPON or not (scene or any(u.norm in _SKIES for u in ahead))


_BY = (
    "behind",
    "in_front_of",
    "above",
    "under",
    "below",
    "next_to",
    "between",
    "left_of",
    "right_of",
)


def _stands_by(reader: ClauseReader, head: list[Unit], kind: str) -> bool:
    """Whether weather is to be seen beside a thing, not over the scene: "fog behind the trees"."""
    after = reader.peek(len(head))
    ahead = reader.left[len(head) + 1 :]
    if after is None or any(u.has("whole", "background", "foreground", "rest") for u in ahead):
        return False
    beside = str(after.get("prep")) in _BY and after.norm != "over"
    return beside or (kind == "storm" and after.has("prep") and _lands(reader, head))


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
        for ref in where_on(reader):
            make_scene(reader, body, ref)
        return True
    scale = next((u for u in body if u.has("scale")), None)
    colour = next((u for u in body if u.has("colour")), None)
    reader.take(len(head))
    refs = where_on(reader)
    for ref in refs:
        if scale is not None:
            sense = scale.get("scale")
            adjust(reader, ref, sense.property, sense.sign)
        elif colour is not None:
            tinge(reader, ref, str(colour.get("colour")), 1) if ref.is_image else recolor(
                reader, ref, str(colour.get("colour"))
            )
        else:
            reader.draft("restyle", ref, style=join(body)[:500])
    return True


def where_on(reader: ClauseReader) -> tuple[Ref, ...]:
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
