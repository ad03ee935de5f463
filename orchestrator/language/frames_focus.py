"""Verb frames of blur and sharpness."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.frames_tone import refs_or_image
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import adjust, focus
from tools.target import Target

SMOOTHS = frozenset({
    "soften", "smooth", "smooth out", "even out", "even up", "smoothen", "smoothen out",
    "smooth over",
})  # fmt: skip
"""What makes a surface even rather than a picture blurred."""


def frame_blur(reader: ClauseReader, verb: Verb) -> bool:
    """Read "blur the background except the face"."""
    lit = any(u.norm in ("light", "lighting") for u in reader.left[:3])
    refs = refs_or_image(reader, "blur")
    reader.take_if("out", "up")
    if verb.base in ("pixelate", "pixellate") and all(ref.is_image for ref in refs):
        reader.draft("restyle", refs[0], style="pixel art")
        return True
    if verb.base in ("pixelate", "pixellate", "mosaic", "censor", "redact"):
        reader.reading.note(f"'{verb.base}' is done as a strong blur")
    for ref in refs:
        if verb.base in (
            "pixelate",
            "pixellate",
            "mosaic",
            "censor",
            "redact",
            "anonymize",
            "anonymise",
            "obscure",
        ):
            reader.draft("blur", ref, kind="gaussian", strength=1.0)
        elif verb.base in ("soften", "smooth", "smooth out") and (
            (lit and ref.is_image)
            or any(c in ref.target.category for c in ("light", "shadow", "contrast"))
        ):
            adjust(
                reader,
                ref
                if "light" not in ref.target.category and "shadow" not in ref.target.category
                else WHOLE,
                "contrast",
                -1,
            )
        elif verb.base in SMOOTHS:
            reader.draft("blur", ref, kind="gaussian", strength=round(reader.amount.share(0.2), 3))
        else:
            focus(reader, ref, blur=True)
    reader.reading.mention(refs)
    return True


def frame_sharpen(reader: ClauseReader, verb: Verb) -> bool:
    """Read "sharpen the eyes"."""
    refs = refs_or_image(reader, "sharpen")
    reader.take_if("up")
    for ref in refs:
        focus(reader, ref, blur=False)
    reader.reading.mention(refs)
    return True


LIT = ("highlight", "spotlight")
"""Verbs that make the subject brighter, instead of all else blurrier."""


def frame_focus(reader: ClauseReader, verb: Verb) -> bool:
    """Read "focus on the dog", "isolate the subject": everything else is blurred."""
    reader.take_if("on", "upon")
    found = reader.phrase()
    if found is None:
        return False
    ref = reader.refs([found], "move")[0]
    if verb.base in LIT:
        adjust(reader, ref, "brightness", 1)
        return True
    rest = Target(phrase=f"everything except {ref.words}", quantity="all_but", exclude=ref.target)
    reader.draft("blur", Ref(rest, rest.phrase), kind="lens", strength=reader.amount.share(0.5))
    return True
