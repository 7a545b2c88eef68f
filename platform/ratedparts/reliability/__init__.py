"""Reliability statistics: life samples, Weibull fits, honest bounds, acceleration, few failures, capability.

Pure numpy and scipy: no clock, no file, no environment.  `docs/statistics.md` tells the methods.
"""

from .acceleration import (
    arrhenius,
    coffin_manson,
    exponential_voltage,
    inverse_power,
    peck,
    prokopowicz_vaskas,
    ten_degree_rule,
)
from .calibrated import can_be_calibrated
from .capability import (
    anderson_darling_normal,
    cpk,
    cpk_from_percentiles,
    cpk_lower_bound,
    part_average_limits,
)
from .equal_rates import equal_rates_probability
from .estimation_errors import FitDidNotConverge, NoFiniteEstimate
from .few_failures import (
    early_failure_probability,
    failure_rate_bound,
    poisson_bound,
    proportion_upper_bound,
    required_unit_hours,
    weibayes_life_bound,
    weibayes_scale_bound,
)
from .life_sample import LifeSample
from .sampling import (
    SinglePlan,
    demonstrated_ltpd,
    iso2859_single_plan,
    ltpd_sample_size,
    success_run_size,
)
from .weibull import WeibullFit
from .weibull_fit import fit_weibull

__all__ = [
    "FitDidNotConverge",
    "LifeSample",
    "NoFiniteEstimate",
    "SinglePlan",
    "WeibullFit",
    "anderson_darling_normal",
    "arrhenius",
    "can_be_calibrated",
    "coffin_manson",
    "cpk",
    "cpk_from_percentiles",
    "cpk_lower_bound",
    "demonstrated_ltpd",
    "early_failure_probability",
    "equal_rates_probability",
    "exponential_voltage",
    "failure_rate_bound",
    "fit_weibull",
    "inverse_power",
    "iso2859_single_plan",
    "ltpd_sample_size",
    "part_average_limits",
    "peck",
    "poisson_bound",
    "prokopowicz_vaskas",
    "proportion_upper_bound",
    "required_unit_hours",
    "success_run_size",
    "ten_degree_rule",
    "weibayes_life_bound",
    "weibayes_scale_bound",
]
