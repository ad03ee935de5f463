"""What a wish does: one function a kind of step, shared by predicates and verb frames.

Each drafts its step and remembers what later pronouns may mean. Reads next to no words itself.
"""

from __future__ import annotations

from dataclasses import replace

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.colour_words import COOL, MAGENTA, WARM
from orchestrator.language.drafts import MARKED, WHOLE, Draft, Ref
from orchestrator.language.references import thing
from orchestrator.language.strength import USUAL_ADJUST
from orchestrator.language.units import Unit, join
from tools.colour_names import names_colour


def pixels(reader: ClauseReader, unit: Unit) -> bool:
    """Read "1920x1080": the whole picture to a size."""
    wide, _, tall = unit.norm.replace("×", "x").replace("px", "").replace(" ", "").partition("x")
    if not (0 < int(wide) <= 65_500 and 0 < int(tall) <= 65_500):
        return False
    reader.draft("resize", WHOLE, width=int(wide), height=int(tall))
    return True


def shaped(reader: ClauseReader, unit: Unit) -> bool:
    """Read "4:5", "square", "1920x1080": the whole picture in a shape or size."""
    reader.take()
    aspect = unit.value if unit.unit == "ratio" else unit.get("aspect")
    if aspect and 0.02 < float(aspect) < 50:
        reader.draft("crop", WHOLE, aspect=round(float(aspect), 4))
        while reader.sees("effect_noun", "whole", "filler", "aspect_noun") or reader.says(
            "crop", "ratio", "format", "shape"
        ):
            reader.take()
        return True
    if unit.unit == "size":
        return pixels(reader, unit)
    return False


def replace_with(reader: ClauseReader, ref: Ref, new: str) -> None:
    """Something else where ``ref`` is."""
    words = new.strip(" ,")[:500]
    if words.endswith((" one", " ones")) and ref.target.category:
        words = f"{words.rsplit(' ', 1)[0]} {ref.target.category}"
    if ref.target.category == "background":
        reader.draft("background", ref, new=words)
        reader.reading.mention([ref])
        return
    if ref.source is not None and ref.source.op == "add" and ref.source in reader.reading.drafts:
        _other_instead(reader, ref.source, words)
        return
    draft = reader.draft("replace", ref, new=words)
    made = thing(words)
    draft.makes = made.target.category
    place = (
        {"ordinal": ref.target.ordinal}
        if ref.target.ordinal is not None and made.target.ordinal is None
        else {}
    )
    reader.reading.mention([ref], alive=False)
    reader.reading.mention(
        [Ref(made.target.model_copy(update=place), made.words, draft, made.number, True)]
    )


def _other_instead(reader: ClauseReader, added: Draft, words: str) -> None:
    """Read "(put a duck in the pond), make it a swan": a swan is added, and no duck."""
    made = thing(words)
    reader.reading.note(f"{words!r} is added instead of {added.params['what']!r}")
    added.params["what"] = words
    added.makes = made.target.category
    reader.made.append(added)
    reader.reading.mention([Ref(made.target, made.words, added, made.number)])


def take_its_place(reader: ClauseReader) -> None:
    """Read "remove the cup and put a fox there": what is added stands where the other was."""
    reading = reader.reading
    olds = [d for d in reading.latest if d in reading.drafts and _clears(d)]
    adds = [d for d in reader.made if d.op == "add"]
    if len(olds) != len(reading.latest) or not olds or len(adds) != 1 or len(reader.made) != 1:
        return
    said = reading.text.lower()
    targets = [old.ref.target for old in olds]
    if any(t.relation is not None and t.phrase.lower() not in said for t in targets):
        return  # "take the cup from his hand and put a flower there": in the hand
    new = adds[0]
    reading.drafts.remove(new)
    for old in olds:
        old.op = "replace" if old.op == "remove" else old.op
        old.makes = new.makes
        old.params = {"new": new.params["what"]}
    reader.made[:] = olds
    made = thing(str(new.params["what"]))
    reading.mention([Ref(made.target, made.words, olds[0], made.number, True)])


CLEARED = {"new": "white"}
"""A background that was taken away and for which nothing was put there."""


def _clears(draft: Draft) -> bool:
    """Whether a draft takes something away: a background that is left white, too."""
    return draft.op == "remove" or (draft.op == "background" and draft.params == CLEARED)


def remove(reader: ClauseReader, ref: Ref) -> None:
    """``ref`` gone."""
    if ref.is_image:
        return
    reader.draft("remove", ref)
    reader.reading.mention([ref], alive=False)


def adjust(reader: ClauseReader, ref: Ref, name: str, sign: int) -> None:
    """One photographic property of ``ref``."""
    if name == "brightness" and reader.amount.stops is not None:
        name = "exposure"  # stops are a measure of exposure
    reader.draft("adjust", ref, property=name, amount=round(sign * reader.amount.adjust(), 3))


def focus(reader: ClauseReader, ref: Ref, *, blur: bool) -> None:
    """Blurrier or sharper."""
    amount = reader.amount.share(0.5)
    if blur:
        lens = (
            ref.target.category in ("background", "foreground") or ref.target.quantity == "all_but"
        )
        reader.draft("blur", ref, kind="lens" if lens else "gaussian", strength=amount)
    else:
        reader.draft("sharpen", ref, strength=amount)


def recolor(reader: ClauseReader, ref: Ref, colour: str, *, graded: bool = False) -> None:
    """Another colour."""
    if ref is WHOLE and reader.reading.marked:
        ref = MARKED
    if ref.is_image or graded:
        tinge(reader, ref, colour, 1)
        return
    if ref.target.category == "background":
        reader.draft("background", ref, new=colour)
        return
    colour = _together(colour)
    before = reader.reading.drafts[-1] if reader.reading.drafts else None
    painted = before is not None and before.op == "recolor" and not before.params.get("shift")
    if before is not None and painted and before.ref == ref:
        # "(should be) red, white and blue", cut at its joints; "red, blue is better" corrects
        said, first = reader.reading.text.lower(), before.params["colour"]
        joints = [" and ", ", and "] + [", "] * (f"{first}, {colour} and " in said)
        both = (f"{first}{joint}{colour}" for joint in joints)
        together = next((text for text in both if text in said), "")
        if together:
            before.params["colour"] = together[:60]
            reader.made.append(before)
            return
    reader.draft("recolor", ref, colour=colour[:60])


def _together(colour: str) -> str:
    """Two colours whose joining word was read over ("red white") with it again."""
    words = colour.split(" ")
    if "and" in words:
        return colour
    for at in range(1, 0 if names_colour(colour) else len(words)):
        two = " ".join(words[:at]), " ".join(words[at:])
        if all(map(names_colour, two)):
            return " and ".join(two)
    return colour


_LESS_OF = {
    "grey": ("saturation", 1), "gray": ("saturation", 1), "white": ("brightness", -1),
    "black": ("brightness", 1),
}  # fmt: skip
"""What there is more or less of where there is less of a colour that is no hue."""


def tinge(reader: ClauseReader, ref: Ref, colour: str, sign: int) -> None:
    """More or less of a colour than there is; of the whole picture its temperature or tint."""
    if not ref.is_image:
        _shift(reader, ref, colour, sign)
        return
    if colour in WARM:
        adjust(reader, ref, "temperature", sign)
    elif colour in COOL:
        adjust(reader, ref, "temperature", -sign)
    elif colour in ("green", "lime"):
        adjust(reader, ref, "tint", -sign)
    elif colour in MAGENTA:
        adjust(reader, ref, "tint", sign)
    elif sign < 0:  # "the sky is too grey": no paint takes a colour away
        name, way = _LESS_OF.get(colour, ("saturation", -1))
        adjust(reader, ref, name, way)
        return
    else:
        _shift(reader, ref, colour, sign)
        return
    reader.reading.note(
        f"'{'more' if sign > 0 else 'less'} {colour}' for {ref.words} was read as "
        "temperature or tint"
    )


def _shift(reader: ClauseReader, ref: Ref, colour: str, sign: int) -> None:
    """Some way towards a colour or away from it, as far as an adjustment of the same words."""
    strength = min(2.0, round(reader.amount.adjust() / USUAL_ADJUST, 3))
    way = "towards" if sign > 0 else "away"
    draft = reader.draft("recolor", ref, colour=colour[:60], shift=way)
    if strength != 1:
        draft.params["strength"] = strength


_VERY = {
    "huge": "strong", "giant": "strong", "massive": "strong", "tiny": "strong", "mini": "strong",
    "teeny": "strong", "miniature": "strong", "enormous": "extreme", "gigantic": "extreme",
    "minuscule": "extreme", "colossal": "extreme", "humongous": "extreme", "microscopic": "extreme",
    "ginormous": "extreme", "miniscule": "extreme", "teensy": "strong", "immense": "extreme",
}  # fmt: skip
"""Words of size that say how much, too."""


def resize(reader: ClauseReader, ref: Ref, sign: int, word: str) -> None:
    """Bigger or smaller."""
    if ref.is_image and reader.amount.pixels:
        side = int(reader.amount.pixels)
        if word in ("tall", "high"):
            reader.draft("resize", ref, height=side)
        else:
            reader.draft("resize", ref, width=side)
        return
    amount = reader.amount
    if not amount.level and word in _VERY:
        amount = replace(amount, level=_VERY[word])
    reader.draft("resize", ref, factor=round(amount.resize(sign), 3))
    if word in (
        "tall",
        "short",
        "wide",
        "narrow",
        "long",
        "thick",
        "thin",
        "slim",
        "skinny",
        "fat",
    ):
        reader.reading.note(
            f"'{word}er' was read as a change of size as a whole"
            if word not in ("wide",)
            else "'wider' was read as a change of size as a whole"
        )


def wear(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "(make the man) wear a hat"."""
    verb = reader.take()[0].norm
    found = reader.phrase()
    if found is None:
        return False
    if found.units[-1].norm in ("hands", "each other"):
        for ref in refs:  # "hold hands": nothing new is held
            reader.draft("restyle", ref, style=f"holding {found.words}")
        return True
    relation = "holding" if verb.startswith(("hold", "carr")) else "wearing"
    for ref in refs:
        where = f"held by {ref.words}" if relation == "holding" else f"on {ref.words}"
        add_thing(reader, found.words, ref, where)
    return True


def add_thing(reader: ClauseReader, what: str, ref: Ref, where: str, fixed: str = "") -> None:
    """Something new at ``ref``."""
    draft = reader.draft("add", ref, fixed=fixed, what=what[:500], where=where[:500])
    made = thing(what)
    draft.makes = made.target.category
    if not ref.is_image:
        reader.reading.mention([ref])
    # "A noir look with a red lamp": the lamp came along, and the sentence is of the picture.
    opens = reader.clause.units[0]
    along = ref.is_image and opens.verb is not None and opens.text.lower() == "with"
    new = Ref(made.target, made.words, draft, made.number)
    reader.reading.mention([new], along=along)


def says(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "(make the sign) say 'OPEN'": other writing on a thing."""
    reader.take()
    if reader.sees("text_noun"):
        reader.take()
    quote = reader.peek()
    if quote is None:
        return False
    text = reader.take()[0].text if quote.kind == "quote" else reader.rest_text()
    for ref in refs:
        reader.draft(
            "replace",
            ref,
            new=f'{_article_free(ref.words)} that says "{text}"'[:500],
            fixed=f'Change the writing on {ref.words} to "{text}"',
        )
    return True


def _article_free(words: str) -> str:
    return f"a {words[4:]}" if words.startswith("the ") else words


def act(reader: ClauseReader, unit: Unit, refs: tuple[Ref, ...]) -> bool:
    """Read "(make the person) smile": a state of the same thing."""
    ahead = reader.left
    text = join(ahead).strip(" ,")
    tail = join(ahead[1:]).strip(" ,")
    state = f"{unit.get('action')} {tail}".strip()
    reader.take(len(ahead))
    for ref in refs:
        reader.draft("restyle", ref, fixed=f"Make {ref.words} {text}", style=state[:500])
    return True
