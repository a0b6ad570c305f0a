"""The way to the client: what is sent arrives later, in order in each of three lanes.

Nearly all goes in one lane. The sound of an answer and the caller's words have lanes of their own,
so that they can come late while all else comes in time.
"""

import asyncio
import math
from collections import deque
from typing import Literal

from npcl_voice.ports import Clock
from npcl_voice.rehearsal.twin.endings import Step

__all__ = ["LANES", "Lane", "Lanes"]

Lane = Literal["main", "sound", "words"]
LANES: tuple[Lane, ...] = ("main", "sound", "words")
MAX_WAITING = 65_536
"""Events that may wait for a client that does not read; what comes beyond them is dropped and counted."""


class Lanes:
    """Takes steps with the time at which they arrive, and gives them out when it has come."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._arrived: asyncio.Queue[Step | None] = asyncio.Queue()
        self._waiting: dict[Lane, deque[tuple[float, Step | None]]] = {lane: deque() for lane in LANES}
        self._couriers: dict[Lane, asyncio.Task[None]] = {}
        self._free_from: dict[Lane, float] = dict.fromkeys(LANES, 0.0)
        self.dropped = 0
        """Steps that nobody read in time."""

    def put(self, step: Step | None, due: float, lane: Lane = "main") -> None:
        """A step, or None for the end, that arrives at `due`, or later where its lane is not free."""
        due = self._free_from[lane] = max(due, self._free_from[lane])
        if due == math.inf:
            return
        waiting = self._waiting[lane]
        if len(waiting) + self._arrived.qsize() >= MAX_WAITING:
            self.dropped += 1
        elif not waiting and due <= self._clock.now():
            self._arrived.put_nowait(step)
        else:
            waiting.append((due, step))
            if lane not in self._couriers:
                work = self._carry(lane)
                self._couriers[lane] = asyncio.get_running_loop().create_task(work, name=f"twin {lane}")

    async def get(self) -> Step | None:
        """The next that arrives."""
        return await self._arrived.get()

    def end(self, step: Step | None) -> None:
        """Nothing more arrives but this, now: what is on its way is lost."""
        self.close()
        while not self._arrived.empty():
            self._arrived.get_nowait()
        self._arrived.put_nowait(step)
        self._free_from = dict.fromkeys(LANES, math.inf)

    def close(self) -> None:
        """Let go of what is on its way."""
        for courier in self._couriers.values():
            courier.cancel()
        for waiting in self._waiting.values():
            waiting.clear()

    async def _carry(self, lane: Lane) -> None:
        waiting = self._waiting[lane]
        while waiting:
            await self._clock.sleep_until(waiting[0][0])
            self._arrived.put_nowait(waiting.popleft()[1])
        del self._couriers[lane]
