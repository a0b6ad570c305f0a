"""A service that is killed: reads one request a line, and serves each in a child of its own.

Run as a program. The parent process has loaded everything and holds no thread, so forking it gives
a fresh service in milliseconds. A child registers through the real desk and then speaks: it writes
`heard <number>` to standard output. With `kill` in the request it sends itself SIGKILL at the
fail-point of that index. After each child comes `ended <status>`.

`variant` plants a bug of the sort that the checker must catch; `honest` plants none.
"""

import asyncio
import os
import signal
import sys
import zlib
from datetime import UTC, datetime
from uuid import uuid4

import msgspec

from npcl_voice.domain.complaints import CallbackDraft, Draft, Registered
from npcl_voice.store import open_store
from npcl_voice.store.desk import SqlDesk
from npcl_voice.store.failpoints import install

__all__ = ["Request", "serve"]


class Request(msgspec.Struct):
    """One thing that a caller wants of a service that may die."""

    url: str
    key: str
    house: str
    what: str = "complaint"
    variant: str = "honest"
    kill: int | None = None
    trace: bool = False
    """Write `point <name>` at each fail-point."""


class SpeaksTooEarly(SqlDesk):
    """Planted: the number is spoken while the transaction is still open."""

    async def _report(self, connection, draft, number, *, repeat, now):
        say(f"heard {number}")
        await super()._report(connection, draft, number, repeat=repeat, now=now)


class ForgetsWhatItAccepted(SqlDesk):
    """Planted: neither the key nor the open complaint of the same fault is looked for."""

    async def register(self, draft: Draft) -> Registered:
        return await super().register(msgspec.structs.replace(draft, idempotency_key=str(uuid4())))

    async def _open_one(self, connection, kind, premises_id):
        return None


class OwesLater(SqlDesk):
    """Planted: the outbox job is written after the commit, in a transaction of its own."""

    async def register(self, draft: Draft) -> Registered:
        self.later = None
        registered = await super().register(draft)
        if self.later is not None:
            async with self._database.write() as connection:
                await super()._owe(connection, *self.later)
        return registered

    async def _owe(self, connection, *what):
        self.later = what


VARIANTS = {
    "honest": SqlDesk,
    "speaks_too_early": SpeaksTooEarly,
    "forgets_what_it_accepted": ForgetsWhatItAccepted,
    "owes_later": OwesLater,
}


def say(line: str) -> None:
    """Straight into the pipe: what was said cannot be taken back."""
    os.write(1, f"{line}\n".encode())


async def serve(request: Request) -> None:
    """Do what one caller wants, up to the point at which this process is to die."""
    reached = 0

    async def hook(point: str) -> None:
        nonlocal reached
        if request.trace:
            say(f"point {point}")
        if reached == request.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1

    caller = f"98{zlib.crc32(request.key.encode()) % 10**8:08d}"  # a new one each time, so the path is the longest
    async with await open_store(request.url, wall=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)) as store:
        desk = VARIANTS[request.variant](store._database, lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
        install(hook)
        if request.what == "callback":
            booking = CallbackDraft(
                idempotency_key=request.key, number=caller, window="today", reason="asked", call_id="call"
            )
            say(f"heard {(await desk.book_callback(booking)).callback_id}")
            return
        draft = Draft(
            idempotency_key=request.key,
            kind="no_supply",
            priority="high",
            premises=await desk.premises("Alpha 2", request.house),
            call_id="call",
            caller_number=caller,
        )
        say(f"heard {(await desk.register(draft)).complaint.complaint_number}")


def main() -> None:
    """Serve requests until standard input ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(serve(msgspec.json.decode(line, type=Request)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
