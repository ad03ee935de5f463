"""The UNet replayed as CUDA graphs, and what that asks of its callers."""

import copy

import pytest
import torch

from smartedit_model.cuda_graphs import CudaGraphs
from smartedit_model.errors import CaptureError, InputError
from smartedit_model.feature_reuse import DeepFeatures
from smartedit_model.loading import speed_up


def step(unet, timestep, rows=2):
    seed = torch.Generator().manual_seed(0)

    def noise(*shape):
        return torch.randn(rows, *shape, generator=seed).to(unet.device)

    channels, hidden = unet.config.block_out_channels[0], unet.config.cross_attention_dim
    with torch.no_grad():
        return unet.predict(
            noise(4, 8, 8), noise(4, 8, 8), timestep, noise(5, hidden), noise(channels, 8, 8)
        )


def test_time_in_whole_numbers_and_in_fractions_is_one_to_the_unet(tiny):
    """Samplers count either way; one compiled or captured UNet serves them all."""
    dtypes = []
    handle = tiny.unet.register_forward_pre_hook(lambda _, inputs: dtypes.append(inputs[1].dtype))
    whole = step(tiny.unet, torch.tensor(499))
    assert torch.equal(step(tiny.unet, torch.tensor(499.0)), whole)
    handle.remove()
    assert dtypes == [torch.float32, torch.float32]


def test_graphs_need_a_gpu(tiny):
    """On a CPU the option is refused, and the pipeline stays as it was."""
    with pytest.raises(InputError, match="CUDA GPU"):
        speed_up(tiny, graphs=True)
    assert tiny.unet.graphs is None


def test_a_captured_unet_keeps_no_features(tiny):
    """A graph replays every level, so nothing can be left out of it."""
    unet = copy.deepcopy(tiny.unet)
    unet.graphs = CudaGraphs()
    with pytest.raises(InputError, match="keep_every"):
        DeepFeatures(unet, 2)
    assert copy.deepcopy(unet).graphs is not unet.graphs


def test_graphs_leave_calls_elsewhere_as_they_are(tiny):
    """A module that was moved back to the CPU still answers."""
    unet = copy.deepcopy(tiny.unet)
    wanted = step(unet, torch.tensor(20))
    unet.graphs = CudaGraphs()
    assert torch.equal(step(unet, torch.tensor(20)), wanted)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_what_cannot_be_captured_is_named():
    """A call that reads a value back fails as such, and the device works on, on the same stream."""
    layer = torch.nn.Linear(4, 4).cuda()
    before = torch.cuda.current_stream()

    def asking(x):
        return layer(x) * float(x.sum())

    with pytest.raises(CaptureError, match="captur"):
        CudaGraphs()(layer, asking, torch.ones(2, 4, device="cuda"))
    assert torch.cuda.current_stream() == before
    torch.cuda.empty_cache()
    given = torch.ones(2, 4, device="cuda")
    assert torch.allclose(CudaGraphs()(layer, layer, given), layer(given))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_graphs_give_the_same_noise(tiny):
    """Whatever the time and the rows, and after the weights have changed place."""
    plain = copy.deepcopy(tiny.unet).cuda()
    replayed = copy.deepcopy(plain)
    replayed.graphs = CudaGraphs(most=1)
    for timestep, rows in ((499, 2), (20, 2), (20, 3), (499, 2)):
        wanted = step(plain, torch.tensor(timestep), rows)
        found = step(replayed, torch.tensor(timestep), rows)
        assert float((found - wanted).norm() / wanted.norm()) < 1e-4
    plain.double().float()
    replayed.double().float()
    assert torch.isfinite(step(replayed, torch.tensor(20), 2)).all()
