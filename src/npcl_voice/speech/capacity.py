"""Who gets a place where there is room for few: danger first, then a complaint in progress, then all else.

When a remote engine fails, all its calls ask at one moment. They are gathered for a short while and
served in order of urgency; who finds no place is told at once and goes elsewhere, since speech
cannot wait.
"""

import asyncio
import math
from collections.abc import Callable
from enum import IntEnum

from npcl_voice.ports import Clock

__all__ = ["Capacity", "Place", "Urgency", "calls_for"]

GATHER_S = 0.1
"""How long requests are gathered: calls notice one failure within some tens of milliseconds, callers no such wait."""

SPEAKS = 1 / 3
"""Of its time, how long the caller of a call speaks. An assumption on the safe side: in our rehearsals it is less."""
CROWDED = 0.05
"""How much of the time more may speak at once than can be heard without falling behind."""


def calls_for(speakers: int) -> int:
    """How many calls may go on where so many callers can be heard at once: they do not all speak at once.

    The most for which more than `speakers` of them speak seldom enough, each by itself (a binomial tail).
    """
    calls = speakers
    while _crowded(calls + 1, speakers) <= CROWDED:
        calls += 1
    return calls


def _crowded(calls: int, speakers: int) -> float:
    """How much of the time more than `speakers` of so many callers speak."""
    ways = range(speakers + 1, calls + 1)
    return sum(math.comb(calls, at) * SPEAKS**at * (1 - SPEAKS) ** (calls - at) for at in ways)


class Urgency(IntEnum):
    """Who comes first; the lower, the sooner."""

    DANGER = 0
    COMPLAINT = 1
    """A complaint in progress."""
    OTHER = 2


class Place:
    """Room for one call, until it is released."""

    def __init__(self, release: Callable[[], None]) -> None:
        self._release: Callable[[], None] | None = release

    def release(self) -> None:
        """The call is over, or somewhere else; safe to call twice."""
        release, self._release = self._release, None
        if release is not None:
            release()


class _Asked:
    """One that wants a place."""

    def __init__(self, urgency: int, serial: int) -> None:
        self.order = (urgency, serial)
        self.place: Place | None = None


class Capacity:
    """Hands out places, never more than there are."""

    def __init__(self, limit: Callable[[], int], *, gather_s: float = GATHER_S) -> None:
        """`limit` says how many places there are in all; it may change, and nobody is turned out when it sinks."""
        self._limit = limit
        self._gather_s = gather_s
        self._serial = 0
        self._taken = 0
        self._gathering: list[_Asked] = []
        self._gathered_at = 0.0

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self._taken

    @property
    def free(self) -> int:
        """How many more there are; not below zero."""
        return max(0, self._limit() - self._taken)

    async def admit(self, urgency: int, clock: Clock) -> Place | None:
        """A place, once those who ask at the same time are known; None when there is none left."""
        if not self._gathering:
            self._gathered_at = clock.now() + self._gather_s
        self._serial += 1
        asked = _Asked(urgency, self._serial)
        self._gathering.append(asked)
        try:
            await clock.sleep_until(self._gathered_at)
        except asyncio.CancelledError:
            self._withdraw(asked)
            raise
        if asked in self._gathering:  # the first of them who wakes decides for all
            self._serve()
        return asked.place

    def _serve(self) -> None:
        """Give what is free to those who have asked, the most urgent first."""
        for asked in sorted(self._gathering, key=lambda each: each.order)[: self.free]:
            self._taken += 1
            asked.place = Place(self._released)
        self._gathering.clear()

    def _released(self) -> None:
        self._taken -= 1

    def _withdraw(self, asked: _Asked) -> None:
        """It is not wanted any more, whether it has been given or not."""
        if asked in self._gathering:
            self._gathering.remove(asked)
        if asked.place is not None:
            asked.place.release()
