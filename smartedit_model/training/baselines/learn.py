"""One variant taught, or as it was left by an earlier run."""

from __future__ import annotations

from pathlib import Path

import torch

from smartedit_model.editor import default_device
from smartedit_model.errors import TrainingError
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.baselines.examples import VariantExamples
from smartedit_model.training.baselines.plan import Baselines
from smartedit_model.training.baselines.variant import VariantTraining
from smartedit_model.training.checkpoint_files import read_tensors
from smartedit_model.training.curve import Curve, Tell
from smartedit_model.training.loop import Loop
from smartedit_model.training.stages import TrainSettings


def learned(
    plan: Baselines,
    name: str,
    pipe: SmartEditPipeline,
    out: Path,
    tell: Tell,
    *,
    cpu: bool = True,
) -> VariantTraining:
    """Return a variant that has learned, from what :func:`examples.prepare` left in ``out/data``.

    Args:
        plan: All variants.
        name: Which.
        pipe: What all begin with.
        out: The variant's folder is made in it, with its weights and its curve.
        tell: Called with a line now and then.
        cpu: Stay on the CPU even where there is a GPU.

    Returns:
        The variant, on the CPU.
    """
    variant, folder = plan.variant(name), out / name
    settings = TrainSettings(**plan.settings, cpu=cpu)
    module = VariantTraining(pipe, plan.width, variant, settings)
    kept = folder / f"step-{settings.steps:06d}" / "learned.safetensors"
    if kept.is_file():
        _take(module, kept)
        return module
    folder.mkdir(parents=True, exist_ok=True)
    device = "cpu" if cpu else default_device()
    examples = VariantExamples(plan, variant, out / "data", device)
    tell(f"{name}: {examples.replaced} of {len(examples.order)} examples replaced")
    loop = Loop(module, settings, examples, folder)
    begun = sorted(folder.glob("step-*[0-9]"))
    if begun:
        loop.resume(begun[-1])
        tell(f"{name}: going on from step {loop.step} of {settings.steps}")
    loop.run(log=Curve(folder / "losses.jsonl", tell))
    if not kept.is_file():
        loop.save()
    return module.cpu().eval()


def _take(module: VariantTraining, path: Path) -> None:
    """Load what a run of the same variant has learned."""
    saved = read_tensors(path)
    learners = {n: p for n, p in module.named_parameters() if p.requires_grad}
    if {n: p.shape for n, p in learners.items()} != {n: t.shape for n, t in saved.items()}:
        raise TrainingError(f"{path} holds other weights; remove its folder to learn anew")
    with torch.no_grad():
        for name, parameter in learners.items():
            parameter.copy_(saved[name])
