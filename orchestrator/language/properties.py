"""Photographic properties named as things: "the brightness of the sky"."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.making import adjust, resize, tinge
from orchestrator.language.phrase import Phrase
from tools.target import Target

TONES = {
    "shadows": Ref(Target(phrase="the shadows", category="shadow"), "the shadows"),
    "highlights": Ref(Target(phrase="the highlights", category="highlight"), "the highlights"),
}
"""Parts of the picture that are named as properties are."""
_LESS = frozenset({
    "lower", "down", "weaker", "soft", "softer", "subtler", "less intense", "cooler", "darker",
})  # fmt: skip
_LENGTHS = {"longer": 1, "long": 1, "shorter": -1, "short": -1}
"""What cast shadows can be, and tones cannot."""
_OF_TONES = frozenset({"temperature", "tint", "saturation", "vibrance", "clarity"})
"""What such a part can have of its own."""


def property_of(phrase: Phrase) -> tuple[str, Ref] | None:
    """Read "the brightness of the sky", "the photo's contrast" -> the property and whose it is."""
    head = next(
        (
            u
            for u in reversed(phrase.units)
            if u.has("property") and u.norm.startswith(phrase.target.category[:4])
        ),
        None,
    )
    if head is None or not phrase.target.category:
        return None
    relation = phrase.target.relation
    if relation is not None and relation.kind not in ("part_of", "in", "on"):
        return None
    if relation is None or relation.anchor.is_whole_image:
        ref = WHOLE
        attribute = [a for a in phrase.target.attributes if a in ("sky", "background")]
        if attribute:
            ref = Ref(
                Target(phrase=f"the {attribute[0]}", category=attribute[0]), f"the {attribute[0]}"
            )
    else:
        ref = Ref(relation.anchor, relation.anchor.phrase)
    return str(head.get("property")), ref


def property_to(reader: ClauseReader, name: str, ref: Ref, *, complaint: bool = False) -> bool:
    """Read "(make the contrast) higher / stronger / less"; a complaint asks for the opposite."""
    sign = 1
    unit = reader.peek()
    tone = TONES.get(name)
    told = unit.get("scale") if unit is not None else None
    if tone is not None and told is not None and told.property in _OF_TONES and ref is WHOLE:
        reader.take(len(reader.left))  # "(make the shadows) cooler"
        adjust(reader, tone, told.property, -told.sign if complaint else told.sign)
        return True
    if tone is not None and ref is WHOLE and unit is not None and unit.has("colour"):
        colour = str(reader.take(len(reader.left))[0].get("colour"))  # "(make the shadows) teal"
        tinge(reader, tone, colour, -1 if complaint else 1)
        return True
    if tone is not None and ref is WHOLE and reader.sees("more", "less") and _says_colour(reader):
        said = reader.take(len(reader.left))  # "(make the highlights) less yellow"
        way = 1 if said[0].has("more") else -1
        tinge(reader, tone, str(said[1].get("colour")), -way if complaint else way)
        return True
    if name == "shadows" and ref is WHOLE and unit is not None and unit.norm in _LENGTHS:
        reader.take(len(reader.left))
        resize(reader, TONES[name], _LENGTHS[unit.norm], "shadow")
        return True
    if unit is not None:
        size = unit.get("size") if unit.norm != "high" else None
        scale = unit.get("scale")
        if (
            unit.has("less")
            or unit.get("direction") == "down"
            or unit.norm in _LESS
            or (size is not None and size.sign < 0)
            or (scale is not None and scale.sign < 0)
        ):
            sign = -1
        reader.take(len(reader.left))
    adjust(reader, ref, name, -sign if complaint else sign)
    return True


def _says_colour(reader: ClauseReader) -> bool:
    after = reader.peek(1)
    return after is not None and after.has("colour") and not after.has("scale")


def whose(phrase: Phrase) -> Ref | None:
    """Read "the colours (of the car)", "the lighting": the thing or the picture they belong to."""
    last = next(
        (u for u in reversed(phrase.units) if u.norm.startswith(phrase.target.category[:4] or "-")),
        None,
    )
    if (
        phrase.role
        or last is None
        or last.norm == "frame"
        or not last.has("effect_noun", "colour_noun", "domain")
        or last.norm.endswith(("lights", "time", "day"))
    ):
        return None
    relation = phrase.target.relation
    if relation is not None and phrase.target.attributes:
        return None  # "the yellow light on the ceiling" hangs there
    if relation is None or relation.anchor.is_whole_image:
        return WHOLE if not phrase.target.attributes and phrase.target.ordinal is None else None
    return Ref(relation.anchor, relation.anchor.phrase)
