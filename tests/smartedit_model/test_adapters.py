"""Adapters of a UNet: merged when a model is loaded, refused in one line where they do not fit."""

import copy
import shutil
import zlib

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from smartedit_model import SmartEditPipeline
from smartedit_model.adapters import FILE, FOLDER, SETTINGS, check_adapter, merge_adapter
from smartedit_model.errors import (
    HashMismatchError,
    InputError,
    KeyMismatchError,
    MissingFileError,
    NonFiniteWeightsError,
    TrainingError,
    TruncatedFileError,
)
from smartedit_model.fingerprints import verify_model, write_hashes
from smartedit_model.training.lora import LoraConv2d, lora_layers, merge_lora, wrap
from smartedit_model.training.updates import balanced, write_adapter
from smartedit_model.unet import FeatureConvIn

LINEAR = "unet.time_embedding.linear_1"
CONV = "unet.conv_in"
NORM = "unet.conv_norm_out"


def told(unet):
    """Return what a UNet says of one fixed input."""
    source = torch.Generator().manual_seed(3)
    channels = unet.config.in_channels // 2
    latents = torch.randn(1, channels, 8, 8, generator=source)
    condition = torch.randn(1, 4, unet.config.cross_attention_dim, generator=source)
    feature = torch.randn(1, unet.config.block_out_channels[0], 8, 8, generator=source)
    with torch.no_grad():
        return unet.predict(latents, latents, torch.tensor([500]), condition, feature)


def an_adapter(unet, rank=3):
    """Return an adapter of a linear layer, a convolution and a normalisation."""
    source = torch.Generator().manual_seed(5)

    def drawn(*shape):
        return 0.1 * torch.randn(*shape, generator=source)

    linear, conv = unet.time_embedding.linear_1, unet.conv_in
    return {
        f"{LINEAR}.lora_A.weight": drawn(rank, linear.in_features),
        f"{LINEAR}.lora_B.weight": drawn(linear.out_features, rank),
        f"{CONV}.lora_A.weight": drawn(rank, *conv.weight.shape[1:]),
        f"{CONV}.lora_B.weight": drawn(conv.out_channels, rank, 1, 1),
        f"{CONV}.diff_b": drawn(conv.out_channels),
        f"{NORM}.diff": drawn(*unet.conv_norm_out.weight.shape),
    }


@pytest.fixture
def folder(tiny_folder, tiny, tmp_path):
    """A model with an adapter."""
    target = tmp_path / "model"
    shutil.copytree(tiny_folder, target)
    (target / FOLDER).mkdir()
    save_file(an_adapter(tiny.unet), target / FOLDER / FILE)
    return target


def change(folder, edit, metadata=None):
    path = folder / FOLDER / FILE
    tensors = load_file(path)
    edit(tensors)
    save_file({k: v.contiguous() for k, v in tensors.items()}, path, metadata=metadata)


def test_an_adapter_is_merged_when_a_model_is_loaded(folder, tiny):
    """The weights are those of the layers plus the products of the adapter's matrices."""
    unet = SmartEditPipeline.from_pretrained(folder).unet
    adapter = an_adapter(tiny.unet)
    update = adapter[f"{LINEAR}.lora_B.weight"] @ adapter[f"{LINEAR}.lora_A.weight"]
    wanted = tiny.unet.time_embedding.linear_1.weight + update
    torch.testing.assert_close(unet.time_embedding.linear_1.weight, wanted, atol=1e-6, rtol=0)
    bias = tiny.unet.conv_in.bias + adapter[f"{CONV}.diff_b"]
    torch.testing.assert_close(unet.conv_in.bias, bias, atol=1e-6, rtol=0)
    assert (told(unet) - told(tiny.unet)).abs().max() > 1e-3
    plain = SmartEditPipeline.from_pretrained(folder, adapt=False).unet
    torch.testing.assert_close(told(plain), told(tiny.unet))


def test_a_merged_model_is_saved_without_its_adapter(folder, tmp_path):
    """Saved elsewhere it is the same model; into its own folder it would be adapted twice."""
    pipe = SmartEditPipeline.from_pretrained(folder)
    pipe.save_pretrained(tmp_path / "merged")
    assert not (tmp_path / "merged" / FOLDER).exists()
    again = SmartEditPipeline.from_pretrained(tmp_path / "merged")
    assert torch.equal(told(again.unet), told(pipe.unet))
    with pytest.raises(InputError, match="added again"):
        pipe.save_pretrained(folder)


@pytest.mark.filterwarnings("ignore:Adapter 'default'")  # peft doubts the biases it asked for
def test_what_peft_trains_and_diffusers_writes_is_read(folder, tiny):
    """A UNet with peft's layers says what ours says with their file merged, scale included."""
    peft = pytest.importorskip("peft")
    from diffusers.loaders import StableDiffusionLoraLoaderMixin

    unet = SmartEditPipeline.from_pretrained(folder, adapt=False).unet
    names = [
        name
        for name, layer in unet.named_modules()
        if isinstance(layer, nn.Linear | nn.Conv2d)
        and layer.bias is not None
        and name != "conv_in"  # which is told more channels than it convolves
    ]
    settings = peft.LoraConfig(
        r=2, lora_alpha=6, target_modules=names, lora_bias=True, init_lora_weights=False
    )
    torch.manual_seed(1)
    trained = peft.inject_adapter_in_model(settings, unet)
    for name, parameter in trained.named_parameters():
        if "lora_B" in name and name.endswith("bias"):
            nn.init.normal_(parameter, std=0.1)
    StableDiffusionLoraLoaderMixin.save_lora_weights(
        folder / FOLDER,
        unet_lora_layers=peft.get_peft_model_state_dict(trained),
        unet_lora_adapter_metadata=settings.to_dict(),
    )
    merged = SmartEditPipeline.from_pretrained(folder).unet
    torch.testing.assert_close(told(merged), told(trained), atol=1e-5, rtol=1e-5)
    assert (told(merged) - told(tiny.unet)).abs().max() > 1e-3


def lose_up(tensors):
    tensors.pop(f"{LINEAR}.lora_B.weight")


def lose_down(tensors):
    tensors.pop(f"{CONV}.lora_A.weight")


def other_rank(tensors):
    tensors[f"{LINEAR}.lora_B.weight"] = torch.zeros(len(tensors[f"{LINEAR}.lora_B.weight"]), 5)


def other_width(tensors):
    tensors[f"{LINEAR}.lora_A.weight"] = torch.zeros(3, 7)


def other_bias(tensors):
    tensors[f"{CONV}.diff_b"] = torch.zeros(5)


def other_layer(tensors):
    tensors["unet.no_such.lora_A.weight"] = torch.zeros(3, 7)


def other_part(tensors):
    tensors["text_encoder.layer.lora_A.weight"] = torch.zeros(3, 7)


def unknown_kind(tensors):
    tensors[f"{LINEAR}.lora_magnitude_vector"] = torch.zeros(7)


def rank_of_a_norm(tensors):
    tensors[f"{NORM}.lora_A.weight"] = torch.zeros(3, 7)


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lose_up, r"missing unet\.time_embedding\.linear_1\.lora_B\.weight"),
        (lose_down, r"conv_in\.lora_B\.weight is .* should be"),
        (other_rank, r"linear_1\.lora_B\.weight is \[\d+, 5\], should be \[\d+, 3\]"),
        (other_width, r"linear_1\.lora_A\.weight is \[3, 7\], should be"),
        (other_bias, r"conv_in\.diff_b is \[5\], should be"),
        (other_layer, r"no_such\.lora_A\.weight adapts nothing of this UNet"),
        (other_part, r"text_encoder\.layer\.lora_A\.weight adapts nothing of this UNet"),
        (unknown_kind, r"lora_magnitude_vector adapts nothing of this UNet"),
        (rank_of_a_norm, r"conv_norm_out\.lora_A\.weight adapts nothing of this UNet"),
        (dict.clear, r"holds no tensors"),
    ],
)
def test_an_adapter_that_does_not_fit_is_refused(folder, edit, named):
    """One line names the first tensor that does not fit, before any weights are read."""
    change(folder, edit)
    with pytest.raises(KeyMismatchError, match=named) as caught:
        SmartEditPipeline.from_pretrained(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ('{"unet.r": 4, "unet.lora_alpha": 8, "unet.use_dora": true}', "use_dora"),
        ('{"unet.r": 0, "unet.lora_alpha": 8}', "no rank and scale"),
        ("[", "no rank and scale"),
    ],
)
def test_settings_that_are_not_known_are_refused(folder, settings, named):
    """What would be merged wrongly is not merged."""
    change(folder, lambda tensors: None, {SETTINGS: settings})
    with pytest.raises(KeyMismatchError, match=named):
        SmartEditPipeline.from_pretrained(folder)


def test_a_damaged_or_missing_file_is_named(folder):
    """An empty folder, a file cut short and a NaN are told apart."""
    path = folder / FOLDER / FILE
    whole = path.read_bytes()
    change(folder, lambda tensors: tensors[f"{NORM}.diff"].fill_(float("nan")))
    for load in (SmartEditPipeline.from_pretrained, verify_model):
        with pytest.raises(NonFiniteWeightsError):
            load(folder)
    path.write_bytes(whole[:-10])
    with pytest.raises(TruncatedFileError):
        SmartEditPipeline.from_pretrained(folder)
    path.unlink()
    with pytest.raises(MissingFileError, match=FILE):
        SmartEditPipeline.from_pretrained(folder)


def test_an_adapter_has_a_hash_like_every_file(folder):
    """Verifying tells that it was checked, and that it has changed."""
    write_hashes(folder)
    assert any("adapter" in line for line in verify_model(folder))
    change(folder, lambda tensors: tensors[f"{NORM}.diff"].add_(1))
    with pytest.raises(HashMismatchError, match=FILE):
        verify_model(folder)


def test_layers_with_low_rank_updates_say_what_merged_ones_say():
    """Strided convolutions and linear layers, merged and not, agree to 1e-5."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Conv2d(8, 6, 1), nn.Flatten(2), nn.Linear(16, 5)
    )
    picture = torch.randn(2, 3, 8, 8)
    before = model(picture)
    assert wrap(model, lambda name, layer: True, rank=2, alpha=4) == 3
    assert torch.equal(model(picture), before)
    for layer in lora_layers(model).values():
        nn.init.normal_(layer.up)
    apart = model(picture)
    assert (apart - before).abs().max() > 0.1
    assert merge_lora(model) == 3
    torch.testing.assert_close(model(picture), apart, atol=1e-5, rtol=1e-5)
    assert not any(isinstance(m, LoraConv2d) for m in model.modules())


def test_updates_added_to_weights_say_and_learn_the_same():
    """One layer in the place of three: results and gradients agree to 1e-5, dropout is refused."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        FeatureConvIn(8, 6, 1),
        nn.Flatten(2),
        nn.Linear(16, 5),
    )
    other = copy.deepcopy(model)
    wrap(model, lambda name, layer: True, rank=2, alpha=4)
    wrap(other, lambda name, layer: True, rank=2, alpha=4, summed=True)
    for one, two in zip(*(lora_layers(m).values() for m in (model, other)), strict=True):
        nn.init.normal_(one.up)
        two.load_state_dict(one.state_dict())
    assert [layer.summed for layer in lora_layers(other).values()] == [True, False, True]
    picture = torch.randn(2, 3, 8, 8)
    results = [m(picture) for m in (model, other)]
    torch.testing.assert_close(*results, atol=1e-5, rtol=1e-5)
    for result in results:
        result.square().mean().backward()
    for one, two in zip(*(lora_layers(m).values() for m in (model, other)), strict=True):
        torch.testing.assert_close(one.down.grad, two.down.grad, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(one.up.grad, two.up.grad, atol=1e-5, rtol=1e-4)
    with pytest.raises(TrainingError, match="no dropout"):
        wrap(nn.Linear(2, 2), lambda name, layer: True, rank=1, alpha=1, dropout=0.1, summed=True)


def test_an_update_in_eight_bits_says_nearly_the_same_and_is_small(folder, tmp_path):
    """Few digits, one step for all layers, and what is nothing stays nothing."""
    torch.manual_seed(0)
    unet = SmartEditPipeline.from_pretrained(folder, adapt=False).unet
    layer = unet.time_embedding.linear_1
    wide, high = layer.weight.shape[1], layer.weight.shape[0]
    update = {
        f"{LINEAR}.lora_A.weight": 5 * torch.randn(4, wide),
        f"{LINEAR}.lora_B.weight": 0.02 * torch.randn(high, 4),
        f"{CONV}.lora_A.weight": torch.randn(4, *unet.conv_in.weight.shape[1:]),
        f"{CONV}.lora_B.weight": torch.zeros(len(unet.conv_in.weight), 4, 1, 1),
    }
    factors, step = balanced(update)
    path = write_adapter(factors, tmp_path, step=step)
    half = write_adapter(update, tmp_path / "half")
    stored = load_file(path)
    assert {tensor.dtype for tensor in stored.values()} == {torch.float8_e4m3fn}
    assert len(zlib.compress(path.read_bytes())) < 0.5 * len(zlib.compress(half.read_bytes()))
    check_adapter(path, {name: tuple(p.shape) for name, p in unet.state_dict().items()})
    before, conv = layer.weight.clone(), unet.conv_in.weight.clone()
    merge_adapter(unet, path)
    asked = update[f"{LINEAR}.lora_B.weight"] @ update[f"{LINEAR}.lora_A.weight"]
    apart = (layer.weight - before - asked).norm() / asked.norm()
    assert apart < 0.5
    assert torch.equal(unet.conv_in.weight, conv)
