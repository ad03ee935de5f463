"""A benchmark in sections: what is told, what is left out, what may fail."""

from __future__ import annotations

import json
import time

import pytest
from core_sections import Sections


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What was printed, a line of JSON each."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_section_is_told_as_soon_as_it_is_through(capsys: pytest.CaptureFixture[str]) -> None:
    """What it found is returned and printed with its name and its seconds."""
    sections = Sections("try")
    assert sections.must("first", lambda: {"found": 3}) == {"found": 3}
    (line,) = lines(capsys)
    assert (line["benchmark"], line["section"], line["found"]) == ("try", "first", 3)
    assert line["section_seconds"] == pytest.approx(0, abs=1)


def test_what_there_is_no_time_for_is_left_out_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The budget counts from the start of the process; what every run needs is run anyway."""
    sections = Sections("try", budget=60, started=time.time() - 40)
    assert sections.may("long", 30, lambda: {"found": 1}) == {}
    assert sections.may("short", 10, lambda: {"found": 2}) == {"found": 2}
    assert Sections("try", 1, time.time() - 40).must("needed", lambda: {"found": 3})
    long, *_ = lines(capsys)
    assert "needs about 30 s, 20 s left" in str(long["skipped"])


def test_a_failure_is_told_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Only optional sections may fail; a needed one ends the run."""

    def fails() -> dict[str, int]:
        raise RuntimeError("out of memory")

    sections = Sections("try")
    assert sections.may("bad", 0, fails) == {}
    assert sections.failed == ["bad"]
    assert lines(capsys)[0]["failed"] == "RuntimeError: out of memory"
    with pytest.raises(RuntimeError, match="out of memory"):
        sections.must("bad", fails)
