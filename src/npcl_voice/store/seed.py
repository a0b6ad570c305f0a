"""What stands in a new database: the areas that are supplied, and a demonstration marked as such.

The demonstration keeps the first names, complaint numbers and states of the company's earlier
prototypes. Its consumer and telephone numbers are made up.
"""

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.accounts import Account, Bill
from npcl_voice.domain.company import Company
from npcl_voice.domain.complaints import Kind, Priority, Status
from npcl_voice.domain.consumers import Premises, made_up
from npcl_voice.domain.promises import due_at, promise_at
from npcl_voice.store import ledger
from npcl_voice.store.tables import areas, bills, complaints, consumers, premises, reports

__all__ = ["ACCOUNTS", "COMPLAINTS", "complete_demonstration", "settle_areas", "write_demonstration"]


class _Complaint(msgspec.Struct, frozen=True):
    """A complaint that nobody made."""

    number: str
    of: str
    """Whose: the consumer's number."""
    kind: Kind
    status: Status
    priority: Priority
    age: timedelta
    """How long ago it was registered, when the database is new."""
    closed: timedelta | None = None
    """How long ago it was closed; None while it is open."""


def _account(
    name: str, numbers: str, premises: str, category: str, load_kw: str, due: str, due_on: str, paid: str, paid_on: str
) -> Account:
    """An account of somebody who does not exist."""
    consumer_number, mobile, meter_number = numbers.split()
    premises_id, area, house = premises.split(", ")
    return Account(
        consumer_number=consumer_number,
        name=name,
        mobile=mobile,
        category=category,
        load_kw=load_kw,
        meter_number=meter_number,
        premises=Premises(premises_id=premises_id, area=area, house=house),
        bill=Bill(due, date.fromisoformat(due_on), paid, date.fromisoformat(paid_on)),
        demo=True,
    )


# fmt: off
ACCOUNTS = (
    _account("Dheeraj Kumar", "2990417365 6999041736 8300417", "P-1001, Alpha 1, 21", "domestic", "5",
             "2345.50", "2026-12-10", "1980.00", "2026-10-28"),
    _account("Nidhi Sharma", "2990528146 6999052814 8300528", "P-1002, Beta 1, 108", "domestic", "3",
             "1120.00", "2026-12-12", "1075.00", "2026-10-30"),
    _account("Nikunj Gupta", "2990630271 6999063027 8300630", "P-1003, Gamma 1, 56", "domestic", "4",
             "0.00", "2026-12-05", "2210.00", "2026-11-04"),
    _account("Priya Singh", "2990741852 6999074185 8300741", "P-1004, Delta 1, 34", "domestic", "2",
             "867.25", "2026-12-08", "910.00", "2026-10-25"),
    _account("Rahul Verma", "2990859637 6999085963 8300859", "P-1005, Knowledge Park 3, 7", "commercial", "12",
             "15890.00", "2026-12-03", "14200.00", "2026-11-02"),
    _account("Anjali Yadav", "2990963514 6999096351 8300963", "P-1006, Delta 2, 215", "domestic", "3",
             "1432.75", "2026-12-11", "1390.00", "2026-10-31"),
    _account("Vikash Tyagi", "2990172408 6999017240 8300172", "P-1007, Surajpur, 12", "domestic", "2",
             "640.00", "2026-12-09", "655.00", "2026-10-27"),
    _account("Sunita Devi", "2990286093 6999028609 8300286", "P-1008, Kasna, 40", "domestic", "2",
             "518.50", "2026-12-15", "530.00", "2026-11-01"),
)
# fmt: on

COMPLAINTS = (
    _Complaint("000054321", "2990417365", "no_supply", "in_progress", "high", timedelta(hours=3)),
    _Complaint("000054322", "2990528146", "fluctuation", "assigned", "medium", timedelta(days=1, hours=2)),
    _Complaint(
        "000054323", "2990630271", "meter_reading", "resolved", "low", timedelta(days=6), closed=timedelta(days=1)
    ),
)


async def settle_areas(connection: AsyncConnection, company: Company) -> None:
    """Bring the table of areas to the company's; none is removed, for outages point there."""
    rows = (await connection.execute(select(areas))).mappings()
    on_record = {row["name"]: row["aliases"] for row in rows}
    wanted = {area.name: msgspec.json.encode(area.aliases).decode() for area in company.areas}
    for name in wanted.keys() - on_record.keys():
        await connection.execute(insert(areas).values(name=name, aliases=wanted[name]))
    for name in wanted.keys() & on_record.keys():
        if wanted[name] != on_record[name]:
            await connection.execute(update(areas).where(areas.c.name == name).values(aliases=wanted[name]))


async def write_demonstration(connection: AsyncConnection, now: datetime, company: Company) -> None:
    """Write the demonstration's consumers and complaints, each marked as `demo`."""
    by_number = {account.consumer_number: account for account in ACCOUNTS}
    for account in ACCOUNTS:
        place = {
            "premises_id": account.premises.premises_id,
            "area": account.premises.area,
            "house": account.premises.house,
            "place_key": made_up(account.premises.area, account.premises.house).premises_id,
            "demo": True,
        }
        await connection.execute(insert(premises).values(place))
        row = {
            "consumer_number": account.consumer_number,
            "mobile": account.mobile,
            "premises_id": account.premises.premises_id,
            "demo": True,
            **_figures(account),
        }
        await connection.execute(insert(consumers).values(row))
        await _write_bill(connection, account)
    for complaint in sorted(COMPLAINTS, key=lambda one: one.age, reverse=True):
        of, at, key = by_number[complaint.of], now - complaint.age, f"demo-{complaint.number}"
        complaint_row = {
            "complaint_number": complaint.number,
            "idempotency_key": key,
            "status": complaint.status,
            "kind": complaint.kind,
            "priority": complaint.priority,
            "premises_id": of.premises.premises_id,
            "registered_at": at,
            "promise_at": promise_at(company.promises, complaint.kind, at),
            "due_at": due_at(company.promises, complaint.kind, at),
            "repeats": 0,
            "consumer_number": of.consumer_number,
            "call_id": "demo",
            "demo": True,
            "closed_at": None if complaint.closed is None else now - complaint.closed,
        }
        await connection.execute(insert(complaints).values(complaint_row))
        report = {
            "idempotency_key": key,
            "complaint_number": complaint.number,
            "repeat": False,
            "call_id": "demo",
            "reported_at": at,
        }
        await connection.execute(insert(reports).values(report))
        await ledger.append(
            connection,
            at=at,
            actor="system",
            action="complaint.registered",
            subject=complaint.number,
            detail={"kind": complaint.kind, "priority": complaint.priority, "demo": True},
        )


async def complete_demonstration(connection: AsyncConnection) -> None:
    """Give the demonstration of an older program what accounts have by now; nobody else's is touched."""
    for account in ACCOUNTS:
        mine = consumers.c.consumer_number == account.consumer_number
        change = update(consumers).where(mine, consumers.c.demo, consumers.c.meter_number == "")
        if (await connection.execute(change.values(_figures(account)))).rowcount:
            await _write_bill(connection, account)


def _figures(account: Account) -> dict[str, str]:
    return {
        "name": account.name,
        "category": account.category,
        "load_kw": account.load_kw,
        "meter_number": account.meter_number,
    }


async def _write_bill(connection: AsyncConnection, account: Account) -> None:
    if account.bill is not None:
        figures = msgspec.structs.asdict(account.bill)
        await connection.execute(insert(bills).values(consumer_number=account.consumer_number, **figures))
