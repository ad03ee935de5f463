"""Verb frames that write on the picture."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import add_thing
from orchestrator.language.own_tools import watermark
from orchestrator.language.places import frame_side
from orchestrator.language.units import Unit, join


def is_text(reader: ClauseReader) -> bool:
    """Whether what is to be added ahead is writing."""
    quote = reader.find(lambda u: u.kind == "quote")
    noun = reader.find(lambda u: u.has("text_noun"))
    if quote is not None and _first_of_several(reader.left[:quote], noun):
        return False
    if quote is not None:
        before = reader.left[:quote]
        things = [
            u
            for u in before
            if u.kind == "word"
            and not u.has(
                "det",
                "text_noun",
                "says",
                "stop",
                "colour",
                "size",
                "prep",
                "place",
                "scale",
                "filler",
                "polite",
                "font",
                "more",
                "side",
                "verb",
                "relative",
                "style",
            )
        ]
        return not things or (
            noun is not None
            and noun < quote
            and noun <= len(before) - 1
            and not any(u.has("prep") for u in before[:noun])
        )
    return noun is not None and noun <= 3 and reader.find(lambda u: u.has("says")) is not None


_SIZES = {
    "tiny": 0.03, "small": 0.04, "little": 0.04, "big": 0.1, "large": 0.1,
    "bigger": 0.1, "larger": 0.1, "huge": 0.16, "giant": 0.16, "enormous": 0.16, "massive": 0.16,
}  # fmt: skip
"""Of letters, as a share of the picture's height; the usual is 0.06."""
_EFFECT = ("look", "property", "weather", "relight", "effect_noun")


def _first_of_several(before: list[Unit], noun: int | None) -> bool:
    """Read "a vintage look and a caption '…'": what comes first is no writing."""
    for i, unit in enumerate(before[:noun]):
        after = before[i + 1] if i + 1 < len(before) else None
        if unit.has("conjunction") or (unit.norm == "," and after is not None and after.has("det")):
            return any(
                u.kind == "word"
                and not u.has("det", "colour", "size", "text_noun", "font", "place")
                for u in before[:i]
            )
    return False


def write(reader: ClauseReader) -> bool:
    """Read "add the caption 'Day one' at the bottom in white", "write hello at the top"."""
    spot = reader.drop(lambda u: u.has("place"))
    place = str(spot[0].get("place")) if spot else ""
    colour = ""
    for offset, unit in enumerate(reader.left):
        if unit.has("colour") and _colours_text(reader, offset):
            colour = str(unit.get("colour"))
            break
    quote, size = reader.find(lambda u: u.kind == "quote"), None
    if quote is not None:
        text = reader.left[quote].text
        ref, said_where = WHOLE, ""
        before, after = reader.left[:quote], reader.left[quote + 1 :]
        size = _size(before) or _size(after)
        reader.at += quote + 1
        reader.taken |= {u.index for u in before} | {reader.units[reader.at - 1].index}
        if reader.says("to") and not after[1:]:
            return False
        if reader.sees("prep") and not _about_text(reader):
            word = reader.take()[0]
            fonts = any(u.norm in ("font", "letters", "type") for u in reader.left)
            anchor = reader.phrase(*(("in",) if fonts else ()))
            if anchor is not None and (side := frame_side(anchor.target)):
                place = place or side
            elif (
                anchor is not None
                and anchor.role not in ("image",)
                and not anchor.target.is_whole_image
            ):
                ref = reader.refs([anchor])[0]
                said_where = f"{word.text} {ref.words}"
        reader.take(_text_tail(reader))
    else:
        marker = reader.find(lambda u: u.has("says"))
        reader.take(0 if marker is None else marker + 1)
        if reader.sees("det") and reader.sees("text_noun", offset=1):
            reader.take(2)
        elif reader.sees("text_noun") and reader.peek(1) is not None:
            reader.take()
        count = reader.find(lambda u: u.has("prep") and u.norm in ("on", "in", "over"))
        if count:
            units = reader.take(count)
            text, ref, said_where = join(units).strip(" ,"), WHOLE, ""
            word = reader.take()[0]
            anchor = reader.phrase()
            if anchor is not None and not anchor.target.is_whole_image:
                ref = reader.refs([anchor])[0]
                said_where = f"{word.text} {ref.words}"
            reader.rest_text()
        else:
            text, ref, said_where = reader.rest_text(), WHOLE, ""
    if not text:
        return False
    if said_where:
        # Writing on a thing in the scene must follow its shape: an editor's job, not an overlay's.
        add_thing(reader, f'the text "{text}"', ref, said_where)
        return True
    reader.draft(
        "text",
        WHOLE,
        text=text[:500],
        place=place if place not in ("front", "back") else "",
        colour=colour,
        size=size,
    )
    return True


def _size(units: Sequence[Unit]) -> float | None:
    """How large words are to be, as a share of the picture's height: "in big yellow letters"."""
    for i, unit in enumerate(units):
        told = _SIZES.get(unit.norm)
        following = [u for u in units[i + 1 : i + 4] if not u.has("colour", "size", "font")]
        if told is not None and following and _is_lettering(following[0]):
            return told
    return None


def _is_lettering(unit: Unit) -> bool:
    return unit.has("text_noun") or unit.norm in ("letters", "lettering", "font", "type", "writing")


def _colours_text(reader: ClauseReader, offset: int) -> bool:
    before = reader.peek(offset - 1)
    after = reader.peek(offset + 1)
    lone = before is not None and before.norm == "," and (after is None or after.has("polite"))
    return (
        (before is not None and before.norm == "in")
        or lone
        or (
            (after is not None and after.has("text_noun", "colour_noun"))
            or (after is not None and after.norm in ("letters", "font", "bold"))
        )
    )


def _about_text(reader: ClauseReader) -> bool:
    return any(
        u.has("colour", "text_noun")
        or u.norm in ("font", "bold", "big", "large", "small", "corner")
        for u in reader.left[1:4]
    ) or reader.says("as", "with", "for")


def _text_tail(reader: ClauseReader) -> int:
    count = 0
    for unit in reader.left:
        if (unit.has("conjunction") or unit.norm == ",") and any(
            u.has(*_EFFECT) for u in reader.left[count + 1 : count + 4]
        ):
            break  # "… and a vignette" is another thing to add
        if unit.has(
            "colour",
            "text_noun",
            "det",
            "prep",
            "size",
            "place",
            "stop",
            "whole",
            "filler",
            "scale",
            "conjunction",
        ) or unit.norm in ("font", "bold", "letters", "corner", ","):
            count += 1
        else:
            break
    return count


def frame_text(reader: ClauseReader, verb: Verb) -> bool:
    """Read "write 'Hello'", "caption it 'Day one'", "watermark it with …"."""
    if verb.base in ("caption", "label", "title", "watermark", "subtitle"):
        if (
            reader.sees("pronoun", "whole", "det")
            and reader.find(lambda u: u.kind == "quote") is not None
        ):
            quote = reader.find(lambda u: u.kind == "quote") or 0
            found = reader.phrase("with", "as", end=quote)
            if found is not None and found.role != "image" and not found.pronoun:
                ref = reader.refs([found])[0]
                reader.skip("prep")
                text = reader.take()[0].text if reader.peek() is not None else ""
                add_thing(reader, f'the label "{text}"', ref, f"on {ref.words}")
                return bool(text)
        reader.take_if("with", "as")
        if verb.base == "watermark":
            return watermark(reader)
    return write(reader)


def text_detail(reader: ClauseReader) -> bool:
    """Read ", top left, red" after writing: where and in what colour it stands."""
    last = reader.reading.drafts[-1] if reader.reading.drafts else None
    if last is None or last.op != "text" or not reader.left:
        return False
    if not all(u.has(*_DETAILS) or u.kind == "mark" for u in reader.left):
        return False
    places = [str(u.get("place")) for u in reader.left if u.has("place")]
    colours = [str(u.get("colour")) for u in reader.left if u.has("colour")]
    sizes = [_SIZES[u.norm] for u in reader.left if u.norm in _SIZES]
    if not (places or colours or sizes) or (places and places[0] in ("front", "back")):
        return False
    last.params |= {"place": places[0]} if places else {}
    last.params |= {"colour": colours[0]} if colours else {}
    last.params |= {"size": sizes[0]} if sizes else {}
    reader.take(len(reader.left))
    reader.made.append(last)
    return True


_DETAILS = (
    "place", "colour", "det", "prep", "text_noun", "size", "polite", "filler", "conjunction",
    "font",
)  # fmt: skip
"""Senses of words that say how writing is to look and where."""


def writing_moved(reader: ClauseReader) -> bool:
    """Read "(write 'hi',) put it at the top": where what was just written stands."""
    last = reader.reading.drafts[-1] if reader.reading.drafts else None
    if last is None or last.op != "text" or not reader.says("it", "that", "this"):
        return False
    rest = reader.left[1:]
    places = [str(u.get("place")) for u in rest if u.has("place")]
    said = all(u.has("place", "polite", "filler") or u.kind == "mark" for u in rest)
    if not said or not places or places[0] in ("front", "back"):
        return False
    last.params["place"] = places[0]
    reader.take(len(reader.left))
    reader.made.append(last)
    return True
