"""Plain commands, each with the step it asks for: every form of the plain dialect, many words.

The dialect is what a rewriting model is taught to write: one wish a command, joined by "; ", verbs
and values from a short list, targets in anybody's words. Drawn from a seeded generator, so that a
failure can be seen again. Knows nothing of how commands are read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Preserve, Step

PICTURE = "(picture)"
"""Target words of a step on the whole picture."""
Value = str | float | tuple[str, ...] | Callable[[object], bool]
"""What a parameter must be: words (but for articles), a number, one of several, or a test."""


@dataclass(frozen=True)
class Said:
    """A command and what it asks for.

    Attributes:
        form: which form of the dialect it is.
        text: the command.
        op: of its one step; "" for a promise.
        target: the words of its target, or ``PICTURE``.
        params: what the step's parameters must hold.
    """

    form: str
    text: str
    op: str
    target: str
    params: Mapping[str, Value] = field(default_factory=dict)


def _any(*words: str) -> Callable[[random.Random], str]:
    return lambda draw: draw.choice(words)


PERSON = (
    "man", "woman", "boy", "girl", "bride", "groom", "waiter", "cyclist", "toddler", "photographer",
    "guest", "dancer", "skateboarder", "kid", "lady", "guy",
)  # fmt: skip
THING = (
    "car", "lamppost", "traffic cone", "bench", "mug", "laptop", "umbrella", "bicycle", "sofa",
    "vase", "suitcase", "stroller", "signpost", "trash can", "power line", "drone", "rug", "piano",
    "guitar", "teapot", "backpack", "curtain", "wheelbarrow", "kayak", "mailbox", "lamp", "pot",
    "scarf", "hat", "fire hydrant", "cat", "dog", "horse", "seagull", "balloon", "billboard",
    "street sign", "scooter", "tent", "boat", "pillow", "chair", "bottle", "wine glass", "plate",
)  # fmt: skip
MANY = (
    "people", "tourists", "cars", "cables", "birds", "balloons", "cones", "windows", "shoes",
    "power lines", "flowers", "curtains", "chairs", "sunglasses",
)  # fmt: skip
PLACE = (
    "tree", "house", "door", "fence", "table", "wall", "fountain", "sofa", "window", "gate",
    "bridge", "pier", "shelf", "counter", "statue", "church", "fireplace",
)  # fmt: skip
COLOUR = (
    "red", "blue", "green", "yellow", "black", "white", "orange", "purple", "pink", "brown", "grey",
    "navy blue", "teal", "beige", "turquoise", "maroon", "dark green", "light grey", "camel",
    "mauve", "rust", "charcoal", "mustard", "burgundy", "sage", "champagne", "cream", "peach",
    "ochre", "terracotta", "emerald green", "hot pink", "off-white", "powder blue", "matte black",
    "deep red", "bright yellow", "ivory", "coral", "lilac", "khaki", "mint green", "plum",
    "midnight blue", "rose gold", "taupe", "olive green", "silver", "gold", "crimson", "slate grey",
)  # fmt: skip
SEEN = ("red", "blue", "green", "yellow", "black", "white", "orange", "pink", "brown", "grey")
ADJ = ("old", "wooden", "striped", "broken", "parked", "empty", "tall", "small", "big", "rusty",
       "shiny", "blurry", "dirty", "plastic", "leather", "vintage", "smiling")  # fmt: skip
NEAR = ("behind", "next to", "in front of", "under", "above", "on", "near", "by", "beside", "to the left of",
        "to the right of", "left of")  # fmt: skip
GARMENT = ("hat", "jacket", "shirt", "dress", "hoodie", "backpack", "scarf", "vest")
PART = ("face", "hair", "dress", "shirt", "hat", "hand", "eyes", "teeth", "skin", "jacket", "tie",
        "shoes")  # fmt: skip
DOING = ("making faces", "looking at the camera", "holding a phone", "walking a dog", "waving",
         "leaning on the railing", "sitting on the bench", "eating ice cream", "taking a selfie",
         "reading a newspaper", "photobombing us", "dressed as a pirate", "facing away")  # fmt: skip
ORDINAL = ("first", "second", "third", "fourth", "last")
SIDE = ("left", "right")
MOST = ("biggest", "smallest", "tallest", "nearest", "leftmost", "rightmost")


def target(draw: random.Random) -> str:
    """Words for one thing."""
    return draw.choice(_TARGETS)(draw)


def _noun(draw: random.Random) -> str:
    return draw.choice(PERSON if draw.random() < 0.3 else THING)


def _t_plain(draw: random.Random) -> str:
    return f"the {_noun(draw)}"


def _t_many(draw: random.Random) -> str:
    return f"the {draw.choice(MANY)}"


def _t_colour(draw: random.Random) -> str:
    return f"the {draw.choice(SEEN)} {draw.choice(THING)}"


def _t_adj(draw: random.Random) -> str:
    return f"the {draw.choice(ADJ)} {draw.choice(THING)}"


def _t_ordinal(draw: random.Random) -> str:
    return f"the {draw.choice(ORDINAL)} {_noun(draw)} from the {draw.choice(SIDE)}"


def _t_side(draw: random.Random) -> str:
    return f"the {draw.choice(SIDE)} {_noun(draw)}"


def _t_at_side(draw: random.Random) -> str:
    return f"the {_noun(draw)} on the {draw.choice(SIDE)}"


def _t_most(draw: random.Random) -> str:
    return f"the {draw.choice(MOST)} {_noun(draw)}"


def _t_near(draw: random.Random) -> str:
    return f"the {_noun(draw)} {draw.choice(NEAR)} the {draw.choice(PLACE)}"


def _t_ground(draw: random.Random) -> str:
    return f"the {draw.choice(MANY)} in the {draw.choice(('background', 'foreground', 'distance'))}"


def _t_wearing(draw: random.Random) -> str:
    tied = draw.choice(("wearing", "in", "with"))
    return f"the {draw.choice(PERSON)} {tied} the {draw.choice(SEEN)} {draw.choice(GARMENT)}"


def _t_doing(draw: random.Random) -> str:
    tie = draw.choice(("", " who is", " that's", " who's", " that is"))
    return f"the {draw.choice(PERSON)}{tie} {draw.choice(DOING)}"


def _t_part(draw: random.Random) -> str:
    return f"the {draw.choice(PERSON)}'s {draw.choice(PART)}"


def _t_of(draw: random.Random) -> str:
    return f"the {draw.choice(PART)} of the {draw.choice(PERSON)}"


def _t_with(draw: random.Random) -> str:
    return f"the {_noun(draw)} with the {draw.choice(('long neck', 'beard', 'white stripes', 'broken window'))}"


def _t_one_of(draw: random.Random) -> str:
    return f"the {draw.choice(PERSON)} with the {draw.choice(('guitar', 'umbrella', 'red balloon', 'sunglasses', 'tattoo'))}"


_TARGETS = (
    _t_plain, _t_plain, _t_many, _t_colour, _t_adj, _t_ordinal, _t_side, _t_at_side, _t_most,
    _t_near, _t_near, _t_ground, _t_wearing, _t_doing, _t_part, _t_of, _t_with, _t_one_of,
)  # fmt: skip

NEW = (
    "a white fox", "a zebra", "a vintage typewriter", "a blue door", "a bouquet of roses",
    "a bowl of fruit", "a palm tree", "a golden retriever", "an old wooden bench", "sunflowers",
    "a stone wall", "a cactus in a clay pot", "a cup of coffee", "a red sports car", "a robot",
)  # fmt: skip
SCENE = ("a beach", "a snowy mountain", "a plain white wall", "a starry night sky", "a city skyline at night",
         "a field of lavender", "a blurred office", "a tropical beach at sunset", "a grey studio backdrop")  # fmt: skip
ADDED = ("a red umbrella", "a bird", "some flowers", "a rainbow", "two balloons", "a wooden bench", "a bow tie", "a small dog",
         "a flock of birds", "a string of lights", "a hot air balloon", "an old bicycle", "more trees", "more white roses",
         "a full moon", "a campfire", "a pair of sunglasses", "a steaming cup of tea", "a cat wearing a hat")  # fmt: skip
WHERE = ("next to", "in", "on", "behind", "under", "in front of", "above", "near", "to the left of", "beside")
STATE = ("smile", "wet", "shiny", "transparent", "sleepy", "look at the camera", "look older", "look surprised",
         "wear a hat", "rusty", "wooden", "curly", "look like a mirror", "sit down", "wrinkled", "younger", "pinned back",
         "furry", "laugh", "turn around", "look up", "striped", "stand up straight", "glow")  # fmt: skip
LOOK = ("a watercolour", "an oil painting", "a pencil sketch", "a comic book", "a polaroid")
GRADE = ("black and white", "cinematic", "vintage", "sepia")
RELIGHT = ("night", "sunset", "golden hour", "sunrise", "dusk")
ADJUSTED = ("brightness", "exposure", "contrast", "saturation", "highlights", "shadows", "clarity", "vibrance", "noise")
AMOUNT: tuple[tuple[str, Callable[[float], bool]], ...] = (
    ("", lambda a: True), (" slightly", lambda a: a <= 0.15), (" a lot", lambda a: a >= 0.4),
    (" by 20%", lambda a: abs(a - 0.2) < 0.01), (" by 40", lambda a: abs(a - 0.4) < 0.01), (" a little", lambda a: a <= 0.15),
    (" by 25%", lambda a: abs(a - 0.25) < 0.01),
)  # fmt: skip
WORDS = ("Happy Birthday", "SALE", "Opening Soon!", "Day one", "Summer 2024", "Don't stop", "50% off")
SPOT = {"top": "top", "bottom": "bottom", "top left": "top left", "bottom right": "bottom right", "center": "center"}


def _signed(sign: int, near: Callable[[float], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, float | int) and value * sign > 0 and near(abs(float(value)))


def _f_remove(draw: random.Random) -> Said:
    t = target(draw)
    return Said("remove", f"remove {t}", "remove", t)


def _f_remove_in(draw: random.Random) -> Said:
    t = draw.choice(("the scratches", "the glare on the window", "the dust spots", "the reflection in the glasses", "the shadow on the wall",
                     "the stain on the shirt", "the date stamp in the corner", "the second person from the right", "the watermark", "the wrinkles on the shirt"))
    return Said("remove", f"remove {t}", "remove", t)


def _f_replace(draw: random.Random) -> Said:
    t, new = target(draw), draw.choice(NEW)
    return Said("replace", f"replace {t} with {new}", "replace", t, {"new": new})


def _f_sign(draw: random.Random) -> Said:
    words = draw.choice(("OPEN", "Sold Out", "CLOSED TODAY"))
    t = draw.choice(("the sign", "the sign on the door", "the billboard", "the label"))
    quoted = draw.choice((f'"{words}"', f"'{words}'")) if not words.isupper() else draw.choice((f'"{words}"', f"'{words}'", words))
    tie = draw.choice(("that says", "saying", "that reads"))
    return Said("replace sign", f"replace {t} with a sign {tie} {quoted}", "replace", t,
                {"new": lambda v: words in str(v) and "sign" in str(v)})


def _f_background(draw: random.Random) -> Said:
    new = draw.choice(SCENE)
    return Said("background", f"replace the background with {new}", "background", "the background", {"new": new})


def _f_sky(draw: random.Random) -> Said:
    new = draw.choice(("a sunset sky", "a starry night sky", "a blue sky with fluffy clouds", "a dramatic stormy sky"))
    return Said("replace sky", f"replace the sky with {new}", "replace", "the sky", {"new": new})


def _f_add(draw: random.Random) -> Said:
    new = draw.choice(ADDED)
    return Said("add", f"add {new}", "add", PICTURE, {"what": new, "where": ("",)})


def _f_add_at(draw: random.Random) -> Said:
    new, rel, t = draw.choice(ADDED), draw.choice(WHERE), draw.choice((_t_plain, _t_colour, _t_side, _t_part, _t_near, _t_ordinal))(draw)
    return Said("add at", f"add {new} {rel} {t}", "add", t, {"what": new, "where": f"{rel} {t}"})


def _f_add_to(draw: random.Random) -> Said:
    new = draw.choice(("more white roses", "some sparkle", "a bow", "more leaves", "snow", "a logo", "stripes", "freckles", "a handle", "more cheese", "some steam"))
    t = draw.choice((_t_plain, _t_colour, _t_part, _t_of))(draw)
    return Said("add to", f"add {new} to {t}", "add", t, {"what": new, "where": (f"to {t}", f"on {t}")})


def _f_add_ground(draw: random.Random) -> Said:
    new, where = draw.choice(ADDED), draw.choice(("in the background", "in the sky", "in the foreground", "on the water", "on the table", "on the left", "in the top right corner", "on the wall", "on the horizon", "in the distance"))
    return Said("add in", f"add {new} {where}", "add", "*", {"what": new, "where": where})


def _f_held(draw: random.Random) -> Said:
    t = f"the {draw.choice(PERSON)}"
    new = draw.choice(("a balloon", "a bouquet", "an umbrella"))
    return Said("add held", f"add {new} held by {t}", "add", t, {"what": new, "where": f"held by {t}"})


def _f_recolor(draw: random.Random) -> Said:
    t, c = target(draw), draw.choice(COLOUR)
    return Said("recolor", f"make {t} {c}", "recolor", t, {"colour": c})


def _f_size(draw: random.Random) -> Said:
    t = target(draw)
    how, test = draw.choice((
        ("bigger", lambda v: v > 1), ("smaller", lambda v: v < 1), ("20% smaller", lambda v: abs(v - 0.8) < 0.01),
        ("30% bigger", lambda v: abs(v - 1.3) < 0.01), ("twice as big", lambda v: v == 2), ("a lot bigger", lambda v: v >= 1.9),
        ("slightly smaller", lambda v: 0.8 < v < 1), ("half the size", lambda v: v == 0.5), ("10% larger", lambda v: abs(v - 1.1) < 0.01),
    ))  # fmt: skip
    return Said("resize", f"make {t} {how}", "resize", t, {"factor": test})


def _f_move(draw: random.Random) -> Said:
    t, where = target(draw), draw.choice(("to the left", "to the right", "up", "down"))
    return Said("move", f"move {t} {where}", "move", t, {"direction": where.split()[-1]})


def _f_move_to(draw: random.Random) -> Said:
    t, where = _t_plain(draw), draw.choice(("next to the door", "to the top right", "to the center", "behind the sofa", "to the bottom left"))
    return Said("move to", f"move {t} {where}", "move", t, {"to": lambda v: set(plain(where).split()) - {"to"} <= set(plain(str(v)).split())})


def _f_state(draw: random.Random) -> Said:
    t = draw.choice((_t_plain, _t_many, _t_colour, _t_side, _t_part, _t_ordinal, _t_near, _t_wearing))(draw)
    return Said("state", f"make {t} {draw.choice(STATE)}", "restyle|add|adjust", t)


def _f_dressed(draw: random.Random) -> Said:
    t, what = f"the {draw.choice(PERSON)}", draw.choice(("dressed as a pirate", "dressed like a king", "covered in snow", "made of glass", "standing up", "dressed in black", "filled with water"))
    return Said("state done", f"make {t} {what}", "restyle", t, {"style": what})


def _f_look(draw: random.Random) -> Said:
    look = draw.choice(LOOK)
    return Said("style", f"make the picture look like {look}", "restyle|grade", PICTURE)


def _f_grade(draw: random.Random) -> Said:
    look = draw.choice(GRADE)
    return Said("grade", f"make it {look}", "grade", PICTURE, {"look": look})


def _f_grade_part(draw: random.Random) -> Said:
    t = draw.choice(("the left half", "the right half", "the top half", "the background", *(target(draw) for _ in range(4))))
    return Said("grade part", f"make {t} black and white", "grade", t, {"look": "black and white"})


def _f_grade_except(draw: random.Random) -> Said:
    t = draw.choice((_t_plain, _t_colour, _t_side, _t_near, _t_wearing))(draw)
    way = draw.choice((f"make everything except {t} black and white", f"make it black and white except {t}", f"make the picture black and white except {t}"))
    return Said("grade except", way, "grade", f"everything except {t}", {"look": "black and white"})


def _f_except(draw: random.Random) -> Said:
    t = target(draw)
    op, way = draw.choice((("blur", "blur"), ("adjust", "darken"), ("adjust", "desaturate")))
    return Said("except", f"{way} everything except {t}", op, f"everything except {t}")


def _f_relight(draw: random.Random) -> Said:
    to = draw.choice(RELIGHT)
    return Said("relight", f"make it {to}", "relight", PICTURE)


def _f_weather(draw: random.Random) -> Said:
    text, kind = draw.choice((("add rain", "rain"), ("add snow", "snow"), ("add fog", "fog"), ("change the weather to clear", "clear"), ("make the weather clear", "clear"),
                              ("change the weather to rain", "rain"),  ("change the weather to snow", "snow"), ("add mist", "fog"),
                              ("make the weather sunny", "clear"), ("change the weather to sunny", "clear"), ("make the weather stormy", "storm"), ("make it rainy", "rain"), ("make it snowy", "snow"), ("make it foggy", "fog")))  # fmt: skip
    return Said("weather", text, "weather", PICTURE, {"kind": kind})


def _f_adjust(draw: random.Random) -> Said:
    name, (amount, near) = draw.choice(ADJUSTED), draw.choice(AMOUNT)
    verb, sign = draw.choice((("increase", 1), ("decrease", -1), ("reduce", -1), ("raise", 1), ("lower", -1), ("boost", 1), ("lift", 1)))
    return Said("adjust", f"{verb} the {name}{amount}", "adjust", PICTURE, {"property": name, "amount": _signed(sign, near)})


def _f_adjust_of(draw: random.Random) -> Said:
    name, (amount, near) = draw.choice(ADJUSTED), draw.choice(AMOUNT)
    verb, sign = draw.choice((("increase", 1), ("decrease", -1), ("reduce", -1)))
    t = draw.choice(("the sky", "the background", "the face", *(target(draw) for _ in range(6))))
    return Said("adjust of", f"{verb} the {name} of {t}{amount}", "adjust", t, {"property": name, "amount": _signed(sign, near)})


def _f_tone(draw: random.Random) -> Said:
    how, name, sign = draw.choice((("warmer", "temperature", 1), ("cooler", "temperature", -1), ("brighter", "brightness", 1), ("darker", "brightness", -1),
                                   ("more magenta", "tint", 1), ("greener", "tint", -1), ("more contrasty", "contrast", 1), ("less saturated", "saturation", -1), ("more vibrant", "vibrance", 1)))  # fmt: skip
    lead, near = draw.choice((("", lambda a: True), ("10% ", lambda a: abs(a - 0.1) < 0.01), ("slightly ", lambda a: a <= 0.15), ("a bit ", lambda a: a <= 0.15), ("much ", lambda a: a >= 0.4)))
    if name == "vibrance":
        return Said("tone", f"make it {lead}{how}", "adjust", PICTURE, {"property": ("vibrance", "saturation"), "amount": _signed(sign, near)})
    return Said("tone", f"make it {lead}{how}", "adjust", PICTURE, {"property": name, "amount": _signed(sign, near)})


def _f_tone_of(draw: random.Random) -> Said:
    how, name, sign = draw.choice((("brighter", "brightness", 1), ("darker", "brightness", -1), ("warmer", "temperature", 1), ("cooler", "temperature", -1)))
    lead, near = draw.choice((("", lambda a: True), ("10% ", lambda a: abs(a - 0.1) < 0.01), ("slightly ", lambda a: a <= 0.15), ("a lot ", lambda a: a >= 0.4)))
    t = target(draw)
    return Said("tone of", f"make {t} {lead}{how}", "adjust", t, {"property": name, "amount": _signed(sign, near)})


def _f_brighten(draw: random.Random) -> Said:
    verb, name, sign = draw.choice((("brighten", "brightness", 1), ("darken", "brightness", -1), ("desaturate", "saturation", -1)))
    amount, near = draw.choice(AMOUNT) if verb != "desaturate" else ("", lambda a: True)
    t = target(draw)
    return Said("brighten", f"{verb} {t}{amount}", "adjust", t, {"property": name, "amount": _signed(sign, near)})


def _f_focus(draw: random.Random) -> Said:
    t = target(draw)
    op = draw.choice(("blur", "sharpen"))
    amount = draw.choice(("", " slightly", " a lot"))
    return Said("focus", f"{op} {t}{amount}", op, t)


def _f_pixelate(draw: random.Random) -> Said:
    t = target(draw)
    return Said("pixelate", f"pixelate {t}", "blur", t, {"strength": 1.0})


def _f_text(draw: random.Random) -> Said:
    words, (said, place) = draw.choice(WORDS), draw.choice(tuple(SPOT.items()))
    mark = '"' if "'" in words else draw.choice("\"'")
    where, colour = draw.choice((f" at the {said}", f" in the {said} corner" if " " in said else f" at the {said}")), draw.choice(("", " in red", " in white"))
    params: dict[str, Value] = {"text": lambda v: v == words, "place": place}
    if colour:
        params["colour"] = colour.split()[-1]
    return Said("text", f"add the text {mark}{words}{mark}{where}{colour}", "text", PICTURE, params)


def _f_crop(draw: random.Random) -> Said:
    said, aspect = draw.choice((("to a square", 1.0), ("to 16:9", 1.7778), ("to 3:2", 1.5), ("to 4:5", 0.8), ("to 1:1", 1.0), ("to 9:16", 0.5625)))
    return Said("crop", f"crop {said}", "crop", PICTURE, {"aspect": aspect})


def _f_crop_to(draw: random.Random) -> Said:
    t = target(draw)
    return Said("crop to", f"crop to {t}", "crop", t)


def _f_rotate(draw: random.Random) -> Said:
    way, sign = draw.choice((("clockwise", 1), ("counterclockwise", -1)))
    n = draw.choice((90, 5, 3, 180, 45))
    return Said("rotate", f"rotate {n} degrees {way}", "rotate", PICTURE, {"degrees": lambda v: v == sign * n or n == 180 and abs(v) == 180})


def _f_whole(draw: random.Random) -> Said:
    text, op, params = draw.choice((
        ("straighten the picture", "rotate", {"straighten": lambda v: v is True}), ("flip horizontally", "flip", {"axis": "horizontal"}),
        ("flip vertically", "flip", {"axis": "vertical"}), ("add a vignette", "grade", {"look": "vignette"}), ("add film grain", "adjust", {"property": "noise", "amount": _signed(1, lambda a: True)}), ("crop tighter", "crop", {}),
        ("resize to 1080x1350", "resize", {"width": 1080.0, "height": 1350.0}), ("sharpen the picture", "sharpen", {}), ("blur the picture", "blur", {}),
    ))  # fmt: skip
    return Said(text, text, op, PICTURE, params)


def _f_keep(draw: random.Random) -> Said:
    t = target(draw) if draw.random() < 0.8 else draw.choice(("the vignette", "the sky", "the background", "the one with the guitar", "the one on the left"))
    return Said("keep", f"keep {t} unchanged", "", t)


FORMS = (
    _f_remove, _f_remove, _f_remove_in, _f_replace, _f_replace, _f_sign, _f_background, _f_sky, _f_add, _f_add_at, _f_add_at, _f_add_to,
    _f_add_ground, _f_held, _f_recolor, _f_recolor, _f_size, _f_move, _f_move_to, _f_state, _f_state, _f_dressed, _f_look, _f_grade, _f_grade_part,
    _f_grade_except, _f_except, _f_relight, _f_weather, _f_adjust, _f_adjust, _f_adjust_of, _f_tone, _f_tone_of, _f_brighten, _f_focus, _f_pixelate,
    _f_text, _f_crop, _f_crop_to, _f_rotate, _f_whole, _f_keep, _f_keep,
)  # fmt: skip


def command(draw: random.Random) -> Said:
    """One command of any form."""
    return draw.choice(FORMS)(draw)


_ONCE = ("crop", "crop to", "crop tighter", "rotate", "straighten the picture", "resize to 1080x1350", "flip horizontally", "flip vertically", "tone", "adjust", "relight", "weather",
         "grade", "style", "background", "replace sky")  # fmt: skip


def commands(draw: random.Random, most: int = 5) -> list[Said]:
    """One to ``most`` commands that do not bear on each other; promises come first."""
    found: list[Said] = []
    for _ in range(draw.randint(1, most)):
        one = command(draw)
        nouns = [set(plain(other.target).split()) for other in found]
        shared = one.target != PICTURE and any(plain(one.target).split()[-1] in words for words in nouns)
        if shared or any(one.form == other.form for other in found):
            continue
        found.append(one)
    return sorted(found, key=lambda said: said.op != "")


def joined(said: Sequence[Said]) -> str:
    """The commands as the model writes them."""
    return "; ".join(one.text for one in said)


_SMALL = frozenset({"a", "an", "the"})


def plain(words: str) -> str:
    """Words without articles and case."""
    return " ".join(w for w in words.lower().replace(",", "").split() if w not in _SMALL)


def _holds(wanted: Value, value: object) -> bool:
    if callable(wanted):
        return value is not None and wanted(value)
    if isinstance(wanted, tuple):
        return plain(str(value or "")) in {plain(w) for w in wanted}
    if isinstance(wanted, float):
        return isinstance(value, int | float) and abs(float(value) - wanted) < 0.01
    return plain(str(value or "")) == plain(wanted)


def _same_target(said: Said, step: Step) -> bool:
    if said.target == "*":
        return True
    if said.target == PICTURE:
        return step.target.is_whole_image and step.target.exclude is None
    return plain(step.target.phrase) == plain(said.target)


def _fits(said: Said, step: Step) -> bool:
    op = said.op == "*" or step.op in said.op.split("|") or "*" in said.op
    return op and _same_target(said, step) and all(_holds(w, step.params.get(k)) for k, w in said.params.items())


def wrong(said: Sequence[Said]) -> list[str]:
    """What of a plan is not what the commands ask for; empty where it is exactly that."""
    try:
        plan, _ = read_plan(joined(said), plain=True)
    except BadInstruction as error:
        return [f"unread: {error}"]
    return differences(said, plan)


def differences(said: Sequence[Said], plan: EditPlan) -> list[str]:
    """Commands without their step or promise, and steps and promises that nobody asked for."""
    steps, kept = list(plan.steps), [c for c in plan.constraints if isinstance(c, Preserve)]
    found: list[str] = []
    for one in said:
        if not one.op:
            match = next((c for c in kept if plain(c.target.phrase) == plain(one.target)), None)
            if match is None:
                found.append(f"[{one.form}] no promise: {one.text}")
            else:
                kept.remove(match)
            continue
        step = next((s for s in steps if _fits(one, s)), None)
        if step is None:
            found.append(f"[{one.form}] no step: {one.text}")
        else:
            steps.remove(step)
    found += [f"  extra {s.op} {s.target.phrase!r} {s.params}" for s in steps]
    found += [f"  extra promise {c.target.phrase!r}" for c in kept]
    found += [f"  extra {c.kind}" for c in plan.constraints if not isinstance(c, Preserve)]
    found += [f"  unknown {word}" for word in plan.unknown]
    return found
