"""Keys that sign documents, the signed PDFs, and the plots drawn for them."""

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0008_signed_documents"
down_revision = "0007_reviews_and_standing"
branch_labels = None
depends_on = None

APPEND_ONLY = ("certificate_document", "evaluation_plot")


def upgrade() -> None:
    with op.batch_alter_table("issuing_key") as keys:
        keys.add_column(sa.Column("x509_certificate", sa.String(), nullable=True))
        keys.drop_constraint(op.f("ck_issuing_key_purpose"), type_="check")
        keys.create_check_constraint(
            op.f("ck_issuing_key_purpose"), "purpose IN ('certificates', 'log', 'documents')"
        )
        keys.create_check_constraint(
            op.f("ck_issuing_key_documents_are_certified"),
            "(purpose = 'documents') = (x509_certificate IS NOT NULL)",
        )
    op.create_table(
        "certificate_document",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("unsigned_digest", sa.String(), nullable=False),
        sa.Column("signed_digest", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["certificate.number"], name=op.f("fk_certificate_document_number_certificate")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificate_document")),
    )
    op.create_table(
        "evaluation_plot",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("svg", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_plot_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_evaluation_plot")),
    )
    for table in APPEND_ONLY:
        append_only.lay(table)


def downgrade() -> None:
    # A program of before draws on demand, and knows no key for documents.
    op.execute("DELETE FROM job WHERE event IN ('plot_wanted', 'document_wanted')")
    for table in reversed(APPEND_ONLY):
        append_only.lift(table)
        op.drop_table(table)
    op.execute("DELETE FROM issuing_key WHERE purpose = 'documents'")
    with op.batch_alter_table("issuing_key") as keys:
        keys.drop_constraint(op.f("ck_issuing_key_documents_are_certified"), type_="check")
        keys.drop_constraint(op.f("ck_issuing_key_purpose"), type_="check")
        keys.create_check_constraint(op.f("ck_issuing_key_purpose"), "purpose IN ('certificates', 'log')")
        keys.drop_column("x509_certificate")
