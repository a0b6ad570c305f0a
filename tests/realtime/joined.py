"""A client session and a server session joined in memory, the wire's text between them.

Every event of the server is also held to the strict types of the official `openai` library.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import orders as o
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.codec import decode_client, decode_server, encode
from npcl_voice.realtime.server import Out, ServerSession
from npcl_voice.realtime.session import Audio, AudioInput, SessionConfig, Transcription

STRICT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)

MANUAL = SessionConfig(audio=Audio(input=AudioInput(turn_detection=None)))
"""The client says when a turn ends."""
HEARD = SessionConfig(audio=Audio(input=AudioInput(transcription=Transcription(model="ours"))))
"""The client wants the words."""

MS = 48
"""Bytes of one millisecond of 24 kHz PCM."""


def strictly(event: e.ServerEvent) -> dict[str, Any]:
    """The event's JSON, after the official library has taken it."""
    body = msgspec.json.decode(encode(event))
    STRICT.validate_python(body)
    assert isinstance(body["event_id"], str)
    return body


class Joined:
    """Both sides of one session, with a record of what went over the wire and what came of it."""

    def __init__(self, *configurations: SessionConfig) -> None:
        self.server = ServerSession("sess_1", "model", 3600)
        self.client = ClientSession("t")
        self.sent: list[e.ServerEvent] = []
        self.asked: list[e.ClientEvent] = []
        self.orders: list[o.Order] = []
        self.happened: list[h.Happening] = []
        self.engine(self.server.open())
        for configuration in configurations:
            self.ask(self.client.configure(configuration))

    def ask(self, events: Iterable[e.ClientEvent]) -> list[h.Happening]:
        """The client sends; returns what happened at the client until both sides are at rest."""
        before = len(self.happened)
        waiting = deque(events)
        while waiting:
            event = waiting.popleft()
            self.asked.append(event)
            waiting.extend(self._deliver(self.server.receive(decode_client(encode(event)))))
        return self.happened[before:]

    def engine(self, out: Iterable[Out]) -> list[h.Happening]:
        """The engine made the server say something; returns what happened at the client."""
        before = len(self.happened)
        self.ask(self._deliver(out))
        return self.happened[before:]

    def _deliver(self, out: Iterable[Out]) -> list[e.ClientEvent]:
        answers: list[e.ClientEvent] = []
        for step in out:
            if isinstance(step, o.Order):
                self.orders.append(step)
                continue
            strictly(step)
            self.sent.append(step)
            received = decode_server(encode(step))
            assert received == step
            happened, to_send = self.client.receive(received)
            self.happened += happened
            answers += to_send
        return answers

    def of(self, kind: type[Any]) -> list[Any]:
        """All events, orders and happenings of a type so far."""
        return [
            step
            for record in (self.sent, self.orders, self.happened, self.asked)
            for step in record
            if isinstance(step, kind)
        ]

    def names(self, since: int = 0) -> list[str]:
        """The names of the server's events."""
        return [str(event.__struct_config__.tag) for event in self.sent[since:]]

    @property
    def response_id(self) -> str:
        """The response that the engine was last asked for."""
        return self.of(o.RespondTo)[-1].response_id
