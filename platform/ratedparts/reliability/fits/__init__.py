"""Maximum likelihood: one population or a life-stress relation, any censoring, Wald and profile bounds."""

from .comparisons import LotComparison, common_spread_test, compare_lots, linearity_test
from .life_distribution import LifeDistribution
from .life_stress import LifeStressFit, fit_life_stress
from .likelihood_ratio_test import LikelihoodRatioTest
from .one_population import fit, fit_weibull
from .stress_covariates import (
    arrhenius_covariates,
    inverse_power_covariates,
    peck_covariates,
    prokopowicz_vaskas_covariates,
)
from .weibull import WeibullFit

__all__ = [
    "LifeDistribution",
    "LifeStressFit",
    "LikelihoodRatioTest",
    "LotComparison",
    "WeibullFit",
    "arrhenius_covariates",
    "common_spread_test",
    "compare_lots",
    "fit",
    "fit_life_stress",
    "fit_weibull",
    "inverse_power_covariates",
    "linearity_test",
    "peck_covariates",
    "prokopowicz_vaskas_covariates",
]
