"""Standard smallest-extreme-value samples, smallest first, only as many of each as are asked for."""

from __future__ import annotations

import numpy as np

from ..arguments import Array


class OrderStatistics:
    """``ln`` of unit exponential order statistics: (draws, columns), column by column.

    The gaps between exponential order statistics are independent exponentials (Rényi 1953), so the first few
    failures of a large lot cost no more than those of a small one.
    """

    def __init__(self, draws: int, units: int, seed: int) -> None:
        self.units = units
        self._random = np.random.default_rng(seed)
        self._sum = np.zeros(draws)
        self._columns = np.empty((draws, 0))

    def first(self, columns: int) -> Array:
        """The first ``columns`` of each draw; the same numbers however they are asked for."""
        have = self._columns.shape[1]
        wanted = min(columns, self.units)
        if wanted > have:
            more = np.empty((len(self._sum), wanted - have))
            for column in range(have, wanted):
                gap = -np.log1p(-self._random.random(len(self._sum)))
                self._sum += gap / (self.units - column)
                more[:, column - have] = self._sum
            self._columns = np.hstack((self._columns, np.log(more)))
        return self._columns[:, :wanted]

    def below(self, limit: float) -> Array:
        """Columns enough that every draw's next order statistic is at or above ``limit``."""
        columns = max(self._columns.shape[1], min(8, self.units))
        while True:
            drawn = self.first(columns)
            if drawn.shape[1] == self.units or drawn[:, -1].min() >= limit:
                break
            columns = columns + max(4, columns // 4)
        used = int((drawn < limit).sum(axis=1).max(initial=0))
        return drawn[:, : max(used, 1)]
