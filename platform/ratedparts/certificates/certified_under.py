"""Which certified parts rest on a version of a protocol."""

from __future__ import annotations

from sqlalchemy import select

from ratedparts.db import Work
from ratedparts.evidence.models import Evidence
from ratedparts.submissions.models import Part, TestPlan

from .models import Certificate, CertificateStanding


def parts_certified_under(work: Work, protocol: str) -> list[Part]:
    """The parts with a certificate in force and evidence by this version, by their numbers."""
    in_force = (
        select(Certificate.part_id)
        .join(CertificateStanding, CertificateStanding.number == Certificate.number)
        .where(CertificateStanding.state == "valid", Certificate.valid_until > work.at)
    )
    measured = (
        select(TestPlan.part_id)
        .join(Evidence, Evidence.plan_id == TestPlan.id)
        .where(Evidence.protocol == protocol)
    )
    query = select(Part).where(Part.id.in_(in_force), Part.id.in_(measured)).order_by(Part.part_number)
    return list(work.session.scalars(query))
