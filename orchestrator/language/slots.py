"""What may stand in a slot of a turn of phrase: a thing, a verb, a colour, a quality.

Each kind is a test on a run of units; the patterns that use them are in ``turns``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from orchestrator.language.owners import PEOPLE
from orchestrator.language.phrase import more_so
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.plain_deeds import deed_of
from orchestrator.language.slot_hints import PLACES, STYLES, ratio, styled
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import SCENERY, is_of
from orchestrator.sky_words import hangs_in_the_sky

_QUALITIES = (
    "scale", "size", "focus_adjective", "colour", "look", "style", "more", "less", "adjective",
    "gone", "graded", "weather", "relight", "wish",
)  # fmt: skip
_NO_BARE_NOUN = (
    "det", "pronoun", "property", "effect_noun", "whole", "look", "scale", "colour", "colour_noun",
    "prep", "conjunction", "text_noun", "number_word", "cast", "style", "graded", "relight",
    "weather",
    "season",
)  # fmt: skip
_SKIES = ("relight", "weather", "style", "adjective")


def fits(kind: str, units: Sequence[Unit]) -> bool:
    """Whether units may stand in a slot of a kind; any words may where it has none."""
    test = KINDS.get(kind)
    return bool(units) and (test is None or test(units))


def _things(units: Sequence[Unit], *, picture: bool = False) -> bool:
    """One noun phrase or several; the picture itself only where ``picture``."""
    at = 0
    joined = True
    if any(u.kind == "quote" for u in units):
        return False
    while at < len(units):
        if at and (units[at].norm == "," or units[at].has("conjunction")):
            at, joined = at + 1, True
            continue
        read = PhraseReader(units).read(at)
        if read is None or read[1] <= at or not joined:
            return False
        (phrase, at), joined = read, False
        if not picture and (phrase.role == "image" or phrase.target.is_whole_image):
            return False
        if any(u.has("copula", "negation", "polite", "except") for u in phrase.units):
            return False
    return at > 0 and not joined


def _object(units: Sequence[Unit]) -> bool:
    """A thing in the picture, not a quality of it nor what lies behind it."""
    last = units[-1]
    if len(units) == 1 and units[0].has("pronoun"):
        return False
    # "… in the picture" says where it is; "… of purple colour" what it is like.
    head = next((i for i, u in enumerate(units) if u.has("prep")), len(units))
    tied = head < len(units)
    if len(units) > 1 and _compares(last):
        return False  # "the dog bigger (by 10%)" is a dog and what becomes of it
    return _things(units) and not (
        any(u.has("property", "colour_noun", "domain") for u in units[:head])
        or (not tied and last.has("effect_noun", "background", "look", "style", "rest", "subject"))
    )


def _compares(unit: Unit) -> bool:
    focus = unit.has("focus_adjective") and unit.norm.endswith("er")
    return focus or any(getattr(unit.get(p), "form", "") == "more" for p in ("size", "scale"))


def _new(units: Sequence[Unit]) -> bool:
    """A thing that is spoken of for the first time ("a fox"), and not where it is."""
    return units[0].get("det") == "indefinite" and _object(units) and not _where_in(units)


def _novel(units: Sequence[Unit]) -> bool:
    """A thing that is not there yet, and nothing that is said of it ("a hat sleepy")."""
    said = len(units) > 2 and units[-1].has(*_QUALITIES, "action")
    return units[0].get("det") != "definite" and _things(units) and not said


def _where_in(units: Sequence[Unit]) -> bool:
    return any(u.has("place") or str(u.get("prep")) in PLACES for u in units)


def _where(units: Sequence[Unit]) -> bool:
    """A place in the picture: "on the left", "next to the cup"."""
    if len(units) == 1:
        return units[0].has("place")
    return str(units[0].get("prep")) in PLACES and _object(units[1:])


def _one(*senses: str) -> Callable[[Sequence[Unit]], bool]:
    return lambda units: len(units) == 1 and units[0].has(*senses)


def _verb(units: Sequence[Unit], *, noun_too: bool = False) -> bool:
    verb = units[0].verb if len(units) == 1 else None
    return verb is not None and verb.form == "base" and (noun_too or not verb.both)


def _more_so(unit: Unit) -> bool:
    """A comparative that no tone or size is ("cleaner", "shinier")."""
    return not unit.has("scale", "size", "colour", "verb") and more_so(unit)


_SELVES = frozenset({"i", "we", "he", "she", "they", "everyone", "everybody", "nobody", "who"})


def _folk(units: Sequence[Unit]) -> bool:
    """Who may have a taste ("my nan", "she", "the client"), whatever a relative is called."""
    if len(units) == 1:
        return units[0].norm in _SELVES
    owned = units[0].get("det") == "definite" and len(units) < 4
    return owned and (units[-1].norm in PEOPLE or is_of("relative", units))


def _keeps(units: Sequence[Unit]) -> bool:
    verb = units[0].verb
    return verb is not None and verb.cls == "keep"


_NO_DEED = ("copula", "verb", "polite", "pronoun", "det", "prep", "gone", "colour")
"""Senses of words that are no deed of a thing, though a verb is written as they are."""


def _bare(units: Sequence[Unit]) -> bool:
    """A noun of one or two words without anything that bounds it."""
    first = units[0]
    if len(units) > 2 or any(u.has(*_NO_BARE_NOUN) for u in units):
        return False
    return (first.verb is None or first.verb.both) and _things(units)


def _sky(units: Sequence[Unit]) -> bool:
    """A kind of sky ("sunset sky"), but not "the sky"."""
    last = units[-1].norm
    told = len(units) == 2 and units[0].has("compound", *_SKIES) and last == "sky"
    return told or (len(units) == 1 and last.endswith(" sky"))


_TELLING = ("style", "look", "degree", "scale", "colour", "adjective", "focus_adjective")
"""Senses in which a verb tells of a style too ("a warm film look")."""


def _picks(units: Sequence[Unit]) -> bool:
    """Whether words say which part: "just the cup …", "all but the cup …"; no style does."""
    return units[0].has("only") or any(u.has("except", "described") for u in units)


def _stylish(units: Sequence[Unit]) -> bool:
    """Words for a look or a style, and for nothing in the picture."""
    named = any(u.has("style", "look") for u in units)
    if _picks(units):
        return False
    if len(units) > 1 and units[0].verb is not None and not units[0].has(*_TELLING):
        return False  # "apply a cartoon (effect)"
    return len(units) <= 6 and (named or (len(units) == 1 and units[0].has("season")))


def _artwork(units: Sequence[Unit]) -> bool:
    """What a picture may be made to look like ("a poster with few colours", "pixel art")."""
    first = units[0]
    if (
        len(units) > 6
        or _picks(units)
        or first.get("det") not in (None, "indefinite")
        or first.has(*_NO_ART)
    ):
        return False
    if any(u.has("det", "pronoun", "copula", "negation", "conjunction") for u in units[1:]):
        return False
    head = next((i for i, u in enumerate(units) if i and u.has("prep")), len(units))
    if any(u.get("prep") not in (None, "with", "of") for u in units[1:]) or head + 1 == len(units):
        return False
    named = units[head - 1].has("style", "look", "effect_noun") or units[head - 1].norm in STYLES
    told = [u for u in units if styled(u)]
    return named and bool(told) and all(u.verb is None or u.verb.both or u in told for u in units)


_NO_ART = ("prep", "pronoun", "rest", "more", "less", "whole", "negation", "degree", "copula")


_FAULTS = frozenset({
    "cast", "tint", "tinge", "hue", "noise", "grain", "haze", "glare", "dust", "scratch",
    "scratches", "flare", "blur", "red eye", "red eyes", "lens flare", "blemish", "blemishes",
    "stain", "stains", "smudge", "smudges", "spots", "dust spots", "specks", "artifacts",
    "artefacts", "banding", "moire", "photobomber", "litter", "trash", "clutter", "watermark",
    "date stamp", "time stamp", "reflections", "wires", "power lines", "crease", "creases", "fold",
    "folds", "crack", "cracks", "fingerprint", "fingerprints", "water marks", "water stains",
    "coffee stain", "coffee stains", "fold marks", "tape marks", "mould", "mold", "hairs", "marks",
    "light leak", "light leaks", "foxing", "blotches", "streaks", "fingermarks", "spot",
})  # fmt: skip
"""What is wrong with a picture where it is said to be there."""


_BURNT = frozenset({
    "edge", "edges", "corner", "corners", "border", "borders", "sides", "sky", "background",
    "highlights", "foreground", "frame", "whites", "surroundings",
})  # fmt: skip
"""What is "burnt in" as in the darkroom rather than set on fire."""


_MASKED = PEOPLE | {"face", "faces", "everybody", "everyone", "him", "her", "them", "me", "us"}
"""Who can wear a mask, so that a red one on them is no mark."""


def _head(units: Sequence[Unit]) -> Unit:
    """The noun of a thing: the word before its place."""
    at = next((i for i, u in enumerate(units) if i and u.has("prep")), len(units))
    return units[at - 1]


KINDS: Mapping[str, Callable[[Sequence[Unit]], bool]] = MappingProxyType(
    {
        "thing": _things,
        "object": _object,
        "definite": lambda units: (
            units[0].get("det") == "definite" and _things(units, picture=True)
        ),
        "told": lambda units: units[0].has("det") and _object(units),
        "tangible": lambda units: (
            units[0].has("det") and _object(units) and not _head(units).has("colour", "property")
        ),
        "new": _new,
        "plainly": lambda units: _object(units) and not any(u.has("except", "verb") for u in units),
        "where": _where,
        "state": lambda units: not any(u.has("side") for u in units),
        "size": _one("size"),
        "np": lambda units: _things(units, picture=True),
        "verb": _verb,
        "change": lambda units: _verb(units, noun_too=True) and not _keeps(units),
        "anyverb": lambda units: _verb(units, noun_too=True),
        "words": lambda units: (
            all(u.kind in ("word", "number") for u in units)
            and not units[0].has("prep", "says")
            and not units[-1].has("det", "prep")
        ),
        "folk": _folk,
        "folk_or_face": lambda units: (
            _things(units) and (units[-1].norm in _MASKED or is_of("relative", units))
        ),
        "public": lambda units: len(units) <= 4 and is_of("public", units) and _things(units),
        "counted": lambda units: is_of("counted", units) and _things(units),
        "more_so": lambda units: len(units) == 1 and _more_so(units[0]),
        "soft": lambda units: (
            units[0].has("scale", "focus_adjective", "size", "adjective") and not more_so(units[0])
        ),
        "worn": lambda units: is_of("worn", units) and _things(units),
        "maskless": lambda units: _things(units) and not any(u.norm in _MASKED for u in units),
        "material": lambda units: (
            len(units) <= 3
            and not any(u.has("det", "prep", "polite", "negation") for u in units)
            and all(u.verb is None or u.verb.both for u in units)
            and is_of("material", units)
        ),
        "artform": lambda units: len(units) <= 6 and is_of("artform", units) and _novel(units),
        "tidied": lambda units: is_of("tidied", units) and _object(units),
        "surface": lambda units: is_of("surface", units) and _object(units),
        "lamplight": lambda units: len(units) <= 3 and is_of("lamplight", units),
        "scenery": lambda units: len(units) <= 6 and is_of("scenery", units) and _things(units),
        "around": lambda units: (  # of what may stand behind somebody: a moon hangs in the sky
            len(units) <= 6
            and is_of("scenery", units)
            and _things(units)
            and not hangs_in_the_sky(join(units))
        ),
        "novel": _novel,
        "known": lambda units: units[0].get("det") != "indefinite" and _things(units),
        "fresh": lambda units: units[0].get("det") == "indefinite" and _things(units),
        "comparative": lambda units: (
            len(units) == 1 and getattr(units[0].get("scale"), "form", "") == "more"
        ),
        "place": _one("place"),
        "gerund": lambda units: (
            len(units) == 1 and units[0].verb is not None and units[0].verb.form == "ing"
        ),
        "participled": lambda units: (
            len(units) == 1
            and units[0].verb is not None
            and units[0].verb.form == "ed"
            and not units[0].has("gone", "focus_adjective", "scale")
        ),
        "side": _one("side", "direction"),
        "edge": lambda units: (
            len(units) == 1 and str(units[0].get("side")) in ("left", "right", "top", "bottom")
        ),
        "share": lambda units: (
            len(units) <= 2 and (units[-1].kind == "number" or units[-1].has("factor", "ordinal"))
        ),
        "sideways": lambda units: (
            len(units) == 1
            and units[0].has("place", "direction")
            and units[0].norm.startswith(("to ", "towards ", "toward ", "on "))
        ),
        "quote": lambda units: len(units) == 1 and units[0].kind == "quote",
        "predicate": lambda units: units[0].has(*_QUALITIES),
        "colour": _one("colour"),
        "focusword": _one("focus_adjective"),
        "colours": lambda units: (
            len(units) == 1 and units[0].has("colour") and units[0].norm.endswith("s")
        ),
        "weather": _one("weather"),
        "season": _one("season"),
        "scene": lambda units: len(units) <= 5 and any(u.has(*SCENERY) for u in units),
        "relight": _one("relight"),
        "participle": _one("participle"),
        "prep": lambda units: len(units) == 1 and str(units[0].get("prep")) in PLACES,
        "amount": lambda units: (
            len(units) == 1 and units[0].norm.startswith(("a ", "some", "more"))
        ),
        "scale": _one("scale"),
        "bare": _bare,
        "sky": _sky,
        "much": lambda units: (
            len(units) == 1 and (units[0].kind == "number" or units[0].has("factor"))
        ),
        "edges": lambda units: len(units) <= 3 and units[-1].norm in _BURNT,
        "deed": lambda units: bool(deed_of(units[0])) and not units[0].has(*_NO_DEED),
        "degrees": lambda units: len(units) == 1 and units[0].unit == "deg",
        "times": lambda units: len(units) == 1 and units[0].unit == "x",
        "format": lambda units: len(units) == 1 and units[0].has("aspect"),
        "number": lambda units: len(units) == 1 and units[0].kind == "number",
        "ratio": ratio,
        "adjective": lambda units: len(units) == 1 and units[0].has("adjective"),
        "property": lambda units: units[-1].has("property") and len(units) <= 2,
        "stylish": _stylish,
        "artwork": _artwork,
        "pictured": lambda units: _stylish(units) and units[-1].has("style", "look", "whole"),
        "fault": lambda units: units[-1].norm in _FAULTS and len(units) <= 4,
        "background": lambda units: len(units) <= 2 and units[-1].has("background"),
        "other": lambda units: (
            units[0].get("pronoun") == "other"
            and not any(u.has("copula") for u in units)
            and not (len(units) > 1 and units[-1].has(*_QUALITIES))
        ),
        "textnoun": lambda units: units[-1].has("text_noun") and len(units) <= 4,
    }
)
"""What each kind of slot may hold."""
