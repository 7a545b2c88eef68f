"""Families beyond constant rates: success runs, drift, lots with rates of their own."""

import copy
import math

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import arrhenius

from .conftest import codes

HARSHEST = {"bias_mode": None, "drive_mode": "constant_current", "environment": "operating"}
ATTRIBUTES = {
    "upper_category_temperature_c": 105,
    "maximum_operating_temperature_c": 85,
    "maximum_junction_temperature_c": 150,
    "rated_matings": 100,
    "rated_power_dbm": 30,
}


def stress_for(protocol, variant=""):
    stress = {}
    for one in protocol.stress:
        if variant and variant in one.targets:
            stress[one.name] = variant
        elif one.required:
            numbers = [target for target in one.targets if isinstance(target, float)]
            stress[one.name] = max(numbers) if numbers else HARSHEST.get(one.name) or one.targets[0]
    return stress


def end_of(protocol):
    return protocol.readouts.at[-1] if protocol.readouts else 1.0


def good_test(g1, protocol, variant=""):
    """The protocol's own sample, every unit good to the last readout."""
    test = copy.deepcopy(g1["tests"][0])
    sample = protocol.sample
    test |= {
        "protocol": protocol.name,
        "stress": stress_for(protocol, variant),
        "lots": [
            {
                "lot_code": f"L{lot}",
                "units": [{"count": sample.units_per_lot, "lower": end_of(protocol), "upper": None}],
            }
            for lot in range(1, sample.lots + 1)
        ],
        "started_on": "2025-01-02",
        "ended_on": "2026-06-30",
        "registered_on": "2025-01-01",
    }
    test.pop("planned", None)
    test.pop("readouts", None)
    return test


def good_dossier(g1, library, code):
    family = library.family(code)
    given = copy.deepcopy(g1)
    required = {one.name for one in family.attributes if one.required}
    given["part"] |= {
        "family": code,
        "attributes": {name: value for name, value in ATTRIBUTES.items() if name in required},
    }
    lot_sample = copy.deepcopy(g1["tests"][-1])
    lot_sample["capability"] = [
        {**one, "parameter": parameter}
        for parameter in family.key_parameters
        for one in g1["tests"][-1]["capability"]
    ]
    given["tests"] = [
        good_test(g1, library.latest(slot.partition(":")[0]), slot.partition(":")[2])
        for slot in family.mandatory
        if slot != "PAR-CPK"
    ]
    given["tests"].append(lot_sample)
    return given


def with_units(test, count, failed=0, at=None):
    end = test["lots"][0]["units"][0]["lower"]
    units = [{"count": count - failed, "lower": end, "upper": None}]
    if failed:
        units.append({"count": failed, "lower": 0, "upper": at or end})
    test["lots"] = [{"lot_code": "L1", "units": units}]


@pytest.mark.parametrize(
    ("family", "count", "grade", "rests_on"),
    [
        ("board_to_board", 2302, "A+", "R.999@90"),
        ("board_to_board", 2301, "A", "R.99@90"),
        ("backplane", 230, "A", "R.99@90"),
        ("cable_highspeed", 229, "B", "R.99@60"),
        ("board_to_board", 92, "B", "R.99@60"),
        ("board_to_board", 91, "C", "R.95@60"),
        ("board_to_board", 18, "C", "R.95@60"),
        ("board_to_board", 17, "U", "none"),
        ("pcb_rigid", 230, "A+", "R.99@90"),
        ("pcb_rigid", 229, "A", "R.97@90"),
        ("hdi", 76, "A", "R.97@90"),
        ("pcb_rigid", 75, "B", "R.95@90"),
        ("pcb_rigid", 45, "B", "R.95@90"),
        ("hdi", 44, "C", "R.90@90"),
        ("pcb_rigid", 22, "C", "R.90@90"),
        ("pcb_rigid", 21, "U", "none"),
    ],
)
def test_a_success_run_is_graded_by_the_share_it_shows(g1, decided, library, family, count, grade, rests_on):
    given = good_dossier(g1, library, family)
    with_units(given["tests"][0], count)
    decision = decided(given)
    assert (decision.caps["R"], decision.vector["R"]) == (grade, rests_on)
    assert decision.caps["L"] == "A+"
    assert decision.figures["unit_hours"] is None
    assert decision.figures["reliability_lower_90"] == pytest.approx(0.1 ** (1 / count))
    assert ("R_UNITS" in codes(decision)) == (grade == "U")


def test_a_contact_that_fails_costs_what_the_binomial_says(g1, decided, library):
    given = good_dossier(g1, library, "backplane")
    with_units(given["tests"][0], 388, failed=1)  # LTPD 1 % with one failure allowed
    assert decided(given).vector["R"] == "R.99@90"
    with_units(given["tests"][0], 387, failed=1)
    assert decided(given).vector["R"] == "R.99@60"


def test_a_run_that_ended_before_the_rated_matings_shows_nothing(g1, decided, library):
    given = good_dossier(g1, library, "backplane")
    given["part"]["attributes"]["rated_matings"] = 500
    given["tests"][0]["stress"]["matings"] = 250.0
    assert decided(given).caps["R"] == "U"


def test_failures_of_an_unregistered_run_count(g1, decided, library):
    given = good_dossier(g1, library, "backplane")
    again = copy.deepcopy(given["tests"][0])
    again["registered_on"] = None
    with_units(again, 30, failed=1)
    given["tests"].append(again)
    assert decided(given).vector["R"] != "R.99@90"


def test_via_cycling_counts_where_it_failed_and_is_not_missed_where_it_was_not_done(g1, decided, library):
    given = good_dossier(g1, library, "pcb_rigid")
    assert decided(given).vector["Q"] == "Q3"
    cycled = good_test(g1, library.protocol("PCB-TC@1"))
    with_units(cycled, 20, failed=10)
    given["tests"].append(cycled)
    assert "Q_FAIL:PCB-TC" in codes(decided(given))


@pytest.mark.parametrize(
    ("count", "failed", "quality"), [(22, 0, "Q3"), (11, 0, "Q2"), (38, 1, "Q3"), (7, 0, "Q1"), (12, 1, "Q1")]
)
def test_families_of_costly_parts_are_asked_for_a_share(g1, decided, library, count, failed, quality):
    given = good_dossier(g1, library, "photodiode")
    cycling = next(one for one in given["tests"] if one["protocol"].startswith("SEMI-TC"))
    with_units(cycling, count, failed, at=500)
    assert decided(given).vector["Q"] == quality


@pytest.mark.parametrize(("count", "quality"), [(45, "Q3"), (44, "Q2"), (22, "Q2"), (21, "Q1"), (11, "Q1")])
def test_filters_are_asked_for_fewer_units_under_power(g1, decided, library, count, quality):
    given = good_dossier(g1, library, "saw")
    with_units(given["tests"][0], count)
    assert decided(given).vector["Q"] == quality


@pytest.mark.parametrize(("use", "factor"), [("UC-A", 4.0), ("UC-I", 32.0), ("UC-C", 64.0), ("UC-R", 1.0)])
def test_aluminium_doubles_its_life_every_ten_degrees_up_to_sixty_four(g1, decided, library, use, factor):
    given = good_dossier(g1, library, "al_electrolytic")
    given["tests"][0]["stress"]["temperature_c"] = 105.0
    given["part"]["use_condition"] = use
    decision = decided(given)
    assert decision.figures["acceleration_factor"] == pytest.approx(factor)
    assert ("AF_CAPPED" in codes(decision)) == (use == "UC-C")


@pytest.mark.parametrize("use", ["UC-A", "UC-C", "UC-R"])
def test_tantalum_earns_nothing_by_use_below_the_rated_voltage(g1, decided, library, use):
    given = good_dossier(g1, library, "ta_polymer")
    given["part"]["use_condition"] = use
    assert decided(given).figures["acceleration_factor"] == pytest.approx(1.0)
    given["tests"][0]["stress"]["voltage_ratio"] = 0.67
    slower = math.exp(18.77249321 * (0.67 - 1))
    assert decided(given).figures["acceleration_factor"] == pytest.approx(slower)


def weibull_graded(given, early, late, voltage=1.5275, units=300):
    test = next(one for one in given["tests"] if one["protocol"].startswith("TA-WG"))
    test["stress"]["voltage_ratio"] = voltage
    groups = [{"count": units - late, "lower": 40, "upper": None}]
    groups += [{"count": early, "lower": 0, "upper": 2}] if early else []
    groups += [{"count": late - early, "lower": 2, "upper": 40}] if late > early else []
    test["lots"] = [{"lot_code": f"L{lot}", "units": groups} for lot in (1, 2, 3)]
    return test


@pytest.mark.parametrize(
    ("early", "late", "voltage", "passes"),
    [
        (3, 6, 1.5275, True),
        (0, 0, 1.5275, True),
        (3, 6, 1.1, False),
        (0, 0, 1.0, False),
        (200, 290, 1.5, False),
    ],
)
def test_tantalum_lots_pass_by_their_own_rate(g1, decided, library, early, late, voltage, passes):
    given = good_dossier(g1, library, "ta_mno2")
    weibull_graded(given, early, late, voltage)
    assert ("Q_FAIL:TA-WG" in codes(decided(given))) is not passes


def test_the_rate_of_a_tantalum_lot_is_that_of_two_points(g1, decided, library):
    given = good_dossier(g1, library, "ta_mno2")
    weibull_graded(given, 3, 6, voltage=1.2)
    first, second = -math.log1p(-3 / 300), -math.log1p(-6 / 300)
    shape = math.log(second / first) / math.log(20)
    rate = shape * second / 40 / math.exp(18.77249321 * 0.2) * 1e5
    reason = next(one for one in decided(given).reasons if one.parameters.get("subject") == "TA-WG")
    assert reason.number == pytest.approx(rate)


def test_lots_that_passed_by_their_rate_count_as_screened(g1, decided, library):
    given = good_dossier(g1, library, "ta_mno2")
    endurance = given["tests"][0]
    early = [{"count": 67, "lower": 2000, "upper": None}, {"count": 10, "lower": 0, "upper": 250}]
    endurance["lots"] = [{"lot_code": f"L{lot}", "units": early} for lot in (1, 2, 3)]
    weibull_graded(given, 3, 6)
    dfr = next(one for one in decided(given).reasons if one.code == "R_DFR")
    assert dfr.met
    weibull_graded(given, 3, 6, voltage=1.0)
    dfr = next(one for one in decided(given).reasons if one.code == "R_DFR")
    assert not dfr.met


def test_light_sources_count_random_failures_and_wear_out_by_energies_of_their_own(g1, decided, library):
    given = good_dossier(g1, library, "laser_dfb")
    given["part"]["use_condition"] = "UC-I"
    given["tests"][0]["stress"]["temperature_c"] = 85.0
    decision = decided(given)
    random = arrhenius(0.35, use_c=55, stress_c=85)
    assert decision.figures["acceleration_factor"] == pytest.approx(random)
    assert decision.figures["unit_hours"] == pytest.approx(random * 75 * 5000)


def drifting(given, slopes, end=5000.0):
    """Threshold currents that rise in a straight line, by so many per cent in the whole test."""
    times = [0.0, 1000.0, 2000.0, end]
    units = [
        {
            "count": 1,
            "lower": end,
            "upper": None,
            "degradation": [[[t, slope * t / end] for t in times]],
        }
        for slope in slopes
    ]
    given["tests"][0]["lots"] = [{"lot_code": "L1", "units": units}]


def test_a_laser_s_life_is_where_its_drift_reaches_the_limit(g1, decided, library):
    given = good_dossier(g1, library, "laser_dfb")
    given["part"]["use_condition"] = "UC-I"
    given["tests"][0]["stress"]["temperature_c"] = 85.0
    slopes = [8.0 + 0.4 * place for place in range(25)]
    drifting(given, slopes)
    decision = decided(given)
    lives = [math.log(5000 * 50 / slope) for slope in slopes]
    mean = sum(lives) / 25
    spread = math.sqrt(sum((life - mean) ** 2 for life in lives) / 24)
    # One-sided tolerance factor of 25 units, 90 % of them, at 90 % confidence (ISO 16269-6 prints 1.7021).
    expected = math.exp(mean - 1.7021 * spread) * arrhenius(0.4, use_c=55, stress_c=85)
    assert decision.figures["b10_lower_90"] == pytest.approx(expected, rel=5e-4)
    reason = next(one for one in decision.reasons if one.code == "L_LIFE")
    assert reason.parameters["method"] == "lognormal_tolerance"


def test_no_life_is_inferred_beyond_ten_times_the_test(g1, decided, library):
    given = good_dossier(g1, library, "laser_dfb")
    drifting(given, [0.5] * 25)
    decision = decided(given)
    factor = arrhenius(0.4, use_c=85, stress_c=100)
    assert decision.figures["b10_lower_90"] == pytest.approx(50_000 * factor)  # 22 survivors show B10
    assert decision.figures["b1_lower_90"] == 0.0


def test_a_path_may_hold_the_readings_themselves(g1, decided, library):
    given = good_dossier(g1, library, "laser_dfb")
    slopes = [8.0 + 0.4 * place for place in range(25)]
    drifting(given, slopes)
    as_changes = decided(given).figures["b10_lower_90"]
    for unit in given["tests"][0]["lots"][0]["units"]:
        unit["degradation"] = [[[t, 9.5 * (1 + value / 100)] for t, value in unit["degradation"][0]]]
    assert decided(given).figures["b10_lower_90"] == pytest.approx(as_changes)


def test_magnetic_parts_age_by_the_energy_of_the_rule_set(g1, decided, library):
    given = good_dossier(g1, library, "inductor")
    given["tests"][0]["stress"]["temperature_c"] = 125.0
    decision = decided(given)
    factor = arrhenius(0.6, use_c=85, stress_c=125)
    assert decision.figures["acceleration_factor"] == pytest.approx(factor)
    # No failure: Weibayes by the least favourable shape of 1.5 to 6.
    worst = min(1000 * (231 * -math.log(0.99) / math.log(10)) ** (1 / shape) for shape in (1.5, 6.0))
    assert decision.figures["b1_lower_90"] == pytest.approx(factor * worst)


def test_a_filter_is_credited_only_where_its_use_is_stated(g1, decided, library):
    given = good_dossier(g1, library, "saw")
    given["tests"][0]["stress"]["temperature_c"] = 85.0
    assert decided(given).figures["acceleration_factor"] == 1.0
    given["part"]["attributes"] |= {"use_power_dbm": 27, "use_chip_temperature_c": 85}
    credited = 10 ** (0.6 * 3)  # 6 dB below the test, cubed
    assert decided(given).figures["acceleration_factor"] == pytest.approx(credited)


def test_a_light_source_must_state_its_highest_temperature(g1, decided, library):
    given = good_dossier(g1, library, "transceiver")
    del given["part"]["attributes"]["maximum_operating_temperature_c"]
    with pytest.raises(RatedPartsError) as refusal:
        decided(given)
    assert [fault.code for fault in refusal.value.items] == ["attribute_missing"]


def at_several_temperatures(g3, energy=0.9, failing=20):
    """Operating life at two junction temperatures, failures placed as an activation energy has it."""
    first = g3["tests"][0]
    first["readouts"] = []
    times = [600.0 * (place + 1) / failing for place in range(failing)]
    for lot, temperature in enumerate((125.0, 150.0), 1):
        test = first if lot == 1 else copy.deepcopy(first)
        test["stress"]["junction_temperature_c"] = temperature
        slower = 1.0 if temperature == 150.0 else arrhenius(energy, use_c=125, stress_c=150)
        units = [{"count": 1, "lower": at * slower, "upper": at * slower} for at in times]
        units.append({"count": 77 - failing, "lower": 600.0 * slower, "upper": None})
        test["lots"] = [{"lot_code": f"L{lot}", "units": units}]
        test["ended_on"] = "2026-06-30"
        test.pop("planned", None)
        if lot == 2:
            g3["tests"].append(test)


def test_acceleration_is_fitted_where_failures_show_it_and_taken_at_its_lower_bound(g3, decided):
    at_several_temperatures(g3)
    decision = decided(g3)
    fitted = next(one for one in decision.reasons if one.code == "AF_FITTED")
    assert fitted.number == pytest.approx(0.9, rel=0.05)
    bound = decision.figures["acceleration_factor"]
    at_the_estimate = arrhenius(fitted.number, use_c=55, stress_c=125)
    assert 1.0 < bound < at_the_estimate


def test_a_failure_of_an_unregistered_ageing_leaves_no_life(g1, decided, library):
    given = good_dossier(g1, library, "laser_dfb")
    drifting(given, [8.0 + 0.4 * place for place in range(25)])
    again = copy.deepcopy(given["tests"][0])
    again["registered_on"] = None
    with_units(again, 10, failed=1)
    assert decided(given).figures["b10_lower_90"] > 0
    given["tests"].append(again)
    assert decided(given).figures["b10_lower_90"] == 0.0


def test_drifts_that_are_all_alike_show_what_their_number_shows(g1, decided, library):
    given = good_dossier(g1, library, "laser_dfb")
    drifting(given, [10.0] * 25)
    factor = arrhenius(0.4, use_c=85, stress_c=100)
    decision = decided(given)
    assert decision.figures["b10_lower_90"] == pytest.approx(25_000 * factor)
    assert decision.figures["b1_lower_90"] == 0.0


def test_lots_of_an_unregistered_weibull_grading_are_not_screened_by_it(g1, decided, library):
    given = good_dossier(g1, library, "ta_mno2")
    early = [{"count": 67, "lower": 2000, "upper": None}, {"count": 10, "lower": 0, "upper": 250}]
    given["tests"][0]["lots"] = [{"lot_code": f"L{lot}", "units": early} for lot in (1, 2, 3)]
    weibull_graded(given, 3, 6)["registered_on"] = None
    assert not next(one for one in decided(given).reasons if one.code == "R_DFR").met
