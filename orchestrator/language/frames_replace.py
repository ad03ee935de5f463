"""Verb frame of putting one thing in another's place."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import replace_with
from orchestrator.language.phrase import Phrase
from orchestrator.language.references import resolve
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import is_of
from tools.target import Target


def frame_replace(reader: ClauseReader, verb: Verb) -> bool:
    """Read "replace A with B", "substitute B for A"."""
    inverse = verb.base == "substitute"
    after = reader.peek(2)
    old = reader.peek(1)
    quoted = reader.sees("det") and old is not None and old.kind == "quote"
    if quoted and after is not None and after.norm == "with":
        reader.take()  # "the '1' with '7'"
    if (old := reader.peek()) is not None and old.kind == "quote":
        return _other_writing(reader)
    stops = ["with", "by", "for", "to", "into", "as", "out"]
    if reader.find(lambda u: u.norm == "by") is not None and _says_with_later(reader):
        stops.remove("by")  # "replace the cup by the window with a plant"
    second = second_with(reader.left)
    if second:
        stops.remove("with")
        phrases = reader.phrases_before(second, *stops)
    else:
        phrases = reader.phrases(*stops)
    if not phrases:
        return False
    reader.take_if("out", "up")
    marker = reader.peek()
    if marker is None or marker.norm not in ("with", "by", "for", "to", "into"):
        return _nothing_new(reader, phrases, verb)
    reader.take()
    if inverse and marker.norm == "for":
        olds = reader.phrases()
        if not olds:
            return False
        for ref in reader.refs(olds, "replace"):
            replace_with(reader, ref, phrases[0].words)
        return True
    return _replaced(reader, phrases)


def second_with(units: Sequence[Unit]) -> int:
    """Where the "with" of "replace the animal with the long neck with a zebra" is; 0 for the first.

    The first one tells which animal where what it names is definite, or something worn or grown,
    and what follows the second is neither.
    """
    places = [i for i, u in enumerate(units) if u.norm == "with"]
    if len(places) < 2 or places[0] == 0:
        return 0
    first, second = places[:2]
    between, after = units[first + 1 : second], units[second + 1 :]
    if not between or not after or any(u.has("conjunction") or u.norm == "," for u in between):
        return 0
    definite = between[0].get("det") == "definite" and after[0].get("det") != "definite"
    told = _had(between) and not _had(after)
    return second if definite or told else 0


_GROWN = frozenset({
    "beard", "moustache", "mustache", "hair", "ponytail", "tattoo", "tattoos", "neck", "ears",
    "tail", "horns", "antlers", "wings", "stripes", "spots", "freckles", "eyes", "nose", "feet",
    "paws", "legs", "leg", "fur", "beak", "trunk", "mane", "glasses", "sunglasses", "wheels",
})  # fmt: skip
"""What tells one of several apart by having it."""


def _had(units: Sequence[Unit]) -> bool:
    """Whether a noun phrase names what somebody wears or has grown."""
    return units[-1].norm in _GROWN or is_of("worn", units[-1:])


def _says_with_later(reader: ClauseReader) -> bool:
    norms = [u.norm for u in reader.left]
    return not {"with", "for"}.isdisjoint(norms[norms.index("by") :])


def _other_writing(reader: ClauseReader) -> bool:
    """Read "replace 'SALE' with 'SOLD' on the banner"."""
    old = reader.take()[0].text
    reader.skip("prep")
    new = reader.peek()
    if new is None or new.kind != "quote":
        return False
    text = reader.take()[0].text
    reader.skip("prep")
    where = reader.phrase()
    ref = Ref(Target(phrase=f'the text "{old}"', category="text"), f'the text "{old}"')
    if where is not None and where.role != "image":
        ref = reader.refs([where], "replace")[0]
    fixed = f'Change "{old}" on {ref.words} to "{text}"'
    reader.draft("replace", ref, new=f'the text "{text}"'[:500], fixed=fixed)
    return True


_TRADES = frozenset({"swap", "exchange", "trade", "interchange", "swap over"})
"""Verbs that, of two things and nothing new, ask that they change places."""


def _nothing_new(reader: ClauseReader, phrases: list[Phrase], verb: Verb) -> bool:
    named = " and ".join(x.words for x in phrases)
    if reader.done and verb.base in _TRADES:
        reader.reading.note(
            f"a plan cannot let {named} change places; say where each goes, such as "
            "'move the cup to the left; move the vase to the right'"
        )
        reader.taken.clear()
        return False
    if reader.sees("instead_of"):
        return False
    reader.reading.note(
        f"'{named}' is to be replaced, but it does not say by what: which new thing?"
    )
    reader.taken.clear()
    return False


def _replaced(reader: ClauseReader, olds: list[Phrase]) -> bool:
    refs = reader.refs(olds, "replace")
    quote = reader.peek()
    if quote is not None and quote.kind == "quote":
        return new_text(reader, refs)
    if (
        (unit := reader.peek()) is not None
        and unit.has("pronoun")
        and unit.get("pronoun") in ("one", "many")
    ):
        new = reader.phrase()
        words = resolve(reader.reading, new)[0].words if new else ""
    elif all(r.target.category in ("background", "sky") for r in refs) or len(refs) > 1:
        units = up_to_contrast(reader)
        words = join(units).strip(" ,")
    else:
        new = reader.phrase()
        words = new.words if new else ""
        if words == "one" and (reader.sees("prep", "relative") or reader.says("made")):
            words = f"{refs[0].target.category} {join(up_to_contrast(reader))}"
        while (
            new is not None
            and reader.sees("conjunction")
            and (nxt := reader.peek(1)) is not None
            and not nxt.has("mark")
        ):
            place = reader.at
            reader.take()
            more = reader.phrase()
            if more is None:
                reader.at = place
                break
            words = f"{words} and {more.words}"
    if not words:
        return False
    if reader.sees("says") and (said := reader.peek(1)) is not None and said.kind == "quote":
        words = f"{words} {join(reader.take(2))}"  # "a sign that says 'OPEN'"
    for ref in refs:
        if ref.is_image:
            reader.draft(
                "background",
                Ref(Target(phrase="the background", category="background"), "the background"),
                new=words[:500],
            )
        else:
            replace_with(reader, ref, words)
    return True


def up_to_contrast(reader: ClauseReader) -> list[Unit]:
    """Take the units up to what limits or contrasts them."""
    count = reader.find(lambda u: u.has("contrast", "while", "instead_of", "except"))
    return reader.take(len(reader.left) if count is None else count)


def new_text(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Draft other writing on ``refs``: the quote ahead."""
    text = reader.take()[0].text
    for ref in refs:
        reader.draft(
            "replace",
            ref,
            new=f'the text "{text}"'[:500],
            fixed=f'Change {_writing(ref)} to "{text}"',
        )
    return True


def _writing(ref: Ref) -> str:
    if ref.target.category in (
        "text",
        "word",
        "writing",
        "title",
        "caption",
        "lettering",
        "letter",
        "number",
        "message",
        "name",
        "date",
        "slogan",
        "label",
    ):
        return ref.words
    return f"the writing on {ref.words}"
