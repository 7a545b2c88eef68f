"""Answers to questions, from columns: the parts of a page, their number, and what each choice leaves."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ratedparts.grading import GRADES
from ratedparts.protocols import ColumnType, ProtocolLibrary

from .conditions import Condition, Conditions, has_term, name_of
from .facets import COUNTED, count_words, shown
from .ordering import Place, with_first_places
from .question import LEVEL_CODES, Question
from .read_model import View
from .segment import Marks, Segment
from .text_match import nearly_found_in
from .typed_values import terms_of

ORDERED = {"grade": GRADES, "level": tuple(reversed(LEVEL_CODES))}


@dataclass(frozen=True)
class Answer:
    """``without``: how many parts would be found if one condition were left out, where nothing is found.

    ``nearly``: nothing has the text as it was written; what is found has one letter of it otherwise.
    """

    part_ids: tuple[uuid.UUID, ...]
    total: int
    next_cursor: str | None = None
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    without: Mapping[str, int] = field(default_factory=dict)
    nearly: bool = False


def search(view: View, question: Question, library: ProtocolLibrary, now: int, *, facets: bool) -> Answer:
    """``now``: microseconds since 1970; a certificate that has expired by then is not found.

    Raises ``query_refused`` for a cursor that is none.
    """
    titles = {
        code: f"{one.title.en}\n{one.title.zh}\n{code}".lower() for code, one in library.families.items()
    }
    terms = terms_of(question.text, library)
    conditions = Conditions.of(question, terms, titles).by_name
    answer = _answer(view, question, conditions, library, now, facets=facets)
    if answer.total or not question.words:
        return answer
    # Forgiving comes last, where the words as written lead nowhere at all.
    of_text = {name_of(term): conditions[name_of(term)] for term in terms}
    if any(_rows_of(segment, of_text, now)[0].size for segment in view.segments):
        return answer
    near = {name_of(term): partial(has_term, term, titles, nearly_found_in) for term in terms}
    forgiven = _answer(view, question, {**conditions, **near}, library, now, facets=facets)
    return replace(forgiven, nearly=True) if forgiven.total else answer


def _answer(
    view: View,
    question: Question,
    conditions: Mapping[str, Condition],
    library: ProtocolLibrary,
    now: int,
    *,
    facets: bool,
) -> Answer:
    after = Place.read(question.cursor, question) if question.cursor else None
    total = 0
    places: list[Place] = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    without: Counter[str] = Counter()
    own = _own_words(question, library)
    for segment in view.segments:
        matched, all_but = _rows_of(segment, conditions, now)
        total += len(matched)
        if len(matched):
            places = with_first_places(places, segment, matched, question, after)
        for name, rows in all_but.items():
            without[name] += len(rows)
        if facets:
            counted = {*COUNTED, *own}
            count_words(counts, segment, counted - all_but.keys(), matched)
            for column in counted & all_but.keys():
                count_words(counts, segment, (column,), all_but[column])
    page = places[: question.limit]
    return Answer(
        tuple(place.part_id for place in page),
        total,
        page[-1].written() if len(places) > len(page) else None,
        {column: shown(counts[column], ORDERED.get(column)) for column in (*COUNTED, *own) if facets},
        {} if total else {name: many for name, many in without.items() if many},
    )


def _rows_of(
    segment: Segment, conditions: Mapping[str, Condition], now: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The rows that meet every condition; and, for each, those that meet all the others."""
    standing: Marks = segment.array("valid_until") > now
    if segment.alive is not None:
        standing = standing & segment.alive
    if not conditions:
        return np.flatnonzero(standing), {}
    failed: dict[str, Marks | bool] = {}
    times = np.zeros(segment.rows, dtype=np.uint8)
    wholly = 0  # conditions that no row of the segment meets
    for name, condition in conditions.items():
        marks = condition(segment)
        failed[name] = not marks if isinstance(marks, bool) else ~marks
        wholly += failed[name] is True
        if wholly > 1:  # no row meets all, nor all but one
            return np.empty(0, dtype=np.intp), {}
        times += failed[name]
    matched = np.flatnonzero(standing & (times == 0))
    once = standing & (times == 1)
    only = {
        name: (np.flatnonzero(once) if bad else matched[:0])
        if isinstance(bad, bool)
        else np.flatnonzero(once & bad)
        for name, bad in failed.items()
    }
    return matched, {
        name: np.concatenate((matched, rows)) if len(rows) else matched for name, rows in only.items()
    }


def _own_words(question: Question, library: ProtocolLibrary) -> tuple[str, ...]:
    """What only parts of one family are told apart by."""
    families = question.chosen.get("family", frozenset())
    return tuple(worded(library, families)) if len(families) == 1 else ()


def worded(library: ProtocolLibrary, families: frozenset[str]) -> Iterator[str]:
    """The attributes of these families that are words."""
    for code in sorted(families & library.families.keys()):
        yield from (one.name for one in library.family(code).attributes if one.type is not ColumnType.NUMBER)
