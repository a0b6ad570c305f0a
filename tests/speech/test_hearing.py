"""The ears on what they must never get wrong, in a voice that is not the assistant's."""

import asyncio
from functools import cache

import msgspec
import numpy as np
import pytest

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.errors import UnavailableError
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind
from npcl_voice.speech.local.ears import EarsModel, Vocabulary
from npcl_voice.speech.local.figures import digits_of
from npcl_voice.speech.local.larger import EarsChoice
from npcl_voice.speech.local.leg import Began, Ended, LegEvent, Partly
from npcl_voice.speech.local.listening import Listening
from npcl_voice.speech.local.mouth import Mouth
from npcl_voice.speech.local.workers import InlineWorkers, Workers
from tests.speech.hearing import padded, spoken, turn, word_errors

TEN = Expectation(Kind.NUMBER, (10,))


@cache
def choice() -> EarsChoice:
    """What the product's ears are made from."""
    return EarsChoice(hear=load_phrases("en").hear, places=tuple(area.name for area in packaged_areas()))


@cache
def ears() -> EarsModel:
    """The product's ears."""
    return EarsModel(Vocabulary.of(choice().hear, choice().places))


def heard(text: str, expectation: Expectation, line: str = "clean") -> tuple[str, str | None]:
    """What the ears make of a sentence."""
    listener = ears().listener()
    listener.begin(expectation)
    listener.feed(turn(text, "slt", line).tobytes())
    result = listener.finish()
    return result.text, result.digits


@pytest.mark.parametrize("line", ["clean", "pcmu", "pcma"])
def test_plain_sentences_are_heard_word_by_word(line: str) -> None:
    """Over a microphone and over a telephone."""
    assert heard("there is no power in my house", ANYTHING, line)[0] == "there is no power in my house"


@pytest.mark.parametrize("line", ["clean", "pcmu"])
@pytest.mark.parametrize("voice", ["slt", "kal16"])
def test_the_first_turn_of_a_call_is_followed_while_it_lasts(voice: str, line: str) -> None:
    """Which line it is shows in the first tenth of a second, be it silence."""
    said = "there has been no electricity in my house since this morning"
    listener = ears().listener()
    listener.begin(ANYTHING)
    sound = turn(said, voice, line).tobytes()
    so_far = [listener.feed(sound[at : at + 3_200]) for at in range(0, len(sound), 3_200)]
    assert word_errors(said.split(), [text for text in so_far if text][-1].split()) <= 4


def test_a_number_that_is_asked_for_is_heard_whole() -> None:
    """Ten digits, and as a number."""
    assert heard("two nine nine zero seven four one eight five two", TEN) == ("2990741852", "2990741852")


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("twenty five, sixty two, eight forty, nine seventeen", "2562840917"),
        ("two double zero double three nine double four one seven", "2003394417"),
        ("two one six four zero five nine seven, I mean eight, seven three", "2164059873"),
    ],
)
def test_a_number_is_heard_in_the_form_in_which_it_is_said(said: str, digits: str) -> None:
    """In tens, where a pause tells "forty, nine" from "forty-nine"; doubled; with a slip that is put right."""
    assert heard(said, TEN) == (digits, digits)


def test_half_a_number_is_not_made_whole() -> None:
    """The rest may come in the next turn."""
    assert heard("two nine nine zero seven four", TEN) == ("299074", "299074")


@pytest.mark.parametrize("line", ["clean", "pcmu"])
@pytest.mark.parametrize(
    "said",
    [
        "a wire has fallen on the road near my house and it is sparking",
        "two days ago the electricity went and nobody came till now",
    ],
)
def test_a_sentence_as_long_as_a_number_is_none(said: str, line: str) -> None:
    """Whatever digits it might be made to have, it fits their sounds badly."""
    assert heard(said, TEN, line)[1] is None


def test_another_answer_than_a_number_is_heard_as_words() -> None:
    """A caller who does not have the number says so."""
    text, digits = heard("i do not have it", TEN)
    assert digits is None
    assert "have" in text


def test_yes_and_no() -> None:
    """One word each."""
    assert heard("yes", YES_OR_NO)[0] == "yes"
    assert heard("no", YES_OR_NO)[0] == "no"


def test_silence_has_no_words() -> None:
    """Neither nothing at all nor a quiet room."""
    listener = ears().listener()
    listener.begin(ANYTHING)
    assert listener.finish().text == ""
    listener.feed(np.random.default_rng(1).normal(0, 8, 16_000).astype("<i2").tobytes())
    assert listener.finish().confidence <= 0.5


def test_digits_of_words() -> None:
    """Doubles and triples are applied."""
    assert digits_of("double two nine triple zero oh") == "2290000"


def fed(listening: Listening, sound: object, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
    """All that happens in a sound, fed in 20 ms pieces."""
    data = np.asarray(sound, np.int16).tobytes()
    return [e for at in range(0, len(data), 640) for e in listening.feed(data[at : at + 640], expectation, silence_ms)]


def test_a_turn_is_found_told_in_part_and_heard() -> None:
    """It begins, its words come as they stand, and it ends with all of them."""
    events = fed(Listening(ears()), padded(spoken("there is no power in my house", "slt"), 500, 900), ANYTHING, 480)
    assert isinstance(events[0], Began)
    assert isinstance(events[-1], Ended)
    assert events[-1].text == "there is no power in my house"
    parts = "".join(event.text for event in events if isinstance(event, Partly))
    assert "there is no power".startswith(parts[:17])


def test_a_complete_number_ends_its_turn_at_once() -> None:
    """Nobody is made to wait for the closing silence of 850 ms."""
    sound = padded(spoken("two nine nine zero seven four one eight five two", "slt"), 500, 1_500)
    events = fed(Listening(ears()), sound, TEN, 850)
    ended = next(event for event in events if isinstance(event, Ended))
    assert ended.text == "2990741852"


def test_a_client_can_end_the_turn_and_forget_one() -> None:
    """Push to talk: nothing ends it but the client."""
    listening = Listening(ears())
    fed(listening, padded(spoken("my power is out", "slt"), 500, 300), ANYTHING, 3_600_000)
    ended = listening.commit(ANYTHING)
    assert isinstance(ended[-1], Ended)
    assert "power" in ended[-1].text
    fed(listening, padded(spoken("my power is out", "slt"), 500, 0), ANYTHING, 3_600_000)
    listening.clear()
    (empty,) = listening.commit(ANYTHING)
    assert isinstance(empty, Ended)
    assert empty.text == ""


def words(events: list[LegEvent]) -> list[object]:
    """What happened, without the confidence: that depends on what the recogniser heard before."""
    return [msgspec.structs.replace(event, confidence=0.0) if isinstance(event, Ended) else event for event in events]


@pytest.mark.slow
async def test_processes_hear_what_the_ears_hear_on_the_spot() -> None:
    """The same events, from another process; a process that dies is told of and replaced."""
    sound = padded(spoken("there is no power in my house", "slt"), 500, 900).tobytes()
    async with InlineWorkers(choice(), Mouth("rms")) as inline, Workers(choice(), Mouth("rms"), processes=1) as workers:
        here, there = await inline.leg(), await workers.leg()
        assert words(await here.feed(sound, ANYTHING, 480)) == words(await there.feed(sound, ANYTHING, 480))
        assert workers.capacity >= 1
        assert np.array_equal(await inline.render("Hello.", "en"), await workers.render("Hello.", "en"))
        await workers.prepare(["Hello."], "en")
        assert np.array_equal(await inline.render("Hello.", "en"), await workers.render("Hello.", "en"))
        child = workers._processes[0]._child
        assert child is not None
        child.kill()
        with pytest.raises(UnavailableError):
            await there.feed(sound, ANYTHING, 480)
        there.close()
        async with asyncio.timeout(60):
            while True:
                try:
                    again = await workers.leg()
                    break
                except UnavailableError:
                    await asyncio.sleep(0.1)
        events = await again.feed(sound, ANYTHING, 480)
        assert isinstance(events[-1], Ended)
        again.close()
