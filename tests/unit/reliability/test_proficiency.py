"""Scores of laboratories, and Algorithm A."""

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.proficiency import (
    algorithm_a,
    difference,
    e_n_score,
    e_n_verdict,
    percent_difference,
    z_prime_score,
    z_score,
    z_verdict,
    zeta_score,
)

RESULTS = [10.1, 9.8, 10.0, 10.3, 9.9, 10.2, 10.05, 9.95, 14.0, 10.15, 6.0]


def algorithm_a_by_hand(results, rounds=400):
    """The definition of ISO 13528 C.3, with loops and the statistics module."""
    from statistics import median, stdev

    mean = median(results)
    spread = 1.483 * median(abs(x - mean) for x in results)
    for _ in range(rounds):
        low, high = mean - 1.5 * spread, mean + 1.5 * spread
        drawn = [low if x < low else high if x > high else x for x in results]
        mean, spread = sum(drawn) / len(drawn), 1.134 * stdev(drawn)
    return mean, spread


def test_without_uncertainties_the_scores_are_one():
    z = z_score(10.5, 10.0, standard_deviation=0.25)
    assert z == 2.0
    assert z_prime_score(10.5, 10.0, standard_deviation=0.25, assigned_uncertainty=0.0) == z
    assert zeta_score(10.5, 10.0, result_uncertainty=0.25, assigned_uncertainty=0.0) == z
    assert e_n_score(10.5, 10.0, result_expanded=0.5, assigned_expanded=0.0) == z / 2


def test_scores_keep_the_sign_and_ignore_the_unit():
    for factor in (1e-12, 1.0, 1e9):
        score = zeta_score(
            -9.0 * factor, -8.0 * factor, result_uncertainty=0.3 * factor, assigned_uncertainty=0.4 * factor
        )
        assert score == pytest.approx(-2.0, rel=1e-12)
    assert difference(9.0, 10.0) == -1.0
    assert percent_difference(9.0, 10.0) == -10.0


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (0.0, "satisfactory"),
        (2.0, "satisfactory"),
        (-2.0, "satisfactory"),
        (2.0000001, "questionable"),
        (-2.9999, "questionable"),
        (3.0, "unsatisfactory"),
        (-3.0, "unsatisfactory"),
    ],
)
def test_the_verdict_of_a_z_score_changes_beyond_two_and_at_three(score, verdict):
    assert z_verdict(score) == verdict


def test_the_verdict_of_e_n_changes_beyond_one():
    assert [e_n_verdict(score) for score in (-1.0, 1.0, 1.0000001, -1.5)] == [
        "satisfactory",
        "satisfactory",
        "unsatisfactory",
        "unsatisfactory",
    ]


def test_algorithm_a_is_its_definition_iterated_to_the_end():
    consensus = algorithm_a(RESULTS)
    mean, spread = algorithm_a_by_hand(RESULTS)
    assert consensus.mean == pytest.approx(mean, rel=1e-11)
    assert consensus.standard_deviation == pytest.approx(spread, rel=1e-10)
    assert consensus.participants == len(RESULTS)
    assert consensus.rounds > 3
    assert consensus.uncertainty == pytest.approx(1.25 * spread / np.sqrt(11), rel=1e-10)


def test_algorithm_a_moves_with_the_scale_and_the_zero_and_not_with_the_order():
    base = algorithm_a(RESULTS)
    other = algorithm_a([-2e6 * x + 5e6 for x in reversed(RESULTS)])
    assert other.mean == pytest.approx(-2e6 * base.mean + 5e6, rel=1e-9)
    assert other.standard_deviation == pytest.approx(2e6 * base.standard_deviation, rel=1e-9)


def test_how_wild_an_outlier_is_does_not_matter():
    mild, wild = ([*RESULTS[:8], outlier] for outlier in (20.0, 1e9))
    assert algorithm_a(wild).mean == pytest.approx(algorithm_a(mild).mean, rel=1e-11)
    assert algorithm_a(wild).standard_deviation == pytest.approx(
        algorithm_a(mild).standard_deviation, rel=1e-10
    )


def test_of_normal_results_it_finds_mean_and_standard_deviation():
    # 1.134 makes the robust spread consistent at the normal.
    consensus = algorithm_a(np.random.default_rng(41).normal(50.0, 2.0, 50_000))
    assert consensus.mean == pytest.approx(50.0, abs=0.04)
    assert consensus.standard_deviation == pytest.approx(2.0, rel=0.015)


def test_results_of_which_most_are_equal_still_have_a_spread():
    results = [10.0] * 6 + [9.9] * 2 + [10.1] * 3
    consensus = algorithm_a(results)
    assert 0 < consensus.standard_deviation < 0.2
    assert consensus.mean == pytest.approx(10.01, abs=0.01)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: algorithm_a([1.0, 2.0]), "sample_too_small"),
        (lambda: algorithm_a([1.0, 2.0, float("nan")]), "not_finite"),
        (lambda: algorithm_a([3.0] * 5), "standard_deviation_not_positive"),
        (lambda: algorithm_a([3.0] * 8 + [4.0]), "standard_deviation_not_positive"),
        (lambda: algorithm_a([1.0, 2.0, 3.0], tolerance=0.0), "number_not_positive"),
        (lambda: percent_difference(1.0, 0.0), "assigned_value_zero"),
        (lambda: z_score(1.0, 0.0, standard_deviation=0.0), "number_not_positive"),
        (lambda: z_score(float("inf"), 0.0, standard_deviation=1.0), "not_finite"),
        (
            lambda: z_prime_score(1.0, 0.0, standard_deviation=1.0, assigned_uncertainty=-1.0),
            "number_negative",
        ),
        (
            lambda: zeta_score(1.0, 0.0, result_uncertainty=0.0, assigned_uncertainty=0.0),
            "number_not_positive",
        ),
        (lambda: e_n_score(1.0, 0.0, result_expanded=-0.1, assigned_expanded=1.0), "number_negative"),
        (lambda: z_verdict(float("nan")), "not_finite"),
        (lambda: e_n_verdict(float("nan")), "not_finite"),
    ],
)
def test_what_makes_no_sense_is_refused(call, code):
    with pytest.raises(RatedPartsError) as refusal:
        call()
    assert refusal.value.code == code
