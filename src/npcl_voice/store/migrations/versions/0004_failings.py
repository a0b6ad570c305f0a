"""What went wrong in a call: failures of ours, and claims that nothing backed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody counted for calls that were held before."""
    op.add_column("calls", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
    op.add_column("calls", sa.Column("claims_unbacked", sa.Integer, nullable=False, server_default="0"))
