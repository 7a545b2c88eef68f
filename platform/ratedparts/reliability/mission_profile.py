"""A life under changing stress, by linear cumulative exposure.

What a phase uses up is its duration over the life under its stress; the phases add up whatever their order
(Nelson, *Accelerated Testing*, 1990, ch. 10; Miner 1945; ISO 16750-4 and AEC-Q100 appendix 7 for the form of
temperature profiles).  A profile is one array of durations and one of what holds in each phase, both of
shape ``(n,)``; all durations in one unit of time, zero or more and not all zero.
"""

from __future__ import annotations

import numpy as np

from ratedparts.errors import RatedPartsError

from .acceleration import BOLTZMANN_EV_PER_K, ZERO_CELSIUS_K, arrhenius
from .arguments import Array, ArrayLike, require_finite, require_positive, require_shape, vector


def durations_of(fractions: ArrayLike, total: float) -> Array:
    """Durations of phases that are given as fractions of a total, in the unit of ``total``.

    Raises
    ------
    RatedPartsError
        ``profile_fractions`` unless they add up to one within 1e-9: a forgotten phase makes a part look
        better than it is.  ``profile_not_usable`` or ``number_not_positive``.
    """
    require_positive(total)
    shares = _durations(fractions)
    if abs(float(shares.sum()) - 1.0) > 1e-9:
        raise RatedPartsError("profile_fractions", given=float(shares.sum()))
    return shares * total


def arrhenius_factors(activation_energy_ev: float, *, phases_c: ArrayLike, reference_c: float) -> Array:
    """Life in each phase over life at the reference temperature, shape ``(n,)``; degrees Celsius."""
    temperatures = vector("phases_c", phases_c)
    factors = [arrhenius(activation_energy_ev, use_c=float(t), stress_c=reference_c) for t in temperatures]
    return np.array(factors, dtype=float)


def equivalent_hours(durations: ArrayLike, factors: ArrayLike) -> float:
    """Time at the reference stress that uses up as much life as the profile: ``Σ t_i / AF_i``.

    Parameters
    ----------
    durations : array_like, shape (n,)
        Of the phases.
    factors : array_like, shape (n,)
        Life in the phase over life at the reference, as the functions of ``acceleration`` give it with the
        phase as use and the reference as stress: above one where the reference (the test) is harder.

    Returns
    -------
    float
        In the unit of ``durations``.

    Raises
    ------
    RatedPartsError
        ``profile_not_usable``, ``not_finite`` or ``life_sample_shape``.
    """
    lengths, lives = _profile(durations, "factors", factors)
    return float((lengths / lives).sum())


def effective_acceleration(durations: ArrayLike, factors: ArrayLike) -> float:
    """One factor for the whole profile: its duration over its equivalent hours (a harmonic mean)."""
    return float(vector("durations", durations).sum()) / equivalent_hours(durations, factors)


def effective_temperature_c(
    activation_energy_ev: float, *, durations: ArrayLike, phases_c: ArrayLike
) -> float:
    """The constant temperature that uses up as much life as the profile, degrees Celsius.

    ``1 / T = -(k / Ea) ln(Σ f_i exp(-Ea / (k T_i)))`` with ``f_i`` the shares of time and temperatures
    absolute: the reference temperature of a test drops out.

    Raises
    ------
    RatedPartsError
        ``number_not_positive`` for the activation energy, ``temperature_below_absolute_zero``,
        ``profile_not_usable``, ``not_finite`` or ``life_sample_shape``.
    """
    require_positive(activation_energy_ev)
    celsius = vector("phases_c", phases_c)
    kelvin = celsius + ZERO_CELSIUS_K
    if (kelvin <= 0).any():
        raise RatedPartsError("temperature_below_absolute_zero", given=float(celsius[kelvin <= 0][0]))
    lengths, kelvin = _profile(durations, "phases_c", kelvin)
    # Relative to the hottest phase no exponential underflows.
    hottest = float(kelvin[lengths > 0].max())
    scale = activation_energy_ev / BOLTZMANN_EV_PER_K
    share = float((lengths * np.exp(scale * (1.0 / hottest - 1.0 / kelvin)))[lengths > 0].sum()) / float(
        lengths.sum()
    )
    return 1.0 / (1.0 / hottest - float(np.log(share)) / scale) - ZERO_CELSIUS_K


def profile_failure_probability(durations: ArrayLike, scales: ArrayLike, shape: float) -> float:
    """Weibull probability of failure by the end of the profile: ``1 - exp(-(Σ t_i / η_i) ** shape)``.

    ``scales`` holds the Weibull scale under the stress of each phase, shape ``(n,)``, in the unit of
    ``durations``; the shape is common to all stresses, as the model demands.

    Raises
    ------
    RatedPartsError
        ``shape_not_positive``, ``profile_not_usable``, ``not_finite`` or ``life_sample_shape``.
    """
    require_shape(shape)
    lengths, lives = _profile(durations, "scales", scales)
    # A profile far beyond every life fails with certainty; its power may overflow on the way.
    with np.errstate(over="ignore"):
        return float(-np.expm1(-np.power((lengths / lives).sum(), shape)))


def average_failure_rate(durations: ArrayLike, rates: ArrayLike) -> float:
    """Mean rate over the profile of a part whose rate is constant within each phase: ``Σ t_i λ_i / Σ t_i``.

    ``rates`` per unit of ``durations``, zero or more, shape ``(n,)``; zero where a phase does no harm.
    """
    lengths = _durations(durations)
    each = vector("rates", rates)
    if each.shape != lengths.shape or (each < 0).any():
        raise RatedPartsError("profile_not_usable", argument="rates")
    return float(lengths @ each / lengths.sum())


def _durations(durations: ArrayLike) -> Array:
    lengths = vector("durations", durations)
    if (lengths < 0).any() or not lengths.sum() > 0:
        raise RatedPartsError("profile_not_usable", argument="durations")
    require_finite(float(lengths.sum()))
    return lengths


def _profile(durations: ArrayLike, argument: str, values: ArrayLike) -> tuple[Array, Array]:
    lengths, each = _durations(durations), vector(argument, values)
    if each.shape != lengths.shape or (each <= 0).any():
        raise RatedPartsError("profile_not_usable", argument=argument)
    return lengths, each
