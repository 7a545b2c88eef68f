"""Failures told apart by what failed (clause R8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .dossier import Lot, UnitGroup
from .exposure import Exposure


def by_mode(exposure: Exposure) -> Mapping[str, Exposure]:
    """One exposure for each mode that failure analysis found, the others suspended; none for one mode.

    A failure without analysis counts in every mode.
    """
    groups = [group for one in exposure.lots for group in one.lot.units]
    modes = sorted({group.mode for group in groups if group.failed and group.mode and group.failure_analysis})
    if len(modes) < 2:
        return {}
    return {mode: _alone(exposure, mode) for mode in modes}


def _alone(exposure: Exposure, mode: str) -> Exposure:
    lots = tuple(replace(one, lot=_with_others_suspended(one.lot, mode)) for one in exposure.lots)
    return replace(exposure, lots=lots)


def _with_others_suspended(lot: Lot, mode: str) -> Lot:
    return replace(lot, units=tuple(_suspended_unless(group, mode) for group in lot.units))


def _suspended_unless(group: UnitGroup, mode: str) -> UnitGroup:
    another = group.failed and group.failure_analysis is not None and group.mode not in (None, mode)
    return replace(group, upper=None, removed="external") if another else group
