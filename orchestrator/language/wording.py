"""What a step says to an editing model, complete in itself, and what proves that it was done."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from orchestrator.language.articles import with_a, with_the
from orchestrator.language.drafts import Draft
from orchestrator.plan import Absent, Changed, Colour, Present, Success, Unchanged
from tools.target import Target

_PROPERTY_WORDS = {
    "brightness": ("brighter", "darker"), "exposure": ("more exposed", "less exposed"),
    "contrast": ("more contrasty", "less contrasty"),
    "saturation": ("more saturated", "less saturated"), "vibrance": ("more vibrant",
    "less vibrant"), "temperature": ("warmer", "cooler"),
    "tint": ("more magenta", "greener"), "hue": ("of a shifted hue", "of a shifted hue"),
    "highlights": ("brighter in the highlights", "darker in the highlights"),
    "shadows": ("brighter in the shadows", "darker in the shadows"),
    "gamma": ("brighter in the midtones", "darker in the midtones"),
    "clarity": ("clearer", "softer in local contrast"), "noise": ("grainier", "less noisy"),
}  # fmt: skip


def instruction_of(draft: Draft, exclude: Target | None) -> str:
    """The step in words ("Replace the left dog with a white fox")."""
    text = draft.fixed or sentence(draft.op, _short(draft.ref.words), draft.params)
    if draft.manner:
        text = f"{text}, {draft.manner}"
    if draft.spare:
        named = " and ".join(with_the(spared.phrase) for spared in draft.spare)
        text = f"{text}, and leave {named} unchanged"
    if exclude is not None and "except" not in text and not _said(exclude, draft.ref.words):
        text = f"{text}, but leave {with_the(exclude.phrase)} unchanged"
    return (text[0].upper() + text[1:])[:2000]


def _said(exclude: Target, words: str) -> bool:
    """Whether the words tell what is left out ("the cup that is not red", of the red cup)."""
    return {*exclude.phrase.lower().split()} - _ARTICLES <= {
        *words.lower().replace(",", "").split()
    }


_ARTICLES = frozenset({"the", "a", "an"})


def _short(words: str) -> str:
    return words if len(words) <= 900 else words[:900].rsplit(" ", 1)[0]


def sentence(op: str, t: str, params: dict[str, Any]) -> str:
    """What a step does, as an order without a capital.

    Args:
        op: of the step.
        t: its target in words, with an article.
        params: as its op's model has them.
    """
    if op == "replace":
        return f"replace {t} with {params['new']}"
    if op == "remove":
        return f"remove {t}"
    if op == "add":
        return f"add {params['what']} {params.get('where', '')}".strip()
    if op == "recolor":
        if params.get("flat"):
            return f"mark {t} in {params['colour']}"
        if params.get("shift"):
            return _shifted(t, params)
        return f"change the colour of {t} to {params['colour']}"
    if op == "resize":
        return _resized(t, params)
    if op == "move":
        return f"move {t} {_destination(params)}"
    if op == "restyle":
        if params["style"].split()[-1] in _PICTURES and _adjectival(params["style"]):
            return f"redraw {t} as {with_a(params['style'])}"
        return (
            f"make {t} look {params['style']}"
            if _adjectival(params["style"])
            else f"redraw {t} in the style: {params['style']}"
        )
    if op == "relight":
        return f"relight {t} as {params['to']}"
    if op == "weather":
        kind = "a storm" if params["kind"] == "storm" else params["kind"]
        return "clear the weather" if kind == "clear" else f"add {kind} to {t}"
    if op == "background":
        return f"replace {t} with {params['new']}"
    if op == "adjust":
        return _adjusted(t, params)
    if op == "blur":
        return f"blur {t}"
    if op == "sharpen":
        return f"sharpen {t}"
    if op == "text":
        return f'write "{params["text"]}" on the picture at the {params.get("place", "bottom")}'
    if op == "crop":
        if params.get("aspect"):
            return f"crop {t} to {_shape(float(params['aspect']))}"
        return (
            f"crop the picture to {t}"
            if "keep" not in params
            else f"crop {t} to {params['keep']:.0%} of each side"
        )
    if op == "rotate":
        if params.get("straighten"):
            return f"straighten {t}"
        degrees = params.get("degrees", 0.0)
        way = "counterclockwise" if degrees < 0 else "clockwise"
        return f"rotate {t} {abs(degrees):g} degrees {way}"
    if op == "flip":
        return f"flip {t} {params['axis']}ly"
    return f"give {t} a {params['look']} look"


def _shifted(t: str, params: dict[str, Any]) -> str:
    strength = float(params.get("strength", 1.0))
    how = "slightly " if strength <= 0.5 else "much " if strength >= 1.5 else ""
    more = "more" if params["shift"] == "towards" else "less"
    return f"make {t} {how}{more} {params['colour']}"


def _shape(aspect: float) -> str:
    """As photographers say it: "4:5", and "2.39:1" where no small numbers make it."""
    if aspect == 1:
        return "a square"
    small = Fraction(aspect).limit_denominator(10)
    if abs(float(small) / aspect - 1) < 0.002:
        return f"{small.numerator}:{small.denominator}"
    return f"{aspect:g}:1"


def _resized(t: str, params: dict[str, Any]) -> str:
    factor = params.get("factor")
    if factor is None:
        size = " x ".join(
            f"{params[k]} pixels {w}"
            for k, w in (("width", "wide"), ("height", "high"))
            if k in params
        )
        return f"resize {t} to {size}"
    if factor == 2:
        return f"make {t} twice as large"
    return f"make {t} {abs(factor - 1):.0%} {'larger' if factor > 1 else 'smaller'}"


def _destination(params: dict[str, Any]) -> str:
    direction = str(params.get("direction", "to"))
    if direction != "to":
        return {"left": "to the left", "right": "to the right"}.get(direction, direction)
    to = str(params.get("to", ""))
    return (
        to
        if to.split(" ", 1)[0]
        in (
            "on",
            "in",
            "next",
            "near",
            "behind",
            "under",
            "above",
            "below",
            "between",
            "at",
            "closer",
            "into",
            "onto",
            "beside",
            "left",
            "right",
            "over",
            "around",
            "inside",
            "by",
            "away",
        )
        else f"to {to}"
    )


_PICTURES = frozenset({
    "sketch", "painting", "drawing", "cartoon", "mosaic", "poster", "woodcut", "engraving",
    "etching", "illustration", "caricature",
})  # fmt: skip
"""What a picture is redrawn as; it does not "look" so."""


def _adjectival(style: str) -> bool:
    return not style.startswith(("a ", "an ", "the "))


def _adjusted(t: str, params: dict[str, Any]) -> str:
    amount = params["amount"]
    word = _PROPERTY_WORDS[params["property"]][0 if amount >= 0 else 1]
    how = "slightly " if abs(amount) <= 0.12 else "much " if abs(amount) >= 0.5 else ""
    if (
        how == "much "
        and word.startswith(("more ", "less ")) is False
        and not word.endswith("er")
        and " " in word
    ):
        how = ""
    return f"make {t} {how}{word}"


def success_of(draft: Draft, target: Target, exclude: Target | None) -> tuple[Success, ...]:
    """Checks beyond those every op has."""
    checks: list[Success] = []
    params = draft.params
    if draft.op == "replace":
        checks += [Absent(target=target), Present(phrase=params["new"], where=_where(target))]
    elif draft.op == "remove":
        checks.append(Absent(target=target))
    elif draft.op == "add":
        checks.append(Present(phrase=params["what"], where=params.get("where", "")))
    elif draft.op == "recolor":
        painted = not params.get("shift")
        checks.append(
            Colour(target=target, name=params["colour"]) if painted else Changed(target=target)
        )
    elif draft.op == "text" and "text" in draft.params:
        checks.append(Present(phrase=params["text"], where=params.get("place", "bottom")))
    elif draft.op == "background":
        checks.append(Present(phrase=params["new"], where="in the background"))
    elif draft.op not in ("crop", "flip", "rotate"):
        checks.append(Changed(target=target))
    if exclude is not None and draft.op != "crop":
        checks.append(Unchanged(target=exclude))
    checks += [Unchanged(target=spared) for spared in draft.spare]
    return tuple(checks)


def _where(target: Target) -> str:
    if target.relation is not None and target.relation.kind in (
        "on",
        "in",
        "under",
        "behind",
        "above",
        "below",
        "next_to",
        "near",
    ):
        return f"{target.relation.kind.replace('_', ' ')} {target.relation.anchor.phrase}"[:500]
    return ""
