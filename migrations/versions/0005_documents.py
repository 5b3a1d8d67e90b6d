"""Documents that were given out, and the logo of a party"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("document_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.Unicode(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("facts_sha256", sa.String(length=64), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=26), nullable=True),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_index("ix_document_facts", "document", ["number", "facts_sha256"], unique=True)
    op.create_index(op.f("ix_document_about"), "document", ["about"], unique=False)
    op.create_index(op.f("ix_document_facts_sha256"), "document", ["facts_sha256"], unique=False)
    op.create_table(
        "party_logo",
        sa.Column("party_id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.party_id"]),
        sa.PrimaryKeyConstraint("party_id"),
    )
