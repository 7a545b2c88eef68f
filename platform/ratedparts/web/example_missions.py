"""Missions to start from, made up for the purpose: a reader replaces them by a measured histogram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ratedparts.grading.at_use import Phase

from .language import text


@dataclass(frozen=True)
class ExampleMission:
    """``words``: its title in English, as the interface's catalogue has it."""

    words: str
    phases: tuple[Phase, ...]

    @property
    def title(self) -> str:
        return text(self.words)


def _phases(*given: tuple[float, float, float]) -> tuple[Phase, ...]:
    """Share in per cent, °C, voltage ratio."""
    return tuple(Phase(share / 100.0, celsius, ratio) for share, celsius, ratio in given)


EXAMPLE_MISSIONS: Mapping[str, ExampleMission] = MappingProxyType(
    {
        "office": ExampleMission("Indoors, always on", _phases((70, 40, 0.5), (30, 50, 0.5))),
        "outdoors": ExampleMission(
            "Outdoor cabinet, temperate climate",
            _phases((10, -5, 0.6), (45, 20, 0.6), (35, 40, 0.6), (10, 65, 0.6)),
        ),
        "cabin": ExampleMission(
            "Car, passenger compartment, while driving",
            _phases((10, -10, 0.6), (30, 25, 0.6), (45, 45, 0.6), (13, 65, 0.6), (2, 85, 0.6)),
        ),
        "bonnet": ExampleMission(
            "Car, under the bonnet, while driving",
            _phases((8, 0, 0.6), (22, 40, 0.6), (50, 85, 0.6), (16, 105, 0.6), (4, 125, 0.6)),
        ),
    }
)
