"""The columns that searches are answered from hold what the rows of the database say."""

from __future__ import annotations

import polars as pl
from sqlalchemy import select

from ratedparts.catalogue.building import segments_of
from ratedparts.catalogue.models import CatalogueChange
from ratedparts.catalogue.open_data.comparing import differing
from ratedparts.catalogue.read_model import halves_of, position_now
from ratedparts.catalogue.segment import WHERE_A_ROW_STANDS, Segment
from ratedparts.catalogue.snapshot import Position, read_snapshot
from ratedparts.db import Work

from .contained import contained
from .findings import Findings
from .store import Store

KEY = ["id_high", "id_low"]


def check_catalogue_columns(store: Store, findings: Findings) -> None:
    """Parts that changed since the columns were written are read from the database anyway, and left out."""
    with store.reading() as work:
        position = position_now(work)
        with contained(findings, "catalogue"):
            known = read_snapshot(store.catalogue, position.generation)
            if known is None:
                findings.note("catalogue_columns_not_made", place="catalogue")
                return
            at, kept = known
            if at.revision > position.revision:
                # Another process may have written them in between; a second look sees its changes.
                findings.note("catalogue_columns_newer", place="catalogue")
                return
            _compare(store, work, at, kept, findings)


def _compare(store: Store, work: Work, at: Position, kept: tuple[Segment, ...], findings: Findings) -> None:
    query = select(CatalogueChange.part_id).where(CatalogueChange.revision > at.revision)
    changed = list(work.session.scalars(query.distinct()))
    others = {segment.family: segment for segment in kept}
    for segment in segments_of(work, store.library):
        place = f"catalogue {segment.family}"
        with contained(findings, place):
            findings.looked(segment.rows)
            other = others.pop(segment.family, None)
            if changed:
                halves = halves_of(changed)
                segment = segment.without(halves)
                other = None if other is None else other.without(halves)
            _compare_family(place, segment, other, findings, whole=not changed)
    for family, other in others.items():
        if other.without(halves_of(changed)).plain().height if changed else other.rows:
            findings.invalid(
                "catalogue_columns_differ", place=f"catalogue {family}", member="rows", rows=other.rows
            )


def _compare_family(
    place: str, meant: Segment, kept: Segment | None, findings: Findings, *, whole: bool
) -> None:
    first = meant.plain().sort(KEY)
    if kept is None:
        if first.height:
            findings.invalid("catalogue_columns_differ", place=place, member="rows", rows=first.height)
        return
    second = kept.plain().sort(KEY)
    if not first.select(KEY).equals(second.select(KEY)):
        rows = first.join(second, on=KEY, how="anti").height + second.join(first, on=KEY, how="anti").height
        findings.invalid("catalogue_columns_differ", place=place, member="rows", rows=rows)
        return
    # Where a row stands among the others tells nothing once some of them are left out.
    left_out = set() if whole else set(WHERE_A_ROW_STANDS)
    for name in first.columns:
        if name in left_out:
            continue
        rows = _rows_that_differ(first[name], second[name]) if name in second.columns else first.height
        if rows:
            findings.invalid("catalogue_columns_differ", place=place, member=name, rows=rows)
    if whole:
        for name in ("spelled", "written"):
            if getattr(meant, name).tobytes() != getattr(kept, name).tobytes():
                findings.invalid("catalogue_columns_differ", place=place, member=name, rows=first.height)


def _rows_that_differ(first: pl.Series, second: pl.Series) -> int:
    if first.dtype != second.dtype:
        return len(first)
    return int(differing(first, second).sum())
