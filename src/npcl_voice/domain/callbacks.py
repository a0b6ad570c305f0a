"""What comes of a callback: whether the company still owes the call, and what an operator may note."""

from typing import Literal, get_args

from npcl_voice.domain.complaints import Callback
from npcl_voice.errors import RuleError

__all__ = ["OUTCOMES", "OWED_OUTCOMES", "Outcome", "settle"]

Outcome = Literal["reached", "not_reached", "wrong_number", "not_needed"]
"""What may come of a try to call."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
OWED_OUTCOMES: frozenset[str] = frozenset({"pending", "not_reached"})
"""While it stands so, the company still owes the call."""


def settle(callback: Callback, outcome: Outcome) -> Outcome:
    """What stands on record after a call with that outcome; one that reached nobody may be tried again.

    Raises RuleError (`already_settled`) when the call is no longer owed.
    """
    if callback.outcome not in OWED_OUTCOMES:
        message = f"callback {callback.callback_id} was settled already: {callback.outcome}"
        raise RuleError("already_settled", message)
    return outcome
