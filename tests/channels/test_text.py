"""Callers who type."""

import asyncio
import io
import os

import pytest

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.channels.text import TextChannel, typed_lines
from npcl_voice.conversation.commands import Report, StateChanged, Transcript
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerHungUp,
    CallerKeyed,
    CallerText,
    ModelJoined,
    ModelLost,
    Played,
)
from npcl_voice.errors import SettingsError
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal


def floor(name: str) -> list[Report]:
    return [Report(Transcript("assistant", "x")), Report(StateChanged(name, name, "none"))]


async def lines_of(*lines: str):
    for line in lines:
        yield line


def hold(*lines: str, answer_s: float | None = 1.0, engine_s: float | None = 0.5) -> list[tuple[float, object]]:
    """A call whose assistant answers each turn (a line, or keys up to `#`) after a time, or never."""

    async def call() -> list[tuple[float, object]]:
        clock = RehearsalClock()
        channel = TextChannel(clock, lines_of(*lines), caller_number="6999041736")
        story = []

        async def answer(event) -> None:
            channel.saw(clock.now(), event, floor("processing"))
            if answer_s is not None:
                await asyncio.sleep(answer_s)
                channel.saw(clock.now(), event, [*floor("responding"), *floor("listening")])

        async with asyncio.TaskGroup() as tasks:

            async def join() -> None:
                if engine_s is not None:
                    await asyncio.sleep(engine_s)
                    channel.saw(clock.now(), ModelJoined("local", "test"), [])

            async for event in channel.events():
                story.append((round(clock.now(), 3), event))
                if isinstance(event, CallAnswered):
                    channel.saw(clock.now(), event, [*floor("greeting"), *floor("listening")])
                    tasks.create_task(join())
                elif isinstance(event, CallerText) or event == CallerKeyed("#"):
                    tasks.create_task(answer(event))
                else:
                    channel.saw(clock.now(), event, [])
        return story

    return run_rehearsal(call())


def test_lines_are_turns():
    """Each line is taken when the one before was answered; after the last answer the caller hangs up."""
    assert hold("hello", "  my power is out ") == [
        (0.0, CallAnswered(PCM_24K, voice=False, caller_number="6999041736")),
        (0.5, CallerText("hello")),
        (1.5, CallerText("my power is out")),
        (2.5, CallerHungUp()),
    ]


def test_blank_lines():
    """Nothing typed is nothing said."""
    assert [event for _, event in hold("", "  ", "hello")][1:-1] == [CallerText("hello")]


def test_keys():
    """A line can press keys; blanks, hyphens and letters in it are for the eye."""
    story = hold("/keys 000-054 x3#", "thanks")
    assert [event for _, event in story][1:-1] == [*[CallerKeyed(key) for key in "0000543#"], CallerText("thanks")]
    assert story[-2][0] == 1.5


def test_keys_without_an_answer():
    """Keys that complete nothing are not waited for long."""
    story = hold("/keys 12", "hello", "/keys", "bye")
    assert [(at, event) for at, event in story if isinstance(event, CallerText)] == [
        (5.5, CallerText("hello")),
        (6.5, CallerText("bye")),
    ]


def test_something_like_a_command():
    """Only the whole word is the command."""
    assert hold("/keyspad 1")[1][1] == CallerText("/keyspad 1")


def test_an_assistant_that_never_answers():
    """After twenty seconds the next line is taken all the same."""
    assert [at for at, _ in hold("hello", "hello?", answer_s=None)] == [0.0, 0.5, 20.5, 40.5]


def test_no_engine():
    """A line typed before anybody can hear it waits for twenty seconds."""
    assert [at for at, _ in hold("hello", engine_s=None)] == [0.0, 20.0, 21.0]


def test_a_lost_engine():
    """Between engines nothing is taken."""

    async def call() -> list[float]:
        clock = RehearsalClock()
        channel = TextChannel(clock, lines_of("hello"))
        times = []
        async for event in channel.events():
            times.append(clock.now())
            if isinstance(event, CallAnswered):
                channel.saw(0.0, ModelJoined("a", "test"), [])
                channel.saw(0.0, ModelLost("gone"), floor("listening"))
        return times

    assert run_rehearsal(call()) == [0.0, 20.0, 40.0]


def test_sound_is_accepted():
    """Frames count as played at once, pauses and stops are answered; nobody hears them."""

    async def call() -> list:
        channel = TextChannel(RehearsalClock(), lines_of("hello"))
        channel.play(PCM_24K.silence(100))
        channel.play(PCM_24K.silence(50))
        channel.pause()
        channel.resume()
        channel.stop(3)
        channel.play(PCM_24K.silence(7))
        events = []
        async for event in channel.events():
            events.append(event)
            if len(events) == 3:
                await channel.close()
                await channel.close()
        return events

    assert run_rehearsal(call())[1:] == [Played(150, 0), Played(7, 3), CallerHungUp()]


def test_reading_fails():
    """What goes wrong with the input is raised to whoever follows the call."""

    async def broken():
        raise SettingsError("--text", "broken")
        yield ""

    async def call() -> None:
        channel = TextChannel(RehearsalClock(), broken())
        async for event in channel.events():
            channel.saw(0.0, event, floor("listening"))
            channel.saw(0.0, ModelJoined("a", "test"), [])

    with pytest.raises(SettingsError, match="--text: broken"):
        run_rehearsal(call())


async def collected(file) -> list[str]:
    with RehearsalClock().work():
        return [line async for line in typed_lines(file)]


def test_typed_lines():
    """The lines of a file, without their ends, more of them than are read ahead."""
    assert run_rehearsal(collected(io.StringIO("one\ntwo\r\n\nlast"))) == ["one", "two", "", "last"]
    many = [str(number) for number in range(200)]
    assert run_rehearsal(collected(io.StringIO("\n".join(many)))) == many


def test_input_that_is_no_text(tmp_path):
    """Bytes that are no text are named as such."""
    path = tmp_path / "bytes"
    path.write_bytes(b"hello\n\xff\xfe")
    with path.open(encoding="utf-8") as file, pytest.raises(SettingsError, match="--text: the input cannot be read"):
        run_rehearsal(collected(file))


def test_a_call_that_ends_first():
    """A terminal that is still open when the call is over troubles nobody."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as file, os.fdopen(writing, "w") as keyboard:

        async def call() -> str:
            with RehearsalClock().work():
                keyboard.write("hello\n")
                keyboard.flush()
                return await anext(typed_lines(file))

        assert run_rehearsal(call()) == "hello"
        keyboard.write("too late\n")
