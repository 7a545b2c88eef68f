from datetime import date

from sqlalchemy import delete

from ratedparts.evidence.service import evidence_of_part
from ratedparts.organisations.models import Scope
from tests.integration.world import MEASURED


def test_two_scopes_that_follow_each_other_cover_a_test_that_ran_through_both(founded):
    founded.facts["part_id"] = founded.register_part()
    plan = founded.register_plan(slot="MLCC-HTL", units=3)
    laboratory_id = founded.cast["laboratory"].organisation_id
    with founded.work() as work:
        work.session.execute(delete(Scope).where(Scope.protocol_id == "MLCC-HTL"))
        for first, last in ((date(2020, 1, 1), date(2026, 2, 28)), (date(2026, 3, 1), date(2030, 1, 1))):
            founded.accredit(work, founded.cast["administrator"], laboratory_id, "MLCC-HTL", first, last)
    founded.clock.now = MEASURED
    assert founded.submit(plan, founded.example("MLCC-HTL", plan, 9)).state == "accepted"
    with founded.reading() as work:
        ((evidence, _),) = evidence_of_part(work, founded.facts["part_id"])
    assert evidence.evidence_class == "E3"
