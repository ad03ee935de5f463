"""Diffusers' editing pipelines as ``Editor``s: one adapter, one description a pipeline.

It knows how each pipeline is called, not how it works. Weights load on the first edit, from a
local folder or the hub's cache; nothing is downloaded here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

from smartedit_model.crops import plan_crop
from smartedit_model.diffusers_families import FAMILIES
from smartedit_model.editor import default_device
from smartedit_model.errors import DeviceMemoryError, InputError, first_line
from smartedit_model.fingerprints import content_version
from smartedit_model.ladder import Rung, climb_down, is_out_of_memory
from smartedit_model.options import chosen_options
from tools.editing import SEMANTIC_OPS, Availability, DomainVerdict, EditOutcome, EditRequest
from tools.errors import BadArguments, EditorFailed, EditorUnavailable
from tools.errors import Cancelled as ToolCancelled
from tools.operation import Rgb

_CODE_VERSION = "1"


class DiffusersEditor:
    """Edit with a diffusers pipeline.

    Args:
        family: Key of :data:`FAMILIES`.
        source: A local folder; the family's repository in the hub's cache when omitted.
        device: Where it runs; the fastest there is when omitted.
        load: Makes the pipeline, in place of reading ``source``.
        resolution: Side to run at, in place of the family's.
        call: Further arguments of the pipeline's call.

    Raises:
        EditorUnavailable: No family has that name.
    """

    def __init__(
        self,
        family: str,
        source: Path | None = None,
        *,
        device: str | None = None,
        load: Callable[[], Any] | None = None,
        resolution: int | None = None,
        call: dict[str, Any] | None = None,
    ) -> None:
        if family not in FAMILIES:
            raise EditorUnavailable(
                f"no diffusers editor is called {family!r}; there are {', '.join(FAMILIES)}"
            )
        self.family = FAMILIES[family]
        self.name = f"diffusers:{family}"
        self.resolution = resolution or self.family.resolution
        self._source, self._device, self._load = source, device, load
        self._call = {**self.family.extra, **(call or {})}
        self._pipe: Any = None
        self._offloaded = False

    @property
    def takes_style(self) -> bool:
        """Whether a second picture can be given as exemplar."""
        return self.family.style

    @cached_property
    def version(self) -> str:
        """Code version and, of a local folder, a digest of the weights."""
        folder = self._folder()
        digest = content_version(folder) if folder is not None else "given"
        return f"{_CODE_VERSION}+{digest}"

    @property
    def tunable(self) -> dict[str, float]:
        """The guidance scales, which a retry may turn; none where guidance is distilled away."""
        found = {}
        if self.family.guidance_text > 1:
            found["guidance_text"] = self.family.guidance_text
        if self.family.guidance_image is not None:
            found["guidance_image"] = self.family.guidance_image
        return found

    def availability(self) -> Availability:
        """Whether weights and packages are there; reads no weights."""
        if find_spec("diffusers") is None:
            return Availability(
                ready=False,
                reason="the package diffusers is missing",
                remedy="pip install diffusers",
            )
        if self._load is not None or self._folder() is not None:
            return Availability(ready=True)
        return Availability(
            ready=False,
            reason=f"the weights of {self.name} are not on this machine",
            remedy=f"hf download {self.family.repo}",
        )

    def supports(self, op: str) -> bool:
        """Whether the op is an edit of content."""
        return op in SEMANTIC_OPS or op == "text"

    def domain(self, image: Rgb) -> DomainVerdict:
        """These pipelines take any picture."""
        return DomainVerdict(inside=True)

    def edit(self, request: EditRequest) -> EditOutcome:
        """Make the edit.

        Raises:
            EditorUnavailable: The weights are missing or cannot be loaded.
            BadArguments: An option, mask or instruction cannot be used.
            EditorFailed: This try failed.
            Cancelled: The caller said stop.
        """
        known: dict[str, Any] = {
            "steps": self.family.steps,
            "guidance_text": self.family.guidance_text,
            "context": 0.5,
        }
        if self.family.guidance_image is not None:
            known["guidance_image"] = self.family.guidance_image
        options = chosen_options(request.options, known)
        if not request.instruction.strip():
            raise BadArguments("the instruction is empty; say what the picture should become")
        if request.style_image is not None and not self.family.style:
            raise BadArguments(f"{self.name} takes no style picture; use one that does")
        self._loaded()
        rungs = [Rung("", lambda: self._run(request, options, 1.0))]
        if self._device_type() != "cpu":
            rungs.append(
                Rung("with idle modules in main memory", lambda: self._cheaper(request, options))
            )
        rungs += [
            Rung(
                f"at {share:.0%} of the model's resolution",
                lambda share=share: self._run(request, options, share),  # type: ignore[misc]  # a bound loop variable
            )
            for share in (() if self.family.fixed else (0.75, 0.5))
        ]
        try:
            (image, settings), notes = climb_down(rungs)
        except InputError as error:
            raise BadArguments(str(error)) from error
        except DeviceMemoryError as error:
            raise EditorFailed(str(error)) from error
        except RuntimeError as error:  # PyTorch's own, as of a driver
            raise EditorFailed(f"{self.name} could not edit: {first_line(error)}") from error
        size = settings["size"]
        return EditOutcome(
            image=image, notes=(f"ran at {size[1]}x{size[0]} px", *notes), settings=settings
        )

    def _cheaper(self, request: EditRequest, options: dict[str, Any]) -> tuple[Rgb, dict[str, Any]]:
        if not self._offloaded:
            self._pipe.enable_model_cpu_offload()
            self._offloaded = True
        return self._run(request, options, 1.0)

    def _run(
        self, request: EditRequest, options: dict[str, Any], scale: float
    ) -> tuple[Rgb, dict[str, Any]]:
        import torch

        if request.cancelled():
            raise ToolCancelled("stopped before the first step")
        family = self.family
        crop = plan_crop(
            (request.image.shape[0], request.image.shape[1]),
            request.mask,
            resolution=self.resolution,
            multiple=family.multiple,
            context=float(options["context"]),
            scale=scale,
        )
        cut = crop.cut(request.image)
        arguments: dict[str, Any] = {
            **self._call,
            "prompt": request.instruction,
            "image": cut,
            "num_inference_steps": int(options["steps"]),
            family.guidance_name: float(options["guidance_text"]),
            "generator": torch.Generator("cpu").manual_seed(request.seed),
        }
        if family.guidance_image is not None:
            arguments["image_guidance_scale"] = float(options["guidance_image"])
        if family.sized:
            arguments["height"], arguments["width"] = crop.size
        if family.area_name:
            arguments[family.area_name] = crop.size[0] * crop.size[1]
        if request.style_image is not None:
            arguments["image"] = [cut, Image.fromarray(request.style_image)]
        with self._watched(request, int(options["steps"])) as more:
            try:
                edited = self._pipe(**arguments, **more).images[0]
            finally:
                self._pipe.maybe_free_model_hooks()
        settings = {
            **options,
            "seed": request.seed,
            "box": crop.box,
            "size": (edited.height, edited.width),  # its own where it takes no other
            "version": self.version,
            "pipeline": family.cls,
        }
        return crop.paste(request.image, edited), settings

    @contextmanager
    def _watched(self, request: EditRequest, steps: int) -> Iterator[dict[str, Any]]:
        """Poll for cancelling and tell progress between steps, by callback or by a hook."""

        def after(done: int) -> None:
            request.progress(min(1.0, done / steps))
            if request.cancelled():
                raise ToolCancelled(f"stopped after step {done} of {steps}")

        if self.family.callback:

            def on_step(_pipe: Any, index: int, _t: Any, tensors: dict[str, Any]) -> dict[str, Any]:
                after(index + 1)
                return tensors

            yield {"callback_on_step_end": on_step}
            return
        # Each new timestep seen by the denoiser says that the step before it is over.
        seen: list[float] = []

        def before(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
            now = float(kwargs["timestep"].flatten()[0])
            if not seen or seen[-1] != now:
                if seen:
                    after(len(seen))
                seen.append(now)

        handle = self._pipe.transformer.register_forward_pre_hook(before, with_kwargs=True)
        try:
            yield {}
            after(steps)
        finally:
            handle.remove()

    def _folder(self) -> Path | None:
        """Return the local folder of the weights, or None."""
        if self._source is not None:
            return self._source if (self._source / "model_index.json").is_file() else None
        if self._load is not None:
            return None
        from huggingface_hub import try_to_load_from_cache

        cached = try_to_load_from_cache(self.family.repo, "model_index.json")
        return Path(cached).parent if isinstance(cached, str) else None

    def _device_type(self) -> str:
        kind: str = self._pipe.device.type
        return "offloaded" if self._offloaded else kind

    def _loaded(self) -> None:
        if self._pipe is not None:
            return
        present = self.availability()
        if not present.ready:
            raise EditorUnavailable(present.reason, present.remedy)
        device = self._device or default_device()
        try:
            pipe = self._load() if self._load is not None else self._read(device)
        except (OSError, ValueError, RuntimeError, ImportError, MemoryError) as error:
            if is_out_of_memory(error):
                raise EditorFailed(f"not enough memory to load {self.name}") from error
            line = first_line(error)
            raise EditorUnavailable(f"{self.name} could not be loaded: {line}") from error
        pipe.set_progress_bar_config(disable=True)
        self._pipe = pipe
        try:
            pipe.to(device)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            pipe.enable_model_cpu_offload()
            self._offloaded = True

    def _read(self, device: str) -> Any:
        import diffusers

        from smartedit_model.loading import default_dtype, quiet

        with quiet():
            return getattr(diffusers, self.family.cls).from_pretrained(
                self._folder(),
                dtype=default_dtype(device),
                use_safetensors=True,
                local_files_only=True,
            )
