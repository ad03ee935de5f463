"""Make a trained model the one that is shipped: half precision, rounded, calibrated, with hashes.

It measures nothing; numbers come from ``grounding`` and ``smartedit eval``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from smartedit_model.adapters import adapter_path
from smartedit_model.domain import write_drawn
from smartedit_model.editor import DEFAULTS
from smartedit_model.fingerprints import write_hashes
from smartedit_model.options import FILE, chosen_options
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.grounding import Finding, write_calibration
from smartedit_model.training.rounding import settle

CARD = "CARD.md"


def ship(
    trained: Path,
    out: Path,
    *,
    editing: Mapping[str, Any],
    found: Iterable[Finding],
    ops: Sequence[str] | None = None,
    reads: Sequence[str] | None = None,
    eight_bits: Sequence[str] = (),
) -> dict[str, float]:
    """Write the folder that the package ships.

    Args:
        trained: A stage's ``final`` folder.
        out: Where to; what is there is replaced, but its card, and parts that have not changed,
            are kept byte for byte.
        editing: The editor's options that suit the model; see ``options``.
        found: What the model finds on the validation split, to calibrate its certainty by.
        ops: Ops of a plan that it makes well; None for all.
        reads: Ways of ``phrase_reader.WAYS`` that it reads well; None for all.
        eight_bits: Modules stored in eight bits; see ``rounding``.

    Returns:
        The calibration.
    """
    chosen_options(editing, DEFAULTS)
    pipe = SmartEditPipeline.from_pretrained(trained, torch_dtype=torch.float16, adapt=False)
    card = (out / CARD).read_text(encoding="utf-8") if (out / CARD).is_file() else None
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    pipe.save_pretrained(partial)
    _forget_origin(partial)
    for weights in partial.glob("*/*.safetensors"):
        part = weights.relative_to(partial)
        settle(weights, out / part, eight_bits=part.parts[0] in eight_bits)
    adapter = adapter_path(trained)
    if adapter is not None:
        shutil.copytree(adapter.parent, partial / adapter.parent.name)
    fit = write_calibration(found, partial, reads)
    write_drawn(partial, ops)
    (partial / FILE).write_text(json.dumps(dict(editing), indent=1) + "\n", encoding="utf-8")
    if card is not None:
        (partial / CARD).write_text(card, encoding="utf-8")
    write_hashes(partial)
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)
    return fit


def _forget_origin(folder: Path) -> None:
    """Take out of the modules' configurations where diffusers loaded them from."""
    for path in folder.glob("*/config.json"):
        config = json.loads(path.read_text(encoding="utf-8"))
        if config.pop("_name_or_path", None) is not None:
            path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
