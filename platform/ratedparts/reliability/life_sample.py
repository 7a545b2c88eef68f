"""A sample of lives, in which any unit may be censored in any way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from ratedparts.errors import RatedPartsError

from .arguments import Array, ArrayLike


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
    readouts : array_like, shape (m,), optional
        Times at which every unit still on test was looked at, greater than zero.  A likelihood does not need
        them; a simulation of the test does, where no unit failed or left between two of them.

    Raises
    ------
    RatedPartsError
        ``life_sample_shape``, ``life_sample_not_a_number``, ``life_sample_negative``,
        ``life_sample_empty_interval``, ``life_sample_count`` or ``life_sample_empty``; the parameters name
        the argument and the first offending position.

    Notes
    -----
    Rows stay in the order given, so that covariates can stand beside them.  Statistics work on `merged`,
    where equal rows are counted: a thousand suspensions at the end of a test cost what one costs, and the
    order of the rows makes no difference, not even in the last digit.
    A unit of which nothing is known, ``(0, inf]``, is kept in ``units`` and adds nothing to a likelihood.
    """

    lower: Array
    upper: Array
    count: Array
    readouts: Array | None

    def __init__(
        self,
        lower: ArrayLike,
        upper: ArrayLike,
        count: ArrayLike | None = None,
        readouts: ArrayLike | None = None,
    ) -> None:
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
        for name, values in (("lower", low), ("upper", high), ("count", counts)):
            kept = values.copy()
            kept.setflags(write=False)
            object.__setattr__(self, name, kept)
        object.__setattr__(self, "readouts", None if readouts is None else _readout_times(readouts))

    @classmethod
    def from_times(cls, times: ArrayLike, failed: ArrayLike) -> LifeSample:
        """Exact failure times and suspensions: ``times`` (n,) and whether each is a failure (n,)."""
        at = _vector("times", times)
        flags = _verdicts("failed", failed, at.shape)
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

    @cached_property
    def merged(self) -> LifeSample:
        """The same sample with equal rows counted and in rising order of (lower, upper)."""
        # One complex number a row: numpy sorts them by real, then imaginary part.
        rows = np.empty(self.lower.size, dtype=complex)
        rows.real, rows.imag = self.lower, self.upper
        if self.count.max() == 1.0:
            rows.sort()
            counts = None
        else:
            order = np.argsort(rows, kind="stable")
            rows, counts = rows[order], self.count[order]
        starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
        if counts is None:
            counted = np.diff(starts, append=rows.size).astype(float)
        else:
            counted = np.add.reduceat(counts, starts)
        merged = object.__new__(LifeSample)
        distinct = rows[starts]
        for name, values in (("lower", distinct.real), ("upper", distinct.imag), ("count", counted)):
            kept = np.ascontiguousarray(values)
            kept.setflags(write=False)
            object.__setattr__(merged, name, kept)
        object.__setattr__(merged, "readouts", self.readouts)
        merged.__dict__["merged"] = merged
        return merged

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


def _readout_times(readouts: ArrayLike) -> Array:
    times = np.unique(_vector("readouts", readouts))
    _refuse("life_sample_not_a_number", "readouts", ~np.isfinite(times), times)
    _refuse("life_sample_negative", "readouts", times <= 0, times)
    times.setflags(write=False)
    return times


def _vector(argument: str, values: ArrayLike) -> Array:
    """The values as floats; what only looks like numbers (texts, dates, truth values) is refused."""
    if np.ma.is_masked(values):
        raise RatedPartsError("life_sample_not_a_number", argument=argument, position=None, given=None)
    try:
        given = np.asarray(values)
    except ValueError:  # rows of different lengths
        raise RatedPartsError("life_sample_shape", argument=argument, shape=None, expected=("n",)) from None
    if given.ndim != 1:
        raise RatedPartsError("life_sample_shape", argument=argument, shape=given.shape, expected=("n",))
    if given.size == 0:
        raise RatedPartsError("life_sample_empty", argument=argument)
    if given.dtype.kind == "O":
        strange = [not isinstance(value, Real | Decimal) or isinstance(value, bool) for value in given]
    else:
        strange = [given.dtype.kind not in "iuf"]
    if any(strange):
        position = strange.index(True)
        raise RatedPartsError(
            "life_sample_not_a_number", argument=argument, position=position, given=str(given[position])
        )
    return given.astype(float)


def _verdicts(argument: str, values: ArrayLike, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Truth values, or ones and zeros."""
    given = np.asarray(values)
    if given.shape != shape:
        raise RatedPartsError("life_sample_shape", argument=argument, shape=given.shape, expected=shape)
    if given.dtype.kind == "b":
        return np.asarray(given, dtype=bool)
    numbers = _vector(argument, values)
    _refuse("life_sample_not_a_number", argument, ~np.isin(numbers, (0.0, 1.0)), numbers)
    return np.asarray(numbers == 1.0)


def _refuse(code: str, argument: str, wrong: npt.NDArray[np.bool_], values: Array) -> None:
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        raise RatedPartsError(code, argument=argument, position=position, given=float(values[position]))
