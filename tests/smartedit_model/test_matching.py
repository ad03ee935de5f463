"""Marks on patches that show what is asked for; what instructions ask for; captions and codes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from smartedit_model import preset
from smartedit_model.bim import BIM
from smartedit_model.build import build_modules
from smartedit_model.config import VisionConfig
from smartedit_model.errors import ConfigError
from smartedit_model.matching import ROLES, Matching, surroundings
from smartedit_model.training.asked import GROUPS, asked_of, class_of
from smartedit_model.training.captions import (
    DRAWN,
    PICKED,
    PLACES,
    caption_of,
    coded,
    undone,
    words,
)
from smartedit_model.training.losses import asked_loss, caption_loss, choice_loss
from smartedit_model.world.catalogue import kinds, members
from smartedit_model.world.edits import EditSpec
from smartedit_model.world.facts import fact, facts
from smartedit_model.world.query import Query
from smartedit_model.world.stream import sample


@pytest.fixture
def matching():
    """Patches and words look like their class: three kinds, two colours, none first in each."""
    made = Matching(7, 7, 3, (4, 3))
    made.norm = nn.Identity()
    with torch.no_grad():
        made.seen.weight.copy_(20 * torch.eye(7))
        made.seen.bias.zero_()
        made.asked.weight.zero_()
        # The role of what is meant, as the second of three queries says it.
        made.asked.weight[:7, 7:14].copy_(20 * torch.eye(7))
        made.asked.bias.fill_(-10)
    return made


def test_patches_that_show_what_is_asked_for_are_marked(matching):
    """By kind and by colour apart; patches of none are never marked, and nothing in other roles."""
    patches = torch.eye(7)[[0, 1, 2, 2]] + torch.eye(7)[[4, 5, 5, 6]]
    asked = torch.eye(7)[2] + torch.eye(7)[5]  # the second kind, the first colour
    nothing = torch.zeros(7)
    marks = matching(patches[None], torch.stack([nothing, asked, nothing])[None]).marks[0]
    by_kind, by_colour = marks.unflatten(1, (2, len(ROLES))).unbind(1)
    assert by_kind[:, 0].round().tolist() == [0, 0, 1, 1]
    assert by_colour[:, 0].round().tolist() == [0, 1, 1, 0]
    assert marks.unflatten(1, (2, len(ROLES)))[..., 1:].max() < 0.01


def test_marks_tell_who_stands_where_and_who_is_larger():
    """The left one of two has the other to its right; the larger one is the densest."""
    grid = torch.zeros(1, 16, 16)
    grid[0, 6:9, 2:4] = 1.0  # a small one on the left
    grid[0, 4:10, 10:15] = 1.0  # a large one on the right
    left, right, above, below, near, most = surroundings(grid.reshape(1, 256, 1))[0].T
    at = lambda y, x: 16 * y + x  # noqa: E731
    small, large, corner = at(7, 2), at(7, 12), at(15, 15)
    assert left[small] == 0
    assert right[small] > 0.8
    assert left[large] == pytest.approx((6 + 12) / 36)
    assert right[at(7, 14)] == 0
    assert below[at(0, 5)] == 1
    assert above[corner] == 1
    assert near[small] < near[large] == 1.0
    assert most[large] == 1.0
    assert most[small] < 0.5
    nothing = surroundings(torch.zeros(1, 256, 2))
    assert nothing.shape == (1, 256, 12)
    assert not nothing.any()


def test_the_bim_sees_the_marks_and_lets_patches_look_at_each_other():
    """Another patch's change reaches a patch only where patches attend to each other."""
    torch.manual_seed(0)
    features, condition = torch.randn(1, 16, 8), torch.randn(1, 3, 6)
    moved = features.clone()
    moved[0, 0, :4] += 3
    for looks in (True, False):
        bim = BIM(
            6, 8, 4, depth=1, heads=2, mlp=8, match=(3, 2), queries=3, image_attention=looks
        ).eval()
        with torch.no_grad():
            # Words that read nothing: patches can learn of each other in no other way.
            block = bim.blocks[0]
            silent = (block.text_to_image.output, block.image_to_text.output, bim.matching.enter)
            for layer in silent:
                nn.init.zeros_(layer.weight)
            a, b = (bim(f, condition, (4, 4)).image_map for f in (features, moved))
        assert bool((a - b)[0, :, 3, 3].abs().max() > 1e-6) == looks
    matched = bim(features, condition, (4, 4)).matched
    assert matched.marks.shape == (1, 16, 6)
    assert matched.around.shape == (1, 16, 36)
    assert BIM(6, 8, 4, heads=2, mlp=8)(features, condition, (4, 4)).matched is None


def test_the_stem_makes_patches_of_the_towers_size():
    """A tower with a stem gives as many patches as one without; sizes that do not fit are told."""
    config = replace(preset("tiny"), vision=replace(preset("tiny").vision, stem=(4, 8)))
    tower = build_modules(config).vision_tower
    seen = tower(torch.randn(2, 3, 32, 32)).last_hidden_state
    assert seen.shape == (2, 17, 32)
    wrong = replace(config, vision=VisionConfig(32, 16, 32, 2, 2, 64, stem=(4, 8)))
    with pytest.raises(ConfigError, match="16"):
        build_modules(wrong)


def test_nano_names_every_kind_and_colour_of_the_world():
    """The sizes in the configuration are the world's."""
    assert preset("nano").bim.match == GROUPS


def test_what_is_asked_for_follows_from_the_words():
    """Kinds by name, fact or group, colours, what it is told by and what it is not."""
    made = next(
        m for n in range(99) if (m := sample("train", n, mix={"segment": 1.0}, size=32)).spec.target
    )

    def asked(query):
        table = asked_of(replace(made, spec=replace(made.spec, target=query)))
        return [{int(c) for c in np.flatnonzero(row)} for row in table]

    cup, red = class_of("cup"), class_of(colour="red")
    assert asked(Query(kind="cup", colour="red")) == [{cup, red}, set(), set()]
    near = Query(not_colour="red", relation="next_to", other=Query(kind="dog"))
    assert asked(near) == [set(), {class_of("dog")}, {red}]
    assert asked(Query(several=True, but=Query(kind="cup"))) == [set(), set(), {cup}]
    assert asked(Query(group="fruit"))[0] == {class_of(kind) for kind in members("fruit")}
    key = next(iter(facts()))
    assert asked(Query(fact=key))[0] == {class_of(kind) for kind in fact(key).fits}
    both = Query(kind="cup", also=Query(kind="dog"))
    assert asked(both)[0] == {cup, class_of("dog")}
    assert cup != red
    assert class_of(next(iter(kinds()))) == 1


def test_captions_say_what_is_drawn():
    """Op, target, new kind, colour that was asked for, setting and way, as they are asked for."""
    seen = set()
    for number in range(200):
        made = sample("train", number, mix={"edit": 0.7, "whole": 0.3}, size=32)
        told = [words()[p][w] for p, w in zip(PLACES, caption_of(made), strict=True)]
        caption = dict(zip(PLACES, told, strict=True))
        seen.add(made.op)
        if not made.valid:
            assert caption["target"] == "-"
        assert caption["op"] == made.op
        if made.op in ("replace", "add"):
            assert caption["kind"] == made.spec.value
        if made.op == "replace" and made.spec.colour not in made.instruction:
            assert caption["colour"] == "-"
        if made.op in ("resize", "move"):
            assert caption["way"] == made.spec.value
        if made.op == "recolor":
            assert caption["colour"] == made.spec.value
        if made.op in ("background", "weather", "time", "style"):
            assert caption["setting"] == made.spec.value
    assert len(seen) >= 9


def test_captions_say_by_what_the_target_is_picked():
    """Every field of a query is at a place of its own."""

    def picked(query):
        spec = EditSpec("segment", query, "red")
        made = replace(sample("train", 0, mix={"segment": 1.0}, size=32), spec=spec)
        told = [words()[p][w] for p, w in zip(PLACES, caption_of(made), strict=True)]
        return {p: w for p, w in zip(PLACES, told, strict=True) if p in PICKED and w != "-"}

    assert picked(Query(kind="cup", side="left", ordinal=2)) == {
        "said": "cup", "side": "left", "ordinal": "2",
    }  # fmt: skip
    beside = Query(kind="cup", relation="next_to", other=Query(kind="dog"))
    assert picked(beside) == {
        "said": "cup", "relation": "next_to", "other": "dog", "sort": "other",
    }  # fmt: skip
    but = Query(kind="cup", several=True, but=Query(kind="cup", colour="red"))
    assert picked(but) == {"said": "cup", "other": "cup", "other_tint": "red", "sort": "but"}
    assert picked(Query(group="fruit", several=True)) == {"said": "fruit", "sort": "several"}
    assert picked(Query(kind="cup", size="largest", mirror="inside", colour="blue")) == {
        "said": "cup", "size": "largest", "mirror": "inside", "tint": "blue",
    }  # fmt: skip
    assert picked(Query(kind="cup", not_colour="red")) == {
        "said": "cup", "other_tint": "red", "sort": "not",
    }  # fmt: skip
    alone = next(key for key, entry in facts().items() if len(entry.fits) == 1)
    (only,) = fact(alone).fits
    assert picked(Query(fact=alone)) == {"said": only, "sort": "fact"}


def test_nothing_is_drawn_where_nothing_is_meant():
    """What is picked stays told, because the words say it; what is drawn does not."""
    captions = torch.ones(2, len(PLACES), dtype=torch.long)
    told = undone(captions, torch.tensor([True, False]))
    assert told[0].tolist() == [0] * len(DRAWN) + [1] * len(PICKED)
    assert told[1].tolist() == [1] * len(PLACES)


def test_codes_are_the_same_every_time_and_far_apart():
    """A condition that equals its codes loses nothing; another word's code is far away."""
    captions = torch.tensor([[1, 2, 3, 4, 5, 1], [1, 2, 3, 4, 5, 2]])
    codes = coded(captions.tolist(), 48)
    assert torch.equal(codes, coded(captions.tolist(), 48))
    assert torch.equal(codes[0, :5], codes[1, :5])
    assert (codes[0, 5] - codes[1, 5]).square().mean() > 0.5
    condition = torch.cat([codes, torch.randn(2, 3, 48)], dim=1)
    assert caption_loss(condition, captions, torch.ones(2)) == 0
    assert caption_loss(condition + 1, captions, torch.tensor([1.0, 0.0])) == pytest.approx(1.0)
    loss, right = choice_loss(condition, captions, torch.ones(2))
    assert right.all()
    assert loss < 0.5
    other, wrong = choice_loss(condition, captions.roll(1, dims=1) % 4, torch.ones(2))
    assert other > loss + 1
    assert not wrong.all()


def test_unknown_rows_do_not_count_as_asked():
    """A row without a target adds nothing to the loss."""
    asked = torch.zeros(2, 3, 4)
    asked[1] = 1
    logits = torch.full((2, 12), -20.0)
    assert asked_loss(logits, asked, torch.tensor([1.0, 0.0])) < 1e-3
    assert asked_loss(logits, asked, torch.tensor([0.0, 1.0])) > 100
