"""The schema, once, for SQLite and PostgreSQL.

Callers' telephone numbers stand in `contacts` alone, names in `consumers` alone; every other table
points there or holds masked text. So what belongs to one person is found, and erased, in one place.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from npcl_voice.domain.complaints import COMPLAINT_DIGITS, OPEN_STATUSES

__all__ = [
    "UtcTime",
    "areas",
    "audit",
    "bills",
    "callbacks",
    "calls",
    "complaints",
    "consumers",
    "contacts",
    "counters",
    "erasures",
    "handovers",
    "metadata",
    "needs",
    "notes",
    "outages",
    "outbox",
    "premises",
    "reports",
    "requests",
    "transcripts",
    "tries",
]


class UtcTime(TypeDecorator[datetime]):
    """A moment: handed in with any zone, kept and given back in UTC.

    SQLite has no type for it, so both databases store UTC and a time without a zone is refused.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"{value} has no time zone"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

areas = Table(
    "areas",
    metadata,
    Column("name", Text, primary_key=True),
    Column("aliases", Text, nullable=False),  # JSON list of other names
)

premises = Table(
    "premises",
    metadata,
    Column("premises_id", Text, primary_key=True),
    Column("area", Text, nullable=False),  # free: danger is taken down wherever it is seen
    Column("house", Text, nullable=False),
    Column("place_key", Text, nullable=False, unique=True),  # area and house without case and spaces
    Column("demo", Boolean, nullable=False),
)

consumers = Table(
    "consumers",
    metadata,
    Column("consumer_number", String(10), primary_key=True),
    Column("name", Text, nullable=False),
    Column("mobile", String(10), nullable=False, index=True),
    Column("premises_id", ForeignKey("premises.premises_id"), nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("category", Text, nullable=False, server_default=""),
    Column("load_kw", Text, nullable=False, server_default=""),
    Column("meter_number", Text, nullable=False, server_default=""),
)

bills = Table(  # the newest of each consumer
    "bills",
    metadata,
    Column("consumer_number", ForeignKey("consumers.consumer_number"), primary_key=True),
    Column("amount_due", Text, nullable=False),  # rupees with two places
    Column("due_on", Date, nullable=False),
    Column("last_paid", Text),
    Column("last_paid_on", Date),
)

contacts = Table(
    "contacts",
    metadata,
    Column("contact_id", Integer, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
)

outages = Table(
    "outages",
    metadata,
    Column("outage_id", Integer, primary_key=True),
    Column("area", ForeignKey("areas.name"), nullable=False, index=True),
    Column("cause", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("expected_at", UtcTime),
    Column("expected_source", Text),
    Column("expected_given_at", UtcTime),
    Column("expected_confidence", Text),
    Column("restored_at", UtcTime),
    Column("demo", Boolean, nullable=False),
)

complaints = Table(
    "complaints",
    metadata,
    Column("complaint_number", String(COMPLAINT_DIGITS), primary_key=True),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("premises_id", ForeignKey("premises.premises_id"), nullable=False),
    Column("registered_at", UtcTime, nullable=False, index=True),
    Column("promise_at", UtcTime),  # may be spoken
    Column("due_at", UtcTime),  # for the company's eyes: late by any rule, confirmed or not
    Column("repeats", Integer, nullable=False),
    Column("outage_id", ForeignKey("outages.outage_id")),
    Column("consumer_number", ForeignKey("consumers.consumer_number")),
    Column("contact_id", ForeignKey("contacts.contact_id")),
    Column("call_id", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("team", Text),  # whom it was given to last
    Column("closed_at", UtcTime),  # empty while it is open
    Column("openings", Integer, nullable=False, server_default="1"),  # each has a closing code of its own
)

_is_open = complaints.c.status.in_(sorted(OPEN_STATUSES))
Index(
    "one_open_complaint",
    complaints.c.premises_id,
    complaints.c.kind,
    unique=True,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)

reports = Table(  # every accepted report, the first and its repeats: a key is accepted once
    "reports",
    metadata,
    Column("idempotency_key", Text, primary_key=True),
    Column("complaint_number", ForeignKey("complaints.complaint_number"), nullable=False, index=True),
    Column("repeat", Boolean, nullable=False),
    Column("call_id", Text, nullable=False),
    Column("contact_id", ForeignKey("contacts.contact_id")),
    Column("reported_at", UtcTime, nullable=False),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("callback_id", Integer, primary_key=True),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("contact_id", ForeignKey("contacts.contact_id"), nullable=False),
    Column("time_window", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("call_id", Text, nullable=False),
    Column("booked_at", UtcTime, nullable=False),
    Column("demo", Boolean, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("caller", Text),  # masked
    Column("began_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime),
    Column("outcome", Text),
    Column("complaint_numbers", Text, nullable=False),  # JSON list
    Column("caller_digest", String(64), index=True),  # keyed: finds a caller's calls, and tells no number
    Column("failures", Integer, nullable=False, server_default="0"),  # of ours, that the call survived
    Column("claims_unbacked", Integer, nullable=False, server_default="0"),  # said, and backed by no tool's answer
)

transcripts = Table(  # masked text only
    "transcripts",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("at_s", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("heard_ms", Integer),
)

requests = Table(  # what was asked for under a key and accepted, so that a second try finds it
    "requests",
    metadata,
    Column("request_digest", String(64), primary_key=True),  # keys may hold numbers and addresses
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),  # as the audit names it
    Column("call_id", Text, index=True),  # empty where nobody shall know who asked
    Column("made_at", UtcTime, nullable=False),
)

tries = Table(  # names and codes that callers said: whether they were right, and nothing of them
    "tries",
    metadata,
    Column("what", Text, primary_key=True),  # name, code
    Column("subject", Text, primary_key=True),  # the account's or the complaint's number
    Column("call_id", Text, primary_key=True, index=True),
    Column("said_digest", String(64), primary_key=True),  # the same word said again is no other try
    Column("was_right", Boolean, nullable=False),
    Column("tried_at", UtcTime, nullable=False),
)

needs = Table(  # places where somebody's life or health depends on power; what ails them is not kept
    "needs",
    metadata,
    Column("need_id", Integer, primary_key=True),
    Column("premises_id", ForeignKey("premises.premises_id"), nullable=False, unique=True),
    Column("until", UtcTime, nullable=False),
    Column("flagged_at", UtcTime, nullable=False),
    Column("call_id", Text, nullable=False),
)

handovers = Table(  # masked text only
    "handovers",
    metadata,
    Column("handover_id", Integer, primary_key=True),
    Column("request_digest", String(64), nullable=False, unique=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("contact_id", ForeignKey("contacts.contact_id")),
    Column("reason", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("facts", Text, nullable=False),  # JSON list
    Column("last_words", Text, nullable=False),  # JSON list
    Column("hazard", Text),
    Column("language", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("target", Text),
    Column("wait_min", Integer),
    Column("open", Boolean, nullable=False),
    Column("made_at", UtcTime, nullable=False, index=True),
)

erasures = Table(  # receipts: what of a caller was erased and when, without the caller
    "erasures",
    metadata,
    Column("receipt", Text, primary_key=True),
    Column("caller_digest", String(64), nullable=False, index=True),
    Column("erased_at", UtcTime, nullable=False),
    Column("counts", Text, nullable=False),  # JSON object
)

audit = Table(  # append only: triggers refuse anything else
    "audit",
    metadata,
    Column("entry", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("detail", Text, nullable=False),  # JSON object
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)

notes = Table(  # operators' own words, apart from the audit, which is kept when a caller's data is erased
    "notes",
    metadata,
    Column("entry", Integer, primary_key=True, autoincrement=False),  # the audit's
    Column("text", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("job_id", Integer, primary_key=True),
    Column("job_key", Text, nullable=False, unique=True),  # the receiver drops what it has seen
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON object
    Column("made_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", UtcTime, index=True),
    Column("last_error", Text),
    Column("urgent", Boolean, nullable=False),  # an alert: delivered before all others
    Column("next_attempt_at", UtcTime),  # not before; empty means at once
    Column("leased_by", Text),  # the runner that is delivering it
    Column("leased_until", UtcTime),  # when that runner counts as dead
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)
