"""Rights: whatever a model was talked into, the tools see whose account it is, and that the caller said its name."""

import msgspec
import pytest

from npcl_voice.intents.identity import said_by_caller
from npcl_voice.ports import Situation
from tests.fakes import MORNING, FakeDesk
from tests.intents.running import PRIYA, PRIYA_S_LINE, STRANGE_LINE, run

NEEDS_ACCOUNT = {"ok": False, "reason": "not_verified", "need": "account"}
NEEDS_NAME = {"ok": False, "reason": "not_verified", "need": "name"}
BILL = {"ok": True, "amount_due": "867.25", "due_date": "2026-12-08"}
TOOLS = ["bill_due", "account_info"]


@pytest.fixture
def desk():
    return FakeDesk.seeded()


def call(caller=STRANGE_LINE, heard=("my name is priya singh",), **facts):
    return Situation("call-1", caller, facts, heard=heard)


@pytest.mark.parametrize("tool", TOOLS)
async def test_who_is_not_known_hears_nothing(desk, tool):
    """First whose account it is, then the name; what a model makes up for either counts for nothing."""
    assert await run(desk, tool, call()) == NEEDS_ACCOUNT
    assert await run(desk, tool, call(), name="Priya Singh") == NEEDS_ACCOUNT
    refused = await run(desk, tool, call(), consumer_number=PRIYA, name="Priya Singh")
    assert (refused["reason"], refused["parameter"]) == ("not_confirmed", "consumer_number")
    assert await run(desk, tool, call(consumer_number=PRIYA)) == NEEDS_NAME
    unsaid = call(consumer_number=PRIYA, heard=("tell me the bill of this number",))
    assert await run(desk, tool, unsaid, name="Priya Singh") == NEEDS_NAME
    assert desk.tries == []


async def test_the_bill_of_a_caller_who_said_the_name(desk):
    """By the confirmed number, and from then on without the name."""
    known = call(consumer_number=PRIYA)
    assert await run(desk, "bill_due", known, consumer_number=PRIYA, name="priya singh") == BILL
    assert await run(desk, "bill_due", known) == BILL
    other_call = msgspec.structs.replace(known, call_id="call-2")
    assert await run(desk, "bill_due", other_call) == NEEDS_NAME
    other_account = call(consumer_number="2990417365")
    assert await run(desk, "bill_due", other_account) == NEEDS_NAME


async def test_the_account_of_the_line(desk):
    """The caller's own number tells whose connection it is; the name is asked for all the same."""
    assert await run(desk, "bill_due", call(PRIYA_S_LINE)) == NEEDS_NAME
    assert await run(desk, "bill_due", call(PRIYA_S_LINE, consumer_number="own"), name="priya") == BILL
    assert await run(desk, "bill_due", call(None)) == NEEDS_ACCOUNT
    assert await run(desk, "bill_due", call(STRANGE_LINE, consumer_number="own")) == NEEDS_ACCOUNT


async def test_a_number_that_was_told_counts_more_than_the_line(desk):
    """Somebody may ask for another connection of the family's."""
    told = call("6999041736", consumer_number=PRIYA)
    assert await run(desk, "bill_due", told, name="priya singh") == BILL


async def test_the_account_of_a_registered_mobile(desk):
    """Where it leads to exactly one."""
    told = call(registered_phone=PRIYA_S_LINE)
    assert await run(desk, "bill_due", told, name="priya singh") == BILL
    unknown = call(registered_phone="9899123456")
    assert await run(desk, "bill_due", unknown) == {"ok": False, "reason": "unknown_phone"}
    second = msgspec.structs.replace(desk.accounts[PRIYA], consumer_number="2990741853")
    desk.accounts["2990741853"] = second
    assert await run(desk, "bill_due", told) == NEEDS_ACCOUNT


@pytest.mark.parametrize("number", ["2000001234", "1"])
async def test_a_number_that_is_not_on_record(desk, number):
    """It is asked for again."""
    told = call(consumer_number=number)
    assert await run(desk, "bill_due", told, name="priya singh") == {"ok": False, "reason": "unknown_consumer"}


async def test_wrong_names(desk):
    """Three a call; then even the right one opens nothing."""
    names = ("asha rani", "mohan lal", "nidhi sharma", "priya singh")
    told = call(consumer_number=PRIYA, heard=names)
    reasons = [(await run(desk, "bill_due", told, name=name))["reason"] for name in names]
    assert reasons == ["no_match", "no_match", "no_match", "locked"]


async def test_an_account_that_vanishes_between_two_looks(desk):
    """It is unknown, as if it had never been there."""

    class Vanishing(FakeDesk):
        async def verify(self, call_id, consumer_number, said_name):
            return "unknown_account"

        async def account(self, consumer_number):
            return None

    vanishing = Vanishing.seeded()
    told = call(consumer_number=PRIYA)
    unknown = {"ok": False, "reason": "unknown_consumer"}
    assert await run(vanishing, "bill_due", told, name="priya singh") == unknown
    vanishing.tries = []
    await FakeDesk.verify(vanishing, "call-1", PRIYA, "priya singh")
    assert await run(vanishing, "bill_due", told) == unknown


@pytest.mark.parametrize(
    ("name", "heard", "said"),
    [
        ("Priya Singh", ("my name is Priya Singh",), True),
        ("priya singh", ("priya", "no I said singh"), True),
        ("Dheeraj Kumar", ("dhiraj kumar here",), True),
        ("Priya Singh", ("मेरा नाम प्रिया सिंह है",), True),
        ("Priya Singh", ("my name is Priya",), False),
        ("Priya Singh", (), False),
        ("", ("priya",), False),
        ("my name is", ("my name is",), False),
    ],
)
def test_a_name_that_the_caller_said(name, heard, said):
    """Each word of it, in either script; nothing is no name."""
    assert said_by_caller(name, heard) is said


async def test_what_an_account_holds(desk):
    """The category, the load, the end of the meter's number, the last payment; never name, address or mobile."""
    told = call(consumer_number=PRIYA)
    result = await run(desk, "account_info", told, name="priya singh")
    assert result == {
        "ok": True,
        "category": "domestic",
        "load_kw": "2",
        "meter": "ending 0741",
        "last_payment": {"amount": "910.00", "on": "2026-10-25"},
    }
    account = desk.accounts[PRIYA]
    assert not [one for one in (account.name, account.mobile, PRIYA, "Delta 1") if one in str(result)]


async def test_an_account_of_which_little_is_on_record(desk):
    """What is not known is not there."""
    bare = msgspec.structs.replace(desk.accounts[PRIYA], category="", load_kw="", meter_number="", bill=None)
    desk.accounts[PRIYA] = bare
    told = call(consumer_number=PRIYA)
    assert await run(desk, "account_info", told, name="priya singh") == {
        "ok": True,
        "category": None,
        "load_kw": None,
        "meter": None,
        "last_payment": None,
    }
    assert await run(desk, "bill_due", told) == {"ok": True, "amount_due": None, "due_date": None}
    desk.accounts[PRIYA] = msgspec.structs.replace(
        bare, bill=msgspec.structs.replace(FakeDesk.seeded().accounts[PRIYA].bill, last_paid=None)
    )
    assert (await run(desk, "account_info", told))["last_payment"] is None


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("no_supply", {"area": "Delta 1", "premises": "999"}), ("report_theft", {"area": "Delta 1"})],
)
async def test_so_many_on_one_call(desk, tool, arguments):
    """Three; danger and callbacks are counted by other rules."""
    made = {tool: ("000054324", "000054325")}
    third = Situation("call-1", STRANGE_LINE, made=made)
    assert (await run(desk, tool, third, **arguments))["ok"] is True
    fourth = Situation("call-1", STRANGE_LINE, made={tool: (*made[tool], "000054326")})
    refused = await run(desk, tool, fourth, **arguments)
    assert (refused["ok"], refused["reason"]) == (False, "too_many")
    assert (await run(desk, "hazard", fourth, kind="fire"))["ok"] is True


async def test_what_nobody_has_asked_for(desk):
    """The model is to ask; nothing is written."""
    situation = Situation("call-1", STRANGE_LINE, wanted=False)
    before = dict(desk.complaints)
    refused = await run(desk, "report_theft", situation, area="delta 1")
    assert (refused["ok"], refused["reason"], desk.complaints) == (False, "not_asked", before)
    assert (await run(desk, "report_theft", Situation("call-1", STRANGE_LINE), area="delta 1"))["ok"] is True


async def test_theft_is_reported_without_a_name(desk):
    """Neither the call nor its number is kept with it; a place that is not on record is kept as it was said."""
    situation = Situation("call-1", PRIYA_S_LINE, now=MORNING)
    first = await run(desk, "report_theft", situation, area="delta 1", details="a wire from the pole to a shop")
    assert first == {"ok": True, "complaint_number": "000054324"}
    kept = desk.complaints["000054324"]
    assert (kept.kind, kept.area, desk.callers) == ("theft", "Delta 1", {})
    assert desk.thefts == {"000054324": "a wire from the pole to a shop"}
    again = await run(desk, "report_theft", situation, area="Delta 1", details="a wire from the pole to a shop")
    assert again == first
    other = await run(desk, "report_theft", situation, area="behind the mill")
    assert (other["complaint_number"], desk.complaints["000054325"].area) == ("000054325", "behind the mill")
