"""Writes a run's report: JSON, and one HTML file with its pictures inside.

The page is built as a tree, so whatever a model or a folder says is text, never markup.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import cv2
import numpy as np

from smartedit_model.evaluation.bench import Bench, Record
from smartedit_model.evaluation.crops import Image
from smartedit_model.evaluation.run import kept

HTML, JSON = "report.html", "report.json"
SHOWN = 24
"""Cases a category with pictures, failed ones first."""
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
color:#222;background:#fff}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.25rem .7rem;text-align:right;
border-bottom:1px solid #ddd;white-space:nowrap}th:first-child,td:first-child{text-align:left}
small{color:#666}figure{margin:0 .5rem .3rem 0;display:inline-block}
figure img{width:150px;display:block;image-rendering:auto}figcaption{font-size:12px;color:#666}
.case{border-left:4px solid #3a9d5d;padding-left:.8rem;margin:1rem 0}
.failed{border-color:#cc3d3d}.why{color:#a02020;font-size:13px}
"""
COLUMNS = (
    ("ins_align", "Ins-align"), ("psnr", "PSNR dB"), ("ssim", "SSIM"), ("mse", "MSE"),
    ("lpips", "LPIPS"), ("clip_score", "CLIP score"), ("iou", "grounding IoU"),
    ("seconds", "seconds"),
)  # fmt: skip


def write_report(
    bench: Bench,
    records: Sequence[Record],
    summary: dict[str, Any],
    folder: Path,
    *,
    shown: int = SHOWN,
) -> None:
    """Write `report.json` and `report.html` into a run's folder, each whole or not at all."""
    _write(folder / JSON, json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    page = _page(bench, records, summary, folder, shown)
    _write(folder / HTML, "<!DOCTYPE html>\n" + tostring(page, encoding="unicode", method="html"))


def _page(
    bench: Bench, records: Sequence[Record], summary: dict[str, Any], folder: Path, shown: int
) -> Element:
    page = Element("html", lang="en")
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    title = f"{summary['subject'].get('model', '')} on {bench.name}"
    _text(head, "title", title)
    _text(head, "style", STYLE)
    body = SubElement(page, "body")
    _text(body, "h1", title)
    _text(
        body, "p", f"{summary['count']} cases, {summary['errors']} errors, seed {summary['seed']}"
    )
    for metric, why in summary["missing"].items():
        _text(body, "p", f"{metric}: not measured; {why}")
    _table(body, "category", _rows(summary))
    if summary.get("ops"):
        _table(body, "op", summary["ops"])
    for name in ("grounding", "no_target"):
        if summary.get(name):
            _text(body, "h2", name.replace("_", " "))
            _values(body, summary[name])
    if summary.get("baselines"):
        _text(body, "h2", "baselines")
        for name, rows in summary["baselines"].items():
            _table(body, str(name), _rows(rows))
    _cases(body, bench, records, folder, shown)
    return page


def _rows(summary: dict[str, Any]) -> dict[str, Any]:
    rows = dict(summary.get("categories") or {})
    for name in ("understanding", "reasoning", "all"):
        if summary.get(name) and not (name == "reasoning" and name in rows):
            rows[f"{name} together" if name == "understanding" else name] = summary[name]
    return rows


def _table(body: Element, first: str, rows: dict[str, Any]) -> None:
    present = [(key, title) for key, title in COLUMNS if any(key in row for row in rows.values())]
    table = SubElement(body, "table")
    heads = SubElement(table, "tr")
    for title in (first, "cases", *(title for _, title in present)):
        _text(heads, "th", title)
    for name, row in rows.items():
        line = SubElement(table, "tr")
        _text(line, "td", name)
        _text(line, "td", str(row.get("count", "")))
        for key, _ in present:
            cell = SubElement(line, "td")
            value, interval = _value(row, key)
            if value is not None:
                _text(cell, "span", _short(value))
                _text(cell, "small", f" {_short(interval[0])}–{_short(interval[1])}")
            elif key == "psnr" and row.get("identical"):
                _text(cell, "small", "identical")


def _value(row: dict[str, Any], key: str) -> tuple[float | None, list[float]]:
    found = row.get(key)
    if found is None:
        return None, []
    if key == "ins_align":
        return float(found), row["interval"]
    return float(found["value"]), found["interval"]


def _short(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _values(body: Element, values: dict[str, Any]) -> None:
    items = SubElement(body, "ul")
    for name, mean in values.items():
        low, high = mean["interval"]
        words = f"{name.replace('_', ' ')}: {_short(mean['value'])}"
        _text(items, "li", f"{words} ({_short(low)}–{_short(high)}, {mean['count']} cases)")


def _cases(
    body: Element, bench: Bench, records: Sequence[Record], folder: Path, shown: int
) -> None:
    categories = list(dict.fromkeys(str(record["category"]) for record in records))
    for category in categories:
        group = [record for record in records if record["category"] == category]
        group.sort(key=lambda record: not _failed(record))  # stable: failed first, then by number
        _text(body, "h2", category.replace("_", " "))
        failed = sum(_failed(record) for record in group)
        _text(body, "p", f"{failed} of {len(group)} failed; {min(shown, len(group))} are shown")
        for record in group[:shown]:
            _case(body, bench, record, folder)


def _failed(record: Record) -> bool:
    return record.get("aligned") is False or bool(record["error"])


def _case(body: Element, bench: Bench, record: Record, folder: Path) -> None:
    place = SubElement(body, "div", {"class": "case failed" if _failed(record) else "case"})
    _text(place, "p", f"{record['instruction']}")
    for title, picture in bench.panels(str(record["key"]), kept(folder, record)):
        figure = SubElement(place, "figure")
        SubElement(figure, "img", src=_inline(picture), alt=f"{title} of {record['key']}")
        _text(figure, "figcaption", title)
    measured = [
        f"{title} {_short(record[key])}"
        for key, title in COLUMNS
        if isinstance(record.get(key), float)
    ]
    _text(place, "small", f"{record['key']}  {'  '.join(measured)}")
    for failure in record["failures"]:
        _text(place, "div", str(failure)).set("class", "why")


def _inline(picture: Image) -> str:
    bgr = np.ascontiguousarray(picture[:, :, ::-1])
    _, code = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, 85])
    return "data:image/webp;base64," + base64.b64encode(code.tobytes()).decode("ascii")


def _text(parent: Element, tag: str, text: str) -> Element:
    child = SubElement(parent, tag)
    # Control characters have no place in a page, whoever wrote them.
    child.text = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return child


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(path.suffix + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
