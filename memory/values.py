"""What may go into a JSON or text column, checked before it gets there."""

from __future__ import annotations

import json
from typing import Any

from memory.errors import BadValueError

JsonDict = dict[str, Any]


def canonical_json(value: object, what: str = "value") -> str:
    """Writes a value as JSON, the same text for the same value.

    Args:
        value: Plain dicts with text keys, lists, text, numbers, booleans and None.
        what: What the value is, for the message.

    Returns:
        JSON with sorted keys and no blanks, ASCII only.

    Raises:
        BadValueError: If something in it is not plain JSON (an array, NaN, a path, …).
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadValueError(
            f"The {what} cannot be stored ({error}); use plain JSON values only."
        ) from error


def plain_dict(value: object, what: str) -> JsonDict:
    """Checks that a value is a JSON object and returns a copy that shares nothing with it.

    Raises:
        BadValueError: If it is not a dict of plain JSON values.
    """
    if not isinstance(value, dict):
        raise BadValueError(f"The {what} is a {type(value).__name__}; give a dict.")
    copied: JsonDict = json.loads(canonical_json(value, what))
    return copied


def plain_text(value: str) -> str:
    """Returns the text with what UTF-8 cannot hold (undecodable file names) replaced by "?"."""
    return value.encode("utf-8", "replace").decode("utf-8")
