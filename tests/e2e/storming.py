"""The API dies while many calls are on it: who calls, what each of them hears, and how that is judged.

Twelve callers with known sentences: seven power cuts at houses on record, four who ask for a status,
and a fallen wire. They begin one after the other, so that each is at another point of the talk. All is
judged from their side of the line, and from the rows of the store.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec
import numpy as np

from npcl_voice.app import House
from npcl_voice.audio.frame import PCM_16K, PCMU, Frame
from npcl_voice.audio.level import Hush
from npcl_voice.audio.resample import encode, resample
from npcl_voice.channels.line import SILENT, TICK_MS, Line, Moment
from npcl_voice.config import Call
from npcl_voice.conversation.commands import (
    CallEnded,
    ChangeEngine,
    Command,
    EngineChanged,
    HazardHeard,
    Latency,
    Report,
    Transcript,
)
from npcl_voice.conversation.events import CallEvent, IntentFinished
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.rehearsal.effects import at_speech_level
from npcl_voice.rehearsal.script import Scenario, Script, load_cues, load_scenario
from npcl_voice.rehearsal.twin import Script as TwinScript
from npcl_voice.rehearsal.twin import load_script
from npcl_voice.speech.local.mouth import Mouth
from npcl_voice.store.seed import ACCOUNTS

__all__ = ["EVERY_S", "Held", "Side", "StormCaller", "Watcher", "callers", "hold", "silences", "sounds", "storm_script"]

EVERY_S = 1.5
"""One call after the other."""
VOICE = "slt"
ANSWER_MS = 600
"""Silence of the assistant after which a caller answers."""
PATIENCE_MS = 12_000
LEAVES_S = 3.0
"""How long after the goodbye a caller puts the receiver down, if the line is still open."""
DUE_S = Call().answer_due_ms / 1000
SAME_S = 0.001
APART_S = 2.5 * TICK_MS / 1000
"""Sound after a shorter pause goes on."""
SAID_ANYWAY = (
    "yes that is right",
    "no that is wrong",
    "please repeat that",
    "i do not have it",
    "no thank you",
    "yes please",
    "yes",
    "no",
)


def callers() -> list[Scenario]:
    """The twelve, in the order in which they call; the danger is not the first."""
    outage, status, hazard = (load_scenario(name) for name in ("outage", "status", "hazard"))
    # One has a complaint already: to report it again makes no new one.
    houses = [one for one in ACCOUNTS if one.name != "Dheeraj Kumar"]
    cuts = [
        msgspec.structs.replace(
            outage,
            voice=VOICE,
            caller_number=one.mobile,
            facts={
                **outage.facts,
                "consumer_number": one.consumer_number,
                "phone": one.mobile,
                "area": one.premises.area,
                "house": one.premises.house,
            },
        )
        for one in houses
    ]
    asks = [
        msgspec.structs.replace(
            status, voice=VOICE, caller_number=f"699904173{at}", facts={**status.facts, "phone": f"699904173{at}"}
        )
        for at in range(4)
    ]
    wire = msgspec.structs.replace(hazard, voice=VOICE, caller_number="6999000112")
    return [*asks[:2], *cuts[:4], wire, *asks[2:], *cuts[4:]]


def storm_script() -> TwinScript:
    """What the remote model says to all of them."""
    outage, status, hazard = (load_script(name) for name in ("outage", "status", "hazard"))
    replies = (*outage.reply, *(rule for rule in hazard.reply if rule.hears != ("sector",)), *status.reply)
    return msgspec.structs.replace(outage, reply=replies, fact=(*outage.fact, *status.fact))


@cache
def sounds() -> Mapping[str, Frame]:
    """All that they say, on a telephone line, byte for byte."""
    mouth = Mouth(VOICE)
    found = {}
    texts = [text for one in callers() for text in (one.opening, *one.facts.values(), *SAID_ANYWAY)]
    for text in dict.fromkeys(texts):
        sound = at_speech_level(np.concatenate([mouth.render(sentence) for sentence in mouth.sentences(text)]))
        found[text] = encode(resample(sound, PCM_16K.rate_hz, PCMU.rate_hz), PCMU)
    return found


class Side(msgspec.Struct):
    """One call as its caller had it; all times are on one clock."""

    turns: list[tuple[float, float, str]] = []
    """When the caller spoke from and to, and what."""
    heard: list[tuple[float, float]] = []
    """When the assistant was heard from and to."""
    keyed: list[tuple[float, str]] = []
    numbers: list[str] = []
    """Complaint numbers that the caller was told."""
    over: float = 0.0


class StormCaller:
    """The far end of one line: reads the captions, hears when the assistant is silent, and answers."""

    def __init__(
        self, scenario: Scenario, known: Mapping[str, Frame], *, until: float = math.inf, stays: bool = False
    ) -> None:
        """`until` is when the caller puts the receiver down whatever is being said.

        Who `stays` begins anew when all is said, and presses the same keys again.
        """
        if stays:
            scenario = msgspec.structs.replace(scenario, answers={"anything_else": scenario.opening})
        self._stays = stays
        self.script = Script(scenario, load_cues())
        self.side = Side()
        self._sounds = known
        self._hush = Hush()
        self._words: list[str] = []
        self._chunks: list[Frame] = []
        self._keys = ""
        self._began = 0.0
        self._text = ""
        self._silent_ms = 0.0
        self._leaving = until

    def read(self, words: str) -> None:
        """A caption: what the assistant said."""
        self._words.append(words)

    def tick(self, heard: Frame, now: float) -> Moment:
        """Listen, and answer when the assistant has finished."""
        side = self.side
        side.over = now
        loud = self._hush.hear(heard)
        if loud and side.heard and now - side.heard[-1][1] <= APART_S:
            side.heard[-1] = (side.heard[-1][0], now)
        elif loud:
            side.heard.append((now - TICK_MS / 1000, now))
        self._silent_ms = 0.0 if loud or self._chunks or self._keys else self._silent_ms + TICK_MS
        if now >= self._leaving:
            return Moment(hangs_up=True)
        if self._chunks:
            return Moment(self._next(now))
        if self._keys:
            key, self._keys = self._keys[0], self._keys[1:]
            return Moment(keys=key)
        if self._words and self._silent_ms >= ANSWER_MS:
            self._answer(now)
        elif self._silent_ms >= PATIENCE_MS:
            self._silent_ms = 0.0
            self._speak(self.script.once_more().say, now)
        return SILENT

    def _answer(self, now: float) -> None:
        words, self._words = " ".join(self._words), []
        reply = self.script.reply(words)
        self.side.numbers = self.script.heard_numbers
        if reply.leaves:
            self._leaving = min(self._leaving, now + LEAVES_S)
        if not self._stays and reply.keys in (keys for _, keys in self.side.keyed):
            self._leaving = now  # all is said: what can be done by keys has been done
        elif reply.keys:
            self._keys = reply.keys
            self.side.keyed.append((now, reply.keys))
        self._speak(reply.say, now)

    def _speak(self, text: str, now: float) -> None:
        if text:
            self._text, self._began = text, now
            self._chunks = list(self._sounds[text].chunks(PCMU.samples_in(TICK_MS)))

    def _next(self, now: float) -> Frame:
        frame = self._chunks.pop(0)
        if not self._chunks:
            self.side.turns.append((self._began, now, self._text))
        return frame


class Watcher:
    """An Observer: which engines had the call, how urgent it was, and what its tools did."""

    def __init__(self) -> None:
        self.engines: list[tuple[float, str]] = []
        self.changes: list[tuple[float, str, int]] = []
        """When an engine was left, why, and how urgent the call was."""
        self.results: list[tuple[float, str, bool, str]] = []
        """When which tool answered, whether it could, and the complaint number in its answer."""
        self.dangers: list[float] = []
        self.first_sounds: list[tuple[float, str, bool, float]] = []
        """When an answer was heard, whose, whether after a number, and how many milliseconds after the turn."""
        self.said: list[tuple[float, str]] = []
        self.end: CallEnded | None = None
        self._caller_said = ""

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Look on."""
        if isinstance(event, IntentFinished):
            number = str(event.result.get("complaint_number", ""))
            self.results.append((now, event.name, event.result.get("ok") is True, number))
        for command in commands:
            if isinstance(command, ChangeEngine):
                self.changes.append((now, command.code, command.urgency))
            elif isinstance(command, Report):
                self._reported(now, command.line)

    def _reported(self, now: float, line: object) -> None:
        match line:
            case EngineChanged():
                self.engines.append((now, line.name))
            case HazardHeard():
                self.dangers.append(now)
            case Transcript(who="assistant"):
                self.said.append((now, line.text))
            case Transcript():
                self._caller_said = line.text
            case Latency(stage="first_sound"):
                number = sum(one.isdigit() for one in self._caller_said) > 3
                self.first_sounds.append((now, self.engines[-1][1] if self.engines else "", number, line.ms))
            case CallEnded():
                self.end = line
            case _:
                pass

    def urgency_at(self, moment: float) -> int:
        """How urgent the call was when it left its engine then."""
        return next(urgency for at, _, urgency in self.changes if at >= moment - SAME_S)

    def engine_after(self, moment: float) -> str:
        """Which engine had it next."""
        return next((name for at, name in self.engines if at >= moment - SAME_S), "")


class Captions:
    """Shows a caller the assistant's words."""

    def __init__(self, caller: StormCaller) -> None:
        self._caller = caller

    def saw(self, _now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        """Read along."""
        for command in commands:
            match command:
                case Report(line=Transcript(who="assistant", text=text)):
                    self._caller.read(text)
                case _:
                    pass


class Held(msgspec.Struct):
    """One call that was held."""

    scenario: Scenario
    side: Side
    watcher: Watcher


async def hold(house: House, clock: RehearsalClock, scenario: Scenario, starts: float, until: float = math.inf) -> Held:
    """One call from its first moment to its last."""
    await clock.sleep_until(starts)
    caller, watcher = StormCaller(scenario, sounds(), until=until), Watcher()
    line = Line(clock, caller, PCMU, caller_number=scenario.caller_number)
    opening = house.call(
        line,
        kind="file",
        clock=clock,
        observers=[Captions(caller), watcher],
        seed=scenario.caller_number.encode(),
        caller_number=scenario.caller_number,
    )
    with clock.work():
        ongoing = await opening.__aenter__()
    try:
        await ongoing.hold()
    finally:
        with clock.work():
            await opening.__aexit__(None, None, None)
    return Held(scenario, caller.side, watcher)


def silences(side: Side, since: float, until: float) -> list[tuple[float, float]]:
    """Where sound was due between these moments: when, and how long it took until any was heard.

    An answer is due its usual time after the caller's turn; within what the assistant says, the next
    sound is due at once.
    """
    found = []
    for began, ended, _ in side.turns:
        if since - DUE_S <= ended < until and side.over > ended + DUE_S:
            next_turn = min((one for one, _, _ in side.turns if one > began), default=side.over)
            after = [one for one, last in side.heard if last > ended]
            found.append((ended + DUE_S, max(0.0, min([*after, next_turn, side.over]) - ended - DUE_S)))
    for (_, ended), (began, _) in zip(side.heard, side.heard[1:], strict=False):
        spoke = any(one < began and last > ended for one, last, _ in side.turns)
        if since <= ended < until and not spoke and not any(ended <= at < began for at, _ in side.keyed):
            found.append((ended, began - ended))
    return found
