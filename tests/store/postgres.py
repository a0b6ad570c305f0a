"""An emptied PostgreSQL database for a test."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

__all__ = ["emptied_postgres"]


async def emptied_postgres(url: str) -> str:
    """Drop everything in the database's public schema; the URL again."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return url
