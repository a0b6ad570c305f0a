"""The embedded engine answers in the language of the call, in the voice of that language."""

from typing import Any

import msgspec
import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.config import Turns
from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.phrases import load_book
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import Expectation, heard_at_first
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.session import Audio, AudioInput, SessionConfig, Transcription
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.larger import EarsChoice
from npcl_voice.speech.local.leg import Ended, LegEvent
from npcl_voice.speech.local.mouth import RATE_HZ, sentences
from npcl_voice.speech.local.workers import InlineWorkers, Workers
from tests.speech.joined import MANUAL, TURNS, WRITTEN, run, talking

NOBODY_HEARS = EarsChoice(hear={"yes": ["yes"]}, places=())


class Tone:
    """A speaker whose every sentence is a level of its own."""

    rate_hz = RATE_HZ

    def __init__(self, level: int) -> None:
        self.level = level
        self.said: list[str] = []

    def sentences(self, text: str) -> list[str]:
        """As every speaker of ours."""
        return sentences(text)

    def render(self, sentence: str) -> Any:
        """A tenth of a second."""
        self.said.append(sentence)
        return np.full(RATE_HZ // 10, self.level, np.int16)


def engine_in(language: str, english: Tone, hindi: Tone) -> LocalEngine:
    """An engine whose calls begin in a language."""
    workers = InlineWorkers(NOBODY_HEARS, english, {"hi": hindi})
    return LocalEngine(load_book(language), packaged_areas(), Turns(), workers)


def test_a_call_that_begins_in_hindi() -> None:
    """The question comes in Hindi, in the Hindi voice."""
    english, hindi = Tone(1_000), Tone(2_000)

    async def work() -> None:
        engine = engine_in("hi", english, hindi)
        async with engine, talking(engine, TURNS) as talk:
            talk.type("my power is out")
            await talk.until(h.ResponseEnded)
            assert "कंज़्यूमर नंबर" in talk.said()
            assert any(isinstance(one, h.AssistantAudio) for one in talk.happened)

    run(work)
    assert "वह बिल पर लिखा होता है।" in hindi.said
    assert english.said == []


def test_a_call_that_is_taken_over_goes_on_in_its_language() -> None:
    """The facts block says which."""

    async def work() -> None:
        engine = engine_in("en", Tone(1_000), Tone(2_000))
        async with engine, talking(engine, WRITTEN) as talk:
            talk.ask(
                talk.client.system_text(write_facts(Context(language="hi", question="area", last=(Line("greeting"),))))
            )
            talk.ask(talk.client.request_response())
            await talk.until(h.ResponseEnded)
            assert talk.said() == load_book("hi").render(Line("ask_area"), "hi")

    run(work)


def test_a_phrase_of_our_own_voice_in_either_language() -> None:
    """As the command says; a language without phrases is the one in which calls begin."""
    english, hindi = Tone(1_000), Tone(2_000)

    async def work() -> None:
        async with engine_in("en", english, hindi) as engine:
            for language, words, level in (
                ("en", "Goodbye.", 1_000),
                ("hi", "नमस्ते।", 2_000),
                ("xx", "Goodbye.", 1_000),
            ):
                said = [piece async for piece in engine.say("farewell", {}, language, PCM_24K)]
                assert said[-1][0] == words
                assert np.median(np.frombuffer(said[-1][1].data, "<i2")) == level

    run(work)


async def test_the_thread_that_speaks_keeps_each_language_s_sentences() -> None:
    """The same letters in another language are another sound."""
    english, hindi = Tone(1_000), Tone(2_000)
    workers = Workers(NOBODY_HEARS, english, processes=1, others={"hi": hindi})
    try:
        await workers.prepare(["OK. NPCL."], "hi")
        assert (await workers.render("OK.", "hi"))[0] == hindi.level
        assert (await workers.render("OK.", "en"))[0] == english.level
        assert hindi.said == ["OK.", "NPCL."]
        words, samples = await workers.speak("NPCL.", "hi")
        assert (words, samples[0]) == ("NPCL.", hindi.level)
    finally:
        await workers.close()
    assert workers.sentences("एक। दो।", "hi") == ["एक।", "दो।"]


class Leg:
    """Hears what it is told."""

    def __init__(self, texts: list[str], listened: list[tuple[str, ...]]) -> None:
        self._texts = texts
        self._listened = listened

    async def feed(self, pcm: bytes, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
        return []

    async def commit(self, expectation: Expectation) -> list[LegEvent]:
        self._listened.append(expectation.languages)
        return [Ended(0, self._texts.pop(0), 0.9, 1.0)]

    def close(self) -> None:
        """Nothing is held."""


class Noted(InlineWorkers):
    """Ears that hear what they are told, and note in which languages they were to listen."""

    def __init__(self, *texts: str) -> None:
        super().__init__(NOBODY_HEARS, Tone(1_000), {"hi": Tone(2_000)})
        self.texts = list(texts)
        self.listened: list[tuple[str, ...]] = []

    async def leg(self, endpointing: Any = None) -> Any:
        return Leg(self.texts, self.listened)


@pytest.mark.parametrize(
    ("texts", "listened", "asked"),
    [
        (["there is no light in my house", "2990741852"], [("en", "hi"), ("en",)], "en"),
        (["मेरे घर में बिजली नहीं है", "2990741852"], [("en", "hi"), ("hi", "en")], "hi"),
        (["power cut", "2990741852"], [("en", "hi"), ("en", "hi")], "en"),
    ],
)
def test_a_call_is_answered_and_heard_in_the_language_that_it_turns_out_to_be_in(
    texts: list[str], listened: list[tuple[str, ...]], asked: str
) -> None:
    """Once English is found, an answer of one kind is heard in English alone; while nothing shows, in both."""
    ears = Noted(*texts)

    async def work() -> None:
        engine = LocalEngine(load_book("auto"), packaged_areas(), Turns(), ears, expected=heard_at_first("auto"))
        async with engine, talking(engine, MANUAL) as talk:
            for at in range(len(texts)):
                talk.ask(talk.client.append(bytes(9_600)))
                talk.ask(talk.client.commit())
                talk.ask(talk.client.request_response())
                await talk.until(h.ResponseEnded)
                if not at:
                    assert talk.said().endswith(load_book(asked).first.say["ask_consumer_number"])
        assert ears.listened == listened

    run(work)


def test_a_client_that_names_a_language_is_answered_in_it() -> None:
    """As long as nothing was said; and English alone is heard where English was named."""
    for named, listened in (("hi", ("hi", "en")), ("en", ("en",))):
        ears = Noted("power cut")
        settings = msgspec.structs.replace(
            MANUAL, audio=Audio(input=AudioInput(transcription=Transcription(language=named), turn_detection=None))
        )

        async def work(ears: Noted = ears, settings: SessionConfig = settings, named: str = named) -> None:
            engine = LocalEngine(load_book("auto"), packaged_areas(), Turns(), ears, expected=heard_at_first("auto"))
            async with engine, talking(engine, settings) as talk:
                talk.ask(talk.client.append(bytes(9_600)))
                talk.ask(talk.client.commit())
                talk.ask(talk.client.request_response())
                await talk.until(h.ResponseEnded)
                assert talk.said().endswith(load_book(named).first.say["ask_consumer_number"])

        run(work)
        assert ears.listened == [listened]
