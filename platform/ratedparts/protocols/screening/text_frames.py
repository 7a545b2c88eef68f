"""The rows of a plain file as texts, block by block."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from typing import IO

import polars as pl

from ratedparts.protocols.typed_frame import LINE

from .line_blocks import Doubt, Tidiness, line_blocks, require_plain

FIRST_BYTES = 2**20


def text_frames(source: IO[bytes], header: list[str], size: int, tidy: Tidiness) -> Iterator[pl.DataFrame]:
    """Texts of each block, null where blank, with the line of the file; ``tidy`` learns of it.

    While a block is looked through, the next is taken apart in a second thread; ``source`` is read in the
    caller's.  Files that are not plain mostly show it early, so that a small block comes first, alone.

    Raises
    ------
    Doubt
        Only the exact checker can read this: a row is ragged, or the text is not plain.
    """
    with ThreadPoolExecutor(1) as beside:
        coming = deque[Future[pl.DataFrame]]()
        line = 2
        for block in line_blocks(source, min(size, FIRST_BYTES), size):
            coming.append(beside.submit(_taken_apart, block, header, tidy))
            if line == 2 or len(coming) == 2:
                rows = coming.popleft().result()
                yield _numbered(rows, line)
                line += rows.height
        for last in coming:
            yield _numbered(last.result(), line)


def _numbered(rows: pl.DataFrame, line: int) -> pl.DataFrame:
    return rows.with_columns(pl.int_range(line, line + rows.height, dtype=pl.Int64).alias(LINE))


def _taken_apart(block: bytes, header: list[str], tidy: Tidiness) -> pl.DataFrame:
    require_plain(block)
    commas = tidy.read(block)
    texts = dict.fromkeys(header, pl.String)
    try:
        rows = pl.read_csv(BytesIO(block), has_header=False, schema=texts, quote_char=None)
    except pl.exceptions.PolarsError:
        raise Doubt from None
    # A row with too many cells was an error; with this sum, then, none has too few.
    if commas != rows.height * (len(header) - 1) or rows["unit_id"].null_count():
        raise Doubt
    # The exact checker takes a name with blanks around it for the name without.
    if not tidy.edges and (rows["unit_id"] != rows["unit_id"].str.strip_chars()).any():
        raise Doubt
    return rows
