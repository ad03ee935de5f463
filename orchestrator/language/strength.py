"""How much: "slightly", "20%", "twice as", "by 2 stops", taken out of a clause before it is parsed.

Holds the one table of what each word is worth; knows nothing of ops beyond their amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.language.places import is_frame_noun
from orchestrator.language.units import Unit

LEVELS = {
    "": 1.0,
    "slight": 0.4,
    "moderate": 0.8,
    "strong": 2.0,
    "extreme": 3.0,
    "excess": 1.0,
    "slight_excess": 0.4,
    "strong_excess": 2.0,
    "lack": 1.0,
}
"""Degree -> share of the usual amount."""
HOW_MUCH = frozenset({"slight", "moderate", "strong", "extreme"})
"""Degrees that say how much of a change; "too" says only that there is to be one."""
USUAL_ADJUST = 0.25
USUAL_MOVE = 0.15
STRENGTH_NOUNS = frozenset({"strength", "intensity", "opacity"})
STOPS_FULL = 3.0
"""Photographic stops that the largest ``exposure`` amount stands for."""

_ADJECTIVAL = {
    "strong", "heavy", "big", "subtle", "mild", "slight", "extreme", "intense", "deep", "medium",
    "maximum", "max", "crazy",
    "pretty", "fairly", "ultra", "super", "way", "far", "so", "very", "moderate", "bit", "too",
    "much", "lightly", "a dash", "hella", "lots", "heaps", "loads", "tons", "a ton",
}  # fmt: skip
_AT_THE_END = frozenset(
    {"much", "lots", "max", "bit", "loads", "heaps", "tons", "a ton", "lightly"}
)
"""Words that say how much when nothing follows: "lift the shadows loads"."""
_GRADABLE = (
    "scale", "size", "focus_adjective", "look", "style", "property", "weather", "wish", "more",
    "less", "degree", "graded",
    "effect_noun", "relight", "colour", "factor", "direction",
)  # fmt: skip


@dataclass(frozen=True)
class Strength:
    """How much a clause asks for.

    Attributes:
        level: a key of ``LEVELS``.
        percent: "20%" as 20.
        factor: "twice" as 2, "half" as 0.5.
        stops: "2 stops" as 2.
        degrees: "90 degrees" as 90.
        number: a bare number ("brightness +20").
        pixels: "100 px".
        to: True for "to 50%" (an end, not a change).
        by: True for "by a quarter" (a change, not an end).
    """

    level: str = ""
    percent: float | None = None
    factor: float | None = None
    stops: float | None = None
    degrees: float | None = None
    number: float | None = None
    pixels: float | None = None
    to: bool = False
    by: bool = False

    @property
    def excess(self) -> bool:
        """Whether there is too much of it, however much too much."""
        return self.level.endswith("excess")

    @property
    def scale(self) -> float:
        """Share of the usual amount."""
        return LEVELS[self.level]

    def adjust(self, usual: float = USUAL_ADJUST) -> float:
        """Unsigned amount for ``adjust``, in (0, 1]."""
        if self.stops is not None:
            return _bound(abs(self.stops) / STOPS_FULL)
        if self.percent is not None:
            return _bound(abs(self.percent) / 100)
        if self.factor is not None:
            if self.factor < 1:
                return _bound(1 - self.factor if self.to else self.factor)
            return _bound((self.factor - 1) / 2)
        if self.number is not None and self.number != 0:
            return _bound(abs(self.number) if abs(self.number) < 1 else abs(self.number) / 100)
        return _bound(usual * self.scale)

    def share(self, usual: float = 0.5, top: float = 1.0) -> float:
        """Unsigned strength for blur, sharpen, grade, weather and light."""
        if self.percent is not None and self.percent != 0:
            return _bound(abs(self.percent) / 100, top)
        named = {"slight": 0.5, "moderate": 0.8, "strong": 1.5, "extreme": 2.0}
        return _bound(usual * named.get(self.level.removesuffix("_excess"), 1.0), top)

    def move(self, usual: float = USUAL_MOVE) -> float:
        """Share of the picture's side for ``move``."""
        return _bound((self.percent or 0) / 100 or usual * self.scale)

    def resize(self, sign: int) -> float:
        """Factor for ``resize``; sign +1 grows, -1 shrinks."""
        if self.factor is not None and 0 < self.factor < 1 and self.by:
            return 1 + self.factor if sign > 0 else 1 - self.factor
        if self.factor is not None and self.factor > 0:
            same_sense = (self.factor > 1) == (sign > 0) or self.factor < 1
            return min(20.0, self.factor if same_sense else 1 / self.factor)
        if self.percent is not None and self.percent != 0:
            share = abs(self.percent) / 100
            if self.to:
                return min(20.0, share)
            return min(20.0, 1 + share) if sign > 0 else max(0.05, 1 - share)
        level = self.level.removesuffix("_excess")
        grown = {"": 1.35, "slight": 1.15, "moderate": 1.25, "strong": 2.0, "extreme": 3.0}.get(
            level, 1.35
        )
        return grown if sign > 0 else round(1 / grown, 2)


def _bound(value: float, top: float = 1.0) -> float:
    return round(min(top, max(0.01, value)), 3)


def take_strength(units: Sequence[Unit]) -> tuple[Strength, list[Unit], list[Unit]]:
    """The strength, the units that said it, and the rest."""
    found: dict[str, float | str | bool] = {}
    said: list[Unit] = []
    rest: list[Unit] = []
    for i, unit in enumerate(units):
        before = units[i - 1] if i else None
        after = units[i + 1] if i + 1 < len(units) else None
        if unit.has("more", "less") and unit.norm.startswith(("much ", "way ", "far ")):
            found.setdefault("level", "strong")  # "much more magenta"
        key = _key(unit, before, after)
        if unit.norm in STRENGTH_NOUNS and said and said[-1] is before:
            said.append(unit)
            continue
        if not key or (key in found and key != "level"):
            rest.append(unit)
            continue
        if key == "level":
            level = str(unit.get("degree"))
            had = str(found.get("level", ""))
            if level in ("strong", "extreme") and had == "slight":
                level = "slight"  # "a little more than much"
            elif level == "excess" and had in ("slight", "strong"):
                level = f"{had}_excess"  # "a tiny little bit | too"
            found["level"] = had if had.endswith("excess") else level
        elif key == "factor":
            found["factor"] = float(unit.get("factor") or unit.value)
            found["by"] = unit.norm.startswith("by ") or (
                before is not None and before.norm == "by"
            )
            if after is not None and getattr(after.get("size"), "form", "") == "more":
                found["by"] = True  # "a third smaller"
        else:
            found[key] = unit.value
        if (
            before is not None
            and rest
            and rest[-1] is before
            and before.norm in ("by", "to", "at", "with", "of")
        ):
            said.append(rest.pop())
            found["to"] = before.norm == "to"
        said.append(unit)
        if after is not None and after.norm in STRENGTH_NOUNS and key == "factor":
            found["percent"] = 100 * float(found.pop("factor"))
    return Strength(**found), said, [u for u in rest if not (u.norm == "as" and said)]  # type: ignore[arg-type]


def _key(unit: Unit, before: Unit | None, after: Unit | None) -> str:
    """Which field of ``Strength`` a unit speaks of; "" for none."""
    if unit.kind == "number":
        named = {
            "%": "percent",
            "deg": "degrees",
            "x": "factor",
            "stop": "stops",
            "px": "pixels",
            "point": "number",
        }
        if unit.unit in named:
            return named[unit.unit]
        if unit.unit:
            return ""
        signed = unit.text[:1] in "+-−"
        near = before is not None and before.has("property", "verb", "scale")
        by = before is not None and before.norm in ("by", "to", "at", "of")
        ends = after is None or after.kind == "mark" or after.has("conjunction", "property")
        return "number" if signed or ((near or by) and ends) else ""
    if unit.has("factor"):
        sized = after is not None and after.norm in ("as", "its", "the", "their")
        if is_frame_noun(unit) and before is not None and before.has("side") and not sized:
            return ""  # "the left half"
        opens = after is not None and (
            after.has("scale", "size", "colour", "more", "less")
            or after.norm in ("as", "its", "the", "their")
        )
        whole = (
            after is None
            or after.norm in STRENGTH_NOUNS
            or after.kind == "mark"
            or after.has("conjunction", "connector")
            or opens
        )
        if unit.has("verb") and before is None:
            return ""
        if before is not None and before.get("det") == "indefinite" and unit.norm == "double":
            return ""  # "a double rainbow"
        return "factor" if whole else ""
    if unit.has("degree"):
        if unit.norm in ("too", "so"):
            return (
                "level"
                if after is not None and after.has(*_GRADABLE) and not after.has("more", "colour")
                else ""
            )
        if unit.has("size") and after is not None and after.has("colour"):
            return ""  # "the big black bird"
        if unit.norm in _ADJECTIVAL or unit.has("verb", "size"):
            if unit.norm in _AT_THE_END and after is None:
                return "level"
            if unit.norm in ("way", "super", "big") and after is None:
                return ""
            return (
                "level"
                if after is not None
                and after.has(*_GRADABLE)
                and not (unit.norm == "deep" and after.has("colour"))
                else ""
            )
        return "level"
    return ""
