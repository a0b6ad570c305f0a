"""One call's way along the engines: reconnect, failover, and the way back to a better one.

The engines stand in a row, the best first, each with a breaker that all calls share. A call has one
link: it has one session at a time, tells the conversation when that breaks, and opens the next when
the conversation says so. While a call is not at the best engine, the link tries the better ones from
time to time and offers a session that is open; it is taken when nobody speaks.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from npcl_voice.conversation.commands import ChangeEngine
from npcl_voice.conversation.events import EngineOffered, ModelJoined, ModelLost, ModelSent
from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.ports import Clock, LinkEvent, Speech
from npcl_voice.realtime.backoff import Breaker, pause_s
from npcl_voice.realtime.events import ClientEvent
from npcl_voice.realtime.failures import action_of, advice_of, reason_of_leaving
from npcl_voice.realtime.faults import Action
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Place, Urgency
from npcl_voice.speech.switch import Switch

__all__ = ["CallLink"]

RESTING = "resting"
WAITS = frozenset({RESTING, "full", "limits"})
"""Reasons that are no fault of an engine's: it may be asked again at any moment."""
ACTIONS = {"retry": Action.RETRY, "fail_over": Action.FAIL_OVER, "stop": Action.STOP}
QUEUE_EVENTS = 512
"""Events that may wait for the call; a server that is faster is held back."""
ONCE_S = 10.0
"""A reconnect is tried at an engine that has had no other fault in this call for so long."""
RETURN_S = 10.0
"""How long a call stays away from an engine that it left."""
RAMP_S = 30.0
"""Calls come back to an engine that was away spread over so much time: a tenth of them every three seconds."""
LOOK_EVERY_S = 1.0
"""How often a call looks whether a better engine may be tried."""
OFFER_S = 30.0
"""How long an open session is offered; a call that is never quiet gets another one later."""
ROTATE = 0.85
"""The share of a session's life after which the next one is opened: minute 51 of 60."""
LEAST_URGENT = Urgency.OTHER
ASK_EVERY_S = 0.1
"""How often a call that waits for its turn asks whether it is there."""
OPENING_S = 1.5
"""How long an engine may take to open that was asked after another, or whose turn has come, whatever the call has
waited before."""
GLANCE_S = 0.02
"""How often a call that is about to reconnect looks whether others have found the engine ill: those who are
cut at one moment must ask for the few places elsewhere at one moment, too, or the last of them is in danger."""


@runtime_checkable
class _Timed(Protocol):
    """A session that knows how far away its server is."""

    round_trip_s: float | None


class _Opened(NamedTuple):
    """A session that is open."""

    at: int
    session: Speech
    place: Place | None
    reason: str


class CallLink:
    """One call's way to its engines."""

    def __init__(self, switch: Switch, call_id: str, caller: str, clock: Clock) -> None:
        self._switch = switch
        self._seats = switch.seats
        self._call_id = call_id
        self._caller = caller
        self._clock = clock
        self._out: asyncio.Queue[tuple[int, LinkEvent]] = asyncio.Queue(QUEUE_EVENTS)
        self._changes: asyncio.Queue[ChangeEngine] = asyncio.Queue()
        self._era = 0
        """Counts the changes: what an earlier session says is nobody's any more."""
        self._index = -1
        """The engine that answers, or is asked for a session; -1 before the first."""
        self._session: Speech | None = None
        self._offer: _Opened | None = None
        self._faults: dict[int, float] = {}
        self._reasons: list[str] = []
        """Why the engines since the last session do not answer, in words for the operator."""
        self._counted = True
        """Whether a failure of the engine at `_index` is nothing new, or it was never asked."""
        self._hurried_from = -math.inf
        """From when the call may find that an engine takes too long to open."""
        self._urgency: int = LEAST_URGENT
        self._closing: set[asyncio.Task[None]] = set()
        self._before: str | None = None
        self._began = clock.now()
        self._in_line = False
        """Whether the call waits for its turn at an engine whose limits are near."""
        self._at_home = False
        """Whether it is about to have a session at an engine of this process."""

    # What the call does.

    async def events(self) -> AsyncIterator[LinkEvent]:
        """Who joins, what it says, and that it is gone. Raises what a bug raises."""
        loop = asyncio.get_running_loop()
        work = loop.create_task(self._work(), name="link")
        try:
            while not work.done():
                told = loop.create_task(self._out.get(), name="told")
                try:
                    await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    told.cancel()
                if told.done() and not told.cancelled() and told.result()[0] == self._era:
                    yield told.result()[1]
            work.result()
        finally:
            try:
                await _stop(work)
            finally:
                if self._offer is not None:
                    self._let_go(self._offer)
                for seat in self._seats:
                    if seat.budget is not None:
                        seat.budget.forget(self._call_id)
            while self._closing:
                await asyncio.wait(self._closing)
                for task in [task for task in self._closing if task.done()]:
                    self._closing.discard(task)
                    task.result()

    def send(self, event: ClientEvent) -> None:
        """Queue an event for the engine that joined last; without one it is dropped."""
        if self._session is not None:
            self._session.send(event)

    def change(self, change: ChangeEngine) -> None:
        """Go on elsewhere.

        A new call that waits for its turn at an engine is not hurried: we know how long it may. Nor is one
        that is on its way to an engine of this process, which admits it or not, and never just waits: what is
        slow then is the machine, and who passes it by loses its place for nothing. And what was asked only
        after another, or after a wait, has a time of its own.
        """
        just_asked = change.code == "not_ready" and self._clock.now() < self._hurried_from
        if self._in_line or self._at_home or just_asked:
            return
        self._era += 1
        self._session = None
        self._changes.put_nowait(change)

    async def close(self) -> None:
        """End the session that there is; safe to call twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _tell(self, era: int, event: LinkEvent) -> None:
        if era == self._era:
            await self._out.put((era, event))

    # One engine after the other.

    async def _work(self) -> None:
        change = ChangeEngine("fail_over", "start")
        loop = asyncio.get_running_loop()
        while True:
            going = loop.create_task(self._go(change, self._era), name="session")
            wish = loop.create_task(self._changes.get(), name="wish")
            try:
                await asyncio.wait({going, wish}, return_when=asyncio.FIRST_COMPLETED)
                if going.done():
                    going.result()
                change = await wish
            finally:
                await _stop(going, wish)

    async def _go(self, change: ChangeEngine, era: int) -> None:
        """Open the next session, and hand on what it says to its end."""
        began = self._clock.now()
        self._urgency = change.urgency
        opened, self._offer = self._offer, None
        if opened is not None and change.action != "offered":
            self._let_go(opened)
            opened = None
        if opened is None:
            opened = await self._first_of(self._row(change), change)
        joined = self._clock.now()
        if opened is None:
            self._switch.tally.without_model(joined - began)
            await self._tell(era, ModelLost("; ".join(self._reasons), "gone", final=True))
            return
        seat = self._seats[opened.at]
        before, self._before = self._before, seat.engine.name
        self._index, self._session, self._reasons = opened.at, opened.session, []
        self._counted = False
        self._switch.tally.joined(seat.engine.name, change.code, without_s=joined - began, before=before)
        if seat.budget is not None:
            seat.budget.begin(self._call_id)  # again: a session of before may have been let go since
        if seat.traits.opens:
            self._switch.tally.recorded_began()
        try:
            await self._tell(era, ModelJoined(seat.engine.name, opened.reason, seat.traits))
            await self._tell(era, await self._listen(opened, era))
        finally:
            self._switch.tally.left(seat.engine.name, age_s=self._clock.now() - joined)
            if seat.traits.opens:
                self._switch.tally.recorded_ended()
            self._let_go(opened)

    def _row(self, change: ChangeEngine) -> range:
        """The engines to be asked, in order: after a short fault the same one, once; else those behind it."""
        if change.action == "offered" or self._index < 0:
            return range(max(0, self._index), len(self._seats))
        now = self._clock.now()
        before, self._faults[self._index] = self._faults.get(self._index), now
        leaves = not self._counted
        if leaves:  # it is the call that leaves, so nobody has counted it yet
            self._counted = True
            seat, reason = self._seats[self._index], reason_of_leaving(change.code)
            text = f"{seat.engine.name}: {advice_of(reason)}"
            left = UnavailableError(text, reason=reason, retry_after_s=change.retry_after_s)
            self._reasons.append(str(left))
            self._switch.failed(seat, left, ACTIONS[change.action], now, self._call_id)
        again = change.action == "retry" and (before is None or now - before > ONCE_S)
        if leaves and self._seats[self._index].traits.opens:
            again = True  # it is slow, as all is on a machine that is overrun, and there is nobody else
        return range(self._index + (not again), len(self._seats))

    async def _first_of(self, row: Sequence[int], change: ChangeEngine) -> _Opened | None:
        """A session at the first engine of the row that gives one."""
        for index in row:
            self._counted = True
            if index != row[0]:
                self._hurried_from = self._clock.now() + OPENING_S
            if change.action == "retry" and index == self._index and change.urgency > Urgency.DANGER:
                await self._pause(self._seats[index].breaker)
            self._index, self._at_home = index, self._seats[index].traits.embedded
            try:
                place = await self._admitted(index)
                self._counted = False
                return await self._open(index, place, "; ".join(self._reasons) or self._seats[index].why)
            except (UnavailableError, RefusedError) as error:
                self._counted = True
                self._reasons.append(str(error))
                if error.reason not in WAITS:
                    self._faults[index] = self._clock.now()
            finally:
                self._at_home = False
        return None

    async def _pause(self, breaker: Breaker) -> None:
        """Wait a moment before an engine is tried again, or until others have found it ill."""
        until = self._clock.now() + pause_s(0, self._switch.chance())
        while (now := self._clock.now()) < until and breaker.allows(now):
            await self._clock.sleep_until(min(until, now + GLANCE_S))

    async def _admitted(self, index: int) -> Place | None:
        """A place at this engine, where it has few. Raises UnavailableError when it is not to be asked now."""
        seat, clock = self._seats[index], self._clock
        name = seat.engine.name
        if not seat.breaker.allows(clock.now()):
            raise UnavailableError(f"{name} is left alone for a while, after failures", reason=RESTING)
        if (refusal := await self._beyond_budget(seat.budget)) is not None:
            raise UnavailableError(f"{name}: {advice_of(refusal)}", reason=refusal)
        place = None if seat.capacity is None else await seat.capacity.admit(self._urgency, clock)
        if seat.capacity is not None and place is None:
            raise UnavailableError(f"{name}: {advice_of('full')}", reason="full")
        return place

    async def _open(self, index: int, place: Place | None, reason: str) -> _Opened:
        """A session at this engine. Raises UnavailableError or RefusedError, which has been counted."""
        seat, clock = self._seats[index], self._clock
        seat.breaker.tries(clock.now())
        session = None
        try:
            session = await seat.engine.open(self._caller)
        except (UnavailableError, RefusedError) as error:
            self._switch.failed(seat, error, action_of(error.reason), clock.now(), self._call_id)
            raise
        finally:
            if session is None:
                self._give_back(index, place)
        return _Opened(index, session, place, reason)

    async def _beyond_budget(self, budget: Budget | None) -> str | None:
        """Why the money or the limits forbid a session, after a wait for the limits; None when neither does."""
        if budget is None:
            return None
        if (refusal := budget.may_begin() or budget.call_over(self._call_id)) is not None:
            return refusal
        deadline = self._began + self._switch.wait_s  # only a new call waits: one that goes on has no time
        self._in_line = self._before is None
        try:
            if not budget.enqueue(self._call_id, self._clock.now()):
                return "limits"
            while not budget.ready(self._call_id, self._clock.now()):
                if not self._in_line or self._clock.now() >= deadline:
                    return "limits"
                await self._clock.sleep_until(self._clock.now() + ASK_EVERY_S)
            budget.begin(self._call_id)  # before the session is there: its room must not be given to another
        finally:
            if self._in_line:
                self._hurried_from = self._clock.now() + OPENING_S
            self._in_line = False
            budget.leave(self._call_id)
        return None

    def _give_back(self, index: int, place: Place | None) -> None:
        """A session's room is free again."""
        budget = self._seats[index].budget
        if budget is not None and (self._session is None or index != self._index):
            budget.pause(self._call_id)
        if place is not None:
            place.release()

    def _let_go(self, opened: _Opened) -> None:
        """A session is over, or was not wanted; nobody waits for its goodbye."""
        if opened.session is self._session:
            self._session = None
        self._give_back(opened.at, opened.place)
        task = asyncio.get_running_loop().create_task(opened.session.close(), name="goodbye")
        self._closing.add(task)
        task.add_done_callback(self._said_goodbye)

    def _said_goodbye(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is None:  # a bug is raised at the end of the call
            self._closing.discard(task)

    # While an engine answers.

    async def _listen(self, opened: _Opened, era: int) -> ModelLost:
        """Hand on all that it says. How it ended."""
        seat = self._seats[opened.at]
        looking = asyncio.get_running_loop().create_task(self._look_for_better(opened, era), name="better engine")
        try:
            async for event in opened.session.events():
                if seat.budget is not None:
                    seat.budget.saw(self._call_id, event, self._clock.now())
                await self._tell(era, ModelSent(event))
            error: UnavailableError | RefusedError = UnavailableError(
                f"{seat.engine.name}: {advice_of('close_1000')}", reason="close_1000"
            )
        except (UnavailableError, RefusedError) as broken:
            error = broken
        finally:
            await _stop(looking)
        self._counted = True
        self._reasons = [str(error)]
        self._switch.failed(seat, error, action_of(error.reason), self._clock.now(), self._call_id)
        return ModelLost(str(error), error.reason)

    async def _look_for_better(self, opened: _Opened, era: int) -> None:
        """From time to time see whether a better engine, or a fresh session, is to be had, and offer it."""
        began, ramp_s = self._clock.now(), RETURN_S + self._switch.chance() * RAMP_S
        lasts_s = opened.session.lasts_s
        rotate_at = math.inf if lasts_s is None else began + lasts_s * ROTATE
        young = True
        while True:
            await self._clock.sleep_until(self._clock.now() + LOOK_EVERY_S)
            self._note_round_trip(opened)
            if young and self._clock.now() - began >= ONCE_S:
                young = False
                self._switch.proved(self._seats[opened.at], began, self._clock.now())
            found = await self._first_of_these(self._wanted(opened.at, rotate_at, ramp_s))
            if found is None:
                continue
            self._offer = found
            try:
                await self._tell(era, EngineOffered(self._seats[found.at].engine.name, found.reason))
                await self._clock.sleep_until(self._clock.now() + OFFER_S)
                await self._tell(era, EngineOffered("", "nobody has taken it"))
            finally:
                if self._offer is found and era == self._era:  # nobody has taken it
                    self._offer = None
                    self._let_go(found)

    def _note_round_trip(self, opened: _Opened) -> None:
        session = opened.session
        if isinstance(session, _Timed) and session.round_trip_s is not None:
            self._switch.tally.round_trip(self._seats[opened.at].engine.name, session.round_trip_s * 1000)

    def _wanted(self, index: int, rotate_at: float, ramp_s: float) -> Iterator[tuple[int, str]]:
        """Where another session is wanted now, and why; the best first."""
        now, budget = self._clock.now(), self._seats[index].budget
        if budget is not None and (over := budget.call_over(self._call_id)) is not None:
            yield from ((behind, advice_of(over)) for behind in range(index + 1, len(self._seats)))
            return
        for better in range(index):
            seat = self._seats[better]
            spent = seat.budget is not None and seat.budget.call_over(self._call_id) is not None
            rest_s, well_s = (ramp_s, ramp_s - RETURN_S) if seat.capacity is None else (RETURN_S, 0.0)
            away_s = now - self._faults.get(better, -math.inf)
            if not spent and away_s >= rest_s and self._switch.back_for_s(seat, now) >= well_s:
                yield better, f"{seat.engine.name} is back"
        if now >= rotate_at:
            yield index, "the session would soon expire"

    async def _first_of_these(self, wanted: Iterator[tuple[int, str]]) -> _Opened | None:
        for index, reason in wanted:
            try:
                return await self._open(index, await self._admitted(index), reason)
            except (UnavailableError, RefusedError) as error:
                if error.reason not in WAITS:
                    self._faults[index] = self._clock.now()
        return None


async def _stop(*tasks: asyncio.Task[Any]) -> None:
    """Cancel these and see them end, also when we are cancelled meanwhile; raises what a bug raised in one of them."""
    interrupted: asyncio.CancelledError | None = None
    for task in tasks:
        task.cancel()
    while pending := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(pending)
        except asyncio.CancelledError as cancelled:
            interrupted = cancelled
    if interrupted is not None:
        raise interrupted
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
