"""Pieces of a long benchmark."""

from __future__ import annotations

import argparse

import pytest
from parts import Part, part


@pytest.mark.parametrize("whole", [1, 7, 20])
def test_pieces_together_are_the_whole(whole: int) -> None:
    """Every case in exactly one of them, and as many as each says."""
    pieces = [list(Part(number, 3).take(range(whole))) for number in (1, 2, 3)]
    assert sorted(case for piece in pieces for case in piece) == list(range(whole))
    assert [len(piece) for piece in pieces] == [Part(n, 3).count(whole) for n in (1, 2, 3)]


def test_a_piece_is_read_as_it_is_written() -> None:
    """The second of five; what is no piece is refused with what would be right."""
    assert part("2/5") == Part(2, 5)
    assert str(part("2/5")) == "2/5"
    for wrong in ("0/5", "6/5", "2", "a/b"):
        with pytest.raises(argparse.ArgumentTypeError, match="2/5"):
            part(wrong)
