"""Whose colour is meant, and which one where none was named."""

from __future__ import annotations

from orchestrator.language.becoming import become_any
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.phrase import Phrase
from orchestrator.language.references import resolve
from orchestrator.language.shared_colours import RULE_COLOURS
from tools.target import Target


def open_change(reader: ClauseReader, refs: tuple[Ref, ...], phrases: list[Phrase]) -> bool:
    """Ask what something should become; nothing is drafted."""
    named = " and ".join(ref.words for ref in refs)
    reader.reading.note(f"{named}: it does not say what to change it to: what should it become?")
    reader.taken.clear()
    return False


def colour_of(phrase: Phrase, reader: ClauseReader) -> Ref | None:
    """The thing whose colour a phrase speaks of ("the color of the sneakers")."""
    target = phrase.target
    from_lexicon = target.category in (
        "color",
        "colour",
        "shade",
        "hue",
        "coloring",
        "colouring",
        "paint color",
        "paint colour",
    )
    if from_lexicon and target.relation is not None:
        anchor = target.relation.anchor.model_copy(
            update={"exclude": target.exclude or target.relation.anchor.exclude}
        )
        words = anchor.phrase
        if anchor.is_whole_image:
            return WHOLE
        unit_phrase = Phrase(anchor, words, phrase.units, "definite")
        return (
            resolve(reader.reading, unit_phrase)[0]
            if anchor.category
            else _pronoun_owner(reader, anchor)
        )
    if from_lexicon and target.attributes and not target.relation:
        noun = target.attributes[-1]
        return Ref(
            Target(
                phrase=f"the {' '.join(target.attributes)}",
                category=noun,
                attributes=target.attributes[:-1],
            ),
            f"the {' '.join(target.attributes)}",
        )
    if target.category in ("hair color", "hair colour", "eye color", "eye colour"):
        noun = target.category.split()[0]
        words = phrase.words.rsplit(" ", 1)[0]
        return Ref(target.model_copy(update={"category": noun, "phrase": words}), words)
    if from_lexicon and phrase.units[0].norm in ("its", "their", "his", "her"):
        return _pronoun_owner(reader, target)
    return None


def _pronoun_owner(reader: ClauseReader, target: Target) -> Ref:
    it = Phrase(Target(phrase="it"), "it", (), pronoun="one")
    return resolve(reader.reading, it, "recolor")[0]


def recoloured(reader: ClauseReader, ref: Ref) -> bool:
    """Draft the new colour named ahead, or one chosen by a told rule."""
    if reader.says("from"):
        reader.take()
        reader.phrase("to", "into")
    if reader.says("to", "into", "->", "as", "be"):
        reader.take()
        return become_any(reader, (ref,), colour=True)
    if reader.sees("colour"):
        return become_any(reader, (ref,), colour=True)
    if ref.is_image:
        return open_change(reader, (Ref(ref.target, "the colours of the picture"),), [])
    spoken = " ".join(reader.reading.colours)
    colour = next(
        (c for c in RULE_COLOURS if c not in spoken and c not in ref.target.attributes), "blue"
    )
    reader.draft("recolor", ref, colour=colour).ruled = True
    reader.reading.mention([ref])
    return True
