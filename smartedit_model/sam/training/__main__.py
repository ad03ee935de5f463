"""``python -m smartedit_model.sam.training RECIPE.yaml --out DIR``: train, measure, export.

Run it again and it goes on where it stopped. ``--measure`` only measures what there is,
``--export`` writes the weights as the package ships them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import torch

from smartedit_model.errors import SmartEditModelError
from smartedit_model.sam.training.loop import Progress, SamTraining
from smartedit_model.sam.training.recipe import read_recipe


def main() -> int:
    """Read the arguments and do what they say; 0, or 2 with one line on standard error."""
    parser = argparse.ArgumentParser(prog="python -m smartedit_model.sam.training")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder of the run's state")
    parser.add_argument("--until", type=int, help="stop at this step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--full-precision", action="store_true", help="no bfloat16")
    parser.add_argument("--measure", metavar="SPLIT", help="measure on val or test and stop")
    parser.add_argument("--scenes", type=int, default=300, help="scenes to measure on")
    parser.add_argument("--export", type=Path, metavar="DIR", help="write the weights and stop")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    try:
        recipe = read_recipe(given.recipe)
        training = SamTraining(recipe, given.out, half=not given.full_precision)
        there = training.resume()
        if given.measure or given.export:
            return _look(training, given, there)
        _train(training, given.until)
    except SmartEditModelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _look(training: SamTraining, given: argparse.Namespace, there: bool) -> int:
    if not there:
        sys.stderr.write(f"{given.out} holds no state; train first\n")
        return 2
    if given.measure:
        from smartedit_model.sam.training.measuring import measure

        training.averaged.eval()
        _say({"step": training.step, **measure(training.averaged, given.measure, given.scenes)})
    if given.export:
        from smartedit_model.sam.small import save_small

        save_small(training.averaged, training.recipe.model, given.export)
        _say({"exported": str(given.export), "step": training.step})
    return 0


def _train(training: SamTraining, until: int | None) -> None:
    from smartedit_model.sam.training.measuring import measure

    recipe = training.recipe
    begun, first = time.monotonic(), training.step
    sums = [0.0, 0.0, 0.0]

    def tell(progress: Progress) -> None:
        for place, value in enumerate((progress.loss, progress.shown, progress.clicked)):
            sums[place] += value / 50
        if progress.step % 50 == 0:
            seconds = (time.monotonic() - begun) / (progress.step - first)
            names = ("loss", "shown_iou", "clicked_iou")
            means = {name: round(value, 4) for name, value in zip(names, sums, strict=True)}
            _say({"step": progress.step, **means, "seconds_a_step": round(seconds, 2)})
            sums[:] = [0.0, 0.0, 0.0]
        if progress.step % recipe.evaluate_every == 0:
            training.averaged.eval()
            _say(
                {
                    "step": progress.step,
                    "val": measure(training.averaged, "val", recipe.evaluate_scenes),
                }
            )

    training.run(until, tell)
    training.save()


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
