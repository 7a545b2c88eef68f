"""Where candidates stop being kept: the search for a calibrated bound.

The observed root grows steadily along the line of candidates, and the critical root, which costs a
simulation, changes little along it.  So the search is for the critical root: the candidate at which the
observed root equals the last critical one is simulated next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from ..lots.maxima import signed_root
from .simulated_roots import Simulation, Verdict, judge

FARTHEST = 700.0  # beyond it exp() is 0 or inf, and so is the bound
CLOSE = 1e-4  # of a root: the secant that follows leaves its square
ROUNDS = 12
FIRST_STRIDE = 0.02  # of the distance from the estimate, in the walk along a staircase
STAIRCASE_PRECISION = 1e-5


@dataclass
class Search:
    """``candidate``: log life and log cumulative hazard at a place on the line.

    ``side`` +1 asks for roots above the observed one, -1 below; ``level`` is the share that must lie beyond
    for a candidate to be kept.  ``estimate`` is where the observed root is about zero, ``step`` leads away
    from it, about as far as the bound.
    """

    simulation: Simulation
    candidate: Callable[[float], tuple[float, float]]
    side: float
    level: float
    estimate: float
    step: float

    def bound(self) -> float:
        """The last candidate that is kept; infinite where all are."""
        if self.simulation.discrete:
            return self._along_the_staircase()
        target, gap = self._first
        if target is None:
            return self._walk(self.estimate, self.step)
        before, gap_before = target, gap
        target -= gap
        for _ in range(ROUNDS):
            place = self._place_of(target)
            if place is None:
                break
            gap = self._judge(place).gap
            slope = (gap - gap_before) / (target - before) if target != before else 1.0
            before, gap_before = target, gap
            target -= gap / slope if 0.2 < slope < 5.0 else gap
            if abs(gap) < CLOSE:
                place = self._place_of(target)
                return place if place is not None else self._walk(self.estimate, self.step)
        return self._walk(self.estimate, self.step)

    def sketch(self) -> float:
        """The bound after one simulation: close enough to draw."""
        target, gap = self._first
        place = None if target is None else self._place_of(target - gap)
        return self.bound() if place is None else place

    @cached_property
    def _first(self) -> tuple[float | None, float]:
        """The normal quantile as a first critical root, and how far it misses; None where none is reached."""
        target = max(-float(ndtri(self.level)), 0.3)
        place = self._place_of(target)
        return (None, 0.0) if place is None else (target, self._judge(place).gap)

    def _judge(self, place: float) -> Verdict:
        return judge(self.simulation, *self.candidate(place), self.side, self.level)

    def _observed(self, place: float) -> float:
        return self.side * float(signed_root(self.simulation.observed, *self.candidate(place))[0])

    def _place_of(self, root: float) -> float | None:
        """Where the observed root is that large; None where it never is."""
        from scipy.optimize import brentq

        near = self.estimate
        reached = self._observed(near) >= root
        step = -self.step if reached else self.step
        far = near + step
        while (self._observed(far) >= root) == reached:
            near, step = far, 1.6 * step
            far += step
            if abs(far - self.estimate) > FARTHEST:
                return None
        return float(brentq(lambda x: self._observed(x) - root, near, far, xtol=1e-12 * abs(self.step)))

    def _along_the_staircase(self) -> float:
        target, gap = self._first
        start = None if target is None else self._place_of(target - gap)
        if start is None:
            return self._walk(self.estimate, self.step)
        return self._walk(start, FIRST_STRIDE * self.step)

    def _walk(self, start: float, stride: float) -> float:
        """From ``start`` towards the boundary in growing strides, then between the last two places.

        Only verdicts count, so that no height of a step of a staircase steers the search.
        """
        kept = self._judge(start).beyond > self.level
        if not kept:
            stride = -stride
        near, far = start, start + stride
        while (self._judge(far).beyond > self.level) == kept:
            near, stride = far, 1.6 * stride
            far += stride
            if abs(far - self.estimate) > FARTHEST:
                return float(np.copysign(np.inf, stride))
        while abs(far - near) > STAIRCASE_PRECISION * abs(self.step):
            middle = 0.5 * (near + far)
            if (self._judge(middle).beyond > self.level) == kept:
                near = middle
            else:
                far = middle
        return 0.5 * (near + far)
