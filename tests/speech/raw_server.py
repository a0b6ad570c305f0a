"""A server that a test writes frame by frame: what a library would never send can be sent by it."""

import asyncio
import base64
import hashlib
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CREATED = {"type": "session.created", "event_id": "e1", "session": {"type": "realtime", "expires_at": 4_600}}


def frame(kind: int, payload: bytes, *, ends: bool = True, reserved: int = 0, masked: bool = False) -> bytes:
    """One frame (RFC 6455, 5.2)."""
    first, mask = (ends << 7) | (reserved << 4) | kind, 128 if masked else 0
    if len(payload) < 126:
        head = bytes([first, mask | len(payload)])
    elif len(payload) < 2**16:
        head = struct.pack("!BBH", first, mask | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, mask | 127, len(payload))
    return head + (b"\0\0\0\0" if masked else b"") + payload


def closing(code: int, reason: str = "") -> bytes:
    """A close frame."""
    return frame(CLOSE, struct.pack("!H", code) + reason.encode())


def event(name: str, **fields: Any) -> bytes:
    """A text frame with a server event."""
    return frame(TEXT, json.dumps({"type": name, "event_id": "e", **fields}).encode())


def error(code: str, message: str = "No.", kind: str = "invalid_request_error") -> bytes:
    """An `error` event."""
    return event("error", error={"type": kind, "code": code, "message": message})


class Client:
    """What the server sees of one client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        self.head = head
        self.reader = reader
        self.writer = writer

    @property
    def path(self) -> str:
        return self.head.split(b" ")[1].decode()

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if name}

    async def upgrade(self, *, wrong: bool = False) -> None:
        """Accept, or answer with another key's proof."""
        key = b"another" if wrong else self.headers["sec-websocket-key"].encode()
        proof = base64.b64encode(hashlib.sha1(key + GUID).digest())
        head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        await self.say(head + b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n")

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def created(self, **session: Any) -> None:
        """Upgrade and open the session."""
        await self.upgrade()
        await self.say(frame(TEXT, json.dumps({**CREATED, "session": {**CREATED["session"], **session}}).encode()))

    async def hear(self) -> tuple[int, bytes]:
        """The next frame of the client's: kind and payload. Raises IncompleteReadError at the end."""
        first, second = await self.reader.readexactly(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        assert second & 128, "a client masks"
        mask = await self.reader.readexactly(4)
        payload = await self.reader.readexactly(size)
        whole = int.from_bytes((mask * (size // 4 + 1))[:size]) ^ int.from_bytes(payload)
        return first & 15, whole.to_bytes(size)

    async def hear_event(self) -> dict[str, Any]:
        """The next event of the client's; what is said about the connection itself is passed over."""
        while True:
            kind, payload = await self.hear()
            if kind == TEXT:
                return json.loads(payload)
            if kind == PING:
                await self.say(frame(PONG, payload))

    async def hear_close(self) -> int:
        """The code of the client's close frame; whatever came before is passed over."""
        while True:
            kind, payload = await self.hear()
            if kind == CLOSE:
                return struct.unpack("!H", payload[:2])[0]

    async def until_gone(self) -> None:
        """Read until the client has let go of the connection."""
        try:
            while await self.reader.read(65_536):
                pass
        except ConnectionError:
            pass

    def reset(self) -> None:
        """End the connection as a machine does that knows nothing of it (RST)."""
        plain: socket.socket = self.writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Client], Awaitable[None]]


class Server:
    """Where it listens, and what its clients asked for."""

    def __init__(self) -> None:
        self.port = 0
        self.clients: list[Client] = []
        self.faults: list[BaseException] = []


@asynccontextmanager
async def serving(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server on a free port of the loopback; a script that fails fails the test."""
    found = Server()
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            client = Client(reader, writer, await reader.readuntil(b"\r\n\r\n"))
            found.clients.append(client)
            await script(client)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went, which is what most tests are about
        except Exception as fault:  # noqa: BLE001 - the test hears of it below
            found.faults.append(fault)
        finally:
            running.discard(task)
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    if found.faults:
        raise found.faults[0]
