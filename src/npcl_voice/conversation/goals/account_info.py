"""What stands in the account: the kind of connection, the load, the meter, the last payment; never name or address."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import account
from npcl_voice.conversation.goals.goal import Goal, Over, Result, Step, same_slots
from npcl_voice.conversation.goals.telling import spoken_amount, spoken_date, text_of

__all__ = ["ACCOUNT_INFO"]

CATEGORIES = frozenset({"domestic", "commercial"})
"""Kinds of connection that have a sentence of their own."""


def step(context: Context) -> Step:
    """Who is asking, then the account."""
    return account.next_step(context, "account_info")


def tell(context: Context, result: Result) -> Step | None:
    """As much of it as is on record."""
    lines: list[Line] = []
    category, load, meter = result.get("category"), text_of(result.get("load_kw")), text_of(result.get("meter"))
    if load is not None:
        kind = category if category in CATEGORIES else "other"
        lines.append(Line(f"account_{kind}", {"load": load}))
    if meter is not None:
        lines.append(Line("account_meter", {"meter": meter.removeprefix("ending ")}))
    payment = result.get("last_payment")
    if isinstance(payment, dict):
        amount, date = spoken_amount(payment.get("amount")), spoken_date(payment.get("on"))
        if amount is not None and date is not None:
            lines.append(Line("account_payment", {"amount": amount, "date": date}))
    return Over(context, tuple(lines)) if lines else None


ACCOUNT_INFO = Goal(
    name="account_info",
    step=step,
    tell=tell,
    refuse=account.refused,
    takes=same_slots("consumer_number", "phone", "name"),
    anew=account.ANEW,
    complaint=False,
    outcome="resolved",
)
