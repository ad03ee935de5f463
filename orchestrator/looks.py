"""Looks in plans: the user's look-book joined to the built-in one, and looks spelled out as steps.

A plan names looks; here each becomes the amounts and steps it stands for, so that a person sees
and can change them, and so that a plan no longer depends on the file the look came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from orchestrator.drawing_styles import drawing_style, style_of_drawings
from orchestrator.errors import BadPlan
from orchestrator.ops import PARAMS
from orchestrator.plan import EditPlan, Step
from orchestrator.routing import PLAIN_LOOKS
from orchestrator.sky_words import sky_named
from tools.errors import BadArguments
from tools.look_recipe import LookStep, Recipe, told
from tools.lookbook import BUILT_IN, Look, LookBook, built_in
from tools.looks_file import read_looks
from tools.misfit import misfit

FILE_NAME = "looks.yaml"
"""The user's own looks, in the data folder."""
GIVEN = "--looks"
LETTERBOX = "letterbox"
_SCENERY = frozenset({"sky", "cloud", "background", "foreground"})
_LIGHT_OF_THINGS = frozenset({"food"})
"""Looks that a thing gets without becoming another."""
_FOR = "(for the look {!r})"
_IS_FOR = re.compile(r" \(for the look .+\)$")


def check_step(step: LookStep) -> str:
    """What is wrong with a step of a look; "" where it fits the plan's vocabulary."""
    try:
        PARAMS[step.op].model_validate(step.params)
    except ValidationError as error:
        return f"{step.op}: {misfit(error, 'params')}"
    return ""


def looks_from(path: Path) -> dict[str, dict[str, Any]]:
    """A file of looks as plain JSON values, for ``RunSettings.looks``.

    Raises:
        BadArguments: it cannot be read or does not fit; one line with the line and field.
    """
    return {name: look.dump() for name, look in read_looks(path, check_step).items()}


def look_book(home: Path, given: Mapping[str, Any] | None = None) -> LookBook:
    """The built-in looks, those of the data folder, and those handed over; later ones win.

    Args:
        home: the data folder, whose ``looks.yaml`` may be missing.
        given: looks by name, as ``looks_from`` gives them.

    Raises:
        BadArguments: the user's file does not fit; one line with the line and field.
    """
    book = built_in()
    own = home / FILE_NAME
    if own.is_file():
        book = book.with_looks(read_looks(own, check_step), str(own))
    if given:
        try:
            more = {name: Look.model_validate(look) for name, look in given.items()}
        except ValidationError as error:
            raise BadArguments(f"a look that was handed over does not fit: {error}") from error
        book = book.with_looks(more, GIVEN)
    return book


def words_for_planner(book: LookBook, meant: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Words of the book that a planner should read as looks beyond those it knows.

    The user's own words always. Of the built-in ones only those that already speak of looks
    ("70s", "70s holiday photo"): "forest" or "coffee shop" may be a thing in the picture, and is a
    look only where a style is asked for (see ``spell_out``).

    Args:
        book: the built-in looks and the user's.
        meant: words of the book that an instruction uses for a look whatever else they may be.
    """
    words = _words_built_in() if book is built_in() else _words_of(book)
    more = tuple(word for word in meant if word not in words)
    return (*words, *more) if more else words


@cache
def _words_built_in() -> tuple[str, ...]:
    return _words_of(built_in())


def _words_of(book: LookBook) -> tuple[str, ...]:
    from orchestrator.language.lexicon import get_lexicon

    lexicon = get_lexicon()
    chosen = []
    for word, name in book.words():
        if book.sources[name] != BUILT_IN:
            chosen.append(word)
            continue
        known = lexicon.senses(word).get("look")
        if known is not None:
            if book.find(str(known)) != name and book.find(word) == name:
                chosen.append(word)
        elif " " in word and any("look" in lexicon.senses(part) for part in word.split()):
            chosen.append(word)
    return tuple(dict.fromkeys(chosen))


def spell_out(plan: EditPlan, book: LookBook) -> EditPlan:
    """The plan with every look as its amounts and steps, and a note that says what they are.

    Steps that carry amounts already are left as they are, so doing it twice changes nothing.

    Raises:
        BadPlan: the plan would have more steps than a plan may have.
    """
    steps: list[Step] = []
    notes = list(plan.notes)
    for step in plan.steps:
        name = _look_of(step, book)
        if name is None:
            steps.append(step)
            continue
        made = _made_of(step, name, book.looks[name])
        steps += made
        notes.append(_note(name, book, made))
    if list(plan.steps) == steps:
        return plan
    try:
        return EditPlan.model_validate(
            plan.model_dump() | {"steps": [s.model_dump() for s in steps], "notes": notes}
        )
    except ValidationError as error:
        raise BadPlan(
            f"spelled out, the plan has {len(steps)} steps, more than a plan may have; "
            "ask for less at once"
        ) from error


def _look_of(step: Step, book: LookBook) -> str | None:
    """The look that a step asks for by name alone."""
    if step.executor != "auto":
        return None
    if step.op == "grade" and "recipe" not in step.params:
        name = book.find(str(step.params["look"]))
        plain = step.params["look"] in PLAIN_LOOKS and step.params["look"] != "hdr"
        if name is not None and plain and book.sources[name] == BUILT_IN:
            return None  # one tool with one amount, which the step shows already
        return name
    if step.op == "restyle" and (step.target.is_whole_image or _is_light_alone(step, book)):
        # Words the planner did not know for a look, but the look-book does.
        return book.find(str(step.params["style"]))
    return None


def _is_light_alone(step: Step, book: LookBook) -> bool:
    """Whether a part of the picture is spoken of that a look changes and a redrawing need not.

    "A dramatic sky" and "tastier food" are a matter of light and colour; "a futuristic car" is
    another car.
    """
    style = str(step.params["style"])
    if book.find(style) in _LIGHT_OF_THINGS:
        return True
    drawn = drawing_style(style) or style_of_drawings(style)
    if step.target.category == "sky" and sky_named(style):
        return False  # the sky's own tool knows whether its clouds can be made so
    return step.target.category in _SCENERY and not drawn


def stands_for(step: Step) -> str:
    """The id of the step whose look this one was spelled out from; "" for any other."""
    whole, _, number = step.id.rpartition("-")
    return whole if number.isdigit() and _IS_FOR.search(step.instruction) else ""


def with_strength(step: Step, factor: float) -> Step:
    """A step that a look was spelled out as, of a look so many times as strong."""
    params = _scaled(step.params, factor)
    told = step.instruction.replace(f" {_values(step.params)} (", f" {_values(params)} (")
    return step.model_copy(update={"params": params, "instruction": told})


def _values(params: Mapping[str, Any]) -> str:
    """What a step is set to, words before numbers whatever their order."""
    ordered = sorted(params.values(), key=lambda value: not isinstance(value, str))
    return ", ".join(str(value) for value in ordered)


def _made_of(step: Step, name: str, look: Look) -> list[Step]:
    strength = float(step.params.get("strength") or 1.0)
    made = []
    for number, part in enumerate(look.steps, 1):
        params = _scaled(part.params, strength)
        made.append(
            Step(
                id=f"{step.id[:36]}-{number}",
                op=part.op,
                target=step.target,
                instruction=f"{part.op.capitalize()} {_values(params)} {_FOR.format(name)}",
                params=params,
                scope=step.scope,
                depends_on=step.depends_on,
            )
        )
    amounts = look.amounts()
    if not amounts:  # the last step stands for the whole, for those that build on it
        last = made.pop()
        return [*made, last.model_copy(update={"id": step.id, "success": step.success})]
    params = {"look": name, "strength": strength, "recipe": amounts}
    words = step.instruction
    if step.op != "grade":  # the person's own words stay, so that one sees what it stands for
        what = "the picture" if step.target.is_whole_image else step.target.phrase
        asked = str(step.params["style"])
        words = f"Give {what} the look {name!r}" + (f": {asked}" if asked != name else "")
    return [*made, step.model_copy(update={"op": "grade", "params": params, "instruction": words})]


def _scaled(params: Mapping[str, Any], strength: float) -> dict[str, Any]:
    """Amounts times the strength of the look, within their bounds."""
    if strength == 1.0:
        return dict(params)
    return {
        key: max(-1.0, min(1.0, round(value * strength, 3)))
        if isinstance(value, float | int) and not isinstance(value, bool)
        else value
        for key, value in params.items()
    }


def _note(name: str, book: LookBook, made: Iterable[Step]) -> str:
    parts = []
    for step in made:
        if step.op == "grade":
            parts.append(told(Recipe.model_validate(step.params["recipe"]).amounts()))
        else:
            parts.append(" ".join([step.op, *(str(value) for value in step.params.values())]))
    source = "" if book.sources[name] == BUILT_IN else f", from {book.sources[name]}"
    return f"the look {name!r} (look-book{source}) is: {', '.join(parts)}"
