"""The maxima of many lots, and the signed likelihood-ratio root that they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from ..arguments import Array

LARGEST_EXPONENT = 300.0  # of a hazard: beyond it a likelihood is zero, and products still fit
CHUNK = 1 << 15  # numbers of one array that are worked on at a time: a quarter of a megabyte stays in cache
LOOSE = 1e-6  # a Newton step this small leaves an error of its square: enough for a simulated root


@dataclass(frozen=True)
class Maxima:
    """Location, spread and log-likelihood of each lot, all (lots,), and where they are ``finite``.

    Where no finite maximum exists the location and spread are what they tend to and ``value`` is the
    supremum.
    """

    location: Array
    spread: Array
    value: Array
    finite: npt.NDArray[np.bool_]


class Lots(Protocol):
    """Lots whose Weibull likelihood can be maximised, freely or at a stated quantile."""

    @property
    def y(self) -> Array: ...
    @property
    def width(self) -> int: ...
    def part(self, lots: slice) -> Self: ...
    def maxima(self, tolerance: float = ..., start: float | None = ...) -> Maxima: ...
    def constrained_shape(
        self, q: float, k: float, tolerance: float = ..., start: float | None = ...
    ) -> Array: ...
    def value_at(self, q: float, k: float, shape: Array) -> Array: ...


def signed_root(lots: Lots, q: float, k: float, start: float | None = None) -> Array:
    """Signed likelihood-ratio root of a cumulative hazard ``exp(k)`` at ``q``; positive: life is longer.

    ``start``: a shape near which most of the lots have theirs.
    """
    maxima = lots.maxima(LOOSE, start)
    constrained = lots.value_at(q, k, lots.constrained_shape(q, k, LOOSE, start))
    with np.errstate(invalid="ignore"):
        gap = np.maximum(maxima.value - constrained, 0.0)
        longer = maxima.location + maxima.spread * k > q
    return np.where(longer, 1.0, -1.0) * np.sqrt(2.0 * gap)


def in_chunks(work: Callable[[slice], Array], lots: int, columns: int) -> Array:
    """``work`` on some lots at a time, few enough for the cache, put together again."""
    size = max(1, CHUNK // max(columns, 1))
    return np.concatenate([work(slice(at, at + size)) for at in range(0, lots, size)])
