"""Lives from a value that drifts: each unit's path, extrapolated to the threshold that counts as failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ratedparts.errors import RatedPartsError

from .arguments import Array, ArrayLike, require_finite, require_sample, vector
from .complete_lognormal import CompleteLognormal, fit_complete_lognormal

Law = Literal["linear", "square_root", "power"]
Fails = Literal["above", "below"]
LAWS = ("linear", "square_root", "power")
ROUNDING = 1e-14  # a rise of this share of the readings is no drift
LOG_LARGEST = float(np.log(np.finfo(float).max))
LOG_SMALLEST = float(np.log(np.finfo(float).tiny))


@dataclass(frozen=True)
class PseudoLife:
    """Where one unit's fitted path meets the threshold.

    Attributes
    ----------
    life : float
        Pseudo failure time; for a suspended unit its last reading.  Unit of the times.
    failed : bool
        False: the path does not lead to the threshold, and the unit is suspended at its last reading.
    log_life_error : float or None
        Standard error of ``ln life`` from the scatter of the readings about the path; None for a suspended
        unit, and where the path has no reading to spare.
    slope, intercept : float
        Of the straight line that was fitted, on the scale of the law; nan where the values drift to the
        other side of zero and the power law has nothing to fit.
    last_reading : float
        Time of the last reading.
    """

    life: float
    failed: bool
    log_life_error: float | None
    slope: float
    intercept: float
    last_reading: float

    @property
    def extrapolation(self) -> float:
        """Life over last reading; above one the life was not seen but inferred."""
        return self.life / self.last_reading


def pseudo_life(
    times: ArrayLike,
    values: ArrayLike,
    threshold: float,
    *,
    fails: Fails,
    law: Law = "linear",
    through_origin: bool = False,
) -> PseudoLife:
    """Fit one unit's path by least squares and extrapolate it to the threshold.

    =================  ====================================================================
    ``linear``         ``y = a + b t``
    ``square_root``    ``y = a + b sqrt(t)``: diffusion
    ``power``          ``ln |y| = a + b ln t``: the path ``y = A t ** b``, least squares in ``ln y``
    =================  ====================================================================

    Parameters
    ----------
    times : array_like, shape (n,)
        Times of the readings, zero or more.
    values : array_like, shape (n,)
        The readings, or their relative changes, all in the unit of ``threshold``.  Under ``power`` all have
        the sign of the threshold; readings at time zero, where that law knows no scatter, are passed over.
    threshold : float
        The value that counts as failure.
    fails : {"above", "below"}
        On which side of the threshold a unit has failed.
    law : {"linear", "square_root", "power"}
        How the value drifts.
    through_origin : bool
        ``a = 0``, for a change since the start; ``power`` goes through the origin, or falls from infinity,
        by its nature and does not take it.

    Returns
    -------
    PseudoLife
        A path that runs away from the threshold, or so slowly that its life is not a number, is a suspension
        at the last reading: no life is invented.

    Raises
    ------
    RatedPartsError
        ``degradation_shape``, ``not_finite``, ``number_negative`` (a time), ``sample_too_small``,
        ``unknown_method``, ``unknown_side``, ``power_law_sign``, ``power_law_origin``, or
        ``path_starts_failed`` where the fitted path begins beyond the threshold, or a unit that is suspended
        by its path has a reading beyond it: then the limit or its side is wrong, or the law is.

    Notes
    -----
    The standard error is that of the calibrated time (delta method): it grows with the distance of the
    threshold from the readings.  It does not include that the law may be wrong.

    References
    ----------
    Meeker & Escobar, *Statistical Methods for Reliability Data* (1998) 13.8; ANSI/IES TM-21
    for the caution about long extrapolations.
    """
    t, y = vector("times", times), vector("values", values)
    if t.shape != y.shape:
        raise RatedPartsError("degradation_shape", times=t.size, values=y.size)
    if (t < 0).any():
        raise RatedPartsError("number_negative", given=float(t.min()))
    if law not in LAWS:
        raise RatedPartsError("unknown_method", given=law, known=LAWS)
    if fails not in ("above", "below"):
        raise RatedPartsError("unknown_side", given=fails, known=("above", "below"))
    require_finite(threshold)
    last = float(t.max(initial=0.0))
    side = 1.0 if fails == "above" else -1.0
    if law == "power":
        if through_origin:
            raise RatedPartsError("power_law_origin")
        later = t > 0
        sign = float(np.sign(threshold))
        grows = side * sign > 0
        if sign != 0 and grows and later.any() and (sign * y[later] <= 0).all():
            # A drift to the other side of zero: no power law to fit, and no way to the threshold.
            return PseudoLife(last, False, None, float("nan"), float("nan"), last)
        if sign == 0 or (sign * y[later] <= 0).any():
            raise RatedPartsError("power_law_sign", given=threshold)
        line = _fit_line(np.log(t[later]), np.log(sign * y[later]), through_origin=False)
        target, side, power = float(np.log(sign * threshold)), side * sign, None
        starts_failed = False
    else:
        power = 1.0 if law == "linear" else 2.0
        line = _fit_line(t if law == "linear" else np.sqrt(t), y, through_origin=through_origin)
        target = threshold
        starts_failed = side * (line.intercept - threshold) >= 0
    if starts_failed:
        raise RatedPartsError("path_starts_failed", threshold=threshold)
    log_life, error = _crossing(line, target, power) if side * line.slope > 0 else (np.inf, None)
    if log_life < LOG_SMALLEST:
        raise RatedPartsError("path_starts_failed", threshold=threshold)
    if log_life <= LOG_LARGEST:
        return PseudoLife(float(np.exp(log_life)), True, error, line.slope, line.intercept, last)
    if (y - threshold).max() >= 0 if fails == "above" else (y - threshold).min() <= 0:
        raise RatedPartsError("path_starts_failed", threshold=threshold)
    return PseudoLife(last, False, None, line.slope, line.intercept, last)


def pseudo_lives(
    paths: Sequence[tuple[ArrayLike, ArrayLike]],
    threshold: float,
    *,
    fails: Fails,
    law: Law = "linear",
    through_origin: bool = False,
) -> tuple[PseudoLife, ...]:
    """``pseudo_life`` of every unit; ``paths`` holds the times and the values of each, which may differ."""
    return tuple(
        pseudo_life(times, values, threshold, fails=fails, law=law, through_origin=through_origin)
        for times, values in paths
    )


def lognormal_of(units: Sequence[PseudoLife]) -> CompleteLognormal:
    """Lognormal fit of pseudo lives that are all complete; its bounds are exact for lognormal lives.

    Raises
    ------
    RatedPartsError
        ``pseudo_lives_suspended`` where a unit never reaches the threshold: leaving it out would bias the
        lives down, counting it as failed would invent a life.  Fit a censored sample instead.
    """
    suspended = sum(not unit.failed for unit in units)
    if suspended:
        raise RatedPartsError("pseudo_lives_suspended", suspended=suspended, units=len(units))
    return fit_complete_lognormal([unit.life for unit in units])


@dataclass(frozen=True)
class _Line:
    """A straight line by least squares; ``variance`` of a reading, None without one to spare."""

    slope: float
    intercept: float
    variance: float | None
    n: int
    mean: float
    squares: float
    through_origin: bool

    def error_at(self, x: float) -> float | None:
        """Standard error of an ``x`` that was read off the line at a given height."""
        if self.variance is None:
            return None
        leverage = (
            x * x / self.squares
            if self.through_origin
            else (1.0 / self.n + (x - self.mean) ** 2 / self.squares)
        )
        return float(np.sqrt(self.variance * leverage) / abs(self.slope))


def _fit_line(x: Array, y: Array, *, through_origin: bool) -> _Line:
    needed = 1 if through_origin else 2
    if through_origin:
        # There the path has no scatter, and a reading adds nothing.
        x, y = x[x != 0], y[x != 0]
    require_sample(np.unique(x).size, needed)
    mean = 0.0 if through_origin else float(x.mean())
    height = 0.0 if through_origin else float(y.mean())
    squares = float(((x - mean) ** 2).sum())
    slope = float(((x - mean) * (y - height)).sum()) / squares
    # Readings that are all alike leave a slope of rounding, and it must not become a life.
    if abs(slope) * float(np.abs(x - mean).max()) <= ROUNDING * float(np.abs(y).max()):
        slope = 0.0
    intercept = height - slope * mean
    spare = x.size - needed
    residual = float(((y - intercept - slope * x) ** 2).sum())
    variance = residual / spare if spare > 0 else None
    return _Line(slope, intercept, variance, x.size, mean, squares, through_origin)


def _crossing(line: _Line, target: float, power: float | None) -> tuple[float, float | None]:
    """Logarithm of the time at which the line is at ``target``, and its standard error.

    ``power``: the time is this power of the abscissa; None: the abscissa is the logarithm itself.
    """
    with np.errstate(over="ignore"):
        x = float(np.float64(target - line.intercept) / line.slope)
    error = line.error_at(x) if np.isfinite(x) else None
    if power is None:
        return x, error
    if x == 0.0:
        return -np.inf, None
    return power * float(np.log(x)), None if error is None else power * error / x
