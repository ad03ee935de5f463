"""Pictures, stores and a real (if simple) editor for the orchestrator's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.plan import EditPlan, load_plan
from orchestrator.session import EditSession
from tools.editing import Availability, DomainVerdict, EditOutcome, EditRequest
from tools.errors import BadArguments, Cancelled, EditorFailed
from tools.operation import Rgb
from tools.pictures import Picture


class PaintEditor:
    """An editor that paints its region in stripes: simple, real, deterministic by seed.

    It also repaints everything outside its region a little, as models do, so that tests see the
    compositing take that back.
    """

    def __init__(self, name: str = "paint", *, fails: int = 0, spoil: str = "") -> None:
        self.name = name
        self.calls = 0
        self._fails = fails
        self._spoil = spoil

    @property
    def version(self) -> str:
        return "1"

    def availability(self) -> Availability:
        return Availability(True)

    def supports(self, op: str) -> bool:
        return op in ("replace", "add", "restyle", "remove", "background")

    def domain(self, image: Rgb) -> DomainVerdict:
        return DomainVerdict(True)

    def edit(self, request: EditRequest) -> EditOutcome:
        if request.options:
            raise BadArguments(f"no option is called {next(iter(request.options))!r}")
        if request.cancelled():
            raise Cancelled("stopped before the first step")
        self.calls += 1
        if self.calls <= self._fails:
            raise EditorFailed("the model returned noise")
        if self._spoil == "size":
            return EditOutcome(request.image[:-1])
        if self._spoil == "float":
            return EditOutcome(np.full(request.image.shape, np.nan))  # type: ignore[arg-type]
        if self._spoil == "nothing":
            return EditOutcome(request.image.copy())
        if self._spoil == "crash":
            raise RuntimeError("CUDA error: device-side assert triggered")
        image = np.clip(request.image.astype(np.int16) + 3, 0, 255).astype(np.uint8)
        rows = (np.arange(image.shape[0]) + request.seed) // 4 % 2 == 0
        stripes = np.where(rows[:, None, None], np.uint8(230), np.uint8(20))
        inside = np.ones(image.shape[:2], bool) if request.mask is None else request.mask
        image[inside] = np.broadcast_to(stripes, image.shape)[inside]
        request.progress(1.0)
        return EditOutcome(image, settings={"steps": 1})


def photo(height: int = 96, width: int = 128) -> Rgb:
    """A textured picture with a red and a blue square on grey, the same every time."""
    rng = np.random.default_rng(7)
    rgb = rng.integers(90, 150, (height, width, 3), dtype=np.uint8)
    rgb = cv2.GaussianBlur(rgb, (0, 0), 1.0)
    rgb[20:60, 15:55] = (200, 30, 30)
    rgb[30:75, 75:115] = (30, 40, 200)
    return rgb


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Iterator[SessionStore]:
    """An open store."""
    with SessionStore.open(home) as opened:
        yield opened


@pytest.fixture
def editor() -> PaintEditor:
    """The editor the session uses."""
    return PaintEditor()


@pytest.fixture
def session(store: SessionStore, editor: PaintEditor) -> EditSession:
    """A session over ``photo()`` with one editor."""
    shelf = EditorShelf({"paint": lambda: editor})
    return EditSession.create(Picture(photo()), store=store, editors=shelf)


def plan_of(*steps: dict[str, object], **rest: object) -> EditPlan:
    """A plan from short step dictionaries; instructions default to the op."""
    full = [
        {"id": f"s{number}", "instruction": f"do {step['op']}"} | step
        for number, step in enumerate(steps, 1)
    ]
    return load_plan({"instruction": "a test", "steps": full, **rest})
