"""The first schema: everything from a person to a leaf of the log."""

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0001_first_schema"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_line",
    "submission",
    "evidence",
    "issuance_intent",
    "certificate",
    "log_entry",
    "log_node",
    "log_checkpoint",
)


def upgrade() -> None:
    op.create_table(
        "audit_line",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=False),
        sa.Column("line_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_line")),
        sa.UniqueConstraint("line_digest", name=op.f("uq_audit_line_line_digest")),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    with op.batch_alter_table("failed_sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_failed_sign_in_email_digest"), ["email_digest"], unique=False)

    op.create_table(
        "issuing_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public_key_multibase", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('certificates', 'log')", name=op.f("ck_issuing_key_purpose")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from < valid_until", name=op.f("ck_issuing_key_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing_key")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_job_running_has_a_lease")
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)",
            name=op.f("ck_job_finished_has_its_time"),
        ),
        sa.CheckConstraint("state <> 'failed' OR error IS NOT NULL", name=op.f("ck_job_failed_says_why")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_waiting", ["state", "not_before"], unique=False)

    op.create_table(
        "log_checkpoint",
        sa.Column(
            "size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("node_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_node")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('maker', 'laboratory', 'authority')", name=op.f("ck_organisation_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name_en", name=op.f("uq_organisation_name_en")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_organisation_name_zh")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "access_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_token_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_access_token_token_digest")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('invitation', 'password_reset')", name=op.f("ck_one_time_link_purpose")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_one_time_link_token_digest")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "name IN ('maker', 'laboratory', 'reviewer', 'issuer', 'administrator')",
            name=op.f("ck_role_name"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_role_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index(
            "uq_role_current",
            ["person_id", "organisation_id", "name"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "scope",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("protocol_id", sa.String(), nullable=False),
        sa.Column("accreditation", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_scope_dates")),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["organisation.id"], name=op.f("fk_scope_laboratory_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope")),
    )
    with op.batch_alter_table("scope", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scope_laboratory_id"), ["laboratory_id"], unique=False)

    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("similarity", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["organisation.id"], name=op.f("fk_series_maker_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("maker_id", "name", name=op.f("uq_series_maker_id_name")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_token_digest")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("part_number", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("limits", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("use_condition", sa.String(), nullable=False),
        sa.Column("design_life_hours", sa.Double(), nullable=False),
        sa.Column("screened", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["organisation.id"], name=op.f("fk_part_maker_id_organisation")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_part_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
        sa.UniqueConstraint("maker_id", "part_number", name=op.f("uq_part_maker_id_part_number")),
    )
    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_series_id"), ["series_id"], unique=False)

    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("engine_version", sa.String(), nullable=False),
        sa.Column("rule_set", sa.String(), nullable=False),
        sa.Column("dossier", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("dossier_digest", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("decision", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("analysis", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'decided') = (grade IS NOT NULL)", name=op.f("ck_evaluation_decided_has_a_grade")
        ),
        sa.CheckConstraint("state IN ('decided', 'analysed')", name=op.f("ck_evaluation_state")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_evaluation_part_id_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(
            "uq_evaluation_current",
            ["part_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "test_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("stress", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("lots", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("accept", sa.Integer(), nullable=False),
        sa.Column("part_average_testing", sa.Boolean(), nullable=False),
        sa.Column("screen_document", sa.String(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("accept >= 0", name=op.f("ck_test_plan_accept")),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["organisation.id"], name=op.f("fk_test_plan_laboratory_id_organisation")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_test_plan_part_id_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_plan")),
        sa.UniqueConstraint("number", name=op.f("uq_test_plan_number")),
    )
    with op.batch_alter_table("test_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_test_plan_laboratory_id"), ["laboratory_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_test_plan_part_id"), ["part_id"], unique=False)

    op.create_table(
        "published_part",
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("part_number", sa.String(), nullable=False),
        sa.Column("maker_en", sa.String(), nullable=False),
        sa.Column("maker_zh", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("grade_order", sa.Integer(), nullable=False),
        sa.Column("vector", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("certificate_number", sa.String(), nullable=True),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'rated') = (certificate_number IS NOT NULL)",
            name=op.f("ck_published_part_rated_has_a_certificate"),
        ),
        sa.CheckConstraint(
            "(kind = 'rated') = (grade IS NOT NULL)", name=op.f("ck_published_part_rated_has_a_grade")
        ),
        sa.CheckConstraint("kind IN ('rated', 'analysed')", name=op.f("ck_published_part_kind")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_published_part_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_published_part_part_id_part")),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_published_part")),
    )
    with op.batch_alter_table("published_part", schema=None) as batch_op:
        batch_op.create_index(
            "ix_published_part_order", ["family", "grade_order", "part_number"], unique=False
        )

    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (reviewer_id IS NULL) AND (state = 'waiting') = (reviewed_at IS NULL)",
            name=op.f("ck_review_judged_has_its_judge"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'returned')", name=op.f("ck_review_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'returned') OR statement IS NOT NULL", name=op.f("ck_review_says_why")
        ),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR reviewer_id <> applied_by", name=op.f("ck_review_never_ones_own")
        ),
        sa.ForeignKeyConstraint(["applied_by"], ["person.id"], name=op.f("fk_review_applied_by_person")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_review_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(
            "uq_review_standing",
            ["evaluation_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'returned'"),
            postgresql_where=sa.text("state <> 'returned'"),
        )

    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("evidence_digest", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (evidence_digest IS NOT NULL)",
            name=op.f("ck_submission_accepted_has_evidence"),
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (fault_count > 0)", name=op.f("ck_submission_refused_says_why")
        ),
        sa.CheckConstraint("state IN ('accepted', 'refused')", name=op.f("ck_submission_state")),
        sa.ForeignKeyConstraint(["plan_id"], ["test_plan.id"], name=op.f("fk_submission_plan_id_test_plan")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["person.id"], name=op.f("fk_submission_submitted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("number", name=op.f("uq_submission_number")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("columns_digest", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("protocol_digest", sa.String(), nullable=False),
        sa.Column("evidence_class", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("summary", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "evidence_class IN ('E0', 'E1', 'E2', 'E3')", name=op.f("ck_evidence_evidence_class")
        ),
        sa.CheckConstraint("started_on <= ended_on", name=op.f("ck_evidence_dates")),
        sa.ForeignKeyConstraint(["plan_id"], ["test_plan.id"], name=op.f("fk_evidence_plan_id_test_plan")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_evidence_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_evidence_plan_id")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_evidence_submission_id")),
    )
    op.create_table(
        "issuance_intent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["person.id"], name=op.f("fk_issuance_intent_issuer_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_issuance_intent_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuance_intent")),
        sa.UniqueConstraint("number", name=op.f("uq_issuance_intent_number")),
        sa.UniqueConstraint("review_id", name=op.f("uq_issuance_intent_review_id")),
    )
    op.create_table(
        "certificate",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("payload_digest", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reviewer_id <> issuer_id", name=op.f("ck_certificate_two_people")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_certificate_validity")),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["issuance_intent.id"], name=op.f("fk_certificate_intent_id_issuance_intent")
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["person.id"], name=op.f("fk_certificate_issuer_id_person")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_certificate_part_id_part")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_certificate_reviewer_id_person")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificate")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_certificate_intent_id")),
        sa.UniqueConstraint("payload_digest", name=op.f("uq_certificate_payload_digest")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_part_id"), ["part_id"], unique=False)

    op.create_table(
        "certificate_standing",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation_reason", sa.String(), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_at IS NOT NULL) AND (state = 'revoked') = (revocation_reason IS NOT NULL) AND (state = 'revoked') = (revoked_by IS NOT NULL)",
            name=op.f("ck_certificate_standing_revoked_says_why"),
        ),
        sa.CheckConstraint(
            "(state = 'superseded') = (superseded_by IS NOT NULL)",
            name=op.f("ck_certificate_standing_superseded_by_whom"),
        ),
        sa.CheckConstraint(
            "state IN ('valid', 'suspended', 'revoked', 'superseded')",
            name=op.f("ck_certificate_standing_state"),
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["certificate.number"], name=op.f("fk_certificate_standing_number_certificate")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_certificate_standing_part_id_part")),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["person.id"], name=op.f("fk_certificate_standing_revoked_by_person")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificate_standing")),
    )
    with op.batch_alter_table("certificate_standing", schema=None) as batch_op:
        batch_op.create_index(
            "uq_certificate_standing_current",
            ["part_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('valid', 'suspended')"),
            postgresql_where=sa.text("state IN ('valid', 'suspended')"),
        )

    op.create_table(
        "log_entry",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("certificate_number", sa.String(), nullable=False),
        sa.Column("leaf", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_log_entry_position")),
        sa.ForeignKeyConstraint(
            ["certificate_number"],
            ["certificate.number"],
            name=op.f("fk_log_entry_certificate_number_certificate"),
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_entry")),
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_log_entry_certificate_number"), ["certificate_number"], unique=False
        )

    for table in APPEND_ONLY:
        append_only.lay(table)


def downgrade() -> None:
    for table in APPEND_ONLY:
        append_only.lift(table)
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_entry_certificate_number"))

    op.drop_table("log_entry")
    with op.batch_alter_table("certificate_standing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_standing_current",
            sqlite_where=sa.text("state IN ('valid', 'suspended')"),
            postgresql_where=sa.text("state IN ('valid', 'suspended')"),
        )

    op.drop_table("certificate_standing")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_part_id"))

    op.drop_table("certificate")
    op.drop_table("issuance_intent")
    op.drop_table("evidence")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_plan_id"))

    op.drop_table("submission")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_standing",
            sqlite_where=sa.text("state <> 'returned'"),
            postgresql_where=sa.text("state <> 'returned'"),
        )

    op.drop_table("review")
    with op.batch_alter_table("published_part", schema=None) as batch_op:
        batch_op.drop_index("ix_published_part_order")

    op.drop_table("published_part")
    with op.batch_alter_table("test_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_test_plan_part_id"))
        batch_op.drop_index(batch_op.f("ix_test_plan_laboratory_id"))

    op.drop_table("test_plan")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_evaluation_current",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.drop_table("evaluation")
    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_part_series_id"))

    op.drop_table("part")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    op.drop_table("series")
    with op.batch_alter_table("scope", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scope_laboratory_id"))

    op.drop_table("scope")
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_current",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("role")
    op.drop_table("one_time_link")
    op.drop_table("access_token")
    op.drop_table("person")
    op.drop_table("organisation")
    op.drop_table("log_node")
    op.drop_table("log_checkpoint")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_waiting")

    op.drop_table("job")
    op.drop_table("issuing_key")
    with op.batch_alter_table("failed_sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_failed_sign_in_email_digest"))

    op.drop_table("failed_sign_in")
    op.drop_table("audit_line")
    append_only.forget()
