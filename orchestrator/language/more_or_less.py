"""More or less of what is named: "reduce the glare", "increase the number of candles".

A thing grows and shrinks; glare is dimmed, steam is seen less, candles are fewer. Knows nouns, not
which verb asked.
"""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.making import adjust, resize, tinge
from orchestrator.language.phrase import Phrase
from orchestrator.language.scene import apply_named
from orchestrator.language.units import join
from orchestrator.language.word_kinds import is_of
from tools.target import Target

LIVENING = frozenset({
    "enhance", "emphasize", "emphasise", "accentuate", "bring out", "pop", "punch up", "intensify",
    "spice up", "jazz up", "liven up", "perk up", "pep up", "freshen up", "freshen", "enliven",
    "revitalise", "revitalize", "glam up", "vamp up", "zhuzh up", "zhoosh up", "snazz up",
    "ginger up", "fire up", "juice up",
})  # fmt: skip
"""Verbs by which a thing becomes livelier and grows in no way."""
SIZING = frozenset({"increase", "augment", "build up", "bolster"})
"""Verbs by which a picture may be meant to grow."""
_COUNTS = frozenset({"number", "amount", "quantity", "count"})


def more_or_less(reader: ClauseReader, phrase: Phrase, ref: Ref, sign: int) -> None:
    """Draft more (``sign`` +1) or less (-1) of ``ref``; a note where no plan can say it."""
    noun = ref.target.category
    relation = ref.target.relation
    head = [u for u in phrase.units if u.norm and get_lexicon().singular(u.norm) == noun][:1]
    if noun == "vignette":
        _vignette(reader, sign)
        return
    if (counted := _counted(phrase, ref)) is not None:
        reader.reading.spoken |= {u.index for u in phrase.units}
        reader.draft("restyle", counted, style="more of them" if sign > 0 else "fewer of them")
    elif (colour := _tone(noun)) and relation is not None and sign < 0:
        reader.reading.spoken |= {u.index for u in phrase.units}
        tinge(reader, Ref(relation.anchor, relation.anchor.phrase), colour, sign)
    elif noun == "shadow":
        adjust(reader, ref, "brightness", -sign)
    elif is_of("gleam", head):
        adjust(reader, ref, "highlights", sign)
    elif is_of("many", head):
        reader.draft("restyle", ref, style=_by(reader, "more of it" if sign > 0 else "less of it"))
    elif is_of("faint", head):
        seen = _by(reader, "more visible" if sign > 0 else "less visible")
        reader.draft("restyle", ref, style=seen, fixed=f"Make {ref.words} {seen}")
    else:
        resize(reader, ref, sign, "size")


def _counted(phrase: Phrase, ref: Ref) -> Ref | None:
    """Read "the number of candles": the candles; None where nothing is counted."""
    at = next((i for i, u in enumerate(phrase.units) if u.norm in _COUNTS), -1)
    rest = phrase.units[at + 2 :]
    if at < 0 or not rest or phrase.units[at + 1].norm != "of":
        return None
    words = join(rest)
    words = words if rest[0].has("det") else f"the {words}"
    noun = ref.target.category if ref.target.category not in _COUNTS else ""
    return Ref(Target(phrase=words, category=noun or "object", quantity="all"), words)


def _by(reader: ClauseReader, state: str) -> str:
    """A state with how much it should be so."""
    level = {"slight": "slightly ", "strong": "much ", "extreme": "much "}
    return f"{level.get(reader.amount.level, '')}{state}"


def _tone(noun: str) -> str:
    """The colour that a noun like "redness" speaks of; "" for others."""
    base = noun.removesuffix("ness")
    return base if base != noun and "colour" in get_lexicon().senses(base) else ""


def _vignette(reader: ClauseReader, sign: int) -> None:
    if sign > 0:
        apply_named(reader, "look", "vignette", WHOLE)
        return
    reader.reading.note(
        "a vignette that is there cannot be made weaker; say 'brighten the corners' instead"
    )
    for unit in reader.clause.units:
        reader.reading.claims.setdefault(unit.index, "note")
