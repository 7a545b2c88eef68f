"""What must hold between the parts of one protocol file."""

from __future__ import annotations

import re

from ratedparts.protocols.model import ColumnType, Layout, Measure, Protocol
from ratedparts.protocols.schema import Faults, unique

PROTOCOL_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")
STATUSES = ("ok", "fail", "removed", "lost")
NUMERIC = (ColumnType.NUMBER, ColumnType.WHOLE_NUMBER, ColumnType.BOOLEAN)

# What the checks between rows lean on: a layout without these columns could not be checked.
LAYOUT_COLUMNS: dict[Layout, dict[str, ColumnType]] = {
    Layout.UNIT_READOUTS: {
        "plan_id": ColumnType.TEXT,
        "lot_code": ColumnType.TEXT,
        "unit_id": ColumnType.TEXT,
        "readout": ColumnType.NUMBER,
        "status": ColumnType.CHOICE,
        "fail_mode": ColumnType.TEXT,
        "fa_ref": ColumnType.TEXT,
        "removed_reason": ColumnType.TEXT,
        "instrument_id": ColumnType.TEXT,
        "measured_at": ColumnType.INSTANT,
    },
    Layout.UNIT_LIVES: {
        "lot_code": ColumnType.TEXT,
        "lower_hours": ColumnType.NUMBER,
        "upper_hours": ColumnType.NUMBER,
        "count": ColumnType.WHOLE_NUMBER,
    },
    Layout.UNIT_PARAMETERS: {
        "plan_id": ColumnType.TEXT,
        "lot_code": ColumnType.TEXT,
        "unit_id": ColumnType.TEXT,
        "temp_C": ColumnType.NUMBER,
        "parameter": ColumnType.TEXT,
        "value": ColumnType.NUMBER,
        "unit": ColumnType.TEXT,
        "instrument_id": ColumnType.TEXT,
        "measured_at": ColumnType.INSTANT,
    },
}


def check_protocol(protocol: Protocol, faults: Faults) -> None:
    """Add to ``faults`` what one part of a protocol says against another."""
    if protocol.id and not PROTOCOL_ID.fullmatch(protocol.id):
        faults.add("name_format", "id", protocol.id, expected=PROTOCOL_ID.pattern)
    if faults.file != f"{protocol.name}.toml":
        faults.add("file_name_differs", "id", protocol.name, expected=f"{protocol.name}.toml")
    unique([column.name for column in protocol.columns], "columns", faults)
    unique([q.name for q in protocol.quantities], "quantities", faults)
    stress_names = [name for stress in protocol.stress for name in (stress.name, *stress.also_called)]
    unique(stress_names, "stress", faults)
    _check_layout(protocol, faults)
    _check_criteria(protocol, faults)
    _check_by_family(protocol, faults)
    _check_degradation(protocol, faults)
    _check_weibull_grade(protocol, faults)


def _check_layout(protocol: Protocol, faults: Faults) -> None:
    for name, kind in LAYOUT_COLUMNS[protocol.layout].items():
        column = protocol.column(name)
        if column is None:
            faults.add("missing_value", f"columns.{name}", layout=protocol.layout.value)
        elif column.type is not kind:
            faults.add("wrong_type", f"columns.{name}.type", column.type.value, expected=kind.value)
    if protocol.layout is Layout.UNIT_READOUTS:
        if protocol.readouts is None:
            faults.add("missing_value", "readouts", layout=protocol.layout.value)
        status = protocol.column("status")
        if status is not None and set(status.choices) != set(STATUSES):
            faults.add(
                "not_a_choice", "columns.status.choices", list(status.choices), expected=list(STATUSES)
            )
    if protocol.layout is Layout.UNIT_PARAMETERS and not protocol.quantities:
        faults.add("missing_value", "quantities", layout=protocol.layout.value)


def _check_criteria(protocol: Protocol, faults: Faults) -> None:
    if protocol.criteria and protocol.layout is not Layout.UNIT_READOUTS:
        faults.add("criteria_misplaced", "criteria", protocol.layout.value)
    for index, criterion in enumerate(protocol.criteria):
        path = f"criteria[{index}]"
        column = protocol.column(criterion.column)
        if column is None:
            known = [column.name for column in protocol.columns]
            faults.add("unknown_column", f"{path}.column", criterion.column, expected=known)
        elif column.type not in NUMERIC:
            faults.add("wrong_type", f"{path}.column", column.type.value, expected="number")
        elif column.type is ColumnType.BOOLEAN and criterion.measure is not Measure.VALUE:
            faults.add("not_a_choice", f"{path}.measure", criterion.measure.value, expected=["value"])
        if criterion.mode not in protocol.failure_modes:
            known = list(protocol.failure_modes)
            faults.add("fail_mode_unknown", f"{path}.mode", criterion.mode, expected=known)


def _check_by_family(protocol: Protocol, faults: Faults) -> None:
    """Every family once, and nothing beside it that would hold for all of them."""
    named = [code for life in protocol.by_family for code in life.families]
    unique(named, "by_family", faults)
    for code in named:
        if code not in protocol.families:
            faults.add("unknown_family", "by_family", code, expected=list(protocol.families))
    for code in protocol.families:
        if protocol.by_family and code not in named:
            faults.add("missing_value", f"by_family.{code}")
    for key, given in (("acceleration", protocol.acceleration), ("shape", protocol.shape)):
        if protocol.by_family and given is not None:
            faults.add("said_twice", key, expected="by_family")


def _check_degradation(protocol: Protocol, faults: Faults) -> None:
    for index, degradation in enumerate(protocol.degradation):
        path = f"degradation[{index}]"
        column = protocol.column(degradation.column)
        if column is None:
            known = [column.name for column in protocol.columns]
            faults.add("unknown_column", f"{path}.column", degradation.column, expected=known)
        elif column.type is not ColumnType.NUMBER:
            faults.add("wrong_type", f"{path}.column", column.type.value, expected="number")
        if protocol.readouts is None:
            faults.add("missing_value", "readouts", layout=protocol.layout.value)


def _check_weibull_grade(protocol: Protocol, faults: Faults) -> None:
    """Failures can be counted only up to readouts that no unit may lack."""
    grade = protocol.weibull_grade
    if grade is None:
        return
    mandatory = protocol.readouts.mandatory if protocol.readouts else ()
    for key, readout in (("first", grade.first), ("second", grade.second)):
        if readout not in mandatory:
            faults.add("readout_not_scheduled", f"weibull_grade.{key}", readout, expected=list(mandatory))
