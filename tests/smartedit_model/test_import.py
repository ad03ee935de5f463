"""Importing published folders: the right result, or a clear refusal before anything is written."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel

from smartedit_model import SmartEditPipeline
from smartedit_model.errors import (
    Cancelled,
    InputError,
    KeyMismatchError,
    MissingFileError,
    MissingShardError,
    NonFiniteWeightsError,
    NotEnoughSpaceError,
    TruncatedFileError,
    UnsafePickleError,
    WrongBaseError,
)
from smartedit_model.importing.run import import_checkpoint


@pytest.fixture(scope="module")
def original(publishing, tmp_path_factory):
    """A miniature release; tests must copy it before changing it."""
    return publishing.publish(tmp_path_factory.mktemp("release"), publishing.miniature())


@pytest.fixture
def release(original, tmp_path):
    """A copy of the release that a test may damage."""
    root = tmp_path / "release"
    shutil.copytree(original.root, root)
    moved = {n: root / getattr(original, n).name for n in ("checkpoint", "llava", "sd", "clip")}
    return type(original)(
        root=root,
        config=original.config,
        files=original.files,
        llava_weights=original.llava_weights,
        **moved,
    )


@pytest.fixture(scope="module")
def imported(original, tmp_path_factory):
    out = tmp_path_factory.mktemp("imported") / "mini"
    return import_checkpoint(**original.arguments(out), dtype=torch.float32, shard_bytes=50_000)


def test_result_loads_and_edits(imported, picture):
    """The imported folder is a whole pipeline."""
    pipe = SmartEditPipeline.from_pretrained(imported)
    pipe.set_progress_bar_config(disable=True)
    out = pipe(picture, "make the cat red", num_inference_steps=2)
    assert out.images[0].size == (64, 64)


def language_weights(folder: Path) -> dict[str, torch.Tensor]:
    files = sorted((folder / "language_model").glob("*.safetensors"))
    return {k: v for f in files for k, v in load_file(f).items()}


def test_lora_is_merged_and_vocabularies_sliced(imported, original):
    """Q and v carry their low-rank update; words come from LLaVA, added tokens from SmartEdit."""
    found = language_weights(imported)
    lm = original.files["language"]
    stem = "model.base_model.model.layers.1.self_attn.v_proj"
    a, b = lm[f"{stem}.lora_A.default.weight"], lm[f"{stem}.lora_B.default.weight"]
    torch.testing.assert_close(
        found["model.layers.1.self_attn.v_proj.weight"], lm[f"{stem}.weight"] + 2.0 * (b @ a)
    )
    base = original.config.language.base_vocab
    for name, added in (
        ("model.embed_tokens.weight", lm["model.base_model.model.embed_tokens.weight"]),
        ("lm_head.weight", original.files["qformer"]["lm_head.weight"]),
    ):
        torch.testing.assert_close(found[name][:base], original.llava_weights[name][:base])
        torch.testing.assert_close(found[name][base:], added[base:])
        assert found[name].shape[0] == original.config.vocab


def test_condition_of_no_text(imported, original):
    """The null condition is the text encoder's states of the empty string."""
    encoder = CLIPTextModel.from_pretrained(original.sd / "text_encoder")
    with torch.no_grad():
        wanted = encoder(torch.tensor([[48, *[49] * 6]])).last_hidden_state
    found = load_file(imported / "null_condition" / "diffusion_pytorch_model.safetensors")
    torch.testing.assert_close(found["embedding"], wanted)


def test_shards_card_and_hashes(imported):
    """Modules are sharded by size; a card and the hash of every file are written."""
    assert len(list((imported / "language_model").glob("model-*-of-*.safetensors"))) > 2
    assert "2312.06739" in (imported / "README.md").read_text()
    hashes = json.loads((imported / "hashes.json").read_text())
    files = {str(p.relative_to(imported)) for p in imported.rglob("*") if p.is_file()}
    assert files - {"hashes.json"} == set(hashes)


def test_delta_weights_are_applied(release, original, publishing, tmp_path):
    """LLaVA given as a delta over LLaMA gives the same words."""
    llama = tmp_path / "llama"
    llama.mkdir()
    base = {
        k: torch.randn_like(v) * 0.05 + v
        for k, v in original.llava_weights.items()
        if "projector" not in k
    }
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        base[name] = base[name][:-3]
    torch.save(base, llama / "pytorch_model.bin")
    delta = {k: v.clone() for k, v in original.llava_weights.items()}
    for name, tensor in base.items():
        delta[name][: tensor.shape[0]] -= tensor
    publishing.save_llava(release.llava, delta)
    with pytest.raises(WrongBaseError, match="delta"):
        import_checkpoint(**release.arguments(tmp_path / "no"), dtype=torch.float32)
    out = import_checkpoint(
        **release.arguments(tmp_path / "out"), dtype=torch.float32, llama_dir=llama
    )
    base_rows = original.config.language.base_vocab
    torch.testing.assert_close(
        language_weights(out)["lm_head.weight"][:base_rows],
        original.llava_weights["lm_head.weight"][:base_rows],
    )


def two_layer_projector(weights):
    weights["model.mm_projector.0.weight"] = weights.pop("model.mm_projector.weight")
    weights["model.mm_projector.2.weight"] = torch.ones(48, 48)


def no_extra_rows(weights):
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        weights[name] = weights[name][:-3].clone()


def retrained(weights):
    for name in weights:
        weights[name] = weights[name] * 1.1


@pytest.mark.parametrize(
    ("change", "words"),
    [(two_layer_projector, "LLaVA-1.5"), (no_extra_rows, "LLaVA-1.1"), (retrained, "differs")],
)
def test_wrong_llava_is_refused(release, publishing, tmp_path, change, words):
    """LLaVA-1.5 and other look-alikes are recognised by their tensors."""
    weights = dict(release.llava_weights)
    change(weights)
    publishing.save_llava(release.llava, weights)
    with pytest.raises(WrongBaseError, match=words):
        import_checkpoint(**release.arguments(tmp_path / "out"))


def test_wrong_tower_and_text_encoder_are_refused(release, tmp_path):
    """A 336-pixel vision tower, and a folder of another Stable Diffusion, are refused."""
    (release.llava / "config.json").write_text('{"mm_vision_tower": "openai/clip-vit-l-336"}')
    with pytest.raises(WrongBaseError, match="336"):
        import_checkpoint(**release.arguments(tmp_path / "out"))
    (release.llava / "config.json").unlink()
    (release.clip / "config.json").write_text('{"image_size": 336}')
    with pytest.raises(WrongBaseError, match="336"):
        import_checkpoint(**release.arguments(tmp_path / "out"))


def damage_code(path):
    class Payload:
        def __reduce__(self):
            return (os.system, ("touch /tmp/never",))

    path.write_bytes(pickle.dumps({"x": Payload()}, protocol=2))


def damage_zip_code(path):
    torch.save({"x": Path("/tmp")}, path)


def damage_truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_list(path):
    torch.save([torch.ones(1)], path)


def change_table(edit):
    def damage(path):
        table = torch.load(path, weights_only=True)
        edit(table)
        torch.save(table, path)

    return damage


@pytest.mark.parametrize(
    ("kind", "damage", "error"),
    [
        ("bim", damage_code, UnsafePickleError),
        ("unet", damage_zip_code, UnsafePickleError),
        ("bim", damage_list, UnsafePickleError),
        ("language", damage_truncate, TruncatedFileError),
        ("qformer", Path.unlink, MissingFileError),
        ("unet", change_table(lambda t: t.pop("unet.conv_in.bias")), KeyMismatchError),
        ("bim", change_table(lambda t: t.update(x=torch.ones(1))), KeyMismatchError),
        (
            "bim",
            change_table(lambda t: t["modulate_head.bias"].fill_(float("nan"))),
            NonFiniteWeightsError,
        ),
    ],
)
def test_bad_checkpoint_files_are_named(release, publishing, tmp_path, kind, damage, error):
    """Each kind of bad file gets its own error with one line that names the file."""
    path = publishing.paths(release.checkpoint)[kind]
    damage(path)
    with pytest.raises(error) as caught:
        import_checkpoint(**release.arguments(tmp_path / "out"))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert not Path("/tmp/never").exists()


def test_other_files_beside_the_weights_do_no_harm(release, tmp_path):
    """Half-precision variants and loose adapters beside the weights are left aside."""
    vae = release.sd / "vae" / "diffusion_pytorch_model.safetensors"
    wrong = {name: torch.zeros_like(tensor) for name, tensor in load_file(vae).items()}
    save_file(wrong, vae.with_name("diffusion_pytorch_model.fp16.safetensors"))
    torch.save({"model.mm_projector.bias": torch.ones(48)}, release.llava / "mm_projector.bin")
    out = import_checkpoint(**release.arguments(tmp_path / "out"), dtype=torch.float32)
    found = load_file(out / "vae" / "diffusion_pytorch_model.safetensors")
    torch.testing.assert_close(
        found["encoder.conv_in.weight"], load_file(vae)["encoder.conv_in.weight"]
    )


def test_missing_llava_shard_is_named(release, tmp_path):
    """A gap in LLaVA's shards is noticed from their names."""
    next(release.llava.glob("*-00002-of-00002.bin")).unlink()
    with pytest.raises(MissingShardError, match="1 of 2"):
        import_checkpoint(**release.arguments(tmp_path / "out"))


def test_sizes_are_shown_and_can_be_declined(original, tmp_path):
    """The plan comes first; declining it writes nothing."""
    shown = []

    def decline(plan):
        shown.append(plan)
        return False

    with pytest.raises(Cancelled):
        import_checkpoint(**original.arguments(tmp_path / "out"), confirm=decline)
    assert list(tmp_path.iterdir()) == []
    assert shown[0].needed == sum(shown[0].sizes.values()) > 0
    assert sum(shown[0].sources.values()) > 0


def test_too_little_space_is_refused(original, tmp_path, monkeypatch):
    """The free space is compared before anything is written."""
    usage = namedtuple("usage", "total used free")(10, 9, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(NotEnoughSpaceError, match=r"needs .* more, and .* has 1 byte free"):
        import_checkpoint(**original.arguments(tmp_path / "out"))


def test_wrong_text_encoder_and_tokenizer_are_refused_before_writing(release, tmp_path):
    """What is read last is still looked at first."""
    settings = release.sd / "text_encoder" / "config.json"
    before = settings.read_text()
    settings.write_text(before.replace('"hidden_size": 32', '"hidden_size": 16'))
    with pytest.raises(WrongBaseError, match="instruct-pix2pix"):
        import_checkpoint(**release.arguments(tmp_path / "out"))
    settings.write_text(before)
    weights = release.sd / "text_encoder" / "model.safetensors"
    tensors = load_file(weights)
    tensors.pop(next(name for name in tensors if "final_layer_norm" in name))
    save_file(tensors, weights)
    with pytest.raises(KeyMismatchError, match="final_layer_norm"):
        import_checkpoint(**release.arguments(tmp_path / "out"))
    (release.llava / "tokenizer.json").write_text("{}")
    with pytest.raises(TruncatedFileError, match="tokenizer"):
        import_checkpoint(**release.arguments(tmp_path / "out"))
    assert not (tmp_path / "out.partial").exists()


@pytest.mark.parametrize(
    "settings", [{"target_modules": "q_proj"}, {"lora_alpha": 4}, {"r": 0, "lora_alpha": 4}]
)
def test_other_adapters_are_refused(release, tmp_path, settings):
    """An adapter of other layers, or without rank and alpha, is named."""
    path = release.checkpoint / "adapter_config.json"
    path.write_text(json.dumps({"target_modules": ["q_proj", "v_proj"], **settings}))
    with pytest.raises(WrongBaseError, match="adapter_config"):
        import_checkpoint(**release.arguments(tmp_path / "out"))


def test_llama_of_another_size_and_nan_are_refused(release, original, publishing, tmp_path):
    """A base that cannot be compared is not the right one."""
    llama = tmp_path / "llama"
    llama.mkdir()
    torch.save({"model.norm.weight": torch.ones(7)}, llama / "pytorch_model.bin")
    weights = {k: v * 1.1 for k, v in original.llava_weights.items()}
    publishing.save_llava(release.llava, weights)
    with pytest.raises(WrongBaseError, match="LLaMA of the same size"):
        import_checkpoint(**release.arguments(tmp_path / "out"), llama_dir=llama)
    weights["model.norm.weight"] = weights["model.norm.weight"] * float("nan")
    publishing.save_llava(release.llava, weights)
    with pytest.raises(WrongBaseError):
        import_checkpoint(**release.arguments(tmp_path / "out"))


def test_leftovers_of_another_import_do_not_mix_in(original, tmp_path):
    """What an import of other settings left goes; a folder that no import made stays."""
    out, partial = tmp_path / "out", tmp_path / "out.partial"
    partial.mkdir()
    (partial / "mine").write_text("precious")
    with pytest.raises(InputError, match="in the way"):
        import_checkpoint(**original.arguments(out))
    assert (partial / "mine").read_text() == "precious"
    shutil.rmtree(partial)

    def stop(part, written, total):
        if part == "qformer":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_checkpoint(**original.arguments(out), shard_bytes=50_000, progress=stop)
    assert list(partial.rglob("*.index.json"))
    import_checkpoint(**original.arguments(out))
    assert not list(out.rglob("*.index.json"))
    assert len(list((out / "language_model").glob("*.safetensors"))) == 1


def test_existing_folder_is_kept(original, tmp_path):
    """An existing result is never overwritten."""
    with pytest.raises(InputError, match="exists"):
        import_checkpoint(**original.arguments(tmp_path))


def test_interrupted_import_goes_on(original, tmp_path):
    """Files finished before an interruption are not written again, and the result is whole."""
    out = tmp_path / "out"

    def stop(part, written, total):
        if part == "language_model":
            raise KeyboardInterrupt

    arguments = {**original.arguments(out), "shard_bytes": 50_000}
    with pytest.raises(KeyboardInterrupt):
        import_checkpoint(**arguments, progress=stop)
    assert not out.exists()
    partial = tmp_path / "out.partial"
    before = {p.relative_to(partial): p.stat().st_mtime_ns for p in partial.rglob("*.safetensors")}
    assert before
    seen = []
    import_checkpoint(**arguments, progress=lambda *a: seen.append(a))
    after = {p.relative_to(out): p.stat().st_mtime_ns for p in out.rglob("*.safetensors")}
    assert before.items() <= after.items()
    assert seen[-1][1] == seen[-1][2]
    assert not partial.exists()
    SmartEditPipeline.from_pretrained(out)


_MEASURE = """
import resource, sys, torch
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])
import published
from dataclasses import replace
from pathlib import Path
from smartedit_model.config import LanguageConfig
from smartedit_model.importing import run
import transformers, diffusers
from transformers import CLIPTextModel, AutoTokenizer
language = LanguageConfig(hidden=1024, layers=12, heads=8, mlp=2816, base_vocab=320)
config = published.miniature(language=language)
root = Path(sys.argv[2])
if sys.argv[3] == "write":
    published.publish(root, config)
    largest = max(p.stat().st_size for p in root.rglob("*.bin"))
    (root / "largest").write_text(str(largest))
else:
    tiny = published.miniature()
    run.import_checkpoint(**published.publish(root / "warm", tiny).arguments(root / "warm" / "out"))
    peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    before = peak()
    names = {"checkpoint_dir": "SmartEdit", "llava_dir": "LLaVA-7B-v1",
             "sd_dir": "instruct-pix2pix", "clip_dir": "clip"}
    folders = {k: root / v for k, v in names.items()}
    run.import_checkpoint(**folders, out_dir=root / "out", config=config, shard_bytes=64 << 20)
    print((peak() - before) / int((root / "largest").read_text()))
"""


@pytest.mark.slow
def test_peak_memory_stays_near_one_shard(tmp_path):
    """Importing a 600 MB language file adds less than 1.3 times its largest shard to memory."""
    here = str(Path(__file__).parent)
    for step in ("write", "measure"):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, here, str(tmp_path), step],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    ratio = float(done.stdout.split()[-1])
    assert ratio < 1.3
