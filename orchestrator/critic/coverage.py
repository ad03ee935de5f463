"""Word by word: what in a plan stands for each word, what is missing, what nobody asked for.

A second reading of the instruction, by the rules, is the witness: its steps know which words they
stand for, so a plan's step that does the same thing to the same target stands for those words. What
the witness cannot settle is looked for literally: in targets, in parameters, and in the wording of
steps that an editing model reads. The check is lenient where words are (a cosy look may be many
things) and strict where pictures are lost (nothing is removed or added that no word asks for).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.critic.findings import Author, Finding, Severity
from orchestrator.critic.grounded import MAKES_ANOTHER
from orchestrator.critic.words import all_words_of, same, words_of
from orchestrator.errors import BadInstruction
from orchestrator.language.coverage import Covered, cover, is_content
from orchestrator.language.descriptions import read_words
from orchestrator.language.read import read_look, read_plan
from orchestrator.language.units import Unit
from orchestrator.looks import stands_for
from orchestrator.plan import EditPlan, Step
from orchestrator.planning import PlanContext
from orchestrator.routing import usual

UNKNOWN, MISSING = "unknown", "missing"
"""What stands for a word: nothing, since it was not understood; nothing, though it was."""
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"grade", "restyle", "adjust", "relight", "weather"}),
    frozenset({"replace", "background", "restyle"}),
    frozenset({"replace", "remove", "add"}),
    frozenset({"add", "text", "weather"}),
    frozenset({"recolor", "adjust", "replace", "grade", "restyle"}),
    frozenset({"sharpen", "adjust", "blur"}),
    frozenset({"resize", "crop"}),
    frozenset({"rotate", "crop", "flip"}),
    frozenset({"move", "resize"}),
)
"""Ops that can be two ways to do one thing; every op is also its own family."""
TONES: tuple[frozenset[str], ...] = (
    frozenset({"brightness", "exposure", "gamma", "shadows", "highlights"}),
    frozenset({"contrast", "clarity"}),
    frozenset({"saturation", "vibrance"}),
    frozenset({"temperature", "tint", "hue"}),
    frozenset({"noise"}),
)
"""Properties that can be two ways to do one thing."""
NAMED = frozenset({"add", "replace", "recolor", "weather", "relight", "text", "background"})
"""Ops whose value is named by the instruction, so that another value is another wish."""
INTERPRETING = frozenset({"adjust", "grade", "relight", "sharpen", "blur", "restyle", "crop"})
"""Ops that may stand for a mood ("cosy", "more professional")."""


@dataclass(frozen=True)
class Witness:
    """The rules' own reading of the instruction."""

    plan: EditPlan
    words: Sequence[Covered]

    def of(self, step_id: str) -> list[Covered]:
        """The words that one of its steps stands for."""
        return [word for word in self.words if word.by == step_id]


def read_witness(instruction: str, context: PlanContext) -> Witness | None:
    """The rules' reading; None where they read nothing in it."""
    try:
        if context.wish:
            look = read_look(instruction, context.wish, context.glossary, context.looks)
            return Witness(*look)
        plan, words = read_plan(
            instruction,
            earlier=context.earlier,
            tried=context.tried,
            glossary=context.glossary,
            looks=context.looks,
            marked=context.marked,
        )
    except BadInstruction:
        return None
    return Witness(plan, words)


def check_coverage(
    plan: EditPlan, author: Author, context: PlanContext
) -> tuple[tuple[Covered, ...], list[Finding]]:
    """Every word of the instruction with what stands for it, and what does not fit.

    Returns:
        The words in order, and findings: ``missing`` (asked for and not planned), ``unasked``
        (planned and not asked for), ``not_understood``.
    """
    if author == "core":
        return _as_a_whole(plan, context), []
    witness = read_witness(plan.instruction, context)
    if witness is not None and plan.steps == witness.plan.steps:
        return tuple(witness.words), _not_understood(witness.words)
    units = read_words(plan.instruction, context.glossary, context.looks)
    claims, asked, missing = _by_witness(plan, witness, units)
    asked |= _by_words(plan, units, claims)
    loose = _loose(units, claims, witness)
    asked |= _by_mood(plan, units, claims, asked, loose)
    _left_out(missing, units, claims, witness)
    words = tuple(cover(units, claims))
    findings = _not_understood(words)
    findings += _missing(missing, words, witness, author)
    findings += _unasked(plan, asked, author, room=bool(loose))
    return words, findings


def _as_a_whole(plan: EditPlan, context: PlanContext) -> tuple[Covered, ...]:
    """The words of an instruction that a core read as one sentence: all stand in its one step."""
    units = read_words(plan.instruction, context.glossary, context.looks)
    claims = {unit.index: plan.steps[0].id for unit in units if is_content(unit)}
    return tuple(cover(units, claims))


def _by_witness(
    plan: EditPlan, witness: Witness | None, units: Sequence[Unit]
) -> tuple[dict[int, str], set[str], list[Step]]:
    """Unit index -> what stands for it, the steps that were asked for, the wishes nothing meets."""
    claims: dict[int, str] = {}
    asked: set[str] = set()
    missing: list[Step] = []
    if witness is None:
        return claims, asked, missing
    index = _places(units, witness)
    # A step that is exactly one wish does not stand for another wish as well.
    wishes = witness.plan.steps
    taken = {step.id for step in plan.steps if any(_is(step, wish) for wish in wishes)}
    for wish in wishes:
        fitting = [step for step in plan.steps if _is(step, wish)] or [
            step for step in plan.steps if step.id not in taken and _does(step, wish)
        ]
        for word in witness.of(wish.id):
            if fitting:
                claims[index[word]] = fitting[0].id
        asked.update(step.id for step in fitting)
        if not fitting:
            missing.append(wish)
    promised = {word.by for word in witness.words} & {"constraint"}
    if promised and plan.constraints:
        claims |= {index[w]: "constraint" for w in witness.words if w.by == "constraint"}
    claims |= {index[w]: w.by for w in witness.words if w.by in ("note", "context")}
    return claims, asked, missing


def _places(units: Sequence[Unit], witness: Witness) -> dict[Covered, int]:
    """The witness's words with the indices of their units; a short form ("there's") is two."""
    words = [unit for unit in units if unit.kind != "mark"]
    return {word: unit.index for word, unit in zip(witness.words, words, strict=True)}


def _is(step: Step, wish: Step) -> bool:
    """Whether a step is what a wish asks for: the same op, target and essential value."""
    if step.op != wish.op or step.executor != wish.executor:
        return False
    mine, theirs = step.target, wish.target
    if mine.is_whole_image != theirs.is_whole_image or not _same_target(step, wish):
        return False
    if mine.ordinal != theirs.ordinal and mine.ordinal and theirs.ordinal:
        return False
    if step.op == "adjust":
        return step.params.get("property") == wish.params.get("property") and not _against(
            step, wish
        )
    wanted, has = values_of(wish), values_of(step)
    return not wanted or any(same(a, b) for a in wanted for b in has)


def _does(step: Step, wish: Step) -> bool:
    """Whether a step may be what a wish asks for, in another way."""
    if step.op != wish.op and not any({step.op, wish.op} <= family for family in FAMILIES):
        return False
    if not _same_target(step, wish):
        return False
    tool = step.executor.startswith("tool:")
    if step.op == wish.op == "adjust" and not tool:
        pair = {step.params.get("property"), wish.params.get("property")}
        return any(pair <= tones for tones in TONES) and not (
            len(pair) == 1 and _against(step, wish)
        )
    if step.op == wish.op:
        return not (wish.op in NAMED and not tool and not _speaks_of(step, wish))
    return tool or _speaks_of(step, wish)


def _against(step: Step, wish: Step) -> bool:
    """Darker where brighter was asked for."""
    return float(step.params.get("amount", 0)) * float(wish.params.get("amount", 0)) < 0


def _same_target(step: Step, wish: Step) -> bool:
    mine, theirs = step.target, wish.target
    if mine.is_whole_image or theirs.is_whole_image:
        # "add a hat" to the picture or to the man; a look for all or for what was named.
        return True
    if mine.category and theirs.category:
        named = [*words_of(theirs.category), *values_of(wish)]
        return any(same(a, b) for a in words_of(mine.category) for b in named)
    return any(same(a, b) for a in words_of(mine.phrase) for b in words_of(theirs.phrase))


def values_of(step: Step) -> list[str]:
    """The words of what a step's parameters name (not of where)."""
    named = [v for k, v in step.params.items() if isinstance(v, str) and k != "where"]
    return [word for value in named for word in all_words_of(value)]


def _speaks_of(step: Step, wish: Step) -> bool:
    """Another op for the same thing: their parameters or their wording must meet."""
    told = [*values_of(step), *words_of(step.instruction)]
    wanted = [*values_of(wish), *words_of(wish.target.phrase)]
    return any(same(a, b) for a in told for b in wanted)


def _by_words(plan: EditPlan, units: Sequence[Unit], claims: dict[int, str]) -> set[str]:
    """Claim the words that a step says itself; returns those steps that say what was asked."""
    asked: set[str] = set()
    for step in plan.steps:
        told = _told(step)
        for unit in units:
            if not is_content(unit) or not _is_told(unit, told):
                continue
            claims.setdefault(unit.index, step.id)
            if step.op not in MAKES_ANOTHER and not unit.has("det"):
                asked.add(step.id)
    kept = [w for c in plan.constraints for w in all_words_of(str(c.model_dump(mode="json")))]
    for unit in units:
        if is_content(unit) and unit.index not in claims and _is_told(unit, kept):
            claims[unit.index] = "constraint"
    return asked


def _told(step: Step) -> list[str]:
    """What a step says: its target and parameters; its wording only where a model reads it."""
    told = [
        *words_of(step.target.phrase),
        *values_of(step),
        *all_words_of(str(step.params.get("where", ""))),
    ]
    for other in (step.target.exclude, step.target.relation):
        told += [] if other is None else all_words_of(str(other.model_dump(mode="json")))
    if _is_read(step):
        told += all_words_of(step.instruction)
    return told


def _is_read(step: Step) -> bool:
    try:
        return not usual(step).is_tool
    except (KeyError, TypeError, ValueError):
        return False


def _is_told(unit: Unit, told: Sequence[str]) -> bool:
    if unit.kind == "number":
        return False
    words = all_words_of(unit.text) or words_of(unit.norm) or [unit.norm]
    return all(any(same(word, other) for other in told) for word in words)


def _loose(units: Sequence[Unit], claims: dict[int, str], witness: Witness | None) -> list[Unit]:
    """Words that neither the witness nor a step's own words account for, and moods."""
    unread = witness is None
    unknown = {word.start for word in witness.words if word.by == UNKNOWN} if witness else set()
    return [
        unit
        for unit in units
        if is_content(unit)
        and (
            unit.index not in claims
            or unit.start in unknown
            or unit.has("wish")
            or (unread and not unit.has("noun"))
        )
    ]


def _by_mood(
    plan: EditPlan,
    units: Sequence[Unit],
    claims: dict[int, str],
    asked: set[str],
    loose: Sequence[Unit],
) -> set[str]:
    """Steps that make a mood concrete stand for the words of the mood."""
    del units
    free = [step for step in plan.steps if step.id not in asked and step.op in INTERPRETING]
    if not free or not loose:
        return set()
    for unit in loose:
        claims.setdefault(unit.index, free[0].id)
    return {step.id for step in free}


def _left_out(
    wishes: Sequence[Step],
    units: Sequence[Unit],
    claims: dict[int, str],
    witness: Witness | None,
) -> None:
    """Mark the words of wishes that were understood, but are not in the plan."""
    if witness is None:
        return
    index = _places(units, witness)
    for wish in wishes:
        for word in witness.of(wish.id):
            claims.setdefault(index[word], MISSING)


def _not_understood(words: Sequence[Covered]) -> list[Finding]:
    unknown = [word.text for word in words if word.by == UNKNOWN]
    if not unknown:
        return []
    listed = ", ".join(repr(text) for text in dict.fromkeys(unknown))
    told = f"nothing in the plan stands for {listed}"
    return [Finding("warn", "not_understood", told)]


def _missing(
    wishes: Sequence[Step], words: Sequence[Covered], witness: Witness | None, author: Author
) -> list[Finding]:
    """Wishes that no step does and whose words no step says."""
    severity: Severity = "note" if author == "person" else "warn"
    by = {word.start: word.by for word in words}
    found: list[Finding] = []
    for wish in wishes:
        said = witness.of(wish.id) if witness else []
        told = [by.get(word.start, "") for word in said]
        if said and all(told) and not {UNKNOWN, MISSING} & {*told}:
            continue
        message = f"asked for and not in the plan: {wish.instruction}"
        found.append(Finding(severity, "missing", message))
    return found


def _unasked(plan: EditPlan, asked: set[str], author: Author, *, room: bool) -> list[Finding]:
    """Steps that nothing in the instruction asks for."""
    found: list[Finding] = []
    for step in plan.steps:
        # What a look was spelled out as is asked for by whatever asks for the look.
        part = step.op in INTERPRETING and stands_for(step) in asked
        if step.id in asked or part or (room and step.op in MAKES_ANOTHER and author != "model"):
            continue
        severity: Severity = "warn"
        if author == "person":
            severity = "note"
        elif author == "model" and step.op in MAKES_ANOTHER and not room:
            severity = "refuse"
        whose = "is yours" if author == "person" else "was not asked for"
        message = (
            f"step {step.id} ({step.instruction}) {whose}: no word of the instruction stands "
            "behind it"
        )
        found.append(Finding(severity, "unasked", message, step.id))
    return found
