"""A caller is erased: what goes, what stays, what the receipt says, and that nothing is left in the file."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from npcl_voice.conversation.commands import Transcript
from npcl_voice.domain.complaints import CallbackDraft, Draft
from npcl_voice.domain.consumers import Premises
from npcl_voice.domain.handover import Packet
from npcl_voice.errors import RuleError, UnavailableError
from npcl_voice.store import Store
from npcl_voice.store.erasing import Receipt

NUMBER, OTHER = "9812345601", "9812345602"
LONGEST = timedelta(minutes=12)
NIDHI = "2990528146"
WORDS = "behind the canary wall"


async def live(store: Store, number: str, call_id: str, folder) -> None:
    """A call on which its caller left something in every table."""
    await store.calls.begin(
        call_id, channel="file", engine="local", language="en", caller="55###", caller_digest=store.keys.caller(number)
    )
    folder.mkdir(exist_ok=True)
    (folder / f"{call_id}.jsonl").write_text("{}")
    desk = store.desk
    for kind, place in (("no_supply", Premises(f"alpha 2/{call_id}", "Alpha 2", call_id)), ("fire", None)):
        await desk.register(
            Draft(
                idempotency_key=f"{call_id}:{kind}",
                kind=kind,
                priority="emergency" if kind == "fire" else "high",
                premises=place or Premises(f"call/{call_id}/fire", ""),
                call_id=call_id,
                caller_number=number,
            )
        )
    fire = next(one.complaint_number for one in await store.records.complaints(limit=2) if one.kind == "fire")
    await desk.locate(fire, WORDS)
    await store.records.close_complaint(fire, "it was a candle")
    await desk.book_callback(CallbackDraft(f"{call_id}:callback", number, "today", "asked", call_id))
    await desk.book_callback(CallbackDraft(f"{call_id}:again", number, "tomorrow", "asked", call_id))
    await desk.verify(call_id, NIDHI, "Asha")
    await desk.flag_need(f"alpha 2/{call_id}", key=f"{call_id}:need", call_id=call_id)
    await desk.hand_over(
        Packet(idempotency_key=f"{call_id}:hand", call_id=call_id, reason="asked", summary="", caller_number=number)
    )
    await store.calls.write(call_id, [(1.0, Transcript("caller", "the canary sings"))])
    await store.calls.end(call_id, "complaint_registered")


async def erase(store: Store, folder, number: str = NUMBER, **given) -> Receipt:
    return await store.erase(number, folder, LONGEST, **given)


GONE = {
    "notes": 1,
    "requests": 2,
    "callbacks": 1,
    "handovers": 1,
    "verifications": 1,
    "needs": 1,
    "places": 1,
    "transcripts": 1,
    "calls": 1,
    "reports": 2,
    "complaints": 2,
    "contacts": 1,
    "event_logs": 1,
}


async def test_a_caller_is_erased_and_another_is_not(store, tmp_path):
    """In whatever form the number is given; the receipt counts what went and what stays."""
    folder = tmp_path / "calls"
    await live(store, NUMBER, "c1", folder)
    await live(store, OTHER, "c2", folder)
    receipt = await erase(store, folder, f"+91 {NUMBER}")
    assert receipt.erased == GONE
    assert receipt.kept == {"complaints": 2, "open_emergencies": 0, "consumers": 0}
    assert receipt.receipt.startswith("E20261122-")
    assert NUMBER not in str(receipt)
    assert receipt.caller_digest == store.keys.caller(NUMBER)
    assert [path.name for path in folder.iterdir()] == ["c2.jsonl"]
    assert [one.number for one in await store.records.callbacks()] == [OTHER]
    assert [one.number for one in await store.records.handovers()] == [OTHER]
    assert (await store.calls.show("c1"))[1] == []
    assert len((await store.calls.show("c2"))[1]) == 1
    assert len(await store.records.complaints()) == 3 + 4
    assert await store.records.first_audit_break() is None
    (entry,) = await store.records.history(f"erasure {receipt.receipt}")
    assert (entry.action, entry.detail) == ("caller.erased", {"erased": GONE})
    again = await erase(store, folder)
    assert set(again.erased.values()) == {0}
    assert again.receipt != receipt.receipt


async def test_nothing_is_left_in_the_file(store, file, tmp_path):
    """Neither in the tables nor in pages that are free, nor in the log of writes."""
    folder = tmp_path / "calls"
    await live(store, NUMBER, "c1", folder)
    before = b"".join(path.read_bytes() for path in file.parent.glob("npcl.db*"))
    assert all(word in before for word in (NUMBER.encode(), b"the canary sings", WORDS.encode(), b"a candle"))
    receipt = await erase(store, folder)
    assert receipt.settled
    await store.close()
    after = b"".join(path.read_bytes() for path in file.parent.glob("npcl.db*"))
    assert [word for word in (NUMBER.encode(), b"the canary sings", WORDS.encode(), b"a candle") if word in after] == []


async def test_whoever_reads_meanwhile_is_told_of(store, tmp_path):
    """The old rows stand in the log of writes until the reader is done, and the receipt says so."""
    await live(store, NUMBER, "c1", tmp_path / "calls")
    async with store._database.read() as reader:
        await reader.execute(text("SELECT 1 FROM contacts"))
        assert not (await erase(store, tmp_path / "calls")).settled


async def test_a_preview_changes_nothing(store, tmp_path):
    """It counts the same, and has no receipt."""
    folder = tmp_path / "calls"
    await live(store, NUMBER, "c1", folder)
    before = await store.records.history("callback 1")
    assert (await erase(store, folder, preview=True)).erased == GONE
    preview = await erase(store, folder, preview=True)
    assert (preview.receipt, preview.erased) == ("", GONE)
    assert (folder / "c1.jsonl").exists()
    assert len(await store.records.callbacks()) == 1
    assert await store.records.history("callback 1") == before
    assert (await erase(store, folder)).erased == GONE


async def test_the_company_s_own_records_stay(store, tmp_path):
    """A consumer's mobile number is the company's; an open emergency keeps the place where help is needed."""
    mobile = "6999052814"
    await store.desk.register(
        Draft(
            idempotency_key="k",
            kind="fire",
            priority="emergency",
            premises=Premises("call/c9/fire", WORDS),
            call_id="c9",
            caller_number=mobile,
        )
    )
    receipt = await erase(store, tmp_path, mobile)
    assert receipt.kept == {"complaints": 1, "open_emergencies": 1, "consumers": 1}
    assert (receipt.erased["places"], receipt.erased["contacts"]) == (0, 1)
    assert await store.desk.accounts_of(mobile) == (NIDHI,)
    assert (await store.records.complaint("000054324")).area == WORDS


async def test_calls_of_before_are_found_by_what_was_done_on_them(store, tmp_path):
    """Where nobody wrote the digest down, the number's complaints and callbacks name the calls."""
    await store.calls.begin("old", channel="file", engine="local", language="en")
    await store.calls.write("old", [(1.0, Transcript("caller", "Hi"))])
    await store.calls.end("old", "resolved")
    await store.desk.book_callback(CallbackDraft("k", f"91{NUMBER}", "today", "asked", "old"))
    assert (await erase(store, tmp_path)).erased["transcripts"] == 1


async def test_a_call_that_goes_on_is_not_erased(store, wall, tmp_path):
    """It would write on when we are done; one that a dead process left open counts as over."""
    await store.calls.begin(
        "c1", channel="file", engine="local", language="en", caller_digest=store.keys.caller(NUMBER)
    )
    with pytest.raises(RuleError, match="when it is over"):
        await erase(store, tmp_path)
    wall.turn(hours=1)
    assert (await erase(store, tmp_path)).erased["calls"] == 1


async def test_a_file_that_cannot_be_deleted_is_told_of_and_nothing_else_goes(store, tmp_path):
    """Then it is run again; the calls are still found by their caller."""
    folder = tmp_path / "calls"
    await live(store, NUMBER, "c1", folder)
    (folder / "c1.jsonl").unlink()
    (folder / "c1.jsonl").mkdir()
    with pytest.raises(UnavailableError, match="then run it again"):
        await erase(store, folder)
    assert len(await store.records.callbacks()) == 1
    (folder / "c1.jsonl").rmdir()
    assert (await erase(store, folder)).erased == GONE | {"event_logs": 0}


async def test_receipts_are_kept(store, file, tmp_path):
    """With the digest, for whoever asks whether a number was erased."""
    receipt = await erase(store, tmp_path)
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT receipt, caller_digest FROM erasures").fetchall()
    assert rows == [(receipt.receipt, store.keys.caller(NUMBER))]
