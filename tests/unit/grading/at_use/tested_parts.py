"""Dossiers of every kind that a use can be asked of, from the reference ones."""

import copy
from dataclasses import replace

from ratedparts.grading import CEG_2026_1, measure, read_dossier
from ratedparts.grading.rule_set import UseCondition

from ..test_every_family import at_several_temperatures, drifting, good_dossier, weibull_graded

GROWN_OLD = [(300, 400), (400, 500), (500, 600), (600, 700), (600, 700), (700, 800), (800, 900), (900, 1000)]
# Fits to exact times are judged by simulation: a second for each condition.
SLOW = {"failing_early_exactly", "worn_exactly", "fitted", "fitted_in_one_lot"}
READOUTS = [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]


def under(dossier, code):
    return replace(dossier, part=replace(dossier.part, use_condition=code))


def measured_at(dossier, library, use):
    """The figures as a rule set has them that knows the use as one more condition."""
    rules = replace(CEG_2026_1, use_conditions={**CEG_2026_1.use_conditions, "X": use})
    return measure(under(dossier, "X"), library, rules)


def use_condition(temperature_c, voltage_ratio):
    return UseCondition("X", temperature_c, None, voltage_ratio)


def with_failures(given, intervals, units=77, end=1000.0, lots=3):
    """Every lot with the same failures."""
    test = given["tests"][0]
    groups = [{"count": 1, "lower": lower, "upper": upper} for lower, upper in intervals]
    groups.append({"count": units - len(intervals), "lower": end, "upper": None})
    test["lots"] = [{"lot_code": f"L{lot + 1}", "units": copy.deepcopy(groups)} for lot in range(lots)]
    return given


def again_at(given, intervals=(), lot="L9", units=77, end=1000.0, **stress):
    """The reliability test once more, under another stress, with a lot of its own."""
    test = copy.deepcopy(given["tests"][0])
    test["stress"] |= stress
    groups = [{"count": 1, "lower": lower, "upper": upper} for lower, upper in intervals]
    groups.append({"count": units - len(intervals), "lower": end, "upper": None})
    test["lots"] = [{"lot_code": lot, "units": groups}]
    test.pop("planned", None)
    given["tests"].append(test)
    return given


def wearing_out(g5):
    g5["tests"][0]["readouts"] = READOUTS
    return with_failures(g5, GROWN_OLD, lots=1)


def worn_exactly(g5):
    times = [500, 560, 610, 640, 700, 720, 800, 870, 930, 990]
    return with_failures(g5, [(time, time) for time in times], lots=1)


def failing_early_exactly(g5):
    times = [1, 3, 8, 20, 45, 90, 170, 300, 510, 800]
    return with_failures(g5, [(time, time) for time in times], lots=1)


def screened_early(g5):
    g5["part"]["screened"] = True
    g5["tests"][0] |= {"screened_units": True, "screen_document": "S-1"}
    return g5


def passed_by_their_own_rate(g1, library):
    given = good_dossier(g1, library, "ta_mno2")
    early = [{"count": 67, "lower": 2000, "upper": None}, {"count": 10, "lower": 0, "upper": 250}]
    given["tests"][0]["lots"] = [{"lot_code": f"L{lot}", "units": early} for lot in (1, 2, 3)]
    weibull_graded(given, 3, 6)
    return given


def stretched(g5):
    """Two tests whose lives agree at the own condition, and not where a maximum cuts off one of them."""
    older = [(600, 700), (700, 800), (700, 800), (800, 900), (800, 900), (900, 1000)]
    given = with_failures(g5, older, lots=1)
    given["tests"][0]["readouts"] = READOUTS
    sooner = [(100, 200), *[(200, 300)] * 5]
    return again_at(given, sooner, lot="L1", end=400.0, junction_temperature_c=150.0)


def one_bad_lot(g5):
    with_failures(g5, [], lots=3)
    worst = g5["tests"][0]["lots"][1]["units"]
    worst[0]["count"] = 67
    worst.append({"count": 10, "lower": 500, "upper": 1000})
    return g5


def fitted(g5):
    at_several_temperatures(g5)
    return g5


def fitted_in_one_lot(g5):
    at_several_temperatures(g5)
    for test in g5["tests"]:
        if test["protocol"].startswith("SEMI-HTOL"):
            test["lots"][0]["lot_code"] = "L1"
    return g5


def two_modes(g5):
    given = wearing_out(g5)
    for number, group in enumerate(given["tests"][0]["lots"][0]["units"][:-1]):
        group |= {"mode": ("open", "short")[number % 2], "failure_analysis": "FA-1"}
    return given


def drifting_laser(g1, library):
    given = good_dossier(g1, library, "laser_dfb")
    drifting(given, [8.0 + 0.4 * place for place in range(25)])
    return given


def warmed_filter(g1, library):
    given = good_dossier(g1, library, "saw")
    given["part"]["attributes"] |= {
        "use_power_dbm": 27,
        "use_chip_temperature_c": 60,
        "thermal_resistance_k_per_w": 4.0,
    }
    return given


def resistor_with_a_film(g1, library):
    given = good_dossier(g1, library, "chip_resistor_thick")
    given["part"]["attributes"] |= {"rated_power_w": 0.5, "thermal_resistance_k_per_w": 90.0}
    return given


def unregistered_failures(g5):
    given = with_failures(g5, [], lots=2)
    again_at(given, [(0, 500), (500, 1000)])
    given["tests"][-1]["registered_on"] = None
    return given


def steady_parts(g1, g5, library):
    """Parts whose hours keep their proportions at any use: the columns are exact."""
    found = {
        "g1": copy.deepcopy(g1),
        "g5": copy.deepcopy(g5),
        "one_bad_lot": one_bad_lot(copy.deepcopy(g5)),
        "failing_early_exactly": failing_early_exactly(copy.deepcopy(g5)),
        "screened_early": screened_early(copy.deepcopy(g5)),
        "passed_by_their_own_rate": passed_by_their_own_rate(g1, library),
        "unregistered_failures": unregistered_failures(copy.deepcopy(g5)),
        "drifting_laser": drifting_laser(g1, library),
        "warmed_filter": warmed_filter(g1, library),
        "resistor_with_a_film": resistor_with_a_film(g1, library),
    }
    return {name: read_dossier(given) for name, given in found.items()}


def ageing_parts(g5):
    """Parts that wear out: the rate over the life is read from a table, never too good."""
    found = {
        "wearing_out": wearing_out(copy.deepcopy(g5)),
        "worn_exactly": worn_exactly(copy.deepcopy(g5)),
        "two_modes": two_modes(copy.deepcopy(g5)),
    }
    return {name: read_dossier(given) for name, given in found.items()}


def contested_parts(g1, g5, library):
    """Several tests of different stress, one of which a maximum cuts off or a fit holds down."""
    quiet = again_at(with_failures(copy.deepcopy(g5), [], lots=1), junction_temperature_c=150.0)
    few = again_at(with_failures(copy.deepcopy(g5), [(500, 1000)], lots=1), junction_temperature_c=150.0)
    bad = with_failures(copy.deepcopy(g5), [], lots=2)
    again_at(bad, [(0, 168)] * 3, junction_temperature_c=150.0)
    same_lot = again_at(
        with_failures(copy.deepcopy(g5), [(0, 48), (168, 500)], lots=1),
        lot="L1",
        junction_temperature_c=150.0,
    )
    many = with_failures(copy.deepcopy(g5), [(100, 168), (200, 500)], lots=1)
    again_at(many, [(48, 168), (168, 500), (168, 500), (500, 1000)], junction_temperature_c=150.0)
    laser = good_dossier(g1, library, "laser_dfb")
    again_at(laser, end=5000.0, units=25, temperature_c=70.0)
    ceramic = again_at(copy.deepcopy(g1), [(500, 1000)], temperature_c=150.0, voltage_ratio=1.5)
    ceramic["part"]["attributes"]["upper_category_temperature_c"] = 150
    found = {
        "quiet": quiet,
        "few": few,
        "bad": bad,
        "same_lot": same_lot,
        "many": many,
        "stretched": stretched(copy.deepcopy(g5)),
        "laser": laser,
        "ceramic": ceramic,
        "fitted": fitted(copy.deepcopy(g5)),
        "fitted_in_one_lot": fitted_in_one_lot(copy.deepcopy(g5)),
    }
    return {name: read_dossier(given) for name, given in found.items()}
