"""Bounds that cover what they say: statistics judged by their own distribution, exact or simulated."""

from .bounds import (
    calibrated_life_bound,
    calibrated_log_hazard_bound,
    calibrated_reliability_bound,
    calibrated_shape_bound,
    mean_shape_ratio,
    sketched_life_bound,
)
from .designs import can_be_calibrated

__all__ = [
    "calibrated_life_bound",
    "calibrated_log_hazard_bound",
    "calibrated_reliability_bound",
    "calibrated_shape_bound",
    "can_be_calibrated",
    "mean_shape_ratio",
    "sketched_life_bound",
]
