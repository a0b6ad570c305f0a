"""The next complaint number: in a row, none twice and none left out."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import format_number
from npcl_voice.store.failpoints import passing
from npcl_voice.store.tables import counters

__all__ = ["next_number"]


async def next_number(connection: AsyncConnection) -> str:
    """Take the next number, in the transaction of the complaint that gets it."""
    counted = (
        update(counters)
        .where(counters.c.name == "complaint")
        .values(value=counters.c.value + 1)
        .returning(counters.c.value)
    )
    return format_number((await passing("number", connection.execute(counted))).scalar_one())
