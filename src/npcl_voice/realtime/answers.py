"""The answers of a session: asked for, under way, cancelled, over.

A server takes one response at a time for a conversation, and several hands ask for them: turn
detection, tools, the application. Here they come together: one `response.create` at a time, the
next when the server says that the last is done, and nothing of a cancelled one gets through.
"""

from collections.abc import Callable

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.calls import Calls
from npcl_voice.realtime.faults import action_at_end
from npcl_voice.realtime.hints import wait_hint
from npcl_voice.realtime.items import FunctionCall, Item, Message, item_id_of, text_of
from npcl_voice.realtime.recent import Recent
from npcl_voice.realtime.responses import Response, ResponseError
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
        self.cancel_id: str | None = None
        """The event that cancels it, if there is one."""
        self.answered = False
        """Whether an answer that seems to be its own is over."""


class _Answer:
    """A response that is under way."""

    def __init__(self, cancel_id: str | None) -> None:
        self.cancel_id = cancel_id
        """The event that cancels it, if there is one."""


class Answers:
    """Who answers when, and what of it counts."""

    def __init__(self, next_id: Callable[[str], str], calls: Calls) -> None:
        self._next_id = next_id
        self._calls = calls
        self._asked: _Asked | None = None
        """Sent and neither begun nor refused."""
        self._last: _Asked | None = None
        """The last one sent, for as long as it may still be refused and is not cancelled."""
        self._creates: Recent[None] = Recent(16)
        """The last ones sent, whatever came of them."""
        self._wanted: list[ResponseParameters | None] = []
        """At most one: to be sent when nothing is awaited or under way."""
        self._unseen: _Answer | None = None
        """A response of which we know only that it is in the way."""
        self._active: dict[str, _Answer] = {}
        self._over: Recent[bool] = Recent()
        """Responses of which nothing more counts, and whether the server has said that they are done."""
        self._cancels: Recent[str] = Recent()
        """Cancelling events that nothing has come of yet."""
        self._bytes: Recent[int] = Recent()
        self._cuts: Recent[int] = Recent()
        """Bytes that are left of an item, whatever more of it is still on its way."""
        self._texts: Recent[dict[int, str]] = Recent()
        self._ended: Recent[None] = Recent()
        """Messages that are complete: none is told of twice."""

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited or under way."""
        return self._asked is not None or bool(self._active) or self._unseen is not None

    def asked_with(self, event_id: str | None) -> bool:
        """Whether that event of ours asked for an answer."""
        return event_id is not None and event_id in self._creates

    def request(self, parameters: ResponseParameters | None) -> list[e.ClientEvent]:
        """Ask now, or as soon as nothing is awaited or under way and no tool of the last answer still runs."""
        self._wanted = [parameters]
        return self.resume()

    def resume(self) -> list[e.ClientEvent]:
        """Send what is wanted, if now is the time."""
        if self.busy or not self._wanted or self._calls.missing:
            return []
        self._asked = self._last = _Asked(self._next_id("event"), self._wanted.pop())
        self._creates.put(self._asked.event_id, None)
        return [e.ResponseCreate(self._asked.parameters, event_id=self._asked.event_id)]

    def cancel(self) -> list[e.ClientEvent]:
        """Stop all that is awaited or under way, and what is wanted."""
        self._wanted = []
        self._last = None
        to_send: list[e.ClientEvent] = []
        if self._asked and self._asked.cancel_id is None:
            to_send.append(self._cancel(self._asked, None))
        for response_id, answer in self._active.items():
            if answer.cancel_id is None:
                to_send.append(self._cancel(answer, response_id))
        if self._unseen and self._unseen.cancel_id is None:
            to_send.append(self._cancel(self._unseen, None))
        return to_send

    def created(self, response: Response) -> Step:
        """An answer begins: ours, or one that the server's turn detection asked for."""
        return self._begin(response.id), []

    def done(self, response: Response) -> Step:
        """An answer is over. One that never began counts for the one that is awaited."""
        if response.id in self._over:
            return self._done_after_all(response.id)
        answer = self._active.pop(response.id, None)
        if answer is None:
            answer = _Answer(self._cancelling())
            self._asked = self._unseen = None
        if self._last is not None:
            self._last.answered = True
        status = response.status or "completed"
        details = response.status_details
        reason = details.reason if details else None
        if status == "cancelled" and reason != "turn_detected":
            self._cancels.take(answer.cancel_id or "")
        good = status == "completed" and answer.cancel_id is None
        happened: list[h.Happening] = []
        to_send: list[e.ClientEvent] = []
        for item in response.output or ():
            if isinstance(item, FunctionCall):
                called, deleted = self._calls.called(response.id, item, good)
                happened += called
                to_send += deleted
        self._close(response.id, said=True)
        error = details.error if details and details.error else ResponseError()
        ended = h.ResponseEnded(
            response_id=response.id,
            # One that was over before our cancellation came is for us what we asked for.
            status="cancelled" if status == "completed" and answer.cancel_id is not None else status,
            reason=reason,
            error_code=error.code,
            error_message=error.message,
            called_tools=self._calls.ended(response.id, good),
            action=action_at_end(status, error.code, error.type),
            retry_after_s=wait_hint(error.message),
        )
        return [*happened, ended], [*to_send, *self.resume()]

    def refused(self, error: e.ErrorDetail) -> Step:
        """An error, which may concern something that we asked for."""
        ours = error.event_id
        if error.code == "conversation_already_has_active_response":
            self._came_second(ours)
            return [], []
        if error.code == "response_cancel_not_active":
            return self._released(self._cancels.take_first() if ours is None else self._cancels.take(ours))
        if self._asked and (ours == self._asked.event_id or (ours is None and error.code == "bad_response_create")):
            self._asked = self._last = None
            return [_failed(error)], self.resume()
        return [], []

    def item_done(self, response_id: str, item: Item) -> Step:
        """One item of an answer is over."""
        happened = self._begin(response_id)
        good = not self._dropped(response_id)
        if isinstance(item, FunctionCall):
            called, to_send = self._calls.called(response_id, item, good)
            return [*happened, *called], to_send
        item_id = item_id_of(item)
        if not isinstance(item, Message) or not good or item_id in self._ended:
            return happened, []
        if item_id:
            self._ended.put(item_id, None)
        spoken = " ".join((self._texts.get(item_id) or {}).values())
        return [*happened, h.MessageEnded(response_id, item_id, text_of(item) or spoken)], []

    def audio(self, event: e.ResponseOutputAudioDelta) -> list[h.Happening]:
        """More sound of an answer."""
        happened = self._begin(event.response_id)
        if event.delta and not self._dropped(event.response_id):
            self._bytes.put(event.item_id, (self._bytes.get(event.item_id) or 0) + len(event.delta))
            happened.append(h.AssistantAudio(event.response_id, event.item_id, event.content_index, event.delta))
        return happened

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
        received = self._bytes.get(item_id) or 0
        left = self._cuts.get(item_id)
        return received if left is None else min(received, left)

    def cut(self, item_id: str, length: int) -> None:
        """Of an item's sound no more than `length` bytes are left."""
        left = self._cuts.get(item_id)
        self._cuts.put(item_id, max(0, length if left is None else min(length, left)))

    def _came_second(self, event_id: str | None) -> None:
        """A `response.create` met an answer under way: it is wanted again after that, unless it was cancelled."""
        for asked in (self._asked, self._last):
            if asked is not None and (event_id == asked.event_id or (event_id is None and not asked.answered)):
                if asked is self._last:
                    self._wanted = self._wanted or [asked.parameters]
                if not self._active:
                    # Its cancellation, if there was one, has met that answer too.
                    self._unseen = _Answer(asked.cancel_id)
                self._asked = self._last = None
                return

    def _begin(self, response_id: str) -> list[h.Happening]:
        """The first that we hear of an answer, be it its beginning or, where that is missing, anything of it."""
        if response_id in self._over or response_id in self._active:
            return []
        self._active[response_id] = _Answer(self._cancelling())
        self._asked = self._unseen = None
        return [h.ResponseBegan(response_id)]

    def _cancelling(self) -> str | None:
        """What has cancelled the answer that comes next before it came."""
        return next((known.cancel_id for known in (self._asked, self._unseen) if known and known.cancel_id), None)

    def _cancel(self, known: _Asked | _Answer, response_id: str | None) -> e.ResponseCancel:
        """A cancellation of something that is awaited or under way."""
        known.cancel_id = self._next_id("event")
        self._cancels.put(known.cancel_id, known.cancel_id)
        return e.ResponseCancel(response_id, event_id=known.cancel_id)

    def _close(self, response_id: str, *, said: bool) -> None:
        """Nothing more of an answer counts; one without an id cannot be told from the next."""
        if response_id:
            self._over.put(response_id, said)

    def _done_after_all(self, response_id: str) -> Step:
        """The end of an answer that is over for us: news only where we had given it up."""
        if self._over.get(response_id):
            return [], []
        self._over.put(response_id, True)
        self._unseen = None
        return [], self.resume()

    def _released(self, cancel_id: str | None) -> Step:
        """What was to be cancelled is not there: nothing more is to be expected of it."""
        if cancel_id is None:
            return [], []
        happened: list[h.Happening] = []
        for response_id in [key for key, answer in self._active.items() if answer.cancel_id == cancel_id]:
            del self._active[response_id]
            self._close(response_id, said=False)
            happened.append(_given_up(response_id, self._calls.ended(response_id, False)))
        if self._asked and self._asked.cancel_id == cancel_id:
            self._asked = None
            happened.append(_given_up("", False))
        if self._unseen and self._unseen.cancel_id == cancel_id:
            self._unseen = None
        return happened, self.resume()

    def _dropped(self, response_id: str) -> bool:
        """Whether nothing more of that response counts."""
        answer = self._active.get(response_id)
        return answer is None or answer.cancel_id is not None

    def _said(self, response_id: str, item_id: str, content_index: int, text: str) -> list[h.Happening]:
        happened = self._begin(response_id)
        if text and not self._dropped(response_id):
            texts = self._texts.get(item_id) or {}
            self._texts.put(item_id, {**texts, content_index: (texts.get(content_index, "") + text)[:MAX_TEXT]})
            happened.append(h.AssistantText(response_id, item_id, content_index, text))
        return happened


def _given_up(response_id: str, called_tools: bool) -> h.ResponseEnded:
    """The end of an answer that was cancelled and is not there."""
    return h.ResponseEnded(response_id, "cancelled", None, None, None, called_tools)


def _failed(error: e.ErrorDetail) -> h.ResponseEnded:
    """The end of an answer that was refused before it began."""
    return h.ResponseEnded(
        response_id="",
        status="failed",
        reason=None,
        error_code=error.code or error.type,
        error_message=error.message,
        called_tools=False,
        action=action_at_end("failed", error.code, error.type),
        retry_after_s=wait_hint(error.message),
    )
