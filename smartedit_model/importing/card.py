"""The card and the list of hashes beside imported weights.

It only writes text.
"""

from __future__ import annotations

from pathlib import Path

from smartedit_model.config import SmartEditConfig
from smartedit_model.fingerprints import HASHES

_CARD = """---
library_name: smartedit
pipeline_tag: image-to-image
---
# SmartEdit {name}

Weights of SmartEdit (arXiv 2312.06739), imported from their published folders into safetensors.
The language model's LoRA is merged, LLaVA's three extra rows are dropped, the text encoder is
reduced to its states of the empty string, and tensors are renamed; nothing was trained.

| part | from |
|---|---|
| language model, projector, Q-Former, BIM, UNet | the SmartEdit checkpoint |
| words of the language model | LLaVA-1.1 |
| vision tower | openai/clip-vit-large-patch14 |
| VAE, condition of no text | timbrooks/instruct-pix2pix |

Each part keeps its publisher's licence; LLaMA's and LLaVA's allow research only. Trained at
{resolution} x {resolution} pixels; 384 is acceptable, 512 is poor.

    from smartedit_model import SmartEditPipeline
    pipe = SmartEditPipeline.from_pretrained("THIS FOLDER").to("cuda")
    pipe(image, "make the cat red").images[0]

`{hashes}` holds the SHA-256 of every file; `smartedit models verify` checks it.
"""


def write_card(folder: Path, config: SmartEditConfig) -> None:
    """Write ``README.md``."""
    text = _CARD.format(name=config.name, resolution=config.resolution, hashes=HASHES)
    (folder / "README.md").write_text(text, encoding="utf-8")
