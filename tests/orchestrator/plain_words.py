"""Words of the plain dialect: things, what tells one from another, and what is made of them.

Drawn from a seeded generator. Knows nothing of commands.
"""

from __future__ import annotations

import random


def listed(text: str) -> tuple[str, ...]:
    """The parts of a list written with commas."""
    return tuple(part.strip() for part in text.split(","))


PERSON = listed(
    "man, woman, boy, girl, bride, groom, waiter, cyclist, toddler, photographer, guest, dancer, "
    "skateboarder, kid, lady, guy"
)
THING = listed(
    "car, lamppost, traffic cone, bench, mug, laptop, umbrella, bicycle, sofa, vase, suitcase, "
    "stroller, signpost, trash can, power line, drone, rug, piano, guitar, teapot, backpack, "
    "curtain, wheelbarrow, kayak, mailbox, lamp, pot, scarf, hat, fire hydrant, cat, dog, horse, "
    "seagull, balloon, billboard, street sign, scooter, tent, boat, pillow, chair, bottle, "
    "wine glass, plate"
)
MANY = listed(
    "people, tourists, cars, cables, birds, balloons, cones, windows, shoes, power lines, flowers, "
    "curtains, chairs, sunglasses"
)
PLACE = listed(
    "tree, house, door, fence, table, wall, fountain, sofa, window, gate, bridge, pier, shelf, "
    "counter, statue, church, fireplace"
)
COLOUR = listed(
    "red, blue, green, yellow, black, white, orange, purple, pink, brown, grey, navy blue, teal, "
    "beige, turquoise, maroon, dark green, light grey, camel, mauve, rust, charcoal, mustard, "
    "burgundy, sage, champagne, cream, peach, ochre, terracotta, emerald green, hot pink, "
    "off-white, powder blue, matte black, deep red, bright yellow, ivory, coral, lilac, khaki, "
    "mint green, plum, midnight blue, rose gold, taupe, olive green, silver, gold, crimson, "
    "slate grey, London black, green and white"
)
SEEN = listed("red, blue, green, yellow, black, white, orange, pink, brown, grey")
ADJECTIVE = listed(
    "old, wooden, striped, broken, parked, empty, tall, small, big, rusty, shiny, blurry, dirty, "
    "plastic, leather, vintage, smiling"
)
NEAR = listed(
    "behind, next to, in front of, under, above, on, near, by, beside, to the left of, "
    "to the right of, left of"
)
GARMENT = listed("hat, jacket, shirt, dress, hoodie, backpack, scarf, vest")
PART = listed("face, hair, dress, shirt, hat, hand, eyes, teeth, skin, jacket, tie, shoes")
DOING = listed(
    "making faces, looking at the camera, holding a phone, walking a dog, waving, "
    "leaning on the railing, sitting on the bench, eating ice cream, taking a selfie, "
    "reading a newspaper, photobombing us, dressed as a pirate, facing away"
)
ORDINAL = listed("first, second, third, fourth, last")
MOST = listed("biggest, smallest, tallest, nearest, leftmost, rightmost")
HAS = listed(
    "long neck, beard, white stripes, broken window, guitar, umbrella, red balloon, sunglasses, "
    "tattoo"
)
FREE = listed(
    "whatever is hanging on the wall, what a baker pulls out of the oven, the cup or the mug, "
    "the animal that is said never to forget, the dog; the one on the left, "
    "something small that opens a door, the tool that one would not call a hammer"
)
"""Descriptions that no noun phrase is; a semicolon stands for their comma."""
NEW = listed(
    "a white fox, a zebra, a vintage typewriter, a blue door, a bouquet of roses, a bowl of fruit, "
    "a palm tree, a golden retriever, an old wooden bench, sunflowers, a stone wall, "
    "a cactus in a clay pot, a cup of coffee, a red sports car, a robot, a full moon"
)
SCENE = listed(
    "a beach, a snowy mountain, a plain white wall, a starry night sky, a city skyline at night, "
    "a field of lavender, a blurred office, a tropical beach at sunset, a grey studio backdrop, "
    "a gradient from navy to black"
)
ADDED = listed(
    "a red umbrella, a bird, some flowers, a rainbow, two balloons, a wooden bench, a bow tie, "
    "a small dog, a flock of birds, a string of lights, a hot air balloon, an old bicycle, "
    "more trees, more white roses, a full moon, a campfire, a pair of sunglasses, "
    "a steaming cup of tea, a cat wearing a hat, big white clouds, a double rainbow"
)
GIVEN = listed(
    "more white roses, some sparkle, a bow, more leaves, snow, a logo, stripes, freckles, "
    "a handle, more cheese, some steam"
)
BESIDE = listed("next to, in, on, behind, under, in front of, above, near, to the left of, beside")
WHERE = listed(
    "in the background, in the sky, in the foreground, on the water, on the table, on the left, "
    "in the top right corner, on the wall, on the horizon, in the distance"
)
STATE = listed(
    "smile, wet, shiny, transparent, sleepy, look at the camera, look older, look surprised, "
    "wear a hat, rusty, wooden, curly, look like a mirror, sit down, wrinkled, younger, "
    "pinned back, furry, laugh, turn around, look up, striped, stand up straight, glow"
)
DONE = listed(
    "dressed as a pirate, dressed like a king, made of glass, standing up, dressed in black, "
    "sitting on a throne"
)
FAULT = listed(
    "the scratches, the glare on the window, the dust spots, the reflection in the glasses, "
    "the shadow on the wall, the stain on the shirt, the date stamp in the corner, "
    "the second person from the right, the watermark, the wrinkles on the shirt, "
    "the spilled drink on the table, the two left clouds, the dude with the skateboard"
)


def _noun(draw: random.Random) -> str:
    return draw.choice(PERSON if draw.random() < 0.3 else THING)


def plain_thing(draw: random.Random) -> str:
    """A noun alone, of one thing."""
    return f"the {_noun(draw)}"


def side_thing(draw: random.Random) -> str:
    """A thing by its side."""
    return f"the {draw.choice(('left', 'right'))} {_noun(draw)}"


def coloured(draw: random.Random) -> str:
    """A thing by its colour."""
    return f"the {draw.choice(SEEN)} {draw.choice(THING)}"


def counted(draw: random.Random) -> str:
    """A thing by its place in a row."""
    return f"the {draw.choice(ORDINAL)} {_noun(draw)} from the {draw.choice(('left', 'right'))}"


def near(draw: random.Random) -> str:
    """A thing by what it is near."""
    return f"the {_noun(draw)} {draw.choice(NEAR)} the {draw.choice(PLACE)}"


def part(draw: random.Random) -> str:
    """What somebody has."""
    whose, what = draw.choice(PERSON), draw.choice(PART)
    return draw.choice((f"the {whose}'s {what}", f"the {what} of the {whose}"))


def dressed(draw: random.Random) -> str:
    """Somebody by a garment."""
    worn = f"the {draw.choice(SEEN)} {draw.choice(GARMENT)}"
    return f"the {draw.choice(PERSON)} {draw.choice(('wearing', 'in', 'with'))} {worn}"


def doing(draw: random.Random) -> str:
    """Somebody by a deed."""
    tie = draw.choice(("", " who is", " that's", " who's", " that is"))
    return f"the {draw.choice(PERSON)}{tie} {draw.choice(DOING)}"


def many(draw: random.Random) -> str:
    """Several things."""
    where = draw.choice(("", "", " in the background", " in the foreground", " in the distance"))
    return f"the {draw.choice(MANY)}{where}"


def _told(draw: random.Random) -> str:
    told = draw.choice((draw.choice(ADJECTIVE), draw.choice(MOST)))
    return f"the {told} {draw.choice(THING)}"


def _at_side(draw: random.Random) -> str:
    return f"the {_noun(draw)} on the {draw.choice(('left', 'right'))}"


def _having(draw: random.Random) -> str:
    return f"the {_noun(draw)} with the {draw.choice(HAS)}"


def free(draw: random.Random) -> str:
    """A description that only the form of its command bounds."""
    return draw.choice(FREE).replace(";", ",")


SIMPLE = (plain_thing, coloured, side_thing, part, near, counted)
TARGETS = (
    plain_thing, plain_thing, many, many, coloured, counted, side_thing, near, near, part, part,
    dressed, doing, _told, _told, _at_side, _having, _having,
)  # fmt: skip


def target(draw: random.Random) -> str:
    """Words for one target of any form."""
    return draw.choice(TARGETS)(draw)
