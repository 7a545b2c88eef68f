"""A family whose reliability protocol the rule set cannot compute is refused by name, not rated by chance."""

import copy

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1, can_rate
from ratedparts.grading.stress import can_accelerate

RATED = {
    "mlcc_class1",
    "mlcc_class2",
    "chip_resistor_thick",
    "chip_resistor_thin",
    "ic",
    "discrete",
    "rf_active",
    # their reliability rests on operating life, as that of integrated circuits
    "accelerometer",
    "gyroscope",
    "pressure",
}
STRESS = {
    "CAP-END@1": {"temperature_c": 105, "voltage_ratio": 1.0},
    "RFF-PWR@1": {"temperature_c": 85, "power_over_rated_db": 3},
    "CON-DUR@1": {"matings": 250},
    "OPT-AGE@1": {"temperature_c": 85, "drive_mode": "constant_current"},
    "PCB-CAF-TC@1": {"temperature_c": 85, "humidity_rh": 87, "bias_v": 100},
    "MAG-AGE@1": {"temperature_c": 125},
}


def test_which_families_are_rated(library):
    assert {
        code for code, family in library.families.items() if can_rate(family, library, CEG_2026_1)
    } == RATED


def test_no_other_protocol_carries_a_grade(library):
    able = {name for name, protocol in library.protocols.items() if can_accelerate(protocol)}
    assert able == {"MLCC-HTL@1", "RES-LL70@1", "SEMI-HTOL@1"}


@pytest.mark.parametrize("name", STRESS)
def test_a_dossier_of_another_family_is_refused_by_name(g1, decided, library, name):
    for family in library.protocol(name).families:
        given = copy.deepcopy(g1)
        given["part"]["family"] = family
        given["tests"] = [{**given["tests"][0], "protocol": name, "stress": STRESS[name]}]
        with pytest.raises(RatedPartsError) as refusal:
            decided(given)
        faults = {(fault.code, fault.column, fault.given) for fault in refusal.value.items}
        assert ("family_not_rated", "part.family", family) in faults
