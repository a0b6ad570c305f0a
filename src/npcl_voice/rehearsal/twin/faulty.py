"""A session with faults on its way: whatever the server says, this is what comes to the client.

It stands between any session and its client, in memory or behind a socket: `steps` is what a socket
writes, `events` is what a client of ours sees of it.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import assert_never

import msgspec

from npcl_voice.errors import NpclVoiceError, RemoteProtocolError
from npcl_voice.ports import Clock, Speech
from npcl_voice.realtime import events as e
from npcl_voice.realtime.responses import ResponseError, StatusDetails
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.endings import Deaf, End, Garbage, Step, ends_a_session, failure_of_end, name_of
from npcl_voice.rehearsal.twin.lanes import Lane, Lanes
from npcl_voice.rehearsal.twin.records import SessionRecord
from npcl_voice.rehearsal.twin.striking import SessionFaults

__all__ = ["FaultySpeech"]

RESET = End("reset")


class FaultySpeech:
    """A session whose way to the client is not sound."""

    def __init__(
        self,
        inner: Speech,
        faults: SessionFaults,
        clock: Clock,
        record: SessionRecord,
        *,
        network_ms: float = 0,
        dies_at: float = math.inf,
        struck: Callable[[f.Fault], None] = lambda _fault: None,
        over: Callable[[], None] = lambda: None,
    ) -> None:
        """At `dies_at` the connection is reset, whatever goes on.

        `struck` hears of each fault, `over` is called once at the end.
        """
        self.lasts_s = inner.lasts_s
        self.record = record
        self._inner = inner
        self._faults = faults
        self._clock = clock
        self._network_s = network_ms / 1000
        self._dies_at = dies_at
        self._struck = struck
        self._over = over
        self._lanes = Lanes(clock)
        self._to_server: deque[tuple[float, e.ClientEvent]] = deque()
        self._sender: asyncio.Task[None] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._doom: asyncio.Task[None] | None = None
        self._late_s = 0.0
        self._audio_late_s = 0.0
        self._words_late_s = 0.0
        self._stalled_until = 0.0
        self._held: e.ServerEvent | None = None
        self._response = ""
        self._late_responses: set[str] = set()
        self._failing: dict[str, f.FailResponse] = {}
        self._made = 0
        self._expired = False
        self._back: Step | None = None
        self._leaving = False
        self._ended = False
        self._closed = False

    # Ports.

    def send(self, event: e.ClientEvent) -> None:
        """Take an event of the client's; never waits."""
        if self._ended or self._closed:
            return
        self.record.client(self._clock.now(), event)
        if not self._network_s:
            self._inner.send(event)
            return
        self._to_server.append((self._clock.now() + self._network_s, event))
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._carry(), name="twin uplink")

    def refuse(self, fault: RemoteProtocolError) -> None:
        """Answer what could not be read at all, if the session can."""
        refuse = getattr(self._inner, "refuse", None)
        if refuse is not None:
            refuse(fault)

    async def events(self) -> AsyncIterator[e.ServerEvent]:
        """What reaches the client. Raises UnavailableError or RefusedError when the session breaks."""
        told: e.ErrorDetail | None = None
        async with aclosing(self.steps()) as steps:
            async for step in steps:
                match step:
                    case Garbage() | Deaf():
                        continue  # a client drops what it cannot read
                    case End():
                        raise failure_of_end(step, told)
                    case _:
                        if isinstance(step, e.ErrorEvent) and ends_a_session(step.error):
                            told = step.error
                        yield step

    async def close(self) -> None:
        """End the session; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._lanes.end(None)
        try:
            await self._leave()
        finally:
            self._over()

    # What a socket writes.

    async def steps(self) -> AsyncGenerator[Step, None]:
        """All that comes, garbage and the end of the connection included."""
        while (step := await self.next()) is not None:
            yield step
            if isinstance(step, End):
                return

    async def next(self) -> Step | None:
        """The next that comes; None when the session is over."""
        self._begin()
        if self._back is not None:
            back, self._back = self._back, None
            return back
        step = await self._lanes.get()
        if step is not None:
            self.record.server(self._clock.now(), step)
        if self._pump is not None and self._pump.done() and not self._pump.cancelled():
            error = self._pump.exception()
            if error is not None:
                raise error
        return step

    def put_back(self, step: Step) -> None:
        """Have a step come again: whoever took it only wanted to see it."""
        self._back = step

    def end(self, how: End) -> None:
        """The connection ends now, and what is on its way is lost."""
        if not self._ended:
            self._ended = True
            self._lanes.end(how)
            self._stop()

    # How it is done.

    def _begin(self) -> None:
        if self._pump is None and not self._ended and not self._closed:
            self._pump = asyncio.get_running_loop().create_task(self._read(), name="twin downlink")
            self._pump.add_done_callback(self._read_to_its_end)
            if self._dies_at < math.inf:
                self._doom = asyncio.get_running_loop().create_task(self._die(), name="twin doom")

    def _read_to_its_end(self, pump: asyncio.Task[None]) -> None:
        """A server that fails in a way that nobody foresaw must not leave its client waiting."""
        if not pump.cancelled() and pump.exception() is not None:
            self.end(RESET)

    def _stop(self) -> None:
        for task in (self._pump, self._sender, self._doom):
            # A pump that is letting go of the server's side is not to be disturbed.
            busy = task is self._pump and self._leaving
            if task is not None and task is not asyncio.current_task() and not busy:
                task.cancel()

    async def _leave(self) -> None:
        """Let go of the server's side."""
        self._stop()
        everybody = (self._pump, self._sender, self._doom)
        tasks = {task for task in everybody if task is not None and not task.done()}
        if tasks:
            await asyncio.wait(tasks)
        await self._inner.close()

    async def _die(self) -> None:
        await self._clock.sleep_until(self._dies_at)
        self.end(RESET)

    async def _carry(self) -> None:
        """Bring the client's events to the server."""
        while self._to_server:
            await self._clock.sleep_until(self._to_server[0][0])
            self._inner.send(self._to_server.popleft()[1])
        self._sender = None

    async def _read(self) -> None:
        """Read what the server says to its end, and send it on its way."""
        broken = RESET
        events = self._inner.events()
        try:
            async for event in events:
                self._take(event)
                if self._ended:
                    return
            broken = End("close", 1001, "session_expired") if self._expired else End("close", 1000)
        except NpclVoiceError:
            broken = End("close", 1011, "server_error")
        finally:
            self._leaving = True
            if isinstance(events, AsyncGenerator):
                await events.aclose()
            await self._inner.close()
        self._finish(broken)

    def _finish(self, how: End) -> None:
        """The connection ends when all that was sent before has arrived."""
        if not self._ended:
            self._ended = True
            self._flush()
            self._lanes.put(how, self._due())

    def _take(self, event: e.ServerEvent) -> None:
        """One event of the server's."""
        if isinstance(event, e.ErrorEvent):
            self._expired = self._expired or event.error.code == "session_expired"
            if (event.error.event_id or "").startswith(CANCEL):
                return  # the answer to a request of ours
        if isinstance(event, e.ResponseCreated):
            self._response = event.response.id
        if self._is_lost(event):
            return
        faults = self._faults.of(event)
        for fault in faults:
            self._struck(fault)
            if fault.when == "before":
                self._strike(fault, event)
        if self._ended:
            return
        if not self._is_lost(event):
            self._pass_on(event, faults)
        for fault in faults:
            if fault.when == "after" and not self._ended:
                self._strike(fault, event)
        if isinstance(event, e.ResponseDone) and event.response.id == self._response:
            self._response = ""

    def _is_lost(self, event: e.ServerEvent) -> bool:
        """Whether it belongs to a response that is failing, and is not its end."""
        response_id = _response_of(event)
        if response_id not in self._failing:
            return False
        return isinstance(
            event,
            e.ResponseOutputAudioDelta
            | e.ResponseOutputAudioTranscriptDelta
            | e.ResponseOutputTextDelta
            | e.ResponseFunctionCallArgumentsDelta
            | e.ResponseFunctionCallArgumentsDone,
        )

    def _pass_on(self, event: e.ServerEvent, faults: list[f.Fault]) -> None:
        """Send an event on its way, once, twice, later, spoilt or not at all."""
        kinds = {type(fault) for fault in faults}
        if isinstance(event, e.ResponseDone) and event.response.id in self._failing:
            event = _failed(event, self._failing.pop(event.response.id))
        if f.Drop in kinds:
            return
        if f.Corrupt in kinds:
            self._lanes.put(Garbage(name_of(event)), self._due())
            return
        if f.Reorder in kinds:
            self._flush()
            self._held = event
            return
        for _ in range(2 if f.Duplicate in kinds else 1):
            self._put(event)
        self._flush()

    def _flush(self) -> None:
        """Send what was held back so that the next could overtake it."""
        held, self._held = self._held, None
        if held is not None:
            self._put(held)

    def _put(self, event: e.ServerEvent) -> None:
        lane, late_s = self._lane(event)
        self._lanes.put(event, self._due() + late_s, lane)

    def _lane(self, event: e.ServerEvent) -> tuple[Lane, float]:
        response_id = _response_of(event)
        if self._audio_late_s and isinstance(event, e.ResponseOutputAudioDelta):
            self._late_responses.add(response_id)
        if response_id in self._late_responses:
            if isinstance(event, e.ResponseDone):
                self._late_responses.discard(response_id)
            return "sound", self._audio_late_s
        if self._words_late_s and isinstance(
            event,
            e.ConversationItemInputAudioTranscriptionDelta
            | e.ConversationItemInputAudioTranscriptionCompleted
            | e.ConversationItemInputAudioTranscriptionFailed,
        ):
            return "words", self._words_late_s
        return "main", 0.0

    def _due(self) -> float:
        return max(self._clock.now(), self._stalled_until) + self._network_s + self._late_s

    def _strike(self, fault: f.Fault, event: e.ServerEvent) -> None:
        match fault:
            case f.Cut():
                self._finish(RESET)
            case f.Close():
                self._finish(End("close", fault.code, fault.text))
            case f.Stall():
                if fault.deaf:
                    self._lanes.put(Deaf(), self._due())
                self._stalled_until = math.inf if fault.ms is None else self._clock.now() + fault.ms / 1000
            case f.Delay():
                self._late_s += fault.ms / 1000
            case f.LateAudio():
                self._audio_late_s = fault.ms / 1000
            case f.LateTranscript():
                self._words_late_s = fault.ms / 1000
            case f.Error():
                self._insert(e.ErrorEvent(e.ErrorDetail(fault.type, fault.text, fault.code)))
                if fault.then_close is not None:
                    self._finish(End("close", fault.then_close, f"{fault.type}.{fault.code}"))
            case f.UnknownEvent():
                self._insert(e.RawEvent(fault.name, {}))
            case f.Limits():
                limit = e.RateLimit(fault.of, fault.limit, fault.remaining, fault.reset_s)
                self._insert(e.RateLimitsUpdated((limit,)))
            case f.FailResponse():
                self._fail(fault, _response_of(event) or self._response)
            case f.Corrupt() | f.Drop() | f.Duplicate() | f.Reorder():
                pass  # they are done to the event itself
            case _:
                assert_never(fault)

    def _insert(self, event: e.ServerEvent) -> None:
        """Something that the server never said."""
        self._made += 1
        event_id = f"event_fault_{self._made}"
        if isinstance(event, e.RawEvent):
            event = e.RawEvent(event.name, {**event.body, "event_id": event_id})
        else:
            event = msgspec.structs.replace(event, event_id=event_id)
        self._lanes.put(event, self._due())

    def _fail(self, fault: f.FailResponse, response_id: str) -> None:
        """Let the response end, and tell of it as if the server had given up."""
        if response_id:
            self._made += 1
            self._failing[response_id] = fault
            self._inner.send(e.ResponseCancel(response_id, event_id=f"{CANCEL}{self._made}"))


CANCEL = "twin_fault_"
"""How the ids of our own events towards the server begin."""


def _response_of(event: e.ServerEvent) -> str:
    """The response that an event belongs to; empty for none."""
    if isinstance(event, e.ResponseCreated | e.ResponseDone):
        return event.response.id
    return getattr(event, "response_id", "")


def _failed(event: e.ResponseDone, fault: f.FailResponse) -> e.ResponseDone:
    """The end of a response as the fault has it."""
    if fault.status == "incomplete":
        details = StatusDetails("incomplete", reason=fault.code)
    else:
        details = StatusDetails("failed", error=ResponseError(fault.type, fault.code, fault.text))
    response = msgspec.structs.replace(event.response, status=fault.status, status_details=details)
    return msgspec.structs.replace(event, response=response)
