"""What is built while an instruction is read: drafts of steps, promises, what "it" may mean.

Mutable working state of one call, turned into an immutable plan by ``assemble``. Knows no grammar.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from orchestrator.language.owners import POSSESSIVES, may_own, owned_by, owners, usual_owner
from orchestrator.language.phrase import Phrase
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.places import FRAME_NOUNS, side_alone
from orchestrator.language.units import Unit, read_units
from orchestrator.plan import Constraint, EditPlan, Op
from tools.target import IMAGE, Ordinal, Target

GLOBAL_OPS = frozenset({"relight", "weather", "grade", "crop", "flip", "rotate"})
"""Ops that mean the picture where "it" could be the picture or a thing."""


@dataclass(frozen=True)
class Ref:
    """A resolved target.

    Attributes:
        target: what the step acts on.
        words: how a sentence names it ("the left dog").
        source: the draft that makes it, where an earlier step does.
        number: one or many.
        made: it is what a step put in another thing's place.
    """

    target: Target
    words: str
    source: Draft | None = None
    number: Literal["one", "many"] = "one"
    made: bool = False

    @property
    def is_image(self) -> bool:
        """Whether it is the whole picture."""
        return self.target.is_whole_image and self.target.exclude is None


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
WHOLE = Ref(IMAGE, "the picture")
MARKED = Ref(Target(phrase="this", category=""), "this")
"""What the person marked."""
_OF_MARKS = frozenset({"it", "them", *POINTING})


@dataclass(eq=False)
class Draft:
    """A step being built; attributes as in ``orchestrator.plan.Step``.

    Attributes:
        units: indices of the units it stands for, some of them together with others of its clause.
        own: those that are its alone ("grain" of "add rain and grain").
        needs: drafts that must be done first.
        behind: drafts that the person wants done first, though nothing here builds on them.
        makes: head noun of the new thing, for later "it" and "the hat".
        words: how a sentence names its target.
        order: place in the instruction.
        fixed: instruction text where the op's usual wording does not fit.
        exclude: what is left out of the target.
        spare: more that is left out.
        executor: who must do it.
    """

    op: Op
    ref: Ref
    params: dict[str, Any] = field(default_factory=dict)
    units: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    needs: list[Draft] = field(default_factory=list)
    behind: list[Draft] = field(default_factory=list)
    makes: str = ""
    order: int = 0
    fixed: str = ""
    exclude: Target | None = None
    spare: tuple[Target, ...] = ()
    executor: str = "auto"

    @property
    def scope(self) -> Literal["local", "global"]:
        """Global where it acts on the whole picture."""
        if self.op == "add" or self.op == "text":
            return "local"
        return "global" if self.ref.is_image else "local"


@dataclass(frozen=True)
class Mention:
    """Things that were spoken of together."""

    refs: tuple[Ref, ...]
    alive: bool = True
    recent: bool = True


@dataclass
class Reading:
    """State of reading one instruction."""

    drafts: list[Draft] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    claims: dict[int, str] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)
    previous: EditPlan | None = None
    looks: frozenset[str] = frozenset()
    daytime: bool = False
    verb: Any = None
    subject: tuple[Ref, ...] = ()
    complains: bool = False
    text: str = ""
    colours: list[str] = field(default_factory=list)
    front: tuple[Ref, str] | None = None
    instead: tuple[Ref, ...] = ()
    marked: bool = False
    plain: bool = False
    spoken: set[int] = field(default_factory=set)
    weighed: bool = False
    latest: list[Draft] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Tell the person something, once."""
        line = " ".join(text.split())
        if line not in self.notes:
            self.notes.append(line)

    def add(self, draft: Draft) -> Draft:
        """Take a draft up and remember what it speaks of."""
        draft.order = len(self.drafts)
        if draft.ref.source is not None and draft.ref.source not in draft.needs:
            draft.needs.append(draft.ref.source)
        self.drafts.append(draft)
        return draft

    def mention(self, refs: Iterable[Ref], *, alive: bool = True, recent: bool = True) -> None:
        """Remember things for later pronouns."""
        listed = tuple(refs)
        if listed:
            self.mentions.append(Mention(listed, alive, recent))

    # -- pronouns

    def resolve(self, phrase: Phrase, op: str = "") -> tuple[Ref, ...]:
        """What a phrase points at, with pronouns and "the other one" made explicit."""
        if phrase.pronoun == "other":
            return (self.other(phrase),)
        if phrase.pronoun in ("ones", "former") and not phrase.target.category:
            return (self._one(phrase),)
        if phrase.pronoun:
            return self._pronoun(phrase, op)
        if phrase.role == "image":
            ref = (
                Ref(IMAGE, "the picture")
                if phrase.target.relation is None
                else Ref(phrase.target, phrase.with_article)
            )
            return (ref,)
        if phrase.role == "rest" and phrase.target.exclude is None:
            return (self._rest(phrase),)
        found = Ref(phrase.target, phrase.with_article, self._maker(phrase), phrase.number)
        return (self._owned(found, phrase),)

    def _owned(self, ref: Ref, phrase: Phrase) -> Ref:
        """Read "her face": a part of whom "her" stands for."""
        said = phrase.units[0].norm if phrase.units else ""
        if said not in POSSESSIVES or ref.target.relation is not None or phrase.role:
            return ref
        for mention in reversed(self.mentions):
            for owner in reversed(mention.refs):
                if mention.alive and may_own(said, owner.target):
                    words = f"{owners(owner.words)} {phrase.words.split(' ', 1)[-1]}"
                    self.note(f"read '{phrase.words}' as {words}")
                    whose = owner.target.model_copy(update={"exclude": None})
                    return replace(ref, target=owned_by(ref.target, whose), words=words)
        usual = usual_owner(said)
        return ref if usual is None else replace(ref, target=owned_by(ref.target, usual))

    def _rest(self, phrase: Phrase) -> Ref:
        """Read "everything else": all but what was spoken of last."""
        for mention in reversed(self.mentions):
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

    def _maker(self, phrase: Phrase) -> Draft | None:
        """The earlier draft that makes the thing a definite phrase names, or its anchor."""
        target: Target | None = phrase.target
        while target is not None:
            for draft in reversed(self.drafts):
                if (
                    target.category
                    and draft.makes == target.category
                    and phrase.determiner != "indefinite"
                ):
                    return draft
            target = target.relation.anchor if target.relation else None
        return None

    def _pronoun(self, phrase: Phrase, op: str) -> tuple[Ref, ...]:
        if self.marked and self._means_mark(phrase, op):
            return (MARKED,)
        if op in GLOBAL_OPS and phrase.pronoun == "one":
            return (WHOLE,)
        many = phrase.pronoun == "many"
        objects_only = op in ("resize", "recolor", "move", "remove", "replace", "restyle", "add")
        fallback: tuple[Ref, ...] = ()
        for mention in reversed(self.mentions):
            if not mention.alive or (objects_only and all(r.is_image for r in mention.refs)):
                continue
            if self.plain and mention.recent and phrase.words.lower() == "it":
                continue
            if phrase.words.lower() in PERSONS and mention.refs[-1].target.category in NOBODY:
                continue  # "don't change the pose, give her …"
            plural = len(mention.refs) > 1 or mention.refs[-1].number == "many"
            if plural == many:
                return self._told(phrase, mention.refs)
            if not fallback and not many:
                fallback = mention.refs[-1:]
            elif not fallback:
                fallback = mention.refs
        if fallback:
            return self._told(phrase, fallback)
        said = phrase.words.lower()
        if objects_only and (
            said in POINTING or (said in ("it", "them") and op in ("remove", "replace", "move"))
        ):
            return (Ref(Target(phrase=said, category=POINTING.get(said, said)), said),)
        who = PERSONS.get(said)
        if who is not None:
            return self._told(
                phrase, (Ref(Target(phrase=f"the {who}", category=who), f"the {who}"),)
            )
        return (WHOLE,)

    def _means_mark(self, phrase: Phrase, op: str) -> bool:
        """Whether a pronoun means the marked region: nothing of this instruction is nearer."""
        if op in GLOBAL_OPS - {"grade"} or phrase.words.lower() not in _OF_MARKS:
            return False
        return not any(mention.recent and mention.alive for mention in self.mentions)

    def _told(self, phrase: Phrase, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
        named = " and ".join(ref.words for ref in refs)
        if not all(ref.is_image for ref in refs):
            self.note(f"read '{phrase.words}' as {named}")
        return refs

    def _last_thing(
        self, category: str = "", *, made: bool = True, added: bool = True
    ) -> Ref | None:
        for mention in reversed(self.mentions):
            for ref in reversed(mention.refs):
                if (ref.made and not made) or (
                    not added and ref.source is not None and ref.source.op == "add"
                ):
                    continue
                if (
                    not ref.is_image
                    and ref.target.category
                    and category in ("", ref.target.category)
                ):
                    return ref
        return None

    def _one(self, phrase: Phrase) -> Ref:
        """Read "the left one": the noun of the thing spoken of last."""
        last = self._last_thing(added=False) or self._last_thing()
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
        target = phrase.target.model_copy(
            update={"category": last.target.category, "phrase": words}
        )
        self.note(f"read '{phrase.words}' as {words}")
        return Ref(target, words)

    def other(self, phrase: Phrase, of: Ref | None = None) -> Ref:
        """Read "the other one": the same noun, another place in the row, not the one before."""
        last = (
            of
            or self._last_thing(phrase.target.category, made=False)
            or self._last_thing(phrase.target.category)
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
            self.note(f"read '{phrase.words}' as {words}")
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
        self.note(f"read '{phrase.words}' as {words}, not {last.words}")
        return Ref(target, words)


def _one_of_several(ref: Ref) -> bool:
    """Whether there are more of its kind, so that "the left" may be another one."""
    target = ref.target
    return ref.number == "many" or target.ordinal is not None or bool(target.superlative)


def _noun_of(ref: Ref) -> str:
    return ref.target.category or ref.words


def _renamed(words: str, noun: str) -> str:
    parts = words.split()
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
        Target(phrase=f"the {plain}"[:2000], category=category, attributes=attributes),
        f"the {plain}",
        None,
        number,
    )


def indices(units: Iterable[Unit]) -> set[int]:
    """Places of units in the instruction."""
    return {unit.index for unit in units}
