"""The answers of a session: asked for, under way, cancelled, over.

A server takes one response at a time for a conversation, and several hands ask for them: turn
detection, tools, the application. Here they come together: one `response.create` at a time, the
next when the server says that the last is done, and nothing of a cancelled one gets through.
"""

from collections.abc import Callable

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.items import FunctionCall, Item, Message, item_id_of, text_of
from npcl_voice.realtime.recent import Recent
from npcl_voice.realtime.responses import Response
from npcl_voice.realtime.rules import MAX_TEXT
from npcl_voice.realtime.session import ResponseParameters

__all__ = ["Answers", "Step"]

Step = tuple[list[h.Happening], list[e.ClientEvent]]
"""What happened, and what to send because of it."""


class _Asked:
    """A `response.create` that was sent."""

    def __init__(self, event_id: str, parameters: ResponseParameters | None) -> None:
        self.event_id = event_id
        self.parameters = parameters
        self.cancelled = False


class _Answer:
    """A response that is under way."""

    def __init__(self, cancelled: bool) -> None:
        self.cancelled = cancelled
        self.called_tools = False


class Answers:
    """Who answers when, and what of it counts."""

    def __init__(self, next_id: Callable[[], str]) -> None:
        self._next_id = next_id
        self._asked: _Asked | None = None
        """Sent and neither begun nor refused."""
        self._last: _Asked | None = None
        """The last one sent, for as long as it may still be refused and is not cancelled."""
        self._wanted: list[ResponseParameters | None] = []
        """At most one: to be sent when nothing is awaited or under way."""
        self._blocked = False
        """The server speaks of a response that we know nothing of."""
        self._active: dict[str, _Answer] = {}
        self._over: Recent[None] = Recent()
        self._cancels: Recent[str] = Recent()
        self._calls: Recent[None] = Recent()
        self._abandoned: Recent[None] = Recent()
        self._bytes: Recent[int] = Recent()
        self._texts: Recent[dict[int, str]] = Recent()

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited or under way."""
        return self._asked is not None or bool(self._active) or self._blocked

    def request(self, parameters: ResponseParameters | None) -> list[e.ClientEvent]:
        """Ask now, or as soon as nothing is awaited or under way."""
        self._wanted = [parameters]
        return self._next()

    def cancel(self) -> list[e.ClientEvent]:
        """Stop all that is awaited or under way, and what is wanted."""
        self._wanted = []
        self._last = None
        to_send: list[e.ClientEvent] = []
        if self._asked and not self._asked.cancelled:
            self._asked.cancelled = True
            to_send.append(self._cancel(self._asked.event_id, None))
        for response_id, answer in self._active.items():
            if not answer.cancelled:
                answer.cancelled = True
                to_send.append(self._cancel(response_id, response_id))
        if self._blocked and not to_send:
            to_send.append(self._cancel("", None))
        return to_send

    def created(self, response: Response) -> Step:
        """An answer begins: ours, or one that the server's turn detection asked for."""
        if response.id in self._over or response.id in self._active:
            return [], []
        self._active[response.id] = _Answer(self._asked is not None and self._asked.cancelled)
        self._asked = None
        return [h.ResponseBegan(response.id)], []

    def done(self, response: Response) -> Step:
        """An answer is over. One that never began counts for the one that is awaited."""
        if response.id in self._over:
            return [], []
        answer = self._active.pop(response.id, None)
        if answer is None:
            answer = _Answer(self._asked is not None and self._asked.cancelled)
            self._asked = None
        self._blocked = False
        status = response.status or "completed"
        good = status == "completed" and not answer.cancelled
        happened: list[h.Happening] = []
        to_send: list[e.ClientEvent] = []
        for item in response.output or ():
            if isinstance(item, FunctionCall):
                called, deleted = self._call(response.id, item, good)
                answer.called_tools = answer.called_tools or bool(called)
                happened += called
                to_send += deleted
        self._over.put(response.id, None)
        details = response.status_details
        error = details.error if details else None
        ended = h.ResponseEnded(
            response_id=response.id,
            status=status,
            reason=details.reason if details else None,
            error_code=error.code if error else None,
            error_message=error.message if error else None,
            called_tools=answer.called_tools,
        )
        return [*happened, ended], [*to_send, *self._next()]

    def refused(self, error: e.ErrorDetail) -> Step:
        """An error, which may concern something that we asked for."""
        if error.code == "conversation_already_has_active_response":
            if self._last and error.event_id in (None, self._last.event_id):
                self._wanted = self._wanted or [self._last.parameters]
            if self._asked and error.event_id in (None, self._asked.event_id):
                self._asked = None
            self._last = None
            self._blocked = not self._active
            return [], []
        if error.code == "response_cancel_not_active":
            return self._released(self._cancels.take(error.event_id or ""))
        if self._asked and error.event_id == self._asked.event_id:
            self._asked = self._last = None
            return [_failed(error)], self._next()
        return [], []

    def item_done(self, response_id: str, item: Item) -> Step:
        """One item of an answer is over."""
        good = not self._dropped(response_id)
        if isinstance(item, FunctionCall):
            happened, to_send = self._call(response_id, item, good)
            if happened and response_id in self._active:
                self._active[response_id].called_tools = True
            return happened, to_send
        if not isinstance(item, Message) or not good:
            return [], []
        item_id = item_id_of(item)
        spoken = " ".join((self._texts.get(item_id) or {}).values())
        return [h.MessageEnded(response_id, item_id, text_of(item) or spoken)], []

    def audio(self, event: e.ResponseOutputAudioDelta) -> list[h.Happening]:
        """More sound of an answer."""
        if not event.delta or self._dropped(event.response_id):
            return []
        self._bytes.put(event.item_id, self.received_bytes(event.item_id) + len(event.delta))
        return [h.AssistantAudio(event.response_id, event.item_id, event.content_index, event.delta)]

    def words(self, event: e.ResponseOutputAudioTranscriptDelta | e.ResponseOutputTextDelta) -> list[h.Happening]:
        """More words of an answer."""
        return self._said(event.response_id, event.item_id, event.content_index, event.delta)

    def all_words(
        self, event: e.ResponseOutputAudioTranscriptDone | e.ResponseOutputTextDone, text: str
    ) -> list[h.Happening]:
        """All words of a part; they are news only where none came before."""
        if event.content_index in (self._texts.get(event.item_id) or {}):
            return []
        return self._said(event.response_id, event.item_id, event.content_index, text)

    def received_bytes(self, item_id: str) -> int:
        """Bytes of sound received for an item, or left of it after a cut."""
        return self._bytes.get(item_id) or 0

    def cut(self, item_id: str, length: int) -> None:
        """Of an item's sound no more than `length` bytes are left."""
        if item_id in self._bytes:
            self._bytes.put(item_id, max(0, min(length, self.received_bytes(item_id))))

    def _next(self) -> list[e.ClientEvent]:
        """Send what is wanted, if now is the time."""
        if self.busy or not self._wanted:
            return []
        self._asked = self._last = _Asked(self._next_id(), self._wanted.pop())
        return [e.ResponseCreate(self._asked.parameters, event_id=self._asked.event_id)]

    def _cancel(self, target: str, response_id: str | None) -> e.ResponseCancel:
        """A cancellation, and which response it was meant for."""
        event_id = self._next_id()
        self._cancels.put(event_id, target)
        return e.ResponseCancel(response_id, event_id=event_id)

    def _released(self, target: str | None) -> Step:
        """What was to be cancelled is not there: nothing more is to be expected of it."""
        happened: list[h.Happening] = []
        if target == "":
            self._blocked = False
        elif target is not None:
            answer = self._active.pop(target, None)
            if answer is not None:
                self._over.put(target, None)
                happened.append(h.ResponseEnded(target, "cancelled", None, None, None, answer.called_tools))
            elif self._asked and self._asked.event_id == target:
                self._asked = None
                happened.append(h.ResponseEnded("", "cancelled", None, None, None, False))
        return happened, self._next()

    def _dropped(self, response_id: str) -> bool:
        """Whether nothing more of that response counts."""
        answer = self._active.get(response_id)
        return response_id in self._over or (answer is not None and answer.cancelled)

    def _call(self, response_id: str, item: FunctionCall, good: bool) -> Step:
        """A tool call that is to be made, once, or else taken out of the conversation: it has no answer."""
        if item.call_id and item.call_id in self._calls:
            return [], []
        item_id = item_id_of(item)
        if good and item.status in (None, "completed") and item.call_id and item.name:
            self._calls.put(item.call_id, None)
            return [h.ToolCalled(response_id, item_id, item.call_id, item.name, item.arguments)], []
        if not item_id or item_id in self._abandoned:
            return [], []
        self._abandoned.put(item_id, None)
        return [], [e.ConversationItemDelete(item_id, event_id=self._next_id())]

    def _said(self, response_id: str, item_id: str, content_index: int, text: str) -> list[h.Happening]:
        if not text or self._dropped(response_id):
            return []
        texts = self._texts.get(item_id) or {}
        self._texts.put(item_id, {**texts, content_index: (texts.get(content_index, "") + text)[:MAX_TEXT]})
        return [h.AssistantText(response_id, item_id, content_index, text)]


def _failed(error: e.ErrorDetail) -> h.ResponseEnded:
    """The end of an answer that was refused before it began."""
    return h.ResponseEnded("", "failed", None, error.code or error.type, error.message, False)
