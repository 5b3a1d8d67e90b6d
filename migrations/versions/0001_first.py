"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "discrepancy",
        sa.Column("discrepancy_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.Unicode(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("medium_id", sa.String(length=26), nullable=True),
        sa.Column("container_id", sa.String(length=26), nullable=True),
        sa.Column("consignment_id", sa.String(length=26), nullable=True),
        sa.Column("run_id", sa.String(length=26), nullable=True),
        sa.Column("location_id", sa.String(length=26), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.String(length=1000), nullable=True),
        sa.PrimaryKeyConstraint("discrepancy_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_discrepancy_consignment_id"), "discrepancy", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_discrepancy_container_id"), "discrepancy", ["container_id"], unique=False)
    op.create_index(op.f("ix_discrepancy_medium_id"), "discrepancy", ["medium_id"], unique=False)
    op.create_index(op.f("ix_discrepancy_resolved_at"), "discrepancy", ["resolved_at"], unique=False)
    op.create_index(op.f("ix_discrepancy_run_id"), "discrepancy", ["run_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("evidence_id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("evidence_id"),
    )
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"], unique=False)
    op.create_table(
        "installation",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "job",
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.Unicode(length=40), nullable=False),
        sa.Column("resource", sa.String(length=26), nullable=False),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("run_id", sa.String(length=26), nullable=True),
        sa.Column("requested_by", sa.String(length=26), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("fault", sa.String(length=1000), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job_id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index(op.f("ix_job_run_id"), "job", ["run_id"], unique=False)
    op.create_index("ix_job_state", "job", ["state", "created_at"], unique=False)
    op.create_index(
        "ux_job_one_running",
        "job",
        ["resource"],
        unique=True,
        sqlite_where=sa.text("state IN ('running', 'waiting')"),
        postgresql_where=sa.text("state IN ('running', 'waiting')"),
    )
    op.create_table(
        "kept_answer",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_kept_answer_created_at"), "kept_answer", ["created_at"], unique=False)
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_ledger_entry_subject", "ledger_entry", ["subject", "position"], unique=False)
    op.create_table(
        "ledger_head",
        sa.Column("head_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("head_id"),
    )
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position"),
    )
    op.create_table(
        "party",
        sa.Column("party_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.Unicode(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=500), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("party_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "policy",
        sa.Column("policy_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("weekly_weekday", sa.Integer(), nullable=False),
        sa.Column("tiers", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("policy_id"),
    )
    op.create_index(op.f("ix_policy_name"), "policy", ["name"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "custody_transfer",
        sa.Column("transfer_id", sa.String(length=26), nullable=False),
        sa.Column("consignment_id", sa.String(length=26), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("from_party_id", sa.String(length=26), nullable=False),
        sa.Column("to_party_id", sa.String(length=26), nullable=False),
        sa.Column("released", sa.JSON(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received", sa.JSON(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_party_id"],
            ["party.party_id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_party_id"],
            ["party.party_id"],
        ),
        sa.PrimaryKeyConstraint("transfer_id"),
    )
    op.create_index(
        op.f("ix_custody_transfer_consignment_id"), "custody_transfer", ["consignment_id"], unique=False
    )
    op.create_table(
        "handler",
        sa.Column("handler_id", sa.String(length=26), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("party_id", sa.String(length=26), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.party_id"],
        ),
        sa.PrimaryKeyConstraint("handler_id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "job_step",
        sa.Column("step_id", sa.String(length=26), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("intent", sa.JSON(), nullable=False),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.job_id"],
        ),
        sa.PrimaryKeyConstraint("step_id"),
        sa.UniqueConstraint("job_id", "ordinal"),
    )
    op.create_table(
        "location",
        sa.Column("location_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.Unicode(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("parent_id", sa.String(length=26), nullable=True),
        sa.Column("party_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("element_address", sa.Integer(), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["location.location_id"],
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.party_id"],
        ),
        sa.PrimaryKeyConstraint("location_id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_location_parent", "location", ["parent_id", "kind", "number"], unique=False)
    op.create_index(op.f("ix_location_path"), "location", ["path"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("token_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("handler_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["handler.handler_id"],
        ),
        sa.PrimaryKeyConstraint("token_id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_api_token_handler_id"), "api_token", ["handler_id"], unique=False)
    op.create_table(
        "consignment",
        sa.Column("consignment_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.Unicode(length=40), nullable=False),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("run_id", sa.String(length=26), nullable=True),
        sa.Column("from_location_id", sa.String(length=26), nullable=False),
        sa.Column("to_location_id", sa.String(length=26), nullable=False),
        sa.Column("carrier_id", sa.String(length=26), nullable=False),
        sa.Column("location_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_total", sa.Integer(), nullable=False),
        sa.Column("step_done", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["carrier_id"],
            ["party.party_id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_location_id"],
            ["location.location_id"],
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.location_id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id"],
            ["location.location_id"],
        ),
        sa.PrimaryKeyConstraint("consignment_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_consignment_run_id"), "consignment", ["run_id"], unique=False)
    op.create_index(op.f("ix_consignment_state"), "consignment", ["state"], unique=False)
    op.create_table(
        "container",
        sa.Column("container_id", sa.String(length=26), nullable=False),
        sa.Column("barcode", sa.String(length=32), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("custodian_id", sa.String(length=26), nullable=False),
        sa.Column("location_id", sa.String(length=26), nullable=False),
        sa.Column("consignment_id", sa.String(length=26), nullable=True),
        sa.Column("seal_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["custodian_id"],
            ["party.party_id"],
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.location_id"],
        ),
        sa.PrimaryKeyConstraint("container_id"),
        sa.UniqueConstraint("barcode"),
    )
    op.create_index(op.f("ix_container_consignment_id"), "container", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_container_location_id"), "container", ["location_id"], unique=False)
    op.create_table(
        "device",
        sa.Column("device_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("library_id", sa.String(length=26), nullable=False),
        sa.Column("topology_digest", sa.String(length=64), nullable=True),
        sa.Column("identity", sa.JSON(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("inventory_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["library_id"],
            ["location.location_id"],
        ),
        sa.PrimaryKeyConstraint("device_id"),
        sa.UniqueConstraint("library_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "medium",
        sa.Column("medium_id", sa.String(length=26), nullable=False),
        sa.Column(
            "barcode",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "serial_number",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("media_type", sa.Unicode(length=40), nullable=False),
        sa.Column("generation", sa.String(length=8), nullable=False),
        sa.Column("content", sa.Unicode(length=40), nullable=False),
        sa.Column("custody", sa.Unicode(length=40), nullable=False),
        sa.Column("custodian_id", sa.String(length=26), nullable=False),
        sa.Column("location_id", sa.String(length=26), nullable=False),
        sa.Column("container_id", sa.String(length=26), nullable=True),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=True),
        sa.Column("dataset", sa.String(length=80), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("tier", sa.String(length=20), nullable=True),
        sa.Column("period_key", sa.String(length=20), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["custodian_id"],
            ["party.party_id"],
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.location_id"],
        ),
        sa.PrimaryKeyConstraint("medium_id"),
        sa.UniqueConstraint("barcode"),
    )
    op.create_index("ix_medium_container", "medium", ["container_id", "barcode"], unique=False)
    op.create_index("ix_medium_content", "medium", ["content", "barcode"], unique=False)
    op.create_index("ix_medium_custodian", "medium", ["custodian_id", "barcode"], unique=False)
    op.create_index("ix_medium_custody", "medium", ["custody", "barcode"], unique=False)
    op.create_index("ix_medium_custody_content", "medium", ["custody", "content", "barcode"], unique=False)
    op.create_index("ix_medium_dataset", "medium", ["dataset", "barcode"], unique=False)
    op.create_index("ix_medium_expires", "medium", ["custody", "expires_on"], unique=False)
    op.create_index(
        "ix_medium_expiry",
        "medium",
        ["expires_on", "barcode"],
        unique=False,
        sqlite_where=sa.text("expires_on IS NOT NULL"),
        postgresql_where=sa.text("expires_on IS NOT NULL"),
    )
    op.create_index(
        "ix_medium_held",
        "medium",
        ["barcode"],
        unique=False,
        sqlite_where=sa.text("held_since IS NOT NULL"),
        postgresql_where=sa.text("held_since IS NOT NULL"),
    )
    op.create_index("ix_medium_location", "medium", ["location_id", "barcode"], unique=False)
    op.create_index(op.f("ix_medium_serial_number"), "medium", ["serial_number"], unique=False)
    op.create_table(
        "schedule",
        sa.Column("schedule_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("policy_name", sa.String(length=120), nullable=False),
        sa.Column("library_id", sa.String(length=26), nullable=False),
        sa.Column("vault_id", sa.String(length=26), nullable=False),
        sa.Column("carrier_id", sa.String(length=26), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("catch_up", sa.Unicode(length=40), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("last_slot", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier_id"],
            ["party.party_id"],
        ),
        sa.ForeignKeyConstraint(
            ["library_id"],
            ["location.location_id"],
        ),
        sa.ForeignKeyConstraint(
            ["vault_id"],
            ["location.location_id"],
        ),
        sa.PrimaryKeyConstraint("schedule_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "setup_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("handler_id", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["handler.handler_id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_setup_link_handler_id"), "setup_link", ["handler_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("handler_id", sa.String(length=26), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["handler.handler_id"],
        ),
        sa.PrimaryKeyConstraint("session_hash"),
    )
    op.create_index(op.f("ix_sign_in_handler_id"), "sign_in", ["handler_id"], unique=False)
    op.create_table(
        "consignment_container",
        sa.Column("consignment_id", sa.String(length=26), nullable=False),
        sa.Column("container_id", sa.String(length=26), nullable=False),
        sa.Column("seal_number", sa.String(length=32), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("seal_outcome", sa.Unicode(length=40), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.consignment_id"],
        ),
        sa.ForeignKeyConstraint(
            ["container_id"],
            ["container.container_id"],
        ),
        sa.PrimaryKeyConstraint("consignment_id", "container_id"),
    )
    op.create_table(
        "element",
        sa.Column("device_id", sa.String(length=26), nullable=False),
        sa.Column("address", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Unicode(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.String(length=26), nullable=True),
        sa.Column("installed", sa.Boolean(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("accessible", sa.Boolean(), nullable=True),
        sa.Column("reading", sa.Unicode(length=40), nullable=False),
        sa.Column("volume_tag", sa.String(length=40), nullable=True),
        sa.Column("phantom_tag", sa.String(length=40), nullable=True),
        sa.Column("medium_id", sa.String(length=26), nullable=True),
        sa.Column("drive_serial", sa.String(length=64), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.device_id"],
        ),
        sa.PrimaryKeyConstraint("device_id", "address"),
    )
    op.create_index(op.f("ix_element_medium_id"), "element", ["medium_id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("hold_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("medium_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("approver_id", sa.String(length=26), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.String(length=26), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["approver_id"],
            ["handler.handler_id"],
        ),
        sa.ForeignKeyConstraint(
            ["medium_id"],
            ["medium.medium_id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["handler.handler_id"],
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"],
            ["handler.handler_id"],
        ),
        sa.ForeignKeyConstraint(
            ["released_by"],
            ["handler.handler_id"],
        ),
        sa.PrimaryKeyConstraint("hold_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_hold_medium_id"), "hold", ["medium_id"], unique=False)
    op.create_index(op.f("ix_hold_released_at"), "hold", ["released_at"], unique=False)
    op.create_table(
        "manifest_line",
        sa.Column("consignment_id", sa.String(length=26), nullable=False),
        sa.Column("medium_id", sa.String(length=26), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("container_id", sa.String(length=26), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("packed_by", sa.String(length=26), nullable=True),
        sa.Column("packed_entry", sa.BigInteger(), nullable=True),
        sa.Column("packed_from", sa.String(length=26), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unpacked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skip_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.consignment_id"],
        ),
        sa.ForeignKeyConstraint(
            ["medium_id"],
            ["medium.medium_id"],
        ),
        sa.PrimaryKeyConstraint("consignment_id", "medium_id"),
    )
    op.create_index(op.f("ix_manifest_line_medium_id"), "manifest_line", ["medium_id"], unique=False)
    op.create_index("ix_manifest_line_state", "manifest_line", ["consignment_id", "state"], unique=False)
    op.create_table(
        "run",
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("schedule_id", sa.String(length=26), nullable=False),
        sa.Column("slot", sa.String(length=20), nullable=False),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("library_id", sa.String(length=26), nullable=False),
        sa.Column("vault_id", sa.String(length=26), nullable=False),
        sa.Column("carrier_id", sa.String(length=26), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=26), nullable=True),
        sa.Column("out_consignment_id", sa.String(length=26), nullable=True),
        sa.Column("home_consignment_id", sa.String(length=26), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["carrier_id"],
            ["party.party_id"],
        ),
        sa.ForeignKeyConstraint(
            ["library_id"],
            ["location.location_id"],
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedule.schedule_id"],
        ),
        sa.ForeignKeyConstraint(
            ["vault_id"],
            ["location.location_id"],
        ),
        sa.PrimaryKeyConstraint("run_id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("schedule_id", "slot"),
    )
    op.create_index(op.f("ix_run_state"), "run", ["state"], unique=False)
    op.create_table(
        "seal",
        sa.Column("seal_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.Unicode(length=40), nullable=False),
        sa.Column("container_id", sa.String(length=26), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["container_id"],
            ["container.container_id"],
        ),
        sa.PrimaryKeyConstraint("seal_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_seal_container_id"), "seal", ["container_id"], unique=False)
    op.create_table(
        "run_line",
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("medium_id", sa.String(length=26), nullable=False),
        sa.Column("direction", sa.Unicode(length=40), nullable=False),
        sa.Column("step", sa.Unicode(length=40), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("source_number", sa.Integer(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("ejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skip_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["medium_id"],
            ["medium.medium_id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "medium_id"),
    )
    op.create_index(op.f("ix_run_line_medium_id"), "run_line", ["medium_id"], unique=False)
    op.create_index("ix_run_line_step", "run_line", ["run_id", "direction", "step"], unique=False)
    protect_ledger()


APPEND_ONLY = ("ledger_entry", "ledger_node", "ledger_checkpoint")


def protect_ledger() -> None:
    """Entries, nodes and kept checkpoints can be added, never changed or removed."""
    op.execute(
        "INSERT INTO ledger_head (head_id, size, frontier, note, signed_at) VALUES (1, 0, "
        + ("''::bytea" if _postgresql() else "x''")
        + ", '', '1970-01-01 00:00:00.000000')"
    )
    if _postgresql():
        _protect_on_postgresql()
    else:
        _protect_on_sqlite()


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _protect_on_sqlite() -> None:
    for name in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )
        key = "position = NEW.position" + (" AND level = NEW.level" if name == "ledger_node" else "")
        if name == "ledger_checkpoint":
            key = "size = NEW.size"
        # INSERT OR REPLACE deletes without firing a delete trigger
        op.execute(
            f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} "
            f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {key}) "
            f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
        )


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION strongroom_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for name in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
            "FOR EACH ROW EXECUTE FUNCTION strongroom_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION strongroom_append_only()"
        )
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM PUBLIC, CURRENT_USER")
