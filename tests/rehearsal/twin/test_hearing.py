"""How the twin finds the caller's turns and their words in the sound."""

from pathlib import Path

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMA, PCMU, Format, Frame
from npcl_voice.audio.resample import convert
from npcl_voice.channels.recording import read_recording, save_frame, to_frame
from npcl_voice.errors import SettingsError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.items import InputAudio, Message
from npcl_voice.realtime.session import Audio, AudioInput, SemanticVad, ServerVad, SessionConfig, Transcription
from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.rehearsal.twin import Recordings
from npcl_voice.rehearsal.twin.ears import TwinBegan, TwinEars, TwinEnded
from npcl_voice.rehearsal.twin.recordings import read_recordings
from npcl_voice.speech.local.detector import SpeechDetector
from tests.rehearsal.twin.talking import BYE, OUTAGE, TELLS, YES, recordings, talking, twin

TICK = 20


def quiet(ms: float, line: Format = PCMU) -> Frame:
    return line.silence(line.samples_in(ms))


def joined(*frames: Frame) -> Frame:
    return Frame.join(frames, frames[0].format)


@pytest.mark.parametrize("line", [PCMU, PCMA, PCM_24K], ids=["pcmu", "pcma", "pcm"])
def test_a_recording_is_known_wherever_it_stands(line: Format) -> None:
    """Whole or in part, alone or with others, in their order."""
    known = recordings(line)
    book = Recordings(known)
    for text, frame in known.items():
        assert book.words(joined(quiet(37, line), frame, quiet(50, line)).data, line) == text
        head, tail = frame.split(frame.samples // 2)
        assert book.words(head.data, line) == text
        assert book.words(tail.data, line) == text
    both = joined(known[YES], quiet(500, line), known[OUTAGE], known[YES])
    assert book.words(both.data, line) == f"{YES} {OUTAGE} {YES}"


def test_a_recording_that_is_cut_in_two_is_said_once() -> None:
    """Sound that was lost in its middle, or a pause, makes no second sentence of it."""
    frame = recordings()[TELLS]
    head, tail = frame.split(frame.samples // 2)
    _, later = tail.split(800)
    assert Recordings(recordings()).words(joined(head, quiet(300), later).data, PCMU) == TELLS


def test_a_recording_that_begins_like_another_is_told_from_it() -> None:
    """What explains more of the sound is what was said."""
    first = recordings()[YES]
    longer = joined(first, quiet(200), recordings()[BYE])
    book = Recordings({"short": first, "long": longer})
    assert book.words(first.data, PCMU) == "short"
    assert book.words(longer.data, PCMU) == "long"


def test_sound_that_is_not_known_has_no_words() -> None:
    """Nor has silence, another format of a known recording, or a sound that differs by a little."""
    book = Recordings(recordings())
    samples = np.frombuffer(recordings(PCM_24K)[OUTAGE].data, "<i2")
    assert book.words(quiet(1_000).data, PCMU) == ""
    assert book.words(recordings(PCM_24K)[OUTAGE].data, PCM_24K) == ""
    assert Recordings(recordings(PCM_24K)).words((samples // 2).tobytes(), PCM_24K) == ""
    assert Recordings(recordings(PCM_24K)).words(b"\0" + recordings(PCM_24K)[OUTAGE].data, PCM_24K) == ""


def test_a_recording_without_sound_is_refused() -> None:
    """Nothing in it could be found again."""
    with pytest.raises(ValueError, match="loud enough"):
        Recordings({"nothing": quiet(500)})


def test_turns_are_those_of_the_real_detector() -> None:
    """To the millisecond, the skipped silence and the remembered answers included."""
    sound = joined(quiet(700), recordings()[OUTAGE], quiet(1_200), recordings()[TELLS], quiet(1_200))
    for _ in range(2):
        ears = TwinEars(Recordings(recordings()))
        ears.configure(PCMU, ServerVad(threshold=0.5, prefix_padding_ms=300, silence_duration_ms=480))
        events = [event for piece in sound.chunks(160) for event in ears.feed(piece.data)]
        assert [type(event) for event in events] == [TwinBegan, TwinEnded, TwinBegan, TwinEnded]
        assert ears.position_ms == sound.ms
        (begin, end, begin_2, end_2) = (getattr(one, "start_ms", getattr(one, "end_ms", 0)) for one in events)
        assert ears.words(begin, end) == OUTAGE
        assert ears.words(begin_2, end_2) == TELLS
    detector = SpeechDetector()
    detector.turns.wait(480)
    windows = [window for window in convert(sound, PCM_16K).chunks(512) if window.samples == 512]
    found = [event for window in windows if (event := detector.step(window.data)) is not None]
    starts = [event.at_ms for event in found[::2]]
    stops = [event.speech_end_ms for event in found[1::2]]  # type: ignore[union-attr]
    assert (begin, begin_2) == pytest.approx(starts, abs=33)
    assert (end, end_2) == pytest.approx(stops, abs=33)


def test_the_format_may_change_between_turns() -> None:
    """Positions go on, and the words are found in the new format."""
    book = Recordings(recordings())
    for text, frame in recordings(PCM_24K).items():
        book.add(text, frame)
    ears = TwinEars(book)
    ears.configure(PCM_24K, SemanticVad())
    ears.feed(quiet(1_000, PCM_24K).data)
    ears.configure(PCMU, None)
    assert ears.position_ms == 1_000
    assert ears.feed(recordings()[YES].data) == []
    assert ears.words(1_000, ears.position_ms) == YES
    assert ears.words_of(recordings()[BYE].data) == BYE


def test_only_the_last_minute_is_kept() -> None:
    """Memory does not grow with the call, and positions still hold."""
    ears = TwinEars(Recordings(recordings()))
    ears.configure(PCMU, None)
    ears.feed(quiet(70_000).data)
    ears.feed(recordings()[YES].data)
    assert ears.position_ms == 70_000 + recordings()[YES].ms
    assert ears.words(70_000, ears.position_ms) == YES
    assert ears.words(0, 5_000) == ""


MANUAL = SessionConfig(
    audio=Audio(input=AudioInput(transcription=Transcription(model="ours"), turn_detection=None)),
)


def test_a_client_may_end_the_turns_itself() -> None:
    """No speech is announced, and the committed sound has its words."""

    async def work() -> None:
        async with talking(twin()) as talk:
            talk.ask(talk.client.configure(MANUAL))
            await talk.play(recordings()[OUTAGE])
            talk.ask(talk.client.commit())
            assert (await talk.until(h.Heard)).text == OUTAGE
            assert not talk.of(h.CallerStarted)
            assert "consumer number" in await talk.get_answer()

    run_rehearsal(work())


def test_a_half_spoken_turn_may_be_committed_and_a_begun_one_forgotten() -> None:
    """The rest is a turn of its own; what was cleared is not heard at all."""

    async def work() -> None:
        async with talking(twin()) as talk:
            frame = recordings()[TELLS]
            head, tail = frame.split(frame.samples // 2)
            await talk.play(quiet(300))
            await talk.play(head)
            assert talk.of(h.CallerStarted)
            talk.ask(talk.client.commit())
            assert (await talk.until(h.Heard)).text == TELLS
            await talk.play(tail)
            talk.ask(talk.client.clear())
            await talk.play(quiet(1_000))
            assert len(talk.of(h.TurnCommitted)) == 1

    run_rehearsal(work())


def test_a_turn_without_known_words_has_a_transcript_that_failed() -> None:
    """And the model says that it did not hear."""

    async def work() -> None:
        engine = twin()
        async with talking(engine) as talk:
            engine.recordings._known.clear()
            assert isinstance(await talk.say(OUTAGE), h.HeardNothing)
            assert "did not hear" in await talk.get_answer()

    run_rehearsal(work())


def test_the_words_come_in_two_parts_when_their_time_has_come() -> None:
    """Half of them in half the time; the last with the transcript."""

    async def work() -> None:
        async with talking(twin(transcript_ms=500)) as talk:
            await talk.say(OUTAGE)
            times = dict(zip(talk.names(), (t for t, _ in talk.events), strict=True))
            deltas = talk.of(e.ConversationItemInputAudioTranscriptionDelta)
            assert "".join(one.delta for one in deltas) == OUTAGE
            assert len(deltas) == 2
            committed, completed = (
                times["input_audio_buffer.committed"],
                times["conversation.item.input_audio_transcription.completed"],
            )
            assert completed == pytest.approx(committed + 0.5)

    run_rehearsal(work())


def test_sound_that_is_put_in_as_an_item_is_heard() -> None:
    """As a caller's words that are replayed with their sound."""

    async def work() -> None:
        async with talking(twin()) as talk:
            item = Message("user", (InputAudio(audio=recordings()[OUTAGE].data),), id="old")
            talk.ask([e.ConversationItemCreate(item)])
            assert "consumer number" in await talk.get_answer()
            talk.ask(talk.client.delete_item("old"))
            assert "How may I help" in await talk.get_answer()

    run_rehearsal(work())


def test_the_recordings_of_a_folder_are_known_on_every_line(tmp_path: Path) -> None:
    """By the words beside them or by their names, in what a caller who speaks the files sends."""
    save_frame(tmp_path / "first.wav", recordings(PCM_24K)[OUTAGE], "--save")
    (tmp_path / "first.txt").write_text(f"{OUTAGE}\n", "utf-8")
    save_frame(tmp_path / "yes_it-is.wav", recordings(PCM_24K)[YES], "--save")
    known = read_recordings(tmp_path)
    for name, words in (("first.wav", OUTAGE), ("yes_it-is.wav", "yes it is")):
        for line in (PCM_24K, PCMU, PCMA):
            sound = to_frame(read_recording(tmp_path / name, "--wav"), line)
            assert known.words(sound.data, line) == words


def test_a_folder_without_usable_recordings_is_refused(tmp_path: Path) -> None:
    """By the option and the file."""
    with pytest.raises(SettingsError, match="no WAV file"):
        read_recordings(tmp_path)
    with pytest.raises(SettingsError, match="cannot read"):
        read_recordings(tmp_path / "none")
    save_frame(tmp_path / "quiet.wav", quiet(1_000, PCM_24K), "--save")
    with pytest.raises(SettingsError, match=r"--recordings: .*quiet.wav: nothing in the recording"):
        read_recordings(tmp_path)
