"""The SmartEdit pipeline as an ``Editor``: a crop around the region, edited and put back.

Weights load on the first edit. It knows the pipeline and the protocol, no plan and no session.
"""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smartedit_model import domain
from smartedit_model.crops import Crop, plan_crop
from smartedit_model.errors import (
    CaptureError,
    ConfigError,
    DeviceMemoryError,
    InputError,
    OptionalDependencyError,
    SmartEditModelError,
    WeightsError,
    first_line,
)
from smartedit_model.fingerprints import check_hashes, content_version
from smartedit_model.instruction_reader import InstructionReader
from smartedit_model.ladder import Rung, climb_down, free_memory, is_out_of_memory
from smartedit_model.options import approximations, chosen_options, folder_defaults
from smartedit_model.phrase_reader import PhraseReader
from smartedit_model.registry import shipped_folder
from smartedit_model.ways import Ways, replays_graphs
from tools.editing import SEMANTIC_OPS, Availability, DomainVerdict, EditOutcome, EditRequest
from tools.errors import BadArguments, EditorFailed, EditorUnavailable
from tools.errors import Cancelled as ToolCancelled
from tools.operation import Rgb

if TYPE_CHECKING:
    from smartedit_model.pipeline import SmartEditPipeline

_CODE_VERSION = "1"
DEFAULTS: dict[str, Any] = {
    "steps": None,
    "sampler": "dpm",
    "guidance_text": 7.5,
    "guidance_image": 1.5,
    "decode": False,
    "context": 0.5,
    "guidance_interval": (0.0, 1.0),
    "reuse_every": 1,
    "keep_every": 1,
    "dtype": "auto",
    "compile": False,
    "quantize": "none",
    "offload": False,
    "graphs": "auto",
}


def default_device() -> str:
    """Return the fastest device of this machine."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


class SmartEditEditor:
    """Edit with a SmartEdit model folder.

    Args:
        name: What the editor is called: ``smartedit-nano``, ``smartedit-7b``, ...
        folder: Its model folder.
        device: Where it runs; the fastest there is when omitted.
        remedy: The command that would bring the weights.
    """

    def __init__(
        self, name: str, folder: Path, *, device: str | None = None, remedy: str = ""
    ) -> None:
        self.name = name
        self.folder = folder
        self.remedy = remedy
        self._device = device
        self._pipe: SmartEditPipeline | None = None
        self._offloaded = False
        self._ways = Ways()
        self._no_graphs = ""  # why the loaded UNet is not captured

    @property
    def version(self) -> str:
        """Code version and a digest of the weights."""
        return f"{_CODE_VERSION}+{self._digest if self.availability().ready else 'absent'}"

    @cached_property
    def _digest(self) -> str:
        return content_version(self.folder)

    @property
    def tunable(self) -> dict[str, float]:
        """The guidance scales, which a retry may turn."""
        return {name: float(self._defaults[name]) for name in ("guidance_text", "guidance_image")}

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        return folder_defaults(self.folder, DEFAULTS)

    @cached_property
    def reader(self) -> PhraseReader | None:
        """Reads whole phrases with the same weights; None for models without a mask head."""
        if not (self.folder / "mask_head").is_dir():
            return None
        return PhraseReader(self.name, self.folder, self._as_loaded)

    @cached_property
    def understands(self) -> InstructionReader | None:
        """Tells what it took an instruction for; None for models without an instruction head."""
        if not (self.folder / "instruction_head").is_dir():
            return None
        return InstructionReader(self.name, self._as_loaded)

    def _as_loaded(self) -> SmartEditPipeline:
        """The pipeline in whatever ways it has: reading must not undo what an edit asked for."""
        return self._pipe or self._loaded(Ways())

    def availability(self) -> Availability:
        """Whether the folder and the packages are there; reads no weights."""
        if not (self.folder / "model_index.json").is_file():
            reason = f"the weights of {self.name} are not on this machine"
            if self.folder.is_dir():
                reason = f"{self.folder} is no SmartEdit model: it has no model_index.json"
            return Availability(ready=False, reason=reason, remedy=self.remedy)
        for package in ("torch", "transformers", "diffusers"):
            if find_spec(package) is None:
                reason, remedy = f"the package {package} is missing", f"pip install {package}"
                return Availability(ready=False, reason=reason, remedy=remedy)
        return Availability(ready=True)

    def supports(self, op: str) -> bool:
        """Whether the op is an edit of content, and one that the model makes well."""
        return op in SEMANTIC_OPS and domain.makes(self.folder, op)

    def domain(self, image: Rgb) -> DomainVerdict:
        """Whether the picture, HWC uint8 RGB, is of the kind the model was trained on."""
        return domain.judge(self.folder, image)

    def edit(self, request: EditRequest) -> EditOutcome:
        """Make the edit.

        Raises:
            EditorUnavailable: The weights are missing or damaged.
            BadArguments: An option, mask or instruction cannot be used.
            EditorFailed: This try failed.
            Cancelled: The caller said stop.
        """
        options = chosen_options(request.options, self._defaults)
        if request.style_image is not None:
            raise BadArguments(f"{self.name} takes no style picture; use one that does")
        ways = Ways.of(options)
        graphs = replays_graphs(options, self._device_kind)
        pipe = self._loaded(ways)
        rungs = [Rung("", lambda: self._run(pipe, request, options))]
        if graphs and not self._no_graphs:
            # Captured graphs hold memory of their own, so the frugal rungs do without.
            rungs[0] = Rung("", lambda: self._replayed(pipe, request, options))
            rungs.append(Rung("without CUDA graphs", lambda: self._run(pipe, request, options)))
        rungs.append(
            Rung(
                "one guidance branch at a time",
                lambda: self._run(pipe, request, options, sequential=True),
            )
        )
        # A compiled UNet stays where it was compiled.
        if self._offloaded or (pipe.device.type != "cpu" and not options["compile"]):
            rungs.append(
                Rung(
                    "with idle modules in main memory",
                    lambda: self._run(self._offload(), request, options, sequential=True),
                )
            )
        rungs += [
            Rung(
                f"at {share:.0%} of the model's resolution",
                lambda share=share: self._run(  # type: ignore[misc]  # a bound loop variable
                    pipe, request, options, sequential=True, scale=share
                ),
            )
            for share in (0.75, 0.5)
        ]
        try:
            (image, settings, declined), notes = climb_down(rungs)
        except InputError as error:
            raise BadArguments(str(error)) from error
        except SmartEditModelError as error:
            raise EditorFailed(str(error)) from error
        except RuntimeError as error:  # PyTorch's own, as of a compiler or a driver
            raise EditorFailed(f"{self.name} could not edit: {first_line(error)}") from error
        size = settings["size"]
        said = ("the model found nothing that the instruction speaks of",) if declined else ()
        return EditOutcome(
            image=image,
            notes=(
                f"ran at {size[1]}x{size[0]} px",
                *said,
                *approximations(options),
                *self._slow(pipe),
                *self._uncaptured(graphs),
                *notes,
            ),
            settings=settings,
            declined=declined,
        )

    def _replayed(
        self, pipe: SmartEditPipeline, request: EditRequest, options: dict[str, Any]
    ) -> tuple[Rgb, dict[str, Any], bool]:
        """Run with the UNet as CUDA graphs; where it cannot be captured, without from then on."""
        try:
            return self._run(pipe, request, options, graphs=True)
        except CaptureError as error:
            self._no_graphs = str(error)
        return self._run(pipe, request, options)

    def _run(
        self,
        pipe: SmartEditPipeline,
        request: EditRequest,
        options: dict[str, Any],
        *,
        sequential: bool = False,
        scale: float = 1.0,
        graphs: bool = False,
    ) -> tuple[Rgb, dict[str, Any], bool]:
        import torch

        from smartedit_model.cuda_graphs import CudaGraphs
        from smartedit_model.guidance import Guidance
        from smartedit_model.samplers import default_steps

        if request.cancelled():
            raise ToolCancelled("stopped before the first step")
        crop: Crop = plan_crop(
            (request.image.shape[0], request.image.shape[1]),
            request.mask,
            resolution=int(pipe.config.resolution),
            multiple=pipe.multiple,
            context=options["context"],
            scale=scale,
        )
        steps = options["steps"] or default_steps(options["sampler"])

        def on_step(_pipe: Any, index: int, _timestep: Any, _tensors: Any) -> None:
            request.progress((index + 1) / steps)
            if request.cancelled():
                raise ToolCancelled(f"stopped after step {index + 1} of {steps}")

        guidance = Guidance(
            text=options["guidance_text"],
            image=options["guidance_image"],
            interval=options["guidance_interval"],
            reuse_every=options["reuse_every"],
            keep_every=options["keep_every"],
            sequential=sequential,
        )
        pipe.unet.graphs = (pipe.unet.graphs or CudaGraphs()) if graphs else None
        places = None
        if request.mask is not None and pipe.mask_head is not None:
            places = torch.from_numpy(crop.cut_mask(request.mask))[None]
        out = pipe(
            crop.cut(request.image),
            request.instruction,
            height=crop.size[0],
            width=crop.size[1],
            sampler=options["sampler"],
            num_inference_steps=steps,
            guidance=guidance,
            decode=options["decode"],
            generator=torch.Generator("cpu").manual_seed(request.seed),
            places=places,
            callback_on_step_end=on_step,
        )
        settings = {
            **options,
            "steps": steps,
            "seed": request.seed,
            "box": crop.box,
            "size": crop.size,
            "version": self.version,
            "dtype": str(pipe.unet.dtype).removeprefix("torch."),
            "device": pipe._execution_device.type,
            "graphs": graphs,
        }
        if out.declined and out.declined[0]:
            return request.image.copy(), settings, True
        edited: Any = out.images[0]
        return crop.paste(request.image, edited), settings, False

    def _slow(self, pipe: SmartEditPipeline) -> tuple[str, ...]:
        """Say where the precision asked for is emulated."""
        from smartedit_model.loading import computes_in

        device = pipe._execution_device
        if computes_in(pipe.unet.dtype, device):
            return ()
        name = str(pipe.unet.dtype).removeprefix("torch.")
        return (f"this {device.type} has no {name} arithmetic; float32 would be much faster",)

    def _uncaptured(self, graphs: bool) -> tuple[str, ...]:
        """Say where CUDA graphs were to be replayed and cannot be."""
        if not graphs or not self._no_graphs:
            return ()
        return (f"ran without CUDA graphs, slower: {self._no_graphs}",)

    @property
    def _device_kind(self) -> str:
        return (self._device or default_device()).partition(":")[0]

    def _loaded(self, ways: Ways) -> SmartEditPipeline:
        """Return the pipeline, read anew where it is to be loaded in another way."""
        if self._pipe is not None and self._ways == ways:
            return self._pipe
        present = self.availability()
        if not present.ready:
            raise EditorUnavailable(present.reason, present.remedy)
        import torch

        from smartedit_model.loading import check_compiler, default_dtype, quiet, speed_up
        from smartedit_model.pipeline import SmartEditPipeline

        device = self._device or default_device()
        on_cpu = torch.device(device).type == "cpu"
        if ways.offload and on_cpu:
            raise BadArguments("option offload saves a GPU's memory, and the model runs on the CPU")
        self._pipe, self._offloaded, self._no_graphs = None, False, ""
        free_memory()
        dtype: torch.dtype = (
            default_dtype(device) if ways.dtype == "auto" else getattr(torch, ways.dtype)
        )
        quantize = None if ways.quantize == "none" else ways.quantize
        try:
            if ways.compile:
                check_compiler(torch.device(device))
            if self.folder == shipped_folder():  # small enough to be read twice
                check_hashes(self.folder, "install the package again")
            with quiet():
                pipe = SmartEditPipeline.from_pretrained(
                    self.folder, torch_dtype=dtype, quantize=quantize
                )
        except (WeightsError, ConfigError) as error:
            raise EditorUnavailable(str(error), self.remedy) from error
        except OptionalDependencyError as error:
            raise EditorUnavailable(str(error)) from error
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            raise EditorFailed(
                f"there is not enough memory to load {self.name}; close other programs, or try "
                "quantize=4bit"
            ) from error
        pipe.set_progress_bar_config(disable=True)
        rungs = [
            Rung("", lambda: pipe.to(device)),
            Rung("with idle modules in main memory", lambda: self._offload(pipe)),
        ]
        try:
            climb_down(rungs[:1] if on_cpu else rungs[1:] if ways.offload else rungs)
        except DeviceMemoryError as error:
            raise EditorFailed(str(error)) from error
        speed_up(pipe, compile_unet=ways.compile, channels_last=True)
        self._pipe, self._ways = pipe, ways
        return pipe

    def _offload(self, pipe: SmartEditPipeline | None = None) -> SmartEditPipeline:
        """Keep every module in main memory except while it runs."""
        chosen = pipe or self._pipe
        if chosen is None:
            raise EditorFailed("nothing is loaded yet; edit once before offloading")
        if not self._offloaded:
            chosen.answers.forget()
            chosen.enable_model_cpu_offload()
            self._offloaded, self._no_graphs = True, "its weights wait in main memory"
        return chosen
