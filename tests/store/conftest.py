"""A new store on SQLite, with a clock on the wall that a test may turn."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from npcl_voice.store import Store, open_store
from tests.fakes import MORNING


class Wall:
    """The time on the wall: stands still unless a test turns it."""

    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> datetime:
        return self.time

    def turn(self, **by: float) -> None:
        """Let that much time pass."""
        self.time += timedelta(**by)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "npcl.db"


@pytest.fixture
def url(file) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def store(url, wall) -> AsyncIterator[Store]:
    async with await open_store(url, wall=wall, wait_s=0.05) as store:
        yield store
