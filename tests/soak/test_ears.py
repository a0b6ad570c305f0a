"""How well the embedded ears hear: held-out sentences, numbers, people, and the ends of turns.

The figures are what matters, and they are printed; a test fails only where something would harm a
caller, or where the ears fall far below what they have reached.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind
from npcl_voice.meaning.understanding import Understander
from npcl_voice.speech.local.ears import EarsModel, Listener, Vocabulary
from npcl_voice.speech.local.engine import understander_for
from npcl_voice.speech.local.leg import Began, Ended
from npcl_voice.speech.local.listening import Listening
from tests.soak.report import record
from tests.speech.hearing import (
    CALLERS,
    LINES,
    WHY_NO_HUMANS,
    Tally,
    human_digit_strings,
    human_words,
    humans,
    on_the_line,
    padded,
    spoken,
    turn,
)

pytestmark = pytest.mark.soak

SENTENCES = Path(__file__).resolve().parents[1] / "e2e" / "data" / "sentences.toml"
CHUNK = 3_200
NEWER = {
    "no_supply": {"outage_info"},
    "complaint_status": {"reopen"},
    "agent": {"callback", "escalation"},
}
"""Wishes that were told apart after the sentences were written, by the wish that they were written under."""


@cache
def ears() -> EarsModel:
    """The product's ears."""
    places = tuple(area.name for area in packaged_areas())
    return EarsModel(Vocabulary.of(load_phrases("en").hear, places))


@cache
def meaning() -> Understander:
    """The product's understanding."""
    return understander_for(load_phrases("en"), packaged_areas(), load_phrases("hi"))


def hear(listener: Listener, sound: Any, expectation: Expectation) -> Any:
    """One turn, fed as the pipeline feeds it."""
    listener.begin(expectation)
    data = np.asarray(sound, np.int16).tobytes()
    for at in range(0, len(data), CHUNK):
        listener.feed(data[at : at + CHUNK])
    return listener.finish()


@pytest.mark.parametrize("line", LINES)
def test_sentences_that_the_model_does_not_know(line: str) -> None:
    """Word errors and right intents per voice, on the first turn of a call and on later ones."""
    sentences = tomllib.loads(SENTENCES.read_text())["sentence"]
    figures: dict[str, Any] = {}
    right_of_all = 0
    for voice in CALLERS:
        first, later = Tally(), Tally()
        right = {"first": 0, "later": 0}
        wrong = []
        for sentence in sentences:
            sound = turn(sentence["text"], voice, line)
            listener = ears().listener()
            for tally, name in ((first, "first"), (later, "later")):
                heard = hear(listener, sound, ANYTHING)
                tally.add(sentence["text"].split(), heard.text.split())
                got = meaning().understand(heard.text)
                intent = "hazard" if got.hazard is not None else got.intent
                found = intent in {sentence["intent"], *NEWER.get(sentence["intent"], ())}
                right[name] += found
                if not found and name == "first":
                    wrong.append((sentence["text"], heard.text, intent))
        right_of_all += right["first"]
        figures[voice] = {
            "word errors first %": round(first.error_percent, 1),
            "word errors later %": round(later.error_percent, 1),
            "right intents first %": round(100 * right["first"] / len(sentences), 1),
            "right intents later %": round(100 * right["later"] / len(sentences), 1),
            "wrong": wrong,
        }
    figures["right intents, all voices %"] = round(100 * right_of_all / len(sentences) / len(CALLERS), 1)
    record(f"ears-sentences-{line}", figures)
    assert figures["right intents, all voices %"] >= {"noise": 60}.get(line, 80)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("length", [9, 10])
def test_numbers_digit_by_digit(line: str, length: int) -> None:
    """Numbers heard whole at first hearing, and digit errors."""
    rng = np.random.default_rng(length)
    figures: dict[str, Any] = {}
    words = "zero one two three four five six seven eight nine".split()
    whole = 0
    for voice in CALLERS:
        tally = Tally()
        for _ in range(20):
            digits = "".join(str(digit) for digit in rng.integers(0, 10, length))
            said = " ".join(words[int(digit)] for digit in digits)
            heard = hear(ears().listener(), turn(said, voice, line), Expectation(Kind.NUMBER, (length,)))
            tally.add(digits, heard.digits or "")
        whole += tally.whole
        figures[voice] = {"whole %": tally.whole_percent, "digit errors %": round(tally.error_percent, 2)}
    figures["whole, all voices %"] = round(100 * whole / 60, 1)
    record(f"ears-numbers-{length}-{line}", figures)
    assert whole >= {"noise": 0}.get(line, 36)


@pytest.mark.skipif(humans() is None, reason=WHY_NO_HUMANS)
def test_human_digits_and_words() -> None:
    """People: digits in strings of ten, yes and no."""
    figures: dict[str, Any] = {}
    errors = []
    for speaker in ("theo", "lucas", "jackson"):
        tally = Tally()
        for digits, sound in human_digit_strings(speaker, 20, 10, seed=5):
            heard = hear(ears().listener(), sound, Expectation(Kind.NUMBER, (10,)))
            tally.add(digits, heard.digits or "")
        errors.append(tally.error_percent)
        figures[speaker] = {"whole %": tally.whole_percent, "digit errors %": round(tally.error_percent, 1)}
    right, asked, missed = 0, 0, []
    for word, wanted in (("yes", {"yes"}), ("no", {"no", "wrong"}), ("right", {"yes"})):
        for sound in human_words(word):
            heard = hear(ears().listener(), padded(sound), YES_OR_NO)
            answer = meaning().understand(heard.text, YES_OR_NO).answer
            asked += 1
            right += answer in wanted
            if answer not in wanted:
                missed.append((word, heard.text))
    figures["digit errors, mean %"] = round(float(np.mean(errors)), 1)
    figures["yes/no right %"] = round(100 * right / asked, 1)
    figures["yes/no missed"] = missed
    record("ears-humans", figures)
    assert np.mean(errors) <= 15
    assert right / asked >= 0.9


def turns_in(sound: Any, expectation: Expectation, silence_ms: int) -> list[Ended]:
    """The turns that the ears find in a call's sound."""
    listening = Listening(ears())
    data = np.asarray(sound, np.int16).tobytes()
    events = []
    for at in range(0, len(data), 640):
        events += listening.feed(data[at : at + 640], expectation, silence_ms)
    assert sum(isinstance(event, Began) for event in events) - 1 <= sum(isinstance(event, Ended) for event in events)
    return [event for event in events if isinstance(event, Ended)]


def quiet(ms: int, seed: int, level: float = 8.0) -> Any:
    """A room in which nobody speaks."""
    return np.random.default_rng(seed).normal(0.0, level, ms * 16).astype(np.int16)


def test_pauses_inside_a_number_do_not_end_the_turn() -> None:
    """24 numbers in groups, with pauses of 300 to 700 ms between them."""
    rng = np.random.default_rng(3)
    cut = 0
    for at in range(24):
        voice = CALLERS[at % 3]
        groups = [
            " ".join(
                "zero one two three four five six seven eight nine".split()[int(d)] for d in rng.integers(0, 10, n)
            )
            for n in (4, 3, 3)
        ]
        parts = [quiet(600, at)]
        for group in groups:
            parts += [spoken(group, voice), quiet(int(rng.integers(300, 701)), at + 100)]
        parts.append(quiet(1500, at + 200))
        sound = on_the_line(np.concatenate(parts), ("clean", "pcmu")[at % 2])
        cut += len(turns_in(sound, Expectation(Kind.NUMBER, (10,)), 850)) != 1
    record("turns-number-pauses", {"cut of 24": cut})
    assert cut <= 1


def test_sounds_that_are_no_speech_start_no_turn() -> None:
    """Breath, slam, hum and keys: at most one of twelve each."""
    rng = np.random.default_rng(9)
    started: dict[str, int] = dict.fromkeys(("breath", "slam", "hum", "keys"), 0)
    for at in range(12):
        t = np.arange(16_000) / 16_000
        shape = np.exp(-(((t - 0.4) / 0.15) ** 2))
        sounds = {
            "breath": rng.normal(0, 1, 16_000) * shape * 1500,
            "slam": rng.normal(0, 1, 16_000) * np.exp(-t * 30) * 12_000,
            "hum": np.sin(2 * np.pi * 50 * t) * 1500 + np.sin(2 * np.pi * 100 * t) * 800,
            "keys": (
                np.sin(2 * np.pi * (697, 770, 852, 941)[at % 4] * t)
                + np.sin(2 * np.pi * (1209, 1336, 1477)[at % 3] * t)
            )
            * 4000,
        }
        for name, sound in sounds.items():
            whole = np.concatenate([quiet(500, at), np.clip(sound, -32768, 32767).astype(np.int16), quiet(900, at)])
            started[name] += bool(turns_in(on_the_line(whole, ("clean", "pcmu")[at % 2]), ANYTHING, 480))
    record("turns-no-speech", started)
    assert max(started.values()) <= 3


def test_speech_in_loud_noise_still_ends_its_turn() -> None:
    """At 5 dB over white noise the turn ends."""
    ended = 0
    for at in range(12):
        sound = np.concatenate(
            [quiet(600, at), spoken("there is no power in my house", CALLERS[at % 3]), quiet(2500, at)]
        )
        ended += len(turns_in(on_the_line(sound, "noise", 5.0, seed=at), ANYTHING, 480)) >= 1
    record("turns-at-5-db", {"ended of 12": ended})
    assert ended >= 11
