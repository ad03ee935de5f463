"""The sections of ``core.py`` in their order, and the result they add up to."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch
from core_ablations import answer, approximations, batches, branches, offloaded, unet_run
from core_models import build
from core_ours import ours, relative_error, stage_floors
from core_published import published
from core_sections import Sections
from core_unet import step_ways, tf32
from core_watch import MemoryWatch, Watch, bandwidth, matmul_flops, measure, timed
from PIL import Image

from smartedit_model import SmartEditConfig, SmartEditPipeline
from smartedit_model.cuda_graphs import CudaGraphs
from smartedit_model.loading import check_compiler, computes_in, speed_up


@dataclass(frozen=True)
class Found:
    """Seconds and memory by stage of one procedure, and its latents' error where known."""

    watch: Watch
    memory: MemoryWatch
    error: float | None = None


class CoreRun:
    """One run of the benchmark.

    Args:
        sections: Where sections are told.
        config: The model's sizes.
        device: Where it runs.
        seed: Of the random weights.
        repeats: Runs of each procedure; the best counts.
        steps: Of the published sampler and of ours.
        dtype: Ours by name; bfloat16 where the device computes in it when None.
        words: Whether the prompt's words are single tokens, as with the published tokenizer.
        alone: Whether each saving is run alone, too.
    """

    def __init__(
        self,
        sections: Sections,
        config: SmartEditConfig,
        device: torch.device,
        *,
        seed: int,
        repeats: int,
        steps: tuple[int, int],
        dtype: str | None,
        words: bool,
        alone: bool,
    ) -> None:
        self.sections, self.config, self.device = sections, config, device
        self.seed, self.repeats, self.words, self.alone = seed, repeats, words, alone
        self.full_steps, self.our_steps = steps
        self.gpu = device.type == "cuda"
        fast = "bfloat16" if computes_in(torch.bfloat16, device) else "float32"
        self.dtype: torch.dtype = getattr(torch, dtype or fast)
        side = config.resolution
        self.image = Image.linear_gradient("L").resize((side, side)).convert("RGB")
        self.told: dict[str, Any] = {}
        self.ways: dict[str, dict[str, Any]] = {}
        self.floors: dict[str, float] = {}

    # -- before ours ----------------------------------------------------------------------

    def begin(self) -> None:
        """Tell the machine's rates, build the model and edit once in float32."""
        self.sections.must("machine", self._machine)
        self.sections.must("model", self._build)
        self.sections.must("ours, float32", self._exact)
        if self.gpu:
            self.told |= self.sections.may("answer, float32", 10, self._answer)

    def _machine(self) -> dict[str, Any]:
        told: dict[str, Any] = {"torch": torch.__version__, "device": str(self.device)}
        if self.gpu:
            told["device"] = torch.cuda.get_device_name(self.device)
            told["memory_mb"] = torch.cuda.mem_get_info(self.device)[1] >> 20
        kinds = (torch.float32, torch.float16, torch.bfloat16) if self.gpu else (torch.float32,)
        for dtype in kinds:
            name = str(dtype).removeprefix("torch.")
            told[f"{name}_tflops"] = round(matmul_flops(self.device, dtype) / 1e12, 2)
        return told | {"reading_gb_s": round(bandwidth(self.device) / 1e9, 1)}

    def _build(self) -> dict[str, Any]:
        self.pipe: SmartEditPipeline
        made: list[SmartEditPipeline] = []
        seconds = timed(
            lambda: made.append(build(self.config, self.seed, self.device, words=self.words)),
            self.device,
        )
        self.pipe = made[0]
        modules = {
            name: module
            for name, module in self.pipe.components.items()
            if isinstance(module, torch.nn.Module)
        }
        sizes = {
            f"{name}_million": round(sum(p.numel() for p in module.parameters()) / 1e6, 1)
            for name, module in modules.items()
        }
        return {"config": self.config.name, "build_seconds": round(seconds, 1), **sizes}

    def _exact(self) -> dict[str, Any]:
        """Ours in true float32: what every other dtype is compared with."""
        with tf32(False):
            if not self.gpu:  # a CPU takes long enough without measuring it
                self.exact = self._edit(Watch(self.device), self.our_steps)
                return {}
            seconds, memory = measure(self._edit, self.our_steps, self.device, 1)
            self.exact = self._latents.float()
        return flat("float32", seconds, memory)

    def _edit(self, watch: Watch, steps: int, sampler: str = "dpm") -> torch.Tensor:
        self._latents = ours(self.pipe, [self.image], steps, sampler, watch)
        return self._latents

    def _answer(self) -> dict[str, Any]:
        return answer(self.pipe, self.image, self.device, self.repeats)

    def published(self) -> None:
        """Time the published procedure, on a GPU with the UNet and the VAE in float16."""
        self.sections.must("published procedure", self._published)

    def _published(self) -> dict[str, Any]:
        pipe = self.pipe
        whole = pipe.unet, pipe.vae
        if self.gpu:
            pipe.unet, pipe.vae = (copy.deepcopy(module).half() for module in whole)
            for module in whole:
                module.to("cpu")  # they would count in the procedure's memory
            pipe.language_model.set_attn_implementation("eager")
        watch, memory = measure(
            lambda w, n: published(pipe, self.image, n, w),
            self.full_steps,
            self.device,
            self.repeats,
        )
        if self.gpu:
            pipe.unet, pipe.vae = (module.to(self.device) for module in whole)
            pipe.language_model.set_attn_implementation("sdpa")
        self.base = Found(watch, memory)
        report(f"published procedure, {self.full_steps} steps", self.base)
        return flat("published", watch, memory)

    # -- ours -----------------------------------------------------------------------------

    def ours(self, way: str, needs: float = 0.0) -> None:
        """Time ours with the UNet ``eager``, as CUDA ``graphs`` or ``compiled``.

        The first call, which has to go well, turns the pipeline into ours.
        """
        if not self.ways:
            if self.alone:  # kept aside, where it does not count in the memory of ours
                self.single = copy.deepcopy(self.pipe.unet).to("cpu")
            self.pipe.to(self.dtype)
            self.pipe.answers.forget()
            speed_up(self.pipe, channels_last=True)
            # Compiling hides arithmetic from being counted.
            self.floors = stage_floors(self.pipe, self.image, self.our_steps)
            self.ways[way] = self.sections.must(f"ours, {way}", lambda: self._ours(way))
            return
        found = self.sections.may(f"ours, {way}", needs, lambda: self._ours(way))
        if found:
            self.ways[way] = found

    def _ours(self, way: str) -> dict[str, Any]:
        pipe, device = self.pipe, self.device
        with unet_run(pipe, CudaGraphs() if way == "graphs" else None):
            if way == "compiled":
                check_compiler(device)
                speed_up(pipe, compile_unet=True)
            first = timed(lambda: self._edit(Watch(device), 2), device)
            equal = Found(
                *measure(
                    lambda w, n: self._edit(w, n, "euler_a"), self.full_steps, device, self.repeats
                )
            )
            report(f"ours, {way}, the same {self.full_steps} steps", equal)
            seconds, memory = measure(self._edit, self.our_steps, device, self.repeats)
            fast = Found(seconds, memory, relative_error(self._latents, self.exact))
            report(f"ours, {way}, {self.our_steps} steps of the default solver", fast, self.floors)
        return {"first_edit_seconds": round(first, 2), **self._compared(way, equal, fast)}

    def _compared(self, way: str, equal: Found, fast: Found) -> dict[str, Any]:
        base, floors = self.base.watch, self.floors
        language = base.found["language"] + base.found["vision"] + base.found["qformer and BIM"]
        over = {
            f"{key}_over_floor": round(fast.watch.found[stage] / floors[stage], 2)
            for key, stage in (
                ("unet_step", "UNet"),
                ("understanding", "understanding"),
                ("vae_encode", "VAE encode"),
                ("vae_decode", "VAE decode"),
            )
        }
        unet = base.found["UNet"] / equal.watch.found["UNet"]
        return {
            "way": way,
            "speedup_end_to_end": round(base.total / fast.watch.total, 2),
            "speedup_equal_steps": round(base.total / equal.watch.total, 2),
            "speedup_understanding": round(language / fast.watch.found["understanding"], 2),
            "speedup_unet_step": round(unet, 2),
            "seconds_published": round(base.total, 3),
            "seconds_equal_steps": round(equal.watch.total, 3),
            "seconds_ours": round(fast.watch.total, 3),
            **over,
            "dtype": str(self.dtype).removeprefix("torch."),
            "error_of_latents": fast.error,
            "peak_memory_mb": round(fast.memory.most),
            "peak_memory_published_mb": round(self.base.memory.most),
            **flat("published", base, self.base.memory),
            **flat("ours", fast.watch, fast.memory),
        }

    # -- what each saving brings ----------------------------------------------------------

    def ablations(self) -> None:
        """Run each saving alone, the cheapest and most telling first; the UNet uncompiled."""
        name = str(self.dtype).removeprefix("torch.")
        may, device = self.sections.may, self.device
        self.told |= may(f"answer, {name}", 10, self._answer)
        self.told |= may(
            "UNet step",
            15,
            lambda: step_ways(
                self.single.to(device),
                self.config.qformer.queries,
                device,
                self.dtype,
                self.repeats,
            ),
        )
        del self.single
        pipe, image, steps = self.pipe, self.image, self.our_steps
        self.told |= may("branches", 10, lambda: branches(pipe, image, device, steps, self.repeats))
        self.told |= may("batch", 15, self._batches)
        self.inexact()

    def _batches(self) -> dict[str, Any]:
        with unet_run(self.pipe, CudaGraphs(1) if self.gpu else None):
            sizes = (1, 2, 4, 8) if self.gpu else (1, 2)
            return batches(self.pipe, self.image, self.device, self.our_steps, sizes)

    def inexact(self) -> None:
        """Run the inexact options."""
        self.told |= self.sections.may(
            "inexact options",
            10,
            lambda: approximations(self.pipe, self.image, self.device, self.our_steps),
        )

    def offloaded(self) -> None:
        """Edit with modules waiting in main memory."""
        self.told |= self.sections.may(
            "offload",
            40 if self.gpu else 0,
            lambda: offloaded(self.pipe, self.image, self.device, self.our_steps),
        )

    def result(self) -> dict[str, Any]:
        """Return the fastest way of ours with everything else that was found."""
        best = min(self.ways.values(), key=lambda found: found["seconds_ours"])
        others = {
            f"{key}_{way}": found[key]
            for way, found in self.ways.items()
            for key in ("seconds_ours", "seconds_equal_steps", "first_edit_seconds")
            if len(self.ways) > 1
        }
        return {
            **best,
            **others,
            **self.told,
            "config": self.config.name,
            "steps_published": self.full_steps,
            "steps_ours": self.our_steps,
            "torch": torch.__version__,
        }


def report(title: str, found: Found, floors: dict[str, float] | None = None) -> None:
    """Print a table of stages."""
    watch, memory = found.watch, found.memory
    print(f"\n{title}: {watch.total:.3f} s")
    for name, seconds in watch.found.items():
        share = 100 * seconds / watch.total
        over = f"  {seconds / floors[name]:6.1f} x floor" if floors else ""
        print(
            f"  {name:18s} {seconds:8.3f} s  {share:5.1f} %  {memory.found[name]:8.0f} MB{over}",
            flush=True,
        )


def flat(who: str, watch: Watch, memory: MemoryWatch) -> dict[str, float]:
    """Return seconds and memory of each stage under plain keys."""
    told: dict[str, float] = {}
    for name, seconds in watch.found.items():
        key = f"{who}_{name.lower().replace(' ', '_')}"
        told |= {f"{key}_seconds": round(seconds, 4), f"{key}_peak_mb": round(memory.found[name])}
    return told
