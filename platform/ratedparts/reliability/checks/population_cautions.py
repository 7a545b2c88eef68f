"""What a reader must know before trusting one Weibull line through a sample."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from ..calibration import can_be_calibrated
from ..caution import Caution
from ..estimation_errors import FitDidNotConverge, NoFiniteEstimate
from ..fits.limited_failure_population import fit_limited_failure_population
from ..fits.one_population import fit_weibull
from ..life_sample import LifeSample
from .first_failure import first_failure_test
from .goodness_of_fit import goodness_of_fit

LEVEL = 0.05  # each simulated caution comes up in about this share of samples without a fault
# From six failures on, 2 to 8 % of samples from one population have a ratio above it (500 samples in each of
# eight designs); above the asymptotic limit for 5 %, 2.71, have 4 to 14 %.
LEAST_LIKELIHOOD_RATIO = 3.84
FEWEST_FAILURES = 5  # below it rule R5 calls a shape untested


def population_cautions(sample: LifeSample, draws: int = 999, seed: int = 0) -> tuple[Caution, ...]:
    """Cautions about the Weibull fit of a sample, in the order below; none where nothing speaks against it.

    ``few_failures``
        Fewer than five: nothing can be said against the fit, nor much for it.
    ``first_failure_unlike_the_rest``
        `first_failure_test` has a p-value below 5 %.
    ``two_populations``
        Only a fraction can fail: the likelihood ratio of `fit_limited_failure_population` against the
        ordinary Weibull distribution is 3.84 or more.  All units able to fail lies at the edge of the
        parameters, so in large samples the ratio is zero half of the time and chi-square with one degree of
        freedom otherwise (Self & Liang 1987): 3.84 means p = 2.5 %.  With few failures it comes up in up to
        8 % of samples from one population, which is why the limit is not the usual 2.71.
    ``weibull_does_not_fit``
        `goodness_of_fit` has a p-value below 5 %.

    A sample without any fault has one caution or another in about one case of ten.  The second and the fourth
    want a sample whose test can be simulated (see `can_be_calibrated`); of any
    other, and of one without an estimate, they say nothing.

    Parameters
    ----------
    sample : LifeSample
        Any censoring.
    draws, seed : int
        Of the simulated samples.
    """
    found = []
    if sample.failures < FEWEST_FAILURES:
        found.append(Caution("few_failures", {"failures": sample.failures, "needed": FEWEST_FAILURES}))
    try:
        fit_weibull(sample)
    except (NoFiniteEstimate, FitDidNotConverge):
        return tuple(found)
    simulated = can_be_calibrated(sample)
    return (
        *found,
        *(_first_failure(sample, draws, seed) if simulated else ()),
        *_two_populations(sample),
        *(_misfit(sample, draws, seed) if simulated else ()),
    )


def _first_failure(sample: LifeSample, draws: int, seed: int) -> tuple[Caution, ...]:
    try:
        first = first_failure_test(sample, draws, seed)
    except NoFiniteEstimate:
        return ()
    if first.p_value >= LEVEL:
        return ()
    said = {"age": first.age, "chance": first.chance, "p_value": first.p_value}
    return (Caution("first_failure_unlike_the_rest", said),)


def _two_populations(sample: LifeSample) -> tuple[Caution, ...]:
    try:
        limited = fit_limited_failure_population(sample)
    except NoFiniteEstimate:
        return ()
    if limited.likelihood_ratio < LEAST_LIKELIHOOD_RATIO:
        return ()
    p_value = float(ndtr(-np.sqrt(limited.likelihood_ratio)))
    return (Caution("two_populations", {"fraction": limited.fraction, "p_value": p_value}),)


def _misfit(sample: LifeSample, draws: int, seed: int) -> tuple[Caution, ...]:
    fit = goodness_of_fit(sample, draws, seed)
    return (Caution("weibull_does_not_fit", {"p_value": fit.p_value}),) if fit.p_value < LEVEL else ()
