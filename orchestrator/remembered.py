"""Where a thing is that a step before made what it is now called.

"The blue plate", made blue a turn ago, is where that turn painted; its new paint may be too pale to
be called blue by anyone who only looks, and other things may be bluer. A sky that was drawn is
where it was drawn: of dark clouds few would say that they are one. Reads the history; finds nothing
in pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.language.called_since import called_by
from orchestrator.plan import Step
from orchestrator.regions import BEHIND, Pin
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.operation import SoftMask
from tools.target import Target
from tools.taught import taught_word
from tools.wording import noun

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from memory.store import SessionStore
    from orchestrator.workspace import Workspace

IN_PLACE = frozenset(
    {"recolor", "adjust", "blur", "sharpen", "grade", "relight", "weather", "text"}
)
"""Ops that leave every thing where it is, in its outline."""
LOOKS = frozenset({"recolor", "adjust", "grade"})
"""Ops after which a thing may no longer look as it was described."""
OF_LIGHT = frozenset({"recolor", "adjust", "grade", "relight", "weather"})
"""Ops after which a sky may look like none, and is where it was."""
SKY_TOOLS = frozenset({"tool:sky", "tool:sky_colour"})
"""Executors that paint a whole sky."""
IN_SKY = frozenset({"tool:sky_thing"})
"""Executors that put something into a sky and leave it one."""
FOUND, DRAWN = "sky", "the step that drew this sky"
"""Sources of a mask that is the whole sky."""


def where_sky_was_drawn(step: Step, head: str, store: SessionStore, space: Workspace) -> Pin | None:
    """The sky that an earlier step painted, where it still stands there.

    Args:
        step: what is to be done.
        head: the revision that is shown.
        store: of the session.
        space: gives the masks.

    Returns:
        None where the step is about no sky, or about a part of one; where no such step is on the
        line, or one since then changed what stands before it.
    """
    if not _is_a_sky(step.target):
        return None

    def drew(made: RevisionInfo) -> bool:
        whole = made.report.get("mask_source") in (FOUND, DRAWN)
        return whole and made.report.get("executor") in SKY_TOOLS

    mask = _untouched(drew, head, store, space, beside=IN_SKY)
    return None if mask is None else Pin(np.asarray(mask > 0.5), mask, DRAWN)


def where_sky_was_seen(step: Step, head: str, store: SessionStore, space: Workspace) -> Pin | None:
    """The sky as it was found before light and colours changed, for where it is found no more.

    Args:
        step: what is to be done.
        head: the revision that is shown.
        store: of the session.
        space: gives the pictures.

    Returns:
        None where the step is about no sky, or about a part of one; where no earlier picture in
        which all stood where it stands shows one.
    """
    if not _is_a_sky(step.target):
        return None
    here = store.revision(head)
    shown = space.scene(here.image_id).image.shape
    while here.parent_id is not None and here.step and here.step["op"] in OF_LIGHT:
        here = store.revision(here.parent_id)
        scene = space.scene(here.image_id)
        if scene.image.shape != shown:
            return None
        try:
            found = ground(scene, step.target)
        except GroundingFailed:
            continue
        return Pin(found.mask, found.soft, "the picture before its light was changed")
    return None


def _is_a_sky(target: Target) -> bool:
    part = target.relation or target.exclude or target.ordinal
    return noun(target) in BEHIND and not part


def where_recoloured(step: Step, head: str, store: SessionStore, space: Workspace) -> Pin | None:
    """What the step before that gave a thing its colour painted, where that still stands there.

    Args:
        step: what is to be done.
        head: the revision that is shown.
        store: of the session.
        space: gives the masks.

    Returns:
        None where no such step is on the line, or one since then changed things there.
    """

    def painted(revision: RevisionInfo) -> bool:
        made = Step.model_validate(revision.step)
        return called_by(step.target, made.target, made.op, made.params)

    mask = _untouched(painted, head, store, space)
    source = "the step that gave it this colour"
    return None if mask is None else Pin(np.asarray(mask > 0.5), mask, source)


def where_taught_was_found(
    step: Step, head: str, store: SessionStore, space: Workspace
) -> Pin | None:
    """Where a step before found what a taught word means, where that still stands there.

    "The orange suit" that was taught is no longer orange once it was made green, and no longer
    looks like its example; the word still means it.

    Args:
        step: what is to be done.
        head: the revision that is shown.
        store: of the session.
        space: gives the masks.

    Returns:
        None where the step is about no such word by itself, where none of these steps changed its
        looks, where the word was taught anew since, or a later step changed things there.
    """
    target = step.target
    if target.relation or target.exclude or target.ordinal or target.superlative:
        return None
    taught = {word.word: word for word in store.glossary(store.revision(head).session_id)}
    word = taught_word(target, taught)
    if word is None:
        return None

    def found(revision: RevisionInfo) -> bool:
        made = Step.model_validate(revision.step)
        return (
            made.op in LOOKS
            and made.target == target
            and revision.created_at > taught[word].created_at
        )

    mask = _untouched(found, head, store, space)
    source = f"the step that found the {word} before"
    return None if mask is None else Pin(np.asarray(mask > 0.5), mask, source)


def where_known(step: Step, head: str, store: SessionStore, space: Workspace) -> Pin | None:
    """Where a step's target is known to be from what was done before; None where it is sought."""
    line = head, store, space
    return (
        where_recoloured(step, *line)
        or where_taught_was_found(step, *line)
        or where_sky_was_drawn(step, *line)
    )


def _untouched(
    sought: Callable[[RevisionInfo], bool],
    head: str,
    store: SessionStore,
    space: Workspace,
    beside: AbstractSet[str] = frozenset(),
) -> SoftMask | None:
    """Where the last step of a kind acted; None where a later one changed what stands there.

    Args:
        sought: whether a revision was made by a step of the kind.
        head: the revision that is shown.
        store: of the session.
        space: gives the masks.
        beside: executors that change nothing of what is asked about.
    """
    here, since = store.revision(head), list[str | None]()
    while here.parent_id is not None and here.step:
        if sought(here):
            mask = space.mask(here.mask_id)
            touched = mask is None or any(_touched(other, mask, space) for other in since)
            return None if touched else mask
        if here.step["op"] not in IN_PLACE and here.report.get("executor") not in beside:
            since.append(here.mask_id)
        here = store.revision(here.parent_id)
    return None


def _touched(mask_id: str | None, mask: np.ndarray, space: Workspace) -> bool:
    """Whether a later step may have changed what stands in a place."""
    other = None if mask_id is None else space.mask(mask_id)
    return other is None or other.shape != mask.shape or bool(((other > 0) & (mask > 0.5)).any())
