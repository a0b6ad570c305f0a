"""Sessions as JSON lines: written without sound, read back, and played again."""

import json
from pathlib import Path
from typing import Any

import pytest

from npcl_voice.audio.frame import PCMU
from npcl_voice.errors import SettingsError
from npcl_voice.realtime import events as e
from npcl_voice.realtime.items import InputAudio, Message
from npcl_voice.realtime.session import ResponseParameters
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.twin import Faults, FaultyEngine, TwinEngine, load_script
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.endings import Deaf, End, Garbage
from npcl_voice.rehearsal.twin.jsonlines import HEADER, Writer, read_sessions
from npcl_voice.rehearsal.twin.records import Entry, SessionRecord
from npcl_voice.rehearsal.twin.replaying import ReplayEngine
from tests.rehearsal.twin.talking import OUTAGE, TELLS, Talk, recordings, talking, whole_call


def recording(path: Path) -> Talk:
    """A whole call, written to a file."""

    async def work() -> Talk:
        with path.open("w", encoding="utf-8") as file:
            script = load_script("outage")
            engine = TwinEngine("openai", script, Faults(), RehearsalClock(), recordings(), follow=Writer(file.write))
            async with talking(engine) as talk:
                await whole_call(talk)
                await talk.clock.sleep_until(talk.clock.now() + 1)
        return talk

    return run_rehearsal(work())


def replayed(path: Path, *faults: f.Fault) -> FaultyEngine:
    clock = RehearsalClock()
    return FaultyEngine(ReplayEngine(read_sessions(path), clock), Faults(faults), clock)


def test_a_call_is_played_again_event_by_event(tmp_path: Path) -> None:
    """To a client that does the same: the same events at the same times, with silence of equal length."""
    path = tmp_path / "call.jsonl"
    before = recording(path)
    sounds = [line["event"] for line in map(json.loads, path.read_text("utf-8").splitlines()) if "audio_bytes" in line]
    assert {event.get("audio", event.get("delta")) for event in sounds} == {""}

    async def work() -> None:
        async with talking(replayed(path)) as talk:
            await whole_call(talk)
            await talk.clock.sleep_until(talk.clock.now() + 1)
            assert talk.names() == before.names()
            assert talk.tools == before.tools
            for (t, one), (t_before, one_before) in zip(talk.events, before.events, strict=True):
                assert t == pytest.approx(t_before, abs=0.021)
                if isinstance(one, e.ResponseOutputAudioDelta):
                    assert one.delta == PCMU.silent_byte * len(one_before.delta)  # type: ignore[union-attr]
                else:
                    assert one == one_before

    run_rehearsal(work())


def test_a_client_that_does_less_is_waited_for_and_then_not(tmp_path: Path) -> None:
    """The recording goes on without it, to its end, and then nothing comes."""
    path = tmp_path / "call.jsonl"
    before = recording(path)

    async def work() -> None:
        async with talking(replayed(path)) as talk:
            await talk.say(OUTAGE)
            await talk.clock.sleep_until(3_000)
            assert talk.names() == before.names()
            assert talk.failure is None

    run_rehearsal(work())


def test_a_client_that_says_something_else_hears_the_same(tmp_path: Path) -> None:
    """What counts is how much it sent, and how often it asked."""
    path = tmp_path / "call.jsonl"
    recording(path)

    async def work() -> None:
        async with talking(replayed(path, f.Cut(on="response.done", nth=2))) as talk:
            assert (await talk.say(TELLS)).text == OUTAGE
            assert "consumer number" in await talk.get_answer()
            await talk.say(OUTAGE)
            await talk.get_answer()
            assert talk.failure is not None

    run_rehearsal(work())


def test_each_session_is_played_in_its_turn_and_the_last_again(tmp_path: Path) -> None:
    """As a call that was cut asks for another."""
    path = tmp_path / "calls.jsonl"

    async def work() -> None:
        with path.open("w", encoding="utf-8") as file:
            script = load_script("outage")
            engine = TwinEngine("openai", script, Faults(), RehearsalClock(), recordings(), follow=Writer(file.write))
            for text in (OUTAGE, TELLS):
                async with talking(engine) as talk:
                    await talk.say(text)
        again = replayed(path)
        heard = []
        for _ in range(3):
            async with talking(again) as talk:
                heard.append((await talk.say(OUTAGE)).text)
        assert heard == [OUTAGE, TELLS, TELLS]

    run_rehearsal(work())


def test_a_client_may_leave_while_it_is_waited_for(tmp_path: Path) -> None:
    """Nothing is left of the session."""
    path = tmp_path / "call.jsonl"
    recording(path)

    async def work() -> None:
        engine = replayed(path)
        async with talking(engine) as talk:
            await talk.clock.sleep_until(1)
        assert engine.live == 0

    run_rehearsal(work())


LINE = '{"t":0.5,"session":1,"who":"server","event":{"type":"input_audio_buffer.cleared","event_id":"e"}}'


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "holds no session"),
        ([json.dumps(HEADER)], "holds no session"),
        ([LINE], "line 1: it is no recording"),
        (["{"], "line 1"),
        ([json.dumps(HEADER), LINE, LINE.replace("0.5", "0.4")], "line 3: its time goes back"),
        ([json.dumps(HEADER), LINE.replace("server", "model")], "line 2"),
        ([json.dumps(HEADER), LINE[:-1] + ',"audio_bytes":-1}'], "line 2: its time goes back, or its sound"),
        ([json.dumps(HEADER), LINE[:-2]], "line 2"),
        ([json.dumps(HEADER), LINE.replace('"type"', '"kind"')], "line 2"),
        ([json.dumps(HEADER), LINE.replace("server", "client").replace("cleared", "append")], "line 2"),
    ],
)
def test_a_broken_recording_is_refused(tmp_path: Path, lines: list[str], words: str) -> None:
    """By the line that is broken."""
    path = tmp_path / "broken.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(SettingsError) as refused:
        read_sessions(path)
    assert refused.value.setting == "--replay"
    assert words in str(refused.value)


def test_a_recording_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Not there, or no text."""
    with pytest.raises(SettingsError, match="cannot read"):
        read_sessions(tmp_path / "none.jsonl")
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is no text"):
        read_sessions(tmp_path / "x")


def test_only_events_are_written() -> None:
    """An end shows in that nothing follows; garbage was never an event."""
    lines: list[str] = []
    writer = Writer(lines.append)
    what: Any
    for what in (End("reset"), Garbage("error"), Deaf(), e.InputAudioBufferCleared(event_id="event_1")):
        writer(3, Entry(1.0, "server", what))
    assert len(lines) == 2
    assert json.loads(lines[1])["session"] == 3


def test_no_sound_gets_into_a_record() -> None:
    """Not from an item either, nor from a response's own input."""
    record = SessionRecord(1, "", 0)
    item = Message("user", (InputAudio(audio=b"12345678"),), id="a")
    record.client(0, e.ConversationItemCreate(item))
    record.client(0, e.ResponseCreate(ResponseParameters(input=(item, item))))
    record.client(0, e.ResponseCreate())
    record.server(0, e.ConversationItemRetrieved(item))
    assert [entry.audio_bytes for entry in record.entries] == [8, 16, 0, 8]
    assert "12345678" not in repr([entry.what for entry in record.entries])
