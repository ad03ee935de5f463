"""An ONNX file as a function of arrays, opened when it is first asked.

It knows no network's inputs or outputs; those are its users'.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smartedit_model.carried import Carried, checked, find
from smartedit_model.errors import NonFiniteWeightsError, OptionalDependencyError, WeightsError

RUNTIME = "onnxruntime"
REQUIREMENT = "onnxruntime>=1.23,<2"
"""As in the extra ``vision``."""
NEEDS = f"needs ONNX Runtime; bring it with `pip install '{REQUIREMENT}'`"

Floats = NDArray[np.float32]


def missing(item: Carried) -> str:
    """Why a network cannot be asked, and the command that would help; empty where it can."""
    if find(item) is None:
        return f"its weights are not here; bring them with `{item.command}`"
    if find_spec(RUNTIME) is None:
        return f"it {NEEDS}"
    return ""


class Network:
    """A network of one input and one output that matters, on the processor.

    Args:
        item: the file; it is compared with what was published when it is opened.
    """

    def __init__(self, item: Carried) -> None:
        self.item = item
        self._session: Any = None
        self._lock = threading.Lock()

    def __call__(self, batch: Floats) -> Floats:
        """The first output for a batch.

        Raises:
            MissingFileError, TruncatedFileError, HashMismatchError: the file is not as published.
            OptionalDependencyError: ONNX Runtime is not installed.
            WeightsError: the runtime cannot use the file.
            NonFiniteWeightsError: it answers with NaN.
        """
        with self._lock:
            if self._session is None:
                self._session = _opened(self.item)
            try:
                name = self._session.get_inputs()[0].name
                answer: Floats = self._session.run(None, {name: batch})[0]
            except _faults() as error:
                raise _unusable(self.item, error) from error
        if not np.isfinite(answer).all():
            raise NonFiniteWeightsError(f"{self.item.path} answers with NaN")
        return answer


def _opened(item: Carried) -> Any:
    path = checked(item)
    try:
        import onnxruntime
    except ImportError as error:
        raise OptionalDependencyError(f"{path.name} {NEEDS}") from error
    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except _faults() as error:
        raise _unusable(item, error) from error


def _faults() -> tuple[type[Exception], ...]:
    """What the runtime raises over files and inputs; its kinds have no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as kinds

    own = (kinds.Fail, kinds.InvalidArgument, kinds.InvalidGraph, kinds.InvalidProtobuf)
    return (*own, kinds.NoSuchFile, kinds.NotImplemented, kinds.RuntimeException)


def _unusable(item: Carried, error: Exception) -> WeightsError:
    why = str(error).splitlines()[0]
    return WeightsError(
        f"{Path(item.path).name} cannot be run by this ONNX Runtime ({why}); "
        f"`pip install '{REQUIREMENT}'`"
    )
