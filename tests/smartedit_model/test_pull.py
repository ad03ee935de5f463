"""Fetching public parts: the real hub client against a server on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from smartedit_model import pulling, registry

COMMIT = "a" * 40
#: More than the client's chunks of 10 MB, of which it keeps whole ones only.
BIG = 30_000_000


class Hub:
    """Speaks as much of the hub's protocol as a download needs; counts the bytes it sends.

    Attributes:
        breaks: How many answers still break off half way.
    """

    def __init__(self) -> None:
        self.files = {
            part.repo: {name: _content(name) for name in (*part.patterns, "flax_model.msgpack")}
            for part in registry.entry("smartedit-7b").parts
        }
        self.sent: dict[str, int] = {}
        self.ranges: list[str] = []
        self.breaks = 0
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.split("?")[0]
        listing = re.fullmatch(r"/api/models/([^/]+/[^/]+)/(revision|tree)/\w+", path)
        if listing and listing[1] in self.files:
            self._list(request, listing[1], listing[2] == "tree")
            return
        wanted = re.fullmatch(rf"/([^/]+/[^/]+)/resolve/{COMMIT}/(.+)", path)
        if not wanted or wanted[2] not in self.files.get(wanted[1], {}):
            request.send_error(404)
            return
        self._send(request, wanted[2], self.files[wanted[1]][wanted[2]])

    def _list(self, request: BaseHTTPRequestHandler, repo: str, tree: bool) -> None:
        files = self.files[repo]
        rows = [
            {"type": "file", "path": n, "size": len(c), "oid": hashlib.sha1(c).hexdigest()}
            for n, c in files.items()
        ]
        told = {"id": repo, "sha": COMMIT, "siblings": [{"rfilename": n} for n in files]}
        body = json.dumps(rows if tree else told).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _send(self, request: BaseHTTPRequestHandler, name: str, content: bytes) -> None:
        asked = request.headers.get("Range")
        first = 0
        if asked and request.command == "GET":
            self.ranges.append(asked)
            first = int(asked.removeprefix("bytes=").split("-")[0])
        body = content[first:]
        request.send_response(206 if first else 200)
        request.send_header("Content-Length", str(len(body)))
        if first:
            whole = len(content)
            request.send_header("Content-Range", f"bytes {first}-{whole - 1}/{whole}")
        request.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
        request.send_header("X-Repo-Commit", COMMIT)
        request.end_headers()
        if request.command == "HEAD":
            return
        if self.breaks and len(body) == BIG:
            self.breaks -= 1
            body = body[: BIG // 2]
            request.close_connection = True
        request.wfile.write(body)
        self.sent[name] = self.sent.get(name, 0) + len(body)


def _content(name: str) -> bytes:
    if name.startswith("text_encoder/model"):
        return bytes(i % 251 for i in range(1000)) * (BIG // 1000)
    return name.encode()


@pytest.fixture
def hub():
    server = Hub()
    yield server
    server.close()


def pull(url: str, home: Path, *, answer: str = "--yes") -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, its hub on this machine."""
    code = "from orchestrator.cli import main; main()"
    command = [sys.executable, "-c", code, "models", "pull", "smartedit-7b", answer]
    environment = {
        **os.environ,
        "HF_ENDPOINT": url,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HOME": str(home / "cache"),
        "SMARTEDIT_HOME": str(home),
    }
    return subprocess.run(
        [a for a in command if a],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )


def test_pull_fetches_resumes_and_names_the_licence(hub, tmp_path):
    """Sizes first; a broken transfer goes on where it stopped; nothing is fetched twice."""
    asked = pull(hub.url, tmp_path, answer="")
    assert asked.returncode == 2
    assert "timbrooks/instruct-pix2pix: 30.0 MB" in asked.stdout
    assert "--yes" in asked.stderr
    assert hub.sent == {}

    hub.breaks = 1
    done = pull(hub.url, tmp_path)
    assert "licence" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    folders = pulling.pulled_parts(tmp_path / "models" / "parts")
    for repo, folder in folders.items():
        assert folder is not None
        for part in registry.entry("smartedit-7b").parts:
            for name in part.patterns if part.repo == repo else ():
                assert (folder / name).read_bytes() == hub.files[repo][name]
        assert not (folder / "flax_model.msgpack").exists()
    assert hub.sent["text_encoder/model.safetensors"] < 1.4 * BIG
    assert any(start != "bytes=0-" for start in hub.ranges)

    before = dict(hub.sent)
    again = pull(hub.url, tmp_path)
    assert hub.sent == before
    assert "licence" in again.stderr


def test_pull_without_a_hub_says_so(tmp_path):
    """No connection and no such repository each end in one line."""
    nobody = pull("http://127.0.0.1:9", tmp_path)
    assert nobody.returncode == 2
    assert "could not be fetched" in nobody.stderr
    assert "Traceback" not in nobody.stderr
    server = Hub()
    server.files.clear()
    try:
        unknown = pull(server.url, tmp_path)
    finally:
        server.close()
    assert unknown.returncode == 2
    assert "could not be fetched" in unknown.stderr
    assert "Traceback" not in unknown.stderr
