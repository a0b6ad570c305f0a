"""The book of calls: when each began and ended, what came of it, and its masked transcript."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, func, insert, select, update

from npcl_voice.conversation.commands import Outcome, Transcript
from npcl_voice.errors import RuleError
from npcl_voice.store.engine import Database
from npcl_voice.store.tables import calls, transcripts

__all__ = ["CallBook", "CallRecord", "Line"]


class CallRecord(msgspec.Struct, frozen=True):
    """One call as it is on record."""

    call_id: str
    channel: str
    engine: str
    language: str
    caller: str | None
    """Masked."""
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None
    complaint_numbers: tuple[str, ...]
    failures: int = 0
    """Failures of ours that the call survived."""
    claims_unbacked: int = 0
    """What was said to the caller, and no tool's answer backed."""


class Line(msgspec.Struct, frozen=True):
    """What one side said, masked."""

    at_s: float
    """Seconds since the answer."""
    who: str
    text: str
    heard_ms: int | None


class CallBook:
    """Every call has one beginning and one end. Every method raises UnavailableError as the desk does.

    What comes in here is masked already: the book cannot tell a masked number from a real one.
    """

    def __init__(self, database: Database, wall: Callable[[], datetime]) -> None:
        """`wall` tells the time, with a zone."""
        self._database = database
        self._wall = wall

    async def begin(
        self,
        call_id: str,
        *,
        channel: str,
        engine: str,
        language: str,
        caller: str | None = None,
        caller_digest: str | None = None,
    ) -> None:
        """Note that a call was answered. The same call again changes nothing.

        `caller` is the masked number; by `caller_digest`, which is keyed, the caller's calls are found
        when they are to be erased.
        """
        row = {
            "call_id": call_id,
            "channel": channel,
            "engine": engine,
            "language": language,
            "caller": caller,
            "caller_digest": caller_digest,
            "began_at": self._wall(),
            "complaint_numbers": "[]",
        }
        async with self._database.write() as connection:
            known = await connection.execute(select(calls.c.call_id).where(calls.c.call_id == call_id))
            if known.first() is None:
                await connection.execute(insert(calls).values(row))

    async def write(self, call_id: str, lines: Sequence[tuple[float, Transcript]]) -> None:
        """Add lines to a call's transcript: seconds since the answer, and what was said, masked."""
        if not lines:
            return
        async with self._database.write() as connection:
            count = select(func.count()).select_from(transcripts).where(transcripts.c.call_id == call_id)
            first = (await connection.execute(count)).scalar_one()
            rows = [
                {
                    "call_id": call_id,
                    "line": first + offset,
                    "at_s": at_s,
                    "who": line.who,
                    "text": line.text,
                    "heard_ms": line.heard_ms,
                }
                for offset, (at_s, line) in enumerate(lines)
            ]
            await connection.execute(insert(transcripts), rows)

    async def end(
        self,
        call_id: str,
        outcome: Outcome,
        complaint_numbers: Sequence[str] = (),
        engine: str | None = None,
        *,
        failures: int = 0,
        claims_unbacked: int = 0,
    ) -> None:
        """Note a call's end, once: a second end changes nothing. `engine` is the one that answered last."""
        values = {
            "ended_at": self._wall(),
            "outcome": outcome,
            "complaint_numbers": msgspec.json.encode(complaint_numbers).decode(),
            "failures": failures,
            "claims_unbacked": claims_unbacked,
        }
        if engine is not None:
            values["engine"] = engine
        async with self._database.write() as connection:
            open_call = update(calls).where(calls.c.call_id == call_id, calls.c.ended_at.is_(None))
            await connection.execute(open_call.values(values))

    async def end_abandoned(self, began_before: datetime) -> int:
        """End as `failed` the calls that a killed process left open; how many there were.

        `began_before` lies further back than the longest call may last, so no live call is meant.
        """
        async with self._database.write() as connection:
            left = update(calls).where(calls.c.began_at < began_before, calls.c.ended_at.is_(None))
            ended = await connection.execute(left.values(ended_at=self._wall(), outcome="failed"))
            return ended.rowcount

    async def newest(self, limit: int | None = None) -> list[CallRecord]:
        """The newest calls first."""
        query = select(calls).order_by(calls.c.began_at.desc(), calls.c.call_id).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_record(row) for row in rows]

    async def show(self, call_id: str) -> tuple[CallRecord, list[Line]]:
        """A call and its transcript. Raises RuleError (`unknown_call`)."""
        lines = select(transcripts).where(transcripts.c.call_id == call_id).order_by(transcripts.c.line)
        async with self._database.read() as connection:
            row = (await connection.execute(select(calls).where(calls.c.call_id == call_id))).mappings().one_or_none()
            if row is None:
                raise RuleError("unknown_call", f"there is no call {call_id}")
            said = (await connection.execute(lines)).mappings().all()
        transcript = [Line(at_s=at["at_s"], who=at["who"], text=at["text"], heard_ms=at["heard_ms"]) for at in said]
        return _record(row), transcript


def _record(row: RowMapping) -> CallRecord:
    kept = {name: row[name] for name in CallRecord.__struct_fields__}
    numbers = msgspec.json.decode(row["complaint_numbers"], type=tuple[str, ...])
    return CallRecord(**{**kept, "complaint_numbers": numbers})
