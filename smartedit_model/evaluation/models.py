"""From a model's name to something that can be evaluated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.subjects import (
    CopySubject,
    EditorSubject,
    PipelineSubject,
    Subject,
)
from smartedit_model.options import chosen_options
from smartedit_model.registry import model_folder
from tools.editing import Editor


def subject_of(
    name: str, models: Path, editor_of: Callable[[str], Editor], options: dict[str, Any]
) -> Subject:
    """What a model's name means.

    Args:
        name: `copy`, a SmartEdit folder or name, or anything `editor_of` knows.
        models: folder of imported weights.
        editor_of: builds an editor of another name; raises EditorUnavailable.
        options: for the model's runs, as `steps`; see `parse_options`.
    """
    if name == "copy":
        return CopySubject()
    folder = model_folder(name, models)
    if (folder / "model_index.json").is_file() and not name.startswith("diffusers:"):
        return PipelineSubject(name, folder, options=_for_pipeline(_own(folder) | options))
    return EditorSubject(editor_of(name), options)


_PIPELINE_NAMES = {
    "steps": "num_inference_steps",
    "guidance_text": "guidance_scale",
    "guidance_image": "image_guidance_scale",
}
_GUIDANCE_NAMES = {
    "guidance_text": "text",
    "guidance_image": "image",
    "guidance_interval": "interval",
    "reuse_every": "reuse_every",
    "keep_every": "keep_every",
}
_SAVINGS = ("guidance_interval", "reuse_every", "keep_every")
_TAKEN = ("sampler", "decode", *_PIPELINE_NAMES, *_SAVINGS)


def _own(folder: Path) -> dict[str, Any]:
    """What a model's folder says that it runs best with, of what its pipeline is told."""
    from smartedit_model.editor import DEFAULTS
    from smartedit_model.options import folder_defaults

    told = folder_defaults(folder, DEFAULTS)
    return {key: told[key] for key in told if key in _TAKEN and told[key] != DEFAULTS[key]}


def _for_pipeline(options: dict[str, Any]) -> dict[str, Any]:
    """An editor's options by the names that the pipeline has for them."""
    for key in options:
        if key not in _TAKEN:
            raise EvaluationSetupError(
                f"no option is called {key!r}; choose of: {', '.join(_TAKEN)}"
            )
    checked = chosen_options(options, dict.fromkeys(_TAKEN))
    checked = {key: value for key, value in checked.items() if value is not None}
    if not checked.keys() & set(_SAVINGS):
        return {_PIPELINE_NAMES.get(key, key): value for key, value in checked.items()}
    from smartedit_model.guidance import Guidance

    strengths = {_GUIDANCE_NAMES[k]: checked.pop(k) for k in _GUIDANCE_NAMES if k in checked}
    named = {_PIPELINE_NAMES.get(key, key): value for key, value in checked.items()}
    return {**named, "guidance": Guidance(**strengths)}


def parse_options(pairs: list[str]) -> dict[str, Any]:
    """`NAME=VALUE` pairs; values are read as JSON, or else as words.

    Raises:
        EvaluationSetupError: a pair has no `=`.
    """
    import json

    found: dict[str, Any] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name:
            raise EvaluationSetupError(f"{pair!r} is not NAME=VALUE, as steps=20")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found
