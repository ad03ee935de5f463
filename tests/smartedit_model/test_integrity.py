"""Bad model folders: each fault gets its own error, named in one line."""

import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from smartedit_model import SmartEditPipeline
from smartedit_model.editor import SmartEditEditor
from smartedit_model.errors import (
    HashMismatchError,
    KeyMismatchError,
    MissingFileError,
    MissingShardError,
    NonFiniteWeightsError,
    TruncatedFileError,
    UnsafePickleError,
    WrongBaseError,
)
from smartedit_model.fingerprints import file_hash
from smartedit_model.registry import verify_model
from tools.editing import EditRequest
from tools.errors import EditorUnavailable


@pytest.fixture
def folder(tiny_folder, tmp_path):
    target = tmp_path / "model"
    shutil.copytree(tiny_folder, target)
    return target


def edit_file(path, change):
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


def remove(folder):
    shutil.rmtree(folder)


def remove_index(folder):
    (folder / "model_index.json").unlink()


def remove_weights(folder):
    (folder / "bim" / "diffusion_pytorch_model.safetensors").unlink()


def remove_tokenizer(folder):
    (folder / "tokenizer" / "tokenizer.json").unlink()


def lose_shard(folder):
    path = folder / "language_model" / "model.safetensors"
    names = dict.fromkeys(load_file(path), "model-00002-of-00002.safetensors")
    names["lm_head.weight"] = "model-00001-of-00002.safetensors"
    path.rename(path.with_name("model-00001-of-00002.safetensors"))
    index = path.with_name("model.safetensors.index.json")
    index.write_text(json.dumps({"weight_map": names}))


def truncate(folder):
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def empty(folder):
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"")


def garbage(folder):
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"\x04" + b"\0" * 99)


def bad_json(folder):
    (folder / "unet" / "config.json").write_text("{")


def lose_key(folder):
    path = folder / "qformer" / "diffusion_pytorch_model.safetensors"
    edit_file(path, lambda t: t.pop("query_tokens"))


def extra_key(folder):
    path = folder / "vision_tower" / "model.safetensors"
    edit_file(path, lambda t: t.update(extra=torch.ones(2)))


def wrong_shape(folder):
    path = folder / "projector" / "diffusion_pytorch_model.safetensors"
    edit_file(path, lambda t: t.update({"linear.bias": torch.ones(7)}))


def nan(folder):
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    edit_file(path, lambda t: t["conv_out.bias"].fill_(float("nan")))


def pickled(folder):
    path = folder / "bim" / "diffusion_pytorch_model.safetensors"
    torch.save(load_file(path), path.with_suffix(".bin"))
    path.unlink()


def headless(folder):
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    table = b'{"conv_in.weight":{"dtype":"F32"}}'
    path.write_bytes(len(table).to_bytes(8, "little") + table)


def bad_index(folder):
    (folder / "language_model" / "model.safetensors.index.json").write_text('{"shards": 2}')


def json_list(folder):
    (folder / "model_index.json").write_text("[1]")


def other_config(folder):
    (folder / "language_model" / "config.json").write_text('{"hidden_size": "wide"}')


def other_unet_config(folder):
    (folder / "unet" / "config.json").write_text('{"down_block_types": ["NoSuchBlock"]}')


def no_tokenizer(folder):
    (folder / "tokenizer" / "tokenizer.json").write_text("{}")


def lose_setting(folder):
    path = folder / "model_index.json"
    settings = json.loads(path.read_text())
    del settings["base_vocab"]
    path.write_text(json.dumps(settings))


def another_pipeline(folder):
    change_json(folder / "model_index.json", _class_name="StableDiffusionPipeline")


def no_kind(folder):
    path = folder / "model_index.json"
    settings = json.loads(path.read_text())
    del settings["_class_name"]
    path.write_text(json.dumps(settings))


def other_vocabulary(folder):
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "answer_tokens": 5}))


def other_dtype(folder):
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"F32"', b'"F16"', 1))


def change_json(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def no_schedule(folder):
    (folder / "scheduler" / "scheduler_config.json").write_text("{}")


def other_schedule(folder):
    change_json(folder / "scheduler" / "scheduler_config.json", beta_schedule="steep")


def other_resolution(folder):
    change_json(folder / "model_index.json", resolution="large")


CASES = [
    (other_dtype, TruncatedFileError),
    (another_pipeline, WrongBaseError),
    (no_kind, WrongBaseError),
    (no_schedule, KeyMismatchError),
    (other_schedule, KeyMismatchError),
    (other_resolution, KeyMismatchError),
    (headless, TruncatedFileError),
    (bad_index, TruncatedFileError),
    (json_list, TruncatedFileError),
    (other_config, KeyMismatchError),
    (other_unet_config, KeyMismatchError),
    (no_tokenizer, TruncatedFileError),
    (lose_setting, KeyMismatchError),
    (other_vocabulary, KeyMismatchError),
    (remove, MissingFileError),
    (remove_index, MissingFileError),
    (remove_weights, MissingFileError),
    (remove_tokenizer, MissingFileError),
    (lose_shard, MissingShardError),
    (truncate, TruncatedFileError),
    (empty, TruncatedFileError),
    (garbage, TruncatedFileError),
    (bad_json, TruncatedFileError),
    (lose_key, KeyMismatchError),
    (extra_key, KeyMismatchError),
    (wrong_shape, KeyMismatchError),
    (nan, NonFiniteWeightsError),
    (pickled, UnsafePickleError),
]


@pytest.mark.parametrize(("damage", "error"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_bad_folder_is_refused(folder, damage, error):
    """Loading, verifying and editing refuse the folder for the same reason, in one line."""
    damage(folder)
    for check in (SmartEditPipeline.from_pretrained, verify_model):
        with pytest.raises(error) as caught:
            check(folder)
        assert "\n" not in str(caught.value)
    editor = SmartEditEditor("tiny", folder, device="cpu")
    with pytest.raises(EditorUnavailable) as caught:
        editor.edit(EditRequest(np.zeros((64, 64, 3), np.uint8), "red"))
    assert "\n" not in str(caught.value)


def test_a_folder_that_another_editor_drives_names_it(folder):
    """InstructPix2Pix's folder is no SmartEdit model, and the reason says how it is run."""
    change_json(folder / "model_index.json", _class_name="StableDiffusionInstructPix2PixPipeline")
    with pytest.raises(WrongBaseError, match="--model diffusers:instruct-pix2pix"):
        SmartEditPipeline.from_pretrained(folder)


def test_verify_compares_hashes(folder):
    """A whole folder passes; a changed byte is found by its hash."""
    card = folder / "README.md"
    card.write_text("as imported")
    (folder / "hashes.json").write_text(json.dumps({"README.md": file_hash(card)}))
    assert "1 files have their hashes" in verify_model(folder)
    card.write_text("changed")
    with pytest.raises(HashMismatchError):
        verify_model(folder)
    card.unlink()
    with pytest.raises(MissingFileError):
        verify_model(folder)
    assert verify_model(folder, deep=False)
