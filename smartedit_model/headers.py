"""The table of tensors at the head of a safetensors file, checked against the file's length.

It reads no tensor and knows no model.
"""

from __future__ import annotations

import json
import struct
from math import prod
from pathlib import Path
from typing import Any

from smartedit_model.errors import MissingFileError, TruncatedFileError

#: Bytes a value, by the names of safetensors.
_BYTES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1} | dict.fromkeys(
    ("I16", "U16", "F16", "BF16"), 2
)
_BYTES |= dict.fromkeys(("I32", "U32", "F32"), 4) | dict.fromkeys(("I64", "U64", "F64"), 8)


def read_header(path: Path) -> dict[str, Any]:
    """Return a safetensors file's table of tensors, checking that the file is as long as it says.

    Raises:
        MissingFileError: The file is not there.
        TruncatedFileError: It ends early or is no safetensors file.
    """
    if not path.is_file():
        raise MissingFileError(f"{path} is missing; copy it from where the folder came from")
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if length + 8 > size:
            raise TruncatedFileError(
                f"{path} is {size} bytes, shorter than its own header; fetch it again"
            )
        try:
            header = dict(json.loads(file.read(length)))
            header.pop("__metadata__", None)
            wanted = {name: prod(e["shape"]) * _BYTES[e["dtype"]] for name, e in header.items()}
            ends = {name: int(e["data_offsets"][1]) for name, e in header.items()}
            found = {name: ends[name] - int(e["data_offsets"][0]) for name, e in header.items()}
            end = max(ends.values(), default=0)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise TruncatedFileError(f"{path} is not a safetensors file; fetch it again") from error
    for name, count in found.items():
        if count != wanted[name]:
            raise TruncatedFileError(
                f"{path}: {name} has {count} bytes but should have {wanted[name]}; fetch it again"
            )
    if 8 + length + end != size:
        raise TruncatedFileError(
            f"{path} is {size} bytes but should be {8 + length + end}; fetch it again"
        )
    return header
