"""The composition root: builds every part once, starts in order, stops in reverse."""

import asyncio
import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from npcl_voice.audio.frame import Format
from npcl_voice.call import OngoingCall, RealClock
from npcl_voice.config import Call, Local, Settings, Turns
from npcl_voice.conversation.brief import brief_for
from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.dialogue import Policy
from npcl_voice.conversation.machine import Conversation
from npcl_voice.conversation.phrases import PhraseBook, load_book
from npcl_voice.conversation.session import session_for
from npcl_voice.domain.company import Company, packaged_company, read_company
from npcl_voice.errors import NpclVoiceError, UnavailableError
from npcl_voice.intents import INTENTS
from npcl_voice.meaning.expectation import heard_at_first
from npcl_voice.meaning.mask import Mask
from npcl_voice.ports import Channel, Clock, Engine, Observer
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.speech.gap import GapDetector
from npcl_voice.speech.lineup import NO_KEY, embedded_seats, remote_engines, remote_seats
from npcl_voice.speech.link import CallLink
from npcl_voice.speech.local.endpoint import TRY_LATER, RealtimeEndpoint
from npcl_voice.speech.local.engine import LocalDoor, LocalEngine, understander_for
from npcl_voice.speech.local.larger import EarsChoice
from npcl_voice.speech.local.server import SESSION_S
from npcl_voice.speech.local.speakers import speakers_of
from npcl_voice.speech.local.workers import InlineWorkers, Workers
from npcl_voice.speech.purse import Purse
from npcl_voice.speech.switch import Switch
from npcl_voice.speech.tally import LinkTally
from npcl_voice.store.callnotes import CallNotes
from npcl_voice.store.eventlog import EventLog
from npcl_voice.store.opening import Store, open_store

__all__ = [
    "House",
    "application",
    "conversation_from",
    "open_engine",
    "open_house",
    "replay_policy",
    "session_from",
]

log = structlog.get_logger()

MASK_BYTES = 32
CALLER_CHARS = 32
"""Characters of the hash by which an engine knows a caller."""


class House:
    """The open house: a store, the engines, and calls between them."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        engine: LocalEngine,
        switch: Switch,
        wall: Callable[[], datetime],
        company: Company,
    ) -> None:
        self.settings = settings
        self.company = company
        self.store = store
        self.engine = engine
        self.switch = switch
        self.failures: Counter[tuple[str, str]] = Counter()
        """Failures of ours that calls survived: by the part and the class of the error."""
        self._wall = wall

    @asynccontextmanager
    async def call(
        self,
        channel: Channel,
        *,
        kind: str,
        clock: Clock | None = None,
        observers: Sequence[Observer] = (),
        seed: bytes | None = None,
        caller_number: str | None = None,
    ) -> AsyncIterator[OngoingCall]:
        """A call that is ready to be held; afterwards its record is complete.

        `kind` names the channel in the record; from `seed` a rehearsal draws all that is chance
        otherwise, for its log must come out the same each time. By a hash of `caller_number` engines
        tell one caller from another. Raises SettingsError when the event log cannot be written.
        """
        settings, clock = self.settings, clock or RealClock()
        call_id = secrets.token_hex(8)
        secret = settings.masking.secret_key.reveal()
        key = seed if seed is not None else _key(secret, f"mask {call_id}")
        caller = _key(secret, f"caller {caller_number or call_id}").hex()[:CALLER_CHARS]
        mask = Mask(key, self.company)
        setup = {
            "language": settings.call.language,
            "call": msgspec.to_builtins(settings.call),
            "turns": msgspec.to_builtins(settings.turns),
            "tools": sorted(INTENTS),
            "company": self.company.digest(),
        }
        with closing(EventLog(self.log_path(call_id), mask, setup)) as log:
            notes = CallNotes(self.store.calls, call_id, mask)
            book = load_book(settings.call.language, self.company)
            await notes.begin(
                channel=kind,
                engine=self.switch.seats[0].engine.name,
                language=book.begins,
                caller_number=caller_number,
                keys=self.store.keys,
            )
            link = CallLink(self.switch, call_id, caller, clock)
            try:
                yield OngoingCall(
                    call_id,
                    conversation_from(settings.call, settings.turns, book, self.engine.policy(frozenset(INTENTS))),
                    channel,
                    link,
                    self.engine,
                    self.store.desk,
                    clock=clock,
                    detector=GapDetector,
                    observers=(log, notes, *observers),
                    company=self.company,
                    wall=self._wall,
                    failed=self._failed,
                )
            finally:
                await link.close()  # a call that was never held has not closed it
                with clock.work():
                    await notes.finish()

    def _failed(self, where: str, error: str) -> None:
        self.failures[where, error] += 1

    def links(self, clock: Clock | None = None) -> dict[str, Any]:
        """How the links to the engines fare, as JSON can hold it: sessions, failures, round trips, money."""
        return self.switch.snapshot((clock or RealClock()).now())

    def log_path(self, call_id: str) -> Path:
        """Where a call's event log is."""
        return self.settings.store.logs / f"{call_id}.jsonl"


def conversation_from(
    call: Call, turns: Turns, book: PhraseBook, policy: Policy, ledger: Ledger | None = None
) -> Conversation:
    """A conversation with the house's tools; the same for a call and for its replay, which has its own `ledger`."""
    session = session_from(turns, book)
    return Conversation(policy=policy, book=book, turns=turns, call=call, session=session, ledger=ledger)


def session_from(turns: Turns, book: PhraseBook) -> Callable[[Format, bool], SessionConfig]:
    """What a call asks of its engine, for a line's format, with voice or without."""
    tools = tuple(intent.tool() for intent in INTENTS.values())
    instructions = brief_for(book.first, tools).instructions

    def session(line: Format, voice: bool) -> SessionConfig:
        return session_for(
            line,
            voice=voice,
            turns=turns,
            tools=tools,
            instructions=instructions,
            language=None if book.follows else book.begins,
        )

    return session


def replay_policy(book: PhraseBook, tools: frozenset[str], company: Company | None = None) -> Policy:
    """The policy of a call that is replayed: no ears, no voice, no store."""
    areas = (company or packaged_company()).areas
    return Policy(understander_for(book.phrases("en"), areas, book.all.get("hi")).understand, tools)


@asynccontextmanager
async def open_engine(
    language: str, local: Local, turns: Turns, *, company: Company | None = None, inline: bool = False
) -> AsyncIterator[LocalEngine]:
    """The embedded engine, warm; `inline` works on the spot, for rehearsals. The packaged company unless given.

    `language` is that of the setting: `auto` as well. Raises SettingsError for one without phrases,
    UnavailableError when a part is missing.
    """
    company = company or packaged_company()
    book = load_book(language, company)
    speaker, others = speakers_of(book, local, company)
    expected = heard_at_first(language)
    choice = EarsChoice.of(book, company.areas, local.recogniser_model, expected)
    workers = (
        InlineWorkers(choice, speaker, others)
        if inline
        else Workers(choice, speaker, local.workers or None, others=others)
    )
    async with LocalEngine(
        book, company.areas, turns, workers, capacity=local.local_capacity, expected=expected
    ) as engine:
        yield engine


@asynccontextmanager
async def open_house(
    settings: Settings,
    wall: Callable[[], datetime],
    *,
    clock: Clock | None = None,
    inline: bool = False,
    remote: Sequence[tuple[Engine, str]] | None = None,
) -> AsyncIterator[House]:
    """Everything a call needs. Raises SettingsError or UnavailableError, saying what to do.

    `inline` is for rehearsals, on their `clock`; `remote` stands in place of the remote engines, and
    their models, that the settings name.
    """
    company = read_company(settings.domain.texts())
    clock = clock or RealClock()
    servers = remote_engines(settings.engine, settings.realtime, ready_ms=settings.call.engine_ready_ms, wall=wall)
    engine: AbstractAsyncContextManager[LocalEngine] = open_engine(
        settings.call.language, settings.local, settings.turns, company=company, inline=inline
    )
    url, secret = settings.store.database_url.reveal(), settings.masking.secret_key.reveal()
    try:
        async with (
            await open_store(
                url,
                wall=wall,
                company=company,
                secret=secret,
                need_lasts=_need_lasts(settings),
            ) as store,
            engine as opened,
        ):
            await store.calls.end_abandoned(wall() - settings.call.longest)
            promised = company.promised("callback_within_min")
            others = servers if remote is None else remote
            switch = _switch(settings, opened, clock, wall, others, promised, inline=inline)
            yield House(settings, store, opened, switch, wall, company)
    finally:
        for server, _ in servers:
            server.forget()


def _switch(
    settings: Settings,
    engine: LocalEngine,
    clock: Clock,
    wall: Callable[[], datetime],
    remote: Sequence[tuple[Engine, str]],
    callback_within_min: int | None,
    *,
    inline: bool,
) -> Switch:
    """The engines in their order; what a rehearsal draws comes out the same each time."""
    chance = Random(0).random if inline else SystemRandom().random  # noqa: S311 - it spreads pauses
    serial = count(1)
    new_id = (lambda: f"sess_{next(serial):016x}") if inline else (lambda: f"sess_{secrets.token_hex(12)}")
    expires_at = (lambda: SESSION_S) if inline else (lambda: int(wall().timestamp()) + SESSION_S)
    local = LocalDoor(engine, clock, new_id, expires_at)
    recorded = engine.recorded(clock, new_id, expires_at, callback_within_min=callback_within_min)
    why = "the embedded engine was asked for" if settings.engine.name == "local" else NO_KEY
    purse = Purse(settings.realtime.spend_per_call, settings.realtime.spend_per_day, wall)
    seats = [
        *remote_seats(remote, settings.realtime, purse, chance),
        *embedded_seats(local, recorded, engine.places, why, chance),
    ]
    return Switch(seats, chance=chance, wait_s=settings.realtime.realtime_wait_s, tally=LinkTally(purse))


def _need_lasts(settings: Settings) -> timedelta:
    return timedelta(days=settings.retention.keep_needs_d)


def _key(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()[:MASK_BYTES]


class _Service:
    """The network side while it is open: one engine for all sockets."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening: asyncio.Task[None] | None = None
        self._close = asyncio.Event()
        self._failure: str | None = None
        self._endpoint: RealtimeEndpoint | None = None
        self._engine: LocalEngine | None = None
        self._store: Store | None = None

    @asynccontextmanager
    async def lifespan(self, _application: Starlette) -> AsyncIterator[None]:
        """The socket opens at once, `/ready` follows when the models are warm."""
        self._opening = asyncio.get_running_loop().create_task(self._run(), name="engine")
        try:
            yield
        finally:
            self._close.set()
            await asyncio.wait({self._opening})

    async def _run(self) -> None:
        settings = self._settings
        try:
            company = read_company(settings.domain.texts())
            url, secret = settings.store.database_url.reveal(), settings.masking.secret_key.reveal()
            engine = open_engine(settings.call.language, settings.local, settings.turns, company=company)
            async with (
                await open_store(
                    url,
                    wall=_utc_now,
                    company=company,
                    secret=secret,
                    need_lasts=_need_lasts(settings),
                ) as self._store,
                self._store.delivering(settings.outbox),
                self._store.keeping(settings.retention, settings.store.logs),
                engine as self._engine,
            ):
                self._endpoint = RealtimeEndpoint(
                    self._engine,
                    RealClock(),
                    settings.service.api_keys,
                    lambda: f"sess_{secrets.token_hex(12)}",
                    lambda: int(_utc_now().timestamp()) + SESSION_S,
                )
                await self._close.wait()
        except NpclVoiceError as error:
            self._failure = str(error)
            log.error("the engine did not open", error=str(error))  # noqa: TRY400 - one line for an operator
        finally:
            self._endpoint = None

    async def realtime(self, websocket: WebSocket) -> None:
        """A Realtime client."""
        if self._endpoint is None:
            await websocket.close(TRY_LATER, "not ready")
        else:
            await self._endpoint(websocket)

    async def healthz(self, _request: Request) -> Response:
        """Whether the process lives."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """Whether a call would be served now, and how many more."""
        if self._engine is None or self._endpoint is None or self._store is None:
            return JSONResponse({"ready": False, "reason": self._failure or "loading models"}, status_code=503)
        try:
            await self._store.health()
        except UnavailableError as error:
            return JSONResponse({"ready": False, "reason": str(error)}, status_code=503)
        free = self._engine.capacity - self._engine.live
        body = {"ready": free > 0, "capacity": self._engine.capacity, "live": self._engine.live}
        return JSONResponse(body, status_code=200 if free > 0 else 503)


def application(settings: Settings) -> Starlette:
    """The one ASGI application of the service."""
    service = _Service(settings)
    routes = [
        WebSocketRoute("/v1/realtime", service.realtime),
        Route("/healthz", service.healthz),
        Route("/ready", service.ready),
    ]
    return Starlette(routes=routes, lifespan=service.lifespan)


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the wall clock of the service is read here
