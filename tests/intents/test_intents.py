"""What a caller can ask for, run as a call runs it: arguments from a stranger, a desk that may be away."""

from datetime import timedelta

import msgspec
import pytest

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import GOALS
from npcl_voice.domain.company import packaged_text, read_company
from npcl_voice.domain.outages import Outage, Restoration
from npcl_voice.errors import RuleError
from npcl_voice.intents import run_intent
from npcl_voice.ports import Situation
from tests.fakes import MORNING, FakeDesk

CALL = Situation("call-1", caller_number="9810123456")
PRIYA = "2990741852"


@pytest.fixture
def desk():
    return FakeDesk.seeded()


@pytest.fixture
def company():
    """One that has confirmed its limits."""
    return read_company(
        {"promises.toml": packaged_text("promises.toml").replace("confirmed = false", "confirmed = true")}
    )


async def _run(desk, name, situation=CALL, **arguments):
    """As a call runs it whose caller confirmed the numbers."""
    numbers = {key: value for key, value in arguments.items() if key.endswith("_number")}
    situation = msgspec.structs.replace(situation, facts={**situation.facts, **numbers})
    result = await run_intent(name, msgspec.json.encode(arguments).decode(), desk, situation)
    msgspec.json.encode(result)  # it goes to the engine as JSON
    return result


def _only(desk, since="000054324"):
    """The one complaint that was made."""
    (made,) = [one for number, one in desk.complaints.items() if number >= since]
    return made


# How they are run.


async def test_a_tool_that_there_is_not(desk):
    """The model is told; its name is not repeated at length."""
    assert await run_intent("weather", "{}", desk, CALL) == {
        "ok": False,
        "reason": "unknown_tool",
        "message": "there is no tool 'weather'",
    }
    result = await run_intent("x" * 100, "{}", desk, CALL)
    assert result["message"] == f"there is no tool '{'x' * 64}'"


@pytest.mark.parametrize(
    ("name", "parameter"), [("no_supply", "consumer_number"), ("complaint_status", "complaint_number")]
)
@pytest.mark.parametrize("facts", [{}, {"consumer_number": "2990741853", "complaint_number": "000054322"}])
async def test_a_number_that_the_caller_has_not_confirmed(desk, name, parameter, facts):
    """A model may have made it up: nothing is looked up, nothing is written, and it is told to ask."""
    number = {"consumer_number": PRIYA, "complaint_number": "000054321"}[parameter]
    arguments = msgspec.json.encode({parameter: number}).decode()
    before = dict(desk.complaints)
    result = await run_intent(name, arguments, desk, Situation("call-1", facts=facts))
    assert (result["ok"], result["reason"], result["parameter"]) == (False, "not_confirmed", parameter)
    assert "read it back" in result["message"]
    assert desk.complaints == before
    assert (await run_intent(name, arguments, desk, Situation("call-1", facts={parameter: number})))["ok"] is True


async def test_arguments_that_do_not_fit(desk):
    """Nothing is done, and the model can mend them."""
    result = await run_intent("hazard", '{"kind": "war"}', desk, CALL)
    assert result == {"ok": False, "reason": "bad_arguments", "message": "Invalid enum value 'war' - at `$.kind`"}
    assert len(desk.complaints) == 3


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("no_supply", {"consumer_number": PRIYA}),
        ("no_supply", {"area": "Delta 1", "premises": "34"}),
        ("complaint_status", {"complaint_number": "000054321"}),
        ("hazard", {"kind": "fire"}),
        ("agent", {}),
    ],
)
async def test_records_that_do_not_answer(desk, name, arguments):
    """It is said, and nothing is made up."""
    desk.away = True
    assert await _run(desk, name, **arguments) == {"ok": False, "reason": "unavailable"}


async def test_a_rule_that_says_no():
    """Its reason, in a word, and why, in words."""

    class Closed(FakeDesk):
        async def complaint(self, complaint_number):
            raise RuleError("closed", "the office is closed")

    assert await _run(Closed(), "complaint_status", complaint_number="000054321") == {
        "ok": False,
        "reason": "closed",
        "message": "the office is closed",
    }


# No supply.


async def test_no_supply_by_consumer_number(desk):
    """Registered for the consumer's premises, with all that is known of the call."""
    assert await _run(desk, "no_supply", consumer_number=PRIYA) == {
        "ok": True,
        "complaint_number": "000054324",
        "status": "registered",
        "repeat": False,
        "repeats": 0,
        "area": "Delta 1",
        "outage": None,
        "promise_at": None,
        "registered_at": "2026-11-22T10:00:00+05:30",
    }
    made = _only(desk)
    assert (made.kind, made.priority, made.premises, made.area) == ("no_supply", "high", "P-1004", "Delta 1")
    assert list(desk.reports) == ["call-1:no_supply:P-1004"]


async def test_no_supply_by_place(desk):
    """On record or not; the area as the records name it."""
    result = await _run(desk, "no_supply", area="delta 1", premises="34")
    assert (result["complaint_number"], _only(desk).premises) == ("000054324", "P-1004")
    desk = FakeDesk.seeded()
    result = await _run(desk, "no_supply", area="Delta 1", premises="999")
    assert (result["area"], _only(desk).premises) == ("Delta 1", "delta 1/999")


async def test_the_consumer_number_counts_more_than_the_place(desk):
    """It is the surer one."""
    result = await _run(desk, "no_supply", consumer_number=PRIYA, area="Beta 1", premises="1")
    assert result["area"] == "Delta 1"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"area": "Atlantis"}, "unknown_area"),
        ({"area": "Atlantis", "premises": "1"}, "unknown_area"),
        ({"consumer_number": "2000001234"}, "unknown_consumer"),
        ({"consumer_number": "1990741852"}, "unknown_consumer"),
        ({"consumer_number": "", "area": "Delta 1", "premises": "34"}, "unknown_consumer"),
    ],
)
async def test_no_supply_that_cannot_be_registered(desk, arguments, reason):
    """What is missing or unknown, and nothing is written."""
    assert await _run(desk, "no_supply", **arguments) == {"ok": False, "reason": reason}
    assert len(desk.complaints) == 3


@pytest.mark.parametrize(
    ("arguments", "area"),
    [
        ({}, None),
        ({"premises": "34"}, None),
        ({"area": "delta 1"}, "Delta 1"),
        ({"area": "Delta 1", "premises": ""}, "Delta 1"),
    ],
)
async def test_what_is_known_before_the_place(desk, arguments, area):
    """Nothing is registered; an outage of the area is told, if one is known."""
    result = await _run(desk, "no_supply", **arguments)
    assert result == {"ok": False, "reason": "need_place", "own": False, "area": area, "outage": None}
    desk.outages.append(Outage(7, "Delta 1", "cable fault", MORNING))
    result = await _run(desk, "no_supply", **arguments)
    assert result["outage"] == (None if area is None else {"cause": "cable fault", "expected_at": None})
    assert len(desk.complaints) == 3


async def test_the_connection_of_the_line(desk):
    """Its area may be told to anybody, its number and house to nobody; another area is another place."""
    line = Situation("call-1", "6999074185")
    desk.outages.append(Outage(7, "Delta 1", "", MORNING))
    known = await _run(desk, "no_supply", line)
    assert (known["own"], known["area"]) == (True, "Delta 1")
    assert known["outage"] == {"cause": None, "expected_at": None}
    assert not {PRIYA, "34"} & set(msgspec.json.encode(known).decode().replace('"', " ").split())
    assert (await _run(desk, "no_supply", line, area="Delta 1"))["own"] is True
    elsewhere = await _run(desk, "no_supply", line, area="Beta 1")
    assert (elsewhere["own"], elsewhere["area"]) == (False, "Beta 1")
    made = await _run(desk, "no_supply", line, consumer_number="own")
    assert (made["ok"], _only(desk).premises) == (True, "P-1004")
    assert PRIYA not in str(made)
    nobody = await _run(desk, "no_supply", Situation("call-2", "9810123456"), consumer_number="own")
    assert nobody == {"ok": False, "reason": "unknown_consumer"}


async def test_two_connections_of_one_line(desk):
    """Which one is meant is not known."""
    first = desk.accounts[PRIYA]
    desk.accounts["2990741853"] = msgspec.structs.replace(first, consumer_number="2990741853")
    assert (await _run(desk, "no_supply", Situation("call-1", "6999074185")))["own"] is False


async def test_a_number_of_another_shape_is_not_looked_up():
    """It cannot be a consumer's, whatever the records say."""
    desk = FakeDesk.seeded()
    odd = msgspec.structs.replace(desk.consumers[PRIYA], consumer_number="1")
    desk.consumers["1"] = odd
    assert await _run(desk, "no_supply", consumer_number="1") == {"ok": False, "reason": "unknown_consumer"}


async def test_the_same_fault_again(desk):
    """In the same call it is the same report; in another call it is a repeat of the same complaint."""
    first = await _run(desk, "no_supply", consumer_number=PRIYA)
    assert await _run(desk, "no_supply", consumer_number=PRIYA) == first
    again = await _run(desk, "no_supply", Situation("call-2"), consumer_number=PRIYA)
    assert (again["complaint_number"], again["repeat"], again["repeats"]) == ("000054324", True, 1)


async def test_the_same_fault_again_in_one_call(desk):
    """A request that the caller made anew counts once; a retry of it, or of the one before, does not."""
    second = Situation("call-1", facts={"consumer_number": PRIYA, "asked_again": "1"})
    told = [
        await _run(desk, "no_supply", call, consumer_number=PRIYA)
        for call in (CALL, CALL, second, second, CALL, second)
    ]
    assert {one["complaint_number"] for one in told} == {"000054324"}
    assert [one["repeat"] for one in told] == [False, False, True, True, False, True]
    assert desk.complaints["000054324"].repeats == 1


@pytest.mark.parametrize(
    ("cause", "restoration", "told"),
    [
        ("cable fault", None, {"cause": "cable fault", "expected_at": None}),
        (
            "",
            Restoration(MORNING + timedelta(hours=2), "crew", MORNING),
            {
                "cause": None,
                "expected_at": "2026-11-22T12:00:00+05:30",
                "source": "crew",
                "given_at": "2026-11-22T10:00:00+05:30",
                "confidence": "medium",
            },
        ),
        (
            "storm",
            Restoration(MORNING, "operator", MORNING - timedelta(hours=2), "low"),
            {
                "cause": "storm",
                "expected_at": None,
                "was_expected_at": "2026-11-22T10:00:00+05:30",
                "source": "operator",
                "given_at": "2026-11-22T08:00:00+05:30",
                "confidence": "low",
            },
        ),
    ],
)
async def test_an_outage_that_is_known(desk, cause, restoration, told):
    """It is told, and the complaint belongs to it."""
    desk.outages.append(Outage(7, "Delta 1", cause, MORNING, restoration))
    result = await _run(desk, "no_supply", consumer_number=PRIYA)
    assert result["outage"] == told
    assert _only(desk).outage_id == 7


async def test_a_promise_that_the_company_has_confirmed(company):
    """By when, as long as that is not over."""
    desk = FakeDesk.seeded(company=company)
    at = "2026-11-22T14:00:00+05:30"
    now = msgspec.structs.replace(CALL, now=MORNING)
    assert (await _run(desk, "no_supply", now, consumer_number=PRIYA))["promise_at"] == at
    status = {"complaint_number": "000054324"}
    assert (await _run(desk, "complaint_status", now, **status))["promise_at"] == at
    assert (await _run(desk, "complaint_status", CALL, **status))["promise_at"] == at
    late = msgspec.structs.replace(CALL, now=MORNING + timedelta(hours=4))
    assert (await _run(desk, "complaint_status", late, **status))["promise_at"] is None


async def test_who_reported_it():
    """The consumer and the caller's number are kept with it."""
    drafts = []

    class Watched(FakeDesk):
        async def register(self, draft):
            drafts.append(draft)
            return await super().register(draft)

    desk = Watched.seeded()
    await _run(desk, "no_supply", consumer_number=PRIYA)
    await _run(desk, "hazard", Situation("call-2", "9", {"consumer_number": PRIYA}), kind="fire")
    kept = [(one.call_id, one.consumer_number, one.caller_number, one.priority, one.kind) for one in drafts]
    assert kept == [
        ("call-1", PRIYA, "9810123456", "high", "no_supply"),
        ("call-2", PRIYA, "9", "emergency", "fire"),
    ]


# The status of a complaint.


async def test_the_status_of_a_complaint(desk):
    """As it is on record."""
    assert await _run(desk, "complaint_status", complaint_number="000054321") == {
        "ok": True,
        "complaint_number": "000054321",
        "status": "in_progress",
        "kind": "no_supply",
        "area": "Alpha 1",
        "expected_at": None,
        "promise_at": None,
        "registered_at": "2026-11-22T07:00:00+05:30",
    }


async def test_the_outage_that_explains_a_complaint(desk):
    """While it is open, and where it is about supply."""
    expected = Restoration(MORNING + timedelta(hours=2), "crew", MORNING)
    desk.outages += [Outage(at, area, "", MORNING, expected) for at, area in enumerate(["Alpha 1", "Gamma 1"])]
    told = await _run(desk, "complaint_status", complaint_number="000054321")
    assert (told["expected_at"], told["source"]) == ("2026-11-22T12:00:00+05:30", "crew")
    closed = await _run(desk, "complaint_status", complaint_number="000054323")
    assert (closed["status"], closed["expected_at"]) == ("resolved", None)
    desk.complaints["000054321"] = msgspec.structs.replace(desk.complaints["000054321"], kind="meter_reading")
    assert (await _run(desk, "complaint_status", complaint_number="000054321"))["expected_at"] is None


@pytest.mark.parametrize(
    ("number", "reason"), [("000054329", "unknown_number"), ("54321", "bad_number"), ("", "bad_number")]
)
async def test_a_complaint_that_is_not_on_record(desk, number, reason):
    """No status is made up."""
    assert await _run(desk, "complaint_status", complaint_number=number) == {"ok": False, "reason": reason}


# Danger.


async def test_an_emergency_is_raised_before_its_place_is_known(desk):
    """The ticket first; the place is added to the same one."""
    first = await _run(desk, "hazard", kind="wire_down")
    assert first == {"ok": True, "complaint_number": "000054324", "level": "P0", "place": None}
    made = _only(desk)
    assert (made.kind, made.priority, made.area) == ("wire_down", "emergency", "")
    assert made.premises == "call/call-1/wire_down"
    second = await _run(desk, "hazard", kind="wire_down", place="delta 1")
    assert second == {"ok": True, "complaint_number": "000054324", "level": "P0", "place": "Delta 1"}
    assert _only(desk).area == "Delta 1"


async def test_a_place_that_is_not_on_record_is_kept_as_it_was_said(desk):
    """The crew may know it."""
    result = await _run(desk, "hazard", kind="fire", place="behind the old mill")
    assert result["place"] == _only(desk).area == "behind the old mill"


async def test_an_empty_place_is_none(desk):
    """The emergency stands without it."""
    result = await _run(desk, "hazard", kind="fire", place="")
    assert not result["place"]
    assert _only(desk).area == ""
    told = GOALS["hazard"].tell(Context(question="where"), result)
    assert told.lines == (Line("hazard_noted", {"complaint_number": "000054324"}),)


async def test_every_danger_of_every_caller_is_a_ticket(desk):
    """Two kinds in one call, and the same kind in another."""
    numbers = [
        (await _run(desk, "hazard", Situation(call_id), kind=kind))["complaint_number"]
        for call_id, kind in [("call-1", "fire"), ("call-1", "shock"), ("call-2", "fire"), ("call-1", "fire")]
    ]
    assert numbers == ["000054324", "000054325", "000054326", "000054324"]


async def test_a_wrong_consumer_number_does_not_keep_an_emergency_from_being_raised(desk):
    """It was keyed before, and never looked up."""
    situation = Situation("call-1", None, {"consumer_number": "2000001234"})
    assert (await _run(desk, "hazard", situation, kind="fire"))["ok"] is True


# Once more, and goodbye.


async def test_once_more(desk):
    """The assistant's last words."""
    result = await _run(desk, "repeat", Situation("call-1", last_words="Is there anything else?"))
    assert result == {"ok": True, "said": "Is there anything else?"}


async def test_goodbye(desk):
    """Nothing to look up."""
    assert await _run(desk, "bye") == {"ok": True}
