"""Worked figures of standards and makers, and the reference cases without a fit."""

import json
from pathlib import Path

import pytest

from ratedparts.reliability import (
    anderson_darling_normal,
    arrhenius,
    coffin_manson,
    cpk,
    cpk_lower_bound,
    demonstrated_ltpd,
    early_failure_probability,
    equal_rates_probability,
    exponential_voltage,
    failure_rate_bound,
    inverse_power,
    iso2859_single_plan,
    ltpd_sample_size,
    part_average_limits,
    peck,
    poisson_bound,
    prokopowicz_vaskas,
    required_unit_hours,
    success_run_size,
    ten_degree_rule,
    weibayes_life_bound,
    weibayes_scale_bound,
)

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))["cases"]
}


def test_unit_hours_of_the_lowest_standard_level_are_those_of_mil_std_690d():
    assert required_unit_hours(1e-5, 0, 0.60) == pytest.approx(91_629.07, rel=1e-6)


@pytest.mark.parametrize(
    ("failures", "at_60", "at_90"),
    [(0, 51.0864, 128.3773), (1, 112.7511, 216.8656), (2, 173.1358, 296.7382)],
)
def test_operating_life_at_125_gives_the_published_failure_rates(failures, at_60, at_90):
    factor = arrhenius(0.7, use_c=55, stress_c=125)
    assert factor == pytest.approx(77.645382, rel=1e-6)
    hours = factor * 231_000
    assert hours == pytest.approx(17_936_083.25, rel=1e-8)
    assert failure_rate_bound(failures, hours, 0.60) * 1e9 == pytest.approx(at_60, rel=1e-5)
    assert failure_rate_bound(failures, hours, 0.90) * 1e9 == pytest.approx(at_90, rel=1e-5)


def test_acceleration_models_give_their_worked_figures():
    assert prokopowicz_vaskas(
        3, 1.0, use_voltage=0.5, stress_voltage=2.0, use_c=85, stress_c=125
    ) == pytest.approx(1659.1592, rel=1e-6)
    assert peck(2.66, 0.79, use_rh=60, stress_rh=85, use_c=40, stress_c=85) == pytest.approx(
        99.964430, rel=1e-6
    )
    assert coffin_manson(2, use_swing_k=70, stress_swing_k=165) == pytest.approx(5.556122, rel=1e-6)
    assert coffin_manson(4, use_swing_k=70, stress_swing_k=165) == pytest.approx(30.870497, rel=1e-6)
    assert ten_degree_rule(10, use_c=65, stress_c=105) == 16
    assert exponential_voltage(18.77249321, use_ratio=1.0, stress_ratio=1.4) == pytest.approx(
        1824.38, rel=1e-4
    )
    assert inverse_power(3, use=1, stress=2) == 8


def test_lot_tolerance_plans_are_the_customary_ones():
    assert [ltpd_sample_size(f) for f in (0.20, 0.10, 0.05, 0.03, 0.01)] == [11, 22, 45, 76, 230]
    assert [ltpd_sample_size(0.10, accept=c) for c in range(1, 6)] == [38, 52, 65, 78, 91]
    assert [ltpd_sample_size(0.01, accept=c) for c in range(1, 6)] == [388, 531, 667, 798, 926]
    assert demonstrated_ltpd(11, 231) == pytest.approx(0.07098, rel=1e-3)
    assert [success_run_size(r, 0.90) for r in (0.90, 0.95, 0.99, 0.999)] == [22, 45, 230, 2302]


@pytest.mark.parametrize(
    ("lot", "level", "aql", "letter", "units", "accept"),
    [
        (3000, "II", 0.65, "K", 125, 2),
        (500, "II", 6.5, "H", 50, 7),
        (1200, "S-4", 6.5, "F", 20, 3),
        (280, "S-4", 6.5, "E", 13, 2),
        (1200, "II", 0.40, "K", 125, 1),  # an arrow moves to the next letter and takes its sample
    ],
)
def test_single_plans_are_those_of_iso_2859_1(lot, level, aql, letter, units, accept):
    plan = iso2859_single_plan(lot, level, aql)
    assert (plan.code_letter, plan.units, plan.accept, plan.reject) == (letter, units, accept, accept + 1)


def test_capability_and_its_lower_bound_match_the_worked_example():
    estimate = cpk(97, 1.6, 90, 100)
    assert estimate == pytest.approx(0.625)
    assert cpk_lower_bound(estimate, 30, 0.95) == pytest.approx(0.45695, rel=1e-4)
    assert cpk_lower_bound(estimate, 30, 0.975) == pytest.approx(0.42475, rel=1e-4)


def test_raw_values_give_their_capability_normality_and_outlier_limits():
    values = [100.3, 99.8, 101.2, 100.9, 99.5, 100.1, 100.6, 98.9, 100.4, 101.0, 99.9, 100.2, 100.8]
    values += [99.3, 100.5, 100.0, 99.7, 101.4, 100.7, 99.6, 100.1, 100.3, 99.4, 100.9, 100.2]
    estimate = cpk(100.228, 0.62949715, 90, 110)
    assert estimate == pytest.approx(5.174500, rel=1e-6)
    assert cpk_lower_bound(estimate, 25, 0.90) == pytest.approx(4.213536, rel=1e-6)
    statistic, p = anderson_darling_normal(values)
    assert statistic == pytest.approx(0.09917, abs=1e-5)
    assert p > 0.9
    lot = [9.98, 10.01, 10.02, 9.99, 10.00, 10.03, 9.97, 10.01, 10.00, 9.99]
    lot += [10.02, 10.00, 10.01, 9.98, 10.00, 10.02, 9.99, 10.01, 10.00, 10.12]
    low, high = part_average_limits(lot)
    assert (low, high) == (pytest.approx(9.9000), pytest.approx(10.1000))


def test_equal_rates_are_tested_exactly():
    assert equal_rates_probability([0, 0, 3], [1, 1, 1]) == pytest.approx(1 / 9)
    assert equal_rates_probability([0, 0, 0], [1, 1, 1]) == 1.0
    assert equal_rates_probability([0, 0, 5], [1, 1, 1]) == pytest.approx(3 / 243)


def test_early_failures_are_tested_exactly():
    assert early_failure_probability(6, 11, 0.048) == pytest.approx(4.58e-6, rel=1e-3)


def test_few_failures_give_the_bounds_of_the_reference_cases():
    case = CASES["weibayes_zero_failures"]
    data, expected = case["data"], case["expected"]
    scale = weibayes_scale_bound(data["times"], data["failures"], data["beta"], data["confidence"])
    assert scale == pytest.approx(expected["eta_lower"], rel=1e-12)
    shapes = (data["beta"], data["beta"])
    life, _ = weibayes_life_bound(data["times"], data["failures"], 0.10, shapes, data["confidence"])
    assert life == pytest.approx(expected["b10_lower"], rel=1e-12)
    case = CASES["fit_zero_failures_231x1000h_60"]
    data, expected = case["data"], case["expected"]
    rate = failure_rate_bound(data["failures"], data["total_time"], data["confidence"])
    assert rate == pytest.approx(expected["failure_rate_upper"], rel=1e-12)
    case = CASES["test_length_factors"]
    for confidence, factors in case["expected"]["factor"].items():
        for failures, factor in enumerate(factors):
            assert poisson_bound(failures, float(confidence)) == pytest.approx(factor, rel=1e-12)


def test_acceleration_factors_are_those_of_the_reference_cases():
    data, expected = (CASES["arrhenius_af_adi"][part] for part in ("data", "expected"))
    for stress_c, factor in zip(data["T_stress_C"], expected["AF"], strict=True):
        assert arrhenius(data["Ea"], use_c=data["T_use_C"], stress_c=stress_c) == pytest.approx(
            factor, rel=1e-12
        )
    data, expected = (CASES["prokopowicz_vaskas_mlcc"][part] for part in ("data", "expected"))
    use, stress = data["use"], data["stress"]
    assert prokopowicz_vaskas(
        data["n"],
        data["Ea"],
        use_voltage=use["V"],
        stress_voltage=stress["V"],
        use_c=use["T_C"],
        stress_c=stress["T_C"],
    ) == pytest.approx(expected["AF"], rel=1e-12)


def test_success_runs_have_the_sizes_of_the_reference_case():
    data, expected = (CASES["success_run_sizes"][part] for part in ("data", "expected"))
    assert [success_run_size(r, c) for r, c in data["pairs"]] == expected["n"]


def test_with_unequal_times_the_worst_shape_lies_inside_its_range():
    times = [200.0] * 90 + [2000.0] * 10

    def life(shapes):
        return weibayes_life_bound(times, 0, 0.10, shapes, 0.90)[0]

    assert life((1.0, 1.0)) == pytest.approx(1739, abs=1)
    assert life((4.0, 4.0)) == pytest.approx(1645, abs=1)
    assert life((1.0, 4.0)) < life((1.5, 1.5)) + 1e-9 == pytest.approx(1403, abs=1)
