"""When to try a server again: pauses that chance spreads, and a breaker that leaves an ill one alone.

Full jitter keeps callers who were cut off together from coming back together (AWS Builders' Library,
"Timeouts, retries and backoff with jitter"). Backoff alone never ends where each session opens and dies at
once, so quick failures are counted, too.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Final

from npcl_voice.realtime.faults import Action

__all__ = ["QUICK", "QUICK_S", "Breaker", "BreakerState", "pause_s"]

RETRY_S: Final = 0.25
"""Longest pause before the first reconnect: the caller waits meanwhile."""
LONGEST_S: Final = 8.0
QUICK: Final = 3
"""Failures within `QUICK_S` after which a server is left alone."""
QUICK_S: Final = 10.0
COOL_S: Final = 5.0
"""How long it is left alone the first time; each time after that twice as long."""
COOLEST_S: Final = 300.0
STOPPED_S: Final = 600.0
"""The same where no session can succeed until somebody has mended an account or a setting."""


def pause_s(attempt: int, chance: float, *, first_s: float = RETRY_S, longest_s: float = LONGEST_S) -> float:
    """Seconds before attempt number `attempt` (0 is the first); `chance` is from 0 to 1."""
    return min(longest_s, first_s * 2.0 ** min(attempt, 32)) * chance


class BreakerState(Enum):
    """Whether a server is asked for sessions."""

    CLOSED = "closed"
    """It is."""
    OPEN = "open"
    """It is left alone."""
    HALF_OPEN = "half_open"
    """One call tries it."""


class Breaker:
    """One server's breaker, shared by all calls."""

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance` gives a number from 0 to 1."""
        self._chance = chance
        self._failures: deque[float] = deque(maxlen=QUICK)
        self._opened = 0
        self._opened_at = 0.0
        self._until: float | None = None
        self._tried_at: float | None = None

    def state(self, now: float) -> BreakerState:
        """Closed, open, or open for long enough that one call may try."""
        if self._until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._until else BreakerState.HALF_OPEN

    def allows(self, now: float) -> bool:
        """Whether a call may ask the server for a session now. Where one may try, no other may at once."""
        state = self.state(now)
        if state is BreakerState.HALF_OPEN:
            return self._tried_at is None or now - self._tried_at >= QUICK_S
        return state is BreakerState.CLOSED

    def tries(self, now: float) -> None:
        """A call asks the server for a session."""
        self._tried_at = now

    def succeeded(self, since: float) -> None:
        """It gave one that was of use, which began at `since`: one from before says nothing of what came later."""
        if self._until is not None and since < self._opened_at:
            return
        self._until = self._tried_at = None
        self._opened = 0
        self._failures.clear()

    def failed(self, now: float, action: Action, retry_after_s: float | None = None) -> None:
        """A session was refused, or broke."""
        state = self.state(now)
        self._failures.append(now)
        quick = len(self._failures) == QUICK and now - self._failures[0] <= QUICK_S
        if action is Action.STOP:
            self._open(now, STOPPED_S)
        elif retry_after_s is not None:
            self._open(now, retry_after_s)
        elif state is BreakerState.HALF_OPEN or (quick and state is BreakerState.CLOSED):
            # While it is open, more failures are the same illness, seen by more calls.
            cool_s = min(COOLEST_S, COOL_S * 2.0 ** min(self._opened, 16))
            self._opened += 1
            self._open(now, cool_s / 2 + cool_s / 2 * self._chance())

    def _open(self, now: float, rest_s: float) -> None:
        until = now + rest_s
        self._opened_at = now
        self._until = max(until, self._until or until)
        self._tried_at = None
