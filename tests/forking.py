"""Runs code in processes of its own for the price of importing this project's packages once.

One server process imports the packages and then forks for each run: like ``python -c``, every run
has its own process, folder, environment, pipes and exit code, and may die of a signal; but it is
spared the seconds that imports take. It imports no torch, which is for the runs that need it.

What forking could hide is whether the program starts by itself; some tests start it plainly.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("memory", "tools", "orchestrator")
LATE = ("alembic.command", "smartedit_model.editor")
"""What nearly every command imports when it needs it."""
READY = b"ready"


class ForkServer:
    """The server process, seen from the tests; started by the first run."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def run(
        self,
        code: str,
        *words: str,
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
        text: str = "",
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``code`` as ``python -c code *words`` would, ``text`` on its standard input.

        Raises:
            subprocess.TimeoutExpired: It took longer than ``timeout`` seconds; it is killed.
        """
        environment = dict(os.environ if env is None else env)
        if sys.platform != "linux":  # elsewhere libraries may not survive a fork
            return subprocess.run(
                [sys.executable, "-c", code, *words],
                cwd=cwd,
                env=environment,
                input=text,
                capture_output=True,
                encoding="utf-8",
                check=False,
                timeout=timeout,
            )
        with tempfile.TemporaryDirectory() as name:
            files = {stream: str(Path(name, stream)) for stream in ("stdin", "stdout", "stderr")}
            Path(files["stdin"]).write_text(text, "utf-8")
            asked = {
                "code": code,
                "words": words,
                "cwd": str(cwd),
                "env": environment,
                **files,
            }
            status = self._ask(asked, timeout)
            out, errors = (Path(files[n]).read_text("utf-8") for n in ("stdout", "stderr"))
        return subprocess.CompletedProcess(words, status, out, errors)

    def _ask(self, asked: dict[str, Any], timeout: float) -> int:
        if self._channel is None:
            self._channel = self._started()
        self._channel.settimeout(timeout)
        self._channel.sendall(json.dumps(asked).encode() + b"\n")
        try:
            told = self._channel.recv(64)
        except TimeoutError as error:
            self.close()
            raise subprocess.TimeoutExpired(asked["words"], timeout) from error
        if not told:
            raise RuntimeError("the server process has died; its error is above")
        return int(told)

    def _started(self) -> socket.socket:
        """Start the server and wait until it has imported everything."""
        ours, theirs = socket.socketpair()
        with theirs:
            code = f"from tests.forking import serve; serve({theirs.fileno()})"
            self._process = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        if ours.recv(64) != READY:
            raise RuntimeError("the server process did not start; its error is above")
        return ours

    def close(self) -> None:
        """End the server and whatever it still runs."""
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = self._channel = None

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()


def serve(descriptor: int) -> None:
    """Fork for every line that comes, and answer with the exit code; below zero, the signal."""
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:  # they run where they are imported
                importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # or a process that ends would collect, and so copy, all that was imported
    channel = socket.socket(fileno=descriptor)
    channel.sendall(READY)
    for line in channel.makefile("rb"):
        child = os.fork()
        if child == 0:
            channel.detach()
            os.close(descriptor)
            _become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        channel.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _become(asked: dict[str, Any]) -> None:
    """Be the process that is asked for; whatever ends ``code`` ends this process as usual."""
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    writing = os.O_WRONLY | os.O_CREAT
    for number, stream in enumerate(("stdin", "stdout", "stderr")):
        opened = os.open(asked[stream], writing if number else os.O_RDONLY, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["-c", *asked["words"]]
    exec(compile(asked["code"], "<string>", "exec"), {"__name__": "__main__"})
