"""What words point at: pronouns, owners and "the other one" made explicit.

Works out the target of a phrase from what the reading has mentioned so far. Reads no wishes and
drafts no steps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from orchestrator.language.articles import with_the
from orchestrator.language.drafts import MARKED, WHOLE, Draft, Reading, Ref
from orchestrator.language.not_it import GLOBAL_OPS, not_it
from orchestrator.language.owners import POSSESSIVES, may_own, owned_by, owners, usual_owner
from orchestrator.language.phrase import Phrase
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.places import FRAME_NOUNS, side_alone
from orchestrator.language.units import read_units
from tools.target import IMAGE, Ordinal, Target

POINTING = {
    "this": "this",
    "that": "that",
    "these": "this",
    "those": "that",
    "this one": "this",
    "that one": "that",
}
"""Words for what the person marked, where nothing was spoken of -> their category."""
PERSONS = {
    "him": "man",
    "he": "man",
    "himself": "man",
    "her": "woman",
    "she": "woman",
    "herself": "woman",
}
"""Who a personal pronoun means where nobody was spoken of."""
NOBODY = frozenset({
    "pose", "face", "hair", "skin", "smile", "dress", "shirt", "background", "sky", "wall", "eye",
    "expression", "hand", "jacket", "clothes", "outfit", "floor", "colour", "color", "light",
    "text",
    "house", "car", "tree", "water", "street", "building", "room", "grass", "logo", "image", "hat",
})  # fmt: skip
"""What no "him" or "her" stands for."""
_OF_THINGS_TOO = frozenset({"grade", "flip", "rotate"})
"""Global ops that are also done to a thing, so that with a marked one "it" is that."""
_OF_MARKS = frozenset({"it", "them", *POINTING})
"""Pronouns that may mean the marked region."""


def resolve(reading: Reading, phrase: Phrase, op: str = "") -> tuple[Ref, ...]:
    """What a phrase points at, with pronouns and "the other one" made explicit."""
    if phrase.pronoun == "other":
        return (other(reading, phrase),)
    if phrase.pronoun in ("ones", "former") and not phrase.target.category:
        return (_anchored(reading, _one(reading, phrase)),)
    if not phrase.pronoun and not phrase.role and _says_one(phrase):
        return (_anchored(reading, _one(reading, phrase)),)
    if phrase.pronoun:
        return _pronoun(reading, phrase, op)
    if phrase.role == "image":
        shows = _shows(phrase, op)
        if shows:
            reading.spoken |= {unit.index for unit in phrase.units}
        whole = phrase.target.relation is None or shows
        return (Ref(IMAGE, "the picture") if whole else Ref(phrase.target, phrase.with_article),)
    if phrase.role == "rest" and phrase.target.exclude is None:
        return (_rest(reading, phrase),)
    found = Ref(phrase.target, phrase.with_article, _maker(reading, phrase), phrase.number)
    return (_owned(reading, _anchored(reading, found), phrase),)


def _shows(phrase: Phrase, op: str) -> bool:
    """Whether "this photo of my dog" is the picture, and no picture on a wall in it."""
    relation = phrase.target.relation
    kept = op in ("remove", "replace", "move", "add")
    if relation is None or kept or relation.kind != "part_of" or relation.anchor.relation:
        return False
    if not any(unit.norm == "of" for unit in phrase.units):
        return False  # "my daughter's birthday picture" may hang on a wall
    return phrase.units[0].norm in ("this", "my", "our") and relation.anchor.category != "image"


def _owned(reading: Reading, ref: Ref, phrase: Phrase) -> Ref:
    """Read "her face": a part of whom "her" stands for."""
    said = phrase.units[0].norm if phrase.units else ""
    if said not in POSSESSIVES or ref.target.relation is not None or phrase.role:
        return ref
    for mention in reversed(reading.mentions):
        for owner in reversed(mention.refs):
            if mention.alive and may_own(said, owner.target):
                words = f"{owners(owner.words)} {phrase.words.split(' ', 1)[-1]}"
                reading.note(f"read '{phrase.words}' as {words}")
                whose = owner.target.model_copy(update={"exclude": None})
                return replace(ref, target=owned_by(ref.target, whose), words=words)
    usual = usual_owner(said)
    return ref if usual is None else replace(ref, target=owned_by(ref.target, usual))


def _says_one(phrase: Phrase) -> bool:
    """Whether a description is of "the one": of the kind that was spoken of last."""
    said = phrase.words.lower().split()
    return not phrase.target.category and said[:1] == ["the"] and said[1:2] in (["one"], ["ones"])


def _anchored(reading: Reading, ref: Ref) -> Ref:
    """Read "the bin behind him": behind whom was spoken of."""
    relation = ref.target.relation
    said = "" if relation is None else relation.anchor.phrase.lower()
    if relation is None or relation.anchor.category or said not in _ANCHORS:
        return ref
    for mention in reversed(reading.mentions):
        for other_ref in reversed(mention.refs):
            anchor = other_ref.target
            known = anchor.category and not other_ref.is_image and anchor.category not in NOBODY
            if not known or (said == "them") != (other_ref.number == "many"):
                continue
            near = relation.model_copy(update={"anchor": anchor})
            reading.note(f"read '{relation.anchor.phrase}' as {other_ref.words}")
            return replace(ref, target=ref.target.model_copy(update={"relation": near}))
    who = PERSONS.get(said)
    if who is None:
        return ref
    near = relation.model_copy(update={"anchor": Target(phrase=f"the {who}", category=who)})
    return replace(ref, target=ref.target.model_copy(update={"relation": near}))


_ANCHORS = frozenset({*PERSONS, "it", "them"})


def _rest(reading: Reading, phrase: Phrase) -> Ref:
    """Read "everything else": all but what was spoken of last."""
    for mention in reversed(reading.mentions):
        refs = [ref for ref in mention.refs if not ref.is_image]
        if mention.alive and refs:
            words = f"everything except {refs[-1].words}"
            return Ref(
                phrase.target.model_copy(
                    update={
                        "exclude": refs[-1].target.model_copy(update={"exclude": None}),
                        "phrase": words,
                    }
                ),
                words,
            )
    return Ref(phrase.target, phrase.with_article)


def _maker(reading: Reading, phrase: Phrase) -> Draft | None:
    """The earlier draft that makes the thing a definite phrase names, or its anchor."""
    target: Target | None = phrase.target
    while target is not None:
        for draft in reversed(reading.drafts):
            if (
                target.category
                and draft.makes == target.category
                and phrase.determiner != "indefinite"
            ):
                return draft
        target = target.relation.anchor if target.relation else None
    return None


def _pronoun(reading: Reading, phrase: Phrase, op: str) -> tuple[Ref, ...]:
    if reading.marked and _means_mark(reading, phrase, op):
        return (MARKED,)
    if op in GLOBAL_OPS and phrase.pronoun == "one":
        return (WHOLE,)
    if op == "remove" and (gone := _just_removed(reading)) is not None:
        return (gone,)
    many = phrase.pronoun == "many"
    objects_only = op in ("resize", "recolor", "move", "remove", "replace", "restyle", "add")
    fallback: tuple[Ref, ...] = ()
    for mention in reversed(reading.mentions):
        if not mention.alive or (objects_only and all(r.is_image for r in mention.refs)):
            continue
        if reading.plain and mention.recent and phrase.words.lower() == "it":
            continue
        if phrase.words.lower() in PERSONS and mention.refs[-1].target.category in NOBODY:
            continue  # "don't change the pose, give her …"
        if phrase.words.lower() == "it" and not_it(reading, mention, op):
            continue
        plural = len(mention.refs) > 1 or mention.refs[-1].number == "many"
        if plural == many:
            return _told(reading, phrase, mention.refs)
        if not fallback and not many:
            fallback = mention.refs[-1:]
        elif not fallback:
            fallback = mention.refs
    if fallback:
        return _told(reading, phrase, fallback)
    said = phrase.words.lower()
    if objects_only and (
        said in POINTING or (said in ("it", "them") and op in ("remove", "replace", "move"))
    ):
        return (Ref(Target(phrase=said, category=POINTING.get(said, said)), said),)
    who = PERSONS.get(said)
    if who is not None:
        return _told(
            reading, phrase, (Ref(Target(phrase=f"the {who}", category=who), f"the {who}"),)
        )
    return (WHOLE,)


def _just_removed(reading: Reading) -> Ref | None:
    """Read "the flag is distracting, get rid of it": still the flag, not what was named before."""
    last = reading.drafts[-1] if reading.drafts else None
    mention = reading.mentions[-1] if reading.mentions else None
    if last is None or last.op != "remove" or mention is None:
        return None
    return last.ref if mention.recent and not mention.alive else None


def _means_mark(reading: Reading, phrase: Phrase, op: str) -> bool:
    """Whether a pronoun means the marked region: nothing of this instruction is nearer."""
    if op in GLOBAL_OPS - _OF_THINGS_TOO or phrase.words.lower() not in _OF_MARKS:
        return False
    return not any(mention.recent and mention.alive for mention in reading.mentions)


def _told(reading: Reading, phrase: Phrase, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
    named = " and ".join(ref.words for ref in refs)
    if not all(ref.is_image for ref in refs):
        reading.note(f"read '{phrase.words}' as {named}")
    return refs


def last_thing(
    reading: Reading, category: str = "", *, made: bool = True, added: bool = True
) -> Ref | None:
    """The thing, not the picture, that was spoken of last; None where there is none.

    Args:
        reading: the instruction so far.
        category: of which kind; "" = any.
        made: also what a step put in another thing's place.
        added: also what a step added.
    """
    for mention in reversed(reading.mentions):
        for ref in reversed(mention.refs):
            if (ref.made and not made) or (
                not added and ref.source is not None and ref.source.op == "add"
            ):
                continue
            if not ref.is_image and ref.target.category and category in ("", ref.target.category):
                return ref
    return None


def _one(reading: Reading, phrase: Phrase) -> Ref:
    """Read "the left one": the noun of the thing spoken of last."""
    last = last_thing(reading, added=False) or last_thing(reading)
    place = side_alone(phrase.target, phrase.units)
    if place is not None and (last is None or not _one_of_several(last)):
        return Ref(place, phrase.with_article)
    if last is None:
        return Ref(phrase.target, phrase.with_article)
    told = phrase.target.relation or phrase.target.exclude
    if last.target.category in ("background", "image"):
        return Ref(phrase.target, phrase.with_article)
    # "The one next to the dog" says which by itself; its words stay as they are.
    words = phrase.words if told else _renamed(phrase.words, _noun_of(last))
    target = phrase.target.model_copy(update={"category": last.target.category, "phrase": words})
    reading.note(f"read '{phrase.words}' as {words}")
    return Ref(target, words)


def other(reading: Reading, phrase: Phrase, of: Ref | None = None) -> Ref:
    """Read "the other one": the same noun, another place in the row, not the one before."""
    last = (
        of
        or last_thing(reading, phrase.target.category, made=False)
        or last_thing(reading, phrase.target.category)
    )
    if last is None:
        return Ref(phrase.target, phrase.with_article)
    ordinal = last.target.ordinal
    flipped = None
    if ordinal is not None and ordinal.index == 1:
        opposite: dict[str, Any] = {
            "left": "right",
            "right": "left",
            "top": "bottom",
            "bottom": "top",
            "front": "back",
            "back": "front",
        }
        flipped = Ordinal(index=1, side=opposite[ordinal.side])
    if flipped is not None and last.target.category in FRAME_NOUNS:
        words = f"the {flipped.side} {_noun_of(last)}"
        reading.note(f"read '{phrase.words}' as {words}")
        halves: dict[str, Any] = {"ordinal": flipped, "phrase": words, "exclude": None}
        return Ref(last.target.model_copy(update=halves), words)
    words = f"the other {_noun_of(last)}"
    target = Target(
        phrase=words,
        category=last.target.category,
        attributes=tuple(a for a in phrase.target.attributes if a != "other"),
        ordinal=flipped,
        exclude=last.target.model_copy(update={"exclude": None}),
    )
    reading.note(f"read '{phrase.words}' as {words}, not {last.words}")
    return Ref(target, words)


def _one_of_several(ref: Ref) -> bool:
    """Whether there are more of its kind, so that "the left" may be another one."""
    target = ref.target
    return ref.number == "many" or target.ordinal is not None or bool(target.superlative)


def _noun_of(ref: Ref) -> str:
    return ref.target.category or ref.words


def _renamed(words: str, noun: str) -> str:
    parts = words.split()
    if len(parts) > 2 and parts[1].lower() in ("one", "ones"):
        return " ".join([parts[0], noun, *parts[2:]])  # "the one on the right"
    if parts and parts[-1].lower() in ("one", "ones"):
        parts[-1] = noun
    elif not parts or parts[-1].lower() != noun:
        parts.append(noun)
    if parts[0].lower() not in (
        "the",
        "a",
        "an",
        "all",
        "both",
        "every",
        "each",
        "my",
        "this",
        "that",
    ):
        parts.insert(0, "the")
    return " ".join(parts)


def thing(words: str) -> Ref:
    """A ref to something named in words ("a white fox" -> the white fox)."""
    units = read_units(words)
    found = PhraseReader(units).read(0)
    category = found[0].target.category if found else ""
    plain = words
    for article in ("a ", "an ", "some ", "the "):
        if plain.lower().startswith(article):
            plain = plain[len(article) :]
            break
    attributes = found[0].target.attributes if found else ()
    number: Literal["one", "many"] = found[0].number if found else "one"
    return Ref(
        Target(phrase=with_the(plain)[:2000], category=category, attributes=attributes),
        with_the(plain),
        None,
        number,
    )
