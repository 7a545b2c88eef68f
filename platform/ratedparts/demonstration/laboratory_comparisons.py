"""Two proficiency rounds among the laboratories of the demonstration: made up, and labelled so."""

from __future__ import annotations

from datetime import timedelta

from ratedparts.calendar_days import day_of
from ratedparts.organisations.proficiency.entered import GivenResult
from ratedparts.organisations.proficiency.service import publish_round

from .cast import LABORATORIES
from .stage import Cast, Stage

AGREED = (("99.71", "0.42"), ("100.06", "0.35"), ("100.48", "0.50"))  # nF
HELD_AGAINST = (("10.012", "0.020"), ("10.047", "0.030"), ("10.131", "0.025"))  # kilohm


def compare_laboratories(stage: Stage, cast: Cast) -> None:
    """One by consensus under codes, one by a reference value under names; in it one laboratory is far off."""
    protocols = {one.id for one in stage.installation.library.protocols.values()}
    held_on = day_of(stage.calendar.now - timedelta(days=30))
    with stage.database.work() as work:
        publish_round(
            work,
            cast.administrator,
            measurand="EXAMPLE 示例: Capacitance at 1 kHz 电容量",
            unit="nF",
            assigned_by="consensus",
            sigma_pt=0.5,
            held_on=held_on,
            protocol_id="PAR-CPK",
            results=_results(AGREED),
            known_protocols=protocols,
        )
        publish_round(
            work,
            cast.administrator,
            measurand="EXAMPLE 示例: Resistance at 25 °C 电阻",
            unit="kΩ",
            assigned_by="reference",
            reference_value=10.0,
            reference_expanded=0.012,
            sigma_pt=0.03,
            held_on=held_on,
            by_name=True,
            results=_results(HELD_AGAINST),
            known_protocols=protocols,
        )


def _results(texts: tuple[tuple[str, str], ...]) -> list[GivenResult]:
    return [
        GivenResult(names[0], value, expanded)
        for names, (value, expanded) in zip(LABORATORIES, texts, strict=True)
    ]
