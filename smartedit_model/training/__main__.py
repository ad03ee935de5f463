"""Run one stage of a recipe: ``python -m smartedit_model.training nano --stage perceive``.

With ``--ahead N`` in place of a stage, the first N shards of what the recipe makes ahead are
written into ``--shards FOLDER``, for stages that learn faster than examples are drawn. With
``--tell FOLDER`` a finished model learns to say what it is asked for (``telling``). With
``--ship FOLDER`` the recipe's result is measured, calibrated and written as the package ships it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from smartedit_model.errors import SmartEditModelError, TrainingError
from smartedit_model.training.recipe import Ahead, Recipe, load_recipe, shipped_recipes

CALIBRATE_WITH = 40
"""Expressions a category."""


def main(arguments: list[str] | None = None) -> int:
    """Train; return 0 when the stage is through, 3 when there is more to do, 2 on bad input."""
    parser = argparse.ArgumentParser(prog="python -m smartedit_model.training", description=__doc__)
    parser.add_argument("recipe", help=f"a YAML file, or one of {', '.join(shipped_recipes())}")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--stage", help="name of the stage in the recipe")
    what.add_argument(
        "--ahead", type=int, metavar="N", help="make N shards for stages to learn from"
    )
    parser.add_argument("--of", metavar="STAGE", help="whose shards, where it has its own")
    what.add_argument("--ship", type=Path, help="write the recipe's result into this folder")
    what.add_argument("--tell", type=Path, help="teach the instruction head of this model folder")
    parser.add_argument("--asides", type=Path, help="what it is to know that it has no word for")
    parser.add_argument("--out", type=Path, default=Path("runs/nano"), help="folder of the model")
    parser.add_argument("--shards", type=Path, help="folder of what is made ahead")
    parser.add_argument("--processes", type=int, default=1, help="that make shards")
    parser.add_argument("--minutes", type=float, help="stop after so long; run again to go on")
    parser.add_argument("--cpu", action="store_true", help="stay on the CPU")
    parser.add_argument("--threads", type=int, help="processor threads of the main process")
    asked = parser.parse_args(arguments)
    try:
        recipe = load_recipe(asked.recipe)
        if asked.stage:
            recipe.stage(asked.stage)
        import torch

        if asked.threads:
            torch.set_num_threads(asked.threads)
        if asked.ahead is not None:
            plan = recipe.ahead_of(asked.of) if asked.of else recipe.ahead
            return _ahead(recipe, plan, asked.shards, asked.ahead, asked.processes)
        if asked.tell:
            return _teach(asked.tell, asked.asides)
        if asked.ship:
            return _ship(recipe, asked.out / recipe.ship / "final", asked.ship)
        from smartedit_model.training.stage_run import StageRun

        run = StageRun(recipe, asked.stage, asked.out, cpu=asked.cpu, shards=asked.shards)
        through = run.run(asked.minutes, _tell)
    except SmartEditModelError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    _tell(f"{asked.stage}: {'through' if through else 'not yet through; run again to go on'}")
    return 0 if through else 3


def _ahead(
    recipe: Recipe, plan: Ahead | None, folder: Path | None, shards: int, processes: int
) -> int:
    from smartedit_model.training.ahead import make_ahead

    if plan is None or folder is None:
        raise TrainingError("--ahead needs --shards FOLDER, and a recipe that says what to make")
    make_ahead(plan, recipe.size, folder, shards, processes, _tell)
    return 0


def _teach(folder: Path, asides: Path | None) -> int:
    from smartedit_model.training.telling import Lesson, teach

    found = teach(folder, Lesson(), asides, _tell)
    _tell(f"told rightly on validation: {json.dumps(found)}")
    return 0


def _ship(recipe: Recipe, trained: Path, out: Path) -> int:
    from smartedit_model.pipeline import SmartEditPipeline
    from smartedit_model.training.grounding import find_all, read_by, shares
    from smartedit_model.training.shipping import ship

    pipe = SmartEditPipeline.from_pretrained(trained)
    found = find_all(pipe, "val", CALIBRATE_WITH, categories=read_by(recipe.reads))
    for category, row in shares(found).items():
        _tell(f"{category}: {json.dumps(row)}")
    fit = ship(
        trained,
        out,
        editing=recipe.editing,
        found=found,
        ops=recipe.ops,
        reads=recipe.reads,
        eight_bits=recipe.eight_bits,
    )
    _tell(f"calibration: {json.dumps(fit)}")
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
