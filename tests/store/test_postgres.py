"""What only PostgreSQL can show; skipped unless `NPCL_TEST_POSTGRES_URL` names a database to empty."""

import os
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from npcl_voice.errors import SettingsError, UnavailableError
from npcl_voice.store import Store, open_store
from npcl_voice.store.tables import metadata
from tests.store.postgres import emptied_postgres

POSTGRES = os.environ.get("NPCL_TEST_POSTGRES_URL")

pytestmark = pytest.mark.skipif(POSTGRES is None, reason="NPCL_TEST_POSTGRES_URL names no PostgreSQL database")


@pytest.fixture
async def company(wall) -> AsyncIterator[Store]:
    async with await open_store(await emptied_postgres(POSTGRES), wall=wall) as store:
        yield store


async def test_the_steps_lead_to_the_tables(company):
    """The same schema as on SQLite."""

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with company._database.read() as connection:
        assert await connection.run_sync(differences) == []
    assert "@" in (await company.health()).database


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_audit_only_grows(company, change):
    """The database itself refuses."""
    with pytest.raises(ProgrammingError, match="the audit is append only"):
        async with company._database.write() as connection:
            await connection.execute(text(change))
    assert await company.records.first_audit_break() is None


async def test_a_newer_schema(company, wall):
    """The older program leaves it alone."""
    async with company._database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(SettingsError, match="was changed by a newer npcl-voice"):
        await open_store(POSTGRES, wall=wall)


async def test_a_server_that_is_not_there(wall):
    """One line that names the address without its password."""
    away = make_url(POSTGRES).set(port=1, username="someone", password="secret")
    with pytest.raises(UnavailableError) as refused:
        await open_store(away.render_as_string(hide_password=False), wall=wall, wait_s=1)
    assert "does not answer" in str(refused.value)
    assert "secret" not in str(refused.value)
