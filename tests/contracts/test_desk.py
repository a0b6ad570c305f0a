"""What every Desk does about outages, complaints and callbacks; `conftest.py` says which desks there are."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from npcl_voice.domain.complaints import Callback, CallbackDraft, Draft, Kind
from npcl_voice.domain.consumers import Premises
from npcl_voice.domain.outages import Restoration
from npcl_voice.errors import RuleError
from tests.fakes import MORNING


def draft(key: str, premises: Premises, kind: Kind = "no_supply", **more) -> Draft:
    return Draft(idempotency_key=key, kind=kind, priority="high", premises=premises, call_id="call-1", **more)


async def test_a_consumer_is_found_by_number(company):
    """The demonstration's consumer comes with name, mobile and premises."""
    priya = await company.desk.consumer("2990741852")
    assert priya is not None
    assert (priya.name, priya.mobile, priya.demo) == ("Priya Singh", "6999074185", True)
    assert priya.premises == Premises(premises_id="P-1004", area="Delta 1", house="34")
    assert await company.desk.consumer("2000000000") is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Alpha 1", "Alpha 1"),
        ("  aLPHA   1 ", "Alpha 1"),
        ("kp 3", "Knowledge Park 3"),
        ("Sector 62", None),
        ("", None),
    ],
)
async def test_an_area_is_known_by_any_of_its_names(company, said, name):
    """Case and spaces do not matter; a place that is not supplied is None."""
    assert await company.desk.area(said) == name


async def test_premises_on_record_and_made_up(company):
    """A house on record has its key; another one is made from what was said, always the same."""
    assert (await company.desk.premises("delta  1", " 34")).premises_id == "P-1004"
    made = await company.desk.premises("Alpha 2", "12 A")
    assert made == Premises(premises_id="alpha 2/12 a", area="Alpha 2", house="12 A")
    assert (await company.desk.premises("Alpha 2", "12  a")).premises_id == made.premises_id


async def test_the_demonstration_complaints(company):
    """The three numbers of the prototypes are there, marked, and nothing else is."""
    found = [await company.desk.complaint(f"00005432{last}") for last in "1234"]
    assert [one and (one.status, one.kind, one.priority, one.area, one.repeats, one.demo) for one in found] == [
        ("in_progress", "no_supply", "high", "Alpha 1", 0, True),
        ("assigned", "fluctuation", "medium", "Beta 1", 0, True),
        ("resolved", "meter_reading", "low", "Gamma 1", 0, True),
        None,
    ]
    assert found[0] is not None
    assert found[0].registered_at == MORNING - timedelta(hours=3)


async def test_a_complaint_is_registered_and_found(company):
    """The first new number is 000054324, the next one follows."""
    premises = await company.desk.premises("Alpha 2", "12")
    first = await company.desk.register(draft("k1", premises, caller_number="9810012345"))
    assert not first.repeat
    assert first.complaint.complaint_number == "000054324"
    assert first.complaint.as_shown() == {
        "complaint_number": "000054324",
        "status": "registered",
        "kind": "no_supply",
        "priority": "high",
        "premises": "alpha 2/12",
        "area": "Alpha 2",
        "registered_at": "2026-11-22T10:00:00+05:30",
        "promise_at": None,
        "repeats": 0,
        "demo": False,
    }
    assert await company.desk.complaint("000054324") == first.complaint
    second = await company.desk.register(draft("k2", await company.desk.premises("Alpha 2", "13")))
    assert second.complaint.complaint_number == "000054325"


async def test_the_same_key_gives_the_same_complaint(company):
    """A call that tries again neither makes a second row nor counts as a repeat."""
    premises = await company.desk.premises("Alpha 2", "12")
    first = await company.desk.register(draft("k1", premises))
    assert await company.desk.register(draft("k1", premises)) == first


async def test_a_second_report_of_the_same_fault_is_a_repeat(company):
    """The caller hears the first number; each new report counts once, however often it is retried."""
    premises = await company.desk.premises("Alpha 2", "12")
    first = await company.desk.register(draft("k1", premises))
    again = await company.desk.register(draft("k2", premises))
    assert (again.repeat, again.complaint.complaint_number, again.complaint.repeats) == (True, "000054324", 1)
    assert await company.desk.register(draft("k2", premises)) == again
    third = await company.desk.register(draft("k3", premises))
    assert third.complaint.repeats == 2
    late = await company.desk.register(draft("k1", premises))
    assert (late.repeat, late.complaint.repeats) == (False, 2)
    assert late.complaint.registered_at == first.complaint.registered_at


async def test_another_kind_or_another_house_is_another_complaint(company):
    """One fault has one number; two faults have two."""
    here, there = [await company.desk.premises("Alpha 2", house) for house in ("12", "14")]
    numbers = [
        (await company.desk.register(one)).complaint.complaint_number
        for one in (draft("k1", here), draft("k2", here, "sparking"), draft("k3", there))
    ]
    assert numbers == ["000054324", "000054325", "000054326"]


async def test_the_demonstration_complaint_is_repeated_and_a_resolved_one_is_not(company):
    """Dheeraj's open complaint takes his new report; Nikunj's resolved one does not."""
    dheeraj, nikunj = [await company.desk.consumer(number) for number in ("2990417365", "2990630271")]
    again = await company.desk.register(draft("k1", dheeraj.premises, consumer_number=dheeraj.consumer_number))
    assert (again.repeat, again.complaint.complaint_number) == (True, "000054321")
    anew = await company.desk.register(draft("k2", nikunj.premises, "meter_reading"))
    assert (anew.repeat, anew.complaint.complaint_number) == (False, "000054324")


async def test_fifty_at_once_for_one_fault_make_one_complaint(company):
    """Parallel reports of one fault: one row, forty-nine repeats, each counted once."""
    premises = await company.desk.premises("Alpha 2", "12")
    results = await asyncio.gather(*(company.desk.register(draft(f"k{count}", premises)) for count in range(50)))
    assert {one.complaint.complaint_number for one in results} == {"000054324"}
    assert sorted(one.complaint.repeats for one in results) == list(range(50))
    assert [one.repeat for one in results].count(False) == 1
    assert (await company.desk.complaint("000054324")).repeats == 49
    assert await company.desk.complaint("000054325") is None


async def test_fifty_at_once_for_fifty_faults_make_fifty_numbers(company):
    """Parallel reports of different faults: fifty numbers in a row, none twice and none left out."""
    places = [await company.desk.premises("Alpha 2", str(count)) for count in range(50)]
    results = await asyncio.gather(*(company.desk.register(draft(place.house, place)) for place in places))
    numbers = sorted(one.complaint.complaint_number for one in results)
    assert numbers == [f"{54324 + count:09d}" for count in range(50)]


async def test_fifty_at_once_with_one_key_make_one_complaint(company):
    """A key is accepted once, whoever else brings it at the same time."""
    premises = await company.desk.premises("Alpha 2", "12")
    results = await asyncio.gather(*(company.desk.register(draft("k", premises)) for _ in range(50)))
    assert len(set(results)) == 1
    assert results[0].complaint.repeats == 0


async def test_danger_without_an_address_stays_a_case_of_its_own(company):
    """Two callers who cannot say where a wire is down speak of two wires."""
    nowhere = [Premises(premises_id=f"call/{call}", area="") for call in (1, 2)]
    numbers = {
        (await company.desk.register(draft(place.premises_id, place, "wire_down"))).complaint.complaint_number
        for place in nowhere
    }
    assert len(numbers) == 2


async def test_an_emergency_is_located_when_its_place_is_known(company):
    """The place is written on that ticket alone, and nowhere but on emergencies."""
    cry = Premises(premises_id="call/1/wire_down", area="")
    wire = draft("k1", cry, "wire_down")
    number = (
        await company.desk.register(msgspec.structs.replace(wire, priority="emergency"))
    ).complaint.complaint_number
    assert (await company.desk.locate(number, "Gamma 1")).area == "Gamma 1"
    assert (await company.desk.locate(number, "Gamma 1")).area == "Gamma 1"
    assert (await company.desk.complaint(number)).area == "Gamma 1"
    with pytest.raises(RuleError, match="supplied place") as refused:
        await company.desk.locate("000054321", "Gamma 1")
    assert refused.value.reason == "not_an_emergency"
    with pytest.raises(RuleError, match="no complaint 000099999") as refused:
        await company.desk.locate("000099999", "Gamma 1")
    assert refused.value.reason == "unknown_number"


async def test_a_draft_that_points_at_nothing_is_refused(company):
    """An unknown consumer or outage is named as such, and no number is used up."""
    premises = await company.desk.premises("Alpha 2", "12")
    with pytest.raises(RuleError, match="no consumer") as refused:
        await company.desk.register(draft("k1", premises, consumer_number="2000000000"))
    assert refused.value.reason == "unknown_consumer"
    with pytest.raises(RuleError, match="no outage 77") as refused:
        await company.desk.register(draft("k1", premises, outage_id=77))
    assert refused.value.reason == "unknown_outage"
    registered = await company.desk.register(draft("k1", premises))
    assert registered.complaint.complaint_number == "000054324"


async def test_the_newest_open_outage_of_an_area(company):
    """There is none at first; the newest one counts, until it is over."""
    assert await company.desk.open_outage("Alpha 2") is None
    old = await company.add_outage("Alpha 2", MORNING - timedelta(hours=2), None)
    new = await company.add_outage("Alpha 2", MORNING - timedelta(hours=1), None)
    await company.add_outage("Beta 2", MORNING, None)
    assert await company.desk.open_outage("Alpha 2") == new
    await company.restore_outage(new.outage_id)
    assert await company.desk.open_outage("Alpha 2") == old
    premises = await company.desk.premises("Alpha 2", "12")
    registered = await company.desk.register(draft("k1", premises, outage_id=old.outage_id))
    assert registered.complaint.outage_id == old.outage_id


async def test_a_callback_is_booked_once(company):
    """The same key gives the callback that is there; another key makes another."""
    booking = CallbackDraft(
        idempotency_key="b1", number="9810012345", window="within 30 minutes", reason="asked", call_id="call-1"
    )
    first = await company.desk.book_callback(booking)
    assert first == Callback(
        callback_id=1,
        number="9810012345",
        window="within 30 minutes",
        reason="asked",
        outcome="pending",
        booked_at=MORNING,
    )
    assert await company.desk.book_callback(booking) == first
    other = CallbackDraft(idempotency_key="b2", number="9810054321", window="today", reason="lost", call_id="call-2")
    assert (await company.desk.book_callback(other)).callback_id == 2


async def test_a_number_has_one_callback_that_is_owed(company):
    """A second booking gives the one that waits, with the window that was asked for last."""
    booking = CallbackDraft("b1", "9810012345", "as soon as possible", "asked", "call-1")
    first = await company.desk.book_callback(booking)
    later = msgspec.structs.replace(booking, idempotency_key="b2", window="today evening", call_id="call-2")
    for _ in range(2):
        changed = await company.desk.book_callback(later)
        assert changed == msgspec.structs.replace(first, window="today evening")
    assert (await company.desk.book_callback(booking)) == changed
    same = msgspec.structs.replace(later, idempotency_key="b3")
    assert await company.desk.book_callback(same) == changed
    await company.settle_callback(1, "not_reached")
    anew = msgspec.structs.replace(booking, idempotency_key="b4", window="tomorrow")
    assert (await company.desk.book_callback(anew)).callback_id == 1
    await company.settle_callback(1, "reached")
    another = msgspec.structs.replace(booking, idempotency_key="b5")
    assert (await company.desk.book_callback(another)).callback_id == 2
    assert (await company.desk.book_callback(later)).callback_id == 1


async def test_a_number_is_called_back_three_times_a_day(company):
    """A fourth booking is refused until a day has passed."""
    for count in range(1, 4):
        booking = CallbackDraft(f"b{count}", "9810012345", "today", "asked", "call-1")
        assert (await company.desk.book_callback(booking)).callback_id == count
        await company.settle_callback(count, "reached")
    fourth = CallbackDraft("b4", "9810012345", "today", "asked", "call-1")
    with pytest.raises(RuleError, match="number was booked") as refused:
        await company.desk.book_callback(fourth)
    assert refused.value.reason == "too_many"
    company.wall.turn(hours=24)
    assert (await company.desk.book_callback(fourth)).callback_id == 4


async def test_a_number_registers_ten_complaints_a_day(company):
    """An eleventh is refused; a repeat, danger, another number and the next day are not."""
    places = [await company.desk.premises("Alpha 2", str(count)) for count in range(13)]
    mine = {"caller_number": "9810012345"}
    wire = msgspec.structs.replace(draft("w", places[0], "wire_down", **mine), priority="emergency")
    await company.desk.register(wire)
    for count in range(10):
        await company.desk.register(draft(f"k{count}", places[count], **mine))
    with pytest.raises(RuleError, match="complaints within a day") as refused:
        await company.desk.register(draft("k10", places[10], **mine))
    assert refused.value.reason == "too_many"
    assert not (await company.desk.register(draft("k9", places[9], **mine))).repeat
    assert (await company.desk.register(draft("k11", places[9], **mine))).repeat
    assert not (await company.desk.register(draft("k12", places[10], "fire", **mine))).repeat
    assert not (await company.desk.register(draft("k13", places[10], caller_number="9810054321"))).repeat
    company.wall.turn(hours=24)
    assert not (await company.desk.register(draft("k14", places[11], **mine))).repeat


async def test_a_restoration_time_that_has_passed_is_told_as_passed(company):
    """It is still there, with its source, and marked; a time to come is not."""
    outage = await company.add_outage("Alpha 2", MORNING - timedelta(hours=1), MORNING + timedelta(hours=1))
    told = await company.desk.open_outage("Alpha 2")
    assert (told, told.expired) == (outage, False)
    company.wall.turn(hours=1)
    told = await company.desk.open_outage("Alpha 2")
    assert told == msgspec.structs.replace(outage, expired=True)
    assert told.restoration == Restoration(
        at=MORNING + timedelta(hours=1), source="operator", given_at=MORNING, confidence="medium"
    )


async def test_times_have_a_zone(company):
    """What comes out of a desk can be compared with any other time."""
    complaint = await company.desk.complaint("000054321")
    assert complaint.registered_at.tzinfo is not None
    assert complaint.registered_at < datetime(2026, 11, 22, 12, tzinfo=UTC)
