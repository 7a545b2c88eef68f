"""Exact test that several lots share one failure rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb

import numpy as np
from scipy.special import gammaln, xlogy

from ratedparts.errors import RatedPartsError

TIE = 1e-7  # outcomes this close to the observed probability count as equally extreme
LARGEST_ENUMERATION = 2_000_000
RANDOM_TABLES = 200_000


def equal_rates_probability(failures: Sequence[int], exposures: Sequence[float], seed: int = 0) -> float:
    """P-value of the exact conditional multinomial test of equal failure rates.

    Given the total number of failures, each falls into a lot with probability proportional to its exposure
    if the rates are equal.  The p-value sums the outcomes that are no more probable than the observed one.

    Parameters
    ----------
    failures : sequence of int, length k
        Failures of each lot.
    exposures : sequence of float, length k
        Unit-hours of each lot, in one unit, greater than zero.
    seed : int
        Beyond two million outcomes they are sampled, with this seed, instead of enumerated.

    Raises
    ------
    RatedPartsError
        ``lots_disagree`` in number, or ``unit_hours_not_positive``.
    """
    if len(failures) != len(exposures):
        raise RatedPartsError("lots_disagree", failures=len(failures), exposures=len(exposures))
    shares = np.asarray(exposures, dtype=float)
    if not (np.isfinite(shares) & (shares > 0)).all():
        raise RatedPartsError("unit_hours_not_positive", given=float(shares.min(initial=np.inf)))
    observed = np.asarray(failures, dtype=int)
    total, lots = int(observed.sum()), len(observed)
    if total == 0 or lots < 2:
        return 1.0
    shares = shares / shares.sum()
    threshold = _log_probability(observed[None, :], shares)[0] + np.log1p(TIE)
    if comb(total + lots - 1, lots - 1) > LARGEST_ENUMERATION:
        tables = np.random.default_rng(seed).multinomial(total, shares, size=RANDOM_TABLES)
        extreme = int((_log_probability(tables, shares) <= threshold).sum())
        return (extreme + 1) / (RANDOM_TABLES + 1)
    probability = 0.0
    for tables in _batches(total, lots):
        logs = _log_probability(tables, shares)
        probability += float(np.exp(logs[logs <= threshold]).sum())
    return min(probability, 1.0)


def _log_probability(tables: np.ndarray, shares: np.ndarray) -> np.ndarray:
    total = tables.sum(axis=1)
    logs: np.ndarray = gammaln(total + 1.0) + (xlogy(tables, shares) - gammaln(tables + 1.0)).sum(axis=1)
    return logs


def _batches(total: int, lots: int, size: int = 100_000) -> Iterator[np.ndarray]:
    """All ways to spread ``total`` failures over the lots, some at a time."""
    batch: list[tuple[int, ...]] = []
    for outcome in _outcomes(total, lots):
        batch.append(outcome)
        if len(batch) == size:
            yield np.array(batch)
            batch = []
    if batch:
        yield np.array(batch)


def _outcomes(total: int, lots: int) -> Iterator[tuple[int, ...]]:
    if lots == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _outcomes(total - first, lots - 1):
            yield (first, *rest)
