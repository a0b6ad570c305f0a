"""`/v1/realtime`: the embedded engine for Realtime clients, over a socket.

Who may come in is decided before anything else. As the service does, the upgrade is accepted and
the refusal told in an `error` event and a close code (OpenAI, Realtime guide, and observed there).
"""

import asyncio
import hmac
import ipaddress
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from npcl_voice.config import Secret
from npcl_voice.errors import RemoteProtocolError, UnavailableError
from npcl_voice.ports import Clock
from npcl_voice.realtime.codec import decode_client, encode
from npcl_voice.realtime.events import ErrorDetail, ErrorEvent
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.server import LocalSession

__all__ = ["MAX_MESSAGE_BYTES", "TRY_LATER", "RealtimeEndpoint"]

MAX_MESSAGE_BYTES = 21 * 1024 * 1024
"""One message: the largest append, 15 MiB, is 20 MiB in base64."""
SUBPROTOCOL = "realtime"
KEY_SUBPROTOCOL = "openai-insecure-api-key."
"""How browsers, which cannot set headers, hand in a key."""

BAD_REQUEST, BAD_KEY, TRY_LATER, EXPIRED, BROKEN = 4000, 3000, 1013, 1001, 1011

log = structlog.get_logger()


class RealtimeEndpoint:
    """Takes sockets, and gives each a session of its own."""

    def __init__(
        self,
        engine: LocalEngine,
        clock: Clock,
        api_keys: Sequence[Secret],
        new_id: Callable[[], str],
        expires_at: Callable[[], int],
    ) -> None:
        """`new_id` makes session ids, `expires_at` says in unix seconds when a session begun now ends."""
        self._engine = engine
        self._clock = clock
        self._api_keys = tuple(api_keys)
        self._new_id = new_id
        self._expires_at = expires_at

    async def __call__(self, websocket: WebSocket) -> None:
        """Serve one client to its end."""
        offered = websocket.scope.get("subprotocols", [])
        await websocket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        refusal = self._refusal(websocket, offered)
        if refusal is not None:
            code, kind, message, close = refusal
            await self._refuse(websocket, code, kind, message, close)
            return
        session = self._engine.session(
            self._clock, self._new_id(), self._expires_at(), websocket.query_params.get("model") or "npcl-local"
        )
        try:
            await self._serve(websocket, session)
        finally:
            await session.close()

    def _refusal(self, websocket: WebSocket, offered: Sequence[str]) -> tuple[str, str, str, int] | None:
        if websocket.headers.get("openai-beta"):
            text = "The Realtime beta API is no longer supported. Please use the GA API."
            return "beta_api_shape_disabled", "invalid_request_error", text, BAD_REQUEST
        if not self._may_enter(websocket, offered):
            return "invalid_api_key", "invalid_request_error", "Incorrect API key provided.", BAD_KEY
        if not self._engine.places.free:
            return "server_error", "server_error", "All lines are busy. Please try again later.", TRY_LATER
        return None

    def _may_enter(self, websocket: WebSocket, offered: Sequence[str]) -> bool:
        if not self._api_keys:
            return _is_loopback(websocket) and _is_own_origin(websocket)
        kind, _, given = websocket.headers.get("authorization", "").partition(" ")
        keys = [given.strip()] if kind.lower() == "bearer" else []
        keys += [name.removeprefix(KEY_SUBPROTOCOL) for name in offered if name.startswith(KEY_SUBPROTOCOL)]
        # Every pair is compared, so that time tells nothing of which came near.
        found = [hmac.compare_digest(key.encode(), known.reveal().encode()) for key in keys for known in self._api_keys]
        return any(found)

    async def _refuse(self, websocket: WebSocket, code: str, kind: str, message: str, close: int) -> None:
        log.info("realtime client refused", code=code)
        event = ErrorEvent(ErrorDetail(kind, message, code), event_id="event_refused")
        await websocket.send_text(_text(encode(event)))
        await websocket.close(close, f"{kind}.{code}")

    async def _serve(self, websocket: WebSocket, session: LocalSession) -> None:
        reader = asyncio.get_running_loop().create_task(self._read(websocket, session), name="realtime reader")
        expired = False
        try:
            async for event in session.events():
                expired = expired or (isinstance(event, ErrorEvent) and event.error.code == "session_expired")
                await websocket.send_text(_text(encode(event)))
        except UnavailableError as error:
            log.warning("embedded session broke", error=str(error))
            await _close(websocket, BROKEN, "server_error")
        except (WebSocketDisconnect, RuntimeError):
            return  # the client is gone while we write
        else:
            await _close(websocket, EXPIRED if expired else 1000, "session_expired" if expired else "")
        finally:
            reader.cancel()
            await asyncio.wait({reader})

    async def _read(self, websocket: WebSocket, session: LocalSession) -> None:
        """Hand on what the client sends, until it leaves."""
        try:
            while (message := await websocket.receive())["type"] != "websocket.disconnect":
                text = message.get("text")
                try:
                    if text is None:
                        raise RemoteProtocolError("binary frames are not part of this protocol", code="invalid_event")
                    session.send(decode_client(text))
                except RemoteProtocolError as fault:
                    session.refuse(fault)
        finally:
            await session.close()


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    try:
        await websocket.close(code, reason)
    except (WebSocketDisconnect, RuntimeError):
        return  # it is closed already


def _text(encoded: bytes | str) -> str:
    return encoded if isinstance(encoded, str) else encoded.decode()


def _is_loopback(websocket: WebSocket) -> bool:
    """Whether the client is on this machine; without keys nobody else may come in."""
    if websocket.client is None:
        return False
    try:
        return ipaddress.ip_address(websocket.client.host).is_loopback
    except ValueError:
        return False


def _is_own_origin(websocket: WebSocket) -> bool:
    """A page of another site must not reach a service on its visitor's machine."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")
