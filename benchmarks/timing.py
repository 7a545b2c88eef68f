"""How long something takes, and how a row of the table is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 7


@dataclass(frozen=True)
class Row:
    """``ours`` and ``theirs`` in seconds for the same work; ``target``: how many times faster at least."""

    work: str
    ours: float
    peer: str
    theirs: float
    target: float | None = None

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours

    def __str__(self) -> str:
        verdict = ""
        if self.target is not None:
            verdict = f"{self.target:g} × {'met' if self.ratio >= self.target else 'MISSED'}"
        return (
            f"| {self.work} | {_spoken(self.ours)} | {self.peer} | {_spoken(self.theirs)} "
            f"| {self.ratio:,.3g} × | {verdict} |"
        )


def _spoken(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1.0 else f"{1e3 * seconds:.3g} ms"


def best_of(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """The shortest of several runs, in seconds: what the machine can do when nothing disturbs it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)
