"""How made-up parts move with the use: as if each had passed the usual life test of its family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ratedparts.catalogue.publishing import situation_row
from ratedparts.db import Database
from ratedparts.grading import CEG_2026_1, read_dossier
from ratedparts.grading.at_use import situation_of, use_response
from ratedparts.grading.dossier_shape import SCHEMA
from ratedparts.protocols import Family, ProtocolLibrary

from .cast import STRESS

# The ratings that an acceleration may depend on; parts that share them and their use share a situation.
RATINGS: Final = (
    "upper_category_temperature_c",
    "maximum_junction_temperature_c",
    "maximum_operating_temperature_c",
    "rated_power_w",
    "rated_power_dbm",
)
LOTS, UNITS, HOURS = 3, 77, 1000.0
DESIGN_LIFE_HOURS: Final = 87600.0


class GeneratedSituations:
    """Each is worked out once, by the very rules that real parts are."""

    def __init__(self, database: Database, library: ProtocolLibrary) -> None:
        self._database = database
        self._library = library
        self._known: dict[tuple[Any, ...], tuple[int, float] | None] = {}

    def of(self, family: Family, attributes: Mapping[str, Any], use: str) -> tuple[int, float] | None:
        """The id of its situation and the longest hours on test at its use; None of what no hours rate."""
        key = (family.code, use, *(attributes.get(name) for name in RATINGS))
        if key not in self._known:
            self._known[key] = self._worked_out(family, attributes, use)
        return self._known[key]

    def _worked_out(
        self, family: Family, attributes: Mapping[str, Any], use: str
    ) -> tuple[int, float] | None:
        stress = STRESS.get(family.reliability_protocol)
        if stress is None or family.group in CEG_2026_1.run_targets:
            return None
        tested = dict(stress)
        if "temperature_c" in tested:
            # No maker tests above the rating.
            tested["temperature_c"] = min(
                [stress["temperature_c"], *(attributes[name] for name in RATINGS[:1] if name in attributes)]
            )
        response = use_response(
            read_dossier(self._dossier(family, attributes, use, tested)), self._library, CEG_2026_1
        )
        situation = situation_of(response)
        if situation is None:
            return None
        with self._database.work() as work:
            return situation_row(work, situation).id, response.longest_hours

    def _dossier(
        self, family: Family, attributes: Mapping[str, Any], use: str, stress: Mapping[str, Any]
    ) -> dict[str, Any]:
        units = [{"count": UNITS, "lower": HOURS, "upper": None}]
        return {
            "schema": SCHEMA,
            "rule_set": CEG_2026_1.id,
            "evaluated_on": "2026-11-22",
            "part": {
                "part_number": "MADE-UP",
                "maker": "Made-up maker",
                "family": family.code,
                "attributes": dict(attributes),
                "design_life_hours": DESIGN_LIFE_HOURS,
                "use_condition": use,
                "screened": False,
            },
            "tests": [
                {
                    "protocol": self._library.latest(family.reliability_protocol).name,
                    "registered_on": "2026-01-05",
                    "started_on": "2026-01-12",
                    "ended_on": "2026-03-20",
                    "evidence_class": "E3",
                    "stress": dict(stress),
                    "lots": [{"lot_code": f"L{lot}", "units": units} for lot in range(1, LOTS + 1)],
                }
            ],
        }
