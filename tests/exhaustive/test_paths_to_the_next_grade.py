"""What would bring the next grade: every path that is offered reaches it, and nothing smaller does."""

import copy
from dataclasses import replace
from datetime import timedelta

import pytest

from ratedparts.grading import GRADES, decide, decide_json, read_dossier
from ratedparts.grading.next_grade import next_grade
from tests.unit.grading.altered_dossiers import STATES, good_enough
from tests.unit.grading.conftest import dossier
from tests.unit.grading.test_every_family import good_dossier

A_DAY = timedelta(days=1)
FAMILIES = (
    "mlcc_class2",
    "chip_resistor_thick",
    "al_electrolytic",
    "ta_mno2",
    "ta_polymer",
    "ic",
    "saw",
    "backplane",
    "laser_dfb",
    "photodiode",
    "gyroscope",
    "pcb_rigid",
    "inductor",
)


def carried_out(given, path, library, *, fewer=0, failing=0):
    """The dossier after the path, put together here from what the path says; ``fewer`` units in step one."""
    given = copy.deepcopy(given)
    given["evaluated_on"] = path.reached_on.isoformat()
    for number, step in enumerate(path.steps):
        days = max(1, -(-int(step.duration) // 24)) if step.duration and step.unit != "step" else 1
        count = step.units_per_lot - (fewer if number == 0 else 0)
        test = {
            "protocol": step.protocol,
            "registered_on": (path.starts_on - A_DAY).isoformat(),
            "started_on": path.starts_on.isoformat(),
            "ended_on": (path.starts_on + days * A_DAY).isoformat(),
            "evidence_class": step.evidence_class,
        }
        codes = [step.lot_code or f"new {number} {lot}" for lot in range(step.lots)]
        if step.slot == "PAR-CPK":
            sigma = 1 / (3 * (step.cpk or 1.0))
            test["capability"] = [
                {
                    "lot_code": code,
                    "parameter": parameter,
                    "unit": "-",
                    "n": count,
                    "mean": 0,
                    "standard_deviation": sigma,
                    "lower_limit": -1,
                    "upper_limit": 1,
                    "minimum": -0.9,
                    "maximum": 0.9,
                    "outside_limits": 0,
                }
                for code in codes
                for parameter in library.family(given["part"]["family"]).key_parameters
            ]
            test["conformity"] = {"sampled": count * step.lots, "nonconforming": 0}
            test["part_average_testing"] = step.part_average_testing
        else:
            end = step.duration
            groups = [{"count": count - failing, "lower": end, "upper": None}]
            if step.drift_free:
                groups[0]["degradation"] = [[[0, 0], [end, 0]]] * groups[0]["count"]
            if failing:
                groups.append({"count": failing, "lower": 0.99 * end, "upper": end})
            failing = 0
            groups = [group for group in groups if group["count"]]
            test["stress"] = dict(step.stress)
            test["lots"] = [{"lot_code": code, "units": groups} for code in codes if groups]
            test["planned"] = {"lots": step.lots, "units_per_lot": count or 1, "duration": end}
        if test.get("lots") != []:
            given["tests"].append(test)
    return decide_json(given, library).grade


def at_least(grade, wanted):
    return grade in GRADES and GRADES.index(grade) <= GRADES.index(wanted)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("use", ["UC-C", "UC-A"])
def test_every_path_reaches_its_grade_and_nothing_smaller_does(library, family, state, use):
    given = good_enough(good_dossier(dossier("G1"), library, family))
    given["part"]["use_condition"] = use
    given["evaluated_on"] = "2026-11-22"
    state(given)
    read = read_dossier(given)
    found = next_grade(read, library)
    now = decide(read, library)
    assert found.grade == now.grade
    if now.grade == "A+":
        assert (found.wanted, found.paths) == (None, ())
        return
    place = GRADES.index(now.grade[0] if now.grade.startswith("U") else now.grade)
    assert found.wanted == GRADES[place - 1]
    assert found.paths or found.obstacles, "neither a path nor a reason"
    assert list(found.paths) == sorted(found.paths, key=lambda path: path.cost)
    if not found.paths or found.paths[0].waits:
        assert found.obstacles
    fitted = any(one.code in ("R_SHAPE", "AF_FITTED") for one in now.reasons)
    for path in found.paths:
        assert path.grade == found.wanted
        assert path.starts_on > read.evaluated_on
        assert at_least(carried_out(given, path, library), found.wanted)
        rests = path.steps[0].slot == library.family(family).reliability_protocol
        if rests and not fitted:
            assert not at_least(carried_out(given, path, library, fewer=1), found.wanted)
        for allowed in path.steps[0].allowances:
            steps = (replace(path.steps[0], units_per_lot=allowed.units_per_lot), *path.steps[1:])
            more = replace(path, steps=steps)
            assert at_least(carried_out(given, more, library, failing=allowed.failures), found.wanted)
