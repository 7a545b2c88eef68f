"""Limits that hold while a file is still arriving: a hostile one is refused at the limit, not at its end."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.protocols.csv_reader import MAXIMUM_COLUMNS
from ratedparts.protocols.text_decoding import MAXIMUM_LINE_BYTES, past_short_lines
from ratedparts.protocols.workbook import LARGEST_FILE, looks_like_workbook

ZIP = b"PK\x03\x04"


@dataclass
class ArrivingText:
    """What is known of the bytes so far; it can be stored between pieces.

    ``lines``: whole lines; ``open_line_bytes``: of the line that goes on; ``size_bytes``: of the whole
    file as it was announced.  A cell is never longer than its line: a limit of the one is a limit of both.
    """

    size_bytes: int
    seen_bytes: int = 0
    lines: int = 0
    open_line_bytes: int = 0

    def look_at(self, piece: bytes) -> None:
        """Take note.  Raises ``line_too_long``, ``too_many_columns``, ``file_too_large``."""
        if self.seen_bytes == 0 or (self.lines < 0 and self.seen_bytes < len(ZIP)):
            self._look_at_the_beginning(ZIP[: self.seen_bytes] + piece)
        self.seen_bytes += len(piece)
        if self.lines < 0:
            return  # a workbook has no lines
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            self._require_short(self.open_line_bytes + end - start)
            self.lines, self.open_line_bytes = self.lines + 1, 0
            start, lines = past_short_lines(piece, end + 1)
            self.lines += lines
        self.open_line_bytes += len(piece) - start
        self._require_short(self.open_line_bytes)

    def _look_at_the_beginning(self, beginning: bytes) -> None:
        is_workbook = looks_like_workbook(beginning)
        if is_workbook and self.size_bytes > LARGEST_FILE:
            size = self.size_bytes
            raise RatedPartsError("file_too_large", kind=Kind.TOO_LARGE, bytes=size, maximum=LARGEST_FILE)
        if is_workbook or ZIP.startswith(beginning):  # too short to tell: what follows decides
            self.lines = -1
            return
        self.lines, self.open_line_bytes = 0, self.seen_bytes
        columns = beginning.partition(b"\n")[0].count(b",") + 1
        if columns > MAXIMUM_COLUMNS:
            raise RatedPartsError("too_many_columns", row=1, given=str(columns), maximum=MAXIMUM_COLUMNS)

    def _require_short(self, length: int) -> None:
        if length > MAXIMUM_LINE_BYTES:
            raise RatedPartsError(
                "line_too_long", row=self.lines + 1, length=length, maximum=MAXIMUM_LINE_BYTES
            )
