"""Addresses that carry on what a request asked for.

What strangers wrote is never an argument of `url_for`, which takes some names (``endpoint``, ``_scheme``)
for its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

Query = Mapping[str, Iterable[str]]


def with_query(path: str, query: Query) -> str:
    """The path with these names and all their values."""
    pairs = [(name, value) for name, values in query.items() for value in values]
    return f"{path}?{urlencode(pairs)}" if pairs else path
