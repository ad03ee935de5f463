"""What the words of a noun phrase come to: the target they name, its number and its role.

Is given the words up to the head noun; which those are is read by ``phrase_head``.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.lexicon import Lexicon
from orchestrator.language.phrase import (
    ADJECTIVES,
    Before,
    Number,
    Phrase,
    clip,
    is_plural,
    ordinal_of,
    role_of,
)
from orchestrator.language.places import bare_place, framed, is_frame_noun, place_noun
from orchestrator.language.units import Unit, join
from tools.target import Target

_SEVERAL = frozenset({
    "a few", "several", "both", "these", "those", "some more", "many", "a couple of", "lots of",
    "two",
})  # fmt: skip
"""What a phrase of many things may start with."""


def named(run: Sequence[Unit], before: Before, units: tuple[Unit, ...], lexicon: Lexicon) -> Phrase:
    """The phrase that some words are.

    Args:
        run: its adjectives and noun, the noun last; empty where none was said ("the biggest").
        before: what was read before them.
        units: all of its words.
        lexicon: for singulars and known words.
    """
    head = run[-1] if run else None
    if head is not None and head.has("described"):
        return _described(head, before, units)
    noun, attributes = _noun_and_attributes(run, before, lexicon)
    many = (
        before.quantity == "all"
        or before.count > 1
        or (head is not None and is_plural(head.norm, lexicon))
        or units[0].norm in _SEVERAL
    )
    everybody = head is not None and head.norm in ("everyone", "everybody")
    target = Target(
        phrase=clip(join(units), 2000),
        category=clip(noun, 200),
        attributes=attributes,
        ordinal=before.ordinal,
        superlative=before.superlative,
        quantity="all" if everybody else before.quantity,
    )
    target, role = _in_its_role(target, noun, run, before)
    if head is not None and bare_place(head):
        side = None if place_noun(head) == "corner" else ordinal_of(str(head.get("place")))
        target = target.model_copy(update={"category": place_noun(head), "ordinal": side})
    elif head is not None and is_frame_noun(head):
        target = framed(target, units)
    pronoun = ""
    if before.other:
        pronoun = "other"
    elif not noun:
        pronoun = "ones"
    number: Number = "many" if many else "one"
    return Phrase(target, target.phrase, units, before.determiner, number, pronoun, role)


def _noun_and_attributes(
    run: Sequence[Unit], before: Before, lexicon: Lexicon
) -> tuple[str, tuple[str, ...]]:
    """The head noun, singular, and the adjectives before it; "" where no noun was said."""
    if not run:
        return "", ()
    head = run[-1]
    noun = "" if head.norm in ("one", "ones") else lexicon.singular(head.norm)
    if not noun:
        return "", tuple(u.norm for u in run[:-1])
    colour = head.has("colour") and not head.has("compound")
    if colour and len(run) == 1 and before.determiner and head.norm not in lexicon.known:
        return "", (head.norm,)  # "the red" is the red one, "the orange" is a fruit
    return noun, tuple(u.norm for u in run[:-1] if u.norm != "'s")


def _in_its_role(
    target: Target, noun: str, run: Sequence[Unit], before: Before
) -> tuple[Target, str]:
    """The target as what it is in every picture ("the background", "the photo"), and its role."""
    head = run[-1] if run else None
    role = role_of(head, noun)
    adjectives = run[:-1]
    framing = role in ("image", "") and noun == "frame" and adjectives
    if framing and not adjectives[-1].has(*ADJECTIVES):
        return target.model_copy(update={"category": f"{adjectives[-1].norm} frame"}), ""
    in_row = role == "image" and before.ordinal is not None
    if in_row and head is not None and head.norm == "picture":
        return target, ""  # it hangs on a wall; "the final picture" is the one being edited
    if role == "rest":
        return target.model_copy(update={"quantity": "all_but", "category": ""}), role
    if role == "image":
        return target.model_copy(update={"quantity": "one", "category": "image"}), role
    if role in ("subject", "background"):
        return target.model_copy(update={"category": role}), role
    return target, role


def _described(head: Unit, before: Before, units: tuple[Unit, ...]) -> Phrase:
    """The phrase of a description that was joined into one unit."""
    told = head.get("described")
    target: Target = told.target
    update: dict[str, object] = {"phrase": clip(join(units).rstrip(" ,-–—"), 2000)}
    if before.quantity == "all" and target.quantity == "one":
        update["quantity"] = "all"
    target = target.model_copy(update=update)
    many = told.many or before.quantity == "all" or before.count > 1
    role = "rest" if target.quantity == "all_but" else ""
    number: Number = "many" if many else "one"
    return Phrase(target, target.phrase, units, before.determiner or "definite", number, role=role)
