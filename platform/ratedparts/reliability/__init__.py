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
    sketched_life_bound,
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
from .competing_modes import (
    CompetingModes,
    fit_competing_modes,
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
from .first_failure import (
    FirstFailure,
    first_failure_test,
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
from .fits.limited_failure_population import (
    LimitedFailurePopulationFit,
    fit_limited_failure_population,
)
from .fits.threshold_weibull import (
    ThresholdWeibullFit,
    fit_threshold_weibull,
)
from .goodness_of_fit import (
    GoodnessOfFit,
    goodness_of_fit,
    minitab_anderson_darling,
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
from .plotting_positions import (
    PlottingPositions,
    plotting_positions,
)
from .population_cautions import (
    population_cautions,
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
from .rank_regression import (
    RankRegression,
    fit_weibull_by_ranks,
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
    "CompetingModes",
    "CompleteLognormal",
    "Consensus",
    "FirstFailure",
    "FitDidNotConverge",
    "GoodnessOfFit",
    "LifeDistribution",
    "LifeSample",
    "LifeStressFit",
    "LikelihoodRatioTest",
    "LimitedFailurePopulationFit",
    "LotComparison",
    "NoFiniteEstimate",
    "OperatingCharacteristic",
    "PlottingPositions",
    "PseudoLife",
    "RankRegression",
    "SinglePlan",
    "Spread",
    "Termination",
    "ThresholdWeibullFit",
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
    "first_failure_test",
    "fit",
    "fit_competing_modes",
    "fit_complete_lognormal",
    "fit_life_stress",
    "fit_limited_failure_population",
    "fit_threshold_weibull",
    "fit_weibull",
    "fit_weibull_by_ranks",
    "fit_weibull_lots",
    "fit_weibull_readout_lots",
    "goodness_of_fit",
    "inverse_power",
    "inverse_power_covariates",
    "iso2859_single_plan",
    "linearity_test",
    "lognormal_of",
    "ltpd_plan",
    "ltpd_sample_size",
    "mean_shape_ratio",
    "minitab_anderson_darling",
    "one_sided_capability_lower_bound",
    "overall_spread",
    "part_average_limits",
    "peck",
    "peck_covariates",
    "percent_difference",
    "plotting_positions",
    "poisson_bound",
    "population_cautions",
    "power_exponent",
    "profile_failure_probability",
    "prokopowicz_vaskas",
    "prokopowicz_vaskas_covariates",
    "proportion_upper_bound",
    "pseudo_life",
    "pseudo_lives",
    "required_unit_hours",
    "sketched_life_bound",
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
