"""Baselines: as many weights, the same examples, and one thing less."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from smartedit_model import SmartEditPipeline
from smartedit_model.errors import ConfigError, TrainingError
from smartedit_model.registry import model_folder
from smartedit_model.training.baselines.examples import VariantExamples, prepare
from smartedit_model.training.baselines.learn import learned
from smartedit_model.training.baselines.measure import cases, drawn_cases, right
from smartedit_model.training.baselines.plan import Baselines, load_baselines
from smartedit_model.training.baselines.variant import VariantTraining
from smartedit_model.training.captions import PLACES, words
from smartedit_model.training.stages import TrainSettings
from smartedit_model.world.refer import CATEGORIES

NAMES = tuple(load_baselines().variants)


@pytest.fixture(scope="module")
def shipped() -> SmartEditPipeline:
    """The shipped model, which all variants begin with."""
    pipe = SmartEditPipeline.from_pretrained(model_folder("smartedit-nano", Path("/none")))
    pipe.to(dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture(scope="module")
def small() -> Baselines:
    """The package's plan with a few examples and two steps."""
    plan = load_baselines().model_dump()
    for name in ("examples", "plain"):
        plan[name]["shards"] = 1
        plan[name]["ahead"]["shard"] = 24
    plan["settings"] |= {"steps": 2, "batch": 4, "save_every": 0}
    return Baselines.model_validate(plan)


@pytest.fixture(scope="module")
def prepared(
    small: Baselines, shipped: SmartEditPipeline, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with all examples."""
    folder = tmp_path_factory.mktemp("baselines")
    prepare(small, shipped, folder / "data", lambda _: None)
    return folder


def fresh(plan: Baselines, name: str, pipe: SmartEditPipeline) -> VariantTraining:
    """A variant that has learned nothing, but whose condition heeds its BIM."""
    module = VariantTraining(
        pipe, plan.width, plan.variant(name), TrainSettings(**plan.settings, cpu=True)
    )
    nn.init.normal_(module.bim.to_condition.weight, std=0.1)
    return module.eval()


def heard(module: VariantTraining) -> tuple[bool, bool]:
    """Whether the condition changes with the picture, and the image features with the words."""
    pictures, said = torch.randn(2, 256, 192), torch.randn(2, 16, 192)
    with torch.no_grad():
        seen = module.find(pictures, said)[2]
        elsewhere = module.find(pictures.flip(0), said)[2]
        otherwise = module.find(pictures, said.flip(0))[2]
    return (
        not torch.allclose(seen.condition, elsewhere.condition, atol=1e-5),
        not torch.allclose(seen.image_map, otherwise.image_map, atol=1e-5),
    )


@pytest.mark.parametrize(
    ("name", "both"),
    [
        ("shipped", (True, True)),
        ("two_way", (True, True)),
        ("one_way", (True, False)),
        ("no_bim", (False, False)),
        ("text_only", (False, False)),
    ],
)
def test_a_variant_hears_what_it_may(
    name: str, both: tuple[bool, bool], small: Baselines, shipped: SmartEditPipeline
) -> None:
    """What is cut does not pass, and what is not cut does."""
    assert heard(fresh(small, name, shipped)) == both


def test_all_begin_with_the_same_weights(small: Baselines, shipped: SmartEditPipeline) -> None:
    """Only what reads the marks is more, and none begins with others."""
    sums = {
        name: [
            (p.numel(), float(p.detach().double().sum()))
            for p in fresh(small, name, shipped).parameters()
            if p.requires_grad
        ]
        for name in NAMES
    }
    for name in NAMES:
        like = "shipped" if small.variant(name).marks else "two_way"
        assert sorted(sums[name]) == sorted(sums[like])


@pytest.mark.parametrize("name", NAMES)
def test_a_variant_learns_and_is_kept(
    name: str, small: Baselines, shipped: SmartEditPipeline, prepared: Path
) -> None:
    """Two steps leave weights that differ from the first, and a second call takes these."""
    before = [p.clone() for p in fresh(small, name, shipped).readout.parameters()]
    module = learned(small, name, shipped, prepared, lambda _: None)
    after = list(module.readout.parameters())
    assert any(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
    told: list[str] = []
    again = learned(small, name, shipped, prepared, told.append)
    assert told == []
    for a, b in zip(after, again.readout.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_stopped_run_goes_on(
    small: Baselines, shipped: SmartEditPipeline, prepared: Path
) -> None:
    """What was learned in two runs is what is learned in one."""
    out = prepared / "stopped"
    out.mkdir()
    (out / "data").symlink_to(prepared / "data")
    whole = learned(small, "two_way", shipped, prepared, lambda _: None)
    saving = small.model_copy(update={"settings": small.settings | {"save_every": 1}})
    learned(saving, "two_way", shipped, out, lambda _: None)
    last = out / "two_way" / "step-000002"
    for file in last.iterdir():
        file.unlink()
    last.rmdir()
    told: list[str] = []
    again = learned(small, "two_way", shipped, out, told.append)
    assert "two_way: going on from step 1 of 2" in told
    for a, b in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def test_what_is_left_out_is_replaced_by_plain_edits(small: Baselines, prepared: Path) -> None:
    """As many examples, in the same order where nothing is left out."""
    full = VariantExamples(small, small.variant("two_way"), prepared / "data")
    for name, place, word in (
        ("no_perception", "op", "segment"),
        ("no_reasoning", "sort", "fact"),
    ):
        less = VariantExamples(small, small.variant(name), prepared / "data")
        a, b = full(0, len(full.order)), less(0, len(less.order))
        said = words()[place].index(word)
        out = a.captions[:, PLACES.index(place)] == said
        assert less.replaced == int(out.sum()) > 0
        assert not (b.captions[:, PLACES.index(place)] == said).any()
        assert torch.equal(a.features[~out], b.features[~out])
        assert torch.equal(a.captions[~out], b.captions[~out])


def test_without_perception_the_place_is_what_changed(small: Baselines, prepared: Path) -> None:
    """No example tells the exact place where a thing moves or changes its size."""
    examples = VariantExamples(small, small.variant("two_way"), prepared / "data")
    full = examples(0, len(examples.order))
    less = VariantExamples(small, small.variant("no_perception"), prepared / "data")(
        0, len(examples.order)
    )
    ops = words()["op"]
    same = full.captions[:, PLACES.index("op")] == less.captions[:, PLACES.index("op")]
    moved = torch.tensor([ops[op] in ("move", "resize") for op in full.captions[:, 0].tolist()])
    chosen = same & moved & (full.region.flatten(1).sum(dim=1) > 0)
    assert chosen.any()
    for exact, changed in zip(full.region[chosen], less.region[chosen], strict=True):
        assert not torch.equal(exact, changed)


def test_too_few_plain_edits_are_refused(
    small: Baselines, shipped: SmartEditPipeline, tmp_path: Path
) -> None:
    """The message says how many are missing."""
    plan = small.model_dump()
    plan["plain"]["ahead"]["shard"] = 4
    plan["examples"]["ahead"]["mix"] = {"segment": 1.0}
    plan["examples"]["ahead"]["shard"] = 8
    few = Baselines.model_validate(plan)
    prepare(few, shipped, tmp_path, lambda _: None)
    with pytest.raises(TrainingError, match="8 examples are to be replaced, but 4"):
        VariantExamples(few, few.variant("no_perception"), tmp_path)


class Knowing:
    """Answers the exact places of some cases, or nothing."""

    def __init__(self, told: dict[str, Tensor], answers: bool) -> None:
        self.places = torch.from_numpy(np.unpackbits(told["region"].numpy(), axis=-1)).float()
        self.answers, self.at = answers, 0

    def eval(self) -> None:
        """Nothing to switch."""

    def find(self, features: Tensor, condition: Tensor) -> tuple[Tensor, Tensor, Any]:
        """Give the next places."""
        part = self.places[self.at : self.at + len(condition)]
        self.at += len(condition)
        sure = 9.0 if self.answers else -9.0
        return 18 * part - 9, torch.full((len(part),), sure), SimpleNamespace()


def test_right_is_found_or_said_to_be_missing(
    small: Baselines, shipped: SmartEditPipeline, tmp_path: Path
) -> None:
    """Exact places are right everywhere; silence only where there is nothing."""
    told = cases(shipped, tmp_path / "cases.safetensors", "val", 2, 3, small.size)
    assert told["category"].tolist() == [n for n in range(len(CATEGORIES)) for _ in range(2)]
    knowing: Any = Knowing(told, answers=True)
    assert all(right(knowing, small.variant("shipped"), told))
    silent: Any = Knowing(told, answers=False)
    found = right(silent, small.variant("shipped"), told)
    assert found == [not exists for exists in told["exists"].tolist()]
    assert sum(found) == 2


def test_cases_change_their_target_in_place() -> None:
    """Their pair of pictures tells the place that is asked for."""
    for category, made in drawn_cases("val", 1, 3, 128):
        assert made.op in ("remove", "recolor"), category


def test_a_plan_is_checked(tmp_path: Path) -> None:
    """What no variant can go without is named."""
    path = tmp_path / "plan.yaml"
    plan = load_baselines().model_dump(mode="json")
    plan["variants"]["two_way"]["eyes"] = False
    path.write_text(str(plan).replace("True", "true").replace("False", "false"))
    with pytest.raises(ConfigError, match="eyes"):
        load_baselines(path)
    with pytest.raises(ConfigError, match="no variant is called 'three_way'"):
        load_baselines().variant("three_way")
