"""Another rule set over a register of 100,000 graded parts, from stored figures and from the evidence.

The mix of the dossiers: `MIX`.  Of each kind there are `VARIANTS` with other units, times and failures; parts
of one variant share its content and have evaluations, dossiers and figures of their own.
"""

from __future__ import annotations

import copy
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert
from tests.integration.world import World
from tests.unit.grading.conftest import dossier
from tests.unit.grading.test_every_family import good_dossier
from timing import Row

from ratedparts.db import uuid7
from ratedparts.evaluations.models import Evaluation, ShadowRun, StoredFigures
from ratedparts.evaluations.shadow.regrading import regrade_register
from ratedparts.evaluations.shadow.results import progress_of
from ratedparts.evaluations.shadow.rule_set_file import rule_set_content
from ratedparts.evaluations.shadow.starting import start_shadow_run
from ratedparts.evaluations.stored_figures import engine_version, measuring_digest
from ratedparts.grading import CEG_2026_1, figures_text, judge, measure, read_dossier
from ratedparts.protocols import load_library
from ratedparts.submissions.models import Part

PROPOSAL = Path(__file__).parents[1] / "docs" / "rule-set-proposals" / "CEG-2027.1-draft.toml"
PARTS = 100_000
FROM_EVIDENCE = 2_000
ALLOWED = 60.0  # seconds for all of them, from stored figures
VARIANTS = 40
# Family, failed units of its reliability test (from five on a distribution is fitted), share of the register.
MIX = (
    ("mlcc_class2", 0, 0.40),
    ("chip_resistor_thick", 0, 0.15),
    ("ic", 0, 0.15),
    ("mlcc_class2", 2, 0.10),
    ("ic", 6, 0.10),
    ("board_to_board", 0, 0.05),
    ("laser_dfb", 0, 0.05),
)
BATCH = 1_000


@dataclass(frozen=True)
class Kind:
    """What the parts of one variant have in common."""

    family: str
    dossier: dict[str, Any]
    decision: dict[str, Any]
    figures: str


def rows() -> Iterator[Row]:
    kinds = variants()
    with tempfile.TemporaryDirectory() as folder:
        world = World.at(f"sqlite:///{folder}/ratedparts.sqlite", Path(folder))
        world.found()
        first = registered(world)
        fill(world, kinds, PARTS, first)
        before = time.process_time()
        stored, recomputed = regraded(world)
        spent = time.process_time() - before  # says what a busy machine has made of it
        assert recomputed == 0
        work_done = f"regrading {PARTS:,} parts from stored figures ({spent:.0f} s of one processor)"
        yield Row(work_done, stored, "60 s", ALLOWED, 1)
    with tempfile.TemporaryDirectory() as folder:
        world = World.at(f"sqlite:///{folder}/ratedparts.sqlite", Path(folder))
        world.found()
        first = registered(world)
        fill(world, kinds, FROM_EVIDENCE, first)
        again, _ = regraded(world)
        with world.work() as work:
            work.session.execute(delete(StoredFigures))
        evidence, recomputed = regraded(world)
        assert recomputed == FROM_EVIDENCE
        rate = FROM_EVIDENCE / evidence
        work_done = f"regrading {FROM_EVIDENCE:,} parts from the evidence ({rate:,.0f} a second)"
        yield Row(work_done, evidence, "from stored figures", again)


def registered(world: World) -> Part:
    part_id = world.register_part()
    with world.reading() as work:
        return work.session.get_one(Part, part_id)


def variants() -> list[list[Kind]]:
    library = load_library()
    chosen = random.Random(1)
    found = []
    for family, failed, _share in MIX:
        kinds = []
        for _ in range(VARIANTS):
            content = varied(good_dossier(dossier("G1"), library, family), library, failed, chosen)
            figures = measure(read_dossier(content), library, CEG_2026_1)
            decision = judge(figures, CEG_2026_1).as_json()
            kinds.append(Kind(family, content, decision, figures_text(figures)))
        found.append(kinds)
    return found


def varied(content: dict[str, Any], library: Any, failed: int, chosen: random.Random) -> dict[str, Any]:
    content = copy.deepcopy(content)
    wanted = library.family(content["part"]["family"]).reliability_protocol
    test = next(one for one in content["tests"] if one["protocol"].partition("@")[0] == wanted)
    for lot in test["lots"]:
        lot["units"][0]["count"] += chosen.randrange(20)
        if content["part"]["family"] == "laser_dfb":
            group = lot["units"][0]
            end, drift = group["lower"], 0.2 + 3.0 * chosen.random()
            group["degradation"] = [[[0.0, 0.0], [end / 2, drift / 2], [end, drift]]] * group["count"]
    test.pop("planned", None)
    end = test["lots"][0]["units"][0]["lower"]
    readouts = [end / 6, end / 3, end / 2, 2 * end / 3, 5 * end / 6, end]
    for number in range(failed):
        lot = test["lots"][number % len(test["lots"])]
        late = chosen.randrange(1, len(readouts))
        lot["units"].append({"count": 1, "lower": readouts[late - 1], "upper": readouts[late]})
    for one in content["tests"][-1]["capability"]:
        one["standard_deviation"] *= 0.8 + 0.4 * chosen.random()
    return content


def fill(world: World, kinds: list[list[Kind]], parts: int, like: Part) -> None:
    """Parts with their evaluations and figures, as the services leave them, without the evidence before."""
    chosen = random.Random(2)
    way = measuring_digest(CEG_2026_1)
    at = world.clock()
    shares = [share for _, _, share in MIX]
    shared = {"maker_id": like.maker_id, "series_id": like.series_id, "attributes": {}, "limits": {}}
    for start in range(0, parts, BATCH):
        rows: dict[Any, list[dict[str, Any]]] = {Part: [], Evaluation: [], StoredFigures: []}
        for number in range(start, min(start + BATCH, parts)):
            kind = chosen.choice(chosen.choices(kinds, shares)[0])
            part_id = uuid7(at + timedelta(milliseconds=number))
            digest = f"sha256:{chosen.getrandbits(256):064x}"
            rows[Part].append(
                {
                    **shared,
                    "id": part_id,
                    "part_number": f"B-{number}",
                    "family": kind.family,
                    "use_condition": "UC-A",
                    "design_life_hours": 87_600.0,
                    "screened": False,
                    "registered_at": at,
                }
            )
            rows[Evaluation].append(
                {
                    "id": uuid7(at + timedelta(milliseconds=number)),
                    "part_id": part_id,
                    "state": "decided",
                    "engine_version": engine_version(),
                    "rule_set": CEG_2026_1.id,
                    "dossier": kind.dossier,
                    "dossier_digest": digest,
                    "grade": kind.decision["grade"],
                    "decision": kind.decision,
                    "analysis": {},
                    "evaluated_at": at,
                }
            )
            rows[StoredFigures].append(
                {
                    "dossier_digest": digest,
                    "measuring_digest": way,
                    "engine_version": engine_version(),
                    "figures": kind.figures,
                    "computed_at": at,
                }
            )
        with world.work() as work:
            for table, values in rows.items():
                work.session.execute(insert(table), values)


def regraded(world: World) -> tuple[float, int]:
    """Seconds, and how many parts were computed from the evidence."""
    library = world.library
    proposal = rule_set_content(PROPOSAL.read_bytes())
    with world.work() as work:
        run: ShadowRun = start_shadow_run(work, library, proposal)
    began = time.perf_counter()
    regrade_register(world.database, library, run.id)
    took = time.perf_counter() - began
    with world.reading() as work:
        progress = progress_of(work, run)
    assert progress.done == run.parts
    return took, progress.recomputed
