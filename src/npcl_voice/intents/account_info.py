"""What stands in an account, for a caller who is known; its name and address leave no tool."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.accounts import Account, Bill
from npcl_voice.intents.identity import verified_account
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["ACCOUNT_INFO"]

Text = Annotated[str, Meta(max_length=MAX_TEXT)]
METER_DIGITS = 4
"""So much of a meter's number is told: enough to know it by."""


class AccountInfo(Struct, frozen=True, forbid_unknown_fields=True):
    """Look up facts of an account: its category, load, meter and last payment. Only for the consumer: it needs
    a confirmed consumer number, or a registered mobile number, and the name on the bill as the caller says
    it. It compares the name; never guess one, and never say one.
    """

    consumer_number: Text | None = None
    name: Text | None = None


async def serve(request: AccountInfo, desk: Desk, situation: Situation) -> Result:
    """See who is asking, then look it up."""
    account = await verified_account(request.name, desk, situation)
    if not isinstance(account, Account):
        return account
    meter = account.meter_number[-METER_DIGITS:]
    return {
        "ok": True,
        "category": account.category or None,
        "load_kw": account.load_kw or None,
        "meter": f"ending {meter}" if meter else None,
        "last_payment": _last_payment(account.bill),
    }


def _last_payment(bill: Bill | None) -> Result | None:
    if bill is None or bill.last_paid is None or bill.last_paid_on is None:
        return None
    return {"amount": bill.last_paid, "on": bill.last_paid_on.isoformat()}


ACCOUNT_INFO = Intent("account_info", AccountInfo, serve, confirmed=("consumer_number",))
