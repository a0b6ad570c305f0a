"""What an operator may look at and change."""

from datetime import timedelta

import pytest

from npcl_voice.domain.complaints import CallbackDraft
from npcl_voice.domain.outages import Outage, Restoration
from npcl_voice.errors import RuleError
from npcl_voice.store.outbox import job_key
from tests.fakes import MORNING

HOUR = timedelta(hours=1)


async def refusal(awaitable) -> tuple[str, str]:
    with pytest.raises(RuleError) as refused:
        await awaitable
    return refused.value.reason, str(refused.value)


async def test_complaints_the_newest_first(store):
    """All, the open ones, or a few."""
    numbers = [one.complaint_number for one in await store.records.complaints()]
    assert numbers == ["000054321", "000054322", "000054323"]
    still_open = await store.records.complaints(open_only=True)
    assert [one.complaint_number for one in still_open] == ["000054321", "000054322"]
    assert len(await store.records.complaints(limit=1)) == 1


async def test_one_complaint(store):
    """It is shown, or its number is named."""
    assert (await store.records.complaint("000054322")).kind == "fluctuation"
    unknown = await refusal(store.records.complaint("000099999"))
    assert unknown == ("unknown_number", "there is no complaint 000099999")


async def test_a_complaint_by_hand(store):
    """By area and house, under the name on record; the second one is a repeat."""
    first = await store.records.add_complaint("no_supply", "kp  3", "9", key="k1")
    assert (first.complaint.area, first.complaint.premises) == ("Knowledge Park 3", "knowledge park 3/9")
    assert (first.complaint.priority, first.repeat) == ("high", False)
    again = await store.records.add_complaint("no_supply", "Knowledge Park 3", "9", key="k2")
    assert (again.repeat, again.complaint.complaint_number) == (True, first.complaint.complaint_number)
    (entry, _) = await store.records.history(first.complaint.complaint_number)
    assert entry.actor == "operator"


async def test_a_complaint_by_hand_for_a_consumer(store):
    """The premises are the consumer's; a number that nobody has is named."""
    added = await store.records.add_complaint("fluctuation", "", key="k1", consumer_number="2990741852")
    assert (added.complaint.premises, added.complaint.area, added.complaint.priority) == ("P-1004", "Delta 1", "medium")
    unknown = await refusal(store.records.add_complaint("no_supply", "", key="k2", consumer_number="2000000000"))
    assert unknown == ("unknown_consumer", "there is no consumer 2000000000")


@pytest.mark.parametrize(
    ("name", "near"),
    [("Alfa 1", "Alpha 1"), ("gaur sity", "Gaur City"), ("KP-3", "Knowledge Park 3"), ("surajpur village", "Surajpur")],
)
async def test_an_unknown_area_names_near_ones(store, name, near):
    """Three names on record, the nearest first; an alias stands for its area."""
    reason, said = await refusal(store.records.known_area(name))
    assert reason == "unknown_area"
    start, _, names = said.partition("; near ones: ")
    assert start == f"there is no area '{name}'"
    assert names.split(", ")[0] == near
    assert len(set(names.split(", "))) == 3


async def test_an_unknown_area_where_no_area_is_known(store, file):
    """Then there is nothing to name."""
    async with store._database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM areas")
    assert await refusal(store.records.known_area("Alpha")) == ("unknown_area", "there is no area 'Alpha'")


async def test_an_outage_from_beginning_to_end(store, wall):
    """It is known at once, expected to end, and over when it was restored."""
    outage = await store.records.add_outage(
        "alpha 2", cause="cable fault", started_at=MORNING - HOUR, expected_at=MORNING + HOUR
    )
    assert outage == Outage(
        outage_id=1,
        area="Alpha 2",
        cause="cable fault",
        started_at=MORNING - HOUR,
        restoration=Restoration(at=MORNING + HOUR, source="operator", given_at=MORNING),
    )
    assert await store.desk.open_outage("Alpha 2") == outage
    wall.turn(minutes=20)
    over = await store.records.restore_outage(1)
    assert over.restored_at == MORNING + timedelta(minutes=20)
    assert await store.desk.open_outage("Alpha 2") is None
    said = await refusal(store.records.restore_outage(1))
    assert said == ("already_restored", "outage 1 was restored at 2026-11-22T10:20:00+05:30 already")
    history = await store.records.history("outage 1")
    assert [(one.action, one.actor, one.detail) for one in history] == [
        ("outage.added", "operator", {"area": "Alpha 2", "expected_at": "2026-11-22T11:00:00+05:30"}),
        ("outage.restored", "operator", {}),
    ]


async def test_an_outage_of_which_little_is_known(store):
    """It began now, for no known reason, and nobody knows for how long."""
    outage = await store.records.add_outage("Alpha 2")
    assert outage == Outage(outage_id=1, area="Alpha 2", cause="", started_at=MORNING)
    assert (await store.records.history("outage 1"))[0].detail["expected_at"] is None


async def test_outages_the_newest_first(store):
    """All, the open ones, or a few."""
    for hours in (3, 1, 2):
        await store.records.add_outage("Alpha 2", started_at=MORNING - hours * HOUR)
    await store.records.restore_outage(3)
    assert [one.outage_id for one in await store.records.outages()] == [2, 3, 1]
    assert [one.outage_id for one in await store.records.outages(open_only=True)] == [2, 1]
    assert [one.outage_id for one in await store.records.outages(limit=1)] == [2]


async def test_outages_that_cannot_be(store):
    """A start to come, an end that is over, a place that is not supplied, an id that is none."""
    add = store.records.add_outage
    reason, said = await refusal(add("Alpha 2", started_at=MORNING + HOUR))
    assert (reason, said) == ("bad_time", "an outage that starts at 2026-11-22T11:00:00+05:30 is not there yet")
    reason, said = await refusal(add("Alpha 2", expected_at=MORNING))
    assert reason == "bad_time"
    assert said == "supply cannot be expected back at 2026-11-22T10:00:00+05:30: that is over"
    assert (await refusal(add("Sector 62")))[0] == "unknown_area"
    assert await refusal(store.records.restore_outage(7)) == ("unknown_outage", "there is no outage 7")
    assert await store.records.outages() == []
    assert await store.records.first_audit_break() is None


async def test_callbacks_the_newest_first(store):
    """With the number to call; each has its job, which does not hold it."""
    for key in ("b1", "b2"):
        await store.desk.book_callback(CallbackDraft(key, f"98100123{key[1]}5", "today", "asked", "call-1"))
    assert [(one.callback_id, one.number) for one in await store.records.callbacks()] == [
        (2, "9810012325"),
        (1, "9810012315"),
    ]
    assert len(await store.records.callbacks(limit=1)) == 1
    job = (await store.records.outbox(limit=1))[0]
    assert (job.kind, job.payload, job.made_at) == ("callback.booked", {"callback": "callback 2"}, MORNING)
    assert job.job_key == job_key("callback.booked", "b2")
    assert [one.action for one in await store.records.history("callback 2")] == ["callback.booked"]


async def test_what_is_still_owed(store, file):
    """Jobs that are done are left out when asked."""
    for key in ("b1", "b2"):
        await store.desk.book_callback(CallbackDraft(key, f"98100123{key[1]}5", "today", "asked", "call-1"))
    assert (await store.health()).outbox_pending == 2
    async with store._database.write() as connection:
        await connection.exec_driver_sql("UPDATE outbox SET done_at = '2026-11-22 05:00:00.000000' WHERE job_id = 1")
    assert [one.job_id for one in await store.records.outbox(pending_only=True)] == [2]
    done = (await store.records.outbox())[1]
    assert done.done_at == MORNING + timedelta(minutes=30)
    assert (await store.health()).outbox_pending == 1


async def test_a_complaint_is_closed_by_its_code_or_without(store):
    """The audit says which; the note is kept either way, and the code that an operator read is the consumer's."""
    code = await store.records.closing_code("000054321")
    assert code == store.keys.closing_code(await store.records.complaint("000054321"))
    with pytest.raises(RuleError, match="is not the code"):
        await store.records.close_complaint("000054321", code=f"{(int(code) + 1) % 10**6:06d}")
    closed = await store.records.close_complaint("000054321", "a fuse", code=code)
    assert closed.status == "resolved"
    await store.records.close_complaint("000054322", "a wire")
    for number, verified in (("000054321", True), ("000054322", False)):
        *_, last = await store.records.history(number)
        assert (last.action, last.detail["verified"]) == ("complaint.closed", verified)
        assert len(await store.records.notes(number)) == 1
    actions = [entry.action for entry in await store.records.history("000054321")]
    assert actions[1:] == ["complaint.code_read", "complaint.code_wrong", "complaint.closed"]
    assert code not in str(await store.records.history("000054321"))


@pytest.mark.parametrize(
    ("number", "reason"), [("000054323", "not_open"), ("000000001", "unknown_number"), ("000054324", "no_code")]
)
async def test_where_there_is_no_code(store, number, reason):
    """A closed complaint, an unknown one, and danger."""
    await store.records.add_complaint("fire", "Alpha 2", "1", key="k")
    with pytest.raises(RuleError) as refused:
        await store.records.closing_code(number)
    assert refused.value.reason == reason


async def test_what_is_still_wrong_is_noted_masked(store):
    """Apart from the audit; a name in it is covered."""
    again = {"key": "r1", "call_id": "call-1"}
    await store.desk.reopen("000054323", **again, reason="still dark, call Nikunj Gupta on 9810123456")
    (note,) = (await store.records.notes("000054323")).values()
    assert note.startswith("still dark, call ")
    assert not [one for one in ("Nikunj", "9810123456") if one in note]
