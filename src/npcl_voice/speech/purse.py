"""What calls may cost at remote engines, all of them together: caps per call and per day."""

import math
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime

__all__ = ["Purse"]

MOST_CALLS = 10_000
"""So many calls are remembered; they are forgotten at their end, so only a fault leaves more."""


class Purse:
    """The money of this process. A day goes from midnight to midnight UTC; a restart begins with nothing spent."""

    def __init__(self, per_call_usd: float, per_day_usd: float, wall: Callable[[], datetime]) -> None:
        """A cap of 0 means that nothing may be spent. `wall` tells the time in UTC."""
        self._per_call_usd, self._per_day_usd = per_call_usd, per_day_usd
        self._wall = wall
        self._calls: OrderedDict[str, float] = OrderedDict()
        self._day: date | None = None
        self._day_usd = 0.0

    def describe(self) -> str:
        """The caps, in words."""
        for name, cap in (("NPCL_SPEND_PER_CALL", self._per_call_usd), ("NPCL_SPEND_PER_DAY", self._per_day_usd)):
            if not cap:
                return f"nothing may be spent ({name}=0)"
        return f"at most {_dollars(self._per_call_usd)} a call and {_dollars(self._per_day_usd)} a day"

    def charge(self, call_id: str, usd: float) -> None:
        """A call has cost something. Raises ValueError for what is no amount."""
        if not 0 <= usd < math.inf:
            msg = f"{usd} is no amount of money"
            raise ValueError(msg)
        self._turn_the_day()
        self._day_usd += usd
        self._calls[call_id] = self._calls.get(call_id, 0.0) + usd
        self._calls.move_to_end(call_id)
        if len(self._calls) > MOST_CALLS:
            self._calls.popitem(last=False)

    def call_spent(self, call_id: str) -> float:
        """US dollars that a call has cost; 0 once it is forgotten."""
        return self._calls.get(call_id, 0.0)

    def day_spent(self) -> float:
        """US dollars that today has cost."""
        self._turn_the_day()
        return self._day_usd

    def may_begin(self) -> str | None:
        """Why no call may begin, `spend_day` or `spend_call`; None when one may."""
        if self.day_spent() >= self._per_day_usd:
            return "spend_day"
        return None if self._per_call_usd else "spend_call"

    def call_over(self, call_id: str) -> str | None:
        """Why a call may not go on, `spend_call` or `spend_day`; None while it may.

        The answer that reaches a cap is heard to its end: the cap is passed by its price at most.
        """
        if self.call_spent(call_id) >= self._per_call_usd:
            return "spend_call"
        return "spend_day" if self.day_spent() >= self._per_day_usd else None

    def forget(self, call_id: str) -> None:
        """A call is over; its money stays in the day's."""
        self._calls.pop(call_id, None)

    def _turn_the_day(self) -> None:
        today = self._wall().date()
        if self._day is None or today > self._day:  # a clock that is set back begins no new day
            self._day, self._day_usd = today, 0.0


def _dollars(usd: float) -> str:
    """An amount as people write it, with as many figures as it needs below a cent."""
    return f"${usd:,.2f}" if round(usd, 2) == usd else f"${usd:,g}"
