"""Making and checking the short names of sessions, revisions and branches."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from memory.errors import BadValueError

_SESSION_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ID_LENGTH = 10  # base32 characters, 50 random bits
_CONTENT_LENGTH = 16  # base32 characters, 80 bits of a hash


def new_id(prefix: str) -> str:
    """Makes a fresh id such as `r_k3v7q2zmaf`.

    Args:
        prefix: What kind of thing it names, one letter.

    Returns:
        The prefix, an underscore and 10 lower-case base32 characters.
    """
    return f"{prefix}_{_base32(secrets.token_bytes(8))[:_ID_LENGTH]}"


def content_id(prefix: str, content: bytes) -> str:
    """Makes an id that is the same for the same content.

    Args:
        prefix: What kind of thing it names, one letter.
        content: What the id stands for.

    Returns:
        The prefix, an underscore and 16 lower-case base32 characters.
    """
    return f"{prefix}_{_base32(hashlib.sha256(content).digest())[:_CONTENT_LENGTH]}"


def check_session_id(session_id: str) -> str:
    """Checks an id that a user chose.

    Returns:
        The same id.

    Raises:
        BadValueError: If it has other characters than letters, digits, dot, dash and underscore,
            or not between 1 and 64 of them.
    """
    if not _SESSION_ID.fullmatch(session_id):
        raise BadValueError(
            f"{session_id!r} cannot name a session; "
            "use 1 to 64 letters, digits, dots, dashes or underscores."
        )
    return session_id


def check_branch_name(name: str) -> str:
    """Checks the name of a branch.

    Returns:
        The same name.

    Raises:
        BadValueError: If it is empty, over 64 characters, has blanks at its ends, or characters
            that cannot be printed.
    """
    if not 1 <= len(name) <= 64 or name != name.strip() or not name.isprintable():
        raise BadValueError(
            f"{name!r} cannot name a branch; "
            "use 1 to 64 printable characters without blanks at the ends."
        )
    return name


def check_digest(digest: str) -> str:
    """Checks that a text can be the name of a stored picture or file.

    Returns:
        The same text.

    Raises:
        BadValueError: If it is not 64 hex digits.
    """
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise BadValueError(f"{digest!r} is no id of a stored picture or file; give 64 hex digits.")
    return digest


def next_free_name(base: str, taken: set[str]) -> str:
    """Finds the name under which a line is kept that would otherwise have none.

    Args:
        base: The name of the line that it was cut from, "main" or "main-2".
        taken: Names in use.

    Returns:
        The base without its number, and the first free number from 2: "main-3".
    """
    stem = re.sub(r"-\d+$", "", base)[:56]
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()
