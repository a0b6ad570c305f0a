"""Hears, asks the policy, speaks: what stands behind one session of the embedded server.

Two tasks. One takes the caller's sound in order and finds what was said in it; the other answers
what the client wants an answer to. The "model" is the dialogue policy, a pure function.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import structlog

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMA, PCMU, Format, Frame
from npcl_voice.audio.resample import Converter, encode, resample
from npcl_voice.audio.vad import Endpointing
from npcl_voice.config import Turns
from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.dialogue import Heard, Policy, Returned, Spoken, Typed, Unheard
from npcl_voice.conversation.exchange import Exchange
from npcl_voice.conversation.facts import read_facts
from npcl_voice.conversation.marks import unmarked
from npcl_voice.conversation.phrases import PhraseBook
from npcl_voice.conversation.questions import expectation_of, is_open
from npcl_voice.errors import NpclVoiceError
from npcl_voice.meaning.expectation import Expectation, Kind
from npcl_voice.ports import Clock
from npcl_voice.realtime import orders
from npcl_voice.realtime.events import InputAudioBufferSpeechStarted
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, InputAudio, Item, Message, text_of
from npcl_voice.realtime.responses import ResponseError
from npcl_voice.realtime.server import ServerSession
from npcl_voice.realtime.session import AudioFormat, FunctionTool, Pcma, Pcmu, ServerVad, SessionConfig
from npcl_voice.speech.local.leg import Began, Ended, LegEvent, Partly
from npcl_voice.speech.local.workers import CallLeg, WorkersLike

__all__ = ["Mind", "Pipeline"]

log = structlog.get_logger()

SENTENCE_GAP_MS = 180
"""Silence between two sentences: shorter than what a caller takes for the end of the answer."""
NEVER_MS = 3_600_000
"""Closing silence that never comes: the client ends the turns itself."""
MAX_WAITING_MS = 30_000
"""The caller's sound that may wait to be heard; what comes beyond it is dropped and counted."""

ENGLISH = "en"
"""Anybody may say something in it, and numbers are dictated in it."""

_Job = orders.AudioArrived | orders.TurnTaken | orders.BufferCleared | orders.ItemAdded
_Out = Callable[[Sequence[Any]], None]


class Mind(msgspec.Struct, frozen=True):
    """What a session answers with."""

    book: PhraseBook
    """What is said, in each language."""
    policy: Callable[[frozenset[str], bool], Policy]
    """The policy for these declared tools; with own words where the client has none."""
    turns: Turns
    expected: tuple[str, ...] = ("en",)
    """The languages that a caller is heard in where the client names none, the likeliest first."""


class Pipeline:
    """One session's hearing and speaking."""

    def __init__(self, server: ServerSession, mind: Mind, workers: WorkersLike, clock: Clock, emit: _Out) -> None:
        """`emit` takes what the server session returned: events to send, and orders that follow."""
        self._server = server
        self._mind = mind
        self._workers = workers
        self._clock = clock
        self._emit = emit
        self._exchange = Exchange(mind.policy(frozenset(), True), mind.book.opening())
        self._jobs: deque[_Job] = deque()
        self._job_came = asyncio.Event()
        self._waiting_ms = 0.0
        self._wanted: asyncio.Queue[orders.RespondTo] = asyncio.Queue()
        self._inputs: dict[str, Heard | None] = {}
        self._known = asyncio.Event()
        self._answer: tuple[str, asyncio.Task[None]] | None = None
        self._answer_item = ""
        self._answer_called = False
        self._answer_began = False
        self._detects = True
        self._ended_item = ""
        self._ending = False
        self._speaking = ""
        self._settled = 0
        """Ends that the client has set to the sound so far, and that the ears have not come to yet."""
        self._pieces: list[Ended] = []
        self._silence_ms = mind.turns.silence_ms_any
        self._endpointing = Endpointing(
            prefix_ms=mind.turns.prefix_padding_ms, longest_ms=mind.turns.max_turn_ms, end_ms=mind.turns.silence_ms_any
        )
        self._text_only = False
        self._named = ""
        """The language that the client says is spoken; empty where it names none."""
        self._format: Format = PCM_24K
        self._input_format: Format = PCM_24K
        self._to_ears = Converter(PCM_24K, PCM_16K)
        self.dropped_ms = 0.0
        """The caller's sound that was dropped because the ears fell behind."""

    async def run(self) -> None:
        """Work until cancelled. Raises UnavailableError when the ears or the mouth are gone for good."""
        with self._clock.work():
            leg = await self._workers.leg(self._endpointing)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._hear(leg), name="ears")
                tasks.create_task(self._answer_all(), name="mouth")
        finally:
            leg.close()

    def take(self, order: orders.Order) -> None:
        """Something the client wants done; never waits."""
        match order:
            case orders.Configured():
                self._configure(order.session)
            case orders.TurnTaken() if self._ending:
                self._inputs[order.item_id] = None
                self._ended_item = order.item_id
            case orders.AudioArrived():
                length_ms = self._input_format.ms_of(len(order.data) // self._input_format.sample_bytes)
                if self._waiting_ms + length_ms > MAX_WAITING_MS:
                    self.dropped_ms += length_ms
                else:
                    self._waiting_ms += length_ms
                    self._queue(order)
            case orders.TurnTaken():
                self._inputs[order.item_id] = None
                self._settled += 1
                self._queue(order)
            case orders.BufferCleared():
                self._settled += 1
                self._queue(order)
            case orders.RespondTo():
                self._wanted.put_nowait(order)
            case orders.CancelResponse():
                self._cancel(order.response_id)
            case orders.Truncated():
                if order.item_id == self._answer_item and order.audio_end_ms == 0 and not self._answer_called:
                    self._exchange.undo()
            case orders.ItemAdded():
                self._item(order)
            case orders.ItemDeleted():
                self._inputs.pop(order.item_id, None)
                self._known.set()

    def _queue(self, job: _Job) -> None:
        self._jobs.append(job)
        self._job_came.set()

    # What the session is like.

    def _configure(self, session: SessionConfig) -> None:
        names = frozenset(tool.name for tool in session.tools or () if isinstance(tool, FunctionTool))
        self._text_only = session.output_modalities == ("text",)
        heard = session.audio.input if session.audio and session.audio.input else None
        self._named = (heard.transcription.language or "") if heard is not None and heard.transcription else ""
        self._begin_in(self._named)
        spoken = session.audio.output if session.audio and session.audio.output else None
        detection = heard.turn_detection if heard is not None else None
        self._detects = bool(detection)
        client_answers = isinstance(detection, ServerVad) and detection.create_response is False
        if isinstance(detection, ServerVad) and isinstance(detection.silence_duration_ms, int):
            self._silence_ms = detection.silence_duration_ms
        self._exchange.policy = self._mind.policy(names, not client_answers)
        if heard is not None and heard.format and _line_format(heard.format) != self._input_format:
            self._input_format = _line_format(heard.format)
            self._to_ears = Converter(self._input_format, PCM_16K)
        if spoken is not None and spoken.format:
            self._format = _line_format(spoken.format)

    def _item(self, order: orders.ItemAdded) -> None:
        item = order.item
        match item:
            case Message(role="user"):
                text = text_of(item)
                if not text and any(isinstance(content, InputAudio) for content in item.content):
                    self._inputs[item.id or ""] = None
                    self._queue(order)
                else:
                    self._take_in(item.id or "", unmarked(text))
            case Message(role="system"):
                self._note(text_of(item))
            case FunctionCallOutput():
                self._inputs[item.id or ""] = Returned(self._called(item.call_id), _result(item.output))
            case _:
                pass

    def _begin_in(self, language: str) -> None:
        """Speak the language that the client names, as long as the talk has not begun."""
        if language in self._mind.book.all and self._exchange.context == self._mind.book.opening():
            self._exchange.context = self._exchange.context.asked_in(language)

    def _note(self, text: str) -> None:
        """A system item; a facts block holds all that was put in before it, so nothing of that is answered again."""
        if read_facts(text) is not None:
            self._inputs.clear()
            self._known.set()
        self._exchange.note(text)

    def _called(self, call_id: str) -> str:
        """The name of the tool that was called so."""
        calls = (item for item in self._server.items if isinstance(item, FunctionCall) and item.call_id == call_id)
        return next((call.name for call in calls), "")

    # Ears.

    async def _hear(self, leg: CallLeg) -> None:
        while True:
            if not self._jobs:
                self._job_came.clear()
                await self._job_came.wait()
            with self._clock.work():
                await self._hear_one(leg, self._jobs.popleft())

    async def _hear_one(self, leg: CallLeg, job: _Job) -> None:
        expectation = self._expectation()
        match job:
            case orders.AudioArrived():
                frame = Frame(job.data, self._input_format)
                self._waiting_ms -= frame.ms
                pcm = self._to_ears.convert(frame).data
                for event in await leg.feed(pcm, expectation, self._silence_for(expectation)):
                    self._heard_event(event)
            case orders.TurnTaken():
                heard = await leg.commit(expectation)
                self._settled -= 1
                self._pieces += [event for event in heard if isinstance(event, Ended)]
                self._transcribed(job.item_id, _whole(self._pieces))
                self._speaking, self._pieces = "", []
            case orders.BufferCleared():
                await leg.clear()
                self._settled -= 1
                self._speaking, self._pieces = "", []
            case orders.ItemAdded():
                await self._hear_item(job.item, expectation)

    def _expectation(self) -> Expectation:
        """What the next answer looks like, and the languages that it may be in."""
        expectation = expectation_of(self._exchange.context.question)
        return msgspec.structs.replace(expectation, languages=self._languages())

    def _languages(self) -> tuple[str, ...]:
        """The call's language; English beside any other, and in a call of which nobody knows all that are expected.

        A caller who has shown to speak English is heard in the others only where anything may be said: a murmur over
        a question for a number, or a name, would make words of some other language.
        """
        context = self._exchange.context
        if context.language != ENGLISH:
            return (context.language, ENGLISH)
        sure = self._named or (context.evidence.found and not is_open(context.question))
        return (ENGLISH,) if sure else self._mind.expected

    def _silence_for(self, expectation: Expectation) -> int:
        if not self._detects:
            return NEVER_MS
        turns = self._mind.turns
        match expectation.kind:
            case Kind.NUMBER:
                return max(self._silence_ms, turns.silence_ms_number)
            case Kind.YES_NO:
                return min(self._silence_ms, turns.silence_ms_yes_no)
            case _:
                return self._silence_ms

    def _heard_event(self, event: LegEvent) -> None:
        """Announce it, unless the client ends the turns itself, or has ended this one before we heard of it.

        Sound may be committed, or cleared, faster than it is heard. All that is in it belongs to the one
        item that the client has got already, however many pauses there are.
        """
        if not self._detects or self._settled:
            if isinstance(event, Ended):
                self._pieces.append(event)
            elif isinstance(event, Partly) and self._speaking and not self._pieces:
                self._emit(self._server.transcript_delta(self._speaking, event.text))
            return
        match event:
            case Began():
                out = self._server.speech_started(event.start_ms)
                announced = (told.item_id for told in out if isinstance(told, InputAudioBufferSpeechStarted))
                self._speaking = next(announced, "")
                self._emit(out)
            case Ended():
                self._ending, self._ended_item = True, ""
                self._emit(self._server.speech_stopped(event.end_ms))
                self._ending = False
                self._speaking, self._pieces = "", []
                self._transcribed(self._ended_item, event)
            case _:
                self._emit(self._server.transcript_delta(self._speaking, event.text))

    async def _hear_item(self, item: Item, expectation: Expectation) -> None:
        """Sound that the client put in as an item is heard by ears of its own."""
        contents = item.content if isinstance(item, Message) else ()
        data = b"".join(content.audio or b"" for content in contents if isinstance(content, InputAudio))
        size = self._input_format.sample_bytes
        frame = Frame(data[: len(data) // size * size], self._input_format)
        leg = await self._workers.leg()
        try:
            heard = await leg.feed(Converter(self._input_format, PCM_16K).convert(frame).data, expectation, NEVER_MS)
            heard += await leg.commit(expectation)
        finally:
            leg.close()
        text = " ".join(event.text for event in heard if isinstance(event, Ended) and event.text)
        self._became_known(item.id or "", text)
        self._known.set()

    def _became_known(self, item_id: str, text: str) -> None:
        """The words of the caller's sound; of an item that was deleted they are nobody's."""
        if item_id in self._inputs:
            self._take_in(item_id, Spoken(text) if text else Unheard())

    def _take_in(self, item_id: str, heard: Heard) -> None:
        """Something of the caller's that is to be answered."""
        self._exchange.listen(heard)
        self._inputs[item_id] = heard

    def _transcribed(self, item_id: str, ended: Ended) -> None:
        self._became_known(item_id, ended.text)
        if ended.text:
            self._emit(self._server.transcript_done(item_id, ended.text, ended.seconds))
        else:
            self._emit(self._server.transcript_failed(item_id, "audio_unintelligible", "no words were made out"))
        self._known.set()

    # Answers.

    async def _answer_all(self) -> None:
        while True:
            order = await self._wanted.get()
            task = asyncio.get_running_loop().create_task(self._answer_one(order), name="answer")
            self._answer = (order.response_id, task)
            try:
                await asyncio.wait({task})
            finally:
                task.cancel()
                self._answer = None
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def _cancel(self, response_id: str) -> None:
        """The client does not want it: stop, and forget an answer of which nothing was sent."""
        if self._answer is not None and self._answer[0] == response_id:
            self._answer[1].cancel()
            if self._answer_began and not self._answer_item and not self._answer_called:
                self._exchange.undo()

    async def _answer_one(self, order: orders.RespondTo) -> None:
        self._answer_item = ""
        self._answer_called = self._answer_began = False
        exchange = await self._asked(order)
        move = exchange.answer()
        if move.error is not None:
            log.error("processing failed", where="policy of the embedded engine", error=move.error)
        self._answer_began = exchange is self._exchange
        try:
            with self._clock.work():
                await self._say(order.response_id, move.lines, exchange.context.language)
        except NpclVoiceError as error:
            self._emit(self._server.finish(order.response_id, "failed", error=_failure(error)))
            return
        if move.call is not None:
            self._answer_called = True
            arguments = msgspec.json.encode(move.call.arguments).decode()
            self._emit(self._server.call_function(order.response_id, move.call.name, arguments))
        self._emit(self._server.finish(order.response_id))

    async def _asked(self, order: orders.RespondTo) -> Exchange:
        """The talk that an answer belongs to, with all that it answers heard."""
        if order.parameters.conversation == "none" or order.parameters.input is not None:
            aside = Exchange(self._exchange.policy, Context(language=self._exchange.context.language))
            for item in order.parameters.input or ():
                aside.hear(Typed(text_of(item)))
            return aside
        while any(heard is None for heard in self._inputs.values()):
            self._known.clear()
            await self._known.wait()
        for heard in self._inputs.values():
            if heard is not None:
                self._exchange.hear(heard)
        self._inputs.clear()
        return self._exchange

    async def _say(self, response_id: str, lines: tuple[Line, ...], language: str) -> None:
        if not lines:
            return
        text = " ".join(self._mind.book.render(line, language) for line in lines)
        self._answer_item, events = self._server.begin_message(response_id)
        self._emit(events)
        if self._text_only:
            self._emit(self._server.text(response_id, text))
        else:
            await self._speak(response_id, text, language)
        self._emit(self._server.end_message(response_id))

    async def _speak(self, response_id: str, text: str, language: str) -> None:
        sentences = self._workers.sentences(text, language)
        for at, sentence in enumerate(sentences, start=1):
            words, samples = await self._workers.speak(sentence, language)
            last = at == len(sentences)
            if not last:
                samples = np.concatenate([samples, np.zeros(PCM_16K.samples_in(SENTENCE_GAP_MS), np.int16)])
            sound = encode(resample(samples, PCM_16K.rate_hz, self._format.rate_hz), self._format)
            self._emit(self._server.text(response_id, words if last or not words else words + " "))
            self._emit(self._server.audio(response_id, sound.data))


def _line_format(wire: AudioFormat) -> Format:
    match wire:
        case Pcmu():
            return PCMU
        case Pcma():
            return PCMA
        case _:
            return PCM_24K


def _whole(pieces: Sequence[Ended]) -> Ended:
    """What was said in one turn, whose last piece is its end."""
    text = " ".join(piece.text for piece in pieces if piece.text)
    confidence = min((piece.confidence for piece in pieces if piece.text), default=0.0)
    end_ms = max((piece.end_ms for piece in pieces), default=0)
    return Ended(end_ms, text, confidence, round(sum(piece.seconds for piece in pieces), 3))


def _failure(error: NpclVoiceError) -> ResponseError:
    return ResponseError("server_error", "server_error", str(error))


def _result(output: str) -> dict[str, Any]:
    """A tool's answer as a client wrote it; whatever is no object is an answer without facts."""
    try:
        return msgspec.json.decode(output, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {"ok": False, "reason": "unavailable"}
