"""What every ``Editor`` must do; run over each implementation by subclassing.

A subclass gives the fixture ``editor`` and may give ``options`` that make a run quick.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tools.editing import Availability, DomainVerdict, Editor, EditOutcome, EditRequest
from tools.errors import BadArguments, Cancelled
from tools.operation import HardMask, Rgb


class EditorConformance:
    """The suite."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """Settings that make a run quick."""
        return {}

    @pytest.fixture
    def image(self) -> Rgb:
        """HWC uint8, odd sizes on purpose."""
        return np.random.default_rng(3).integers(0, 256, (75, 101, 3), dtype=np.uint8)

    @pytest.fixture
    def mask(self) -> HardMask:
        """A region off centre."""
        mask = np.zeros((75, 101), np.bool_)
        mask[20:50, 40:80] = True
        return mask

    def test_it_says_who_and_whether_it_is(self, editor: Editor, image: Rgb) -> None:
        """Name, version, availability and domain come without an edit."""
        assert editor.name
        assert editor.version
        assert isinstance(editor.availability(), Availability)
        assert isinstance(editor.domain(image), DomainVerdict)
        assert not editor.supports("no such op")

    def test_the_result_has_the_size_and_type_of_the_request(
        self, editor: Editor, image: Rgb, mask: HardMask, options: dict[str, Any]
    ) -> None:
        """Whatever resolution it works at inside; and the request is not written to."""
        before = image.copy()
        outcome = editor.edit(EditRequest(image, "make it red", mask, "replace", options=options))
        assert isinstance(outcome, EditOutcome)
        assert outcome.image.shape == image.shape
        assert outcome.image.dtype == np.uint8
        assert np.array_equal(image, before)

    def test_the_same_seed_gives_the_same_pixels(
        self, editor: Editor, image: Rgb, options: dict[str, Any]
    ) -> None:
        """The seed is the only randomness."""
        request = EditRequest(image, "make it red", op="replace", seed=11, options=options)
        assert np.array_equal(editor.edit(request).image, editor.edit(request).image)

    def test_it_stops_when_told(self, editor: Editor, image: Rgb, options: dict[str, Any]) -> None:
        """Cancelling raises, and the editor works afterwards."""
        stop = EditRequest(image, "make it red", options=options, cancelled=lambda: True)
        with pytest.raises(Cancelled):
            editor.edit(stop)
        editor.edit(EditRequest(image, "make it red", options=options))

    def test_progress_rises_to_one(
        self, editor: Editor, image: Rgb, options: dict[str, Any]
    ) -> None:
        """Fractions in [0, 1], never falling, ending at 1."""
        told: list[float] = []
        editor.edit(EditRequest(image, "make it red", options=options, progress=told.append))
        assert told == sorted(told)
        assert told[-1] == pytest.approx(1.0)
        assert min(told) >= 0.0

    def test_an_unknown_option_is_refused(self, editor: Editor, image: Rgb) -> None:
        """Options are a closed list."""
        with pytest.raises(BadArguments, match="no_such_option"):
            editor.edit(EditRequest(image, "make it red", options={"no_such_option": 1}))
