"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

OPEN = "status IN ('assigned', 'in_progress', 'registered', 'reopened')"


def upgrade() -> None:
    """Make all tables, and let the audit only grow."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "areas",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_areas"),
    )
    op.create_table(
        "premises",
        sa.Column("premises_id", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("house", sa.Text, nullable=False),
        sa.Column("place_key", sa.Text, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("premises_id", name="pk_premises"),
        sa.UniqueConstraint("place_key", name="uq_premises_place_key"),
    )
    op.create_table(
        "consumers",
        sa.Column("consumer_number", sa.String(10), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mobile", sa.String(10), nullable=False),
        sa.Column("premises_id", sa.Text, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("consumer_number", name="pk_consumers"),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.premises_id"], name="fk_consumers_premises_id"),
    )
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contacts"),
        sa.UniqueConstraint("number", name="uq_contacts_number"),
    )
    op.create_table(
        "outages",
        sa.Column("outage_id", sa.Integer, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("expected_at", moment),
        sa.Column("expected_source", sa.Text),
        sa.Column("expected_given_at", moment),
        sa.Column("restored_at", moment),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("outage_id", name="pk_outages"),
        sa.ForeignKeyConstraint(["area"], ["areas.name"], name="fk_outages_area"),
    )
    op.create_index("ix_outages_area", "outages", ["area"])
    op.create_table(
        "complaints",
        sa.Column("complaint_number", sa.String(9), nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("premises_id", sa.Text, nullable=False),
        sa.Column("registered_at", moment, nullable=False),
        sa.Column("promise_at", moment),
        sa.Column("due_at", moment),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("outage_id", sa.Integer),
        sa.Column("consumer_number", sa.String(10)),
        sa.Column("contact_id", sa.Integer),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("complaint_number", name="pk_complaints"),
        sa.UniqueConstraint("idempotency_key", name="uq_complaints_idempotency_key"),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.premises_id"], name="fk_complaints_premises_id"),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.outage_id"], name="fk_complaints_outage_id"),
        sa.ForeignKeyConstraint(
            ["consumer_number"], ["consumers.consumer_number"], name="fk_complaints_consumer_number"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.contact_id"], name="fk_complaints_contact_id"),
    )
    op.create_index("ix_complaints_registered_at", "complaints", ["registered_at"])
    op.create_index(
        "one_open_complaint",
        "complaints",
        ["premises_id", "kind"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_table(
        "reports",
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("complaint_number", sa.String(9), nullable=False),
        sa.Column("repeat", sa.Boolean, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("contact_id", sa.Integer),
        sa.Column("reported_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("idempotency_key", name="pk_reports"),
        sa.ForeignKeyConstraint(
            ["complaint_number"], ["complaints.complaint_number"], name="fk_reports_complaint_number"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.contact_id"], name="fk_reports_contact_id"),
    )
    op.create_index("ix_reports_complaint_number", "reports", ["complaint_number"])
    op.create_table(
        "callbacks",
        sa.Column("callback_id", sa.Integer, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("contact_id", sa.Integer, nullable=False),
        sa.Column("time_window", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("booked_at", moment, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("callback_id", name="pk_callbacks"),
        sa.UniqueConstraint("idempotency_key", name="uq_callbacks_idempotency_key"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.contact_id"], name="fk_callbacks_contact_id"),
    )
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("caller", sa.Text),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("outcome", sa.Text),
        sa.Column("complaint_numbers", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_calls"),
    )
    op.create_index("ix_calls_began_at", "calls", ["began_at"])
    op.create_table(
        "transcripts",
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at_s", sa.Float, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("heard_ms", sa.Integer),
        sa.PrimaryKeyConstraint("call_id", "line", name="pk_transcripts"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_transcripts_call_id"),
    )
    op.create_table(
        "audit",
        sa.Column("entry", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_table(
        "outbox",
        sa.Column("job_id", sa.Integer, nullable=False),
        sa.Column("job_key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("done_at", moment),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("job_id", name="pk_outbox"),
        sa.UniqueConstraint("job_key", name="uq_outbox_job_key"),
    )
    op.create_index("ix_outbox_done_at", "outbox", ["done_at"])
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    # Numbers below 54324 belong to the demonstration's complaints.
    op.bulk_insert(counters, [{"name": "complaint", "value": 54323}, {"name": "audit", "value": 0}])
    _let_the_audit_only_grow()


def _let_the_audit_only_grow() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
    )
