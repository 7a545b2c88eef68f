"""Applications with questions, appeals and signed judgements; tickets; suspension, causes, status lists."""

import json

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0007_reviews_and_standing"
down_revision = "0006_password_reset_requests"
branch_labels = None
depends_on = None

APPEND_ONLY = ("review_step", "issuance_ticket", "status_list")
AT = sa.DateTime(timezone=True)
JUDGED = (
    "(state IN ('approved', 'refused')) = (reviewer_id IS NOT NULL)"
    " AND (state IN ('approved', 'refused')) = (reviewed_at IS NOT NULL)"
)
STANDING = "state <> 'withdrawn' AND appeal_of IS NULL"
JUDGED_BEFORE = "(state = 'waiting') = (reviewer_id IS NULL) AND (state = 'waiting') = (reviewed_at IS NULL)"
REVOKED_BEFORE = (
    "(state = 'revoked') = (revoked_at IS NOT NULL)"
    " AND (state = 'revoked') = (revocation_reason IS NOT NULL)"
    " AND (state = 'revoked') = (revoked_by IS NOT NULL)"
)
REVOKED = (
    f"{REVOKED_BEFORE} AND (state = 'revoked') = (decided_at IS NOT NULL)"
    " AND (state = 'revoked') = (invalid_since IS NOT NULL)"
)
SUSPENDED = (
    "(state = 'suspended') = (suspended_at IS NOT NULL)"
    " AND (state = 'suspended') = (suspended_by IS NOT NULL)"
    " AND (state = 'suspended') = (suspension_reason IS NOT NULL)"
)


def upgrade() -> None:
    op.create_table(
        "review_step",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", AT, nullable=False),
        sa.Column("addressed_to", sa.Uuid(), nullable=True),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("record", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(verb IN ('approve', 'refuse')) = (record IS NOT NULL)",
            name=op.f("ck_review_step_judgement_is_signed"),
        ),
        sa.CheckConstraint(
            "(verb = 'ask') = (addressed_to IS NOT NULL)",
            name=op.f("ck_review_step_question_has_its_addressee"),
        ),
        sa.CheckConstraint(
            "verb NOT IN ('ask', 'answer', 'refuse', 'send_back', 'appeal') OR statement IS NOT NULL",
            name=op.f("ck_review_step_says_what"),
        ),
        _to("review_step", "review_id", "review"),
        _to("review_step", "person_id", "person"),
        _to("review_step", "organisation_id", "organisation"),
        _to("review_step", "addressed_to", "organisation"),
        sa.PrimaryKeyConstraint("review_id", "place", name=op.f("pk_review_step")),
    )
    _write_steps_of_before()
    _change_reviews()
    op.create_table(
        "issuance_ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", AT, nullable=False),
        _to("issuance_ticket", "intent_id", "issuance_intent"),
        _to("issuance_ticket", "key_id", "issuing_key"),
        _to("issuance_ticket", "issuer_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuance_ticket")),
    )
    op.create_index(op.f("ix_issuance_ticket_intent_id"), "issuance_ticket", ["intent_id"])
    op.create_table(
        "withdrawal_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("subject", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("invalid_since", AT, nullable=True),
        sa.Column("numbers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", AT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'dropped')", name=op.f("ck_withdrawal_case_state")
        ),
        sa.CheckConstraint("action IN ('suspend', 'revoke')", name=op.f("ck_withdrawal_case_action")),
        sa.CheckConstraint(
            "cause IN ('laboratory', 'instrument', 'protocol', 'key', 'engine')",
            name=op.f("ck_withdrawal_case_cause"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND (state = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_withdrawal_case_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR decided_by <> proposed_by", name=op.f("ck_withdrawal_case_two_people")
        ),
        _to("withdrawal_case", "proposed_by", "person"),
        _to("withdrawal_case", "decided_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_case")),
    )
    _change_certificates()
    _change_standings()
    op.create_table(
        "status_list",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_status_list")),
    )
    for table in APPEND_ONLY:
        append_only.lay(table)


def downgrade() -> None:
    for table in APPEND_ONLY:
        append_only.lift(table)
    # A program of before does not know what to do about these events.
    op.execute("DELETE FROM job WHERE event IN ('review_step_taken', 'status_list_due')")
    op.drop_table("status_list")
    _restore_standings()
    _restore_certificates()
    op.drop_table("withdrawal_case")
    op.drop_table("issuance_ticket")
    _restore_reviews()
    op.drop_table("review_step")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    key = "number" if target == "certificate" else "id"
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}_{target}"))


def _write_steps_of_before() -> None:
    """Each application was made by somebody, and what was sent back by a reviewer was a question to the maker.

    Judgements of before are not written down as steps: they were not signed.
    """
    op.execute(
        "INSERT INTO review_step (review_id, place, verb, person_id, organisation_id, taken_at) "
        "SELECT review.id, 1, 'apply', review.applied_by, part.maker_id, review.applied_at FROM review "
        "JOIN evaluation ON evaluation.id = review.evaluation_id JOIN part ON part.id = evaluation.part_id"
    )
    op.execute(
        "INSERT INTO review_step "
        "(review_id, place, verb, person_id, organisation_id, taken_at, addressed_to, statement) "
        "SELECT review.id, 2, 'ask', review.reviewer_id, "
        "(SELECT role.organisation_id FROM role WHERE role.person_id = review.reviewer_id "
        "AND role.name = 'reviewer' AND role.granted_at <= review.reviewed_at "
        "ORDER BY role.granted_at DESC LIMIT 1), "
        "review.reviewed_at, part.maker_id, review.statement FROM review "
        "JOIN evaluation ON evaluation.id = review.evaluation_id JOIN part ON part.id = evaluation.part_id "
        "WHERE review.state = 'returned'"
    )


def _change_reviews() -> None:
    with op.batch_alter_table("review") as table:
        table.drop_index("uq_review_standing")
        for name in ("judged_has_its_judge", "state", "says_why"):
            table.drop_constraint(op.f(f"ck_review_{name}"), type_="check")
        for name, kind in (
            ("asked_organisation_id", sa.Uuid()),
            ("withdrawn_at", AT),
            ("appeal_of", sa.Uuid()),
            ("first_reviewer_id", sa.Uuid()),
            ("grounds", sa.String()),
        ):
            table.add_column(sa.Column(name, kind, nullable=True))
        for column, target in (
            ("asked_organisation_id", "organisation"),
            ("appeal_of", "review"),
            ("first_reviewer_id", "person"),
        ):
            table.create_foreign_key(op.f(f"fk_review_{column}_{target}"), target, [column], ["id"])
    # What was sent back with a question had ended, and could be applied for again: so it was withdrawn.
    op.execute(
        "UPDATE review SET state = 'withdrawn', withdrawn_at = reviewed_at, reviewer_id = NULL, "
        "reviewed_at = NULL WHERE state = 'returned'"
    )
    with op.batch_alter_table("review") as table:
        for name, rule in (
            ("state", "state IN ('waiting', 'asked', 'approved', 'refused', 'withdrawn')"),
            ("judged_has_its_judge", JUDGED),
            ("says_why", "state <> 'refused' OR statement IS NOT NULL"),
            ("asked_of_whom", "(state = 'asked') = (asked_organisation_id IS NOT NULL)"),
            ("withdrawn_when", "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"),
            (
                "appeal_against_whom",
                "(appeal_of IS NULL) = (first_reviewer_id IS NULL) AND (appeal_of IS NULL) = (grounds IS NULL)",
            ),
            (
                "appeal_before_another",
                "reviewer_id IS NULL OR first_reviewer_id IS NULL OR reviewer_id <> first_reviewer_id",
            ),
        ):
            table.create_check_constraint(op.f(f"ck_review_{name}"), rule)
        table.create_unique_constraint(op.f("uq_review_appeal_of"), ["appeal_of"])
        table.create_index(
            "uq_review_standing",
            ["evaluation_id"],
            unique=True,
            sqlite_where=sa.text(STANDING),
            postgresql_where=sa.text(STANDING),
        )


def _restore_reviews() -> None:
    with op.batch_alter_table("review") as table:
        table.drop_index("uq_review_standing")
        for name in (
            "state",
            "judged_has_its_judge",
            "says_why",
            "asked_of_whom",
            "withdrawn_when",
            "appeal_against_whom",
            "appeal_before_another",
        ):
            table.drop_constraint(op.f(f"ck_review_{name}"), type_="check")
        table.drop_constraint(op.f("uq_review_appeal_of"), type_="unique")
        for name in ("asked_organisation_id_organisation", "appeal_of_review", "first_reviewer_id_person"):
            table.drop_constraint(op.f(f"fk_review_{name}"), type_="foreignkey")
    # A question that is open waits for a judgement again.
    op.execute("UPDATE review SET state = 'waiting' WHERE state = 'asked'")
    # What was withdrawn becomes what was sent back, by the last reviewer who had it in hand.  Where there was
    # none, a program of before has no place for it: it would have to name somebody.
    op.execute(
        "UPDATE review SET state = 'returned', reviewed_at = withdrawn_at, "
        f"reviewer_id = {_of_last_reviewer('person_id')}, "
        f"statement = COALESCE({_of_last_reviewer('statement')}, review.statement, '-') "
        "WHERE state = 'withdrawn'"
    )
    unheard = "SELECT id FROM review WHERE state = 'returned' AND reviewer_id IS NULL"
    op.execute(f"DELETE FROM review_step WHERE review_id IN ({unheard})")
    op.execute("DELETE FROM review WHERE state = 'returned' AND reviewer_id IS NULL")
    # What was refused, and is judged again on appeal, could stand only once.
    op.execute(
        "UPDATE review SET state = 'returned' WHERE id IN "
        "(SELECT appeal_of FROM (SELECT appeal_of FROM review WHERE appeal_of IS NOT NULL) AS appeals)"
    )
    with op.batch_alter_table("review") as table:
        for name in ("asked_organisation_id", "withdrawn_at", "appeal_of", "first_reviewer_id", "grounds"):
            table.drop_column(name)
        for name, rule in (
            ("judged_has_its_judge", JUDGED_BEFORE),
            ("state", "state IN ('waiting', 'approved', 'refused', 'returned')"),
            ("says_why", "state NOT IN ('refused', 'returned') OR statement IS NOT NULL"),
        ):
            table.create_check_constraint(op.f(f"ck_review_{name}"), rule)
        table.create_index(
            "uq_review_standing",
            ["evaluation_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'returned'"),
            postgresql_where=sa.text("state <> 'returned'"),
        )


def _of_last_reviewer(column: str) -> str:
    return (
        f"(SELECT step.{column} FROM review_step AS step WHERE step.review_id = review.id "
        "AND step.verb IN ('ask', 'approve', 'refuse') ORDER BY step.place DESC LIMIT 1)"
    )


def _change_certificates() -> None:
    append_only.lift("certificate")
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint(op.f("ck_certificate_two_people"), type_="check")
        table.add_column(sa.Column("applicant_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("key_id", sa.String(), nullable=True))
    op.execute(
        "UPDATE certificate SET applicant_id = (SELECT review.applied_by FROM review "
        "JOIN issuance_intent ON issuance_intent.review_id = review.id "
        "WHERE issuance_intent.id = certificate.intent_id)"
    )
    table = sa.table("certificate", sa.column("number"), sa.column("credential"), sa.column("key_id"))
    for number, credential in op.get_bind().execute(sa.select(table.c.number, table.c.credential)).all():
        key_id = json.loads(credential)["proof"]["verificationMethod"]
        op.execute(table.update().where(table.c.number == number).values(key_id=key_id))
    with op.batch_alter_table("certificate") as batch:
        batch.alter_column("applicant_id", existing_type=sa.Uuid(), nullable=False)
        batch.alter_column("key_id", existing_type=sa.String(), nullable=False)
        batch.create_check_constraint(
            op.f("ck_certificate_three_people"),
            "applicant_id <> reviewer_id AND applicant_id <> issuer_id AND reviewer_id <> issuer_id",
        )
        batch.create_check_constraint(op.f("ck_certificate_not_back_dated"), "valid_from >= issued_at")
        batch.create_foreign_key(
            op.f("fk_certificate_applicant_id_person"), "person", ["applicant_id"], ["id"]
        )
        batch.create_foreign_key(op.f("fk_certificate_key_id_issuing_key"), "issuing_key", ["key_id"], ["id"])
        batch.create_index(op.f("ix_certificate_key_id"), ["key_id"])
    append_only.lay("certificate")


def _restore_certificates() -> None:
    append_only.lift("certificate")
    with op.batch_alter_table("certificate") as table:
        table.drop_index(op.f("ix_certificate_key_id"))
        table.drop_constraint(op.f("fk_certificate_applicant_id_person"), type_="foreignkey")
        table.drop_constraint(op.f("fk_certificate_key_id_issuing_key"), type_="foreignkey")
        table.drop_constraint(op.f("ck_certificate_three_people"), type_="check")
        table.drop_constraint(op.f("ck_certificate_not_back_dated"), type_="check")
        table.drop_column("applicant_id")
        table.drop_column("key_id")
        table.create_check_constraint(op.f("ck_certificate_two_people"), "reviewer_id <> issuer_id")
    append_only.lay("certificate")


def _change_standings() -> None:
    with op.batch_alter_table("certificate_standing") as table:
        table.drop_constraint(op.f("ck_certificate_standing_revoked_says_why"), type_="check")
        table.drop_constraint(op.f("ck_certificate_standing_superseded_by_whom"), type_="check")
        for name, kind in (
            ("suspended_at", AT),
            ("suspended_by", sa.Uuid()),
            ("suspension_reason", sa.String()),
            ("decided_at", AT),
            ("invalid_since", AT),
            ("case_id", sa.Uuid()),
        ):
            table.add_column(sa.Column(name, kind, nullable=True))
        table.create_foreign_key(
            op.f("fk_certificate_standing_suspended_by_person"), "person", ["suspended_by"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_certificate_standing_case_id_withdrawal_case"), "withdrawal_case", ["case_id"], ["id"]
        )
        table.create_index(op.f("ix_certificate_standing_case_id"), ["case_id"])
    # Of a revocation of before only one date was recorded.
    op.execute(
        "UPDATE certificate_standing SET decided_at = revoked_at, invalid_since = revoked_at WHERE state = 'revoked'"
    )
    with op.batch_alter_table("certificate_standing") as table:
        for name, rule in (
            ("suspended_says_why", SUSPENDED),
            ("revoked_says_why", REVOKED),
            ("revoked_dates", "decided_at <= revoked_at AND invalid_since <= revoked_at"),
            ("superseded_by_whom", "state <> 'superseded' OR superseded_by IS NOT NULL"),
            ("superseded", "superseded_by IS NULL OR state IN ('superseded', 'revoked')"),
        ):
            table.create_check_constraint(op.f(f"ck_certificate_standing_{name}"), rule)


def _restore_standings() -> None:
    with op.batch_alter_table("certificate_standing") as table:
        for name in (
            "suspended_says_why",
            "revoked_says_why",
            "revoked_dates",
            "superseded_by_whom",
            "superseded",
        ):
            table.drop_constraint(op.f(f"ck_certificate_standing_{name}"), type_="check")
        table.drop_index(op.f("ix_certificate_standing_case_id"))
        table.drop_constraint(op.f("fk_certificate_standing_suspended_by_person"), type_="foreignkey")
        table.drop_constraint(op.f("fk_certificate_standing_case_id_withdrawal_case"), type_="foreignkey")
        for name in (
            "suspended_at",
            "suspended_by",
            "suspension_reason",
            "decided_at",
            "invalid_since",
            "case_id",
        ):
            table.drop_column(name)
    op.execute("UPDATE certificate_standing SET superseded_by = NULL WHERE state = 'revoked'")
    with op.batch_alter_table("certificate_standing") as table:
        table.create_check_constraint(op.f("ck_certificate_standing_revoked_says_why"), REVOKED_BEFORE)
        table.create_check_constraint(
            op.f("ck_certificate_standing_superseded_by_whom"),
            "(state = 'superseded') = (superseded_by IS NOT NULL)",
        )
