"""Where the parts of a release lie on this machine.

It reads folder names and settings, no weights.
"""

from __future__ import annotations

from pathlib import Path

from smartedit_model.errors import InputError, MissingFileError
from smartedit_model.importing.sources import TensorFile
from smartedit_model.integrity import read_json


def find_checkpoint(folder: Path, steps: int | None = None) -> dict[str, TensorFile]:
    """Return the four weight files of a published checkpoint folder.

    Args:
        folder: The folder with ``adapter_config.json``.
        steps: Training step; needed only when the folder holds several.

    Raises:
        MissingFileError: A file is missing.
        InputError: There are several steps and none was chosen.
    """
    found = sorted(int(p.name[4:]) for p in folder.glob("LLM-*") if p.name[4:].isdigit())
    if steps is None:
        if not found:
            raise MissingFileError(
                f"{folder} holds no LLM-STEPS folder; give the checkpoint's folder"
            )
        if len(found) > 1:
            raise InputError(f"{folder} holds steps {found}; choose one (--step)")
        steps = found[0]
    paths = {
        "language": folder / f"LLM-{steps}" / "adapter_model.bin",
        "qformer": folder / "embeddings_qformer" / f"checkpoint-{steps}_embeddings_qformer.bin",
        "bim": folder / f"modulate-{steps}" / "adapter_model.bin",
        "unet": folder / f"unet-{steps}" / "adapter_model.bin",
    }
    for path in paths.values():
        if not path.is_file():
            raise MissingFileError(f"{path} is missing; fetch the whole checkpoint folder")
    return {kind: TensorFile(path) for kind, path in paths.items()}


def find_clip(llava_dir: Path, clip_dir: Path | None) -> Path:
    """Return the folder of the vision tower.

    Looked for, in this order: the folder given, the one LLaVA's configuration names if it is on
    this machine, the hub's cache.

    Raises:
        MissingFileError: It is nowhere.
    """
    if clip_dir is not None:
        return clip_dir
    settings = llava_dir / "config.json"
    named = str(read_json(settings).get("mm_vision_tower", "")) if settings.is_file() else ""
    if named and Path(named).is_dir():
        return Path(named)
    from huggingface_hub import try_to_load_from_cache

    cached = try_to_load_from_cache("openai/clip-vit-large-patch14", "config.json")
    if isinstance(cached, str):
        return Path(cached).parent
    raise MissingFileError(
        "the vision tower openai/clip-vit-large-patch14 is not on this machine; give its folder "
        "(--clip), or fetch it with `smartedit models pull`"
    )
