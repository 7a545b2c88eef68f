"""Degradation paths, extrapolated to a threshold."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.complete_lognormal import fit_complete_lognormal
from ratedparts.reliability.degradation import lognormal_of, pseudo_life, pseudo_lives

TIMES = np.array([0.0, 500.0, 1000.0, 2000.0, 3000.0, 5000.0])


@pytest.mark.parametrize(
    ("law", "values", "life"),
    [
        ("linear", 2e-5 * TIMES, 25_000.0),
        ("square_root", 2e-3 * np.sqrt(TIMES), 62_500.0),
        ("power", 1e-4 * TIMES**0.8, (0.5 / 1e-4) ** (1 / 0.8)),
        ("power", 3e-7 * TIMES**1.5, (0.5 / 3e-7) ** (1 / 1.5)),
    ],
)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_path_without_scatter_meets_the_threshold_where_its_law_says(law, values, life, sign):
    fails = "above" if sign > 0 else "below"
    for through_origin in (False, True) if law != "power" else (False,):
        unit = pseudo_life(
            TIMES, sign * values, sign * 0.5, fails=fails, law=law, through_origin=through_origin
        )
        assert unit.failed
        assert unit.life == pytest.approx(life, rel=1e-10)
        assert unit.log_life_error == pytest.approx(0.0, abs=1e-9)
        assert unit.extrapolation == pytest.approx(life / 5000.0, rel=1e-10)


def test_a_falling_value_reaches_a_lower_threshold_by_every_law():
    assert pseudo_life(TIMES, 1.0 - 1e-5 * TIMES, 0.8, fails="below").life == pytest.approx(20_000.0)
    root = pseudo_life(TIMES, 1.0 - 1e-3 * np.sqrt(TIMES), 0.8, fails="below", law="square_root")
    assert root.life == pytest.approx(40_000.0)
    power = pseudo_life(TIMES[1:], TIMES[1:] ** -0.1, 0.4, fails="below", law="power")
    assert power.life == pytest.approx(0.4**-10, rel=1e-9)


@pytest.mark.parametrize("law", ["linear", "square_root", "power"])
@pytest.mark.parametrize("factor", [1e-6, 3600.0])
def test_the_units_of_time_and_value_do_not_matter(law, factor):
    noisy = 1e-4 * TIMES**0.7 * np.array([0, 1.03, 0.98, 1.01, 0.97, 1.02])
    here = pseudo_life(TIMES, noisy, 0.2, fails="above", law=law)
    there = pseudo_life(TIMES * factor, noisy * 100.0, 20.0, fails="above", law=law)
    assert there.life == pytest.approx(here.life * factor, rel=1e-9)
    assert there.log_life_error == pytest.approx(here.log_life_error, rel=1e-8)


@pytest.mark.parametrize("law", ["linear", "square_root", "power"])
def test_life_and_error_are_those_of_a_fit_in_which_the_log_life_is_a_parameter(law):
    """The same model written with the log life in place of the slope: no delta method, no algebra of ours."""
    t = TIMES[1:]
    y = 1e-4 * t**0.7 * np.array([1.03, 0.98, 1.01, 0.97, 1.02])

    def path(t, log_life, other):
        if law == "power":
            return np.log(0.2) + other * (np.log(t) - log_life)
        power = 1.0 if law == "linear" else 0.5
        return other + (0.2 - other) * t**power / np.exp(power * log_life)

    unit = pseudo_life(t, y, 0.2, fails="above", law=law)
    start = (np.log(unit.life) + 0.01, unit.slope * 1.01 if law == "power" else unit.intercept * 1.01)
    target = np.log(y) if law == "power" else y
    found, covariance = curve_fit(path, t, target, p0=start, ftol=1e-14, xtol=1e-14)
    assert np.exp(found[0]) == pytest.approx(unit.life, rel=1e-6)
    assert np.sqrt(covariance[0, 0]) == pytest.approx(unit.log_life_error, rel=1e-4)


@pytest.mark.parametrize("through_origin", [False, True])
def test_the_standard_error_is_the_scatter_of_repeated_tests(through_origin):
    random = np.random.default_rng(47)
    lives, errors = [], []
    for _ in range(1_500):
        y = 1e-5 * TIMES + random.normal(0, 2e-4, TIMES.size)
        unit = pseudo_life(TIMES, y, 0.1, fails="above", through_origin=through_origin)
        lives.append(unit.life)
        errors.append(unit.log_life_error)
    # The mean square of the errors estimates the variance.
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(np.log(lives)), rel=0.1)


def test_the_error_grows_with_the_distance_of_the_threshold():
    y = 1e-5 * TIMES + np.array([0, 2, -1, 1, -2, 1]) * 1e-3
    errors = [pseudo_life(TIMES, y, limit, fails="above").log_life_error for limit in (0.05, 0.1, 1.0)]
    assert errors == sorted(errors)
    assert pseudo_life(TIMES[1:2], [0.1], 0.5, fails="above", through_origin=True).log_life_error is None
    assert pseudo_life(TIMES[:2], [0.0, 0.1], 0.5, fails="above").log_life_error is None


@pytest.mark.parametrize(
    ("law", "values", "through_origin"),
    [
        ("linear", -1e-6 * TIMES, False),
        ("linear", -1e-6 * TIMES, True),
        ("linear", 0.0 * TIMES, False),
        ("linear", np.full(6, 0.1), False),
        ("square_root", np.full(6, 0.3), False),
        ("square_root", 0.1 - 1e-4 * np.sqrt(TIMES), False),
        ("power", -1e-6 * TIMES, False),
        ("power", np.where(TIMES > 0, 0.1, 0.0), False),
        ("power", 0.2 * np.maximum(TIMES, 1.0) ** -0.05, False),
    ],
)
def test_a_unit_that_does_not_drift_towards_the_threshold_is_suspended(law, values, through_origin):
    unit = pseudo_life(TIMES, values, 0.5, fails="above", law=law, through_origin=through_origin)
    assert (unit.failed, unit.life, unit.log_life_error) == (False, 5000.0, None)
    with pytest.raises(RatedPartsError) as refusal:
        lognormal_of([unit, unit])
    assert refusal.value.code == "pseudo_lives_suspended"
    assert refusal.value.parameters == {"suspended": 2, "units": 2}


def test_a_life_beyond_every_number_is_a_suspension():
    unit = pseudo_life(
        [1.0, 2.0, 3.0], np.exp(1e-5 * np.log([1.0, 2.0, 3.0])), 2.0, fails="above", law="power"
    )
    assert (unit.failed, unit.life) == (False, 3.0)


def test_units_may_have_readings_of_their_own():
    units = pseudo_lives(
        [(TIMES, 1e-5 * TIMES), (TIMES[:3], 2e-5 * TIMES[:3]), (TIMES, -1e-5 * TIMES)],
        0.5,
        fails="above",
        through_origin=True,
    )
    assert [unit.failed for unit in units] == [True, True, False]
    assert [unit.life for unit in units] == pytest.approx([50_000.0, 25_000.0, 5000.0])
    complete = lognormal_of(units[:2])
    assert complete == fit_complete_lognormal([unit.life for unit in units[:2]])


def test_the_lower_bound_of_a_lognormal_quantile_covers_what_it_says():
    random = np.random.default_rng(53)
    lives = np.exp(9.0 + 0.5 * random.standard_normal((3_000, 7)))
    true = float(np.exp(9.0 + 0.5 * -2.3263478740408408))
    bounds = [fit_complete_lognormal(one).life_lower_bound(0.01, 0.9) for one in lives]
    assert np.mean(np.array(bounds) <= true) == pytest.approx(0.9, abs=4 * 0.3 / np.sqrt(3_000))


def refused(code, times, values, threshold=0.5, fails="above", **more):
    return pytest.param((times, values, threshold), {"fails": fails, **more}, code, id=f"{code}-{more}")


@pytest.mark.parametrize(
    ("arguments", "terms", "code"),
    [
        refused("degradation_shape", [1.0, 2.0], [0.1]),
        refused("number_negative", [-1.0, 2.0], [0.1, 0.2]),
        refused("not_finite", [1.0, 2.0], [0.1, float("nan")]),
        refused("not_finite", [1.0, 2.0], [0.1, 0.2], threshold=float("inf")),
        refused("unknown_method", [1.0, 2.0], [0.1, 0.2], law="cubic"),
        refused("unknown_side", [1.0, 2.0], [0.1, 0.2], fails="beyond"),
        refused("sample_too_small", [1.0, 1.0], [0.1, 0.2]),
        refused("sample_too_small", [0.0, 0.0], [0.1, 0.2], through_origin=True),
        refused("sample_too_small", [0.0, 1.0], [0.1, 0.2], law="power"),
        refused("power_law_origin", [1.0, 2.0], [0.1, 0.2], law="power", through_origin=True),
        refused("power_law_sign", [1.0, 2.0], [0.1, -0.2], law="power"),
        refused("power_law_sign", [1.0, 2.0], [0.1, 0.2], law="power", threshold=0.0),
        # Failed before it began: above the limit, or the limit on the wrong side of the start.
        refused("path_starts_failed", [1.0, 2.0, 3.0], [0.7, 0.8, 0.9]),
        refused("path_starts_failed", [1.0, 2.0], [0.1, 0.2], fails="below", through_origin=True),
        # Seen beyond the limit on a path that leads away from it.
        refused("path_starts_failed", [1.0, 2.0, 3.0, 4.0], [0.4, 0.52, 0.3, 0.2]),
        refused("path_starts_failed", [1.0, 2.0], [0.9, 0.8], law="power"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, terms, code):
    with pytest.raises(RatedPartsError) as refusal:
        pseudo_life(*arguments, **terms)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("lives", "code"),
    [
        ([1.0], "sample_too_small"),
        ([1.0, 0.0], "number_not_positive"),
        ([2.0, 2.0], "standard_deviation_not_positive"),
    ],
)
def test_lives_without_a_lognormal_are_refused(lives, code):
    with pytest.raises(RatedPartsError) as refusal:
        fit_complete_lognormal(lives)
    assert refusal.value.code == code
