"""The reference's numbers on another device: the golden stages of the tests, in true float32.

    python benchmarks/core_goldens.py [--device cuda]

Prints each stage's largest error relative to the stage's size; the tests allow 1e-4 on a CPU. Ends
in one JSON line. Needs the tests' folder beside this one, and pytest.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import torch
from core_unet import tf32
from provenance import provenance

TESTS = Path(__file__).parents[1] / "tests" / "smartedit_model" / "test_golden.py"
UNDERSTANDING = ("projected", "states", "queries", "feature", "text_delta", "condition")


def golden_tests() -> Any:
    """Return the module of the golden tests."""
    spec = importlib.util.spec_from_file_location("test_golden", TESTS)
    if spec is None or spec.loader is None:
        raise ImportError(f"{TESTS} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Run every stage; 1 when one is off by more than the tests allow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(parser.parse_args().device)
    tests = golden_tests()
    with tf32(False):
        modules = tests.golden_modules(device)
        stages = tests.golden_stages(modules, device)
        run = tests.golden_run(modules, stages, device)
    found = {name: getattr(stages, name) for name in UNDERSTANDING}
    found |= dict(zip(("noise_text", "noise_image", "noise_none"), run.branches[0], strict=True))
    found["guided_first"] = run.guided[0]
    found["guided_original_last"] = run.originals[-1]
    found["image"] = (run.pixels / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1)
    errors = {name: max(tests.golden_errors(name, tensor)) for name, tensor in found.items()}
    for name, error in errors.items():
        print(f"  {name:22s} {error:.1e}")
    worst = max(errors.values())
    told: dict[str, Any] = {f"{name}_error": float(f"{e:.2e}") for name, e in errors.items()}
    told |= {"worst": float(f"{worst:.2e}"), "allowed": tests.TOLERANCE}
    gpu = device.type == "cuda"
    where = provenance(0, torch.cuda.get_device_name(device) if gpu else str(device))
    result = {"benchmark": "core goldens", **told, "torch": torch.__version__, **where}
    print(json.dumps(result))
    return 0 if worst < tests.TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
