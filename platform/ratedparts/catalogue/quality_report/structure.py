"""What is counted of makers' data, and how the counts add up.

Each count of a family is part of a tree: ``results`` is ``accepted`` and ``refused``, and so on.  Two trees
may part the same count, as the grades below A+ and what held them there do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ALL_FAMILIES: Final = ""
BEST: Final = "A+"
GRADES_BELOW: Final = ("A", "B", "C")
NO_GRADE: Final = ("U-INSUFFICIENT", "U-NONCONFORMING", "U-EXPIRED", "U-PCN")
AXES: Final = ("R", "L", "Q", "E", "flags")
HELD_BY: Final = (*(f"held_by:{axis}" for axis in AXES), "held_by:several")

# What is wrong with most lines of a refused file decides of what kind its refusal is.
KINDS_OF_FAULTS: Final[Mapping[str, tuple[str, ...]]] = {
    "file": ("encoding", "encoding_not_accepted", "not_a_table", "empty_file", "unterminated_quote"),
    "columns": ("header_mismatch", "too_many_columns", "ragged_row", "blank_row", "quote_misplaced"),
    "notation": (
        *("number_format", "whole_number_format", "boolean_format", "instant_format", "not_finite"),
        *("underflow", "surrounding_blanks", "control_character", "text_too_long", "unit_not_in_protocol"),
    ),
    "value": ("missing_value", "out_of_range", "not_a_choice", "count_not_positive", "count_out_of_range"),
    "identity": (
        *("unknown_plan", "unknown_lot", "unknown_parameter", "duplicate_readout", "duplicate_unit"),
        *("duplicate_unit_lot", "duplicate_measurement", "count_of_named_unit"),
    ),
    "readouts": (
        *("readout_not_scheduled", "mandatory_readout_missing", "no_initial_readout", "not_ascending"),
        *("measured_out_of_order", "after_the_end", "interval_empty", "stress_varies"),
    ),
    "outcome": (
        *("status_disagrees", "fail_mode_missing", "fail_mode_unexpected", "fail_mode_unknown"),
        *("removed_reason_missing", "removed_reason_unexpected"),
    ),
    "other": (),
}
CAUSES: Final = tuple(f"cause:{kind}" for kind in KINDS_OF_FAULTS)
_KIND_OF = {code: kind for kind, codes in KINDS_OF_FAULTS.items() for code in codes}

PARTED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("results", ("accepted", "refused")),
    ("refused", CAUSES),
    ("decisions", ("graded", "ungraded")),
    ("graded", (BEST, "below")),
    ("below", GRADES_BELOW),
    ("below", HELD_BY),
    ("ungraded", NO_GRADE),
    ("judgements", ("approved", "not_approved")),
)
MEASURES: Final = ("parts", *dict.fromkeys(one for whole, of in PARTED for one in (whole, *of)))
RATES: Final[Mapping[str, tuple[str, str]]] = {
    "files_accepted": ("accepted", "results"),
    "parts_graded": ("graded", "decisions"),
    "applications_approved": ("approved", "judgements"),
}


def counted_with(measure: str) -> tuple[str, ...]:
    """The count itself and every count that it is part of: ``accepted`` counts for ``results``, too."""
    found = [measure]
    for whole, parts in reversed(PARTED):
        if whole not in found and set(parts) & set(found):
            found.append(whole)
    return tuple(found)


def cause_of(codes: list[str]) -> str:
    """The kind of fault that is most of a refused file's; of several, the first in order of the alphabet."""
    kinds = [_KIND_OF.get(code, "other") for code in codes] or ["other"]
    return "cause:" + min(set(kinds), key=lambda kind: (-kinds.count(kind), kind))


def holder_of(binding: list[str]) -> str:
    """What holds a grade below A+: the cap of one axis, or several."""
    return f"held_by:{binding[0]}" if len(binding) == 1 and binding[0] in AXES else "held_by:several"
