"""Files too large to keep in a repository, or in memory: refused at the limit, in little memory."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .corpus import Answer, Case, of_kind
from .installation import Installation
from .readers import answer_of

GIANTS = of_kind("giants")
SECONDS = 30.0
# Python with the checker takes about 70 MB, and a block of a stream 16 MiB, of which a few are in hand.
MOST_MEGABYTES = 150
# A process begins with the largest size of the one that started it; what the kernel keeps of its own memory
# is another figure.
PROGRAM = """
import re, sys
from ratedparts.cli import main
code = main(sys.argv[1:])
with open("/proc/self/status") as status:
    print(re.search(r"VmHWM:\\s+([0-9]+) kB", status.read())[1], file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True)
class Checked:
    status: int
    answers: list[Answer]
    faults: int
    seconds: float
    megabytes: float


def run(case: Case, folder: Path) -> Checked:
    path = folder / case.name
    with path.open("wb") as file:
        file.writelines(case.pieces())
    arguments = ["--language", "en", "check", "--json", str(path), "--protocol", case.protocol]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    path.unlink()
    size = re.search(r"([0-9]+)\s*$", done.stderr)
    assert size, done.stderr
    report = json.loads(done.stdout)
    answers = [answer_of(fault) for fault in report["errors"]]
    return Checked(done.returncode, answers, report["error_count"], seconds, int(size[1]) / 1024)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Checked]:
    """Checks a file by the command line, once for all its tests."""
    done: dict[str, Checked] = {}
    folder = tmp_path_factory.mktemp("giants")

    def once(case: Case) -> Checked:
        if case.file not in done:
            done[case.file] = run(case, folder)
        return done[case.file]

    return once


@pytest.mark.parametrize("case", GIANTS, ids=lambda case: case.name)
def test_a_giant_is_refused_at_the_limit(checked: Callable[[Case], Checked], case: Case) -> None:
    found = checked(case)
    assert found.status == 1
    assert found.answers[: len(case.answers)] == list(case.answers)
    assert found.faults == case.faults
    assert len(found.answers) <= 1000
    assert found.seconds < SECONDS


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel does not say its memory here")
@pytest.mark.parametrize("case", GIANTS, ids=lambda case: case.name)
def test_a_giant_is_refused_in_little_memory(checked: Callable[[Case], Checked], case: Case) -> None:
    assert checked(case).megabytes < MOST_MEGABYTES


class Endless(io.RawIOBase):
    """A body that says to be of 300 MB; whoever reads much of it has not looked at what it says."""

    given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.given += len(buffer)
        assert self.given < 2**24
        buffer[:] = b"1" * len(buffer)
        return len(buffer)


@pytest.mark.parametrize("address", ["/api/v1/check?protocol=MLCC-HTL@1", "/check"])
def test_a_body_beyond_the_limit_is_not_read(installation: Installation, address: str) -> None:
    kind = "multipart/form-data; boundary=x" if address == "/check" else "text/csv"
    body = {"wsgi.input": Endless(), "CONTENT_LENGTH": str(300 * 2**20), "CONTENT_TYPE": kind}
    assert installation.client.post(address, environ_overrides=body).status_code == 413
