"""The composition root: builds every part once, starts in order, stops in reverse."""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from npcl_voice.audio.frame import Format
from npcl_voice.call import OngoingCall, RealClock
from npcl_voice.config import Call, Local, Settings, Turns
from npcl_voice.conversation.dialogue import Policy
from npcl_voice.conversation.machine import Conversation
from npcl_voice.conversation.phrases import Phrases, load_phrases
from npcl_voice.conversation.session import session_for
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.intents import INTENTS
from npcl_voice.meaning.mask import Mask
from npcl_voice.ports import Channel, Clock, Observer
from npcl_voice.speech.local.engine import LocalEngine, understander_for
from npcl_voice.speech.local.larger import EarsChoice
from npcl_voice.speech.local.mouth import Mouth
from npcl_voice.speech.local.server import SESSION_S
from npcl_voice.speech.local.workers import InlineWorkers, Workers
from npcl_voice.store.callnotes import CallNotes
from npcl_voice.store.eventlog import EventLog
from npcl_voice.store.opening import Store, open_store

__all__ = ["House", "conversation_from", "open_engine", "open_house"]

MASK_BYTES = 32


class House:
    """The open house: a store, an engine, and calls between them."""

    def __init__(self, settings: Settings, store: Store, engine: LocalEngine, wall: Callable[[], datetime]) -> None:
        self.settings = settings
        self.store = store
        self.engine = engine
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
    ) -> AsyncIterator[OngoingCall]:
        """A call that is ready to be held; afterwards its record is complete.

        `kind` names the channel in the record; `seed` keys the mask of a rehearsal, which must come
        out the same each time. Raises SettingsError when the event log cannot be written.
        """
        settings, clock = self.settings, clock or RealClock()
        call_id = secrets.token_hex(8)
        mask = Mask(seed if seed is not None else _call_key(settings.masking.secret_key.reveal(), call_id))
        setup = {
            "language": settings.call.language,
            "call": msgspec.to_builtins(settings.call),
            "turns": msgspec.to_builtins(settings.turns),
            "tools": sorted(INTENTS),
        }
        log = EventLog(self.log_path(call_id), mask, setup)
        notes = CallNotes(self.store.calls, call_id, mask)
        phrases = load_phrases(settings.call.language)
        await notes.begin(channel=kind, engine="local", language=settings.call.language)
        expires_at = int(self._wall().timestamp()) + SESSION_S
        ongoing = OngoingCall(
            call_id,
            conversation_from(settings.call, settings.turns, phrases, self.engine.policy(frozenset(INTENTS))),
            channel,
            self.engine.session(clock, f"sess_{call_id}", expires_at),
            self.engine,
            self.store.desk,
            clock=clock,
            reason="the embedded engine is the one there is",
            observers=(log, notes, *observers),
        )
        try:
            yield ongoing
        finally:
            log.close()
            with clock.work():
                await notes.finish()

    def log_path(self, call_id: str) -> Path:
        """Where a call's event log is."""
        return self.settings.store.data_dir / "calls" / f"{call_id}.jsonl"


def conversation_from(call: Call, turns: Turns, phrases: Phrases, policy: Policy) -> Conversation:
    """A conversation with the house's tools; the same for a call and for its replay."""
    tools = tuple(intent.tool() for intent in INTENTS.values())

    def session(line: Format, voice: bool) -> Any:
        return session_for(
            line, voice=voice, turns=turns, tools=tools, instructions=phrases.instructions, language=phrases.language
        )

    return Conversation(policy=policy, phrases=phrases, turns=turns, call=call, session=session)


def replay_policy(phrases: Phrases, tools: frozenset[str]) -> Policy:
    """The policy of a call that is replayed: no ears, no voice, no store."""
    return Policy(understander_for(phrases, packaged_areas()).understand, tools)


@asynccontextmanager
async def open_engine(
    language: str, local: Local, turns: Turns, *, inline: bool = False
) -> AsyncIterator[LocalEngine]:
    """The embedded engine, warm; `inline` works on the spot, for rehearsals.

    Raises SettingsError for a language without phrases, UnavailableError when a part is missing.
    """
    phrases = load_phrases(language)
    areas = packaged_areas()
    speaker = Mouth(local.voice, 1 / local.speed)
    choice = EarsChoice(hear=phrases.hear, places=tuple(area.name for area in areas))
    workers = InlineWorkers(choice, speaker) if inline else Workers(choice, speaker, local.workers or None)
    async with LocalEngine(phrases, areas, turns, workers) as engine:
        yield engine


@asynccontextmanager
async def open_house(
    settings: Settings, wall: Callable[[], datetime], *, inline: bool = False
) -> AsyncIterator[House]:
    """Everything a call needs. Raises SettingsError or UnavailableError, saying what to do."""
    engine: AbstractAsyncContextManager[LocalEngine] = open_engine(
        settings.call.language, settings.local, settings.turns, inline=inline
    )
    async with await open_store(settings.store.database_url.reveal(), wall=wall) as store, engine as opened:
        yield House(settings, store, opened, wall)


def _call_key(secret: str, call_id: str) -> bytes:
    return hmac.new(secret.encode(), f"mask {call_id}".encode(), hashlib.sha256).digest()[:MASK_BYTES]
