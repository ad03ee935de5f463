"""The pictures of a session: as shown, as saved with a record of their making, as marked by a user.

Loads and writes; it edits nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.picture_facts import picture_from
from orchestrator.session_history import SessionHistory
from orchestrator.settings import ProgramSettings
from tools.errors import BadArguments, PictureError
from tools.pictures import Picture
from tools.saving import save_picture, spare

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from tools.operation import HardMask


SOURCE_NOTE = "source"
"""Where the file lies that a session began with."""


class SessionPictures(SessionHistory):
    """A session's history with its pictures."""

    def picture(self, revision: str | None = None) -> Picture:
        """The picture shown now, or of a revision, with the photo's profile and EXIF."""
        chosen = self.head if revision is None else self.store.revision(revision)
        return picture_from(self.info.picture_meta, self.store.get_image(chosen.image_id))

    def keep_user_mask(self, path: Path) -> str:
        """Store a mask picture the user made; see ``user_mask``.

        Returns:
            Its id, for ``RunSettings.mask_id``.
        """
        return self.store.put_mask(self.user_mask(path)).id

    def user_mask(self, path: Path) -> HardMask:
        """What a mask picture the user made (white = edit) of the shown picture's size marks.

        Raises:
            PictureError: it cannot be read.
            BadArguments: it has another size than the picture, or marks nothing.
        """
        import numpy as np

        from tools.masks import from_file

        soft = from_file(path, self.shown_shape())
        mask = np.asarray(soft > 0.5)
        if not mask.any():
            raise BadArguments(f"the mask {path} is all black; what is to be changed must be white")
        return mask

    def shown_shape(self) -> tuple[int, int]:
        """Height and width of the picture shown now, without reading its pixels."""
        shown = self.store.blobs.manifest(self.head.image_id)
        return shown.height, shown.width

    def began_with(self, path: Path) -> bool:
        """Whether the session started from this very file.

        Raises:
            PictureError: the file cannot be read.
        """
        kept = self.info.source_blob
        try:
            return kept is not None and self.store.get_bytes(kept) == path.read_bytes()
        except OSError as error:
            raise PictureError(f"{path} cannot be read: {error.strerror}") from error

    def spare_original(self, path: Path) -> None:
        """Refuse to write over the file that the session began with.

        Raises:
            PictureError: it is that file, or no file can have that name.
        """
        original = self.store.get_note(self.id, SOURCE_NOTE)
        spare(path, None if original is None else Path(str(original)))

    def save(
        self,
        path: str | Path,
        *,
        revision: str | None = None,
        quality: int | None = None,
        overwrite: bool = False,
    ) -> tuple[str, ...]:
        """Write the picture with a record of how it was made; returns notes worth telling.

        Args:
            path: of the file; its suffix says the format.
            revision: which; None = the one shown now.
            quality: of a JPEG, [1, 100].
            overwrite: let it be the file that the session began with.

        Raises:
            PictureError: the format or the folder cannot be written, or it is the original.
        """
        if not overwrite:
            self.spare_original(Path(path))
        chosen = self.head if revision is None else self.store.revision(revision)
        quality = quality or ProgramSettings().quality
        return save_picture(
            self.picture(chosen.id), path, quality=quality, metadata=self.record(chosen)
        )

    def record(self, revision: RevisionInfo) -> dict[str, str]:
        """How a picture was made: session, revision, the steps with executors and seeds."""
        steps = [
            {
                "step": item.step,
                "executor": item.report.get("executor"),
                "settings": item.report.get("settings"),
                "status": item.report.get("status"),
            }
            for item in self._path(revision)
            if item.step
        ]
        return {
            "smartedit:session": self.id,
            "smartedit:revision": revision.id,
            "smartedit:steps": json.dumps(steps, separators=(",", ":"), ensure_ascii=False),
        }

    def _path(self, revision: RevisionInfo) -> list[RevisionInfo]:
        """From the original to a revision on any line."""
        known = {item.id: item for item in self.store.all_revisions(self.id)}
        path = [revision]
        while path[-1].parent_id is not None:
            path.append(known[path[-1].parent_id])
        return path[::-1]
