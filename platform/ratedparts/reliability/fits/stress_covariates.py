"""Stresses as the covariates of ln life in which the usual acceleration laws are straight lines.

Each function takes stresses in the units that people write, as numbers or arrays, and gives a mapping from
the covariate's name to its values: the same call serves the units of a test and the use condition.
"""

from __future__ import annotations

import numpy as np

from ratedparts.errors import RatedPartsError

from ..acceleration import BOLTZMANN_EV_PER_K, ZERO_CELSIUS_K
from ..arguments import Array, ArrayLike

Covariates = dict[str, Array]


def arrhenius_covariates(celsius: ArrayLike) -> Covariates:
    """``inverse_kt`` = 1 / (k T) in 1/eV: its coefficient is the activation energy in electronvolts."""
    kelvin = np.asarray(celsius, dtype=float) + ZERO_CELSIUS_K
    if not (np.isfinite(kelvin) & (kelvin > 0)).all():
        raise RatedPartsError("temperature_below_absolute_zero", given=float(np.min(kelvin) - ZERO_CELSIUS_K))
    return {"inverse_kt": np.asarray(1.0 / (BOLTZMANN_EV_PER_K * kelvin))}


def inverse_power_covariates(stress: ArrayLike) -> Covariates:
    """``ln_stress``: its coefficient is minus the exponent of the inverse power law."""
    return {"ln_stress": _logarithm("stress", stress)}


def prokopowicz_vaskas_covariates(voltage: ArrayLike, celsius: ArrayLike) -> Covariates:
    """``ln_voltage`` and ``inverse_kt`` (Prokopowicz & Vaskas 1969, ceramic capacitors)."""
    return {"ln_voltage": _logarithm("voltage", voltage), **arrhenius_covariates(celsius)}


def peck_covariates(relative_humidity: ArrayLike, celsius: ArrayLike) -> Covariates:
    """``ln_humidity`` (percent) and ``inverse_kt`` (Peck 1986)."""
    return {
        "ln_humidity": _logarithm("relative_humidity", relative_humidity),
        **arrhenius_covariates(celsius),
    }


def _logarithm(argument: str, stress: ArrayLike) -> Array:
    values = np.asarray(stress, dtype=float)
    if not (np.isfinite(values) & (values > 0)).all():
        raise RatedPartsError("stress_not_positive", argument=argument, given=float(np.min(values)))
    return np.asarray(np.log(values))
