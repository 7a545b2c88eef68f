"""Several modes of failure in one population: whichever comes first ends the life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ratedparts.errors import RatedPartsError

from .arguments import require_age, require_fraction
from .estimation_errors import NoFiniteEstimate
from .fits.one_population import fit_weibull
from .fits.weibull import WeibullFit
from .life_sample import LifeSample

NEGLIGIBLE = 1e-18  # share of a mode's hazard from which on its failures are counted


@dataclass(frozen=True, eq=False)
class CompetingModes:
    """A Weibull distribution for each mode of failure; made by `fit_competing_modes`.

    ``modes`` maps a mode to its fit, ``without_estimate`` a mode that has none to the code that says why.
    While there is one of those, `reliability`, `life` and the shares are those of the other modes alone, and
    the parts are no better than that.  The modes are taken as independent, which no such data can test.
    """

    modes: Mapping[str, WeibullFit]
    without_estimate: Mapping[str, str]

    def reliability(self, age: float) -> float:
        """The fraction that survives every mode that has an estimate up to ``age``."""
        return float(np.exp(-sum(self._hazards(age).values())))

    def life(self, fraction: float) -> float:
        """The age by which ``fraction`` has failed from any mode that has an estimate."""
        require_fraction(fraction)
        hazard = -float(np.log1p(-fraction))
        late = min(np.log(fit.life(fraction)) for fit in self.modes.values())
        if len(self.modes) == 1:
            return float(np.exp(late))
        # With an equal part of the hazard allowed to each mode, none has used up more than its own.
        part = float(np.log(hazard / len(self.modes)))
        early = min(fit.location + fit.spread * part for fit in self.modes.values())
        from scipy.optimize import brentq

        def excess(log_age: float) -> float:
            return float(np.log(sum(self._hazards(float(np.exp(log_age))).values()) / hazard))

        reach = 1e-9 * min(fit.spread for fit in self.modes.values())
        return float(np.exp(brentq(excess, early - reach, late + reach, xtol=1e-14, rtol=1e-14)))

    def failed(self, age: float) -> dict[str, float]:
        """The fraction of all units that has failed of each mode by ``age``; together ``1 - reliability``.

        A unit that fails of one mode can fail of no other: the fraction of a mode is the integral of its
        hazard rate times the survival of all modes, not its own distribution function.
        """
        end = float(np.log(self._positive(age)))
        return {mode: self._failed(mode, end) for mode in self.modes}

    def shares(self, age: float) -> dict[str, float]:
        """The share of each mode among the failures by ``age``; together one."""
        failed = self.failed(age)
        total = sum(failed.values())
        return {mode: part / total for mode, part in failed.items()}

    def _failed(self, mode: str, end: float) -> float:
        """``integral of h_mode exp(-sum H) dt`` in ln t, in which it falls off on both sides."""
        fit = self.modes[mode]
        # Beyond a hazard of fifty in any mode nobody is left.
        last = min(end, *(other.location + other.spread * np.log(50.0) for other in self.modes.values()))
        first = min(fit.location, last) + fit.spread * float(np.log(NEGLIGIBLE))
        others = list(self.modes.values())
        edges = [first, last]
        for other in others:
            turns = other.location + other.spread * np.linspace(-12.0, 4.0, 9)
            edges += [turn for turn in turns.tolist() if first < turn < last]
        nodes, weights = np.polynomial.legendre.leggauss(20)
        left, right = np.sort(edges)[:-1, None], np.sort(edges)[1:, None]
        x = 0.5 * (left + right) + 0.5 * (right - left) * nodes
        total = np.zeros_like(x)
        for other in others:
            total += np.exp((x - other.location) / other.spread)
        rate = np.exp((x - fit.location) / fit.spread) / fit.spread
        return float((0.5 * (right - left) * weights * rate * np.exp(-total)).sum())

    def _hazards(self, age: float) -> dict[str, float]:
        """Cumulative hazard of each mode."""
        log_age = np.log(self._positive(age))
        with np.errstate(over="ignore"):
            return {
                mode: float(np.exp((log_age - fit.location) / fit.spread)) for mode, fit in self.modes.items()
            }

    @staticmethod
    def _positive(age: float) -> float:
        require_age(age)
        return age


def fit_competing_modes(sample: LifeSample, modes: Sequence[str | None]) -> CompetingModes:
    """Fit each mode of failure with the failures of all other modes as suspensions.

    Parameters
    ----------
    sample : LifeSample
        Any censoring, one unit of time.
    modes : sequence of str or None, length n
        Of each row of the sample: what its units failed of; None where they did not fail.

    Raises
    ------
    NoFiniteEstimate
        ``no_failures``, or the code of the first mode where no mode at all has an estimate.
    RatedPartsError
        ``life_sample_shape``; ``mode_not_told`` of a failure without a mode, or a mode without a failure,
        with the position of the first.

    Notes
    -----
    A unit that failed of another mode between two readouts is known to have been free of this one up to the
    first of them, and is suspended there; what the rest of the interval would add needs both modes at once
    and is left out.  With exact times nothing is left out.

    References
    ----------
    Meeker & Escobar (1998), 15.4; Nelson, *Applied Life Data Analysis* (1982), chapter 5.  Checked against:
    the shock absorbers of Meeker & Escobar.
    """
    if len(modes) != sample.lower.size:
        raise RatedPartsError(
            "life_sample_shape", argument="modes", shape=(len(modes),), expected=sample.lower.shape
        )
    failed = np.isfinite(sample.upper)
    named = np.array([bool(mode) for mode in modes])
    if (named != failed).any():
        raise RatedPartsError("mode_not_told", position=int(np.flatnonzero(named != failed)[0]))
    if not failed.any():
        raise NoFiniteEstimate("no_failures", units=sample.units)
    fits, without = {}, {}
    refusal: NoFiniteEstimate | None = None
    for mode in dict.fromkeys(mode for mode in modes if mode):
        of_mode = np.array([other == mode for other in modes])
        try:
            fits[mode] = fit_weibull(
                LifeSample(sample.lower, np.where(of_mode, sample.upper, np.inf), sample.count)
            )
        except NoFiniteEstimate as error:
            without[mode] = error.code
            refusal = refusal or error
    if not fits and refusal is not None:
        raise refusal
    return CompetingModes(fits, without)
