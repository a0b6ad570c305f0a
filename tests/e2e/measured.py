"""What is measured of calls with a remote engine: danger, speech over our voice, first sound, greeting.

The calls run on the rehearsal's clock with the scripted twin, so each figure comes out the same each time.
`tests/bench/remote.py` prints them as tables, and the tests beside this file hold those that must hold.
"""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from npcl_voice.audio.frame import PCMU, Frame
from npcl_voice.channels.line import Line
from npcl_voice.conversation.events import CallerAudio
from npcl_voice.conversation.session import session_for
from npcl_voice.ports import Engine
from npcl_voice.realtime import events as e
from npcl_voice.rehearsal.twin import Faults, TwinEngine
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.script import parse_script
from tests.e2e.failing import Rehearsal
from tests.e2e.measuring import (
    PHRASES,
    Call,
    NoiseVoice,
    PlannedCaller,
    Step,
    caller_sounds,
    engine_of,
    hold,
    words_in,
)

__all__ = [
    "ANSWER",
    "BACK_CHANNELS",
    "DANGERS",
    "HARMLESS",
    "MORE",
    "PROBE_MS",
    "Danger",
    "Interruption",
    "Murmur",
    "danger_at_once",
    "danger_in_a_gap",
    "danger_over_our_voice",
    "first_sound",
    "first_sound_of_the_server_s_own",
    "greeting",
    "interruption",
    "murmur",
    "speech_over_safety_words",
]

ANSWER = "Thank you for calling us, let me see at once what I can do for you about all of that, it takes a moment."
SCRIPT = parse_script(
    f"""
title = "A model that speaks at once, whatever it hears"
opening = "How may I help you?"
otherwise = "{ANSWER}"
unheard = "I am sorry, I did not hear that."
waiting = "One moment, please."

[[reply]]
hears = ["goodbye"]
say = "Goodbye."
""",
    "the talkative twin",
)

DANGERS = {
    "a wire has fallen on the road": "safety_wire_down",
    "the transformer is on fire": "safety_fire",
    "my son got an electric shock": "safety_shock",
}
BACK_CHANNELS = ("hmm", "okay", "haan ji")
HARMLESS = "my power is out"
MORE = "no that is not what i meant"
PROBE_MS = 4_000
"""How long a caller stays who wants to hear no more than how the answer begins."""
ALL = (*DANGERS, *BACK_CHANNELS, HARMLESS, MORE)


class Danger(msgspec.Struct, frozen=True):
    """How a call went in which danger was spoken of."""

    call: Call
    wait_ms: float
    """From the end of the sentence to the first safety word."""
    words: int
    """Words of the engine's that were heard between them."""
    bridges: int
    """Requests for patience that were heard between them."""
    whole: bool
    """Whether all safety words were heard, once, in order."""


def _twin(rehearsal: Rehearsal, voice: NoiseVoice, **how: Any) -> TwinEngine:
    return engine_of(rehearsal, SCRIPT, caller_sounds(ALL), voice, **how)


async def _held(
    rehearsal: Rehearsal, plan: Sequence[Step], engines: Sequence[Engine], voice: NoiseVoice, **how: Any
) -> Call:
    return await hold(rehearsal, plan, engines, voice, caller_sounds(ALL), **how)


def _danger(call: Call, text: str) -> Danger:
    ended = next(to_ms for said, _, to_ms in call.caller.turns if said == text)
    safety = call.of(DANGERS[text])
    between = [one for one in call.pieces if ended < one.to_ms <= safety[0].from_ms]
    words = 0
    for one in between:
        if one.name not in PHRASES:
            before = one.begins if one.from_ms >= ended else one.ends - PCMU.samples_in(one.to_ms - ended)
            words += words_in(one.name, PCMU.ms_of(one.ends)) - words_in(one.name, PCMU.ms_of(before))
    bridges = sum(one.name.startswith("bridge") and one.begins == 0 for one in between)
    return Danger(call, safety[0].from_ms - ended, words, bridges, call.heard_once(DANGERS[text]))


async def danger_at_once(rehearsal: Rehearsal, text: str, *, stays_ms: float | None = None, **timing: float) -> Danger:
    """The caller answers the greeting with it."""
    voice = NoiseVoice()
    engine = _twin(rehearsal, voice, **timing)
    return _danger(await _held(rehearsal, [Step(text)], [engine], voice, stays_ms=stays_ms), text)


async def danger_over_our_voice(
    rehearsal: Rehearsal, text: str, into_ms: float, *, stays_ms: float | None = None, **timing: float
) -> Danger:
    """The caller speaks of it while the engine answers something else."""
    voice = NoiseVoice()
    engine = _twin(rehearsal, voice, **timing)
    plan = [Step(HARMLESS), Step(text, "voice", into_ms)]
    return _danger(await _held(rehearsal, plan, [engine], voice, stays_ms=stays_ms), text)


async def danger_in_a_gap(
    rehearsal: Rehearsal, text: str, cut_ms: float, *, stays_ms: float | None = None, **timing: float
) -> Danger:
    """The first engine is cut off so long after the sentence began (before it, if below zero); another follows."""
    voice = NoiseVoice()
    probe = await danger_at_once(rehearsal, text, stays_ms=PROBE_MS, **timing)
    began = probe.call.caller.turns[0][1] / 1000 + probe.call.began
    joined = probe.call.engines[0].sessions[0].began
    dies = f.DieAfter(ms=(began - joined) * 1000 + cut_ms, session=1)
    faults = Faults(connect=(dies, f.Refuse()))
    first = _twin(rehearsal, voice, faults=faults, **timing)
    second = _twin(rehearsal, voice, name="second", **timing)
    return _danger(await _held(rehearsal, [Step(text)], [first, second], voice, stays_ms=stays_ms), text)


async def speech_over_safety_words(rehearsal: Rehearsal, text: str, more: Sequence[Step], **timing: float) -> Danger:
    """The caller goes on speaking over them."""
    voice = NoiseVoice()
    engine = _twin(rehearsal, voice, **timing)
    return _danger(await _held(rehearsal, [Step(text), *more], [engine], voice), text)


class Interruption(msgspec.Struct, frozen=True):
    """A caller who spoke over the engine's answer."""

    call: Call
    pause_ms: float
    """From the caller's first sound to the last of ours."""
    told_ms: int
    """What the engine was told that was heard of its answer."""
    heard_ms: float
    """What came out of the line of it."""


async def interruption(rehearsal: Rehearsal, into_ms: float, **timing: float) -> Interruption:
    """The caller speaks up so long into the answer, and means it."""
    voice = NoiseVoice()
    engine = _twin(rehearsal, voice, **timing)
    call = await hold(
        rehearsal,
        [Step(HARMLESS), Step(MORE, "voice", into_ms)],
        [engine],
        voice,
        caller_sounds(ALL),
        stays_ms=PROBE_MS,
    )
    _, began, _ = call.caller.turns[1]
    cut = call.of(ANSWER)[0]
    [told] = [one.what for one in engine.sessions[0].received() if isinstance(one.what, e.ConversationItemTruncate)]
    return Interruption(call, cut.to_ms - began, told.audio_end_ms, PCMU.ms_of(cut.ends))


class Murmur(msgspec.Struct, frozen=True):
    """A caller who murmured over the engine's answer."""

    call: Call
    silent_ms: float
    """How long our voice paused for it."""
    whole: bool
    """Whether all of the answer was heard, once, in order."""
    pauses: int


async def murmur(rehearsal: Rehearsal, text: str, into_ms: float, **timing: float) -> Murmur:
    """The caller says a back-channel so long into the answer."""
    voice = NoiseVoice()
    engine = _twin(rehearsal, voice, **timing)
    call = await _held(rehearsal, [Step(HARMLESS), Step(text, "voice", into_ms)], [engine], voice)
    said = call.of(ANSWER)
    silent = sum(after.from_ms - before.to_ms for before, after in pairwise(said))
    return Murmur(call, silent, call.heard_once(ANSWER), len(said) - 1)


async def first_sound(
    rehearsal: Rehearsal, after_ms: float, *, hold_first_sound_ms: int | None = None, **timing: float
) -> float:
    """Milliseconds from the end of the caller's speech, which began so long after ours, to the answer's first sound."""
    voice = NoiseVoice()
    engine = _twin(rehearsal, voice, **timing)
    plan = [Step(HARMLESS, ms=after_ms)]
    call = await hold(
        rehearsal, plan, [engine], voice, caller_sounds(ALL), hold_first_sound_ms=hold_first_sound_ms, stays_ms=PROBE_MS
    )
    return call.of(ANSWER)[0].from_ms - call.caller.turns[0][2]


async def first_sound_of_the_server_s_own(
    rehearsal: Rehearsal, after_ms: float, silence_ms: int, **timing: float
) -> float:
    """The same where the server creates the answer, and a client plays what comes as it comes."""
    voice = NoiseVoice()
    engine = _twin(rehearsal, voice, **timing)
    caller = PlannedCaller([Step(HARMLESS, "answer", after_ms)], caller_sounds(ALL), stays_ms=PROBE_MS)
    line = Line(rehearsal.clock, caller, PCMU)
    turns = msgspec.structs.replace(rehearsal.house.settings.turns, silence_ms_any=silence_ms)
    asked = session_for(PCMU, voice=True, turns=turns, tools=(), instructions="", language="en")
    heard = asked.audio.input
    own = msgspec.structs.replace(heard.turn_detection, create_response=True)
    audio = msgspec.structs.replace(asked.audio, input=msgspec.structs.replace(heard, turn_detection=own))
    session = await engine.open("")
    session.send(e.SessionUpdate(session=msgspec.structs.replace(asked, audio=audio)))

    async def play() -> None:
        async for event in session.events():
            if isinstance(event, e.ResponseOutputAudioDelta):
                line.play(Frame(event.delta, PCMU))

    playing = asyncio.get_running_loop().create_task(play())
    async for event in line.events():
        if isinstance(event, CallerAudio):
            session.send(e.InputAudioBufferAppend(audio=event.frame.data))
    playing.cancel()
    await session.close()
    at = len(caller.heard) - len(bytes(caller.heard).lstrip(PCMU.silent_byte))
    return PCMU.ms_of(at) - caller.turns[0][2]


class SlowEngine:
    """An engine that takes its time to open a session."""

    embedded = False

    def __init__(self, inner: Engine, rehearsal: Rehearsal, slow_ms: float) -> None:
        self.name = inner.name
        self._inner = inner
        self._clock = rehearsal.clock
        self._slow_ms = slow_ms

    async def open(self, caller: str):  # type: ignore[no-untyped-def]
        """A session, later."""
        await self._clock.sleep_until(self._clock.now() + self._slow_ms / 1000)
        return await self._inner.open(caller)


class Greeted(msgspec.Struct, frozen=True):
    """A call whose caller may have spoken while no engine listened."""

    call: Call
    first_ms: float
    """From the answer to the first sound of the greeting."""
    understood: tuple[str, ...]
    """What was made of the caller's words."""
    answered_ms: float
    """From the end of the caller's first words to the engine's answer; below zero where there was none."""
    answers: int
    """How often the engine's answer was heard."""
    engines: tuple[str, ...]
    """Who answered the call, in order."""


async def greeting(
    rehearsal: Rehearsal, plan: Sequence[Step], *, slow_ms: float = 0, faults: Faults | None = None, **timing: float
) -> Greeted:
    """The engine opens slowly, or not at all, and another one stands behind it."""
    voice = NoiseVoice()
    first = _twin(rehearsal, voice, faults=faults, **timing)
    second = _twin(rehearsal, voice, name="second", **timing)
    engines = [SlowEngine(first, rehearsal, slow_ms), second]
    call = await _held(rehearsal, plan, engines, voice)
    understood = tuple(one.text for one in call.caller_s_words())
    ended = call.caller.turns[0][2] if call.caller.turns else 0.0
    answers = [one.from_ms for one in call.of(ANSWER) if one.begins == 0]
    waited = answers[0] - ended if answers else -1.0
    return Greeted(call, call.of("greeting")[0].from_ms, understood, waited, len(answers), tuple(call.engine_names()))
