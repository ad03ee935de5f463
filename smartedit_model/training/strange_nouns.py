"""Nouns for things that no drawing of the world shows and no wording speaks of.

A learner that only meets names it knows takes every other noun for one of them; these teach it
that what it has no name for is seldom there.
"""

from __future__ import annotations

from functools import cache

from smartedit_model.drawings.naming import kinds_of, taught_words

_NOUNS = """
accordion acorn airship albatross alligator ambulance anchor ant antelope anvil aquarium armadillo
armour arrow ashtray asparagus avocado axolotl badger bagpipe ballerina bamboo banjo barn
barometer barrel basin bassoon bat bathtub beaver beehive beetle bellows belt billboard binoculars
bison blackboard blender boar bobsled boomerang bracelet bracket bridge brooch buffalo bulldozer
burrito cabbage cabin caboose calculator camel camper cannon canoe canyon caravan carousel castle
cathedral catapult caterpillar cauliflower cello centipede chainsaw chameleon chandelier cheetah
chimney chimpanzee chisel clarinet cobra cockroach coconut coffin comb compass computer concertina
coral corkscrew cottage crab cradle crane crayon cricket crocodile crossbow crowbar cucumber
cutlery cymbal dagger dam deckchair deer dentist diamond dice dinosaur dishwasher dolphin donkey
doughnut dragon dragonfly dumpling dustbin eagle easel eel eggplant emerald emu escalator
excavator fax feather fence fern ferret fiddle firefly fireplace flag flamingo flashlight flute
forklift fountain foxglove freezer fridge garlic gazebo gazelle generator ghost giraffe glacier
glove goat goldfish gondola goose gorilla grape grapefruit grasshopper grenade guillotine gun gull
hairdryer hammock hamster handbag handcuffs harbour harp harpoon harmonica hedgehog helicopter
helmet heron hippopotamus hoe holly hovercraft hyena iceberg igloo iguana insect iron jackal
jaguar jar jellyfish jetski jukebox kangaroo kayak kettle kiwi knight knife koala ladle lantern
lawnmower leek lemon leopard letterbox lighthouse lime lion lizard llama lobster locomotive magnet
magpie mammoth mango mattress meerkat melon menhir mermaid meteor microphone microscope microwave
mill minaret missile mole monkey monument moose mop mosque mosquito moth motorway mousetrap mule
nail necklace needle nest newspaper notebook nun nutcracker oar oboe obelisk octopus olive onion
orangutan orchid ostrich otter oven ox oyster pagoda paintbrush palace pancake panda panther
papaya parachute parrot peach peacock peanut pebble pelican pencil periscope pheasant photocopier
pickaxe pillar pineapple pipe piranha pistol pitchfork planet platypus plough plum polecat
pomegranate poodle porcupine possum potato printer propeller puffin pumpkin puppet pyramid quail
quiver raccoon radar radiator radio raft rake raspberry raven razor refrigerator reindeer
rhinoceros rifle robot rollercoaster rooster rudder rug saddle safe sailor salamander salmon
sandcastle saxophone scaffold scales scarecrow scooter scorpion screw screwdriver sculpture
seahorse seal seesaw shark shield ship shovel shrimp sickle skateboard skeleton skis skull skunk
skyscraper sledge sloth snake snorkel soldier spaceship spatula spear spider spinach sponge spoon
squid squirrel stapler starfish statue steamroller stethoscope stork stove sundial surfboard swan
swing sword syringe tank tapir telescope television tent thermometer thimble tiger toad toaster
toilet tomato toothbrush torch totem tower trampoline trapdoor treadmill treasure tripod trolley
trombone tuba turkey turnip turnstile typewriter unicorn vacuum vampire viper volcano vulture
waffle waggon walnut walrus wardrobe warship washbasin wasp waterfall weasel weathercock whale
wheelbarrow whisk whistle windmill wizard wolf woodpecker worm yacht yak zebra zeppelin zither
"""


@cache
def strange_nouns() -> tuple[str, ...]:
    """Every noun of them that names no kind and stands in no wording, in a fixed order."""
    known = taught_words()
    return tuple(
        noun
        for noun in sorted(set(_NOUNS.split()))
        if noun not in known and f"{noun}s" not in known and not kinds_of(noun)
    )
