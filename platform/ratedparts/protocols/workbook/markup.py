"""What a part's XML says beyond the values of its cells: declarations, formulas, merged and hidden cells."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from ratedparts.protocols.report import FaultList

PIECE = 1 << 16


class _Refused(Exception):
    """Reading of a part was given up; the fault is told."""


def judge_markup(archive: zipfile.ZipFile, name: str, faults: FaultList) -> bool:
    """Read one part to its end; whether it is well-formed, without declarations and of its declared size.

    Of a sheet also: ``workbook_formula``, ``workbook_merged``, ``workbook_hidden``, each with its place.
    """
    reader = _Reader(name, faults)
    try:
        with archive.open(name) as part:
            reader.read(part)
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, UnicodeError, ValueError):
        faults.add("workbook_unreadable", given=name, why="damaged")
        return False
    except _Refused:
        return False
    return True


class _Reader:
    def __init__(self, name: str, faults: FaultList) -> None:
        self._name, self._faults = name, faults
        self._is_sheet = name.startswith("xl/worksheets/")
        self._cell: str | None = None

    def read(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._on_declaration
        parser.EntityDeclHandler = self._on_declaration
        if self._is_sheet:
            parser.StartElementHandler = self._on_element
        while piece := part.read(PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _on_declaration(self, *_: object) -> None:
        self._faults.add("workbook_declaration", given=self._name)
        raise _Refused

    def _on_element(self, element: str, attributes: Mapping[str, str]) -> None:
        tag = element.rpartition(" ")[2]
        if tag == "c":
            self._cell = attributes.get("r")
        elif tag == "f":
            self._faults.add("workbook_formula", _row_of(self._cell), None, None, cell=self._cell)
        elif tag == "mergeCell":
            area = attributes.get("ref")
            self._faults.add("workbook_merged", _row_of(area), None, None, cell=area)
        elif tag in ("row", "col") and attributes.get("hidden") in ("1", "true"):
            self._on_hidden(tag, attributes)

    def _on_hidden(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            row = attributes.get("r", "")
            self._faults.add("workbook_hidden", _row_of(row), None, None, what="row", cell=row)
        else:
            columns = f"{attributes.get('min')}-{attributes.get('max')}"
            self._faults.add("workbook_hidden", None, None, None, what="columns", cell=columns)


def _row_of(address: str | None) -> int | None:
    digits = "".join(c for c in (address or "").partition(":")[0] if c.isdigit())
    return int(digits) if digits and len(digits) < 8 else None
