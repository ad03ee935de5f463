"""What is said and asks for nothing: greetings, thanks, praise, a complaint before "undo that".

Knows words; which commands a message holds is ``commands``'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.language.command_patterns import match_command
from orchestrator.language.command_types import Greet, Thank
from orchestrator.language.tokens import Token

LEADS = frozenset({
    "no", "nope", "wait", "oops", "actually", "hmm", "hm", "ok", "okay", "well", "so", "oh",
    "sorry", "please", "yes", "yeah", "now",
    "whoops", "ugh", "argh", "damn", "nah", "right", "also", "thanks", "hey", "hi", "um", "uh",
    "alright", "great", "perfect", "good", "nice", "cool",
    "instead", "sure",
})  # fmt: skip
"""Words that only lead in to what follows."""
THANKS = frozenset(
    {"thanks", "thank", "you", "please", "cheers", "thx", "ty", "so", "much", "pls", "again"}
)
"""Words a message may close with."""


PRAISING = frozenset({"that", "looks", "sounds", "seems"})
"""Words that a yes begins with which is praise where nothing waits for one."""
_REMARK = re.compile(
    r"""^(?:(?:no|oh|ugh|hm+|well|but|now|and|so|actually|wait)\W+)*
        (?:the|that|this|these|those|it|its|my|his|her|their|they|he|she|everything|you|i)\b
        .*\b(?:is|are|was|were|look|looks|looked|looking|seems?|feels?|came|comes|turned|turns|
        went|has|have|made|ruined|hate|dislike|like|don't|doesn't|do\ not|does\ not|'s|'re)\b""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_WISHING = re.compile(r"\b(should|must|needs?|could|can|want|ought|please|would)\b", re.IGNORECASE)


def are_remarks(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether parts of a message only say how something looks: "the eyes look creepy, undo that".

    What such words ask for elsewhere is not asked for where the last deed is to be taken back.
    """
    parts = [text[start:end] for start, end in spans]
    return bool(_REMARK.match(parts[0])) and not any(_WISHING.search(part) for part in parts)


def only_kind(
    segments: Sequence[Sequence[Token]], text: str, *, leads: bool = False
) -> Greet | Thank | None:
    """Read a message, or what ``leads`` in to a wish, that only greets, thanks or praises."""
    kind: Greet | Thank | None = None
    for segment in segments:
        match = match_command(segment, text)
        name = "" if match is None else match.name
        declined = name == "no" and any(token.norm in THANKS for token in segment)
        yes = match is not None and name == "approve" and match.words[0] in PRAISING
        if yes and (leads or len(segments) > 1):
            kind = Thank()
        elif declined or name in ("greet", "thank"):
            kind = Greet() if name == "greet" and not isinstance(kind, Thank) else Thank()
        elif not all(token.norm in LEADS for token in segment):
            return None
    return kind


def only_leads(segment: Sequence[Token], edit: Sequence[tuple[int, int]], *, last: bool) -> bool:
    """Whether a segment only leads in to what follows, or closes what was said."""
    thanks = all(token.norm in THANKS for token in segment)
    return (thanks and last) or (
        not edit and not last and all(token.norm in LEADS for token in segment)
    )
