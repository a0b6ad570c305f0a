"""The database: how it is opened, how it is read and written, and what its errors mean."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from npcl_voice.errors import NpclVoiceError, SettingsError, UnavailableError
from npcl_voice.store.failpoints import passing

__all__ = ["REMEDY", "WAIT_S", "Database"]

WAIT_S = 5.0
"""How long anybody waits for the database before the caller is told the truth."""

CONNECTIONS = 4
"""SQLite has one writer; three may read beside it. Each is a thread."""

DRIVERS = ("sqlite+aiosqlite", "postgresql+psycopg")
ADDRESSES = "sqlite+aiosqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"

REMEDY = "put a saved copy back, or move it away to begin with an empty one"

LASTING = {
    sqlite3.SQLITE_READONLY: "may not be written to; give this user write access to it and to its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that its folder exists and may be written to",
    sqlite3.SQLITE_CORRUPT: f"is damaged; {REMEDY}",
    sqlite3.SQLITE_NOTADB: f"is damaged, or no database at all; {REMEDY}",
}
"""What does not pass by itself."""

PASSING = {
    sqlite3.SQLITE_BUSY: "is held by another program",
    sqlite3.SQLITE_LOCKED: "is held by another program",
    sqlite3.SQLITE_FULL: "has no room left on its disk; make room",
    sqlite3.SQLITE_IOERR: "cannot be read or written; look at its disk",
}


class Database:
    """One database, read and written in transactions.

    Writers take turns: inside the process by a lock, between processes by `BEGIN IMMEDIATE`, so
    nobody finds out at the end of a transaction that another one was first.
    """

    def __init__(self, url: str, *, wait_s: float = WAIT_S) -> None:
        """`wait_s` is how long anybody waits for it. Opens nothing yet.

        Raises SettingsError (`NPCL_DATABASE_URL`) for an address that cannot be used.
        """
        self._wait_s = wait_s
        try:
            self._url = make_url(url)
            if self._url.drivername not in DRIVERS:
                raise SettingsError("NPCL_DATABASE_URL", f"cannot be used; allowed: {ADDRESSES}")
            self.engine = _engine(self._url, wait_s)
        except (ArgumentError, ImportError) as error:
            raise SettingsError("NPCL_DATABASE_URL", f"cannot be used: {str(error).splitlines()[0]}") from None
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._turn = asyncio.Lock()
        self._inode: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The database as it may be shown: its file, or its address without the password."""
        if not self.is_sqlite:
            return f"the database {self._url.render_as_string()}"
        return "the database in memory" if self.file is None else f"the database {self.file}"

    @property
    def file(self) -> Path | None:
        """The database's file, if it is one."""
        return Path(str(self._url.database)) if self.is_sqlite and _is_file(self._url) else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view. Raises UnavailableError when the database does not answer."""
        with self._told(), self._same_file():
            async with self.engine.connect() as connection:
                if self.is_sqlite:
                    await connection.exec_driver_sql("BEGIN")
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed when the block ends and undone when it raises.

        Raises UnavailableError when the database does not answer; then nothing was written, unless
        the answer to the commit itself was lost: the same key may be written again in either case.
        """
        with self._told():
            async with self._in_turn(), self.engine.connect() as connection:
                if self.is_sqlite:  # PostgreSQL begins with the first statement
                    await passing("begin", connection.exec_driver_sql("BEGIN IMMEDIATE"))
                yield connection
                with self._same_file():
                    await passing("commit", connection.commit())

    async def close(self) -> None:
        """Let go of all connections; safe to call twice."""
        await self.engine.dispose()

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Inside, what does not pass by itself is a SettingsError: nobody need try again."""
        try:
            yield
        except UnavailableError as error:
            if isinstance(error, _LastingError):
                raise SettingsError("NPCL_DATABASE_URL", str(error)) from error
            raise

    def remember_file(self) -> None:
        """Note which file was opened, to see when another one is in its place."""
        self._inode = self._file_now()

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(self._wait_s):
                await self._turn.acquire()
        except TimeoutError:
            raise UnavailableError(f"{self.name} was busy for {self._wait_s:g} s") from None
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _same_file(self) -> Iterator[None]:
        # SQLite in WAL mode goes on writing to a file that was deleted or replaced, and says nothing.
        if self._inode is not None and self._file_now() != self._inode:
            raise UnavailableError(f"{self.name} was moved, deleted or replaced while in use; start again")
        yield

    def _file_now(self) -> tuple[int, int] | None:
        if self.file is None:
            return None
        try:
            found = self.file.stat()
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the driver's errors into ours; those that only a bug can cause stay as they are."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except DBAPIError as error:
            raise self._explain(error) from error
        except PoolTimeoutError:
            raise UnavailableError(f"{self.name} was busy for {self._wait_s:g} s") from None

    def _explain(self, error: DBAPIError) -> NpclVoiceError:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the rest of the bits only refine it
        if code in LASTING:
            return _LastingError(f"{self.name} {LASTING[code]}")
        reason = PASSING.get(code) or f"does not answer: {' '.join(str(error.orig).split())}"
        return UnavailableError(f"{self.name} {reason}")


class _LastingError(UnavailableError):
    """Away, and not for now only."""


def _is_file(url: URL) -> bool:
    return bool(url.database) and url.database != ":memory:" and not str(url.database).startswith("file:")


def _engine(url: URL, wait_s: float) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=CONNECTIONS if _is_file(url) else 1,  # a database in memory belongs to its connection
            max_overflow=0,
            pool_timeout=wait_s,
        )
        event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, wait_s))
        return engine
    waits = {"connect_timeout": ceil(wait_s), "options": f"-c statement_timeout={ceil(wait_s * 1000)}"}
    return create_async_engine(url, pool_size=CONNECTIONS, pool_timeout=wait_s, pool_pre_ping=True, connect_args=waits)


def _prepare_sqlite(wait_s: float, connection: Any, _record: Any) -> None:
    """What each new connection to SQLite is told."""
    connection.isolation_level = None  # we begin transactions ourselves; the driver would begin late ones
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {ceil(wait_s * 1000)}",
        "journal_mode = WAL",
        "synchronous = FULL",  # with NORMAL a power cut loses commits that were answered already
        "foreign_keys = ON",
        "secure_delete = ON",  # what is erased is overwritten: nobody reads it out of the file
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
