"""Printers, label series, label jobs"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _identifier(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "label_series",
        sa.Column("series_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reserved_by", sa.String(length=26), nullable=True),
        sa.PrimaryKeyConstraint("series_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "reservation",
        sa.Column("barcode", _identifier(32), nullable=False),
        sa.Column("series_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("medium_id", sa.String(length=26), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["series_id"], ["label_series.series_id"]),
        sa.PrimaryKeyConstraint("barcode"),
    )
    op.create_index("ix_reservation_series", "reservation", ["series_id", "barcode"], unique=False)
    op.create_table(
        "printer",
        sa.Column("printer_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("language", sa.Unicode(length=40), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=True),
        sa.Column("stock", sa.String(length=60), nullable=True),
        sa.Column("offset_x_um", sa.Integer(), nullable=False),
        sa.Column("offset_y_um", sa.Integer(), nullable=False),
        sa.Column("scale_x_ppm", sa.Integer(), nullable=False),
        sa.Column("scale_y_ppm", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("printer_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "label_job",
        sa.Column("label_job_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("what", sa.Unicode(length=40), nullable=False),
        sa.Column("asked", sa.String(length=1000), nullable=False),
        sa.Column("output", sa.Unicode(length=40), nullable=False),
        sa.Column("stock", sa.String(length=60), nullable=False),
        sa.Column("reading", sa.String(length=20), nullable=False),
        sa.Column("colours", sa.String(length=20), nullable=False),
        sa.Column("language", sa.Unicode(length=40), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=True),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("calibration", sa.JSON(), nullable=False),
        sa.Column("printer_id", sa.String(length=26), nullable=True),
        sa.Column("series_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("device_job_id", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.printer_id"]),
        sa.ForeignKeyConstraint(["series_id"], ["label_series.series_id"]),
        sa.PrimaryKeyConstraint("label_job_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_label_job_printer_id"), "label_job", ["printer_id"], unique=False)
    op.create_table(
        "label",
        sa.Column("label_id", sa.String(length=26), nullable=False),
        sa.Column("label_job_id", sa.String(length=26), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("payload", _identifier(40), nullable=False),
        sa.Column("thing_id", sa.String(length=26), nullable=True),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.String(length=26), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["label_job_id"], ["label_job.label_job_id"]),
        sa.PrimaryKeyConstraint("label_id"),
    )
    op.create_index("ix_label_job", "label", ["label_job_id", "ordinal"], unique=True)
    op.create_index("ix_label_payload", "label", ["payload"], unique=False)
    op.create_index("ix_label_state", "label", ["label_job_id", "state", "ordinal"], unique=False)
