"""What somebody asks of the catalogue, in the catalogue's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.grading import GRADES
from ratedparts.grading.at_use import UseQuestion
from ratedparts.grading.failure_rate_levels import LEVELS

PAGE = 25
LONGEST_TEXT, MOST_WORDS = 200, 10
MOST_CONDITIONS = 60
GRADED = GRADES[:-1]
LEVEL_CODES = tuple(level.code for level in LEVELS)  # the widest first
# Columns of words that can be chosen from, beside the attributes of families.
CHOSEN = ("family", "maker", "series", "kind", "use_condition", "evidence_class", "quality", "life")
BEST = "best"  # the order of the catalogue; with a text, what begins with it first
RATE_AT_USE, LIFE_AT_USE = "rate_at_use", "b10_at_use"
AT_USE = (RATE_AT_USE, LIFE_AT_USE)
SORTED = (
    RATE_AT_USE,
    LIFE_AT_USE,
    BEST,
    "part_number",
    "published_at",
    "valid_until",
    "failure_rate_60",
    "failure_rate_90",
    "b1_lower_90",
    "b10_lower_90",
    "unit_hours",
)


@dataclass(frozen=True)
class Range:
    """From ``low`` to ``high``, both included; None is no limit."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Question:
    """Every part of it that is there must hold.  ``chosen``: column → words, one of which the part has.

    ``use``: at which parts are compared; ``rate_at_most``: what the upper 90 % bound of the failure rate is
    to be there at most, per hour.  ``grade``, ``level``: at least so good.  ``valid_on``: microseconds since
    1970 at which the certificate is still in force.
    """

    text: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    use: UseQuestion | None = None
    rate_at_most: float | None = None
    grade: str | None = None
    level: str | None = None
    valid_on: int | None = None
    sort: str = BEST
    descending: bool = False
    cursor: str | None = None
    limit: int = PAGE

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.text.lower().split()))


def require_askable(question: Question, numeric: set[str], worded: set[str]) -> None:
    """Raise ``query_refused`` with everything that is wrong with it.

    ``numeric``, ``worded``: the attributes that families have, of numbers and of words.
    """
    bounded = set(SORTED) - set(AT_USE)
    faults = [
        *_not_among("grade_at_least", question.grade, GRADED),
        *_not_among("level_at_least", question.level, LEVEL_CODES),
        *(Fault("unknown_key", column=name) for name in question.chosen if name not in {*CHOSEN, *worded}),
        *(Fault("unknown_key", column=name) for name in question.ranges if name not in numeric | bounded),
    ]
    if question.sort not in SORTED and question.sort not in numeric:
        faults.append(Fault("sort_unknown", column="sort", given=question.sort[:80]))
    if question.use is None and (question.sort in AT_USE or question.rate_at_most is not None):
        faults.append(Fault("use_not_stated", column="use_temperature_c"))
    if len(question.chosen) + len(question.ranges) > MOST_CONDITIONS:
        faults.append(Fault("too_many_conditions", parameters={"most": MOST_CONDITIONS}))
    if len(question.text) > LONGEST_TEXT or len(question.words) > MOST_WORDS:
        limits = {"longest": LONGEST_TEXT, "words": MOST_WORDS}
        faults.append(Fault("search_text_too_long", column="q", given=question.text[:40], parameters=limits))
    if faults:
        raise RatedPartsError("query_refused", items=faults)


def _not_among(column: str, given: str | None, choices: tuple[str, ...]) -> list[Fault]:
    if given is None or given in choices:
        return []
    return [Fault("not_a_choice", column=column, given=given[:80], parameters={"expected": list(choices)})]
