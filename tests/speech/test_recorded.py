"""The recorded voice as an engine: it hears nobody, and it always has something to say."""

import ast
import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import msgspec
import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_16K
from npcl_voice.config import Turns
from npcl_voice.conversation import recorded as policy
from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.exchange import Exchange
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.marks import KEYPAD_MARK
from npcl_voice.conversation.phrases import languages, load_book, load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.errors import UnavailableError
from npcl_voice.intents import INTENTS, run_intent
from npcl_voice.ports import Situation
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.session import Audio, AudioInput, SessionConfig, Transcription
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.larger import speaker_of
from npcl_voice.speech.local.recorded import INSTEAD, SAID, RecordedEngine
from npcl_voice.speech.local.server import SESSION_S
from npcl_voice.speech.local.workers import InlineWorkers, Workers
from tests.conversation.talk import TOOLS, understander
from tests.fakes import FakeDesk
from tests.speech.joined import Talk, Unable, holding, run, spoken
from tests.speech.test_hearing import choice

BOOK = load_book("en")
PHRASES = BOOK.first
CALL = SessionConfig(
    tools=tuple(intent.tool() for intent in INTENTS.values()),
    audio=Audio(input=AudioInput(transcription=Transcription(model="ours"))),
)
HELPLINE = PHRASES.values["helpline"]


@pytest.fixture
def mouth() -> Unable:
    """A mouth whose ears were never opened, and which can be told to be gone."""
    return Unable(choice(), speaker_of("rms", 1.0, ""))


def engine_on(workers: InlineWorkers | Workers, **options: Any) -> RecordedEngine:
    """The recorded voice with that mouth."""
    understand = understander().understand
    return RecordedEngine(
        BOOK, understand, Turns(), workers, RehearsalClock(), lambda: "sess_1", lambda: SESSION_S, **options
    )


@asynccontextmanager
async def _called(engine: RecordedEngine) -> Any:
    async with holding(await engine.open(""), CALL) as talk:
        yield talk


def called(engine: RecordedEngine) -> AbstractAsyncContextManager[Talk]:
    """A session with it, configured as a call does."""
    return _called(engine)


async def answer(talk: Talk) -> list[str]:
    """The tools that it calls, after it was asked to answer; its words are in `talk.said()`."""
    before = len(talk.happened)
    talk.ask(talk.client.request_response())
    ended = await talk.until(h.ResponseEnded)
    assert ended.status == "completed"
    return [one.call_id for one in talk.happened[before:] if isinstance(one, h.ToolCalled)]


def sound_of(talk: Talk) -> bytes:
    """All that was heard of it."""
    return b"".join(one.data for one in talk.happened if isinstance(one, h.AssistantAudio))


def put(talk: Talk, digits: str) -> None:
    """Keys, as the conversation puts them in."""
    talk.ask(talk.client.user_text(KEYPAD_MARK + digits))


def words(phrase: str, **values: str) -> str:
    """A phrase as it is said."""
    return PHRASES.render(Line(phrase, values))


def test_a_call_from_the_apology_to_a_complaint(mouth: Unable) -> None:
    """By keys alone, whatever is spoken; the callback and the complaint are told when they are committed."""
    desk, situation = FakeDesk.seeded(), Situation("call-1", "9810123456")
    troubled = {one.premises for one in desk.complaints.values()}
    quiet = next(one for one in desk.consumers.values() if one.premises.premises_id not in troubled)

    async def tool(talk: Talk, call_id: str) -> None:
        called = next(one for one in talk.happened if isinstance(one, h.ToolCalled) and one.call_id == call_id)
        keyed = msgspec.json.decode(called.arguments, type=dict[str, str])  # what was keyed counts as confirmed
        result = await run_intent(called.name, called.arguments, desk, msgspec.structs.replace(situation, facts=keyed))
        talk.ask(talk.client.tool_output(call_id, msgspec.json.encode(result).decode()))

    async def work() -> None:
        engine = engine_on(mouth)
        assert (engine.name, engine.embedded) == ("recorded", True)
        async with called(engine) as talk:
            assert (talk.session.name, talk.sent[0].__class__) == ("recorded", e.SessionCreated)
            (booking,) = await answer(talk)
            assert talk.said() == words("recorded_apology")
            assert list(desk.callbacks) == []
            await tool(talk, booking)
            assert len(desk.callbacks) == 1
            assert await answer(talk) == []
            assert talk.said().endswith(words("callback_soon") + " " + words("recorded_menu"))
            talk.ask(talk.client.append(spoken("There is no power in my house.")))
            put(talk, "1")
            assert await answer(talk) == []
            put(talk, quiet.consumer_number)
            (registering,) = await answer(talk)
            await tool(talk, registering)
            assert await answer(talk) == []
            number = next(reversed(desk.complaints))
            assert words("registered", complaint_number=number) in talk.said()
            assert not [one for one in talk.happened if isinstance(one, h.CallerStarted | h.Heard)]
            assert len(sound_of(talk)) > 10 * 48_000
        async with called(engine) as again:  # another takeover of the same call, whose facts were lost
            (booking,) = await answer(again)
            await tool(again, booking)
        (callback,) = desk.callbacks.values()
        assert (callback.number, callback.reason) == ("9810123456", "no_engine")

    run(work)


def test_speech_that_is_committed_is_a_turn_without_words(mouth: Unable) -> None:
    """The sound of a gap, and a buffer that is cleared: both are answered as the protocol wants it."""

    async def work() -> None:
        async with called(engine_on(mouth)) as talk:
            talk.ask(talk.client.append(bytes(48_000)))
            talk.ask(talk.client.clear())
            talk.ask(talk.client.append(spoken("There is no power in my house.")))
            talk.ask(talk.client.commit())
            await talk.until(h.HeardNothing)
            assert len(await answer(talk)) == 1
            assert talk.said() == words("recorded_apology")

    run(work)


def test_it_follows_the_call_by_the_same_policy(mouth: Unable) -> None:
    """From a facts block both come to the same."""
    context = Context(goal="no_supply", question="consumer_number", promises=("callback",))

    async def work() -> None:
        engine = engine_on(mouth)
        watching = Exchange(engine.policy(TOOLS))
        watching.note(write_facts(context))
        async with called(engine) as talk:
            talk.ask(talk.client.system_text(write_facts(context)))
            assert await answer(talk) == []
            assert talk.said() == " ".join(map(PHRASES.render, watching.answer().lines))

    run(work)


def after_the_mouth_went(mouth: Unable, work: Callable[[RecordedEngine], Awaitable[None]], **options: Any) -> None:
    """Once everything is kept, the mouth goes."""

    async def whole() -> None:
        engine = engine_on(mouth, **options)
        await engine.prepare()
        mouth.broken = "mouth"
        await work(engine)

    run(whole)


def test_it_speaks_from_memory_when_the_mouth_is_gone(mouth: Unable) -> None:
    """The same sound as before, the promise of a callback included."""

    async def before() -> bytes:
        async with called(engine_on(mouth, callback_within_min=30)) as talk:
            return await talked(talk)

    async def talked(talk: Talk) -> bytes:
        (booking,) = await answer(talk)
        talk.ask(talk.client.tool_output(booking, '{"ok":true,"window":"within 30 minutes"}'))
        assert await answer(talk) == []
        assert "A person will call you back within 30 minutes." in talk.said()
        return sound_of(talk)

    sounds: list[bytes] = []

    async def first() -> None:
        sounds.append(await before())

    async def then(engine: RecordedEngine) -> None:
        async with called(engine) as talk:
            sounds.append(await talked(talk))

    run(first)
    after_the_mouth_went(mouth, then, callback_within_min=30)
    assert sounds[0] == sounds[1] != b""


def test_what_is_not_kept_is_left_out_and_said_to_be(mouth: Unable) -> None:
    """The words that are told are those that were said: no number is claimed to have been told."""

    async def work(engine: RecordedEngine) -> None:
        context = Context(goal="no_supply", question="consumer_number", promises=("callback",))
        async with called(engine) as talk:
            talk.ask(talk.client.system_text(write_facts(context)))
            await answer(talk)
            put(talk, "2000001234")
            (registering,) = await answer(talk)
            talk.ask(talk.client.tool_output(registering, '{"ok":true,"complaint_number":"000054324"}'))
            before = len(talk.said())
            await answer(talk)
            assert talk.said()[before:] == (
                f"I have registered your complaint. Please call {HELPLINE} for the rest. " + words("recorded_menu")
            )

    after_the_mouth_went(mouth, work)


def test_a_mouth_that_was_never_there(mouth: Unable) -> None:
    """Nothing is heard and nothing is claimed to have been said; the callback is booked all the same."""
    mouth.broken = "mouth"

    async def work(engine: RecordedEngine) -> None:
        async with called(engine) as talk:
            assert len(await answer(talk)) == 1
            assert talk.said().strip() == ""
            assert np.abs(np.frombuffer(sound_of(talk), np.int16)).max(initial=0) <= 1

    after_the_mouth_went(mouth, work)


class Torn(InlineWorkers):
    """A mouth that fails in one of the ways in which mouths fail."""

    error: Exception

    async def render(self, sentence: str, language: str) -> Any:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [UnavailableError("the library"), BrokenPipeError("the process"), RuntimeError("no new futures after shutdown")],
    ids=lambda error: type(error).__name__,
)
def test_however_the_mouth_goes(error: Exception) -> None:
    """No answer fails for it, and nothing is raised."""
    torn = Torn(choice(), speaker_of("rms", 1.0, ""))
    torn.error = error

    async def work() -> None:
        engine = engine_on(torn)
        await engine.prepare()
        async with called(engine) as talk:
            assert len(await answer(talk)) == 1

    run(work)


async def test_a_mouth_whose_thread_has_ended() -> None:
    """The real one, without any process of ears: what was kept before is said."""
    workers = Workers(choice(), speaker_of("rms", 1.0, ""), processes=1)
    kept = engine_on_real(workers)
    await kept.prepare()
    await workers.close()
    text, samples = await kept._mouth.speak("Press 1 for a power cut, or 2 to be called back on another number.", "en")
    assert text.startswith("Press 1")
    assert PCM_16K.ms_of(samples.size) > 1_000
    assert (await kept._mouth.speak("Your complaint number is 000054324.", "en"))[0] == words(INSTEAD)
    assert np.array_equal(
        await kept._mouth.render("Anything.", "en"), (await kept._mouth.speak(words(INSTEAD), "en"))[1]
    )
    assert kept._mouth.rate_hz == 16_000
    assert kept._mouth.capacity == 0


def engine_on_real(workers: Workers) -> RecordedEngine:
    """The same outside of a rehearsal."""
    from npcl_voice.call import RealClock

    understand = understander().understand
    return RecordedEngine(BOOK, understand, Turns(), workers, RealClock(), lambda: "sess_1", lambda: SESSION_S)


def test_the_embedded_engine_lends_its_mouth(mouth: Unable) -> None:
    """The same phrases, tools and voice; it takes none of its places."""

    async def work() -> None:
        engine = LocalEngine(BOOK, packaged_areas(), Turns(), mouth)
        lent = engine.recorded(RehearsalClock(), lambda: "sess_1", lambda: SESSION_S, callback_within_min=30)
        async with called(lent) as talk:
            assert engine.live == 0
            assert len(await answer(talk)) == 1
            assert talk.said() == words("recorded_apology")

    run(work)


def said_by_the_policy() -> set[str]:
    """Every phrase that stands in it."""
    tree = ast.parse(inspect.getsource(policy))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Line"
        if isinstance(node.args[0], ast.Constant)
    }


def test_every_phrase_of_its_own_is_kept(mouth: Unable) -> None:
    """Whatever has no gaps, in every language that there is, and all safety words."""
    assert said_by_the_policy() <= set(SAID)

    async def work() -> None:
        engine = engine_on(mouth)
        await engine.prepare()
        for language, phrases in BOOK.all.items():
            for key in (*SAID, *(key for key in phrases.say if key.startswith("safety_"))):
                if phrases.gaps(key) <= phrases.values.keys():
                    for sentence in mouth.sentences(phrases.render(Line(key)), language):
                        assert (language, sentence) in engine._mouth._kept, sentence

    run(work)


@pytest.mark.parametrize("language", languages())
def test_one_sentence_is_said_instead(mouth: Unable, language: str) -> None:
    """So that words and sound stay one piece."""
    assert len(mouth.sentences(load_phrases(language).render(Line(INSTEAD)), language)) == 1


def test_many_calls_at_once(mouth: Unable) -> None:
    """Everybody is let in and told the same."""

    async def work() -> None:
        engine = engine_on(mouth)
        await engine.prepare()

        async def one() -> str:
            session = await engine.open("")
            talk = Talk(session)
            talk.ask(talk.client.configure(CALL))
            await talk.until(h.SessionReady)
            await answer(talk)
            await session.close()
            async for _ in talk._events:
                pass
            return talk.said()

        assert set(await asyncio.gather(*(one() for _ in range(40)))) == {words("recorded_apology")}

    run(work)
