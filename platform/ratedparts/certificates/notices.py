"""The maker and the laboratories learn by letter what became of a certificate."""

from __future__ import annotations

from collections.abc import Iterator

from ratedparts.db import Work
from ratedparts.mail import Letter, bilingual
from ratedparts.organisations.register import people_in
from ratedparts.review.parties import parties_to

from .standing import certificate_by_number

EVENT = "certificate_taken_back"
SUBJECTS = {
    "suspend": "A certificate has been suspended",
    "reinstate": "A certificate is in force again",
    "revoke": "A certificate has been revoked",
}


def letters_of_taking_back(work: Work, number: str, verb: str, site: str) -> Iterator[Letter]:
    """One letter each, in both languages, to the people of every party."""
    certificate = certificate_by_number(work, number)
    told = f"{number}  {certificate.part.part_number}"
    for organisation in parties_to(work, certificate.intent.review.evaluation):
        for person in people_in(work, organisation.id, "maker", "laboratory"):
            yield bilingual(person.email, SUBJECTS[verb], told, f"{site}/certificates/{number}")
