"""``smartedit edit``: one picture, one instruction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli import options

if TYPE_CHECKING:
    from rich.console import Console

    from memory.store import SessionStore
    from orchestrator.critic.findings import Author, Review
    from orchestrator.plan import EditPlan
    from orchestrator.planning import PlanContext
    from orchestrator.session import EditSession
    from orchestrator.settings import RunSettings


def edit(
    image: options.Picture,
    instruction: Annotated[
        str, typer.Argument(help="What it should become; may be left out with --plan.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to save the result.")
    ] = None,
    plan_only: Annotated[bool, typer.Option(help="Print the plan and change nothing.")] = False,
    plan: Annotated[Path | None, typer.Option(help="Run this plan (JSON).")] = None,
    approve: options.Approve = False,
    direct: Annotated[bool, typer.Option(help="One pass of the model, without a plan.")] = False,
    seed: options.Seed = 0,
    model: options.Model = "",
    planner: options.Planner = "auto",
    segmenter: options.Segmenter = "auto",
    detector: options.Detector = "auto",
    session: options.Session = None,
    point: Annotated[list[str] | None, typer.Option(help="x,y on the thing meant.")] = None,
    box: Annotated[str | None, typer.Option(help="x0,y0,x1,y1 around it.")] = None,
    mask: Annotated[Path | None, typer.Option(help="Mask picture, white = edit.")] = None,
    asset: options.Assets = None,
    style_image: options.StyleImage = None,
    looks: options.Looks = None,
    option: options.ModelOptions = None,
    tries: options.Tries = 3,
    best_of: options.BestOf = 1,
    force: options.Force = False,
    overwrite: Annotated[bool, typer.Option(help="Let -o be the original picture.")] = False,
    discard: Annotated[bool, typer.Option(help="Drop an unfinished run first.")] = False,
    quality: Annotated[int | None, typer.Option(min=1, max=100, help="JPEG quality.")] = None,
    as_json: options.AsJson = False,
) -> None:
    """Change a picture as one sentence says, step by step, each step verified."""
    from orchestrator.cli.console import out, plan_footnotes, plan_table, print_json, review_texts
    from orchestrator.cli.examples import given_looks, spelled_out, with_style, with_style_words
    from orchestrator.cli.hints import parse_options
    from orchestrator.cli.output import check_output, remember_output
    from orchestrator.settings import ProgramSettings, RunSettings
    from tools.saving import spare

    console = out(json_mode=as_json)
    given = _read_plan(plan, console)
    words = instruction or (given.instruction if given else "")
    words = words if given else with_style_words(words, style_image)
    asset = with_style(asset, style_image)
    settings = RunSettings(
        seed=seed,
        model=model or ProgramSettings().model,
        planner=planner,
        direct=direct,
        approve=approve,
        max_attempts=tries,
        best_of=best_of,
        force=force,
        segmenter=segmenter,
        detector=detector,
        editor_options=parse_options(option or []),
        looks=given_looks(looks),
    )
    if given is not None:
        _criticised(given, words, settings, "person").require()
    if plan_only:
        made = given or _plan_only(words, settings, image, session)
        made = spelled_out(made, settings.looks, asset)
        found = _criticised(made, words, settings, "person" if given else "rules")
        made = found.plan
        if as_json:
            print_json(made.dump())
        else:
            console.print(plan_table(made.dump()))
            for line in plan_footnotes(made.dump()):
                console.print(line, style="dim", markup=False)
        for line in review_texts(found.to_json(), everything=True):
            console.print(line)
        return
    check_output(output)
    if output is not None and image != "-" and not overwrite:
        with _naming_overwrite():
            spare(output, Path(image))
    opened, is_new = open_session(image, session)
    with opened as editing:
        try:
            settings = _with_hints(editing, settings, point, box, mask, asset)
            if discard:
                editing.discard_unfinished()
            target = output or default_output(editing)
            check_output(target)
            if not overwrite:
                with _naming_overwrite():
                    editing.spare_original(target)
            remember_output(editing, target)
            code = _carry_out(
                editing, words, given, settings, target, quality, overwrite, as_json, is_new
            )
        except BaseException:
            # A session that never came to an edit (no plan, a bad option) is not worth keeping.
            if is_new and editing.info.revisions == 1:
                editing.delete()
            raise
    raise typer.Exit(code)


def _carry_out(
    editing: EditSession,
    words: str,
    given: EditPlan | None,
    settings: RunSettings,
    target: Path,
    quality: int | None,
    overwrite: bool,
    as_json: bool,
    is_new: bool,
) -> int:
    from dataclasses import replace

    from orchestrator.cli.approval import settle
    from orchestrator.cli.console import Follower, out, print_json, report_lines
    from orchestrator.cli.interrupting import stopping_on_interrupt

    console = out(json_mode=as_json)
    notes = editing.info.picture_meta.get("notes", []) if is_new else []
    for note in notes:
        console.print(f"note: {note}", style="dim", markup=False)
    follower = Follower(console, tells_plan=not settings.approve)
    with stopping_on_interrupt(editing.stop), follower.watching():
        report = editing.edit(words, plan=given, settings=settings, on_event=follower)
    report = settle(console, editing, follower, report)
    if report.status in ("done", "partial"):
        for note in _saved(editing, target, quality, overwrite):
            console.print(f"note: {note}", style="dim", markup=False)
        report = replace(report, image=str(target))
    for line in report_lines(report):
        console.print(line)
    if not as_json:
        console.print(
            f"[dim]session {editing.id}: go on with "
            f"'smartedit edit - \"…\" --session {editing.id}', "
            f"undo with 'smartedit session undo {editing.id}'[/]"
        )
    if as_json:
        print_json(report.to_json())
    return report.exit_code


@contextmanager
def _naming_overwrite() -> Iterator[None]:
    """Name the option by which a picture that is spared is written over all the same."""
    from tools.errors import PictureError

    try:
        yield
    except PictureError as error:
        raise PictureError(f"{error}, or say --overwrite") from error


def _saved(editing: EditSession, target: Path, quality: int | None, overwrite: bool) -> list[str]:
    """Save the result; a place that cannot be written loses no work, and the error says so."""
    from tools.errors import PictureError

    try:
        return list(editing.save(target, quality=quality, overwrite=overwrite))
    except PictureError as error:
        raise PictureError(
            f"{error}; the edit is kept: "
            f"'smartedit session checkout {editing.id} {editing.head.id} -o FILE' saves it"
        ) from error


def _read_plan(path: Path | None, console: Console) -> EditPlan | None:
    if path is None:
        return None
    import json

    from orchestrator.critic.schema import read_untrusted
    from orchestrator.errors import BadPlan

    try:
        values: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadPlan(f"the plan {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadPlan(f"the plan {path} is no JSON: {error}") from error
    plan, findings = read_untrusted(values)
    for finding in findings:
        console.print(f"{finding.severity}: {finding.message}", style="dim", markup=False)
    return plan


def _criticised(plan: EditPlan, words: str, settings: RunSettings, author: Author) -> Review:
    """The critic's word before there is a session: what earlier turns said is not known yet."""
    from memory.store import SessionStore
    from orchestrator.critic.review import review

    told = plan.model_copy(update={"instruction": words})
    with SessionStore.open() as store:
        context = _own_words(store, settings)
    steps, direct = settings.max_steps, settings.direct
    return review(told, context, author=author, max_steps=steps, direct=direct)


def _own_words(store: SessionStore, settings: RunSettings) -> PlanContext:
    """What is known before there is a session: the user's own looks and taught words."""
    from orchestrator.cli.examples import look_words
    from orchestrator.planning import PlanContext
    from orchestrator.taught import meanings

    return PlanContext(looks=look_words(settings.looks), glossary=meanings(store, None))


def _plan_only(words: str, settings: RunSettings, image: str, session: str | None) -> EditPlan:
    from memory.store import SessionStore
    from orchestrator.planning import get_planner
    from orchestrator.settings import ProgramSettings
    from orchestrator.turn_planning import check_instruction, direct_plan
    from tools.pictures import load_picture

    check_instruction(words)
    if settings.direct:
        return direct_plan(words)
    with SessionStore.open() as store:
        if image == "-" or session in {info.id for info in store.sessions()}:
            opened, _ = open_session(image, session)
            with opened as editing:
                return editing.plan(words, settings)
        known = _own_words(store, settings)
    most = ProgramSettings().max_pixels
    context = replace(known, picture=lambda: load_picture(image, max_pixels=most).rgb)
    return get_planner(settings.planner).plan(words, context)


def open_session(image: str, session: str | None) -> tuple[EditSession, bool]:
    """Open or start the session; the flag says whether it is new.

    A picture named together with an existing session must be the one the session began with.
    """
    from memory.errors import UnknownSessionError
    from orchestrator.errors import UnknownSession
    from orchestrator.session import EditSession

    if session is None:
        if image == "-":
            raise UnknownSession("'-' goes on with a session; name it with --session ID")
        return EditSession.create(image), True
    try:
        existing = EditSession.open(session)
    except UnknownSessionError:
        if image == "-":
            raise
        return EditSession.create(image, session_id=session), True
    if image != "-" and not existing.began_with(Path(image)):
        existing.close()
        raise UnknownSession(
            f"session {session} began with another picture than {image}; "
            "give '-' for the picture to go on with it, or another session id"
        )
    return existing, False


def _with_hints(
    editing: EditSession,
    settings: RunSettings,
    point: list[str] | None,
    box: str | None,
    mask: Path | None,
    asset: list[str] | None,
) -> RunSettings:
    from orchestrator.cli.hints import parse_assets, parse_box, parse_points

    mask_id = None if mask is None else editing.keep_user_mask(mask)
    return settings.model_copy(
        update={
            "points": parse_points(point or []),
            "box": parse_box(box),
            "mask_id": mask_id,
            "assets": parse_assets(asset or []),
        }
    )


def default_output(editing: EditSession) -> Path:
    """A new name beside nothing else: ``photo-edited.jpg``, then ``photo-edited-2.jpg``."""
    from tools.saving import SAVEABLE

    source = Path(editing.info.source_name)
    suffix = source.suffix.lower() if source.suffix.lower() in SAVEABLE else ".png"
    number = 1
    while True:
        tail = "-edited" if number == 1 else f"-edited-{number}"
        path = Path(f"{source.stem}{tail}{suffix}")
        if not path.exists():
            return path
        number += 1
