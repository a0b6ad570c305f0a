"""A synthetic caller on a line: when it listens, when it speaks, and how.

Its ears here read the level of the sound: phrase number n is spoken as a square wave of its own
level. So everything but recognition itself is real.
"""

import asyncio
import gc
import itertools

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMA, Format, Frame
from npcl_voice.audio.level import level_db
from npcl_voice.audio.resample import convert, decode, encode
from npcl_voice.channels.line import Line
from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerHungUp, CallerKeyed
from npcl_voice.rehearsal.caller import Manner, SyntheticCaller
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.effects import Conditions, Surroundings
from npcl_voice.rehearsal.script import Script, load_cues, load_scenario

PHRASES = [
    "hello how can i help you",
    "what is your ten digit consumer number",
    "please type your ten digit consumer number on the keypad",
    "your complaint number is 000054324 is there anything else",
    "thank you for calling goodbye",
    "one moment please",
]
HELLO, ASK, TYPE, TOLD, BYE, MOMENT = range(6)


def speech(phrase: int, ms: int = 1_000) -> np.ndarray:
    level = 4_000 + 2_000 * phrase
    return np.where(np.arange(16 * ms) % 16 < 8, level, -level).astype(np.int16)


class LevelEars:
    """Knows a phrase by its level; takes its time, too."""

    async def hear(self, pcm: bytes) -> str:
        await asyncio.to_thread(lambda: None)
        samples = np.abs(np.frombuffer(pcm, "<i2").astype(int))
        levels = [np.median(samples[at : at + 320]) for at in range(0, samples.size - 319, 320)]
        phrases = [round((level - 4_000) / 2_000) if level > 3_000 else -1 for level in levels]
        runs = [(phrase, len(list(run))) for phrase, run in itertools.groupby(phrases)]
        words = [PHRASES[phrase] for phrase, length in runs if phrase >= 0 and length >= 5]
        return " ".join(words)


class ToneMouth:
    """Says 100 ms a letter; remembers what it was asked to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def speak(self, text: str) -> np.ndarray:
        self.said.append(text)
        await asyncio.sleep(0)
        return np.where(np.arange(1_600 * len(text)) % 8 < 4, 3_000, -3_000).astype(np.int16)


class Call:
    """One call: the assistant's turns are played in order, each when the caller has ended its own."""

    def __init__(self, *turns, manner: Manner | None = None, format: Format = PCM_16K, gap_ms: float = 900) -> None:
        self.turns = list(turns)
        self.manner = manner
        self.format = format
        self.gap_ms = gap_ms
        self.story: list[tuple[float, str]] = []
        self.mouth = ToneMouth()
        self.levels: list[float] = []

    def play(self) -> None:
        for item in self.turns.pop(0) if self.turns else []:
            samples = np.zeros(16 * item[1], np.int16) if item[0] is None else speech(*item)
            self.line.play(convert(encode(samples, PCM_16K), self.format))

    async def hold(self) -> None:
        clock = RehearsalClock()
        script = Script(load_scenario("outage"), load_cues())
        self.caller = SyntheticCaller(
            script,
            LevelEars(),
            self.mouth,
            clock,
            self.format,
            manner=self.manner,
            surroundings=Surroundings(Conditions()),
        )
        self.line = Line(clock, self.caller, self.format)
        spoken, silent_ms = False, 0.0
        async for event in self.line.events():
            now = round(clock.now(), 2)
            if isinstance(event, CallAnswered):
                self.play()
            elif isinstance(event, CallerKeyed):
                self.story.append((now, event.digit))
                if event.digit == "#":
                    self.play()
            elif isinstance(event, CallerAudio):
                level = level_db(decode(event.frame))
                self.levels.append(level)
                if level > -45:
                    if not spoken or silent_ms >= 500:
                        self.story.append((now, "speaks"))
                    spoken, silent_ms = True, 0.0
                else:
                    silent_ms += 20
                    if spoken and silent_ms >= self.gap_ms:
                        spoken = False
                        self.play()
            elif isinstance(event, CallerHungUp):
                self.story.append((now, "hangs up"))

    def run(self) -> "Call":
        run_rehearsal(self.hold())
        return self

    def said(self) -> list[str]:
        return [turn.text for turn in self.caller.turns if turn.who == "caller"]

    def heard(self) -> list[str]:
        return [turn.text for turn in self.caller.turns if turn.who == "assistant"]


@pytest.mark.parametrize("format", [PCM_16K, PCM_24K, PCMA])
def test_a_whole_call(format):
    """Listens, answers after a human moment, dictates, keys, remembers the number, and leaves."""
    call = Call([(HELLO,)], [(ASK,)], [(TYPE,)], [(TOLD,)], [(BYE,)], format=format).run()
    assert call.said() == ["my power is out", "2990741852", "2990741852#", "no thank you"]
    assert call.heard() == [PHRASES[n] for n in (HELLO, ASK, TYPE, TOLD, BYE)]
    assert call.caller.heard_numbers == ["000054324"]
    assert [turn.cue for turn in call.caller.turns if turn.who == "caller"] == [
        "help",
        "ask_consumer_number",
        "key_consumer_number",
        "anything_else",
    ]
    first = call.story[0]
    assert first == (pytest.approx(1.6, abs=0.06), "speaks")
    assert call.story[-1][1] == "hangs up"
    goodbye = call.caller.turns[-1]
    assert (goodbye.who, goodbye.text) == ("assistant", PHRASES[BYE])
    assert call.story[-1][0] - goodbye.at == pytest.approx(0.3 + 2.0, abs=0.1)


def test_each_run_is_like_the_other():
    """The same call leaves the same trace."""
    runs = [Call([(HELLO,)], [(ASK,)], [(TOLD,)], [(BYE,)]).run() for _ in range(3)]
    assert runs[0].story == runs[1].story == runs[2].story
    assert runs[0].caller.turns == runs[1].caller.turns == runs[2].caller.turns
    assert runs[0].levels == runs[1].levels == runs[2].levels


def test_keys_are_pressed_one_by_one():
    """Five keys a second, as people read a number off a bill."""
    call = Call([(TYPE,)], [(BYE,)]).run()
    keys = [(at, what) for at, what in call.story if len(what) == 1]
    assert "".join(key for _, key in keys) == "2990741852#"
    steps = np.diff([at for at, _ in keys])
    assert steps == pytest.approx([0.2] * 10, abs=0.001)


def test_a_turn_with_pauses():
    """Pauses shorter than the caller's patience are part of the assistant's turn."""
    call = Call([(MOMENT,), (None, 500), (ASK,)], [(BYE,)]).run()
    assert call.heard()[:2] == [PHRASES[MOMENT], PHRASES[ASK]]
    assert call.said()[0] == "2990741852"


def test_the_assistant_goes_on():
    """An answer that was only thought of is dropped when the assistant speaks again, and all of it counts."""
    call = Call([(HELLO,), (None, 605), (ASK,)], [(BYE,)]).run()
    assert call.mouth.said[:2] == ["my power is out", "2990741852"]
    assert call.said()[0] == "2990741852"


def test_pauses_inside_of_numbers():
    """Groups are spoken one by one, with silence between, when the manner asks for it."""
    call = Call([(ASK,)], [(BYE,)], manner=Manner(number_pause_ms=400), gap_ms=900).run()
    assert call.mouth.said == ["two nine nine zero", "seven four one", "eight five two"]
    assert call.said() == ["2990741852"]
    loud = [level > -45 for level in call.levels]
    first, last = loud.index(True), len(loud) - loud[::-1].index(True)
    assert loud[first:last].count(False) * 20 == pytest.approx(800, abs=80)


def test_words_around_a_number():
    """Only the number is cut into groups."""
    call = Call([(HELLO,)], [(BYE,)], manner=Manner(number_pause_ms=400)).run()
    assert call.mouth.said == ["my power is out"]


def test_barge_in():
    """A caller in a hurry speaks into the greeting, once."""
    call = Call([(HELLO, 5_000)], [(ASK, 3_000)], [(BYE,)], manner=Manner(barge_in_ms=1_500)).run()
    assert call.story[0] == (pytest.approx(1.5, abs=0.06), "speaks")
    assert call.said() == ["my power is out", "2990741852"]


def test_back_channels():
    """A polite caller says a word while the assistant explains, once a turn, and never in the greeting."""
    manner = Manner(backchannel_ms=1_000, backchannel="hm")
    call = Call([(HELLO, 3_000)], [(ASK, 4_000)], [], [(TOLD, 4_000)], manner=manner).run()
    assert call.mouth.said[:3] == ["my power is out", "hm", "2990741852"]
    assert call.said()[:2] == ["my power is out", "2990741852"]


def test_a_silent_assistant():
    """Left without an answer the caller says it again, and in the end hangs up."""
    call = Call([(HELLO,)], manner=Manner(patience_ms=3_000, attempts=2)).run()
    assert call.said() == ["my power is out"] * 3
    assert call.story[-1][1] == "hangs up"
    dead = Call([], manner=Manner(patience_ms=3_000, attempts=1)).run()
    assert dead.said() == ["my power is out"]
    assert dead.story[0][0] == pytest.approx(3.0, abs=0.1)


def test_a_long_speech():
    """A speech without any pause is heard in pieces."""
    call = Call([(MOMENT, 31_000), (ASK, 2_000)], [(BYE,)]).run()
    assert call.heard()[:2] == [PHRASES[MOMENT], f"{PHRASES[MOMENT]} {PHRASES[ASK]}"]
    assert call.said()[0] == "2990741852"


def test_the_room_is_never_silent():
    """Between turns there is a room's noise on the line."""
    call = Call([(HELLO,)], [(BYE,)]).run()
    assert min(call.levels[:-1]) > -75


def test_broken_ears():
    """What ears or mouth raise ends the call, and is not lost."""

    class Broken:
        async def hear(self, pcm: bytes) -> str:
            raise LookupError("broken ears")

    async def hold() -> None:
        clock = RehearsalClock()
        caller = SyntheticCaller(Script(load_scenario("outage"), load_cues()), Broken(), ToneMouth(), clock, PCM_16K)
        line = Line(clock, caller, PCM_16K)
        async for event in line.events():
            if isinstance(event, CallAnswered):
                line.play(Frame(speech(HELLO).tobytes(), PCM_16K))

    with pytest.raises(LookupError, match="broken ears"):
        run_rehearsal(hold())


def test_an_answer_that_comes_too_early_is_dropped_before_it_is_thought_of() -> None:
    """The assistant goes on in the very tick in which the caller was about to ask whether anybody is there."""
    mouth, script = ToneMouth(), Script(load_scenario("outage"), load_cues())
    quiet = encode(np.zeros(320, np.int16), PCM_16K)

    async def work() -> SyntheticCaller:
        manner = Manner(patience_ms=20)
        caller = SyntheticCaller(script, LevelEars(), mouth, RehearsalClock(), PCM_16K, manner=manner)
        caller.tick(quiet, 0.0)
        caller.tick(encode(speech(HELLO, 20), PCM_16K), 0.02)
        await asyncio.sleep(0)
        return caller

    caller = run_rehearsal(work())
    gc.collect()  # a thought that was never begun is not to be told of as forgotten
    assert (mouth.said, caller.turns) == ([], [])
