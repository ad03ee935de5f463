"""A tiny pipeline with random weights, built once, and quiet progress bars."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from transformers.utils import logging as transformers_logging

from smartedit_model import SmartEditPipeline, preset
from smartedit_model.tokenizer import train_tokenizer

SENTENCES = ["make the cat red", "remove the dog on the left", "turn day into night"]


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    torch.set_num_threads(1)  # tiny models; several workers share the cores
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()


def build_tiny(seed: int = 0) -> SmartEditPipeline:
    """Return a tiny pipeline whose zero-initialised parts are random too."""
    tokenizer = train_tokenizer(SENTENCES, 320)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        pipe = SmartEditPipeline.from_scratch(preset("tiny"), tokenizer)
        for module in (pipe.bim, pipe.null_condition):
            for parameter in module.parameters():
                torch.nn.init.normal_(parameter, std=0.2)
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture(scope="session")
def tiny() -> SmartEditPipeline:
    """Shared; tests must not change it."""
    return build_tiny()


@pytest.fixture(scope="session")
def tiny_folder(tiny, tmp_path_factory):
    """Shared; tests must copy it before changing it."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny.save_pretrained(folder)
    return folder


@pytest.fixture
def picture() -> Image.Image:
    """A 64 x 64 picture with a gradient and a square."""
    image = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    image.paste((200, 30, 30), (16, 16, 40, 40))
    return image


@pytest.fixture(scope="session")
def publishing() -> ModuleType:
    """The helpers that write miniature published folders."""
    path = Path(__file__).with_name("published.py")
    spec = importlib.util.spec_from_file_location("smartedit_model_published", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
