"""What we asked a Realtime server for, what it promised, and what its events mean.

A `ClientSession` has no socket: its methods return the events to send, `receive` takes what the
server said and returns what happened and what is to be sent because of it. It is the one owner of
`response.create`: at most one answer is wanted while another is awaited or under way, or while a tool
that the last one called has not answered.
"""

from typing import Final, assert_never

import msgspec
from msgspec import UNSET

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.answers import Answers, Step
from npcl_voice.realtime.calls import Calls
from npcl_voice.realtime.faults import Action, action_for
from npcl_voice.realtime.hints import wait_hint
from npcl_voice.realtime.items import InputText, Item, Message, OutputText
from npcl_voice.realtime.order import ItemOrder
from npcl_voice.realtime.recent import Recent
from npcl_voice.realtime.rules import MAX_APPEND_BYTES, MAX_TEXT
from npcl_voice.realtime.session import AudioFormat, Pcm, ResponseParameters, SessionConfig, bytes_per_ms

__all__ = ["ClientSession", "Step"]

_REPAIRED_AT_ONCE: Final = ("cannot_update_voice", "invalid_tool_call_id")
"""Codes that are repaired by what is sent at once, or not at all."""


class ClientSession:
    """One session with a Realtime server, seen from the client."""

    def __init__(self, name: str = "npcl") -> None:
        """`name` begins the ids that we give to events and items, at most 16 characters of it."""
        self._name = name[:16]
        self._count = 0
        self._ready = False
        self._settings: Recent[SessionConfig] = Recent(16)
        """Those that the server has neither taken nor refused, as far as we know."""
        self._voice_fixed = False
        self._format: AudioFormat = Pcm()
        self._order = ItemOrder()
        self._words: Recent[str] = Recent()
        self._heard: Recent[None] = Recent()
        self._silent: Recent[None] = Recent()
        self._calls = Calls(self._next_id)
        self._answers = Answers(self._next_id, self._calls)

    @property
    def responding(self) -> bool:
        """Whether an answer is awaited or under way."""
        return self._answers.busy

    def order(self) -> list[str]:
        """The ids of the conversation's items from first to last."""
        return self._order.items()

    def received_ms(self, item_id: str) -> int:
        """Milliseconds of sound received for an assistant's item, or left of it after a cut."""
        return self._answers.received_bytes(item_id) // bytes_per_ms(self._format)

    def configure(self, session: SessionConfig) -> list[e.ClientEvent]:
        """Change the session's settings; the voice is left out once it can no longer be changed."""
        if self._voice_fixed:
            session = _voiceless(session)
        event_id = self._next_id()
        self._settings.put(event_id, session)
        return [e.SessionUpdate(session, event_id=event_id)]

    def append(self, data: bytes) -> list[e.ClientEvent]:
        """More of the caller's sound, in the session's input format."""
        return [
            e.InputAudioBufferAppend(data[at : at + MAX_APPEND_BYTES]) for at in range(0, len(data), MAX_APPEND_BYTES)
        ]

    def commit(self) -> list[e.ClientEvent]:
        """End the caller's turn here."""
        return [e.InputAudioBufferCommit(event_id=self._next_id())]

    def clear(self) -> list[e.ClientEvent]:
        """Forget the sound that is not an item yet."""
        return [e.InputAudioBufferClear(event_id=self._next_id())]

    def request_response(self, instructions: str | None = None) -> list[e.ClientEvent]:
        """Ask for an answer, now or as soon as may be; the latest wish counts.

        That is when no answer is awaited or under way, and all tools that the last one called have answered.
        """
        parameters = None if instructions is None else ResponseParameters(instructions=_clean(instructions))
        return self._answers.request(parameters)

    def cancel_response(self) -> list[e.ClientEvent]:
        """Stop the answer that is awaited or under way, and forget the one that was wanted after it."""
        return self._answers.cancel()

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> list[e.ClientEvent]:
        """Tell the server how much of an assistant's item was heard.

        `audio_end_ms` is held between 0 and what was received. Of an item without sound nothing is told.
        """
        received = self.received_ms(item_id)
        if not self._answers.received_bytes(item_id):
            return []
        heard_ms = max(0, min(audio_end_ms, received))
        self._answers.cut(item_id, heard_ms * bytes_per_ms(self._format))
        return [e.ConversationItemTruncate(item_id, max(0, content_index), heard_ms, event_id=self._next_id())]

    def user_text(self, text: str) -> list[e.ClientEvent]:
        """Put in what the caller typed or keyed."""
        return self._message("user", text)

    def system_text(self, text: str) -> list[e.ClientEvent]:
        """Put in something that the model is to know."""
        return self._message("system", text)

    def assistant_text(self, text: str) -> list[e.ClientEvent]:
        """Put in what the assistant said in an earlier session, as far as it was heard."""
        return self._create(Message("assistant", (OutputText(_clean(text)),), id=self._next_id("item")))

    def function_call(self, call_id: str, name: str, arguments: str) -> list[e.ClientEvent]:
        """Put in a tool call of an earlier session; `tool_output` with the same `call_id` belongs after it.

        Nothing where this session waits for the output of that call already.
        """
        return self._calls.replay(call_id, _clean(name), _clean(arguments))

    def tool_output(self, call_id: str, output: str) -> list[e.ClientEvent]:
        """Put in what a tool answered; ask for the answer to it after the last one.

        Nothing where this session does not know the call, or has its output: the service takes no lone output.
        An answer that was asked for too early is asked for after the last output.
        """
        return [*self._calls.output(call_id, _clean(output)), *self._answers.resume()]

    def delete_item(self, item_id: str) -> list[e.ClientEvent]:
        """Take an item out of the conversation; a tool's call that is taken out has no output any more."""
        self._calls.forget(item_id)
        return [e.ConversationItemDelete(item_id, event_id=self._next_id()), *self._answers.resume()]

    def receive(self, event: e.ServerEvent) -> Step:
        """What the server's event means, and what is to be sent because of it."""
        match event:
            case e.ErrorEvent():
                return self._refused(event.error)
            case e.SessionCreated():
                self._learn(event.session)
                return [], []
            case e.SessionUpdated():
                self._learn(event.session)
                self._settings.take_first()
                ready, self._ready = self._ready, True
                return ([] if ready else [h.SessionReady()]), []
            case e.ConversationItemAdded() | e.ConversationItemDone():
                if event.item.id:
                    added = isinstance(event, e.ConversationItemAdded)
                    self._order.link(event.item.id, event.previous_item_id, added=added)
                return [], []
            case e.ConversationItemTruncated():
                self._answers.cut(event.item_id, event.audio_end_ms * bytes_per_ms(self._format))
                return [], []
            case e.ConversationItemDeleted():
                self._order.delete(event.item_id)
                self._answers.cut(event.item_id, 0)
                self._calls.forget(event.item_id)
                return [], self._answers.resume()
            case e.InputAudioBufferSpeechStarted():
                return [h.CallerStarted(event.item_id, event.audio_start_ms)], []
            case e.InputAudioBufferSpeechStopped():
                return [h.CallerStopped(event.item_id, event.audio_end_ms)], []
            case e.InputAudioBufferCommitted():
                self._order.link(event.item_id, event.previous_item_id, added=True)
                return [h.TurnCommitted(event.item_id)], []
            case e.InputAudioBufferTimeoutTriggered():
                self._silent.put(event.item_id, None)
                return [h.Passed(event)], []
            case (
                e.ConversationItemInputAudioTranscriptionDelta()
                | e.ConversationItemInputAudioTranscriptionCompleted()
                | e.ConversationItemInputAudioTranscriptionFailed()
            ):
                return self._transcribed(event), []
            case e.ResponseCreated():
                return self._answers.created(event.response)
            case e.ResponseDone():
                return self._answers.done(event.response)
            case e.ResponseOutputItemAdded():
                return [], []
            case e.ResponseOutputItemDone():
                return self._answers.item_done(event.response_id, event.item)
            case e.ResponseOutputAudioDelta():
                self._voice_fixed = True
                return self._answers.audio(event), []
            case e.ResponseOutputAudioTranscriptDelta() | e.ResponseOutputTextDelta():
                return self._answers.words(event), []
            case e.ResponseOutputAudioTranscriptDone():
                return self._answers.all_words(event, event.transcript), []
            case e.ResponseOutputTextDone():
                return self._answers.all_words(event, event.text), []
            case e.RateLimitsUpdated():
                return [h.RateLimits(event.rate_limits)], []
            case e.ConversationItemRetrieved() | e.InputAudioBufferDtmfEventReceived() | e.RawEvent():
                return [h.Passed(event)], []
            case (
                e.InputAudioBufferCleared()
                | e.ResponseContentPartAdded()
                | e.ResponseContentPartDone()
                | e.ResponseOutputAudioDone()
                | e.ResponseFunctionCallArgumentsDelta()
                | e.ResponseFunctionCallArgumentsDone()
            ):
                return [], []
            case _:
                assert_never(event)

    def _next_id(self, kind: str = "event") -> str:
        """A new id of at most 32 characters."""
        self._count += 1
        return f"{self._name}_{kind}_{self._count}"

    def _message(self, role: str, text: str) -> list[e.ClientEvent]:
        return self._create(Message(role, (InputText(_clean(text)),), id=self._next_id("item")))

    def _create(self, item: Item) -> list[e.ClientEvent]:
        return [e.ConversationItemCreate(item, event_id=self._next_id())]

    def _learn(self, session: SessionConfig) -> None:
        """Take from the server's settings what our sums need."""
        if session.audio and session.audio.output and session.audio.output.format:
            self._format = session.audio.output.format

    def _transcribed(
        self,
        event: e.ConversationItemInputAudioTranscriptionDelta
        | e.ConversationItemInputAudioTranscriptionCompleted
        | e.ConversationItemInputAudioTranscriptionFailed,
    ) -> list[h.Happening]:
        """Words of the caller: each turn is heard, or not, once."""
        item_id = event.item_id
        if item_id in self._heard:
            return []
        if isinstance(event, e.ConversationItemInputAudioTranscriptionDelta):
            words = ((self._words.get(item_id) or "") + event.delta)[:MAX_TEXT]
            self._words.put(item_id, words)
            return [h.HeardPartly(item_id, words)] if item_id not in self._silent else []
        self._heard.put(item_id, None)
        self._words.take(item_id)
        if item_id in self._silent:
            # Recognisers invent words for a turn of pure silence.
            return [h.HeardNothing(item_id, "idle_timeout")]
        if isinstance(event, e.ConversationItemInputAudioTranscriptionFailed):
            return [h.HeardNothing(item_id, event.error.code or "failed")]
        text = event.transcript.strip()
        return [h.Heard(item_id, text) if text else h.HeardNothing(item_id, "empty")]

    def _refused(self, error: e.ErrorDetail) -> Step:
        """An error: repair what can be repaired, and say what is to be done about the rest."""
        code = error.code or error.type
        action = action_for(error.code, error.type)
        happened, to_send = self._answers.refused(error)
        settings = self._settings.take(error.event_id or "")
        if error.code == "cannot_update_voice":
            self._voice_fixed = True
            while error.event_id is None and (settings is None or _voiceless(settings) == settings) and self._settings:
                settings = self._settings.take_first()
            repair = settings and _voiceless(settings)
            repaired = self.configure(repair) if repair and repair != settings else []
        elif error.code == "invalid_tool_call_id":
            repaired = self._calls.refused(error.event_id)
        else:
            repaired = []
            if settings is not None and action is Action.IGNORE and not self._ready:
                # The server runs with settings of its own, and would with these every time.
                action = Action.FAIL_OVER
            elif action is Action.RETRY and self._answers.asked_with(error.event_id):
                # The answer's end says so; the session is well.
                action = Action.IGNORE
        if action is Action.REPAIR and error.code in _REPAIRED_AT_ONCE and not repaired:
            action = Action.IGNORE
        fault = h.Fault(code, error.message, action, error.event_id, wait_hint(error.message))
        return [fault, *happened], [*to_send, *repaired]


def _voiceless(session: SessionConfig) -> SessionConfig:
    """The same settings without the voice."""
    if not session.audio or not session.audio.output:
        return session
    output = msgspec.structs.replace(session.audio.output, voice=UNSET)
    return msgspec.structs.replace(session, audio=msgspec.structs.replace(session.audio, output=output))


def _clean(text: str) -> str:
    """Text that can be sent: real characters, and not too many."""
    return text.encode("utf-8", "replace").decode()[:MAX_TEXT]
