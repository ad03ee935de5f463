"""What a person can ask of a conversation: an edit, or one of the commands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A wish for the planner, in the person's own words."""

    text: str


@dataclass(frozen=True)
class Undo:
    """Take back steps, or the whole last turn.

    Attributes:
        steps: how many, where ``turn`` is False.
        turn: everything the last instruction did.
    """

    steps: int = 1
    turn: bool = False


@dataclass(frozen=True)
class Redo:
    """Bring undone steps back."""

    steps: int = 1


@dataclass(frozen=True)
class GoBack:
    """Make an earlier state the current one; exactly one field is set.

    Attributes:
        before: words of a step ("the rain"): the state just before it.
        to: words of a step or a state ("the cyberpunk version").
        revision: an id or the name of a branch.
        step: number of a step as the history lists it; 0 is the original.
    """

    before: str = ""
    to: str = ""
    revision: str = ""
    step: int | None = None


@dataclass(frozen=True)
class Again:
    """A step before once more, stronger or weaker.

    Attributes:
        words: that name it ("rain"); empty = the last step.
        factor: what its strength is multiplied by.
    """

    words: str
    factor: float


@dataclass(frozen=True)
class Complain:
    """Does not like what was done, and does not say what should be otherwise."""


@dataclass(frozen=True)
class Rewrite:
    """What was written on the picture, written another way.

    Attributes:
        text: what to write instead; empty = the same.
        place: where to; empty = where it is.
        colour: which; empty = as it is.
        larger: what the letters' size is multiplied by.
        gone: without it.
    """

    text: str = ""
    place: str = ""
    colour: str = ""
    larger: float = 1.0
    gone: bool = False


@dataclass(frozen=True)
class Reframe:
    """The border around the picture, another way.

    Attributes:
        wider: what its width is multiplied by.
        colour: which; empty = as it is.
        gone: without it.
        side: the only side that is meant; empty = all of it.
    """

    wider: float = 1.0
    colour: str = ""
    gone: bool = False
    side: str = ""


@dataclass(frozen=True)
class History:
    """List what was done."""


@dataclass(frozen=True)
class ShowPlan:
    """Show the plan."""


@dataclass(frozen=True)
class Compare:
    """Show the picture beside the original."""


@dataclass(frozen=True)
class SaveAs:
    """Write the picture to a file; an empty path means the usual place.

    Attributes:
        path: of the file; empty = the usual one.
        kind: the format, as a suffix (".jpg"), where only that was said; empty = the path's own.
    """

    path: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Branch:
    """Go on from here on a line of its own.

    Attributes:
        name: given by the person, or None.
        retry: do the last turn once more, another way ("try that another way").
    """

    name: str | None = None
    retry: bool = False


@dataclass(frozen=True)
class StartOver:
    """Back to the original picture."""


@dataclass(frozen=True)
class Approve:
    """Run the plan that waits."""


@dataclass(frozen=True)
class Cancel:
    """Drop the plan that waits, or stop the run."""


@dataclass(frozen=True)
class Help:
    """Say what can be said."""


@dataclass(frozen=True)
class Quit:
    """End the conversation."""


@dataclass(frozen=True)
class Resume:
    """Go on with an interrupted run."""


@dataclass(frozen=True)
class Masks:
    """Show what the last step's mask was."""


@dataclass(frozen=True)
class Show:
    """Show the picture as it is now."""


@dataclass(frozen=True)
class Teach:
    """Remember what a word means."""

    word: str
    meaning: str


@dataclass(frozen=True)
class Forget:
    """Forget a taught word."""

    word: str


@dataclass(frozen=True)
class Glossary:
    """List the taught words."""


@dataclass(frozen=True)
class OtherWay:
    """The step before, turned, mirrored or moved the other way."""


@dataclass(frozen=True)
class Meant:
    """The last turn was meant of another thing, or to give another colour.

    Attributes:
        words: for the thing ("the left one"), or the colour.
        colour: whether they are a colour.
    """

    words: str
    colour: bool = False


@dataclass(frozen=True)
class Rather:
    """Another wish in place of the last turn's ("no, cooler").

    Attributes:
        text: the wish.
    """

    text: str


@dataclass(frozen=True)
class Repeat:
    """What was done last, once more on top of it."""


@dataclass(frozen=True)
class Greet:
    """Says hello and asks for nothing."""


@dataclass(frozen=True)
class Thank:
    """Gives thanks or praise and asks for nothing."""


@dataclass(frozen=True)
class Judge:
    """Wants to know whether the picture is good as it is: a matter of taste."""


@dataclass(frozen=True)
class Ask:
    """Wants to know something, and nothing changed.

    Attributes:
        done: about what was done ("did you blur it?"); else about the picture.
    """

    done: bool = False


Command = (
    Undo | Redo | GoBack | Again | History | ShowPlan | Compare | SaveAs | Branch | StartOver
    | Approve | Cancel | Help | Quit | Resume | Masks | Show | Teach | Forget | Glossary
    | Ask | Rewrite | Complain | OtherWay | Repeat | Meant | Greet | Thank | Judge | Rather
    | Reframe
)  # fmt: skip
