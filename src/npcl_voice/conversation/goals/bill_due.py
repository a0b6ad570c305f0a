"""What is due on the bill, and by when: for a caller whom the records know."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import account
from npcl_voice.conversation.goals.goal import Goal, Over, Result, Step, same_slots
from npcl_voice.conversation.goals.telling import spoken_amount, spoken_date

__all__ = ["BILL_DUE"]

NOTHING = frozenset({"Rs 0"})


def step(context: Context) -> Step:
    """Who is asking, then the bill."""
    return account.next_step(context, "bill_due")


def tell(context: Context, result: Result) -> Step | None:
    """The amount and the date, that nothing is due, or that there is no bill yet."""
    if "amount_due" in result and result["amount_due"] is None:
        return Over(context, (Line("bill_none"),))
    amount, date = spoken_amount(result.get("amount_due")), spoken_date(result.get("due_date"))
    if amount in NOTHING:
        return Over(context, (Line("bill_nothing_due"),))
    if amount is None or date is None:
        return None
    return Over(context, (Line("bill_due", {"amount": amount, "date": date}),))


BILL_DUE = Goal(
    name="bill_due",
    step=step,
    tell=tell,
    refuse=account.refused,
    takes=same_slots("consumer_number", "phone", "name"),
    anew=account.ANEW,
    complaint=False,
    outcome="resolved",
)
