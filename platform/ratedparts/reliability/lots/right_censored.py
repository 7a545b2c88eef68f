"""Weibull likelihoods of many right-censored lots at once.

Lots are rows.  ``y`` is the log time, ``d`` how many units failed there and ``w`` how many were on test up to
there, failed or not; all of shape (lots, columns), zero weights padding short lots.  Log-likelihoods leave
out ``-sum ln t``, which no ratio needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arguments import Array
from ..life_sample import LifeSample
from .concave import Indices, maximise
from .maxima import LARGEST_EXPONENT, Maxima
from .ridge import Ridge

STEPS = 60
FLATTEST, STEEPEST = -14.0, 9.0  # ln of shape times span, where a likelihood has reached its limit


@dataclass(frozen=True)
class CensoredLots:
    y: Array
    d: Array
    w: Array

    @classmethod
    def of(cls, sample: LifeSample, centre: float) -> CensoredLots:
        """One lot: a sample of exact times and suspensions, its log times less ``centre``."""
        merged = sample.merged
        known = merged.lower > 0
        count = merged.count[known]
        failed = np.where(np.isinf(merged.upper[known]), 0.0, count)
        return cls((np.log(merged.lower[known]) - centre)[None, :], failed[None, :], count[None, :])

    @property
    def failures(self) -> Array:
        return np.asarray(self.d.sum(axis=1))

    @property
    def width(self) -> int:
        """Columns of one lot: what its likelihood costs."""
        return int(self.y.shape[1])

    def part(self, lots: slice) -> CensoredLots:
        """Some of the lots, without the columns that none of them uses at the end."""
        used = np.flatnonzero((self.w[lots] > 0).any(axis=0))
        columns = slice(0, int(used[-1]) + 1 if used.size else 1)
        return CensoredLots(self.y[lots, columns], self.d[lots, columns], self.w[lots, columns])

    def sample(self, lot: int) -> LifeSample:
        """One lot as a life sample, its times relative to one."""
        failed, suspended = self.d[lot] > 0, self.w[lot] > self.d[lot]
        y = np.exp(self.y[lot])
        return LifeSample(
            np.concatenate((y[failed], y[suspended])),
            np.concatenate((y[failed], np.full(suspended.sum(), np.inf))),
            np.concatenate((self.d[lot][failed], (self.w - self.d)[lot][suspended])),
        )

    def maxima(self, tolerance: float = 1e-12, start: float | None = None) -> Maxima:
        """Each lot's maximum, by Newton's method in ln shape on the profile equation, whose root is unique.

        Without failures the largest likelihood is one, at an infinite location; with all failures at the
        largest time it is infinite, at that time and spread zero.  ``start``: a shape to begin at.
        """
        r = self.failures
        failed = r > 0
        top = np.where(self.w > 0, self.y, -np.inf).max(axis=1)
        x = np.where(self.w > 0, self.y - top[:, None], 0.0)
        mean_failed = np.einsum("ij,ij->i", self.d, x) / np.where(failed, r, 1.0)
        inner = failed & (mean_failed < -1e-12)
        mean_failed = np.where(inner, mean_failed, -1.0)
        shape = -1.2 / mean_failed if start is None else np.full_like(mean_failed, start)
        scratch = np.empty_like(x)
        for _ in range(STEPS):
            np.multiply(x, shape[:, None], out=scratch)
            np.exp(scratch, out=scratch)
            scratch *= self.w
            total = scratch.sum(axis=1)
            scratch *= x
            mean = scratch.sum(axis=1) / total
            second = np.einsum("ij,ij->i", scratch, x) / total - mean * mean
            gap = mean - mean_failed - 1.0 / shape
            step = np.clip(-gap / ((second + 1.0 / shape**2) * shape), -1.5, 1.5)
            step[~inner] = 0.0
            shape *= np.exp(step)
            if np.abs(step).max(initial=0.0) < tolerance:
                break
        np.exp(np.multiply(x, shape[:, None], out=scratch), out=scratch)
        location = np.log(np.einsum("ij,ij->i", self.w, scratch) / np.where(failed, r, 1.0)) / shape
        value = r * (np.log(shape) + shape * (mean_failed - location) - 1.0)
        return Maxima(
            np.where(inner, location + top, np.where(failed, top, np.inf)),
            np.where(inner, 1.0 / shape, np.where(failed, 0.0, 1.0)),
            np.where(inner, value, np.where(failed, np.inf, 0.0)),
            inner,
        )

    def constrained_shape(
        self, q: float, k: float, tolerance: float = 1e-11, start: float | None = None
    ) -> Array:
        """Most likely shape of each lot among distributions with cumulative hazard ``exp(k)`` at ``q``.

        ``r ln b + b sum(d x) - exp(k) sum(w exp(b x))``, with ``x = y - q`` and ``b`` the shape, is concave
        in b: Newton's method in ln b, kept between limits at which nothing changes any more.
        """
        r = self.failures
        x = self.y - q
        sum_failed = np.einsum("ij,ij->i", self.d, x)
        hazard = np.exp(k)
        span = np.maximum(np.abs(np.where(self.w > 0, x, 0.0)).max(axis=1), 1e-12)
        low, high = FLATTEST - np.log(span), STEEPEST - np.log(span)
        begin = -np.log(span) if start is None else np.clip(np.log(start), low, high)

        def derivatives(which: Indices, log_b: Array) -> tuple[Array, Array]:
            all_of_them = which.size == r.size
            part, weight = (x, self.w) if all_of_them else (x[which], self.w[which])
            b = np.exp(log_b)
            weight = weight * part * np.exp(np.minimum(b[:, None] * part, LARGEST_EXPONENT))
            first = b * (sum_failed[which] - hazard * weight.sum(axis=1))
            second = b * b * hazard * np.einsum("ij,ij->i", weight, part)
            return r[which] + first, first - second

        return np.asarray(np.exp(maximise(derivatives, begin, low, high, tolerance)))

    def value_at(self, q: float, k: float, shape: Array) -> Array:
        """Log-likelihood of each lot at a cumulative hazard ``exp(k)`` at ``q`` and its ``shape``."""
        r, x, hazard = self.failures, self.y - q, np.exp(k)
        scratch = np.minimum(shape[:, None] * x, LARGEST_EXPONENT)
        total = np.einsum("ij,ij->i", self.w, np.exp(scratch, out=scratch))
        return np.asarray(r * (np.log(shape) + k) + shape * np.einsum("ij,ij->i", self.d, x) - hazard * total)

    def ridge(self, q: Array, shape: Array, k: float) -> Ridge:
        """Log-likelihood and derivatives in log life and ln shape; ``q`` and ``shape`` are (lots,)."""
        r = self.failures
        bx = shape[:, None] * (self.y - q[:, None])
        failed = np.einsum("ij,ij->i", self.d, bx)
        weight = np.minimum(bx + k, LARGEST_EXPONENT)
        np.exp(weight, out=weight)
        weight *= self.w
        total = weight.sum(axis=1)
        weight *= bx
        first = weight.sum(axis=1)
        second = np.einsum("ij,ij->i", weight, bx)
        return Ridge(
            r * (np.log(shape) + k) + failed - total,
            shape * (total - r),
            r + failed - first,
            -shape * shape * total,
            shape * (total + first - r),
            failed - first - second,
        )
