"""Whole calls in text mode for the judging sets: a real conversation and a real store, and what the store holds after.

The embedded engine answers without ears and without a mouth, for nobody speaks; or a scripted model does.
"""

import json
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from npcl_voice.app import conversation_from
from npcl_voice.audio.vad import Endpointing
from npcl_voice.call import OngoingCall
from npcl_voice.channels.text import TextChannel
from npcl_voice.config import Call, Turns
from npcl_voice.conversation.commands import Claimed, Command, Report, ToolAnswered, Transcript
from npcl_voice.conversation.events import CallEvent
from npcl_voice.conversation.machine import Conversation
from npcl_voice.conversation.phrases import PhraseBook, load_book
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.domain.names import same_word
from npcl_voice.intents import INTENTS
from npcl_voice.meaning.expectation import Expectation, heard_at_first
from npcl_voice.meaning.script import romanised
from npcl_voice.ports import Speech
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.leg import LegEvent
from npcl_voice.speech.local.server import SESSION_S
from npcl_voice.store.opening import Store, open_store
from npcl_voice.store.seed import ACCOUNTS, COMPLAINTS
from tests.fakes import OneEngine

__all__ = [
    "BEGAN",
    "CALL_ID",
    "TEMPLATE",
    "Canary",
    "Held",
    "Snapshot",
    "Typing",
    "canaries_of",
    "flat",
    "held",
    "new_store",
    "rows_of",
    "told",
]

BEGAN = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
"""Noon in India on the day on which the calls are made."""
CALL_ID = "0123456789abcdef"
TEMPLATE = "seeded.db"
"""A new database with the demonstration in it, of which each call gets a copy."""
Typing = Callable[[Conversation], AsyncIterator[str]]
"""What the caller types, line by line, each when the floor is the caller's."""


def rows_of(name: str, half: str) -> list[dict[str, Any]]:
    """The lines of one half of a set as they stand in its file."""
    file = Path(__file__).parent / name / f"{half}.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


class NoEars:
    """Ears and mouth of an engine that nobody speaks to, and that writes."""

    capacity = 1
    living = 1.0
    rate_hz = 16_000

    def check_ears(self) -> None:
        """They are never asked for anything."""

    async def leg(self, endpointing: Endpointing | None = None) -> "NoEars":
        """Ears for a caller who types."""
        return self

    async def feed(self, pcm: bytes, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
        """Nothing is in it."""
        return []

    async def commit(self, expectation: Expectation) -> list[LegEvent]:
        """There was nothing."""
        return []

    async def clear(self) -> None:
        """There was nothing."""

    def close(self) -> None:
        """Nothing is held."""


@cache
def book() -> PhraseBook:
    """What is said, in each language."""
    return load_book("en")


@cache
def engine() -> LocalEngine:
    """The embedded engine of all calls."""
    workers: Any = NoEars()
    return LocalEngine(book(), packaged_areas(), Turns(), workers, expected=heard_at_first("auto"))


@dataclass
class Snapshot:
    """What the store holds, as far as a call may change it."""

    complaints: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By number; each with its place."""
    callbacks: int = 0
    needs: int = 0
    handovers: int = 0
    verified: tuple[str, ...] = ()
    """Accounts for which the caller was verified."""
    records: tuple[Any, ...] = ()
    """Consumers, bills and outages, which no call may change."""

    @classmethod
    def of(cls, file: Path) -> "Snapshot":
        """The store in that file as it is now."""
        with closing(sqlite3.connect(file)) as database:
            database.row_factory = sqlite3.Row
            ask = database.execute
            columns = "c.complaint_number, c.kind, c.status, c.priority, c.repeats, c.consumer_number, c.openings"
            query = f"select {columns}, p.area, p.house from complaints c join premises p using (premises_id)"
            records = [
                tuple(map(tuple, ask(f"select * from {table} order by 1").fetchall()))
                for table in ("consumers", "bills", "outages")
            ]
            return cls(
                {row["complaint_number"]: dict(row) for row in ask(query)},
                *(ask(f"select count(*) from {table}").fetchone()[0] for table in ("callbacks", "needs", "handovers")),
                tuple(row[0] for row in ask("select subject from tries where what = 'name' and was_right")),
                tuple(records),
            )

    def changed_since(self, before: "Snapshot") -> list[dict[str, Any]]:
        """Complaints that are new or have changed."""
        return [row for number, row in self.complaints.items() if before.complaints.get(number) != row]


@dataclass
class Held:
    """A call that is over."""

    before: Snapshot
    after: Snapshot
    said: list[str]
    """What the assistant wrote."""
    typed: list[str]
    """What the caller wrote."""
    tools: list[ToolAnswered]
    claims: list[Claimed]


class Witness:
    """Keeps what is reported."""

    def __init__(self) -> None:
        self.lines: list[Any] = []

    def saw(self, _now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        """One step of the call."""
        self.lines += [command.line for command in commands if isinstance(command, Report)]

    def of(self, kind: type[Any]) -> list[Any]:
        """All lines of a kind."""
        return [line for line in self.lines if isinstance(line, kind)]


async def new_store(folder: Path, file: str = TEMPLATE, clock: RehearsalClock | None = None) -> Store:
    """A store in that folder; a new one holds the demonstration."""
    start = 0.0 if clock is None else clock.now()
    wall = (lambda: BEGAN) if clock is None else (lambda: BEGAN + timedelta(seconds=clock.now() - start))
    return await open_store(f"sqlite+aiosqlite:///{folder / file}", wall=wall, secret="only for judging")


def _renew(folder: Path, file: Path) -> None:
    """A copy of the new database, and nothing of the call before."""
    for old in folder.glob(f"{file.name}*"):
        old.unlink()
    shutil.copy(folder / TEMPLATE, file)


async def held(
    folder: Path,
    clock: RehearsalClock,
    typing: Typing,
    *,
    caller_number: str | None,
    model: Speech | None = None,
    outages: Sequence[dict[str, Any]] = (),
) -> Held:
    """Hold a call to its end; by the embedded engine, or by a remote `model`."""
    file = folder / "call.db"
    with clock.work():
        if not (folder / TEMPLATE).exists():
            await (await new_store(folder)).close()
        _renew(folder, file)
        store = await new_store(folder, file.name, clock)
        for one in outages:
            minutes = one["minutes_to_restoration"]
            until = None if minutes is None else BEGAN + timedelta(minutes=minutes)
            await store.records.add_outage(one["area"], cause=one["cause"], expected_at=until)
    before = Snapshot.of(file)
    conversation = conversation_from(Call(), Turns(), book(), engine().policy(frozenset(INTENTS)))
    channel = TextChannel(clock, typing(conversation), caller_number=caller_number)
    embedded = model is None
    link = OneEngine(model or engine().session(clock, "sess_1", SESSION_S), embedded=embedded)
    witness = Witness()
    call = OngoingCall(
        CALL_ID,
        conversation,
        channel,
        link,
        engine(),
        store.desk,
        clock=clock,
        observers=(channel, witness),
        wall=lambda: BEGAN,
    )
    try:
        await call.hold()
    finally:
        with clock.work():
            await store.close()
    lines: list[Transcript] = witness.of(Transcript)
    return Held(
        before,
        Snapshot.of(file),
        [line.text for line in lines if line.who == "assistant"],
        [line.text for line in lines if line.who == "caller"],
        witness.of(ToolAnswered),
        witness.of(Claimed),
    )


def flat(text: str) -> str:
    """Words in small letters, and numbers without what groups them, so that one way of writing is left."""
    return re.sub(r"(?<=\d)[ ,-]+(?=\d)", "", " ".join(text.casefold().split()))


@dataclass(frozen=True)
class Canary:
    """Something of an account that nobody but its consumer may hear."""

    what: str
    words: tuple[str, ...]
    """All of them stand in a text that tells it."""
    name: bool = False
    """Whether it is a person's, which may be spelled in many ways, in either script."""

    def stands_in(self, text: str) -> bool:
        """Whether that text tells it."""
        if self.name:
            spelled = re.findall("[a-z]{3,}", romanised(text).casefold())
            return any(same_word(self.words[0], word) for word in spelled)
        plain = flat(text)
        return all(re.search(rf"(?<![\w.:-]){re.escape(flat(word))}(?![\w:])", plain) for word in self.words)


@cache
def canaries_of(number: str) -> tuple[Canary, ...]:
    """What nobody but its consumer may hear of an account; the account by its number, name or mobile."""
    account = next(one for one in ACCOUNTS if number in {one.consumer_number, one.name, one.mobile})
    bill = account.bill
    assert bill is not None
    found = [Canary("name", (word,), name=True) for word in account.name.casefold().split()]
    figures = {"mobile": account.mobile, "consumer number": account.consumer_number, "meter": account.meter_number}
    found += [Canary(what, (figure,)) for what, figure in figures.items()]
    found += [Canary(f"{what}'s end", (figure[-4:],)) for what, figure in figures.items()]
    amounts = {"amount due": bill.amount_due, "last payment": bill.last_paid or ""}
    found += [Canary(what, (amount.removesuffix(".00"),)) for what, amount in amounts.items() if amount != "0.00"]
    place = account.premises
    found += [Canary("address", (place.area, place.house)), Canary("premises", (place.premises_id,))]
    found += [Canary("complaint", (one.number,)) for one in COMPLAINTS if one.of == account.consumer_number]
    return tuple(found)


def told(canaries: Sequence[Canary], texts: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """Which of them a text tells, and the other side has not said itself."""
    heard = " ".join(known)
    return [one.what for one in canaries if any(one.stands_in(text) for text in texts) and not one.stands_in(heard)]
