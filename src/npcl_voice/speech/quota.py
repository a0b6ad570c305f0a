"""What a provider lets us ask for, as token buckets, and whose turn it is when that is little.

The server says after an answer how many requests and tokens are left and when all of them will be
back (`rate_limits.updated`); between two of its words we count ourselves. Calls that go on come
first: a new one begins only when there is room for it beside one answer of each of them, and at
most 95 in a hundred of a limit are ever planned with.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from npcl_voice.realtime.events import RateLimit

__all__ = ["HELD_SHARE", "Bucket", "Line", "Quota"]

HELD_SHARE = 0.05
"""Of each limit this much is never planned with: our count and the server's differ a little."""

FIRST_ANSWER_TOKENS = 2_000.0
"""What an answer is thought to take before the first has told: instructions, tools and a short sentence."""
NEWEST_SHARE = 0.2
"""How much the newest answer counts in the average: about five answers shape it."""
MOST_ANSWER_TOKENS = 1_000_000
"""No answer is thought to take more, whatever a server says."""

MOST_LIMIT = 10**12
SHORTEST_RESET_S, LONGEST_RESET_S = 0.001, 86_400.0
"""A limit counts for a minute or for a day; another reset is a fault."""
USUAL_RESET_S = 60.0
"""What a limit counts for where the server does not say."""

MOST_IN_FLIGHT = 4_096
MOST_WAITING = 1_000
LONGEST_PATIENCE_S = 21.0
"""Whoever has not asked for so long has gone without saying so: `realtime_wait_s` is at most 20."""


class Bucket:
    """How much of one limit is left. It fills evenly."""

    def __init__(self, limit: float, remaining: float, reset_s: float | None, now: float) -> None:
        """As the server says; `reset_s` is when all of it will be back."""
        self.limit: Final = limit
        self._level = remaining
        self._now = now
        missing = limit - remaining
        usual = limit / USUAL_RESET_S
        self._per_s = missing / reset_s if reset_s and missing else usual

    def level(self, now: float) -> float:
        """What is left, 0 to the limit."""
        passed = max(0.0, now - self._now)
        return min(self.limit, self._level + passed * self._per_s)

    def take(self, amount: float, now: float) -> None:
        """Use some, or give some back where `amount` is below zero."""
        self._level = min(self.limit, max(0.0, self.level(now) - amount))
        self._now = max(self._now, now)

    def wait_s(self, amount: float, now: float) -> float:
        """How long until so much may be planned with; infinite where it never may."""
        if amount > self.limit * (1 - HELD_SHARE):
            return math.inf
        missing = amount + self.limit * HELD_SHARE - self.level(now)
        return max(0.0, missing / self._per_s)


class Quota:
    """The provider's limits for this process, and how much an answer takes of them."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._asked: OrderedDict[tuple[str, str], float] = OrderedDict()
        """Answers that are being made, and what they were thought to take."""
        self.answer_tokens = FIRST_ANSWER_TOKENS
        """What an answer takes by the last ones."""

    def update(self, limits: Sequence[RateLimit], now: float) -> None:
        """The server has told its limits. What cannot be is left out; what it does not tell stays as it was."""
        for told in limits:
            name, limit, remaining = told.name, told.limit, told.remaining
            if name not in ("requests", "tokens") or limit is None or not 0 < limit <= MOST_LIMIT:
                continue
            former = self._buckets.get(name)
            if remaining is None:
                remaining = limit if former is None else min(limit, int(former.level(now)))
            self._buckets[name] = Bucket(limit, min(limit, max(0, remaining)), _reset(told.reset_seconds), now)
        # The server has counted the answers that are being made.
        self._asked.clear()

    def ask(self, call_id: str, response_id: str, now: float) -> None:
        """An answer is being made: one request, and what an answer takes."""
        if (call_id, response_id) in self._asked:
            return
        self._asked[call_id, response_id] = self.answer_tokens
        if len(self._asked) > MOST_IN_FLIGHT:
            self._asked.popitem(last=False)
        self._take("requests", 1, now)
        self._take("tokens", self.answer_tokens, now)

    def done(self, call_id: str, response_id: str, tokens: int | None, now: float) -> None:
        """An answer is made; `tokens` is what it took, None where the server does not say."""
        thought = self._asked.pop((call_id, response_id), None)
        if tokens is None or tokens < 0:
            return
        took = float(min(tokens, MOST_ANSWER_TOKENS))
        if thought is not None:
            self._take("tokens", took - thought, now)
        self.answer_tokens += (took - self.answer_tokens) * NEWEST_SHARE

    def empty(self, now: float) -> None:
        """The server has refused an answer for its limits: whatever we counted, nothing is left."""
        for bucket in self._buckets.values():
            bucket.take(bucket.limit, now)

    def wait_s(self, answers: int, now: float) -> float:
        """How long until there is room for so many answers; 0 as long as the server has told no limits."""
        need = {"requests": float(answers), "tokens": answers * self.answer_tokens}
        return max((bucket.wait_s(need[name], now) for name, bucket in self._buckets.items()), default=0.0)

    def left(self, now: float) -> dict[str, float]:
        """What is left of each limit, as a share."""
        return {name: bucket.level(now) / bucket.limit for name, bucket in self._buckets.items()}

    def _take(self, name: str, amount: float, now: float) -> None:
        if name in self._buckets:
            self._buckets[name].take(amount, now)


class Line:
    """Calls that wait for their turn, first come, first served."""

    def __init__(self) -> None:
        self._asked_at: OrderedDict[str, float] = OrderedDict()

    def join(self, call_id: str, now: float) -> bool:
        """Take the last place, or keep the one that the call has; False when there is none left."""
        self._drop_the_gone(now)
        if call_id not in self._asked_at and len(self._asked_at) >= MOST_WAITING:
            return False
        self._asked_at[call_id] = now
        return True

    def ahead_of(self, call_id: str | None, now: float) -> int:
        """How many wait before this call, which counts as asking; all of them where it does not wait."""
        if call_id is not None and call_id in self._asked_at:
            self._asked_at[call_id] = now
        self._drop_the_gone(now)
        for place, waiting in enumerate(self._asked_at):
            if waiting == call_id:
                return place
        return len(self._asked_at)

    def leave(self, call_id: str) -> None:
        """Its turn has come, or it waits no longer."""
        self._asked_at.pop(call_id, None)

    def __len__(self) -> int:
        return len(self._asked_at)

    def _drop_the_gone(self, now: float) -> None:
        for call_id in [one for one, asked in self._asked_at.items() if now - asked > LONGEST_PATIENCE_S]:
            del self._asked_at[call_id]


def _reset(seconds: float | None) -> float | None:
    """When all is back, None where that is not told or cannot be."""
    return seconds if seconds is not None and SHORTEST_RESET_S <= seconds <= LONGEST_RESET_S else None
