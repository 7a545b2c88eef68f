"""What is known of a test before anything is measured: a row for each unit and readout of its plan."""

from __future__ import annotations

from collections.abc import Iterator

from ratedparts.protocols import Layout, Protocol
from ratedparts.submissions.models import TestPlan

from .typed_grid import MOST_ROWS


def prefilled_rows(plan: TestPlan, protocol: Protocol) -> list[list[str]] | None:
    """The rows with all that the plan fixes; None where they are more than a grid holds."""
    count = row_count(plan, protocol)
    if count > MOST_ROWS and protocol.layout is not Layout.UNIT_LIVES:
        return None
    names = [column.name for column in protocol.columns]
    fixed = fixed_cells(plan, protocol)
    cells = _by_lot(plan) if count > MOST_ROWS else _rows(plan, protocol)
    return [[(fixed | one).get(name, "") for name in names] for one in cells]


def blank_row(plan: TestPlan, protocol: Protocol) -> list[str]:
    """A row more, for a unit that the plan does not name."""
    fixed = fixed_cells(plan, protocol)
    return [fixed.get(column.name, "") for column in protocol.columns]


def fixed_cells(plan: TestPlan, protocol: Protocol) -> dict[str, str]:
    """What every row of the plan's file says alike: the plan, and a stress that is a column."""
    stated = {
        column.name: str(plan.stress[column.name])
        for column in protocol.columns
        if column.choices and plan.stress.get(column.name) in column.choices
    }
    return {"plan_id": plan.number, **stated}


def row_count(plan: TestPlan, protocol: Protocol) -> int:
    units = sum(int(lot["units"]) for lot in plan.lots)
    return units * len(_of_each_unit(plan, protocol))


def _rows(plan: TestPlan, protocol: Protocol) -> Iterator[dict[str, str]]:
    for lot in plan.lots:
        for place in range(1, int(lot["units"]) + 1):
            unit = {"lot_code": lot["lot_code"], "unit_id": f"{lot['lot_code']}-{place:03d}"}
            for one in _of_each_unit(plan, protocol):
                yield unit | one


def _of_each_unit(plan: TestPlan, protocol: Protocol) -> list[dict[str, str]]:
    """The rows of one unit: its readouts, the parameters that the part has limits for, or its one life."""
    if protocol.readouts is not None:
        return [{"readout": f"{at:.12g}"} for at in protocol.readouts.at]
    if protocol.layout is Layout.UNIT_LIVES:
        return [{"count": "1"}]
    known = [found for name in plan.part.limits if (found := protocol.quantity(name)) is not None]
    return [{"parameter": one.name, "unit": one.unit} for one in known] or [{}]


def _by_lot(plan: TestPlan) -> Iterator[dict[str, str]]:
    """Lives of very many units are told in groups: a row of each lot to begin with."""
    for lot in plan.lots:
        yield {"lot_code": lot["lot_code"]}
