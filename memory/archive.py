"""Exporting a session as one file and importing it again."""

from __future__ import annotations

from memory.base import StoreBase


class Archives(StoreBase):
    """The part of the store that exports and imports."""
