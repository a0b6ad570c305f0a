"""What every Desk does for callers and their accounts: who they are, and what they may do to a complaint."""

import asyncio
from datetime import date

import msgspec
import pytest

from npcl_voice.domain.accounts import Account, Bill
from npcl_voice.domain.complaints import Draft
from npcl_voice.domain.consumers import Premises
from npcl_voice.domain.handover import Fact, Handover, Packet
from npcl_voice.errors import RuleError
from tests.fakes import MORNING

NIDHI, PRIYA, NIKUNJ = "2990528146", "2990741852", "000054323"


async def refusal(attempt) -> str:
    """Why a rule said no."""
    with pytest.raises(RuleError) as refused:
        await attempt
    return refused.value.reason


async def wrong_code(company, number: str, other: int = 1) -> str:
    """A code that is not the complaint's."""
    return f"{(int(await company.code_of(number)) + other) % 10**6:06d}"


async def test_accounts_are_found_by_mobile_and_by_number(company):
    """With the bill and what is told of the account; an unknown number has none."""
    assert await company.desk.accounts_of("6999052814") == (NIDHI,)
    assert await company.desk.accounts_of("6999000000") == ()
    assert await company.desk.account("2000000000") is None
    assert await company.desk.account(NIDHI) == Account(
        consumer_number=NIDHI,
        name="Nidhi Sharma",
        mobile="6999052814",
        category="domestic",
        load_kw="3",
        meter_number="8300528",
        premises=Premises("P-1002", "Beta 1", "108"),
        bill=Bill("1120.00", date(2026, 12, 12), "1075.00", date(2026, 10, 30)),
        demo=True,
    )


async def test_complaints_are_found_by_who_reported_them(company):
    """For the first time or again, each once and in order; a hidden number's are nobody's."""
    there, elsewhere = Premises("P-1001", "Alpha 1", "21"), Premises("P-1002", "Beta 1", "108")
    for key, place, caller in (
        ("c1", elsewhere, "6999052814"),
        ("c2", there, "6999052814"),
        ("c3", there, "6999052814"),
        ("c4", elsewhere, "9810123456"),
        ("c5", elsewhere, None),
    ):
        await company.desk.register(Draft(key, "no_supply", "high", place, "call-1", caller_number=caller))
    assert await company.desk.complaints_from("6999052814") == ("000054321", "000054324")
    assert await company.desk.complaints_from("9810123456") == ("000054324",)
    assert await company.desk.complaints_from("9810123457") == ()


@pytest.mark.parametrize("said", ["Nidhi", "my name is Nidhi Sharma", "निधि शर्मा", "Nidhee ji"])
async def test_a_name_that_fits_verifies_the_caller_for_that_call(company, said):
    """In either script, the first name alone too; on another call it says nothing."""
    assert await company.desk.verified("call-1") is None
    for _ in range(2):
        assert await company.desk.verify("call-1", NIDHI, said) == "verified"
    assert await company.desk.verified("call-1") == NIDHI
    assert await company.desk.verified("call-2") is None


async def test_three_wrong_names_lock_the_call(company):
    """The same wrong name again is no further try, silence is none, and then even the right name is locked."""
    for said in ("Nisha", "Nisha", "my name is Nisha", "", "..."):
        assert await company.desk.verify("call-1", NIDHI, said) == "no_match"
    assert await company.desk.verify("call-1", "2000000000", "Nidhi") == "unknown_account"
    for said in ("Sharma", "Nidhi Verma"):
        assert await company.desk.verify("call-1", NIDHI, said) == "no_match"
    for said in ("Nidhi Sharma", "Nidhi"):
        assert await company.desk.verify("call-1", NIDHI, said) == "locked"
    assert await company.desk.verify("call-1", PRIYA, "Priya") == "locked"
    assert await company.desk.verified("call-1") is None
    assert await company.desk.verify("call-2", NIDHI, "Nidhi") == "verified"


async def test_who_was_verified_stays_so_on_that_call(company):
    """Wrong names for another account do not undo it; the account that was verified last counts."""
    assert await company.desk.verify("call-1", NIDHI, "Nidhi") == "verified"
    for said in ("Anita", "Sunita", "Kavita", "Lalita"):
        await company.desk.verify("call-1", PRIYA, said)
    assert await company.desk.verify("call-1", PRIYA, "Priya Singh") == "locked"
    assert await company.desk.verify("call-1", NIDHI, "Nidhi") == "verified"
    assert await company.desk.verified("call-1") == NIDHI
    assert await company.desk.verify("call-2", NIDHI, "Nidhi") == "verified"
    company.wall.turn(minutes=1)
    assert await company.desk.verify("call-2", PRIYA, "Priya") == "verified"
    assert await company.desk.verified("call-2") == PRIYA


async def test_five_wrong_names_a_day_lock_the_account(company):
    """On whatever calls; another account is not locked, and a day later it is open again."""
    for count, said in enumerate(("Anita", "Sunita", "Kavita", "Lalita", "Vanita")):
        assert await company.desk.verify(f"call-{count}", NIDHI, said) == "no_match"
    assert await company.desk.verify("call-9", NIDHI, "Nidhi Sharma") == "locked"
    assert await company.desk.verify("call-9", PRIYA, "Priya Singh") == "verified"
    company.wall.turn(hours=24)
    assert await company.desk.verify("call-10", NIDHI, "Nidhi Sharma") == "verified"


async def test_a_closed_complaint_is_opened_again_once(company):
    """The same key again changes nothing; a new code belongs to the new opening."""
    before = await company.code_of(NIKUNJ)
    first = await company.desk.reopen(NIKUNJ, key="r1", call_id="call-1")
    assert (first.status, first.openings, first.closed_at, first.kind) == ("reopened", 2, None, "meter_reading")
    assert await company.desk.reopen(NIKUNJ, key="r1", call_id="call-1") == first
    assert await company.desk.complaint(NIKUNJ) == first
    assert await company.code_of(NIKUNJ) != before
    assert await refusal(company.desk.reopen(NIKUNJ, key="r2", call_id="call-2")) == "already_open"
    assert await refusal(company.desk.reopen("000099999", key="r3", call_id="call-1")) == "unknown_number"


async def test_a_complaint_is_opened_again_within_72_hours(company):
    """It was closed a day ago: two days later is the last moment."""
    company.wall.turn(hours=48, seconds=1)
    assert await refusal(company.desk.reopen(NIKUNJ, key="r1", call_id="call-1")) == "too_late"
    company.wall.turn(seconds=-1)
    assert (await company.desk.reopen(NIKUNJ, key="r1", call_id="call-1")).is_open()


async def test_a_fault_that_was_reported_anew_keeps_its_new_number(company):
    """One fault has one open complaint."""
    nikunj = await company.desk.account("2990630271")
    draft = Draft("k1", "meter_reading", "low", nikunj.premises, "call-1")
    await company.desk.register(draft)
    assert await refusal(company.desk.reopen(NIKUNJ, key="r1", call_id="call-1")) == "another_open"


async def test_a_complaint_is_closed_by_its_code_alone(company):
    """The same call may say it again; nobody else can close what is closed."""
    number = "000054322"
    assert (
        await refusal(company.desk.close(number, await wrong_code(company, number), call_id="call-1")) == "wrong_code"
    )
    code = await company.code_of(number)
    assert (len(code), code.isdigit()) == (6, True)
    closed = await company.desk.close(number, code, call_id="call-1")
    assert (closed.status, closed.closed_at) == ("resolved", MORNING)
    assert await company.desk.close(number, code, call_id="call-1") == closed
    assert await refusal(company.desk.close(number, code, call_id="call-2")) == "already_closed"
    assert await refusal(company.desk.close("000099999", code, call_id="call-1")) == "unknown_number"
    reopened = await company.desk.reopen(number, key="r1", call_id="call-1")
    assert reopened.openings == 2
    assert await refusal(company.desk.close(number, code, call_id="call-1")) == "wrong_code"


async def test_three_wrong_codes_a_day_are_the_last(company):
    """On whatever calls; the same one again and what is no code do not count; a day later it may be tried again."""
    number = "000054322"
    for call, other in ((1, 1), (1, 1), (2, 2)):
        code = await wrong_code(company, number, other)
        assert await refusal(company.desk.close(number, code, call_id=f"call-{call}")) == "wrong_code"
    for nonsense in ("", "12345", "1234567", "six", "१२३४५६७"):
        assert await refusal(company.desk.close(number, nonsense, call_id="call-3")) == "wrong_code"
    code = await wrong_code(company, number, 3)
    assert await refusal(company.desk.close(number, code, call_id="call-3")) == "wrong_code"
    right = await company.code_of(number)
    assert await refusal(company.desk.close(number, right, call_id="call-4")) == "too_many_codes"
    company.wall.turn(hours=24)
    assert (await company.desk.close(number, right, call_id="call-5")).status == "resolved"


async def test_a_special_need_is_flagged_at_a_place_on_record(company):
    """By the premises or by a complaint about them; a place that nobody knows is none."""
    assert await company.desk.flag_need("P-1004", key="n1", call_id="call-1")
    assert await company.desk.flag_need("P-1004", key="n1", call_id="call-1")
    assert await company.desk.flag_need("P-1004", key="n2", call_id="call-2")
    assert await company.desk.flag_need("000054321", key="n3", call_id="call-3")
    assert not await company.desk.flag_need("000099999", key="n4", call_id="call-3")
    assert not await company.desk.flag_need("nowhere/1", key="n5", call_id="call-3")
    company.wall.turn(days=366)
    assert await company.desk.flag_need("P-1004", key="n6", call_id="call-4")


PACKET = Packet(
    idempotency_key="h1",
    call_id="call-1",
    reason="asked",
    summary="no supply at Alpha 2",
    facts=(Fact("area", "Alpha 2", "caller, confirmed"),),
    last_words=("I want a person",),
    caller_number="9810012345",
)


async def test_a_packet_is_handed_over_once(company):
    """Out of hours nobody is there and no wait is told; the same key gives what it gave."""
    sunday = await company.desk.hand_over(PACKET)
    assert sunday == Handover(1, "front_desk", None, open=False)
    company.wall.turn(hours=25)
    assert await company.desk.hand_over(PACKET) == sunday
    monday = await company.desk.hand_over(msgspec.structs.replace(PACKET, idempotency_key="h2", caller_number=None))
    assert monday == Handover(2, "front_desk", 4, open=True)
    company.wall.turn(hours=6)
    late = msgspec.structs.replace(PACKET, idempotency_key="h3", hazard="fire")
    assert not (await company.desk.hand_over(late)).open


async def test_theft_is_reported_once_and_by_nobody(company):
    """Two reports of one area are two cases; the same key is one."""
    first = await company.desk.report_theft("Beta 1", "a hook on the line", key="t1")
    assert (first.complaint_number, first.kind, first.status, first.area) == (
        "000054324",
        "theft",
        "registered",
        "Beta 1",
    )
    assert (first.priority, first.repeats, first.registered_at) == ("medium", 0, MORNING)
    assert await company.desk.report_theft("Beta 1", "a hook on the line", key="t1") == first
    second = await company.desk.report_theft("Beta 1", "", key="t2")
    assert second.complaint_number == "000054325"
    assert await company.desk.complaint("000054325") == second


async def test_fifty_at_once_do_each_thing_once(company):
    """A key is accepted once, whoever else brings it at the same time."""
    desk = company.desk
    opened = await asyncio.gather(*(desk.reopen(NIKUNJ, key="r", call_id="call-1") for _ in range(50)))
    assert {one.openings for one in opened} == {2}
    code = await company.code_of("000054322")
    closed = await asyncio.gather(*(desk.close("000054322", code, call_id="call-1") for _ in range(50)))
    assert {one.status for one in closed} == {"resolved"}
    handed = await asyncio.gather(*(desk.hand_over(PACKET) for _ in range(50)))
    assert {one.handover_id for one in handed} == {1}
    stolen = await asyncio.gather(*(desk.report_theft("Beta 1", "a hook", key="t") for _ in range(50)))
    assert {one.complaint_number for one in stolen} == {"000054324"}
    names = await asyncio.gather(*(desk.verify("call-1", NIDHI, "Nisha") for _ in range(50)))
    assert set(names) == {"no_match"}
