"""The SmartEdit core (arXiv 2312.06739): a multimodal LLM, the BIM and a diffusion model.

Importing this package imports neither torch nor the model; names are resolved on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smartedit_model.bim import BIM
    from smartedit_model.config import SmartEditConfig, preset
    from smartedit_model.guidance import Guidance
    from smartedit_model.pipeline import SmartEditOutput, SmartEditPipeline
    from smartedit_model.projector import NullCondition, Projector
    from smartedit_model.qformer import QFormer
    from smartedit_model.sampling import EditCondition
    from smartedit_model.unet import SmartEditUNet

_HOMES = {
    "BIM": "bim",
    "EditCondition": "sampling",
    "Guidance": "guidance",
    "NullCondition": "projector",
    "Projector": "projector",
    "QFormer": "qformer",
    "SmartEditConfig": "config",
    "SmartEditOutput": "pipeline",
    "SmartEditPipeline": "pipeline",
    "SmartEditUNet": "unet",
    "preset": "config",
}

__all__ = [
    "BIM",
    "EditCondition",
    "Guidance",
    "NullCondition",
    "Projector",
    "QFormer",
    "SmartEditConfig",
    "SmartEditOutput",
    "SmartEditPipeline",
    "SmartEditUNet",
    "preset",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
