"""Weights with fewer digits."""

import zlib

import pytest
import torch
from safetensors.torch import load_file, save_file

from smartedit_model.training.rounding import EIGHT_BITS, STEPS, in_eight_bits, rounded, settle


def test_rounding_is_to_the_nearest_and_small() -> None:
    weights = torch.randn(4000, generator=torch.Generator().manual_seed(0)).half()
    for bits in (3, 5, 8):
        apart = (rounded(weights, bits).float() - weights.float()).abs() / weights.float().abs()
        assert float(apart.max()) <= 2 ** -(bits + 1) * 1.001
    assert torch.equal(rounded(rounded(weights)), rounded(weights))
    assert torch.equal(rounded(-weights), -rounded(weights))


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 65504.0, 2.0**-24, float("inf")])
def test_extremes_stay_in_range(value: float) -> None:
    found = rounded(torch.tensor([value], dtype=torch.float16))
    assert bool(torch.isinf(found)) == (value == float("inf"))
    assert float(found) == pytest.approx(value, rel=2**-6, abs=2**-19)


def test_not_a_number_is_not_hidden() -> None:
    assert torch.isnan(rounded(torch.tensor([float("nan")], dtype=torch.float16))).all()


def test_changed_weights_are_rounded_and_compress(tmp_path) -> None:
    new, old = tmp_path / "new.safetensors", tmp_path / "old.safetensors"
    weights = torch.randn(200, 200, generator=torch.Generator().manual_seed(1)).half()
    save_file({"w": weights, "step": torch.tensor([3])}, new, metadata={"format": "pt"})
    before = len(zlib.compress(new.read_bytes()))
    assert not settle(new, old)
    assert len(zlib.compress(new.read_bytes())) < 0.75 * before
    assert torch.equal(load_file(new)["w"], rounded(weights))
    assert int(load_file(new)["step"]) == 3


def test_unchanged_weights_stay_the_file_they_were(tmp_path) -> None:
    new, old = tmp_path / "new.safetensors", tmp_path / "old.safetensors"
    weights = torch.randn(50, generator=torch.Generator().manual_seed(2)).half()
    save_file({"w": weights}, old, metadata={"format": "pt", "made": "before"})
    save_file({"w": weights}, new, metadata={"format": "pt"})
    assert settle(new, old)
    assert new.read_bytes() == old.read_bytes()


def test_eight_bits_are_near_and_stay_what_they_are() -> None:
    """The error is a part of what weights are, and what was stored once is stored alike again."""
    weights = 0.04 * torch.randn(90, 80, generator=torch.Generator().manual_seed(3)).half()
    stored = in_eight_bits(weights)
    assert stored.dtype == EIGHT_BITS
    apart = (stored.float() - weights.float()).std() / weights.float().std()
    assert 0.3 / STEPS / 2 < float(apart) < 0.3 / STEPS * 2
    assert len(stored.float().unique()) < 40
    assert torch.equal(in_eight_bits(stored.half()).float(), stored.float())
    assert not in_eight_bits(torch.zeros(3, 3).half()).float().any()


def test_a_file_in_eight_bits_compresses_and_is_kept(tmp_path) -> None:
    """Kernels are in eight bits, biases are not; shipped again, it is the old file."""
    new, old = tmp_path / "new.safetensors", tmp_path / "old.safetensors"
    draw = torch.Generator().manual_seed(4)
    weights = {
        "w": torch.randn(40, 20, 3, 3, generator=draw).half(),
        "b": torch.randn(40, generator=draw).half(),
    }
    save_file(weights, old, metadata={"format": "pt"})
    before = len(zlib.compress(old.read_bytes()))
    assert not settle(old, eight_bits=True)
    assert len(zlib.compress(old.read_bytes())) < 0.4 * before
    kept = load_file(old)
    assert (kept["w"].dtype, kept["b"].dtype) == (EIGHT_BITS, torch.float16)
    assert torch.equal(kept["b"], rounded(weights["b"]))
    save_file({name: t.half() for name, t in kept.items()}, new, metadata={"format": "pt"})
    assert settle(new, old, eight_bits=True)
    assert new.read_bytes() == old.read_bytes()
