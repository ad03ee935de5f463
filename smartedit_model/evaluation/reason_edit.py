"""Reads a folder in the layout of the Reason-Edit benchmark.

One folder a category, `NNN.png` with `NNN_mask.jpg` beside it, and one text file whose lines are
`INSTRUCTION CLIP: WORDS`, in the order of the pictures' names. It measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image as PilImage
from PIL import UnidentifiedImageError

from smartedit_model.evaluation.errors import BenchmarkLayoutError

LAYOUT = {
    "left_right": ("1-Left-Right", "Left_Right_text.txt"),
    "size": ("2-Relative-Size", "Size_text.txt"),
    "mirror": ("3-Mirror", "Mirror_text.txt"),
    "colour": ("4-Color", "Color_text.txt"),
    "multiple": ("5-Multiple-Objects", "MultipleObjects_text.txt"),
    "reasoning": ("6-Reasoning", "Reason_test.txt"),
}
"""Category -> beginning of its folder's name, name of its text file."""
MARK = "CLIP: "


@dataclass(frozen=True)
class FolderCase:
    """One picture of the benchmark, what is asked of it, and where.

    Attributes:
        category: of `LAYOUT`.
        name: the picture's name without suffix.
        picture, mask: their files.
        instruction: what to do.
        words: what the edited region should then show, for the CLIP score.
    """

    category: str
    name: str
    picture: Path
    mask: Path
    instruction: str
    words: str

    def opened(self) -> tuple[PilImage.Image, PilImage.Image]:
        """The picture (RGB) and its mask (L).

        Raises:
            BenchmarkLayoutError: one of them is not a picture.
        """
        return _open(self.picture).convert("RGB"), _open(self.mask).convert("L")


def read_folder(root: Path) -> list[FolderCase]:
    """Every case below a folder, category by category.

    Raises:
        BenchmarkLayoutError: nothing is laid out as it should be, or pictures, masks and lines do
            not fit together.
    """
    if not root.is_dir():
        raise BenchmarkLayoutError(f"{root} is not a folder; give the benchmark's folder")
    cases: list[FolderCase] = []
    for category, (start, text) in LAYOUT.items():
        found = sorted(p for p in root.rglob(f"{start}*") if p.is_dir())
        if len(found) > 1:
            raise BenchmarkLayoutError(
                f"{root} holds {len(found)} folders {start}*; one would be right"
            )
        if found:
            cases += _read_category(category, found[0], text)
    if not cases:
        names = ", ".join(start for start, _ in LAYOUT.values())
        raise BenchmarkLayoutError(f"{root} holds none of the folders {names}")
    return cases


def _read_category(category: str, folder: Path, text: str) -> list[FolderCase]:
    pictures = sorted(folder.glob("*.png"))
    path = folder / text
    if not path.is_file():
        raise BenchmarkLayoutError(f"{path} is missing; it holds one instruction a picture")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BenchmarkLayoutError(f"{path} is not UTF-8 text") from error
    lines = [line for line in lines if line.strip()]
    if len(lines) != len(pictures):
        raise BenchmarkLayoutError(
            f"{path} has {len(lines)} lines for {len(pictures)} pictures; one a picture is right"
        )
    return [
        _case(category, picture, line, f"{path}, line {number}")
        for number, (picture, line) in enumerate(zip(pictures, lines, strict=True), 1)
    ]


def _case(category: str, picture: Path, line: str, where: str) -> FolderCase:
    instruction, mark, words = line.partition(MARK)
    if not mark or not instruction.strip():
        raise BenchmarkLayoutError(f"{where}: {line!r} is not INSTRUCTION {MARK}WORDS")
    mask = picture.with_name(f"{picture.stem}_mask.jpg")
    if not mask.is_file():
        raise BenchmarkLayoutError(f"{mask} is missing; every picture needs its mask")
    return FolderCase(category, picture.stem, picture, mask, instruction.rstrip(), words)


def _open(path: Path) -> PilImage.Image:
    try:
        with PilImage.open(path, formats=("PNG", "JPEG")) as image:
            image.load()
            return image
    except (OSError, UnidentifiedImageError, PilImage.DecompressionBombError) as error:
        raise BenchmarkLayoutError(f"{path} is not a picture that can be read: {error}") from error
