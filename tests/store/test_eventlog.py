"""A call's event log: masked, without sound, and read back as the same steps."""

import json
import stat
from pathlib import Path
from typing import Any, get_args
from unittest.mock import Mock

import pytest

from npcl_voice.audio.frame import PCM_24K, PCMU, Frame
from npcl_voice.conversation.commands import (
    CallEnded,
    ChangeEngine,
    Command,
    Play,
    Report,
    SendToModel,
    StopPlaying,
    Transcript,
)
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallerHungUp,
    CallerText,
    CallEvent,
    EngineOffered,
    ModelJoined,
    ModelLost,
    ModelSent,
    Played,
    SayAudio,
    Traits,
)
from npcl_voice.domain.complaints import HazardKind
from npcl_voice.errors import SettingsError
from npcl_voice.meaning.hazards import Hazard, find_hazard
from npcl_voice.meaning.language import tongue_of
from npcl_voice.meaning.mask import Mask
from npcl_voice.realtime.events import (
    ConversationItemInputAudioTranscriptionDelta,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
)
from npcl_voice.store import eventlog
from npcl_voice.store.eventlog import IN_OTHER_WORDS, EventLog, Step, plain_commands, read_log

MASK = Mask(b"0123456789abcdef0123456789abcdef")
NUMBER = "2990741852"
LOUD = Frame(b"\x11" * PCM_24K.samples_in(20) * 2, PCM_24K)


def written(path: Path, *steps: tuple[float, CallEvent, list[Command]], setup: dict[str, Any] | None = None) -> Path:
    """A log with these steps."""
    log = EventLog(path, MASK, setup or {})
    for step in steps:
        log.saw(*step)
    log.close()
    return path


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Its lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def passed(at: float, frame: Frame = LOUD) -> tuple[float, CallEvent, list[Command]]:
    """The caller's sound goes on to the engine."""
    return at, CallerAudio(frame), [SendToModel(InputAudioBufferAppend(frame.data))]


def test_the_first_line_tells_how_the_call_was_set_up(tmp_path: Path) -> None:
    """It comes back as it was handed in; the folder is made, and both are their owner's alone."""
    path = written(tmp_path / "calls" / "a.jsonl", setup={"language": "en", "tools": ["bye"]})
    assert lines_of(path) == [{"version": 1, "setup": {"language": "en", "tools": ["bye"]}}]
    assert read_log(path) == ({"language": "en", "tools": ["bye"]}, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_step_is_masked_and_comes_back_masked(tmp_path: Path) -> None:
    """A number in event and command is covered alike, and nowhere to be read."""
    report = Report(Transcript("caller", f"it is {NUMBER}"))
    path = written(tmp_path / "a.jsonl", (1.5, CallerText(f"it is {NUMBER}"), [report]))
    assert NUMBER not in path.read_text()
    masked = MASK.text(f"it is {NUMBER}")
    assert masked != f"it is {NUMBER}"
    expected = plain_commands([Report(Transcript("caller", masked))])
    assert read_log(path)[1] == [Step(1.5, CallerText(masked), expected)]


def test_sound_is_its_length(tmp_path: Path) -> None:
    """Of a rendered sentence the length is kept; what is read back is silence of that length."""
    path = written(tmp_path / "a.jsonl", (0.0, SayAudio(1, "hello", LOUD), [Play(LOUD), StopPlaying(1)]))
    step = lines_of(path)[1]
    assert step["event"]["frame"]["data"] == {"bytes": 960}
    assert step["commands"][0]["frame"]["data"] == {"bytes": 960}
    assert step["commands"][1] == {"kind": "stop_playing", "stream": 1}
    (read,) = read_log(path)[1]
    assert read.event == SayAudio(1, "hello", Frame(bytes(960), PCM_24K))
    assert read.commands == plain_commands([Play(LOUD), StopPlaying(1)])


def test_sound_that_passes_through_is_one_line_for_200_ms(tmp_path: Path) -> None:
    """Ten frames and what was played in between are one line, which comes back as its steps."""
    steps = [passed(at * 0.02) for at in range(12)]
    steps.insert(1, (0.01, Played(480, 0), []))
    steps.append((0.24, CallerAudio(LOUD), []))
    path = written(tmp_path / "a.jsonl", (0.0, CallAnswered(PCM_24K), []), *steps, (0.3, CallerHungUp(), []))
    lines = lines_of(path)
    assert [next(iter(line)) for line in lines] == ["version", "t", "format", "audio", "audio", "t"]
    assert lines[3]["audio"][:3] == [[0.0, "c", 480, 1], [0.01, "p", 480, 0], [0.02, "c", 480, 1]]
    assert [entry[0] for entry in lines[4]["audio"]] == [0.22, 0.24]
    silent = Frame(bytes(960), PCM_24K)
    read = read_log(path)[1]
    assert read[1] == Step(0.0, CallerAudio(silent), plain_commands([SendToModel(InputAudioBufferAppend(silent.data))]))
    assert read[2] == Step(0.01, Played(480, 0), [])
    assert read[-2] == Step(0.24, CallerAudio(silent), [])
    assert [step.t for step in read] == [0.0, *(step[0] for step in steps), 0.3]


def test_a_frame_that_did_more_than_pass_is_a_step(tmp_path: Path) -> None:
    """More commands, another event to the engine, or sound of another length: nothing is left out."""
    commit = SendToModel(InputAudioBufferCommit())
    other = SendToModel(InputAudioBufferAppend(b"\0\0"))
    path = written(
        tmp_path / "a.jsonl",
        (0.0, CallerAudio(LOUD), [other]),
        (0.1, CallerAudio(LOUD), [commit]),
        (0.2, CallerAudio(LOUD), [*passed(0.2)[2], commit]),
        (0.3, Played(10, 2), [commit]),
    )
    assert [set(line) for line in lines_of(path)[1:]] == [{"t", "event", "commands"}] * 4
    read = read_log(path)[1]
    assert read[0].commands == plain_commands([other])
    assert len(read[2].commands) == 2
    assert read[3] == Step(0.3, Played(10, 2), plain_commands([commit]))


def test_a_line_that_changes_its_format_says_so(tmp_path: Path) -> None:
    """The next frames are read in the new one."""
    path = written(tmp_path / "a.jsonl", passed(0.0), passed(0.02, PCMU.silence(160)))
    assert [next(iter(line)) for line in lines_of(path)[1:]] == ["format", "audio", "format", "audio"]
    frames = [step.event.frame for step in read_log(path)[1] if isinstance(step.event, CallerAudio)]
    assert frames == [Frame(bytes(960), PCM_24K), PCMU.silence(160)]


def test_half_heard_words_are_not_kept(tmp_path: Path) -> None:
    """A number in pieces would not be seen as one; the piece's place stays."""
    delta = ConversationItemInputAudioTranscriptionDelta("item_1", 0, "2 9 9")
    path = written(tmp_path / "a.jsonl", (0.0, ModelSent(delta), []))
    (step,) = read_log(path)[1]
    assert isinstance(step.event, ModelSent)
    assert step.event.event == ConversationItemInputAudioTranscriptionDelta("item_1", 0, "")
    assert "2 9 9" not in path.read_text()


def test_everything_is_on_disk_before_the_call_is_over(tmp_path: Path) -> None:
    """A process that is killed leaves the steps so far; only sound may still wait for its line."""
    log = EventLog(tmp_path / "a.jsonl", MASK, {})
    log.saw(0.0, CallerText("hello"), [])
    log.saw(0.1, Played(1, 0), [])
    assert len(lines_of(tmp_path / "a.jsonl")) == 2
    log.close()
    assert lines_of(tmp_path / "a.jsonl")[2] == {"audio": [[0.1, "p", 1, 0]]}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_loses_the_log_and_not_the_call(tmp_path: Path) -> None:
    """Writing fails without a word to the call, and closing does, too."""
    (tmp_path / "a.jsonl").symlink_to("/dev/full")
    mode = stat.S_IMODE(Path("/dev/full").stat().st_mode)
    try:
        log = EventLog(tmp_path / "a.jsonl", MASK, {})
        log.saw(0.0, CallerText("hello"), [])
        log.saw(0.1, Played(1, 0), [Report(CallEnded("hung_up", ()))])
        log.close()
    finally:
        Path("/dev/full").chmod(mode)


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Before the call begins, by the setting's name."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"^NPCL_DATA_DIR: cannot write .*/file/a\.jsonl: "):
        EventLog(tmp_path / "file" / "a.jsonl", MASK, {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is no event log (`--events` files cannot be replayed)"),
        (b"\xff\xfe", "it is no event log (`--events` files cannot be replayed)"),
        (b"[]\n", "it is no event log (`--events` files cannot be replayed)"),
        (b'{"t":0,"kind":"state"}\n', "it is no event log of this version"),
        (b'{"version":2,"setup":{}}\n', "it is no event log of this version"),
        (b'{"version":1,"setup":[]}\n', "it is no event log of this version"),
    ],
)
def test_what_is_no_event_log_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Empty, binary, and other files of ours."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read_log(path)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    "line",
    [
        b'{"t":0,"event":{"kind":"caller_te',
        b'{"t":0,"event":{"kind":"nobody"},"commands":[]}',
        b'{"t":0,"commands":[]}',
        b'{"event":{"kind":"time_passed"},"commands":[]}',
        b'{"audio":[[0.0,"c",480,1]]}',
        b'{"audio":[[0.0]]}',
        b'{"audio":7}',
        b'{"format":"pcm"}',
        b"7",
        b"null",
        b'"audio"',
        b'{"t":"early","event":{"kind":"time_passed"},"commands":[]}',
        b'{"t":0,"event":{"kind":"time_passed"},"commands":{}}',
        b'{"format":{"codec":"audio/pcm","rate_hz":24000}}\n{"audio":[["x","c",-5,1]]}',
        b'{"audio":[[0.0,"p","many",0]]}',
        b'{"t":0,"event":' + b'{"kind":' * 5_000,
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: bytes) -> None:
    """Whatever was done to it, it is told by its number, never as a bug of ours."""
    path = written(tmp_path / "a.jsonl", (0.0, CallerText("hello"), []))
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(SettingsError, match=r"line [34] is damaged: "):
        read_log(path)


def test_a_log_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """One that is not there, a folder, and one that is larger than any call's."""
    with pytest.raises(SettingsError, match="cannot read it: No such file or directory"):
        read_log(tmp_path / "none.jsonl")
    with pytest.raises(SettingsError, match="cannot read it: Is a directory"):
        read_log(tmp_path)
    large = tmp_path / "large.jsonl"
    with large.open("wb") as file:
        file.truncate(eventlog.MAX_BYTES + 1)
    with pytest.raises(SettingsError, match="it is too large for an event log"):
        read_log(large)


def test_what_our_own_detector_heard_comes_back(tmp_path: Path) -> None:
    """While no engine listened: speech, silence, and sound that nobody looked at."""
    steps: list[tuple[float, CallEvent, list[Command]]] = [
        (0.02 * number, CallerAudio(LOUD, speech), []) for number, speech in enumerate([True, False, None])
    ]
    path = written(tmp_path / "a.jsonl", *steps)
    assert [entry[1:] for entry in lines_of(path)[2]["audio"]] == [["s", 480, 0], ["n", 480, 0], ["c", 480, 0]]
    silent = PCM_24K.silence(480)
    assert [step.event for step in read_log(path)[1]] == [CallerAudio(silent, one) for one in (True, False, None)]


def test_how_a_call_went_from_one_engine_to_the_next_comes_back(tmp_path: Path) -> None:
    """The loss, what was wanted instead, and who came."""
    lost = ModelLost("it broke", "close_1006")
    joined = ModelJoined("local", "openai broke", Traits(embedded=True))
    offered = EngineOffered("openai", "it is back")
    change = ChangeEngine("retry", "close_1006", 1)
    path = written(tmp_path / "a.jsonl", (1.0, lost, [change]), (1.2, joined, []), (9.0, offered, []))
    steps = read_log(path)[1]
    assert [step.event for step in steps] == [lost, joined, offered]
    assert steps[0].commands == plain_commands([change])


OTHER_WORDS = [(hazard, language, words) for hazard, each in IN_OTHER_WORDS.items() for language, words in each.items()]


@pytest.mark.parametrize(("hazard", "language", "words"), OTHER_WORDS)
def test_danger_heard_in_part_is_kept_in_words_of_our_own(
    tmp_path: Path, hazard: Hazard, language: str, words: str
) -> None:
    """They mean the same danger in the same language; what the caller said around it is not kept."""
    assert find_hazard(words) == hazard
    assert tongue_of(words).language == language
    told = {"en": "i am rahul verma and", "hi": "मैं राहुल वर्मा हूँ"}[language]
    part = ConversationItemInputAudioTranscriptionDelta("item_1", 0, f"{told} {words}")
    more = ConversationItemInputAudioTranscriptionDelta("item_1", 0, " at house 12")
    path = written(tmp_path / "a.jsonl", (0.0, ModelSent(part), []), (0.1, ModelSent(more), []))
    _, steps = read_log(path)
    assert [step.event.event.delta for step in steps] == [words, ""]


def test_what_only_whole_sentences_show_is_not_kept_of_a_part(tmp_path: Path) -> None:
    """A part is looked at as the call looks at it, by the rules alone."""
    words = "my boy is not waking up after he went near the fan"
    assert find_hazard(words) is not None
    assert find_hazard(words, whole=False) is None
    part = ConversationItemInputAudioTranscriptionDelta("item_1", 0, words)
    path = written(tmp_path / "a.jsonl", (0.0, ModelSent(part), []))
    assert [step.event.event.delta for step in read_log(path)[1]] == [""]


def test_each_danger_has_words_at_any_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A level that no words of ours are found at is told in those of its kind, and no call ends for it."""
    for kind in get_args(HazardKind):
        for level in ("P0", "P1"):
            found = Hazard(level, kind)
            monkeypatch.setattr(eventlog, "find_hazard", Mock(return_value=found))
            part = ConversationItemInputAudioTranscriptionDelta("item_1", 0, "something")
            path = written(tmp_path / f"{level}-{kind}.jsonl", (0.0, ModelSent(part), []))
            (step,) = read_log(path)[1]
            assert find_hazard(step.event.event.delta).kind == kind


def test_many_turns_in_part_fill_nothing(tmp_path: Path) -> None:
    """An engine that tells of endless turns is forgotten from the oldest on."""
    parts = [ConversationItemInputAudioTranscriptionDelta(f"item_{n}", 0, "there is") for n in range(40)]
    path = written(tmp_path / "a.jsonl", *((0.0, ModelSent(part), []) for part in parts))
    assert len(read_log(path)[1]) == 40
