"""A folder in the benchmark's layout is read as it is meant, and refused where it is not."""

import numpy as np
import pytest
from PIL import Image

from smartedit_model.evaluation.errors import BenchmarkLayoutError, EvaluationSetupError
from smartedit_model.evaluation.folder_bench import FolderBench
from smartedit_model.evaluation.preservation import LearnedMetrics
from smartedit_model.evaluation.reason_edit import LAYOUT, read_folder
from smartedit_model.evaluation.run import evaluate
from smartedit_model.evaluation.subjects import CopySubject
from smartedit_model.evaluation.summary import summarise


@pytest.fixture
def benchmark(tmp_path):
    """Two pictures in each of the six folders."""
    root = tmp_path / "ReasonEdit"
    for number, (start, text) in enumerate(LAYOUT.values()):
        folder = root / start
        folder.mkdir(parents=True)
        for name in ("001", "002"):
            tone = 20 * number + int(name)
            Image.new("RGB", (60, 40), (tone, 90, 200)).save(folder / f"{name}.png")
            mask = np.zeros((40, 60), np.uint8)
            mask[10:20, 20:40] = 255
            Image.fromarray(mask).save(folder / f"{name}_mask.jpg")
        lines = [f"Remove thing {number} CLIP: a floor", "Make it red   CLIP: a red cup"]
        (folder / text).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def test_cases_are_read_in_order(benchmark):
    """Instruction before the mark, words after it, picture and mask by name."""
    cases = read_folder(benchmark)
    assert [case.category for case in cases] == [name for name in LAYOUT for _ in range(2)]
    first, second = cases[:2]
    assert (first.name, first.instruction, first.words) == ("001", "Remove thing 0", "a floor")
    assert (second.name, second.instruction, second.words) == ("002", "Make it red", "a red cup")
    assert first.opened()[1].mode == "L"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda root: (root / "1-Left-Right/001_mask.jpg").unlink(), "needs its mask"),
        (lambda root: (root / "2-Relative-Size/Size_text.txt").unlink(), "is missing"),
        (lambda root: (root / "3-Mirror/Mirror_text.txt").write_text("x CLIP: y\n"), "1 lines"),
        (lambda root: (root / "4-Color/Color_text.txt").write_text("a\nb\n"), "is not INSTRUCTION"),
        (lambda root: (root / "4-Color/Color_text.txt").write_bytes(b"\xff\xfe\xff"), "UTF-8"),
    ],
)
def test_a_folder_that_does_not_fit_is_refused_in_one_line(benchmark, spoil, told):
    """The message names the file and what is wrong."""
    spoil(benchmark)
    with pytest.raises(BenchmarkLayoutError, match=told) as caught:
        read_folder(benchmark)
    assert "\n" not in str(caught.value)


def test_what_is_no_picture_is_refused(benchmark):
    """Also where the names are right."""
    (benchmark / "1-Left-Right/001.png").write_bytes(b"not a picture")
    with pytest.raises(BenchmarkLayoutError, match="not a picture"):
        read_folder(benchmark)[0].opened()


def test_an_empty_folder_is_refused(tmp_path):
    """It holds none of the six."""
    with pytest.raises(BenchmarkLayoutError, match="1-Left-Right"):
        read_folder(tmp_path)


def test_copying_keeps_everything(benchmark, tmp_path):
    """The whole way: read, asked, measured, summed up; only the squeeze to 256 px is between."""
    bench = FolderBench(benchmark, LearnedMetrics(hub=tmp_path))
    records, told = evaluate(bench, CopySubject(), tmp_path / "run")
    summary = summarise(bench, records, told, 0)
    assert summary["count"] == 12
    assert summary["all"]["identical"] == 12
    assert summary["all"]["ssim"]["value"] == pytest.approx(1.0)
    assert "lpips" in summary["missing"]
    assert "understanding" not in summary  # nobody judged it


def test_an_unknown_category_is_refused(benchmark, tmp_path):
    """The choices are listed."""
    with pytest.raises(EvaluationSetupError, match="left_right"):
        FolderBench(benchmark, LearnedMetrics(hub=tmp_path), ["nowhere"])
