"""The database when it is locked, full, gone, or left in the middle."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from npcl_voice.domain.complaints import Draft
from npcl_voice.errors import UnavailableError
from npcl_voice.store import open_store
from npcl_voice.store.engine import Database
from npcl_voice.store.failpoints import install
from npcl_voice.store.tables import contacts


async def draft(store, key: str, house: str = "12") -> Draft:
    premises = await store.desk.premises("Alpha 2", house)
    return Draft(idempotency_key=key, kind="no_supply", priority="high", premises=premises, call_id="c")


async def test_what_each_connection_is_told(store):
    """Write-ahead log, full synchronisation, foreign keys: on every connection, read or write."""
    database = store._database
    for transaction in (database.read, database.write):
        async with transaction() as connection:
            told = [
                (await connection.execute(text(f"PRAGMA {name}"))).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert told == ["wal", 2, 1, 50]


async def test_a_locked_database(store, file):
    """The caller is told the truth, nothing is half written, and it works again afterwards."""
    wanted = await draft(store, "k")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="is held by another program"):
            await store.desk.register(wanted)
        assert await store.desk.complaint("000054324") is None  # readers are not kept out
        other.execute("ROLLBACK")
    assert (await store.desk.register(wanted)).complaint.complaint_number == "000054324"


async def test_two_programs_that_write_at_once(url, wall):
    """Each has its own lock; the database itself lets them take turns, and both agree on one number."""
    stores = [await open_store(url, wall=wall) for _ in range(2)]
    drafts = [await draft(stores[count % 2], f"k{count}") for count in range(30)]
    results = await asyncio.gather(*(stores[count % 2].desk.register(one) for count, one in enumerate(drafts)))
    assert {one.complaint.complaint_number for one in results} == {"000054324"}
    assert sorted(one.complaint.repeats for one in results) == list(range(30))
    assert await stores[0].records.first_audit_break() is None
    for store in stores:
        await store.close()


async def test_a_full_disk(store):
    """Nothing is half written, and it works again when there is room."""

    async def fill() -> None:
        for count in range(1000):
            await store.desk.register(await draft(store, f"fill-{count}", str(count)))

    database = store._database
    async with database.write() as connection:  # the connection that is used next, too
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar()
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(UnavailableError, match="has no room left on its disk"):
        await fill()
    async with database.write() as connection:
        await connection.execute(text("PRAGMA max_page_count = 100000"))
    registered = await store.desk.register(await draft(store, "k", "after"))
    complaints = [one for one in await store.records.complaints() if not one.demo]
    assert registered.complaint == complaints[0]
    assert len(await store.records.outbox()) == len(complaints) > 1
    assert registered.complaint.complaint_number == f"{54323 + len(complaints):09d}"
    assert await store.records.first_audit_break() is None


async def test_a_file_that_was_deleted(store, file):
    """SQLite would go on writing to a file without a name; we do not."""
    wanted = await draft(store, "k")
    file.rename(file.with_suffix(".gone"))
    with pytest.raises(UnavailableError, match="was moved, deleted or replaced while in use"):
        await store.desk.register(wanted)
    with pytest.raises(UnavailableError, match="was moved"):
        await store.desk.complaint("000054321")
    file.with_suffix(".gone").rename(file)
    assert (await store.desk.register(wanted)).complaint.complaint_number == "000054324"


async def test_a_store_that_was_closed_opens_again(store):
    """Closing lets go of connections; the next question makes a new one."""
    await store.close()
    assert await store.desk.complaint("000054321") is not None


async def test_a_writer_that_takes_too_long(store):
    """Others in the same process wait as long as they may, and are told."""
    database = store._database
    async with database.write():
        with pytest.raises(UnavailableError, match=r"was busy for 0\.05 s"):
            async with database.write():
                pass


async def test_more_readers_than_connections(store):
    """They wait as long as they may, and are told."""
    database = store._database

    async def hold(stop: asyncio.Event, held: asyncio.Semaphore) -> None:
        async with database.read():
            held.release()
            await stop.wait()

    stop, held = asyncio.Event(), asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(hold(stop, held))
        for _ in range(4):
            await held.acquire()
        with pytest.raises(UnavailableError, match=r"was busy for 0\.05 s"):
            async with database.read():
                pass
        stop.set()


async def test_what_only_a_bug_can_cause_stays_as_it_is(store):
    """Two equal keys are no outage of the database."""
    database = store._database
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(insert(contacts), [{"number": "1"}, {"number": "1"}])


async def test_an_error_without_a_code_is_told_as_it_is(store):
    """A driver's own words stand for what we have no word for."""
    database = store._database
    with pytest.raises(UnavailableError, match="does not answer: no such function: nonsense"):
        async with database.read() as connection:
            await connection.execute(text("SELECT nonsense()"))


async def test_a_name_without_its_password():
    """An address is shown, its password is not."""
    database = Database("sqlite+aiosqlite:///some.db")
    assert database.name == "the database some.db"
    await database.close()


async def test_a_call_that_is_cancelled_anywhere_leaves_nothing_behind(store):
    """Whichever await it is cancelled in: all is written or nothing, and the next caller is served."""
    points: list[str] = []
    stop_at = -1

    async def hook(point: str) -> None:
        if len(points) == stop_at:
            raise asyncio.CancelledError
        points.append(point)

    install(hook)
    try:
        await store.desk.register(await draft(store, "traced", "traced"))
        total = len(points)
        for stop_at in range(total):
            points.clear()
            wanted = await draft(store, f"k{stop_at}", f"h{stop_at}")
            with pytest.raises(asyncio.CancelledError):
                await store.desk.register(wanted)
            stop_at, last = -1, stop_at
            again = await store.desk.register(wanted)
            assert (again.repeat, again.complaint.repeats) == (False, 0), last
    finally:
        install(None)
    assert total == 36
    numbers = sorted(one.complaint_number for one in await store.records.complaints() if not one.demo)
    assert numbers == [f"{54324 + count:09d}" for count in range(total + 1)]
    assert len(await store.records.outbox()) == total + 1
    assert await store.records.first_audit_break() is None
