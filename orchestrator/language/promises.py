"""What must stay: "keep the same people", "leave the sky alone", "with the dog unchanged".

Turns clauses of keeping into constraints and exclusions; what is not to be done is ``negations``'s.
"""

from __future__ import annotations

from typing import Literal

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Draft, Ref
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import remove
from orchestrator.language.owners import PEOPLE
from orchestrator.language.phrase import Phrase
from orchestrator.language.references import resolve
from orchestrator.language.units import join
from orchestrator.plan import Aspect, Preserve, Style
from tools.target import Target

PARTIAL = frozenset(
    {
        "recolor",
        "restyle",
        "adjust",
        "blur",
        "sharpen",
        "replace",
        "resize",
        "remove",
        "background",
        "relight",
        "weather",
        "grade",
    }
)
"""Ops whose target can leave something out."""
SCENE_WIDE = frozenset({"relight", "weather", "grade"})
"""Ops that fall on the whole scene, whoever is in it."""
STRICT = frozenset({
    "touch", "touching", "touched", "untouched", "alone", "unaltered", "altered", "unedited",
    "edited", "edits", "change", "changes", "changed", "hands", "away", "limits",
})  # fmt: skip
"""Words that promise pixels, not just that a person stays the same."""


_QUALITIES = frozenset({
    "detail", "color", "colour", "look", "appearance", "shape", "texture", "integrity", "identity",
    "feel", "colouring", "coloring", "tone", "pixel", "bit", "inch", "style", "character",
})  # fmt: skip
"""What is kept where the thing that has it is kept."""


def frame_keep(reader: ClauseReader, verb: Verb) -> bool:
    """Read "keep A (the same / white / in focus)", "leave A alone"."""
    reader.skip("filler")
    if reader.sees("only") or reader.says("just"):
        return _keep_only(reader)
    if (reader.sees("style_word") and reader.peek(1) is None) or (
        reader.says("it", "things", "everything") and reader.sees("style_word", offset=1)
    ):
        text = reader.rest_text()
        words = (
            text.split(" ", 1)[1]
            if text.split(" ", 1)[0].lower() in ("it", "things", "everything") and " " in text
            else text
        )
        reader.reading.constraints.append(Style(style=words[:500]))
        return True
    whole = reader.says("her") and reader.sees("action", offset=1) and reader.peek(2) is None
    phrases = reader.phrases("as", "to", predicates=not whole)
    if not phrases:
        return False
    if verb.base == "leave" and reader.says("out"):
        reader.take()
        for ref in reader.refs(phrases, "remove"):
            remove(reader, ref)
        return bool(reader.made)
    state = _state(reader)
    for phrase in phrases:
        keep(reader, phrase, state)
    return True


def _keep_only(reader: ClauseReader) -> bool:
    reader.take()
    phrases = reader.phrases()
    if not phrases:
        return False
    ref = reader.refs(phrases, "remove")[0]
    words = f"everything except {ref.words}"
    reader.draft("remove", Ref(Target(phrase=words, quantity="all_but", exclude=ref.target), words))
    return True


def _state(reader: ClauseReader) -> str:
    """The words that say how it is kept: "white", "the same", "in focus"; all mean "as it is"."""
    units = []
    while not reader.done:
        unit = reader.peek()
        if unit is None or unit.has("contrast", "while"):
            break
        units.append(reader.take()[0])
    return join([u for u in units if not u.has("same", "stop", "prep")]).strip(" ,")


def keep(reader: ClauseReader, phrase: Phrase, state: str) -> None:
    """Promise that what a phrase names stays: a thing, the shape of the picture, or its style.

    Args:
        reader: of the clause.
        phrase: what stays.
        state: the words that say how it is kept; "" = as it is.
    """
    reading = reader.reading
    category = phrase.target.category
    last = phrase.units[-1] if phrase.units else None
    if (last is not None and last.has("aspect_noun") and phrase.role != "image") or category in (
        "aspect",
        "ratio",
        "aspect ratio",
    ):
        relation = phrase.target.relation
        if relation is not None and not relation.anchor.is_whole_image:
            preserve(reader, Ref(relation.anchor, relation.anchor.phrase))
            return
        reading.constraints.append(Aspect())
        return
    if (
        last is not None
        and last.has("style_noun")
        and (phrase.target.relation is None or phrase.target.relation.anchor.is_whole_image)
        and not phrase.pronoun
    ):
        words = [u.norm for u in phrase.units if not u.has("det") and u.norm not in ("same", "'s")]
        reading.constraints.append(Style(style=f"same {' '.join(words)}"[:500]))
        return
    relation = phrase.target.relation
    if category in _QUALITIES and relation is not None and not relation.anchor.is_whole_image:
        preserve(reader, Ref(relation.anchor, relation.anchor.phrase))
        return
    if phrase.pronoun or phrase.role == "image":
        refs = resolve(reading, phrase, "move")
        if all(ref.is_image for ref in refs):
            if state:
                reading.constraints.append(Style(style=state[:500]))
            else:
                reading.note("keeping the picture as it is: each step changes only its own region")
            return
    else:
        refs = resolve(reading, phrase)
    if phrase.role == "rest":
        keep_rest(reader, phrase)
        return
    for ref in refs:
        preserve(reader, ref, state)


def preserve(reader: ClauseReader, ref: Ref, state: str = "") -> None:
    """Promise that ``ref`` stays, and leave it out of a step that would cover it."""
    reading = reader.reading
    attributes = ref.target.attributes
    unit = next((u for u in reader.clause.units if u.norm == state.lower()), None)
    if unit is not None and unit.has("colour"):
        attributes = (*attributes, state.lower())
    target = ref.target.model_copy(update={"attributes": attributes})
    level = _level(reader, target)
    if not any(isinstance(c, Preserve) and c.target == target for c in reading.constraints):
        reading.constraints.append(Preserve(target=target, level=level))
    if level == "identity" and reading.drafts and reading.drafts[-1].op in SCENE_WIDE:
        # Night falls on the people who are kept, too.
        reading.mention([ref])
        return
    if (
        reader.clause.link in ("but", "while", "and", "")
        and reading.drafts
        and reader.clause.link != ""
    ):
        draft = reading.drafts[-1]
        if (
            reader.clause.link in ("but", "while")
            and draft.op in PARTIAL
            and draft.exclude is None
            and _may_cover(draft, ref)
        ):
            for said in reading.drafts:  # "a moonlit night" said it twice
                if said.op == draft.op and said.params == draft.params and said.exclude is None:
                    said.exclude = target.model_copy(update={"exclude": None})
    reading.mention([ref])


def _level(reader: ClauseReader, target: Target) -> Literal["exact", "identity"]:
    """Keeping people means the same people, whatever light falls on them; not touching is exact."""
    strict = any(not STRICT.isdisjoint(unit.norm.split()) for unit in reader.clause.units)
    return "identity" if target.category in PEOPLE and not strict else "exact"


def _may_cover(draft: Draft, ref: Ref) -> bool:
    return draft.ref.target.category != ref.target.category or draft.ref.target != ref.target


def keep_rest(reader: ClauseReader, phrase: Phrase) -> None:
    """Read "keep everything else": all but what the steps are about."""
    reading = reader.reading
    local = [d for d in reading.drafts if not d.ref.is_image]
    if phrase.target.exclude is not None:
        reading.constraints.append(Preserve(target=phrase.target))
        spoken = phrase.target.exclude
        reading.mention([Ref(spoken, spoken.phrase)])  # what may change is what comes next
    elif len(local) == 1 and len(reading.drafts) == 1:
        target = Target(
            phrase=phrase.words,
            quantity="all_but",
            exclude=local[0].ref.target.model_copy(update={"exclude": None}),
        )
        reading.constraints.append(Preserve(target=target))
    else:
        reading.note(f"'{phrase.words}' stays as it is: each step changes only its own region")


def let_be(reader: ClauseReader) -> bool:
    """Read "(let) the dog be", "(with) the people unchanged"."""
    last = reader.left[-1] if reader.left else None
    if last is None or not (last.has("same") or last.norm in ("be", "stay", "alone")):
        return False
    phrases = reader.phrases(predicates=True)
    reader.rest_text()
    for phrase in phrases:
        keep(reader, phrase, "")
    return bool(phrases)
