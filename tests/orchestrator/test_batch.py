"""Scripts over many pictures: resumable, parallel, idempotent; one failure stops nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from memory.store import SessionStore
from orchestrator.batch import run_batch
from orchestrator.errors import BadScript
from orchestrator.script import Script, find_inputs, load_script
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo

GOOD = """
version: 1
name: night
input: photos/*.png
output: {out}/{{stem}}{{suffix}}
stages:
  - name: dark
    instruction: make it darker
    save: true
  - name: mirror
    plan:
      instruction: mirror it
      steps:
        - {{id: s1, op: flip, instruction: Flip it, params: {{axis: horizontal}}}}
"""


@pytest.fixture
def script_path(tmp_path: Path) -> Path:
    """A two-stage script beside three pictures."""
    (tmp_path / "photos").mkdir()
    for number in range(3):
        rgb = np.roll(photo(), number * 9, axis=1)
        Image.fromarray(rgb).save(tmp_path / "photos" / f"p{number}.png")
    path = tmp_path / "night.yaml"
    path.write_text(GOOD.format(out=tmp_path / "out"))
    return path


def _run(path: Path, home: Path, **options: object) -> list[dict[str, object]]:
    script = load_script(path)
    return run_batch(script, find_inputs(script, path, None), home=home, **options)  # type: ignore[arg-type]


def test_every_picture_goes_through_every_stage(script_path: Path, home: Path) -> None:
    """Results and wanted intermediate stages are written; reports are in order."""
    results = _run(script_path, home)
    assert [result["status"] for result in results] == ["done"] * 3
    out = script_path.parent / "out"
    names = sorted(path.name for path in out.iterdir())
    assert names == ["p0-dark.png", "p0.png", "p1-dark.png", "p1.png", "p2-dark.png", "p2.png"]
    with Image.open(out / "p0.png") as final, Image.open(out / "p0-dark.png") as dark:
        assert np.array_equal(np.asarray(final), np.asarray(dark)[:, ::-1])


def test_running_again_does_nothing_again(script_path: Path, home: Path) -> None:
    """Finished pictures are found, not redone."""
    _run(script_path, home)
    again = _run(script_path, home)
    assert all(result["skipped"] for result in again)
    with SessionStore.open(home) as store:
        assert all(info.revisions == 3 for info in store.sessions())


def test_one_broken_picture_does_not_stop_the_others(script_path: Path, home: Path) -> None:
    """The failure is reported with its reason."""
    (script_path.parent / "photos" / "p1.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    results = _run(script_path, home)
    assert [result["status"] for result in results] == ["done", "failed", "done"]
    assert "p1.png" in str(results[1]["reason"])


def test_workers_in_parallel_give_the_same_pixels(script_path: Path, home: Path) -> None:
    """Two processes share one store without harm."""
    results = _run(script_path, home, jobs=2)
    assert [result["status"] for result in results] == ["done"] * 3
    with SessionStore.open(home) as store:
        assert store.check() == []


def test_a_half_done_picture_goes_on_where_it_stopped(script_path: Path, home: Path) -> None:
    """A first stage done before (its note lost with the process) is not applied twice."""
    script = load_script(script_path)
    picture = script_path.parent / "photos" / "p0.png"
    name = script.session_for(picture.read_bytes())
    with EditSession.create(picture, home=home, session_id=name) as session:
        session.edit("make it darker")
    results = run_batch(script, [picture], home=home, resume=True)
    assert results[0]["status"] == "done"
    whole = run_batch(script, [picture], home=home.with_name("fresh"))
    with (
        EditSession.open(str(results[0]["session"]), home=home) as resumed,
        EditSession.open(str(whole[0]["session"]), home=home.with_name("fresh")) as fresh,
    ):
        assert np.array_equal(resumed.picture().rgb, fresh.picture().rgb)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("just words", "script"),
        ("version: 2\nname: x\nstages: [{name: a, instruction: b}]", "version"),
        ("name: x\nstages: []", "stages"),
        ("name: x\nstages: [{name: a}]", "instruction or a plan"),
        ("name: x\nstages: [{name: a, instruction: b}, {name: a, instruction: c}]", "same name"),
        ("name: x\noutput: same.png\nstages: [{name: a, instruction: b}]", "{stem}"),
        ("name: x\noutput: '{stem}{oops}'\nstages: [{name: a, instruction: b}]", "oops"),
        ("name: x\nshell: rm -rf\nstages: [{name: a, instruction: b}]", "shell"),
        ("a: [unclosed", "no YAML"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
    ],
)
def test_a_script_that_does_not_fit_is_refused_in_a_line(
    tmp_path: Path, text: str, says: str
) -> None:
    """Where and why; and YAML never runs code."""
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(BadScript) as caught:
        load_script(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_results_that_would_collide_are_refused_before_anything_runs(tmp_path: Path) -> None:
    """Two inputs, one output: nothing is overwritten."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        Image.fromarray(photo()).save(tmp_path / folder / "same.png")
    script = Script.model_validate(
        {"name": "x", "input": "*/same.png", "stages": [{"name": "a", "instruction": "b"}]}
    )
    with pytest.raises(BadScript, match="both be written"):
        find_inputs(script, tmp_path / "script.yaml", None)
