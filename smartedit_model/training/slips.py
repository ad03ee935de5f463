"""Instructions as hurried people type them: polite or curt, words left out or put in, mistyped.

A learner that only ever sees whole templates learns those by heart; here no two are quite alike.
It never touches a word that decides what is meant.
"""

from __future__ import annotations

import random

SPARED = 0.4
"""Share of instructions that stay as they are."""
BEFORE = (
    "please", "can you", "could you please", "hey,", "ok,", "now", "and now", "then", "next,",
    "I want you to", "I'd like you to", "would you", "kindly", "just", "let's", "you should",
    "go and", "first", "so,", "hi, please", "try to", "we need to", "I need you to",
)  # fmt: skip
AFTER = (
    "please", "thanks", "thank you", "for me", "now", "if you can", "ok?", "would you?", "quickly",
    "right away", "and nothing else", "in this picture", "here", "in the image", "!", ".",
)  # fmt: skip
BETWEEN = ("just", "really", "now", "please", "simply", "uh", "actually", "maybe", "then")
LEFT_OUT = {"the", "a", "an", "of", "that", "which", "is", "please", "it", "this", "to", "one"}
SPELT = {"colour": "color", "colored": "coloured", "recolour": "recolor", "grey": "gray"}
LONG = 5
"""Letters from which a slip leaves a word readable."""


def slipped(text: str, draw: random.Random) -> str:
    """Return an instruction as somebody else might have typed it; the same for the same draws."""
    if draw.random() < SPARED:
        return text
    words = [SPELT.get(word, word) if draw.random() < 0.5 else word for word in text.split()]
    words = [word for word in words if word not in LEFT_OUT or draw.random() > 0.12] or words
    if draw.random() < 0.15:
        words.insert(draw.randrange(len(words) + 1), draw.choice(BETWEEN))
    if draw.random() < 0.15:
        place = draw.randrange(len(words))
        words[place] = _mistyped(words[place], draw)
    if draw.random() < 0.35:
        words.insert(0, draw.choice(BEFORE))
    if draw.random() < 0.25:
        words.append(draw.choice(AFTER))
    said = " ".join(words)
    return said[:1].upper() + said[1:] if draw.random() < 0.3 else said


def _mistyped(word: str, draw: random.Random) -> str:
    """Return a long word with two letters swapped, or one missing or twice."""
    if len(word) < LONG:
        return word
    at = draw.randrange(1, len(word) - 1)
    return draw.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )
