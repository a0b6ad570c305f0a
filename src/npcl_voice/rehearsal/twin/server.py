"""The twin over a real socket: the same sessions and the same faults, done to real connections.

A reset is a TCP reset, garbage is garbage, a black hole takes the connection and never answers.
Who may come in is decided after the upgrade, as the service does (OpenAI, Realtime guide, and
observed there): an `error` event, then a close code.
"""

import asyncio
import hmac
import logging
import socket
import struct
from collections.abc import Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from npcl_voice.errors import NpclVoiceError, RemoteProtocolError, SettingsError
from npcl_voice.realtime.codec import MAX_MESSAGE_BYTES, decode_client, encode
from npcl_voice.realtime.events import ErrorDetail, ErrorEvent
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.endings import Deaf, End, Garbage, Step
from npcl_voice.rehearsal.twin.engine import FaultyEngine
from npcl_voice.rehearsal.twin.faulty import FaultySpeech

__all__ = ["PATH", "TwinServer"]

PATH = "/v1/realtime"
HOST = "127.0.0.1"
TRY_LATER = 1013
CLOSE_S = 1.0
"""How long a client may take to answer a close frame."""
PING_S = 20
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: the kernel answers with RST instead of FIN."""

SILENT = logging.getLogger("npcl_voice.rehearsal.twin.socket")
"""The library reports each broken handshake as an error; here they break on purpose."""
SILENT.propagate = False
SILENT.addHandler(logging.NullHandler())

log = structlog.get_logger()


class TwinServer:
    """A Realtime server on this machine that fails as it is told to."""

    def __init__(self, engine: FaultyEngine, *, host: str = HOST, port: int = 0, api_key: str = "") -> None:
        """Port 0 lets the system choose. Without a key everybody may come in.

        Raises SettingsError for a fault that no server can bring about.
        """
        for fault in engine.faults.connect:
            if isinstance(fault, f.Dns | f.Tls):
                name = type(fault).__struct_config__.tag
                raise SettingsError("--faults", f"{name} is no server's doing: it can be had in memory only")
        self._engine = engine
        self._host = host
        self._port = port
        self._api_key = api_key
        self._asked: dict[UUID, tuple[int, f.ConnectFault | None]] = {}
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """Where it is, as `NPCL_REALTIME_URL` takes it."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"ws://{host}:{self._port}{PATH}"

    async def open(self) -> None:
        """Listen. Raises SettingsError when the address or the port cannot be had."""
        try:
            self._server = await serve(
                self._serve,
                self._host,
                self._port,
                process_request=self._handshake,
                select_subprotocol=_subprotocol,
                compression=None,
                open_timeout=None,  # a black hole is open for as long as its client waits
                close_timeout=CLOSE_S,
                ping_interval=PING_S,
                ping_timeout=PING_S,
                max_size=MAX_MESSAGE_BYTES,
                server_header=None,
                logger=SILENT,
            )
        except OSError as error:
            raise SettingsError("--port", f"cannot listen on {self._host}:{self._port}: {error.strerror}") from None
        self._port = next(iter(self._server.sockets)).getsockname()[1]

    async def close(self) -> None:
        """Cut what is open, and listen no more; safe to call twice."""
        server, self._server = self._server, None
        if server is None:
            return
        for connection in list(server.connections):
            connection.transport.abort()
        server.close(close_connections=False)
        await server.wait_closed()

    # Before a session.

    async def _handshake(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer the upgrade, or what stands in its place."""
        if urlsplit(request.path).path != PATH:
            return connection.respond(HTTPStatus.NOT_FOUND, f"The twin is at {PATH}.\n")
        number, fault = self._engine.begin()
        self._asked[connection.id] = (number, fault)
        match fault:
            case f.Refuse() | f.Dns() | f.Tls():
                self._engine.refused(number, fault, _caller(request))
                _reset(connection)
                return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
            case f.Timeout():
                self._engine.refused(number, fault, _caller(request))
                await connection.wait_closed()
                return None
            case f.Http():
                self._engine.refused(number, fault, _caller(request))
                response = connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
                response.status_code, response.reason_phrase = fault.status, "As the script says"
                if fault.retry_after_s is not None:
                    response.headers["Retry-After"] = f"{fault.retry_after_s:g}"
                return response
            case _:
                return None

    def _refusal(self, request: Request) -> tuple[str, str, int] | None:
        """Code, message and close code for a client that may not come in."""
        if "OpenAI-Beta" in request.headers:
            text = "The Realtime beta API is no longer supported. Please use the GA API."
            return "beta_api_shape_disabled", text, 4000
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if self._api_key and not (
            kind.lower() == "bearer" and hmac.compare_digest(key.strip().encode(), self._api_key.encode())
        ):
            return "invalid_api_key", "Incorrect API key provided.", 3000
        if not parse_qs(urlsplit(request.path).query).get("model"):
            return "missing_model", "You must provide a model parameter.", 4000
        return None

    # A session.

    async def _serve(self, connection: ServerConnection) -> None:
        number, fault = self._asked.pop(connection.id)
        request = connection.request
        if request is None:  # there is one after every handshake
            return
        refusal = self._refusal(request)
        if refusal is not None:
            code, text, close = refusal
            fault = f.CloseAtOnce(code=close, error=code, text=text)
        if isinstance(fault, f.CloseAtOnce):
            self._engine.refused(number, fault, _caller(request))
            error = ErrorEvent(ErrorDetail(fault.type, fault.text, fault.error), event_id="event_refused")
            await _send(connection, encode(error).decode())
            await connection.close(fault.code, fault.reason)
            return
        try:
            await self._talk(connection, await self._engine.join(number, fault, _caller(request)))
        except NpclVoiceError as error:
            told = ErrorEvent(ErrorDetail("server_error", str(error), "server_error"), event_id="event_refused")
            await _send(connection, encode(told).decode())
            await connection.close(TRY_LATER, "server_error.server_error")
        except Exception as error:  # noqa: BLE001 - the edge of a session: the others go on
            log.error("a session of the twin failed", error=repr(error))  # noqa: TRY400 - one line for a person
            _reset(connection)

    async def _talk(self, connection: ServerConnection, session: FaultySpeech) -> None:
        """Carry a session to its end."""
        reader = asyncio.get_running_loop().create_task(self._read(connection, session), name="twin reader")
        try:
            async for step in session.steps():
                if not await self._write(connection, step):
                    break
        finally:
            reader.cancel()
            await asyncio.wait({reader})
            await session.close()

    async def _write(self, connection: ServerConnection, step: Step) -> bool:
        """Do to the connection what the step says; whether it goes on."""
        match step:
            case End(how="reset"):
                _reset(connection)
                return False
            case End():
                await connection.close(step.code, step.text)
                return False
            case Deaf():
                connection.transport.pause_reading()
                return True
            case Garbage():
                return await _send(connection, '{"type":"' + step.event + '","event_id":"ev')
            case _:
                return await _send(connection, encode(step).decode())

    async def _read(self, connection: ServerConnection, session: FaultySpeech) -> None:
        """Hand on what the client sends, until it leaves."""
        try:
            async for message in connection:
                try:
                    if isinstance(message, bytes):
                        raise RemoteProtocolError("binary frames are not part of this protocol", code="invalid_event")
                    session.send(decode_client(message))
                except RemoteProtocolError as error:
                    session.refuse(error)
        except ConnectionClosed:
            pass  # a client may leave as it likes
        finally:
            await session.close()


async def _send(connection: ServerConnection, text: str) -> bool:
    """Whether the client was there to be told."""
    try:
        await connection.send(text)
    except ConnectionClosed:
        return False
    return True


def _reset(connection: ServerConnection) -> None:
    """Break the connection as a network does."""
    raw = connection.transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    connection.transport.abort()


def _caller(request: Request) -> str:
    """How the client tells its callers apart."""
    return request.headers.get("OpenAI-Safety-Identifier", "")[:128]


def _subprotocol(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """What browsers offer beside their key."""
    return Subprotocol("realtime") if "realtime" in offered else None
