"""How an operator's command opens the store, and prints what it found there."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from npcl_voice.store import Store

__all__ = ["SHOWN", "now", "opened_store", "print_fields", "print_json", "print_table", "short_time", "with_store"]

T = TypeVar("T")

SHOWN = 50
"""Rows of a table unless `--limit` says otherwise; `--json` gives all."""


def now() -> datetime:
    """The time on the wall, with a zone."""
    return datetime.now(UTC)


@asynccontextmanager
async def opened_store() -> AsyncIterator["Store"]:
    """The store that the settings name, closed at the end.

    Raises what `load_settings`, `read_company` and `open_store` raise.
    """
    from npcl_voice.cli.settings import load_settings
    from npcl_voice.domain.company import read_company
    from npcl_voice.store import open_store

    settings = load_settings()
    company = read_company(settings.domain.texts())
    url, secret = settings.store.database_url.reveal(), settings.masking.secret_key.reveal()
    lasts = timedelta(days=settings.retention.keep_needs_d)
    async with await open_store(url, wall=now, company=company, secret=secret, need_lasts=lasts) as store:
        yield store


def with_store(work: Callable[["Store"], Awaitable[T]]) -> T:
    """What `work` makes of the open store."""

    async def run() -> T:
        async with opened_store() as store:
            return await work(store)

    return asyncio.run(run())


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, limit: int | None = None) -> None:
    """A table for people; at most `limit` rows, and a line to standard error when there may be more."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    width = None if sys.stdout.isatty() else 200  # nobody's window: lines stay whole for whatever reads them
    console = Console(width=width)
    console.print(table if table.row_count else "none")
    if limit is not None and table.row_count == limit:
        typer.echo(f"the newest {limit} are shown; --limit shows more", err=True)


def print_fields(fields: Mapping[str, object]) -> None:
    """One record for people, a line a field."""
    width = max(map(len, fields))
    for name, value in fields.items():
        shown = ("yes" if value else "no") if isinstance(value, bool) else "" if value is None else value
        typer.echo(f"{name:<{width}}  {shown}".rstrip())


def short_time(at: datetime | None) -> str:
    """A time for people, in India; empty for none."""
    from npcl_voice.domain.times import INDIA

    return "" if at is None else at.astimezone(INDIA).strftime("%Y-%m-%d %H:%M")
