"""What callers may ask about their accounts, what they may do to a complaint, and what keeps both safe."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the tables, and give closed complaints the time at which the audit saw them closed."""
    for name in ("category", "load_kw", "meter_number"):
        op.add_column("consumers", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.create_index("ix_consumers_mobile", "consumers", ["mobile"])
    op.add_column("outages", sa.Column("expected_confidence", sa.Text))
    op.add_column("complaints", sa.Column("closed_at", MOMENT))
    op.add_column("complaints", sa.Column("openings", sa.Integer, nullable=False, server_default="1"))
    op.add_column("calls", sa.Column("caller_digest", sa.String(64)))
    op.create_index("ix_calls_caller_digest", "calls", ["caller_digest"])
    _add_tables()
    op.execute(
        "UPDATE complaints SET closed_at = (SELECT MAX(audit.at) FROM audit WHERE audit.action = 'complaint.closed' "
        "AND audit.subject = complaints.complaint_number) WHERE status = 'resolved'"
    )
    op.execute(
        "UPDATE complaints SET openings = 1 + (SELECT COUNT(*) FROM audit WHERE audit.action = 'complaint.reopened' "
        "AND audit.subject = complaints.complaint_number)"
    )


def _add_tables() -> None:
    op.create_table(
        "bills",
        sa.Column("consumer_number", sa.String(10), nullable=False),
        sa.Column("amount_due", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("last_paid", sa.Text),
        sa.Column("last_paid_on", sa.Date),
        sa.PrimaryKeyConstraint("consumer_number", name="pk_bills"),
        sa.ForeignKeyConstraint(["consumer_number"], ["consumers.consumer_number"], name="fk_bills_consumer_number"),
    )
    op.create_table(
        "requests",
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("call_id", sa.Text),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("request_digest", name="pk_requests"),
    )
    op.create_index("ix_requests_call_id", "requests", ["call_id"])
    op.create_table(
        "tries",
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("said_digest", sa.String(64), nullable=False),
        sa.Column("was_right", sa.Boolean, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("what", "subject", "call_id", "said_digest", name="pk_tries"),
    )
    op.create_index("ix_tries_call_id", "tries", ["call_id"])
    op.create_table(
        "needs",
        sa.Column("need_id", sa.Integer, nullable=False),
        sa.Column("premises_id", sa.Text, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("flagged_at", MOMENT, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("need_id", name="pk_needs"),
        sa.UniqueConstraint("premises_id", name="uq_needs_premises_id"),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.premises_id"], name="fk_needs_premises_id"),
    )
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.Integer, nullable=False),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("contact_id", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("last_words", sa.Text, nullable=False),
        sa.Column("hazard", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("target", sa.Text),
        sa.Column("wait_min", sa.Integer),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("handover_id", name="pk_handovers"),
        sa.UniqueConstraint("request_digest", name="uq_handovers_request_digest"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.contact_id"], name="fk_handovers_contact_id"),
    )
    op.create_index("ix_handovers_call_id", "handovers", ["call_id"])
    op.create_index("ix_handovers_made_at", "handovers", ["made_at"])
    op.create_table(
        "erasures",
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("caller_digest", sa.String(64), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("receipt", name="pk_erasures"),
    )
    op.create_index("ix_erasures_caller_digest", "erasures", ["caller_digest"])
