"""The words for a file to save to: a path, or a format alone ("as a jpg for instagram")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.errors import BadInstruction
from orchestrator.language.command_patterns import Match, match_command
from orchestrator.language.command_types import SaveAs
from orchestrator.language.tokens import Token
from tools.saving import SAVEABLE

_FORMATS = "|".join(suffix[1:] for suffix in SAVEABLE)
_FORMAT = re.compile(
    rf"""^(?:(?:a|an|the|my)\s+)?(?:(?:nice|good|high\W?quality|normal|plain|new)\s+)*
        \.?(?P<kind>{_FORMATS})
        (?:\s+(?:file|image|picture|photo|copy|format|version|one))*
        (?:\s+(?:(?:so|that|which|i|we)\b|for\b|to\s+(?:my|the|send|post|share|print|use)\b).*)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMING = re.compile(
    r"^(?:the|my)\s+(?:(?:final|current)\s+)?(?:picture|photo|image|result|file|version|edit)(?:\s+|$)"
    r"(?:(?:as|to|in|under)\s+)?",
    re.IGNORECASE,
)
_IT = frozenset({"", "it", "this", "that", "everything"})
_POLITE = re.compile(r"(?:[\s,]+(?:please|pls|thanks|thank you|thx|now))+$", re.IGNORECASE)
_PURPOSE = re.compile(
    r"^(?:for|to|on)\s+(?:(?:my|the)\s+)?(?:instagram|insta|facebook|twitter|tiktok|whatsapp|social"
    r"|social media|print|printing|later|the web|web|website|computer|disk|desktop|me)\b[\w\s]*$",
    re.IGNORECASE,
)


_MOST_WORDS = 24


def refuse_saving(tokens: Sequence[Token], text: str) -> None:
    """Refuse to plan an instruction that only asks for a file.

    Raises:
        BadInstruction: nothing in the picture is to be changed.
    """
    if len(tokens) > _MOST_WORDS or not tokens:
        return
    match = match_command(tokens, text)
    if match is None or match.name not in ("save", "save_plain"):
        return
    if match.name == "save_plain" or saved_as(match.rest, match) is not None:
        raise BadInstruction(
            "saving changes nothing in a picture: 'smartedit edit' writes the result to the file "
            "named with --output, whose suffix says the format; in 'smartedit chat' say "
            "'save as NAME.jpg'"
        )


def saved_as(rest: str, match: Match) -> SaveAs | None:
    """What "save it …" asks for; None where it names a thing in the picture ("save the dog").

    Args:
        rest: the words behind "save it as".
        match: of the whole request.
    """
    said = _NAMING.sub("", _POLITE.sub("", rest.strip(" .!")))
    if (found := _FORMAT.match(said)) is not None:
        return SaveAs(kind=f".{found['kind'].lower()}")
    if said.lower() in _IT or _PURPOSE.match(said):
        return SaveAs()
    return SaveAs(rest) if _is_path(rest, match) else None


def _is_path(rest: str, match: Match) -> bool:
    """A file, not a thing in the picture ("save the dog"): named by "as", or like a path."""
    # "Write it in red" is of letters, unless it ends like a path.
    named = match.words[0] != "write" and any(
        word in ("as", "to", "in", "under") for word in match.words[1:6]
    )
    first = rest.split(" ", 1)[0].lower()
    return (
        "." in rest
        or "/" in rest
        or "\\" in rest
        or (named and first not in ("the", "my", "his", "her", "a", "an"))
    )
