"""The header against the protocol's columns: exact names in any order, none missing, none extra."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ratedparts.protocols.model import Column, ColumnType, Protocol, Text
from ratedparts.protocols.report import FaultList

OTHER_DELIMITERS = (";", "\t", "|")


@dataclass(frozen=True)
class Header:
    """``columns``: those that can be read, with their place; ``whole``: the header is as expected."""

    columns: tuple[tuple[int, Column], ...]
    whole: bool


def match_header(found: list[str], protocol: Protocol, faults: FaultList) -> Header:
    """Match the header; one ``header_mismatch`` says all that is wrong with it."""
    expected = [column.name for column in protocol.columns]
    counts = Counter(found)
    duplicated = sorted(name for name, count in counts.items() if count > 1)
    missing = [c.name for c in protocol.columns if c.name not in counts and not c.may_be_absent]
    matched: list[tuple[int, Column]] = []
    unknown: list[str] = []
    for place, name in enumerate(found):
        column = protocol.column(name) or _free_column(name, protocol)
        if column is None:
            unknown.append(name)
        elif counts[name] == 1:
            matched.append((place, column))
    if not (missing or unknown or duplicated):
        return Header(tuple(matched), True)
    wrong = [*missing, *unknown, *duplicated]
    faults.add(
        "header_mismatch",
        1,
        wrong[0] if len(wrong) == 1 else None,
        ",".join(found),
        expected=expected,
        found=found,
        missing=missing,
        unknown=unknown,
        duplicated=duplicated,
        delimiter=_other_delimiter(found),
    )
    return Header(tuple(matched), False)


def _free_column(name: str, protocol: Protocol) -> Column | None:
    """A further numeric column, where the protocol admits those that begin with its prefix."""
    prefix = protocol.free_column_prefix
    if prefix is None or not name.startswith(prefix) or name == prefix:
        return None
    if not name.isascii() or not name.isidentifier():
        return None
    return Column(name, Text(name, name), ColumnType.NUMBER, required=False)


def _other_delimiter(found: list[str]) -> str | None:
    """The character that seems to separate the columns, where it is not the comma."""
    if len(found) > 1:
        return None
    return next((delimiter for delimiter in OTHER_DELIMITERS if delimiter in found[0]), None)
