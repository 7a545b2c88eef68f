from sqlalchemy import select

from ratedparts.organisations import register
from ratedparts.organisations.models import Role


def test_another_issuer_can_finish_what_one_who_left_had_begun(rated):
    review_id = rated.approve()
    rated.intend(review_id)
    with rated.work() as work:
        role = work.session.scalars(
            select(Role).where(Role.person_id == rated.cast["issuer"].person_id)
        ).one()
        register.end_role(work, rated.cast["administrator"], role.id)
        hashed = role.person.password_hash
        person, _ = register.invite(
            work,
            rated.cast["administrator"],
            email="second@example.org",
            name="Second",
            organisation_id=rated.cast["issuer"].organisation_id,
            roles=["issuer"],
        )
        person.password_hash = hashed
        from ratedparts.organisations.signing_in import roles_of

        rated.cast["second"] = roles_of(work, person.id).acting()
    assert rated.sign(rated.intend(review_id, by="second"), by="second")


def test_looking_again_the_next_day_at_the_same_evidence_supersedes_nothing(rated):
    """A job that is run again (a lease that ran out, an administrator who retries) must not void a review."""
    from datetime import timedelta

    review_id = rated.approve()
    rated.clock.now += timedelta(days=1)
    with rated.work() as work:
        rated.installation.handlers["evidence_accepted"](work, {"part_id": str(rated.facts["part_id"])})
    assert rated.issue(review_id)
