"""Words that are written as they sound: "elefant", "pickture", "tigar".

A key keeps what is heard of a word: its consonants, and where its vowels stand. Which of the listed
words with one key is meant is for ``spelling`` to weigh.
"""

from __future__ import annotations

import re

_HEARD = (
    (r"^kn", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^wh", "w"), (r"^gn", "n"),
    (r"tch", "ch"), (r"dg", "j"), (r"ph", "f"), (r"ck", "k"), (r"sch", "sk"),
    (r"sh|ti(?=on)|si(?=on)", "S"), (r"ch", "C"), (r"qu", "kw"), (r"x", "ks"), (r"th", "T"),
    (r"ght", "t"), (r"gh", ""), (r"mb$", "m"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"q", "k"),
    (r"z", "s"), (r"g(?=[eiy])", "j"), (r"(?<!^)y", "i"), (r"w(?=[^aeiou]|$)", "u"),
)  # fmt: skip
"""Spellings -> what is heard, in this order."""


def key_of(word: str) -> str:
    """What is heard of a word: two spellings of one sound have the same key."""
    heard = word.lower()
    for written, sound in _HEARD:
        heard = re.sub(written, sound, heard)
    heard = re.sub(r"(?<=[^aeiou])e$", "", heard)
    heard = re.sub(r"[aeiou]+", "a", heard)
    return re.sub(r"(.)\1+", r"\1", heard)
