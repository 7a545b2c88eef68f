"""What the calculations ask of their arguments, and the arrays that they take and give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ratedparts.errors import RatedPartsError

Array = npt.NDArray[np.float64]
ArrayLike = npt.ArrayLike


def require_count(argument: str, value: int) -> None:
    if not (np.isfinite(value) and value >= 0 and value == int(value)):
        raise RatedPartsError("count_negative", argument=argument, given=value)


def require_confidence(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise RatedPartsError("confidence_outside_unit_interval", given=confidence)


def require_fraction(fraction: float) -> None:
    if not 0.0 < fraction < 1.0:
        raise RatedPartsError("fraction_outside_unit_interval", given=fraction)


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
