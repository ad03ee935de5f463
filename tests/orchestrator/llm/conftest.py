"""A real HTTP server on the loopback that speaks the chat-completions protocol as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from orchestrator.llm.planner import LlmPlanner, make_llm_planner
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner

Answer = Callable[[BaseHTTPRequestHandler], None]
MODEL = "openai:test-model"
KEY = "sk-test-7f3a91c2d4e5"
IMAGE = {"phrase": "the whole image", "category": "image"}


class ChatServer:
    """Answers each request with the next of its script; remembers what it was asked."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.closed_early = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.asked.append(json.loads(body))
                outer.headers.append({k.lower(): v for k, v in self.headers.items()})
                outer.paths.append(self.path)
                self.close_connection = True
                try:
                    outer.script[min(len(outer.asked), len(outer.script)) - 1](self)
                except (BrokenPipeError, ConnectionResetError):
                    outer.closed_early.set()

            def do_GET(self) -> None:
                outer.paths.append(self.path)
                self.send_error(404)

            def log_message(self, *_words: object) -> None:
                """Nothing on the terminal."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def texts(self, request: int) -> str:
        """Everything a request said, pictures left out."""
        parts = []
        for message in self.asked[request]["messages"]:
            content = message["content"]
            blocks = [content] if isinstance(content, str) else content
            parts += [b if isinstance(b, str) else b.get("text", "") for b in blocks]
        return "\n".join(parts)

    def pictures(self, request: int) -> list[str]:
        """Data URLs of the pictures in a request."""
        return [
            block["image_url"]["url"]
            for message in self.asked[request]["messages"]
            if isinstance(message["content"], list)
            for block in message["content"]
            if block["type"] == "image_url"
        ]


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """A whole response."""
    handler.send_response(status)
    handler.send_header("content-type", headers.pop("content_type", "application/json"))
    handler.send_header("content-length", headers.pop("content_length", str(len(body))))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def completion(content: str | None, finish: str = "stop", **message: Any) -> bytes:
    """A chat completion with 900 tokens in and 100 out."""
    return json.dumps(
        {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": "test-model",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", "content": content, **message},
                }
            ],
            "usage": {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000},
        }
    ).encode()


def says(content: str | None, finish: str = "stop", **message: Any) -> Answer:
    """Answers with that text."""
    return lambda handler: send(handler, completion(content, finish, **message))


def plans(*steps: dict[str, Any], **rest: Any) -> Answer:
    """Answers with a plan."""
    return says(json.dumps(reply_of(*steps, **rest)))


def reply_of(*steps: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A reply from short steps: whole-image targets and instructions are filled in."""
    full = [{"target": IMAGE, "instruction": f"do {s.get('op')}", "params": {}} | s for s in steps]
    return {"steps": full} | rest


def fails(status: int, body: bytes = b'{"error":{"message":"no"}}', **headers: str) -> Answer:
    """Answers with an HTTP error."""
    return lambda handler: send(handler, body, status, **headers)


def waits(seconds: float) -> Answer:
    """Sends nothing for so long."""
    return lambda _handler: time.sleep(seconds)


def drips(seconds: float) -> Answer:
    """Sends a byte now and then, which keeps every read alive."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        send(handler, b"", content_length="100000")
        for _ in range(int(seconds / 0.05)):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    return answer


NOTHING_KNOWN = PlanContext()
WARMER = {"op": "adjust", "params": {"property": "temperature", "amount": 0.3}}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """The server, named as the planner's by the environment."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_API_BASE", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    made = ChatServer()
    monkeypatch.setenv("SMARTEDIT_PLANNER_BASE_URL", made.url)
    monkeypatch.setenv("SMARTEDIT_PLANNER_API_KEY", KEY)
    monkeypatch.setenv("SMARTEDIT_PLANNER_TIMEOUT", "10")
    yield made
    made.close()


def planner() -> LlmPlanner:
    """The planner as the environment has it."""
    return make_llm_planner(MODEL, RulePlanner())


def plan_it(
    instruction: str = "make it warmer", context: PlanContext = NOTHING_KNOWN
) -> tuple[EditPlan, dict[str, Any]]:
    """A plan and what it took."""
    from dataclasses import replace

    record: dict[str, Any] = {}
    made = planner().plan(instruction, replace(context, account=record.update))
    return made, record
