"""The live view: keys in the person's hands, meters, and a picture that never costs the call."""

import asyncio
from typing import Any

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_24K, PCMU
from npcl_voice.audio.resample import encode
from npcl_voice.cli.following import Follower
from npcl_voice.cli.levels import LineLevels
from npcl_voice.cli.live import Controls, LiveView, help_of
from npcl_voice.conversation import commands as c
from npcl_voice.conversation.events import CallAnswered, CallerAudio, TimePassed
from tests.conversation.talk import conversation


class Done:
    """What was asked for, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.floor = False

    def talk(self, on: bool) -> None:
        """Take the floor or give it back."""
        self.calls.append(("talk", on))
        self.floor = on

    def all(self) -> Controls:
        """Every control there can be."""
        return Controls(
            press=lambda key: self.calls.append(("press", key)),
            hang_up=lambda: self.calls.append(("hang up",)),
            mute=lambda on: self.calls.append(("mute", on)),
            talk=self.talk,
            talking=lambda: self.floor,
            language=lambda code: self.calls.append(("language", code)),
            languages=("en", "hi"),
        )


@pytest.fixture
def done():
    return Done()


class NoScreen:
    """A terminal that somebody else looks at; with `refuses` it cannot be taken."""

    refuses = False

    def __init__(self, *_: object) -> None:
        self.taken = False

    def open(self) -> None:
        if self.refuses:
            raise OSError
        self.taken = True

    def close(self) -> None:
        self.taken = False

    def stop_process(self, number: int) -> None:
        raise AssertionError(number)


class Refuses(NoScreen):
    """Cannot be taken."""

    refuses = True


async def opened(controls: Controls) -> LiveView:
    view = LiveView(screen=NoScreen)
    assert view.open(conversation(), controls)
    return view


def last_line(view: LiveView) -> str:
    return str(view.render(80, 24)).split("\n")[-1]


async def test_each_key_does_its_one_thing(done) -> None:
    """Digits go to the line; the others turn on and off, go round, or hang up."""
    view = await opened(done.all())
    for key in "5*#mm llxq":
        view.key(key)
    view.close()
    assert done.calls == [
        ("press", "5"), ("press", "*"), ("press", "#"), ("mute", True), ("mute", False), ("talk", True),
        ("language", "hi"), ("language", "en"), ("hang up",),
    ]  # fmt: skip
    assert last_line(view) == "Hanging up."


async def test_the_talk_key_turns_on_and_off_and_is_shown(done, monkeypatch) -> None:
    """Held down it counts once; the floor that our answer gave back is taken by the next press."""
    now = [0.0]
    monkeypatch.setattr("npcl_voice.cli.live.time.monotonic", lambda: now[0])
    view = await opened(done.all())
    for seconds in (1.0, 1.03, 1.06, 2.0, 3.0):
        now[0] = seconds
        view.key(" ")
    assert done.calls == [("talk", True), ("talk", False), ("talk", True)]
    assert "you are heard" in last_line(view)
    done.floor = False
    assert "you are heard" not in last_line(view)
    now[0] = 4.0
    view.key(" ")
    assert done.calls[-1] == ("talk", True)
    view.close()


async def test_a_key_comes_from_the_screen_s_thread_to_the_call_s_loop(done) -> None:
    """And to nowhere once the call is over."""
    view = await opened(done.all())
    await asyncio.to_thread(view._key_came, "7")
    await asyncio.sleep(0)
    assert done.calls == [("press", "7")]
    view.close()
    view.close()
    await asyncio.to_thread(view._key_came, "8")
    await asyncio.sleep(0)
    assert done.calls == [("press", "7")]


async def test_only_keys_that_do_something_are_offered(done) -> None:
    """One language leaves nothing to choose; what cannot be done is not done."""
    assert [key for key, _ in help_of(done.all())] == ["0-9 * #", "space", "m", "l", "q"]
    one = Controls(language=done.calls.append, languages=("en",))
    assert help_of(one) == help_of(Controls()) == ()
    view = await opened(one)
    for key in "5m lq":
        view.key(key)
    view.close()
    assert done.calls == []


async def test_a_terminal_that_cannot_be_taken_gets_lines(tmp_path, capsys) -> None:
    """The call is shown all the same."""
    follower = Follower(None, view=LiveView(screen=Refuses))
    with follower.showing(Held(), tmp_path / "0123.jsonl", Controls()):  # type: ignore[arg-type]
        follower.saw(0.0, TimePassed(), [c.Report(c.Transcript("caller", "hello"))])
    assert capsys.readouterr().out == "Caller:    hello\n"


async def test_a_picture_that_fails_does_not_reach_the_call() -> None:
    """It stops, and says so; the call goes on."""
    view = await opened(Controls())
    view.saw(0.0, CallAnswered(PCM_24K), [])
    before = view.picture
    view.saw(1.0, TimePassed(), [c.RunIntent("c1", "bye", None, {})])  # type: ignore[arg-type]
    assert "The picture stopped here, the call goes on: " in last_line(view)
    view.saw(2.0, TimePassed(), [c.PausePlaying()])
    assert not view.picture.paused
    assert before.answered_at == 0.0
    view.close()


def test_meters_show_the_loudest_of_the_last_100_ms() -> None:
    """Each side's own, in any format; a word ago is forgotten."""
    levels = LineLevels()
    assert levels() == (None, None)
    loud = encode(np.full(480, 16_384, np.int16), PCM_24K)
    levels.saw(0.0, CallerAudio(loud), [])
    levels.hear(PCMU.silence(160), 0.0)
    caller, assistant = levels()
    assert caller == pytest.approx(-6.02, abs=0.01)
    assert assistant == -120
    for _ in range(4):
        levels.saw(0.0, CallerAudio(PCM_24K.silence(480)), [])
    assert levels()[0] == pytest.approx(-6.02, abs=0.01)
    levels.saw(0.0, CallerAudio(PCM_24K.silence(480)), [])
    levels.saw(0.0, TimePassed(), [])
    assert levels()[0] == -120


class Held:
    """A call as the follower has it."""

    def __init__(self) -> None:
        self.conversation = conversation()


@pytest.fixture
def lines_of(tmp_path, capsys):
    """What a follower prints of a call with these reports."""

    def lines_of(follower: Follower, *reports: tuple[float, c.ReportLine]) -> list[str]:
        with follower, follower.showing(Held(), tmp_path / "0123.jsonl", Controls()):  # type: ignore[arg-type]
            follower.saw(10.0, CallAnswered(PCM_24K), [])
            for at, line in reports:
                follower.saw(at, TimePassed(), [c.Report(line)])
        follower.summary()
        return capsys.readouterr().out.splitlines()

    return lines_of


MEASURED = [
    (10.2, c.Latency("greeting", 201.4)),
    *((12.0, c.Latency("first_sound", float(ms))) for ms in range(100, 2_100, 100)),
    (52.0, c.CallEnded("resolved", ("000054321",))),
]


def test_the_summary_tells_times_and_how_to_replay(tmp_path, lines_of) -> None:
    """The half and the slow end of all first sounds."""
    assert lines_of(Follower(None), *MEASURED) == [
        "outcome: resolved",
        "complaint: 000054321",
        "duration: 42.0 s",
        "greeting: 201 ms",
        "first sound: p50 1000 ms, p95 1900 ms, 20 turns",
        "replay: npcl-voice replay 0123",
        f"log: {tmp_path / '0123.jsonl'}",
    ]
    one = lines_of(Follower(None), (11.0, c.Latency("first_sound", 512.0)))
    assert one[:3] == ["outcome: failed", "duration: 1.0 s", "first sound: p50 512 ms, p95 512 ms, 1 turn"]


def test_times_that_ran_fast_are_told_nowhere(tmp_path, lines_of) -> None:
    """Neither in the summary nor in `--events`."""
    follower = Follower(tmp_path / "events.jsonl", paced=False)
    lines = lines_of(follower, *MEASURED)
    assert not [line for line in lines if line.startswith(("greeting", "first sound"))]
    assert '"latency"' not in (tmp_path / "events.jsonl").read_text()


async def test_the_view_s_notes_are_told_again_afterwards(tmp_path, capsys) -> None:
    """What was said on a screen is gone with it."""
    follower = Follower(None, view=LiveView(screen=NoScreen))
    with follower.showing(Held(), tmp_path / "0123.jsonl", Controls()):  # type: ignore[arg-type]
        follower.note("a disk is full")
        assert capsys.readouterr() == ("", "")
    follower.summary()
    out, err = capsys.readouterr()
    assert err == "a disk is full\n"
    assert "outcome:     failed\n" in out


async def test_what_can_wait_is_told_after_the_view(tmp_path, capsys) -> None:
    """The view's last line stays the keys'; without a view the line comes at once."""
    view = LiveView(screen=NoScreen)
    follower = Follower(None, view=view)
    with follower.showing(Held(), tmp_path / "c1.jsonl", Controls()):  # type: ignore[arg-type]
        follower.aside("an engine failed")
        assert view._hands.note == ""
    follower.summary()
    assert "an engine failed" in capsys.readouterr().err
    Follower(None).aside("another one failed")
    assert "another one failed" in capsys.readouterr().err
