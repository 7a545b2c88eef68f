"""Values in the text of a search: ``10 uF 50V ±10% or better X7R`` asks for three values and a word.

A value with its unit may be any number of that kind that a part is told by.  What is written is looked for
as text as well: numbers of parts are full of values.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import Attribute, ColumnType, Family, ProtocolLibrary
from ratedparts.protocols.quantities.look_alikes import plain
from ratedparts.protocols.quantities.units import SPELLINGS, target_of

from .question import Range
from .segment import Marks, Segment
from .wanted_range import BETTER, read_range

Asked = tuple[str, Range]  # an attribute, and what of it
LONGEST_VALUE: Final = 40
WORDED: Final = (ColumnType.TEXT, ColumnType.CHOICE)
LIMIT: Final = "_limit_"  # of an attribute that a part is tested against, and not told by
_BEGINS = re.compile(r"^(?:>=|≥|=>|<=|≤|=<|>|<|=|±|\+/-|\+-)*\s*\.?[0-9]")
_SIGN_ALONE = re.compile(r"^(?:>=|≥|=>|<=|≤|=<|>|<|=|±|\+/-|\+-)$")
_NUMBER_ALONE = re.compile(r"^(?:>=|≥|=>|<=|≤|=<|>|<|=|±|\+/-|\+-)*[0-9.]+$")
_BETWEEN_ALONE = re.compile(r"^(?:\.\.\.?|…|–|—|~)$")
_UNIT = re.compile(r"([^\s0-9.]+)$")
_LETTER_CODE = re.compile(r"^[0-9]+([A-Za-zµ])[0-9]*$")


@dataclass(frozen=True)
class Term:
    """``words``: lower case, each to be found as text; or any of ``values`` of the part's family.

    ``worded``: family → its attributes of words, one of which may be the word itself: ``X7R``, ``0603``.
    """

    words: tuple[str, ...]
    written: str
    values: Mapping[str, tuple[Asked, ...]]
    worded: Mapping[str, tuple[str, ...]]

    def among(self, segment: Segment) -> Marks | None:
        """The rows that have one of the values; None where the family knows none of that kind."""
        marks: Marks | None = None
        for column in self.worded.get(segment.family, ()) if len(self.words) == 1 else ():
            same = [name == self.words[0] for name in segment.names(column)]
            if any(same):
                having = np.array([False, *same])[segment.codes(column)]
                marks = having if marks is None else marks | having
        for column, limits in self.values.get(segment.family, ()):
            if segment.has(column):
                numbers = segment.numbers(column)
                inside = np.ones(segment.rows, dtype=bool) if limits.low is None else numbers >= limits.low
                if limits.high is not None:
                    inside = inside & (numbers <= limits.high)
                marks = inside if marks is None else marks | inside
        return marks


def terms_of(text: str, library: ProtocolLibrary) -> tuple[Term, ...]:
    """In the order of the text; a term twice is once."""
    by_unit = _numbers_by_unit(library)
    worded = {
        code: tuple(one.name for one in family.attributes if one.type in WORDED)
        for code, family in library.families.items()
    }
    found: dict[tuple[str, ...], Term] = {}
    for written in _joined(text.split()):
        words = tuple(word for word in written.lower().split() if word)
        found.setdefault(words, Term(words, written, dict(_values(written, by_unit)), worded))
    return tuple(found.values())


def _joined(words: list[str]) -> Iterator[str]:
    """``10 uF``, ``>= 50 V``, ``1 .. 10 kΩ`` and ``± 5 % or better`` are one value each."""
    place = 0
    while place < len(words):
        end = place + 1
        while end < len(words) and _goes_on(words[place:end], words[end], last=end + 1 == len(words)):
            end += 1
        if _BEGINS.match(" ".join(words[place:end])):
            end += next((many for many in (1, 2) if BETTER.fullmatch(" ".join(words[end : end + many]))), 0)
        yield " ".join(words[place:end])
        place = end


def _goes_on(taken: list[str], following: str, *, last: bool) -> bool:
    if _SIGN_ALONE.match(taken[-1]) or _BETWEEN_ALONE.match(taken[-1]):
        return bool(_BEGINS.match(following))
    if _BETWEEN_ALONE.match(following):
        return bool(_BEGINS.match(" ".join(taken))) and not last
    return bool(_NUMBER_ALONE.match(taken[-1])) and plain(following) in SPELLINGS


def _numbers_by_unit(library: ProtocolLibrary) -> dict[str, list[tuple[Family, Attribute]]]:
    known: dict[str, list[tuple[Family, Attribute]]] = defaultdict(list)
    for family in library.families.values():
        for attribute in family.attributes:
            unit = target_of(attribute.unit).unit if attribute.type is ColumnType.NUMBER else None
            if unit is not None and LIMIT not in attribute.name:
                known[unit.symbol].append((family, attribute))
    return known


def _values(
    written: str, by_unit: Mapping[str, list[tuple[Family, Attribute]]]
) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """Of each family what the text may ask of its parts."""
    if len(written) > LONGEST_VALUE or not _BEGINS.match(written):
        return
    value = BETTER.sub("", plain(written)).strip()
    unit, letter = _UNIT.search(value), _LETTER_CODE.match(value)
    known = SPELLINGS.get(unit[1]) if unit else None
    if known is not None:
        candidates = by_unit.get(known[0].symbol, [])
    elif letter is not None:
        # A letter for the decimal mark or the unit: only what a part is mainly told by is written so.
        symbols = ("F", "Ω", "H")
        candidates = [pair for symbol in symbols for pair in by_unit.get(symbol, []) if pair[1].required]
    else:
        return
    found: dict[str, list[Asked]] = defaultdict(list)
    for family, attribute in candidates:
        try:
            limits = read_range(written, attribute, family)
        except RatedPartsError:
            continue  # it is no value of this attribute, and may be one of another
        found[family.code].append((attribute.name, limits))
    for code, asked in found.items():
        yield code, tuple(asked)
