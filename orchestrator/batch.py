"""Carrying a script out over many pictures: in parallel, resumable, one failure stopping nothing.

Each picture is a session whose id follows from the script and the picture, so running again finds
what is done. Each worker process opens the store for itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from orchestrator.script import Script, Stage

DONE_NOTE = "script_stages_done"


@dataclass(frozen=True)
class Job:
    """One picture to process; travels to a worker process.

    Attributes:
        script: as JSON.
        picture: the file.
        home: the data folder.
        resume: go on where an earlier try stopped, instead of starting over.
        extras: settings of every run beside the script's: ``assets`` and ``looks``.
    """

    script: dict[str, Any]
    picture: str
    home: str | None
    resume: bool
    extras: dict[str, Any] = field(default_factory=dict)


def run_batch(
    script: Script,
    pictures: list[Path],
    *,
    home: Path | None = None,
    jobs: int = 1,
    resume: bool = False,
    extras: dict[str, Any] | None = None,
    on_result: Callable[[dict[str, Any]], None] = lambda _result: None,
) -> list[dict[str, Any]]:
    """Process every picture.

    Args:
        script: what to do.
        pictures: over which files.
        home: the data folder; None for the user's.
        jobs: worker processes; 1 works in this process.
        resume: go on with half-done pictures instead of starting them over.
        extras: ``assets`` and ``looks`` as in ``RunSettings``; with others, pictures are done anew.
        on_result: told each picture's result as it is ready.

    Returns:
        A report a picture, in the order of ``pictures``: ``picture``, ``status`` (done, partial,
        failed), ``output``, ``session``, ``stages``, ``reason``, ``seconds``, ``skipped`` (True
        where it was done before).
    """
    work = [
        Job(
            script.model_dump(mode="json"),
            str(path),
            None if home is None else str(home),
            resume,
            extras or {},
        )
        for path in pictures
    ]
    results: dict[str, dict[str, Any]] = {}
    for result in _serial(work) if jobs == 1 else _parallel(work, jobs):
        results[result["picture"]] = result
        on_result(result)
    return [results[job.picture] for job in work]


def _serial(work: list[Job]) -> Iterator[dict[str, Any]]:
    for job in work:
        yield process(job)


def _parallel(work: list[Job], jobs: int) -> Iterator[dict[str, Any]]:
    """Run in worker processes; where one is killed, the pictures it took down are tried alone."""
    orphaned: list[Job] = []
    # "spawn": a forked child would share the parent's open database and thread pools.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        pending: dict[Future[dict[str, Any]], Job] = {
            pool.submit(process, job): job for job in work
        }
        for future in as_completed(pending):
            try:
                yield future.result()
            except BrokenProcessPool:
                orphaned.append(pending[future])
    for job in orphaned:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            try:
                yield alone.submit(process, job).result()
            except BrokenProcessPool:
                yield _failed(job, "its worker process was killed (out of memory?)", 0.0)


def process(job: Job) -> dict[str, Any]:
    """Process one picture; never raises for what a picture, a plan or a model does wrong."""
    from memory.errors import StoreError
    from memory.store import SessionStore
    from orchestrator.errors import OrchestratorError
    from tools.errors import ToolError

    started = time.monotonic()
    script = Script.model_validate(job.script)
    try:
        with SessionStore.open(None if job.home is None else Path(job.home)) as store:
            return _process(store, script, job, started)
    except (ToolError, StoreError, OrchestratorError, OSError) as error:
        return _failed(job, str(error), time.monotonic() - started)


def _process(store: Any, script: Script, job: Job, started: float) -> dict[str, Any]:
    from orchestrator.session import EditSession

    picture = Path(job.picture)
    content = picture.read_bytes()
    session_id = script.session_for(content + _essence(job.extras))
    output = script.output_for(picture)
    known = {info.id for info in store.sessions()}
    if session_id in known:
        session = EditSession.open(session_id, store=store)
    else:
        session = EditSession.create(picture, store=store, session_id=session_id)
    reports: list[dict[str, Any]] = store.get_note(session_id, DONE_NOTE) or []
    complete = len(reports) == len(script.stages)
    if complete and output.exists():
        return _result(job, session_id, output, reports, started, skipped=True)
    if session.unfinished() is not None and not job.resume:
        session.discard_unfinished()
    if not job.resume and not complete:
        session.start_over()
        reports = []
    elif session.unfinished() is None:
        # A stage may have ended without being noted; it is made again from where it began.
        session.checkout(reports[-1]["revision"] if reports else session.info.root_id)
    for stage in script.stages[len(reports) :]:
        report = _stage(session, script, stage, job.extras)
        reports = [*reports, report]
        store.set_note(session_id, DONE_NOTE, reports)
        if stage.save:
            target = script.output_for(picture, stage.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            session.save(target)
        if stage.required and report["status"] == "failed":
            break
    if any(report["status"] != "failed" for report in reports):
        output.parent.mkdir(parents=True, exist_ok=True)
        session.save(output)
    return _result(job, session_id, output, reports, started, skipped=False)


def _essence(extras: dict[str, Any]) -> bytes:
    """What extras change about the result, for the session's id; nothing where there are none."""
    if not any(extras.values()):
        return b""
    files = [Path(path).read_bytes() for _, path in sorted(extras.get("assets", {}).items())]
    return json.dumps(extras.get("looks", {}), sort_keys=True).encode() + b"".join(files)


def _styled(script: Script) -> Stage | None:
    """The stage that takes over a style picture where no stage's words speak of it: the first."""
    from orchestrator.language.frames_example import speaks_of_example

    spoken = [stage for stage in script.stages if stage.plan is None]
    if any(speaks_of_example(stage.instruction) for stage in spoken):
        return None
    return spoken[0] if spoken else None


def _stage(session: Any, script: Script, stage: Stage, extras: dict[str, Any]) -> dict[str, Any]:
    from orchestrator.settings import RunSettings
    from orchestrator.style_wish import with_words

    report = session.resume()
    if report is None:
        words = stage.instruction or (stage.plan.instruction if stage.plan else "")
        settings = RunSettings(
            seed=script.seed,
            model=script.model,
            planner=script.planner,
            segmenter=script.segmenter,
            detector=script.detector,
            **extras,
        )
        if "style" in settings.assets and stage == _styled(script):
            words = with_words(words)
        report = session.edit(words, plan=stage.plan, settings=settings)
    reasons = [step["reason"] for step in report.steps if step["status"] != "done"]
    return {
        "stage": stage.name,
        "status": report.status,
        "revision": report.revision,
        "seconds": round(report.seconds, 3),
        "steps": [
            {"id": step["id"], "op": step["op"], "status": step["status"]} for step in report.steps
        ],
        "reason": "; ".join(reason for reason in reasons if reason),
    }


def _result(
    job: Job,
    session_id: str,
    output: Path,
    reports: list[dict[str, Any]],
    started: float,
    *,
    skipped: bool,
) -> dict[str, Any]:
    wanted = len(Script.model_validate(job.script).stages)
    states = {report["status"] for report in reports}
    if states == {"done"} and len(reports) == wanted:
        status = "done"
    elif states <= {"failed"}:
        status = "failed"
    else:
        status = "partial"
    return {
        "picture": job.picture,
        "status": status,
        "output": str(output) if status != "failed" else None,
        "session": session_id,
        "stages": reports,
        "reason": "; ".join(report["reason"] for report in reports if report["reason"]),
        "seconds": round(time.monotonic() - started, 3),
        "skipped": skipped,
    }


def _failed(job: Job, reason: str, seconds: float) -> dict[str, Any]:
    return {
        "picture": job.picture,
        "status": "failed",
        "output": None,
        "session": None,
        "stages": [],
        "reason": reason,
        "seconds": round(seconds, 3),
        "skipped": False,
    }
