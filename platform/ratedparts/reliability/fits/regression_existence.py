"""Whether the likelihood of a life-stress relation has a finite maximum.

With ``z = b ln t - g x`` (b the inverse of the spread, g the coefficients times b) the log-likelihood is
concave, so it has no finite maximum exactly when it keeps rising, or stays level, along some direction: one
in which no exact failure's z changes, no suspension's rises, no left-censored unit's falls and no interval's
ends cross zero.  That is a question for a linear programme (compare Albert & Anderson 1984 on separation in
logistic regression).
"""

from __future__ import annotations

import numpy as np

from ..arguments import Array
from ..estimation_errors import NoFiniteEstimate
from .log_lives import LogLives

TOLERANCE = 1e-7


def require_finite_relation(lives: LogLives, covariates: Array) -> None:
    """Raise `NoFiniteEstimate` where coefficients or spread of the relation run away.

    ``covariates`` (rows of ``lives``, m), on a scale near one.  Codes: ``failures_lie_on_one_line`` (the
    spread shrinks to nothing), ``covariates_separate_failures`` (a coefficient grows without end).
    """
    from scipy.optimize import linprog

    exact, suspended, left = lives.ends
    start = np.column_stack((-covariates, -np.ones(lives.y.size), lives.y))
    end = start[left:].copy()
    end[:, -1] += lives.width
    equal = np.unique(start[:exact], axis=0)
    # Rows that may not rise: suspensions, starts of intervals; that may not fall: left-censored, ends.
    below = np.unique(np.vstack((start[exact:suspended], start[left:], -start[suspended:left], -end)), axis=0)
    size = start.shape[1]
    box = [(-1.0, 1.0)] * (size - 1)

    def farthest(objective: Array, steepness: tuple[float, float]) -> float:
        found = linprog(
            -objective,
            A_ub=below if below.size else None,
            b_ub=np.zeros(len(below)) if below.size else None,
            A_eq=equal if equal.size else None,
            b_eq=np.zeros(len(equal)) if equal.size else None,
            bounds=[*box, steepness],
        )
        return float(-found.fun) if found.success else 0.0

    only_spread = np.zeros(size)
    only_spread[-1] = 1.0
    if farthest(only_spread, (0.0, 1.0)) > TOLERANCE:
        raise NoFiniteEstimate("failures_lie_on_one_line")
    slack = -below.sum(axis=0) if below.size else np.zeros(size)
    if farthest(slack, (0.0, 0.0)) > TOLERANCE:
        raise NoFiniteEstimate("covariates_separate_failures")
