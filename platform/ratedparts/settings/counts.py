"""How many do the work."""

from __future__ import annotations

from collections.abc import Mapping

from ratedparts.errors import Fault

MOST_WORKERS = 16  # threads of one process, which share its one interpreter
MOST_PROCESSES = 10_000


def read_workers(environ: Mapping[str, str], faults: list[Fault]) -> int:
    """From ``WORKERS``: how many threads do jobs beside the server; with none, other processes do them."""
    return _read(environ.get("WORKERS", "1"), "WORKERS", 0, MOST_WORKERS, faults)


def read_web_processes(environ: Mapping[str, str], faults: list[Fault]) -> int:
    """From ``WEB_PROCESSES``: how many processes answer requests, on all machines together."""
    return _read(environ.get("WEB_PROCESSES", "1"), "WEB_PROCESSES", 1, MOST_PROCESSES, faults)


def _read(text: str, variable: str, least: int, most: int, faults: list[Fault]) -> int:
    if text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most:
        return int(text)
    limits = {"minimum": least, "maximum": most}
    faults.append(Fault("count_not_usable", column=variable, given=text[:80], parameters=limits))
    return 1
