"""What does not fit a schema, in one line of plain words: where, what, and what would fit.

Knows pydantic's errors; raises none of its own.
"""

from __future__ import annotations

from pydantic import ValidationError

LONGEST = 60
"""Characters of a wrong value that are shown."""
_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "model_type": "a mapping of names to values is wanted",
    "dict_type": "a mapping of names to values is wanted",
    "model_attributes_type": "a mapping of names to values is wanted",
}
"""Kinds of errors that pydantic words for programmers."""


def misfit(error: ValidationError, whole: str) -> str:
    """The first thing that is wrong, as "field: what is wrong".

    Args:
        error: of pydantic.
        whole: what to call the place where no field is to blame.
    """
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or whole
    kind, told = first["type"], first["msg"].removeprefix("Value error, ")
    if kind == "too_short" and first["ctx"].get("actual_length") == 0:
        told = "it is empty"
    told = _WORDS.get(kind, told)
    value = first["input"]
    if kind not in ("missing", "value_error") and isinstance(value, str | int | float):
        shown = repr(value)
        told += f", not {shown if len(shown) <= LONGEST else shown[:LONGEST] + '…'}"
    return f"{where}: {told}"
