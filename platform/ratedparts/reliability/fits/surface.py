"""The log-likelihood as a function of everything that a bound may fix, free or follow.

Parameters, in this order::

    q      log life at the reference point, on the centred scale
    k      standardised log life there: F(q) = F0(k)
    slopes one per covariate
    s      ln spread

with ``z = (y - q - X slopes) / spread + k`` and X the covariates less the reference point.  A fit holds
``k = 0``, so q is the location; the bound of a quantile holds k and asks for q; the bound of a reliability
holds q and asks for k.  One set of derivatives serves all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arguments import Array
from ..inner_product import inner
from .families import Family
from .log_lives import LogLives, contributions

Q, K, FIRST_SLOPE, S = 0, 1, 2, -1


@dataclass(frozen=True)
class Surface:
    """``covariates`` (rows of ``lives``, m), less the reference point; m may be zero."""

    family: Family
    lives: LogLives
    covariates: Array

    @classmethod
    def of_one_population(cls, family: Family, lives: LogLives) -> Surface:
        return cls(family, lives, np.empty((lives.y.size, 0)))

    @property
    def size(self) -> int:
        return int(self.covariates.shape[1]) + 3

    def value(self, theta: Array) -> float:
        """The log-likelihood of ln T less its centre; ``-inf`` or nan far outside."""
        lives, spread = self.lives, np.exp(theta[S])
        z = (self._residuals(theta)) / spread + theta[K]
        total = contributions(self.family, lives, z, lives.width / spread)[0]
        return total - lives.exact_failures * float(theta[S])

    def derivatives(self, theta: Array) -> tuple[float, Array, Array]:
        """Value, gradient (size,) and Hessian (size, size) at ``theta``."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self._derivatives(theta)

    def _derivatives(self, theta: Array) -> tuple[float, Array, Array]:
        lives = self.lives
        spread = float(np.exp(theta[S]))
        x = self._residuals(theta) / spread
        h = lives.width / spread
        value, fz, fzz, widths = contributions(self.family, lives, x + theta[K], h)
        # What z does when q, k and the slopes move is linear in (1, X); ln spread adds -x.
        bent = fzz * x
        slope, curve, mixed = float(fz.sum()), float(fzz.sum()), float(bent.sum())
        stretch = inner(fz, x)
        stretched = inner(bent, x) + stretch
        if widths is not None:
            wh, wzh, whh = widths
            within = x[lives.ends[2] :]
            crossed = wzh * h
            mixed += float(crossed.sum())
            stretch += float(wh @ h)
            stretched += 2.0 * float(crossed @ within) + float(whh @ (h * h)) + float(wh @ h)
        n = self.size
        gradient, hessian = np.empty(n), np.empty((n, n))
        gradient[Q], gradient[K] = -slope / spread, slope
        gradient[S] = -stretch - lives.exact_failures
        hessian[Q, Q], hessian[Q, K], hessian[K, K] = curve / spread**2, -curve / spread, curve
        hessian[Q, S], hessian[K, S], hessian[S, S] = (mixed + slope) / spread, -mixed, stretched
        if n > 3:
            self._with_covariates(gradient, hessian, spread, fz, fzz, bent, widths, h)
        for row in range(1, n):
            hessian[row, :row] = hessian[:row, row]
        return value - lives.exact_failures * float(theta[S]), gradient, hessian

    def _residuals(self, theta: Array) -> Array:
        lives = self.lives
        if self.covariates.shape[1] == 0:
            return np.asarray(lives.y - theta[Q])
        return np.asarray(lives.y - theta[Q] - self.covariates @ theta[FIRST_SLOPE:S])

    def _with_covariates(
        self,
        gradient: Array,
        hessian: Array,
        spread: float,
        fz: Array,
        fzz: Array,
        bent: Array,
        widths: tuple[Array, Array, Array] | None,
        h: Array,
    ) -> None:
        covariates = self.covariates
        slopes = slice(FIRST_SLOPE, S)
        towards_spread = bent + fz
        if widths is not None:
            towards_spread[self.lives.ends[2] :] += widths[1] * h
        gradient[slopes] = -(fz @ covariates) / spread
        level = fzz @ covariates
        hessian[Q, slopes], hessian[K, slopes] = level / spread**2, -level / spread
        hessian[slopes, slopes] = covariates.T @ (fzz[:, None] * covariates) / spread**2
        hessian[slopes, S] = (towards_spread @ covariates) / spread
