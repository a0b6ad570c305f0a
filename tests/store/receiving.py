"""A receiver of webhooks on the loopback that misbehaves as it is told, and keeps what it was sent."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, Self

__all__ = ["KEY", "SECRET", "Receiving", "Request", "verified"]

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"

ANSWERS = {
    "ok": b"HTTP/1.1 204 No Content\r\n\r\n",
    "chatty": b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nthank you!\n",
    "endless": b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + bytes(200_000),
    "500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops",
    "404": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "302": b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
    "429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
    "half": b"HTTP/1.1 20",
    "nonsense": b"\x00\x01 what?\r\n\r\n",
}
TAKES = {"ok", "chatty", "endless", "swallow"}
"""After these the receiver has the job; `swallow` breaks off without saying so."""


class Request(NamedTuple):
    """One request that came in whole."""

    path: str
    headers: dict[str, str]
    body: bytes
    mode: str

    @property
    def key(self) -> str:
        return self.headers["webhook-id"]

    @property
    def alert(self) -> bool:
        return json.loads(self.body)["type"].startswith("hazard.")


def verified(request: Request, key: bytes = KEY) -> bool:
    """Whether the signature is right, as a receiver would see to it."""
    content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    right = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{right}" in request.headers["webhook-signature"].split(" ")


class Receiving:
    """The receiver; `behave` gives the mode of each request."""

    def __init__(self, behave: Callable[[], str] = lambda: "ok") -> None:
        self.behave = behave
        self.requests: list[Request] = []
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/hook?token=canary-in-the-address"

    @property
    def taken(self) -> list[str]:
        """The keys of the jobs that it has, as often as it was given them."""
        return [request.key for request in self.requests if request.mode in TAKES]

    async def come(self) -> None:
        """Listen, at the same port each time."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def disappear(self) -> None:
        """Close the port, and all connections."""
        if self._server is not None:
            self._server.close()
            for writer in self._open:
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.come()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disappear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._answer(reader, writer):
                    pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        mode = self.behave()
        self.requests.append(Request(first.split()[1], headers, body, mode))
        match mode:
            case "stall":
                await reader.read()  # until the other side gives up
                return False
            case "drip":
                while not writer.is_closing():
                    writer.write(b"H" if writer.get_extra_info("begun") else b"HTTP/1.1 200 OK\r\nX: ")
                    await writer.drain()
                    await asyncio.sleep(0.01)
                return False
            case "reset" | "swallow":
                linger = struct.pack("ii", 1, 0)  # closing sends a reset, not an end
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
                return False
            case _:
                writer.write(ANSWERS[mode])
                await writer.drain()
                return mode not in ("half", "nonsense")
