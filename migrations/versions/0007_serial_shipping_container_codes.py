"""GS1 company prefix of a party, SSCC of a container, labels by what they are of"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("gs1_prefix", sa.String(length=12), nullable=True))
    op.add_column("container", sa.Column("sscc", sa.String(length=18), nullable=True))
    op.create_index(op.f("ix_container_sscc"), "container", ["sscc"], unique=True)
    op.create_index(op.f("ix_label_thing_id"), "label", ["thing_id"], unique=False)
