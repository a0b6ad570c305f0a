"""A consumer's account as it is on record, and which accounts a mobile number belongs to."""

from typing import Any

from sqlalchemy import RowMapping, Select, select

from npcl_voice.domain.accounts import Account, Bill
from npcl_voice.store.rows import CONSUMERS, premises_of
from npcl_voice.store.tables import bills, consumers

__all__ = ["ACCOUNTS", "account_of", "numbers_of"]

ACCOUNTS: Select[Any] = CONSUMERS.add_columns(
    consumers.c.category,
    consumers.c.load_kw,
    consumers.c.meter_number,
    bills.c.amount_due,
    bills.c.due_on,
    bills.c.last_paid,
    bills.c.last_paid_on,
).outerjoin(bills, bills.c.consumer_number == consumers.c.consumer_number)


def numbers_of(mobile: str) -> Select[Any]:
    """The consumer numbers that are registered with a mobile number, in their order."""
    return select(consumers.c.consumer_number).where(consumers.c.mobile == mobile).order_by(consumers.c.consumer_number)


def account_of(row: RowMapping) -> Account:
    """A row of `ACCOUNTS`."""
    bill = None
    if row["amount_due"] is not None:
        bill = Bill(
            amount_due=row["amount_due"],
            due_on=row["due_on"],
            last_paid=row["last_paid"],
            last_paid_on=row["last_paid_on"],
        )
    return Account(
        consumer_number=row["consumer_number"],
        name=row["name"],
        mobile=row["mobile"],
        category=row["category"],
        load_kw=row["load_kw"],
        meter_number=row["meter_number"],
        premises=premises_of(row),
        bill=bill,
        demo=row["demo"],
    )
