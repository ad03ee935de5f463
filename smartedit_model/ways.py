"""How a model is loaded and launched, of what an edit's options say, and what does not go together.

It knows options, no model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.errors import BadArguments

#: Steps from which capturing pays in the first edit of a size; it takes as long as some six steps.
WORTH_CAPTURING = 8


@dataclass(frozen=True)
class Ways:
    """How a model is loaded; another way reads the weights anew.

    Attributes:
        dtype: Precision of every module; ``auto`` is what is fast and safe on the device.
        compile: Compile the UNet on its first call.
        quantize: How the language model's weights are kept, ``none`` or ``4bit``.
        offload: Keep every module in main memory except while it runs.
    """

    dtype: str = "auto"
    compile: bool = False
    quantize: str = "none"
    offload: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Ways:
        """Return the ways among an edit's options.

        Raises:
            BadArguments: Two of them do not go together.
        """
        ways = cls(**{name: options[name] for name in cls.__dataclass_fields__})
        if ways.compile and ways.offload:
            raise BadArguments("a compiled UNet stays on its device; choose compile or offload")
        if ways.compile and options["keep_every"] > 1:
            raise BadArguments("a compiled UNet keeps no features; choose compile or keep_every")
        return ways


def replays_graphs(options: Mapping[str, Any], device: str) -> bool:
    """Whether an edit's UNet is replayed as CUDA graphs.

    Args:
        options: An edit's; ``graphs`` is ``auto``, for "on a CUDA GPU, where they pay and nothing
            forbids them", or true to insist, or false.
        device: Kind of the device, ``cuda``, ``mps`` or ``cpu``.

    Raises:
        BadArguments: Graphs are insisted on where they cannot be.
    """
    forbidding = {
        "compile": options["compile"] and "a compiled UNet makes its own",
        "offload": options["offload"] and "they need weights that stay on the GPU",
        "keep_every": options["keep_every"] > 1 and "they replay every level of the UNet",
    }
    reasons = {name: reason for name, reason in forbidding.items() if reason}
    if options["graphs"] is True:
        if device != "cuda":
            raise BadArguments(
                f"option graphs needs a CUDA GPU, and the model runs on {device}; leave it at auto"
            )
        for name, reason in reasons.items():
            raise BadArguments(f"CUDA graphs and {name} do not go together: {reason}; choose one")
        return True
    few = options["steps"] is not None and options["steps"] < WORTH_CAPTURING
    return options["graphs"] == "auto" and device == "cuda" and not reasons and not few
