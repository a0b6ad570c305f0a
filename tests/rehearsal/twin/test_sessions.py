"""Sessions beside the usual: written ones, ones that are cancelled, servers that break by themselves."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from npcl_voice.audio.frame import PCM_24K, PCMU
from npcl_voice.errors import RemoteProtocolError, UnavailableError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.items import InputText, Message
from npcl_voice.realtime.session import (
    Pcm,
    ResponseAudio,
    ResponseAudioOutput,
    ResponseParameters,
    SessionConfig,
)
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.twin import Faults, FaultyEngine, TwinEngine, load_script
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.endings import End
from npcl_voice.rehearsal.twin.lanes import MAX_WAITING, Lanes
from tests.rehearsal.twin.talking import OUTAGE, YES, Talk, recordings, talking, twin


def test_a_written_answer_has_no_sound() -> None:
    """For the whole session, or for one response."""

    async def work() -> None:
        async with talking(twin()) as talk:
            wish = ResponseParameters(output_modalities=("text",))
            talk.ask([e.ResponseCreate(wish)])
            await talk.until(h.ResponseEnded)
            talk.ask(talk.client.configure(SessionConfig(output_modalities=("text",))))
            talk.ask(talk.client.user_text(OUTAGE))
            assert "consumer number" in await talk.get_answer()
            assert not talk.of(e.ResponseOutputAudioDelta)
            assert talk.of(e.ResponseOutputTextDone)[0].text == "How may I help you?"

    run_rehearsal(work())


def test_a_response_may_have_its_own_input_and_its_own_format() -> None:
    """Beside the conversation, which does not hear of it."""

    async def work() -> None:
        async with talking(twin()) as talk:
            item = Message("user", (InputText(OUTAGE),))
            output = ResponseAudio(output=ResponseAudioOutput(format=Pcm()))
            talk.ask([e.ResponseCreate(ResponseParameters(conversation="none", input=(item,), audio=output))])
            await talk.until(h.ResponseEnded)
            words = talk.of(e.ResponseOutputAudioTranscriptDone)[0].transcript
            assert "consumer number" in words
            heard = sum(len(one.delta) for one in talk.of(e.ResponseOutputAudioDelta))
            assert heard / PCM_24K.bytes_per_second == pytest.approx(len(words) * 0.06, abs=0.01)
            assert "How may I help" in await talk.get_answer()

    run_rehearsal(work())


@pytest.mark.parametrize("pace", [0, 1, 20])
def test_sound_comes_at_its_pace(pace: float) -> None:
    """So much faster than it is spoken, after a first burst; or all of it at once."""

    async def work() -> None:
        async with talking(twin(pace=pace)) as talk:
            await talk.get_answer()
            times = [t for t, one in talk.events if isinstance(one, e.ResponseOutputAudioDelta)]
            sizes = [len(one.delta) for one in talk.of(e.ResponseOutputAudioDelta)]
            assert set(sizes[:-1]) == {800}
            spoken_s = sum(sizes) / PCMU.bytes_per_second
            taken_s = times[-1] - times[0]
            assert taken_s == pytest.approx((spoken_s - 0.25) / pace if pace else 0, abs=0.3 / (pace or 1))

    run_rehearsal(work())


def test_a_cancelled_answer_stops() -> None:
    """While the model thinks, and while it speaks; the next answer is whole."""

    async def work() -> None:
        async with talking(twin(pace=1)) as talk:
            for wait_s in (0.1, 1.0):
                since = len(talk.happened)
                talk.ask(talk.client.request_response())
                await talk.clock.sleep_until(talk.clock.now() + wait_s)
                talk.ask(talk.client.cancel_response())
                ended = await talk.until(h.ResponseEnded, since=since)
                assert ended.status == "cancelled"
                came = len(talk.events)
                await talk.clock.sleep_until(talk.clock.now() + 2)
                assert [name for name in talk.names()[came:] if "delta" in name] == []
            assert await talk.get_answer() == "How may I help you?"

    run_rehearsal(work())


def test_a_caller_may_interrupt_the_answer() -> None:
    """Speech is announced while the twin speaks; what was heard is told to it, and it goes on."""

    async def work() -> None:
        async with talking(twin(pace=1)) as talk:
            await talk.say(OUTAGE)
            talk.ask(talk.client.request_response())
            await talk.until(h.AssistantAudio)
            await talk.play(recordings()[YES])
            assert len(talk.of(h.CallerStarted)) == 2
            item_id = talk.of(h.AssistantAudio)[0].item_id
            talk.ask(talk.client.cancel_response())
            talk.ask(talk.client.truncate(item_id, 0, 300))
            await talk.play(PCMU.silence(8_000))
            (cut,) = talk.of(e.ConversationItemTruncated)
            assert (cut.item_id, cut.audio_end_ms) == (item_id, 300)
            assert "power out" in await talk.get_answer()

    run_rehearsal(work())


def test_a_voice_that_is_gone_fails_the_response() -> None:
    """And the session goes on."""

    class Hoarse:
        """A voice that cannot speak."""

        def speak(self, text: str, format: Any) -> Any:
            raise UnavailableError(f"no voice for {len(text)} letters at {format.rate_hz} Hz")

    async def work() -> None:
        engine = TwinEngine("openai", load_script("outage"), Faults(), RehearsalClock(), recordings(), voice=Hoarse())
        async with talking(engine) as talk:
            await talk.get_answer()
            (ended,) = talk.of(h.ResponseEnded)
            assert (ended.status, ended.error_code) == ("failed", "server_error")
            assert (await talk.say(OUTAGE)).text == OUTAGE

    run_rehearsal(work())


class Breaking:
    """An engine whose sessions open, and then break by themselves."""

    name = "breaking"
    embedded = False
    lasts_s: float | None = None

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.closed = 0

    async def open(self, caller: str) -> "Breaking":
        return self

    def send(self, event: e.ClientEvent) -> None: ...

    async def events(self) -> AsyncIterator[e.ServerEvent]:
        yield e.SessionCreated(SessionConfig(), event_id="event_1")
        if self.error is not None:
            raise self.error

    async def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize(
    ("error", "reason"), [(UnavailableError("the ears are gone"), "close_1011"), (None, "close_1000")]
)
def test_a_server_that_ends_by_itself_closes_the_connection(error: Exception | None, reason: str) -> None:
    """With the code that such a server has."""

    async def work() -> None:
        inner = Breaking(error)
        engine = FaultyEngine(inner, Faults(), RehearsalClock())
        async with talking(engine, ready=False) as talk:
            await talk.clock.sleep_until(1)
            assert isinstance(talk.failure, UnavailableError)
            assert talk.failure.reason == reason
            talk.ask([e.ResponseCreate()])
            talk.speech.refuse(RemoteProtocolError("no matter"))  # type: ignore[attr-defined]
        assert inner.closed >= 1

    run_rehearsal(work())


def test_a_bug_of_a_server_is_not_hidden() -> None:
    """Whoever reads the session meets it."""

    async def work() -> None:
        inner = Breaking(KeyError("a bug"))
        session = await FaultyEngine(inner, Faults(), RehearsalClock()).open("")
        async for _ in session.events():
            pass

    with pytest.raises(KeyError):
        run_rehearsal(work())


def test_a_client_that_never_reads_does_not_fill_the_memory() -> None:
    """What nobody reads in time is dropped, and counted."""

    async def work() -> None:
        lanes = Lanes(RehearsalClock())
        event = e.InputAudioBufferCleared()
        for _ in range(MAX_WAITING + 7):
            lanes.put(event, 0.0)
        assert lanes.dropped == 7
        lanes.end(End("reset"))
        assert await lanes.get() == End("reset")

    run_rehearsal(work())


def test_faults_may_be_added_while_a_call_goes_on() -> None:
    """A test decides in the middle of a call what is to break."""

    async def work() -> None:
        engine = twin()
        async with talking(engine) as talk:
            await talk.say(OUTAGE)
            seen = engine.strikes.seen
            assert seen == len(talk.events)
            engine.strikes.add(f.Cut(at=seen + 2))
            await talk.get_answer()
            assert len(talk.events) == seen + 1

    run_rehearsal(work())


def test_late_sound_after_a_delay_keeps_its_order() -> None:
    """Two faults at once, and a network: each event of an answer comes once, in order."""

    async def work(*faults: f.Fault) -> Talk:
        async with talking(twin(Faults(faults), network_ms=40)) as talk:
            await talk.say(OUTAGE)
            await talk.get_answer()
            await talk.clock.sleep_until(talk.clock.now() + 5)
            return talk

    plain = run_rehearsal(work())
    late = run_rehearsal(work(f.Delay(at=5, ms=300), f.LateAudio(at=6, ms=700), f.LateTranscript(at=6, ms=5_000)))
    own = [[name for name in talk.names() if name.startswith("response.")] for talk in (plain, late)]
    assert own[0] == own[1]
    assert sorted(plain.names()) == sorted(late.names())
    times = {name: t for (t, _), name in zip(late.events, late.names(), strict=True)}
    completed = times["conversation.item.input_audio_transcription.completed"]
    assert completed >= times["input_audio_buffer.committed"] + 5
