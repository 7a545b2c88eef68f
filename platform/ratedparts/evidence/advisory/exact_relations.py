"""Whether one row of numbers follows from another to the last digit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def exact_multiple(a: Numbers, b: Numbers, slack_a: Numbers, slack_b: Numbers) -> float | None:
    """The factor ``k`` with which every ``b`` is ``k a`` but for the rounding of either; None: there is none.

    ``slack``: half a last digit, or however much rounding may have moved each number.
    """
    there = a != 0
    if not there.any():
        return None
    a, b, slack_a, slack_b = (one[there] for one in (a, b, slack_a, slack_b))
    about = float(np.median(b / a))
    slack = (slack_b + abs(about) * slack_a) * (1 + 1e-9)
    size = np.abs(a)
    middle = b * np.sign(a)
    low, high = float(((middle - slack) / size).max()), float(((middle + slack) / size).min())
    return (low + high) / 2 if low <= high else None


def exact_offset(a: Numbers, b: Numbers, slack_a: Numbers, slack_b: Numbers) -> float | None:
    """The constant ``c`` for which every ``b`` is ``a + c`` but for the rounding; None if there is none."""
    slack = (slack_a + slack_b) * (1 + 1e-9)
    low, high = float((b - a - slack).max()), float((b - a + slack).min())
    return (low + high) / 2 if low <= high else None
