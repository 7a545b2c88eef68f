"""Rules of a file in long form: one row is one parameter of one unit, with its unit of measurement."""

from __future__ import annotations

from ratedparts.protocols.model import Protocol
from ratedparts.protocols.report import FaultList, Table
from ratedparts.protocols.unit_rows import check_one_lot


def normalise_unit(spelling: str, protocol: Protocol) -> str:
    """Replace the look-alike characters that the protocol lists; nothing else is touched."""
    for written, read_as in protocol.same_characters:
        spelling = spelling.replace(written, read_as)
    return spelling


def check_parameters(table: Table, protocol: Protocol, faults: FaultList) -> int:
    """Check names, units of measurement and repetition; the number of units.

    A unit of another size or kind is ``unit_not_in_protocol``: it is refused, never converted.
    """
    known = {quantity.name: quantity for quantity in protocol.quantities}
    spellings = {
        name: frozenset(normalise_unit(spelling, protocol) for spelling in quantity.spellings)
        for name, quantity in known.items()
    }
    normal: dict[str, str] = {}
    for row, name in enumerate(table.texts["parameter"]):
        line, spelling = table.lines[row], table.texts["unit"][row]
        if not name:
            continue
        if name not in known:
            faults.add("unknown_parameter", line, "parameter", name, expected=list(known))
            continue
        if spelling not in normal:
            normal[spelling] = normalise_unit(spelling, protocol)
        if spelling and normal[spelling] not in spellings[name]:
            expected = list(known[name].spellings)
            faults.add("unit_not_in_protocol", line, "unit", spelling, expected=expected, parameter=name)
    return _check_units(table, faults)


def _check_units(table: Table, faults: FaultList) -> int:
    texts, temperatures = table.texts, table.numbers["temp_C"]
    rows_of: dict[str, list[int]] = {}
    first_line: dict[tuple[str, str, float], int] = {}
    for row, unit in enumerate(texts["unit_id"]):
        if not unit:
            continue
        rows_of.setdefault(unit, []).append(row)
        measured = (unit, texts["parameter"][row], float(temperatures[row]))
        if measured in first_line and texts["parameter"][row]:
            faults.add(
                "duplicate_measurement",
                table.lines[row],
                "parameter",
                texts["parameter"][row],
                unit_id=unit,
                first_line=first_line[measured],
            )
        first_line.setdefault(measured, table.lines[row])
    for unit, rows in rows_of.items():
        check_one_lot(unit, rows, texts["lot_code"], table, faults)
    return len(rows_of)
