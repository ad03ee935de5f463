"""Both editors of this package keep the promises of the ``Editor`` protocol."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from smartedit_model.diffusers_editor import DiffusersEditor
from smartedit_model.editor import SmartEditEditor


def by_path(name: str, path: Path) -> ModuleType:
    """Load a helper that lies among tests, where nothing is a package."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


HERE = Path(__file__).parent
Suite = by_path("editor_conformance", HERE.parent / "tools" / "editor_conformance.py")


class QuickConformance(Suite.EditorConformance):
    __test__ = False

    @pytest.fixture
    def options(self):
        return {"steps": 2}


@pytest.fixture(scope="module")
def smartedit(tiny_folder):
    return SmartEditEditor("smartedit-tiny", tiny_folder, device="cpu")


@pytest.fixture(scope="module")
def diffusers():
    tiny = by_path("smartedit_model_tiny_conformance", HERE / "tiny_diffusers.py")
    return DiffusersEditor(
        "instruct-pix2pix",
        load=lambda: tiny.build("instruct-pix2pix"),
        device="cpu",
        resolution=64,
    )


class TestSmartEditEditor(QuickConformance):
    __test__ = True

    @pytest.fixture
    def editor(self, smartedit):
        return smartedit


class TestDiffusersEditor(QuickConformance):
    __test__ = True

    @pytest.fixture
    def editor(self, diffusers):
        return diffusers
