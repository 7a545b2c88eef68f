"""The part that a visitor's file is about, as far as they say: family, use condition, ratings, stress.

Nothing of it is needed to check the file, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ratedparts.grading import CEG_2026_1, can_rate
from ratedparts.grading.stress import required_attributes, stress_faults, used_attributes
from ratedparts.protocols import (
    Attribute,
    Criterion,
    Family,
    Protocol,
    ProtocolLibrary,
    Scalar,
    StressCondition,
    check_part,
)

from .forms import Form

USE_CONDITION = "UC-I"
USE_CONDITIONS = tuple(one for one in CEG_2026_1.use_conditions.values() if one.temperature_c is not None)
WIDE = 10.0  # a tolerance beyond this many units of the stress leaves a value to ask for


@dataclass(frozen=True)
class SupposedPart:
    family: Family
    use_condition: str
    attributes: dict[str, Scalar]
    stress: dict[str, Scalar]
    missing: tuple[Attribute, ...]  # required of the family, and not given
    assumed_stress: tuple[StressCondition, ...]  # left open by the protocol, and not chosen

    @property
    def as_json(self) -> dict[str, Any] | None:
        """For the checker, which takes a part only whole."""
        return None if self.missing else {"family": self.family.code, "attributes": self.attributes}


def families_of(protocol: Protocol | None, library: ProtocolLibrary) -> list[Family]:
    """The families to choose from: those of the protocol, or of any."""
    protocols = [protocol] if protocol is not None else list(library.protocols.values())
    codes = {code for one in protocols for code in one.families}
    return [family for code, family in library.families.items() if code in codes]


def chosen_family(form: Form, protocol: Protocol | None, library: ProtocolLibrary) -> Family | None:
    return next((one for one in families_of(protocol, library) if one.code == form["family"]), None)


def asked_attributes(family: Family, protocol: Protocol) -> list[Attribute]:
    """What the criteria and the acceleration look at, and what the family cannot do without."""
    names = {*required_attributes(protocol, family.code), *used_attributes(protocol, family.code)}
    for criterion in protocol.criteria:
        names.update(_names_in(criterion, family))
    return [one for one in family.attributes if one.required or one.name in names]


def _names_in(criterion: Criterion, family: Family) -> Iterator[str]:
    of_families = dict(criterion.applies_to).get("family")
    if isinstance(of_families, tuple) and family.code not in of_families:
        return
    yield from (name for name, _ in criterion.applies_to if name != "family")
    yield from (term.of for term in criterion.limit.terms if term.of not in (None, "initial") and term.of)


def asked_stress(family: Family, protocol: Protocol, library: ProtocolLibrary) -> list[StressCondition]:
    """Conditions that the protocol leaves open; asked only where a grade can follow."""
    if not can_rate(family, library, CEG_2026_1):
        return []
    return [
        one
        for one in protocol.stress
        if one.required and (len(one.targets) != 1 or one.tolerance_below + one.tolerance_above > WIDE)
    ]


def mildest(condition: StressCondition) -> Scalar | None:
    """What is taken where nothing is said: the target that credits the least."""
    numbers = [target for target in condition.targets if isinstance(target, float)]
    return min(numbers) if numbers else next(iter(condition.targets), None)


def read_supposed_part(form: Form, protocol: Protocol, library: ProtocolLibrary) -> SupposedPart | None:
    """None without a family; what is wrong stands in the form beside its field."""
    if not form["family"] or not protocol.families:
        return None
    family = chosen_family(form, protocol, library)
    if family is None:
        form.fault("family_not_rated", "family", known=list(protocol.families))
        return None
    use_condition = form["use_condition"] or USE_CONDITION
    if use_condition not in {one.code for one in USE_CONDITIONS}:
        form.fault("unknown_use_condition", "use_condition", known=[one.code for one in USE_CONDITIONS])
    attributes = {}
    for attribute in asked_attributes(family, protocol):
        value = form.attribute(attribute, family)
        if value is not None:
            attributes[attribute.name] = value
    faults = check_part({"family": family.code, "attributes": attributes}, library)
    form.faults += [fault for fault in faults if fault.code != "attribute_missing"]
    missing = tuple(one for one in family.attributes if one.required and one.name not in attributes)
    stress, assumed = _stress(form, family, protocol, library)
    return SupposedPart(family, use_condition, attributes, stress, missing, assumed)


def _stress(
    form: Form, family: Family, protocol: Protocol, library: ProtocolLibrary
) -> tuple[dict[str, Scalar], tuple[StressCondition, ...]]:
    asked = asked_stress(family, protocol, library)
    stress: dict[str, Scalar] = {}
    assumed = []
    for condition in protocol.stress:
        name = f"stress.{condition.name}"
        value: Scalar | None = mildest(condition)
        if not condition.required or value is None:
            continue
        if condition in asked and form[name].strip():
            value = form[name].strip() if isinstance(value, str) else form.number(name)
        elif condition in asked:
            assumed.append(condition)
        if value is not None:
            stress[condition.name] = value
    if not form.faults:
        form.faults += stress_faults(stress, protocol)
    return stress, tuple(assumed)
