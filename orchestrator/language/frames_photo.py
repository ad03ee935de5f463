"""Verb frames about the picture: adjust, blur, sharpen, crop, rotate, flip, move, resize, looks."""

from __future__ import annotations

from orchestrator.language import predicates as p
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.frames_adding import defect
from orchestrator.language.frames_things import become_any, property_of
from orchestrator.language.lexicon import Verb, get_lexicon
from orchestrator.language.phrases import Phrase
from orchestrator.language.scene import apply_named, apply_wish, make_scene, speaks_of_scene
from orchestrator.language.units import join
from tools.target import Target

ADJUST_VERBS: dict[str, tuple[str, int]] = {
    "brighten": ("brightness", 1), "brighten up": ("brightness", 1),
    "lighten": ("brightness", 1), "lighten up": ("brightness", 1),
    "brightening": ("brightness", 1),
    "illuminate": ("brightness", 1), "darken": ("brightness", -1), "dim": ("brightness", -1),
    "saturate": ("saturation", 1),
    "desaturate": ("saturation", -1), "warm": ("temperature", 1), "warm up": ("temperature", 1),
    "cool": ("temperature", -1),
    "cool down": ("temperature", -1), "cool off": ("temperature", -1), "denoise": ("noise", -1),
    "de-noise": ("noise", -1),
    "underexpose": ("exposure", -1), "overexpose": ("exposure", 1), "dehaze": ("clarity", 1),
    "flatten": ("contrast", -1),
}  # fmt: skip
LIT = frozenset({
    "candle", "lamp", "fire", "fireplace", "lantern", "torch", "match", "cigarette", "bulb",
    "stove", "campfire", "street light",
    "street lamp", "light bulb", "bonfire", "window",
})  # fmt: skip
"""What is lit rather than lighted."""
RESIZE_SIGNS = {
    "shrink": -1, "scale down": -1, "downscale": -1, "halve": -1, "downsize": -1, "minify": -1,
    "shrink down": -1,
}  # fmt: skip


def frame_adjust(reader: ClauseReader, verb: Verb) -> bool:
    """Read "brighten the sky", "warm it up"."""
    name, sign = ADJUST_VERBS[verb.base]
    refs = _refs_or_image(reader, "grade" if name == "temperature" else "adjust")
    reader.take_if("up", "down", "off", "out")
    for ref in refs:
        p.adjust(reader, ref, name, sign)
    reader.reading.mention(refs)
    return True


def _refs_or_image(reader: ClauseReader, op: str, *stops: str) -> tuple[Ref, ...]:
    phrases = reader.phrases("to", "by", "into", "as", "like", *stops, predicates=False)
    if phrases:
        return reader.refs(phrases, op)
    return (WHOLE,)


def frame_increase(reader: ClauseReader, verb: Verb) -> bool:
    """Read "increase the contrast", "turn down the highlights", "bring out the details"."""
    return _raise(reader, verb, 1)


def frame_decrease(reader: ClauseReader, verb: Verb) -> bool:
    """Read "reduce the noise", "tone down the red"."""
    return _raise(reader, verb, -1)


def _raise(reader: ClauseReader, verb: Verb, sign: int) -> bool:
    if reader.done:
        return verb.base in ("pop", "enhance") and _wish(reader, "pop")
    done = False
    for _ in range(8):
        phrase = reader.phrase("by", "to")
        if phrase is None:
            break
        reader.take_if("up", "down")
        done = _raise_one(reader, verb, sign, phrase) or done
        while reader.says(",") or reader.sees("conjunction", "filler"):
            reader.take()
    return done


def _wish(reader: ClauseReader, name: str, refs: tuple[Ref, ...] = (WHOLE,)) -> bool:
    for ref in refs:
        apply_wish(reader, name, ref)
    return True


def _raise_one(reader: ClauseReader, verb: Verb, sign: int, phrase: Phrase) -> bool:
    found = property_of(phrase)
    head = phrase.units[-1]
    if found is None:
        with_property = next((u for u in phrase.units if u.has("property")), None)
        if with_property is not None and phrase.target.relation is None:
            found = str(with_property.get("property")), WHOLE
    if found is not None:
        name, ref = found
        if ref.target.phrase and not ref.is_image and ref is not WHOLE:
            reader.reading.mention([ref])
        p.adjust(reader, ref, name, sign)
        return True
    if phrase.target.category in ("sharpness", "crispness"):
        p.focus(reader, _anchor(phrase), blur=sign < 0)
        return True
    if phrase.target.category in ("blur", "bokeh", "blurriness"):
        p.focus(reader, _anchor(phrase), blur=sign > 0)
        return True
    if phrase.target.category in ("size", "height", "width", "scale"):
        p.resize(reader, _anchor(phrase), sign, "size")
        return True
    if phrase.target.category in ("resolution",) and phrase.role != "image":
        p.resize(reader, WHOLE, sign, "size")
        return True
    if (
        head.has("colour")
        and phrase.target.category in ("", head.norm)
        and phrase.determiner in ("definite", "")
    ):
        p.tinge(reader, WHOLE, str(head.get("colour")), sign)
        return True
    if head.has("weather") and not phrase.target.relation:
        apply_named(reader, "weather", str(head.get("weather")) if sign > 0 else "clear", WHOLE)
        return True
    if head.has("scale") and len(phrase.units) == 1:
        p.adjust(reader, WHOLE, head.get("scale").property, sign * head.get("scale").sign)
        return True
    refs = reader.refs([phrase], "adjust")
    reader.reading.mention(refs)
    for ref in refs:
        if verb.base in (
            "enhance",
            "emphasize",
            "emphasise",
            "accentuate",
            "bring out",
            "pop",
            "punch up",
            "intensify",
        ):
            apply_wish(reader, "pop", ref)
        elif verb.base in ("tone down", "mute", "subdue", "tame"):
            p.adjust(reader, ref, "saturation", -1)
        elif verb.base in ("dim", "lift"):
            p.adjust(reader, ref, "brightness", sign)
        else:
            p.resize(reader, ref, sign, "size")
    return True


def _anchor(phrase: Phrase) -> Ref:
    relation = phrase.target.relation
    if relation is None or relation.anchor.is_whole_image:
        return WHOLE
    return Ref(relation.anchor, relation.anchor.phrase)


def frame_set(reader: ClauseReader, verb: Verb) -> bool:
    """Read "set the contrast to +20", "adjust the brightness"."""
    phrase = reader.phrase("to", "at", "by")
    if phrase is None:
        return False
    reader.take_if("to")
    found = property_of(phrase)
    if found is None and phrase.units[-1].has("property"):
        found = str(phrase.units[-1].get("property")), WHOLE
    if found is None:
        if phrase.units[-1].has("domain") and not reader.done:
            return p.scene_or_style(reader, (WHOLE,))
        if phrase.role == "image" and not reader.done:
            return become_any(reader, (WHOLE,))
        return frame_improve_on(reader, reader.refs([phrase], "adjust"))
    name, ref = found
    number = reader.amount.number if reader.amount.number is not None else reader.amount.percent
    sign = -1 if (number or 0) < 0 or reader.says("down", "lower") else 1
    if number is None and reader.amount.stops is None:
        reader.reading.note(f"it does not say how to change the {name}; it is raised a little")
    reader.take(len(reader.left) if reader.says("up", "down", "lower", "higher") else 0)
    p.adjust(reader, ref, name, sign)
    return True


def frame_improve(reader: ClauseReader, verb: Verb) -> bool:
    """Read "fix the lighting", "enhance the photo", "retouch the skin"."""
    if (done := defect(reader)) is not None:
        return done
    phrases = reader.phrases()
    refs = reader.refs(phrases, "grade") if phrases else (WHOLE,)
    reader.take_if("up")
    if reader.says("out", "away") and phrases:
        for ref in refs:
            p.remove(reader, ref)
        return True
    if (phrases and (found := property_of(phrases[0])) is not None) or (
        phrases and phrases[0].units[-1].has("domain", "effect_noun")
    ):
        name = found[0] if phrases and (found := property_of(phrases[0])) else "exposure"
        reader.reading.note(f"'{join(phrases[0].units)}' was read as {name}, raised a little")
        p.adjust(reader, WHOLE, name, 1)
        return True
    return frame_improve_on(reader, refs)


def frame_improve_on(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Make something look better without saying how."""
    for ref in refs:
        if ref.is_image:
            apply_wish(reader, "better", ref)
        else:
            reader.draft("restyle", ref, style="in better condition")
            reader.reading.note(f"it does not say what is wrong with {ref.words}")
    return True


def frame_blur(reader: ClauseReader, verb: Verb) -> bool:
    """Read "blur the background except the face"."""
    refs = _refs_or_image(reader, "adjust")
    reader.take_if("out", "up")
    if verb.base in ("pixelate", "pixellate", "mosaic", "censor", "redact"):
        reader.reading.note(f"'{verb.base}' is done as a strong blur")
    for ref in refs:
        if verb.base in (
            "pixelate",
            "pixellate",
            "mosaic",
            "censor",
            "redact",
            "anonymize",
            "anonymise",
            "obscure",
        ):
            reader.draft("blur", ref, kind="gaussian", strength=1.0)
        elif verb.base in ("soften", "smooth", "smooth out") and any(
            c in ref.target.category for c in ("light", "shadow", "contrast")
        ):
            p.adjust(
                reader,
                ref
                if "light" not in ref.target.category and "shadow" not in ref.target.category
                else WHOLE,
                "contrast",
                -1,
            )
        elif verb.base in ("soften", "smooth", "smooth out"):
            reader.draft("blur", ref, kind="gaussian", strength=round(reader.amount.share(0.2), 3))
        else:
            p.focus(reader, ref, blur=True)
    reader.reading.mention(refs)
    return True


def frame_sharpen(reader: ClauseReader, verb: Verb) -> bool:
    """Read "sharpen the eyes"."""
    refs = _refs_or_image(reader, "adjust")
    reader.take_if("up")
    for ref in refs:
        p.focus(reader, ref, blur=False)
    reader.reading.mention(refs)
    return True


def frame_crop(reader: ClauseReader, verb: Verb) -> bool:
    """Read "crop to a square", "crop 16:9", "crop out the man", "zoom in on the face"."""
    if reader.says("out", "away", "off") and reader.peek(1) is not None:
        return _crop_out(reader)
    if (
        verb.base in ("cut", "trim")
        and reader.left
        and not any(u.has("aspect", "whole") or u.kind == "number" for u in reader.left)
        and reader.sees("det")
    ):
        return _crop_out(reader)
    phrase = None
    if not reader.sees("aspect") and not (reader.sees_number()):
        phrase = reader.phrase("to", "into", "for", "around", "on", "by", "in", "as", "at")
    if (
        phrase is not None
        and phrase.role != "image"
        and not phrase.pronoun
        and reader.says("out", "away")
    ):
        reader.take()
        for ref in reader.refs([phrase], "remove"):
            p.remove(reader, ref)
        return True
    reader.skip("filler")
    while reader.says(
        "to",
        "into",
        "in",
        "on",
        "around",
        "for",
        "a",
        "as",
        "down",
        "at",
        "closer",
        "by",
        "tighter",
        "tightly",
        "tight",
        "onto",
        "close",
        "so",
        "just",
        "the",
        "format",
        "ratio",
        "an",
    ) and not (
        reader.says("the", "a", "an")
        and not reader.sees("aspect", offset=1)
        and not reader.sees_number(1)
    ):
        reader.take()
    return _crop_to(reader, phrase)


def _crop_to(reader: ClauseReader, phrase: Phrase | None) -> bool:
    unit = reader.peek()
    if unit is not None and unit.kind == "number" and unit.unit == "size":
        wide, _, tall = unit.norm.replace("×", "x").replace("px", "").partition("x")
        reader.take()
        reader.draft("crop", WHOLE, aspect=round(int(wide) / max(1, int(tall)), 4))
        reader.reading.note(f"'{unit.text}' was read as a shape, not a size in pixels")
        return True
    if unit is not None and (unit.has("aspect") or unit.unit == "ratio"):
        reader.take()
        aspect = unit.value if unit.unit == "ratio" else float(unit.get("aspect"))
        reader.draft("crop", WHOLE, aspect=round(aspect, 4))
        reader.skip("effect_noun", "whole", "filler")
        while reader.says("aspect", "ratio", "format", "shape", "crop") or reader.sees(
            "aspect_noun"
        ):
            reader.take()
        if reader.says("around", "on", "to", "for"):
            reader.taken.discard(-1)
        return True
    if unit is not None and unit.norm == "square":
        reader.take()
        reader.draft("crop", WHOLE, aspect=1.0)
        return True
    target = reader.phrase() if unit is not None else None
    if (target is None and phrase is not None and phrase.role not in ("image", "")) or (
        target is None and phrase is not None and not phrase.pronoun and phrase.role != "image"
    ):
        target = phrase
    amount = reader.amount.percent
    if target is not None and target.role != "image":
        ref = reader.refs([target], "move")[0]
        reader.draft("crop", ref)
        return True
    if amount is not None:
        keep = amount / 100 if reader.amount.to else 1 - amount / 100
        reader.draft("crop", WHOLE, keep=round(min(1.0, max(0.05, keep)), 3))
        reader.take_if("off", "away")
        return True
    keep = {"slight": 0.9, "strong": 0.6, "extreme": 0.5}.get(reader.amount.level, 0.8)
    reader.draft("crop", WHOLE, keep=keep)
    reader.reading.note(f"it does not say how far to crop; {keep:.0%} of each side is kept")
    return True


def _crop_out(reader: ClauseReader) -> bool:
    reader.take_if("out", "away", "off")
    phrases = reader.phrases()
    refs = reader.refs(phrases, "remove")
    for ref in refs:
        p.remove(reader, ref)
    if refs:
        reader.reading.note(
            "'crop out' was read as removing it, so that the rest of the picture stays"
        )
    return bool(refs)


def frame_rotate(reader: ClauseReader, verb: Verb) -> bool:
    """Read "rotate 90 degrees clockwise", "straighten the horizon"."""
    turned = reader.drop(lambda u: u.has("turn"))
    if verb.base.startswith(("straight", "level")) or verb.base in ("unskew", "deskew"):
        found = reader.phrase()
        if (
            found is None
            or found.role == "image"
            or found.pronoun
            or found.target.category
            in ("horizon", "line", "angle", "perspective", "tilt", "horizon line")
        ):
            reader.draft("rotate", WHOLE, straighten=True)
        else:
            reader.draft("rotate", reader.refs([found], "move")[0], straighten=True)
        return True
    upside = reader.drop(lambda u: u.has("upside_down"))
    found = reader.phrase("by", "to")
    side = -1 if turned and turned[0].get("turn") < 0 else 1
    while reader.says("to", "by", "the", "a"):
        reader.take()
    if reader.sees("side", "direction", "place"):
        unit = reader.take()[0]
        side = -1 if "left" in unit.norm else 1
    number = reader.amount.degrees if reader.amount.degrees is not None else reader.amount.number
    if number is None:
        bare = reader.drop(lambda u: u.kind == "number" and not u.unit)
        number = bare[0].value if bare else None
    if found is not None and found.target.ordinal is not None and not found.target.category:
        side = -1 if found.target.ordinal.side == "left" else 1
        found = None
    if found is not None and found.place in ("left", "right"):
        side = -1 if found.place == "left" else 1
        found = None if found.role == "image" else found
    if upside:
        number = 180.0
    if number is None:
        number = 180.0 if reader.amount.factor == 0.5 else 90.0
        if verb.base == "tilt":
            number = 10.0
        reader.reading.note(
            f"it does not say how far to turn; {number:g} degrees "
            f"{'clockwise' if side > 0 else 'counterclockwise'} was chosen"
        )
    refs = reader.refs([found], "rotate") if found is not None else (WHOLE,)
    for ref in refs:
        reader.draft("rotate", ref, degrees=max(-360.0, min(360.0, side * number)))
    return True


def frame_flip(reader: ClauseReader, verb: Verb) -> bool:
    """Read "flip horizontally", "mirror it"."""
    axis = reader.drop(lambda u: u.has("axis", "upside_down"))
    found = reader.phrase("to", "so")
    refs = reader.refs([found], "flip") if found is not None else (WHOLE,)
    if found is not None and found.target.category in ("color", "colour"):
        reader.reading.note("inverting colours is not among what a plan can say")
        reader.taken.clear()
        return False
    vertical = bool(axis) and (axis[0].get("axis") == "vertical" or axis[0].has("upside_down"))
    for ref in refs:
        reader.draft("flip", ref, axis="vertical" if vertical else "horizontal")
    reader.reading.mention(refs)
    return True


def frame_move(reader: ClauseReader, verb: Verb) -> bool:
    """Read "move the cup to the left", "put the cup on the table", "center the subject"."""
    if verb.base in ("center", "centre", "recenter", "recentre"):
        found = reader.phrase()
        ref = (
            reader.refs([found], "move")[0]
            if found
            else Ref(Target(phrase="the subject", category="subject"), "the subject")
        )
        if ref.is_image:
            ref = Ref(Target(phrase="the subject", category="subject"), "the subject")
        reader.draft("move", ref, direction="to", to="the center")
        reader.skip("place")
        reader.rest_text() if reader.sees("prep") else ""
        return True
    phrase = reader.phrase(
        "to",
        "on",
        "in",
        "next_to",
        "near",
        "behind",
        "under",
        "above",
        "below",
        "in_front_of",
        "left_of",
        "right_of",
        "between",
        "at",
        "from",
        "around",
        "over",
        attach=True,
    )
    if phrase is None:
        return False
    spot = phrase.place
    if spot and phrase.units[-1].has("place"):
        inner = [u for u in phrase.units if not u.has("place")]
        place = reader.at
        reader.at = place - len(phrase.units)
        phrase = reader.phrase(attach=False) or phrase
        reader.at = place
        del inner
    refs = reader.refs([phrase], "move")
    if reader.says("from"):
        reader.take()
        reader.phrase("to", "onto", "on")
    if spot in ("left", "right"):
        return _moved(reader, refs, spot, "")
    if spot:
        return _moved(reader, refs, "to", f"the {spot}")
    reader.skip("filler")
    while reader.sees("degree", "size"):
        reader.take()
    unit = reader.peek()
    if (
        unit is not None
        and unit.has("direction")
        and not (unit.has("prep") and reader.peek(1) is not None)
    ):
        reader.take()
        return _moved(reader, refs, str(unit.get("direction")), "")
    if unit is not None and unit.has("place"):
        reader.take()
        where = str(unit.get("place"))
        aside = where in ("left", "right")
        return _moved(reader, refs, where if aside else "to", "" if aside else f"the {where}")
    if unit is not None and unit.norm in ("in", "into") and _dressed(reader, refs):
        return True
    if unit is not None and unit.has("prep", "except"):
        text = reader.rest_text()
        words = text.removeprefix("to ").removeprefix("towards ").removeprefix("toward ")
        return _moved(reader, refs, "to", words)
    reader.taken.clear()
    reader.reading.note(f"it does not say where to move {refs[0].words}")
    return False


CLOTHES = frozenset(
    {
        "suit",
        "dress",
        "coat",
        "jacket",
        "costume",
        "uniform",
        "shirt",
        "t-shirt",
        "sweater",
        "kimono",
        "tuxedo",
        "gown",
        "armor",
        "armour",
        "robe",
        "outfit",
        "hoodie",
        "skirt",
        "hat",
    }
)


def _dressed(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "put the man in a suit": he wears it, he is not moved."""
    place, taken = reader.at, set(reader.taken)
    reader.take()
    worn = reader.phrase()
    if worn is None or worn.determiner != "indefinite" or worn.target.category not in CLOTHES:
        reader.at, reader.taken = place, taken
        return False
    for ref in refs:
        p.add_thing(reader, worn.words, ref, f"on {ref.words}")
    return True


def _moved(reader: ClauseReader, refs: tuple[Ref, ...], direction: str, to: str) -> bool:
    amount = (
        None
        if direction == "to"
        else round(
            min(1.0, max(0.01, (reader.amount.percent or 0) / 100 or 0.15 * reader.amount.scale)), 3
        )
    )
    for ref in refs:
        if ref.is_image:
            return False
        reader.draft("move", ref, direction=direction, amount=amount, to=to[:500])
    reader.reading.mention(refs)
    return True


def frame_resize(reader: ClauseReader, verb: Verb) -> bool:
    """Read "enlarge the bear", "shrink it by half", "resize to 1920x1080"."""
    sign = RESIZE_SIGNS.get(verb.base, 1)
    reader.take_if("up", "down")
    found = reader.phrases("to", "by", "so")
    refs = reader.refs(found, "resize") if found else (WHOLE,)
    reader.take_if("up")
    if reader.take_if("down"):
        sign = -1
    while reader.says("to", "by", "at", "exactly"):
        reader.take()
    unit = reader.peek()
    if unit is not None and unit.unit == "size":
        reader.take()
        reader.skip("unit")
        return p.pixels(reader, unit)
    if reader.amount.pixels:
        tall = any(u.norm in ("tall", "high", "height") for u in reader.left)
        reader.take(len(reader.left))
        pixels = int(reader.amount.pixels)
        if tall:
            reader.draft("resize", WHOLE, height=pixels)
        else:
            reader.draft("resize", WHOLE, width=pixels)
        return True
    named = {"double": 2.0, "halve": 0.5, "triple": 3.0}
    for ref in refs:
        if verb.base in named:
            ref_of = _size_of(ref)
            reader.draft("resize", ref_of, factor=named[verb.base])
        else:
            p.resize(reader, _size_of(ref), sign, verb.base)
    reader.reading.mention(refs)
    return True


def _size_of(ref: Ref) -> Ref:
    """Read "double the size of the dog": the dog."""
    relation = ref.target.relation
    if ref.target.category == "size":
        return Ref(relation.anchor, relation.anchor.phrase) if relation is not None else WHOLE
    return ref


def frame_restyle(reader: ClauseReader, verb: Verb) -> bool:
    """Read "stylize as a watercolour", "redraw it in the style of Monet"."""
    if verb.base in ("cartoonify", "cartoonize"):
        refs = _refs_or_image(reader, "grade")
        for ref in refs:
            reader.draft("restyle", ref, style="cartoon")
        return True
    refs = _refs_or_image(reader, "grade", "in")
    while reader.says(
        "as", "in", "to", "into", "like", "in the style of", "the", "a", "an", "style", "of"
    ):
        reader.take()
    return p.scene_or_style(reader, refs)


def frame_apply(reader: ClauseReader, verb: Verb) -> bool:
    """Read "apply a vintage filter", "use a film look on the sky"."""
    from orchestrator.language.frames_adding import frame_add

    if verb.base in ("use", "try", "go for") and not any(
        u.has("effect_noun", "look", "style", "property", "weather") for u in reader.left
    ):
        return False
    return frame_add(reader, Verb("add", "add", "base", False))


def frame_relight(reader: ClauseReader, verb: Verb) -> bool:
    """Read "relight it as sunset", "light up the face"."""
    refs = _refs_or_image(reader, "adjust", "with", "from")
    if verb.base == "light" and all(ref.target.category in LIT for ref in refs):
        for ref in refs:
            reader.draft("restyle", ref, style="lit", fixed=f"Light {ref.words}")
        return True
    units = [u for u in reader.left if u.kind != "mark"]
    if speaks_of_scene(units):
        reader.take(len(reader.left))
        return all(make_scene(reader, units, ref) for ref in refs)
    text = reader.rest_text()
    for ref in refs:
        p.adjust(reader, ref, "brightness", 1)
    if text:
        reader.reading.note(f"light '{text}' was read as brighter")
    return True


def frame_focus(reader: ClauseReader, verb: Verb) -> bool:
    """Read "focus on the dog", "isolate the subject": everything else is blurred."""
    reader.take_if("on", "upon")
    found = reader.phrase()
    if found is None:
        return False
    ref = reader.refs([found], "move")[0]
    if verb.base in ("highlight", "spotlight"):
        p.adjust(reader, ref, "brightness", 1)
        return True
    rest = Target(phrase=f"everything except {ref.words}", quantity="all_but", exclude=ref.target)
    reader.draft("blur", Ref(rest, rest.phrase), kind="lens", strength=reader.amount.share(0.5))
    return True


def frame_deed(reader: ClauseReader, verb: Verb) -> bool:
    """Read "open the window", "light the candles": the same thing in another state."""
    phrases = reader.phrases("to", "with", "into")
    if not phrases:
        return False
    state = str(get_lexicon().senses(verb.base).get("deed", verb.base))
    refs = reader.refs(phrases, "restyle")
    reader.take_if("up", "on", "off", "down")
    tail = reader.rest_text()
    for ref in refs:
        if state in COLOUR_STATES:
            p.recolor(reader, ref, state)
            continue
        text = f"{verb.base} {ref.words} {tail}".strip()
        reader.draft(
            "restyle", ref, fixed=text[0].upper() + text[1:], style=f"{state} {tail}".strip()[:500]
        )
    reader.reading.mention(refs)
    return True


COLOUR_STATES = frozenset({"white", "black", "red", "pink", "golden", "silver"})


def frame_extend(reader: ClauseReader, verb: Verb) -> bool:
    """Painting beyond the edge, and motion: nothing a plan can say."""
    reader.reading.note(f"'{verb.base}' is not among what a plan can say")
    return False
