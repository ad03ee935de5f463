"""Reading looks from YAML that a user wrote: every error in one line with the line and the field.

The file is untrusted: its size, the number of looks and the length of names are bounded, anchors
and tags are refused, and nothing in it can be more than numbers and names of known steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from rapidfuzz import process

from tools.errors import BadArguments
from tools.look_recipe import LookStep
from tools.lookbook import Look, built_in

MAX_BYTES = 1_000_000
MAX_LOOKS = 500
_NAME = re.compile(r"^[\w][\w .&'’/-]{0,59}$")
_PLAIN = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null"))
_Path = tuple[str | int, ...]
CheckStep = Callable[[LookStep], str]
"""Says what is wrong with a step's parameters; "" where nothing is."""


def read_looks(path: Path, check_step: CheckStep = lambda _step: "") -> dict[str, Look]:
    """Read a file of looks.

    Args:
        path: the YAML file.
        check_step: judges the parameters of steps, which are the plan's to define.

    Raises:
        BadArguments: it cannot be read or does not fit; one line with the line and field.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadArguments(f"{path} is over {MAX_BYTES // 1_000_000} MB; a look is a few lines")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadArguments(f"the looks {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadArguments(f"the looks {path} are not UTF-8 text") from error
    return parse_looks(text, str(path), check_step, known=built_in().looks)


def parse_looks(
    text: str,
    where: str,
    check_step: CheckStep = lambda _step: "",
    known: Mapping[str, Look] | None = None,
    loader: type[Any] = yaml.SafeLoader,
) -> dict[str, Look]:
    """Parse looks.

    Args:
        text: in YAML.
        where: what the text is called in errors.
        check_step: what is wrong with a step; "" for nothing.
        known: those that ``like: NAME`` may start from beside the file's own.
        loader: reads the YAML; the C library's is ten times faster and says less of what is wrong.

    Raises:
        BadArguments: see ``read_looks``.
    """
    try:
        _refuse_references(text, where, loader)
        node = yaml.compose(text, Loader=loader)
        lines: dict[_Path, int] = {}
        values = {} if node is None else _values(node, (), lines, where)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise BadArguments(f"{where}{line}: this is no YAML: {problem}") from error
    except RecursionError as error:
        raise BadArguments(f"{where}: it is nested too deeply to be a list of looks") from error
    if not isinstance(values, dict):
        raise BadArguments(f"{where}, line 1: looks are written as 'name:' with fields below it")
    if len(values) > MAX_LOOKS:
        raise BadArguments(f"{where}: {len(values)} looks are too many; at most {MAX_LOOKS}")
    found: dict[str, Look] = {}
    for name, fields in values.items():
        found[name] = _look(name, fields, found, known or {}, lines, where)
        for number, step in enumerate(found[name].steps):
            problem = check_step(step)
            if problem:
                at = lines.get((name, "steps", number), lines[(name,)])
                raise BadArguments(f"{where}, line {at}: {name}: steps {number + 1}: {problem}")
    return found


def _refuse_references(text: str, where: str, loader: type[Any]) -> None:
    """Anchors can make a small text unfold without end; tags can name what is not data."""
    for event in yaml.parse(text, Loader=loader):
        mark = event.start_mark
        reference = getattr(event, "anchor", None) is not None
        if reference or getattr(event, "tag", None) is not None:
            raise BadArguments(
                f"{where}, line {mark.line + 1 if mark else 1}: anchors, references and tags "
                "(&, *, !) are not read; write the value out"
            )


def _values(node: yaml.Node, path: _Path, lines: dict[_Path, int], where: str) -> Any:
    """Plain values of a node, with the line of each noted."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value) if isinstance(name_node, yaml.ScalarNode) else ""
            line = name_node.start_mark.line + 1
            if not _NAME.match(name):
                raise BadArguments(
                    f"{where}, line {line}: {name[:60]!r} is no name; use up to 60 letters, "
                    "digits, blanks and hyphens"
                )
            if name in made:
                raise BadArguments(f"{where}, line {line}: {name!r} stands there twice")
            lines[(*path, name)] = line
            made[name] = _values(value_node, (*path, name), lines, where)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, (*path, i), lines, where) for i, item in enumerate(node.value)]
    if node.tag not in _PLAIN:
        return str(node.value)
    return yaml.SafeLoader("").construct_object(node)


def _look(
    name: str,
    fields: Any,
    above: Mapping[str, Look],
    known: Mapping[str, Look],
    lines: Mapping[_Path, int],
    where: str,
) -> Look:
    at = f"{where}, line {lines[(name,)]}: {name}"
    if not isinstance(fields, dict):
        raise BadArguments(f"{at}: a look has fields below its name, such as 'contrast: 0.3'")
    own = dict(fields)
    base: dict[str, Any] = {}
    if "like" in own:
        start = own.pop("like")
        first = above.get(start) or known.get(start) if isinstance(start, str) else None
        if first is None:
            raise BadArguments(
                f"{where}, line {lines[(name, 'like')]}: {name}: like: "
                f"there is no look {str(start)[:60]!r} above or built in"
            )
        base = first.model_dump(mode="json", exclude_defaults=True, exclude={"aliases", "about"})
    own["aliases"] = [str(alias) for alias in _list(own.get("aliases", []))]
    try:
        made = Look.model_validate(base | own)
    except ValidationError as error:
        raise BadArguments(_one_line(error, name, lines, where)) from error
    for alias in made.aliases:
        if not _NAME.match(alias):
            raise BadArguments(f"{at}: aliases: {alias[:60]!r} is no name; use letters and blanks")
    if not made.amounts() and not made.steps:
        raise BadArguments(f"{at}: it changes nothing; give it an amount, such as 'contrast: 0.3'")
    return made


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _one_line(error: ValidationError, name: str, lines: Mapping[_Path, int], where: str) -> str:
    """The first thing that is wrong, with its line and field."""
    first = error.errors()[0]
    place: _Path = (name, *first["loc"])
    line = next(lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines)
    words = ".".join(str(part) for part in first["loc"])
    problem = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        near = process.extractOne(words, [*Look.model_fields, "like"])[0]
        problem = f"there is no such field; is {near!r} meant?"
    elif "input" in first and isinstance(first["input"], str | int | float):
        problem += f", not {first['input']!r}"
    return f"{where}, line {line}: {name}: {words + ': ' if words else ''}{problem}"
