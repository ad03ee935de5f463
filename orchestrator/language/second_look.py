"""What to try where a clause, read as it stands, leaves words unanswered.

A clause may have been cut in the wrong place, have a preamble nobody listed, or end in its verb.
Each other way of reading it is tried from the same state, and the one that leaves the fewest words
unanswered counts. Readings that answer everything are never second-guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from orchestrator.language.asides import hold, promised
from orchestrator.language.clauses import Clause
from orchestrator.language.coverage import is_content
from orchestrator.language.drafts import Draft, Reading
from orchestrator.language.going_back import Mark, go_back, mark
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.loose import loosely
from orchestrator.language.reading import read_next
from orchestrator.language.shared_colours import share_colours
from orchestrator.language.tokens import tokenize
from orchestrator.language.tones import says_way
from orchestrator.language.turns import with_turns
from orchestrator.language.units import word_at
from orchestrator.language.vague import without_vague

_DOUBT = 1.5
"""What a state of words that say something else counts, in unanswered words."""
_NO_STATE = (
    "colour", "property", "pronoun", "copula", "det", "only", "gone", "aspect", "text_noun",
    "polite",
    "side", "direction",
)  # fmt: skip
"""Senses that words for a state of a thing do not have."""
_MOST_VARIANTS = 6


def read_all(clauses: Sequence[Clause], reading: Reading) -> None:
    """Read clauses in order, looking twice at those that leave words unanswered."""
    before: tuple[Clause, Mark, float] | None = None
    for clause in clauses:
        start = mark(reading)
        _read(clause, reading)
        lost = _lost([clause], start, reading)
        if lost and clause.link not in ("if", "because") and not clause.aim:
            lost = _look_again(clause, start, lost, reading)
        if before is not None and (lost or before[2]) and _joinable(before[0], clause):
            whole = _one_of(before[0], clause)
            left = _joined(before[0], clause, whole, before[1], reading)
            if left is not None:
                before = whole, before[1], left
                continue
        before = clause, start, lost
    without_vague(reading)
    share_colours(clauses, reading)


def _read(clause: Clause, reading: Reading, *, turned: bool | None = None) -> None:
    """Read a clause; what is in the plain dialect is no turn of phrase, unless that is tried."""
    if clause.link == "if" and promised(clause):
        clause = replace(clause, link="but")
        if hold(clause, reading):
            return
    turned = not reading.plain if turned is None else turned
    for said in with_turns([clause]) if turned else [clause]:
        read_next(said, reading)


def _look_again(clause: Clause, start: Mark, lost: float, reading: Reading) -> float:
    """Take the best of the other readings of one clause; what it leaves unanswered."""
    best = mark(reading)
    if reading.plain:
        go_back(reading, start)
        _read(clause, reading, turned=True)
        left = _lost([clause], start, reading)
        if left < lost and _asks(start, reading):
            lost, best = left, mark(reading)
    for variant in _variants(clause) if lost else ():
        go_back(reading, start)
        _read(variant, reading)
        left = _lost([clause], start, reading)
        if left < lost and _asks(start, reading):
            lost, best = left, mark(reading)
        if not lost:
            break
    if lost:
        go_back(reading, start)
        if loosely(clause, reading):
            left = _lost([clause], start, reading)
            if left < lost:
                return left
    go_back(reading, best)
    return lost


def _joined(
    first: Clause, second: Clause, whole: Clause, start: Mark, reading: Reading
) -> float | None:
    """Take two clauses as one where that leaves fewer words unanswered; how many, else None."""
    apart = mark(reading)
    alone = _lost([first, second], start, reading)
    go_back(reading, start)
    _read(whole, reading)
    together = _lost([first, second], start, reading)
    if together < alone and _asks(start, reading):
        return together
    go_back(reading, apart)
    return None


def _joinable(clause: Clause, following: Clause) -> bool:
    joints = all(u.norm == "," or u.has("conjunction") for u in following.linking)
    return (
        joints
        # "lasso the cat and fill the selection": what begins with no known word is half a turn
        and not (_commands(following) and clause.units[0].senses)
        and following.sentence == clause.sentence
        and clause.link not in ("because", "if")
        and not clause.aim
        and len(clause.units) + len(following.units) < 24
    )


def _commands(clause: Clause) -> bool:
    """Whether a clause surely says itself what to do ("fix the white balance")."""
    first = clause.units[0] if clause.units else None
    if first is not None and first.norm.endswith("er") and says_way(first):
        return True  # "(no clouds,) deeper blue sky"
    verb = first.verb if first is not None else None
    after = clause.units[1] if len(clause.units) > 1 else None
    if verb is None or verb.form != "base" or after is None:
        return False
    return not verb.both or after.has("det", "pronoun", "whole")


def _one_of(clause: Clause, following: Clause) -> Clause:
    units = (*clause.units, *following.linking, *following.units)
    return replace(clause, units=units, spoken=clause.spoken | following.spoken)


def _variants(clause: Clause) -> Iterator[Clause]:
    """Other ways to read a clause, the likeliest first."""
    units = clause.units
    if units[0].has("only") and len(units) > 1:
        yield replace(clause, units=(word_at(units[0], "the"), *units[1:]))
    last = next((i for i in range(len(units) - 1, -1, -1) if units[i].kind == "word"), 0)
    count = 0
    for at, unit in enumerate(units):
        verb = unit.verb
        if verb is None or verb.form != "base" or count >= _MOST_VARIANTS:
            continue
        before = units[at - 1] if at else None
        after = units[at + 1] if at + 1 < len(units) else None
        if verb.both and at < last and (after is None or not after.has("det", "pronoun", "whole")):
            continue
        if at == last and verb.both and units[0].get("det") == "indefinite":
            continue  # "a thin white frame"
        if at == last and at > 1:
            yield replace(clause, units=(unit, *units[:at]))
            count += 1
        elif (
            before is not None
            and at < last
            and (before.norm == "to" or not before.has("det", "negation", "prep"))
        ):
            yield replace(clause, units=units[at:], link="and")
            count += 1


def _asks(start: Mark, reading: Reading) -> bool:
    """Whether anything is asked for since ``start``."""
    more = len(reading.constraints) > len(start.fields["constraints"])
    return more or len(reading.drafts) > len(start.fields["drafts"])


def _lost(clauses: Sequence[Clause], start: Mark, reading: Reading) -> float:
    """How many words of the clauses nothing answers for, doubtful answers included."""
    known = {id(draft) for draft in start.fields["drafts"]}
    made = [draft for draft in reading.drafts if id(draft) not in known]
    units = {u.index: u for c in clauses for u in (*c.units, *c.linking) if is_content(u)}
    claimed = [u for i, u in units.items() if i in reading.claims]
    nouns = [
        u for u in claimed if u.kind == "word" and not u.senses and u.index not in reading.spoken
    ]
    told = _told(made, start, reading) if nouns else ""
    lost = len(units) - len(claimed) + sum(u.norm[:5] not in told for u in nouns)
    return lost + _DOUBT * sum(_doubtful(draft) for draft in made)


def _told(made: Sequence[Draft], start: Mark, reading: Reading) -> str:
    """All that was said of the clauses since ``start``."""
    parts = [
        *(f"{draft.ref.words} {draft.params} {draft.fixed} {draft.exclude}" for draft in made),
        *(str(c) for c in reading.constraints[len(start.fields["constraints"]) :]),
        *reading.notes[len(start.fields["notes"]) :],
    ]
    return " ".join(parts).lower()


def _doubtful(draft: Draft) -> bool:
    """Whether a draft's state of a thing is made of words that say something else."""
    style = draft.params.get("style")
    if draft.op != "restyle" or not isinstance(style, str) or draft.fixed:
        return False
    lexicon = get_lexicon()
    words = [t.norm for t in tokenize(style)]
    if draft.ref.is_image and words[:1] in (["a"], ["an"]):
        return False  # "a poster with few colours" is what the picture should look like
    senses = [lexicon.senses(word) for word in words]
    if len(words) == 1 and not senses[0] and words[0] in lexicon.known | lexicon.things:
        return True  # "make the hot-air balloon": a thing, not a state of one
    if any(
        "style" in s or "look" in s or ("prep" in s and w == "like")
        for w, s in zip(words, senses, strict=True)
    ):
        return False
    return len(words) > 5 or any(not s.keys().isdisjoint(_NO_STATE) for s in senses)
