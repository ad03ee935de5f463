"""A question as plain lines and as a picture: for chats, terminals and anything else that shows it.

Rich tables are the command line's; this knows words and masks only.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from orchestrator.plan import Step
from orchestrator.questions import ALL, Question, StepPlace
from orchestrator.workspace import Workspace
from tools.annotation import Mark, annotated
from tools.operation import Rgb

LONGEST_LABEL = 8
_UNSAID = frozenset({"", None})


def settings_text(step: Step) -> str:
    """A step's settings: "amount=0.25"; what its words say already is left out."""
    said = step.instruction.lower()
    shown = [
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in step.params.items()
        if not isinstance(value, list | dict) and value not in _UNSAID
        and not (isinstance(value, str) and value.lower() in said)
    ]  # fmt: skip
    return " ".join(shown)


def place_text(step: Step, place: StepPlace | None, choices: dict[str, str]) -> str:
    """Where a step acts: "the face, 4.2% of the picture"."""
    phrase = step.target.phrase
    if place is None:
        return phrase
    if place.found == "everywhere":
        return "the whole picture" if step.target.is_whole_image else phrase
    return f"{phrase}, {_extent(place, choices)}"


def _extent(place: StepPlace | None, choices: dict[str, str]) -> str:
    """How much of the picture a step acts on, without naming its target again."""
    if place is None or place.found == "everywhere":
        return "the whole picture"
    if place.found == "later":
        return place.note
    if place.found == "missing":
        return "NOT FOUND"
    label = choices.get(place.like or place.step)
    chosen = f" ({'all' if label == ALL else label})" if label else ""
    return f"{share(place.area)} of the picture{chosen}"


_MARK_IT = re.compile(r"mark it with --\w+(?:, --\w+)*(?: or --\w+)?")


def missing_note(place: StepPlace) -> str:
    """Why a step's target is not found, and what can be said to the question about it."""
    said = f"say '{place.step} box X0,Y0,X1,Y1' to show where"
    return _MARK_IT.sub(said, place.note)


def share(area: float) -> str:
    """A share in percent, never rounded to nothing."""
    return f"{area:.0%}" if area >= 0.1 else f"{area:.1%}" if area >= 0.0005 else "under 0.1%"


def question_lines(question: Question) -> list[str]:
    """All of a question, a line each."""
    lines = []
    for step in question.plan.steps:
        place = question.place(step.id)
        settings = settings_text(step)
        where = place_text(step, place, question.choices)
        lines.append(f"{step.id}  {step.instruction}  [{where}]" + f"  {settings}" * bool(settings))
        if place is not None and place.found == "missing":
            lines.append(f"    {missing_note(place)}")
    lines += [f"keep: {kept.phrase}" for kept in question.kept]
    lines += review_lines(question.review)
    lines += which_lines(question)
    return lines


def which_lines(question: Question) -> list[str]:
    """What still has to be said."""
    lines = [question.ask_which(place) for place in question.unclear]
    if lines:
        lines.append("say which (as in 'a', or 'the left one'); yes takes the largest")
    return lines


def review_lines(review: dict[str, Any]) -> list[str]:
    """What the critic says, worst first; then what stands for each word."""
    lines = [f"{item['severity']}: {item['message']}" for item in review.get("findings", [])]
    covered = coverage_line(review.get("coverage", []))
    return [*lines, covered] if covered else lines


def coverage_line(words: list[dict[str, Any]]) -> str:
    """The instruction with what stands for its words: "[s1: make it darker] [s2: add rain]"."""
    groups: list[tuple[str, list[str]]] = []
    for word in words:
        by, text = word["by"], word["text"]
        if groups and by in ("", groups[-1][0]):
            groups[-1][1].append(text)
        elif groups and not groups[-1][0]:
            groups[-1] = (by, [*groups[-1][1], text])
        else:
            groups.append((by, [text]))
    names = {
        "constraint": "kept",
        "note": "noted",
        "context": "noted",
        "unknown": "NOT UNDERSTOOD",
        "missing": "NOT IN THE PLAN",
        "": "-",
    }
    parts = [f"[{names.get(by, by)}: {' '.join(texts)}]" for by, texts in groups]
    return f"words: {' '.join(parts)}" if parts else ""


def question_picture(question: Question, space: Workspace) -> Rgb:
    """The picture with the outline and number of every step, what is kept, and what is unclear.

    Returns:
        HWC uint8 RGB.
    """
    rgb, _ = space.picture(question.image)
    marks: list[Mark] = []
    for number, step in enumerate(question.plan.steps):
        place = question.place(step.id)
        text = f"{step.instruction}: {_extent(place, question.choices)}"
        label = step.id[:LONGEST_LABEL]
        if place is None or place.found != "region":
            marks.append(Mark(label, text, None, number))
        elif place.options and place.step not in question.choices:
            marks.append(Mark(label, f"{step.instruction}: which one?", None, number))
            for option in place.options:
                hard = _hard(space.mask(option.soft))
                marks.append(Mark(f"{label}{option.label}", option.where, hard, number, "dashed"))
        else:
            marks.append(Mark(label, text, _hard(space.mask(place.mask_id)), number))
    for kept in question.kept:
        found = space.mask(kept.mask_id)
        mask = None if found is None else np.asarray(found >= 1)
        marks.append(Mark("keep", kept.phrase, mask, None, "dashed"))
    return annotated(rgb, marks)


def _hard(soft: np.ndarray | None) -> np.ndarray | None:
    return None if soft is None else np.asarray(soft > 0.5) if (soft > 0.5).any() else soft > 0
