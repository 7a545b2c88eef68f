"""The conditions of a question, one by one: each marks the rows of a segment that meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from ratedparts.grading import GRADES
from ratedparts.grading.at_use import UseQuestion

from .question import LEVEL_CODES, Question, Range
from .segment import Marks, Segment
from .text_match import found_in
from .typed_values import Term

Condition = Callable[[Segment], Marks | bool]


@dataclass(frozen=True)
class Conditions:
    """By the name of what they condition, so that each can be left out: for facets, and for advice."""

    by_name: Mapping[str, Condition]

    @classmethod
    def of(cls, question: Question, terms: Sequence[Term], titles: Mapping[str, str]) -> Conditions:
        """``terms``: of the text; ``titles``: family → its titles in both languages, in lower case."""
        return cls(dict(_conditions(question, terms, titles)))


def _conditions(
    question: Question, terms: Sequence[Term], titles: Mapping[str, str]
) -> Iterator[tuple[str, Condition]]:
    for column, words in question.chosen.items():
        yield column, partial(_family if column == "family" else _one_of, column, words)
    for column, limits in question.ranges.items():
        yield column, partial(_inside, column, limits)
    if question.grade is not None:
        yield "grade", partial(_grade_at_least, GRADES.index(question.grade))
    if question.level is not None:
        good_enough = frozenset(LEVEL_CODES[LEVEL_CODES.index(question.level) :])
        yield "level", partial(_one_of, "level", good_enough)
    if question.valid_on is not None:
        yield "valid_on", partial(_valid_on, question.valid_on)
    if question.use is not None and question.rate_at_most is not None:
        yield "rate_at_use", partial(_rate_at_most, question.use, question.rate_at_most)
    for term in terms:  # last: they cost the most, and others may leave nothing to look through
        yield name_of(term), partial(has_term, term, titles, found_in)


def name_of(term: Term) -> str:
    """Of the condition that a word or a value of the text is."""
    return f"text:{term.written}"


def has_term(
    term: Term, titles: Mapping[str, str], found: Callable[[Segment, str, str], Marks], segment: Segment
) -> Marks:
    """``found``: which rows have a word, as it is written or nearly so."""
    having = reduce(np.logical_and, (found(segment, word, titles[segment.family]) for word in term.words))
    valued = term.among(segment)
    marks: Marks = having if valued is None else having | valued
    return marks


def _family(column: str, words: frozenset[str], segment: Segment) -> bool:
    return segment.family in words


def _one_of(column: str, words: frozenset[str], segment: Segment) -> Marks | bool:
    if column not in segment.labels:
        return False
    known = segment.labels[column]
    wanted = [(word.partition("\n")[0] if column == "maker" else word) in words for word in known]
    if not any(wanted):
        return False
    marks: Marks = np.array([False, *wanted])[segment.codes(column)]
    return marks


def _inside(column: str, limits: Range, segment: Segment) -> Marks | bool:
    """A part without the number is outside every range."""
    if not segment.has(column):
        return False
    numbers = segment.numbers(column)
    marks: Marks = np.ones(segment.rows, dtype=bool)
    if limits.low is not None:
        marks = numbers >= limits.low
    if limits.high is not None:
        marks = marks & (numbers <= limits.high)
    return marks


def _rate_at_most(use: UseQuestion, limit: float, segment: Segment) -> Marks:
    marks: Marks = segment.at_use(use).worst_rates(0.90).values <= limit
    return marks


def _grade_at_least(order: int, segment: Segment) -> Marks:
    marks: Marks = segment.codes("grade_order") <= order
    return marks


def _valid_on(at: int, segment: Segment) -> Marks:
    marks: Marks = segment.array("valid_until") > at
    return marks
