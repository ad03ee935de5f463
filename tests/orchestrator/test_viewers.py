"""What sees a photograph's subject in a whole session, with its real weights."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from memory.home import Home
from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from orchestrator.viewers import viewer_of
from smartedit_model.photographs.session import missing
from smartedit_model.photographs.subject import WEIGHTS, SubjectNetwork
from smartedit_model.world.scene import make_scene
from tools.grounders import ground
from tools.grounding import Scene
from tools.pictures import Picture
from tools.target import Target

SUBJECT = Target(phrase="the subject", category="subject")

installed = pytest.mark.skipif(bool(missing(WEIGHTS)), reason=missing(WEIGHTS))


@installed
@pytest.mark.parametrize(
    "wish", ["make the background green", "blur the background", "make the background black"]
)
def test_the_subject_stays_bit_identical(tmp_path, monkeypatch, wish):
    """Through a whole session: what the mask says is surely the subject is not touched."""
    monkeypatch.setenv("SMARTEDIT_INSTALLED_MODELS", "use")
    image = data.coffee()
    with (
        SessionStore.open(tmp_path) as store,
        EditSession.create(Picture(image), store=store, editors=EditorShelf()) as session,
    ):
        report = session.edit(wish, settings=RunSettings(detector="none"))
        after = session.picture().rgb
    assert report.status == "done"
    step = report.steps[0]
    assert SubjectNetwork.name in step["mask_source"]
    assert step["unchanged_outside_mask"]
    kept = ground(Scene(image, viewer=SubjectNetwork()), SUBJECT).soft == 1
    assert kept.mean() > 0.4
    assert np.array_equal(after[kept], image[kept])
    assert (after != image).any()


@installed
def test_photographs_are_viewed_and_drawings_are_not(tmp_path, monkeypatch):
    """The network was taught photographs; what the machine's owner turned off stays off."""
    home = Home(tmp_path)
    drawn = make_scene(5, 128).image
    monkeypatch.setenv("SMARTEDIT_INSTALLED_MODELS", "use")
    assert viewer_of(home, data.coffee()) is not None
    assert viewer_of(home, drawn) is None
    monkeypatch.setenv("SMARTEDIT_INSTALLED_MODELS", "ignore")
    assert viewer_of(home, data.coffee()) is None
