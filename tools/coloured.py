"""Which regions have the colours that a phrase calls them by. Measures pixels; finds nothing."""

from __future__ import annotations

from tools.colour_names import colours_named, is_colour, names_colour
from tools.grounding import Region, Scene

COLOURED = 0.2
"""Share of a thing's pixels that have a colour it is called by; windows, wheels, shade do not."""
AS_WELL = 0.4
"""A thing that has this much less of a colour than another is not the one called by it."""


def colours_in(said: str) -> tuple[str, ...]:
    """The colours that an attribute names."""
    return colours_named(said) or ((said,) if names_colour(said) else ())


def of_colours(scene: Scene, regions: list[Region], colours: list[str]) -> list[Region]:
    """Those that have all of some colours."""
    shares = [
        min(is_colour(scene.image[region.mask], colour).share for colour in colours)
        for region in regions
    ]
    least = max(COLOURED, AS_WELL * max(shares, default=0.0))
    return [one for one, share in zip(regions, shares, strict=True) if share >= least]
