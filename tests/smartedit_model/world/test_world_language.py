"""What expressions, facts and questions promise: each is clear, and true of the picture."""

import random
from collections import Counter

import numpy as np
import pytest

from smartedit_model.world.asking import questions
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.facts import facts
from smartedit_model.world.layout import FOCI
from smartedit_model.world.query import Query, resolve
from smartedit_model.world.refer import CATEGORIES, Reference, references
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import Scene, make_scene
from smartedit_model.world.spec import ObjectSpec, SceneSpec


@pytest.fixture(scope="module")
def spoken() -> list[tuple[Scene, Reference]]:
    """Scenes and every expression that is clear in them, of every category."""
    found = []
    for category in CATEGORIES:
        for seed in range(24):
            scene = make_scene(seed, 128, category if category in FOCI else None)
            for reference in references(scene.spec, category, random.Random(seed)):
                found.append((scene, reference))
    return found


def test_every_category_can_be_spoken_of(spoken: list[tuple[Scene, Reference]]) -> None:
    """Every category has many expressions, and the six of the benchmark have several forms."""
    count = Counter(reference.category for _, reference in spoken)
    assert all(count[category] >= 20 for category in CATEGORIES), count
    forms = {reference.form for _, reference in spoken}
    assert len(forms) >= 25


def test_expressions_pick_what_they_say(spoken: list[tuple[Scene, Reference]]) -> None:
    """What is picked is in the scene; one object for a singular; nothing where there is nothing."""
    for scene, reference in spoken:
        uids = {item.uid for item in scene.spec.objects}
        assert {owner % REFLECTED for owner in reference.owners} <= uids
        if reference.category == "none":
            assert reference.owners == ()
        elif reference.query.several:
            assert len(reference.owners) > 1
        else:
            assert len(reference.owners) == 1, reference.text


def test_left_and_right_agree_with_the_pixels(spoken: list[tuple[Scene, Reference]]) -> None:
    """The one on the left is the one whose visible pixels lie furthest to the left."""
    checked = 0
    for scene, reference in spoken:
        query = reference.query
        if reference.category != "left_right" or query.side == "middle":
            continue
        alike = [o for o in scene.objects if query.kind in (None, o.kind)]
        order = sorted(alike, key=lambda o: np.nonzero(o.mask)[1].mean())
        if query.side == "right":
            order.reverse()
        checked += 1
        assert order[query.ordinal - 1].uid == reference.owners[0], reference.text
    assert checked > 50


def test_size_agrees_with_the_pixels(spoken: list[tuple[Scene, Reference]]) -> None:
    """The bigger of several of a kind covers more pixels, but for what hides it."""
    right = []
    for scene, reference in spoken:
        query = reference.query
        if reference.category == "size" and query.kind:
            alike = sorted(
                (o for o in scene.objects if o.kind == query.kind), key=lambda o: o.mask.sum()
            )
            wanted = alike[-1] if query.size == "largest" else alike[0]
            right.append(wanted.uid == reference.owners[0])
    assert len(right) > 20
    assert np.mean(right) > 0.95


def test_reflections_are_told_from_objects(spoken: list[tuple[Scene, Reference]]) -> None:
    """In the mirror is the reflection's number, outside the object's."""
    for _, reference in spoken:
        if reference.form == "inside" and reference.category == "mirror":
            assert reference.owners[0] >= REFLECTED
        if reference.form == "outside":
            assert reference.owners[0] < REFLECTED


def test_nothing_unclear_is_picked() -> None:
    """Nearly equal sizes and places pick nothing; two of a kind make `the cat` ambiguous."""
    one = ObjectSpec(1, "cat", "orange", 0.4, 0.85)
    two = ObjectSpec(2, "cat", "orange", 0.43, 0.7)
    spec = SceneSpec(0, "field", 1, 0.5, (one, two))
    assert resolve(Query(kind="cat", side="left", ordinal=1), spec) == ()
    assert resolve(Query(kind="cat", size="largest"), spec) == ()
    assert resolve(Query(kind="cat"), spec) == (1, 2)
    assert resolve(Query(kind="cat", side="left", ordinal=3), spec) == ()


def test_there_are_enough_facts() -> None:
    """At least 150 facts with three wordings or more each; every kind has one of its own."""
    assert len(facts()) >= 150
    own = set()
    for entry in facts().values():
        assert len(entry.say) >= 2
        assert entry.held
        if len(entry.fits) == 1:
            own |= entry.fits
    assert own == set(kinds())


def test_no_wording_stands_for_two_facts() -> None:
    """A fact's words are no other fact's words."""
    words = [text for entry in facts().values() for text in (*entry.say, *entry.more, *entry.held)]
    assert len(words) == len(set(words))


def test_facts_are_unambiguous_in_their_scene(spoken: list[tuple[Scene, Reference]]) -> None:
    """A fact is spoken of only where exactly one thing in the picture fits it."""
    for scene, reference in spoken:
        if reference.category == "reasoning":
            fits = facts()[str(reference.query.fact)].fits
            assert sum(item.kind in fits for item in scene.spec.objects) == 1


def test_questions_have_short_true_answers() -> None:
    """Questions of every form occur; counts and colours agree with the scene."""
    forms: Counter[str] = Counter()
    for seed in range(40):
        scene = make_scene(seed, 32, FOCI[seed % len(FOCI)])
        for asked in questions(scene, random.Random(seed)):
            forms[asked.form] += 1
            assert 0 < len(asked.answer.split()) <= 4
            assert "{" not in asked.text
            if asked.form == "colour":
                assert asked.answer in {item.colour for item in scene.spec.objects}
            if asked.form == "mirror":
                assert any(r.name == "in_mirror" for r in scene.graph)
    assert len(forms) == 11, forms
