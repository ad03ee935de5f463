"""What captions, watermarks and cinema bars promise: word for word, readable, only in a region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from tools.errors import BadArguments
from tools.operation import ToolContext, ToolResult
from tools.places import SHARES
from tools.registry import get_tool, parse_args

CLEAR = st.text(
    st.characters(min_codepoint=33, max_codepoint=126) | st.just(" "), min_size=1, max_size=120
).filter(str.strip)


def make(name: str, image: NDArray[np.uint8], mask: Any = None, alpha: Any = None,
         assets: dict[str, str] | None = None, **values: Any) -> ToolResult:  # fmt: skip
    tool = get_tool(name)
    context = ToolContext(image, mask=mask, alpha=alpha, assets=assets or {})
    result: ToolResult = tool.run(parse_args(tool, values), context)
    return result


def check_region(result: ToolResult, image: NDArray[np.uint8]) -> None:
    """Outside the region nothing changed, and the region is nothing but touched pixels."""
    assert result.region is not None
    assert json.loads(json.dumps(result.facts)) == result.facts
    assert set(np.unique(result.region)) <= {0.0, 1.0}
    changed = (result.image != image).any(axis=2)
    assert not changed[result.region == 0].any()
    assert result.image.shape == image.shape


@pytest.fixture(scope="module")
def photo() -> NDArray[np.uint8]:
    return np.ascontiguousarray(data.coffee())


@pytest.fixture(scope="module")
def logo(tmp_path_factory: pytest.TempPathFactory) -> str:
    y, x = np.mgrid[:60, :90]
    alpha = np.where(np.hypot(x - 45, y - 30) < 28, 255, 0)
    path = tmp_path_factory.mktemp("logo") / "logo.png"
    Image.fromarray(np.dstack([x * 2, y * 4, x + y, alpha]).astype(np.uint8)).save(path)
    return str(path)


@settings(max_examples=60, deadline=None)
@given(
    text=CLEAR,
    place=st.sampled_from(sorted(SHARES)),
    style=st.sampled_from(["auto", "shadow", "outline", "band", "plain"]),
    size=st.none() | st.floats(0.01, 0.9),
    shape=st.tuples(st.integers(160, 300), st.integers(160, 300)),
)
def test_any_caption_fits_and_changes_only_its_region(
    text: str, place: str, style: str, size: float | None, shape: tuple[int, int]
) -> None:
    """Whatever the text, its place and its size, it ends inside the picture, word for word."""
    image = np.full((*shape, 3), 120, np.uint8)
    before = image.copy()
    result = make("caption", image, text=text, place=place, style=style, size=size)
    check_region(result, image)
    assert np.array_equal(image, before)
    assert result.facts["text"] == text
    assert "".join("".join(result.facts["lines"]).split()) == "".join(text.split())
    left, top, right, bottom = result.facts["box"]
    assert 0 <= left < right <= shape[1]
    assert 0 <= top < bottom <= shape[0]


@pytest.mark.parametrize("place", sorted(SHARES))
def test_captions_stand_where_they_were_asked_to(photo: NDArray[np.uint8], place: str) -> None:
    """The box of a caption lies in the named part of the picture."""
    box = make("caption", photo, text="Day one", place=place).facts["box"]
    centre = ((box[0] + box[2]) / 2 / photo.shape[1], (box[1] + box[3]) / 2 / photo.shape[0])
    for found, wanted in zip(centre, SHARES[place], strict=True):
        assert abs(found - wanted) < 0.26 if wanted != 0.5 else abs(found - 0.5) < 0.02


def test_captions_are_ink_inside_their_box(photo: NDArray[np.uint8]) -> None:
    """The letters' own colour is found inside the box."""
    result = make("caption", photo, text="Day one", colour="#00ff00", style="plain")
    left, top, right, bottom = result.facts["box"]
    inside = result.image[top:bottom, left:right]
    assert (inside == (0, 255, 0)).all(axis=2).mean() > 0.1
    assert result.region is not None
    outside = result.region.copy()
    outside[top:bottom, left:right] = 0
    assert outside.sum() == 0


@pytest.mark.parametrize(("grey", "expected"), [(10, "#ffffff"), (250, "#000000")])
def test_colour_is_chosen_by_contrast(grey: int, expected: str) -> None:
    """White on dark, black on light."""
    image = np.full((200, 300, 3), grey, np.uint8)
    assert make("caption", image, text="Day one").facts["colour"] == expected


def test_busy_backgrounds_get_an_outline() -> None:
    """On a background that would swallow the letters they are outlined."""
    noise = np.random.default_rng(0).integers(0, 2, (25, 40, 1)).repeat(8, 0).repeat(8, 1)
    image = (noise.repeat(3, 2) * 255).astype(np.uint8)
    assert make("caption", image, text="Day one").facts["style"] == "outline"
    assert make("caption", image // 20, text="Day one").facts["style"] == "shadow"


def test_long_text_is_broken_then_shrunk(photo: NDArray[np.uint8]) -> None:
    """A text too long for a line takes more lines; too long for the picture, smaller letters."""
    few = make("caption", photo, text="many words to be read on this picture, " * 3)
    assert len(few.facts["lines"]) > 1
    assert few.notes == ()
    huge = make("caption", photo, text="many words, " * 40, size=0.2)
    assert huge.notes == ("made smaller to fit",)
    assert huge.facts["pixels"] < 0.2 * photo.shape[0]


def test_line_breaks_of_the_user_are_kept(photo: NDArray[np.uint8]) -> None:
    """A line break in the text is a line break on the picture."""
    assert make("caption", photo, text="Day\none").facts["lines"] == ["Day", "one"]


def test_text_that_cannot_fit_is_refused() -> None:
    """A text that would be unreadable at any size is an error, not a smear."""
    with pytest.raises(BadArguments, match="does not fit"):
        make("caption", np.zeros((30, 40, 3), np.uint8), text="word " * 90)


def test_missing_letters_are_listed(photo: NDArray[np.uint8]) -> None:
    """Letters the font lacks are named with the way out; no boxes are drawn."""
    with pytest.raises(BadArguments, match=r"東 \(U\+6771\).*--asset font="):
        make("caption", photo, text="Day 東京")


def test_a_font_of_the_user_is_used(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    """A font asset that is missing or no font is named; so is one asked for but not given."""
    broken = tmp_path / "font.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(BadArguments, match="not a font"):
        make("caption", photo, text="Day one", assets={"font": str(broken)})
    with pytest.raises(BadArguments, match="is no file"):
        make("caption", photo, text="Day one", assets={"font": str(tmp_path / "no.ttf")})
    with pytest.raises(BadArguments, match="--asset serif=FILE"):
        make("caption", photo, text="Day one", font="serif")


def test_captions_stay_in_the_mask_they_are_given(photo: NDArray[np.uint8]) -> None:
    """With a mask, the caption is set in its box."""
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[50:200, 300:580] = 1
    box = make("caption", photo, mask=mask, text="a few words here").facts["box"]
    assert box[0] >= 300
    assert box[1] >= 50
    assert box[2] <= 580
    assert box[3] <= 200


@pytest.mark.parametrize("name", ["caption", "watermark"])
def test_letters_on_transparent_pixels_can_be_seen(photo: NDArray[np.uint8], name: str) -> None:
    """Where the picture is transparent, what is written becomes visible."""
    alpha = np.zeros(photo.shape[:2], np.uint8)
    result = make(name, photo, alpha=alpha, text="Day one")
    assert result.alpha is not None
    assert result.region is not None
    assert (result.alpha[result.region > 0] > 0).all()
    assert (result.alpha[result.region == 0] == 0).all()
    assert (alpha == 0).all()


def test_watermark_of_words_or_logo(photo: NDArray[np.uint8], logo: str) -> None:
    """A mark stands at its place, as wide as asked, and the box says where."""
    for values in ({"text": "Studio"}, {"assets": {"logo": logo}}):
        result = make("watermark", photo, scale=0.25, place="top left", **values)
        check_region(result, photo)
        left, _, right, bottom = result.facts["box"]
        assert abs((right - left) / photo.shape[1] - 0.25) < 0.06
        assert right < photo.shape[1] / 2
        assert bottom < photo.shape[0] / 2


def test_tiled_watermark_covers_the_picture(photo: NDArray[np.uint8], logo: str) -> None:
    """Tiled, the mark is found in every quarter of the picture."""
    result = make("watermark", photo, assets={"logo": logo}, tile=True, scale=0.1)
    check_region(result, photo)
    assert result.region is not None
    height, width = photo.shape[:2]
    for rows in (slice(0, height // 2), slice(height // 2, None)):
        for columns in (slice(0, width // 2), slice(width // 2, None)):
            assert 0.05 < result.region[rows, columns].mean() < 0.8


def test_opacity_of_a_watermark(photo: NDArray[np.uint8], logo: str) -> None:
    """Half as opaque changes pixels half as much."""
    full = make("watermark", photo, assets={"logo": logo}, opacity=1.0)
    half = make("watermark", photo, assets={"logo": logo}, opacity=0.5)
    far = np.abs(full.image.astype(int) - photo).sum()
    assert abs(np.abs(half.image.astype(int) - photo).sum() / far - 0.5) < 0.02


def test_a_watermark_needs_words_or_a_logo(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    """With neither, the error says how to hand a logo over; an invisible logo is refused."""
    with pytest.raises(BadArguments, match="--asset logo=FILE"):
        make("watermark", photo)
    clear = tmp_path / "clear.png"
    Image.new("RGBA", (20, 20)).save(clear)
    with pytest.raises(BadArguments, match="transparent"):
        make("watermark", photo, assets={"logo": str(clear)})


@settings(max_examples=60, deadline=None)
@given(st.integers(10, 200), st.integers(10, 200), st.floats(0.3, 6))
def test_letterbox_leaves_the_asked_shape_visible(width: int, height: int, ratio: float) -> None:
    """Bars are drawn over two edges; what stays visible has the ratio and is untouched."""
    image = np.full((height, width, 3), 90, np.uint8)
    result = make("letterbox", image, ratio=ratio)
    check_region(result, image)
    assert result.region is not None
    left, top, right, bottom = result.facts["visible"]
    assert (result.image[top:bottom, left:right] == 90).all()
    assert result.region.sum() == width * height - (right - left) * (bottom - top)
    assert (result.image[result.region > 0] == 0).all()
    assert left == 0 or top == 0
    assert abs((right - left) - (bottom - top) * ratio) <= 2 * max(1.0, ratio)


def test_blank_text_is_refused(photo: NDArray[np.uint8]) -> None:
    """A caption of nothing but spaces is an error."""
    with pytest.raises(BadArguments, match="blank"):
        make("caption", photo, text="  ")
