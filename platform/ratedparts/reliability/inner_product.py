"""The inner product of two vectors, on one thread."""

from __future__ import annotations

import numpy as np

from .arguments import Array

BLAS_STAYS_SINGLE = 8192


def inner(a: Array, b: Array) -> float:
    """``sum(a * b)``.

    Beyond ten thousand numbers BLAS splits the sum among as many threads as the machine has: the last digits
    would then depend on the machine, and on a busy one the threads wait for each other far longer than they
    work.
    """
    return float(a @ b) if a.size < BLAS_STAYS_SINGLE else float(np.einsum("i,i->", a, b))
