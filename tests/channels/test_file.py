"""Callers who play recordings."""

import pytest

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMA, Format, Frame
from npcl_voice.audio.level import Hush
from npcl_voice.channels.file import FileChannel, Pace, RecordedCaller
from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerHungUp
from npcl_voice.errors import SettingsError
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal


def voice(format: Format, ms: int) -> Frame:
    """Something loud."""
    if format == PCMA:
        return Frame(b"\x80" * format.samples_in(ms), format)
    return Frame(b"\x00\x20" * format.samples_in(ms), format)


def hold(paths, answers: list[int], format: Format = PCM_16K, pace: Pace | None = None) -> list[tuple[float, str]]:
    """A call in which the assistant greets for 1 s and then answers each turn with so many ms, after 300 ms.

    Gives the times at which who began and ended to speak.
    """

    async def call() -> list[tuple[float, str]]:
        clock = RehearsalClock()
        channel = FileChannel(clock, paths, format, caller_number="6999041736", pace=pace)
        hush, left, story = Hush(), iter(answers), []
        speaking = False
        async for event in channel.events():
            if isinstance(event, CallAnswered):
                assert event.caller_number == "6999041736"
                channel.play(voice(format, 1_000))
            elif isinstance(event, CallerAudio):
                loud = hush.hear(event.frame)
                if loud != speaking:
                    speaking = loud
                    story.append((round(clock.now(), 2), "speaks" if loud else "ends"))
                if hush.spoken and hush.silent_ms == 300:
                    channel.play(voice(format, next(left, 0)))
                    hush.expect()
            elif isinstance(event, CallerHungUp):
                story.append((round(clock.now(), 2), "hangs up"))
        return story

    return run_rehearsal(call())


def test_two_turns(write_wav):
    """Each file is spoken 600 ms after the assistant's end; after the last answer the caller hangs up."""
    paths = [write_wav("one.wav", 500), write_wav("two.wav", 400, rate_hz=44_100, channels=2)]
    story = hold(paths, [800, 600])
    assert [what for _, what in story] == ["speaks", "ends", "speaks", "ends", "hangs up"]
    first, second = story[0][0], story[2][0]
    assert first == pytest.approx(1.6, abs=0.03)
    assert story[1][0] - first == pytest.approx(0.5, abs=0.03)
    answered = story[1][0] + 0.3 + 0.8
    assert second - answered == pytest.approx(0.6, abs=0.08)
    answered = story[3][0] + 0.3 + 0.6
    assert story[4][0] - answered == pytest.approx(1.5, abs=0.1)


def test_telephone(write_wav):
    """The same over A-law."""
    story = hold([write_wav("one.wav", 500)], [800], PCMA)
    assert [what for _, what in story] == ["speaks", "ends", "hangs up"]


def test_an_assistant_that_never_answers(write_wav):
    """After fifteen seconds of nothing the caller goes on, and in the end hangs up."""
    story = hold([write_wav("one.wav", 500), write_wav("two.wav", 500)], [], PCM_24K, Pace(patience_ms=4_000))
    assert [what for _, what in story] == ["speaks", "ends", "speaks", "ends", "hangs up"]
    assert story[2][0] - story[1][0] == pytest.approx(4.0, abs=0.05)
    assert story[4][0] - story[3][0] == pytest.approx(4.0, abs=0.05)
    assert Pace() == Pace(600, 1_500, 15_000)


def test_one_bad_file(write_wav, tmp_path):
    """All files are looked at before the call; the first bad one is named."""

    async def call() -> None:
        FileChannel(RehearsalClock(), [write_wav("one.wav"), tmp_path / "none.wav"], PCM_16K)

    with pytest.raises(SettingsError, match=r"--wav: .*none\.wav does not exist"):
        run_rehearsal(call())


def test_nothing_to_say():
    """A caller without recordings is a mistake."""
    with pytest.raises(ValueError, match="at least one recording"):
        RecordedCaller([])
