"""Ears and voices of real parts: what the assistant says is understood by its callers, over the line."""

import asyncio

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_16K, PCMA
from npcl_voice.audio.level import Hush
from npcl_voice.audio.resample import convert, encode
from npcl_voice.channels.line import Line
from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerKeyed
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.errors import SettingsError
from npcl_voice.rehearsal.caller import Manner
from npcl_voice.rehearsal.casting import cast_caller, ears_process
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.effects import Conditions
from npcl_voice.rehearsal.listening import RecogniserEars, VoiceMouth, assistant_templates
from npcl_voice.rehearsal.script import load_scenario
from npcl_voice.speech.local.ears import Vocabulary
from npcl_voice.speech.local.mouth import Mouth

PHRASES = load_phrases("en")
PLACES = [area.name for area in packaged_areas()]
VALUES = {
    "consumer_number": "2990741852",
    "complaint_number": "000054324",
    "area": "Delta 1",
    "place": "Gamma 1",
    "house": "34",
    "time": "9:30 PM",
    "helpline": "0120-6226666",
    "outside_helpline": "1912",
}
OUTAGE = [
    ["greeting"],
    ["ask_consumer_number"],
    ["read_consumer_number"],
    ["outage_known", "outage_expected", "registered", "ask_anything_else"],
    ["farewell"],
]
STATUS = [
    ["greeting"],
    ["ask_complaint_number"],
    ["ask_complaint_number_again"],
    ["key_complaint_number"],
    ["status_in_progress", "ask_anything_else"],
    ["farewell"],
]
HAZARD = [
    ["greeting"],
    ["safety_wire_down", "hazard_noted", "ask_where"],
    ["hazard_placed", "ask_anything_else"],
    ["farewell"],
]


def test_templates():
    """Phrases and each of their sentences; gaps become places, numbers, or examples of what stands there."""
    templates = assistant_templates(
        {
            "a": "We know of (a|one) cut in {area}. Call {helpline}!",
            "b": "Back by {time}. Number {complaint_number}.",
        }
    )
    assert templates["a"] == [
        "Call {digits}!",
        "We know of  a one  cut in {place}.",
        "We know of  a one  cut in {place}. Call {digits}!",
    ]
    assert "Back by 9:30 PM." in templates["b"]
    assert "Back by 2:00 AM. Number {digits}." in templates["b"]
    assert sum("Number" in text for text in templates["b"]) == 7


def spoken(*phrases: str, **values: str) -> np.ndarray:
    mouth = Mouth(PHRASES.voice["flite"])
    text = " ".join(PHRASES.say[phrase] for phrase in phrases).format_map({**PHRASES.values, **VALUES, **values})
    return np.concatenate([mouth.render(sentence) for sentence in mouth.sentences(text)])


def test_ears():
    """A phrase with a number in it is heard word for word."""

    async def hear() -> str:
        ears = RecogniserEars(Vocabulary.of(assistant_templates(PHRASES.say), PLACES))
        assert await ears.hear(b"\0" * 3_200) == ""
        return await ears.hear(spoken("registered").tobytes())

    heard = run_rehearsal(hear())
    assert heard == (
        "i have registered your complaint your complaint number is zero zero zero zero five four three two four"
    )


def test_ears_in_a_process_of_their_own():
    """In real time the ears work elsewhere, and hear the same."""

    async def hear() -> str:
        with ears_process() as process:
            ears = RecogniserEars(Vocabulary.of(assistant_templates(PHRASES.say), PLACES), process)
            return await ears.hear(spoken("ask_anything_else").tobytes())

    assert asyncio.run(hear()) == "is there anything else"


def test_mouth():
    """A voice of the package, 16 kHz."""

    async def speak() -> np.ndarray:
        return await VoiceMouth("slt").speak("my power is out")

    sound = run_rehearsal(speak())
    assert sound.dtype == np.int16
    assert 0.7 < sound.size / 16_000 < 2


def hold(name: str, turns: list[list[str]], format, manner: Manner, conditions: Conditions, voice: str | None = None):
    """A call in which the assistant says these phrases, one turn whenever the caller has ended its own."""

    async def call():
        clock = RehearsalClock()
        caller = cast_caller(
            load_scenario(name), clock, format, PHRASES, PLACES, voice=voice, manner=manner, conditions=conditions
        )
        line = Line(clock, caller, format)
        left, hush = iter(turns), Hush(-40)

        def play() -> None:
            line.play(convert(encode(spoken(*next(left, ["idle"])), PCM_16K), format))
            hush.expect()

        async for event in line.events():
            if isinstance(event, CallAnswered):
                play()
            elif isinstance(event, CallerAudio):
                hush.hear(event.frame)
                if hush.spoken and hush.silent_ms == 900:
                    play()
            elif isinstance(event, CallerKeyed) and event.digit == "#":
                play()
        return caller

    return run_rehearsal(call())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "turns", "format", "conditions", "told"),
    [
        ("outage", OUTAGE, PCM_16K, Conditions(), ["000054324"]),
        ("status", STATUS, PCMA, Conditions("A-law", 20.0), ["000054324"]),
        ("hazard", HAZARD, PCM_16K, Conditions("mu-law"), ["000054324"]),
    ],
)
def test_whole_calls(name, turns, format, conditions, told):
    """The three stories, clean and over telephones: each question is answered, and the number is remembered."""
    caller = hold(name, turns, format, Manner(), conditions)
    assert caller.heard_numbers == told
    answers = [turn.text for turn in caller.turns if turn.who == "caller"]
    assert (
        answers
        == {
            "outage": ["my power is out", "2990741852", "yes that is right", "no thank you"],
            "status": ["what is the status of my complaint", "000054321", "000054321", "000054321#", "no thank you"],
            "hazard": ["a wire has fallen on the road", "Gamma 1", "no thank you"],
        }[name]
    )


def test_the_assistants_own_voice():
    """A caller with the assistant's voice would prove nothing."""

    async def call() -> None:
        cast_caller(load_scenario("outage"), RehearsalClock(), PCM_16K, PHRASES, PLACES, voice="rms")

    with pytest.raises(SettingsError, match="voice: 'rms' is the assistant's own; a caller needs another"):
        run_rehearsal(call())
