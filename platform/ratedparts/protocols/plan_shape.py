"""The JSON of a test plan, read and checked for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ratedparts.protocols.json_shapes import ObjectReader
from ratedparts.protocols.model import Protocol
from ratedparts.protocols.report import FaultList


@dataclass(frozen=True)
class PlannedLot:
    lot_code: str
    units: int | None


@dataclass(frozen=True)
class MissingUnit:
    """A unit that was planned and is not in the file, with its declared reason."""

    unit_id: str
    lot_code: str | None
    reason: str


@dataclass(frozen=True)
class Instrument:
    instrument_id: str
    calibrated_on: date | None
    calibration_due_on: date | None


@dataclass(frozen=True)
class ScopeEntry:
    """A protocol (by id, or one version by name) that the laboratory's accreditation covers, and when."""

    protocol: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Plan:
    """None where the plan does not say: then nothing is checked against it."""

    plan_id: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    lots: tuple[PlannedLot, ...] | None = None
    missing_units: tuple[MissingUnit, ...] = ()
    instruments: tuple[Instrument, ...] | None = None
    scope: tuple[ScopeEntry, ...] | None = None

    @property
    def names_missing(self) -> frozenset[str]:
        """The units that are declared missing."""
        return frozenset(unit.unit_id for unit in self.missing_units)


def read_plan(given: object, protocol: Protocol, faults: FaultList) -> Plan:
    """Check the plan for itself and against the protocol.  Every fault's column is the path of a key."""
    reader = ObjectReader(given, "plan", faults)
    if not reader.readable:
        return Plan()
    named = reader.text("protocol", required=True)
    if named is not None and named not in (protocol.name, protocol.id):
        faults.add("plan_of_another_protocol", None, "plan.protocol", named, expected=protocol.name)
    reader.ignore("registered_on", "stress", "sample")
    lots = tuple(_lot(inner) for inner in reader.objects("lots"))
    instruments = tuple(_instrument(inner) for inner in reader.objects("instruments"))
    scope = tuple(_scope(inner) for inner in reader.objects("scope"))
    plan = Plan(
        plan_id=reader.text("plan_id"),
        started_on=reader.day("started_on"),
        ended_on=reader.day("ended_on"),
        lots=lots if _stated(given, "lots") else None,
        missing_units=tuple(_missing(inner) for inner in reader.objects("missing_units")),
        instruments=instruments if _stated(given, "instruments") else None,
        scope=scope if _stated(given, "scope") else None,
    )
    reader.finish()
    _check_order("plan.ended_on", plan.started_on, plan.ended_on, faults)
    _check_names("plan.lots", [lot.lot_code for lot in lots], faults)
    _check_names("plan.missing_units", [unit.unit_id for unit in plan.missing_units], faults)
    _check_missing_lots(plan, faults)
    return plan


def _stated(given: object, key: str) -> bool:
    return isinstance(given, dict) and isinstance(given.get(key), list)


def _lot(reader: ObjectReader) -> PlannedLot:
    lot = PlannedLot(reader.text("lot_code", required=True) or "", reader.whole_number("units", minimum=1))
    reader.finish()
    return lot


def _missing(reader: ObjectReader) -> MissingUnit:
    unit = MissingUnit(
        unit_id=reader.text("unit_id", required=True) or "",
        lot_code=reader.text("lot_code"),
        reason=reader.text("reason", required=True) or "",
    )
    reader.finish()
    return unit


def _instrument(reader: ObjectReader) -> Instrument:
    instrument = Instrument(
        instrument_id=reader.text("instrument_id", required=True) or "",
        calibrated_on=reader.day("calibrated_on"),
        calibration_due_on=reader.day("calibration_due_on"),
    )
    reader.finish()
    _check_order(
        reader.at("calibration_due_on"),
        instrument.calibrated_on,
        instrument.calibration_due_on,
        reader.faults,
    )
    return instrument


def _scope(reader: ObjectReader) -> ScopeEntry:
    entry = ScopeEntry(
        protocol=reader.text("protocol", required=True) or "",
        valid_from=reader.day("valid_from"),
        valid_until=reader.day("valid_until"),
    )
    reader.finish()
    _check_order(reader.at("valid_until"), entry.valid_from, entry.valid_until, reader.faults)
    return entry


def _check_order(path: str, first: date | None, last: date | None, faults: FaultList) -> None:
    if first is not None and last is not None and last < first:
        faults.add("dates_reversed", None, path, last.isoformat(), earliest=first.isoformat())


def _check_names(path: str, names: list[str], faults: FaultList) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name and name in seen:
            faults.add("duplicate_name", None, f"{path}[{index}]", name)
        seen.add(name)


def _check_missing_lots(plan: Plan, faults: FaultList) -> None:
    known = {lot.lot_code for lot in plan.lots or ()}
    for index, unit in enumerate(plan.missing_units):
        if plan.lots is not None and unit.lot_code is not None and unit.lot_code not in known:
            path = f"plan.missing_units[{index}].lot_code"
            faults.add("unknown_lot", None, path, unit.lot_code, expected=sorted(known), rows=0)
