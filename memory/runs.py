"""Plans, runs and attempts: what lets a killed run go on at the step it was in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.base import StoreBase, columns, find_revision, find_session
from memory.errors import BadValueError, RunExistsError, UnknownPlanError, UnknownRunError
from memory.ids import content_id
from memory.models import AttemptRow, PlanRow, RunRow, utc_now
from memory.records import AttemptInfo, RunInfo
from memory.values import JsonDict, canonical_json, plain_dict, plain_text

RUNNING = "running"
"""The status of a run that has not finished."""


class Runs(StoreBase):
    """The part of the store that holds plans, runs and attempts."""

    def save_plan(self, session_id: str, plan: JsonDict) -> str:
        """Keeps a plan.

        Args:
            session_id: The session.
            plan: The plan, plain JSON.

        Returns:
            Its id, the same for the same plan of the same session.

        Raises:
            BadValueError: If the plan is no plain JSON.
            UnknownSessionError: If there is no such session.
        """
        plan = plain_dict(plan, "plan")
        with self._db.write() as db:
            session = find_session(db, session_id)
            content = f"{session.id}\n{canonical_json(plan)}".encode()
            plan_id = content_id("p", content)
            if db.get(PlanRow, plan_id) is None:
                db.add(PlanRow(id=plan_id, session_id=session.id, plan=plan))
            return plan_id

    def plan(self, plan_id: str) -> JsonDict:
        """Returns a plan.

        Raises:
            UnknownPlanError: If there is no such plan.
        """
        with self._db.read() as db:
            return _plan(db, plan_id).plan

    def start_run(
        self,
        session_id: str,
        run_id: str,
        turn_id: str,
        instruction: str,
        plan_id: str | None,
        base_revision_id: str,
        details: JsonDict | None = None,
    ) -> RunInfo:
        """Notes that a run began. Starting the same run again returns it unchanged.

        Args:
            session_id: The session.
            run_id: An id that the caller made, unique everywhere.
            turn_id: The turn of the conversation.
            instruction: What was asked for, in words.
            plan_id: The plan, or None if there is none yet.
            base_revision_id: The revision that it starts from.
            details: Whatever the caller needs to begin the run again, plain JSON.

        Raises:
            RunExistsError: If another session has a run of this id.
            BadValueError: If the run id is empty.
            UnknownSessionError, UnknownRevisionError, UnknownPlanError: If one is not there.
        """
        if not run_id:
            raise BadValueError("A run needs an id; give a text that is not empty.")
        details = plain_dict(details or {}, "details")
        with self._db.write() as db:
            session = find_session(db, session_id)
            known = db.get(RunRow, run_id)
            if known is not None:
                if known.session_id != session.id:
                    raise RunExistsError(
                        f"Run {run_id!r} belongs to session {known.session_id}; choose another id."
                    )
                return _run_info(known)
            if plan_id is not None:
                _plan(db, plan_id)
            row = RunRow(
                id=run_id,
                session_id=session.id,
                turn_id=turn_id,
                instruction=plain_text(instruction),
                plan_id=plan_id,
                base_revision_id=find_revision(db, base_revision_id, session.id).id,
                status=RUNNING,
                details=details,
            )
            db.add(row)
            db.flush()
            return _run_info(row)

    def update_run(
        self, run_id: str, *, plan_id: str | None = None, details: JsonDict | None = None
    ) -> RunInfo:
        """Changes what is known of a run; what is None stays.

        Args:
            run_id: The run.
            plan_id: Its plan, already saved.
            details: Whatever the caller keeps with it, plain JSON; replaces what was there.

        Raises:
            UnknownRunError, UnknownPlanError: If one is not there.
            BadValueError: If the details are no plain JSON.
        """
        with self._db.write() as db:
            row = _run(db, run_id)
            if plan_id is not None:
                row.plan_id = _plan(db, plan_id).id
            if details is not None:
                row.details = plain_dict(details, "details")
            db.flush()
            return _run_info(row)

    def finish_run(self, run_id: str, status: str) -> RunInfo:
        """Notes that a run ended; finishing it again changes the status only.

        Args:
            run_id: The run.
            status: How it ended, such as "done", "partial", "failed" or "cancelled".

        Raises:
            UnknownRunError: If there is no such run.
            BadValueError: If the status is empty or "running".
        """
        if status in ("", RUNNING):
            raise BadValueError(f"A run cannot end as {status!r}; say how it ended.")
        with self._db.write() as db:
            row = _run(db, run_id)
            row.status = status
            row.finished_at = row.finished_at or utc_now()
            db.flush()
            return _run_info(row)

    def run(self, run_id: str) -> RunInfo:
        """Returns a run.

        Raises:
            UnknownRunError: If there is no such run.
        """
        with self._db.read() as db:
            return _run_info(_run(db, run_id))

    def runs(self, session_id: str) -> list[RunInfo]:
        """Lists the runs of a session, oldest first.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            session = find_session(db, session_id)
            query = select(RunRow).where(RunRow.session_id == session.id)
            return [_run_info(row) for row in db.scalars(query.order_by(RunRow.started_at))]

    def unfinished_runs(self, session_id: str | None = None) -> list[RunInfo]:
        """Lists runs that have not ended, oldest first.

        Args:
            session_id: The session, or None for all.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        query = select(RunRow).where(RunRow.finished_at.is_(None)).order_by(RunRow.started_at)
        with self._db.read() as db:
            if session_id is not None:
                query = query.where(RunRow.session_id == find_session(db, session_id).id)
            return [_run_info(row) for row in db.scalars(query)]

    def record_attempt(
        self,
        run_id: str,
        step_id: str,
        number: int,
        executor: str,
        image_id: str | None,
        mask_id: str | None,
        report: JsonDict,
    ) -> AttemptInfo:
        """Notes one try at a step. Recording the same try again returns it unchanged.

        Args:
            run_id: The run.
            step_id: The step.
            number: Which try, from 1.
            executor: What made it.
            image_id: The picture it made, already put, or None.
            mask_id: The mask it used, already put, or None.
            report: What verification found, plain JSON.

        Raises:
            UnknownRunError: If there is no such run.
            BadValueError: If the report is no plain JSON.
            MissingBlobError: If the picture or mask is not completely stored.
        """
        report = plain_dict(report, "report")
        with self._db.write() as db:
            _run(db, run_id)
            row = db.get(AttemptRow, (run_id, step_id, number))
            if row is None:
                for picture in (image_id, mask_id):
                    if picture is not None:
                        self.blobs.require_image(picture)
                row = AttemptRow(
                    run_id=run_id,
                    step_id=step_id,
                    number=number,
                    executor=executor,
                    image_id=image_id,
                    mask_id=mask_id,
                    report=report,
                )
                db.add(row)
                db.flush()
            made = AttemptInfo(**columns(row))
        self.blobs.settle(made.image_id, made.mask_id)
        return made

    def attempts(self, run_id: str, step_id: str | None = None) -> list[AttemptInfo]:
        """Lists the tries of a run, in the order of making.

        Args:
            run_id: The run.
            step_id: The step, or None for all.

        Raises:
            UnknownRunError: If there is no such run.
        """
        query = select(AttemptRow).where(AttemptRow.run_id == run_id)
        if step_id is not None:
            query = query.where(AttemptRow.step_id == step_id)
        order = AttemptRow.created_at, AttemptRow.step_id, AttemptRow.number
        with self._db.read() as db:
            _run(db, run_id)
            return [AttemptInfo(**columns(row)) for row in db.scalars(query.order_by(*order))]


def _plan(db: Session, plan_id: str) -> PlanRow:
    row = db.get(PlanRow, plan_id)
    if row is None:
        raise UnknownPlanError(f"There is no plan {plan_id!r}; save the plan first.")
    return row


def _run(db: Session, run_id: str) -> RunRow:
    row = db.get(RunRow, run_id)
    if row is None:
        raise UnknownRunError(f"There is no run {run_id!r}; start the run first.")
    return row


def _run_info(row: RunRow) -> RunInfo:
    return RunInfo(**columns(row))
