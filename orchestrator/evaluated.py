"""The whole product as a subject of evaluation: what a person who types the instruction gets.

Each case is a session of its own, in a store that is thrown away: planned, grounded, edited by
tools or by the named model, verified and blended in, as ``smartedit edit`` does it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import numpy as np

from memory.errors import StoreError
from memory.store import SessionStore
from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf
from orchestrator.errors import OrchestratorError
from orchestrator.planning import get_planner
from orchestrator.report import RunReport
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from smartedit_model.evaluation.crops import Mask
from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.subjects import Ask, Made
from tools.errors import ToolError
from tools.pictures import Picture


class ProductSubject:
    """Runs each case through a session. Use it in a ``with``; its store lives as long.

    Args:
        models: folder of weights, as in a data folder.
        settings: how each case is run; the seed is the case's own.
        editors: the editors there are; those of ``models`` when omitted.
    """

    def __init__(
        self, models: Path, settings: RunSettings, *, editors: EditorShelf | None = None
    ) -> None:
        self.name = f"product with {settings.model}"
        self._models = models
        self._settings = settings
        self._editors = editors or default_shelf(models)
        self._open = ExitStack()
        self._store: SessionStore | None = None

    def __enter__(self) -> Self:
        home = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="smartedit-eval-")))
        if self._models.is_dir():
            (home / "models").symlink_to(self._models.resolve(), target_is_directory=True)
        self._store = self._open.enter_context(SessionStore.open(home))
        return self

    def __exit__(self, *_: object) -> None:
        self._store = None
        self._open.close()

    def prepare(self) -> dict[str, Any]:
        """Tell what is evaluated.

        Raises:
            EditorUnavailable: there is no editor of the named model.
        """
        if self._settings.model != "auto":
            self._editors.get(self._settings.model)
        return {
            "model": self.name,
            "planner": get_planner(self._settings.planner).name,
            "tries": self._settings.max_attempts,
            "best_of": self._settings.best_of,
            "options": {key: str(value) for key, value in self._settings.editor_options.items()},
        }

    def make(self, asks: Sequence[Ask]) -> list[Made]:
        """Run each case, one after another."""
        return [self._one(ask) for ask in asks]

    def _one(self, ask: Ask) -> Made:
        if self._store is None:
            raise EvaluationSetupError("the subject is not open; use it in a 'with'")
        session = EditSession.create(Picture(ask.image), store=self._store, editors=self._editors)
        settings = self._settings.model_copy(update={"seed": ask.seed})
        started = time.perf_counter()
        try:
            report = session.edit(ask.instruction, settings=settings)
            result = session.picture().rgb
            seconds = time.perf_counter() - started
            region = _region(self._store, report, ask)
        except (OrchestratorError, ToolError, StoreError) as error:
            seconds = time.perf_counter() - started
            return Made(ask.image, seconds, error=str(error) or type(error).__name__)
        finally:
            session.delete()
        if result.shape != ask.image.shape:
            told = f"the result is {result.shape[1]} x {result.shape[0]}, not as large as asked"
            return Made(ask.image, seconds, region, error=told)
        unchanged = np.array_equal(result, ask.image)
        return Made(result, seconds, region, unchanged and report.status != "done")


def _region(store: SessionStore, report: RunReport, ask: Ask) -> Mask:
    """Where the steps acted, or tried to; nowhere, where nothing was found."""
    found = np.zeros(ask.image.shape[:2], dtype=np.bool_)
    for step in report.steps:
        if step["mask_id"] is None:  # the whole picture, or nothing found
            found |= step["mask_area"] >= 1
            continue
        mask = store.get_mask(step["mask_id"])
        if mask.shape == found.shape:  # masks of a picture that was cropped lie elsewhere
            found |= mask > 127
    return found
