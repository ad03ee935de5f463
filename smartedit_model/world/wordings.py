"""The words for queries and edits; which wordings a split may use.

It knows nothing of scenes: it fills slots of templates.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from smartedit_model.world.catalogue import Kind
from smartedit_model.world.errors import UnknownNameError
from smartedit_model.world.facts import fact, facts
from smartedit_model.world.palette import load_data
from smartedit_model.world.phrasings import phrasings, spoken
from smartedit_model.world.splits import Rules


@cache
def table(name: str) -> Any:
    """A section of the wordings file, a mapping or a list."""
    return load_data("wordings.yaml")[name]


def templates(section: str, form: str, rules: Rules) -> tuple[str, ...]:
    """The wordings of a form that the rules allow, in a fixed order."""
    if form not in table(section):
        raise UnknownNameError("wording", form, table(section))
    entry = table(section)[form]
    more = () if rules.first_words else load_data("more_wordings.yaml")[section].get(form, ())
    return _allowed((*entry["say"], *more), entry["held"], rules)


def fact_wordings(key: str, rules: Rules) -> tuple[str, ...]:
    """The wordings of a fact that the rules allow."""
    known = fact(key)
    more = () if rules.first_words else known.more
    return _allowed((*known.say, *more), known.held, rules)


def every_wording(rules: Rules) -> tuple[str, ...]:
    """Every wording that the rules allow, slots and all; what a tokenizer should know."""
    sections = ("targets", "instructions", "questions")
    filled = [templates(name, form, rules) for name in sections for form in table(name)]
    told = [fact_wordings(key, rules) for key in facts()]
    return tuple(text for group in (*filled, *told) for text in group)


def _allowed(say: Any, held: Any, rules: Rules) -> tuple[str, ...]:
    if rules.held_words is None:
        return (*say, *held)
    return tuple(held) if rules.held_words else tuple(say)


def choose(section: str, form: str, rules: Rules, draw: random.Random) -> str:
    """One wording of a form."""
    return _phrased(section, form, rules, draw) or draw.choice(templates(section, form, rules))


def choose_fact(key: str, rules: Rules, draw: random.Random) -> str:
    """One wording of a fact."""
    return _phrased("facts", key, rules, draw) or draw.choice(fact_wordings(key, rules))


def _phrased(section: str, form: str, rules: Rules, draw: random.Random) -> str:
    """A wording from the phrasings; empty where the rules or the form have none this time."""
    if not rules.phrased or draw.random() >= rules.phrased:
        return ""
    lines = phrasings(section, form)
    return spoken(draw.choice(lines), draw) if lines else ""


def article(name: str) -> str:
    """A name with its indefinite article."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def with_article(entry: Kind, colour: str | None = None) -> str:
    """A kind, perhaps in a colour, with its indefinite article."""
    return article(f"{colour} {entry.name}" if colour else entry.name)
