"""Maximum likelihood: one population or a life-stress relation, any censoring, Wald and profile bounds."""

from .life_distribution import LifeDistribution
from .one_population import fit, fit_weibull
from .weibull import WeibullFit

__all__ = ["LifeDistribution", "WeibullFit", "fit", "fit_weibull"]
