"""Complaints and outages that are there already: opened again, closed, flagged, asked about, and where to turn next."""

from datetime import timedelta

import msgspec
import pytest

from npcl_voice.domain.company import packaged_text, read_company
from npcl_voice.domain.outages import Outage, Restoration
from npcl_voice.ports import Situation
from tests.fakes import MORNING, FakeDesk
from tests.intents.running import PRIYA, PRIYA_S_LINE, STRANGE_LINE, run


@pytest.fixture
def desk():
    return FakeDesk.seeded()


def about(number, **facts):
    return Situation("call-1", STRANGE_LINE, {"complaint_number": number, **facts})


# Opened again.


async def test_a_complaint_is_opened_again(desk):
    """Once, by its confirmed number."""
    opened = {"ok": True, "complaint_number": "000054323", "status": "reopened"}
    for reason in ({}, {"reason": "still no light"}):
        assert await run(desk, "reopen", about("000054323"), complaint_number="000054323", **reason) == opened
    refused = await run(desk, "reopen", about("000054323"), complaint_number="000054322")
    assert refused["reason"] == "not_confirmed"


@pytest.mark.parametrize(
    ("number", "reason"),
    [("000054321", "already_open"), ("000054329", "unknown_number"), ("54", "bad_number"), ("", "bad_number")],
)
async def test_a_complaint_that_cannot_be_opened_again(desk, number, reason):
    """The rule says why."""
    result = await run(desk, "reopen", about(number), complaint_number=number)
    assert (result["ok"], result["reason"]) == (False, reason)


async def test_a_complaint_that_was_closed_long_ago():
    """A new one is to be registered."""
    desk = FakeDesk.seeded(wall=lambda: MORNING)
    closed = desk.complaints["000054323"]
    desk.complaints["000054323"] = msgspec.structs.replace(closed, closed_at=MORNING - timedelta(hours=73))
    result = await run(desk, "reopen", about("000054323"), complaint_number="000054323")
    assert result["reason"] == "too_late"


# Closed by its code.


async def test_a_complaint_is_closed_by_its_code(desk):
    """The code is not in the answer."""
    number = "000054321"
    code = desk.closing_code(desk.complaints[number])
    result = await run(desk, "close_complaint", about(number), complaint_number=number, code=code)
    assert result == {"ok": True, "complaint_number": number, "status": "resolved"}
    again = await run(desk, "close_complaint", about(number), complaint_number=number, code="000000")
    assert again["reason"] == "already_closed"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "१२३४५६"])
async def test_what_is_no_code(desk, code):
    """It is not compared, and no try."""
    number = "000054321"
    result = await run(desk, "close_complaint", about(number), complaint_number=number, code=code)
    assert result == {"ok": False, "reason": "bad_code"}
    assert desk.tries == []


async def test_wrong_codes(desk):
    """Three a day; a number that is none is not looked up."""
    number = "000054321"
    right = desk.closing_code(desk.complaints[number])
    wrong = [one for one in ("111111", "222222", "333333", "444444") if one != right][:3]
    reasons = [
        (await run(desk, "close_complaint", about(number), complaint_number=number, code=code))["reason"]
        for code in (*wrong, right)
    ]
    assert reasons == ["wrong_code", "wrong_code", "wrong_code", "too_many_codes"]
    bad = await run(desk, "close_complaint", about("5"), complaint_number="5", code=right)
    assert bad == {"ok": False, "reason": "bad_number"}


# Somebody depends on power.


@pytest.mark.parametrize("fact", ["given_complaint", "complaint_number"])
async def test_a_need_of_power_at_a_complaint(desk, fact):
    """It is flagged at its place, once; what it is goes nowhere."""
    situation = Situation("call-1", STRANGE_LINE, {fact: "000054321"})
    for _ in range(2):
        result = await run(desk, "vulnerable", situation, need="oxygen")
        assert result == {"ok": True, "flagged": True, "complaint_number": "000054321"}
    assert list(desk.needs) == ["P-1001"]
    assert "oxygen" not in str(desk.requests)


@pytest.mark.parametrize(
    "facts", [{"consumer_number": PRIYA}, {"consumer_number": "own"}, {"area": "delta 1", "house": "34"}]
)
async def test_a_need_of_power_at_a_place(desk, facts):
    """Without a complaint."""
    result = await run(desk, "vulnerable", Situation("call-1", PRIYA_S_LINE, facts), need="infant")
    assert result == {"ok": True, "flagged": True, "complaint_number": None}
    assert list(desk.needs) == ["P-1004"]


@pytest.mark.parametrize("facts", [{}, {"area": "Delta 1"}, {"area": "Atlantis", "house": "1"}])
async def test_a_need_of_power_nobody_knows_where(desk, facts):
    """The place is asked for; the line's own connection may be it."""
    result = await run(desk, "vulnerable", Situation("call-1", PRIYA_S_LINE, facts), need="infant")
    assert result == {"ok": False, "reason": "need_place", "own": True, "area": "Delta 1", "outage": None}
    assert desk.needs == {}


async def test_a_need_of_power_at_what_is_not_on_record(desk):
    """A number that is unknown, a house that is."""
    unknown = await run(desk, "vulnerable", Situation("call-1", None, {"given_complaint": "000054399"}), need="x")
    assert unknown == {"ok": False, "reason": "unknown_number"}
    house = Situation("call-1", None, {"area": "Delta 1", "house": "999"})
    assert await run(desk, "vulnerable", house, need="x") == {"ok": False, "reason": "need_place"}


# Outages.


async def test_an_outage_of_an_area(desk):
    """For anybody, and nothing is registered."""
    nothing = {"ok": True, "area": "Gamma 1", "outage": None}
    assert await run(desk, "outage_info", area="gamma 1") == nothing
    desk.outages.append(Outage(7, "Gamma 1", "cable fault", MORNING, Restoration(MORNING, "crew", MORNING)))
    told = await run(desk, "outage_info", area="Gamma 1")
    assert told["outage"]["cause"] == "cable fault"
    assert await run(desk, "outage_info", area="Atlantis") == {"ok": False, "reason": "unknown_area"}
    assert len(desk.complaints) == 3


async def test_an_outage_where_the_line_is(desk):
    """Its area is told, nothing else of it."""
    own = await run(desk, "outage_info", Situation("call-1", PRIYA_S_LINE))
    assert own == {"ok": True, "area": "Delta 1", "outage": None}
    assert await run(desk, "outage_info") == {"ok": False, "reason": "need_place"}


# What the rules say.


async def test_compensation_is_named_only_where_it_is_confirmed(desk):
    """Of the packaged rules none is."""
    assert await run(desk, "compensation") == {"ok": True, "rules": []}
    confirmed = packaged_text("promises.toml").replace("confirmed = false", "confirmed = true")
    company = read_company({"promises.toml": confirmed})
    situation = Situation("call-1", company=company)
    rules = (await run(desk, "compensation", situation, event="Distribution transformer failed"))["rules"]
    assert rules == [
        {"event": "distribution transformer failed", "per_day_inr": 150, "after_hours": 8.0},
        {"event": "distribution transformer failed", "per_day_inr": 150, "after_hours": 24.0},
    ]
    assert len((await run(desk, "compensation", situation, event="rain"))["rules"]) == 12


async def test_where_to_turn_next(desk):
    """The confirmed steps in their order; with a confirmed number, how that complaint stands."""
    steps = ["call centre", "grievance forum", "ombudsman"]
    assert await run(desk, "escalation") == {"ok": True, "steps": steps, "ticket": None}
    told = await run(desk, "escalation", about("000054321"), complaint_number="000054321")
    assert told["ticket"] == {"complaint_number": "000054321", "status": "in_progress"}
    unknown = await run(desk, "escalation", about("000054399"), complaint_number="000054399")
    assert unknown["ticket"] is None


# Language, and what is not our business.


@pytest.mark.parametrize("word", ["en", "English", " english "])
async def test_a_language_of_ours(desk, word):
    """By its code or its name."""
    assert await run(desk, "language", language=word) == {"ok": True, "language": "en"}


async def test_a_language_that_is_not_spoken(desk):
    """Those that are, are named."""
    result = await run(desk, "language", language="klingon")
    assert (result["ok"], result["reason"]) == (False, "not_spoken")
    assert "en" in result["languages"]


async def test_what_is_not_our_business(desk):
    """What can be done instead, by the tools' names."""
    result = await run(desk, "out_of_scope", topic="the weather")
    assert (result["ok"], result["offers"][:2]) == (True, ["no_supply", "complaint_status"])


# A new one.


async def test_a_voltage_that_is_wrong_is_a_complaint_of_its_own(desk):
    """Beside no supply at the same place; the same once more is the same complaint."""
    place = {"area": "Delta 1", "premises": "34"}
    out = await run(desk, "no_supply", **place)
    wrong = await run(desk, "no_supply", **place, trouble="fluctuation")
    assert out["complaint_number"] != wrong["complaint_number"]
    assert await run(desk, "no_supply", **place, trouble="fluctuation") == wrong
    made = desk.complaints[wrong["complaint_number"]]
    assert (made.kind, made.priority) == ("fluctuation", "medium")
