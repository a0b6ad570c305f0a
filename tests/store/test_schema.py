"""The steps of the schema lead to what the tables say."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from npcl_voice import store as room
from npcl_voice.store import open_store
from npcl_voice.store.schema import HEAD
from npcl_voice.store.seed import ACCOUNTS
from npcl_voice.store.tables import metadata


def test_the_program_knows_its_newest_step():
    """`HEAD` is the end of one line of steps."""
    assert ScriptDirectory(str(Path(room.__file__).with_name("migrations"))).get_heads() == [HEAD]


async def test_the_steps_lead_to_the_tables(store):
    """A database made by the steps has exactly the tables, columns and indexes that the program expects."""

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with store._database.read() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
async def test_the_audit_only_grows(store, file, change):
    """The database itself refuses to change or remove an entry, whoever asks."""
    with closing(sqlite3.connect(file)) as connection, pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(change)


async def test_the_schema_refuses_a_second_open_complaint(store, file):
    """Even a program that forgot to look cannot write one."""
    with closing(sqlite3.connect(file)) as connection:
        again = (
            "INSERT INTO complaints (complaint_number, idempotency_key, status, kind, priority, premises_id,"
            " registered_at, repeats, call_id, demo) SELECT '000000001', 'x', ?, kind, priority, premises_id,"
            " registered_at, 0, 'c', 0 FROM complaints WHERE complaint_number = '000054321'"
        )
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(again, ("reopened",))
        connection.execute(again, ("resolved",))


def made_by(file: Path, step: str) -> None:
    """A database as the program left it whose newest step that was."""
    config = Config()
    config.set_main_option("script_location", str(Path(room.__file__).with_name("migrations")))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, step)
    engine.dispose()


async def test_jobs_of_the_first_schema_are_delivered_by_the_second(url, file, wall):
    """Emergencies become alerts, and keys that held a telephone number become opaque; nothing else changes."""
    made_by(file, "0001")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO premises VALUES ('p', 'Alpha 2', '', 'p', 0)")
        for number, kind, priority in (("000054324", "fire", "emergency"), ("000054325", "no_supply", "high")):
            connection.execute(
                "INSERT INTO complaints (complaint_number, idempotency_key, status, kind, priority, premises_id,"
                " registered_at, repeats, call_id, demo)"
                " VALUES (?, ?, 'registered', ?, ?, 'p', '2026-11-22', 0, 'c', 0)",
                (number, number, kind, priority),
            )
            connection.execute(
                "INSERT INTO outbox (job_key, kind, payload, made_at, attempts) VALUES (?, ?, ?, '2026-11-22', 0)",
                (f"call:9810012345:{number}", "complaint.registered", f'{{"complaint_number":"{number}"}}'),
            )
        connection.commit()
    async with await open_store(url, wall=wall, demo=False) as store:
        other, alert = await store.records.outbox(pending_only=True)
    assert (alert.kind, alert.urgent, alert.payload) == ("hazard.registered", True, {"complaint_number": "000054324"})
    assert (other.kind, other.urgent) == ("complaint.registered", False)
    assert "9810012345" not in other.job_key + alert.job_key
    assert other.job_key != alert.job_key


async def test_accounts_and_closings_of_the_second_schema_are_completed(url, file, wall):
    """The demonstration gets its accounts, nobody else's change; closed complaints know when they were closed."""
    made_by(file, "0002")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO premises VALUES ('P-1002', 'Beta 1', '108', 'beta 1/108', 1)")
        add = "INSERT INTO consumers VALUES (?, ?, ?, 'P-1002', ?)"
        connection.execute(add, ("2990528146", "Nidhi", "6999052814", 1))
        connection.execute(add, ("2990417365", "Somebody", "9810012345", 0))
        connection.execute(
            "INSERT INTO complaints (complaint_number, idempotency_key, status, kind, priority, premises_id,"
            " registered_at, repeats, call_id, demo) VALUES"
            " ('000054324', 'k1', 'resolved', 'no_supply', 'high', 'P-1002', '2026-11-20', 0, 'c', 0),"
            " ('000054325', 'k2', 'reopened', 'other', 'high', 'P-1002', '2026-11-20', 0, 'c', 0)"
        )
        audit = "INSERT INTO audit VALUES (?, ?, 'operator', ?, ?, '{}', 'p', 'd')"
        steps = ((1, "000054324", "closed"), (2, "000054325", "closed"), (3, "000054325", "reopened"))
        for entry, number, step in steps:
            connection.execute(audit, (entry, f"2026-11-2{entry} 04:30:00.000000", f"complaint.{step}", number))
        connection.commit()
    for _ in range(2):
        async with await open_store(url, wall=wall) as store:
            nidhi, other = [await store.desk.account(number) for number in ("2990528146", "2990417365")]
            closed, reopened = [await store.records.complaint(f"00005432{last}") for last in "45"]
        assert nidhi == msgspec.structs.replace(ACCOUNTS[1], premises=nidhi.premises)
        assert (other.name, other.category, other.bill) == ("Somebody", "", None)
        assert (closed.closed_at, closed.openings) == (datetime(2026, 11, 21, 4, 30, tzinfo=UTC), 1)
        assert (reopened.closed_at, reopened.openings) == (None, 2)
