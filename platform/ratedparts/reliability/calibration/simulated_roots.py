"""The signed root of a sample against its own distribution.

For a candidate pair, log life ``q`` and log cumulative hazard ``k`` there, the shape is set to its
constrained estimate, samples are drawn with the sample's own units, ends of test and readouts, and the
candidate is kept while a share of more than ``1 - confidence`` of their signed roots lies at or beyond the
observed one.  The chi-square approximation is never used; lots that happen to have no failure, or no
estimate, take part with the limit of their root (DiCiccio, Martin & Stern 2001; Jeng & Meeker 2000).

Between readouts the share jumps from outcome to outcome and depends on the shape more than the estimate of
the shape can tell.  There the candidate is kept if it is at the constrained estimate or at either end of a
short likelihood interval around it; full enumeration of small tests shows what that gains
(`docs/coverage.md`).

The same random numbers serve every candidate, so the answer is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..arguments import Array
from ..life_sample import LifeSample
from ..lots.maxima import Lots, in_chunks, signed_root
from ..lots.readouts import ReadoutLots
from ..lots.right_censored import CensoredLots
from .designs import Monitored, Readouts
from .order_statistics import OrderStatistics

DRAWS = 10_000
MOST_END_COLUMNS = 16
NUMBERS_DRAWN = (
    500_000  # failures drawn in all: with many a draw, fewer draws; the root is nearly normal then
)
FEWEST_DRAWS = 1_000
NEAR = 0.25  # likelihood ratio: half a standard error of ln shape on either side
FARTHEST_SHAPE = 8.0  # of ln shape, where a likelihood is flat without end
LARGEST_ROOT = 1e6
TIE = 1e-6  # roots this close are one outcome seen twice


class Simulation(Protocol):
    """A sample with the means to draw others like it."""

    discrete: bool

    @property
    def observed(self) -> Lots: ...

    def outcomes(self, q: float, k: float, shapes: Sequence[float]) -> tuple[Lots, Array]:
        """Simulated lots (outcomes,) with hazard ``exp(k)`` at ``q``; how often each, (shapes, outcomes)."""


@dataclass(frozen=True)
class Verdict:
    """The observed root of a candidate and how it stands among the simulated ones.

    ``beyond``: share of roots at or beyond the observed one, on the side asked for; ``gap``: how far the
    observed root lies outside the critical one, positive where the candidate is excluded.
    """

    beyond: float
    gap: float


def judge(simulation: Simulation, q: float, k: float, side: float, level: float) -> Verdict:
    """Weigh a candidate: ``side`` +1 asks for roots above the observed one, -1 for roots below.

    ``level`` is the share that must lie beyond for the candidate to be kept, ``1 - confidence``.
    """
    observed = simulation.observed
    shape = float(observed.constrained_shape(q, k)[0])
    shapes = [shape, *_near(observed, q, k, shape)] if simulation.discrete else [shape]
    root = side * float(signed_root(observed, q, k)[0])
    lots, counts = simulation.outcomes(q, k, shapes)
    roots = side * in_chunks(
        lambda part: signed_root(lots.part(part), q, k, shape), counts.shape[1], lots.width
    )
    order = np.argsort(roots)
    verdicts = [_stand(root, roots[order], count[order], level) for count in counts]
    return max(verdicts, key=lambda verdict: verdict.beyond)


def _stand(root: float, rising: Array, count: Array, level: float) -> Verdict:
    total = count.sum()
    beyond = (float(count[rising >= root - TIE].sum()) + 1.0) / (total + 1.0)
    finite = np.clip(rising, -LARGEST_ROOT, LARGEST_ROOT)  # all failures last of all: an infinite root
    critical = float(np.interp((1.0 - level) * (total + 1.0), np.cumsum(count), finite))
    return Verdict(beyond, float(np.clip(root, -LARGEST_ROOT, LARGEST_ROOT)) - critical)


def _near(observed: Lots, q: float, k: float, shape: float) -> list[float]:
    """The shapes on either side at which the constrained likelihood ratio reaches `NEAR`."""
    best = float(observed.value_at(q, k, np.array([shape]))[0])
    ends = []
    for direction in (-1.0, 1.0):
        inside, outside = 0.0, 0.0
        while abs(outside) < FARTHEST_SHAPE:
            outside += direction * max(0.25, abs(inside))
            if _drop(observed, q, k, shape, outside, best) > NEAR:
                break
            inside = outside
        for _ in range(30):
            middle = 0.5 * (inside + outside)
            if _drop(observed, q, k, shape, middle, best) > NEAR:
                outside = middle
            else:
                inside = middle
        ends.append(shape * float(np.exp(inside)))
    return ends


def _drop(observed: Lots, q: float, k: float, shape: float, by: float, best: float) -> float:
    """Twice what the log-likelihood loses when ln shape moves by ``by``."""
    return 2.0 * (best - float(observed.value_at(q, k, np.array([shape * np.exp(by)]))[0]))


def draws_for(columns: float) -> int:
    """Fewer draws where each costs more."""
    return int(np.clip(NUMBERS_DRAWN / max(columns, 1.0), FEWEST_DRAWS, DRAWS))


class MonitoredSimulation:
    """Exact failure times, each unit with its end of test."""

    discrete = False

    def __init__(self, sample: LifeSample, design: Monitored, centre: float, seed: int, draws: int | None):
        self.observed = CensoredLots.of(sample, centre)
        self.units = design.ends.known.size
        self.end = design.ends.common
        columns = self.units if self.end is None else sample.failures
        self.draws = draws or draws_for(columns)
        if self.end is None:
            random = np.random.default_rng(seed)
            lives = -np.log1p(-random.random((self.draws, self.units)))
            self._lives = np.log(np.maximum(lives, 1e-300))
            self._ends = design.ends.drawn(random.random((self.draws, self.units)))
            self._distinct, which = np.unique(self._ends[np.isfinite(self._ends)], return_inverse=True)
            self._which_end = np.zeros(self._ends.shape, dtype=np.intp)
            self._which_end[np.isfinite(self._ends)] = which.ravel()
        else:
            self._order = OrderStatistics(self.draws, self.units, seed)

    def outcomes(self, q: float, k: float, shapes: Sequence[float]) -> tuple[CensoredLots, Array]:
        (shape,) = shapes
        return self.draw(q - k / shape, 1.0 / shape), np.ones((1, self.draws))

    def draw(self, location: float, spread: float) -> CensoredLots:
        """Samples of that location and spread; the first column is what was sound at a common end."""
        if self.end is None:
            return self._with_several_ends(location + spread * self._lives)
        first = self._order.below((self.end - location) / spread)
        failed = first < (self.end - location) / spread
        # Lots of like many failures stand together: a part of them then needs no more columns than they use.
        by_failures = np.argsort(failed.sum(axis=1), kind="stable")
        first, failed = first[by_failures], failed[by_failures]
        shape = (self.draws, first.shape[1] + 1)
        y, d, w = np.full(shape, self.end), np.zeros(shape), np.zeros(shape)
        y[:, 1:] = np.where(failed, location + spread * first, self.end)
        d[:, 1:] = w[:, 1:] = failed
        w[:, 0] = self.units - failed.sum(axis=1)
        return CensoredLots(y, d, w)

    def _with_several_ends(self, lives: Array) -> CensoredLots:
        failed = lives < self._ends
        if self._distinct.size > MOST_END_COLUMNS:
            y = np.where(failed, lives, self._ends)
            return CensoredLots(y, failed.astype(float), np.ones_like(y))
        # A column for each end, with what was sound there, then one for each failure.
        ends = self._distinct.size
        row, unit = np.nonzero(failed)
        failures = np.bincount(row, minlength=self.draws)
        place = ends + np.arange(row.size) - np.repeat(np.cumsum(failures) - failures, failures)
        shape = (self.draws, ends + int(failures.max()))
        y, d, w = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        y[:, :ends] = self._distinct
        y[row, place] = lives[row, unit]
        d[row, place] = w[row, place] = 1.0
        sound, at = np.nonzero(~failed)
        which = sound * ends + self._which_end[sound, at]
        w[:, :ends] = np.bincount(which, minlength=self.draws * ends).reshape(self.draws, ends)
        return CensoredLots(y, d, w)


class ReadoutSimulation:
    """Failures known to the readout, on one schedule."""

    discrete = True

    def __init__(self, sample: LifeSample, design: Readouts, centre: float, seed: int, draws: int | None):
        self.y = design.y
        ends = design.ends
        self.units = ends.known.size
        m = self.y.size
        failed_at = ends.after[np.isnan(ends.known)].astype(int)
        sound_at = ends.known[~np.isnan(ends.known)].astype(int)
        self.observed = ReadoutLots(
            self.y,
            np.bincount(failed_at, minlength=m)[None, :].astype(float),
            np.bincount(sound_at, minlength=m)[None, :].astype(float),
        )
        common = ends.common
        # Without a sound unit the test ended, for all that is known, at the last readout.
        self.end = None if common is None else int(min(common, m - 1))
        self.draws = draws or draws_for(self.units if self.end is None else sample.failures)
        if self.end is None:
            random = np.random.default_rng(seed)
            lives = -np.log1p(-random.random((self.draws, self.units)))
            self._lives = np.log(np.maximum(lives, 1e-300))
            drawn = ends.drawn(random.random((self.draws, self.units)))
            self._ends = np.minimum(drawn, m - 1).astype(int)
        else:
            self._order = OrderStatistics(self.draws, self.units, seed)

    def outcomes(self, q: float, k: float, shapes: Sequence[float]) -> tuple[ReadoutLots, Array]:
        drawn = np.vstack([self._counts(q - k / shape, 1.0 / shape) for shape in shapes])
        # Many draws give the same outcome; each is fitted once.
        rows, which = _distinct(drawn, self.units)
        counts = np.stack(
            [
                np.bincount(of_shape, minlength=rows.size).astype(float)
                for of_shape in np.split(which, len(shapes))
            ]
        )
        m = self.y.size
        return ReadoutLots(self.y, drawn[rows, :m], drawn[rows, m:]), counts

    def draw(self, location: float, spread: float) -> ReadoutLots:
        """Samples of that location and spread."""
        drawn = self._counts(location, spread)
        return ReadoutLots(self.y, drawn[:, : self.y.size], drawn[:, self.y.size :])

    def _counts(self, location: float, spread: float) -> Array:
        """Failed at each readout, then sound at each, (draws, 2 m)."""
        limits = (self.y - location) / spread
        m = self.y.size
        drawn = np.zeros((self.draws, 2 * m))
        if self.end is None:
            cell = np.searchsorted(limits, self._lives)
            lost = cell <= self._ends
            lot = np.broadcast_to(np.arange(self.draws)[:, None], cell.shape)
            np.add.at(drawn, (lot, np.where(lost, cell, m + self._ends)), 1.0)
        else:
            lives = self._order.below(float(limits[self.end]))
            by = np.stack([(lives <= limit).sum(axis=1) for limit in limits[: self.end + 1]], axis=1)
            drawn[:, : self.end + 1] = np.diff(by, axis=1, prepend=0)
            drawn[:, m + self.end] = self.units - by[:, -1]
        return drawn


def _distinct(outcomes: Array, units: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First row of each different outcome, and which of them each row is."""
    varying = outcomes[:, np.ptp(outcomes, axis=0) > 0].astype(np.int64)
    if varying.shape[1] * np.log2(units + 1) < 62:  # an outcome is a number with that many digits
        keys = varying @ (units + 1) ** np.arange(varying.shape[1], dtype=np.int64)
        _, rows, which = np.unique(keys, return_index=True, return_inverse=True)
    else:
        _, rows, which = np.unique(varying, axis=0, return_index=True, return_inverse=True)
    return rows, which.ravel()


def simulation_of(
    sample: LifeSample, design: Monitored | Readouts, centre: float, seed: int, draws: int | None = None
) -> Simulation:
    """The simulation that belongs to a design; ``draws`` overrides how many."""
    if isinstance(design, Readouts):
        return ReadoutSimulation(sample, design, centre, seed, draws)
    return MonitoredSimulation(sample, design, centre, seed, draws)
