"""A sample of lives, in which any unit may be censored in any way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ratedparts.errors import RatedPartsError

Array = npt.NDArray[np.float64]
ArrayLike = npt.ArrayLike


@dataclass(frozen=True, init=False, eq=False)
class LifeSample:
    """Lives of units, each known to lie in an interval ``(lower, upper]``.

    ==========================  ================================================================
    ``lower == upper``          a failure at exactly that time
    ``upper = inf``             a suspension: the unit had not failed when it was last seen
    ``lower = 0``, finite upper left-censored: it had already failed at the first look
    otherwise                   interval-censored: it failed between two readouts
    ==========================  ================================================================

    Parameters
    ----------
    lower, upper : array_like, shape (n,)
        Times in any one unit, not negative; an exact failure time is greater than zero.
    count : array_like, shape (n,), optional
        How many units share the row; positive whole numbers.  Default: one each.

    Raises
    ------
    RatedPartsError
        ``life_sample_shape``, ``life_sample_not_a_number``, ``life_sample_negative``,
        ``life_sample_empty_interval``, ``life_sample_count`` or ``life_sample_empty``; the parameters name
        the argument and the first offending position.

    Notes
    -----
    Equal rows are merged and counted, so a thousand suspensions at the end of a test cost what one costs.
    A unit of which nothing is known, ``(0, inf]``, is kept in ``units`` and adds nothing to a likelihood.
    """

    lower: Array
    upper: Array
    count: Array

    def __init__(self, lower: ArrayLike, upper: ArrayLike, count: ArrayLike | None = None) -> None:
        low = _vector("lower", lower)
        high = _vector("upper", upper)
        if low.shape != high.shape:
            raise RatedPartsError("life_sample_shape", argument="upper", shape=high.shape, expected=low.shape)
        counts = np.ones_like(low) if count is None else _vector("count", count)
        if counts.shape != low.shape:
            raise RatedPartsError(
                "life_sample_shape", argument="count", shape=counts.shape, expected=low.shape
            )
        _refuse("life_sample_not_a_number", "lower", ~np.isfinite(low), low)
        _refuse("life_sample_not_a_number", "upper", np.isnan(high), high)
        _refuse("life_sample_negative", "lower", low < 0, low)
        _refuse("life_sample_empty_interval", "upper", (high < low) | (high <= 0), high)
        whole = np.isfinite(counts) & (counts >= 1) & (counts == np.floor(counts))
        _refuse("life_sample_count", "count", ~whole, counts)
        rows, inverse = np.unique(np.column_stack((low, high)), axis=0, return_inverse=True)
        object.__setattr__(self, "lower", rows[:, 0])
        object.__setattr__(self, "upper", rows[:, 1])
        object.__setattr__(self, "count", np.bincount(inverse.ravel(), weights=counts, minlength=len(rows)))
        for values in (self.lower, self.upper, self.count):
            values.setflags(write=False)

    @classmethod
    def from_times(cls, times: ArrayLike, failed: ArrayLike) -> LifeSample:
        """Exact failure times and suspensions: ``times`` (n,) and whether each is a failure (n,)."""
        at = _vector("times", times)
        flags = np.asarray(failed, dtype=bool)
        if flags.shape != at.shape:
            raise RatedPartsError(
                "life_sample_shape", argument="failed", shape=flags.shape, expected=at.shape
            )
        return cls(at, np.where(flags, at, np.inf))

    @classmethod
    def from_censored_data(cls, censored: Any) -> LifeSample:
        """The same sample as a ``scipy.stats.CensoredData``."""
        exact = np.asarray(censored._uncensored, dtype=float)
        left = np.asarray(censored._left, dtype=float)
        right = np.asarray(censored._right, dtype=float)
        interval = np.asarray(censored._interval, dtype=float).reshape(-1, 2)
        return cls(
            np.concatenate((exact, np.zeros_like(left), right, interval[:, 0])),
            np.concatenate((exact, left, np.full_like(right, np.inf), interval[:, 1])),
        )

    @property
    def units(self) -> int:
        return int(self.count.sum())

    @property
    def failures(self) -> int:
        return int(self.count[np.isfinite(self.upper)].sum())

    @property
    def exactly_monitored(self) -> bool:
        """Whether every failure time is exact (a sample without failures is)."""
        failed = np.isfinite(self.upper)
        return bool(np.all(self.lower[failed] == self.upper[failed]))


def _vector(argument: str, values: ArrayLike) -> Array:
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise RatedPartsError(
            "life_sample_not_a_number", argument=argument, position=None, given=None
        ) from error
    if array.ndim != 1:
        raise RatedPartsError("life_sample_shape", argument=argument, shape=array.shape, expected=("n",))
    if array.size == 0:
        raise RatedPartsError("life_sample_empty", argument=argument)
    return array


def _refuse(code: str, argument: str, wrong: npt.NDArray[np.bool_], values: Array) -> None:
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        raise RatedPartsError(code, argument=argument, position=position, given=float(values[position]))
