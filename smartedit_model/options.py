"""What a request may set about an edit, checked one by one; shared by all editors of this package.

It knows names and kinds of values, no model. Values may come as text, from a command line. A model
folder may say in ``editing.json`` what is best for its model; a request says otherwise.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools.errors import BadArguments, EditorUnavailable

FILE = "editing.json"
#: Precisions an editor can be asked for; ``auto`` is what is fast and safe on its device.
DTYPES = ("auto", "float32", "bfloat16", "float16")
#: How a language model's weights may be kept in memory.
QUANTIZE = ("none", "4bit")


def _whole(value: Any) -> int:
    if isinstance(value, bool) or float(value) != int(value) or int(value) < 1:
        raise ValueError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError
    return float(value)


def _share(value: Any) -> float:
    if _number(value) < 0:
        raise ValueError
    return float(value)


def _yes_or_no(value: Any) -> bool:
    return {"true": True, "false": False}[str(value).lower()]


def _yes_no_or_auto(value: Any) -> bool | str:
    return "auto" if value == "auto" else _yes_or_no(value)


def _span(value: Any) -> tuple[float, float]:
    parts = value.replace("-", ",").split(",") if isinstance(value, str) else value
    low, high = (_share(part) for part in parts)
    if not low <= high <= 1:
        raise ValueError
    return low, high


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], str]:
    return lambda value: choices[choices.index(value)]


_KINDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "steps": (_whole, "a whole number from 1"),
    "sampler": (str, "a sampler's name"),
    "guidance_text": (_number, "a number"),
    "guidance_image": (_number, "a number"),
    "guidance_interval": (_span, "two rising shares of the steps within 0 and 1, such as 0.2,0.8"),
    "reuse_every": (_whole, "a whole number from 1"),
    "decode": (_yes_or_no, "true or false"),
    "context": (_share, "a number from 0"),
    "keep_every": (_whole, "a whole number from 1"),
    "dtype": (_one_of(DTYPES), f"one of {', '.join(DTYPES)}"),
    "compile": (_yes_or_no, "true or false"),
    "quantize": (_one_of(QUANTIZE), f"one of {', '.join(QUANTIZE)}"),
    "offload": (_yes_or_no, "true or false"),
    "graphs": (_yes_no_or_auto, "auto, true or false"),
}


def chosen_options(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults with what was given on top; a given None keeps the default.

    Raises:
        BadArguments: An option is not known, or its value is of no use.
    """
    unknown = sorted(given.keys() - defaults.keys())
    if unknown:
        raise BadArguments(f"no option is called {unknown[0]!r}; there are {', '.join(defaults)}")
    chosen = dict(defaults)
    for name, value in given.items():
        if value is None:
            continue
        parse, wanted = _KINDS[name]
        try:
            chosen[name] = parse(value)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise BadArguments(f"option {name} is {value!r}; it must be {wanted}") from error
    return chosen


def folder_defaults(folder: Path, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults with what the model folder says on top.

    Raises:
        EditorUnavailable: The folder's file cannot be read or names what is no option.
    """
    path = folder / FILE
    if not path.is_file():
        return dict(defaults)
    try:
        return chosen_options(json.loads(path.read_text(encoding="utf-8")), defaults)
    except (ValueError, AttributeError, BadArguments) as error:
        raise EditorUnavailable(
            f"{path} cannot be used: {error}", "install the model anew"
        ) from error


def approximations(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which savings make the picture another than the whole procedure would."""
    exact = {"guidance_interval": (0.0, 1.0), "reuse_every": 1, "keep_every": 1}
    used = [f"{name} {options[name]}" for name, value in exact.items() if options[name] != value]
    return (f"approximated to save time: {', '.join(used)}",) if used else ()
