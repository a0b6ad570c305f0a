"""What is due on a bill, for a caller who is known."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.accounts import Account
from npcl_voice.intents.identity import verified_account
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["BILL_DUE"]

Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class BillDue(Struct, frozen=True, forbid_unknown_fields=True):
    """Look up the amount due and its date. Only for the consumer: it needs a confirmed consumer number, or a
    registered mobile number, and the name on the bill as the caller says it. It compares the name; never
    guess one, and never say one.
    """

    consumer_number: Text | None = None
    name: Text | None = None


async def serve(request: BillDue, desk: Desk, situation: Situation) -> Result:
    """See who is asking, then look it up."""
    account = await verified_account(request.name, desk, situation)
    if not isinstance(account, Account):
        return account
    bill = account.bill
    if bill is None:
        return {"ok": True, "amount_due": None, "due_date": None}
    return {"ok": True, "amount_due": bill.amount_due, "due_date": bill.due_on.isoformat()}


BILL_DUE = Intent("bill_due", BillDue, serve, confirmed=("consumer_number",))
