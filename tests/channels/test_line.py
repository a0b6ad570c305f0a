"""The simulated line: what is played, what is heard, and when."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMU, Frame
from npcl_voice.channels.line import Line, Moment
from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerHungUp, CallerKeyed, Played
from npcl_voice.errors import LocalProtocolError
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal

TICK = 160


def sound(samples: int, byte: bytes = b"\x01") -> Frame:
    return Frame(byte * samples, PCMU)


def hold(far_end, *, prepare=lambda line: None, at=None, listeners=(), format=PCMU, **limits) -> tuple[list, Line]:
    """One call; `prepare` is given the line before, and `at` names what is done at which tick's sound."""
    steps = at or {}

    async def call() -> tuple[list, Line]:
        line = Line(RehearsalClock(), far_end, format, listeners=listeners, **limits)
        prepare(line)
        events, ticks = [], 0
        async for event in line.events():
            events.append(event)
            if isinstance(event, CallerAudio):
                ticks += 1
                if ticks in steps:
                    steps[ticks](line)
        return events, line

    return run_rehearsal(call())


def played(events: list) -> list[tuple[int, int]]:
    return [(event.samples, event.stream) for event in events if isinstance(event, Played)]


def test_a_silent_call(far_end):
    """Answered first, hung up last, and in between a frame of silence every 20 ms."""
    caller = far_end(leaves_at=4)
    events, line = hold(caller)
    silence = CallerAudio(PCMU.silence(TICK))
    assert events == [CallAnswered(PCMU), *[silence] * 4, CallerHungUp()]
    assert caller.times == pytest.approx([0.02, 0.04, 0.06, 0.08])
    assert caller.heard == [PCMU.silence(TICK)] * 4
    assert line.drops == {"playout": 0, "caller": 0, "keys": 0}


def test_who_calls(far_end):
    """The caller's number comes with the answer."""
    events, _line = hold(far_end(leaves_at=1), caller_number="6999041736")
    assert events[0] == CallAnswered(PCMU, voice=True, caller_number="6999041736")


def test_the_caller_speaks_and_keys(far_end):
    """Sound and keys of each tick, in order; a short frame is filled up with silence."""
    said = sound(TICK)
    caller = far_end({1: Moment(said), 2: Moment(sound(10), keys="1#")}, leaves_at=3)
    events, _line = hold(caller)
    filled = Frame(b"\x01" * 10 + b"\xff" * 150, PCMU)
    assert events[1:-2] == [CallerAudio(said), CallerAudio(filled), CallerKeyed("1"), CallerKeyed("#")]


def test_the_assistant_is_heard(far_end):
    """What is queued is played a tick at a time, reported, and heard as it was."""
    caller = far_end(leaves_at=4)
    first, second = sound(200, b"\x01"), sound(200, b"\x02")
    events, _line = hold(caller, prepare=lambda line: (line.play(first), line.play(second)))
    assert played(events) == [(160, 0), (160, 0), (80, 0)]
    heard = b"".join(frame.data for frame in caller.heard)
    assert heard == first.data + second.data + b"\xff" * (4 * TICK - 400)


def test_report_comes_before_the_callers_sound(far_end):
    """Within a tick it is told first what was played."""
    events, _line = hold(far_end(leaves_at=1), prepare=lambda line: line.play(sound(TICK)))
    assert [type(event) for event in events] == [CallAnswered, Played, CallerAudio, CallerHungUp]


def test_pause_and_resume(far_end):
    """Silence from the next tick on, the exact figure at once, and then on from the same sample."""
    caller = far_end(leaves_at=6)
    words = Frame(bytes(range(1, 201)) + bytes(range(1, 201)), PCMU)
    events, _line = hold(
        caller, prepare=lambda line: line.play(words), at={1: lambda line: line.pause(), 3: lambda line: line.resume()}
    )
    assert played(events) == [(160, 0), (0, 0), (160, 0), (80, 0)]
    kept = [event for event in events if isinstance(event, Played | CallerAudio)]
    assert [type(event) for event in kept[:4]] == [Played, CallerAudio, Played, CallerAudio]
    heard = [frame.data for frame in caller.heard]
    assert heard[1] == heard[2] == PCMU.silence(TICK).data
    assert heard[0] + heard[3] + heard[4][:80] == words.data


def test_stop(far_end):
    """The rest is dropped, the exact figure is told for the old stream, and the new one is played."""
    caller = far_end(leaves_at=4)

    def change(line: Line) -> None:
        line.stop(7)
        assert line.queued_ms == 0
        line.play(sound(100, b"\x02"))

    events, _line = hold(caller, prepare=lambda line: line.play(sound(4 * TICK)), at={2: change})
    assert played(events) == [(160, 0), (160, 0), (0, 0), (100, 7)]
    assert caller.heard[2].data == b"\x02" * 100 + b"\xff" * 60


def test_stop_ends_a_pause(far_end):
    """After a pause, a stop lets the next words be heard."""
    caller = far_end(leaves_at=3)
    events, _line = hold(
        caller,
        prepare=lambda line: (line.play(sound(480)), line.pause()),
        at={1: lambda line: (line.stop(1), line.play(sound(TICK, b"\x02")))},
    )
    assert played(events) == [(0, 0), (0, 0), (160, 1)]
    assert caller.heard[1].data == b"\x02" * TICK


def test_playout_limit(far_end):
    """What does not fit is dropped and counted; what is played makes room again."""
    caller = far_end(leaves_at=4)

    def prepare(line: Line) -> None:
        line.play(sound(300))
        line.play(sound(300))
        assert line.queued_ms == 50.0

    def once_more(line: Line) -> None:
        line.play(sound(300))

    events, line = hold(caller, prepare=prepare, at={1: once_more}, playout_limit_s=0.05)
    assert line.drops == {"playout": 340, "caller": 0, "keys": 0}
    assert sum(samples for samples, _ in played(events)) == 560


def test_a_late_reader(far_end):
    """Sound of the caller that nobody takes is dropped beyond the limit, and counted."""

    async def call() -> tuple[list, Line]:
        line = Line(RehearsalClock(), far_end(leaves_at=10), PCMU, caller_limit_s=0.06)
        events = line.events()
        taken = [await anext(events), await anext(events)]
        await asyncio.sleep(10)
        return [*taken, *[event async for event in events]], line

    events, line = run_rehearsal(call())
    assert sum(isinstance(event, CallerAudio) for event in events) == 4
    assert line.drops == {"playout": 0, "caller": 6 * TICK, "keys": 0}
    assert events[-1] == CallerHungUp()


def test_listeners_hear_what_is_played(far_end):
    """Everybody on the line hears the same, silence included."""

    class Ear:
        def __init__(self) -> None:
            self.heard: list[tuple[bytes, float]] = []

        def hear(self, heard: Frame, now: float) -> None:
            self.heard.append((heard.data, now))

    ears = [Ear(), Ear()]
    caller = far_end(leaves_at=2)
    hold(caller, prepare=lambda line: line.play(sound(170)), listeners=ears)
    assert [data for data, _ in ears[0].heard] == [frame.data for frame in caller.heard]
    assert ears[0].heard == ears[1].heard
    assert [now for _, now in ears[0].heard] == pytest.approx([0.02, 0.04])


def test_wrong_formats(far_end):
    """A frame of another format is a bug, on either side."""
    with pytest.raises(LocalProtocolError, match="the line plays"):
        hold(far_end(leaves_at=1), prepare=lambda line: line.play(PCM_16K.silence(1)))
    with pytest.raises(LocalProtocolError, match="cannot join"):
        hold(far_end({1: Moment(PCM_16K.silence(1))}))
    with pytest.raises(LocalProtocolError, match="may say 160 samples a tick, not 161"):
        hold(far_end({1: Moment(sound(161))}))


def test_closing(far_end):
    """Hanging up on our side ends the call as well; twice is once."""

    async def call() -> list:
        line = Line(RehearsalClock(), far_end(), PCM_24K)
        events = []
        async for event in line.events():
            events.append(event)
            if len(events) == 3:
                await line.close()
                await line.close()
        return events

    events = run_rehearsal(call())
    assert [type(event) for event in events] == [CallAnswered, CallerAudio, CallerAudio, CallerHungUp]


def test_no_drift(far_end):
    """Tick number n comes at n times 20 ms, an hour later too."""
    caller = far_end(leaves_at=5_000)
    hold(caller)
    assert caller.times[-1] == pytest.approx(100.0, abs=1e-9)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("play"), st.integers(0, 700)),
            st.tuples(st.sampled_from(["pause", "resume", "stop", "wait"]), st.integers(0, 3)),
        ),
        max_size=30,
    )
)
def test_every_sample_is_accounted_for(steps):
    """Whatever is done, what was reported is what was heard, stream by stream."""

    class Caller:
        def __init__(self) -> None:
            self.heard = bytearray()

        def tick(self, heard: Frame, now: float) -> Moment:
            self.heard += heard.data
            return Moment(hangs_up=len(self.heard) >= 60 * TICK)

    caller = Caller()
    streams = iter(range(1, 99))
    left = iter(steps)

    def one_step(line: Line) -> None:
        name, amount = next(left, ("wait", 0))
        if name == "play":
            line.play(sound(amount))
        elif name == "stop":
            line.stop(next(streams))
        elif name != "wait":
            getattr(line, name)()

    events, line = hold(caller, at=dict.fromkeys(range(1, 60), one_step))
    assert sum(samples for samples, _ in played(events)) == caller.heard.count(1)
    order = [stream for _, stream in played(events)]
    assert order == sorted(order)
    assert line.drops["playout"] == 0
