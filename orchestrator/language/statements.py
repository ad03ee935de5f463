"""Clauses without a leading verb: "warmer", "bg blur", "the sky should be pink", "no people"."""

from __future__ import annotations

from orchestrator.language.becoming import become_any
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.described import described
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.frames import FRAMES
from orchestrator.language.frames_make import op_ahead
from orchestrator.language.frames_text import text_detail, write
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import add_thing, adjust, focus, recolor, remove
from orchestrator.language.passives import passive
from orchestrator.language.phrase import Phrase, compares
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.predicates import read_predicate, scene_or_style
from orchestrator.language.promises import keep_rest, let_be, negated, preserve
from orchestrator.language.properties import property_of, property_to
from orchestrator.language.remarks import (
    DESCRIBES,
    LOOKING,
    TELLING,
    remark,
    says_what,
    with_modal,
)
from orchestrator.language.repeats import same_again
from orchestrator.language.scene import speaks_of_scene
from orchestrator.language.units import Unit
from tools.target import Target

FAULTS = ("scale", "focus_adjective")
FAULTY = frozenset({
    "blurry", "dark", "dim", "dull", "flat", "noisy", "grainy", "underexposed", "overexposed",
    "hazy", "washed out", "out of focus",
    "fuzzy", "soft", "drab", "gloomy", "blurred", "unsharp", "pale", "blown out",
    "bland", "lifeless", "blah", "meh", "lackluster", "lacklustre", "uninspiring", "murky", "dingy",
    "unreadable", "illegible", "harsh", "garish", "gaudy", "overcooked", "overdone", "poorly lit",
    "underlit", "backlit", "smoggy", "desaturated", "undersaturated", "muted", "faded", "cold-looking",
    "oversaturated", "under-exposed", "over-exposed",
})  # fmt: skip
"""What is a fault where it is said to be so ("the photo is blurry")."""
UNTOUCHED = frozenset({"change", "changes", "edit", "edits", "editing", "tampering", "touching"})
"""What there is none of where something is to stay."""
HARM = frozenset({
    "touch", "change", "remove", "replace", "move", "recolor", "adjust", "resize", "restyle",
    "blur", "improve", "take",
})  # fmt: skip
"""Classes of what must not be done to something that is to stay."""
ADD = Verb("add", "add", "base", False)


def read_statement(reader: ClauseReader) -> bool:
    """Try what a clause without a verb may be, the most telling first."""
    if reader.done:
        return False
    if reader.sees("do_same"):
        return same_again(reader)
    if text_detail(reader) or (reader.sees("text_noun") and reader.find(_quoted) and write(reader)):
        return True
    unit = reader.peek()
    if reader.says("with") and reader.find(lambda u: u.has("same")) is not None:
        reader.take()
        return let_be(reader)
    if unit is not None and unit.get("det") == "none":
        if _untouched(reader):
            return True
        reader.take()
        return FRAMES["remove"](reader, Verb("remove", "remove", "base", False))
    for attempt in (
        _narrated,
        _there_is,
        described,
        _instead,
        _property_first,
        _gap,
        _predicate_alone,
        _subject,
        _colour_alone,
        _bare_wish,
    ):
        place, taken, made = reader.at, set(reader.taken), len(reader.made)
        if attempt(reader):
            return True
        if len(reader.made) > made:
            return True
        reader.at, reader.taken = place, taken
    return False


def _says_of(unit: Unit) -> bool:
    """Whether a unit makes a statement of a clause ("is", "should not")."""
    return unit.has("copula") or (unit.has("negation") and " " in unit.norm)


def _quoted(unit: Unit) -> bool:
    return unit.kind == "quote"


def _untouched(reader: ClauseReader) -> bool:
    """Read "no changes to the sky"."""
    after = reader.peek(1)
    if after is not None and after.verb is not None and after.verb.form == "ing":
        reader.take()  # "no cropping"
        return negated(reader)
    if after is None or after.norm not in UNTOUCHED:
        return False
    reader.take(2)
    reader.skip("prep")
    phrases = reader.phrases()
    for ref in reader.refs(phrases):
        preserve(reader, ref)
    return bool(phrases)


def _there_is(reader: ClauseReader) -> bool:
    """Read "there should be a bird in the sky", "more trees"."""
    if reader.says("there"):
        reader.take()
        reader.skip("copula", "filler")
        if reader.sees("negation") or (reader.sense("det") == "none"):
            reader.take()
            return FRAMES["remove"](reader, Verb("remove", "remove", "base", False))
        return FRAMES["add"](reader, ADD)
    return False


_WENT = frozenset({
    "went", "came", "ran", "got", "stood", "sat", "fell", "blew", "left", "died", "took", "showed",
    "hit", "broke", "flew", "forgot", "met", "drove", "happened", "snuck", "jumped", "walked", "wandered",
    "blinked", "moved", "photobombed", "appeared", "decided", "ended", "landed", "stepped", "turned",
})  # fmt: skip
"""Verbs of a story: what happened is no wish."""


def _narrated(reader: ClauseReader) -> bool:
    """Read "some woman walked into it": told, not asked for; who it was may be spoken of next."""
    at = reader.find(lambda u: u.norm in _WENT and not u.has("participle"))
    if not at or any(u.has("copula", "polite", "quote") for u in reader.left):
        return False
    phrase = reader.phrase(end=at)
    if phrase is None or reader.units[reader.at].norm not in _WENT:
        return False
    return remark(reader, reader.reading.resolve(phrase))


def _instead(reader: ClauseReader) -> bool:
    """Read "a red car instead of the blue one"; "I want a dog on the sofa"."""
    old = reader.find(lambda u: u.has("instead_of"))
    said = old is not None and any(u.has("copula") for u in reader.left[:old])
    named = reader.sees("det", "number_word") or (old or 0) > 0
    if old is not None and not said and named and not reader.sees("verb"):
        return FRAMES["add"](reader, ADD)
    wants = any(
        u.has("polite")
        and u.norm.endswith(
            ("want", "like", "need", "get", "have", "love", "wish", "gimme", "give me")
        )
        for u in reader.clause.units[: reader.at]
    )
    named = reader.sense("det") == "indefinite" or reader.sees("number_word")
    if wants and named and reader.find(_makes_something_of_it) is None:
        return FRAMES["add"](reader, ADD)
    return False


def _makes_something_of_it(unit: Unit) -> bool:
    """Whether a unit after "I want X" says what should become of X."""
    done = unit.verb is not None and unit.verb.form == "ed"
    return unit.has("copula", "gone") or unit.norm == "to" or done


def _property_first(reader: ClauseReader) -> bool:
    """Read "brightness +20", "contrast up", "more contrast", "less noise", "bg blur"."""
    if reader.sees("more", "less") and not reader.sees("scale"):
        return (
            read_predicate(reader, _subject_refs(reader))
            or (reader.sees("more") and _more_things(reader))
            or _fewer(reader)
        )
    if reader.sees("property") and not reader.sees("background"):
        phrase = reader.phrase("by", "to")
        found = property_of(phrase) if phrase is not None else None
        if found is None:
            return False
        name, ref = found
        number = reader.amount.number if reader.amount.number is not None else reader.amount.percent
        sign = -1 if (number or 0) < 0 or (reader.amount.stops or 0) < 0 else 1
        unit = reader.peek()
        if unit is not None and (
            unit.get("direction") == "down" or unit.has("less") or unit.norm in ("lower", "down")
        ):
            sign = -1
        reader.take(1 if unit is not None and unit.has("direction", "less", "more", "size") else 0)
        adjust(reader, ref, name, sign)
        return True
    return False


def _more_things(reader: ClauseReader) -> bool:
    return FRAMES["add"](reader, ADD)


def _fewer(reader: ClauseReader) -> bool:
    if not reader.says("less", "fewer"):
        return False
    unit = reader.peek(1)
    if unit is None or unit.norm not in (
        "people",
        "clutter",
        "cars",
        "noise",
        "trees",
        "distractions",
    ):
        return False
    reader.take()
    return FRAMES["remove"](reader, Verb("remove", "remove", "base", False))


def _subject_refs(reader: ClauseReader) -> tuple[Ref, ...]:
    """What a predicate alone speaks of: what the clause before spoke of."""
    if reader.clause.link == "and" and reader.reading.subject:
        return reader.reading.subject
    return (WHOLE,)


def _gap(reader: ClauseReader) -> bool:
    """Read "…and the car with a bus", "…and the grass greener": the verb is the one before."""
    verb = reader.reading.verb
    turned = isinstance(verb, Verb) and verb.cls in ("flip", "rotate")
    if turned and reader.clause.link == "and" and reader.sees("axis", "turn", "turn_amount"):
        return FRAMES[verb.cls](reader, verb)  # "flip it vertically, I mean horizontally"
    if (
        not isinstance(verb, Verb)
        or reader.clause.link not in ("and", "but")
        or verb.cls in ("crop", "rotate", "flip", "blur", "sharpen", "adjust")
    ):
        return False
    unit = reader.peek()
    if unit is None or not (
        unit.has(
            "det",
            "pronoun",
            "background",
            "property",
            "ordinal",
            "side",
            "number_word",
            "subject",
            "rest",
        )
        or verb.cls in ("make", "keep", "increase", "decrease", "remove", "add")
    ):
        return False
    if reader.find(_says_of) is not None or speaks_of_scene(reader.left):
        return False
    if verb.cls == "keep" and unit.has("rest"):
        return False  # "keep the car red, everything else black and white"
    if verb.cls != "keep" and reader.find(lambda u: u.has("same")) is not None:
        return False  # "…, people untouched"
    if reader.reading.subject and all(u.has(*QUALITIES) or u.kind == "mark" for u in reader.left):
        return False  # "(make the sky brighter) and warmer": of the sky, too
    return FRAMES[verb.cls](reader, verb)


def _predicate_alone(reader: ClauseReader) -> bool:
    """Read "warmer", "black and white", "slightly brighter"."""
    if reader.sees("det", "pronoun") and not reader.sees("aspect", "look", "style", "degree"):
        return False
    unit = reader.peek()
    if unit is None:
        return False
    if unit.get("prep") == "like":
        return read_predicate(reader, _subject_refs(reader))
    if unit.has("whole") and reader.sees("except", offset=1):
        return False  # "everything but the sky in black and white"
    ratio = reader.peek(1)
    if unit.has("axis") and ratio is not None and ratio.unit == "ratio":  # "vertical 4:5"
        reader.take()
        unit = ratio
    if len(reader.left) > 1 and not _alone(reader):
        return False
    refs = _subject_refs(reader)
    if unit.has("aspect", "look", "weather", "relight") or (
        unit.has("scale") and unit.get("scale").property in ("temperature", "contrast")
    ):
        refs = refs if reader.reading.subject and reader.clause.link == "and" else (WHOLE,)
    if unit.has("gone", "action", "wear"):
        return False
    if unit.has(
        "scale",
        "size",
        "focus_adjective",
        "wish",
        "aspect",
        "upside_down",
        "graded",
        "more",
        "less",
    ) or unit.unit in ("ratio", "size"):
        return read_predicate(reader, refs)
    said = any(u.has("copula") and not u.has("effect_noun") for u in reader.left)
    if speaks_of_scene(reader.left) and not said:
        return scene_or_style(
            reader, (WHOLE,) if unit.has("look", "weather", "relight", "style") else refs
        )
    if unit.has("colour") and reader.reading.subject:
        return read_predicate(reader, reader.reading.subject)
    return False


def _colour_alone(reader: ClauseReader) -> bool:
    """Read "green": of what was spoken of last, else of the picture."""
    colour = reader.sense("colour")
    if colour is None or len(reader.left) > 1 or reader.clause.link in ("because", "if"):
        return False
    unit = reader.take()[0]
    it = Phrase(Target(phrase="it"), "it", (unit,), pronoun="one")
    refs = reader.reading.resolve(it, "recolor")
    if all(ref.is_image for ref in refs):
        reader.reading.note(f"'{unit.text}' names no thing, so the whole picture is meant")
    for ref in refs:
        recolor(reader, ref, str(colour))
    return True


_TO_LOSE = frozenset({
    "shadow", "reflection", "glare", "stain", "dust", "scratch", "wrinkle", "bag", "spot", "crease",
    "clutter", "wire", "blemish", "smudge", "noise", "haze", "flare", "line", "hair", "trash",
    "litter", "watermark", "photobomber", "speck", "crack", "cable", "acne", "pimple", "rubbish",
})  # fmt: skip
"""What somebody who only names it wants to be rid of."""


def _bare_wish(reader: ClauseReader) -> bool:
    """Read "puddles on the road", "a rainbow over the field": a thing and where, nothing more."""
    if any(u.has("copula", "negation", "pronoun") and u.norm != "one" for u in reader.left):
        return False
    place, taken = reader.at, set(reader.taken)
    phrase = reader.phrase()
    ends = reader.done
    reader.at, reader.taken = place, taken
    if phrase is None or phrase.role or phrase.pronoun or phrase.determiner in ("definite", "all"):
        return False
    last = phrase.units[0] if len(phrase.units) == 1 else None
    placed = phrase.target.relation is not None or bool(phrase.place)
    if not placed and (phrase.determiner != "indefinite" or last is not None or not ends):
        return False
    if phrase.target.category in _TO_LOSE:
        return FRAMES["remove"](reader, Verb("remove", "remove", "base", False))
    if reader.reading.verb is not None and reader.clause.link not in ("and", "then", ""):
        return False
    return FRAMES["add"](reader, ADD)


def _alone(reader: ClauseReader) -> bool:
    """Whether every word ahead belongs to a predicate rather than to a noun."""
    return all(
        u.has(*PREDICATIVE)
        or u.kind == "mark"
        or u.norm in ("crop", "ratio", "format")
        or u.unit in ("ratio", "size")
        for u in reader.left[: reader.find(lambda u: u.has("except") or u.norm == "for")]
    )


QUALITIES = ("scale", "focus_adjective", "more", "less", "conjunction", "filler", "polite")
"""What a bare predicate of what was spoken of last is made of."""
PREDICATIVE = (
    "scale", "size", "focus_adjective", "wish", "look", "style", "weather", "relight", "graded",
    "effect_noun", "conjunction", "more", "less", "whole", "filler", "polite", "det", "colour",
    "season", "prep", "than", "aspect",
)  # fmt: skip


def _subject(reader: ClauseReader) -> bool:
    """Read "the sky should be pink", "bg blurred", "the photo is too dark", "dog -> cat"."""
    phrases = reader.phrases("to", "into", "->", "like", predicates=True)
    if not phrases:
        return False
    op = op_ahead(reader)
    refs = reader.refs(phrases, op)
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
        reader.strength.level == "excess" or (modal.endswith("too") and reader.sees("colour"))
    )
    if (
        modal in DESCRIBES
        and not negative
        and reader.sees(*FAULTS)
        and reader.peek() is not None
        and reader.says(*FAULTY)
    ):
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
    if any(w in modal for w in wants) and not becomes and (
        reader.sees("det", "more", "less")
        or (unit is not None and not unit.has("scale", "size", "colour", "look"))
    ):
        if reader.sees("more", "less") and read_predicate(reader, refs):
            return True
        return FRAMES["add"](reader, ADD) if refs[0].is_image else _give(reader, refs)
    names = unit is not None and (unit.get("det") == "definite" or unit.has("pronoun"))
    if not modal and names and not reader.sees("more", "less", "degree"):
        return False  # "smurfify the cat": no word says what becomes of what
    reader.skip("polite")
    going_on = unit is not None and unit.norm.endswith("ing") and not unit.has("scale", "wish", "gone")
    if modal in ("is", "are", "was", "were") and not negative and going_on and not excess:
        return remark(reader, refs)  # "the paint is peeling"
    if modal in TELLING and not excess and not says_what(reader, modal):
        return remark(reader, refs)
    plain = unit is not None and unit.has("adjective") and not unit.has(*_WISHED)
    if modal in DESCRIBES and plain and not negative and not excess and not compares(unit):
        return remark(reader, refs)  # "the beach is packed"
    told = unit.get("scale") if unit is not None else None
    if modal in (*LOOKING, "feels", "feel") and not negative and told is not None:
        excess = excess or (told.property == "temperature" and told.form == "plain")
    if modal in LOOKING and not negative and reader.sees("colour") and not reader.sees("look"):
        excess = True  # "the skin looks orange" is a complaint
    done = read_predicate(reader, refs, complaint=excess)
    if done and not any(d.op in ("remove", "replace") for d in reader.made):
        reader.reading.mention(refs)
        reader.reading.subject = refs
    return done


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
