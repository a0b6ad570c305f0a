"""Calls that are measured to the sample: a caller who speaks by a plan, and both sides of the line kept.

Everything is read from the far end of the line. The engine's voice is noise of which no sample is silent,
so that each sample that was heard can be told from the others, and from the silence of a pause.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count, pairwise
from random import Random
from typing import Any, Literal

import msgspec
import numpy as np

from npcl_voice.audio.frame import PCM_16K, PCMU, Format, Frame
from npcl_voice.audio.resample import encode, resample
from npcl_voice.channels.line import SILENT, TICK_MS, Line, Moment
from npcl_voice.conversation.commands import Command, EngineChanged, Report, ReportLine, Transcript
from npcl_voice.conversation.context import Line as Words
from npcl_voice.conversation.events import CallEvent, Traits
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.ports import Engine
from npcl_voice.realtime.backoff import Breaker
from npcl_voice.rehearsal.effects import at_speech_level
from npcl_voice.rehearsal.twin import Faults, Script, TwinEngine
from npcl_voice.rehearsal.twin.voice import LETTER_MS, Sentence
from npcl_voice.speech.lineup import embedded_seats
from npcl_voice.speech.local.engine import LocalDoor
from npcl_voice.speech.local.mouth import Mouth
from npcl_voice.speech.local.server import SESSION_S
from npcl_voice.speech.switch import Seat, Switch
from tests.e2e.failing import Rehearsal

__all__ = [
    "PHRASES",
    "Call",
    "NoiseVoice",
    "Piece",
    "PlannedCaller",
    "Step",
    "caller_sounds",
    "engine_of",
    "hold",
    "words_in",
]

SILENCE = PCMU.silent_byte[0]
LOUD = 300
"""Samples of the caller's that are weaker are the silence around its words."""
LEAVES_MS = 2_500
"""Silence after which a caller with nothing more to say hangs up."""
PAUSE_MS = 300
"""Silence after which the assistant's voice begins anew."""
SHORTEST = 24
"""Samples by which a sound is known at least."""


@cache
def caller_sounds(texts: tuple[str, ...]) -> dict[str, Frame]:
    """Sentences as a caller speaks them on the telephone, without any silence before and behind."""
    mouth, sounds = Mouth("slt"), {}
    for text in texts:
        wide = at_speech_level(np.concatenate([mouth.render(sentence) for sentence in mouth.sentences(text)]))
        narrow = resample(wide, PCM_16K.rate_hz, PCMU.rate_hz)
        loud = np.flatnonzero(np.abs(narrow) >= LOUD)
        sounds[text] = encode(narrow[loud[0] : loud[-1] + 1], PCMU)
    return sounds


class NoiseVoice:
    """A twin's voice whose every sample is sound, and another one for each text."""

    def __init__(self) -> None:
        self.spoken: dict[str, bytes] = {}

    def speak(self, text: str, format: Format) -> list[Sentence]:
        """As long as the words would take."""
        if not text.strip():
            return []
        dice = np.random.default_rng(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))
        sound = dice.integers(0, SILENCE // 2, len(text) * format.samples_in(LETTER_MS), np.uint8).tobytes()
        self.spoken[text] = sound
        return [Sentence(text, sound)]


def words_in(text: str, ms: float) -> int:
    """How many of a text's words the noise voice has begun after so much of its sound."""
    begun = text[: int(np.ceil(ms / LETTER_MS))]
    return len(begun.split())


class Step(msgspec.Struct, frozen=True):
    """What the caller says, and when it begins."""

    say: str
    after: Literal["answer", "silence", "voice"] = "silence"
    """Since the line was answered; since the assistant fell silent; since the assistant began to speak."""
    ms: float = 600


class PlannedCaller:
    """The far end of a line: speaks by its plan, and keeps both sides, sample by sample, from the same moment on."""

    def __init__(self, plan: Sequence[Step], sounds: Mapping[str, Frame], *, stays_ms: float | None = None) -> None:
        """After its last words it stays for `stays_ms`, or until it has heard all that there is to be heard."""
        self.heard = bytearray()
        self.spoken = bytearray()
        self.turns: list[tuple[str, float, float]] = []
        """What was said, and its first and last sound in milliseconds of the line."""
        self._plan = list(plan)
        self._sounds = sounds
        self._rest: Frame = PCMU.silence(0)
        self._stays_ms = stays_ms
        self._quiet_ms = self._voice_ms = self._idle_ms = 0.0
        self._something = False

    def tick(self, heard: Frame, now: float) -> Moment:
        """Hear one tick, and go on with the plan."""
        loud = heard.data.count(SILENCE) < len(heard.data)
        self.heard += heard.data
        self._quiet_ms = 0.0 if loud else self._quiet_ms + TICK_MS
        self._voice_ms = self._voice_ms + TICK_MS if self._quiet_ms < PAUSE_MS else 0.0
        self._idle_ms += TICK_MS
        self._something |= loud
        if not self._rest.samples and self._plan and self._is_time(self._plan[0]):
            step = self._plan.pop(0)
            self._rest = self._sounds[step.say]
            began = PCMU.ms_of(len(self.spoken))
            self.turns.append((step.say, began, began + self._rest.ms))
            self._something, self._voice_ms = False, 0.0
        part, self._rest = self._rest.split(min(self._rest.samples, PCMU.samples_in(TICK_MS)))
        self.spoken += part.data + bytes([SILENCE]) * (PCMU.samples_in(TICK_MS) - part.samples)
        if part.samples:
            self._idle_ms = 0.0
            return Moment(part)
        return Moment(hangs_up=True) if not self._plan and self._has_heard_all() else SILENT

    def _has_heard_all(self) -> bool:
        if self._stays_ms is not None:
            return self._idle_ms >= self._stays_ms
        return min(self._quiet_ms, self._idle_ms) >= LEAVES_MS

    def _is_time(self, step: Step) -> bool:
        match step.after:
            case "answer":
                return PCMU.ms_of(len(self.spoken)) >= step.ms
            case "voice":
                return self._something and self._voice_ms >= step.ms
            case "silence":
                return self._something and min(self._quiet_ms, self._idle_ms) >= step.ms


class Piece(msgspec.Struct, frozen=True):
    """A stretch of one known sound, without a gap, as it came out of the line."""

    name: str
    """The text, or the name of a phrase of our own."""
    begins: int
    """In samples of the sound that are not silent."""
    ends: int
    from_ms: float
    to_ms: float
    whole: int
    """All the sound's samples that are not silent."""


class Reports:
    """An Observer that keeps what is reported."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, ReportLine]] = []

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Look on."""
        self.lines += [(now, command.line) for command in commands if isinstance(command, Report)]


class Call(msgspec.Struct, frozen=True):
    """A call that was held, from the far end of its line."""

    caller: PlannedCaller
    reports: Reports
    pieces: tuple[Piece, ...]
    """All that was heard, in order."""
    engines: tuple[TwinEngine, ...]
    began: float
    """The call's clock at the line's first sample."""

    def of(self, name: str) -> list[Piece]:
        """The stretches of one sound."""
        return [piece for piece in self.pieces if piece.name == name]

    def lines(self, kind: type[Any]) -> list[Any]:
        """The report lines of a kind."""
        return [line for _, line in self.reports.lines if isinstance(line, kind)]

    def caller_s_words(self) -> list[Transcript]:
        """What was made of the caller's words."""
        return [line for line in self.lines(Transcript) if line.who == "caller"]

    def engine_names(self) -> list[str]:
        """Who answered, in order."""
        return [line.name for line in self.lines(EngineChanged)]

    def heard_once(self, name: str) -> bool:
        """Whether all of a sound was heard, in order, with nothing skipped or said twice."""
        at = 0
        for piece in self.of(name):
            if piece.begins != at:
                return False
            at = piece.ends
        return bool(self.of(name)) and at == self.of(name)[0].whole


def engine_of(
    rehearsal: Rehearsal,
    script: Script,
    sounds: Mapping[str, Frame],
    voice: NoiseVoice,
    *,
    faults: Faults | None = None,
    name: str = "openai",
    **timing: float,
) -> TwinEngine:
    """A twin with this script and these times."""
    timed = msgspec.structs.replace(script, timing=msgspec.structs.replace(script.timing, **timing))
    return TwinEngine(name, timed, faults or Faults(), rehearsal.clock, sounds, voice=voice)


async def hold(
    rehearsal: Rehearsal,
    plan: Sequence[Step],
    engines: Sequence[Engine],
    voice: NoiseVoice,
    sounds: Mapping[str, Frame],
    *,
    hold_first_sound_ms: int | None = None,
    stays_ms: float | None = None,
) -> Call:
    """Hold a call by this plan with these engines, the embedded one behind them."""
    house, clock, chance = rehearsal.house, rehearsal.clock, Random(0).random
    local = LocalDoor(house.engine, clock, lambda: "sess_local", lambda: SESSION_S)
    recorded = house.engine.recorded(clock, lambda: "sess_recorded", lambda: SESSION_S)
    traits = Traits(voice="marin", transcriber="twin")
    house.switch = Switch(
        [
            *(Seat(engine, traits, "as planned", Breaker(chance)) for engine in engines),
            *embedded_seats(local, recorded, house.engine.places, "embedded", chance),
        ],
        chance=chance,
        wait_s=4.0,
    )
    settings = house.settings
    if hold_first_sound_ms is not None:
        turns = msgspec.structs.replace(settings.turns, hold_first_sound_ms=hold_first_sound_ms)
        house.settings = msgspec.structs.replace(settings, turns=turns)
    caller, reports, began = PlannedCaller(plan, sounds, stays_ms=stays_ms), Reports(), clock.now()
    opening = house.call(
        Line(clock, caller, PCMU),
        kind="file",
        clock=clock,
        observers=[reports],
        seed=f"measured {next(CALLS)}".encode(),
    )
    with clock.work():
        ongoing = await opening.__aenter__()
        phrases = await _phrases(rehearsal)
    try:
        await ongoing.hold()
    finally:
        house.settings = settings
        with clock.work():
            await opening.__aexit__(None, None, None)
    pieces = tuple(_heard(bytes(caller.heard), {**phrases, **voice.spoken}))
    return Call(caller, reports, pieces, tuple(one for one in engines if isinstance(one, TwinEngine)), began)


CALLS = count()
PHRASES: dict[str, bytes] = {}


async def _phrases(rehearsal: Rehearsal) -> dict[str, bytes]:
    """What our own voice may say in a call, by the phrase's name."""
    if not PHRASES:
        words = load_phrases("en", rehearsal.house.company)
        for name in words.say:
            if words.gaps(name) <= words.values.keys():
                assert words.render(Words(name))
                said = rehearsal.house.engine.say(name, {}, "en", PCMU)
                PHRASES[name] = b"".join([frame.data async for _, frame in said])
    return PHRASES


class _Known(msgspec.Struct, frozen=True):
    """A sound without its silent samples, and where the others stand in it."""

    name: str
    data: bytes
    places: Any


def _known(name: str, data: bytes) -> _Known:
    places = np.flatnonzero(np.frombuffer(data, np.uint8) != SILENCE)
    return _Known(name, np.frombuffer(data, np.uint8)[places].tobytes(), places)


def _heard(stream: bytes, sounds: Mapping[str, bytes]) -> Iterator[Piece]:
    """The stretches of known sounds in what was heard; whatever else is in it is called `?`."""
    known = [_known(name, data) for name, data in sounds.items()]
    whole = _known("?", stream)
    reached: dict[str, int] = {}
    at = 0
    while at < len(whole.data):
        found, begins, size = _whose(whole.data[at:], known, reached)
        if found is None:
            later = [whole.data.find(one.data[:SHORTEST], at + 1) for one in known]
            size = min((place for place in later if place > 0), default=len(whole.data)) - at
            yield Piece("?", 0, size, *_span(whole, at, size), size)
        else:
            heard, meant = np.diff(whole.places[at : at + size]), np.diff(found.places[begins : begins + size])
            stops = [0, *(int(stop) + 1 for stop in np.flatnonzero(heard != meant)), size]
            for first, last in pairwise(stops):
                times = _span(whole, at + first, last - first)
                yield Piece(found.name, begins + first, begins + last, *times, len(found.data))
            reached[found.name] = begins + size
        at += size


def _span(whole: _Known, at: int, size: int) -> tuple[float, float]:
    return PCMU.ms_of(int(whole.places[at])), PCMU.ms_of(int(whole.places[at + size - 1]) + 1)


def _whose(sound: bytes, known: Sequence[_Known], reached: Mapping[str, int]) -> tuple[_Known | None, int, int]:
    """The sound that goes on here or begins, from which of its samples, and for how many."""
    starts = [(one, at) for one in known for at in {0, reached.get(one.name, 0)} if at < len(one.data)]
    found = max(starts, key=lambda start: (_same(sound, start[0].data[start[1] :]), start[1]))
    size = _same(sound, found[0].data[found[1] :])
    return (None, 0, 0) if size < SHORTEST else (*found, size)


def _same(one: bytes, other: bytes) -> int:
    """How far both are the same."""
    size = min(len(one), len(other))
    differs = np.flatnonzero(np.frombuffer(one[:size], np.uint8) != np.frombuffer(other[:size], np.uint8))
    return int(differs[0]) if differs.size else size
