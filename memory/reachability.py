"""Which stored files the rows of the database refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from memory.blobfiles import Kind
from memory.blobs import BlobStore
from memory.models import (
    AttemptRow,
    NoteRow,
    PlanRow,
    RevisionRow,
    RunRow,
    SessionRow,
    WordRow,
)

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass
class Named:
    """Names that rows hold.

    Attributes:
        images: Pictures and masks that must be there.
        files: Bytes that must be there.
        mentioned: Names inside JSON values (a brush mask in a plan, a style picture), which are
            kept if they are there.
    """

    images: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)


def named_by_rows(db: Session, session_id: str | None = None) -> Named:
    """Collects every name that the rows hold.

    Args:
        db: An open transaction.
        session_id: One session; all sessions, and the words for all of them, if None.
    """

    def of(
        column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    ) -> list[ColumnElement[bool]]:
        return [] if session_id is None else [column == session_id]

    named = Named()
    pictures = (
        select(RevisionRow.image_id, RevisionRow.mask_id).where(*of(RevisionRow.session_id)),
        select(AttemptRow.image_id, AttemptRow.mask_id)
        .join(RunRow, RunRow.id == AttemptRow.run_id)
        .where(*of(RunRow.session_id)),
        select(WordRow.example_mask_id).where(*of(WordRow.session_id)),
    )
    for query in pictures:
        for row in db.execute(query):
            named.images.update(name for name in row if name)
    sources = select(SessionRow.source_blob).where(*of(SessionRow.id))
    named.files.update(name for name in db.scalars(sources) if name)
    texts = (
        select(cast(SessionRow.picture_meta, String)).where(*of(SessionRow.id)),
        select(cast(RevisionRow.step, String), cast(RevisionRow.report, String)).where(
            *of(RevisionRow.session_id)
        ),
        select(cast(AttemptRow.report, String))
        .join(RunRow, RunRow.id == AttemptRow.run_id)
        .where(*of(RunRow.session_id)),
        select(cast(PlanRow.plan, String)).where(*of(PlanRow.session_id)),
        select(cast(RunRow.details, String)).where(*of(RunRow.session_id)),
        select(cast(NoteRow.value, String)).where(*of(NoteRow.session_id)),
    )
    for text_query in texts:
        for row in db.execute(text_query):
            for text in row:
                named.mentioned.update(_DIGEST.findall(text))
    return named


def files_of(
    blobs: BlobStore, images: Iterable[str], files: Iterable[str], mentioned: Iterable[str]
) -> set[tuple[str, Kind]]:
    """Names every file that the given pictures and bytes consist of.

    Args:
        blobs: The store.
        images: Pictures and masks; each must be there.
        files: Bytes.
        mentioned: Names that may be of pictures, of bytes, or of nothing.

    Raises:
        MissingBlobError: If a picture of `images` is not there.
        CorruptBlobError: If the list of a picture's tiles is damaged.
    """
    found: set[tuple[str, Kind]] = {(name, "bin") for name in files}
    pictures = set(images)
    for name in mentioned:
        if blobs.files.has(name, "bin"):
            found.add((name, "bin"))
        if blobs.files.has(name, "image"):
            pictures.add(name)
    for name in pictures:
        found.add((name, "image"))
        found.update((tile, "tile") for tile in blobs.manifest(name).files())
    return found
