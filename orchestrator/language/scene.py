"""What a described scene asks for: "a rainy cyberpunk scene" is rain, then a cyberpunk look.

Splits a phrase into weather, light, looks and styles; a style nobody listed is passed on in words.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.articles import with_a
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import SCENERY

LOCAL_LOOKS = frozenset(
    {
        "black and white",
        "sepia",
        "faded",
        "hdr",
        "duotone",
        "glow",
        "neon",
        "pastel",
        "infrared",
        "solarize",
    }
)
"""Looks that are a matter of colour alone, so that they can be given to a part of the picture."""

_PARTS = (*SCENERY, "wish")


def speaks_of_scene(units: Sequence[Unit]) -> bool:
    """Whether any unit names weather, light, a look or a style."""
    return any(unit.has(*_PARTS) for unit in units)


def make_scene(reader: ClauseReader, units: Sequence[Unit], ref: Ref = WHOLE) -> bool:
    """Draft what turns ``ref`` into the scene the units describe; False where nothing does."""
    named: list[tuple[str, str]] = []
    plain: list[Unit] = []
    for unit in units:
        part = next((p for p in _PARTS if unit.has(p)), "")
        if part:
            named.append((part, str(unit.get(part))))
        elif unit.norm == "light" and unit is units[-1] and len(units) > 1:
            continue  # "overcast light"
        elif unit.get("scale") is not None and unit.get("scale").property in (
            "brightness",
            "temperature",
            "saturation",
            "vibrance",
            "contrast",
        ):
            named.append(("scale", unit.norm))
        elif (
            not unit.has(
                "det",
                "whole",
                "effect_noun",
                "prep",
                "conjunction",
                "stop",
                "polite",
                "filler",
                "degree",
            )
            and unit.kind == "word"
        ):
            plain.append(unit)
    if not any(part in _PARTS for part, _ in named):
        return False
    strong_style = any(part == "style" for part, _ in named)
    if plain:
        own = strong_style or not any(part in ("look", "weather", "relight") for part, _ in named)
        if own and not _only_picture_words(plain):
            return _in_words(reader, units, ref)
        for unit in plain:
            reader.reading.note(f"'{unit.text}' was read as part of the scene that is there")
    for part, value in named:
        apply_named(reader, part, value, ref, units)
    return True


def _only_picture_words(units: Sequence[Unit]) -> bool:
    return all(
        unit.norm
        in (
            "shot",
            "photo",
            "still",
            "painting",
            "print",
            "style",
            "image",
            "street",
            "world",
            "city",
            "artwork",
            "art",
            "one",
            "look",
            "looking",
        )
        for unit in units
    )


def _in_words(reader: ClauseReader, units: Sequence[Unit], ref: Ref) -> bool:
    words = [u for u in units if not u.has("det")]
    reader.draft("restyle", ref, style=join(words)[:500])
    return True


def apply_named(
    reader: ClauseReader, part: str, value: str, ref: Ref, units: Sequence[Unit] = ()
) -> None:
    """Draft one named weather, light, look, style, season or wish."""
    reading = reader.reading
    amount = reader.amount
    local = (
        not ref.is_image
        and ref.target.category not in ("background", "foreground")
        and ref.target.quantity != "all_but"
    )
    if part == "weather" and value == "fog" and local:
        reader.draft("weather", ref, kind=value, strength=_strength(amount.share(1.0, 2.0)))
    elif part in ("weather", "relight") and local:
        word = next((u.norm for u in units if u.has(part)), value)
        reader.draft("restyle", ref, style=word)
    elif part == "weather":
        reader.draft(
            "weather",
            ref if not ref.is_image else WHOLE,
            kind=value,
            strength=_strength(amount.share(1.0, 2.0)),
        )
    elif part == "relight":
        reader.draft("relight", ref, to=value, strength=_strength(amount.share(1.0, 2.0)))
    elif part == "look":
        if not ref.is_image and ref.target.quantity != "all_but" and value not in LOCAL_LOOKS:
            reader.draft("restyle", ref, style=value)
            return
        if (
            value in get_lexicon().implied_night
            and reading.daytime
            and not any(d.op == "relight" for d in reading.drafts)
        ):
            # The look is dark itself and follows, so a little of the night is enough before it.
            reader.draft("relight", ref, to="night", strength=0.2)
            reading.note(
                f"the picture was called a daytime one and {value} scenes play at night, "
                "so it is relit first"
            )
        reader.draft("grade", ref, look=value, strength=_strength(amount.share(1.0, 2.0)))
    elif part == "style":
        reader.draft("restyle", ref, style=value)
    elif part == "season":
        reader.draft("restyle", ref, style=value if not ref.is_image else f"{with_a(value)} scene")
    elif part == "scale":
        sense = get_lexicon().senses(value)["scale"]
        reader.draft("adjust", ref, property=sense.property, amount=sense.sign * amount.adjust())
    elif part == "wish" and local and value in ("cheerful", "sad", "calm", "cozy"):
        # A mood of a thing is its own, not a tone of its pixels.
        reader.draft("restyle", ref, style=next((u.norm for u in units if u.has("wish")), value))
    elif part == "wish":
        apply_wish(reader, value, ref)


def apply_wish(reader: ClauseReader, name: str, ref: Ref) -> None:
    """Draft the concrete changes a vague wish stands for, and say which."""
    told: list[str] = []
    for step in get_lexicon().wishes[name]:
        params = dict(step["params"])
        reader.draft(step["op"], ref, **params).loosely = True
        told.append(
            f"{params['property']} {params['amount']:+g}" if step["op"] == "adjust" else step["op"]
        )
    reader.reading.note(f"'{name}' is a matter of taste; it was read as {', '.join(told)}")


def _strength(value: float) -> float | None:
    return None if value == 1.0 else value
