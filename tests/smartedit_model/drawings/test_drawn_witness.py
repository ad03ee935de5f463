"""The witness for drawings: what words mean, what is found, which edits pass."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from skimage import data

from smartedit_model.drawings.fitting import fit_op, logistic
from smartedit_model.drawings.naming import kinds_meant, kinds_of, look_named, thing_named
from smartedit_model.drawings.things import THINGS
from smartedit_model.drawings.verdict import odds, shipped_fit
from smartedit_model.drawings.witness import DrawnWitness, Observation, drawn_witness
from smartedit_model.evaluation.labelled_edits import BAD, GOOD, OPS, claim_of, edits, samples
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.edits import EditSample
from tools.grounders import ground
from tools.grounding import Scene
from tools.masks import dilate, iou
from tools.target import Target
from tools.witness import Claim


@cache
def witness() -> DrawnWitness:
    """The shipped one."""
    return drawn_witness(shipped_folder())


@cache
def removal() -> EditSample:
    """A removal whose target the shipped witness finds by its words."""
    for op, sample in samples("val", 3, 11):
        if op == "remove":
            heard = witness().hear(claim_of(op, sample), sample.source, sample.target, sample.mask)
            if heard is not None and heard.resolved:
                return sample
    raise LookupError("no removal of the sample can be resolved")


def test_words_mean_kinds_colours_and_looks() -> None:
    """Names, plurals, groups, described things; what is unknown means nothing."""
    assert kinds_of("teddy bears") == ("teddy",)
    assert "cat" in kinds_of("animal")
    assert "mirror" not in kinds_of("thing")
    assert kinds_of("carburettor") == ()
    assert kinds_meant(Target(phrase="the ice cream", category="cream", attributes=("ice",)))
    assert thing_named("a big red ice cream") == ("ice_cream", "red")
    assert thing_named("a grey cat") == ("cat", "gray")
    assert look_named("background", "a green field") == "field"
    assert look_named("restyle", "a black and white photograph") == "gray"
    assert look_named("weather", "wild") == ""


def test_it_finds_named_things_by_itself() -> None:
    """The recogniser's grounder finds the thing that the exact mask shows, without a model."""
    sample = removal()
    claim = claim_of("remove", sample)
    found = ground(Scene(sample.source), claim.target, (witness().grounder,))
    assert iou(found.mask, sample.region) > 0.6
    assert found.source == "recogniser"


def test_a_picture_is_looked_at_once() -> None:
    """What was seen in one scene is there in another of the same picture, larger in larger ones."""
    sample = removal()
    judge = drawn_witness(shipped_folder())
    scene = Scene(sample.source)
    found = judge.things(scene)
    assert scene.found[THINGS] is found
    assert judge.things(Scene(sample.source)) is found
    large = judge.things(Scene(np.repeat(np.repeat(sample.source, 2, 0), 2, 1)))
    assert [thing.kind for thing in large] == [thing.kind for thing in found]
    assert all(
        iou(np.repeat(np.repeat(one.mask, 2, 0), 2, 1), other.mask) > 0.9
        for one, other in zip(found, large, strict=True)
    )


def test_good_removals_pass_and_bad_ones_do_not() -> None:
    """The exact picture passes; the unchanged one, a half-blended one and garbage fail."""
    sample = removal()
    claim = claim_of("remove", sample)
    told = {
        made.sort: witness().testify(claim, sample.source, made.image, made.allowed)
        for made in edits(sample, random.Random(3))
    }
    exact = told["exact"]
    assert exact is not None
    assert exact.passed is True
    for sort in ("nothing done", "half blended", "artefact"):
        verdict = told[sort]
        assert verdict is not None
        assert verdict.passed is not True, sort
        assert verdict.reason
        assert verdict.trust < exact.trust


def test_an_old_thing_that_shines_through_is_no_success_however_well_the_rest_looks() -> None:
    """A half-blended replacement is seen as what it should be; a stronger try is asked for."""
    fit = shipped_fit().ops["replace"]
    claim = Claim("replace", Target(phrase="the dog", category="dog"), "a cat")
    numbers = {name: 1.0 for name in fit.names if name not in ("weakest", "second_weakest")}
    good = witness().verdict(claim, Observation(True, numbers))
    assert good is not None
    assert good.passed is True
    assert not good.faint
    half = numbers | {"no_ghost": 0.9, "no_trace": 0.6}
    assert fit.trust(half) >= fit.least
    told = witness().verdict(claim, Observation(True, half))
    assert told is not None
    assert (told.passed, told.sure, told.faint) == (None, False, True)
    assert "shines through" in told.reason
    assert told.trust < good.trust


def test_another_colour_than_was_named_is_trusted_least() -> None:
    """A thing nobody knows by sight may still be told from itself in another colour."""
    fit = shipped_fit().ops["replace"]
    claim = Claim("replace", Target(phrase="the dog", category="dog"), "a red sofa")
    numbers = {name: 0.8 for name in fit.names if name not in ("weakest", "second_weakest")}
    right = witness().verdict(claim, Observation(True, numbers))
    grey = witness().verdict(claim, Observation(True, numbers | {"colour": 0.003}))
    assert right is not None
    assert grey is not None
    assert grey.passed is not True
    assert grey.trust < right.trust
    assert "colour" in grey.reason


def test_noise_in_the_place_of_a_thing_fails() -> None:
    """Whatever it is taken for, what differs from pixel to pixel is no drawing."""
    sample = removal()
    mask = sample.region
    noise = np.random.default_rng(4).integers(0, 256, (int(mask.sum()), 3), dtype=np.uint8)
    garbage = sample.source.copy()
    garbage[mask] = noise
    claim = Claim("replace", claim_of("remove", sample).target, "a cat")
    told = witness().testify(claim, sample.source, garbage, mask, mask)
    assert told is not None
    assert (told.passed, told.faint) == (False, False)
    assert "noise" in told.reason


def test_what_was_marked_is_the_target_whatever_the_words_find() -> None:
    """A mark is not doubted, and that words find something else is told as before."""
    sample = removal()
    claim = Claim("remove", Target(phrase="the cat", category="cat"))
    allowed = dilate(sample.region, 2)
    heard = witness().hear(claim, sample.source, sample.target, allowed, sample.region)
    assert heard is not None
    assert np.array_equal(heard.case.target, sample.region)
    assert not heard.resolved


def test_it_says_nothing_of_what_it_does_not_know() -> None:
    """Photographs, unknown things and ops, and pictures of another size are left to others."""
    sample = removal()
    claim = claim_of("remove", sample)
    photo = data.astronaut()
    assert witness().testify(claim, photo, photo, None) is None
    unknown = Claim("remove", Target(phrase="the carburettor", category="carburettor"))
    assert witness().testify(unknown, sample.source, sample.target, None) is None
    assert (
        witness().testify(Claim("crop", claim.target), sample.source, sample.target, None) is None
    )
    assert witness().testify(claim, sample.source, sample.target[:64], None) is None


def test_an_edit_of_another_thing_is_never_sure() -> None:
    """Where the step acted elsewhere than the words point, the edit does not pass."""
    sample = removal()
    claim = claim_of("remove", sample)
    others = [made for made in edits(sample, random.Random(3)) if made.sort == "wrong object"]
    assert others
    for made in others:
        told = witness().testify(claim, sample.source, made.image, made.allowed)
        assert told is None or told.passed is not True


def test_large_pictures_are_judged_too() -> None:
    """A drawing at three times the size gets the same verdict."""
    sample = removal()
    claim = claim_of("remove", sample)
    grown = [
        np.kron(image, np.ones((3, 3, 1), np.uint8)) for image in (sample.source, sample.target)
    ]
    mask = np.kron(sample.mask, np.ones((3, 3), bool))
    told = witness().testify(claim, grown[0], grown[1], mask)
    assert told is not None
    assert told.passed is True


def test_labelled_edits_keep_what_they_promise() -> None:
    """Good edits touch nothing outside the mask; a leak does; every bad one differs."""
    sample = removal()
    made = list(edits(sample, random.Random(5)))
    assert {edit.sort for edit in made} <= {*GOOD, *BAD}
    for edit in made:
        outside = (edit.image != sample.source).any(axis=2) & ~sample.mask
        if edit.good:
            assert not outside.any(), edit.sort
        else:
            assert (edit.image != sample.target).any(), edit.sort
        if edit.sort == "leak":
            assert outside.any()


def test_a_fit_is_monotone_and_keeps_false_alarms_low() -> None:
    """Slopes are never negative, what tells nothing gets little, and few good ones fail."""
    draw = np.random.default_rng(2)
    rows = []
    for i in range(200):
        good = i % 3 == 0
        told = np.clip(draw.normal(0.8 if good else 0.2, 0.1), 0, 1)
        numbers = {"tells": float(told), "chance": float(draw.random())}
        if i % 5 == 0:
            numbers["mark"] = float(good)  # of some only: it is not weighed
        rows.append({"sample": str(i // 4), "sort": "x", "good": good, "resolved": True,
                     "numbers": numbers})  # fmt: skip
    fit = fit_op(rows)
    slopes = dict(zip(fit.names, fit.slope, strict=True))
    assert "mark" not in slopes
    assert min(slopes.values()) >= 0
    assert slopes["tells"] > 10 * slopes["chance"]
    trust = np.array([fit.trust(row["numbers"]) for row in rows])
    good = np.array([row["good"] for row in rows])
    assert (trust[good] < fit.fails).mean() <= 0.05
    assert (trust[~good] >= fit.least).mean() <= 0.05
    values = draw.normal(size=(50, 1))
    slope, _ = logistic(values, (values[:, 0] < 0).astype(float))
    assert slope[0] == 0
    assert (np.diff(odds(np.linspace(0, 1, 9))) > 0).all()


def test_every_op_of_the_world_has_a_shipped_fit() -> None:
    """Each op has its numbers and a threshold that is neither all nor nothing."""
    fit = shipped_fit()
    assert set(fit.ops) == set(OPS)
    for op in fit.ops.values():
        assert 0 < op.fails <= op.least < 1
        assert max(op.slope) > 0


@pytest.mark.parametrize("op", ["add", "recolor"])
def test_claims_of_the_world_are_plain_words(op: str) -> None:
    """What a sample claims can be said in a plan's terms."""
    sample = next(made for kind, made in samples("val", 1, 4) if kind == op)
    claim = claim_of(op, sample)
    assert claim.op == op
    assert claim.value
    assert claim.target.phrase
