"""The shelf of editors: conformance of the simplest one, and who is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from orchestrator.attempts import try_editor
from orchestrator.editor_shelf import DRAWN, default_shelf
from orchestrator.editors import EditorShelf, Refusal
from orchestrator.plan import Step
from smartedit_model.world import make_scene
from tests.orchestrator.conftest import PaintEditor, photo
from tests.tools.editor_conformance import EditorConformance
from tools.editing import (
    Availability,
    DomainVerdict,
    Editor,
    EditOutcome,
    EditRequest,
    Wish,
    reader_of,
)
from tools.errors import EditorUnavailable
from tools.operation import Rgb
from tools.target import IMAGE
from tools.understanding import understands_of


class TestPaintEditor(EditorConformance):
    """The painter of the tests is a proper editor."""

    @pytest.fixture
    def editor(self) -> Editor:
        """The editor."""
        return PaintEditor()


class Absent(PaintEditor):
    """An editor whose weights are missing."""

    def availability(self) -> Availability:
        return Availability(False, "the weights of big are not on this machine", "get big")


class Elsewhere(PaintEditor):
    """An editor made for another kind of picture."""

    def domain(self, image: Rgb) -> DomainVerdict:
        return DomainVerdict(False, 0.99, "this is a photograph, and it draws")


def _choice(shelf: EditorShelf, op: str = "replace", **options: Any) -> Editor | Refusal:
    return shelf.choose(op, photo(), **({"model": "auto", "force": False} | options))


def test_auto_takes_the_first_that_is_present_able_and_at_home() -> None:
    """Absent and out-of-domain editors are passed over."""
    shelf = EditorShelf(
        {"big": lambda: Absent("big"), "toy": lambda: Elsewhere("toy"), "it": PaintEditor}
    )
    chosen = _choice(shelf)
    assert not isinstance(chosen, Refusal)
    assert chosen.name == "paint"


def test_a_model_outside_its_domain_is_refused_with_a_reason_unless_forced() -> None:
    """The user may insist."""
    shelf = EditorShelf({"toy": lambda: Elsewhere("toy")})
    refused = _choice(shelf, model="toy")
    assert isinstance(refused, Refusal)
    assert "photograph" in refused.reason
    assert "--force" in refused.remedy
    assert not isinstance(_choice(shelf, model="toy", force=True), Refusal)


def test_editors_that_only_paint_are_not_built_to_be_asked_what_they_see() -> None:
    """Those that draw without a model are such; whoever has a sense is asked for it."""
    built: list[str] = []

    class Seeing(PaintEditor):
        reader = "its reader"

        def __init__(self, name: str) -> None:
            super().__init__(name)
            built.append(name)

    shelf = EditorShelf(
        {"painter": lambda: Seeing("painter"), "it": lambda: Seeing("it")}, painters=("painter",)
    )
    assert shelf.reader(photo(), model="auto", force=False) == "its reader"
    assert built == ["it"]
    assert shelf.reader(photo(), model="painter", force=True) is None


def test_what_draws_without_a_model_has_no_senses() -> None:
    """Else the shelf would pass over them."""
    shelf = default_shelf(Path("/nowhere"))
    assert set(shelf.painters) <= set(shelf.names())
    for name in shelf.painters:
        editor = shelf.get(name)
        assert reader_of(editor) is None
        assert understands_of(editor) is None


def test_an_op_nobody_was_made_for_is_refused() -> None:
    """A named model says so itself."""
    refused = _choice(EditorShelf({"it": PaintEditor}), "crop", model="it")
    assert isinstance(refused, Refusal)
    assert "crop" in refused.reason


def test_an_unknown_model_lists_the_choices() -> None:
    """A typing error is answered with what there is."""
    with pytest.raises(EditorUnavailable, match=r"smartedit-7b.*diffusers:"):
        default_shelf(Path("/nowhere")).get("smartedit-8b")


def test_a_fresh_machine_has_editors_but_no_weights(tmp_path: Path) -> None:
    """Asking loads nothing and names the command that would help."""
    shelf = default_shelf(tmp_path)
    editor = shelf.get("smartedit-7b")
    assert editor.availability().ready is False
    assert "smartedit models import smartedit-7b" in editor.availability().remedy
    assert isinstance(_choice(shelf), Refusal)


def test_the_painter_stays_in_its_region_only_by_compositing() -> None:
    """It repaints everything a little, so that tests can see that taken back."""
    mask = np.zeros(photo().shape[:2], np.bool_)
    mask[:10] = True
    made = PaintEditor().edit(EditRequest(photo(), "x", mask))
    assert (made.image[20:] != photo()[20:]).any()


class Picky(PaintEditor):
    """An editor that makes only one wish."""

    def suits(self, wish: Wish, image: Rgb) -> DomainVerdict:
        right = wish.params.get("what") == "a cup"
        return DomainVerdict(right, reason="picky knows cups only")

    def edit(self, request: EditRequest) -> EditOutcome:
        drawn = np.zeros(request.image.shape[:2], np.bool_)
        drawn[:8, :8] = True
        image = request.image.copy()
        image[drawn] = 0
        return EditOutcome(image, drawn=drawn)


def test_an_editor_that_makes_some_wishes_is_asked_and_says_why_it_does_not() -> None:
    """The next one is tried; where there is none, its reason is told beside the usual one."""
    cup, fox = (Wish("add", {"what": what}, IMAGE) for what in ("a cup", "a fox"))
    shelf = EditorShelf({"picky": lambda: Picky("picky"), "it": PaintEditor})
    for wish, name in ((cup, "picky"), (fox, "paint")):
        chosen = _choice(shelf, "add", wish=wish)
        assert not isinstance(chosen, Refusal)
        assert chosen.name == name
    alone = _choice(EditorShelf({"picky": lambda: Picky("picky")}), "add", wish=fox)
    assert isinstance(alone, Refusal)
    assert "picky knows cups only" in alone.reason


def test_where_an_editor_says_it_drew_is_the_mask_less_what_is_promised() -> None:
    """Beyond the step's mask, as of a tool that chooses its region; never into a promise."""
    mask, kept = (np.zeros(photo().shape[:2], np.float32) for _ in range(2))
    mask[20:40], kept[:, :4] = 1.0, 1.0
    step = Step(id="s1", op="add", instruction="add a cup", params={"what": "a cup"})
    made = try_editor(
        Picky("picky"),
        step,
        photo(),
        None,
        mask,
        preserved=kept,
        seed=0,
        options={},
        assets={},
        cancelled=lambda: False,
        progress=lambda _fraction: None,
    )
    changed = (made.rgb != photo()).any(axis=2)
    assert changed[:8, 4:8].all()
    assert not changed[:, :4].any()
    assert not changed[8:].any()
    assert made.leakage == 0.0


@pytest.mark.parametrize("name", DRAWN)
def test_editors_of_drawings_are_listed_by_their_own_names(name: str, tmp_path: Path) -> None:
    """What a person asks for by name is what the reports call it."""
    assert default_shelf(tmp_path).get(name).name == name


def test_a_fresh_machine_draws_what_the_catalogue_holds(tmp_path: Path) -> None:
    """In drawings; a photograph and an unknown thing are refused as before."""
    shelf, drawing = default_shelf(tmp_path), make_scene(7, 96).image
    cup, fox = (Wish("replace", {"new": new}, IMAGE) for new in ("a red cup", "a fox"))

    def chosen(image: Rgb, wish: Wish) -> Editor | Refusal:
        return shelf.choose("replace", image, model="auto", force=False, wish=wish)

    found = chosen(drawing, cup)
    assert not isinstance(found, Refusal)
    assert found.name == "drawn-things"
    told = chosen(drawing, fox)
    assert isinstance(told, Refusal)
    assert "'a fox' is none of the" in told.reason
    assert isinstance(chosen(photo(), cup), Refusal)
