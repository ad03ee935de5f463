"""The main subject, the foreground (the same) and the background (all the rest)."""

from __future__ import annotations

import numpy as np

from tools.ground_people import PERSON
from tools.grounding import Region, Scene
from tools.subject import find_subject
from tools.target import Target
from tools.wording import noun, words

SUBJECT = frozenset({"subject", "foreground", "main object", "main thing", "main subject"})
BACKGROUND = frozenset({"background", "backdrop", "surroundings", "surrounding"})
MAIN = frozenset({"object", "thing", "item", "figure", "one"})


class SubjectGrounder:
    """What the picture is about, and what is behind it."""

    name = "subject"

    def claims(self, target: Target) -> bool:
        """The subject by these names, "the main object", or the background."""
        head = noun(target)
        if head in SUBJECT | BACKGROUND:
            return True
        return head in MAIN and "main" in (*words(target.phrase), *target.attributes)

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """The subject as one region, or its complement; empty where nothing stands out."""
        if noun(target) in BACKGROUND and _but_people(scene, target):
            whole = np.ones(scene.image.shape[:2], dtype=np.bool_)
            return [Region(whole, 1.0, "picture", "everything", whole.astype(np.float32))]
        found = find_subject(scene)
        if not found or noun(target) not in BACKGROUND:
            return found
        subject = found[0]
        soft = None
        if subject.soft is not None:
            soft = (1 - subject.soft).astype(np.float32)
        label = f"everything but {subject.label}"
        return [Region(~subject.mask, subject.confidence, subject.source, label, soft)]


def _but_people(scene: Scene, target: Target) -> bool:
    """Whether people are named who stand before the background: all the rest is behind them.

    Only where something here finds people; by their faces those who turn away are missed, whom
    what the picture is about still holds.
    """
    return bool(scene.detectors) and target.exclude is not None and noun(target.exclude) in PERSON
