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
from npcl_voice.conversation.events import CallEvent, Traits
from npcl_voice.conversation.machine import Conversation
from npcl_voice.conversation.phrases import PhraseBook, load_book
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.intents import INTENTS
from npcl_voice.meaning.expectation import Expectation, heard_at_first
from npcl_voice.ports import Speech
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.leg import LegEvent
from npcl_voice.speech.local.server import SESSION_S
from npcl_voice.store.opening import Store, open_store
from npcl_voice.store.seed import ACCOUNTS
from tests.fakes import OneEngine

__all__ = [
    "BEGAN",
    "CALL_ID",
    "TEMPLATE",
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
        for old in list(folder.glob("call.db*")):  # noqa: ASYNC240 - a rehearsal's time stands still meanwhile
            old.unlink()
        shutil.copy(folder / TEMPLATE, file)
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
    link._traits = Traits(embedded=embedded, opens=False)
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


def canaries_of(number: str) -> dict[str, str]:
    """What nobody but its consumer may hear of an account, by what it is."""
    account = next(one for one in ACCOUNTS if number in {one.consumer_number, one.name, one.mobile})
    bill = account.bill
    assert bill is not None
    found = {f"name {word}": word for word in account.name.casefold().split()}
    found |= {"mobile": account.mobile, "mobile's end": account.mobile[-4:], "consumer number": account.consumer_number}
    found |= {"meter": account.meter_number, "meter's end": account.meter_number[-4:]}
    amounts = {"due": bill.amount_due, "paid": bill.last_paid or ""}
    found |= {name: amount.removesuffix(".00") for name, amount in amounts.items() if amount != "0.00"}
    area, house = account.premises.area.casefold(), account.premises.house
    found |= {
        "address": f"{house}, {area}",
        "address turned": f"{area}, {house}",
        "premises": account.premises.premises_id,
    }
    return found


def told(canaries: dict[str, str], texts: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """Which of them stand in the texts, and not in what is `known` to have been said by the other side."""
    said, heard = [flat(text) for text in texts], [flat(text) for text in known]

    def stands(canary: str, where: Sequence[str]) -> bool:
        pattern = rf"(?<![\w.]){re.escape(flat(canary))}(?!\w)"
        return any(re.search(pattern, text) for text in where)

    return [name for name, canary in canaries.items() if stands(canary, said) and not stands(canary, heard)]
