"""Scripts: named stages in YAML, to be carried out over many pictures. Parsing and naming only.

    version: 1
    name: rainy-night
    input: photos/*.jpg
    output: out/{stem}{suffix}
    stages:
      - name: clean
        instruction: straighten it and crop to 4:5
      - name: night
        instruction: make it night, add rain
        save: true
      - name: film
        plan: {instruction: "…", steps: […]}

Carrying them out is ``orchestrator.batch``'s.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestrator.errors import BadScript
from orchestrator.plan import EditPlan
from tools.misfit import misfit

PLACEHOLDERS = ("stem", "suffix", "stage", "name")


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Closed):
    """One named stage: words, or a plan made beforehand.

    Attributes:
        name: unique in the script; ``{stage}`` in file names.
        instruction: what the picture should become.
        plan: run this instead of planning.
        save: write the picture as it is after this stage too.
        required: where False, a stage that fails does not keep the later ones from running.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,60}$")
    instruction: str = Field(default="", max_length=20_000)
    plan: EditPlan | None = None
    save: bool = False
    required: bool = True

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if bool(self.instruction.strip()) == (self.plan is not None):
            raise ValueError(f"stage {self.name!r} needs either an instruction or a plan")
        return self


class Script(_Closed):
    """A whole script.

    Attributes:
        version: of this format.
        name: of the transformation; part of the sessions' ids.
        input: glob of pictures, relative to the script; ``--input`` takes its place.
        output: file name of a result, relative to the current folder; with ``{stem}``,
            ``{suffix}``, ``{name}`` and, for stages that are saved, ``{stage}``.
        seed: for every picture.
        model: editor for semantic steps.
        planner: ``rules``, ``provider:model``, or ``auto``: what ``SMARTEDIT_PLANNER`` says.
        segmenter: what turns boxes into masks, as ``RunSettings.segmenter``.
        detector: what finds things by any words, as ``RunSettings.detector``.
        stages: in order.
    """

    version: Literal[1] = 1
    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,30}$")
    input: str = ""
    output: str = "{name}/{stem}{suffix}"
    seed: int = Field(default=0, ge=0)
    model: str = "auto"
    planner: str = Field(default="auto", max_length=200)
    segmenter: str = Field(default="auto", max_length=1000)
    detector: str = Field(default="auto", max_length=1000)
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=32)

    @model_validator(mode="after")
    def _names_are_sound(self) -> Self:
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise ValueError("two stages have the same name")
        try:
            self.output.format(**dict.fromkeys(PLACEHOLDERS, "x"))
        except (KeyError, IndexError, ValueError) as error:
            known = ", ".join("{" + name + "}" for name in PLACEHOLDERS)
            raise ValueError(f"output {self.output!r}: {error}; it may hold {known}") from error
        if "{stem}" not in self.output:
            raise ValueError("output needs {stem}, or all results would have one name")
        return self

    def digest(self) -> str:
        """Names what the script does, whatever its input and output."""
        essence = self.model_dump(mode="json", exclude={"input", "output"})
        for name in ("planner", "segmenter", "detector"):
            if essence[name] == "auto":  # pictures done before there was a choice stay done
                del essence[name]
        return hashlib.sha256(json.dumps(essence, sort_keys=True).encode()).hexdigest()[:8]

    def output_for(self, picture: Path, stage: str | None = None) -> Path:
        """Where a picture's result goes; with a stage, that of the stage."""
        filled = Path(
            self.output.format(
                stem=picture.stem, suffix=picture.suffix, stage=stage or "", name=self.name
            )
        )
        if stage is None or "{stage}" in self.output:
            return filled
        return filled.with_name(f"{filled.stem}-{stage}{filled.suffix}")

    def session_for(self, content: bytes) -> str:
        """The session of a picture: the same picture and script give the same session."""
        return f"{self.name}-{self.digest()}-{hashlib.sha256(content).hexdigest()[:12]}"


def load_script(path: Path) -> Script:
    """Read a script.

    Raises:
        BadScript: it cannot be read, is no YAML, or does not fit; one line says where.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadScript(f"the script {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        first = str(error).replace("\n", " ")
        raise BadScript(f"the script {path} is no YAML: {first}") from error
    try:
        return Script.model_validate(values)
    except ValidationError as error:
        raise BadScript(f"the script {path} does not fit: {misfit(error, 'script')}") from error


def find_inputs(script: Script, script_path: Path, pattern: str | None) -> list[Path]:
    """The pictures a script runs over, sorted.

    Args:
        script: its own ``input`` is relative to ``script_path``.
        script_path: where the script is.
        pattern: a file, a folder or a glob that takes the place of the script's own.

    Raises:
        BadScript: nothing fits, or two pictures would be written to one file.
    """
    chosen = pattern or script.input
    if not chosen:
        raise BadScript("the script names no input; give --input with a folder or a glob")
    base = Path() if pattern else script_path.parent
    found = _expand(base, chosen)
    if not found:
        raise BadScript(f"no file fits {chosen!r}; give a folder, a file or a glob such as '*.jpg'")
    outputs: dict[Path, Path] = {}
    for picture in found:
        target = script.output_for(picture)
        if target in outputs:
            raise BadScript(
                f"{outputs[target]} and {picture} would both be written to {target}; "
                "rename one, or run them with different outputs"
            )
        outputs[target] = picture
        if target.resolve() == picture.resolve():
            raise BadScript(f"the result of {picture} would overwrite it; choose another output")
    return found


def _expand(base: Path, chosen: str) -> list[Path]:
    from tools.saving import SAVEABLE

    path = Path(chosen) if Path(chosen).is_absolute() else base / chosen
    if path.is_file():
        return [path]
    if path.is_dir():
        return sorted(item for item in path.iterdir() if item.suffix.lower() in SAVEABLE)
    root = Path(path.anchor) if path.is_absolute() else Path()
    parts = path.relative_to(root) if path.is_absolute() else path
    return sorted(item for item in root.glob(str(parts)) if item.is_file())
