"""The fitted life distribution of what was tested, for a reader's eyes; the grade is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ratedparts.protocols import Layout, ProtocolLibrary
from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull

CONFIDENCE = 0.90


def analyse(dossier: dict[str, Any], reliability_protocol: str, library: ProtocolLibrary) -> dict[str, Any]:
    """``{"unit": "hours", "samples": [{"title", "groups", "fit"}]}`` in test time.

    Lots of the reliability protocol are one sample; published data are one sample a stress cell.
    """
    graded: list[dict[str, Any]] = []
    published: list[dict[str, Any]] = []
    unit = "hours"
    for test in dossier["tests"]:
        protocol = library.protocol(test["protocol"])
        if protocol.layout is Layout.UNIT_LIVES:
            published += test["lots"]
        elif protocol.id == reliability_protocol:
            graded += test["lots"]
            unit = protocol.metric
    samples = [_sample("", graded)] if graded else []
    samples += [_sample(lot["lot_code"], [lot]) for lot in published]
    return {"unit": unit, "samples": samples}


def _sample(title: str, lots: Iterable[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[tuple[float, float | None], int] = {}
    for lot in lots:
        for group in lot["units"]:
            key = (group["lower"], group["upper"])
            merged[key] = merged.get(key, 0) + group["count"]
    ordered = sorted(merged.items(), key=lambda item: (item[0][0], item[0][1] or np.inf))
    groups = [{"count": count, "lower": lower, "upper": upper} for (lower, upper), count in ordered]
    return {"title": title, "groups": groups, "fit": _fit(groups)}


def _fit(groups: list[dict[str, Any]]) -> dict[str, Any]:
    sample = LifeSample(
        [group["lower"] for group in groups],
        [np.inf if group["upper"] is None else group["upper"] for group in groups],
        [group["count"] for group in groups],
    )
    counts = {"units": sample.units, "failures": sample.failures}
    try:
        fit = fit_weibull(sample)
    except NoFiniteEstimate as error:
        return {**counts, "exists": False, "why": error.code}
    lower, upper = (fit.shape_bound(0.95, side) for side in ("lower", "upper"))
    return {
        **counts,
        "exists": True,
        "shape": fit.shape,
        "shape_lower": lower,
        "shape_upper": upper,
        "scale": fit.scale,
        "b10": fit.life(0.10),
        "b10_lower": fit.life_bound(0.10, CONFIDENCE),
        "method": "likelihood_ratio",
    }
