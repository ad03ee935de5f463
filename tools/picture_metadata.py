"""What travels with pixels: the EXIF block, and the record of how a picture was made.

The record is a flat ``dict[str, str]`` (session, revision, plan, seeds). In PNG it is an iTXt text
named ``smartedit``; elsewhere one property of the XMP packet, beside whatever the packet held.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from PIL import Image

from tools.errors import BrokenPicture
from tools.opening import DECODING_ERRORS, MAX_PIXELS, as_source, broken, guarded, opened

KEYWORD = "smartedit"
"""Name of the PNG text and the XMP property."""
NAMESPACE = "urn:smartedit:record:1#"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_OURS = re.compile(
    rb"\s*<rdf:Description[^>]*\burn:smartedit:record:1#[^>]*>.*?</rdf:Description>", re.DOTALL
)
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}">{ours}</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""

_STRUCTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 280, 281, 284, 290, 291}
    | {292, 293, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332, 333, 334, 336, 337}
    | {338, 339, 340, 341, 342, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531}
    | {532, 700, 33723, 34377, 34675, 37724, 40965}
)
"""IFD0 tags that describe how the old file stored pixels, untrue of any new one."""
_SOFTWARE, _EXIF_IFD, _PIXEL_WIDTH, _PIXEL_HEIGHT = 0x0131, 0x8769, 0xA002, 0xA003
_MAKER_NOTE = 0x927C
_MOST_TEXT = 16_000_000
"""Characters a record is unpacked to at most, whatever a hostile file claims."""


def clean_exif(image: Image.Image) -> tuple[bytes | None, tuple[str, ...]]:
    """The EXIF block without orientation, thumbnail (it shows the unedited picture) and structure.

    Returns:
        The block as Pillow writes it, or None; and notes.
    """
    try:
        exif = image.getexif()
        for tag in _STRUCTURE & set(exif):
            del exif[tag]
        exif.get_ifd(_EXIF_IFD)
        return (exif.tobytes() if len(exif) else None), ()
    except DECODING_ERRORS:
        return None, ("its EXIF is damaged and is not kept",)


def exif_for_saving(
    exif: bytes | None, size: tuple[int, int], *, made: bool, limit: int | None
) -> tuple[bytes | None, tuple[str, ...]]:
    """The EXIF block with the new pixel size and, where we made the picture, our name.

    Args:
        exif: block as ``clean_exif`` gave it.
        size: (width, height) being saved.
        made: set the Software tag.
        limit: most bytes the format holds; the maker's private notes go first.
    """
    if exif is None and not made:
        return None, ()
    block = Image.Exif()
    notes: tuple[str, ...] = ()
    if exif is not None:
        block.load(exif)
    if made:
        block[_SOFTWARE] = KEYWORD
    inner = block.get_ifd(_EXIF_IFD)
    if _PIXEL_WIDTH in inner or _PIXEL_HEIGHT in inner:
        inner[_PIXEL_WIDTH], inner[_PIXEL_HEIGHT] = size
    written = block.tobytes()
    if limit is not None and len(written) > limit and _MAKER_NOTE in inner:
        del inner[_MAKER_NOTE]
        written, notes = block.tobytes(), ("the camera maker's private notes did not fit",)
    if limit is not None and len(written) > limit:
        return None, ("the EXIF block does not fit this format and is not kept",)
    return written, notes


def packet_for_saving(
    xmp: bytes | None, record: dict[str, str] | None, *, limit: int | None
) -> tuple[bytes | None, tuple[str, ...]]:
    """The XMP packet with our record in place of an older one.

    Args:
        xmp: packet of the source file.
        record: ours, or None to keep the packet as it is.
        limit: most bytes the format holds.
    """
    if not record:
        return xmp, ()
    packet = _with_record(xmp, record, packed=False)
    if limit is not None and len(packet) > limit:
        packet = _with_record(xmp, record, packed=True)
    if limit is not None and len(packet) > limit:
        packet = _with_record(None, record, packed=True)
    if limit is not None and len(packet) > limit:
        return xmp, ("the record of how it was made does not fit this format and is left out",)
    return packet, ()


def read_metadata(path_or_bytes: str | Path | bytes) -> dict[str, str]:
    """The record that ``save_picture`` wrote, or {} where there is none.

    Raises:
        PictureError: as ``load_picture``.
    """
    source = as_source(path_or_bytes)
    with guarded(), opened(source, 100 * MAX_PIXELS) as image:
        try:
            text = getattr(image, "text", {}).get(KEYWORD)
            if text is None:
                packet = image.info.get("xmp") or b""
                text = _record_of(packet.encode() if isinstance(packet, str) else packet)
            values = json.loads(text) if text else {}
        except (*DECODING_ERRORS, ElementTree.ParseError) as error:
            raise broken(source, error) from error
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise BrokenPicture(f"{source!r:.80} holds a record that is not names and texts")
    return values


def record_text(record: dict[str, str]) -> str:
    """The record as stored: one JSON object."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def _with_record(xmp: bytes | None, record: dict[str, str], *, packed: bool) -> bytes:
    """A packet that holds the record, beside what a well-formed ``xmp`` holds."""
    text, how = record_text(record), "json"
    if packed:
        text, how = base64.b64encode(zlib.compress(text.encode(), 9)).decode(), "json+zlib+base64"
    ours = (
        f'<rdf:Description rdf:about="" xmlns:smartedit="{NAMESPACE}" smartedit:encoding="{how}">'
        f"<smartedit:record>{escape(text)}</smartedit:record></rdf:Description>"
    )
    if xmp is not None:
        rest = _OURS.sub(b"", xmp.rstrip(b"\0 "))
        if rest.count(b"</rdf:RDF>") == 1:
            return rest.replace(b"</rdf:RDF>", ours.encode() + b"</rdf:RDF>")
    return _PACKET.format(rdf=_RDF, ours=ours).encode()


def _record_of(packet: bytes) -> str:
    """The record's JSON text in a packet, or ""."""
    if NAMESPACE.encode() not in packet or b"<!DOCTYPE" in packet:
        return ""  # a document type is where entity expansion attacks live; XMP has none
    root = ElementTree.fromstring(packet.rstrip(b"\0 "))
    for description in root.iter(f"{{{_RDF}}}Description"):
        found = description.find(f"{{{NAMESPACE}}}record")
        if found is not None and found.text:
            if description.get(f"{{{NAMESPACE}}}encoding") == "json+zlib+base64":
                packed = base64.b64decode(found.text)
                return zlib.decompressobj().decompress(packed, _MOST_TEXT).decode()
            return found.text
    return ""
