"""Engines for the tests of the switch: small, honest, on the rehearsal's clock."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from typing import Any

from npcl_voice.conversation.commands import ChangeEngine
from npcl_voice.conversation.events import ModelJoined, ModelSent, Traits
from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.ports import LinkEvent
from npcl_voice.realtime.backoff import Breaker
from npcl_voice.realtime.events import ClientEvent, ServerEvent, SessionCreated
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Capacity
from npcl_voice.speech.link import CallLink
from npcl_voice.speech.switch import Seat, Switch

__all__ = ["Row", "Server", "Session", "dns", "joined", "lost", "passes", "rehearsed", "stop"]

Ill = UnavailableError | RefusedError


def rehearsed(test: Callable[..., Any]) -> Callable[..., None]:
    """The test runs on the rehearsal's clock."""

    @functools.wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        run_rehearsal(test(*arguments, **named))

    return run


async def passes(seconds: float = 0.01) -> None:
    """So much time passes, on the rehearsal's clock."""
    await asyncio.sleep(seconds)


def joined(name: str, reason: str | None = None) -> ModelJoined:
    """An engine joins the call, by default as the first of all."""
    return ModelJoined(name, reason or f"{name} is there", Traits(voice=name))


def dns(name: str) -> UnavailableError:
    """The engine cannot be found."""
    return UnavailableError(f"{name} cannot be found", reason="dns")


def lost(reason: str = "close_1006") -> UnavailableError:
    """A session breaks."""
    return UnavailableError(f"it broke: {reason}", reason=reason)


def stop(name: str) -> RefusedError:
    """The engine does not take the key."""
    return RefusedError(f"{name} does not take the key", reason="invalid_api_key")


class Session:
    """A Speech: says what it is told to say, until it is closed or breaks."""

    def __init__(self, server: "Server", lasts_s: float | None) -> None:
        self.name = server.name
        self.lasts_s = lasts_s
        self.sent: list[ClientEvent] = []
        self.closed = 0
        self._goodbye_s = server.goodbye_s
        self._says: asyncio.Queue[ServerEvent | Exception | None] = asyncio.Queue()
        self.says(SessionCreated(SessionConfig()))

    def says(self, what: ServerEvent | Exception | None) -> None:
        """The server says this, breaks in this way, or ends."""
        self._says.put_nowait(what)

    def send(self, event: ClientEvent) -> None:
        self.sent.append(event)

    async def events(self) -> AsyncIterator[ServerEvent]:
        while (said := await self._says.get()) is not None:
            if isinstance(said, Exception):
                raise said
            yield said

    async def close(self) -> None:
        self.closed += 1
        self.says(None)
        await asyncio.sleep(self._goodbye_s)


class Server:
    """An Engine: gives a session after `takes_s`, or what stands next in `refuses`."""

    embedded = False

    def __init__(
        self,
        name: str,
        *refuses: Exception,
        takes_s: float = 0.0,
        lasts_s: float | None = None,
        goodbye_s: float = 0.0,
        always: Callable[[], Exception] | None = None,
    ) -> None:
        self.name = name
        self.refuses = list(refuses)
        self.takes_s = takes_s
        self.lasts_s = lasts_s
        self.goodbye_s = goodbye_s
        self.always = always
        self.asked: list[float] = []
        self.callers: set[str] = set()
        self.sessions: list[Session] = []

    @property
    def open_now(self) -> int:
        """How many sessions have not been closed."""
        return sum(not session.closed for session in self.sessions)

    async def open(self, caller: str) -> Session:
        self.asked.append(asyncio.get_running_loop().time())
        self.callers.add(caller)
        await asyncio.sleep(self.takes_s)  # on the rehearsal's clock
        if self.always is not None:
            raise self.always()
        if self.refuses:
            raise self.refuses.pop(0)
        self.sessions.append(Session(self, self.lasts_s))
        return self.sessions[-1]


class Row:
    """A switch over such servers, and one call's link, listened to."""

    def __init__(
        self,
        *servers: Server,
        chance: float = 0.0,
        wait_s: float = 4.0,
        budgets: dict[str, Budget] | None = None,
        places: dict[str, Capacity] | None = None,
    ) -> None:
        self.clock = RehearsalClock()
        self.servers = servers
        self.switch = Switch(
            [
                Seat(
                    server,
                    Traits(voice=server.name),
                    f"{server.name} is there",
                    Breaker(lambda: chance),
                    (budgets or {}).get(server.name),
                    (places or {}).get(server.name),
                )
                for server in servers
            ],
            chance=lambda: chance,
            wait_s=wait_s,
        )
        self.calls: list[Listening] = []

    def call(self, call_id: str = "call 1") -> "Listening":
        """A call begins."""
        self.calls.append(Listening(CallLink(self.switch, call_id, "caller", self.clock), self.clock))
        return self.calls[-1]

    async def ends(self) -> None:
        """All calls end; nothing of them is left."""
        for call in self.calls:
            await call.ends()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        for server in self.servers:
            assert [session.closed for session in server.sessions] == [1] * len(server.sessions)
        for seat in self.switch.seats:
            if seat.capacity is not None:
                assert seat.capacity.taken == 0
            if seat.budget is not None:
                assert seat.budget.waiting() == 0
        assert sum(self.switch.tally.snapshot()["sessions_open"].values()) == 0


class Listening:
    """One call's link, and what it has told: each event with its time."""

    def __init__(self, link: CallLink, clock: RehearsalClock) -> None:
        self.link = link
        self.told: list[tuple[float, LinkEvent]] = []
        self._clock = clock
        self._events = link.events()
        self._task = asyncio.get_running_loop().create_task(self._listen(), name="listening")

    async def _listen(self) -> None:
        async for event in self._events:
            self.told.append((self._clock.now(), event))

    def change(self, action: Any, code: str = "close_1006", urgency: int = 2) -> None:
        """The conversation wants another session."""
        self.link.change(ChangeEngine(action, code, urgency))

    def news(self) -> list[LinkEvent]:
        """What was told since the last time, but for what engines say."""
        told, self.told = self.told, []
        return [event for _, event in told if not isinstance(event, ModelSent)]

    @property
    def engines(self) -> list[str]:
        """Who has joined, in order."""
        return [event.engine for _, event in self.told if isinstance(event, ModelJoined)]

    async def ends(self) -> None:
        """The call is over."""
        self._task.cancel()
        await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.result()
        await self._events.aclose()
        await self.link.close()
