"""The protocol's failure criteria, evaluated over whole columns, against the status that the file gives.

A criterion whose part attribute is not known, or whose cell is blank, is not evaluated: it can neither fail a
unit nor clear it.  A status is contradicted only by what can be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ratedparts.protocols.model import Criterion, Limit, Measure, Protocol, Range, Scalar, Term
from ratedparts.protocols.report import FaultList, Numbers, Table

BAND = 1e-9  # relative, in favour of the limit being met

Flags = npt.NDArray[np.bool_]
RowNumbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """Of one criterion, row by row: could it be evaluated, did the unit fail it, by how much."""

    criterion: Criterion
    evaluated: Flags
    fails: Flags
    measured: Numbers
    limit: Numbers


def applies(criterion: Criterion, attributes: Mapping[str, Scalar]) -> bool | None:
    """Whether a criterion applies to the part; None where the part does not say."""
    undecided = False
    for key, admitted in criterion.applies_to:
        if key not in attributes:
            undecided = True
        elif not (
            admitted.holds(attributes[key]) if isinstance(admitted, Range) else attributes[key] in admitted
        ):
            return False
    return None if undecided else True


def evaluate(
    criterion: Criterion, table: Table, initial: RowNumbers, attributes: Mapping[str, Scalar]
) -> Outcome:
    """Evaluate a criterion in every row.  ``initial``: per row the row of its unit's readout 0, or -1."""
    values = table.numbers[criterion.column]
    first = np.where(initial >= 0, values[initial], np.nan) if len(values) else values
    with np.errstate(all="ignore"):
        measured = _measure(criterion.measure, values, first)
        limit = _limit(criterion.limit, first, attributes)
        evaluated = np.isfinite(measured) & np.isfinite(limit)
        fails = evaluated & _compare(criterion.comparison, measured, limit)
    return Outcome(criterion, evaluated, fails, measured, limit)


def _measure(measure: Measure, values: Numbers, initial: Numbers) -> Numbers:
    if measure is Measure.VALUE:
        return values
    if measure is Measure.CHANGE:
        return values - initial
    if measure is Measure.RATIO_TO_INITIAL:
        return values / initial
    return 100.0 * (values - initial) / initial


def _limit(limit: Limit, initial: Numbers, attributes: Mapping[str, Scalar]) -> Numbers:
    terms = [_term(term, initial, attributes) for term in limit.terms]
    combined = terms[0]
    for term in terms[1:]:
        combined = np.minimum(combined, term) if limit.take == "smallest" else np.maximum(combined, term)
    return combined


def _term(term: Term, initial: Numbers, attributes: Mapping[str, Scalar]) -> Numbers:
    if term.of is None:
        return np.full(len(initial), term.plus)
    if term.of == "initial":
        return term.times * initial**term.power + term.plus
    value = attributes.get(term.of)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return np.full(len(initial), np.nan)
    return np.full(len(initial), term.times * np.float64(value) ** term.power + term.plus)


def _compare(comparison: str, measured: Numbers, limit: Numbers) -> Flags:
    band = BAND * np.abs(limit)
    if comparison == "below":
        return measured < limit - band
    if comparison == "above":
        return measured > limit + band
    if comparison == "beyond":
        return np.abs(measured) > limit + band
    return np.abs(measured - limit) <= band


def check_statuses(
    table: Table,
    protocol: Protocol,
    initial: RowNumbers,
    attributes: Mapping[str, Scalar],
    faults: FaultList,
) -> None:
    """``status_disagrees`` where the status is contradicted by what was measured.

    A row that is not a failure although a criterion fails is one; so is a failure whose criteria could all be
    evaluated and are all met.  A mode that no criterion can find (a crack seen under the microscope) is taken
    at the laboratory's word: it can only count against the part.
    """
    outcomes = []
    undecided = False
    for criterion in protocol.criteria:
        verdict = applies(criterion, attributes)
        undecided |= verdict is None
        if verdict:
            outcomes.append(evaluate(criterion, table, initial, attributes))
    statuses = np.array(table.texts["status"], dtype=object)
    any_fails = np.zeros(table.rows, dtype=bool)
    all_evaluated = np.full(table.rows, bool(outcomes) and not undecided)
    for outcome in outcomes:
        any_fails |= outcome.fails
        all_evaluated &= outcome.evaluated
    not_failed = (statuses == "ok") | (statuses == "removed") | (statuses == "lost")
    for row in np.flatnonzero(any_fails & not_failed):
        _add_missed_failure(int(row), outcomes, table, faults)
    found_by_criteria = {criterion.mode for criterion in protocol.criteria}
    for row in np.flatnonzero((statuses == "fail") & all_evaluated & ~any_fails):
        mode = table.texts["fail_mode"][row]
        if mode in found_by_criteria:
            met = sorted({outcome.criterion.mode for outcome in outcomes})
            faults.add(
                "status_disagrees", table.lines[row], "status", "fail", expected="ok", mode=mode, met=met
            )


def _add_missed_failure(row: int, outcomes: list[Outcome], table: Table, faults: FaultList) -> None:
    failing = [outcome for outcome in outcomes if outcome.fails[row]]
    worst = failing[-1]  # the later criteria are the narrower ones, those of the part's own class
    faults.add(
        "status_disagrees",
        table.lines[row],
        "status",
        table.texts["status"][row],
        expected="fail",
        mode=worst.criterion.mode,
        failing=sorted({outcome.criterion.column for outcome in failing}),
        criterion_column=worst.criterion.column,
        measure=worst.criterion.measure.value,
        comparison=worst.criterion.comparison,
        measured=float(worst.measured[row]),
        limit=float(worst.limit[row]),
    )
