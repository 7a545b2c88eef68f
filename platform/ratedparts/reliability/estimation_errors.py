"""What a fit says when it has no number to give."""

from __future__ import annotations

from typing import Any

from ratedparts.errors import RatedPartsError


class NoFiniteEstimate(RatedPartsError):
    """The likelihood has no finite maximum.

    ``code`` says why: ``no_failures``, ``failures_share_one_instant`` or ``failures_do_not_rise_with_age``;
    ``parameters["instead"]`` names the bound, or the simpler fit, that does exist.
    """

    def __init__(self, code: str, *, instead: str = "weibayes_scale_bound", **parameters: Any) -> None:
        super().__init__(code, instead=instead, **parameters)


class FitDidNotConverge(RatedPartsError):
    """The optimiser stopped before it reached the maximum; ``best`` is the best point found."""

    def __init__(self, best: tuple[float, ...]) -> None:
        super().__init__("fit_did_not_converge", best=best)
        self.best = best
