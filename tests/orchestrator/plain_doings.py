"""Plain commands that ask for a deed, a pose or a state of a thing itself, each with its step.

Rows of form, command, op, target and parameters, drawn from a seeded generator. Knows nothing of
how commands are read.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.orchestrator import plain_words as words
from tests.orchestrator.plain_words import listed

Value = str | float | tuple[str, ...] | Callable[[object], bool]
Row = tuple[str, str, str, str, dict[str, Value]]

DOES = {
    "shake hands": "shaking hands", "hold hands": "holding hands", "lie down": "lying down",
    "stop crying": "no longer crying", "stop barking": "no longer barking",
    "face the camera": "facing the camera", "face each other": "facing each other",
    "look away": "looking away", "look at the cat": "looking at the cat",
    "raise an arm": "raising an arm", "cross both arms": "crossing both arms",
    "kick the ball": "kicking the ball", "catch a fish": "catching a fish",
    "stand still": "standing still", "stand straight": "standing straight",
    "sit on the bench": "sitting on the bench", "hang from the ceiling": "hanging from the ceiling",
    "jump over the fence": "jumping over the fence", "point up": "pointing up", "kiss": "kissing",
    "not smile": "not smiling", "seem older": "older", "match the sofa": "matching the sofa",
    "show a cat": "showing a cat", "hold the cup": "holding the cup", "run": "running",
    "give a thumbs up": "giving a thumbs up", "pour a drink": "pouring a drink",
    "take off the hat": "taking off the hat", "float on the water": "floating on the water",
    "drive a red car": "driving a red car", "cast a long shadow": "casting a long shadow",
    "haunt the house": "haunting the house", "march past the gate": "marching past the gate",
    "show ten past ten": "showing ten past ten", "grow taller": "growing taller",
    "hang straight": "hanging straight",
    "sit down and wave": "sitting down and waving", "wear red": "wearing red", "turn": "turning",
}  # fmt: skip
NAMED_BY_DEEDS = listed(
    "the hot dog stand, the clock face, the bus stop sign, the play button, the jump rope, "
    "the race track, the water slide, the watch strap, the cover girl, the fishing rod, "
    "the light switch, the climbing frame"
)
"""Things whose names hold a verb."""
STANDS = listed(
    "a lamp stand, a cake stand, an umbrella stand, a taxi stand, a fruit stand, a music stand"
)
FRAMES = listed("the frame, the wooden frame, the frame of the mirror, the canvas, the black frame")
STATES = (
    ("the bottle", "clear"), ("the water in the vase", "clear"), ("the sky", "clear"),
    ("the logo", "flat"), ("the tyre", "flat"), ("her hair", "straight"), ("the tie", "straight"),
    ("the blanket", "soft"), ("the lettuce", "crisp"), ("the wall", "smooth"),
    ("the pencil", "sharp"), ("the window", "open"), ("the door", "shut"),
)  # fmt: skip
GLEAMS = listed("the glare, the shine on the nose, the lens flare, the glow of the lamp")
FAINT = listed("the wrinkles, the reflections, the steam, the bags under the eyes, the freckles")
AWAY = listed("away from, off, out of")
POSES = (
    ("her hair", "up in a bun"), ("the girl's hair", "in a ponytail"),
    ("his hands", "in his pockets"), ("the hair", "up"),
)  # fmt: skip
PIXELS = {"high": "height", "tall": "height", "wide": "width"}


def doings(draw: random.Random) -> list[Row]:
    """One command of each form."""
    t, place = draw.choice(words.SIMPLE)(draw), draw.choice(words.PLACE)
    does, doing = draw.choice(tuple(DOES.items()))
    named, stand = draw.choice(NAMED_BY_DEEDS), draw.choice(STANDS)
    frame, colour, other = draw.choice(FRAMES), draw.choice(words.SEEN), draw.choice(words.SEEN)
    state_of, state = draw.choice(STATES)
    gleam, faint = draw.choice(GLEAMS), draw.choice(FAINT)
    away = f"{draw.choice(AWAY)} the {place}"
    part, pose = draw.choice(POSES)
    way, side = draw.choice(tuple(PIXELS.items()))
    lifted, posture = draw.choice((("raise", "raised"), ("lower", "lowered")))
    everything = f"everything {other} in the {place}"
    dimmed: Value = lambda amount: isinstance(amount, float) and amount < 0  # noqa: E731
    new: dict[str, Value] = {"new": "a mirror"}
    return [
        ("deed", f"make {t} {does}", "restyle", t, {"style": doing}),
        ("named by a deed", f"make {named} {colour}", "recolor", named, {"colour": colour}),
        ("add a stand", f"add {stand}", "add", "(picture)", {"what": stand}),
        ("remove a stand", f"remove the{stand[stand.index(' '):]}", "remove",
         f"the{stand[stand.index(' '):]}", {}),
        ("remove a frame", f"remove {frame}", "remove", frame, {}),
        ("replace a frame", f"replace {frame} with a mirror", "replace", frame, new),
        ("recolor a frame", f"make {frame} {colour}", "recolor", frame, {"colour": colour}),
        ("keep a frame", f"keep {frame} unchanged", "", frame, {}),
        ("own state", f"make {state_of} {state}", "restyle", state_of, {"style": state}),
        ("dim", f"reduce {gleam}", "adjust", gleam, {"property": "highlights", "amount": dimmed}),
        ("fade", f"reduce {faint}", "restyle", faint, {"style": "less visible"}),
        ("posture", f"{lifted} {t}", "restyle", t, {"style": posture}),
        ("pose", f"put {part} {pose}", "restyle", part, {"style": f"put {pose}"}),
        ("away", f"move {t} {away}", "move", t, {"direction": "to", "to": away}),
        ("everything in a colour", f"make {everything} {colour}", "recolor", everything,
         {"colour": colour}),
        ("same colour", f"make {t} the same colour as the {place}", "recolor", t,
         {"colour": f"the colour of the {place}"}),
        ("pixels", f"resize to 900 pixels {way}", "resize", "(picture)", {side: 900.0}),
        ("remove me", "remove me", "remove", "the person", {}),
    ]  # fmt: skip
