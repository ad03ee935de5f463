"""The errors of evaluation.

::

    SmartEditModelError
    ├── InputError
    │   ├── BenchmarkLayoutError  a benchmark folder that is not laid out as it should be
    │   ├── EvaluationSetupError  settings that cannot be evaluated with
    │   └── RunMismatchError      a run's folder that belongs to other settings
    └── WeightsError
        └── JudgeWeightsError     the judge's weights are missing, damaged or of another form
"""

from __future__ import annotations

from smartedit_model.errors import InputError, WeightsError


class BenchmarkLayoutError(InputError):
    """A benchmark folder that is not laid out as it should be."""


class EvaluationSetupError(InputError):
    """Settings that cannot be evaluated with."""


class RunMismatchError(InputError):
    """A run's folder that belongs to other settings."""


class JudgeWeightsError(WeightsError):
    """The judge's weights are missing, damaged or of another form."""
