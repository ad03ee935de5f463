"""One call of a chat model: the question out, the reply's text in, every failure named.

Provider-neutral: whatever a provider's package raises becomes a ``CallFailed`` in this program's
own words. It neither reads plans nor decides what happens next.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.llm.accounting import believable
from orchestrator.llm.failures import CallFailed, Kind

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

Output = Literal["json_schema", "function_calling", "text"]


@dataclass(frozen=True)
class Reply:
    """What a model said.

    Attributes:
        text: its answer, or the arguments of its function call as JSON.
        cut: it was stopped at the length limit.
        input_tokens: as counted by the server; 0 where it does not say.
        output_tokens: likewise.
    """

    text: str
    cut: bool = False
    input_tokens: int = 0
    output_tokens: int = 0


async def call(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    schema: dict[str, Any],
    output: Output,
    *,
    strict: bool,
    timeout: float,
) -> Reply:
    """Ask once.

    Args:
        model: whom.
        messages: the conversation so far.
        schema: JSON Schema of the answer.
        output: how the model is held to it; ``text``: by the words of the question alone.
        strict: the provider can be told to keep to the schema strictly.
        timeout: seconds, all in all; a server that sends a byte now and then does not extend it.

    Raises:
        CallFailed: there is no reply, or the model declines.
    """
    from langsmith import tracing_context

    asked: Any = model
    if output != "text":
        more = {"strict": True} if strict else {}
        asked = model.with_structured_output(schema, method=output, include_raw=True, **more)
    try:
        # Pictures and words go to the model's server and nowhere else, whatever tracing the
        # environment turns on for other programs.
        with tracing_context(enabled=False):
            async with asyncio.timeout(timeout):
                answer = await asked.ainvoke(list(messages))
    except Exception as error:  # noqa: BLE001 - any package's way to say that there is no reply
        failed = _explain(error, timeout)
        if failed is None:
            return _cut(error)
        raise failed from None
    return _read(answer["raw"] if isinstance(answer, dict) else answer)


def _read(message: AIMessage) -> Reply:
    usage: Any = message.usage_metadata or {}
    tokens = believable(usage.get("input_tokens")), believable(usage.get("output_tokens"))
    if message.additional_kwargs.get("refusal"):
        raise CallFailed("declined", "the model declined to answer")
    facts = message.response_metadata
    ended = str(facts.get("finish_reason") or facts.get("stop_reason") or facts.get("done_reason"))
    if ended.lower() in ("content_filter", "refusal", "safety"):
        raise CallFailed("declined", "the model declined to answer")
    cut = ended.lower() in ("length", "max_tokens")
    if message.tool_calls:
        import json

        return Reply(json.dumps(message.tool_calls[0]["args"]), cut, *tokens)
    said = str(message.text)
    if not said.strip() and message.invalid_tool_calls:
        # Arguments that are JSON but for a comma; read like any text.
        said = str(message.invalid_tool_calls[0]["args"] or "")
    return Reply(said, cut, *tokens)


def _cut(error: Exception) -> Reply:
    """The reply inside the error by which a package reports that it was cut."""
    usage = getattr(getattr(error, "completion", None), "usage", None)
    return Reply(
        "",
        True,
        believable(getattr(usage, "prompt_tokens", 0)),
        believable(getattr(usage, "completion_tokens", 0)),
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _explain(error: Exception, timeout: float) -> CallFailed | None:
    """A failure in our words; None where the error is a reply that was cut.

    Packages share no base class, so it goes by the names of classes and by status codes.
    """
    chain = list(_causes(error))
    names = [type(item).__name__ for item in chain]
    if "LengthFinishReasonError" in names:
        return None
    if "ContentFilterFinishReasonError" in names or "OpenAIRefusalError" in names:
        return CallFailed("declined", "the model declined to answer")
    if "ReplyTooLong" in names:
        return CallFailed("too_long", "the server's reply is longer than any plan can be")
    if "ReplyPacked" in names:
        return CallFailed("broken", "the server packed its reply, which is not accepted")
    status = next((code for code in map(_status, chain) if code), 0)
    if status:
        return _by_status(status, " ".join(map(str, chain)))
    if any("Timeout" in name for name in names):
        return CallFailed("timeout", f"there was no whole reply within {timeout:g} s")
    if any(
        "Connect" in name or isinstance(item, OSError)
        for name, item in zip(names, chain, strict=True)
    ):
        return CallFailed("unreachable", "the server cannot be reached, or closed the connection")
    return CallFailed("broken", f"the reply is not of the expected format ({names[0]})")


def _status(error: BaseException) -> int:
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and not isinstance(value, bool) and 300 <= value < 600:
            return value
    return 0


_TOO_MUCH = re.compile(
    r"context[ _]?(?:length|size|window)|prompt is too long|too many tokens", re.I
)
"""How servers say that question and answer do not fit into the model's context."""


def _by_status(status: int, words: str) -> CallFailed:
    """A failure by its status; the server's words only tell kinds apart, they are not repeated."""
    told = f"(HTTP {status})"
    if status in (400, 413, 422, 500) and _TOO_MUCH.search(words):
        return CallFailed("too_much", f"the plan does not fit into the model's context {told}")
    if status in (401, 403):
        return CallFailed("key", f"the server does not accept the key {told}")
    if status == 404:
        return CallFailed("unknown", f"the server knows no such model or address {told}")
    if status in (408, 504):
        return CallFailed("timeout", f"the server took too long {told}")
    if status == 429:
        return CallFailed("busy", f"the server takes no more requests for now {told}")
    if status >= 500:
        kind: Kind = "failed" if status in (500, 501) else "busy"
        return CallFailed(kind, f"the server failed {told}")
    if status < 400:
        return CallFailed("unknown", f"the server points elsewhere, which is not followed {told}")
    return CallFailed("rejected", f"the server does not take such a request {told}")
