"""Errors of the picture tools.

::

    ToolError
    ├── PictureError            a picture cannot be read or written
    │   ├── NotAPicture         the bytes are no picture we read
    │   ├── BrokenPicture       a picture, but truncated or corrupt
    │   └── PictureTooLarge     over the pixel limit
    ├── UnknownTool             no tool of that name; lists the choices
    ├── BadArguments            the arguments do not fit the tool; terminal
    ├── GroundingFailed         a phrase could not be turned into a mask; terminal
    │   ├── SegmenterUnavailable the segmenter asked for is not on this machine
    │   └── DetectorUnavailable the detector asked for is not on this machine
    ├── Cancelled               the caller asked to stop
    └── EditorError             an editor could not do an edit
        ├── EditorUnavailable   weights or packages are missing; terminal, names the remedy
        ├── OutOfDomain         the picture is outside what the editor was made for; terminal
        └── EditorFailed        the edit itself failed; retryable

Every message is one line: what is wrong, and what would be right.
"""

from __future__ import annotations


class ToolError(Exception):
    """Anything the tools layer refuses or fails to do."""

    retryable = False


class PictureError(ToolError):
    """A picture cannot be read or written."""


class NotAPicture(PictureError):
    """The file is not a picture in a format we read."""


class BrokenPicture(PictureError):
    """The file starts as a picture but is truncated or corrupt."""


class PictureTooLarge(PictureError):
    """The picture has more pixels than the limit allows."""


class UnknownTool(ToolError):
    """There is no tool of that name."""


class BadArguments(ToolError):
    """The arguments do not fit the tool."""


class GroundingFailed(ToolError):
    """A phrase could not be turned into a mask."""


class SegmenterUnavailable(GroundingFailed):
    """The segmenter asked for is not on this machine; names the remedy."""


class DetectorUnavailable(GroundingFailed):
    """The detector asked for is not on this machine; names the remedy."""


class Cancelled(ToolError):
    """The caller asked the work to stop."""


class EditorError(ToolError):
    """An editor could not do an edit."""


class EditorUnavailable(EditorError):
    """The editor's weights or packages are missing."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class OutOfDomain(EditorError):
    """The picture lies outside what the editor was made for."""


class EditorFailed(EditorError):
    """The edit failed in a way that another try may mend."""

    retryable = True
