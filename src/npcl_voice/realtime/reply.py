"""One response on the server's side: its messages and tool calls, from `created` to `done`.

The order of events is the one of the live service. Whatever happens, `close` ends what is open.
The events have no ids yet; the session gives them.
"""

from collections.abc import Callable
from typing import Final

from npcl_voice.realtime import events as e
from npcl_voice.realtime.history import History
from npcl_voice.realtime.items import Content, FunctionCall, Item, Message, OutputAudio, OutputText, Part
from npcl_voice.realtime.meter import usage
from npcl_voice.realtime.responses import InputTokens, Response, StatusDetails, Usage
from npcl_voice.realtime.session import Pcm, ResponseParameters, bytes_per_ms

__all__ = ["Reply"]

MIN_DELTA_MS: Final = 50
"""Sound is held until there is this much: smaller events cost more than they save."""
MAX_DELTA_MS: Final = 200
"""Sound is sent in pieces no longer than this: strict clients take messages of up to 1 MiB."""


class _Open:
    """A message that is being said."""

    def __init__(self, item_id: str, output_index: int) -> None:
        self.item_id = item_id
        self.output_index = output_index
        self.words = ""
        self.sent_bytes = 0
        self.held = b""


class Reply:
    """A response under way."""

    def __init__(
        self,
        response_id: str,
        parameters: ResponseParameters,
        read: InputTokens,
        *,
        conversation_id: str,
        history: History,
        new_item_id: Callable[[], str],
    ) -> None:
        """`parameters` are complete, `read` is the bill so far.

        A response of conversation `none` leaves `history` alone.
        """
        self.id = response_id
        self.parameters = parameters
        self.joins = parameters.conversation != "none"
        self._read = read
        self._said = ""
        self._said_ms = 0
        self._conversation_id = conversation_id if self.joins else None
        self._history = history
        self._new_item_id = new_item_id
        self._spoken = parameters.output_modalities != ("text",)
        output = parameters.audio.output if parameters.audio else None
        self._audio_format = (output.format if output else None) or Pcm()
        self._output: list[Item] = []
        self._open: _Open | None = None

    def created(self) -> e.ResponseCreated:
        """The announcement."""
        return e.ResponseCreated(self._report("in_progress", None, None, ()))

    def begin_message(self) -> tuple[str, list[e.ServerEvent]]:
        """Begin to say something; what was being said is complete. Returns the item's id."""
        events = self.end_message()
        opened, begun = self._begin()
        return opened.item_id, events + begun

    def text(self, delta: str) -> list[e.ServerEvent]:
        """More words, of a message that is begun if need be."""
        if not delta:
            return []
        opened, events = self._message()
        opened.words += delta
        self._said += delta
        kind = e.ResponseOutputAudioTranscriptDelta if self._spoken else e.ResponseOutputTextDelta
        return [*events, kind(self.id, opened.item_id, opened.output_index, 0, delta)]

    def audio(self, data: bytes) -> list[e.ServerEvent]:
        """More sound, of a message that is begun if need be; a written answer has none."""
        if not self._spoken or not data:
            return []
        opened, events = self._message()
        opened.held += data
        longest = MAX_DELTA_MS * bytes_per_ms(self._audio_format)
        while len(opened.held) >= longest:
            events.append(self._sound(opened, longest))
        if len(opened.held) >= MIN_DELTA_MS * bytes_per_ms(self._audio_format):
            events.append(self._sound(opened, len(opened.held)))
        return events

    def end_message(self, status: str = "completed") -> list[e.ServerEvent]:
        """The message is complete, or what there is of it will stay so."""
        opened, self._open = self._open, None
        if opened is None:
            return []
        place = (self.id, opened.item_id, opened.output_index, 0)
        events: list[e.ServerEvent] = []
        content: Content
        if self._spoken:
            if status == "completed" and self._whole(len(opened.held)):
                events.append(self._sound(opened, len(opened.held)))
            events.append(e.ResponseOutputAudioDone(*place))
            events.append(e.ResponseOutputAudioTranscriptDone(*place, opened.words))
            events.append(e.ResponseContentPartDone(*place, Part("audio", transcript=opened.words)))
            content = OutputAudio(opened.words)
        else:
            events.append(e.ResponseOutputTextDone(*place, opened.words))
            events.append(e.ResponseContentPartDone(*place, Part("text", text=opened.words)))
            content = OutputText(opened.words)
        item = Message("assistant", (content,), id=opened.item_id, object="realtime.item", status=status)
        sent_ms = opened.sent_bytes // bytes_per_ms(self._audio_format)
        self._said_ms += sent_ms
        return events + self._done(item, opened.output_index, sent_ms)

    def call(self, call_id: str, name: str, arguments: str) -> list[e.ServerEvent]:
        """Ask for a tool; what was being said is complete."""
        events = self.end_message()
        self._said += name + arguments
        item_id, at = self._new_item_id(), len(self._output)
        begun = FunctionCall(name, "", call_id, id=item_id, object="realtime.item", status="in_progress")
        events += self._added(begun, at)
        events.append(e.ResponseFunctionCallArgumentsDelta(self.id, item_id, at, call_id, arguments))
        events.append(e.ResponseFunctionCallArgumentsDone(self.id, item_id, at, call_id, name, arguments))
        item = FunctionCall(name, arguments, call_id, id=item_id, object="realtime.item", status="completed")
        return events + self._done(item, at, 0)

    def done(self, status: str, details: StatusDetails | None) -> e.ResponseDone:
        """The end; nothing may be open any more."""
        bill = usage(self._read, self._said, self._said_ms)
        return e.ResponseDone(self._report(status, details, bill, tuple(self._output)))

    def _begin(self) -> tuple[_Open, list[e.ServerEvent]]:
        """A new message; none is open."""
        opened = self._open = _Open(self._new_item_id(), len(self._output))
        item = Message("assistant", (), id=opened.item_id, object="realtime.item", status="in_progress")
        part = Part("audio", transcript="") if self._spoken else Part("text", text="")
        events = self._added(item, opened.output_index)
        events.append(e.ResponseContentPartAdded(self.id, opened.item_id, opened.output_index, 0, part))
        return opened, events

    def _message(self) -> tuple[_Open, list[e.ServerEvent]]:
        """The message that is being said, begun if need be."""
        return (self._open, []) if self._open is not None else self._begin()

    def _whole(self, length: int) -> int:
        """Bytes of whole samples."""
        return length - length % 2 if isinstance(self._audio_format, Pcm) else length

    def _sound(self, opened: _Open, length: int) -> e.ServerEvent:
        """An event with the next bytes of sound, whole samples of them."""
        length = self._whole(length)
        piece, opened.held = opened.held[:length], opened.held[length:]
        opened.sent_bytes += length
        entry = self._history.get(opened.item_id)
        if entry is not None and not entry.truncated:
            entry.audio_ms = opened.sent_bytes // bytes_per_ms(self._audio_format)
        return e.ResponseOutputAudioDelta(self.id, opened.item_id, opened.output_index, 0, piece)

    def _added(self, item: Item, output_index: int) -> list[e.ServerEvent]:
        events: list[e.ServerEvent] = [e.ResponseOutputItemAdded(self.id, item, output_index)]
        if self.joins:
            events.append(e.ConversationItemAdded(item, self._history.add(item)))
        return events

    def _done(self, item: Item, output_index: int, audio_ms: int) -> list[e.ServerEvent]:
        self._output.append(item)
        events: list[e.ServerEvent] = []
        if self.joins and (item.id or "") in self._history:
            self._history.replace(item, audio_ms)
            events.append(e.ConversationItemDone(item, self._history.before(item.id or "")))
        return [*events, e.ResponseOutputItemDone(self.id, item, output_index)]

    def _report(
        self, status: str, details: StatusDetails | None, bill: Usage | None, output: tuple[Item, ...]
    ) -> Response:
        return Response(
            id=self.id,
            status=status,
            status_details=details,
            output=output,
            conversation_id=self._conversation_id,
            output_modalities=self.parameters.output_modalities,
            max_output_tokens=self.parameters.max_output_tokens,
            audio=self.parameters.audio,
            usage=bill,
            metadata=self.parameters.metadata,
        )
