"""Linear systems of a curvature: positive definite or not a maximum."""

from __future__ import annotations

import numpy as np

from ..arguments import Array


def solve_positive(matrix: Array, right: Array) -> Array | None:
    """Solution of ``matrix @ x = right``; None where the matrix is not positive definite.

    One and two unknowns, which is nearly always, are written out: numpy's solvers cost ten times as much.
    """
    size = len(matrix)
    if size <= 2:
        first = float(matrix[0, 0])
        if size == 1:
            return right / first if first > 0 else None
        cross, last = float(matrix[0, 1]), float(matrix[1, 1])
        determinant = first * last - cross * cross
        if not (first > 0 and determinant > 1e-14 * first * last):
            return None
        adjoint = np.array([[last, -cross], [-cross, first]])
        return np.asarray(adjoint @ right / determinant)
    if not np.isfinite(matrix).all():
        return None
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return None
    return np.asarray(np.linalg.solve(matrix, right))
