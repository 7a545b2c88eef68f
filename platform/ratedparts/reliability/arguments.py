"""What the calculations ask of their arguments, and the arrays that they take and give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ratedparts.errors import RatedPartsError

Array = npt.NDArray[np.float64]
ArrayLike = npt.ArrayLike

SIDES = ("lower", "upper")  # of a one-sided bound


def require_count(argument: str, value: int) -> None:
    if not (np.isfinite(value) and value >= 0 and value == int(value)):
        raise RatedPartsError("count_negative", argument=argument, given=value)


def require_confidence(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise RatedPartsError("confidence_outside_unit_interval", given=confidence)


def require_fraction(fraction: float) -> None:
    if not 0.0 < fraction < 1.0:
        raise RatedPartsError("fraction_outside_unit_interval", given=fraction)


def require_side(side: str) -> None:
    if side not in SIDES:
        raise RatedPartsError("unknown_side", given=side, known=SIDES)


def opposite(side: str) -> str:
    """The side of the bound of a quantity that falls where this one rises."""
    require_side(side)
    return SIDES[1 - SIDES.index(side)]


def log_hazard(fraction: float) -> float:
    """Log cumulative hazard at which ``fraction`` has failed: the standard Weibull quantile."""
    require_fraction(fraction)
    return float(np.log(-np.log1p(-fraction)))


def require_finite(*values: float) -> None:
    for value in values:
        if not np.isfinite(value):
            raise RatedPartsError("not_finite", given=value)


def require_positive(value: float) -> None:
    require_finite(value)
    if value <= 0:
        raise RatedPartsError("number_not_positive", given=value)


def require_not_negative(value: float) -> None:
    require_finite(value)
    if value < 0:
        raise RatedPartsError("number_negative", given=value)


def require_age(age: float) -> None:
    if not (np.isfinite(age) and age > 0):
        raise RatedPartsError("age_not_positive", given=age)


def require_shape(shape: float) -> None:
    if not (np.isfinite(shape) and shape > 0):
        raise RatedPartsError("shape_not_positive", given=shape)


def require_sample(given: int, needed: int) -> None:
    if not given >= needed:
        raise RatedPartsError("sample_too_small", given=given, needed=needed)


def vector(argument: str, values: ArrayLike) -> Array:
    """Finite numbers in one dimension."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise RatedPartsError("not_finite", given=None) from error
    if array.ndim != 1:
        raise RatedPartsError("life_sample_shape", argument=argument, shape=array.shape, expected=("n",))
    if not np.isfinite(array).all():
        raise RatedPartsError("not_finite", given=float(array[~np.isfinite(array)][0]))
    return array
