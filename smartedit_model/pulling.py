"""Fetching a model's public parts from the hub: sizes first, and on where a download stopped.

Which parts a model has is ``registry``'s. It imports the hub's package only when it is needed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartedit_model.disk_space import check_space
from smartedit_model.errors import Cancelled, HubError, LicenceRequiredError
from smartedit_model.registry import PUBLIC, entry


@dataclass(frozen=True)
class PullPlan:
    """What a download will take: bytes to fetch by repository, and bytes free."""

    sizes: dict[str, int]
    free: int

    @property
    def needed(self) -> int:
        """All bytes to fetch."""
        return sum(self.sizes.values())


def _translated(download: Callable[..., Any]) -> Callable[..., Any]:
    """The download with its failures named: no network, no such repository, a broken transfer."""

    def fetch(repo: str, **options: Any) -> Any:
        from httpx2 import HTTPError
        from huggingface_hub.errors import DryRunError, HfHubHTTPError, LocalEntryNotFoundError

        try:
            return download(repo, **options)
        except (
            DryRunError,
            HfHubHTTPError,
            LocalEntryNotFoundError,
            HTTPError,
            OSError,
        ) as error:
            raise HubError(
                f"{repo} could not be fetched ({type(error).__name__}); check the network, then "
                "run the same command again: it goes on where it stopped"
            ) from error

    return fetch


def part_folder(cache_dir: Path, repo: str) -> Path:
    """Return where :func:`pull_model` puts a repository."""
    return cache_dir / repo.replace("/", "--")


def pulled_parts(cache_dir: Path) -> dict[str, Path | None]:
    """Return each public repository's folder, or None where it was not fetched completely."""
    found: dict[str, Path | None] = {}
    for part in PUBLIC:
        folder = part_folder(cache_dir, part.repo)
        whole = all((folder / name).is_file() for name in part.patterns)
        found[part.repo] = folder if whole else None
    return found


def pull_model(
    name: str,
    cache_dir: Path,
    *,
    confirm: Callable[[PullPlan], bool] | None = None,
    download: Callable[..., Any] | None = None,
) -> dict[str, Path]:
    """Fetch the public parts of a model, sizes first; an interrupted download goes on.

    Args:
        name: The model.
        cache_dir: Folder for the parts, one a repository.
        confirm: Shown the sizes first; answering False stops before anything is fetched.
        download: ``huggingface_hub.snapshot_download`` unless replaced.

    Returns:
        The folder of each repository.

    Raises:
        LicenceRequiredError: A part needs terms a person must accept; says where. Raised after
            the public parts have been fetched.
        NotEnoughSpaceError: The disk cannot hold them.
        HubError: A part could not be fetched.
        Cancelled: ``confirm`` said no.
    """
    known = entry(name)
    if download is None:
        from huggingface_hub import snapshot_download

        download = snapshot_download
    fetch = _translated(download)
    sizes: dict[str, int] = {}
    for part in known.parts:
        files = fetch(
            part.repo,
            allow_patterns=list(part.patterns),
            local_dir=part_folder(cache_dir, part.repo),
            dry_run=True,
        )
        sizes[part.repo] = sum(f.file_size for f in files if f.will_download)
    cache_dir.mkdir(parents=True, exist_ok=True)
    plan = PullPlan(sizes, shutil.disk_usage(cache_dir).free)
    check_space(name, plan.needed, plan.free, cache_dir)
    if confirm is not None and not confirm(plan):
        raise Cancelled(f"the download of {name} was declined; nothing was fetched")
    folders = {}
    for part in known.parts:
        target = part_folder(cache_dir, part.repo)
        fetch(part.repo, allow_patterns=list(part.patterns), local_dir=target)
        folders[part.repo] = target
    if known.licence:
        raise LicenceRequiredError(
            f"the public parts are in {cache_dir}; the rest needs your consent: {known.licence}"
        )
    return folders
