"""What a consumer's account holds, for the consumer alone: the bill, the load, the meter.

Nothing of it leaves a tool unless the caller was verified, and the name never does.
"""

from datetime import date

import msgspec

from npcl_voice.domain.consumers import Consumer, Premises

__all__ = ["Account", "Bill"]


class Bill(msgspec.Struct, frozen=True):
    """What is owed on an account, and what was paid last."""

    amount_due: str
    """Rupees with two places: `1234.50`. A text, so that no paisa is lost on the way."""
    due_on: date
    last_paid: str | None = None
    """Rupees with two places; None where nothing was paid yet."""
    last_paid_on: date | None = None


class Account(msgspec.Struct, frozen=True):
    """A consumer's account as it is on record. The name is compared, never read out (decision D8)."""

    consumer_number: str
    name: str
    mobile: str
    category: str
    """`domestic`, `commercial` or another word of the tariff; empty where none is on record."""
    load_kw: str
    """Sanctioned load in kilowatt: `3`, `7.5`; empty where none is on record."""
    meter_number: str
    """As it stands on the meter; only its end is ever spoken. Empty where none is on record."""
    premises: Premises
    bill: Bill | None = None
    """The newest bill; None where there is none yet."""
    demo: bool = False

    @property
    def consumer(self) -> Consumer:
        """Who is supplied, and where, without the account's figures."""
        return Consumer(
            consumer_number=self.consumer_number,
            name=self.name,
            mobile=self.mobile,
            premises=self.premises,
            demo=self.demo,
        )
