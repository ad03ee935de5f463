"""Which editor makes a semantic edit: the editors there are, and the choice among them.

Editors are built lazily by name; asking for the list loads no weights. It does not edit anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from orchestrator.plan import Step
from tools.editing import Editor, Wish, reader_of, suits
from tools.errors import EditorUnavailable
from tools.grounding import Reader
from tools.operation import Rgb
from tools.understanding import Understands, understands_of

NO_EDITOR = "it needs an image-editing model, and none is on this machine"
REMEDY = (
    "smartedit models import smartedit-7b --checkpoint SMARTEDIT_DIR --llava LLAVA_DIR --sd SD_DIR"
)


Sense = TypeVar("Sense")


@dataclass(frozen=True)
class Refusal:
    """Why no editor can make an edit, and the command that would change that."""

    reason: str
    remedy: str = ""


def wish_of(step: Step) -> Wish:
    """What a step asks for, typed, for editors that do not read its words."""
    return Wish(step.op, step.params, step.target)


@dataclass
class EditorShelf:
    """Editors by name, best first; each is built once, when first asked for.

    Attributes:
        factories: name -> how to build it. The order is the order of preference.
        open_ended: builds an editor for names that are patterns rather than entries
            (``diffusers:…``, a folder of weights); returns None for a name it does not know.
        painters: names of editors that have no sense of pictures or words for others to use
            (``reader``, ``understands``), so that none is built to be asked for one.
    """

    factories: Mapping[str, Callable[[], Editor]] = field(default_factory=dict)
    open_ended: Callable[[str], Editor | None] = field(default=lambda _name: None)
    painters: Collection[str] = ()
    _built: dict[str, Editor] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """The registered names, best first."""
        return tuple(self.factories)

    def get(self, name: str) -> Editor:
        """The editor of that name.

        Raises:
            EditorUnavailable: there is none; the message lists the choices.
        """
        if name not in self._built:
            editor = self.factories[name]() if name in self.factories else self.open_ended(name)
            if editor is None:
                known = ", ".join((*self.names(), "diffusers:NAME", "a folder of weights"))
                raise EditorUnavailable(f"there is no model {name!r}; the models are: {known}")
            self._built[name] = editor
        return self._built[name]

    def reader(self, image: Rgb, *, model: str, force: bool) -> Reader | None:
        """What reads whole phrases in this kind of picture, if a model here does.

        Args:
            image: HWC uint8 RGB, to judge the domain.
            model: ``auto`` or the one the user insists on.
            force: use it outside its domain all the same.
        """
        return self._first(reader_of, image, model, force)

    def understands(self, image: Rgb, *, model: str, force: bool) -> Understands | None:
        """What tells what an instruction asks for in this kind of picture, if a model here does.

        Args:
            image: HWC uint8 RGB, to judge the domain.
            model: ``auto`` or the one the user insists on.
            force: use it outside its domain all the same.
        """
        return self._first(understands_of, image, model, force)

    def _first(
        self, sense: Callable[[Editor], Sense | None], image: Rgb, model: str, force: bool
    ) -> Sense | None:
        """A sense of the first editor that has it, is here and knows this kind of picture."""
        for name in self.names() if model == "auto" else (model,):
            if name in self.painters:
                continue
            editor = self.get(name)
            found = sense(editor) if editor.availability().ready else None
            if found is not None and (force or editor.domain(image).inside):
                return found
        return None

    def choose(
        self,
        op: str,
        image: Rgb,
        *,
        model: str,
        force: bool,
        without: Collection[str] = (),
        wish: Wish | None = None,
    ) -> Editor | Refusal:
        """The best editor that is present, can do the op and knows this kind of picture.

        Args:
            op: the plan's op.
            image: HWC uint8 RGB, to judge the domain.
            model: ``auto`` or the one the user insists on.
            force: use it outside its domain all the same.
            without: names that ``auto`` passes over, since they have failed already.
            wish: the step, typed, for editors that make only some wishes.
        """
        candidates: tuple[str, ...] = (model,)
        if model == "auto":
            candidates = tuple(name for name in self.names() if name not in without)
        refusals: list[Refusal] = []
        nearly: list[str] = []
        for name in candidates:
            try:
                editor = self.get(name)
            except EditorUnavailable as error:
                return Refusal(str(error), error.remedy)
            present = editor.availability()
            if not present.ready:
                refusals.append(Refusal(present.reason, present.remedy))
                continue
            if not editor.supports(op):
                refusals.append(Refusal(f"{editor.name} was not made for {op!r}"))
                continue
            verdict = suits(editor, wish, image)
            if verdict.inside or force:
                return editor
            if editor.domain(image).inside:  # the picture is right: what it cannot do is the wish
                nearly.append(verdict.reason)
            refusals.append(
                Refusal(f"{verdict.reason} (force it with --force)", f"--model {name} --force")
            )
        if model == "auto":
            return Refusal("; ".join([NO_EDITOR, *nearly]), REMEDY)
        return refusals[-1]
