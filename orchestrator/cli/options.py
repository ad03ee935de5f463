"""Options that several commands share, each declared once: its name, its help and its bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Picture = Annotated[str, typer.Argument(help="The picture, or - to go on with --session.")]
Session = Annotated[str | None, typer.Option(help="Continue or name a session.")]
Approve = Annotated[bool, typer.Option(help="Ask before anything is changed.")]
Seed = Annotated[int, typer.Option(min=0, help="The only source of randomness.")]
Model = Annotated[str, typer.Option(help="Editor for semantic steps.")]
ModelOptions = Annotated[
    list[str] | None, typer.Option("--option", help="name=value for the model, as in steps=50.")
]
Planner = Annotated[
    str,
    typer.Option(
        help="rules, reader, provider:model, or auto: what SMARTEDIT_PLANNER says, else the reader "
        "where it is installed."
    ),
]
Segmenter = Annotated[
    str, typer.Option(help="auto, grabcut, sam-nano, sam:vit_b …: clicks and boxes to masks.")
]
Detector = Annotated[str, typer.Option(help="none, things, owlv2:FOLDER …: finds things by words.")]
Assets = Annotated[
    list[str] | None,
    typer.Option("--asset", help="name=path: lut, logo or font for a tool."),
]
StyleImage = Annotated[
    Path | None, typer.Option(help="A picture whose colours and tones are taken over.")
]
Looks = Annotated[
    Path | None, typer.Option(help="Your own looks (YAML), beside those of the data folder.")
]
Tries = Annotated[int, typer.Option(min=1, max=10, help="Most tries a step takes.")]
BestOf = Annotated[
    int, typer.Option(min=1, max=10, help="Let a model make so many; keep the best.")
]
Force = Annotated[bool, typer.Option(help="Use a model outside its domain.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
