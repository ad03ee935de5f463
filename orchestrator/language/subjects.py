"""Sentences about a thing: "the sky should be pink", "the photo is too dark", "bg blurred".

What the thing is said to be may be a wish, a complaint, a promise or a remark.
"""

from __future__ import annotations

from orchestrator.language.becoming import become_any
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.fragments import ADD
from orchestrator.language.frames import FRAMES
from orchestrator.language.frames_make import op_ahead
from orchestrator.language.making import add_thing, focus, remove
from orchestrator.language.passives import passive
from orchestrator.language.phrase import Phrase, compares
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.predicates import read_predicate
from orchestrator.language.promises import keep_rest, preserve
from orchestrator.language.properties import property_of, property_to
from orchestrator.language.remarks import (
    DESCRIBES,
    LOOKING,
    TELLING,
    remark,
    says_what,
    with_modal,
)
from orchestrator.language.strength import HOW_MUCH
from orchestrator.language.vague import told_at_last

FAULTS = ("scale", "focus_adjective")
FAULTY = frozenset({
    "blurry", "dark", "dim", "dull", "flat", "noisy", "grainy", "underexposed", "overexposed",
    "hazy", "washed out", "out of focus",
    "fuzzy", "soft", "drab", "gloomy", "blurred", "unsharp", "pale", "blown out",
    "bland", "lifeless", "blah", "meh", "lackluster", "lacklustre", "uninspiring", "murky", "dingy",
    "unreadable", "illegible", "harsh", "garish", "gaudy", "overcooked", "overdone", "poorly lit",
    "underlit", "backlit", "smoggy", "desaturated", "undersaturated", "muted", "faded",
    "cold-looking",
    "oversaturated", "under-exposed", "over-exposed",
})  # fmt: skip
"""What is a fault where it is said to be so ("the photo is blurry")."""
HARM = frozenset({
    "touch", "change", "remove", "replace", "move", "recolor", "adjust", "resize", "restyle",
    "blur", "improve", "take",
})  # fmt: skip
"""Classes of what must not be done to something that is to stay."""


def subject(reader: ClauseReader) -> bool:
    """Read "the sky should be pink", "bg blurred", "the photo is too dark", "dog -> cat"."""
    phrases = reader.phrases("to", "into", "->", "like", predicates=True)
    if not phrases:
        return False
    if reader.sense("det") == "all" and reader.sees("gone", offset=1):
        reader.take()  # "the pole and the wire: all gone"
    op = op_ahead(reader)
    refs = reader.refs(phrases, op)
    if phrases[0].words.lower() in ("it", "they") and (meant := told_at_last(reader.reading)):
        refs = meant
    found = property_of(phrases[0]) if len(phrases) == 1 else None
    reader.skip("filler")
    modal = ""
    while (reader.sees("copula", "filler") or reader.says("still", "always")) and not reader.sees(
        "same"
    ):
        modal = with_modal(modal, reader.take()[0])
    negative = False
    while reader.sees("negation"):
        reader.take()
        negative = True
    while reader.sees("copula", "filler") or reader.says("still", "always", "also"):
        modal = with_modal(modal, reader.take()[0])
    if phrases[0].words.lower().startswith("nothing") and _harmed(reader):
        reader.take(len(reader.left))
        keep_rest(reader, phrases[0])
        return True
    if negative and _harmed(reader):
        reader.take(len(reader.left))
        for ref in refs:
            preserve(reader, ref)
        return True
    excess = not negative and (
        reader.strength.excess or (modal.endswith("too") and reader.sees("colour"))
    )
    if (
        modal in DESCRIBES
        and not negative
        and reader.sees(*FAULTS)
        and reader.peek() is not None
        and reader.says(*FAULTY)
    ):
        excess = True
    if modal in DESCRIBES and not negative and _too_much(reader):
        excess = True
    if reader.says("enough"):
        reader.take()
    if "stay" in modal or "remain" in modal or "change" in modal or reader.sees("same"):
        reader.take(len(reader.left))
        for ref in refs:
            preserve(reader, ref)
        return True
    if reader.done:
        return _verbless(reader, phrases, refs)
    if reader.says("from") and reader.find(lambda u: u.norm in ("to", "into", "->")) is not None:
        reader.take()
        reader.phrase("to", "into", "->")
        if not reader.says("to", "into", "->"):
            reader.take()
    if reader.says("in") and reader.sees("look", "style", "colour", offset=1):
        reader.take()
    if reader.says("to", "into", "->"):
        reader.take()
        return become_any(reader, refs)
    unit = reader.peek()
    if found is not None and unit is not None:
        return property_to(reader, *found, complaint=excess)
    if unit is not None and unit.verb is not None:
        if unit.verb.form == "ed" and not excess and passive(reader, unit.verb, refs):
            return True
        if unit.verb.cls in ("blur", "sharpen"):
            reader.take()
            for ref in refs:
                focus(reader, ref, blur=unit.verb.cls == "blur")
            return True
        if unit.verb.cls == "remove" and unit.verb.form == "base":
            reader.take()
            for ref in refs:
                remove(reader, ref)
            return True
    wants = ("need", "could use", "can use", "deserve", "has", "have", "lack", "should have")
    becomes = modal.split()[-1:] and modal.split()[-1] in ("be", "look", "become", "feel", "to be")
    if (
        any(w in modal for w in wants)
        and not becomes
        and (
            reader.sees("det", "more", "less")
            or (unit is not None and not unit.has("scale", "size", "colour", "look"))
        )
    ):
        if reader.sees("more", "less") and read_predicate(reader, refs):
            return True
        return FRAMES["add"](reader, ADD) if refs[0].is_image else _give(reader, refs)
    names = unit is not None and (unit.get("det") == "definite" or unit.has("pronoun"))
    if not modal and names and not reader.sees("more", "less", "degree"):
        return False  # "smurfify the cat": no word says what becomes of what
    reader.skip("polite")
    going_on = (
        unit is not None and unit.norm.endswith("ing") and not unit.has("scale", "wish", "gone")
    )
    if modal in ("is", "are", "was", "were") and not negative and going_on and not excess:
        return remark(reader, refs)  # "the paint is peeling"
    if modal in TELLING and not excess and not says_what(reader, modal):
        return remark(reader, refs)
    plain = unit is not None and unit.has("adjective") and not unit.has(*_WISHED)
    plain = plain and unit is not None and not compares(unit)
    if modal in DESCRIBES and plain and not negative and not excess:
        return remark(reader, refs)  # "the beach is packed"
    told = unit.get("scale") if unit is not None else None
    if modal in (*LOOKING, "feels", "feel") and not negative and told is not None:
        excess = excess or (told.property == "temperature" and told.form == "plain")
    if modal in LOOKING and not negative and reader.sees("colour") and not reader.sees("look"):
        excess = True  # "the skin looks orange" is a complaint
    made = len(reader.made)
    done = read_predicate(reader, refs, complaint=excess)
    for draft in reader.made[made:] if excess else ():
        draft.loosely = reader.strength.percent is None and reader.strength.stops is None
    reader.reading.complains = done and excess
    reader.reading.told = reader.made[made:] if modal in DESCRIBES else []
    if done and not any(d.op in ("remove", "replace") for d in reader.made):
        reader.reading.mention(refs)
        reader.reading.subject = refs
    return done


def _too_much(reader: ClauseReader) -> bool:
    """Read "(the street is) a little bright": what is said with its degree is a complaint."""
    unit = reader.peek()
    scale = unit.get("scale") if unit is not None else None
    told = reader.strength.level in HOW_MUCH
    if unit is not None and unit.has("colour") and not unit.has("look", "style"):
        # "The grass is a bit yellow"; "the car is very red" may be a wish.
        return reader.strength.level == "slight" and not compares(unit)
    return scale is not None and scale.form == "plain" and told


_WISHED = (
    "scale", "size", "colour", "look", "style", "focus_adjective", "gone", "verb", "wish", "action",
    "upside_down", "weather", "relight",
)  # fmt: skip


def _harmed(reader: ClauseReader) -> bool:
    """Whether a verb of change is ahead ("(the sky should not) be touched")."""
    unit = reader.peek()
    return unit is not None and unit.verb is not None and unit.verb.cls in HARM


def _give(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    what = reader.phrase()
    if what is None:
        return False
    for ref in refs:
        add_thing(reader, what.words, ref, f"on {ref.words}")
    return True


def _verbless(reader: ClauseReader, phrases: list[Phrase], refs: tuple[Ref, ...]) -> bool:
    """Read "bg blur": the last word of the phrase is what to do."""
    phrase = phrases[-1]
    last = phrase.units[-1]
    if len(phrases) == 1 and len(phrase.units) > 1 and last.verb is not None:
        reader.at -= 1
        shorter = PhraseReader(reader.units).read(
            reader.at - (len(phrase.units) - 1), end=reader.at
        )
        if shorter is None:
            return False
        inner = reader.refs([shorter[0]])
        reader.take()
        if last.verb.cls in ("blur", "sharpen"):
            for ref in inner:
                focus(reader, ref, blur=last.verb.cls == "blur")
            return True
    return False
