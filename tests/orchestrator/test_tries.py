"""Every try is stored and shown; the best that may stand is kept; what failed decides the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from memory.store import SessionStore
from orchestrator.cli.app import app
from orchestrator.editors import EditorShelf
from orchestrator.narrowing import narrowed
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from orchestrator.tries_view import tries_lines, tries_of, tries_sheet
from tests.orchestrator.conftest import PaintEditor, photo, plan_of
from tools.editing import EditOutcome, EditRequest
from tools.pictures import Picture

RED = {"phrase": "the red square", "category": "square", "attributes": ["red"]}
REPLACE = {
    "op": "replace",
    "target": RED,
    "params": {"new": "a fox"},
    "instruction": "Replace the red square with a fox",
}
BOX = (15, 20, 55, 60)


class Deaf(PaintEditor):
    """Changes nothing until it is asked as it wants to be; remembers what it was asked."""

    def __init__(self, name: str = "deaf", *, until: int = 99) -> None:
        super().__init__(name)
        self.tunable = {"guidance_text": 7.5, "guidance_image": 1.5}
        self.until = until
        self.asked: list[EditRequest] = []

    def edit(self, request: EditRequest) -> EditOutcome:
        self.asked.append(request)
        if len(self.asked) < self.until:
            return EditOutcome(request.image.copy())
        return super().edit(EditRequest(request.image, request.instruction, request.mask))


def start(store: SessionStore, *editors: PaintEditor) -> EditSession:
    shelf = EditorShelf({editor.name: (lambda e=editor: e) for editor in editors})  # type: ignore[misc]
    return EditSession.create(Picture(photo()), store=store, editors=shelf)


def run(session: EditSession, **settings: Any) -> dict[str, Any]:
    report = session.edit("a test", plan=plan_of(REPLACE), settings=RunSettings(**settings))
    return report.steps[0]


def test_guidance_then_words_are_changed_when_nothing_happened(store: SessionStore) -> None:
    """The second try pulls harder, the third also asks in other words; the third succeeds."""
    deaf = Deaf(until=3)
    step = run(start(store, deaf))
    assert step["status"] == "unverified"
    first, second, third = deaf.asked
    assert first.options == {}
    assert second.options["guidance_text"] > 7.5
    assert second.options["guidance_image"] < 1.5
    assert second.instruction == first.instruction == "Replace the red square with a fox"
    assert "red square on the left" in third.instruction
    assert [told["kept"] for told in step["tries"]] == [False, False, True]


def test_what_the_user_set_is_where_turning_starts(store: SessionStore) -> None:
    """Guidance given by the user is turned from there, and other options are left alone."""
    deaf = Deaf()
    run(start(store, deaf), editor_options={"guidance_text": 3.0, "steps": 5}, max_attempts=2)
    assert deaf.asked[1].options["guidance_text"] == pytest.approx(3.0 * 1.35)
    assert deaf.asked[1].options["steps"] == 5


def test_another_editor_takes_over(store: SessionStore) -> None:
    """After two tries in vain the next editor is asked; the report names who did it."""
    deaf, painter = Deaf(), PaintEditor("paint")
    step = run(start(store, deaf, painter))
    assert [told["executor"] for told in step["tries"]] == ["deaf", "deaf", "paint"]
    assert step["executor"] == "paint"
    assert step["status"] == "unverified"


def test_an_editor_the_user_insists_on_is_not_left(store: SessionStore) -> None:
    """With ``--model`` no other is asked."""
    deaf, painter = Deaf(), PaintEditor("paint")
    step = run(start(store, deaf, painter), model="deaf")
    assert step["status"] == "failed"
    assert painter.calls == 0


def test_best_of_keeps_the_try_that_leaked_least(store: SessionStore) -> None:
    """Three tries are made although the first will do, and the cleanest is committed."""

    class Tidying(PaintEditor):
        """Leaves the surroundings alone at its second try only."""

        def edit(self, request: EditRequest) -> EditOutcome:
            made = super().edit(request)
            if self.calls == 2 and request.mask is not None:
                made.image[~request.mask] = request.image[~request.mask]
            return made

    session = start(store, Tidying())
    step = run(session, best_of=3)
    assert step["attempts"] == 3
    assert [told["kept"] for told in step["tries"]] == [False, True, False]
    assert step["leakage"] == 0.0
    assert session.head.image_id == step["tries"][1]["image_id"]


@pytest.mark.parametrize("fault", ["crash", "size", "float"])
def test_a_fault_among_many_tries_does_not_lose_the_good_one(
    store: SessionStore, fault: str
) -> None:
    """Of three tries the second and third break; the first is kept, and nothing is left over."""

    class Breaking(PaintEditor):
        def edit(self, request: EditRequest) -> EditOutcome:
            if self.calls:
                self._spoil = fault
            return super().edit(request)

    session = start(store, Breaking())
    step = run(session, best_of=3)
    assert step["status"] == "unverified"
    assert step["tries"][0]["kept"]
    assert session.unfinished() is None
    assert store.check() == []


def test_what_was_given_up_is_kept_and_shown(store: SessionStore) -> None:
    """The refused tries stay in the store, the nearest is named, and a sheet shows them."""
    session = start(store, Deaf())
    step = run(session)
    assert step["status"] == "failed"
    assert step["attempts"] == 3
    assert step["nearest_try"] in (1, 2, 3)
    assert np.array_equal(session.picture().rgb, photo())
    tries = tries_of(session)
    assert [item.number for item in tries] == [1, 2, 3]
    assert not any(item.kept for item in tries)
    lines = tries_lines(tries)
    assert "guidance_text 1.35" in lines[2]
    sheet = tries_sheet(session, tries)
    assert sheet is not None
    assert sheet.ndim == 3


def test_the_command_line_lists_every_try(home: Path, tmp_path: Path) -> None:
    """``session tries`` prints a line a try, JSON for scripts, and draws a sheet."""
    with EditSession.create(Picture(photo()), home=home, session_id="mine") as session:
        session.edit(
            "a test",
            plan=plan_of({"op": "adjust", "params": {"property": "brightness", "amount": 0.3}}),
        )
    runner = CliRunner(env={"SMARTEDIT_HOME": str(home)})
    shown = runner.invoke(app, ["session", "tries", "mine", "-o", str(tmp_path / "sheet.png")])
    assert shown.exit_code == 0, shown.output
    assert "-> try 1 (tool:brightness): done" in shown.output
    assert (tmp_path / "sheet.png").is_file()
    told = json.loads(runner.invoke(app, ["session", "tries", "mine", "--json"]).stdout)
    assert told[0]["kept"] is True


def test_the_time_of_a_step_bounds_all_its_tries(store: SessionStore) -> None:
    """A slow editor is not begun again where the time that is left would not do."""

    class Slow(Deaf):
        def edit(self, request: EditRequest) -> EditOutcome:
            import time

            time.sleep(0.6)
            return super().edit(request)

    slow = Slow()
    step = run(start(store, slow), step_seconds=1.0, max_attempts=5)
    assert step["status"] == "failed"
    assert len(slow.asked) == 1
    assert "out of time" in step["reason"]


def test_a_new_thing_without_a_place_keeps_the_rest(store: SessionStore) -> None:
    """Of a picture that the model redrew a little everywhere, only the new thing is taken."""

    class Adds(PaintEditor):
        def edit(self, request: EditRequest) -> EditOutcome:
            image = np.clip(request.image.astype(np.int16) + 3, 0, 255).astype(np.uint8)
            image[60:80, 20:40] = (240, 220, 20)
            return EditOutcome(image)

    session = start(store, Adds())
    add = {"op": "add", "params": {"what": "a yellow box"}}
    report = session.edit("a test", plan=plan_of(add))
    step = report.steps[0]
    mask = store.get_mask(step["mask_id"]) > 0
    assert 0.02 < mask.mean() < 0.2
    assert mask[60:80, 20:40].all()
    assert np.array_equal(session.picture().rgb[~mask], photo()[~mask])


def test_a_mask_that_says_where_is_not_narrowed() -> None:
    """A small mask, an unchanged picture and a wholly new one leave the mask as it was."""
    small = np.zeros(photo().shape[:2], dtype=np.float32)
    small[10:30, 10:30] = 1
    other = photo().copy()
    other[50:60, 50:60] = 255
    assert narrowed(photo(), other, small) is small
    assert narrowed(photo(), photo(), None) is None
    assert narrowed(photo(), 255 - photo(), None) is None
