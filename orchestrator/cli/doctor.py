"""``smartedit doctor``: is the data folder sound, and what can this machine do?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.filesize import decimal

PACKAGES = (
    "torch", "diffusers", "transformers", "segment-anything", "langgraph", "langchain", "pillow",
    "sqlalchemy",
)  # fmt: skip


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Check the store and say what is installed; exit code 4 where something is wrong."""
    import os
    import platform
    import shutil
    from importlib.metadata import PackageNotFoundError, version

    from rich.markup import escape

    from memory.store import SessionStore
    from orchestrator.cli.console import out, print_json
    from orchestrator.detectors import detector_state
    from orchestrator.planning import RULES, planner_name
    from orchestrator.segmenters import shelf_of
    from orchestrator.viewers import viewer_state

    found: dict[str, str] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    with SessionStore.open() as store:
        home = store.home.root
        problems = store.check()
        sessions = len(store.sessions())
        unfinished = [run.session_id for run in store.unfinished_runs()]
        segmenters = shelf_of(store.home.models, store.home.cache, True).available()
    planner = planner_name("auto")
    detector, unusable, lacking = detector_state()
    unseen = viewer_state()
    free = shutil.disk_usage(home).free
    report = {
        "home": str(home),
        "sessions": sessions,
        "unfinished": unfinished,
        "free_gb": round(free / 1e9, 1),
        "problems": [problem.message for problem in problems],
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "packages": found,
        "planner": planner,
        "segmenters": {name: reason or "ready" for name, reason in segmenters.items()},
        "detector": {"name": detector, "state": unusable or lacking or "ready"},
        "subject": {"state": unseen or "ready"},
    }
    if as_json:
        print_json(report)
    else:
        console = out()
        console.print(f"data folder: {home} ({sessions} sessions, {decimal(free)} free)")
        for name in unfinished:
            console.print(f"[yellow]unfinished run[/] in {name}: 'smartedit session resume {name}'")
        for problem in problems:
            console.print(f"[red]problem:[/] {problem.message}")
        console.print(f"python {platform.python_version()}, {os.cpu_count()} CPUs")
        console.print(", ".join(f"{package} {number}" for package, number in found.items()))
        better = "; docs/planners.md says how to install the reader" if planner == RULES else ""
        console.print(f"planner: {planner}{better}", markup=False)
        ready = [name for name, reason in segmenters.items() if not reason]
        console.print(f"segmenters: {', '.join(ready)} ('smartedit models list' shows the others)")
        more = f" (things: {lacking})" if lacking else ""
        console.print(f"detector: {detector}{more}", markup=False, soft_wrap=True)
        seen = f"by faces and statistics ({unseen})" if unseen else "seen by a network"
        console.print(f"subject of photographs: {seen}", markup=False, soft_wrap=True)
        if unusable:
            console.print(f"[red]problem:[/] {escape(unusable)}")
        if not problems:
            console.print("[green]the store is sound[/]")
    if problems or unusable or "missing" in found.values():
        raise typer.Exit(4)
