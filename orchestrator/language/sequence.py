"""In which order clauses were asked for: "before you add the caption, crop it", "sharpen it first".

Puts clauses in the order of doing and says which come after which; does not read what they ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clauses import Clause
from orchestrator.language.lexicon import Verb
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.topics import is_topic
from orchestrator.language.units import Unit, word_at

_BEFORE = frozenset({"before", "prior to", "ahead of"})
_AFTER = frozenset({"after", "once", "when", "as soon as", "having", "while"})
_THEN = frozenset({
    "then", "and then", "but then", "after that", "afterwards", "afterward", "after this",
    "after which", "finally", "lastly", "and finally", "and lastly", "once done", "when done",
    "at last", "followed by", "as a last step", "subsequently", "last of all", "next up",
    "after doing that", "step 2", "step 3", "step 4", "step two", "step three",
})  # fmt: skip
"""Words that say outright that something comes later."""
_EARLIER = frozenset({"before that", "prior to that", "beforehand", "but first", "but before that"})
_LAST = frozenset({"as a last step", "last of all", "to finish", "as the last step", "at the end"})
_FIRST = frozenset(
    {"start with", "begin with", "starting with", "beginning with", "start off with"}
)


_AS_LISTED = frozenset(
    {"in that order", "in this order", "in the order given", "in exactly that order"}
)
"""Words by which what a sentence lists is to be done in the order of the list."""


def in_order(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses in the order of doing."""
    clauses = _as_listed(clauses)
    found: list[Clause] = []
    late: list[Clause] = []
    at = 0
    while at < len(clauses):
        clause = _marked(clauses[at])
        words = {unit.norm for unit in clause.linking}
        following = clauses[at + 1] if at + 1 < len(clauses) else None
        led = _led(clause)
        if following is not None and _conditional(clause):
            found.append(replace(clause, link="if", units=clause.units[1:]))
            at += 1
            continue
        if led is not None and clause.trailing and found:
            late_one, request = led
            previous = found.pop()
            if late_one:
                found += [previous, replace(request, after=True)]
            else:
                found += [request, replace(previous, after=True)]
            at += 1
            continue
        if led is not None and following is not None:
            first, request = led
            rest = _marked(following)
            if first:  # what "before" introduces is done second
                found += [replace(rest, link=clause.link), replace(request, after=True)]
            else:
                found += [request, replace(rest, link="then", after=True)]
            at += 2
            continue
        if found and (clause.ahead or words & _EARLIER):
            previous = found.pop()
            found += [replace(clause, after=previous.after), replace(previous, after=True)]
        elif words & _LAST and following is not None:
            late.append(replace(clause, after=True))
        elif words & _FIRST and found:
            found[0] = replace(found[0], after=True)
            found.insert(0, clause)
        else:
            found.append(clause)
        at += 1
    return with_lists(with_pointed(with_too([*found, *late])))


def _as_listed(clauses: Sequence[Clause]) -> list[Clause]:
    """Read "crop, straighten and desaturate, in that order": each comes after the one before."""
    strict = {
        c.sentence for c in clauses if any(u.norm in _AS_LISTED for u in (*c.units, *c.linking))
    }
    return [
        replace(clause, after=True) if i and clause.sentence in strict else clause
        for i, clause in enumerate(clauses)
    ]


def with_too(clauses: Sequence[Clause]) -> list[Clause]:
    """Read "…, and his shoes too": what was asked last, of another thing."""
    found: list[Clause] = []
    for clause in clauses:
        last = clause.units[-1]
        rest = clause.units[:-1]
        if clause.link == "repair" and found and clause.units[0].has("only"):
            clause = replace(clause, units=_only_of(found[-1], clause))
            found.append(clause)
            continue
        alone = rest and last.norm in ("too", "as well", "also") and (found or len(clauses) == 1)
        corrects = rest and found and last.norm in ("actually", "rather") and len(rest) < 5
        if corrects and rest[0].get("det") == "indefinite":
            clause = replace(clause, units=rest, link="repair")  # "add a dog. hmm, a cat actually"
        if alone and is_topic(replace(clause, units=rest), definite=True):
            same = word_at(last, "do the same to", {"do_same": True})
            clause = replace(clause, units=(same, *rest))
        found.append(clause)
    return found


def _only_of(before: Clause, clause: Clause) -> tuple[Unit, ...]:
    """Read "(remove the two men, no wait,) only the one in the cap": the verb is the same."""
    verb = next((u for u in before.units if u.verb is not None and u.verb.form == "base"), None)
    first = clause.units[0]
    lead = () if verb is None else (replace(verb, index=first.index),)
    return (*lead, word_at(first, "the"), *clause.units[1:])


def with_pointed(clauses: Sequence[Clause]) -> list[Clause]:
    """What is only pointed out: in "there's a can by the bench, take it out" nothing is added."""
    found: list[Clause] = []
    for i, clause in enumerate(clauses):
        following = clauses[i + 1] if i + 1 < len(clauses) else None
        at = next((k for k, u in enumerate(clause.units) if u.norm == "there"), None)
        there = (
            at is not None
            and all(u.has("polite", "filler", "conjunction") for u in clause.units[:at])
            and at + 2 < len(clause.units)
            and clause.units[at + 1].norm in ("is", "are", "was", "were")
        )
        picks = following is not None and _picks(following)
        points = picks or (following is not None and _about_it(following))
        if there and at is not None and points:
            spoken = clause.spoken | {unit.index for unit in clause.units[: at + 2]}
            speak = word_at(clause.units[at], "speak of")
            rest = clause.units[at + 2 :]
            clause = replace(clause, units=(speak, *rest), spoken=spoken)
        found.append(clause)
    return found


def _picks(clause: Clause) -> bool:
    """Read "(there are two kettles;) the red one needs to go": one of what is there is meant."""
    units = [u for u in clause.units if not u.has("polite", "filler")]
    return any(
        u.norm in ("one", "ones") and units[k - 1].norm != "add"
        for k, u in enumerate(units[:6])
        if k > 1
    )


def _about_it(clause: Clause) -> bool:
    """Whether a clause tells to do something to what was just spoken of."""
    verbs = [k for k, u in enumerate(clause.units) if u.verb is not None and u.verb.form == "base"]
    goes = any(u.norm in ("go", "gone", "disappear", "vanish") for u in clause.units)
    if goes and any(u.norm in ("it", "they", "that") for u in clause.units[:3]):
        return True  # "can it go"
    out = any(
        u.has("gone") or (u.verb is not None and u.verb.cls == "remove") for u in clause.units
    )
    if out and any(u.norm in ("it", "they", "he", "she") for u in clause.units[:3]):
        return True  # "could it be taken out"
    after = clause.units[verbs[0] + 1 : verbs[0] + 3] if verbs else ()
    return any(u.norm in ("it", "them", "him", "her", "that", "those", "this") for u in after)


def _marked(clause: Clause) -> Clause:
    said = any(unit.norm in _THEN for unit in clause.linking)
    return replace(clause, after=True) if said else clause


def _led(clause: Clause) -> tuple[bool, Clause] | None:
    """Read "before you crop it", "after removing the boats", "once the sky is orange".

    Whether it comes second, and its request; None where it is none of these.
    """
    units = clause.units
    led = len(units) > 1 and units[0].norm in _BEFORE | _AFTER
    if not led and not (len(units) > 2 and units[0].norm == "in" and _doing(units[1])):
        return None
    at = 1
    while at < len(units) and (
        units[at].norm in ("you", "we", "i", "have", "are", "done", "with", "finished", "had")
        or (units[at].norm == "the" and at + 1 < len(units) and _doing(units[at + 1]))
        or units[at].has("polite", "filler")
    ):
        at += 1
    if at >= len(units):
        return None
    spoken = clause.spoken | {unit.index for unit in units[:at]}
    verb = units[at].verb
    if verb is not None and (at > 1 or verb.form == "ing"):
        doing = _imperative(units[at], verb)
        request = replace(clause, units=(doing, *units[at + 1 :]), spoken=spoken)
        return units[0].norm in _BEFORE, request
    read = PhraseReader(units, predicates=True).read(at)
    if read is None or read[1] >= len(units) or not units[read[1]].has("copula"):
        return None
    told = (*units[at : read[1]], _wished(units[read[1]]), *units[read[1] + 1 :])
    return units[0].norm in _BEFORE, replace(clause, units=told, spoken=spoken)


def _doing(unit: Unit) -> bool:
    return unit.verb is not None and unit.verb.form == "ing"


def _conditional(clause: Clause) -> bool:
    """Read "should the sky be grey, replace it": a condition, not a wish."""
    units = clause.units
    if len(units) > 2 and units[0].norm in ("when", "wherever"):
        return units[1].has("det", "pronoun") and any(u.norm in ("is", "are") for u in units[2:])
    if len(units) < 3 or units[0].norm != "should":
        return False
    return units[1].has("det", "pronoun", "background") or units[1].norm in ("there", "you")


def _imperative(unit: Unit, verb: Verb) -> Unit:
    senses = {**unit.senses, "verb": replace(verb, form="base")}
    return replace(unit, norm=verb.base, text=verb.base, senses=senses)


def _wished(copula: Unit) -> Unit:
    """The "is" of "once the sky is orange" as a wish."""
    return replace(copula, norm="should be", text="should be")


def with_lists(clauses: Sequence[Clause]) -> list[Clause]:
    """Subjects in a row taken together: "the cushions, the throw and the rug should be blue"."""
    found: list[Clause] = []
    waiting: list[Clause] = []
    for at, clause in enumerate(clauses):
        listed = all(u.norm == "," or u.has("conjunction") for u in clause.linking)
        apart = not (listed and clause.sentence == waiting[0].sentence) if waiting else False
        if apart and not (len(waiting) == 1 and _about_it(clause)):
            found += waiting
            waiting = []
        following = clauses[at + 1] if at + 1 < len(clauses) else None
        bare = following is not None and _lone_verb(following) is not None and is_topic(clause)
        told = (bare or is_topic(clause, definite=True)) and not clause.units[-1].has(
            "graded", "colour"
        )
        if told and (not waiting or listed):
            waiting.append(clause)
            continue
        if waiting and (lone := _lone_verb(clause)) is not None:
            found.append(_told_to(lone, waiting, clause))  # "the stairs behind her, blur"
        elif waiting and _about_it(clause) and not _states(clause):
            found += [*(_spoken_of(c) for c in waiting), clause]  # "the shirt, make it white"
        elif waiting and _states(clause):
            found.append(_together([*waiting, clause]))
        else:
            found += [*waiting, clause]
        waiting = []
    return [*found, *waiting]


def _lone_verb(clause: Clause) -> Unit | None:
    """The verb that a clause consists of, politeness aside."""
    words = [u for u in clause.units if u.kind != "mark" and not u.has("polite", "filler")]
    verb = words[0].verb if len(words) == 1 else None
    return words[0] if verb is not None and verb.form == "base" else None


def _told_to(verb: Unit, waiting: Sequence[Clause], clause: Clause) -> Clause:
    whole = _together(waiting)
    plain = verb.verb
    senses = {"verb": replace(plain, both=False)} if plain is not None else verb.senses
    return replace(
        whole, units=(replace(verb, senses=senses), *whole.units), sentence=clause.sentence
    )


def _spoken_of(clause: Clause) -> Clause:
    speak = word_at(clause.units[0], "speak of")
    return replace(clause, units=(speak, *clause.units))


def _states(clause: Clause) -> bool:
    """Whether a clause says something of a thing ("the rug should be blue")."""
    read = PhraseReader(clause.units, predicates=True).read(0)
    if read is None or read[1] >= len(clause.units) or clause.units[0].verb is not None:
        return False
    after = clause.units[read[1]]
    if after.norm == "in" and any(u.has("colour") for u in clause.units[read[1] :]):
        return True  # "the door and the mailbox in navy"
    return after.has("copula", "negation", "same", "stop")


def _together(clauses: Sequence[Clause]) -> Clause:
    units: list[Unit] = []
    for clause in clauses:
        joint = [u for u in clause.linking if u.norm == "," or u.has("conjunction")]
        units += ([*joint[:1]] if units and joint else []) + list(clause.units)
    return replace(
        clauses[-1], units=tuple(units), link=clauses[0].link, linking=clauses[0].linking
    )
