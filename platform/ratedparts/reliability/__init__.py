"""Reliability statistics: life samples, fits, honest bounds, acceleration, few failures, capability.

Pure numpy and scipy: no clock, no file, no environment.  `docs/statistics.md` tells the methods.
"""

from .acceleration import (
    arrhenius,
    coffin_manson,
    exponential_voltage,
    inverse_power,
    peck,
    power_exponent,
    prokopowicz_vaskas,
    ten_degree_rule,
)
from .calibration import (
    calibrated_life_bound,
    calibrated_log_hazard_bound,
    calibrated_reliability_bound,
    calibrated_shape_bound,
    can_be_calibrated,
    mean_shape_ratio,
)
from .capability import (
    anderson_darling_normal,
    cp,
    cpk,
    cpk_from_percentiles,
    cpk_lower_bound,
    part_average_limits,
)
from .capability_intervals import (
    cp_interval,
    cpk_interval,
    one_sided_capability_lower_bound,
)
from .capability_study import (
    Capability,
    CapabilityStudy,
    capability_study,
)
from .caution import (
    Caution,
)
from .complete_lognormal import (
    CompleteLognormal,
    fit_complete_lognormal,
)
from .degradation import (
    PseudoLife,
    lognormal_of,
    pseudo_life,
    pseudo_lives,
)
from .demonstration_plans import (
    demonstration_time_factors,
    weibull_demonstration_size,
    weibull_demonstration_time,
)
from .equal_rates import (
    equal_rates_probability,
)
from .estimation_errors import (
    FitDidNotConverge,
    NoFiniteEstimate,
)
from .few_failures import (
    Termination,
    early_failure_probability,
    failure_rate_bound,
    poisson_bound,
    proportion_upper_bound,
    required_unit_hours,
    weibayes_life_bound,
    weibayes_scale_bound,
)
from .fits import (
    LifeDistribution,
    LifeStressFit,
    LikelihoodRatioTest,
    LotComparison,
    WeibullFit,
    arrhenius_covariates,
    common_spread_test,
    compare_lots,
    fit,
    fit_life_stress,
    fit_weibull,
    inverse_power_covariates,
    linearity_test,
    peck_covariates,
    prokopowicz_vaskas_covariates,
)
from .life_sample import (
    LifeSample,
)
from .lots.weibull_lots import (
    WeibullLots,
    fit_weibull_lots,
    fit_weibull_readout_lots,
)
from .mission_profile import (
    arrhenius_factors,
    average_failure_rate,
    durations_of,
    effective_acceleration,
    effective_temperature_c,
    equivalent_hours,
    profile_failure_probability,
)
from .noncentral_t import (
    tolerance_factor,
)
from .operating_characteristic import (
    OperatingCharacteristic,
)
from .proficiency import (
    Consensus,
    algorithm_a,
    difference,
    e_n_score,
    e_n_verdict,
    percent_difference,
    z_prime_score,
    z_score,
    z_verdict,
    zeta_score,
)
from .range_constants import (
    c4,
    d2,
    d3,
)
from .sampling import (
    SinglePlan,
    demonstrated_ltpd,
    iso2859_single_plan,
    ltpd_plan,
    ltpd_sample_size,
    success_run_plan,
    success_run_size,
)
from .subgroup_spread import (
    Spread,
    overall_spread,
    within_subgroup_spread,
)

__all__ = [
    "Capability",
    "CapabilityStudy",
    "Caution",
    "CompleteLognormal",
    "Consensus",
    "FitDidNotConverge",
    "LifeDistribution",
    "LifeSample",
    "LifeStressFit",
    "LikelihoodRatioTest",
    "LotComparison",
    "NoFiniteEstimate",
    "OperatingCharacteristic",
    "PseudoLife",
    "SinglePlan",
    "Spread",
    "Termination",
    "WeibullFit",
    "WeibullLots",
    "algorithm_a",
    "anderson_darling_normal",
    "arrhenius",
    "arrhenius_covariates",
    "arrhenius_factors",
    "average_failure_rate",
    "c4",
    "calibrated_life_bound",
    "calibrated_log_hazard_bound",
    "calibrated_reliability_bound",
    "calibrated_shape_bound",
    "can_be_calibrated",
    "capability_study",
    "coffin_manson",
    "common_spread_test",
    "compare_lots",
    "cp",
    "cp_interval",
    "cpk",
    "cpk_from_percentiles",
    "cpk_interval",
    "cpk_lower_bound",
    "d2",
    "d3",
    "demonstrated_ltpd",
    "demonstration_time_factors",
    "difference",
    "durations_of",
    "e_n_score",
    "e_n_verdict",
    "early_failure_probability",
    "effective_acceleration",
    "effective_temperature_c",
    "equal_rates_probability",
    "equivalent_hours",
    "exponential_voltage",
    "failure_rate_bound",
    "fit",
    "fit_complete_lognormal",
    "fit_life_stress",
    "fit_weibull",
    "fit_weibull_lots",
    "fit_weibull_readout_lots",
    "inverse_power",
    "inverse_power_covariates",
    "iso2859_single_plan",
    "linearity_test",
    "lognormal_of",
    "ltpd_plan",
    "ltpd_sample_size",
    "mean_shape_ratio",
    "one_sided_capability_lower_bound",
    "overall_spread",
    "part_average_limits",
    "peck",
    "peck_covariates",
    "percent_difference",
    "poisson_bound",
    "power_exponent",
    "profile_failure_probability",
    "prokopowicz_vaskas",
    "prokopowicz_vaskas_covariates",
    "proportion_upper_bound",
    "pseudo_life",
    "pseudo_lives",
    "required_unit_hours",
    "success_run_plan",
    "success_run_size",
    "ten_degree_rule",
    "tolerance_factor",
    "weibayes_life_bound",
    "weibayes_scale_bound",
    "weibull_demonstration_size",
    "weibull_demonstration_time",
    "within_subgroup_spread",
    "z_prime_score",
    "z_score",
    "z_verdict",
    "zeta_score",
]
