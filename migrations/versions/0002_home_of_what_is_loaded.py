"""The slot that the medium in a drive came from"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("element", sa.Column("home_address", sa.Integer(), nullable=True))
