"""The steps of the schema lead to what the tables say."""

import sqlite3
from contextlib import closing
from pathlib import Path

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


async def test_jobs_of_the_first_schema_are_delivered_by_the_second(url, file, wall):
    """Emergencies become alerts, and keys that held a telephone number become opaque; nothing else changes."""
    config = Config()
    config.set_main_option("script_location", str(Path(room.__file__).with_name("migrations")))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
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
