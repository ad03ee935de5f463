"""The errors this package raises, each with one line that says what is wrong and what is right.

It knows nothing of models or files; the modules that raise put the values into the message.

::

    SmartEditModelError
    ├── ConfigError                 a configuration that cannot describe a model (ValueError)
    ├── InputError                  an image, size or option that cannot be edited (ValueError)
    │   └── InstructionError        an instruction that is empty or carries control tokens
    ├── AnswerTokensError           the language model did not answer with its image tokens
    ├── NonFiniteResultError        an edit that came out as NaN or infinity
    ├── WeightsError                weights that cannot be trusted or used
    │   ├── MissingFileError        a file or folder of the layout is not there
    │   │   └── MissingShardError   an index names a shard that is not there
    │   ├── TruncatedFileError      a weight file ends early or is not what its name says
    │   ├── KeyMismatchError        missing, unexpected or wrongly shaped tensors
    │   ├── NonFiniteWeightsError   NaN or infinity in a tensor
    │   ├── UnsafePickleError       a pickle that would run code, or is not a table of tensors
    │   ├── WrongBaseError          the right kind of folder, but of another model
    │   ├── HashMismatchError       a file changed after it was written
    │   └── NotEnoughSpaceError     the disk cannot hold the result
    ├── HubError                    a public part could not be fetched
    ├── LicenceRequiredError        weights whose licence a person must accept first
    ├── OptionalDependencyError     a feature whose optional package is absent (ImportError)
    ├── CaptureError                a module that cannot be replayed as a CUDA graph here
    ├── DeviceMemoryError           every smaller way to run was tried and still too large
    ├── NotDrawnError               a thing that the drawn world has no drawing of (ValueError)
    ├── TrainingError               training data or a checkpoint that cannot be used
    └── Cancelled                   the caller asked to stop between two steps
"""

from __future__ import annotations

from typing import Self


class SmartEditModelError(Exception):
    """Base of every error of this package."""


class ConfigError(SmartEditModelError, ValueError):
    """A configuration that cannot describe a model."""


class InputError(SmartEditModelError, ValueError):
    """An image, size or option that cannot be edited."""


class InstructionError(InputError):
    """An instruction that is empty or carries control tokens."""


class AnswerTokensError(SmartEditModelError):
    """The language model did not answer with its image tokens."""


class NonFiniteResultError(SmartEditModelError):
    """An edit that came out as NaN or infinity."""

    @classmethod
    def of(cls, what: str, dtype: object) -> Self:
        """Return the error of something computed in a PyTorch dtype."""
        name = str(dtype).removeprefix("torch.")
        better = "guide less strongly" if name == "float32" else "run in bfloat16 or float32"
        return cls(
            f"{what} came out as NaN or infinity in {name}; {better}, or check the weights with "
            "`smartedit models verify`"
        )


class WeightsError(SmartEditModelError):
    """Weights that cannot be trusted or used."""


class MissingFileError(WeightsError):
    """A file or folder of the layout is not there."""


class MissingShardError(MissingFileError):
    """An index names a shard that is not there."""


class TruncatedFileError(WeightsError):
    """A weight file ends early or is not what its name says."""


class KeyMismatchError(WeightsError):
    """Missing, unexpected or wrongly shaped tensors."""


class NonFiniteWeightsError(WeightsError):
    """NaN or infinity in a tensor."""


class UnsafePickleError(WeightsError):
    """A pickle that would run code, or is not a table of tensors."""


class WrongBaseError(WeightsError):
    """The right kind of folder, but of another model."""


class HashMismatchError(WeightsError):
    """A file changed after it was written."""


class NotEnoughSpaceError(WeightsError):
    """The disk cannot hold the result."""


class HubError(SmartEditModelError):
    """A public part could not be fetched."""


class LicenceRequiredError(SmartEditModelError):
    """Weights whose licence a person must accept first."""


class OptionalDependencyError(SmartEditModelError, ImportError):
    """A feature whose optional package is absent."""


class CaptureError(SmartEditModelError):
    """A module that cannot be replayed as a CUDA graph here."""


class DeviceMemoryError(SmartEditModelError):
    """Every smaller way to run was tried and still too large."""


class NotDrawnError(SmartEditModelError, ValueError):
    """A thing that the drawn world has no drawing of."""


class TrainingError(SmartEditModelError):
    """Training data or a checkpoint that cannot be used."""


class Cancelled(SmartEditModelError):
    """The caller asked to stop between two steps."""


def first_line(error: BaseException) -> str:
    """Return the first line of a library's error, or its kind where it says nothing."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
