"""Imports every table, so that Alembic sees them all.  Nothing but the migrations imports this module."""

from ratedparts.audit import models as audit
from ratedparts.catalogue import models as catalogue
from ratedparts.catalogue.bill_of_materials import models as bill_of_materials
from ratedparts.certificates import models as certificates
from ratedparts.evaluations import models as evaluations
from ratedparts.evidence import models as evidence
from ratedparts.jobs import models as jobs
from ratedparts.organisations import models as organisations
from ratedparts.organisations.proficiency import models as proficiency
from ratedparts.review import models as review
from ratedparts.submissions import models as submissions

from .base import Base

__all__ = [
    "audit",
    "bill_of_materials",
    "catalogue",
    "certificates",
    "evaluations",
    "evidence",
    "jobs",
    "metadata",
    "organisations",
    "proficiency",
    "review",
    "submissions",
]
metadata = Base.metadata
