"""The corpus: files that anybody might send, and the table of what has to be answered to each.

``accept/KIND/…`` and ``reject/KIND/…`` hold the files; ``expected.csv`` has a line for every file that is
accepted and a line for every fault of one that is refused.  README.md says how to add one.
"""

from __future__ import annotations

import csv
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "expected.csv"
COLUMNS = (
    *("file", "code", "sentence", "protocol", "encoding", "row", "column"),
    *("part", "plan", "faults", "wrong_today"),
)
GENERATED = ".gen.py"  # NAME.gen.py has a function `pieces` that yields the bytes of NAME
USUAL_PROTOCOL = "MLCC-HTL@1"


@dataclass(frozen=True)
class Answer:
    """One refusal as its reader sees it, in English."""

    code: str
    sentence: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Case:
    """A file with its lines of the table.

    ``faults``: how many there are in all, where the table names only the first; ``wrong_today``: why the
    platform does not give the answers yet.  ``part`` and ``plan`` are JSON.
    """

    file: str
    answers: tuple[Answer, ...]
    protocol: str
    encoding: str
    part: str
    plan: str
    faults: int
    wrong_today: str

    @property
    def accepted(self) -> bool:
        return self.file.startswith("accept/")

    @property
    def kind(self) -> str:
        return self.file.split("/")[1]

    @property
    def name(self) -> str:
        """What its sender calls the file."""
        return Path(self.file).name.removesuffix(GENERATED)

    def pieces(self) -> Iterator[bytes]:
        path = HERE / self.file
        if self.file.endswith(GENERATED):
            yield from runpy.run_path(str(path))["pieces"]()
        else:
            yield path.read_bytes()

    def content(self) -> bytes:
        return b"".join(self.pieces())


@cache
def lines() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@cache
def cases() -> dict[str, Case]:
    """Every file that the table names, by its path, in the order of the table."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in lines():
        found.setdefault(line["file"], []).append(line)
    return {file: _case(file, of_file) for file, of_file in found.items()}


def _case(file: str, of_file: list[dict[str, str]]) -> Case:
    first = of_file[0]
    answers = tuple(
        Answer(
            line["code"], line["sentence"], int(line["row"]) if line["row"] else None, line["column"] or None
        )
        for line in of_file
        if line["code"]
    )
    return Case(
        file,
        answers,
        first["protocol"] or USUAL_PROTOCOL,
        first["encoding"] or "utf-8",
        first["part"],
        first["plan"],
        int(first["faults"] or len(answers)),
        first["wrong_today"],
    )


def of_kind(kind: str) -> list[Case]:
    return [case for case in cases().values() if case.kind == kind]


def files() -> list[str]:
    """Every file of the two folders, by its path below this one."""
    return sorted(
        path.relative_to(HERE).as_posix()
        for folder in ("accept", "reject")
        for path in (HERE / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
