"""How rows and files are taken away: counted, in one transaction or none, and without a trace in the file."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, delete, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.errors import UnavailableError
from npcl_voice.store.engine import Database
from npcl_voice.store.failpoints import passing

__all__ = ["LOGS", "Pile", "clear", "clearing", "remove_files", "settle_file"]

LOGS = "event_logs"
"""What files of calls are counted as."""


class Pile(msgspec.Struct, frozen=True):
    """Rows that go, or that lose what leads to somebody."""

    name: str
    """What they are counted as."""
    table: Table
    where: ColumnElement[bool]
    values: dict[str, Any] | None = None
    """What they hold afterwards; None takes the rows themselves away."""


class _Undone(Exception):  # noqa: N818 - it is no error: the transaction was a trial
    """Ends a transaction without a commit."""


@asynccontextmanager
async def clearing(database: Database, *, preview: bool) -> AsyncIterator[AsyncConnection]:
    """A transaction in which what is taken away cannot be read from the file any more; a preview is undone."""
    try:
        async with database.write() as connection:
            yield connection
            if preview:
                raise _Undone
    except _Undone:
        return


async def clear(connection: AsyncConnection, piles: Iterable[Pile]) -> dict[str, int]:
    """Take piles away in their order; how many rows of each there were."""
    counts: dict[str, int] = {}
    for pile in piles:
        change = delete(pile.table) if pile.values is None else update(pile.table).values(pile.values)
        done = await passing(f"clear {pile.name}", connection.execute(change.where(pile.where)))
        counts[pile.name] = counts.get(pile.name, 0) + done.rowcount
    return counts


def remove_files(files: Iterable[Path], *, preview: bool) -> int:
    """Delete files; how many there were. Raises UnavailableError for one that cannot be deleted."""
    count = 0
    for file in files:
        try:
            if preview:
                file.stat()
            else:
                file.unlink()
            count += 1
        except FileNotFoundError:
            continue
        except OSError as error:
            raise UnavailableError(f"cannot delete {file}: {error.strerror}; then run it again") from None
    return count


async def settle_file(database: Database) -> bool:
    """Empty SQLite's log of writes, where old rows stand as they were; False while somebody is reading.

    What is deleted from the file itself is overwritten as it goes (`secure_delete`).
    """
    if database.file is None:
        return True
    async with database.engine.connect() as connection:
        busy = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()[0]
    return not busy
