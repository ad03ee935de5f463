"""What loading and saving promise for every kind of file a person may hand over."""

from __future__ import annotations

import contextlib
import functools
import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps
from skimage import data

from tools.errors import BrokenPicture, NotAPicture, PictureError, PictureTooLarge
from tools.picture_metadata import read_metadata
from tools.pictures import Picture, load_picture
from tools.saving import SAVEABLE, encode_picture, save_picture, spare

LOSSLESS = (".png", ".tif", ".bmp")
RECORD = {"session": "s-1", "plan": '{"text": "Café <&> “Day one”"}', "seeds": "[1, 2]"}


@pytest.fixture(scope="module")
def photo() -> NDArray[np.uint8]:
    return np.ascontiguousarray(data.astronaut()[:160, 100:340])


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@functools.cache  # a profile holds the second it was made in
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_files_load_exactly(photo: NDArray[np.uint8], kind: str) -> None:
    """The pixels of a lossless file arrive unchanged."""
    picture = load_picture(written(Image.fromarray(photo), kind))
    assert np.array_equal(picture.rgb, photo)
    assert picture.source_format == kind
    assert picture.alpha is None
    assert picture.notes == ()


@pytest.mark.parametrize("suffix", SAVEABLE)
def test_every_output_format_reads_back(
    photo: NDArray[np.uint8], tmp_path: Path, suffix: str
) -> None:
    """Each format that can be saved can be loaded, close to the original or equal to it."""
    target = tmp_path / f"out{suffix}"
    save_picture(Picture(photo), target)
    again = load_picture(target)
    difference = np.abs(again.rgb.astype(int) - photo).mean()
    assert difference == 0 if suffix in LOSSLESS else difference < 2
    assert [p.name for p in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("suffix", [s for s in SAVEABLE if s != ".bmp"])
def test_profile_exif_and_record_survive(
    photo: NDArray[np.uint8], tmp_path: Path, suffix: str
) -> None:
    """ICC, EXIF with GPS, the file's own XMP and the record come back from every format."""
    exif = Image.Exif()
    exif[0x010F] = "Acme"
    exif[0x0112] = 1
    exif.get_ifd(0x8769)[0xA002] = 1
    exif.get_ifd(0x8825)[1] = "N"
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        b'syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b"<dc:rights>me</dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    source = written(Image.fromarray(photo), "JPEG", exif=exif, icc_profile=srgb_profile(), xmp=xmp)
    save_picture(load_picture(source), tmp_path / f"a{suffix}", metadata={"session": "old"})
    save_picture(load_picture(tmp_path / f"a{suffix}"), tmp_path / f"b{suffix}", metadata=RECORD)
    again = load_picture(tmp_path / f"b{suffix}")
    assert read_metadata(tmp_path / f"b{suffix}") == RECORD
    assert again.icc == srgb_profile()
    found = Image.Exif()
    found.load(again.exif or b"")
    assert found[0x010F] == "Acme"
    assert found.get_ifd(0x8769)[0xA002] == photo.shape[1]
    assert found.get_ifd(0x8825)[1] == "N"
    assert b"<dc:rights>me" in (again.xmp or b"")


def test_a_large_record_is_packed_into_jpeg(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    """A plan too long for one JPEG segment is compressed, not lost."""
    record = {"plan": "add a small scratch, " * 10_000}
    assert save_picture(Picture(photo), tmp_path / "a.jpg", metadata=record) == ()
    assert read_metadata(tmp_path / "a.jpg") == record


def test_a_record_that_cannot_fit_is_told(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    """Where the format cannot hold the record, the picture is saved and a note says so."""
    record = {"plan": np.random.default_rng(0).bytes(200_000).hex()}
    notes = save_picture(Picture(photo), tmp_path / "a.jpg", metadata=record)
    assert any("does not fit" in note for note in notes)
    assert read_metadata(tmp_path / "a.jpg") == {}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(photo: NDArray[np.uint8], orientation: int) -> None:
    """A picture stored turned is loaded upright, and its EXIF no longer says it is turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Acme"
    source = written(Image.fromarray(photo), "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(source)))
    picture = load_picture(source)
    assert np.array_equal(picture.rgb, np.asarray(expected))
    kept = Image.Exif()
    kept.load(picture.exif or b"")
    assert kept.get(0x0112, 1) == 1
    again, _ = encode_picture(picture, ".png")
    assert np.array_equal(load_picture(again).rgb, picture.rgb)


def deep_png(rgb16: NDArray[np.uint16]) -> bytes:
    found, encoded = cv2.imencode(".png", rgb16[..., ::-1] if rgb16.ndim == 3 else rgb16)
    assert found
    return bytes(encoded)


def deep_tiff(values: NDArray[Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, **options)
    return stream.getvalue()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("wrap", ["png", "tiff", "tiff deflate", "tiff lzw"])
def test_sixteen_bits_are_rounded_to_eight(channels: int, wrap: str) -> None:
    """16-bit values become the nearest 8-bit ones, and a note says so."""
    values = np.random.default_rng(0).integers(0, 65536, (31, 47, channels), dtype=np.uint16)
    values = values[..., 0] if channels == 1 else values
    colour = "rgb" if channels == 3 else "minisblack"
    if wrap == "png":
        source = deep_png(values)
    elif wrap == "tiff lzw":
        options = [cv2.IMWRITE_TIFF_COMPRESSION, 5]
        source = bytes(
            cv2.imencode(".tif", values[..., ::-1] if channels == 3 else values, options)[1]
        )
    else:
        packed = "deflate" if "deflate" in wrap else None
        source = deep_tiff(values, photometric=colour, compression=packed)
    picture = load_picture(source)
    expected = np.rint(values / 257.0).astype(np.uint8)
    expected = np.dstack([expected] * 3) if channels == 1 else expected
    assert np.array_equal(picture.rgb, expected)
    assert any("16-bit" in note for note in picture.notes)


def test_premultiplied_tiff_becomes_straight() -> None:
    """Colours stored multiplied by alpha come back as they were."""
    rgba = np.full((8, 8, 4), (200, 100, 50, 128), np.float64)
    rgba[..., :3] *= 128 / 255
    source = deep_tiff(
        np.rint(rgba * 257).astype(np.uint16), photometric="rgb", extrasamples=["assocalpha"]
    )
    picture = load_picture(source)
    assert np.abs(picture.rgb.astype(int) - (200, 100, 50)).max() <= 1
    assert picture.alpha is not None
    assert (picture.alpha == 128).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_float_tiff_in_unit_range_is_taken_as_it_is(dtype: type) -> None:
    """Floating-point values in [0, 1] are display values."""
    values = np.linspace(0.2, 0.8, 300).reshape(10, 10, 3).astype(dtype)
    picture = load_picture(deep_tiff(values, photometric="rgb"))
    assert np.abs(picture.rgb / 255 - values).max() < 0.003
    assert "[0, 1]" in picture.notes[0]


def test_wide_ranges_are_stretched_and_told() -> None:
    """Values without a white of their own fill the range from their minimum to their maximum."""
    values = np.arange(100, dtype=np.uint32).reshape(10, 10) * 1_000_000
    picture = load_picture(deep_tiff(values))
    assert picture.rgb.min() == 0
    assert picture.rgb.max() == 255
    assert "stretched" in picture.notes[0]


def test_grey_with_alpha_of_sixteen_bits(photo: NDArray[np.uint8]) -> None:
    """A 16-bit grey PNG with alpha keeps both."""
    values = np.zeros((4, 5, 2), ">u2")
    values[..., 0], values[..., 1] = 257 * 90, 257 * 200
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    header = struct.pack(">IIBBBBB", 5, 4, 16, 4, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    source = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
    picture = load_picture(source + chunk(b"IEND", b""))
    assert (picture.rgb == 90).all()
    assert picture.alpha is not None
    assert (picture.alpha == 200).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp"])
def test_grey_stays_grey(photo: NDArray[np.uint8], tmp_path: Path, mode: str, suffix: str) -> None:
    """A greyscale picture is loaded as RGB and saved as greyscale while it has no colour."""
    picture = load_picture(written(Image.fromarray(photo).convert(mode), "PNG"))
    assert (picture.rgb[..., 0] == picture.rgb[..., 2]).all()
    assert (picture.alpha is not None) == (mode == "LA")
    save_picture(picture, tmp_path / f"a{suffix}")
    with Image.open(tmp_path / f"a{suffix}") as saved:
        if suffix != ".webp":
            assert saved.mode in ("L", "LA")
    coloured = picture.with_pixels(photo)
    save_picture(coloured, tmp_path / "b.png")
    with Image.open(tmp_path / "b.png") as saved:
        assert saved.mode == "RGB"


def test_transparent_palette_becomes_alpha(photo: NDArray[np.uint8]) -> None:
    """A palette entry marked transparent becomes alpha 0."""
    image = Image.fromarray(photo).quantize(16)
    picture = load_picture(written(image, "PNG", transparency=3))
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha == 0, np.asarray(image) == 3)


def test_cmyk_becomes_srgb(photo: NDArray[np.uint8]) -> None:
    """A CMYK picture is converted, and a note says how."""
    source = written(Image.fromarray(photo).convert("CMYK"), "JPEG", quality=98)
    picture = load_picture(source)
    assert picture.mode == "CMYK"
    assert picture.icc is None
    assert "CMYK" in picture.notes[0]
    assert np.abs(picture.rgb.astype(int) - photo).mean() < 4


def test_lab_becomes_srgb(photo: NDArray[np.uint8]) -> None:
    """A Lab TIFF is converted to sRGB."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    image = ImageCms.profileToProfile(Image.fromarray(photo), srgb, lab, outputMode="LAB")
    assert image is not None
    picture = load_picture(written(image, "TIFF"))
    assert np.abs(picture.rgb.astype(int) - photo).mean() < 4
    assert "Lab" in picture.notes[0]


def test_a_profile_that_does_not_fit_is_dropped(photo: NDArray[np.uint8]) -> None:
    """A damaged profile costs the profile, not the picture."""
    picture = load_picture(written(Image.fromarray(photo), "PNG", icc_profile=b"rubbish" * 30))
    assert np.array_equal(picture.rgb, photo)
    assert picture.icc is None
    assert "ICC" in picture.notes[0]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_first_frame_of_an_animation(kind: str) -> None:
    """Of several frames the first is taken, and a note says of how many."""
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "lime", "blue")]
    options: dict[str, Any] = {"save_all": True, "append_images": frames[1:]}
    picture = load_picture(written(frames[0], kind, **options))
    assert picture.rgb[5, 5, 0] > 240
    assert picture.rgb[5, 5, 1] < 15
    assert any("of 3" in note for note in picture.notes)


def test_transparency_is_laid_on_white_for_jpeg(tmp_path: Path) -> None:
    """JPEG holds no alpha: white shows through, and a note says so."""
    rgb = np.zeros((16, 16, 3), np.uint8)
    alpha = np.full((16, 16), 51, np.uint8)
    notes = save_picture(Picture(rgb, alpha), tmp_path / "a.jpg")
    assert "white" in notes[0]
    assert np.abs(load_picture(tmp_path / "a.jpg").rgb.astype(int) - 204).max() <= 1


def test_jpeg_keeps_full_colour_resolution(photo: NDArray[np.uint8]) -> None:
    """JPEG is written 4:4:4."""
    encoded, _ = encode_picture(Picture(photo), ".jpg")
    with Image.open(io.BytesIO(encoded)) as image:
        assert {layer[1:3] for layer in image.layer} == {(1, 1)}  # type: ignore[attr-defined]


def test_thumbnail_of_the_unedited_picture_is_dropped(photo: NDArray[np.uint8]) -> None:
    """The small preview inside EXIF would show what an edit removed."""
    exif = Image.Exif()
    exif[0x010F] = "Acme"
    source = written(Image.fromarray(photo), "JPEG", exif=exif)
    plain = load_picture(source)
    preview = written(Image.fromarray(photo).resize((40, 30)), "JPEG")
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0x0110, 2, 2, 65)
    first = len(tiff) + 4
    tiff += struct.pack("<I", first) + struct.pack("<H", 2)
    start = first + 2 + 24 + 4
    tiff += struct.pack("<HHII", 0x0201, 4, 1, start)
    tiff += struct.pack("<HHII", 0x0202, 4, 1, len(preview)) + struct.pack("<I", 0) + preview
    with_preview = load_picture(written(Image.fromarray(photo), "JPEG", exif=b"Exif\0\0" + tiff))
    assert plain.exif is not None
    assert with_preview.exif is not None
    assert preview[:200] not in with_preview.exif


# bad input


@pytest.fixture(scope="module")
def samples(photo: NDArray[np.uint8]) -> dict[str, bytes]:
    picture = Picture(photo)
    made = {s: encode_picture(picture, s)[0] for s in (".jpg", ".png", ".webp", ".tif", ".heic")}
    made[".avif"] = encode_picture(picture, ".avif")[0]
    made[".bmp"] = encode_picture(picture, ".bmp")[0]
    made[".gif"] = written(Image.fromarray(photo), "GIF")
    made["16.png"] = deep_png(photo.astype(np.uint16) * 257)
    made["16.tif"] = deep_tiff(photo.astype(np.uint16) * 257, photometric="rgb")
    return made


KINDS = (".jpg", ".png", ".webp", ".tif", ".heic", ".avif", ".bmp", ".gif", "16.png", "16.tif")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97])
def test_truncated_files_are_refused(
    samples: dict[str, bytes], kind: str, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file cut short is an error of one line, with nothing printed."""
    whole = samples[kind]
    with pytest.raises((BrokenPicture, NotAPicture)) as caught:
        load_picture(whole[: max(4, int(len(whole) * share))])
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_damaged_headers_print_nothing(photo: NDArray[np.uint8]) -> None:
    """What a decoder has to say about a damaged header comes as our error, not on stderr."""
    whole = written(Image.fromarray(photo), "TIFF")
    entry = struct.pack("<HHIH", 277, 3, 1, 3)  # samples per pixel
    assert whole.count(entry) == 1
    damaged = whole.replace(entry, struct.pack("<HHIH", 277, 3, 1, 2048))
    script = (
        "import sys; from tools.errors import PictureError; from tools.pictures import load_picture"
        "\ntry: load_picture(sys.stdin.buffer.read())\nexcept PictureError: print('refused')"
    )
    # In a process of its own, because pytest's log handlers hide what Python would print.
    done = subprocess.run(
        [sys.executable, "-c", script], input=damaged, capture_output=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == (b"refused", b"")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(KINDS), st.data())
def test_damaged_files_never_crash(samples: dict[str, bytes], kind: str, draw: Any) -> None:
    """Whatever bytes are changed, loading gives a picture or one of our errors."""
    damaged = bytearray(samples[kind])
    for _ in range(draw.draw(st.integers(1, 8))):
        # Headers are where damage does most.
        place = draw.draw(st.integers(0, min(len(damaged) - 1, 400)))
        damaged[place] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(PictureError):
        assert load_picture(bytes(damaged), max_pixels=1_000_000).rgb.dtype == np.uint8


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_arbitrary_bytes_are_no_picture(noise: bytes) -> None:
    """Bytes of nothing in particular are refused as such."""
    with pytest.raises(PictureError):
        load_picture(noise)


def test_bad_paths_are_named(tmp_path: Path) -> None:
    """Each kind of bad path gets its own message."""
    empty = tmp_path / "empty.jpg"
    empty.touch()
    text = tmp_path / "text.jpg"
    text.write_text("this is no picture")
    with pytest.raises(PictureError, match="does not exist"):
        load_picture(tmp_path / "nothing.jpg")
    with pytest.raises(PictureError, match="is a folder"):
        load_picture(tmp_path)
    with pytest.raises(NotAPicture, match="0 bytes"):
        load_picture(empty)
    with pytest.raises(NotAPicture, match=r"text\.jpg is not a picture"):
        load_picture(text)
    with pytest.raises(PictureError):
        load_picture("\0")
    with pytest.raises(PictureError):
        load_picture("/dev/null")


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_is_checked_before_decoding(samples: dict[str, bytes], kind: str) -> None:
    """More pixels than allowed are refused with both numbers."""
    with pytest.raises(PictureTooLarge, match="240 x 160"):
        load_picture(samples[kind], max_pixels=240 * 160 - 1)
    assert load_picture(samples[kind], max_pixels=240 * 160).size == (240, 160)


def test_a_picture_beyond_pillows_own_limit_loads_when_ours_allows() -> None:
    """Only our limit counts, whatever Pillow thinks of the size."""
    huge = written(Image.new("1", (10_000, 9_100)), "PNG")
    with pytest.raises(PictureTooLarge):
        load_picture(huge, max_pixels=90_000_000)
    assert load_picture(huge).megapixels == 91


def test_saving_refuses_what_it_cannot_do(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    """Unknown suffixes, missing folders and impossible sizes are named, and nothing is written."""
    picture = Picture(photo)
    with pytest.raises(PictureError, match=r"\.gif.*use \.jpg"):
        save_picture(picture, tmp_path / "a.gif")
    with pytest.raises(PictureError, match="without suffix"):
        save_picture(picture, tmp_path / "a")
    with pytest.raises(PictureError, match="does not exist"):
        save_picture(picture, tmp_path / "no" / "a.png")
    with pytest.raises(PictureError, match="quality 0"):
        save_picture(picture, tmp_path / "a.jpg", quality=0)
    with pytest.raises(PictureError, match="16383"):
        save_picture(Picture(np.zeros((1, 20_000, 3), np.uint8)), tmp_path / "a.webp")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_save_leaves_the_old_file(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    """Where writing fails, what was there before is still there, whole."""
    target = tmp_path / "a.jpg"
    save_picture(Picture(photo), target)
    before = target.read_bytes()
    resource = pytest.importorskip("resource")
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, allowed[1]))
    try:
        with pytest.raises(PictureError, match="cannot be written"):
            save_picture(Picture(photo), target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.jpg"]


def test_files_without_a_record_have_none(samples: dict[str, bytes]) -> None:
    """A picture we did not make has an empty record."""
    assert all(read_metadata(sample) == {} for sample in samples.values())


def test_only_the_original_is_spared(tmp_path: Path) -> None:
    """Under any of its names; a copy, a new file, or what lies where it once lay may be written."""
    original, copy = tmp_path / "a.png", tmp_path / "b.png"
    original.write_bytes(b"precious")
    copy.write_bytes(b"precious")
    (tmp_path / "link.png").symlink_to(original)
    for name in ("a.png", "link.png", f"../{tmp_path.name}/a.png"):
        with pytest.raises(PictureError, match="original picture"):
            spare(tmp_path / name, original)
    spare(copy, original)
    spare(tmp_path / "new.png", original)
    spare(original, None)
    spare(copy, tmp_path / "moved away.png")
    with pytest.raises(PictureError, match="another name"):
        spare(tmp_path / f"{'x' * 400}.png", original)
