"""Clauses without a leading verb: "warmer", "bg blur", "the sky should be pink", "no people"."""

from __future__ import annotations

from orchestrator.language.besides import lighting
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.described import described
from orchestrator.language.drafts import UNSAID
from orchestrator.language.fragments import (
    ADD,
    backdrop_alone,
    bare_wish,
    colour_alone,
    issuing,
    predicate_alone,
    property_first,
    things_listed,
)
from orchestrator.language.frames import FRAMES
from orchestrator.language.frames_text import text_detail, write
from orchestrator.language.lexicon import Verb
from orchestrator.language.negations import negated
from orchestrator.language.phrase import compares
from orchestrator.language.promises import let_be, preserve
from orchestrator.language.references import resolve
from orchestrator.language.remarks import (
    remark,
)
from orchestrator.language.repeats import same_again
from orchestrator.language.scene import speaks_of_scene
from orchestrator.language.subjects import subject
from orchestrator.language.tones import says_way, tone_pairs
from orchestrator.language.units import Unit

WISHES = frozenset({"i want", "i would like", "i need", "we want", "we would like", "i would love"})
"""Words that begin a wish of its own."""
UNTOUCHED = frozenset({"change", "changes", "edit", "edits", "editing", "tampering", "touching"})
"""What there is none of where something is to stay."""


def read_statement(reader: ClauseReader) -> bool:
    """Try what a clause without a verb may be, the most telling first."""
    if reader.done:
        return False
    if reader.sees("do_same"):
        return same_again(reader)
    if text_detail(reader) or (reader.sees("text_noun") and reader.find(_quoted) and write(reader)):
        return True
    titled = reader.sees("det") and reader.find(_quoted) == 2
    if titled and (reader.says("date", offset=1) or reader.sees("text_noun", offset=1)):
        return write(reader)  # "(make it old,) the date '1923' in the corner"
    unit = reader.peek()
    if reader.says("with") and reader.find(lambda u: u.has("same")) is not None:
        reader.take()
        return let_be(reader)
    if unit is not None and unit.get("det") == "none":
        if _untouched(reader):
            return True
        reader.take()
        return FRAMES["remove"](reader, Verb("remove", "remove", "base", False))
    notes, unsaid = reader.reading.notes, list[str]()
    for attempt in (
        _narrated,
        _there_is,
        tone_pairs,
        backdrop_alone,
        described,
        things_listed,
        _instead,
        property_first,
        _gap,
        predicate_alone,
        issuing,
        subject,
        colour_alone,
        bare_wish,
    ):
        place, taken, made = reader.at, set(reader.taken), len(reader.made)
        told = len(notes)
        if attempt(reader):
            return True
        if len(reader.made) > made:
            return True
        reader.at, reader.taken = place, taken
        unsaid += [note for note in notes[told:] if UNSAID in note]
        notes[told:] = [note for note in notes[told:] if UNSAID not in note]
    notes += unsaid  # only where no other way to read it says what to make of it
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
    "hit", "broke", "flew", "forgot", "met", "drove", "happened", "snuck", "jumped", "walked",
    "wandered",
    "blinked", "moved", "photobombed", "appeared", "decided", "ended", "landed", "stepped",
    "turned",
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
    return remark(reader, resolve(reader.reading, phrase))


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
            ("want", "like", "need", "get", "have", "love", "wish", "gimme", "give me", "prefer")
        )
        for u in reader.clause.units[: reader.at]
    )
    named = reader.sense("det") == "indefinite" or reader.sees("number_word")
    at = reader.find(_makes_something_of_it)
    kind = at is not None and at + 1 == len(reader.left) and reader.left[at].has("effect_noun")
    if wants and named and (at is None or kind):  # "a golden hour feel"
        return FRAMES["add"](reader, ADD)
    return False


def _makes_something_of_it(unit: Unit) -> bool:
    """Whether a unit after "I want X" says what should become of X."""
    done = unit.verb is not None and unit.verb.form == "ed"
    return unit.has("copula", "gone") or unit.norm == "to" or done


_NO_COMPARING = frozenset({"increase", "decrease", "add", "remove"})
"""Classes of verbs whose things become nothing: "add sky above the tower, the tower smaller"."""


def _gap(reader: ClauseReader) -> bool:
    """Read "…and the car with a bus", "…and the grass greener": the verb is the one before."""
    verb = reader.reading.verb
    turned = isinstance(verb, Verb) and verb.cls in ("flip", "rotate")
    ways = ("axis", "turn", "turn_amount", "side", "direction")
    if turned and reader.clause.link == "and" and reader.sees(*ways):
        return FRAMES[verb.cls](reader, verb)  # "flip it vertically, I mean horizontally"
    if (
        not isinstance(verb, Verb)
        or reader.clause.link not in ("and", "but")
        or verb.cls in ("crop", "rotate", "flip", "blur", "sharpen", "adjust", "mention")
    ):
        return False
    if any(u.has("polite") and u.norm in WISHES for u in reader.clause.units[: reader.at]):
        return False  # "(take the cup away), I would like the car grey"
    unit = reader.peek()
    after = reader.peek(1)
    strange = unit is not None and unit.kind == "word" and not unit.senses
    if strange and after is not None and after.get("det") == "definite":
        return False  # "(remove the car,) please frobnicate the gizmo": a deed nobody listed
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
    words = [u for u in reader.left if u.kind != "mark"]
    if lighting(words):
        return False  # "(add a cat,) softer light"
    if verb.cls == "remove" and words[0].norm.endswith("er") and says_way(words[0]):
        return False  # "(no clouds,) deeper blue sky"
    behind = words[0].has("background") or (
        words[-1].has("background") and not words[0].has("det", "pronoun")
    )
    if behind and len(words) > 1 and verb.cls in ("remove", "add", "give", "keep"):
        return False  # "(remove the cup,) background plain white", "… pale background"
    if verb.cls == "make" and not _states(reader):
        return False  # "(make it old,) a white border"
    if verb.cls in _NO_COMPARING and any(compares(u) for u in reader.left):
        return False  # "(shadows lighter,) the highlights darker": the way is its own
    if verb.cls == "keep" and unit.has("rest"):
        return False  # "keep the car red, everything else black and white"
    if verb.cls != "keep" and reader.find(lambda u: u.has("same")) is not None:
        return False  # "…, people untouched"
    qualities = all(u.has(*QUALITIES) or u.kind == "mark" for u in reader.left)
    if qualities and (reader.reading.subject or unit.has("graded")):
        return False  # "(make the sky brighter) and warmer": of the sky, too
    return FRAMES[verb.cls](reader, verb)


def _states(reader: ClauseReader) -> bool:
    """Whether a thing without a verb ends in what it should be: "the grass greener"."""
    units = [u for u in reader.left if u.kind != "mark"]
    first, last = units[0], units[-1]
    if first.get("det") == "indefinite":
        return len(units) > 2 and (compares(last) or last.has("gone"))
    said = first.has("det", "pronoun", "background", "property", "subject", "rest")
    if said:
        return True
    if first.has("scale", "focus_adjective") or any(u.has("prep") for u in units):
        return compares(last)  # "(make it noir,) dark background", "… stars in the sky"
    done = last.verb is not None and last.verb.both and not last.has("adjective", "scale", "look")
    return not done


QUALITIES = (
    "scale", "focus_adjective", "more", "less", "conjunction", "filler", "polite", "graded",
)  # fmt: skip
"""What a bare predicate of what was spoken of last is made of."""
