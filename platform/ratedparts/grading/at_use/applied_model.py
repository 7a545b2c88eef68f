"""By which model the hours of a test are brought to a use, as a reader is told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..dossier import Part
from ..exposure import Exposure, LotOnTest
from ..stress import case_of
from .law import ANYWHERE


@dataclass(frozen=True)
class AppliedModel:
    """``parameters`` are the protocol's, but for those ``fitted``, which the evidence itself shows."""

    protocol: str
    model: str
    parameters: Mapping[str, float]
    fitted: tuple[str, ...]
    stress: Mapping[str, Any]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AppliedModel:
        return cls(**{**value, "fitted": tuple(value["fitted"])})


@dataclass(frozen=True)
class UsedModel:
    """A model at a use.

    ``factor`` is that of random failures, ``life_factor`` that of wear-out; over a mission both are harmonic
    means.  ``capped``: the protocol's maximum cut off what the model gave.
    """

    applied: AppliedModel
    factor: float
    life_factor: float
    factor_before_cap: float
    capped: bool


def applied_models(exposure: Exposure, part: Part) -> tuple[AppliedModel, ...]:
    return tuple(used.applied for used in used_models(exposure, part))


def used_models(exposure: Exposure, part: Part) -> tuple[UsedModel, ...]:
    """One for each test, not for each of its lots."""
    found = (_used(one, exposure, part) for one in exposure.lots)
    return tuple({repr(model): model for model in found if model is not None}.values())


def _used(one: LotOnTest, exposure: Exposure, part: Part) -> UsedModel | None:
    case = case_of(one.test, one.protocol, part, ANYWHERE)
    if case is None:
        return None
    parameters = {parameter.name: parameter.default for parameter in case.acceleration.parameters}
    fitted = exposure.fitted.fitted if exposure.fitted is not None else ()
    if exposure.fitted is not None:
        parameters |= {name: float(exposure.fitted.fit.coefficients[name]) for name in fitted}
    applied = AppliedModel(one.protocol.name, case.acceleration.model, parameters, fitted, dict(case.stress))
    return UsedModel(
        applied,
        one.factor.value,
        one.life_factor.value,
        one.factor.before_cap,
        one.factor.capped or one.life_factor.capped,
    )
