"""Where writing ends whose quotation mark nothing closes: 'write "remove the dog at the top'.

What somebody wants to have written must not be done. So it goes on to the end of its line, but for
where it is to stand and in which colour, which people say last.
"""

from __future__ import annotations

import re

_LED = re.compile(
    r"\b(?:write|type|print|inscribe|captions?|titled?|entitled|labels?|words?|text|says?|saying"
    r"|reads?|reading|headline|heading|subtitle|slogan|tagline|message|lettering|letters|phrase"
    r"|spell|spelling|called|add|put|with)\s*:?\s*$",
    re.IGNORECASE,
)
"""What writing follows."""
_PLACE = (
    r"(?:(?:at|in|on|along|across|near|to)\s+(?:the\s+)?(?:very\s+)?)"
    r"(?:(?:top|bottom|upper|lower)(?:[ -](?:left|right|middle|cent(?:re|er)))?|left|right|middle"
    r"|cent(?:re|er))(?:\s+(?:corner|side|edge))?|(?:top|bottom)[ -](?:left|right)"
)
_HOW = r"in\s+(?:\w+\s+){1,3}(?:letters|lettering|text|font|type|script)"
_LAST = re.compile(rf"(?:[\s,]+(?:{_PLACE}|{_HOW}|please|pls|thanks))+[\s.!]*$", re.IGNORECASE)


def unclosed_end(text: str, at: int) -> int:
    """Past the last character of the writing that the unclosed mark at a place opens.

    The place itself where no word of writing leads to the mark (5" is inches).
    """
    if not _LED.search(text[max(0, at - 40) : at]) or text[at + 1 : at + 2].isspace():
        return at
    line = text.find("\n", at)
    end = len(text) if line < 0 else line
    last = _LAST.search(text, at + 1, end)
    return last.start() if last is not None and last.start() > at + 1 else end
