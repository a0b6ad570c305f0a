"""Opening the store: the file, its schema, the areas, and on first run the demonstration."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import msgspec
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.config import Outbox, Retention
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.errors import SettingsError
from npcl_voice.store import outbox
from npcl_voice.store.calls import CallBook
from npcl_voice.store.delivery import Delivery, delivering
from npcl_voice.store.desk import NEED_LASTS, SqlDesk
from npcl_voice.store.engine import REMEDY, WAIT_S, Database
from npcl_voice.store.erasing import Receipt, erase_caller
from npcl_voice.store.keys import Keys
from npcl_voice.store.receiver import Receiver
from npcl_voice.store.records import Records
from npcl_voice.store.retention import apply_retention, keeping
from npcl_voice.store.schema import revision, upgrade
from npcl_voice.store.seed import complete_demonstration, settle_areas, write_demonstration
from npcl_voice.store.tables import counters

__all__ = ["Health", "Store", "open_store"]


class Health(msgspec.Struct, frozen=True):
    """How the store is."""

    database: str
    """Which database, without a password."""
    schema: str
    """The step of its schema."""
    outbox_pending: int
    """Jobs that are still owed."""


class Store:
    """An open store. `close` it, or use it as an async context."""

    def __init__(
        self, database: Database, wall: Callable[[], datetime], company: Company, keys: Keys, need_lasts: timedelta
    ) -> None:
        """`open_store` makes one."""
        self._database = database
        self._wall = wall
        self.keys = keys
        """What closing codes and digests are derived from."""
        self.desk = SqlDesk(database, wall, company, keys=keys, need_lasts=need_lasts)
        """What a call may look up and write: the Desk port."""
        self.calls = CallBook(database, wall)
        """Calls and their masked transcripts."""
        self.records = Records(database, self.desk, wall)
        """What an operator may look at and change."""

    def delivery(self, receiver: Receiver, settings: Outbox, chance: Callable[[], float], log: Any = None) -> Delivery:
        """A runner that hands to `receiver` what is owed; `chance` gives a number from 0 to 1."""
        return Delivery(self._database, receiver, settings, wall=self._wall, chance=chance, log=log)

    def delivering(self, settings: Outbox) -> AbstractAsyncContextManager[None]:
        """While inside, what is owed is delivered in the background, if there is a webhook."""
        return delivering(self._database, settings, self._wall)

    async def erase(self, number: str, folder: Path, longest: timedelta, *, preview: bool = False) -> Receipt:
        """Erase what belongs to a caller's number, or see what would go; `erase_caller` says what and when."""
        now = self._wall()
        return await erase_caller(
            self._database, self.keys, number, folder=folder, now=now, longest=longest, preview=preview
        )

    async def let_go(self, limits: Retention, folder: Path, *, preview: bool = False) -> dict[str, int]:
        """Let go of what has been kept long enough, or see what would go: how many of what."""
        return await apply_retention(self._database, limits, folder, self._wall(), preview=preview)

    def keeping(self, limits: Retention, folder: Path) -> AbstractAsyncContextManager[None]:
        """While inside, what has been kept long enough is let go each day."""
        return keeping(self._database, limits, folder, self._wall)

    async def health(self) -> Health:
        """How the store is. Raises UnavailableError when it does not answer."""
        async with self._database.read() as connection:
            return Health(
                database=self._database.name,
                schema=str(await connection.run_sync(revision)),
                outbox_pending=await outbox.pending(connection),
            )

    async def close(self) -> None:
        """Let go of the database; safe to call twice."""
        await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def open_store(
    url: str,
    *,
    demo: bool = True,
    wall: Callable[[], datetime],
    wait_s: float = WAIT_S,
    company: Company | None = None,
    secret: str = "",
    need_lasts: timedelta = NEED_LASTS,
) -> Store:
    """Open the database at `url`, bring its schema up to date, and fill an empty one.

    `url` is an async SQLAlchemy URL, `sqlite+aiosqlite:///FILE` or `postgresql+psycopg://…`; `wall`
    tells the time, with a zone; `demo` puts marked demonstration data into a new database; `wait_s`
    is how long anybody waits for the database; `company` is whose areas and promises count, the packaged
    one's unless given; from `secret` closing codes and digests are derived, and without one they hold
    for this opening alone; `need_lasts` is how long a special need is kept. Raises SettingsError when
    the address, the folder, the file or its schema cannot be used, and UnavailableError when the
    database does not answer for now.
    """
    database, ours = Database(url, wait_s=wait_s), company or packaged_company()
    try:
        with database.opening():
            _make_room(database)
            async with (
                database.read() as connection
            ):  # it takes a while for a large file, and keeps nobody from writing
                await _see_that_it_is_whole(connection, database)
            async with database.write() as connection:
                fresh = await connection.run_sync(upgrade, database.name)
                await settle_areas(connection, ours)
                await connection.execute(update(counters).values(value=counters.c.value))  # may it be written to?
                if fresh and demo:
                    await write_demonstration(connection, wall(), ours)
                elif not fresh:
                    await complete_demonstration(connection)
            database.remember_file()
    except BaseException:
        await database.close()
        raise
    return Store(database, wall, ours, Keys(secret), need_lasts)


def _make_room(database: Database) -> None:
    if database.file is None:
        return
    try:
        Path(database.file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder of {database.name}: {error.strerror}"
        raise SettingsError("NPCL_DATABASE_URL", message) from None


async def _see_that_it_is_whole(connection: AsyncConnection, database: Database) -> None:
    if connection.dialect.name != "sqlite":
        return
    found = (await connection.execute(text("PRAGMA quick_check(1)"))).scalar_one()
    if found != "ok":
        message = f"{database.name} is damaged ({' '.join(found.split())}); {REMEDY}"
        raise SettingsError("NPCL_DATABASE_URL", message)
