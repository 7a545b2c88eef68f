"""Acceleration factors: by how much a stress shortens life against a use condition.

Each function returns life at use over life at stress, dimensionless; above one where the stress is the
harder.  Temperatures in degrees Celsius, activation energies in electronvolts.
"""

from __future__ import annotations

import numpy as np

from ratedparts.errors import RatedPartsError

BOLTZMANN_EV_PER_K = 8.617333262e-5  # CODATA 2018, exact by definition of the SI
ZERO_CELSIUS_K = 273.15


def arrhenius(activation_energy_ev: float, *, use_c: float, stress_c: float) -> float:
    """``exp(Ea / k (1 / T_use - 1 / T_stress))``, temperatures absolute (JESD85)."""
    use_k, stress_k = _kelvin(use_c), _kelvin(stress_c)
    return float(np.exp(activation_energy_ev / BOLTZMANN_EV_PER_K * (1.0 / use_k - 1.0 / stress_k)))


def inverse_power(exponent: float, *, use: float, stress: float) -> float:
    """``(stress / use) ** exponent`` for any positive stress in one unit."""
    _require_positive(use=use, stress=stress)
    return float((stress / use) ** exponent)


def power_exponent(factor: float, *, use: float, stress: float) -> float:
    """The exponent of the inverse power law that a stated acceleration factor implies.

    Specifications state ratios ("8 : 1 at twice the rated voltage", MIL-PRF-55681), models want exponents.
    """
    _require_positive(factor=factor, use=use, stress=stress)
    if use == stress:
        raise RatedPartsError("stresses_are_equal", given=stress)
    return float(np.log(factor) / np.log(stress / use))


def prokopowicz_vaskas(
    voltage_exponent: float,
    activation_energy_ev: float,
    *,
    use_voltage: float,
    stress_voltage: float,
    use_c: float,
    stress_c: float,
) -> float:
    """Voltage power law times Arrhenius, for ceramic capacitors (Prokopowicz & Vaskas 1969)."""
    return inverse_power(voltage_exponent, use=use_voltage, stress=stress_voltage) * arrhenius(
        activation_energy_ev, use_c=use_c, stress_c=stress_c
    )


def peck(
    humidity_exponent: float,
    activation_energy_ev: float,
    *,
    use_rh: float,
    stress_rh: float,
    use_c: float,
    stress_c: float,
) -> float:
    """Relative-humidity power law (percent) times Arrhenius (Peck 1986)."""
    return inverse_power(humidity_exponent, use=use_rh, stress=stress_rh) * arrhenius(
        activation_energy_ev, use_c=use_c, stress_c=stress_c
    )


def coffin_manson(exponent: float, *, use_swing_k: float, stress_swing_k: float) -> float:
    """Power law in the temperature swing, for fatigue (Coffin 1954, Manson 1953)."""
    return inverse_power(exponent, use=use_swing_k, stress=stress_swing_k)


def ten_degree_rule(doubling_k: float, *, use_c: float, stress_c: float) -> float:
    """Life doubles for every ``doubling_k`` of cooling, as aluminium electrolytic makers state it."""
    _require_positive(doubling_k=doubling_k)
    return float(2.0 ** ((stress_c - use_c) / doubling_k))


def exponential_voltage(rate: float, *, use_ratio: float, stress_ratio: float) -> float:
    """``exp(rate (stress - use))`` in the voltage ratio, for tantalum capacitors (MIL-PRF-55365)."""
    return float(np.exp(rate * (stress_ratio - use_ratio)))


def _kelvin(temperature_c: float) -> float:
    kelvin = temperature_c + ZERO_CELSIUS_K
    if not (np.isfinite(kelvin) and kelvin > 0):
        raise RatedPartsError("temperature_below_absolute_zero", given=temperature_c)
    return kelvin


def _require_positive(**values: float) -> None:
    for name, value in values.items():
        if not (np.isfinite(value) and value > 0):
            raise RatedPartsError("stress_not_positive", argument=name, given=value)
