"""Which issue of a sheet a label is on"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("label", sa.Column("sheet", sa.Integer(), nullable=True))
