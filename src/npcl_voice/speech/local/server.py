"""Our own Realtime server: its "model" is the dialogue policy.

A session here is a Speech of the house when it is joined in memory, and what stands behind
`/v1/realtime` when it is joined by a socket: the same events either way.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, get_args

from npcl_voice.errors import NpclVoiceError, RemoteProtocolError, UnavailableError
from npcl_voice.ports import Clock
from npcl_voice.realtime import orders
from npcl_voice.realtime.events import ClientEvent, ServerEvent
from npcl_voice.realtime.server import ServerSession
from npcl_voice.speech.local.pipeline import Mind, Pipeline
from npcl_voice.speech.local.workers import WorkersLike

__all__ = ["SESSION_S", "LocalSession"]

SESSION_S = 3_600
"""A session's longest life: what the service gives (OpenAI, Realtime guide: 60 minutes)."""
MAX_EVENTS = 8_192
"""Events that may wait for a client that does not read; then the session is broken off."""
ORDERS = get_args(orders.Order)


class LocalSession:
    """One session with the embedded engine. `events` runs it."""

    lasts_s: float | None = SESSION_S

    def __init__(
        self,
        mind: Mind,
        workers: WorkersLike,
        clock: Clock,
        *,
        session_id: str,
        expires_at: int,
        model: str = "npcl-local",
        name: str = "local",
        over: Callable[[], None] = lambda: None,
    ) -> None:
        """`expires_at` is unix seconds, as the client is told; `name` is the engine's in reports.

        `over` is called once at the end.
        """
        self.name = name
        self._clock = clock
        self._over = over
        self._server = ServerSession(session_id, model, expires_at)
        self._out: asyncio.Queue[ServerEvent | None] = asyncio.Queue()
        self._broken: UnavailableError | None = None
        self._closed = False
        self._pipeline = Pipeline(self._server, mind, workers, clock, self._emit)
        self._emit(self._server.open())

    def send(self, event: ClientEvent) -> None:
        """Take an event of the client's; never waits."""
        if not self._closed:
            self._emit(self._server.receive(event))

    def refuse(self, fault: RemoteProtocolError) -> None:
        """Answer what could not be read at all."""
        self._emit(self._server.refuse(fault))

    async def events(self) -> AsyncIterator[ServerEvent]:
        """What the server says, to the end. Raises UnavailableError when the engine breaks."""
        work = asyncio.get_running_loop().create_task(self._work(), name="local session")
        try:
            while (event := await self._out.get()) is not None:
                yield event
            if self._broken is not None:
                raise self._broken
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def close(self) -> None:
        """End the session; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._out.put_nowait(None)
            self._over()

    async def _work(self) -> None:
        """Hear and answer until the session's time is over."""
        running = asyncio.get_running_loop().create_task(self._pipeline.run(), name="pipeline")
        expiry = asyncio.get_running_loop().create_task(self._expire(), name="expiry")
        try:
            await asyncio.wait({running, expiry}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            running.cancel()
            expiry.cancel()
            await asyncio.wait({running, expiry})
        if not running.cancelled() and (error := running.exception()) is not None:
            self._broken = _as_unavailable(error)
        self._out.put_nowait(None)

    async def _expire(self) -> None:
        await self._clock.sleep_until(self._clock.now() + SESSION_S)
        self._emit(self._server.expire())

    def _emit(self, out: Sequence[Any]) -> None:
        for one in out:
            if isinstance(one, ORDERS):
                self._pipeline.take(one)
            elif self._out.qsize() < MAX_EVENTS:
                self._out.put_nowait(one)
            elif self._broken is None:
                self._broken = UnavailableError("the client does not read what it asked for", reason="unread")
                self._out.get_nowait()
                self._out.put_nowait(None)


def _as_unavailable(error: BaseException) -> UnavailableError:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, UnavailableError):
        return error
    if isinstance(error, NpclVoiceError):
        return UnavailableError(str(error), reason="gone")
    raise error
