"""Weibull likelihoods of many lots looked at on one schedule of readouts.

Lots are rows, readouts columns: ``failed`` (lots, m) units found failed at a readout and sound at the one
before, ``sound`` (lots, m) units that were sound at a readout and then left the test.  ``y`` (m,) is the log
time of the readouts, rising.  With ``z = b y + a`` the log-likelihood is concave in ``(a, b)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from ..life_sample import Array, LifeSample
from .maxima import Maxima
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

    def maxima(self, tolerance: float = 1e-12) -> Maxima:
        """Each lot's maximum, by damped Newton steps in ``(a, b)``; limits where there is no finite one."""
        limits = _limits(self)
        location, spread, value = limits.location.copy(), limits.spread.copy(), limits.value.copy()
        inner = np.flatnonzero(limits.finite)
        if inner.size:
            lots = ReadoutLots(self.y, self.failed[inner], self.sound[inner])
            a, b, best, centre = _climb(lots, tolerance)
            location[inner], spread[inner], value[inner] = centre - a / b, 1.0 / b, best
        return Maxima(location, spread, value, limits.finite)

    def constrained_shape(self, q: float, k: float, tolerance: float = 1e-11) -> Array:
        """Most likely shape of each lot among distributions with cumulative hazard ``exp(k)`` at ``q``.

        The likelihood is concave in the shape: safeguarded Newton steps in its logarithm, kept between limits
        at which nothing changes any more.
        """
        x = self.y - q
        scale = max(float(np.abs(x).max()), 1e-9)
        log_b = np.full(len(self.failed), 0.0)
        low = np.full_like(log_b, FLATTEST)
        high = np.full_like(log_b, STEEPEST)
        for _ in range(STEPS):
            b = np.exp(log_b) / scale
            slope, curve = _along_shape(self, b[:, None] * x + k, b, x)
            low, high = np.where(slope > 0, log_b, low), np.where(slope <= 0, log_b, high)
            step = np.where(curve < 0, -slope / np.where(curve < 0, curve, -1.0), np.sign(slope))
            trial = log_b + np.clip(step, -1.5, 1.5)
            # A step out of what is known to hold the maximum halves that instead.
            trial = np.where((trial > low) & (trial < high), trial, 0.5 * (low + high))
            moved = np.abs(trial - log_b)
            log_b = trial
            if moved.max(initial=0.0) < tolerance:
                break
        return np.asarray(np.exp(log_b) / scale)

    def constrained_value(self, q: float, k: float, tolerance: float = 1e-11) -> Array:
        """Largest log-likelihood of each lot among distributions with hazard ``exp(k)`` at ``q``."""
        return self.value_at(q, k, self.constrained_shape(q, k, tolerance))

    def value_at(self, q: float, k: float, shape: Array) -> Array:
        """Log-likelihood of each lot at a cumulative hazard ``exp(k)`` at ``q`` and its ``shape``."""
        return _log_likelihood(self, shape[:, None] * (self.y - q) + k, shape)

    def ridge(self, q: Array, shape: Array, k: float) -> Ridge:
        """Log-likelihood and derivatives in log life and ln shape; ``q`` and ``shape`` are (lots,)."""
        bx = shape[:, None] * (self.y - q[:, None])
        z = bx + k
        hazard, gained = _hazards(self, z, shape)
        first, second, mixed = _weights(self, hazard, gained)
        t = hazard * bx  # what the hazard does when ln shape moves; when q moves it is -shape * hazard
        before, after = slice(None, -1), slice(1, None)
        cross = mixed[:, after]
        level, steep = (first * hazard).sum(axis=1), (first * t).sum(axis=1)
        curved = (second * hazard * hazard).sum(axis=1) + 2.0 * (
            cross * hazard[:, after] * hazard[:, before]
        ).sum(axis=1)
        crossed = (second * hazard * t).sum(axis=1) + (
            cross * (hazard[:, after] * t[:, before] + hazard[:, before] * t[:, after])
        ).sum(axis=1)
        bent = (second * t * t).sum(axis=1) + 2.0 * (cross * t[:, after] * t[:, before]).sum(axis=1)
        return Ridge(
            _log_likelihood(self, z, shape),
            -shape * level,
            steep,
            shape * shape * (curved + level),
            -shape * (crossed + level + steep),
            bent + steep + (first * t * bx).sum(axis=1),
        )


def _hazards(lots: ReadoutLots, z: Array, b: Array) -> tuple[Array, Array]:
    """Cumulative hazard at each readout, and gained since the one before, both (lots, m)."""
    hazard = np.exp(np.minimum(z, 600.0))
    gained = hazard.copy()
    gained[:, 1:] = hazard[:, :-1] * np.expm1(np.minimum(b[:, None] * np.diff(lots.y), 600.0))
    return hazard, np.maximum(gained, 1e-300)


def _log_likelihood(lots: ReadoutLots, z: Array, b: Array) -> Array:
    hazard, gained = _hazards(lots, z, b)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        inside = np.where(gained < 0.7, np.log(-np.expm1(-gained)), np.log1p(-np.exp(-gained)))
        inside[:, 1:] -= hazard[:, :-1]
        total = np.where(lots.failed > 0, lots.failed * inside, 0.0) - lots.sound * hazard
    return np.asarray(total.sum(axis=1))


def _weights(lots: ReadoutLots, hazard: Array, gained: Array) -> tuple[Array, Array, Array]:
    """First derivatives of the log-likelihood in the cumulative hazard at each readout, and second ones.

    ``(first, second, mixed)``: ``mixed`` (lots, m) belongs to a readout and the one before it.
    """
    with np.errstate(over="ignore"):
        w = 1.0 / np.expm1(np.minimum(gained, 700.0))
    first = lots.failed * w - lots.sound
    first[:, :-1] -= lots.failed[:, 1:] * (1.0 + w[:, 1:])
    bent = -lots.failed * w * (1.0 + w)
    second = bent.copy()
    second[:, :-1] += bent[:, 1:]
    return first, second, -bent


def _along_shape(lots: ReadoutLots, z: Array, b: Array, x: Array) -> tuple[Array, Array]:
    """Slope and curvature of the log-likelihood in ln b where ``z = b x + k``."""
    hazard, gained = _hazards(lots, z, b)
    first, second, mixed = _weights(lots, hazard, gained)
    t = hazard * (b[:, None] * x)
    slope = (first * t).sum(axis=1)
    curve = (second * t * t).sum(axis=1) + 2.0 * (mixed[:, 1:] * t[:, 1:] * t[:, :-1]).sum(axis=1)
    return slope, curve + slope + (first * t * (b[:, None] * x)).sum(axis=1)


def _climb(lots: ReadoutLots, tolerance: float) -> tuple[Array, Array, Array, float]:
    """``a``, ``b`` and the log-likelihood at the maximum, with ``z = b (y - centre) + a``."""
    centre = float(lots.y.mean())
    x = lots.y - centre
    a, b = _start(lots, x)
    value = _log_likelihood(lots, b[:, None] * x + a[:, None], b)
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
            better[waiting] = _log_likelihood(held, z, trial_b)
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
    hazard, gained = _hazards(lots, bx + a[:, None], b)
    first, second, mixed = _weights(lots, hazard, gained)
    t = hazard * bx
    gradient_a, gradient_s = (first * hazard).sum(axis=1), (first * t).sum(axis=1)
    before, after = slice(None, -1), slice(1, None)
    cross = mixed[:, after]
    aa = (
        gradient_a
        + (second * hazard * hazard).sum(axis=1)
        + 2.0 * (cross * hazard[:, after] * hazard[:, before]).sum(axis=1)
    )
    a_s = (
        gradient_s
        + (second * hazard * t).sum(axis=1)
        + (cross * (hazard[:, after] * t[:, before] + hazard[:, before] * t[:, after])).sum(axis=1)
    )
    in_b = (
        (first * t * bx).sum(axis=1)
        + (second * t * t).sum(axis=1)
        + 2.0 * (cross * t[:, after] * t[:, before]).sum(axis=1)
    )
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
