"""Revisions: committing them and reading what they say about themselves. Moves no pixels."""

from __future__ import annotations

from sqlalchemy import select

from memory.base import (
    StoreBase,
    current_branch,
    find_revision,
    find_session,
    get_revision,
    record_move,
    revision_info,
)
from memory.errors import BadValueError, UnknownPlanError
from memory.ids import new_id
from memory.lines import path
from memory.models import PlanRow, RevisionRow
from memory.pointers import append, go_to
from memory.records import RevisionInfo
from memory.values import JsonDict, plain_dict, plain_text


class Revisions(StoreBase):
    """The part of the store that holds revisions."""

    def commit(
        self,
        session_id: str,
        *,
        parent_id: str,
        image_id: str,
        mask_id: str | None,
        step: JsonDict,
        report: JsonDict,
        plan_id: str | None,
        turn_id: str,
        label: str,
        key: str,
    ) -> RevisionInfo:
        """Adds a revision and makes it the head; see `memory.pointers` for the branches.

        Args:
            session_id: The session.
            parent_id: The revision that it was made from, usually the head.
            image_id: The picture, already put.
            mask_id: The mask inside which it differs from its parent, already put, or None.
            step: The step of the plan that made it.
            report: What verification found.
            plan_id: The plan, already saved, or None.
            turn_id: The turn of the conversation that asked for it.
            label: One line for people.
            key: Unique in the session, such as "run:step". Committing a key again changes nothing,
                moves nothing and returns the revision that has it.

        Returns:
            The revision; durable on disk.

        Raises:
            UnknownSessionError: If there is no such session.
            UnknownRevisionError: If the parent is not in this session.
            UnknownPlanError: If the plan is not in this session.
            BadValueError: If `step` or `report` is no plain JSON, or `key` or `turn_id` is empty.
            MissingBlobError: If the picture or mask is not completely stored.
        """
        step, report = plain_dict(step, "step"), plain_dict(report, "report")
        if not key or not turn_id:
            raise BadValueError(
                "A revision needs a key and a turn id; give texts that are not empty."
            )
        self._probe("commit:begin")
        with self._db.write() as db:
            session = find_session(db, session_id)
            known = db.scalar(
                select(RevisionRow).where(
                    RevisionRow.session_id == session.id, RevisionRow.key == key
                )
            )
            if known is not None:
                return revision_info(known)
            parent = find_revision(db, parent_id, session.id)
            if plan_id is not None:
                plan = db.get(PlanRow, plan_id)
                if plan is None or plan.session_id != session.id:
                    raise UnknownPlanError(
                        f"Session {session.id} has no plan {plan_id!r}; save the plan first."
                    )
            # Checked while the collector is locked out, so they cannot vanish before the row is in.
            self.blobs.require_image(image_id)
            if mask_id is not None:
                self.blobs.require_image(mask_id)
            row = RevisionRow(
                id=new_id("r"),
                session_id=session.id,
                parent_id=parent.id,
                number=session.next_number,
                depth=parent.depth + 1,
                image_id=image_id,
                mask_id=mask_id,
                step=step,
                report=report,
                plan_id=plan_id,
                turn_id=turn_id,
                label=plain_text(label),
                key=key,
            )
            session.next_number += 1
            before = current_branch(db, session).position_id
            db.add(row)
            db.flush()
            go_to(db, session, parent)
            append(db, session, row)
            record_move(db, session, "commit", before)
            db.flush()
            self._probe("commit:flushed")
            made = revision_info(row)
        self.blobs.settle(image_id, mask_id)
        self._probe("commit:done")
        return made

    def revision(self, revision_id: str) -> RevisionInfo:
        """Returns a revision by its id or the unique beginning of it.

        Raises:
            UnknownRevisionError: If none fits.
            AmbiguousPrefixError: If several do.
        """
        with self._db.read() as db:
            return revision_info(find_revision(db, revision_id))

    def head(self, session_id: str) -> RevisionInfo:
        """Returns the revision that is shown now.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            branch = current_branch(db, find_session(db, session_id))
            return revision_info(get_revision(db, branch.position_id))

    def history(self, session_id: str) -> list[RevisionInfo]:
        """Lists the revisions from the root to the head.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            session = find_session(db, session_id)
            ids = set(path(db, current_branch(db, session).position_id))
            query = select(RevisionRow).where(RevisionRow.session_id == session.id)
            rows = db.scalars(query.order_by(RevisionRow.depth, RevisionRow.number))
            return [revision_info(row) for row in rows if row.id in ids]

    def all_revisions(self, session_id: str) -> list[RevisionInfo]:
        """Lists every revision of a session, on all branches and on none, oldest first.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            session = find_session(db, session_id)
            query = select(RevisionRow).where(RevisionRow.session_id == session.id)
            return [revision_info(row) for row in db.scalars(query.order_by(RevisionRow.number))]

    def children(self, revision_id: str) -> list[RevisionInfo]:
        """Lists the revisions that were made from a revision, oldest first.

        Raises:
            UnknownRevisionError: If there is no such revision.
            AmbiguousPrefixError: If several fit the beginning given.
        """
        with self._db.read() as db:
            parent = find_revision(db, revision_id)
            query = select(RevisionRow).where(RevisionRow.parent_id == parent.id)
            return [revision_info(row) for row in db.scalars(query.order_by(RevisionRow.number))]
