"""One call, performed, as it goes from one engine to the next."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from npcl_voice.audio.frame import PCM_24K, Frame
from npcl_voice.call import QUEUE_EVENTS, OngoingCall, RealClock
from npcl_voice.conversation.commands import ChangeEngine, Command, EngineChanged, RunIntent, SendToModel
from npcl_voice.conversation.events import (
    CallerAudio,
    CallerText,
    CallEvent,
    IntentFinished,
    ModelJoined,
    ModelLost,
    ModelSent,
    Traits,
)
from npcl_voice.errors import UnavailableError
from npcl_voice.ports import LinkEvent
from npcl_voice.realtime.events import ClientEvent, InputAudioBufferCleared, InputAudioBufferCommit, SessionUpdated
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from tests.conversation.talk import conversation
from tests.fakes import FakeDesk, OneEngine
from tests.test_call import Answer, Caller, Engine, Mouth, Witness, calls, held

FRAME = PCM_24K.silence(PCM_24K.samples_in(20))


def ongoing(caller: Caller, link: Any, witness: Witness, **more: Any) -> OngoingCall:
    """A call over this link."""
    desk = FakeDesk.seeded()
    more = {"clock": RehearsalClock(), **more}
    return OngoingCall("0123456789abcdef", conversation(), caller, link, Mouth(), desk, observers=[witness], **more)


def says(text: str) -> Answer:
    """The engine says something."""

    def answer(server: Any, response_id: str) -> list[Any]:
        _, begun = server.begin_message(response_id)
        return [*begun, *server.text(response_id, text), *server.end_message(response_id), *server.finish(response_id)]

    return answer


def test_the_next_session_answers_what_the_last_one_did_not() -> None:
    """The one breaks when it is asked; the other gets the caller's line and gives the answer."""

    async def work() -> None:
        caller = Caller()
        first, second = Engine(UnavailableError("it broke", reason="close_1006")), Engine(says("Where is it?"))
        link = OneEngine(first, second)

        def act(_event: CallEvent, _commands: Sequence[Command]) -> None:
            if witness.words()[-1:] == ["Where is it?"]:
                caller.does.put_nowait(None)

        witness = Witness(act)
        caller.does.put_nowait(CallerText("no power"))
        await held(ongoing(caller, link, witness))
        assert link.changed == [ChangeEngine("retry", "close_1006")]
        assert [line.name for line in witness.lines if isinstance(line, EngineChanged)] == ["local", "local"]
        assert witness.words()[1:] == ["Where is it?"]
        assert witness.outcome == "hung_up"

    run_rehearsal(work())


def test_a_tool_that_runs_while_the_engine_is_lost_runs_once() -> None:
    """Its answer is told by the next one."""

    async def work() -> None:
        ran = []

        class SlowDesk(FakeDesk):
            async def complaint(self, complaint_number: str) -> Any:
                ran.append(complaint_number)
                await asyncio.sleep(0.5)  # on the rehearsal's clock
                return await super().complaint(complaint_number)

        caller = Caller()
        first = Engine(calls("complaint_status", '{"complaint_number": "000054321"}'))
        second = Engine(says("It is in progress."))

        def act(_event: CallEvent, commands: Sequence[Command]) -> None:
            if any(isinstance(command, RunIntent) for command in commands):
                first.said.put_nowait(UnavailableError("it broke", reason="close_1006"))
            if witness.words()[-1:] == ["It is in progress."]:
                caller.does.put_nowait(None)

        witness = Witness(act)
        caller.does.put_nowait(CallerText("what is the status of my complaint 000054321"))
        call = OngoingCall(
            "0123456789abcdef",
            conversation(),
            caller,
            OneEngine(first, second),
            Mouth(),
            SlowDesk.seeded(),
            clock=RealClock(),  # it does not stand still for tools
            observers=[witness],
        )
        await held(call)
        assert ran == ["000054321"]
        assert len(witness.of(IntentFinished)) == 1
        assert witness.words()[1:] == ["It is in progress."]

    run_rehearsal(work())


class Scripted:
    """A Link that tells what it is told to tell."""

    def __init__(self, *told: LinkEvent) -> None:
        self.told: asyncio.Queue[LinkEvent] = asyncio.Queue()
        self.ended = 0
        self.sent: list[ClientEvent] = []
        for event in told:
            self.told.put_nowait(event)

    async def events(self) -> AsyncIterator[LinkEvent]:
        try:
            while True:
                yield await self.told.get()
        finally:
            self.ended += 1

    def send(self, event: ClientEvent) -> None:
        self.sent.append(event)

    def change(self, change: ChangeEngine) -> None:
        """Nobody comes."""

    async def close(self) -> None:
        """Nothing to let go of."""


JOINED = ModelJoined("a", "test", Traits(embedded=True))


def test_what_waits_of_an_engine_that_was_left_is_dropped() -> None:
    """It has broken, and what it had said after that is of no use any more."""

    async def work() -> None:
        caller = Caller()
        link = Scripted(JOINED, ModelLost("it broke", "close_1006"), *[ModelSent(InputAudioBufferCleared())] * 5)

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, ModelLost):
                caller.does.put_nowait(None)

        witness = Witness(act)
        caller.does.put_nowait(CallerAudio(FRAME))
        await held(ongoing(caller, link, witness))
        assert witness.of(ModelSent) == []

    run_rehearsal(work())


def test_the_link_sees_its_end_also_when_the_call_was_too_busy_to_listen() -> None:
    """It waited for room in the queue when the call ended."""

    async def work() -> None:
        caller = Caller()
        link = Scripted(JOINED, *[ModelSent(InputAudioBufferCleared())] * (3 * QUEUE_EVENTS))

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, ModelSent):
                call.hang_up()

        witness = Witness(act)
        call = ongoing(caller, link, witness)
        await call.hold()
        assert link.ended == 1
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_rehearsal(work())


class Ears:
    """A Detector that hears speech in every frame that is not silent."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.heard_ms = 0.0

    def hears(self, frame: Frame) -> bool:
        self.heard_ms += frame.ms
        return any(frame.data)


@pytest.fixture
def ears() -> type[Ears]:
    """A fresh kind, which counts how many were made."""
    return type("Ears", (Ears,), {"made": 0})


def test_our_own_detector_listens_while_nobody_else_does(ears: type[Ears]) -> None:
    """From the first sound; what was said while the engine was away is handed on, and committed."""

    async def work() -> None:
        caller = Caller(voice=True)
        loud = Frame(b"\x11" * PCM_24K.samples_in(20) * 2, PCM_24K)
        engine = Engine()
        link = OneEngine(engine)
        committed: list[ClientEvent] = []

        def act(_event: CallEvent, commands: Sequence[Command]) -> None:
            sent = [command.event for command in commands if isinstance(command, SendToModel)]
            committed.extend(one for one in sent if isinstance(one, InputAudioBufferCommit))
            if committed:
                caller.does.put_nowait(None)

        class LateLink(OneEngine):
            async def events(self) -> AsyncIterator[LinkEvent]:
                await asyncio.sleep(1.5)  # on the rehearsal's clock
                async for event in super().events():
                    yield event

        link = LateLink(engine)
        witness = Witness(act)

        async def speak() -> None:
            for number in range(90):
                caller.does.put_nowait(CallerAudio(loud if number < 40 else FRAME))
                await asyncio.sleep(0.02)  # on the rehearsal's clock

        speaking = asyncio.create_task(speak())
        await ongoing(caller, link, witness, detector=ears).hold()
        await speaking
        heard = [event.speech for event in witness.of(CallerAudio)]
        assert heard[:40] == [True] * 40
        assert heard[40:70] == [False] * 30
        assert len(committed) == 1
        assert ears.made == 1

    run_rehearsal(work())


def test_our_own_detector_knows_what_came_just_before(ears: type[Ears]) -> None:
    """A second of it, no more: speech may have begun in it. It looks at nothing while an engine listens."""

    async def work() -> None:
        caller = Caller(voice=True)
        first = Engine()
        made: list[Ears] = []

        def detector() -> Ears:
            made.append(ears())
            return made[-1]

        def act(event: CallEvent, _commands: Sequence[Command]) -> None:
            if isinstance(event, ModelSent) and isinstance(event.event, SessionUpdated):
                for _ in range(100):
                    caller.does.put_nowait(CallerAudio(FRAME))
            if isinstance(event, CallerAudio) and len(witness.of(CallerAudio)) == 100:
                assert made == []
                first.said.put_nowait(UnavailableError("it broke", reason="close_1006"))
            if isinstance(event, ModelLost):
                caller.does.put_nowait(CallerAudio(Frame(b"\x00\x20" * FRAME.samples, PCM_24K)))
                caller.does.put_nowait(None)

        witness = Witness(act)
        await held(ongoing(caller, OneEngine(first, Engine()), witness, detector=detector))
        (one,) = made
        assert one.heard_ms == 1_020

    run_rehearsal(work())
