"""Verb frame of painting, dyeing and tinting."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.colours import colour_of, recoloured
from orchestrator.language.drafts import WHOLE
from orchestrator.language.frames_make import last_word_is_predicate
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import recolor
from orchestrator.language.phrase import Phrase
from orchestrator.language.units import join


def _says_where(reader: ClauseReader) -> bool:
    """Whether the first "in" is that of "paint the cup in the mirror red", not of "in red"."""
    at = reader.find(lambda u: u.get("prep") == "in")
    if at is None or not reader.sees("det", offset=at + 1):
        return False
    named = reader.peek(at + 2)
    indefinite = reader.sense("det", offset=at + 1) == "indefinite"
    return not indefinite and named is not None and not named.has("colour", "colour_noun", "scale")


def _painted(reader: ClauseReader) -> list[Phrase]:
    """Take what is to have another colour."""
    if not _says_where(reader):
        return reader.phrases("to", "in", "into", "as", "with", predicates=True)
    # In "the wall in the room in green" the last "in" says which colour.
    last = max(i for i, u in enumerate(reader.left) if u.get("prep") == "in")
    coloured = any(u.has("colour", "colour_noun") for u in reader.left[last + 1 :][:2])
    end = last if coloured else len(reader.left)
    return reader.phrases_before(end, "to", "into", "as", "with", predicates=True)


def frame_recolor(reader: ClauseReader, verb: Verb) -> bool:
    """Read "paint the wall green", "dye her hair to blond", "tint it blue", "colorize"."""
    if reader.done:
        if verb.base.startswith(("colori", "colouri", "recolori")):
            reader.draft("restyle", WHOLE, style="natural colours", fixed="Colourise the picture")
            return True
        return False
    phrases = _painted(reader)
    if not phrases:
        return False
    owner = colour_of(phrases[0], reader)
    refs = (owner,) if owner is not None else reader.refs(phrases, "recolor")
    if verb.base.startswith(("colori", "colouri", "recolori")) and not reader.left:
        for ref in refs:
            reader.draft("restyle", ref, style="natural colours", fixed=f"Colourise {ref.words}")
        return True
    reader.skip("filler")
    while reader.says("to", "in", "into", "as", "with", "be", "a", "the"):
        reader.take()
    if not reader.left:
        done = False
        units = [u for u in phrases[-1].units if not u.has("det")]
        if len(units) > 1 and phrases[-1].target.relation is None:  # "paint the car banana"
            return last_word_is_predicate(reader, phrases[-1])
        for ref in refs:
            done = recoloured(reader, ref) or done
        return done
    named = reader.find(lambda u: u.has("colour"))
    if named is not None and named <= 2:
        colour = join([u for u in reader.take(named + 1) if not u.has("det")])
        while (
            reader.left
            and (reader.says(",") or reader.sees("conjunction"))
            and reader.sees("colour", offset=1)
        ):
            colour += f"{',' if reader.says(',') else ' and'} {reader.take(2)[1].text}"
        if reader.sees("colour_noun", "effect_noun"):
            reader.take()
    else:
        colour = reader.rest_text()
    for ref in refs:
        recolor(reader, ref, colour)
    reader.reading.mention(refs)
    return True
