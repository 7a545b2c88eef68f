"""Attribute sampling: lot tolerance plans, success runs and the ISO 2859-1 single plans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from ratedparts.errors import RatedPartsError

from ..arguments import require_confidence, require_count, require_fraction
from ..few_failures import proportion_upper_bound
from .operating_characteristic import OperatingCharacteristic


@dataclass(frozen=True)
class SinglePlan:
    """Inspect ``units``; accept the lot with at most ``accept`` nonconforming."""

    code_letter: str
    units: int
    accept: int

    @property
    def reject(self) -> int:
        return self.accept + 1

    def acceptance_probability(self, fraction: float) -> float:
        """Chance that a lot with that nonconforming fraction is accepted."""
        return float(bdtr(self.accept, self.units, fraction))

    @property
    def operating_characteristic(self) -> OperatingCharacteristic:
        """The whole curve, of the process that the lots come from."""
        return OperatingCharacteristic(self.units, self.accept)


def ltpd_sample_size(fraction: float, accept: int = 0, confidence: float = 0.90) -> int:
    """Units that show a failing fraction of at most ``fraction``, with ``accept`` failures allowed."""
    require_fraction(fraction)
    require_count("accept", accept)
    require_confidence(confidence)
    risk = 1.0 - confidence
    # The Poisson size is never too small by more than a few units; walk to the exact one.
    low, high = accept + 1, accept + 2
    while bdtr(accept, high, fraction) > risk * (1.0 + 1e-12):
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if bdtr(accept, middle, fraction) > risk * (1.0 + 1e-12):
            low = middle + 1
        else:
            high = middle
    return low


def ltpd_plan(fraction: float, accept: int = 0, confidence: float = 0.90) -> OperatingCharacteristic:
    """The operating characteristic of the smallest plan that shows ``fraction``; see ``ltpd_sample_size``."""
    return OperatingCharacteristic(ltpd_sample_size(fraction, accept, confidence), accept)


def demonstrated_ltpd(failures: int, units: int, confidence: float = 0.90) -> float:
    """The failing fraction that a sample excludes: the Clopper-Pearson upper bound."""
    return proportion_upper_bound(failures, units, confidence)


LETTERS = "ABCDEFGHJKLMNPQR"
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
LIMITS = (0.010, 0.015, 0.025, 0.040, 0.065, 0.10, 0.15, 0.25, 0.40, 0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10.0)
# ISO 2859-1 table 1: the largest lot of each row, and its letters under the seven inspection levels.
CODE_LETTERS = (
    (8, "AAAAAAB"),
    (15, "AAAAABC"),
    (25, "AABBBCD"),
    (50, "ABBCCDE"),
    (90, "BBCCCEF"),
    (150, "BBCDDFG"),
    (280, "BCDEEGH"),
    (500, "BCDEFHJ"),
    (1_200, "CCEFGJK"),
    (3_200, "CDEGHKL"),
    (10_000, "CDFGJLM"),
    (35_000, "CDFHKMN"),
    (150_000, "DEGJLNP"),
    (500_000, "DEGJMPQ"),
    (None, "DEHKNQR"),
)
ACCEPTANCE = {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21}


def iso2859_single_plan(lot_size: int, level: str, aql_percent: float) -> SinglePlan:
    """The single plan of normal inspection (ISO 2859-1 tables 1 and 2-A, GB/T 2828.1).

    Table 2-A is a diagonal: letter and limit together decide.  An arrow moves to another letter *and takes
    that letter's sample size*.  A sample as large as the lot means 100 % inspection: ``units`` is the lot.

    Raises
    ------
    RatedPartsError
        ``lot_size_too_small``, ``unknown_inspection_level`` or ``unknown_acceptance_quality_limit``.
    """
    if lot_size < 2:
        raise RatedPartsError("lot_size_too_small", given=lot_size, needed=2)
    if level not in LEVELS:
        raise RatedPartsError("unknown_inspection_level", given=level, known=LEVELS)
    if aql_percent not in LIMITS:
        raise RatedPartsError("unknown_acceptance_quality_limit", given=aql_percent, known=LIMITS)
    row = next(letters for largest, letters in CODE_LETTERS if largest is None or lot_size <= largest)
    letter = LETTERS.index(row[LEVELS.index(level)])
    limit = LIMITS.index(aql_percent)
    while letter + limit not in ACCEPTANCE:
        diagonal = letter + limit
        letter += 1 if diagonal < 14 or diagonal == 16 else -1
    accept = ACCEPTANCE[letter + limit]
    return SinglePlan(LETTERS[letter], min(SIZES[letter], lot_size), accept)


def success_run_size(reliability: float, confidence: float) -> int:
    """Units without a failure that demonstrate ``reliability``: ``ceil(ln(1 - C) / ln R)``."""
    require_fraction(reliability)
    require_confidence(confidence)
    return int(np.ceil(np.log1p(-confidence) / np.log(reliability) - 1e-9))


def success_run_plan(reliability: float, confidence: float) -> OperatingCharacteristic:
    """The operating characteristic of a success run: how likely a good part passes it, and a bad one."""
    return OperatingCharacteristic(success_run_size(reliability, confidence), 0)
