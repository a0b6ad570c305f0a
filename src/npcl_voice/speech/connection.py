"""One session with a Realtime server, over a WebSocket: events in, events out, and why it broke.

Nothing here waits for the network: what is sent goes out at once, or into a bounded queue while the
network is full; what comes in is read as fast as it is used, and the server waits where it is not.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

from npcl_voice.errors import LocalProtocolError, RefusedError, RemoteProtocolError, UnavailableError
from npcl_voice.realtime.codec import decode_server, encode
from npcl_voice.realtime.events import ClientEvent, ErrorEvent, InputAudioBufferAppend, ServerEvent, SessionCreated
from npcl_voice.realtime.failures import action_of, advice_of, reason_of_code, retry_after
from npcl_voice.realtime.faults import Action
from npcl_voice.speech.websocket import WebSocket

__all__ = ["RealtimeConnection", "failure"]

FULL_BYTES: Final = 2**20
"""What may have come in and not be used yet; then the server waits. A minute of mu-law sound is 640 KB."""
ROOM_BYTES: Final = 2**18
"""When it may go on."""
MAX_WAITING_BYTES: Final = 4 * 2**20
"""What may wait for the network. The caller's speech of a gap and the history are at most a quarter of it."""
BATCH_BYTES: Final = 2**15
"""The most sound in one event, when frames have to wait and are sent together."""
MAX_UNREADABLE: Final = 20
"""Unreadable messages in a row after which this is no Realtime server."""
LONGEST_SESSION_S: Final = 86_400
"""Nobody promises more; what does is no time."""


def failure(
    place: str, reason: str, detail: str = "", retry_after_s: float | None = None
) -> UnavailableError | RefusedError:
    """The error for a session that `place` (host and port) broke or refused, in one line for an operator."""
    message = f"{place}: {advice_of(reason)}{f' ({detail})' if detail else ''}"
    if action_of(reason) is Action.STOP:
        return RefusedError(message, reason=reason)
    return UnavailableError(message, reason=reason, retry_after_s=retry_after_s)


class RealtimeConnection:
    """A Speech port on a socket. Whoever opens one waits for `opened`."""

    def __init__(self, name: str, place: str, *, keepalive_s: float, wall: Callable[[], float]) -> None:
        """`wall` says the time in unix seconds, in which servers say when a session ends."""
        self.name = name
        self.lasts_s: float | None = None
        self.sent = 0
        """Events that were sent; frames that had to wait count as the one they became."""
        self.received = 0
        """Messages that came."""
        self.unreadable = 0
        """Those among them that were dropped because they could not be read."""
        self.socket = WebSocket(keepalive_s, on_message=self._take, on_end=self._break, on_room=self._flush)
        self._place = place
        self._wall = wall
        self._inbox: deque[tuple[ServerEvent, int]] = deque()
        self._inbox_bytes = 0
        self._news = asyncio.Event()
        self._waiting: deque[InputAudioBufferAppend | bytes] = deque()
        self._waiting_bytes = 0
        self._unreadable_in_a_row = 0
        self._told: tuple[str, str] | None = None
        self._broken: tuple[str, float | None] | None = None
        self._closed = False

    @property
    def round_trip_s(self) -> float | None:
        """To the server and back, as the last ping took it; None before the first answer."""
        return self.socket.round_trip_s

    async def opened(self) -> None:
        """Return when the server has admitted us; `session.created` will be the first event.

        Raises UnavailableError or RefusedError when it does not.
        """
        while (event := await self._next()) is not None:
            match event:
                case SessionCreated():
                    self.lasts_s = self._left(event)
                    self._inbox.appendleft((event, 0))
                    return
                case ErrorEvent() if self._told is not None:
                    reason, words = self._told
                    raise failure(self._place, reason, retry_after_s=retry_after(None, words))
                case _:  # without a session nothing else means anything to us
                    pass
        raise failure(self._place, "gone")

    def send(self, event: ClientEvent) -> None:
        """Write an event, or queue it while the network is full; never waits."""
        if self._closed or self._broken is not None:
            return
        if self._waiting or self.socket.full:
            self._wait_with(event)
        else:
            self._write(event)

    async def events(self) -> AsyncIterator[ServerEvent]:
        """What the server says, `session.created` first, to the end of the session.

        Raises UnavailableError or RefusedError when the session breaks, after all that came before.
        """
        while (event := await self._next()) is not None:
            yield event

    async def close(self) -> None:
        """End the session; safe to call twice."""
        self._over()
        await self.socket.close()

    async def abort(self) -> None:
        """End it without a goodbye."""
        self._over()
        await self.socket.abort()

    def _over(self) -> None:
        self._closed = True
        self._inbox.clear()
        self._waiting.clear()
        self._news.set()

    # What comes in.

    def _take(self, message: bytes) -> None:
        """Read a message, or drop it: one that cannot be read is no reason to lose a call."""
        self.received += 1
        try:
            event = decode_server(message)
        except RemoteProtocolError:
            self.unreadable += 1
            self._unreadable_in_a_row += 1
            if self._unreadable_in_a_row >= MAX_UNREADABLE:
                self.socket.fail("protocol")
            return
        self._unreadable_in_a_row = 0
        if isinstance(event, ErrorEvent):
            reason = reason_of_code(event.error.code) or reason_of_code(event.error.type)
            if reason is not None:
                self._told = reason, event.error.message
        self._inbox.append((event, len(message)))
        self._inbox_bytes += len(message)
        if self._inbox_bytes > FULL_BYTES:
            self.socket.pause_reading()
        self._news.set()

    async def _next(self) -> ServerEvent | None:
        """The next event; None when we closed the session. Raises what broke it."""
        while not self._inbox:
            if self._closed:
                return None
            if self._broken is not None:
                reason, hint = self._broken
                raise failure(self._place, reason, retry_after_s=hint)
            self._news.clear()
            await self._news.wait()
        event, size = self._inbox.popleft()
        self._inbox_bytes -= size
        if self._inbox_bytes <= ROOM_BYTES:
            self.socket.resume_reading()
        return event

    def _break(self, reason: str, words: str) -> None:
        """The session is over. What an `error` said before says more than how the socket ended."""
        if self._told is not None:
            reason, words = self._told
        self._broken = reason, retry_after(None, words)
        self._waiting.clear()
        self._news.set()

    def _left(self, created: SessionCreated) -> float | None:
        """How long the session will last, if what the server says makes sense."""
        expires_at = created.session.expires_at
        if not isinstance(expires_at, int):
            return None
        left = expires_at - self._wall()
        return left if 0 < left <= LONGEST_SESSION_S else None

    # What goes out.

    def _write(self, event: ClientEvent) -> None:
        message = self._encoded(event)
        if message is not None:
            self.socket.send(message)
            self.sent += 1

    def _wait_with(self, event: ClientEvent) -> None:
        """Queue an event; frames of sound become longer ones, in their order."""
        if isinstance(event, InputAudioBufferAppend) and event.event_id is None:
            last = self._waiting[-1] if self._waiting else None
            if isinstance(last, InputAudioBufferAppend) and len(last.audio) + len(event.audio) <= BATCH_BYTES:
                self._waiting[-1] = InputAudioBufferAppend(audio=last.audio + event.audio)
            else:
                self._waiting.append(event)
            self._waiting_bytes += len(event.audio)
        else:
            message = self._encoded(event)
            if message is None:
                return
            self._waiting.append(message)
            self._waiting_bytes += len(message)
        if self._waiting_bytes > MAX_WAITING_BYTES:
            self.socket.fail("stall")

    def _flush(self) -> None:
        """The network takes more again."""
        while self._waiting and not self.socket.full:
            waited = self._waiting.popleft()
            if isinstance(waited, bytes):
                self._waiting_bytes -= len(waited)
                self.socket.send(waited)
                self.sent += 1
            else:
                self._waiting_bytes -= len(waited.audio)
                self._write(waited)

    def _encoded(self, event: ClientEvent) -> bytes | None:
        """The event's text; the session is of no use when there is none, for the server would miss it."""
        try:
            return encode(event)
        except LocalProtocolError:
            self.socket.fail("unsendable")
            return None
