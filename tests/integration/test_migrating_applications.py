"""A database of before keeps what it knew of applications going up; going down, nobody is made up."""

from sqlalchemy import text

from ratedparts.db.migrating import downgrade, upgrade

from .test_applications import take

BEFORE = "0006_password_reset_requests"


def rows(engine, statement):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_question_of_before_keeps_who_asked_it(rated):
    review_id = rated.apply()
    take(rated, review_id, "ask")
    take(rated, review_id, "withdraw")
    engine = rated.database.engine
    upgraded = rows(engine, "SELECT person_id, organisation_id, addressed_to, statement FROM review_step "
                            "WHERE verb = 'ask'")  # fmt: skip
    downgrade(engine, BEFORE)
    (returned,) = rows(engine, "SELECT state, reviewer_id, statement FROM review")
    assert returned == ("returned", upgraded[0][0], "Which chamber?")

    upgrade(engine)
    assert rows(engine, "SELECT state, reviewer_id FROM review") == [("withdrawn", None)]
    steps = rows(engine, "SELECT place, verb FROM review_step ORDER BY place")
    assert steps == [(1, "apply"), (2, "ask")]
    assert upgraded == rows(
        engine,
        "SELECT person_id, organisation_id, addressed_to, statement FROM review_step WHERE verb = 'ask'",
    )


def test_what_nobody_had_judged_when_it_was_taken_back_is_given_no_reviewer(rated):
    review_id = rated.apply()
    take(rated, review_id, "withdraw")
    downgrade(rated.database.engine, BEFORE)
    assert rows(rated.database.engine, "SELECT id FROM review") == []
    upgrade(rated.database.engine)


def test_a_refusal_stands_on_where_the_appeal_was_taken_back(rated):
    review_id = rated.apply()
    take(rated, review_id, "refuse")
    take(rated, take(rated, review_id, "appeal"), "withdraw")
    downgrade(rated.database.engine, BEFORE)
    assert rows(rated.database.engine, "SELECT state FROM review") == [("refused",)]
    upgrade(rated.database.engine)


def test_a_refusal_gives_way_to_the_appeal_that_is_heard(rated):
    review_id = rated.apply()
    take(rated, review_id, "refuse")
    take(rated, review_id, "appeal")
    downgrade(rated.database.engine, BEFORE)
    assert sorted(rows(rated.database.engine, "SELECT state FROM review")) == [("returned",), ("waiting",)]
    upgrade(rated.database.engine)


def test_what_was_approved_sent_back_and_taken_back_keeps_who_approved(rated):
    review_id = rated.apply()
    for verb in ("approve", "send_back", "withdraw"):
        take(rated, review_id, verb)
    engine = rated.database.engine
    (approver,) = rows(engine, "SELECT person_id FROM review_step WHERE verb = 'approve'")
    downgrade(engine, BEFORE)
    assert rows(engine, "SELECT state, reviewer_id FROM review") == [("returned", *approver)]
    upgrade(engine)


def test_certificates_go_down_and_up(certified):
    engine = certified.database.engine
    before = rows(engine, "SELECT number, applicant_id, key_id FROM certificate")
    downgrade(engine, BEFORE)
    assert rows(engine, "SELECT number FROM certificate") == [(before[0][0],)]
    upgrade(engine)
    assert rows(engine, "SELECT number, applicant_id, key_id FROM certificate") == before
