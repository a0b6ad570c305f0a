"""What has been kept long enough goes, and what must never go stays."""

import asyncio
import os
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from npcl_voice.config import Outbox, Retention
from npcl_voice.conversation.commands import Transcript
from npcl_voice.domain.complaints import CallbackDraft, Draft
from npcl_voice.domain.consumers import Premises
from npcl_voice.domain.handover import Packet
from npcl_voice.errors import UnavailableError
from npcl_voice.store import Store
from npcl_voice.store.receiver import LogLines
from npcl_voice.store.retention import AT_ONCE, keeping
from tests.store.test_erasing import NIDHI

LIMITS = Retention()


async def hold(store: Store, folder, call_id: str = "c1", number: str = "9812345601") -> None:
    """A call with everything that is kept for a while."""
    await store.calls.begin(call_id, channel="file", engine="local", language="en")
    await store.calls.write(call_id, [(1.0, Transcript("caller", "Hi")), (2.0, Transcript("assistant", "Yes"))])
    await store.calls.end(call_id, "resolved")
    folder.mkdir(exist_ok=True)
    (folder / f"{call_id}.jsonl").write_text("{}")
    await store.desk.verify(call_id, NIDHI, "Asha")
    await store.desk.hand_over(
        Packet(idempotency_key=call_id, call_id=call_id, reason="asked", summary="", caller_number=number)
    )


async def complain(store: Store, key: str, number: str = "9812345601") -> str:
    place = Premises(f"alpha 2/{key}", "Alpha 2", key)
    draft = Draft(
        idempotency_key=key, kind="other", priority="medium", premises=place, call_id="c1", caller_number=number
    )
    return (await store.desk.register(draft)).complaint.complaint_number


async def deliver_all(store: Store) -> None:
    class Silent:
        def info(self, *_: object, **__: object) -> None:
            """Nobody reads it."""

    await store.delivery(LogLines(Silent()), Outbox(), lambda: 0.5).drain()


async def let_go(store: Store, folder, **given) -> dict[str, int]:
    """What went, without what there was none of."""
    gone = await store.let_go(LIMITS, folder, **given)
    return {name: count for name, count in gone.items() if count}


async def test_what_was_said_goes_first(store, wall, tmp_path):
    """After three months transcripts, logs, handovers and tries; after a year the call."""
    folder = tmp_path / "calls"
    await hold(store, folder)
    wall.turn(days=89)
    assert await let_go(store, folder) == {}
    wall.turn(days=2)
    first = {"transcripts": 2, "event_logs": 1, "handovers": 1, "verifications": 1, "contacts": 1}
    assert await let_go(store, folder, preview=True) == first
    assert await let_go(store, folder) == first
    assert await let_go(store, folder) == {}
    assert (await store.calls.show("c1"))[1] == []
    await deliver_all(store)
    wall.turn(days=366)
    assert await let_go(store, folder) == {"calls": 1, "outbox": 1}
    assert await store.calls.newest() == []
    assert await store.records.first_audit_break() is None
    actions = [entry.action for entry in await store.records.history("retention")]
    assert actions == ["retention.applied"] * 2


async def test_a_closed_complaint_goes_with_all_that_was_its_own(store, wall, tmp_path):
    """Three years after its closing, with its reports, notes, place, and the number that nobody else needs."""
    number = await complain(store, "1")
    await complain(store, "1")
    await store.records.close_complaint(number, "a fuse was replaced")
    await deliver_all(store)
    wall.turn(days=1094)
    assert await let_go(store, tmp_path) == {"outbox": 3}
    wall.turn(days=2)
    gone = {"complaints": 1, "reports": 1, "notes": 1, "places": 1, "contacts": 1}
    assert await let_go(store, tmp_path, preview=True) == gone
    assert await let_go(store, tmp_path) == gone
    assert await store.desk.complaint(number) is None
    assert len(await store.records.history(number)) == 2
    assert await store.records.first_audit_break() is None


async def test_what_is_owed_never_goes(store, wall, tmp_path):
    """An open complaint, a callback that nobody made, and whatever an undelivered job tells of."""
    open_one, closed = await complain(store, "1"), await complain(store, "2")
    owed = await store.desk.book_callback(CallbackDraft("k1", "9812345602", "today", "asked", "c1"))
    settled = await store.desk.book_callback(CallbackDraft("k2", "9812345603", "today", "asked", "c1"))
    await store.records.close_complaint(closed)
    await store.records.settle_callback(settled.callback_id, "reached")
    wall.turn(days=4000)
    assert await let_go(store, tmp_path) == {}
    await deliver_all(store)
    wall.turn(days=400)
    assert (await let_go(store, tmp_path)).keys() == {
        "callbacks",
        "complaints",
        "reports",
        "places",
        "contacts",
        "outbox",
    }
    assert [one.callback_id for one in await store.records.callbacks()] == [owed.callback_id]
    assert await store.desk.complaint(closed) is None
    kept = await store.desk.complaint(open_one)
    assert kept is not None
    assert kept.is_open()
    assert len(await store.records.complaints()) == 3 + 1  # the demonstration stays


async def test_a_reopened_complaint_has_years_again(store, wall, tmp_path):
    """What counts is its last closing."""
    number = await complain(store, "1")
    await store.records.close_complaint(number)
    wall.turn(days=1090)
    await store.records.reopen_complaint(number, "dark again")
    await store.records.close_complaint(number)
    await deliver_all(store)
    wall.turn(days=10)
    assert "complaints" not in await let_go(store, tmp_path)


async def test_a_special_need_ends(store, wall, tmp_path):
    """At the time that stands beside it."""
    await store.desk.flag_need("P-1002", key="n", call_id="c1")
    wall.turn(days=364)
    assert await let_go(store, tmp_path) == {}
    wall.turn(days=2)
    assert await let_go(store, tmp_path) == {"needs": 1, "requests": 1}


async def test_keys_are_forgotten_with_the_calls(store, wall, tmp_path):
    """A second booking is remembered by its key for as long as calls are; then the callback itself may go, too."""
    for key in ("k1", "k2"):
        await store.desk.book_callback(CallbackDraft(key, "9812345602", key, "asked", "c1"))
    await deliver_all(store)
    await store.records.settle_callback(1, "reached")
    await deliver_all(store)
    wall.turn(days=366)
    assert await let_go(store, tmp_path) == {"requests": 1, "callbacks": 1, "outbox": 3, "contacts": 1}
    assert (await store.desk.book_callback(CallbackDraft("k2", "9812345602", "x", "asked", "c1"))).window == "x"


async def test_many_rows_go_in_small_steps(store, wall, tmp_path):
    """More than one transaction takes."""
    for number in range(AT_ONCE + 5):
        await store.calls.begin(f"c{number}", channel="file", engine="local", language="en")
    wall.turn(days=400)
    assert await let_go(store, tmp_path, preview=True) == {"calls": AT_ONCE + 5}
    assert await let_go(store, tmp_path) == {"calls": AT_ONCE + 5}


async def test_a_log_of_a_call_that_nobody_knows_goes_by_its_own_time(store, wall, tmp_path):
    """Such as one of another database; other files in the folder are somebody else's."""
    old = (wall.time - timedelta(days=91)).timestamp()
    for name in ("stray.jsonl", "notes.txt"):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (old, old))
    (tmp_path / "fresh.jsonl").write_text("")
    assert await let_go(store, tmp_path) == {"event_logs": 1}
    assert {path.name for path in tmp_path.iterdir()} >= {"notes.txt", "fresh.jsonl"}
    assert await let_go(store, tmp_path / "nowhere") == {}


async def test_the_service_lets_go_by_itself(store, wall, tmp_path):
    """At once when it begins, and again and again; what was let go is told of in the log, by its count."""
    await hold(store, tmp_path / "calls")
    wall.turn(days=91)

    with capture_logs() as logs:
        async with store.keeping(LIMITS, tmp_path / "calls"):
            await asyncio.sleep(0)  # it has begun; what it began is finished before it stops
    assert (await store.calls.show("c1"))[1] == []
    assert [line["event"] for line in logs] == ["kept long enough"]
    assert logs[0]["transcripts"] == 2
    assert "calls" not in logs[0]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UnavailableError("the database is away"), "what was kept long enough is still there"),
        (ZeroDivisionError("a bug"), "retention stopped"),
    ],
)
async def test_trouble_is_told_of_and_tried_again(store, wall, tmp_path, error, told):
    """A database that is away, and a bug: neither ends what runs beside it."""
    tries, mended = 0, asyncio.Event()

    def broken_wall():
        nonlocal tries
        tries += 1
        if tries < 3:
            raise error
        mended.set()
        return wall.time

    with capture_logs() as logs:
        async with keeping(store._database, LIMITS, tmp_path, broken_wall, every_s=0.001):
            await mended.wait()
    assert {line["event"] for line in logs} == {told}
