"""The project's own small SAM: its folder, saving it, loading it, what pictures it knows.

A folder holds ``config.json`` (sizes), ``model.safetensors`` (float16), ``domain.json`` and
``hashes.json``. The package ships one, trained on the drawn world; a user's own goes before it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smartedit_model import domain
from smartedit_model.errors import ConfigError, MissingFileError, TruncatedFileError
from smartedit_model.fingerprints import check_hashes, write_hashes

if TYPE_CHECKING:
    from smartedit_model.sam.architecture import SamSize

NAME = "sam-nano"
CONFIG, WEIGHTS = "config.json", "model.safetensors"
REMEDY = "install the package or export the model again"


def shipped_folder() -> Path:
    """Where this package keeps its own small SAM."""
    return Path(__file__).parents[1] / "weights" / NAME


def small_folder(models: Path) -> Path:
    """The folder of the small SAM: the user's own under the models folder, else the shipped one."""
    own = models / NAME
    return own if own.is_dir() else shipped_folder()


def is_here(folder: Path) -> bool:
    """Whether a folder holds a small SAM, judged by its files' names."""
    return (folder / CONFIG).is_file() and (folder / WEIGHTS).is_file()


def save_small(model: Any, size: SamSize, folder: Path) -> None:
    """Write a model as a folder, in float16."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    halves = {
        name: value.detach().to(torch.float16).contiguous()
        for name, value in model.state_dict().items()
    }
    save_file(halves, folder / WEIGHTS)
    config = json.dumps(size.model_dump(mode="json"), indent=1)
    (folder / CONFIG).write_text(config + "\n", encoding="utf-8")
    domain.write_drawn(folder)
    write_hashes(folder, (CONFIG, WEIGHTS, domain.FILE))


def load_small(folder: Path) -> Any:
    """Load a small SAM in float32, in eval mode, without gradients.

    Raises:
        MissingFileError: a file is missing.
        HashMismatchError: a file is not as it was written.
        ConfigError: its sizes are impossible.
        WeightsError: its weights are damaged or of another model.
    """
    from pydantic import ValidationError
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from smartedit_model.headers import read_header
    from smartedit_model.sam.architecture import SamSize, build
    from smartedit_model.sam.loading import fill

    if not is_here(folder):
        raise MissingFileError(
            f"{folder} holds no small SAM; it needs {CONFIG} and {WEIGHTS} "
            "(docs/segmentation.md says how one is trained)"
        )
    read_header(folder / WEIGHTS)  # first: a file cut short is told apart from a changed one
    check_hashes(folder, REMEDY)
    try:
        size = SamSize.model_validate_json((folder / CONFIG).read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise ConfigError(f"{folder / CONFIG} does not describe a small SAM") from error
    try:
        tensors = load_file(folder / WEIGHTS)
    except SafetensorError as error:
        raise TruncatedFileError(f"{folder / WEIGHTS} is damaged; fetch it again") from error
    return fill(folder, lambda: build(size), tensors)


def verify_small(folder: Path) -> list[str]:
    """Load a small SAM; returns what was checked on the way, in words.

    Raises:
        WeightsError, ConfigError: as ``load_small``.
    """
    load_small(folder)
    noted = check_hashes(folder, REMEDY)
    hashes = [f"{noted} files are as they were written"] if noted else []
    return ["it holds exactly the tensors of its architecture", *hashes, "every value is finite"]
