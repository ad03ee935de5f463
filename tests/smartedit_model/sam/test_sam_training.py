"""Training of the small SAM: exact prompts, repeatable lessons, bit-exact resume, learning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from smartedit_model.errors import TrainingError
from smartedit_model.sam.architecture import SamSize, build
from smartedit_model.sam.training.lessons import lesson
from smartedit_model.sam.training.loop import SamTraining
from smartedit_model.sam.training.prompts import centre_click
from smartedit_model.sam.training.recipe import Recipe, read_recipe


def test_the_shipped_recipe_stays_small() -> None:
    """In half precision the recipe's model takes less than 15 MB."""
    folder = Path(__file__).parents[3] / "smartedit_model" / "sam" / "training"
    recipe = read_recipe(folder / "sam-nano.yaml")
    assert 2 * sum(p.numel() for p in build(recipe.model).parameters()) < 15e6


def test_a_wrong_recipe_is_named(tmp_path: Path) -> None:
    """An unknown key or an impossible size is one clear line."""
    path = tmp_path / "recipe.yaml"
    for text in ("stepz: 3", "model: {image_size: 100}", "["):
        path.write_text(text)
        with pytest.raises(TrainingError, match=r"recipe\.yaml"):
            read_recipe(path)


def test_lessons_repeat_and_fit(tiny_size: SamSize) -> None:
    """A lesson follows from seed and number; single clicks lie on what they ask for."""
    for number in range(12):
        one, two = (lesson(number, tiny_size, seed=1, objects=3) for _ in range(2))
        assert torch.equal(one.pixels, two.pixels)
        for group in one.groups:
            assert group.wanted.sum((-2, -1)).min() >= 24
            if group.single_click and group.points is not None:
                scale = max(one.inner) / max(group.wanted.shape[-2:])
                places = (group.points[:, 0] / scale).round().long()
                for mask, (x, y) in zip(group.wanted, places.tolist(), strict=True):
                    assert mask[y, x] == 1


def test_centre_click_is_inside() -> None:
    """On a ring the click lies on the ring, not in its hole."""
    y, x = np.mgrid[-20:21, -20:21]
    ring = (np.hypot(x, y) < 18) & (np.hypot(x, y) > 10)
    column, row = centre_click(ring).astype(int)
    assert ring[row, column]


def test_resuming_is_as_if_never_stopped(tiny_size: SamSize, tmp_path: Path) -> None:
    """Two steps, a stop and two more give the very weights of four steps; others are refused."""
    recipe = Recipe(model=tiny_size, steps=8, batch=2, objects=2, warmup=2, save_every=2)
    whole = SamTraining(recipe, tmp_path / "a")
    whole.run(4)
    first = SamTraining(recipe, tmp_path / "b")
    assert not first.resume()
    first.run(2)
    second = SamTraining(recipe, tmp_path / "b")
    assert second.resume()
    second.run(4)
    for name, value in whole.averaged.state_dict().items():
        assert torch.equal(value, second.averaged.state_dict()[name]), name
    with pytest.raises(TrainingError, match="seed"):
        SamTraining(recipe.model_copy(update={"seed": 9}), tmp_path / "b").resume()
