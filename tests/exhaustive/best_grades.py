"""The best grade that each family can reach with its protocols' default samples, all units good (6.10.20).

The documentation prints what this computes: ``python -m tests.exhaustive.best_grades``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from ratedparts.grading import GRADES, decide_json
from ratedparts.protocols import ProtocolLibrary, load_library
from tests.unit.grading.conftest import dossier
from tests.unit.grading.test_every_family import good_dossier

USES = {"UC-C": 40.0, "UC-I": 55.0, "UC-A": 85.0}
LONGEST_HOURS = 13_000.0  # between the days on which the dossier's tests start and end
MOST_UNITS = 5000
ENOUGH = GRADES.index("A")

Dossier = dict[str, Any]


def at(given: Dossier, use: str) -> Dossier:
    given = copy.deepcopy(given)
    given["part"]["use_condition"] = use
    return given


def grade(given: Dossier, library: ProtocolLibrary) -> str:
    return decide_json(given, library).grade


def reaches(given: Dossier, library: ProtocolLibrary) -> bool:
    found = grade(given, library)
    return found in GRADES and GRADES.index(found) <= ENOUGH


def reliability_test(given: Dossier, library: ProtocolLibrary) -> Dossier:
    wanted = library.family(given["part"]["family"]).reliability_protocol
    return next(test for test in given["tests"] if test["protocol"].partition("@")[0] == wanted)


# --- what a maker can do besides testing more


def graded_harder(given: Dossier) -> str:
    """Tantalum lots pass by a rate of their own only if the voltage is high enough to show it."""
    test = next(one for one in given["tests"] if one["protocol"].startswith("TA-WG"))
    test["stress"]["voltage_ratio"] = 1.5
    return "TA-WG at 1.5 × rated voltage"


def use_stated(given: Dossier) -> str:
    use = USES[given["part"]["use_condition"]]
    given["part"]["attributes"] |= {"use_power_dbm": 24, "use_chip_temperature_c": use}
    return "use stated: 6 dB below rated power, chip at the ambient"


def drift_read(given: Dossier) -> str:
    """Readings that hardly drift, so that every life lies beyond ten times the test.

    The protocol has no law of drift for photodiodes: nothing is continued beyond their test.
    """
    if given["part"]["family"] == "photodiode":
        return ""
    groups = [group for lot in given["tests"][0]["lots"] for group in lot["units"]]
    for group in groups:
        end = group["lower"]
        group["degradation"] = [[[0.0, 0.0], [end / 2, 0.25], [end, 0.5]]] * group["count"]
    return "readings kept: drift of 0.5 % in the test"


def heating_stated(given: Dossier) -> str:
    """The film of the test is then credited with being hotter than that of the use."""
    given["part"]["attributes"] |= {"rated_power_w": 0.1, "thermal_resistance_k_per_w": 400}
    return "heating stated: 40 K at rated power"


MEASURES: dict[str, Callable[[Dossier], str]] = {
    "TA-WG": graded_harder,
    "RFF-PWR": use_stated,
    "OPT-AGE": drift_read,
    "RES-LL70": heating_stated,
}


def resized(given: Dossier, library: ProtocolLibrary, units: int, hours: float) -> Dossier:
    given = copy.deepcopy(given)
    test = reliability_test(given, library)
    test["lots"] = [
        {"lot_code": lot["lot_code"], "units": [{"count": units, "lower": hours, "upper": None}]}
        for lot in test["lots"]
    ]
    return given


def what_reaches(given: Dossier, library: ProtocolLibrary) -> str | None:
    """The plan with the fewest unit-hours, of some durations, that reaches A; None where none does."""
    family = library.family(given["part"]["family"])
    measures = [name for name in MEASURES if name in {slot.partition(":")[0] for slot in family.mandatory}]
    lots = reliability_test(given, library)["lots"]
    standard_units, standard_hours = lots[0]["units"][0]["count"], lots[0]["units"][0]["lower"]

    def tried(units: int, hours: float) -> tuple[bool, list[str]]:
        plan = resized(given, library, units, hours)
        done = [MEASURES[name](plan) for name in measures]
        return reaches(plan, library), [one for one in done if one]

    enough, done = tried(standard_units, standard_hours)
    if enough:
        return "; ".join(done)
    found = []
    for times in (1, 2, 3, 4, 5, 6, 8, 10):
        hours = standard_hours * times
        if hours > LONGEST_HOURS or not tried(MOST_UNITS, hours)[0]:
            continue
        low, high = 0, MOST_UNITS
        while high - low > 1:
            middle = (low + high) // 2
            if tried(middle, hours)[0]:
                high = middle
            else:
                low = middle
        found.append((high * hours, high, hours))
    if not found:
        return None
    _, units, hours = min(found)
    return "; ".join([*done, f"{len(lots)} × {units} units, {hours:g} h"])


def rows(library: ProtocolLibrary) -> Iterator[tuple[list[str], str, dict[str, str]]]:
    """Families with the same results together: their codes, the sample, and what each use condition gives."""
    g1 = dossier("G1")
    plans: dict[tuple[str, ...], str | None] = {}
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for code, family in library.families.items():
        if family.group == "published":
            continue
        given = good_dossier(g1, library, code)
        cells = []
        for use in USES:
            decision = decide_json(at(given, use), library)
            cell = decision.grade
            if not reaches(at(given, use), library):
                # The search takes a second; families with the same tests and figures need it once.
                key = (use, *family.mandatory, cell, *decision.binding, family.group)
                key = (*key, str(decision.figures["b10_lower_90"]), str(code == "photodiode"))
                if key not in plans:
                    plans[key] = what_reaches(at(given, use), library)
                cell += f" (held by {', '.join(decision.binding)}); "
                cell += f"A with {plans[key]}" if plans[key] else "A with no plan tried"
            cells.append(cell)
        alike.setdefault((sample_of(code, library), tuple(cells)), []).append(code)
    for (sample, found), codes in alike.items():
        yield codes, sample, dict(zip(USES, found, strict=True))


def sample_of(code: str, library: ProtocolLibrary) -> str:
    protocol = library.latest(library.family(code).reliability_protocol)
    told = f"{protocol.id}: {protocol.sample.lots} × {protocol.sample.units_per_lot}"
    if protocol.readouts and protocol.readouts.unit == "h":
        told += f", {protocol.readouts.at[-1]:g} h"
    return told


def table(library: ProtocolLibrary) -> str:
    lines = ["| families | default sample | " + " | ".join(USES) + " |", "| --- " * (2 + len(USES)) + "|"]
    for codes, sample, cells in rows(library):
        lines.append(f"| {', '.join(codes)} | {sample} | " + " | ".join(cells.values()) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(load_library()))
