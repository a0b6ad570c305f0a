"""The desks that one suite holds to one behaviour: the fake, SQLite, and PostgreSQL where a variable names one."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import pytest

from npcl_voice.domain.callbacks import Outcome, settle
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.domain.contacts import TransferTarget
from npcl_voice.domain.outages import Outage, Restoration
from npcl_voice.domain.thresholds import Threshold
from npcl_voice.ports import Desk
from npcl_voice.store import open_store
from tests.fakes import MORNING, SECRET, FakeDesk
from tests.store.postgres import emptied_postgres

POSTGRES = os.environ.get("NPCL_TEST_POSTGRES_URL")


class Wall:
    """The time on the wall: stands still unless a test turns it."""

    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> datetime:
        return self.time

    def turn(self, **by: float) -> None:
        """Let that much time pass."""
        self.time += timedelta(**by)


class Office(NamedTuple):
    """A desk, and how its suite brings about what no call can."""

    desk: Desk
    wall: Wall
    add_outage: Callable[[str, datetime, datetime | None], Awaitable[Outage]]
    restore_outage: Callable[[int], Awaitable[Outage]]
    settle_callback: Callable[[int, Outcome], Awaitable[object]]
    code_of: Callable[[str], Awaitable[str]]
    """The closing code that the consumer of a complaint was sent."""


def company_with_people() -> Company:
    """The packaged company, and people who take calls over on weekdays."""
    more = {"source": "these tests", "as_of": MORNING.date(), "confirmed": True}
    desk = TransferTarget(name="front_desk", number="0120-1", hours="Mon-Fri 10:00-17:00", purpose="callers", **more)
    company = packaged_company()
    return msgspec.structs.replace(
        company,
        transfers=(*company.transfers, desk),
        thresholds=(*company.thresholds, Threshold(name="queue_wait_min", value=4, **more)),
    )


@pytest.fixture(
    params=[
        "fake",
        "sqlite",
        pytest.param(
            "postgres",
            marks=pytest.mark.skipif(POSTGRES is None, reason="NPCL_TEST_POSTGRES_URL names no PostgreSQL database"),
        ),
    ]
)
async def company(request, tmp_path) -> AsyncIterator[Office]:
    """Each kind of desk, new and with the demonstration in it."""
    wall, people = Wall(), company_with_people()
    if request.param == "fake":
        yield _fake(wall, people)
        return
    url = (
        f"sqlite+aiosqlite:///{tmp_path / 'npcl.db'}" if request.param == "sqlite" else await emptied_postgres(POSTGRES)
    )
    async with await open_store(url, wall=wall, company=people, secret=SECRET) as store:

        async def add(area: str, start: datetime, expected: datetime | None) -> Outage:
            return await store.records.add_outage(area, cause="cable fault", started_at=start, expected_at=expected)

        async def code_of(number: str) -> str:
            return store.keys.closing_code(await store.records.complaint(number))

        records = store.records
        yield Office(store.desk, wall, add, records.restore_outage, records.settle_callback, code_of)


def _fake(wall: Wall, people: Company) -> Office:
    desk = FakeDesk.seeded(wall, people)

    async def add(area: str, start: datetime, expected: datetime | None) -> Outage:
        restoration = None if expected is None else Restoration(at=expected, source="operator", given_at=wall())
        outage = Outage(len(desk.outages) + 1, area, "cable fault", start, restoration)
        desk.outages.append(outage)
        return outage

    async def restore(outage_id: int) -> Outage:
        restored = msgspec.structs.replace(desk.outages[outage_id - 1], restored_at=wall())
        desk.outages[outage_id - 1] = restored
        return restored

    async def settle_callback(callback_id: int, outcome: Outcome) -> None:
        known = next(one for one in desk.callbacks.values() if one.callback_id == callback_id)
        desk.put_callback(msgspec.structs.replace(known, outcome=settle(known, outcome)))

    async def code_of(number: str) -> str:
        return desk.closing_code(desk.complaints[number])

    return Office(desk, wall, add, restore, settle_callback, code_of)
