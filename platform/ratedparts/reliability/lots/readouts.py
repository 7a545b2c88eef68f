"""Weibull likelihoods of many lots looked at on one schedule of readouts.

Lots are rows, readouts columns: ``failed`` (lots, m) units found failed at a readout and sound at the one
before, ``sound`` (lots, m) units that were sound at a readout and then left the test.  ``y`` (m,) is the log
time of the readouts, rising.  With ``z = b y + a`` the log-likelihood is concave in ``(a, b)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from ..arguments import Array
from ..life_sample import LifeSample
from .concave import Indices, maximise
from .maxima import LARGEST_EXPONENT, Maxima
from .ridge import Ridge

STEPS = 100
FLAT_SPREAD = 1e9
FLATTEST, STEEPEST = (
    -14.0,
    9.0,
)  # ln shape, on the standard scale below, where a likelihood has reached its limit


@dataclass(frozen=True)
class ReadoutLots:
    y: Array
    failed: Array
    sound: Array

    @property
    def width(self) -> int:
        """Columns of one lot: what its likelihood costs."""
        return 4 * self.y.size

    def part(self, lots: slice) -> ReadoutLots:
        return ReadoutLots(self.y, self.failed[lots], self.sound[lots])

    def sample(self, lot: int) -> LifeSample:
        """One lot as a life sample."""
        at = np.exp(self.y)
        before = np.concatenate(([0.0], at[:-1]))
        failed, sound = self.failed[lot] > 0, self.sound[lot] > 0
        return LifeSample(
            np.concatenate((before[failed], at[sound])),
            np.concatenate((at[failed], np.full(sound.sum(), np.inf))),
            np.concatenate((self.failed[lot][failed], self.sound[lot][sound])),
        )

    def maxima(self, tolerance: float = 1e-12, start: float | None = None) -> Maxima:
        """Each lot's maximum, by damped Newton steps in ``(a, b)``; limits where there is no finite one."""
        limits = _limits(self)
        location, spread, value = limits.location.copy(), limits.spread.copy(), limits.value.copy()
        inner = np.flatnonzero(limits.finite)
        if inner.size:
            lots = ReadoutLots(self.y, self.failed[inner], self.sound[inner])
            a, b, best, centre = _climb(lots, tolerance)
            location[inner], spread[inner], value[inner] = centre - a / b, 1.0 / b, best
        return Maxima(location, spread, value, limits.finite)

    def constrained_shape(
        self, q: float, k: float, tolerance: float = 1e-11, start: float | None = None
    ) -> Array:
        """Most likely shape of each lot among distributions with cumulative hazard ``exp(k)`` at ``q``.

        The likelihood is concave in the shape: safeguarded Newton steps in its logarithm, kept between limits
        at which nothing changes any more.
        """
        x = self.y - q
        scale = max(float(np.abs(x).max()), 1e-9)
        begin = 0.0 if start is None else float(np.clip(np.log(start * scale), FLATTEST, STEEPEST))

        def derivatives(which: Indices, log_b: Array) -> tuple[Array, Array]:
            b = np.exp(log_b) / scale
            bx = b[:, None] * x
            cells = _Cells(ReadoutLots(self.y, self.failed[which], self.sound[which]), bx + k, b)
            slope = cells.slope(bx)
            return slope, cells.curve(bx, bx) + slope

        lots = len(self.failed)
        limits = np.full(lots, FLATTEST), np.full(lots, STEEPEST)
        return np.asarray(np.exp(maximise(derivatives, np.full(lots, begin), *limits, tolerance)) / scale)

    def value_at(self, q: float, k: float, shape: Array) -> Array:
        """Log-likelihood of each lot at a cumulative hazard ``exp(k)`` at ``q`` and its ``shape``."""
        return _Cells(self, shape[:, None] * (self.y - q) + k, shape).log_likelihood()

    def ridge(self, q: Array, shape: Array, k: float) -> Ridge:
        """Log-likelihood and derivatives in log life and ln shape; ``q`` and ``shape`` are (lots,)."""
        bx = shape[:, None] * (self.y - q[:, None])
        cells = _Cells(self, bx + k, shape)
        one = np.ones_like(bx)
        level, steep = cells.slope(one), cells.slope(bx)
        return Ridge(
            cells.log_likelihood(),
            -shape * level,
            steep,
            shape * shape * cells.curve(one, one),
            -shape * (cells.curve(one, bx) + level),
            cells.curve(bx, bx) + steep,
        )


class _Cells:
    """Of each lot and readout: the hazard gained since the one before, and what the likelihood makes of it.

    ``z`` (lots, m) is the log cumulative hazard at the readouts, ``b`` (lots,) the shape.  Derivatives are
    asked for by how z moves, ``move`` (lots, m).  Everything is kept as ratios to the hazard gained, so that
    neither a hazard of 1e-300 nor one of 1e+100 loses the others.
    """

    def __init__(self, lots: ReadoutLots, z: Array, b: Array) -> None:
        self.failed, self.z = lots.failed, np.minimum(z, LARGEST_EXPONENT)
        self.hazard = np.exp(self.z)
        self.apart = np.minimum(b[:, None] * np.diff(lots.y), LARGEST_EXPONENT)
        # Of the hazard at a readout, the share that was gained since the one before.
        self.share = -np.expm1(-self.apart)
        self.gained = self.hazard.copy()
        self.gained[:, 1:] *= self.share
        # Units that outlived a readout: sound there, or failed at the next.
        self.outlived = -lots.sound
        self.outlived[:, :-1] -= lots.failed[:, 1:]

    def log_likelihood(self) -> Array:
        # ln(1 - exp(-d)) = ln d + ln((1 - exp(-d)) / d); the second is next to nothing for a small d.
        d = np.maximum(self.gained, 1e-12)
        inside = self.z + np.log(-np.expm1(-d) / d)
        inside[:, 1:] += np.log(self.share)
        return np.asarray((self.failed * inside + self.outlived * self.hazard).sum(axis=1))

    @cached_property
    def _weights(self) -> tuple[Array, Array]:
        """First and second derivative of ``failed * ln(1 - exp(-d))`` in ln d."""
        d = np.clip(self.gained, 1e-12, LARGEST_EXPONENT)
        ratio = d / np.expm1(d)
        first = self.failed * ratio
        return first, -first * (d + ratio)

    @cached_property
    def _ends(self) -> tuple[Array, Array]:
        """Hazard at a readout, and at the one before, over the hazard gained in between."""
        end = np.ones_like(self.z)
        end[:, 1:] = 1.0 / self.share
        return end, (1.0 - self.share) / self.share

    def _gain(self, move: Array) -> Array:
        """How the hazard gained moves, relative to itself."""
        end, start = self._ends
        gain = end * move
        gain[:, 1:] -= start * move[:, :-1]
        return gain

    def slope(self, move: Array) -> Array:
        first, _ = self._weights
        return np.asarray((first * self._gain(move) + self.outlived * self.hazard * move).sum(axis=1))

    def curve(self, move: Array, other: Array) -> Array:
        """Second derivative along two moves, without what comes of the moves' own bending."""
        first, bent = self._weights
        both = move * other
        total = bent * self._gain(move) * self._gain(other) + first * self._gain(both)
        return np.asarray((total + self.outlived * self.hazard * both).sum(axis=1))


def _climb(lots: ReadoutLots, tolerance: float) -> tuple[Array, Array, Array, float]:
    """``a``, ``b`` and the log-likelihood at the maximum, with ``z = b (y - centre) + a``."""
    centre = float(lots.y.mean())
    x = lots.y - centre
    a, b = _start(lots, x)
    value = _Cells(lots, b[:, None] * x + a[:, None], b).log_likelihood()
    active = np.arange(len(a))
    for _ in range(STEPS):
        some = ReadoutLots(lots.y, lots.failed[active], lots.sound[active])
        at_a, at_b = a[active], b[active]
        da, ds = _newton_step(some, x, at_a, at_b)
        shorten = np.minimum(1.0, 1.5 / np.maximum(np.maximum(np.abs(da), np.abs(ds)), 1e-300))
        da, ds = da * shorten, ds * shorten
        better = np.full(len(active), -np.inf)
        waiting = np.arange(len(active))
        for _ in range(40):
            trial_b = at_b[waiting] * np.exp(ds[waiting])
            z = trial_b[:, None] * x + (at_a[waiting] + da[waiting])[:, None]
            held = ReadoutLots(lots.y, some.failed[waiting], some.sound[waiting])
            better[waiting] = _Cells(held, z, trial_b).log_likelihood()
            old = value[active[waiting]]
            waiting = waiting[~(better[waiting] >= old - 1e-13 * (np.abs(old) + 1.0))]
            if waiting.size == 0:
                break
            da[waiting] /= 2.0
            ds[waiting] /= 2.0
        a[active], b[active], value[active] = at_a + da, at_b * np.exp(ds), better
        active = active[np.maximum(np.abs(da), np.abs(ds)) > tolerance]
        if active.size == 0:
            break
    return a, b, value, centre


def _newton_step(lots: ReadoutLots, x: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Newton's step in ``a`` and ``ln b``: from the concave surface of ``(a, b)`` where ln b's is not."""
    bx = b[:, None] * x
    cells = _Cells(lots, bx + a[:, None], b)
    one = np.ones_like(bx)
    gradient_a, gradient_s = cells.slope(one), cells.slope(bx)
    aa, a_s, in_b = cells.curve(one, one), cells.curve(one, bx), cells.curve(bx, bx)
    ss = in_b + gradient_s  # of ln b; without the gradient it is b² times the second derivative in b
    concave = (aa < 0) & (aa * ss - a_s * a_s > 0)
    ss = np.where(concave, ss, in_b)
    determinant = np.maximum(aa * ss - a_s * a_s, 1e-300)
    return (a_s * gradient_s - ss * gradient_a) / determinant, (
        a_s * gradient_a - aa * gradient_s
    ) / determinant


def _start(lots: ReadoutLots, x: Array) -> tuple[Array, Array]:
    """A line through the points of Weibull paper: ln of the cumulative hazard by each readout."""
    units = (lots.failed + lots.sound).sum(axis=1, keepdims=True)
    share = (np.cumsum(lots.failed, axis=1) + 0.3) / (units + 0.6)
    height = np.log(-np.log1p(-share))
    weight = np.where(lots.failed > 0, 1.0, 0.05) * np.ones_like(height)
    total = weight.sum(axis=1)
    mean_x, mean_h = (weight * x).sum(axis=1) / total, (weight * height).sum(axis=1) / total
    apart = x - mean_x[:, None]
    steep = (weight * apart * (height - mean_h[:, None])).sum(axis=1) / np.maximum(
        (weight * apart * apart).sum(axis=1), 1e-300
    )
    b = np.maximum(steep, 0.05 / max(float(np.ptp(x)), 1e-9))
    return mean_h - b * mean_x, b


def _limits(lots: ReadoutLots) -> Maxima:
    """Which lots have no finite maximum, what their estimates tend to and how likely they become.

    The rules are those of `ratedparts.reliability.fits.existence`, on a schedule: an instant that lies in the
    closed interval of every unit, or failures before the first readout alone that do not rise with age.
    """
    m = len(lots.y)
    index = np.arange(m)
    failed, sound = lots.failed > 0, lots.sound > 0
    r = lots.failed.sum(axis=1)
    # Readouts count from 1, with 0 the start: the last start of any unit's interval and the first end.
    starts = np.where(sound, index + 1, np.where(failed, index, 0)).max(axis=1)
    ends = np.where(failed, index + 1, m + 1).min(axis=1)
    together = starts <= ends
    at = np.clip(ends - 1, 0, m - 1)
    rows = np.arange(len(r))
    lost = lots.failed[rows, at]
    after = np.where(at + 1 < m, lots.failed[rows, np.minimum(at + 1, m - 1)], 0.0) + lots.sound[rows, at]
    split = together & (starts == ends) & (r > 0)
    early = (r > 0) & ~together & (r == lots.failed[:, 0])
    left = lots.sound.sum(axis=1)
    mean_sound = (lots.sound * lots.y).sum(axis=1) / np.maximum(left, 1.0)
    flat = early & (mean_sound >= lots.y[0] - 1e-12)
    share = np.where(flat, r / np.maximum(r + left, 1.0), lost / np.maximum(lost + after, 1.0))
    of = np.where(flat, r + left, lost + after)
    entropy = of * (xlogy(share, share) + xlogy(1.0 - share, 1.0 - share))
    # A flat lot's distribution function is its share failed at every age, so its quantiles are zero or
    # infinite: a line of next to no slope through that height says the same in numbers.
    height = np.log(-np.log1p(-np.where(flat, share, 0.5)))
    spread = np.where(flat, FLAT_SPREAD, 0.0)
    location = np.where(r > 0, np.where(flat, -FLAT_SPREAD * height, lots.y[at]), np.inf)
    value = np.where(split | flat, entropy, 0.0)
    finite: npt.NDArray[np.bool_] = (r > 0) & ~together & ~flat
    return Maxima(location, spread, value, finite)
