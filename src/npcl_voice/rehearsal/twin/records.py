"""What went over a session's wire, for those who judge it afterwards: events and times, no sound."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from npcl_voice.realtime import events as e
from npcl_voice.realtime.events import ClientEvent, ServerEvent
from npcl_voice.realtime.history import without_sound
from npcl_voice.realtime.items import InputAudio, Item, Message, OutputAudio
from npcl_voice.realtime.session import ResponseParameters
from npcl_voice.rehearsal.twin.endings import Deaf, End, Garbage, Step

__all__ = ["Entry", "SessionRecord"]


class Entry(msgspec.Struct, frozen=True):
    """One thing that went over the wire."""

    t: float
    """When, in seconds on the engine's clock."""
    who: Literal["client", "server"]
    what: ClientEvent | ServerEvent | Garbage | Deaf | End
    """Its sound is left out."""
    audio_bytes: int = 0
    """How much sound it had."""


class SessionRecord:
    """One session, from its first event to its last."""

    def __init__(
        self, number: int, caller: str, began: float, follow: Callable[[int, Entry], None] = lambda _n, _entry: None
    ) -> None:
        """`follow` is told of each entry, with the session's number."""
        self.number = number
        self.caller = caller
        self.began = began
        self.entries: list[Entry] = []
        self._follow = follow

    def client(self, now: float, event: ClientEvent) -> None:
        """The client sent this."""
        self._add(Entry(now, "client", *_silenced(event)))

    def server(self, now: float, step: Step) -> None:
        """This came to the client."""
        self._add(Entry(now, "server", *_silenced(step)))

    def sent(self) -> list[Entry]:
        """What came to the client."""
        return [entry for entry in self.entries if entry.who == "server"]

    def received(self) -> list[Entry]:
        """What the client sent."""
        return [entry for entry in self.entries if entry.who == "client"]

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._follow(self.number, entry)


def _silenced(what: Any) -> tuple[Any, int]:
    """The same without its sound, and how many bytes of it there were."""
    match what:
        case e.InputAudioBufferAppend():
            return msgspec.structs.replace(what, audio=b""), len(what.audio)
        case e.ResponseOutputAudioDelta():
            return msgspec.structs.replace(what, delta=b""), len(what.delta)
        case e.ConversationItemCreate() | e.ConversationItemRetrieved():
            return msgspec.structs.replace(what, item=without_sound(what.item)), _sound_in(what.item)
        case e.ResponseCreate(response=ResponseParameters(input=tuple(items)) as wish):
            quiet = msgspec.structs.replace(wish, input=tuple(without_sound(item) for item in items))
            return msgspec.structs.replace(what, response=quiet), sum(_sound_in(item) for item in items)
        case _:
            return what, 0


def _sound_in(item: Item) -> int:
    contents = item.content if isinstance(item, Message) else ()
    return sum(len(one.audio or b"") for one in contents if isinstance(one, InputAudio | OutputAudio))
