"""One call, performed: what breaks on either side of it, and that nothing of it is left behind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, get_args

import pytest

from npcl_voice.audio.frame import PCM_24K, Format, Frame
from npcl_voice.call import ALWAYS, QUEUE_EVENTS, OngoingCall, RealClock
from npcl_voice.conversation.commands import CallEnded, Command, Report, ReportLine, RunIntent, Transcript
from npcl_voice.conversation.context import Matter
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallerHungUp,
    CallerKeyed,
    CallerText,
    CallEvent,
    IntentFailed,
    IntentFinished,
    ModelLost,
    Played,
    SayFailed,
)
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.errors import UnavailableError
from npcl_voice.realtime import orders
from npcl_voice.realtime.events import ClientEvent, ServerEvent
from npcl_voice.realtime.server import ServerSession
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from tests.conversation.talk import conversation
from tests.fakes import FakeDesk, OneEngine

SAY = load_phrases("en").say


class Caller:
    """A Channel that plays at once; what the caller does is put into `does`."""

    def __init__(self, *, voice: bool = False) -> None:
        self.format = PCM_24K
        self.does: asyncio.Queue[CallEvent | Exception | None] = asyncio.Queue()
        self.played = 0
        self.closed = 0
        self._voice = voice
        self._stream = 0

    async def events(self) -> AsyncIterator[CallEvent]:
        yield CallAnswered(self.format, voice=self._voice, caller_number="6999074185")
        while (event := await self.does.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    def play(self, frame: Frame) -> None:
        self.played += frame.samples
        self.does.put_nowait(Played(frame.samples, self._stream))

    def pause(self) -> None:
        self.does.put_nowait(Played(0, self._stream))

    def resume(self) -> None:
        """Nothing waits."""

    def stop(self, stream: int) -> None:
        self.does.put_nowait(Played(0, self._stream))
        self._stream = stream

    async def close(self) -> None:
        self.closed += 1
        self.does.put_nowait(None)


Answer = Callable[[ServerSession, str], list[Any]]


class Engine:
    """A Speech on the real server session; each wish for an answer gets the next of `answers`."""

    lasts_s = None

    def __init__(self, *answers: Answer | Exception) -> None:
        self.closed = 0
        self.said: asyncio.Queue[ServerEvent | Exception | None] = asyncio.Queue()
        self._answers = list(answers)
        self._server = ServerSession("sess_1", "npcl-local", 3600)
        self._emit(self._server.open())

    def send(self, event: ClientEvent) -> None:
        self._emit(self._server.receive(event))

    async def events(self) -> AsyncIterator[ServerEvent]:
        while (event := await self.said.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    async def close(self) -> None:
        self.closed += 1
        self.said.put_nowait(None)

    def _emit(self, out: Sequence[Any]) -> None:
        for one in out:
            if isinstance(one, orders.RespondTo) and self._answers:
                answer = self._answers.pop(0)
                if isinstance(answer, Exception):
                    self.said.put_nowait(answer)
                else:
                    self._emit(answer(self._server, one.response_id))
            elif not isinstance(one, get_args(orders.Order)):
                self.said.put_nowait(one)


def calls(name: str, arguments: str = "{}") -> Answer:
    """The engine calls a tool."""
    return lambda server, of: [*server.call_function(of, name, arguments), *server.finish(of)]


class Mouth:
    """A Voice of ten milliseconds for every phrase; `fails` takes it away."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails = fails
        self.asked: list[str] = []

    async def say(
        self, phrase: str, values: dict[str, str], language: str, format: Format
    ) -> AsyncIterator[tuple[str, Frame]]:
        self.asked.append(phrase)
        if self.fails is not None:
            raise self.fails
        yield phrase, format.silence(format.samples_in(10))


class Witness:
    """An Observer that keeps everything, and lets the test act when it has seen something."""

    def __init__(self, act: Callable[[CallEvent, Sequence[Command]], None] = lambda _event, _commands: None) -> None:
        self.events: list[CallEvent] = []
        self.lines: list[ReportLine] = []
        self._act = act

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        self.events.append(event)
        self.lines += [command.line for command in commands if isinstance(command, Report)]
        self._act(event, commands)

    def words(self) -> list[str]:
        return [line.text for line in self.lines if isinstance(line, Transcript) and line.who == "assistant"]

    @property
    def outcome(self) -> str:
        (end,) = (line for line in self.lines if isinstance(line, CallEnded))
        return end.outcome

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def ongoing(
    caller: Caller, engine: Engine, witness: Witness, *, voice: Mouth | None = None, desk: Any = None, **more: Any
) -> OngoingCall:
    """A call between these."""
    more = {"clock": RehearsalClock(), **more}
    return OngoingCall(
        "0123456789abcdef",
        conversation(),
        caller,
        OneEngine(engine),
        voice or Mouth(),
        desk or FakeDesk.seeded(),
        observers=[witness],
        **more,
    )


async def held(call: OngoingCall) -> None:
    """Hold a call to its end, and see that no task outlives it."""
    await call.hold()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_an_engine_that_dies_is_told_of_and_the_call_fails() -> None:
    """The caller hears where to turn to, by our own voice, and then the line is closed."""

    async def work() -> None:
        caller, engine, voice = Caller(voice=True), Engine(), Mouth()
        engine.said.put_nowait(UnavailableError("the ears are gone"))
        witness = Witness()
        await held(ongoing(caller, engine, witness, voice=voice))
        assert witness.of(ModelLost) == [ModelLost("the ears are gone", final=True)]
        assert voice.asked[-1] == "trouble"
        assert witness.words()[-1] == "trouble"
        assert witness.outcome == "failed"
        assert (caller.closed > 0, engine.closed) == (True, 1)

    run_rehearsal(work())


def test_an_engine_that_just_ends_is_lost_too() -> None:
    """A session that is over without a fault leaves the call without an engine."""

    async def work() -> None:
        caller, engine, witness = Caller(), Engine(), Witness()
        engine.said.put_nowait(None)
        await held(ongoing(caller, engine, witness))
        assert witness.of(ModelLost) == [ModelLost("the session ended", "close_1000", final=True)]
        assert witness.words()[-1].startswith("I am sorry, something is wrong on our side.")
        assert witness.outcome == "failed"

    run_rehearsal(work())


def test_a_bug_in_the_engine_ends_the_call_with_itself() -> None:
    """What nobody raises on purpose is not hidden, and both sides are let go of."""

    async def work() -> None:
        caller, engine = Caller(), Engine()
        engine.said.put_nowait(ZeroDivisionError("a bug"))
        with pytest.raises(ZeroDivisionError, match="a bug"):
            await ongoing(caller, engine, Witness()).hold()
        assert (caller.closed, engine.closed) == (1, 1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_rehearsal(work())


class BrokenDesk(FakeDesk):
    """A desk with a bug."""

    async def complaint(self, complaint_number: str) -> Any:
        """Raise what no desk should."""
        raise KeyError(complaint_number)


def test_a_tool_that_breaks_ends_nothing() -> None:
    """The call goes on to the caller's own end, and the reason names the kind of error, not its values."""

    async def work() -> None:
        caller, engine = Caller(), Engine(calls("complaint_status", '{"complaint_number": "000054321"}'))

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, IntentFailed):
                caller.does.put_nowait(None)

        witness = Witness(act)
        caller.does.put_nowait(CallerText("what is the status of my complaint 000054321"))
        await held(ongoing(caller, engine, witness, desk=BrokenDesk.seeded()))
        assert [(failed.name, failed.reason) for failed in witness.of(IntentFailed)] == [
            ("complaint_status", "KeyError")
        ]
        assert witness.outcome == "hung_up"

    run_rehearsal(work())


def test_a_tool_answers_while_the_caller_leaves() -> None:
    """What a tool began before the call was over is finished before the call is."""

    async def work() -> None:
        looked_up = []

        class SlowDesk(FakeDesk):
            async def complaint(self, complaint_number: str) -> Any:
                await asyncio.sleep(5)  # on the rehearsal's clock
                looked_up.append(complaint_number)
                return await super().complaint(complaint_number)

        caller, engine = Caller(), Engine(calls("complaint_status", '{"complaint_number": "000054321"}'))

        def act(_event: CallEvent, commands: Sequence[Command]) -> None:
            if any(isinstance(command, RunIntent) for command in commands):
                caller.does.put_nowait(None)

        witness = Witness(act)
        caller.does.put_nowait(CallerText("what is the status of my complaint 000054321"))
        call = ongoing(caller, engine, witness, desk=SlowDesk.seeded(), clock=RealClock())
        await held(call)
        assert looked_up == ["000054321"]

    run_rehearsal(work())


def test_the_facts_of_a_call_reach_its_tools() -> None:
    """A tool is run with the desk; its answer comes back as an event."""

    async def work() -> None:
        caller, engine = Caller(), Engine(calls("complaint_status", '{"complaint_number": "000054321"}'))

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, IntentFinished):
                caller.does.put_nowait(None)

        witness = Witness(act)
        caller.does.put_nowait(CallerText("what is the status of my complaint 000054321"))
        await held(ongoing(caller, engine, witness))
        (finished,) = witness.of(IntentFinished)
        assert (finished.result["ok"], finished.result["status"]) == (True, "in_progress")

    run_rehearsal(work())


def test_a_voice_that_fails_is_an_event() -> None:
    """Without our own voice the call goes on, and the failure is seen by who follows it."""

    async def work() -> None:
        caller, engine = Caller(voice=True), Engine()

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, SayFailed):
                caller.does.put_nowait(None)

        witness = Witness(act)
        voice = Mouth(UnavailableError("no mouth"))
        await held(ongoing(caller, engine, witness, voice=voice))
        assert voice.asked == ["greeting"]
        assert witness.of(SayFailed)[0].reason == "no mouth"
        assert (witness.outcome, caller.played) == ("hung_up", 0)

    run_rehearsal(work())


def test_a_channel_that_ends_is_a_caller_who_hung_up() -> None:
    """Whether it says so or not."""

    async def work() -> None:
        caller, engine, witness = Caller(), Engine(), Witness()
        caller.does.put_nowait(None)
        await held(ongoing(caller, engine, witness))
        assert witness.outcome == "hung_up"
        assert witness.of(CallerHungUp)

    run_rehearsal(work())


def test_a_channel_that_breaks_ends_the_call_with_its_error() -> None:
    """An input that cannot be read is told to whoever holds the call."""

    async def work() -> None:
        caller, engine = Caller(), Engine()
        caller.does.put_nowait(UnavailableError("the line is cut"))
        with pytest.raises(UnavailableError, match="the line is cut"):
            await ongoing(caller, engine, Witness()).hold()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_rehearsal(work())


def test_silence_ends_a_call_by_its_own_clock() -> None:
    """Nobody says anything: the deadlines come as events, with our own voice, to the end."""

    async def work() -> None:
        caller, engine, witness, voice = Caller(voice=True), Engine(), Witness(), Mouth()
        call = ongoing(caller, engine, witness, voice=voice)
        await held(call)
        assert voice.asked == ["greeting", "idle", "idle", "idle_goodbye"]
        assert witness.outcome == "unresolved"
        assert caller.played == 4 * PCM_24K.samples_in(10)

    run_rehearsal(work())


def test_hanging_up_ends_a_call_even_behind_a_full_queue() -> None:
    """A frame may be lost for it, the end is not; whoever fills the queue is held back."""

    async def work() -> None:
        caller, engine = Caller(voice=True), Engine()
        frame = CallerAudio(PCM_24K.silence(PCM_24K.samples_in(20)))
        full = []

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, CallAnswered):
                for _ in range(4 * QUEUE_EVENTS):
                    caller.does.put_nowait(frame)
            elif isinstance(event, CallerAudio) and not full:
                full.append(event)
                call.hang_up()

        witness = Witness(act)
        call = ongoing(caller, engine, witness)
        await held(call)
        assert witness.outcome == "hung_up"
        assert len(witness.of(CallerAudio)) < 2 * QUEUE_EVENTS

    run_rehearsal(work())


def test_hanging_up_behind_a_full_queue_loses_no_answer_of_a_tool() -> None:
    """The oldest that waits may be what a tool has answered, and the call waits for that."""

    async def work() -> None:
        caller, engine = Caller(), Engine(calls("complaint_status", '{"complaint_number": "000054321"}'))
        frame = CallerAudio(PCM_24K.silence(PCM_24K.samples_in(20)))

        def act(_event: CallEvent, commands: Sequence[Command]) -> None:
            queue = call._events
            for command in commands:
                if isinstance(command, RunIntent):
                    while not queue.empty():
                        queue.get_nowait()
                    queue.put_nowait((ALWAYS, IntentFinished(command.call_id, command.name, {"ok": True})))
                    while not queue.full():
                        queue.put_nowait((ALWAYS, frame))
                    call.hang_up()

        witness = Witness(act)
        caller.does.put_nowait(CallerText("what is the status of my complaint 000054321"))
        call = ongoing(caller, engine, witness)
        await held(call)
        assert witness.events[-2:] == [CallerHungUp(), IntentFinished("call_1", "complaint_status", {"ok": True})]
        assert witness.outcome == "resolved"

    run_rehearsal(work())


def test_keys_can_be_pressed_for_the_caller() -> None:
    """They go the way of the line's own; a queue that is full drops them."""

    async def work() -> None:
        caller, engine, witness = Caller(), Engine(), Witness()
        call = ongoing(caller, engine, witness)
        call.press("7")
        call.hang_up()
        await held(call)
        assert witness.of(CallerKeyed) == [CallerKeyed("7")]
        while not call._events.full():
            call.press("1")
        call.press("9")
        assert call._events.qsize() == QUEUE_EVENTS
        assert call.conversation.context.matter is Matter.NONE

    run_rehearsal(work())


def test_hanging_up_twice_and_after_the_end_is_harmless() -> None:
    """Ctrl-C does not look at where the call is."""

    async def work() -> None:
        caller, engine, witness = Caller(), Engine(), Witness()
        call = ongoing(caller, engine, witness)
        call.hang_up()
        call.hang_up()
        await held(call)
        call.hang_up()
        assert witness.outcome == "hung_up"

    run_rehearsal(work())


def test_a_call_that_is_cancelled_leaves_nothing() -> None:
    """Both sides are closed and every task is gone."""

    async def work() -> None:
        caller, engine = Caller(), Engine()
        task = asyncio.create_task(ongoing(caller, engine, Witness()).hold())
        await asyncio.sleep(0.1)  # on the rehearsal's clock
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (caller.closed, engine.closed) == (1, 1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_rehearsal(work())


async def test_real_time_is_the_loops() -> None:
    """A deadline that has passed is over at once, and real time stands still for nobody."""
    clock = RealClock()
    with clock.work():
        before = clock.now()
        await clock.sleep_until(before - 10)
        await clock.sleep_until(before + 0.001)
    assert clock.now() >= before + 0.001
