"""One WebSocket to a server: whole messages in, messages out, and why it ended.

The library parses frames and keeps to RFC 6455; what it leaves to its user stands here: messages are
put together from their fragments and stay bounded, the other side is known to be alive, and whoever
waits is told of the end at once, not when the last byte of a dead connection was given up.
"""

import asyncio
import contextlib
import logging
import struct
from collections.abc import Callable
from typing import Final

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSProtocolError, WSTransport

from npcl_voice.realtime.failures import reason_of_close

__all__ = ["CLOSE_S", "MAX_MESSAGE_BYTES", "QUIET", "WebSocket"]

MAX_MESSAGE_BYTES: Final = 16 * 2**20
"""The longest message that is taken, whether in one frame or in many."""
MAX_PARTS: Final = 4096
"""The most fragments of one message: empty ones cost memory, too."""
NO_STATUS: Final = 1005
"""Stands for a close frame without a code (RFC 6455, 7.4.1)."""
CLOSE_S: Final = 1.0
"""How long the other side may take to answer our close: a caller may be waiting for the next engine."""
LATE_S: Final = 0.5
"""When our own timer comes later than this, it is us who stood still: nothing follows for the other side."""

QUIET: Final = logging.Logger("picows", level=logging.CRITICAL + 1)  # noqa: LOG001 - no configuration may find it
"""The library's log lines hold headers at their lowest level; what happens is told by our errors."""

_PING: Final = struct.Struct("!I")


class WebSocket(WSListener):
    """Hears one connection of the library's, and holds it."""

    def __init__(
        self,
        keepalive_s: float,
        *,
        on_message: Callable[[bytes], None],
        on_end: Callable[[str, str], None],
        on_room: Callable[[], None],
    ) -> None:
        """`on_message` gets each message; `on_end` the reason and the server's words, once, unless we closed
        it; `on_room` is called when a connection that was full can take more.
        """
        self._keepalive_s = keepalive_s
        self._on_message = on_message
        self._on_end = on_end
        self._on_room = on_room
        self._loop = asyncio.get_running_loop()
        self._transport: WSTransport | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._reading = True
        self._heard = True
        self._pings = 0
        self._pinged_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self.full = False
        """Whether the network takes no more for now."""
        self.round_trip_s: float | None = None
        """How long the last answered ping took."""

    def send(self, message: bytes) -> None:
        """Write a text message; it is dropped when the connection has ended."""
        if self._transport is not None and not self._ended:
            self._transport.send(WSMsgType.TEXT, message)

    def pause_reading(self) -> None:
        """Let the other side wait: we have more than we can use."""
        if self._reading and self._transport is not None and not self._ended:
            self._reading = False
            self._transport.underlying_transport.pause_reading()

    def resume_reading(self) -> None:
        """Go on after `pause_reading`."""
        if not self._reading and self._transport is not None and not self._ended:
            self._reading = True
            self._transport.underlying_transport.resume_reading()

    async def close(self) -> None:
        """Say goodbye and let go of the connection; safe to call twice."""
        if self._transport is not None:
            self._end()
            self._transport.send_close(WSCloseCode.OK)
            await self._gone()
            await self.abort()

    async def abort(self) -> None:
        """Let go of the connection at once; safe to call twice."""
        self._end()
        if self._transport is not None:
            self._transport.disconnect(graceful=False)
            await self._gone()

    async def _gone(self) -> None:
        """Wait until the library has let go, but not for ever. Raises what a callback of ours raised."""
        assert self._transport is not None
        # A breach of the protocol that the library found has been told as the reason of the end.
        with contextlib.suppress(WSProtocolError, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._transport.wait_disconnected()

    def fail(self, reason: str) -> None:
        """Let go of the connection at once, for a reason of our own."""
        if self._transport is not None and not self._ended:
            self._transport.disconnect(graceful=False)
            self._end(reason)

    def _end(self, reason: str = "", words: str = "") -> None:
        """There is no session any more, whatever is still on its way; tell it if there is a reason."""
        if self._ended:
            return
        self._ended = True
        self._parts.clear()
        if self._timer is not None:
            self._timer.cancel()
        if reason:
            self._on_end(reason, words)

    def _refuse(self, code: WSCloseCode) -> None:
        """The other side broke the protocol: say so, and end."""
        assert self._transport is not None
        self._transport.send_close(code)
        self._transport.disconnect()
        self._end(reason_of_close(int(code.value)))

    def _beat(self) -> None:
        """Ping, unless the last one had no answer and nothing else came either."""
        assert self._transport is not None
        late = self._loop.time() - self._pinged_at > self._keepalive_s + LATE_S
        if not (self._heard or late):
            self.fail("ping")
            return
        self._heard = not self._reading  # while we do not read, silence is ours
        self._pings = (self._pings + 1) % 2**32
        self._pinged_at = self._loop.time()
        self._transport.send_ping(_PING.pack(self._pings))
        self._timer = self._loop.call_later(self._keepalive_s, self._beat)

    # What the library calls.

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The server has taken the upgrade."""
        self._transport = transport
        self._pinged_at = self._loop.time()
        self._timer = self._loop.call_later(self._keepalive_s, self._beat)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame came; pings were answered before."""
        if self._ended:
            if frame.msg_type == WSMsgType.CLOSE:  # the answer to ours
                transport.disconnect()
            return
        self._heard = True
        kind = frame.msg_type
        if frame.rsv1 or frame.rsv2 or frame.rsv3:  # no extension was agreed on
            self._refuse(WSCloseCode.PROTOCOL_ERROR)
        elif kind in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            self._piece(frame.get_payload_as_bytes(), begins=kind != WSMsgType.CONTINUATION, ends=frame.fin)
        elif kind == WSMsgType.PONG:
            if frame.get_payload_as_bytes() == _PING.pack(self._pings):
                self.round_trip_s = self._loop.time() - self._pinged_at
        elif kind == WSMsgType.CLOSE:
            code = int(frame.get_close_code().value)
            transport.send_close(frame.get_close_code() if code else WSCloseCode.OK)
            transport.disconnect()
            words = frame.get_close_reason() or ""
            self._end(reason_of_close(code or NO_STATUS, words), words)

    def _piece(self, payload: bytes, *, begins: bool, ends: bool) -> None:
        """A whole message, or a part of one."""
        if begins and ends and not self._parts:
            self._on_message(payload)
            return
        if begins == bool(self._parts):
            self._refuse(WSCloseCode.PROTOCOL_ERROR)
            return
        self._size = len(payload) + (0 if begins else self._size)
        self._parts.append(payload)
        if self._size > MAX_MESSAGE_BYTES or len(self._parts) > MAX_PARTS:
            self._refuse(WSCloseCode.MESSAGE_TOO_BIG)
        elif ends:
            message = b"".join(self._parts)
            self._parts.clear()
            self._on_message(message)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The connection is gone, after a fault that the library found, or without a word."""
        found = transport.close_handshake.sent if transport.is_close_frame_sent else None
        self._end(reason_of_close(None if found is None else int(found.code.value)))

    def pause_writing(self) -> None:
        """The network takes no more for now."""
        self.full = True

    def resume_writing(self) -> None:
        """The network takes more again."""
        self.full = False
        self._on_room()
