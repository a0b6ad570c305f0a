"""What went over a session's wire, for those who judge it afterwards: events and times, no sound."""

from typing import Literal

import msgspec

from npcl_voice.realtime.events import (
    ClientEvent,
    InputAudioBufferAppend,
    ResponseOutputAudioDelta,
    ServerEvent,
)
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

    def __init__(self, number: int, caller: str, began: float) -> None:
        self.number = number
        self.caller = caller
        self.began = began
        self.entries: list[Entry] = []

    def client(self, now: float, event: ClientEvent) -> None:
        """The client sent this."""
        if isinstance(event, InputAudioBufferAppend):
            quiet = msgspec.structs.replace(event, audio=b"")
            self.entries.append(Entry(now, "client", quiet, len(event.audio)))
        else:
            self.entries.append(Entry(now, "client", event))

    def server(self, now: float, step: Step) -> None:
        """This came to the client."""
        if isinstance(step, ResponseOutputAudioDelta):
            quiet = msgspec.structs.replace(step, delta=b"")
            self.entries.append(Entry(now, "server", quiet, len(step.delta)))
        else:
            self.entries.append(Entry(now, "server", step))

    def sent(self) -> list[Entry]:
        """What came to the client."""
        return [entry for entry in self.entries if entry.who == "server"]

    def received(self) -> list[Entry]:
        """What the client sent."""
        return [entry for entry in self.entries if entry.who == "client"]
