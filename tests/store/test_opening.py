"""Opening the store: what a new one holds, and what is said when it cannot be opened."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from npcl_voice.domain.company import read_company
from npcl_voice.domain.complaints import Draft
from npcl_voice.domain.consumers import is_consumer_number, is_mobile_number
from npcl_voice.errors import SettingsError, UnavailableError
from npcl_voice.store import open_store
from npcl_voice.store.opening import Health
from npcl_voice.store.schema import HEAD
from npcl_voice.store.seed import ACCOUNTS
from tests.fakes import MORNING


def run(file, *statements: str) -> list[tuple]:
    """What the last of some statements gives, straight from the file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        return rows


async def refused(url, wall, error=SettingsError) -> str:
    with pytest.raises(error) as caught:
        await open_store(url, wall=wall, wait_s=0.05)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_new_store_is_healthy(store, file):
    """It says where it is, which schema it has and what is owed."""
    assert await store.health() == Health(database=f"the database {file}", schema=HEAD, outbox_pending=0)


async def test_the_demonstration_is_marked_and_fits_the_gazetteer(store, file):
    """Every row of it is marked, every number has its shape, every place is supplied; no outage is on."""
    for table in ("consumers", "premises", "complaints"):
        assert run(file, f"SELECT COUNT(*) FROM {table} WHERE NOT demo") == [(0,)]
    assert run(file, "SELECT COUNT(*) FROM outages") == [(0,)]
    for one in ACCOUNTS:
        assert is_consumer_number(one.consumer_number)
        assert is_mobile_number(one.mobile)
        assert await store.desk.area(one.premises.area) == one.premises.area
    assert len({one.mobile for one in ACCOUNTS}) == len(ACCOUNTS) == 8
    assert await store.records.first_audit_break() is None
    history = await store.records.history("000054321")
    assert [(one.action, one.actor) for one in history] == [("complaint.registered", "system")]
    assert history[0].detail == {"kind": "no_supply", "priority": "high", "demo": True}


async def test_without_the_demonstration_the_numbers_are_the_same(url, wall):
    """An empty company's first complaint has the number it would have had anyway."""
    async with await open_store(url, demo=False, wall=wall) as store:
        assert await store.records.complaints() == []
        premises = await store.desk.premises("Alpha 2", "12")
        draft = Draft(idempotency_key="k", kind="no_supply", priority="high", premises=premises, call_id="c")
        assert (await store.desk.register(draft)).complaint.complaint_number == "000054324"
    async with await open_store(url, demo=True, wall=wall) as store:  # no longer its first run
        assert len(await store.records.complaints()) == 1


async def test_opening_again_changes_nothing(store, url, wall, file):
    """The demonstration is written once; what was removed stays away."""
    run(file, "DELETE FROM reports", "DELETE FROM complaints", "DELETE FROM consumers")
    async with await open_store(url, wall=wall) as again:
        assert await again.records.complaints() == []
        assert await again.desk.consumer("2990417365") is None


async def test_areas_follow_the_program(store, url, wall, file):
    """A new area comes, a changed alias is taken over, and one that is gone stays for its outages."""
    run(
        file,
        "DELETE FROM areas WHERE name = 'Alpha 2'",
        "UPDATE areas SET aliases = '[\"Old\"]' WHERE name = 'Knowledge Park 1'",
        "INSERT INTO areas VALUES ('Old Town', '[]')",
    )
    assert await store.desk.area("kp 1") is None
    async with await open_store(url, wall=wall) as again:
        assert await again.desk.area("alpha 2") == "Alpha 2"
        assert await again.desk.area("kp 1") == "Knowledge Park 1"
        assert await again.desk.area("old") is None
        assert await again.desk.area("old town") == "Old Town"


async def test_four_that_open_a_new_file_at_once_agree(url, wall):
    """Schema and demonstration are made once, whoever is first."""
    stores = await asyncio.gather(*(open_store(url, wall=wall) for _ in range(4)))
    for store in stores:
        assert len(await store.records.complaints()) == 3
        assert await store.records.first_audit_break() is None
        await store.close()


async def test_a_store_in_memory(wall):
    """For rehearsals: the same store, gone when it is closed."""
    async with await open_store("sqlite+aiosqlite://", wall=wall) as store:
        assert (await store.health()).database == "the database in memory"
        assert len(await store.records.complaints()) == 3


async def test_the_folder_is_made_for_its_owner_alone(tmp_path, wall):
    """Folders that are missing are made."""
    folder = tmp_path / "a" / "b"
    async with await open_store(f"sqlite+aiosqlite:///{folder / 'npcl.db'}", wall=wall):
        assert folder.stat().st_mode & 0o777 == 0o700


async def test_closing_twice_is_safe(store):
    """The second close finds nothing to do."""
    await store.close()
    await store.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "NPCL_DATABASE_URL: cannot be used: Could not parse SQLAlchemy URL from given URL string"),
        ("sqlite:///x.db", "cannot be used; allowed: sqlite+aiosqlite:///FILE or postgresql+psycopg://"),
        ("oracle+nothing://x", "cannot be used; allowed: sqlite"),
    ],
)
async def test_an_address_that_is_none(address, said, wall):
    """The setting is named."""
    assert said in await refused(address, wall)


async def test_a_folder_that_cannot_be_made(tmp_path, wall):
    """The path runs through a file."""
    (tmp_path / "file").write_text("x")
    said = await refused(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'npcl.db'}", wall)
    assert said.startswith("NPCL_DATABASE_URL: cannot make the folder of the database")
    assert said.endswith(("Not a directory", "File exists"))


async def test_a_folder_in_the_place_of_the_file(tmp_path, wall):
    """It cannot be opened, and will not be."""
    assert "cannot be opened; see that its folder exists" in await refused(f"sqlite+aiosqlite:///{tmp_path}", wall)


async def test_a_file_that_may_only_be_read(store, file, wall):
    """It says who must be allowed what."""
    await store.close()
    said = await refused(f"sqlite+aiosqlite:///file:{file}?mode=ro&uri=true", wall)
    assert "may not be written to; give this user write access" in said


async def test_a_file_that_is_no_database(file, url, wall):
    """Somebody's letter stays as it was."""
    file.write_text("Dear Sir or Madam, " * 100)
    assert "is damaged, or no database at all; put a saved copy back" in await refused(url, wall)
    assert file.read_text().startswith("Dear Sir")


async def test_a_damaged_file(store, file, url, wall):
    """Pages that were overwritten are found at the start, not in a call."""
    await store.close()
    content = bytearray(file.read_bytes())
    content[4096 * 4 : 4096 * 12] = b"\xa5" * 4096 * 8
    file.write_bytes(content)
    assert "is damaged" in await refused(url, wall)


async def test_a_page_that_points_nowhere(store, file, url, wall):
    """Damage that only the check sees is named with what the check says."""
    await store.close()
    run(
        file,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'ix_outbox_done_at'",
    )
    assert "is damaged" in await refused(url, wall)


async def test_a_newer_schema(store, file, url, wall):
    """The older program leaves it alone and says what to do."""
    await store.close()
    run(file, "UPDATE alembic_version SET version_num = '0999'")
    said = await refused(url, wall)
    assert f"was changed by a newer npcl-voice (schema 0999, this program knows up to {HEAD})" in said
    assert said.endswith("upgrade npcl-voice, or name another database")


async def test_another_programs_database(file, url, wall):
    """Its tables are not touched."""
    run(file, "CREATE TABLE complaints (text)")
    assert "holds another program's tables" in await refused(url, wall)
    assert run(file, "SELECT name FROM sqlite_master") == [("complaints",)]


async def test_a_database_that_somebody_holds(store, file, url, wall):
    """That passes: it is worth trying again."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "is held by another program" in await refused(url, wall, UnavailableError)
        other.execute("ROLLBACK")
    async with await open_store(url, wall=wall) as again:
        assert (await again.records.complaints())[0].registered_at < MORNING


SEEN = 'source = "x"\nas_of = 2026-11-22\n'
RULE = f'[[promise]]\nkind = "no_supply"\nevent = "fuse"\narea_class = "any"\nhours = 4\nconfirmed = true\n{SEEN}'


async def test_an_operator_s_areas_and_promises_count(url, wall):
    """An area of theirs is on record, and a rule that they confirmed is a promise."""
    company = read_company({"areas.toml": f'[[area]]\nname = "Iota 1"\n{SEEN}', "promises.toml": RULE})
    async with await open_store(url, demo=False, wall=wall, company=company) as store:
        assert await store.desk.area("iota 1") == "Iota 1"
        assert await store.desk.area("Alpha 1") is None
        place = await store.desk.premises("Iota 1", "12")
        draft = Draft(idempotency_key="k", kind="no_supply", priority="high", premises=place, call_id="c")
        complaint = (await store.desk.register(draft)).complaint
        assert complaint.promise_at == wall() + timedelta(hours=4)
    async with await open_store(url, wall=wall) as store:  # areas are added, none is taken away
        assert await store.desk.area("Iota 1") == "Iota 1"
        assert await store.desk.area("Alpha 1") == "Alpha 1"
