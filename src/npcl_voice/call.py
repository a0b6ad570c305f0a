"""One call, performed: listens to the caller and the engine, asks the conversation, does what it says.

Performing never waits: `play` and `send` put into bounded queues; what is slow (a tool, our own
voice) is a task of the call and comes back as an event, its failure too.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import msgspec
import structlog

from npcl_voice.audio.frame import Frame
from npcl_voice.audio.level import Hush
from npcl_voice.conversation.commands import (
    CallEnded,
    ChangeEngine,
    Command,
    Failed,
    HangUp,
    PausePlaying,
    Play,
    Report,
    ResumePlaying,
    RunIntent,
    Say,
    SendToModel,
    StopPlaying,
    Transcript,
)
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallerHungUp,
    CallerKeyed,
    CallerText,
    CallEvent,
    IntentFailed,
    IntentFinished,
    ProcessingFailed,
    SayAudio,
    SayFailed,
    SayRendered,
    TimePassed,
)
from npcl_voice.conversation.machine import Conversation
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.errors import NpclVoiceError
from npcl_voice.intents import run_intent
from npcl_voice.ports import Channel, Clock, Desk, Detector, Link, Observer, Situation, Voice

__all__ = ["OngoingCall", "RealClock"]

ALWAYS = -1
"""Marks what is no engine's, and so never out of date."""
RECENT_MS = 1_000
"""Sound from before an engine was lost that our own detector looks at, too: speech may have begun in it."""
LOUD_MS = 200
"""Something loud of so much is looked at, where the engine has not noticed speech."""
QUIET_MS = 1_500
"""After so much silence it is over."""
JUST_AFTER_S = 0.001
"""An alarm rings just after its time: what comes in that very moment has come in time."""
MOST_FAILURES = 5
"""After so many failures of ours a call ends with the next: it does not get better."""
QUEUE_EVENTS = 512
"""Events that may wait; a caller or an engine that is faster than we are is held back."""

log = structlog.get_logger()


class RealClock:
    """The event loop's own time."""

    def now(self) -> float:
        """Seconds of the loop's monotonic clock."""
        return asyncio.get_running_loop().time()

    async def sleep_until(self, deadline: float) -> None:
        """Sleep until then; at once if it has passed."""
        await asyncio.sleep(max(0.0, deadline - self.now()))

    def work(self) -> AbstractContextManager[None]:
        """Real time does not stand still for anybody."""
        return nullcontext()


class _Gap:
    """Our own detector: it looks at the caller's sound while no engine listens, and where one seems not to hear."""

    def __init__(self, detector: Callable[[], Detector] | None) -> None:
        self._new = detector
        self._recent: deque[Frame] = deque()
        self._recent_ms = 0.0
        self._detector: Detector | None = None
        self._loud_ms = 0.0
        self._hush = Hush()

    def look(self, event: CallerAudio, *, listens: bool, trusted: bool) -> CallerAudio:
        """The event, and whether there is speech in it where nobody else says so.

        An engine that listens and is not `trusted` to notice speech is checked, once there is something
        loud. As long as the caller is silent the detector is not asked: it takes a fiftieth of a core, and
        where many calls lose their engine at one moment, each would look at its last second, too.
        """
        if self._new is None:
            return event
        loud = self._hush.hear(event.frame) and listens and not trusted
        self._loud_ms = self._loud_ms + event.frame.ms if loud else self._loud_ms
        if trusted or self._hush.silent_ms >= QUIET_MS:
            self._loud_ms = 0.0
        listened = listens and self._loud_ms < LOUD_MS
        silent_ms = self._hush.silent_ms if self._hush.spoken else math.inf
        if listened or silent_ms >= (RECENT_MS if self._detector is None else QUIET_MS):
            self._detector = None
            self._recent.append(event.frame)
            self._recent_ms += event.frame.ms
            while self._recent_ms > RECENT_MS:
                self._recent_ms -= self._recent.popleft().ms
            unknown = listened and (trusted or loud)
            return event if unknown else CallerAudio(event.frame, speech=False)
        if self._detector is None:
            self._detector = self._new()
            while self._recent:
                self._detector.hears(self._recent.popleft())
            self._recent_ms = 0.0
        return CallerAudio(event.frame, self._detector.hears(event.frame))


class OngoingCall:
    """A call from its first event to its last; `hold` returns when it is over."""

    def __init__(
        self,
        call_id: str,
        conversation: Conversation,
        channel: Channel,
        link: Link,
        voice: Voice,
        desk: Desk,
        *,
        clock: Clock,
        detector: Callable[[], Detector] | None = None,
        observers: Sequence[Observer] = (),
        company: Company | None = None,
        wall: Callable[[], datetime] | None = None,
        failed: Callable[[str, str], None] = lambda _where, _error: None,
    ) -> None:
        """`failed` is told of each failure of ours: which part, and the class of the error.

        `detector` finds the caller's speech while no engine listens; without one all sound is kept then.

        `company` is whose rules are told, the packaged one's unless given; `wall` tells the time of day.
        """
        self.call_id = call_id
        self._conversation = conversation
        self._channel = channel
        self._link = link
        self._voice = voice
        self._desk = desk
        self._clock = clock
        self._gap = _Gap(detector)
        self._era = 0
        self._observers = observers
        self._company = company or packaged_company()
        self._wall = wall
        self._count_failure = failed
        self._events: asyncio.Queue[tuple[int, CallEvent]] = asyncio.Queue(QUEUE_EVENTS)
        self._sayings: asyncio.Queue[Say] = asyncio.Queue()
        self._alarm: tuple[float, asyncio.Task[None]] | None = None
        self._answered: CallAnswered | None = None
        self._last_words = ""
        self._leaving = False
        self._failures = 0
        self._over = False

    @property
    def conversation(self) -> Conversation:
        """The conversation, to be looked at; nobody but this call hands it events."""
        return self._conversation

    def press(self, key: str) -> None:
        """Press a key (`0`-`9`, `*`, `#`) for the caller; a call that is too busy to take it drops it."""
        if not self._events.full():
            self._events.put_nowait((ALWAYS, CallerKeyed(key)))

    def type(self, text: str) -> None:
        """Type a line for the caller; a call that is too busy to take it drops it."""
        if not self._events.full():
            self._events.put_nowait((ALWAYS, CallerText(text)))

    def hang_up(self) -> None:
        """End the call as if the caller had hung up; what is half done is finished properly."""
        if self._events.full():
            self._leaving = True  # comes before what waits; to drop any of it could drop a tool's answer
        else:
            self._events.put_nowait((ALWAYS, CallerHungUp()))

    async def hold(self) -> None:
        """Hold the call to its end. Raises what a bug raises; never leaves a task behind."""
        try:
            async with asyncio.TaskGroup() as tasks:
                pumps = [
                    tasks.create_task(self._listen_to_caller(), name="caller"),
                    tasks.create_task(self._listen_to_engine(), name="engine"),
                    tasks.create_task(self._speak(), name="voice"),
                ]
                try:
                    await self._run(tasks)
                finally:
                    for pump in pumps:
                        pump.cancel()
                    if self._alarm is not None:
                        self._alarm[1].cancel()
        except ExceptionGroup as group:
            raise _first(group) from None
        finally:
            await self._channel.close()
            await self._link.close()

    async def _run(self, tasks: asyncio.TaskGroup) -> None:
        while not self._over:
            era, event = await self._events.get()
            if self._leaving:
                self._leaving = False
                await self._step(CallerHungUp(), tasks)
            if self._counts(era):
                await self._step(event, tasks)

    def _counts(self, era: int) -> bool:
        """Whether what has waited is still of use: the call goes on, and so does the engine that said it."""
        return not self._over and era in {ALWAYS, self._era}

    async def _step(self, event: CallEvent, tasks: asyncio.TaskGroup) -> None:
        if isinstance(event, CallAnswered):
            event = self._answered = event if self._wall is None else msgspec.structs.replace(event, at=self._wall())
        if isinstance(event, CallerAudio):
            talk = self._conversation
            event = self._gap.look(event, listens=talk.listens, trusted=talk.trusts)
        now = self._clock.now()
        try:
            commands = self._conversation.handle(event, now)
        except Exception as error:
            if isinstance(event, ProcessingFailed) or self._failures >= MOST_FAILURES:
                raise
            # The edge of a call: a bug over one event is told to the caller, and the matter stays open.
            self._failures += 1
            self._see(now, event, [])
            await self._step(ProcessingFailed("conversation", type(error).__name__), tasks)
            return
        self._see(now, event, commands)
        for command in commands:
            await self._perform(command, tasks)
        self._set_alarm(tasks)

    def _see(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        for observer in self._observers:
            observer.saw(now, event, commands)

    async def _perform(self, command: Command, tasks: asyncio.TaskGroup) -> None:
        match command:
            case SendToModel():
                self._link.send(command.event)
            case Play():
                self._channel.play(command.frame)
            case PausePlaying():
                self._channel.pause()
            case ResumePlaying():
                self._channel.resume()
            case StopPlaying():
                self._channel.stop(command.stream)
            case ChangeEngine():
                self._era += 1  # what waits of the engine that is left is of no use any more
                self._link.change(command)
            case Say():
                self._sayings.put_nowait(command)
            case RunIntent():
                tasks.create_task(self._run_intent(command, self._situation(command)), name=f"tool {command.name}")
            case HangUp():
                await self._channel.close()
            case Report():
                if isinstance(command.line, Failed):
                    self._failed(command.line.where, command.line.error)
                if isinstance(command.line, Transcript) and command.line.who == "assistant":
                    self._last_words = command.line.text
                self._over = self._over or isinstance(command.line, CallEnded)

    # Time.

    def _set_alarm(self, tasks: asyncio.TaskGroup) -> None:
        deadline = self._conversation.next_deadline()
        if deadline is None or self._over:
            return
        if self._alarm is not None and not self._alarm[1].done() and self._alarm[0] <= deadline:
            return  # it rings early enough, and is set anew then
        if self._alarm is not None:
            self._alarm[1].cancel()
        self._alarm = (deadline, tasks.create_task(self._ring(deadline), name="alarm"))

    async def _ring(self, deadline: float) -> None:
        while deadline is not None:
            await self._clock.sleep_until(deadline + JUST_AFTER_S)
            wanted = self._conversation.next_deadline()
            if wanted is None:
                return
            if wanted <= self._clock.now():
                await self._put(TimePassed())
                return
            deadline = wanted
            assert self._alarm is not None  # this one
            self._alarm = (deadline, self._alarm[1])

    # The two sides, and what is slow.

    async def _put(self, event: CallEvent) -> None:
        await self._events.put((ALWAYS, event))

    async def _listen_to_caller(self) -> None:
        async for event in self._channel.events():
            await self._put(event)
        await self._put(CallerHungUp())

    async def _listen_to_engine(self) -> None:
        events = self._link.events()
        try:
            async for event in events:
                await self._events.put((self._era, event))
        finally:
            if isinstance(events, AsyncGenerator):  # stopped while it waited for us, it would go on without us
                await events.aclose()

    async def _speak(self) -> None:
        """Render phrases one after the other, in the order in which they were asked for."""
        while True:
            say = await self._sayings.get()
            with self._clock.work():
                await self._put(await self._render(say))

    async def _render(self, say: Say) -> CallEvent:
        assert self._answered is not None
        try:
            async for text, frame in self._voice.say(say.phrase, say.values, say.language, self._answered.format):
                await self._put(SayAudio(say.say_id, text, frame))
        except NpclVoiceError as error:
            return SayFailed(say.say_id, str(error))
        except Exception as error:  # noqa: BLE001 - the edge of a call: a phrase that breaks must not end it
            self._failed("voice", type(error).__name__)
            return SayFailed(say.say_id, type(error).__name__)
        return SayRendered(say.say_id)

    def _situation(self, command: RunIntent) -> Situation:
        """What a tool may know of the call, as it stands when the tool is called."""
        talk = self._conversation.briefing(command.call_id)
        return Situation(
            call_id=self.call_id,
            caller_number=None if self._answered is None else self._answered.caller_number,
            facts=command.facts,
            last_words=self._last_words,
            callback_within_min=self._company.promised("callback_within_min"),
            language=talk.language,
            sources=talk.sources,
            heard=talk.heard,
            hazard=talk.hazard,
            summary=talk.summary,
            now=None if self._wall is None else self._wall(),
            made=talk.made,
            wanted=talk.wanted,
            company=self._company,
        )

    async def _run_intent(self, command: RunIntent, situation: Situation) -> None:
        asked = run_intent(command.name, command.arguments, self._desk, situation)
        with self._clock.work():
            await self._put(await self._guarded(command, asked))

    def _failed(self, where: str, error: str) -> None:
        # No traceback: its values may be a caller's.
        log.error("processing failed", call=self.call_id, where=where, error=error)
        self._count_failure(where, error)

    async def _guarded(self, command: RunIntent, asked: Awaitable[dict[str, Any]]) -> CallEvent:
        try:
            return IntentFinished(command.call_id, command.name, await asked)
        except Exception as error:  # noqa: BLE001 - the edge of a call: a tool's bug must not end it
            self._failed(f"tool {command.name}", type(error).__name__)
            return IntentFailed(command.call_id, command.name, type(error).__name__)


def _first(group: ExceptionGroup[Exception]) -> BaseException:
    """The first real error in a group, so that callers catch what was raised."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
