"""Servers as an installation has them: waitress beside SQLite, granian beside PostgreSQL."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = Path(sys.executable).parent
PATIENCE_SECONDS = 60


@contextmanager
def serving(factory: str, environ: dict[str, str], *, embedded: bool, worker: bool) -> Iterator[int]:
    """The port of an application, until the block ends; ``worker``: with one that does the jobs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, **environ, "PYTHONPATH": str(HERE), "OPENBLAS_NUM_THREADS": "1"}
    if embedded:
        command = [
            PROGRAMS / "waitress-serve",
            "--threads=8",
            f"--listen=127.0.0.1:{port}",
            "--call",
            factory,
        ]
    else:
        command = [
            PROGRAMS / "granian",
            "--interface=wsgi",
            "--factory",
            "--workers=2",
            "--blocking-threads=8",
            "--host=127.0.0.1",
            f"--port={port}",
            "--log-level=warning",
            factory,
        ]
    commands = [command, [PROGRAMS / "ratedparts", "worker"]] if worker else [command]
    with ExitStack() as ends:
        for one in commands:
            running = subprocess.Popen(one, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            ends.callback(running.wait)
            ends.callback(running.terminate)
        _wait_for(port)
        yield port


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
