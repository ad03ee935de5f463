"""Carries out an evaluation: case by case into a folder, and on from where it was stopped.

The folder holds `run.json` (what decides the scores), `cases.jsonl` (one line a case, written when
the case's picture is on disk) and `pictures/`. A run that was killed leaves whole lines and at most
one torn one, which is cut off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from PIL import Image as PilImage

from smartedit_model.evaluation.bench import Bench, Record
from smartedit_model.evaluation.crops import Image, Mask
from smartedit_model.evaluation.errors import EvaluationSetupError, RunMismatchError
from smartedit_model.evaluation.subjects import Ask, Made, Subject

CASES, SETTINGS, PICTURES = "cases.jsonl", "run.json", "pictures"


def evaluate(
    bench: Bench,
    subject: Subject,
    folder: Path,
    *,
    seed: int = 0,
    batch: int = 8,
    on_case: Callable[[int, int, Record], None] = lambda _done, _total, _record: None,
) -> tuple[list[Record], dict[str, Any]]:
    """Make, score and keep every case that the folder does not hold yet.

    Args:
        bench: the cases.
        subject: the model.
        folder: where the run is kept.
        seed: of the model's noise, mixed with each case's key.
        batch: cases in one pass; it changes the speed, not the cases' seeds.
        on_case: told how many are done, of how many, and the newest.

    Returns:
        The records in the order of the bench's keys, and what the model told of itself.

    Raises:
        RunMismatchError: the folder belongs to a run with other settings.
        EvaluationSetupError: another process is at work in the folder, or the batch is empty.
    """
    if batch < 1:
        raise EvaluationSetupError(f"a batch of {batch} cases; at least 1 would be right")
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            return _evaluate(bench, subject, folder, seed, batch, on_case)
    except Timeout as error:
        raise EvaluationSetupError(f"another evaluation is at work in {folder}") from error


def _evaluate(
    bench: Bench,
    subject: Subject,
    folder: Path,
    seed: int,
    batch: int,
    on_case: Callable[[int, int, Record], None],
) -> tuple[list[Record], dict[str, Any]]:
    told = subject.prepare()
    _check_settings(folder / SETTINGS, {**bench.settings(), "subject": told, "seed": seed})
    done = {str(record["key"]): record for record in read_records(folder / CASES)}
    left = [key for key in bench.keys if key not in done]
    count = len(bench.keys) - len(left)
    for start in range(0, len(left), batch):
        keys = left[start : start + batch]
        asks = [bench.ask(key, seed) for key in keys]
        for key, made in zip(keys, _made(subject, asks), strict=True):
            record = {
                "key": key,
                "category": key.partition("/")[0],
                "seconds": round(made.seconds, 4),
                "error": made.error,
                **bench.score(key, made),
            }
            _keep_pictures(folder, key, made)
            _append(folder / CASES, record)
            done[key] = record
            count += 1
            on_case(count, len(bench.keys), record)
    return [done[key] for key in bench.keys], told


def _made(subject: Subject, asks: Sequence[Ask]) -> list[Made]:
    """The subject's results, checked: a model's output is not trusted."""
    found = subject.make(asks)
    if len(found) != len(asks):
        raise EvaluationSetupError(
            f"{subject.name} gave {len(found)} results for {len(asks)} pictures"
        )
    for ask, made in zip(asks, found, strict=True):
        if made.image.shape != ask.image.shape or made.image.dtype != np.uint8:
            raise EvaluationSetupError(
                f"{subject.name} gave {made.image.dtype} {made.image.shape} for a picture of "
                f"uint8 {ask.image.shape}"
            )
    return found


def _check_settings(path: Path, settings: dict[str, Any]) -> None:
    """Note the settings of a new run; refuse to go on with a run of others."""
    plain = json.loads(json.dumps(settings))
    if not path.is_file():
        part = path.with_suffix(".part")
        part.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
        return
    try:
        old = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunMismatchError(f"{path} is not JSON; choose another folder") from error
    if not isinstance(old, dict):
        raise RunMismatchError(f"{path} does not describe a run; choose another folder")
    other = sorted(key for key in {*old, *plain} if old.get(key) != plain.get(key))
    if other:
        raise RunMismatchError(
            f"{path.parent} holds a run with other settings ({', '.join(other)}); choose another "
            "folder with --out, or remove it"
        )


def read_records(path: Path) -> list[Record]:
    """The whole lines of a run; what a kill left of a last line is cut off.

    Raises:
        RunMismatchError: a whole line is not a record.
    """
    if not path.is_file():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    records = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            record = json.loads(line)
        except ValueError as error:
            raise RunMismatchError(f"{path}, line {number} is not JSON; remove the line") from error
        if not isinstance(record, dict) or not isinstance(record.get("key"), str):
            raise RunMismatchError(f"{path}, line {number} is not a case; remove the line")
        records.append(record)
    return records


def _append(path: Path, record: Record) -> None:
    line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
    with path.open("ab") as file:
        file.write(line.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def _keep_pictures(folder: Path, key: str, made: Made) -> None:
    _save(_picture(folder, key, ""), made.image)
    if made.region is not None:
        _save(_picture(folder, key, ".region"), made.region.astype(np.uint8) * 255)


def kept(folder: Path, record: Record) -> Made:
    """A case's result as the run kept it.

    Raises:
        RunMismatchError: its picture is gone.
    """
    key = str(record["key"])
    path, region_path = _picture(folder, key, ""), _picture(folder, key, ".region")
    if not path.is_file():
        raise RunMismatchError(f"{path} is missing; remove {folder / CASES} to make it again")
    region: Mask | None = None
    if region_path.is_file():
        with PilImage.open(region_path, formats=("PNG",)) as image:
            region = np.asarray(image.convert("L")) > 127
    with PilImage.open(path, formats=("PNG",)) as image:
        pixels: Image = np.asarray(image.convert("RGB"))
    return Made(pixels, float(record["seconds"]), region, bool(record.get("declined")))


def _picture(folder: Path, key: str, suffix: str) -> Path:
    return folder / PICTURES / f"{key.replace('/', '-')}{suffix}.png"


def _save(path: Path, pixels: Image) -> None:
    part = path.with_suffix(".part")
    PilImage.fromarray(pixels).save(part, format="PNG")
    part.replace(path)
