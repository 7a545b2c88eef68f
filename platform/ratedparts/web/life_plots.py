"""The plots of life tests that the public pages show: which lives they draw, and the drawing itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ratedparts.certificates.models import Certificate
from ratedparts.certificates.pdf import certified_lives
from ratedparts.certificates.plot_words import plot_summary
from ratedparts.certificates.plotted_lives import LifeBound, LifeGroup, PlottedLives
from ratedparts.certificates.weibull_plot import weibull_plot_svg
from ratedparts.evaluations.models import Evaluation

from .requests import installation

DRAWINGS_KEPT = 256
UNITS = {"hours": "h", "cycles": "cycles"}


@dataclass(frozen=True)
class Plot:
    """A plot on a page: which sample of the part it shows, and the same in words."""

    sample: int
    summary: str


def lives_of(evaluation: Evaluation, certificate: Certificate | None) -> list[PlottedLives]:
    """The lives behind a certified grade at its use condition; else each analysed sample in test time."""
    if certificate is not None:
        subject = json.loads(certificate.credential)["credentialSubject"]
        certified = certified_lives(evaluation.dossier, subject, installation().library)
        return [certified] if certified else []
    unit = UNITS[evaluation.analysis["unit"]]
    return [tested_lives(sample, unit) for sample in evaluation.analysis["samples"]]


def plots_of(evaluation: Evaluation, certificate: Certificate | None, language: str) -> list[Plot]:
    """The plots of a page with their sentences, for those who cannot see them."""
    lives = lives_of(evaluation, certificate)
    return [Plot(index, summary(one, language)) for index, one in enumerate(lives)]


@lru_cache(maxsize=DRAWINGS_KEPT)
def drawing(lives: PlottedLives, language: str) -> bytes:
    return weibull_plot_svg(lives, language=language)


@lru_cache(maxsize=DRAWINGS_KEPT)
def summary(lives: PlottedLives, language: str) -> str:
    return plot_summary(lives, language)


def tested_lives(sample: dict[str, Any], unit: str) -> PlottedLives:
    """One sample of `analyse`, in test time."""
    fit = sample["fit"]
    groups = (LifeGroup(group["count"], group["lower"], group["upper"]) for group in sample["groups"])
    bounds = (LifeBound(0.10, fit["b10_lower"]),) if fit["exists"] else ()
    return PlottedLives(groups=tuple(groups), unit=unit, bounds=bounds)
