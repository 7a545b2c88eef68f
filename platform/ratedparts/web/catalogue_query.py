"""From an address to a question: every state of a search stands in it, so that it can be sent to a colleague.

The page and the interface take the same names.  A name may come several times, which asks for any of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from flask import request
from werkzeug.datastructures import MultiDict

from ratedparts import __version__
from ratedparts.catalogue.question import BEST, CHOSEN, PAGE, Question, Range, require_askable
from ratedparts.catalogue.read_model import View
from ratedparts.catalogue.searching import Answer, search
from ratedparts.catalogue.wanted_range import read_range
from ratedparts.certificates.log_proofs import log_size
from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import Attribute, ColumnType, Family, ProtocolLibrary

from .asked_use import FIELDS, read_use
from .conditional import entity_tag
from .requests import installation

PLAIN = (
    "q",
    "grade_at_least",
    "level_at_least",
    "valid_for_days",
    "sort",
    "cursor",
    "limit",
    "facets",
    "lang",
)
ENDS = {"_min": "low", "_max": "high"}
# Figures that have no unit to be written in, asked for by their ends alone.
FIGURES = ("failure_rate_60", "failure_rate_90", "b1_lower_90", "b10_lower_90", "unit_hours")
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Asked:
    question: Question
    texts: Mapping[str, str]  # what was written for a number, by attribute


def read_query(given: MultiDict[str, str], library: ProtocolLibrary, at: datetime) -> Asked:
    """Raises ``query_refused`` with every fault at once."""
    attributes = _attributes(library)
    chosen = {name: frozenset(_said(given, name)) for name in CHOSEN if _said(given, name)}
    families = chosen.get("family", frozenset())
    faults = [
        Fault("unknown_family", column="family", given=code[:80])
        for code in sorted(families - library.families.keys())
    ]
    ranges: dict[str, Range] = {}
    texts: dict[str, str] = {}
    for name in given:
        column = name.removesuffix("_min").removesuffix("_max")
        if name in PLAIN or name in CHOSEN or name in FIELDS:
            continue
        if column != name and (column in FIGURES or _is_number(attributes.get(column))):
            faults += _take_end(ranges, column, ENDS[name[-4:]], given[name], name)
        elif name in attributes:
            attribute, family = _in_family(attributes[name], families)
            if attribute.type is not ColumnType.NUMBER:
                chosen[name] = frozenset(_said(given, name))
            elif given[name].strip():
                texts[name] = given[name].strip()
                faults += _take_text(ranges, texts[name], attribute, family)
        else:
            faults.append(Fault("unknown_key", column=name[:80], given=given[name][:80]))
    sort = given.get("sort", "").strip() or BEST
    limit, more = _whole(given, "limit", PAGE, 1, MOST_AT_ONCE)
    days, further = _whole(given, "valid_for_days", 0, 0, 3650)
    at_use = read_use(given)
    question = Question(
        text=given.get("q", "").strip(),
        chosen={name: words for name, words in chosen.items() if words},
        ranges=ranges,
        use=at_use.use,
        rate_at_most=at_use.rate_at_most,
        grade=given.get("grade_at_least", "").strip() or None,
        level=given.get("level_at_least", "").strip() or None,
        valid_on=microseconds(at + timedelta(days=days)) if days else None,
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        cursor=given.get("cursor", "").strip() or None,
        limit=limit,
    )
    numeric = {name for name, known in attributes.items() if _is_number(known)}
    try:
        require_askable(question, numeric, set(attributes) - numeric)
    except RatedPartsError as error:
        faults += error.items
    faults += [*at_use.faults, *more, *further]
    if faults:
        raise RatedPartsError("query_refused", items=faults)
    return Asked(question, texts)


def answer_to(work: Work, question: Question, *, facets: bool) -> Answer:
    """What the catalogue says at the instant of the unit of work."""
    here = installation()
    view = here.read_model.view(work)
    return search(view, question, here.library, microseconds(work.at), facets=facets)


def search_tag(work: Work, question: Question) -> str:
    """A tag that stays as long as nothing can have changed the answer; made without looking for it.

    Answers change with what is published (the position), with the standing of certificates, which pages of
    results look up live (the log grows with each change), and as terms end (how many have by now, and by the
    day that is asked for).  The program has a part in them too.
    """
    here = installation()
    log_entries = log_size(work)
    view = here.read_model.view(work)
    ended = [_ended(view, at) for at in (microseconds(work.at), question.valid_on) if at is not None]
    position = view.position.generation, view.position.revision
    return entity_tag(__version__, *position, log_entries, *ended, request.query_string)


def _ended(view: View, at: int) -> int:
    """How many terms are over.  At one position this tells which, whatever process counts."""
    count = 0
    for segment in view.segments:
        over = segment.array("valid_until") <= at
        count += int(np.count_nonzero(over if segment.alive is None else over & segment.alive))
    return count


def microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1e6)


def _attributes(library: ProtocolLibrary) -> dict[str, list[tuple[Attribute, Family]]]:
    found: dict[str, list[tuple[Attribute, Family]]] = {}
    for family in library.families.values():
        for attribute in family.attributes:
            found.setdefault(attribute.name, []).append((attribute, family))
    return found


def _in_family(
    known: Iterable[tuple[Attribute, Family]], families: frozenset[str]
) -> tuple[Attribute, Family]:
    """The attribute as the first of the families has it that are asked for, or else the first of all."""
    pairs = list(known)
    return next((pair for pair in pairs if pair[1].code in families), pairs[0])


def _is_number(known: list[tuple[Attribute, Family]] | None) -> bool:
    return known is not None and known[0][0].type is ColumnType.NUMBER


def _said(given: MultiDict[str, str], name: str) -> list[str]:
    return [word.strip() for word in given.getlist(name) if word.strip()]


def _take_end(ranges: dict[str, Range], column: str, end: str, text: str, name: str) -> list[Fault]:
    if not text.strip():
        return []
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not text.isascii() or text != text.strip() or "_" in text:
        expected = {"expected": "decimal_point_number"}
        return [Fault("number_format", column=name, given=text[:80], parameters=expected)]
    before = ranges.get(column, Range())
    ranges[column] = Range(value, before.high) if end == "low" else Range(before.low, value)
    return []


def _take_text(ranges: dict[str, Range], text: str, attribute: Attribute, family: Family) -> list[Fault]:
    try:
        ranges[attribute.name] = read_range(text, attribute, family)
    except RatedPartsError as error:
        return [Fault(error.code, column=attribute.name, given=text[:80], parameters=dict(error.parameters))]
    return []


def _whole(
    given: MultiDict[str, str], name: str, otherwise: int, least: int, most: int
) -> tuple[int, list[Fault]]:
    text = given.get(name, "").strip()
    if not text:
        return otherwise, []
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    if least <= number <= most:
        return number, []
    limits = {"range": f"{least} – {most}"}
    return otherwise, [Fault("out_of_range", column=name, given=text[:80], parameters=limits)]
