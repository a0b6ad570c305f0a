"""The engines in a row, shared by all calls of a process: how each fares, and what it costs.

The best stands first. Each has a breaker, some a budget or places; one call's way along the row is in
`link.py`.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import structlog

from npcl_voice.conversation.events import Traits
from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.ports import Engine
from npcl_voice.realtime.backoff import Breaker, BreakerState
from npcl_voice.realtime.failures import advice_of
from npcl_voice.realtime.faults import Action
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Capacity
from npcl_voice.speech.tally import LinkTally, log_failure

__all__ = ["Seat", "Switch"]

ALONE = frozenset({"ears_died"})
"""Reasons that say nothing of an engine's other sessions."""

log = structlog.get_logger()


class Seat(NamedTuple):
    """One engine in the row, and what all calls know of it."""

    engine: Engine
    traits: Traits
    why: str
    """Why a call would begin here, in words for the operator."""
    breaker: Breaker
    budget: Budget | None = None
    """Its money and limits, where it costs any."""
    capacity: Capacity | None = None
    """Its places, where it has few."""


class Switch:
    """The row of engines, shared by all calls of a process."""

    def __init__(
        self, seats: Sequence[Seat], *, chance: Callable[[], float], wait_s: float, tally: LinkTally | None = None
    ) -> None:
        """`chance` gives a number from 0 to 1; `wait_s` is how long a new call waits for an engine's limits."""
        self.seats = tuple(seats)
        self.chance = chance
        self.wait_s = wait_s
        self.tally = tally or LinkTally()
        self._back_at: dict[str, float] = {}

    def failed(
        self, seat: Seat, failure: UnavailableError | RefusedError, action: Action, now: float, call: str
    ) -> None:
        """An engine refused a call, or its session broke: count it, and tell the operator in one line."""
        wait_s = failure.retry_after_s if isinstance(failure, UnavailableError) else None
        if not seat.traits.opens and failure.reason not in ALONE:  # nobody stands behind the recorded voice
            seat.breaker.failed(now, action, wait_s)
        self.tally.failed(seat.engine.name, failure.reason)
        self.tally.breaker(seat.engine.name, seat.breaker.state(now).value)
        log_failure(log, seat.engine.name, failure, advice_of, call_id=call)

    def proved(self, seat: Seat, since: float, now: float) -> None:
        """A session that began at `since` has been of use: whatever ailed the engine before is over."""
        was_ill = seat.breaker.state(now) is BreakerState.HALF_OPEN
        seat.breaker.succeeded(since)
        if was_ill and seat.breaker.state(now) is BreakerState.CLOSED:
            self._back_at[seat.engine.name] = now
        self.tally.breaker(seat.engine.name, seat.breaker.state(now).value)

    def back_for_s(self, seat: Seat, now: float) -> float:
        """How long an engine that was ill has been well again."""
        return now - self._back_at.get(seat.engine.name, -math.inf)

    def snapshot(self, now: float) -> dict[str, Any]:
        """How all links fare, as JSON can hold it."""
        for seat in self.seats:
            self.tally.breaker(seat.engine.name, seat.breaker.state(now).value)
        limits = {
            seat.engine.name: {
                "left": seat.budget.left(now),
                "waiting": seat.budget.waiting(),
                "guessed": seat.budget.guessed,
            }
            for seat in self.seats
            if seat.budget is not None
        }
        return {**self.tally.snapshot(), "limits": limits}

    def costs(self) -> list[str]:
        """What may be spent where, a line for each engine that costs money, for whoever starts a call."""
        return [f"{seat.engine.name}: {seat.budget.describe()}" for seat in self.seats if seat.budget is not None]
