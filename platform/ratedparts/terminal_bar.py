"""A bar on the terminal that shows how far something has come; silent where nobody watches."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self, TextIO

WIDTH = 40


class TerminalBar:
    """``with TerminalBar("checking") as bar: bar.show(0.5)``; on the error stream, and gone at the end."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._what = what
        self._drawn = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._stream.write("\r" + " " * len(self._drawn) + "\r")
            self._stream.flush()

    def show(self, share: float, what: str | None = None) -> None:
        """``share``: 0 to 1."""
        if not self._stream.isatty():
            return
        share = min(max(share, 0.0), 1.0)
        full = round(WIDTH * share)
        line = f"{what or self._what} [{'#' * full}{'.' * (WIDTH - full)}] {100 * share:3.0f} %"
        if line != self._drawn:
            self._stream.write("\r" + line.ljust(len(self._drawn)))
            self._stream.flush()
            self._drawn = line
