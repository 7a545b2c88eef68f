"""What a well-formed dossier may still get wrong: things that cannot all be true.

Every check yields faults with the path of the key; nothing stops at the first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import Family, Layout, Protocol, ProtocolLibrary

from .dossier import Capability, Conformity, Dossier, Lot, Test, UnitGroup
from .rule_set import RuleSet
from .stress import can_accelerate, required_attributes, stress_of, used_attributes


def require_consistency(dossier: Dossier, library: ProtocolLibrary, rule_set: RuleSet) -> None:
    """Raise `RatedPartsError` ``dossier_refused`` with every contradiction found."""
    faults = [*_of_the_part(dossier, library, rule_set), *_of_what_was_granted(dossier, rule_set)]
    for index, test in enumerate(dossier.tests):
        faults += [
            Fault(f.code, column=f"tests.{index}.{f.column}", given=f.given, parameters=f.parameters)
            for f in _of_a_test(test, dossier, library)
        ]
    if faults:
        raise RatedPartsError("dossier_refused", items=faults)


def can_rate(family: Family, library: ProtocolLibrary, rule_set: RuleSet) -> bool:
    """Whether the rule set has targets for the family and can compute with its reliability protocol."""
    versions = [p for p in library.protocols.values() if p.id == family.reliability_protocol]
    if family.group in rule_set.run_targets:
        return bool(versions)
    return (
        family.group in rule_set.targets
        and bool(versions)
        and all(can_accelerate(version, family.code) for version in versions)
    )


def _of_the_part(dossier: Dossier, library: ProtocolLibrary, rule_set: RuleSet) -> Iterator[Fault]:
    part = dossier.part
    if part.use_condition not in rule_set.use_conditions:
        known = sorted(rule_set.use_conditions)
        yield Fault(
            "unknown_use_condition",
            column="part.use_condition",
            given=part.use_condition,
            parameters={"known": known},
        )
    fault = _looked_up(lambda: library.family(part.family), "part.family", part.family)
    if fault is not None:
        yield fault
        return
    family = library.family(part.family)
    if not can_rate(family, library, rule_set):
        yield Fault("family_not_rated", column="part.family", given=part.family, parameters={"known": []})
        return
    for test in dossier.tests:
        protocol = _protocol(test, library)
        if protocol is None or protocol.id != family.reliability_protocol:
            continue
        for name in required_attributes(protocol, part.family):
            value = part.attributes.get(name)
            if value is None:
                yield Fault(
                    "attribute_missing",
                    column=f"part.attributes.{name}",
                    parameters={"protocol": protocol.name},
                )
            elif isinstance(value, bool | str):
                yield Fault(
                    "value_type",
                    column=f"part.attributes.{name}",
                    given=repr(value),
                    parameters={"expected": "number"},
                )
        for name in used_attributes(protocol, part.family):
            value = part.attributes.get(name)
            if isinstance(value, bool | str):
                parameters = {"expected": "number"}
                yield Fault(
                    "value_type", column=f"part.attributes.{name}", given=repr(value), parameters=parameters
                )
        break


def _of_what_was_granted(dossier: Dossier, rule_set: RuleSet) -> Iterator[Fault]:
    granted = dossier.granted
    if granted is None:
        return
    if granted.confidence not in rule_set.levels_confidences:
        yield Fault(
            "not_a_choice",
            column="granted.confidence",
            given=str(granted.confidence),
            parameters={"expected": [str(one) for one in rule_set.levels_confidences]},
        )
    row = {"on": granted.on, "lowered_on": granted.lowered_on, "judged_to": granted.judged_to}
    stated = [(f"granted.{name}", day) for name, day in row.items() if day is not None]
    for (earlier, first), (later, second) in itertools.pairwise(
        [*stated, ("evaluated_on", dossier.evaluated_on)]
    ):
        yield from _in_order(earlier, first, later, second)


def _of_a_test(test: Test, dossier: Dossier, library: ProtocolLibrary) -> Iterator[Fault]:
    fault = _looked_up(lambda: library.protocol(test.protocol), "protocol", test.protocol)
    if fault is not None:
        yield fault
    yield from _dates(test, dossier)
    if fault is not None:
        return
    protocol = library.protocol(test.protocol)
    if protocol.families and dossier.part.family not in protocol.families:
        yield Fault(
            "family_not_rated",
            column="protocol",
            given=test.protocol,
            parameters={"family": dossier.part.family, "known": list(protocol.families)},
        )
    yield from stress_of(test, protocol)[1]
    if protocol.layout is Layout.UNIT_PARAMETERS:
        yield from _of_a_lot_sample(test)
    else:
        yield from _of_lives(test, protocol)


def _dates(test: Test, dossier: Dossier) -> Iterator[Fault]:
    ordered = [
        ("started_on", test.started_on, "ended_on", test.ended_on),
        ("ended_on", test.ended_on, "evaluated_on", dossier.evaluated_on),
    ]
    if test.registered_on is not None:
        ordered.append(("registered_on", test.registered_on, "evaluated_on", dossier.evaluated_on))
    for index, lot in enumerate(test.lots):
        if lot.produced_on is not None:
            ordered.append((f"lots.{index}.produced_on", lot.produced_on, "started_on", test.started_on))
    for earlier, first, later, second in ordered:
        yield from _in_order(earlier, first, later, second)


def _in_order(earlier: str, first: date, later: str, second: date) -> Iterator[Fault]:
    if first > second:
        parameters = {"later_than": later, "limit": str(second)}
        yield Fault("date_order", column=earlier, given=str(first), parameters=parameters)


def _of_a_lot_sample(test: Test) -> Iterator[Fault]:
    if test.lots:
        yield Fault("key_not_of_this_protocol", column="lots", parameters={"protocol": test.protocol})
    if not test.capability and test.conformity is None:
        yield Fault("key_missing", column="capability")
    seen = set()
    for index, one in enumerate(test.capability):
        path = f"capability.{index}"
        if (one.lot_code, one.parameter) in seen:
            yield Fault("duplicate_lot", column=f"{path}.lot_code", given=one.lot_code)
        seen.add((one.lot_code, one.parameter))
        yield from _of_a_capability(one, path)
    if test.conformity is not None:
        yield from _of_a_conformity(test.conformity)


def _of_a_capability(one: Capability, path: str) -> Iterator[Fault]:
    if one.lower_limit is None and one.upper_limit is None:
        yield Fault("limits_missing", column=f"{path}.lower_limit")
    elif one.lower_limit is not None and one.upper_limit is not None and one.lower_limit >= one.upper_limit:
        yield Fault("limits_reversed", column=f"{path}.upper_limit", given=str(one.upper_limit))
    if one.outside_limits is not None and one.outside_limits > one.n:
        yield Fault(
            "more_than_the_sample",
            column=f"{path}.outside_limits",
            given=str(one.outside_limits),
            parameters={"sample": one.n},
        )
    if one.outside_limits == 0 and _extremes_outside(one):
        yield Fault("extremes_contradict", column=f"{path}.outside_limits", given="0")
    if one.anderson_darling_p is not None and one.anderson_darling_p > 1:
        yield Fault(
            "fraction_outside_unit_interval",
            column=f"{path}.anderson_darling_p",
            given=str(one.anderson_darling_p),
        )
    low = one.mean if one.minimum is None else one.minimum
    high = one.mean if one.maximum is None else one.maximum
    if not low <= one.mean <= high:
        yield Fault("mean_outside_extremes", column=f"{path}.mean", given=str(one.mean))
    if one.percentiles is not None and not one.percentiles[0] < one.percentiles[1] < one.percentiles[2]:
        yield Fault("percentiles_not_rising", column=f"{path}.percentiles", given=str(list(one.percentiles)))


def _extremes_outside(one: Capability) -> bool:
    below = one.minimum is not None and one.lower_limit is not None and one.minimum < one.lower_limit
    above = one.maximum is not None and one.upper_limit is not None and one.maximum > one.upper_limit
    return below or above


def _of_a_conformity(one: Conformity) -> Iterator[Fault]:
    if one.nonconforming > one.sampled:
        yield Fault(
            "more_than_the_sample",
            column="conformity.nonconforming",
            given=str(one.nonconforming),
            parameters={"sample": one.sampled},
        )
    if one.lot_size is not None and one.sampled > one.lot_size:
        yield Fault(
            "more_than_the_lot",
            column="conformity.sampled",
            given=str(one.sampled),
            parameters={"lot": one.lot_size},
        )
    if one.level is not None and one.level not in ("S-1", "S-2", "S-3", "S-4", "I", "II", "III"):
        yield Fault("unknown_inspection_level", column="conformity.level", given=one.level)


def _of_lives(test: Test, protocol: Protocol) -> Iterator[Fault]:
    if test.capability or test.conformity is not None:
        yield Fault("key_not_of_this_protocol", column="capability", parameters={"protocol": test.protocol})
    if not test.lots:
        yield Fault("key_missing", column="lots")
    codes: set[str] = set()
    for index, lot in enumerate(test.lots):
        if lot.lot_code in codes:
            yield Fault("duplicate_lot", column=f"lots.{index}.lot_code", given=lot.lot_code)
        codes.add(lot.lot_code)
        for number, group in enumerate(lot.units):
            yield from _of_a_group(group, f"lots.{index}.units.{number}")
        yield from _more_than_planned(test, lot, index)
    if test.planned is not None and test.planned.lots is not None and len(test.lots) > test.planned.lots:
        yield Fault(
            "more_than_planned",
            column="lots",
            given=str(len(test.lots)),
            parameters={"planned": test.planned.lots},
        )
    if any(later <= earlier for earlier, later in zip(test.readouts, test.readouts[1:], strict=False)):
        yield Fault("readouts_not_rising", column="readouts", given=str(list(test.readouts)))
    # Both days count whole: a test may start on the first morning and end on the last midnight.
    available = ((test.ended_on - test.started_on).days + 1) * 24.0
    if protocol.metric == "hours" and test.started_on <= test.ended_on and test.duration > available:
        yield Fault(
            "longer_than_its_dates",
            column="ended_on",
            given=str(test.ended_on),
            parameters={"hours": test.duration, "available": available},
        )


def _of_a_group(group: UnitGroup, path: str) -> Iterator[Fault]:
    if group.upper is None:
        if group.lower <= 0 and group.removed is None:
            yield Fault("interval_empty", column=f"{path}.lower", given=str(group.lower))
    elif group.upper < group.lower or group.upper <= 0:
        yield Fault("interval_empty", column=f"{path}.upper", given=str(group.upper))
    if group.upper is not None and group.removed is not None:
        yield Fault("failed_and_removed", column=f"{path}.removed", given=group.removed)
    if group.degradation and len(group.degradation) not in (1, group.count):
        yield Fault(
            "curves_disagree",
            column=f"{path}.degradation",
            given=str(len(group.degradation)),
            parameters={"count": group.count},
        )


def _more_than_planned(test: Test, lot: Lot, index: int) -> Iterator[Fault]:
    planned = test.planned.units_per_lot if test.planned is not None else None
    if planned is not None and lot.unit_count > planned:
        yield Fault(
            "more_than_planned",
            column=f"lots.{index}.units",
            given=str(lot.unit_count),
            parameters={"planned": planned},
        )


def _protocol(test: Test, library: ProtocolLibrary) -> Protocol | None:
    try:
        return library.protocol(test.protocol)
    except RatedPartsError:
        return None


def _looked_up(look: Callable[[], object], path: str, given: str) -> Fault | None:
    try:
        look()
    except RatedPartsError as error:
        return Fault(error.code, column=path, given=given, parameters=error.parameters)
    return None
