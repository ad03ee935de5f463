"""The second half of ``smartedit demo``: a drawn scene, read and edited by the project's own model.

It knows the session and the drawn world, not what the photograph went through.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from orchestrator.report import RunReport
    from tools.pictures import Picture

NAME = "smartedit-nano"
SEED = 218
"""Of the scene."""
SIDE = 384
MODEL_SEED = 1
"""Of the model's noise."""
INSTRUCTION = "make the butterfly orange, then make the book blue"
BY_MODEL = "make the butterfly blue"


def drawn(console: Console, output: Path) -> RunReport | None:
    """Edit a drawn scene by words, undo a step, and lay it all on a sheet.

    Args:
        console: where it is told.
        output: folder for the pictures.

    Returns:
        What came of it; None where the model is not in this installation.
    """
    from rich.markup import escape

    from orchestrator.cli.console import Follower, plan_table
    from orchestrator.session import EditSession
    from orchestrator.settings import RunSettings
    from smartedit_model.registry import shipped_folder
    from smartedit_model.world.scene import make_scene
    from tools.contact_sheet import contact_sheet
    from tools.pictures import Picture
    from tools.saving import save_picture

    if not (shipped_folder() / "model_index.json").is_file():
        console.print(f"{NAME} is not in this installation, so no drawing is edited")
        return None
    scene = make_scene(SEED, SIDE)
    source = output / "drawing.png"
    save_picture(Picture(scene.image), source)
    with EditSession.create(source) as session:
        console.print(f"[bold]{source.name}[/], a drawing that {NAME} reads; session {session.id}")
        console.print(f"[bold]you:[/] {escape(INSTRUCTION)}")
        by_rules = RunSettings(planner="rules")
        console.print(plan_table(session.plan(INSTRUCTION, by_rules).dump()))
        follower = Follower(console)
        with follower.watching():
            report = session.edit(INSTRUCTION, settings=by_rules, on_event=follower)
        edited = session.picture()
        session.save(output / "drawing_edited.png")
        undone = edited
        if len(session.history()) > 1:
            console.print("[bold]you:[/] undo")
            console.print(f"now at {escape(session.undo().label)}")
            undone = session.picture()
    made = _made_by_model(source, console)
    sheet = contact_sheet(
        [
            (scene.image, "the drawing"),
            (edited.rgb, INSTRUCTION),
            (undone.rgb, "one step undone"),
            (made.rgb, f"{BY_MODEL}: drawn by {NAME}"),
        ],
        columns=2,
    )
    save_picture(Picture(sheet), output / "drawing_sheet.png")
    return report


def _made_by_model(source: Path, console: Console) -> Picture:
    """The same wish, its plan changed so that the model's own diffusion draws it, in one try."""
    from rich.markup import escape

    from orchestrator.cli.console import Follower
    from orchestrator.session import EditSession
    from orchestrator.settings import RunSettings

    with EditSession.create(source) as session:
        plan = session.plan(BY_MODEL, RunSettings(planner="rules"))
        steps = tuple(step.model_copy(update={"executor": NAME}) for step in plan.steps)
        plan = plan.model_copy(update={"steps": steps})
        console.print(f"[bold]you:[/] {escape(BY_MODEL)}, drawn by {NAME} and by no tool")
        settings = RunSettings(max_attempts=1, seed=MODEL_SEED)
        follower = Follower(console)
        with follower.watching():
            session.edit(BY_MODEL, plan=plan, settings=settings, on_event=follower)
        return session.picture()
