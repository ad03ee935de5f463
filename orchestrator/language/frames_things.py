"""Verb frames about things: replace, change, make, remove, add, give, recolor, move, resize."""

from __future__ import annotations

from orchestrator.language import predicates as p
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.lexicon import Verb
from orchestrator.language.phrases import Phrase
from orchestrator.language.scene import apply_named, speaks_of_scene
from orchestrator.language.units import Unit, join
from tools.target import Target

RULE_COLOURS = ("blue", "red", "green", "black")


def frame_replace(reader: ClauseReader, verb: Verb) -> bool:
    """Read "replace A with B", "substitute B for A"."""
    inverse = verb.base == "substitute"
    phrases = reader.phrases("with", "by", "for", "to", "into", "as", "out")
    if not phrases:
        return False
    reader.take_if("out", "up")
    marker = reader.peek()
    if marker is None or marker.norm not in ("with", "by", "for", "to", "into"):
        return _nothing_new(reader, phrases)
    reader.take()
    if (inverse and marker.norm == "for") or (False):
        olds = reader.phrases()
        if not olds:
            return False
        for ref in reader.refs(olds, "replace"):
            p.replace_with(reader, ref, phrases[0].words)
        return True
    return _replaced(reader, phrases)


def _nothing_new(reader: ClauseReader, phrases: list[Phrase]) -> bool:
    named = " and ".join(x.words for x in phrases)
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
        return _new_text(reader, refs)
    if (
        (unit := reader.peek()) is not None
        and unit.has("pronoun")
        and unit.get("pronoun") in ("one", "many")
    ):
        new = reader.phrase()
        words = reader.reading.resolve(new)[0].words if new else ""
    elif all(r.target.category in ("background", "sky") for r in refs) or len(refs) > 1:
        units = _up_to_contrast(reader)
        words = join(units).strip(" ,")
    else:
        new = reader.phrase()
        words = new.words if new else ""
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
    for ref in refs:
        if ref.is_image:
            reader.draft(
                "background",
                Ref(Target(phrase="the background", category="background"), "the background"),
                new=words[:500],
            )
        else:
            p.replace_with(reader, ref, words)
    return True


def _up_to_contrast(reader: ClauseReader) -> list[Unit]:
    count = reader.find(lambda u: u.has("contrast", "while", "instead_of", "except"))
    return reader.take(len(reader.left) if count is None else count)


def _new_text(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
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


def frame_change(reader: ClauseReader, verb: Verb) -> bool:
    """Read "change A to B", "turn A into B", "change the colour of A"."""
    if verb.base == "turn" and (
        reader.sees("turn", "upside_down") or (reader.sees("side") and reader.peek(1) is None)
    ):
        return False
    whole = reader.sees("prep") and reader.says("to", "into")
    phrases = (
        [] if whole else reader.phrases("to", "into", "from", "for", "with", "->", predicates=True)
    )
    if not phrases and not whole:
        return p.read_predicate(reader, (WHOLE,))
    if phrases and any(u.norm in ("daytime", "day", "sunny", "daylight") for u in phrases[0].units):
        reader.reading.daytime = True
    if phrases and _domain(phrases[0]) and reader.says("to", "into", "->"):
        return _domain_to(reader, phrases[0])
    owner = _colour_of(phrases[0], reader) if phrases else None
    if owner is not None:
        return _recoloured(reader, owner)
    if phrases and reader.sees("direction") and (prop := property_of(phrases[0])) is not None:
        return property_to(reader, *prop)
    refs = reader.refs(phrases, "change") if phrases else (WHOLE,)
    if reader.says("from"):
        reader.take()
        old = reader.phrase("to", "into")
        if old is not None and refs[0].is_image:
            refs = (WHOLE,)
    if reader.says("to", "into", "->", "for", "with"):
        reader.take()
        return become_any(reader, refs)
    if reader.done:
        return _open_change(reader, refs, phrases)
    return p.read_predicate(reader, refs)


def _open_change(reader: ClauseReader, refs: tuple[Ref, ...], phrases: list[Phrase]) -> bool:
    named = " and ".join(ref.words for ref in refs)
    reader.reading.note(f"{named}: it does not say what to change it to: what should it become?")
    reader.taken.clear()
    return False


def _domain(phrase: Phrase) -> bool:
    last = phrase.units[-1]
    first = phrase.units[0]
    plain = phrase.target.relation is None or phrase.target.relation.anchor.is_whole_image
    if not plain:
        return False
    return last.has("domain") or (
        len(phrase.units) == 1 and first.has("relight", "season", "weather")
    )


def _domain_to(reader: ClauseReader, phrase: Phrase) -> bool:
    """Read "change the weather to snow", "turn day into night"."""
    reader.take()
    units = [u for u in reader.left if u.kind != "mark"]
    if speaks_of_scene(units):
        return p.scene_or_style(reader, (WHOLE,))
    return p.scene_or_style(reader, (WHOLE,))


def _colour_of(phrase: Phrase, reader: ClauseReader) -> Ref | None:
    """The thing whose colour a phrase speaks of ("the color of the sneakers")."""
    target = phrase.target
    from_lexicon = target.category in (
        "color",
        "colour",
        "shade",
        "hue",
        "coloring",
        "colouring",
        "paint color",
        "paint colour",
    )
    if from_lexicon and target.relation is not None:
        anchor = target.relation.anchor.model_copy(
            update={"exclude": target.exclude or target.relation.anchor.exclude}
        )
        words = anchor.phrase
        if anchor.is_whole_image:
            return WHOLE
        unit_phrase = Phrase(anchor, words, phrase.units, "definite")
        return (
            reader.reading.resolve(unit_phrase)[0]
            if anchor.category
            else _pronoun_owner(reader, anchor)
        )
    if from_lexicon and target.attributes and not target.relation:
        noun = target.attributes[-1]
        return Ref(
            Target(
                phrase=f"the {' '.join(target.attributes)}",
                category=noun,
                attributes=target.attributes[:-1],
            ),
            f"the {' '.join(target.attributes)}",
        )
    if target.category in ("hair color", "hair colour", "eye color", "eye colour"):
        noun = target.category.split()[0]
        words = phrase.words.rsplit(" ", 1)[0]
        return Ref(target.model_copy(update={"category": noun, "phrase": words}), words)
    if from_lexicon and phrase.units[0].norm in ("its", "their", "his", "her"):
        return _pronoun_owner(reader, target)
    return None


def _pronoun_owner(reader: ClauseReader, target: Target) -> Ref:
    it = Phrase(Target(phrase="it"), "it", (), pronoun="one")
    return reader.reading.resolve(it, "recolor")[0]


def _recoloured(reader: ClauseReader, ref: Ref) -> bool:
    if reader.says("from"):
        reader.take()
        reader.phrase("to", "into")
    if reader.says("to", "into", "->", "as", "be"):
        reader.take()
        return become_any(reader, (ref,), colour=True)
    if reader.sees("colour"):
        return become_any(reader, (ref,), colour=True)
    if ref.is_image:
        return _open_change(reader, (Ref(ref.target, "the colours of the picture"),), [])
    spoken = " ".join(reader.reading.colours)
    colour = next(
        (c for c in RULE_COLOURS if c not in spoken and c not in ref.target.attributes), "blue"
    )
    reader.reading.note(
        f"which colour should {ref.words} become? None was named, so the first of "
        f"{', '.join(RULE_COLOURS)} that the instruction does not mention is used: {colour}"
    )
    reader.draft("recolor", ref, colour=colour)
    reader.reading.mention([ref])
    return True


def become_any(reader: ClauseReader, refs: tuple[Ref, ...], *, colour: bool = False) -> bool:
    """What stands after "to" or "into": a colour, a scene, writing, or another thing."""
    reader.skip("filler")
    quote = reader.peek()
    if quote is not None and quote.kind == "quote":
        return _new_text(reader, refs)
    if reader.sees("says"):
        return p.says(reader, refs)
    units = [u for u in reader.left if u.kind != "mark" and not u.has("det")]
    images = all(ref.is_image for ref in refs)
    skip = 1 if reader.sees("det") and len(reader.left) > 1 else 0
    named = reader.peek(skip)
    tone = units and units[-1].has("colour_noun", "effect_noun")
    if (
        named is not None
        and named.has("colour")
        and (len(units) == 1 or (len(units) == 2 and tone))
        and not (images and named.has("look"))
    ):
        reader.take(len(reader.left))
        for ref in refs:
            p.recolor(reader, ref, str(named.get("colour")))
        reader.reading.mention(refs)
        return True
    if colour:
        text = reader.rest_text()
        for ref in refs:
            reader.draft("recolor", ref, colour=text[:60])
        return bool(text)
    if not images and all(ref.target.category in ("background", "backdrop") for ref in refs):
        text = join(_up_to_contrast(reader)).strip(" ,")
        for ref in refs:
            reader.draft("background", ref, new=text[:500])
        reader.reading.mention(refs)
        return bool(text)
    if images:
        return p.scene_or_style(reader, refs)
    if units and all(u.has("look", "style") or u.has("effect_noun", "whole") for u in units):
        return p.scene_or_style(reader, refs)
    if not reader.sees("det") and p.read_predicate(reader, refs, generic=False) and reader.made:
        return True
    return p.become(reader, refs)


def frame_make(reader: ClauseReader, verb: Verb) -> bool:
    """Read "make A pinker", "make A look like B", "make A a fox", "have the man smile"."""
    reader.skip("filler")
    if reader.says("sure", "certain"):
        return False
    if verb.base in ("get", "have") and reader.sees("det", "more") and not _has_predicate(reader):
        return _wanted(reader)
    if (
        reader.says("it")
        and (after := reader.peek(1)) is not None
        and after.has("weather")
        and not after.has("scale")
    ):
        reader.take()
        apply_named(reader, "weather", str(reader.take()[0].get("weather")), WHOLE)
        reader.skip("more", "filler", "degree")
        return True
    if reader.sees("more", "less") or (
        reader.sees("scale", "look", "relight", "aspect", "upside_down")
        and not _object_first(reader)
    ):
        reader.reading.subject = (WHOLE,)
        return p.read_predicate(reader, (WHOLE,))
    phrases = reader.phrases("into", "to", "as", "like", predicates=True)
    if not phrases:
        return p.read_predicate(reader, (WHOLE,))
    if reader.done and len(phrases) == 1:
        return _last_word_is_predicate(reader, phrases[0])
    op = _op_ahead(reader)
    owner = _colour_of(phrases[0], reader)
    if owner is not None:
        return _recoloured(reader, owner)
    if (prop := property_of(phrases[0])) is not None:
        name, ref = prop
        return property_to(reader, name, ref)
    refs = (
        tuple(
            _whose(reader, x) or y for x, y in zip(phrases, reader.refs(phrases, op), strict=True)
        )
        if _single(phrases)
        else reader.refs(phrases, op)
    )
    reader.reading.subject = refs
    if reader.says("into", "to", "as", "->"):
        reader.take()
        done = become_any(reader, refs)
    elif _passive(reader, refs):
        done = True
    else:
        done = p.read_predicate(reader, refs)
    if done and not any(d.op in ("remove", "replace") for d in reader.made):
        reader.reading.mention(refs)
    return done


def _single(phrases: list[Phrase]) -> bool:
    return len(phrases) == 1 and not phrases[0].pronoun


def _whose(reader: ClauseReader, phrase: Phrase) -> Ref | None:
    """Read "the colours (of the car)", "the lighting": the thing or the picture they belong to."""
    last = next(
        (u for u in reversed(phrase.units) if u.norm.startswith(phrase.target.category[:4] or "-")),
        None,
    )
    if (
        phrase.role
        or last is None
        or not last.has("effect_noun", "colour_noun", "domain")
        or last.norm.endswith(("lights", "time", "day"))
    ):
        return None
    relation = phrase.target.relation
    if relation is None or relation.anchor.is_whole_image:
        return WHOLE if not phrase.target.attributes and phrase.target.ordinal is None else None
    return Ref(relation.anchor, relation.anchor.phrase)


def _object_first(reader: ClauseReader) -> bool:
    after = reader.peek(1)
    return (
        after is not None
        and after.kind == "word"
        and not after.has("conjunction", "filler", "polite", "effect_noun", "whole")
    )


def _has_predicate(reader: ClauseReader) -> bool:
    return (
        reader.find(
            lambda u: (
                u.has("scale", "action", "gone", "says", "wear", "size", "colour")
                or (u.verb is not None and u.verb.form == "ed")
            )
        )
        is not None
    )


def _wanted(reader: ClauseReader) -> bool:
    from orchestrator.language.frames_adding import frame_add

    return frame_add(reader, Verb("add", "add", "base", False))


def _last_word_is_predicate(reader: ClauseReader, phrase: Phrase) -> bool:
    """Read "make the cat wet": no predicate was seen, so the last word of the phrase is one."""
    units = [u for u in phrase.units if not u.has("det")]
    if len(units) < 2 or phrase.target.relation is not None:
        if phrase.role == "image" and speaks_of_scene(phrase.units):
            reader.at -= len(phrase.units)
            return p.scene_or_style(reader, (WHOLE,))
        reader.reading.note(f"'{phrase.words}': it does not say what to make of it")
        reader.taken.clear()
        return False
    reader.at -= 1
    from orchestrator.language.phrases import PhraseReader

    start = reader.at - (len(phrase.units) - 1)
    found = PhraseReader(reader.units).read(start, end=reader.at)
    if found is None:
        return False
    refs = reader.refs([found[0]], "restyle")
    reader.reading.subject = refs
    text = reader.rest_text()
    for ref in refs:
        reader.draft("restyle", ref, style=text)
    reader.reading.mention(refs)
    return True


def _op_ahead(reader: ClauseReader) -> str:
    """The op a predicate will become, as far as one can tell: it decides what "it" may be."""
    for unit in reader.left[:6]:
        if unit.has("look", "weather", "relight", "aspect", "season"):
            return "grade"
        scale = unit.get("scale")
        if scale is not None:
            return "grade" if scale.property in ("temperature", "contrast") else "adjust"
        if unit.has("size"):
            return "resize"
        if unit.has("action", "wear", "says", "gone"):
            return "restyle"
        if unit.has("colour"):
            return "recolor"
        if unit.has("focus_adjective"):
            return "adjust"
        if unit.has("wish"):
            return "grade"
    return "change"


def _passive(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "(have the background) blurred", "(get the car) removed"."""
    unit = reader.peek()
    if (
        unit is None
        or unit.verb is None
        or unit.verb.form != "ed"
        or unit.has("look", "style", "focus_adjective", "scale", "gone", "participle")
    ):
        return False
    return passive(reader, unit.verb, refs)


def passive(reader: ClauseReader, verb: Verb, refs: tuple[Ref, ...]) -> bool:
    """A participle that says what is done to ``refs``."""
    reader.take()
    if verb.cls == "remove":
        for ref in refs:
            p.remove(reader, ref)
        return True
    if verb.cls in ("blur", "sharpen"):
        for ref in refs:
            p.focus(reader, ref, blur=verb.cls == "blur")
        return True
    if verb.cls in ("replace", "change") and reader.says("with", "by", "to", "into", "for"):
        reader.take()
        return become_any(reader, refs)
    if verb.cls == "recolor" and (reader.sees("colour") or reader.says("in", "to")):
        reader.take_if("in", "to")
        return become_any(reader, refs, colour=True)
    if verb.cls == "flip":
        axis = reader.take_sense("axis") or "horizontal"
        for ref in refs:
            reader.draft("flip", ref, axis=str(axis))
        return True
    if verb.cls == "adjust":
        from orchestrator.language.frames_photo import ADJUST_VERBS

        prop, sign = ADJUST_VERBS[verb.base]
        for ref in refs:
            p.adjust(reader, ref, prop, sign)
        return True
    if verb.cls == "resize":
        from orchestrator.language.frames_photo import RESIZE_SIGNS

        for ref in refs:
            p.resize(reader, ref, RESIZE_SIGNS.get(verb.base, 1), "")
        return True
    if verb.cls == "crop":
        from orchestrator.language.frames_photo import frame_crop

        return frame_crop(reader, verb)
    return False


def property_of(phrase: Phrase) -> tuple[str, Ref] | None:
    """Read "the brightness of the sky", "the photo's contrast" -> the property and whose it is."""
    head = next(
        (
            u
            for u in reversed(phrase.units)
            if u.has("property") and u.norm.startswith(phrase.target.category[:4])
        ),
        None,
    )
    if head is None or not phrase.target.category:
        return None
    relation = phrase.target.relation
    if relation is not None and relation.kind not in ("part_of", "in", "on"):
        return None
    if relation is None or relation.anchor.is_whole_image:
        ref = WHOLE
        attribute = [a for a in phrase.target.attributes if a in ("sky", "background")]
        if attribute:
            ref = Ref(
                Target(phrase=f"the {attribute[0]}", category=attribute[0]), f"the {attribute[0]}"
            )
    else:
        ref = Ref(relation.anchor, relation.anchor.phrase)
    return str(head.get("property")), ref


def property_to(reader: ClauseReader, name: str, ref: Ref) -> bool:
    """Read "(make the contrast) higher / stronger / less"."""
    sign = 1
    unit = reader.peek()
    if unit is not None:
        size = unit.get("size") if unit.norm != "high" else None
        scale = unit.get("scale")
        if (
            unit.has("less")
            or unit.get("direction") == "down"
            or unit.norm
            in ("lower", "down", "weaker", "softer", "subtler", "less intense", "cooler", "darker")
            or (size is not None and size.sign < 0)
            or (scale is not None and scale.sign < 0)
        ):
            sign = -1
        reader.take(len(reader.left))
    p.adjust(reader, ref, name, sign)
    return True


def frame_recolor(reader: ClauseReader, verb: Verb) -> bool:
    """Read "paint the wall green", "dye her hair to blond", "tint it blue", "colorize"."""
    if reader.done:
        if verb.base.startswith(("colori", "colouri", "recolori")):
            reader.draft("restyle", WHOLE, style="natural colours", fixed="Colourise the picture")
            return True
        return False
    phrases = reader.phrases("to", "in", "into", "as", "with", predicates=True)
    if not phrases:
        return False
    owner = _colour_of(phrases[0], reader)
    refs = (owner,) if owner is not None else reader.refs(phrases, "recolor")
    if verb.base.startswith(("colori", "colouri", "recolori")) and not reader.left:
        for ref in refs:
            reader.draft("restyle", ref, style="natural colours", fixed=f"Colourise {ref.words}")
        return True
    reader.skip("filler")
    while reader.says("to", "in", "into", "as", "with", "be", "a", "the"):
        reader.take()
    if not reader.left:
        done = False
        units = [u for u in phrases[-1].units if not u.has("det")]
        if len(units) > 1 and phrases[-1].target.relation is None:  # "paint the car banana"
            return _last_word_is_predicate(reader, phrases[-1])
        for ref in refs:
            done = _recoloured(reader, ref) or done
        return done
    named = reader.find(lambda u: u.has("colour"))
    if named is not None and named <= 2:
        colour = join([u for u in reader.take(named + 1) if not u.has("det")])
        while (
            reader.left
            and (reader.says(",") or reader.sees("conjunction"))
            and reader.sees("colour", offset=1)
        ):
            colour += f"{',' if reader.says(',') else ' and'} {reader.take(2)[1].text}"
        if reader.sees("colour_noun", "effect_noun"):
            reader.take()
    else:
        colour = reader.rest_text()
    for ref in refs:
        p.recolor(reader, ref, colour)
    reader.reading.mention(refs)
    return True
