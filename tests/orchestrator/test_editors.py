"""The shelf of editors: conformance of the simplest one, and who is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf, Refusal
from tests.orchestrator.conftest import PaintEditor, photo
from tests.tools.editor_conformance import EditorConformance
from tools.editing import Availability, DomainVerdict, Editor
from tools.errors import EditorUnavailable
from tools.operation import Rgb


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
    from tools.editing import EditRequest

    mask = np.zeros(photo().shape[:2], np.bool_)
    mask[:10] = True
    made = PaintEditor().edit(EditRequest(photo(), "x", mask))
    assert (made.image[20:] != photo()[20:]).any()
