"""The audit: one entry for each thing that was done, and no way to change one unseen."""

import sqlite3
from contextlib import closing

import pytest

from npcl_voice.domain.complaints import CallbackDraft, Draft
from npcl_voice.store.ledger import GENESIS, append, entries, take_turn
from npcl_voice.store.outbox import job_key


async def test_each_entry_is_bound_to_the_one_before(store):
    """The chain begins with zeros, and each digest is the next one's `previous`."""
    async with store._database.read() as connection:
        chain = await entries(connection)
    assert [one.entry for one in chain] == [1, 2, 3]
    assert [one.previous for one in chain] == [GENESIS, chain[0].digest, chain[1].digest]
    assert all(one.digest == one.expected_digest() for one in chain)
    assert len({one.digest for one in chain}) == 3


async def test_a_report_leaves_one_entry_and_one_job(store, wall):
    """First report, repeat and retry: registered, repeated, and nothing."""
    premises = await store.desk.premises("Alpha 2", "12")
    for key in ("k1", "k1", "k2"):
        wall.turn(minutes=1)
        await store.desk.register(
            Draft(
                idempotency_key=key,
                kind="fire",
                priority="emergency",
                premises=premises,
                call_id=f"call-{key}",
                caller_number="9810012345",
            )
        )
    history = await store.records.history("000054324")
    assert [(one.actor, one.action, one.detail) for one in history] == [
        ("call-k1", "complaint.registered", {"kind": "fire", "priority": "emergency"}),
        ("call-k2", "complaint.repeated", {"kind": "fire", "priority": "emergency"}),
    ]
    assert (history[1].at - history[0].at).total_seconds() == 120
    jobs = await store.records.outbox()
    told = {
        "complaint_number": "000054324",
        "status": "registered",
        "kind": "fire",
        "priority": "emergency",
        "area": "Alpha 2",
    }
    assert [(one.job_key, one.kind, one.payload, one.attempts, one.done_at, one.last_error) for one in jobs] == [
        (job_key("hazard.repeated", "k2"), "hazard.repeated", told, 0, None, None),
        (job_key("hazard.registered", "k1"), "hazard.registered", told, 0, None, None),
    ]
    assert [one.urgent for one in jobs] == [True, True]


async def test_personal_data_stands_in_its_own_tables_only(store, file):
    """A caller's number is in `contacts`, names are in `consumers`; no other table shows them."""
    premises = await store.desk.premises("Alpha 2", "12")
    draft = Draft("k", "no_supply", "high", premises, "c", caller_number="9810012345", consumer_number="2990741852")
    await store.desk.register(draft)
    await store.desk.book_callback(CallbackDraft("b", "9810054321", "today", "asked", "c"))
    with closing(sqlite3.connect(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {
            (canary, table)
            for table in tables
            for row in connection.execute(f"SELECT * FROM {table}")
            for canary in ("9810012345", "9810054321", "Priya", "6999074185")
            if any(canary in str(value) for value in row)
        }
    assert found == {
        ("9810012345", "contacts"),
        ("9810054321", "contacts"),
        ("Priya", "consumers"),
        ("6999074185", "consumers"),
    }


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE entry = 2", 2),
        ("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE entry = 1", 1),
        ("UPDATE audit SET detail = '{}' WHERE entry = 3", 3),
        ("UPDATE audit SET previous = digest WHERE entry = 3", 3),
        ("DELETE FROM audit WHERE entry = 2", 2),
        ("DELETE FROM audit WHERE entry = 3", 3),
        ("DELETE FROM audit", 1),
    ],
)
async def test_a_change_is_seen(store, file, change, entry):
    """Whoever gets past the triggers is still found out, and where."""
    assert await store.records.first_audit_break() is None
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute(change)
    assert await store.records.first_audit_break() == entry


async def test_an_entry_is_undone_with_its_transaction(store, wall):
    """No gap is left in the numbers."""
    database = store._database
    for works in (False, True):
        try:
            async with database.write() as connection:
                await take_turn(connection)
                await append(connection, at=wall(), actor="a", action="x", subject="s", detail={"b": 1, "a": [2]})
                if not works:
                    raise ConnectionError
        except ConnectionError:
            pass
    (entry,) = await store.records.history("s")
    assert (entry.entry, entry.detail) == (4, {"a": [2], "b": 1})
    assert await store.records.first_audit_break() is None
