"""The kinds of detector there are, and how each wants to be asked.

Importing this imports neither torch nor transformers. It loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tools.wording import words

Found = Iterable[tuple[list[float], float]]
"""Corners x0, y0, x1, y1 in pixels of the target size, and scores, [0, 1]."""


@dataclass(frozen=True)
class Asked:
    """A question to a detector.

    Attributes:
        picture: RGB, perhaps reduced.
        phrase: what to look for, without an article ("red cup").
        noun: the phrase's head.
        shape: (height, width) of the native picture, whose pixels the answer is in.
        threshold: [0, 1], score from which something counts as seen.
    """

    picture: Image.Image
    phrase: str
    noun: str
    shape: tuple[int, int]
    threshold: float


@dataclass(frozen=True)
class Kind:
    """A family of detectors.

    Attributes:
        model_type: as ``config.json`` names it.
        model: transformers' class of the model.
        processor: transformers' class of its processor.
        threshold: the score that transformers takes when none is given.
        ask: puts a question to a loaded model and processor.
    """

    model_type: str
    model: str
    processor: str
    threshold: float
    ask: Callable[[Any, Any, Asked], Found]


def ask_owl(model: Any, processor: Any, asked: Asked) -> Found:
    """OWL-ViT and OWLv2: a list of phrases a picture, in the words of their training."""
    inputs = processor(
        images=asked.picture,
        text=[[f"a photo of a {asked.phrase}"]],
        return_tensors="pt",
        truncation=True,
        max_length=model.config.text_config.max_position_embeddings,
    )
    out = _run(model, inputs)
    found = processor.post_process_grounded_object_detection(
        out, threshold=asked.threshold, target_sizes=[asked.shape], text_labels=[[asked.phrase]]
    )[0]
    return list(zip(found["boxes"].tolist(), found["scores"].tolist(), strict=True))


def ask_grounding_dino(model: Any, processor: Any, asked: Asked) -> Found:
    """Grounding DINO: one line in lower case that ends with a full stop.

    It scores every word by itself: of "red cup" a red car has the first. Boxes that the noun is no
    reason for are left out.
    """
    inputs = processor(
        images=asked.picture,
        text=f"{asked.phrase.lower()}.",
        return_tensors="pt",
        truncation=True,
        max_length=model.config.max_text_len,
    )
    out = _run(model, inputs)
    found = processor.post_process_grounded_object_detection(
        out,
        inputs["input_ids"],
        threshold=asked.threshold,
        text_threshold=asked.threshold,
        target_sizes=[asked.shape],
    )[0]
    rows = zip(found["boxes"].tolist(), found["scores"].tolist(), found["text_labels"], strict=True)
    return [(box, score) for box, score, label in rows if _speaks_of(label, asked.noun)]


def _run(model: Any, inputs: Any) -> Any:
    """The model's answer, on the processor's side of the machine.

    Raises:
        ValueError: it holds no numbers.
    """
    out = model(**{name: value.to(model.device) for name, value in inputs.items()})
    out.logits, out.pred_boxes = out.logits.float().cpu(), out.pred_boxes.float().cpu()
    if out.logits.isnan().any() or not out.pred_boxes.isfinite().all():
        raise ValueError("the model answers with NaN; its weights are damaged")
    return out


def _speaks_of(label: str, noun: str) -> bool:
    """Whether a label made of the words (or pieces of words) that matched has one of the noun."""
    return any(piece in noun.lower() for piece in words(label))


KINDS: dict[str, Kind] = {
    "owlv2": Kind("owlv2", "Owlv2ForObjectDetection", "Owlv2Processor", 0.1, ask_owl),
    "owlvit": Kind("owlvit", "OwlViTForObjectDetection", "OwlViTProcessor", 0.1, ask_owl),
    "grounding-dino": Kind(
        "grounding-dino",
        "GroundingDinoForObjectDetection",
        "GroundingDinoProcessor",
        0.25,
        ask_grounding_dino,
    ),
}
"""By the word before the colon in ``--detector KIND:FOLDER``."""
