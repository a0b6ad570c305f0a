"""Calls through engines that fail, on the rehearsal's clock: what the caller hears, and what the store keeps.

A caller who plays known sentences talks with the scripted twin, with the embedded engine behind it,
and answers what was really heard. Everything is judged from the caller's side of the line.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np

from npcl_voice.app import House, open_house
from npcl_voice.audio.frame import PCM_16K, PCMU, Frame
from npcl_voice.audio.level import Hush
from npcl_voice.audio.resample import encode, resample
from npcl_voice.channels.line import SILENT, TICK_MS, Line, Moment
from npcl_voice.config import Call, Realtime, Settings
from npcl_voice.conversation.commands import (
    CallEnded,
    Command,
    EngineChanged,
    HazardHeard,
    Report,
    SendToModel,
    Transcript,
)
from npcl_voice.conversation.context import Context
from npcl_voice.conversation.events import CallAnswered, CallEvent, IntentFinished, ModelJoined, Traits
from npcl_voice.conversation.facts import read_facts
from npcl_voice.conversation.marks import KEYPAD_MARK
from npcl_voice.conversation.outgoing import BRIDGES
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.ports import Clock, Engine
from npcl_voice.realtime.backoff import Breaker
from npcl_voice.realtime.items import InputText, Message
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.rehearsal.effects import at_speech_level
from npcl_voice.rehearsal.script import Reply, Scenario, load_cues, load_scenario
from npcl_voice.rehearsal.script import Script as CallerScript
from npcl_voice.rehearsal.twin import Faults, Script, TwinEngine, load_script
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Capacity
from npcl_voice.speech.lineup import embedded_seats
from npcl_voice.speech.local.engine import LocalDoor
from npcl_voice.speech.local.mouth import Mouth
from npcl_voice.speech.local.server import SESSION_S
from npcl_voice.speech.switch import Seat, Switch

__all__ = ["BRIDGE_WORDS", "Heard", "Joined", "Rehearsal", "Rehearsed", "open_rehearsal", "recordings"]

BEGAN = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
ANSWER_MS = 600
"""Silence of the assistant after which the caller answers."""
TRAITS = Traits(voice="marin", transcriber="twin")
PATIENCE_MS = 12_000
TRIES = 3
CIRCLES = 5
"""So often the same is said in a row."""
DUE_S = Call().answer_due_ms / 1000
"""After the caller's last sound, when an answer is due."""
BRIDGE_WORDS = frozenset(load_phrases("en").say[phrase] for phrase in BRIDGES)
AGAIN = "please repeat that"
MORE = (
    AGAIN,
    "no thank you",
    "yes that is right",
    "no that is wrong",
    "i do not have it",
    "Delta 1",
    "34",
)


def sentences(story: Scenario) -> tuple[str, ...]:
    """All that a caller of that story says."""
    return (story.opening, *story.facts.values(), *MORE)


@cache
def recordings(story: str) -> dict[str, Frame]:
    """Their sound on a telephone line, byte for byte, at the level of speech there."""
    mouth = Mouth(load_scenario(story).voice)
    sounds = {}
    for text in dict.fromkeys(sentences(load_scenario(story))):
        sound = at_speech_level(np.concatenate([mouth.render(sentence) for sentence in mouth.sentences(text)]))
        sounds[text] = encode(resample(sound, PCM_16K.rate_hz, PCMU.rate_hz), PCMU)
    return sounds


class Heard(msgspec.Struct, frozen=True):
    """A stretch of the assistant's sound, as it was heard."""

    began: float
    ended: float


class ReadingCaller:
    """The far end of a line: hears when the assistant speaks, reads what it said, and plays its own sentences."""

    def __init__(self, story: str, dawdles: int = 0) -> None:
        """`dawdles` is how often it wants a question again instead of answering it."""
        self.script = CallerScript(load_scenario(story), load_cues())
        self._dawdles = dawdles
        self.turns: list[tuple[float, float, str]] = []
        """When the caller spoke from and to, and what."""
        self.heard: list[Heard] = []
        self.said: list[tuple[float, str]] = []
        """What the assistant said, when it had been heard."""
        self.understood: list[tuple[float, str]] = []
        """What the assistant made of the caller's words."""
        self.keys: list[str] = []
        self._sounds = recordings(story)
        self._hush = Hush()
        self._words: list[str] = []
        self._chunks: list[Frame] = []
        self._keys = ""
        self._text = ""
        self._began = 0.0
        self._silent_ms = 0.0
        self._tries = 0
        self._leaving: float | None = None

    def saw(self, now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        """Read along."""
        for command in commands:
            if not isinstance(command, Report) or not isinstance(command.line, Transcript):
                continue
            if command.line.who == "assistant":
                self._words.append(command.line.text)
                self.said.append((now, command.line.text))
            else:
                self.understood.append((now, command.line.text))

    def tick(self, heard: Frame, now: float) -> Moment:
        """Listen, and answer when the assistant has finished."""
        loud = self._hush.hear(heard)
        if loud:
            if not self.heard or now - self.heard[-1].ended > 2.5 * TICK_MS / 1000:
                self.heard.append(Heard(now - TICK_MS / 1000, now))
            else:
                self.heard[-1] = Heard(self.heard[-1].began, now)
        self._silent_ms = 0.0 if loud or self._chunks or self._keys else self._silent_ms + TICK_MS
        if self._leaving is not None and now >= self._leaving:
            return Moment(hangs_up=True)
        if self._chunks:
            return self._go_on(now)
        if self._keys:
            key, self._keys = self._keys[0], self._keys[1:]
            return Moment(keys=key)
        if self._words and self._silent_ms >= ANSWER_MS:
            self._answer(" ".join(self._words), now)
        elif self._silent_ms >= PATIENCE_MS:
            self._silent_ms = 0.0
            self._tries += 1
            if self._tries > TRIES:
                return Moment(hangs_up=True)
            self._begin(self.script.once_more().say, now)
        return SILENT

    def _answer(self, words: str, now: float) -> None:
        self._words.clear()
        if self._dawdles and self.script.heard_numbers == [] and self.turns:
            self._dawdles -= 1
            self._begin(AGAIN, now)
            return
        reply = self._reply(words)
        if reply.leaves:
            self._leaving = now + 4.0
        self._keys = reply.keys
        self.keys += [reply.keys] if reply.keys else []
        self._begin(reply.say, now)

    def _reply(self, words: str) -> Reply:
        """What to do about these words; a menu that comes again after all was got, and a talk in circles, are left."""
        reply = self.script.reply(words)
        circles = [text for _, _, text in self.turns[-CIRCLES:]] == [reply.say] * CIRCLES
        return Reply(leaves=True) if circles or (self.script.heard_numbers and reply.cue == "menu") else reply

    def _begin(self, text: str, now: float) -> None:
        if not text:
            return
        self._text, self._began = text, now
        self._chunks = list(self._sounds[text].chunks(PCMU.samples_in(TICK_MS)))

    def _go_on(self, now: float) -> Moment:
        frame = self._chunks.pop(0)
        if not self._chunks:
            self.turns.append((self._began, now, self._text))
        return Moment(frame)


class Joined(msgspec.Struct, frozen=True):
    """An engine that a call went on with."""

    t: float
    engine: str
    known: Context
    """What the call knew just before."""
    told: Context | None
    """What the engine was told of it."""


def told_as_system(commands: Sequence[Command]) -> list[str]:
    """The texts of the system items that an engine is sent."""
    created = [one.event.item for one in commands if isinstance(one, SendToModel) and hasattr(one.event, "item")]
    system = [item for item in created if isinstance(item, Message) and item.role == "system"]
    return [content.text for item in system for content in item.content if isinstance(content, InputText)]


class Facts:
    """An Observer that sees what the next engine is told."""

    def __init__(self, context: Callable[[], Context]) -> None:
        self.engines: list[tuple[float, str, str]] = []
        self.joined: list[Joined] = []
        self.hazard_at: list[float] = []
        self.results: list[tuple[str, dict[str, Any]]] = []
        self.end: CallEnded | None = None
        self.answered_at = 0.0
        self._context = context
        self._known = Context()

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Look on."""
        if isinstance(event, CallAnswered):
            self.answered_at = now
        if isinstance(event, ModelJoined):
            blocks = [read_facts(text) for text in told_as_system(commands)]
            told = next((block for block in blocks if block is not None), None)
            self.joined.append(Joined(now, event.engine, self._known, told))
        self._known = self._context()
        if isinstance(event, IntentFinished):
            self.results.append((event.name, event.result))
        for command in commands:
            if isinstance(command, Report):
                match command.line:
                    case EngineChanged() as line:
                        self.engines.append((now, line.name, line.reason))
                    case HazardHeard():
                        self.hazard_at.append(now)
                    case CallEnded() as line:
                        self.end = line


class Rehearsed(msgspec.Struct, frozen=True):
    """A call that was held, as its caller and the store saw it."""

    caller: Any
    facts: Any
    twin: Any
    outcome: str
    told: tuple[str, ...]
    """Complaint numbers that the caller was told."""
    numbers: tuple[str, ...]
    """Those of the complaints that this call registered."""
    repeats: int
    callbacks: int
    seconds: float
    switch: Switch

    @property
    def rows(self) -> int:
        """How many complaints this call registered."""
        return len(self.numbers)

    def failures(self, engine: str = "openai") -> dict[str, int]:
        """How often an engine failed, by the reason that operators read."""
        counted = self.switch.tally.snapshot()["failures"]
        return {one["reason"]: one["count"] for one in counted if one["engine"] == engine}

    @property
    def engines(self) -> list[str]:
        """The engines that answered, in order."""
        return [name for _, name, _ in self.facts.engines]

    def silences(self) -> list[tuple[float, float, float]]:
        """Where sound was due and did not come: since when, until anything was heard, until the talk went on.

        After each of the caller's turns an answer is due; within what the assistant says, the next sound.
        """
        found = []
        turns = [*self.caller.turns, *self._keyed()]
        for _, ended, _text in turns:
            after = [one for one in self.caller.heard if one.ended > ended]
            if not after:  # nobody has answered
                found.append((ended, float("inf"), float("inf")))
                continue
            going_on = [one for one in after if not self._is_bridge(one)]
            resumed = max(0.0, going_on[0].began - ended) if going_on else float("inf")
            found.append((ended, max(0.0, after[0].began - ended) - DUE_S, resumed - DUE_S))
        for before, after in zip(self.caller.heard, self.caller.heard[1:], strict=False):
            gap = after.began - before.ended
            spoke = any(began < after.began and ended > before.ended for began, ended, _ in turns)
            if gap > 1.0 and not spoke:
                later = [one for one in self.caller.heard if one.began >= after.began and not self._is_bridge(one)]
                resumed = later[0].began - before.ended if later else float("inf")
                found.append((before.ended, gap, resumed))
        return found

    def _keyed(self) -> list[tuple[float, float, str]]:
        """Turns of keys, which end when it is clear that no more come."""
        return [(at, at, text) for at, text in self.caller.understood if text.startswith(KEYPAD_MARK)]

    def _is_bridge(self, heard: Heard) -> bool:
        texts = [text for at, text in self.caller.said if heard.began < at <= heard.ended + 0.1]
        return bool(texts) and all(text in BRIDGE_WORDS for text in texts)

    @property
    def heard_within(self) -> float:
        """The longest wait for any sound, in seconds from when it was due."""
        return max((heard for _, heard, _ in self.silences()), default=0.0)

    @property
    def resumed_within(self) -> float:
        """The longest wait for the talk to go on, in seconds from when sound was due."""
        return max((resumed for _, _, resumed in self.silences()), default=0.0)


class Rehearsal:
    """An open house whose engines fail as each call wants it."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house = house
        self.clock = clock
        self.days = 0
        """Gone by on the wall: one for each call that is over, since a number registers only so many a day."""

    def twin(
        self,
        faults: Faults,
        *,
        name: str = "openai",
        story: str = "outage",
        script: Script | None = None,
        **timing: Any,
    ) -> TwinEngine:
        """A twin that knows a story's sentences, with these faults."""
        found = script or load_script(story)
        found = msgspec.structs.replace(found, timing=msgspec.structs.replace(found.timing, **timing), voice="cheap")
        ready_s = Call().engine_ready_ms / 1000  # as long as our own connection waits
        return TwinEngine(name, found, faults, self.clock, recordings(story), open_s=ready_s)

    def row(
        self,
        *remote: Engine,
        seed: int = 0,
        own: Callable[[Engine], Engine] = lambda engine: engine,
        places: Capacity | None = None,
        budget: Budget | None = None,
    ) -> Switch:
        """These remote engines in their order, then the embedded one and the recorded voice.

        `own` puts something around either of the last two; `places` are the embedded engine's, `budget` is
        the first one's.
        """
        chance, engine = Random(seed).random, self.house.engine
        local = own(LocalDoor(engine, self.clock, lambda: "sess_local", lambda: SESSION_S))
        recorded = own(engine.recorded(self.clock, lambda: "sess_recorded", lambda: SESSION_S))
        budgets = (budget, *[None] * len(remote))
        seats = [
            Seat(one, TRAITS, f"number {at}", Breaker(chance), money)
            for at, (one, money) in enumerate(zip(remote, budgets, strict=False), start=1)
        ]
        behind = embedded_seats(local, recorded, places or engine.places, "embedded", chance)
        return Switch([*seats, *behind], chance=chance, wait_s=Realtime().realtime_wait_s)

    async def call(
        self,
        faults: Faults,
        *,
        story: str = "outage",
        script: Script | None = None,
        seed: int = 0,
        before: Callable[[Switch, TwinEngine], None] = lambda _switch, _twin: None,
        first: Callable[[Engine], Engine] = lambda twin: twin,
        second: Engine | None = None,
        own: Callable[[Engine], Engine] = lambda engine: engine,
        places: Capacity | None = None,
        budget: Budget | None = None,
        dawdles: int = 0,
        **timing: Any,
    ) -> Rehearsed:
        """Hold one call through a twin with these faults.

        `first` puts something around the twin, `second` stands behind it; the rest is as in `row` and `hold`.
        """
        twin = self.twin(faults, story=story, script=script, **timing)
        remote = [first(twin)] if second is None else [first(twin), second]
        switch = self.row(*remote, seed=seed, own=own, places=places, budget=budget)
        before(switch, twin)
        return await self.hold(switch, twin, story=story, seed=seed, dawdles=dawdles)

    async def together(self, switch: Switch, twin: TwinEngine, stories: Sequence[str]) -> list[Rehearsed]:
        """Hold calls at one time; each counts the rows of all."""
        return await asyncio.gather(*(self.hold(switch, twin, story=story) for story in stories))

    async def hold(
        self, switch: Switch, twin: TwinEngine, *, story: str = "outage", seed: int = 0, dawdles: int = 0
    ) -> Rehearsed:
        """Hold one call with these engines; the caller wants so many things said again before the story goes on."""
        self.house.switch = switch
        caller = ReadingCaller(story, dawdles)
        context: list[Callable[[], Context]] = []
        facts = Facts(lambda: context[0]())
        line = Line(self.clock, caller, PCMU, caller_number=load_scenario(story).caller_number)
        records = self.house.store.records
        with self.clock.work():
            known = {one.complaint_number: one.repeats for one in await records.complaints()}
            booked = len(await records.callbacks())
        began = self.clock.now()
        opening = self.house.call(
            line, kind="file", clock=self.clock, observers=[caller, facts], seed=f"rehearsal {seed}".encode()
        )
        with self.clock.work():
            ongoing = await opening.__aenter__()
        context.append(lambda: ongoing.conversation.context)
        try:
            await ongoing.hold()
        finally:
            with self.clock.work():
                await opening.__aexit__(None, None, None)
        with self.clock.work():
            after = await records.complaints()
            fresh = [one for one in after if one.complaint_number not in known]
            repeats = sum(one.repeats - known.get(one.complaint_number, 0) for one in after)
            callbacks = len(await records.callbacks()) - booked
            for one in (one for one in fresh if one.is_open()):
                await records.close_complaint(one.complaint_number)
        self.days += 1
        assert facts.end is not None
        told = tuple(caller.script.heard_numbers)
        numbers = tuple(one.complaint_number for one in fresh)
        seconds = self.clock.now() - began
        return Rehearsed(caller, facts, twin, facts.end.outcome, told, numbers, repeats, callbacks, seconds, switch)


@asynccontextmanager
async def open_rehearsal(folder: Path) -> AsyncIterator[Rehearsal]:
    """The house on a rehearsal's clock, with a store of its own and the real embedded engine."""
    clock = RehearsalClock()
    settings = Settings.from_mapping(
        {"NPCL_DATA_DIR": str(folder), "NPCL_SECRET_KEY": "only-for-tests-0123456789", "NPCL_LOCAL_CAPACITY": "8"}
    )
    began = clock.now()
    rehearsal: Rehearsal | None = None

    def wall() -> datetime:
        days = 0 if rehearsal is None else rehearsal.days
        return BEGAN + timedelta(days=days, seconds=clock.now() - began)

    opening = open_house(settings, wall, clock=clock, inline=True)
    with clock.work():
        house = await opening.__aenter__()
    rehearsal = Rehearsal(house, clock)
    try:
        yield rehearsal
    finally:
        with clock.work():
            await opening.__aexit__(None, None, None)
        await asyncio.sleep(0)
