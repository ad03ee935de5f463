"""Lost tones: "the veil is blown out, get that back", "recover the lace".

What is lost in the light gets darker highlights, what is lost in the dark lighter shadows. Which it
is, the complaint says; a complaint that asked for it already is answered once.
"""

from __future__ import annotations

import re

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.dictionary import is_english
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import adjust
from orchestrator.language.phrase import Phrase
from orchestrator.language.units import Unit

RECOVERING = frozenset({"recover", "rescue", "bring back", "get back"})
"""What is done to lost tones: shadows are raised, highlights lowered; nothing else is recovered."""
_LOST = {
    ("highlights", -1): re.compile(
        r"\b(blown|clipped|burn(t|ed) out|over-?exposed|washed out|bleached|whited out"
        r"|too bright)\b"
    ),
    ("shadows", 1): re.compile(
        r"\b(crushed|blocked up|under-?exposed|went black|gone black|too dark|in the dark)\b"
    ),
}
"""Tone and the way it is to go -> how it is said to be lost."""
_TONES = frozenset({"highlights", "shadows", "exposure", "brightness"})


def recovered(reader: ClauseReader, verb: Verb, phrase: Phrase) -> bool:
    """Read what is to be brought back, where the instruction tells what it is lost in."""
    reading = reader.reading
    last = reading.drafts[-1] if reading.drafts else None
    lost = [way for way, said in _LOST.items() if said.search(reading.text.lower())]
    if last is not None and last in reading.latest and lost and last.op == "adjust":
        thing = phrase.pronoun or phrase.role != "image"
        if thing and last.params.get("property") in _TONES:
            # A word that nobody knows may name another thing; it is reported, not answered.
            strange = {unit.index for unit in phrase.units if _is_strange(unit)}
            last.units |= reader.taken - strange
            reading.spoken |= {unit.index for unit in phrase.units} - strange
            reader.made.append(last)
            return True
    named = not phrase.pronoun and phrase.role != "image"
    if not lost and not (named and verb.base in ("recover", "rescue")):
        return False
    name, sign = lost[0] if lost else ("brightness", 1)
    refs = reader.refs([phrase], "adjust")
    for ref in refs:
        adjust(reader, ref, name, sign)
    reading.mention(refs)
    return True


def _is_strange(unit: Unit) -> bool:
    """Whether nobody listed a word and it is no English one either."""
    return not unit.senses and not is_english(unit.norm)
