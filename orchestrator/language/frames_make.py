"""Verb frame of "make A pinker", "have the man smile", "get the car removed"."""

from __future__ import annotations

from orchestrator.language.becoming import become_any
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.colour_words import shade_of
from orchestrator.language.colours import colour_of, recoloured
from orchestrator.language.drafts import UNSAID, WHOLE, Ref
from orchestrator.language.frames_add import frame_add
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import adjust, recolor, wear
from orchestrator.language.passives import passive
from orchestrator.language.phrase import Phrase
from orchestrator.language.predicate_phrases import as_doing
from orchestrator.language.predicates import read_predicate
from orchestrator.language.promises import let_be
from orchestrator.language.properties import property_of, property_to, whose
from orchestrator.language.scene import apply_named, speaks_of_scene
from orchestrator.language.scene_or_style import scene_or_style


def frame_make(reader: ClauseReader, verb: Verb) -> bool:
    """Read "make A pinker", "make A look like B", "make A a fox", "have the man smile"."""
    reader.skip("filler")
    if reader.says("sure", "certain"):
        return False
    if verb.base == "let" and let_be(reader):
        return True
    if verb.base in ("get", "have") and reader.sees("det", "more") and not _has_predicate(reader):
        return _wanted(reader)
    if reader.says("it") and reader.says("stop", offset=1) and reader.sees("weather", offset=2):
        reader.take(3)  # "make it stop raining"
        apply_named(reader, "weather", "clear", WHOLE)
        return True
    if (
        reader.says("it")
        and (after := reader.peek(1)) is not None
        and after.has("weather")
        and not after.has("scale")
    ):
        reader.take()
        apply_named(reader, "weather", str(reader.take()[0].get("weather")), WHOLE)
        reader.skip("more", "filler", "degree")
        return True
    if reader.sees("more", "less") or (
        reader.sees("scale", "look", "relight", "aspect", "upside_down")
        and not _object_first(reader)
    ):
        reader.reading.subject = (WHOLE,)
        return read_predicate(reader, (WHOLE,))
    phrases = reader.phrases("into", "to", "as", "like", predicates=True)
    if not phrases:
        return read_predicate(reader, (WHOLE,))
    if len(phrases) == 1 and (at := _said_to_be(reader, phrases[0])):
        return _put_into(reader, phrases[0], at)
    if reader.done and len(phrases) == 1:
        return last_word_is_predicate(reader, phrases[0])
    op = op_ahead(reader)
    owner = colour_of(phrases[0], reader)
    if owner is not None:
        return recoloured(reader, owner)
    if phrases[0].target.category == "weather" and reader.sees("weather"):
        apply_named(reader, "weather", str(reader.take()[0].get("weather")), WHOLE)
        return True
    if (prop := property_of(phrases[0])) is not None:
        name, ref = prop
        return property_to(reader, name, ref)
    refs = (
        tuple(whose(x) or y for x, y in zip(phrases, reader.refs(phrases, op), strict=True))
        if _single(phrases)
        else reader.refs(phrases, op)
    )
    reader.reading.subject = refs
    if phrases[0].target.category in ("light", "lighting", "shadow") and reader.says(
        "soft", "softer", "even", "harsher", "harder"
    ):
        sign = 1 if reader.take()[0].norm.startswith("har") else -1
        for ref in refs:
            adjust(reader, ref if phrases[0].target.relation else WHOLE, "contrast", sign)
        return True
    if reader.says("into", "to", "as", "->"):
        reader.take()
        done = become_any(reader, refs)
    elif _passive(reader, refs):
        done = True
    else:
        done = read_predicate(reader, refs)
    if done and not any(d.op in ("remove", "replace") for d in reader.made):
        reader.reading.mention(refs)
    return done


_DONE_TO = frozenset({
    "made of", "filled", "covered", "surrounded", "pinned", "held", "tied", "crossed", "made",
    "carved", "coated", "wrapped", "decorated", "lit", "raised", "tucked", "rolled", "combed",
})  # fmt: skip
"""What is said of a thing to be done to it ("covered in snow"), beside participles."""


def _said_to_be(reader: ClauseReader, phrase: Phrase) -> int:
    """Where "(make the man) dressed as a pirate" says what he should be; 0 where it does not.

    Where more follows ("make the man sitting on the bench smile") the participle tells which man.
    """
    left = reader.left
    rest = not left or left[0].norm in ("as", "like") or all(u.has("direction") for u in left)
    if not rest or any(u.has("relative") for u in phrase.units):
        return 0
    for i, unit in enumerate(phrase.units):
        before = phrase.units[i - 1] if i else None
        if before is None or before.has("det", "prep", "ordinal", "side", "superlative_extra"):
            continue
        if i + 1 == len(phrase.units) and not left:
            return 0
        after = phrase.units[i + 1] if i + 1 < len(phrase.units) else None
        done = unit.verb is not None and unit.verb.form == "ed"
        tied = after is None or after.has("prep", "direction", "place") or unit.norm == "made of"
        if unit.has("participle") or ((done or unit.norm in _DONE_TO) and tied):
            return i
    return 0


def _put_into(reader: ClauseReader, phrase: Phrase, at: int) -> bool:
    """Draft the state that the words of ``phrase`` from ``at`` on say."""
    start = reader.at - len(phrase.units)
    reader.at = start
    named = reader.phrases_before(at)
    if not named or reader.at != start + at:
        return False
    refs = reader.refs(named, "restyle")
    reader.reading.subject = refs
    if str(reader.sense("participle")) in ("wearing", "holding") and reader.peek(2) is not None:
        return wear(reader, refs)
    text = reader.rest_text()
    for ref in refs:
        reader.draft("restyle", ref, style=text[:500], fixed=f"Make {ref.words} {text}")
    reader.reading.mention(refs)
    return True


def _single(phrases: list[Phrase]) -> bool:
    return len(phrases) == 1 and not phrases[0].pronoun


def _object_first(reader: ClauseReader) -> bool:
    after = reader.peek(1)
    return (
        after is not None
        and after.kind == "word"
        and not after.has("conjunction", "filler", "polite", "effect_noun", "whole")
    )


def _has_predicate(reader: ClauseReader) -> bool:
    return (
        reader.find(
            lambda u: (
                u.has("scale", "action", "gone", "says", "wear", "size", "colour")
                or (u.verb is not None and u.verb.form == "ed")
            )
        )
        is not None
    )


def _wanted(reader: ClauseReader) -> bool:
    return frame_add(reader, Verb("add", "add", "base", False))


def last_word_is_predicate(reader: ClauseReader, phrase: Phrase) -> bool:
    """Read "make the cat wet": no predicate was seen, so the last word of the phrase is one."""
    units = [u for u in phrase.units if not u.has("det")]
    if len(units) < 2 or units[-1].has("pronoun") or units[-2].has("prep"):
        if phrase.role == "image" and speaks_of_scene(phrase.units):
            reader.at -= len(phrase.units)
            return scene_or_style(reader, (WHOLE,))
        reader.reading.note(f"'{phrase.words}': {UNSAID}")
        reader.taken.clear()
        return False
    reader.at -= 1
    from orchestrator.language.phrases import PhraseReader

    start = reader.at - (len(phrase.units) - 1)
    found = PhraseReader(reader.units).read(start, end=reader.at)
    if found is None:
        return False
    refs = reader.refs([found[0]], "restyle")
    reader.reading.subject = refs
    shade = shade_of(reader.left)
    text = as_doing(reader.take()[0]).text
    for ref in refs:
        if shade:
            recolor(reader, ref, shade)
        else:
            reader.draft("restyle", ref, style=text)
    reader.reading.mention(refs)
    return True


def op_ahead(reader: ClauseReader) -> str:
    """The op a predicate will become, as far as one can tell: it decides what "it" may be."""
    for unit in reader.left[:6]:
        if unit.has("look", "style", "weather", "relight", "aspect", "season"):
            return "grade"
        scale = unit.get("scale")
        if scale is not None:
            return "grade" if scale.property in ("temperature", "contrast") else "adjust"
        if unit.has("size"):
            return "resize"
        if unit.has("action", "wear", "says", "gone"):
            return "restyle"
        if unit.has("colour"):
            return "recolor"
        if unit.has("focus_adjective"):
            return "adjust"
        if unit.has("wish"):
            return "grade"
    return "change"


_GONE = frozenset({"remove", "delete", "erase", "eliminate", "edit out", "cut out", "crop out"})
"""Verbs of the class ``remove`` that leave no state of a thing ("the gravel raked") behind."""


def _passive(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "(have the background) blurred", "(get the car) removed"."""
    unit = reader.peek()
    if (
        unit is None
        or unit.verb is None
        or unit.verb.form != "ed"
        or unit.has("look", "style", "focus_adjective", "scale", "gone", "participle")
        or unit.norm in _DONE_TO
    ):
        return False
    place, taken = reader.at, set(reader.taken)
    raked = reader.reading.plain and unit.verb.cls == "remove" and unit.verb.base not in _GONE
    if not raked and passive(reader, unit.verb, refs):
        return True
    if reader.made or all(ref.is_image for ref in refs):
        return False
    reader.at, reader.taken = place, taken
    text = reader.rest_text()  # "tinted", "lowered": a state that no verb here brings about
    for ref in refs:
        reader.draft("restyle", ref, style=text[:500])
    return True
