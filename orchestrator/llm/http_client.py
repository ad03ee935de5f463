"""The HTTP client for OpenAI-compatible servers: bounded replies, no redirects.

A server by base URL may be anybody's. Its reply is read up to a limit and not one byte further,
is not unpacked (a small packed reply can hold a huge one), and cannot send the key elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

BYTES_A_TOKEN = 16
"""More than any token is long in JSON, escapes included."""
ENVELOPE_BYTES = 64 * 1024


class ReplyTooLong(Exception):
    """The server sends more than any answer of the allowed length can hold."""


class ReplyPacked(Exception):
    """The server packed its reply although it was asked not to."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, most: int) -> None:
        self._inner = inner
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for chunk in self._inner:
            count += len(chunk)
            if count > self._most:
                raise ReplyTooLong(f"more than {self._most} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def bounded_client(timeout: float, max_tokens: int) -> httpx2.AsyncClient:
    """A client for one conversation; close it after use.

    Args:
        timeout: seconds without a byte after which a call is given up.
        max_tokens: of an answer; bounds the bytes that are read.
    """
    most = ENVELOPE_BYTES + max_tokens * BYTES_A_TOKEN

    async def bound(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ReplyPacked("asked for identity")
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream, most)

    return httpx2.AsyncClient(
        timeout=timeout,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [bound]},
    )
