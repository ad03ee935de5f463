"""Models by name: what there are, what is on this machine, whether its files are whole.

Plain functions for a command line. It imports neither torch nor the importer until one is needed.
Fetching what is public is ``pulling``'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartedit_model.carried import find
from smartedit_model.drawings import (
    BACKDROPS_EDITOR,
    CHANGES_EDITOR,
    MOODS_EDITOR,
    THINGS_EDITOR,
)
from smartedit_model.errors import ConfigError
from smartedit_model.fingerprints import verify_model
from smartedit_model.photographs.packages import PACKED
from smartedit_model.sam import official, small

__all__ = [
    "ENTRIES",
    "Entry",
    "Listing",
    "entry",
    "import_model",
    "list_models",
    "model_folder",
    "shipped_folder",
    "verify_model",
]


@dataclass(frozen=True)
class Public:
    """A public part on the hub.

    Attributes:
        repo: Repository.
        patterns: Files of it that are needed.
        purpose: What it is for.
    """

    repo: str
    patterns: tuple[str, ...]
    purpose: str


@dataclass(frozen=True)
class Entry:
    """A model that can be used by name.

    Attributes:
        name: What it is called.
        summary: One line about it.
        preset: Sizes, for an import; empty for the project's own model.
        licence: Where terms must be accepted, in words; empty where nothing must be.
        parts: What ``pull`` can fetch.
    """

    name: str
    summary: str
    preset: str
    licence: str
    parts: tuple[Public, ...]


@dataclass(frozen=True)
class Listing:
    """A row of the list of models: the entry, where it is, whether it is there, its bytes."""

    entry: Entry
    folder: Path
    present: bool
    bytes: int


_CLIP = Public(
    "openai/clip-vit-large-patch14",
    ("config.json", "model.safetensors"),
    "vision tower",
)
_IP2P = Public(
    "timbrooks/instruct-pix2pix",
    (
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
    ),
    "VAE and condition of no text",
)
PUBLIC = (_CLIP, _IP2P)
"""All that the hub gives to anyone."""
_LICENCE = (
    "LLaVA-1.1-{size} is a delta over LLaMA, whose licence you must accept; "
    "https://github.com/haotian-liu/LLaVA/blob/main/docs/MODEL_ZOO.md says how. Fetch it and the "
    "SmartEdit-{size} checkpoint that https://github.com/TencentARC/SmartEdit links to, then run "
    "`smartedit models import smartedit-{lower} --checkpoint DIR --llava DIR --sd DIR -o OUT`"
)


def _published(size: str) -> Entry:
    lower = size.lower()
    return Entry(
        name=f"smartedit-{lower}",
        summary=f"the published SmartEdit-{size}, imported from its folders",
        preset=lower,
        licence=_LICENCE.format(size=size, lower=lower),
        parts=PUBLIC,
    )


ENTRIES = {
    entry.name: entry
    for entry in (
        Entry("smartedit-nano", "this project's own small model: reads drawings", "", "", ()),
        _published("7B"),
        _published("13B"),
    )
}


def entry(name: str) -> Entry:
    """Return the model called ``name``.

    Raises:
        ConfigError: There is none.
    """
    if name not in ENTRIES:
        raise ConfigError(f"no model is called {name!r}; there are {', '.join(ENTRIES)}")
    return ENTRIES[name]


def shipped_folder() -> Path:
    """Return where this package keeps its own model."""
    return Path(__file__).with_name("weights") / "smartedit-nano"


def model_folder(name: str, models_dir: Path) -> Path:
    """Return where a model is or would be: a path as given, a name under ``models_dir``."""
    if name.startswith("sam:"):
        return official.path_of(official.checkpoint(name), models_dir)
    if name == small.NAME:
        return small.small_folder(models_dir)
    if "/" in name or "\\" in name or Path(name).is_dir():
        return Path(name).expanduser()
    here = models_dir / name
    if name == "smartedit-nano" and not here.is_dir():
        return shipped_folder()
    return here


def list_models(models_dir: Path) -> list[Listing]:
    """Return every known model and every other folder under ``models_dir``."""
    rows = []
    names = list(ENTRIES)
    if models_dir.is_dir():
        folders = (p.name for p in sorted(models_dir.iterdir()) if p.is_dir())
        listed = (*ENTRIES, small.NAME)
        names += [n for n in folders if n not in listed and not n.endswith(".partial")]
    for name in names:
        folder = model_folder(name, models_dir)
        present = (folder / "model_index.json").is_file()
        if not present and name not in ENTRIES:
            continue
        known = ENTRIES.get(name) or Entry(name, "found in the models folder", "", "", ())
        rows.append(Listing(known, folder, present, _size(folder) if present else 0))
    return [*rows, *_drawings(), *_segmenters(models_dir), *_carried()]


def _drawings() -> list[Listing]:
    """The editors that draw without weights, with the drawings they draw."""
    folder = Path(__file__).with_name("world") / "data"
    told = {
        THINGS_EDITOR: "draws the drawn world's things into drawings, without a model",
        MOODS_EDITOR: "redraws the light, weather and style of drawings, without a model",
        BACKDROPS_EDITOR: "paints another backdrop into drawings, without a model",
        CHANGES_EDITOR: "changes what stands in drawings, without a model",
    }
    size = _size(folder)
    return [
        Listing(Entry(name, text, "", "", ()), folder, True, size) for name, text in told.items()
    ]


def _carried() -> list[Listing]:
    """The models for photographs that packages carry."""
    rows = []
    for name, packed in PACKED.items():
        item = packed.item
        where = find(item)
        folder = (where or Path(item.path)).parent
        how = "" if where else f"; {item.command}"
        entry_ = Entry(name, f"{packed.summary}: {item.maker}{how}", "", "", ())
        rows.append(Listing(entry_, folder, where is not None, item.bytes if where else 0))
    return rows


def _segmenters(models_dir: Path) -> list[Listing]:
    """The models that turn clicks and boxes into masks."""
    own = small.small_folder(models_dir)
    here = small.is_here(own)
    entry_ = Entry(small.NAME, "this project's own small SAM, for drawings", "", "", ())
    rows = [Listing(entry_, own, here, _size(own) if here else 0)]
    for item in official.CHECKPOINTS.values():
        path = official.path_of(item, models_dir)
        size = path.stat().st_size if path.is_file() else 0
        rows.append(
            Listing(Entry(item.label, item.summary, "", "", ()), path, size == item.bytes, size)
        )
    return rows


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def import_model(
    name: str,
    *,
    checkpoint: Path,
    llava: Path,
    sd: Path,
    out: Path,
    confirm: Callable[[Any], bool] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    **options: Any,
) -> Path:
    """Import published weights; see ``importing.run.import_checkpoint``.

    Raises:
        ConfigError: The model is not one that is imported.
    """
    known = entry(name)
    if not known.preset:
        raise ConfigError(
            f"{name} is this project's own model and is not imported; give a published one"
        )
    from smartedit_model.importing.run import import_checkpoint

    return import_checkpoint(
        checkpoint,
        llava,
        sd,
        out,
        name=known.preset,
        confirm=confirm,
        progress=progress,
        **options,
    )
