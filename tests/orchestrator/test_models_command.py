"""``smartedit models import`` over a miniature release: asking, importing, checking, refusing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestrator.cli.models import app
from smartedit_model import config as sizes
from smartedit_model.errors import InputError, WrongBaseError
from tests.smartedit_model.published import miniature, publish


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The published layout at sizes that a test can write, under the name ``smartedit-7b``."""
    monkeypatch.setenv("SMARTEDIT_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(sizes._PRESETS, "7b", miniature())
    return publish(tmp_path / "release", miniature())


def run(release: Any, *more: str, answer: str = "") -> Any:
    """Run the import as a user would."""
    folders = {
        "--checkpoint": release.checkpoint,
        "--llava": release.llava,
        "--sd": release.sd,
        "--clip": release.clip,
    }
    words = [word for option, folder in folders.items() for word in (option, str(folder))]
    return CliRunner().invoke(app, ["import", "smartedit-7b", *words, *more], input=answer)


def test_a_release_is_imported_by_one_command(release: Any, tmp_path: Path) -> None:
    """Sizes are shown and asked about; the result is whole; saying no writes nothing."""
    declined = run(release, answer="n\n")
    assert type(declined.exception).__name__ == "Cancelled"
    models = tmp_path / "home" / "models"
    assert list(models.iterdir()) == []
    done = run(release, answer="y\n")
    assert done.exit_code == 0, done.output
    assert "language_model" in done.output
    assert "GB free" in done.output
    assert (models / "smartedit-7b" / "hashes.json").is_file()
    checked = CliRunner().invoke(app, ["verify", "smartedit-7b"])
    assert checked.output.count("✓") == 3


def test_a_wrong_base_and_an_unclear_step_are_refused(release: Any, tmp_path: Path) -> None:
    """LLaVA-1.5 is refused before anything is asked; of several steps one can be chosen."""
    (release.checkpoint / "LLM-7").mkdir()
    unclear = run(release, "--yes")
    assert isinstance(unclear.exception, InputError)
    assert "--step" in str(unclear.exception)
    (release.llava / "config.json").write_text('{"mm_vision_tower": "clip-vit-large-patch14-336"}')
    refused = run(release, "--yes", "--step", "15000")
    assert isinstance(refused.exception, WrongBaseError)
    assert "LLaVA-1.1" in str(refused.exception)
    assert list((tmp_path / "home" / "models").iterdir()) == []
