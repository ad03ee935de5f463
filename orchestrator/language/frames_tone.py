"""Verb frames of tone and colour: brighten, increase, reduce, set, fix, relight."""

from __future__ import annotations

from orchestrator.language.becoming import become_any
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.frames_add import frame_add
from orchestrator.language.frames_move import frame_move, pushed_aside
from orchestrator.language.frames_recover import RECOVERING, recovered
from orchestrator.language.frames_remove import defect
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import adjust, focus, remove, resize, tinge
from orchestrator.language.more_or_less import LIVENING, SIZING, more_or_less
from orchestrator.language.phrase import Phrase
from orchestrator.language.properties import property_of, whose
from orchestrator.language.repeats import strength_again
from orchestrator.language.scene import apply_named, apply_wish, make_scene, speaks_of_scene
from orchestrator.language.scene_or_style import scene_or_style
from orchestrator.language.units import join
from orchestrator.language.vague import BETTER

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
    "flatten": ("contrast", -1), "dodge": ("brightness", 1), "lighten out": ("brightness", 1),
    "make brighter": ("brightness", 1), "lift up": ("brightness", 1),
    "relight up": ("brightness", 1), "brightn": ("brightness", 1), "shade": ("brightness", -1),
    "darken down": ("brightness", -1), "black down": ("brightness", -1),
    "gloom up": ("brightness", -1), "dull": ("saturation", -1), "dull down": ("saturation", -1),
    "dampen": ("saturation", -1), "de-saturate": ("saturation", -1), "defog": ("clarity", 1),
    "de-fog": ("clarity", 1), "demist": ("clarity", 1), "de-haze": ("clarity", 1),
    "degrain": ("noise", -1), "de-grain": ("noise", -1), "warm-up": ("temperature", 1),
}  # fmt: skip


OF_STEPS = frozenset({"weaken", "strengthen"})
"""What is done to the step before rather than to a thing: nothing grows by being strengthened."""

LIT = frozenset({
    "candle", "lamp", "fire", "fireplace", "lantern", "torch", "match", "cigarette", "bulb",
    "stove", "campfire", "street light",
    "street lamp", "light bulb", "bonfire", "window",
})  # fmt: skip
"""What is lit rather than lighted."""


DAMAGE = frozenset({
    "scratch", "tear", "stain", "crease", "crack", "spot", "speck", "blemish", "hole", "rip",
    "smudge", "wrinkle", "dust", "fold", "fingerprint", "scar", "pimple", "burn", "water stain",
    "dust spot", "red eye", "shine", "sunburn", "rash", "bruise", "lens flare", "flare",
    "artifact", "artefact", "glare",
})  # fmt: skip
"""What is put right by being taken away."""


def frame_adjust(reader: ClauseReader, verb: Verb) -> bool:
    """Read "brighten the sky", "warm it up"."""
    name, sign = ADJUST_VERBS[verb.base]
    if name == "brightness" and (tones := _tones_ahead(reader)):
        for tone in tones:
            adjust(reader, WHOLE, tone, sign)  # "brighten the shadows"
        return True
    refs = refs_or_image(reader, "grade" if name == "temperature" else "adjust")
    reader.take_if("up", "down", "off", "out")
    for ref in refs:
        adjust(reader, ref, name, sign)
    reader.reading.mention(refs)
    if verb.base == "desaturate" and not reader.amount.level and reader.amount.percent is None:
        for draft in reader.made:
            if draft.ref.target.quantity == "all_but" or reader.sees("except"):
                draft.params["amount"] = -1.0  # colour is to be left on what is excepted alone
    return True


def _tones_ahead(reader: ClauseReader) -> list[str]:
    """Take "the shadows (and the highlights)" where nothing else is ahead."""
    names = [str(u.get("property")) for u in reader.left if u.has("property")]
    plain = all(u.has("property", "det", "conjunction", "filler", "polite") for u in reader.left)
    if not plain or not names or not set(names) <= {"shadows", "highlights"}:
        return []
    reader.take(len(reader.left))
    return names


def refs_or_image(reader: ClauseReader, op: str, *stops: str) -> tuple[Ref, ...]:
    """The things named ahead, else the picture."""
    phrases = reader.phrases("to", *reader.manner(), "into", "as", "like", *stops, predicates=False)
    if len(phrases) == 1 and (owner := whose(phrases[0])) is not None:
        return (owner,)
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
    if pushed_aside(reader, verb):
        return frame_move(reader, verb)  # "push the logo all the way to the left"
    if reader.done:
        return verb.base in ("pop", "enhance") and _wish(reader, "pop")
    done = False
    for _ in range(8):
        phrase = reader.phrase(*reader.manner(), "to")
        if phrase is None:
            break
        reader.take_if("up", "down")
        done = _raise_one(reader, verb, sign, phrase) or done
        while reader.says(",") or reader.sees("conjunction", "filler"):
            reader.take()
    if done and verb.base in LIVENING and reader.take_if("with"):
        frame_add(reader, Verb("add", "add", "base", False))  # "liven it up with some birds"
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
        if verb.base in RECOVERING and name == "highlights":
            sign = -1
        if ref.target.phrase and not ref.is_image and ref is not WHOLE:
            reader.reading.mention([ref])
        if verb.base == "deepen":
            sign = -1 if name == "shadows" else 1
        adjust(reader, ref, name, sign)
        return True
    if verb.base in RECOVERING:
        return recovered(reader, verb, phrase)
    of_step = verb.base in OF_STEPS
    if phrase.pronoun and strength_again(reader, sign, of_step=of_step):
        return True
    if phrase.pronoun and of_step:
        return False
    if phrase.target.category in ("sharpness", "crispness"):
        focus(reader, _anchor(phrase), blur=sign < 0)
        return True
    if phrase.target.category in ("blur", "bokeh", "blurriness"):
        focus(reader, _anchor(phrase), blur=sign > 0)
        return True
    if phrase.target.category in ("haze", "mist", "fog") and sign < 0:
        reader.reading.spoken |= {u.index for u in phrase.units}
        adjust(reader, _anchor(phrase), "clarity", 1)
        return True
    if phrase.target.category in ("size", "height", "width", "scale"):
        resize(reader, _anchor(phrase), sign, "size")
        return True
    if phrase.target.category in ("resolution",) and phrase.role != "image":
        resize(reader, WHOLE, sign, "size")
        return True
    if (
        head.has("colour")
        and phrase.target.category in ("", head.norm)
        and phrase.determiner in ("definite", "")
    ):
        tinge(reader, WHOLE, str(head.get("colour")), sign)
        return True
    colour = next((u for u in phrase.units if u.has("colour")), None)
    if colour is not None and (owner := _coloured(reader, phrase)) is not None:
        tinge(reader, owner, str(colour.get("colour")), sign)
        return True
    if colour is not None and phrase.target.category in (colour.norm, str(colour.get("colour"))):
        tinge(reader, _anchor(phrase), str(colour.get("colour")), sign)
        return True
    if head.has("weather") and not phrase.target.relation:
        apply_named(reader, "weather", str(head.get("weather")) if sign > 0 else "clear", WHOLE)
        return True
    if head.has("scale") and len(phrase.units) == 1:
        adjust(reader, WHOLE, head.get("scale").property, sign * head.get("scale").sign)
        return True
    if verb.base == "add more":
        return _more_of(reader, phrase)
    refs = reader.refs([phrase], "adjust")
    reader.reading.mention(refs)
    for ref in refs:
        if verb.base in LIVENING or (ref.is_image and sign > 0 and verb.base not in SIZING):
            apply_wish(reader, "pop", ref)
        elif verb.base in ("tone down", "mute", "subdue", "tame"):
            adjust(reader, ref, "saturation", -1)
        elif verb.base in ("dim", "lift"):
            adjust(reader, ref, "brightness", sign)
        elif verb.base in ("raise", "lower"):
            state = "raised" if sign > 0 else "lowered"
            fixed = f"{verb.base.capitalize()} {ref.words}"
            reader.draft("restyle", ref, fixed=fixed, style=state)
        else:
            more_or_less(reader, phrase, ref, sign)
    return True


def _coloured(reader: ClauseReader, phrase: Phrase) -> Ref | None:
    """Read "the red of the ears": what has the colour; None where no colour is spoken of so."""
    said = [u for u in phrase.units if not u.has("det")]
    tied = len(said) > 2 and said[0].has("colour") and said[1].norm in ("of", "in", "on")
    if not tied:
        return None
    place = reader.at
    reader.at -= len(phrase.units) - phrase.units.index(said[1]) - 1
    owner = reader.phrase("by", "to")
    reader.at = place
    return None if owner is None else reader.refs([owner], "adjust")[0]


def _more_of(reader: ClauseReader, phrase: Phrase) -> bool:
    """Read "add more roses to the bouquet" as adding roses, of which some are there."""
    reader.at -= len(phrase.units)
    before = len(reader.made)
    frame_add(reader, Verb("add", "add", "base", False))
    for draft in reader.made[before:]:
        if draft.op == "add":
            draft.params["what"] = f"more {draft.params['what']}"[:500]
    return len(reader.made) > before


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
            return scene_or_style(reader, (WHOLE,))
        if phrase.role == "image" and not reader.done:
            return become_any(reader, (WHOLE,))
        return frame_improve_on(reader, reader.refs([phrase], "adjust"))
    name, ref = found
    number = reader.amount.number if reader.amount.number is not None else reader.amount.percent
    sign = -1 if (number or 0) < 0 or reader.says("down", "lower") else 1
    if number is None and reader.amount.stops is None:
        reader.reading.note(f"it does not say how to change the {name}; it is raised a little")
    reader.take(len(reader.left) if reader.says("up", "down", "lower", "higher") else 0)
    adjust(reader, ref, name, sign)
    return True


def frame_improve(reader: ClauseReader, verb: Verb) -> bool:
    """Read "fix the lighting", "enhance the photo", "retouch the skin"."""
    if reader.says("it", "that", "this", "these", "those") and len(reader.left) == 1:
        latest = reader.reading.latest
        if latest and not reader.made:  # "it is too yellow, can you fix that": it is asked already
            reader.take()
            reader.made.extend(latest)
            return True
    if (done := defect(reader)) is not None:
        return done
    phrases = reader.phrases()
    refs = reader.refs(phrases, "grade") if phrases else (WHOLE,)
    reader.take_if("up")
    if phrases and phrases[0].target.category in ("perspective", "horizon", "tilt"):
        fixed = f"{verb.base.capitalize()} {phrases[0].with_article}"
        reader.draft("rotate", WHOLE, fixed=fixed, straighten=True)
        return True
    if reader.says("out", "away") and phrases:
        for ref in refs:
            remove(reader, ref)
        return True
    if (phrases and (found := property_of(phrases[0])) is not None) or (
        phrases and phrases[0].units[-1].has("domain", "effect_noun")
    ):
        name = found[0] if phrases and (found := property_of(phrases[0])) else "exposure"
        if name in ("temperature", "tint", "hue"):
            reader.reading.note(
                f"'{join(phrases[0].units)}': it does not say which way; say warmer or cooler"
            )
            reader.rest_text()
            reader.taken.clear()
            return True
        reader.reading.note(f"'{join(phrases[0].units)}' was read as {name}, raised a little")
        adjust(reader, WHOLE, name, -1 if name == "highlights" else 1)
        return True
    return frame_improve_on(reader, refs)


def frame_improve_on(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Make something look better without saying how."""
    for ref in refs:
        if ref.is_image:
            apply_wish(reader, "better", ref)
        elif ref.target.category in DAMAGE:
            remove(reader, ref)  # "fix the scratches"
        else:
            reader.draft("restyle", ref, style=BETTER)
            reader.reading.note(f"it does not say what is wrong with {ref.words}")
    return True


def _is_relit(verb: Verb) -> bool:
    return verb.base.startswith("re")


def frame_relight(reader: ClauseReader, verb: Verb) -> bool:
    """Read "relight it as sunset", "light up the face"."""
    # "It" is relit as a picture is; what is lit up may be a thing.
    refs = refs_or_image(reader, "relight" if _is_relit(verb) else "adjust", "with", "from")
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
        adjust(reader, ref, "brightness", 1)
    if text:
        reader.reading.note(f"light '{text}' was read as brighter")
    return True
