"""The ``smartedit`` command: its subcommands, and errors turned into one line and an exit code.

Exit codes: 0 done, 2 usage or bad input, 3 partial, 4 failed, 130 cancelled; 1 is a defect of ours.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated, NoReturn

import typer

from orchestrator.cli import (
    chat,
    demo,
    doctor,
    drift,
    edit,
    evaluate,
    glossary,
    history,
    looks,
    models,
    script,
    toolbox,
    tries,
)

BAD_INPUT = 2
CANCELLED = 130
DEFECT = 1

app = typer.Typer(
    name="smartedit",
    help="Edit pictures by conversation: planned, verified, and never lost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"smartedit {version('smartedit')}")
        raise typer.Exit


@app.callback()
def _root(
    _version_flag: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Edit pictures by conversation: planned, verified, and never lost."""


app.command("edit")(edit.edit)
app.command("chat")(chat.chat)
app.command("run")(script.run)
history.app.command("drift")(drift.drift)
history.app.command("repair")(drift.repair)
history.app.command("tries")(tries.tries)
app.add_typer(history.app, name="session")
app.command("tools")(toolbox.tools)
app.command("looks")(looks.looks)
app.command("teach")(glossary.teach)
app.command("glossary")(glossary.glossary)
app.command("forget")(glossary.forget)
app.add_typer(models.app, name="models")
app.command("eval")(evaluate.evaluate)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    # On some processors it advises, whatever is done, to install a package that would download.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _leave("cancelled", CANCELLED)
    except BrokenPipeError:
        # The reader of our output (``| head``) has gone; that is not our error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("SMARTEDIT_DEBUG"):
            raise
        if _is_ours(error):
            _leave(f"error: {error}", BAD_INPUT)
        _leave(
            f"internal error: {type(error).__name__}: {error}; this is a defect, please report it "
            "with the output under SMARTEDIT_DEBUG=1",
            DEFECT,
        )
    sys.exit(0)


def _is_ours(error: Exception) -> bool:
    """Whether the error was raised on purpose, with a message for people.

    Looked up among the modules that are loaded, so that ``--help`` imports none of them.
    """
    roots = (
        ("tools.errors", "ToolError"),
        ("memory.errors", "StoreError"),
        ("orchestrator.errors", "OrchestratorError"),
        ("smartedit_model.errors", "SmartEditModelError"),
    )
    for module, name in roots:
        loaded = sys.modules.get(module)
        root = getattr(loaded, name, None)
        if isinstance(root, type) and isinstance(error, root):
            return True
    return False


def _leave(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)  # noqa: T201 - the last word, when nothing else may work
    sys.exit(code)
