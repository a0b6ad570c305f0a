"""A wire between a client and a server that writes down every event that passes.

What a client's library tells of itself is one half of the truth; this is the other, and the same
for every client. It says which event was the last before a client fell silent.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

MAX_BYTES = 32 * 1024 * 1024
SOUND = frozenset({"input_audio_buffer.append", "response.output_audio.delta"})
"""Events that are many and say nothing here."""


@dataclass
class Passed:
    """What went over the wire, in order."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Who said it (`client` or `server`), and what; without the sound."""
    closed: list[str] = field(default_factory=list)
    """How each connection ended: who ended it, the code, the reason."""

    def of(self, who: str, kind: str) -> list[dict[str, Any]]:
        """Every event of a kind that one side sent."""
        return [event for sender, event in self.events if sender == who and event.get("type") == kind]

    def last(self, count: int) -> list[str]:
        """The newest events by name, for whoever looks for what broke it."""
        return [f"{who} {event.get('type')}" for who, event in self.events[-count:]]

    def cancelled(self) -> bool:
        """Whether the server cancelled a response because the caller spoke."""
        details = [event["response"].get("status_details") or {} for event in self.of("server", "response.done")]
        return any((one.get("type"), one.get("reason")) == ("cancelled", "turn_detected") for one in details)

    def answering_at_speech(self) -> bool:
        """Whether the caller began to speak while a response was under way."""
        under_way = False
        for who, event in self.events:
            match who, event.get("type"):
                case "server", "response.created":
                    under_way = True
                case "server", "response.done":
                    under_way = False
                case "server", "input_audio_buffer.speech_started" if under_way:
                    return True
                case _:
                    pass
        return False

    def before(self, who: str, kind: str) -> str:
        """The client's last event before the first of a kind: what it was most likely about."""
        said = "nothing"
        for sender, event in self.events:
            if (sender, event.get("type")) == (who, kind):
                break
            if sender == "client":
                said = str(event.get("type"))
        return said

    def take(self, who: str, text: str | bytes) -> None:
        """One message passes."""
        event = json.loads(text)
        if event.get("type") not in SOUND:
            self.events.append((who, event))


@asynccontextmanager
async def tapped(address: str, passed: Passed) -> AsyncIterator[str]:
    """An address that leads to the server at `address`, over the wire that is listened to."""
    server = urlsplit(address)

    async def carry(client: ServerConnection) -> None:
        assert client.request is not None
        target = urlunsplit(("ws", server.netloc, "", "", "")) + client.request.path
        key = client.request.headers.get("Authorization")
        headers = {"Authorization": key} if key else {}
        async with connect(target, additional_headers=headers, max_size=MAX_BYTES, compression=None) as upstream:
            pumps = [
                asyncio.create_task(_pump(client, upstream, "client", passed)),
                asyncio.create_task(_pump(upstream, client, "server", passed)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()

    async with serve(carry, "127.0.0.1", 0, max_size=MAX_BYTES, compression=None) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def _pump(
    source: ClientConnection | ServerConnection,
    sink: ClientConnection | ServerConnection,
    who: str,
    passed: Passed,
) -> None:
    try:
        async for message in source:
            passed.take(who, message)
            await sink.send(message)
    except ConnectionClosed:
        pass
    passed.closed.append(f"{who} {source.close_code} {source.close_reason or ''}".rstrip())
    await sink.close(source.close_code or 1000, source.close_reason or "")
