"""Whether a text is made of words at all: models make something of any letters."""

from __future__ import annotations

import re

from orchestrator.language.dictionary import is_english
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.read import respelt
from orchestrator.language.spelling import is_known
from orchestrator.planning import PlanContext

STRANGE = 0.5
"""Share of words that are neither English nor taught from which a text is not shown to a model."""


def is_readable(instruction: str, context: PlanContext) -> bool:
    """Whether most of the words are ones that somebody could have meant."""
    spelt = respelt(instruction, context.glossary, context.looks)
    known = " ".join([*context.glossary, *context.looks]).lower().split()
    words = [w for w in re.findall(r"[^\W\d_]+", spelt.lower()) if w not in known]
    lexicon = get_lexicon()
    strange = sum(not (is_english(word) or is_known(lexicon, word)) for word in words)
    return strange < STRANGE * len(words)
