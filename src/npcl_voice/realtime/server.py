"""What a Realtime server owes its client: every duty of the protocol, without a socket.

A `ServerSession` stands between a client and an engine. `receive` takes the client's events, the
other methods what the engine hears and says; all return, in order, the events for the client and
the orders for the engine. Nothing they are given raises: what a client does wrong is answered, and
what an engine still says of a response that is over is dropped.
"""

from collections.abc import Sequence
from typing import Final, assert_never

import msgspec

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import orders as o
from npcl_voice.realtime.buffer import InputBuffer
from npcl_voice.realtime.history import Entry, History, without_sound
from npcl_voice.realtime.items import InputAudio, Item, ItemReference, Message, OutputAudio, item_id_of
from npcl_voice.realtime.meter import Meter
from npcl_voice.realtime.recent import Recent
from npcl_voice.realtime.reply import Reply
from npcl_voice.realtime.responses import ResponseError, StatusDetails, TranscriptionUsage
from npcl_voice.realtime.rules import check, echoed, shortened
from npcl_voice.realtime.session import ResponseParameters, SessionConfig, bytes_per_ms
from npcl_voice.realtime.settings import Settings

__all__ = ["Out", "ServerSession"]

Out = e.ServerEvent | o.Order
"""What a step asks for: an event for the client or an order for the engine."""

MIN_COMMIT_MS: Final = 100
"""Less sound than this is no turn."""
MAX_REPLIES: Final = 16
"""Responses under way at once, those beside the conversation included."""


class ServerSession:
    """One session of a Realtime server."""

    def __init__(self, session_id: str, model: str, expires_at: int) -> None:
        """`expires_at` is unix seconds, as the client is told; the caller of `expire` keeps the time."""
        self._settings = Settings.at_first(session_id, model, expires_at)
        self._conversation_id = f"conv_{session_id.removeprefix('sess_')}"
        self._counts: dict[str, int] = {}
        self._buffer = InputBuffer()
        self._history = History()
        self._untold: Recent[str] = Recent()
        """Turns whose words have not been told."""
        self._replies: dict[str, Reply] = {}
        self._meter = Meter()
        self._voice_fixed = False
        self._open = True

    @property
    def settings(self) -> SessionConfig:
        """The settings that hold now, whole."""
        return self._settings.echo()

    @property
    def items(self) -> tuple[Item, ...]:
        """The conversation, from first to last, without sound."""
        return tuple(entry.item for entry in self._history.entries())

    @property
    def active(self) -> str | None:
        """The id of the conversation's response under way, if there is one."""
        return next((reply.id for reply in self._replies.values() if reply.joins), None)

    @property
    def position_ms(self) -> int:
        """How much of the caller's sound was received."""
        return self._buffer.position_ms

    def open(self) -> list[e.ServerEvent]:
        """The first word."""
        return [self._stamped(e.SessionCreated(self._settings.echo()))]

    # What the client says.

    def receive(self, event: e.ClientEvent) -> list[Out]:
        """Do what the client asks for, or answer why not."""
        if not self._open:
            return []
        try:
            if not isinstance(event, e.RawEvent):
                check(event)
            return self._obey(event)
        except RemoteProtocolError as fault:
            fault.event_id = echoed(event.event_id)
            return self.refuse(fault)

    def refuse(self, fault: RemoteProtocolError) -> list[Out]:
        """Answer what could not be read or done."""
        return self.error(fault.message, fault.code, param=fault.param, event_id=fault.event_id)

    def error(
        self,
        message: str,
        code: str | None,
        *,
        param: str | None = None,
        event_id: str | None = None,
        kind: str = "invalid_request_error",
    ) -> list[Out]:
        """Tell the client that something went wrong; the session goes on."""
        detail = e.ErrorDetail(kind, shortened(message), code, param, event_id)
        return self._told([e.ErrorEvent(detail)])

    def expire(self, message: str = "Your session hit the maximum duration of 60 minutes.") -> list[Out]:
        """The session's time is over: what is under way fails, and nothing more is answered."""
        out: list[Out] = []
        for reply in list(self._replies.values()):
            error = ResponseError("invalid_request_error", "session_expired", message)
            out += self._end(reply, "failed", None, error)
            out.append(o.CancelResponse(reply.id, "session_expired"))
        out += self.error(message, "session_expired")
        self._open = False
        return out

    # What the engine hears.

    def speech_started(self, audio_start_ms: int) -> list[Out]:
        """The caller began to speak: announce the turn, and interrupt if that is wanted."""
        if not self._open or self._buffer.speech or self._settings.detection is None:
            return []
        item_id = self._new_id("item")
        start_ms = self._buffer.begin_speech(item_id, audio_start_ms)
        out = self._told([e.InputAudioBufferSpeechStarted(item_id, start_ms)])
        active = self._replies.get(self.active or "")
        if active is not None and self._settings.interrupts:
            out += self._cancelled(active, "turn_detected")
        return out

    def speech_stopped(self, audio_end_ms: int) -> list[Out]:
        """The caller's turn is over: make an item of it, and answer if that is wanted."""
        if not self._open or not self._buffer.speech:
            return []
        item_id, _ = self._buffer.speech
        start_ms, end_ms = self._buffer.end_turn(audio_end_ms)
        out = self._told([e.InputAudioBufferSpeechStopped(item_id, end_ms)])
        return [*out, *self._turn(item_id, start_ms, end_ms), *self._answer_turn()]

    def idled(self, audio_start_ms: int, audio_end_ms: int) -> list[Out]:
        """The caller was silent for `idle_timeout_ms`: make an item of the silence, and answer if that is wanted."""
        if not self._open or self._buffer.speech or self._settings.detection is None:
            return []
        item_id = self._new_id("item")
        self._buffer.begin_speech(item_id, audio_start_ms)
        start_ms, end_ms = self._buffer.end_turn(audio_end_ms)
        out = self._told([e.InputAudioBufferTimeoutTriggered(item_id, start_ms, end_ms)])
        return [*out, *self._turn(item_id, start_ms, end_ms), *self._answer_turn()]

    def transcript_delta(self, item_id: str, delta: str) -> list[Out]:
        """More words of a turn, also of one that is still under way."""
        speaking = self._buffer.speech is not None and self._buffer.speech[0] == item_id
        if not delta or not self._settings.transcribes or not (speaking or item_id in self._untold):
            return []
        return self._told([e.ConversationItemInputAudioTranscriptionDelta(item_id, 0, delta)])

    def transcript_done(self, item_id: str, text: str, seconds: float) -> list[Out]:
        """All words of a turn, and how much sound was listened to."""
        if self._untold.take(item_id) is None:
            return []
        entry = self._history.get(item_id)
        if entry is not None and isinstance(entry.item, Message):
            item = msgspec.structs.replace(entry.item, content=(InputAudio(text),))
            self._history.replace(item, entry.audio_ms)
        if not self._settings.transcribes:
            return []
        usage = TranscriptionUsage("duration", seconds=seconds)
        return self._told([e.ConversationItemInputAudioTranscriptionCompleted(item_id, 0, text, usage)])

    def transcript_failed(self, item_id: str, code: str, message: str) -> list[Out]:
        """No words could be made of a turn; the turn itself is fine."""
        if self._untold.take(item_id) is None or not self._settings.transcribes:
            return []
        error = ResponseError("transcription_error", code, message)
        return self._told([e.ConversationItemInputAudioTranscriptionFailed(item_id, 0, error)])

    # What the engine says.

    def begin_message(self, response_id: str) -> tuple[str, list[Out]]:
        """Begin to say something: its item's id, which is empty for a response that is over."""
        reply = self._replies.get(response_id)
        if reply is None:
            return "", []
        item_id, events = reply.begin_message()
        return item_id, self._told(events)

    def text(self, response_id: str, delta: str) -> list[Out]:
        """More words: the transcript of what is spoken, or what is written."""
        reply = self._replies.get(response_id)
        return self._told(reply.text(delta)) if reply else []

    def audio(self, response_id: str, data: bytes) -> list[Out]:
        """More sound of any length, in the response's output format."""
        reply = self._replies.get(response_id)
        return self._told(reply.audio(data)) if reply else []

    def end_message(self, response_id: str) -> list[Out]:
        """The message is complete."""
        reply = self._replies.get(response_id)
        return self._told(reply.end_message()) if reply else []

    def call_function(self, response_id: str, name: str, arguments: str) -> list[Out]:
        """Ask for a tool; `arguments` is JSON text. The output comes as an item, after `finish`."""
        reply = self._replies.get(response_id)
        if reply is None:
            return []
        call_id = self._new_id("call")
        while self._history.has_call(call_id):
            call_id = self._new_id("call")
        return self._told(reply.call(call_id, name, arguments))

    def finish(
        self,
        response_id: str,
        status: str = "completed",
        reason: str | None = None,
        error: ResponseError | None = None,
    ) -> list[Out]:
        """The response is over: `completed`, `incomplete` with a reason, or `failed` with an error."""
        reply = self._replies.get(response_id)
        return self._end(reply, status, reason, error) if reply else []

    # How it is done.

    def _obey(self, event: e.ClientEvent) -> list[Out]:
        match event:
            case e.SessionUpdate():
                return self._configure(event.session)
            case e.InputAudioBufferAppend():
                data, start_ms = self._buffer.take(event.audio, self._settings.input_format)
                return [o.AudioArrived(data, start_ms)] if data else []
            case e.InputAudioBufferCommit():
                return self._commit()
            case e.InputAudioBufferClear():
                self._buffer.clear()
                return [*self._told([e.InputAudioBufferCleared()]), o.BufferCleared()]
            case e.ConversationItemCreate():
                return self._create_item(event.item, event.previous_item_id)
            case e.ConversationItemRetrieve():
                entry = self._history.get(event.item_id)
                if entry is None:
                    raise _no_item("item_retrieve_invalid_item_id", event.item_id)
                return self._told([e.ConversationItemRetrieved(entry.item)])
            case e.ConversationItemTruncate():
                return self._truncate(event)
            case e.ConversationItemDelete():
                if not self._history.remove(event.item_id):
                    raise _no_item("item_delete_invalid_item_id", event.item_id)
                self._meter.forget()
                return [*self._told([e.ConversationItemDeleted(event.item_id)]), o.ItemDeleted(event.item_id)]
            case e.ResponseCreate():
                return self._respond(event.response)
            case e.ResponseCancel():
                reply = self._replies.get(event.response_id or self.active or "")
                if reply is None:
                    msg = "Cancellation failed: no active response found"
                    raise RemoteProtocolError(msg, code="response_cancel_not_active")
                return self._cancelled(reply, "client_cancelled")
            case e.RawEvent():
                msg = f"Invalid value: '{shortened(event.name, 100)}' is not an event of this server."
                raise RemoteProtocolError(msg, code="invalid_value", param="type")
            case _:
                assert_never(event)

    def _configure(self, update: SessionConfig) -> list[Out]:
        before = self._settings
        if update.type != before.session.type and len(self._history):
            msg = "the session's type cannot be changed any more"
            raise RemoteProtocolError(msg, code="invalid_value", param="session.type")
        self._settings = before.updated(update, voice_fixed=self._voice_fixed)
        session = self._settings.session
        if (session.instructions, session.tools) != (before.session.instructions, before.session.tools):
            self._meter.forget()
        if self._settings.input_format != before.input_format:
            self._buffer.change_format()
        if self._settings.detection is None:
            self._buffer.speech = None
        echo = self._settings.echo()
        return [*self._told([e.SessionUpdated(echo)]), o.Configured(echo)]

    def _commit(self) -> list[Out]:
        if self._buffer.waiting_ms < MIN_COMMIT_MS:
            msg = f"the buffer holds {self._buffer.waiting_ms} ms of audio, a turn has {MIN_COMMIT_MS} ms at least"
            raise RemoteProtocolError(msg, code="input_audio_buffer_commit_empty")
        item_id = self._buffer.speech[0] if self._buffer.speech else self._new_id("item")
        start_ms, end_ms = self._buffer.end_turn()
        return self._turn(item_id, start_ms, end_ms)

    def _turn(self, item_id: str, start_ms: int, end_ms: int) -> list[Out]:
        """A turn of the caller becomes an item."""
        item = Message("user", (InputAudio(),), id=item_id, object="realtime.item", status="completed")
        before = self._history.add(item, audio_ms=end_ms - start_ms)
        self._untold.put(item_id, item_id)
        events: list[e.ServerEvent] = [
            e.InputAudioBufferCommitted(item_id, before),
            e.ConversationItemAdded(item, before),
            e.ConversationItemDone(item, before),
        ]
        return [*self._told(events), o.TurnTaken(item_id, start_ms, end_ms)]

    def _answer_turn(self) -> list[Out]:
        """The server's own answer to a turn, if that is wanted."""
        if not self._settings.creates:
            return []
        try:
            return self._respond(None)
        except RemoteProtocolError as fault:
            return self.refuse(fault)

    def _create_item(self, item: Item, previous_item_id: str | None) -> list[Out]:
        self._history.check(item, previous_item_id)
        item_id = item_id_of(item) or self._new_id("item")
        if self._buffer.speech and self._buffer.speech[0] == item_id:
            msg = f"an item with id '{item_id}' is announced"
            raise RemoteProtocolError(msg, code="item_create_duplicate_item_id", param="item.id")
        item = msgspec.structs.replace(item, id=item_id, object="realtime.item", status="completed")
        quiet = without_sound(item)
        before = self._history.add(quiet, previous_item_id, self._sound_ms(item))
        events: list[e.ServerEvent] = [e.ConversationItemAdded(quiet, before), e.ConversationItemDone(quiet, before)]
        return [*self._told(events), o.ItemAdded(item)]

    def _sound_ms(self, item: Item) -> int:
        """Milliseconds of sound that a client put in with an item."""
        contents = item.content if isinstance(item, Message) else ()
        length = sum(len(content.audio or b"") for content in contents if isinstance(content, InputAudio))
        return length // bytes_per_ms(self._settings.input_format)

    def _truncate(self, event: e.ConversationItemTruncate) -> list[Out]:
        entry = self._history.get(event.item_id)
        if entry is None:
            raise _no_item("item_truncate_invalid_item_id", event.item_id)
        item = entry.item
        spoken = isinstance(item, Message) and any(isinstance(content, OutputAudio) for content in item.content)
        if not spoken and not (isinstance(item, Message) and item.role == "assistant" and entry.audio_ms):
            msg = "only an assistant's spoken message can be truncated"
            raise RemoteProtocolError(msg, code="invalid_value", param="item_id")
        if event.content_index != 0:
            msg = "the item has no such content"
            raise RemoteProtocolError(msg, code="invalid_value", param="content_index")
        if not 0 <= event.audio_end_ms <= entry.audio_ms:
            msg = f"Audio content of {entry.audio_ms}ms is already shorter than what audio_end_ms asks for"
            raise RemoteProtocolError(msg, code="invalid_value", param="audio_end_ms")
        self._history.cut(entry, event.audio_end_ms)
        self._meter.forget()
        told = self._told([e.ConversationItemTruncated(event.item_id, 0, event.audio_end_ms)])
        return [*told, o.Truncated(event.item_id, event.audio_end_ms)]

    def _respond(self, wish: ResponseParameters | None) -> list[Out]:
        if not self._settings.answers:
            msg = "a transcription session gives no answers"
            raise RemoteProtocolError(msg, code="invalid_value", param="type")
        parameters = self._settings.for_response(wish)
        if parameters.conversation != "none" and self.active is not None:
            msg = f"Conversation already has an active response in progress: {self.active}. Wait until it is done."
            raise RemoteProtocolError(msg, code="conversation_already_has_active_response")
        if len(self._replies) >= MAX_REPLIES:
            msg = f"{MAX_REPLIES} responses are under way already"
            raise RemoteProtocolError(msg, code="rate_limit_exceeded")
        if parameters.input is not None:
            resolved = tuple(self._resolved(item, index) for index, item in enumerate(parameters.input))
            parameters = msgspec.structs.replace(parameters, input=resolved)
        response_id = self._new_id("resp")
        context = self._history.entries() if parameters.input is None else map(Entry, parameters.input)
        reply = Reply(
            response_id,
            parameters,
            self._meter.read(parameters, context),
            conversation_id=self._conversation_id,
            history=self._history,
            new_item_id=lambda: self._new_id("item"),
        )
        self._replies[response_id] = reply
        return [*self._told([reply.created()]), o.RespondTo(response_id, parameters)]

    def _resolved(self, item: Item, index: int) -> Item:
        """An item of a response's input; a reference becomes what it refers to."""
        if not isinstance(item, ItemReference):
            return item
        entry = self._history.get(item.id)
        if entry is None:
            msg = "the item that is referred to does not exist"
            raise RemoteProtocolError(msg, code="invalid_value", param=f"response.input[{index}].id")
        return entry.item

    def _cancelled(self, reply: Reply, reason: str) -> list[Out]:
        return [*self._end(reply, "cancelled", reason, None), o.CancelResponse(reply.id, reason)]

    def _end(self, reply: Reply, status: str, reason: str | None, error: ResponseError | None) -> list[Out]:
        """The one end of a response."""
        del self._replies[reply.id]
        events = reply.end_message("completed" if status == "completed" else "incomplete")
        details = None if status == "completed" else StatusDetails(status, reason, error)
        return self._told([*events, reply.done(status, details), e.RateLimitsUpdated()])

    def _told(self, events: Sequence[e.ServerEvent]) -> list[Out]:
        """The events with ids, in the order in which they are sent; none once the session is over."""
        return [self._stamped(event) for event in events] if self._open else []

    def _stamped(self, event: e.ServerEvent) -> e.ServerEvent:
        if isinstance(event, e.ResponseOutputAudioDelta):
            self._voice_fixed = True
        return msgspec.structs.replace(event, event_id=self._new_id("event"))

    def _new_id(self, kind: str) -> str:
        """A new id; an item's differs from those that the client chose."""
        while True:
            count = self._counts[kind] = self._counts.get(kind, 0) + 1
            new = f"{kind}_{count}"
            if kind != "item" or new not in self._history:
                return new


def _no_item(code: str, item_id: str) -> RemoteProtocolError:
    return RemoteProtocolError(f"no item with id '{shortened(item_id, 64)}'", code=code, param="item_id")
