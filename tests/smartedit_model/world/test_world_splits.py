"""What the splits promise: nothing of the test split can come out of the train split."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, islice, pairwise

import numpy as np
import pytest

from smartedit_model.world.asking import Question
from smartedit_model.world.cases import CHOICES, drawn_case
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.edits import EditSample
from smartedit_model.world.errors import UnknownNameError
from smartedit_model.world.facts import facts
from smartedit_model.world.layout import lay_out
from smartedit_model.world.palette import colour_names
from smartedit_model.world.spec import ObjectSpec
from smartedit_model.world.splits import (
    SEEDS,
    SPLITS,
    held_colour,
    held_combinations,
    held_pair,
    rules_of,
)
from smartedit_model.world.stream import samples
from smartedit_model.world.wordings import fact_wordings, table, templates

COUNT = 100


def every_template() -> Iterator[tuple[str, str]]:
    """Section and form of every wording."""
    for section in ("targets", "instructions", "questions"):
        for form in table(section):
            yield section, form


def language(split: str) -> set[str]:
    """Every wording and fact wording that a split may use: the only way words get into samples."""
    rules = rules_of(split)
    words = {text for s, form in every_template() for text in templates(s, form, rules)}
    return words | {text for key in facts() for text in fact_wordings(key, rules)}


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[EditSample | Question]]:
    """Samples of every split."""
    return {split: list(islice(samples(split, 1, size=32), COUNT)) for split in SPLITS}


def test_seed_ranges_do_not_meet() -> None:
    """No scene seed belongs to two splits."""
    ranges = sorted(SEEDS.values())
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))


def test_no_wording_of_test_is_in_train() -> None:
    """All that train may say and all that test may say have no wording in common."""
    assert not language("train") & language("test")
    assert language("val") == language("train")
    assert len(language("test")) > 200


def test_every_form_has_words_for_both() -> None:
    """No form of wording is missing from a split, so the categories are all in each."""
    for section, form in every_template():
        assert templates(section, form, rules_of("train"))
        assert templates(section, form, rules_of("test"))


def test_samples_use_their_own_words_only(drawn: dict[str, list[EditSample | Question]]) -> None:
    """The wordings that samples report are of their split's language (or name a place)."""
    for split, entries in drawn.items():
        allowed = language(split) | {"left", "right", "middle"}
        for entry in entries:
            assert set(entry.templates) <= allowed


def test_train_shows_no_held_out_combination(
    drawn: dict[str, list[EditSample | Question]],
) -> None:
    """No source or target of train or validation shows a combination of the test split."""
    for split in ("train", "val"):
        low, high = SEEDS[split]
        for entry in drawn[split]:
            assert low <= entry.scene.spec.seed < high
            assert not held_combinations(entry.scene.spec)
            if isinstance(entry, EditSample):
                assert not held_combinations(entry.edited.spec)


def test_every_test_scene_is_new(drawn: dict[str, list[EditSample | Question]]) -> None:
    """Every scene of the test split holds a combination that train can never show."""
    low, high = SEEDS["test"]
    for entry in drawn["test"]:
        assert low <= entry.scene.spec.seed < high
        assert held_combinations(entry.scene.spec)


def test_most_test_targets_are_new_themselves(
    drawn: dict[str, list[EditSample | Question]],
) -> None:
    """Of what test edits refer to, much is in a colour that train never shows it in."""
    new = []
    for entry in drawn["test"]:
        if isinstance(entry, EditSample) and entry.referred:
            items = [entry.scene.spec.get(owner % 128) for owner in entry.referred]
            new.append(any(held_colour(item.kind, item.colour) for item in items))
    assert sum(new) > 0.4 * len(new)


def test_layout_alone_obeys_the_rules() -> None:
    """Whatever the seed, a scene laid out by train's rules holds nothing held out."""
    for seed in range(300):
        assert not held_combinations(lay_out(seed, None, rules_of("train")))


def test_enough_is_held_out_and_enough_is_left() -> None:
    """A tenth or so of the combinations is held out; every kind keeps six colours to train on."""
    colours = [held_colour(key, c) for key in kinds() for c in colour_names()]
    pairs = [held_pair(a, b) for a, b in combinations(kinds(), 2)]
    assert 0.08 < sum(colours) / len(colours) < 0.16
    assert 0.03 < sum(pairs) / len(pairs) < 0.08
    assert all(sum(not held_colour(k, c) for c in colour_names()) >= 6 for k in kinds())


def test_held_out_edits_are_noticed() -> None:
    """A combination that only the edited reflection would show counts as well."""
    key, colour = next((k, c) for k in kinds() for c in colour_names() if held_colour(k, c))
    spec = lay_out(1, None, rules_of("train"))
    item = ObjectSpec(1, key, colour, 0.5, 0.9)
    assert ("colour", key, colour) in held_combinations(replace(spec, objects=(item,)))


def test_unknown_split_is_named() -> None:
    """A split that does not exist is refused with those that do."""
    with pytest.raises(UnknownNameError, match="train, val, test"):
        next(samples("dev"))
    with pytest.raises(UnknownNameError, match="mirror"):
        next(samples("train", categories=("upside_down",)))
    with pytest.raises(UnknownNameError, match="question"):
        next(samples("train", mix={"poem": 1.0}))


@pytest.mark.parametrize("category", CHOICES)
def test_a_case_is_of_its_category_and_the_same_each_time(category: str) -> None:
    """Measurements that name a category and a number mean one picture and one sentence."""
    first, again = (drawn_case("val", category, 3, size=64) for _ in range(2))
    assert first.instruction == again.instruction
    assert np.array_equal(first.source, again.source)
    assert (first.op == "segment") is (category == "segment")
    assert first.valid is (category != "none")


def test_an_unknown_category_lists_the_choices() -> None:
    """A typing error is answered with what there is."""
    with pytest.raises(UnknownNameError, match="segment"):
        drawn_case("val", "size ", 0)
