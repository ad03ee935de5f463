"""The data files of words and patterns, each parsed once a process.

Knows files, not what is in them.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def word_file(name: str) -> Any:
    """The parsed file `name` of ``data/``; it is shared, so nobody may change it."""
    text = (files("orchestrator.language") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    # BaseLoader keeps "no", "on" and "off" the words they are.
    return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
