"""Who works on a complaint, what operators note, and what the delivery of the outbox needs."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table, and bring jobs that are owed already into the new form."""
    moment = sa.DateTime(timezone=True)
    op.add_column("complaints", sa.Column("team", sa.Text))
    op.create_table(
        "notes",
        sa.Column("entry", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_notes"),
    )
    op.add_column("outbox", sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("next_attempt_at", moment))
    op.add_column("outbox", sa.Column("leased_by", sa.Text))
    op.add_column("outbox", sa.Column("leased_until", moment))
    _make_alerts_of_emergencies()
    _make_keys_opaque()


def _make_alerts_of_emergencies() -> None:
    # The payload is JSON with the complaint's number in it, the same on both databases.
    op.execute(
        "UPDATE outbox SET urgent = TRUE, kind = REPLACE(kind, 'complaint.', 'hazard.') WHERE kind LIKE 'complaint.%' "
        "AND EXISTS (SELECT 1 FROM complaints WHERE complaints.priority = 'emergency' "
        "AND outbox.payload LIKE '%\"' || complaints.complaint_number || '\"%')"
    )


def _make_keys_opaque() -> None:
    """Keys leave the house, and the first ones held telephone numbers and addresses."""
    connection = op.get_bind()
    outbox = sa.table("outbox", sa.column("job_id"), sa.column("job_key"))
    for job_id, key in connection.execute(sa.select(outbox.c.job_id, outbox.c.job_key)).all():
        opaque = f"job_{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        connection.execute(sa.update(outbox).where(outbox.c.job_id == job_id).values(job_key=opaque))
