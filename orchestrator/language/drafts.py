"""What is built while an instruction is read: drafts of steps, promises, what was spoken of.

Mutable working state of one call, turned into an immutable plan by ``assemble``. Knows no grammar;
what a phrase refers back to is worked out in ``references``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from orchestrator.language.units import Unit
from orchestrator.ops import Op
from orchestrator.plan import Constraint, EditPlan
from tools.target import IMAGE, Target


@dataclass(frozen=True)
class Ref:
    """A resolved target.

    Attributes:
        target: what the step acts on.
        words: how a sentence names it ("the left dog").
        source: the draft that makes it, where an earlier step does.
        number: one or many.
        made: it is what a step put in another thing's place.
    """

    target: Target
    words: str
    source: Draft | None = None
    number: Literal["one", "many"] = "one"
    made: bool = False

    @property
    def is_image(self) -> bool:
        """Whether it is the whole picture."""
        return self.target.is_whole_image and self.target.exclude is None


WHOLE = Ref(IMAGE, "the picture")
UNSAID = "it does not say what to make of it"
"""Told of a thing that is named where nothing is said of it."""
MARKED = Ref(Target(phrase="this", category=""), "this")
"""What the person marked."""


@dataclass(eq=False)
class Draft:
    """A step being built; attributes as in ``orchestrator.plan.Step``.

    Attributes:
        units: indices of the units it stands for, some of them together with others of its clause.
        own: those that are its alone ("grain" of "add rain and grain").
        needs: drafts that must be done first.
        behind: drafts that the person wants done first, though nothing here builds on them.
        makes: head noun of the new thing, for later "it" and "the hat".
        words: how a sentence names its target.
        order: place in the instruction.
        fixed: instruction text where the op's usual wording does not fit.
        manner: how strongly, where only an editing model can be told so ("slightly").
        exclude: what is left out of the target.
        spare: more that is left out.
        executor: who must do it.
        loosely: it is what a mood or a complaint was read as, which anything said expressly of the
            same thing and property overrides.
        ruled: its colour was named nowhere before, so that a rule chose it.
    """

    op: Op
    ref: Ref
    params: dict[str, Any] = field(default_factory=dict)
    units: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    needs: list[Draft] = field(default_factory=list)
    behind: list[Draft] = field(default_factory=list)
    makes: str = ""
    order: int = 0
    fixed: str = ""
    manner: str = ""
    exclude: Target | None = None
    spare: tuple[Target, ...] = ()
    executor: str = "auto"
    loosely: bool = False
    ruled: bool = False

    @property
    def scope(self) -> Literal["local", "global"]:
        """Global where it acts on the whole picture."""
        if self.op == "add" or self.op == "text":
            return "local"
        return "global" if self.ref.is_image else "local"


@dataclass(frozen=True)
class Mention:
    """Things that were spoken of together.

    Attributes:
        refs: the things.
        alive: they are still there.
        recent: this instruction speaks of them.
        along: they only came with a look of the picture ("a noir look with a red lamp").
    """

    refs: tuple[Ref, ...]
    alive: bool = True
    recent: bool = True
    along: bool = False


@dataclass
class Reading:
    """State of reading one instruction."""

    drafts: list[Draft] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    claims: dict[int, str] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)
    previous: EditPlan | None = None
    looks: frozenset[str] = frozenset()
    daytime: bool = False
    verb: Any = None
    subject: tuple[Ref, ...] = ()
    complains: bool = False
    told: list[Draft] = field(default_factory=list)
    text: str = ""
    colours: list[str] = field(default_factory=list)
    front: tuple[Ref, str] | None = None
    instead: tuple[Ref, ...] = ()
    marked: bool = False
    plain: bool = False
    spoken: set[int] = field(default_factory=set)
    weighed: bool = False
    latest: list[Draft] = field(default_factory=list)
    taken_back: list[set[int]] = field(default_factory=list)
    uncoloured: tuple[Ref, ...] = ()

    def note(self, text: str) -> None:
        """Tell the person something, once."""
        line = " ".join(text.split())
        if line not in self.notes:
            self.notes.append(line)

    def add(self, draft: Draft) -> Draft:
        """Take a draft up and remember what it speaks of."""
        draft.order = len(self.drafts)
        if draft.ref.source is not None and draft.ref.source not in draft.needs:
            draft.needs.append(draft.ref.source)
        self.drafts.append(draft)
        return draft

    def mention(
        self, refs: Iterable[Ref], *, alive: bool = True, recent: bool = True, along: bool = False
    ) -> None:
        """Remember things for later pronouns."""
        listed = tuple(refs)
        if listed:
            self.mentions.append(Mention(listed, alive, recent, along))


def indices(units: Iterable[Unit]) -> set[int]:
    """Places of units in the instruction."""
    return {unit.index for unit in units}
