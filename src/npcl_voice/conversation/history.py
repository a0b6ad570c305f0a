"""What was said and done in a call so far, in the items of the protocol.

Nothing of a conversation survives its session, so the next one is told of it: what each side said, as
far as it was heard, and every tool call together with its result (OpenAI, Realtime guide: a client
replays items; sound of the assistant cannot be put in, so all is text).
"""

from collections import deque
from collections.abc import Sequence

import msgspec

from npcl_voice.conversation.dialogue import Heard, Keyed, Returned, Spoken, Typed
from npcl_voice.conversation.marks import marked
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.events import ClientEvent

__all__ = ["Called", "History", "put_again"]

MAX_ENTRIES = 60
"""A longer past is told by the facts block alone; old turns cost money at every answer."""
MAX_CHARS = 6_000
"""About 1,500 tokens of text."""


class _Said(msgspec.Struct, frozen=True):
    text: str


class _Noted(msgspec.Struct, frozen=True):
    text: str


class Called(msgspec.Struct, frozen=True):
    """A tool that was called, and what it answered; empty while it runs."""

    call_id: str
    name: str
    arguments: str
    """JSON text, as the model wrote it."""
    output: str = ""
    """JSON text."""


_Entry = Heard | _Said | _Noted | Called


class History:
    """The talk so far, the latest turns of it."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque(maxlen=MAX_ENTRIES)
        self._running: dict[str, Called] = {}

    def heard(self, heard: Heard) -> None:
        """The caller said, typed or keyed this."""
        self._entries.append(heard)

    def said(self, text: str) -> None:
        """The engine said this, as far as it was heard."""
        self._entries.append(_Said(text))

    def noted(self, text: str) -> None:
        """The engine was told this: what our own voice said."""
        self._entries.append(_Noted(text))

    def called(self, call_id: str, name: str, arguments: str) -> None:
        """The engine called a tool."""
        self._running[call_id] = Called(call_id, name, arguments)

    def answered(self, call_id: str, output: str) -> Called | None:
        """The tool has answered; the whole call, unless nobody made it."""
        running = self._running.pop(call_id, None)
        if running is None:
            return None
        called = msgspec.structs.replace(running, output=output)
        self._entries.append(called)
        return called

    def replay(self, client: ClientSession, unanswered: Sequence[Heard]) -> list[ClientEvent]:
        """The past as items for a new session, without what is going to be put in again to be answered."""
        left = list(unanswered)
        events: list[list[ClientEvent]] = []
        room = MAX_CHARS
        for entry in reversed(self._entries):
            if entry in left:
                left.remove(entry)
                continue
            told = next((at for at, heard in enumerate(left) if _is_answer(entry, heard)), None)
            if told is not None:
                del left[told]
                continue
            room -= _length(entry)
            if room < 0:
                break
            events.insert(0, _items(entry, client))
        return [event for items in events for event in items]

    def call_of(self, heard: Returned) -> Called | None:
        """The call whose answer that is: the latest that fits."""
        calls = (entry for entry in reversed(self._entries) if isinstance(entry, Called))
        return next((entry for entry in calls if _is_answer(entry, heard)), None)


def put_again(heard: Heard, history: History, client: ClientSession, *, embedded: bool) -> list[ClientEvent]:
    """What was heard and is not answered yet, as items for the engine that is to answer it.

    The embedded engine tells spoken words from typed ones; to a model all are the caller's words.
    """
    match heard:
        case Returned():
            called = history.call_of(heard)
            return [] if called is None else _items(called, client)
        case Spoken() if embedded:
            return client.user_text(marked(heard))
        case _:
            return _items(heard, client)


def _items(entry: _Entry, client: ClientSession) -> list[ClientEvent]:
    match entry:
        case Spoken() | Typed():
            return client.user_text(entry.text)
        case Keyed():
            return client.user_text(marked(entry))
        case _Said():
            return client.assistant_text(entry.text)
        case _Noted():
            return client.system_text(entry.text)
        case Called():
            called = client.function_call(entry.call_id, entry.name, entry.arguments)
            return [*called, *client.tool_output(entry.call_id, entry.output)]
        case _:  # nothing could be made of it, or it is told by its call
            return []


def _is_answer(entry: _Entry, heard: Heard) -> bool:
    """Whether the entry is the call whose answer that is."""
    if not isinstance(entry, Called) or not isinstance(heard, Returned):
        return False
    return entry.name == heard.name and entry.output == msgspec.json.encode(heard.result).decode()


def _length(entry: _Entry) -> int:
    match entry:
        case Called():
            return len(entry.arguments) + len(entry.output)
        case Keyed():
            return len(entry.digits)
        case Spoken() | Typed() | _Said() | _Noted():
            return len(entry.text)
        case _:
            return 0
