"""What the store answers with: plain frozen records, free of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Role = Literal["user", "assistant", "system"]


@dataclass(frozen=True)
class SessionInfo:
    """One session and where one stands in it.

    Attributes:
        id: Its id.
        title: What the user calls it.
        source_name: Name of the file it began with.
        source_blob: Id of that file's bytes for `get_bytes`, or None if they were not kept.
        picture_meta: What was read from the file: profile, EXIF and the like.
        branch: The current branch.
        head_id: The revision that is shown now.
        root_id: The revision that it began with.
        revisions: How many revisions it has, on all branches.
        undo_steps: How many steps can be undone from here.
        redo_steps: How many steps can be redone from here.
        created_at: When it was made, UTC.
        updated_at: When it last changed, UTC.
    """

    id: str
    title: str
    source_name: str
    source_blob: str | None
    picture_meta: dict[str, Any]
    branch: str
    head_id: str
    root_id: str
    revisions: int
    undo_steps: int
    redo_steps: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class RevisionInfo:
    """One immutable state of a picture. Holds ids, no pixels.

    Attributes:
        id: Its id.
        session_id: The session it belongs to.
        parent_id: The revision it was made from; None for the root.
        number: Its place in the order of making within the session; the root is 0.
        depth: How many steps it is away from the root.
        image_id: The picture, for `get_image`.
        mask_id: The mask inside which it differs from its parent, or None.
        step: The step of the plan that made it; empty for the root.
        report: What verification found.
        plan_id: The plan it belongs to, or None.
        turn_id: The turn of the conversation that made it; None for the root.
        label: One line for people.
        key: What makes committing it twice harmless; unique in the session.
        created_at: When it was made, UTC.
    """

    id: str
    session_id: str
    parent_id: str | None
    number: int
    depth: int
    image_id: str
    mask_id: str | None
    step: dict[str, Any]
    report: dict[str, Any]
    plan_id: str | None
    turn_id: str | None
    label: str
    key: str
    created_at: datetime


@dataclass(frozen=True)
class BranchInfo:
    """One named line of revisions.

    Attributes:
        session_id: The session it belongs to.
        name: Its name.
        position_id: The revision at which one stands, or stood when one left it.
        tip_id: The last revision of the line; redo leads there.
        current: Whether the session is on it.
        created_at: When it was made, UTC.
    """

    session_id: str
    name: str
    position_id: str
    tip_id: str
    current: bool
    created_at: datetime


@dataclass(frozen=True)
class MoveInfo:
    """One entry of the journal of moves.

    Attributes:
        id: Its place in the order of moves.
        session_id: The session.
        kind: The operation: "create", "commit", "undo", "redo", "checkout", "start_over",
            "create_branch", "switch_branch", "rename_branch" or "delete_branch".
        branch: The branch that was current afterwards, or the one concerned.
        from_id: The revision shown before, or None.
        to_id: The revision shown after.
        created_at: When, UTC.
    """

    id: int
    session_id: str
    kind: str
    branch: str
    from_id: str | None
    to_id: str | None
    created_at: datetime


@dataclass(frozen=True)
class RunInfo:
    """One run of a plan.

    Attributes:
        id: The id that its caller chose.
        session_id: The session it works in.
        turn_id: The turn of the conversation.
        instruction: What was asked for, in words.
        plan_id: The plan, once there is one.
        base_revision_id: The revision it started from.
        status: "running", or what it ended as.
        details: Whatever its caller keeps with it.
        started_at: When it began, UTC.
        finished_at: When it ended, UTC, or None.
    """

    id: str
    session_id: str
    turn_id: str
    instruction: str
    plan_id: str | None
    base_revision_id: str
    status: str
    details: dict[str, Any]
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class AttemptInfo:
    """One try at a step of a run.

    Attributes:
        run_id: The run.
        step_id: The step of its plan.
        number: Which try, from 1.
        executor: What made it.
        image_id: The picture it made, or None.
        mask_id: The mask it used, or None.
        report: What verification found.
        created_at: When, UTC.
    """

    run_id: str
    step_id: str
    number: int
    executor: str
    image_id: str | None
    mask_id: str | None
    report: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class MessageInfo:
    """One message of the conversation.

    Attributes:
        id: Its place in the order of messages.
        session_id: The session.
        role: Who said it.
        text: What was said.
        revision_id: The revision it speaks of, or None.
        turn_id: The turn it belongs to, or None.
        created_at: When, UTC.
    """

    id: int
    session_id: str
    role: Role
    text: str
    revision_id: str | None
    turn_id: str | None
    created_at: datetime


@dataclass(frozen=True)
class WordInfo:
    """One word that a user taught.

    Attributes:
        word: The word as it was written; it is looked up without regard to case.
        meaning: What it means, in words that the system knows.
        session_id: The only session in which it holds, or None for all.
        example_mask_id: A picture around it whose alpha says which pixels it is, a mask, or None.
        created_at: When it was taught, UTC.
    """

    word: str
    meaning: str
    session_id: str | None
    example_mask_id: str | None
    created_at: datetime


@dataclass(frozen=True)
class StoredImage:
    """What a put did.

    Attributes:
        id: The picture's id, 64 hex digits.
        bytes_written: Bytes that were not on the disk before, list of tiles included.
        tiles_new: Tiles that were written.
        tiles_reused: Tiles that were there already (in this or another picture).
        tiles_flat: Tiles of a single value, which need no file.
    """

    id: str
    bytes_written: int
    tiles_new: int
    tiles_reused: int
    tiles_flat: int


@dataclass(frozen=True)
class Difference:
    """How two pictures differ.

    Attributes:
        changed_pixels: How many pixels differ in any channel.
        changed_share: The same as a share of all, [0, 1].
        box: Smallest box around them, XYXY half-open pixels, or None if there are none.
        same_shape: False if size or channels differ; then all pixels count as changed.
    """

    changed_pixels: int
    changed_share: float
    box: tuple[int, int, int, int] | None
    same_shape: bool


@dataclass(frozen=True)
class GcReport:
    """What a collection removed, or would remove.

    Attributes:
        dry_run: True if nothing was removed.
        grace_seconds: The age that files had to have; longer than asked for while other
            processes have the store open.
        files: How many stored files nothing refers to.
        bytes: Their bytes.
        temporary_files: How many leftovers of killed writers.
        temporary_bytes: Their bytes.
        kept_files: How many files remain.
        kept_bytes: Their bytes.
    """

    dry_run: bool
    grace_seconds: float
    files: int
    bytes: int
    temporary_files: int
    temporary_bytes: int
    kept_files: int
    kept_bytes: int


@dataclass(frozen=True)
class CheckProblem:
    """One thing that is wrong with the store.

    Attributes:
        kind: "database", "history", "missing" or "corrupt".
        subject: What is concerned: a session, a revision or a blob.
        message: One line for people.
    """

    kind: Literal["database", "history", "missing", "corrupt"]
    subject: str
    message: str
