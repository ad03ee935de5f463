"""Wordings with choices: what they stand for, and that none of it is the test split's."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartedit_model.world.errors import WorldDataError
from smartedit_model.world.facts import facts
from smartedit_model.world.phrasings import (
    every_phrasing,
    pattern,
    phrased_words,
    phrasings,
    spoken,
    words_in,
)
from smartedit_model.world.splits import rules_of
from smartedit_model.world.wordings import (
    choose,
    choose_fact,
    fact_wordings,
    table,
    templates,
)

TEST, TRAIN = rules_of("test"), rules_of("train")
FORMS = [
    (section, form)
    for section in ("targets", "instructions")
    for form in table(section)
    if phrasings(section, form)
]


def slots(text: str) -> set[str]:
    """The slots of a wording."""
    return set(re.findall(r"\{(\w+)\}", text))


def test_choices_nest_and_may_be_left_out() -> None:
    """A line says each of its ways and nothing else."""
    line = "(at|on) the (very (far |)|){side}"
    said = {spoken(line, random.Random(seed)) for seed in range(200)}
    ways = ("{side}", "very {side}", "very far {side}")
    assert said == {f"{first} the {way}" for first in ("at", "on") for way in ways}
    assert all(pattern(line).fullmatch(one) for one in said)
    assert not pattern(line).fullmatch("at the far {side}")


@pytest.mark.parametrize("line", ["(at|on the {side}", "at) the {side}", "((at)|on"])
def test_brackets_that_do_not_match_are_told(line: str) -> None:
    """By name, with the line."""
    with pytest.raises(WorldDataError, match="than it"):
        spoken(line, random.Random(0))


@given(st.sampled_from(list(every_phrasing())), st.integers(0, 2**32))
def test_every_line_says_what_its_pattern_matches(line: str, seed: int) -> None:
    """No marks are left over, no gap is doubled, and the pattern knows the sentence."""
    said = spoken(line, random.Random(seed))
    assert said
    assert not set(said) & set("()|")
    assert "  " not in said
    assert pattern(line).fullmatch(said)


def test_no_phrasing_says_what_the_test_split_says() -> None:
    """Not one of the many sentences that a line stands for is kept for the test split."""
    for section, form in FORMS:
        for held in templates(section, form, TEST):
            assert not any(pattern(line).fullmatch(held) for line in phrasings(section, form))
    for key in facts():
        for held in fact_wordings(key, TEST):
            assert not any(pattern(line).fullmatch(held) for line in phrasings("facts", key))


@pytest.mark.parametrize(("section", "form"), FORMS)
def test_phrasings_have_the_slots_of_their_form(section: str, form: str) -> None:
    """No slot is open that nothing fills, and what every wording tells, all tell."""
    known = [slots(text) for text in templates(section, form, TRAIN)]
    draw = random.Random(form)
    for line in phrasings(section, form):
        for _ in range(5):
            told = slots(spoken(line, draw))
            assert set.intersection(*known) <= told <= set.union(*known), line


def test_every_fact_and_form_of_target_has_phrasings() -> None:
    """So that each is taught in many words."""
    assert all(len(phrasings("facts", key)) >= 8 for key in facts())
    assert all(len(phrasings("targets", form)) >= 40 for form in table("targets"))


def test_only_rules_that_ask_for_phrasings_use_them() -> None:
    """Samples of every split stay what they were."""
    known = set(templates("targets", "middle", TRAIN))
    draw = random.Random(1)
    assert {choose("targets", "middle", TRAIN, draw) for _ in range(300)} <= known
    phrased = replace(TRAIN, phrased=1.0)
    lines = phrasings("targets", "middle")
    for _ in range(50):
        said = choose("targets", "middle", phrased, draw)
        assert any(pattern(line).fullmatch(said) for line in lines)
        told = choose_fact("barks", phrased, draw)
        assert any(pattern(line).fullmatch(told) for line in phrasings("facts", "barks"))


def test_the_list_of_words_is_that_of_the_lines():
    """It is read in their place; the module's own command writes it anew."""
    assert phrased_words() == words_in(every_phrasing())
    assert words_in(["The dog's (bowl|BED) - {side}!"]) == {"the", "dogs", "bowl", "bed", "side"}


def test_who_only_asks_for_words_does_not_read_the_lines():
    """Reading a phrase about a drawing, which nobody is taught by, opens no phrasings."""
    check = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "from smartedit_model.drawings.naming import taught_words\n"
        "words = taught_words()\n"
        "read = {name for name in opened if name.endswith(('phrasings.yaml', 'wordings.yaml'))}\n"
        "sys.exit(any('phrasings' in name for name in read) or not read or 'abbey' not in words)\n"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
