"""Capability: intervals, spreads within subgroups, and the constants behind them."""

import numpy as np
import pytest
from scipy.stats import chi, chi2, nct

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.capability.indices import cp, cpk, cpk_lower_bound
from ratedparts.reliability.capability.intervals import (
    cp_interval,
    cpk_interval,
    one_sided_capability_lower_bound,
)
from ratedparts.reliability.capability.range_constants import c4, d2, d3
from ratedparts.reliability.capability.study import capability_study
from ratedparts.reliability.capability.subgroup_spread import (
    chi_degrees_of_freedom,
    overall_spread,
    within_subgroup_spread,
)
from ratedparts.reliability.noncentral_t import noncentrality_lower_bound, tolerance_factor


def test_the_constants_are_those_of_the_printed_tables():
    # Montgomery, Introduction to Statistical Quality Control, appendix VI.
    assert [round(d2(n), 3) for n in (2, 3, 4, 5, 10, 25)] == [1.128, 1.693, 2.059, 2.326, 3.078, 3.931]
    assert [round(d3(n), 3) for n in (2, 3, 4, 5, 10, 25)] == [0.853, 0.888, 0.880, 0.864, 0.797, 0.708]
    assert [round(c4(n), 4) for n in (2, 3, 5, 10, 25)] == [0.7979, 0.8862, 0.9400, 0.9727, 0.9896]
    assert d2(2) == pytest.approx(2 / np.sqrt(np.pi), rel=1e-12)
    assert d2(3) == pytest.approx(3 / np.sqrt(np.pi), rel=1e-12)
    assert d3(2) == pytest.approx(np.sqrt(2 - 4 / np.pi), rel=1e-11)
    assert c4(6) == pytest.approx(chi(5).mean() / np.sqrt(5), rel=1e-12)


def test_ranges_of_random_samples_behave_as_the_constants_say():
    ranges = np.ptp(np.random.default_rng(3).standard_normal((40_000, 7)), axis=1)
    assert ranges.mean() == pytest.approx(d2(7), abs=4 * d3(7) / 200)
    assert ranges.std() == pytest.approx(d3(7), rel=0.02)


def test_degrees_of_freedom_of_ranges_are_those_of_the_d2_star_tables():
    # Duncan, Quality Control and Industrial Statistics, table D3: subgroups of 5; 1 to 5 of them, and 10.
    relative = (d3(5) / d2(5)) ** 2
    freedom = [chi_degrees_of_freedom(relative / groups) for groups in (1, 2, 3, 4, 5, 10)]
    assert freedom == pytest.approx([3.83, 7.47, 11.1, 14.7, 18.4, 36.5], abs=0.05)
    # One subgroup's standard deviation has the degrees of freedom of its sample.
    assert chi_degrees_of_freedom(c4(9) ** -2 - 1) == pytest.approx(8, rel=1e-9)


def test_with_equal_subgroups_the_spreads_are_the_textbook_quotients():
    groups = np.random.default_rng(11).normal(50, 2, (8, 4))
    ranges = within_subgroup_spread(groups, "ranges")
    assert ranges.standard_deviation == pytest.approx(np.ptp(groups, axis=1).mean() / d2(4), rel=1e-12)
    deviations = within_subgroup_spread(groups, "deviations")
    assert deviations.standard_deviation == pytest.approx(
        groups.std(axis=1, ddof=1).mean() / c4(4), rel=1e-12
    )
    pooled = within_subgroup_spread(groups)
    assert pooled.standard_deviation == pytest.approx(np.sqrt(groups.var(axis=1, ddof=1).mean()), rel=1e-12)
    assert (pooled.degrees_of_freedom, pooled.method) == (24, "pooled")
    assert ranges.degrees_of_freedom < deviations.degrees_of_freedom < 24
    overall = overall_spread(groups.ravel())
    assert (overall.standard_deviation, overall.degrees_of_freedom) == (groups.std(ddof=1), 31)


def test_the_stated_degrees_of_freedom_describe_the_scatter_of_the_estimates():
    random = np.random.default_rng(5)
    groups = random.standard_normal((1_500, 5, 4))
    for method in ("pooled", "ranges", "deviations"):
        found = [within_subgroup_spread(one, method) for one in groups]
        freedom = found[0].degrees_of_freedom
        estimates = np.array([one.standard_deviation for one in found])
        unbiased = c4(freedom + 1) if method == "pooled" else 1.0
        spread = unbiased * np.sqrt(c4(freedom + 1) ** -2 - 1)
        assert estimates.mean() == pytest.approx(unbiased, abs=4 * spread / np.sqrt(1_500))
        assert estimates.std() == pytest.approx(spread, rel=0.08)


def test_subgroups_of_unequal_size_are_unbiased_and_a_single_value_is_passed_over():
    random = np.random.default_rng(8)
    found = [
        within_subgroup_spread([random.standard_normal(n) for n in (2, 3, 9, 1)], "ranges")
        for _ in range(800)
    ]
    estimates = [one.standard_deviation for one in found]
    assert np.mean(estimates) == pytest.approx(1.0, abs=4 * np.std(estimates) / np.sqrt(800))
    without = within_subgroup_spread([[1.0, 2.0], [3.0, 5.0, 4.0]], "deviations")
    assert within_subgroup_spread([[1.0, 2.0], [9.0], [3.0, 5.0, 4.0]], "deviations") == without


def test_a_step_between_subgroups_lowers_ppk_and_leaves_cpk():
    still = np.random.default_rng(2).normal(0, 1, (10, 5))
    moved = still + np.repeat([0.0, 3.0], 5)[:, None]
    limits = {"lower_limit": -8.0, "upper_limit": 12.0}
    for within in ("pooled", "ranges", "deviations"):
        a = capability_study(still, within=within, **limits)
        b = capability_study(moved, within=within, **limits)
        assert b.cp == pytest.approx(a.cp, rel=1e-12)
        assert b.pp < 0.8 * a.pp
        assert b.ppk < b.cpk
    assert a.overall.cpk == cpk(still.mean(), still.std(ddof=1), -8, 12)
    assert a.overall.cpk == min(a.overall.cpl, a.overall.cpu)


def test_a_study_bounds_its_indices_with_its_own_degrees_of_freedom():
    groups = np.random.default_rng(4).normal(0, 1, (6, 5))
    study = capability_study(groups, lower_limit=-4, upper_limit=5)
    freedom = study.within.spread.degrees_of_freedom
    low, high = study.within.cp_interval(0.9)
    assert low == pytest.approx(study.cp * np.sqrt(chi2(24).ppf(0.05) / 24), rel=1e-12)
    assert high == pytest.approx(study.cp * np.sqrt(chi2(24).ppf(0.95) / 24), rel=1e-12)
    assert freedom == 24
    assert study.within.cpk_interval(0.8)[0] == pytest.approx(
        study.cpk - 1.2815515655446004 * np.sqrt(1 / 270 + study.cpk**2 / 48), rel=1e-12
    )
    assert study.overall.cpk_interval(0.8)[0] == pytest.approx(cpk_lower_bound(study.ppk, 30, 0.9), rel=1e-12)
    assert study.within.cpk_lower_bound(0.9) == one_sided_capability_lower_bound(
        study.cpk, 30, 0.9, degrees_of_freedom=24
    )
    one = capability_study(groups, upper_limit=5)
    assert (one.cp, one.pp, one.within.cpl, one.within.cp_interval()) == (None, None, None, None)
    assert one.cpk == one.within.cpu


@pytest.mark.parametrize(("estimate", "n"), [(0.625, 30), (1.33, 77), (5.0, 300), (0.0, 2), (-0.7, 5)])
def test_the_exact_bound_solves_its_own_equation(estimate, n):
    bound = one_sided_capability_lower_bound(estimate, n, 0.95)
    root = 3 * np.sqrt(n)
    assert nct.cdf(estimate * root, n - 1, bound * root) == pytest.approx(0.95, abs=1e-9)
    assert bound < estimate
    assert bound < one_sided_capability_lower_bound(estimate, n, 0.90)


def test_the_exact_bound_covers_what_it_says_and_bissells_nearly():
    random = np.random.default_rng(17)
    x = random.standard_normal((1_500, 8))
    true = 1.0
    estimates = (3 * true - x.mean(axis=1)) / (3 * x.std(axis=1, ddof=1))
    exact = np.mean([one_sided_capability_lower_bound(one, 8, 0.9) <= true for one in estimates])
    assert exact == pytest.approx(0.9, abs=4 * 0.3 / np.sqrt(1_500))
    two_sided = np.array([cpk_interval(one, 8, 0.9) for one in estimates])
    assert 0.85 < np.mean((two_sided[:, 0] <= true) & (true <= two_sided[:, 1])) < 0.97


def test_with_two_limits_the_exact_bound_of_cpk_errs_on_the_safe_side():
    x = np.random.default_rng(23).standard_normal((1_000, 6))
    bounds = [one_sided_capability_lower_bound(cpk(one.mean(), one.std(ddof=1), -3, 3), 6, 0.9) for one in x]
    assert np.mean(np.array(bounds) <= 1.0) >= 0.9


def test_a_tolerance_bound_leaves_the_stated_fraction_with_the_stated_confidence():
    # ISO 16269-6:2014, table C: n = 10, one-sided, 95 % above at 95 % confidence.
    assert tolerance_factor(10, 0.05, 0.95) == pytest.approx(2.911, abs=5e-4)
    assert tolerance_factor(10, 0.95, 0.05) == pytest.approx(-tolerance_factor(10, 0.05, 0.95), rel=1e-9)
    x = np.random.default_rng(29).standard_normal((20_000, 5))
    bounds = x.mean(axis=1) - tolerance_factor(5, 0.1, 0.9) * x.std(axis=1, ddof=1)
    assert np.mean(bounds <= -1.2815515655446004) == pytest.approx(0.9, abs=4 * 0.3 / np.sqrt(20_000))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: cp(1.0, 5.0, 5.0), "limits_reversed"),
        (lambda: cp(0.0, 1.0, 5.0), "standard_deviation_not_positive"),
        (lambda: cp_interval(-1.0, 0.9, degrees_of_freedom=9), "number_not_positive"),
        (lambda: cpk_interval(1.0, 1, 0.9), "sample_too_small"),
        (lambda: cpk_interval(1.0, 5, 1.0), "confidence_outside_unit_interval"),
        (lambda: cpk_lower_bound(1.0, 5, 0.0), "confidence_outside_unit_interval"),
        (lambda: one_sided_capability_lower_bound(float("nan"), 5, 0.9), "not_finite"),
        (lambda: noncentrality_lower_bound(1.0, 0.0, 0.9), "number_not_positive"),
        (lambda: tolerance_factor(1, 0.1, 0.9), "sample_too_small"),
        (lambda: capability_study([[1.0, 2.0]]), "limits_missing"),
        (lambda: capability_study([[1.0, 2.0]], lower_limit=3, upper_limit=2), "limits_reversed"),
        (lambda: capability_study([[1.0, 1.0]], lower_limit=0), "standard_deviation_not_positive"),
        (lambda: capability_study([[1.0], [2.0]], lower_limit=0), "sample_too_small"),
        (lambda: capability_study([], lower_limit=0), "sample_too_small"),
        (lambda: within_subgroup_spread([[1.0, 2.0]], "moving_range"), "unknown_method"),
        (lambda: within_subgroup_spread([[1.0, float("inf")]]), "not_finite"),
        (lambda: within_subgroup_spread([[[1.0, 2.0]]]), "life_sample_shape"),
        (lambda: d2(1), "sample_too_small"),
        (lambda: c4(1.0), "sample_too_small"),
    ],
)
def test_what_makes_no_sense_is_refused(call, code):
    with pytest.raises(RatedPartsError) as refusal:
        call()
    assert refusal.value.code == code
