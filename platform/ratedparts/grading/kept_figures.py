"""Figures as text, to be kept and read again exactly: a double is written with all the digits it needs.

Bounds that exclude nothing are written as ``Infinity``, so this is no text for strangers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from .decision import Reason
from .dossier import Conformity
from .figures import (
    EnvironmentFigures,
    Figures,
    FlagFigures,
    LifeFigures,
    MaintainedFigures,
    OwnRateFigures,
    ParameterFigures,
    PeriodFigures,
    PlanFlag,
    QualityFigures,
    RateFigures,
    RunFigures,
    ShownParameter,
)


def figures_text(figures: Figures) -> str:
    return json.dumps(_row(figures), separators=(",", ":"), ensure_ascii=False)


def figures_of(text: str) -> Figures:
    """The figures that `figures_text` wrote."""
    row = json.loads(text)
    group, use, design_life, on, protocols, reliability, life, quality, flags = row[:9]
    weakest, refused_as, refused, lots, printed, ends_on = row[9:]
    return Figures(
        group,
        use,
        design_life,
        date.fromisoformat(on),
        tuple(protocols),
        _rates(reliability) if len(reliability) > RUN_FIELDS else RunFigures(*reliability),
        None if life is None else LifeFigures(*life),
        _quality(quality),
        FlagFigures(flags[0], tuple(PlanFlag(*one) for one in flags[1]), _reasons(flags[2])),
        weakest,
        refused_as,
        _reasons(refused),
        _reasons(lots),
        printed,
        None if ends_on is None else date.fromisoformat(ends_on),
    )


RUN_FIELDS = len(fields(RunFigures))


def _row(value: Any) -> Any:
    """A dataclass by its values alone, in order: names would be most of the text."""
    if is_dataclass(value):
        return [_row(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        if any(isinstance(key, float) for key in value):  # JSON has no numbers for keys
            return [[key, _row(one)] for key, one in value.items()]
        return {key: _row(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_row(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _reasons(rows: Iterable[Any]) -> tuple[Reason, ...]:
    return tuple(Reason._make(row) for row in rows)


def _rates(row: list[Any]) -> RateFigures:
    units, hours, failures, unit_hours, decreasing, rates, printed, reasons, maintained = row
    return RateFigures(
        units,
        hours,
        failures,
        unit_hours,
        decreasing,
        None if rates is None else dict(rates),
        printed,
        _reasons(reasons),
        _maintained(maintained),
    )


def _maintained(row: list[Any] | None) -> MaintainedFigures | None:
    if row is None:
        return None
    level, confidence, judged_to, lowered_on, periods = row
    return MaintainedFigures(
        level,
        confidence,
        date.fromisoformat(judged_to),
        None if lowered_on is None else date.fromisoformat(lowered_on),
        tuple(PeriodFigures(date.fromisoformat(end), *rest) for end, *rest in periods),
    )


def _quality(row: list[Any]) -> QualityFigures:
    tests, parameters, samples = row
    return QualityFigures(
        tuple(_test(one) for one in tests),
        tuple(_parameter(one) for one in parameters),
        tuple(Conformity(*one) for one in samples),
    )


def _parameter(row: list[Any]) -> ParameterFigures:
    name, outside, distinct, applied, lots = row
    return ParameterFigures(name, outside, distinct, applied, tuple(ShownParameter(*lot) for lot in lots))


def _test(row: list[Any]) -> EnvironmentFigures | OwnRateFigures:
    if isinstance(row[3], list):
        slot, failures, units, lots = row
        return EnvironmentFigures(slot, failures, units, tuple(lots))
    return OwnRateFigures(*row)
