"""What is not to be done: "without touching the sky", "don't overdo it", "not the left one".

A deed that is ruled out is a promise, a limit on what was asked last, or nothing but a note. What
is said to stay by itself is ``promises``'s.
"""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import remove
from orchestrator.language.promises import PARTIAL, keep, preserve
from orchestrator.language.references import resolve
from orchestrator.language.units import join
from orchestrator.plan import Aspect, Preserve


def negated(reader: ClauseReader) -> bool:
    """A clause that says what not to do; the reader is past "don't" / "without"."""
    reader.skip("filler", "polite")
    unit = reader.peek()
    if unit is None:
        return False
    said = next((u.norm for u in reader.clause.units if u.has("negation")), "")
    if unit.norm == "like" or said.endswith(" want") or unit.norm == "want":
        return _unwanted(reader, gone=unit.norm != "like")
    if unit.verb is not None and (
        not unit.verb.both or reader.peek(1) is not None or unit.verb.cls == "crop"
    ):
        return _not_doing(reader, reader.take()[0].verb)
    return _not_this(reader)


def _unwanted(reader: ClauseReader, *, gone: bool) -> bool:
    """What is not wanted is removed; what is not liked is only spoken of."""
    reader.take_if("like", "want")
    reader.skip("det") if reader.sees("negation") else None
    phrases = reader.phrases("to")
    if not phrases:
        return False
    refs = reader.refs(phrases, "remove")
    wished = reader.says("to") or any(u.norm.startswith("to ") for u in reader.clause.units)
    if wished and not reader.done and not _to_be_there(reader):
        reader.rest_text()
        for ref in refs:
            preserve(reader, ref)
        return True
    if not gone:
        reader.reading.mention(refs)
        reader.reading.note(f"taken as a complaint, not as a request: {join(reader.clause.units)}")
        return True
    for ref in refs:
        remove(reader, ref)
    return True


def _to_be_there(reader: ClauseReader) -> bool:
    """Read "(I don't want the car) to be in the picture", not "… to change"."""
    return any(
        u.norm in ("visible", "seen", "shown", "there") or (u.has("prep") and u.norm != "to")
        for u in reader.left
    )


def _not_doing(reader: ClauseReader, verb: Verb | None) -> bool:
    reading = reader.reading
    if verb is None:
        return False
    reader.skip("polite", "filler")
    if verb.cls in (
        "touch",
        "change",
        "remove",
        "replace",
        "move",
        "recolor",
        "blur",
        "sharpen",
        "adjust",
        "improve",
        "resize",
        "crop",
        "set",
        "restyle",
        "rotate",
        "flip",
        "decrease",
        "increase",
    ) or verb.base in ("lose", "hide"):
        if verb.cls == "crop" and (
            reader.done
            or (
                reader.says("it", "the", "anything", "this", "that", "my", "or")
                and not _thing_ahead(reader)
            )
        ):
            reader.rest_text()
            reading.constraints.append(Aspect())
            return True
        becomes = verb.cls in ("change", "recolor", "restyle", "set")
        phrases = reader.phrases("to", "into", predicates=becomes)
        rest = reader.rest_text()
        if not phrases and verb.cls == "sharpen":
            reading.note(f"left undone as asked: {verb.base} {rest}".strip())
            return True
        if not phrases:
            return False
        for phrase in phrases:
            if phrase.units[-1].has("property"):
                reading.note(f"taken as a limit: {join(reader.clause.units)}")
            else:
                keep(reader, phrase, "")
        return True
    if verb.cls == "keep":
        phrases = reader.phrases()
        for ref in reader.refs(phrases, "remove"):
            remove(reader, ref)
        return bool(phrases)
    if verb.cls == "make" and (kept := _not_to_become(reader)):
        for ref in kept:
            preserve(reader, ref)
        return True
    if verb.cls == "make" or verb.base in ("go", "overdo"):
        return limit(reader)
    text = f"{verb.base} {reader.rest_text()}".strip()
    reading.note(f"left undone as asked: {text}")
    return True


def _not_to_become(reader: ClauseReader) -> tuple[Ref, ...]:
    """Read "without making my neck look weird": the things that must not become something."""
    place, taken = reader.at, set(reader.taken)
    phrases = reader.phrases(predicates=True)
    if not phrases or any(p.pronoun or p.role == "image" for p in phrases) or reader.done:
        reader.at, reader.taken = place, taken
        return ()
    refs = reader.refs(phrases)
    reader.rest_text()
    return refs


def _thing_ahead(reader: ClauseReader) -> bool:
    unit = reader.peek(1)
    return unit is not None and not unit.has("whole") and unit.kind == "word"


def limit(reader: ClauseReader) -> bool:
    """Read "don't make it too dark", "not too much": less of what was asked last."""
    reading = reader.reading
    text = join(reader.clause.units).strip(" ,")
    reader.rest_text()
    if not reading.drafts:
        reading.note(f"taken as a limit: {text}")
        return True
    last = reading.drafts[-1]
    for key, usual in (("amount", 0.5), ("strength", 0.5)):
        value = last.params.get(key)
        if isinstance(value, float):
            last.params[key] = round(value * usual, 3)
    reading.note(f"taken as a limit: {text}")
    return True


_MUCH = frozenset({"too", "so", "very", "overly"})


def _not_this(reader: ClauseReader) -> bool:
    """Read "not the left one", "not too much"."""
    reading = reader.reading
    left = [u for u in reader.left if u.norm not in _MUCH and not u.has("degree")]
    much = any(u.norm in _MUCH for u in reader.clause.units)
    if much and left and all(u.has("colour") and not u.has("scale") for u in left):
        reading.note(f"taken as a limit: {join(reader.clause.units).strip(' ,')}")
        reader.rest_text()  # "(vintage) but not too yellow": nothing yellow is to be kept
        return True
    if (
        reader.strength.excess
        or reader.strength.level == "strong"
        or reader.says("too", "much", "a lot", "so")
    ):
        return limit(reader)
    reader.skip("prep")
    phrase = reader.phrase()
    if phrase is None:
        return False
    ref = resolve(reading, phrase)[0]
    if phrase.role == "rest" or ref.is_image:
        reading.note(f"left as it is: {phrase.words}")
        return True
    if (
        reading.drafts
        and reading.drafts[-1].op in PARTIAL
        and reading.drafts[-1].exclude is None
        and ref.target != reading.drafts[-1].ref.target
    ):
        reading.drafts[-1].exclude = ref.target
    reading.constraints.append(Preserve(target=ref.target))
    return True
