"""One session with the twin: the protocol of `realtime/server.py`, scripted words, known sound.

Nothing here fails: what breaks is put between this session and its client, in `faulty.py`.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any, get_args

import msgspec

from npcl_voice.audio.frame import PCM_24K, PCMA, PCMU, Format
from npcl_voice.errors import NpclVoiceError, RemoteProtocolError
from npcl_voice.ports import Clock
from npcl_voice.realtime import orders
from npcl_voice.realtime.events import ClientEvent, ServerEvent
from npcl_voice.realtime.items import InputAudio, InputText, Item, Message
from npcl_voice.realtime.recent import Recent
from npcl_voice.realtime.responses import ResponseError
from npcl_voice.realtime.server import ServerSession
from npcl_voice.realtime.session import AudioFormat, Pcma, Pcmu, SessionConfig
from npcl_voice.rehearsal.twin.answering import Answer, answer
from npcl_voice.rehearsal.twin.ears import TwinBegan, TwinEars
from npcl_voice.rehearsal.twin.recordings import Recordings
from npcl_voice.rehearsal.twin.script import Script
from npcl_voice.rehearsal.twin.voice import TwinVoice, timed_words

__all__ = ["ScriptedSession"]

ORDERS = get_args(orders.Order)
AHEAD_MS = 200
"""Sound that is sent before its pace holds, as the service begins with a burst."""

MAX_HEARD = 1_024
"""Items whose words are remembered: as many as a conversation keeps."""


class ScriptedSession:
    """A session whose model is a script. `events` runs it."""

    def __init__(
        self,
        name: str,
        script: Script,
        recordings: Recordings,
        voice: TwinVoice,
        clock: Clock,
        *,
        session_id: str,
        expires_at: int,
        model: str,
    ) -> None:
        """`expires_at` is unix seconds, as the client is told."""
        self.name = name
        self.lasts_s: float | None = script.timing.lasts_s
        self._script = script
        self._voice = voice
        self._clock = clock
        self._server = ServerSession(session_id, model, expires_at)
        self._ears = TwinEars(recordings)
        self._out: asyncio.Queue[ServerEvent | None] = asyncio.Queue()
        self._heard: Recent[str] = Recent(MAX_HEARD)
        """What was said in each of the caller's spoken items."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._output: Format = PCM_24K
        self._written = False
        self._closed = False
        self._configure(self._server.settings)
        self._emit(self._server.open())

    def send(self, event: ClientEvent) -> None:
        """Take an event of the client's; never waits."""
        if not self._closed:
            self._emit(self._server.receive(event))

    def refuse(self, fault: RemoteProtocolError) -> None:
        """Answer what could not be read at all."""
        self._emit(self._server.refuse(fault))

    async def events(self) -> AsyncIterator[ServerEvent]:
        """What the server says, to the end of the session."""
        expiry = self._start("expiry", self._expire())
        try:
            while (event := await self._out.get()) is not None:
                yield event
        finally:
            tasks = {expiry, *self._tasks.values()}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """End the session; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._out.put_nowait(None)
            for task in list(self._tasks.values()):
                task.cancel()

    async def _expire(self) -> None:
        await self._clock.sleep_until(self._clock.now() + self._script.timing.lasts_s)
        self._emit(self._server.expire())
        await self.close()

    def _start(self, name: str, work: Any) -> asyncio.Task[None]:
        """Begin some work of the session; it ends with the session at the latest."""
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work, name=f"twin {name}")
        self._tasks[name] = task
        task.add_done_callback(lambda _done: self._tasks.pop(name, None))
        return task

    async def _wait(self, ms: float) -> None:
        await self._clock.sleep_until(self._clock.now() + ms / 1000)

    def _emit(self, out: Sequence[Any]) -> None:
        for one in out:
            if isinstance(one, ORDERS):
                self._obey(one)
            else:
                self._out.put_nowait(one)

    def _obey(self, order: orders.Order) -> None:
        match order:
            case orders.Configured():
                self._configure(order.session)
            case orders.AudioArrived():
                self._listen(order.data)
            case orders.TurnTaken():
                self._ears.stop()
                words = self._ears.words(order.start_ms, order.end_ms)
                self._heard.put(order.item_id, words)
                self._start(f"words of {order.item_id}", self._transcribe(order, words))
            case orders.BufferCleared():
                self._ears.stop()
            case orders.ItemAdded():
                self._take(order.item)
            case orders.ItemDeleted():
                self._heard.take(order.item_id)
            case orders.RespondTo():
                self._start(order.response_id, self._respond(order))
            case orders.CancelResponse():
                task = self._tasks.get(order.response_id)
                if task is not None:
                    task.cancel()
            case _:
                pass  # what was heard of an item is in the conversation's items

    def _configure(self, session: SessionConfig) -> None:
        self._written = session.output_modalities == ("text",)
        heard = session.audio.input if session.audio and session.audio.input else None
        spoken = session.audio.output if session.audio and session.audio.output else None
        if heard is not None:
            self._ears.configure(_line_format(heard.format), heard.turn_detection or None)
        if spoken is not None:
            self._output = _line_format(spoken.format)

    def _take(self, item: Item) -> None:
        """Sound that the client put in as an item."""
        contents = item.content if isinstance(item, Message) else ()
        data = b"".join(content.audio or b"" for content in contents if isinstance(content, InputAudio))
        if data:
            self._heard.put(item.id or "", self._ears.words_of(data))

    # Ears.

    def _listen(self, data: bytes) -> None:
        for event in self._ears.feed(data):
            if isinstance(event, TwinBegan):
                self._emit(self._server.speech_started(event.start_ms))
            else:
                self._emit(self._server.speech_stopped(event.end_ms))

    async def _transcribe(self, turn: orders.TurnTaken, words: str) -> None:
        """The words of a turn: half of them in half the time."""
        half = self._script.timing.transcript_ms / 2
        if not words:
            await self._wait(2 * half)
            self._emit(self._server.transcript_failed(turn.item_id, "audio_unintelligible", "no words were made out"))
            return
        first = words[: words.find(" ", len(words) // 2)] if " " in words[len(words) // 2 :] else ""
        await self._wait(half)
        self._emit(self._server.transcript_delta(turn.item_id, first))
        await self._wait(half)
        self._emit(self._server.transcript_delta(turn.item_id, words[len(first) :]))
        self._emit(self._server.transcript_done(turn.item_id, words, (turn.end_ms - turn.start_ms) / 1000))

    # Answers.

    async def _respond(self, order: orders.RespondTo) -> None:
        response_id, timing = order.response_id, self._script.timing
        items = self._server.items if order.parameters.input is None else order.parameters.input
        found = answer(self._script, [self._with_words(item) for item in items])
        await self._wait(timing.think_ms)
        try:
            await self._say(order, found)
        except NpclVoiceError as error:
            failure = ResponseError("server_error", "server_error", str(error))
            self._emit(self._server.finish(response_id, "failed", error=failure))
            return
        if found.call:
            self._emit(self._server.call_function(response_id, found.call, found.arguments))
        self._emit(self._server.finish(response_id))

    async def _say(self, order: orders.RespondTo, found: Answer) -> None:
        response_id, timing = order.response_id, self._script.timing
        if not found.say:
            return
        _item_id, events = self._server.begin_message(response_id)
        self._emit(events)
        wanted = order.parameters.output_modalities
        if wanted == ("text",) or (wanted is None and self._written):
            self._emit(self._server.text(response_id, found.say))
        else:
            line = self._output
            output = order.parameters.audio.output if order.parameters.audio else None
            if output is not None and output.format:
                line = _line_format(output.format)
            due = self._clock.now() - AHEAD_MS / 1000 / (timing.pace or 1)
            step = line.samples_in(timing.delta_ms) * line.sample_bytes
            for sentence in self._voice.speak(found.say, line):
                words = deque(timed_words(sentence, line, timing.words_ahead_ms))
                for at in range(0, len(sentence.sound), step):
                    piece = sentence.sound[at : at + step]
                    await self._clock.sleep_until(due)
                    self._emit_words(response_id, words, 1000 * at / line.bytes_per_second)
                    self._emit(self._server.audio(response_id, piece))
                    if timing.pace:
                        due += len(piece) / line.bytes_per_second / timing.pace
                self._emit_words(response_id, words, math.inf)
        self._emit(self._server.end_message(response_id))

    def _emit_words(self, response_id: str, words: deque[tuple[float, str]], until_ms: float) -> None:
        """The words that come before this place in the sound of their sentence."""
        while words and words[0][0] <= until_ms:
            self._emit(self._server.text(response_id, words.popleft()[1]))

    def _with_words(self, item: Item) -> Item:
        """An item as the model understands it: the caller's sound is words to it."""
        words = self._heard.get(item.id or "") if isinstance(item, Message) else None
        return item if words is None else msgspec.structs.replace(item, content=(InputText(words),))


def _line_format(wire: AudioFormat | None | msgspec.UnsetType) -> Format:
    match wire:
        case Pcmu():
            return PCMU
        case Pcma():
            return PCMA
        case _:
            return PCM_24K
