"""A client of the twin, as the product is one: our own session state, our own turns, tools that answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import msgspec
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from npcl_voice.audio.frame import PCMU, Format, Frame
from npcl_voice.config import Turns
from npcl_voice.conversation.session import session_for
from npcl_voice.errors import NpclVoiceError
from npcl_voice.intents import INTENTS
from npcl_voice.ports import Engine, Speech
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.codec import encode
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.rehearsal.twin import Faults, TwinEngine, load_script, spoken

STRICT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
NUMBER = "2000000001"
COMPLAINT = "000054321"
OUTAGE = "My power is out."
TELLS = "My number is 2000000001."
YES = "Yes, that is right."
BYE = "No, thank you. Goodbye."
SENTENCES = (OUTAGE, TELLS, YES, BYE)
TICK_MS = 20


@cache
def recordings(line: Format = PCMU) -> dict[str, Frame]:
    """What the callers of these tests say."""
    return spoken(SENTENCES, line)


def twin(faults: Faults | None = None, script: str = "outage", line: Format = PCMU, **timing: float) -> TwinEngine:
    """A twin on the rehearsal's clock, whose script may go at another pace."""
    found = load_script(script)
    found = msgspec.structs.replace(found, timing=msgspec.structs.replace(found.timing, **timing))
    return TwinEngine("openai", found, faults or Faults(), RehearsalClock(), recordings(line))


def answer(name: str, _arguments: str) -> dict[str, Any]:
    """What the tools of these tests return."""
    return {"ok": True, "complaint_number": COMPLAINT, "status": "registered"} if name == "no_supply" else {"ok": True}


class Talk:
    """One session, and what came of it at the client."""

    def __init__(self, speech: Speech, line: Format) -> None:
        self.speech = speech
        self.line = line
        self.clock = RehearsalClock()
        self.client = ClientSession("t")
        self.events: list[tuple[float, e.ServerEvent]] = []
        self.happened: list[h.Happening] = []
        self.tools: list[tuple[str, str]] = []
        self.failure: Exception | None = None
        self.tool: Callable[[str, str], dict[str, Any]] = answer
        self._came = asyncio.Event()

    async def read(self) -> None:
        """Read to the end of the session."""
        try:
            async for event in self.speech.events():
                if not isinstance(event, e.RawEvent):
                    STRICT.validate_python(msgspec.json.decode(encode(event)))
                self.events.append((self.clock.now(), event))
                happened, answers = self.client.receive(event)
                self.ask(answers)
                self.happened += happened
                self._came.set()
        except NpclVoiceError as failure:
            self.failure = failure
        finally:
            self._came.set()

    def ask(self, events: Iterable[e.ClientEvent]) -> None:
        """The client sends."""
        for event in events:
            self.speech.send(event)

    async def until(self, *kinds: type[Any], since: int = 0) -> Any:
        """The first happening of these kinds from a place in the list on; None when the session has ended."""
        while True:
            for one in self.happened[since:]:
                if isinstance(one, kinds):
                    return one
            if self.failure is not None:
                return None
            self._came.clear()
            await self._came.wait()

    async def play(self, frame: Frame) -> None:
        """Send sound as fast as it is spoken."""
        for piece in frame.chunks(self.line.samples_in(TICK_MS)):
            self.ask(self.client.append(piece.data))
            await self.clock.sleep_until(self.clock.now() + piece.ms / 1000)

    async def say(self, text: str) -> Any:
        """Say a sentence with silence after it; what was heard of it."""
        since = len(self.happened)
        await self.play(recordings(self.line)[text])
        await self.play(self.line.silence(self.line.samples_in(1_000)))
        return await self.until(h.Heard, h.HeardNothing, since=since)

    async def get_answer(self) -> str:
        """Ask for an answer, run the tools it asks for, and so on; all its words."""
        since = len(self.happened)
        while True:
            start = len(self.happened)
            self.ask(self.client.request_response())
            ended = await self.until(h.ResponseEnded, since=start)
            called = [one for one in self.happened[start:] if isinstance(one, h.ToolCalled)]
            for call in called:
                self.tools.append((call.name, call.arguments))
                output = msgspec.json.encode(self.tool(call.name, call.arguments)).decode()
                self.ask(self.client.tool_output(call.call_id, output))
            if ended is None or not called or called[-1].name == "bye":
                break
        return "".join(one.delta for one in self.happened[since:] if isinstance(one, h.AssistantText))

    def names(self) -> list[str]:
        """The names of all that came."""
        return [one.name if isinstance(one, e.RawEvent) else str(one.__struct_config__.tag) for _, one in self.events]

    def of(self, kind: type[Any]) -> list[Any]:
        """All that came, and all that happened, of a kind."""
        return [one for one in [*(event for _, event in self.events), *self.happened] if isinstance(one, kind)]


@asynccontextmanager
async def talking(engine: Engine, line: Format = PCMU, *, ready: bool = True) -> AsyncIterator[Talk]:
    """A session that has taken our settings; afterwards it is closed, and leaves no task behind."""
    talk = Talk(await engine.open("caller"), line)
    reader = asyncio.create_task(talk.read())
    tools = tuple(intent.tool() for intent in INTENTS.values())
    settings = session_for(line, voice=True, turns=Turns(), tools=tools, instructions="", language="en")
    talk.ask(talk.client.configure(settings))
    if ready:
        await talk.until(h.SessionReady)
    try:
        yield talk
    finally:
        await talk.speech.close()
        await talk.speech.close()
        await reader
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def whole_call(talk: Talk) -> list[str]:
    """A caller reports an outage, confirms a number, and leaves."""
    said = []
    for text in SENTENCES:
        await talk.say(text)
        said.append(await talk.get_answer())
    return said
