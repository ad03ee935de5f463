"""Named looks and .cube tables."""

import numpy as np
import pytest
import skimage.data

from tools.cube_file import look_up, parse_cube
from tools.errors import BadArguments
from tools.lookbook import look_name, looks
from tools.looks import graded
from tools.operation import ToolContext
from tools.registry import get_tool, parse_args


def run(tool_name, image, assets=None, **values):
    tool = get_tool(tool_name)
    return tool.run(parse_args(tool, values), ToolContext(image=image, assets=assets or {})).image


def photo():
    return np.ascontiguousarray(skimage.data.chelsea()[:120, :150])


def cube(size, function=lambda rgb: rgb, head=""):
    axis = np.linspace(0, 1, size)
    rows = [function((r, g, b)) for b in axis for g in axis for r in axis]
    body = "\n".join(" ".join(f"{v:.7f}" for v in row) for row in rows)
    return f'# made by hand\nTITLE "A # title"\nLUT_3D_SIZE {size}\n{head}\n{body}\n'


def test_the_look_book_holds_what_people_ask_for():
    """Words people use for looks lead to a recipe; there are at least 25 of them."""
    assert len(looks()) >= 25
    for words in ("movie", "Film Noir", "teal and orange", "a cyberpunk look", "70s", "B&W"):
        assert look_name(words) in looks()


def test_an_unknown_look_lists_the_nearest():
    """A misspelt look is refused with its likely meaning."""
    with pytest.raises(BadArguments, match="cyberpunk"):
        look_name("cyberpnuk")


@pytest.mark.parametrize("name", sorted(n for n, look in looks().items() if look.amounts()))
def test_each_look_shows_and_keeps_tones_apart(name):
    """Every recipe changes the picture and keeps black darker than grey darker than white."""
    image = photo()
    assert np.abs(run("look", image, name=name).astype(int) - image).mean() > 1
    levels = np.repeat(np.linspace(0, 1, 64)[:, None], 3, axis=1)
    grey = graded(levels, looks()[name]).mean(axis=1)
    assert (np.diff(grey) > -1e-3).all()
    assert grey[-1] - grey[0] > 0.35


def test_letterbox_is_asked_for():
    """Bars appear only when wanted, and cover the same rows at top and bottom."""
    plain, barred = run("look", photo()), run("look", photo(), letterbox=True)
    assert plain[0].any()
    assert not barred[0].any()
    assert not barred[-1].any()


@pytest.mark.parametrize("size", [2, 17, 33])
def test_an_identity_table_changes_nothing(tmp_path, size):
    """The table that maps every colour to itself is a no-op."""
    path = tmp_path / "identity.cube"
    path.write_text(cube(size))
    assert np.array_equal(run("lut", photo(), assets={"lut": str(path)}), photo())


def test_a_table_maps_colours_and_strength_mixes(tmp_path):
    """Swapping red and blue works exactly; half strength is half way."""
    path = tmp_path / "swap.cube"
    path.write_text(cube(17, lambda c: (c[2], c[1], c[0])))
    image, assets = photo(), {"lut": str(path)}
    swapped = run("lut", image, assets=assets)
    assert np.abs(swapped.astype(int) - image[..., ::-1]).max() <= 1
    half = run("lut", image, assets=assets, strength=0.5)
    assert np.abs(half - (image.astype(float) + image[..., ::-1]) / 2).max() <= 1


def test_one_dimensional_tables_and_domains(tmp_path):
    """A 1D table inverts exactly; a wider domain is respected."""
    path = tmp_path / "invert.cube"
    path.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    assert np.array_equal(run("lut", photo(), assets={"lut": str(path)}), 255 - photo())
    table = parse_cube(cube(5, head="DOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2"))
    assert np.allclose(look_up(table, np.array([[1.0, 0.5, 0.0]])), [[0.5, 0.25, 0.0]])
    assert table.title == "A # title"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "LUT_1D_SIZE or LUT_3D_SIZE"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "promises 8 colours and holds 1"),
        ("LUT_3D_SIZE two\n", "whole number"),
        ("LUT_3D_SIZE 2\n0 0\n", "line 2: expected three numbers"),
        ("LUT_3D_SIZE 2\n0 0 -x\n", "line 2"),
        ("LUT_1D_SIZE 2\nLUT_1D_SIZE 2\n", "second size"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\n0 0 0\n1 1 1\n", "must be above"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 .nan\n", "line 3"),
    ],
)
def test_malformed_tables_are_explained(text, complaint):
    """One line says what is wrong and where."""
    with pytest.raises(BadArguments, match=complaint):
        parse_cube(text)


def test_a_missing_or_binary_file_is_explained(tmp_path):
    """No file, an absent file and a binary file each get their own words."""
    with pytest.raises(BadArguments, match="asset"):
        run("lut", photo())
    with pytest.raises(BadArguments, match="cannot read"):
        run("lut", photo(), assets={"lut": str(tmp_path / "absent.cube")})
    path = tmp_path / "binary.cube"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(BadArguments, match="not text"):
        run("lut", photo(), assets={"lut": str(path)})


def test_a_dark_look_does_not_bury_a_dark_picture():
    """A picture that is night already keeps most of its light under a darkening look."""
    night = photo() // 5
    before, after = night.mean(), run("look", night, name="cyberpunk").mean()
    assert after > 0.6 * before
