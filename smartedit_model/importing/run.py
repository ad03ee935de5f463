"""The import from start to end: find, check, plan, ask, write, describe.

Everything that can be refused is refused before the first byte is written. The result appears
under its final name only when it is whole; an interrupted import goes on where it stopped.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from smartedit_model.build import (
    Modules,
    build_modules,
    reference_scheduler,
)
from smartedit_model.config import SmartEditConfig, preset
from smartedit_model.disk_space import check_space
from smartedit_model.errors import Cancelled, InputError
from smartedit_model.fingerprints import HASHES, file_hash
from smartedit_model.importing import recipes
from smartedit_model.importing.bases import check_vision, open_llava
from smartedit_model.importing.card import write_card
from smartedit_model.importing.locate import find_checkpoint, find_clip
from smartedit_model.importing.resume import State, fingerprint
from smartedit_model.importing.sources import TensorFile, TensorFolder
from smartedit_model.importing.tokenizers import read_tokenizer
from smartedit_model.importing.writer import (
    Planned,
    shard_names,
    shards,
    write_index,
    write_shard,
)
from smartedit_model.integrity import STEMS, module_shapes, read_json


@dataclass(frozen=True)
class ImportPlan:
    """What an import will do.

    Attributes:
        name: The model's name.
        out_dir: Where it will be.
        sources: Every file that is read, with its size in bytes.
        sizes: Bytes that each module will take.
        needed: Bytes still to be written.
        free: Bytes free on the disk.
    """

    name: str
    out_dir: Path
    sources: dict[Path, int]
    sizes: dict[str, int]
    needed: int
    free: int


def import_checkpoint(
    checkpoint_dir: Path | str,
    llava_dir: Path | str,
    sd_dir: Path | str,
    out_dir: Path | str,
    *,
    name: str = "7b",
    config: SmartEditConfig | None = None,
    clip_dir: Path | str | None = None,
    llama_dir: Path | str | None = None,
    steps: int | None = None,
    dtype: torch.dtype = torch.float16,
    shard_bytes: int = 2 << 30,
    confirm: Callable[[ImportPlan], bool] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Path:
    """Turn the published folders into one folder that the pipeline loads.

    Args:
        checkpoint_dir: SmartEdit's checkpoint, with ``adapter_config.json``.
        llava_dir: LLaVA-1.1, full or as a delta.
        sd_dir: ``timbrooks/instruct-pix2pix``: text encoder and VAE are read.
        out_dir: Where the model goes; must not exist, or be an interrupted import.
        name: Preset whose sizes the checkpoint has, ``7b`` or ``13b``.
        config: Sizes, in place of a preset.
        clip_dir: ``openai/clip-vit-large-patch14``; searched for when omitted.
        llama_dir: LLaMA, needed when ``llava_dir`` is a delta.
        steps: Training step, when the checkpoint holds several.
        dtype: Stored dtype of the large modules; the small ones stay float32.
        shard_bytes: Largest size of one written file.
        confirm: Shown the sizes first; answering False stops before anything is written.
        progress: Called with the module, the bytes written so far and all bytes.

    Returns:
        ``out_dir``.

    Raises:
        WeightsError: One of its kinds, naming the file and what would be right.
        InputError: ``out_dir`` exists, its ``.partial`` is no import, or the step is ambiguous.
        Cancelled: ``confirm`` said no.
    """
    checkpoint, llava, sd, out = (Path(p) for p in (checkpoint_dir, llava_dir, sd_dir, out_dir))
    config = preset(name) if config is None else config
    if out.exists():
        raise InputError(f"{out} exists already; choose another folder or delete it")
    files = find_checkpoint(checkpoint, steps)
    adapter = checkpoint / "adapter_config.json"
    lora = recipes.Lora.of(read_json(adapter), adapter)
    with torch.device("meta"):
        modules = build_modules(config)
    shapes = {part: module_shapes(module) for part, module in modules.parts().items()}
    recipes.check_published(files, shapes, config, lora)
    base = open_llava(llava, Path(llama_dir) if llama_dir else None, files["language"], config)
    clip = find_clip(llava, Path(clip_dir) if clip_dir else None)
    check_vision(clip, config)
    towers, vae = TensorFolder(clip), TensorFolder(sd / "vae")
    tokenizer = read_tokenizer(llava, config)

    opened = recipes.OpenFiles(files)
    real_names = {k: tuple(v.shape) for k, v in modules.vision_tower.state_dict().items()}
    small = torch.float32
    tensors: dict[str, list[Planned]] = {
        "vision_tower": recipes.vision_tensors(towers, real_names, dtype),
        "projector": recipes.direct_tensors(
            "projector", "qformer", shapes["projector"], opened, small
        ),
        "language_model": recipes.language_tensors(
            shapes["language_model"], opened, base, config, lora, dtype
        ),
        "qformer": recipes.direct_tensors("qformer", "qformer", shapes["qformer"], opened, small),
        "bim": recipes.direct_tensors("bim", "bim", shapes["bim"], opened, small),
        "null_condition": recipes.null_tensors(sd, config),
        "unet": recipes.direct_tensors("unet", "unet", shapes["unet"], opened, dtype),
        "vae": recipes.vae_tensors(vae, shapes["vae"], dtype),
    }
    sources = [*files.values(), *base.folder.files, *towers.files, *vae.files]
    if base.llama is not None:
        sources += base.llama.files
    partial = out.with_name(out.name + ".partial")
    state = State(partial, fingerprint(sources, config, dtype, shard_bytes))
    plan = _plan(config, out, sources, tensors, state)
    check_space(str(out), plan.needed, plan.free, out.parent)
    if confirm is not None and not confirm(plan):
        raise Cancelled(f"the import of {out} was declined; nothing was written")
    state.begin()
    _write(partial, tensors, state, opened, shard_bytes, progress)
    _describe(partial, modules, config, tokenizer, state)
    partial.rename(out)
    return out


def _plan(
    config: SmartEditConfig,
    out: Path,
    sources: Sequence[TensorFile],
    tensors: dict[str, list[Planned]],
    state: State,
) -> ImportPlan:
    sizes = {part: sum(t.bytes for t in planned) for part, planned in tensors.items()}
    written = sum((state.path.parent / name).stat().st_size for name in state.done)
    parent = next(p for p in (out.parent, *out.absolute().parents) if p.exists())
    return ImportPlan(
        name=config.name,
        out_dir=out,
        sources={f.path: f.path.stat().st_size for f in sources},
        sizes=sizes,
        needed=max(0, sum(sizes.values()) - written),
        free=shutil.disk_usage(parent).free,
    )


def _write(
    partial: Path,
    tensors: dict[str, list[Planned]],
    state: State,
    opened: recipes.OpenFiles,
    shard_bytes: int,
    progress: Callable[[str, int, int], None] | None,
) -> None:
    total = sum(t.bytes for planned in tensors.values() for t in planned)
    written = 0
    for part, planned in tensors.items():
        folder = partial / part
        folder.mkdir(exist_ok=True)
        runs = shards(planned, shard_bytes)
        for name, run in zip(shard_names(STEMS[part], len(runs)), runs, strict=True):
            relative = f"{part}/{name}"
            if relative not in state.done:
                state.note(relative, write_shard(folder / name, run))
                opened.release()
            written += sum(t.bytes for t in run)
            if progress is not None:
                progress(part, written, total)
        write_index(folder, STEMS[part], runs)


def _describe(
    partial: Path, modules: Modules, config: SmartEditConfig, tokenizer: Any, state: State
) -> None:
    """Write configurations, tokenizer, scheduler, card and hashes."""
    parts = modules.parts()
    for name in ("projector", "qformer", "bim", "null_condition", "unet", "vae"):
        parts[name].save_config(partial / name)
    for name in ("vision_tower", "language_model"):
        settings: Any = parts[name].config
        settings.architectures = [type(parts[name]).__name__]
        settings.save_pretrained(partial / name)
    tokenizer.save_pretrained(partial / "tokenizer")
    reference_scheduler().save_pretrained(partial / "scheduler")
    index: dict[str, Any] = {"_class_name": "SmartEditPipeline"}
    index |= {n: [type(m).__module__.split(".")[0], type(m).__name__] for n, m in parts.items()}
    index |= {
        "name": config.name,
        "base_vocab": config.language.base_vocab,
        "answer_tokens": config.answer_tokens,
        "prompt_style": config.prompt_style,
        "select_layer": config.vision.select_layer,
        "resolution": config.resolution,
    }
    (partial / "model_index.json").write_text(json.dumps(index, indent=2), encoding="utf-8")
    write_card(partial, config)
    hashes = {
        str(p.relative_to(partial)): state.done.get(str(p.relative_to(partial))) or file_hash(p)
        for p in sorted(partial.rglob("*"))
        if p.is_file() and p != state.path
    }
    (partial / HASHES).write_text(json.dumps(hashes, indent=1), encoding="utf-8")
    state.path.unlink()
