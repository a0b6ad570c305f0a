"""Complaints that are there, theft, people, rules, language: each question and tool, and what is said of it."""

import pytest

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Unheard
from tests.conversation.talk import Talk, call, keyed, returned, say, typed
from tests.conversation.wishing import NUMBER, talk

# A complaint that is there.


def test_a_complaint_is_opened_again():
    """Its number, what is still wrong, and it is open."""
    t = talk() >> "open it again" << "ask_complaint_number"
    assert t >> typed(NUMBER) << "ask_reopen_why"
    wrong = "the light still flickers"
    assert t >> wrong << call("reopen", complaint_number=NUMBER, reason=wrong)
    opened = returned("reopen", complaint_number=NUMBER, status="reopened")
    assert t >> opened << say("reopened", complaint_number=NUMBER) << "ask_anything_else"
    assert t.context.promises == (f"complaint {NUMBER}",)
    assert t.context.confirmed("given_complaint") == NUMBER
    assert t >> "open it again" << "ask_complaint_number"


def test_what_is_wrong_need_not_be_said():
    """Who does not know, or is not understood, has it opened all the same."""
    at_why = Context(
        goal="reopen", question="reopen_why", slots={"complaint_number": Slot(NUMBER, "keyed", verified=True)}
    )
    assert talk(at_why) >> "i do not know" << call("reopen", complaint_number=NUMBER)
    assert talk(at_why) >> Unheard() << "ask_reopen_why_again" >> Unheard() << call("reopen", complaint_number=NUMBER)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("already_open", "reopen_already_open"),
        ("another_open", "reopen_another_open"),
        ("cancelled", "reopen_cancelled"),
        ("too_late", "reopen_too_late"),
    ],
)
def test_a_complaint_that_cannot_be_opened_again(reason, said):
    """The rule says no, kindly."""
    t = talk(Context(goal="reopen", slots={"complaint_number": Slot(NUMBER, "keyed", verified=True)}))
    refused = returned("reopen", ok=False, reason=reason)
    assert t >> refused << say(said, complaint_number=NUMBER) << "ask_anything_else"


@pytest.mark.parametrize("tool", ["reopen", "close_complaint"])
def test_a_number_that_is_not_on_record(tool):
    """Asked for again."""
    t = talk(Context(goal=tool, slots={"complaint_number": Slot(NUMBER, "keyed", verified=True)}))
    refused = returned(tool, ok=False, reason="unknown_number")
    assert t >> refused << say("unknown_number", complaint_number=NUMBER) << "ask_complaint_number_again"
    assert talk(Context(goal=tool)) >> returned(tool) << "not_now" << "ask_anything_else"


def test_a_complaint_is_closed_by_its_code():
    """The code is forgotten as soon as it is used; a wrong one is asked for again, at last on the keypad."""
    t = talk() >> "close it" << "ask_complaint_number" >> typed(NUMBER) << "ask_close_code"
    assert t >> "one two three four five six" << call("close_complaint", complaint_number=NUMBER, code="123456")
    assert t.context.value("code") is None
    wrong = returned("close_complaint", ok=False, reason="wrong_code")
    assert t >> wrong << "wrong_code" << "ask_close_code_again"
    assert t >> typed("654321") << call("close_complaint", complaint_number=NUMBER, code="654321")
    assert t >> wrong << "wrong_code" << "key_close_code"
    assert t >> keyed("111111") << call("close_complaint", complaint_number=NUMBER, code="111111")
    closed = returned("close_complaint", complaint_number=NUMBER, status="resolved")
    assert t >> closed << say("closed", complaint_number=NUMBER) << "ask_anything_else"
    at_once = talk() >> typed("close it by code")
    assert at_once << call("close_complaint", complaint_number=NUMBER, code="123456")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("already_closed", say("closed_already", complaint_number=NUMBER)),
        ("cancelled", say("status_cancelled", complaint_number=NUMBER)),
        ("too_many_codes", say("too_many_codes")),
    ],
)
def test_a_complaint_that_cannot_be_closed(reason, said):
    """It is told why."""
    t = talk(Context(goal="close_complaint", slots={"complaint_number": Slot(NUMBER, "keyed", verified=True)}))
    assert t >> returned("close_complaint", ok=False, reason=reason) << said << "ask_anything_else"


# Theft.


def test_theft_is_reported_without_a_name():
    """Where, what, a number; nothing of it is kept in the call."""
    t = talk() >> "somebody steals" << "ask_theft_where" >> "in delta one" << "ask_theft_what"
    seen = "a wire from the pole to a shop"
    assert t >> seen << call("report_theft", area="Delta 1", details=seen)
    noted = returned("report_theft", complaint_number="000054331")
    assert t >> noted << say("theft_noted", complaint_number="000054331") << "ask_anything_else"
    assert (t.context.slots, t.context.promises, t.context.matter) == ({}, (), Matter.NONE)
    assert talk(Context(goal="report_theft")) >> returned("report_theft") << "not_now" << "ask_anything_else"


def test_a_place_of_theft_that_is_not_on_record():
    """At the second attempt it is taken as it was said; what was seen may stay unsaid."""
    t = talk() >> "somebody steals in beta" << "ask_theft_what" >> Unheard() << "ask_theft_what_again"
    assert t >> Unheard() << call("report_theft", area="Beta 1")
    t = talk() >> "somebody steals" << "ask_theft_where" >> "behind the old mill" << "ask_theft_where_again"
    assert t >> "behind the old mill" << "ask_theft_what"
    assert t.context.value("theft_area") == "behind the old mill"


# People.


def test_a_callback_at_a_time_of_day():
    """Asked for, unless it was said along with the wish; by voice or by key."""
    booked = returned("callback", window="today evening")
    t = talk() >> "call me in the evening" << call("callback", window="evening")
    assert t >> booked << "callback_evening" << "ask_anything_else"
    assert (t.context.matter, t.context.promises) == (Matter.HANDOFF, ("callback",))
    t = talk() >> "call me" << "ask_window" >> "in the morning" << call("callback", window="morning")
    assert t >> returned("callback", window="tomorrow morning") << "callback_morning" << "ask_anything_else"
    t = talk() >> "call me" << "ask_window" >> keyed("2") << call("callback", window="afternoon")
    assert t >> returned("callback", window="today afternoon") << "callback_afternoon" << "ask_anything_else"


def test_a_time_that_is_not_understood():
    """As soon as possible, after three attempts."""
    t = talk() >> "call me" << "ask_window" >> "purple" << "ask_window_again" >> Unheard() << "key_window"
    assert t >> Unheard() << call("callback", window="now")
    at_window = Context(goal="callback", question="window")
    assert talk(at_window) >> "my power is out" << "ask_consumer_number"
    assert talk(at_window) >> "talk to a person" << call("agent", reason="asked")


def test_a_callback_without_a_number():
    """It is asked for, and read back; without one the helpline is told."""
    t = talk() >> "call me in the evening" << call("callback", window="evening")
    assert t >> returned("callback", ok=False, reason="no_number") << "ask_phone"
    assert t >> "nine eight one zero one two three four five six" << say("read_phone", phone="9810123456")
    assert t >> "yes" << call("callback", window="evening")
    assert talk(Context(goal="callback", question="phone")) >> "i do not know" << "no_callback" << "ask_anything_else"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"wait_min": 7}, [say("people_wait", minutes="7")]),
        ({"wait_min": 0}, []),
        ({"wait_min": True}, []),
        ({"wait_min": None, "away": True}, [Line("people_away")]),
        ({"wait_min": "7", "away": "yes"}, []),
    ],
)
def test_how_long_the_wait_for_a_person_is(result, said):
    """Told only where it is known."""
    t = talk(Context(goal="agent")) >> returned("agent", window="as soon as possible", **result)
    assert t << [*said, "callback_soon", "ask_anything_else"]


# Rules.


def test_compensation_by_confirmed_rules():
    """Three of them at most; without any, none is named."""
    rules = [
        {"event": "a", "per_day_inr": 150, "after_hours": 8.0},
        {"event": "b", "per_day_inr": 100, "after_hours": None},
        {"event": "c", "per_day_inr": True},
        {"event": "d", "per_day_inr": 50},
    ]
    t = talk() >> "compensation" << call("compensation")
    assert (
        t
        >> returned("compensation", rules=rules)
        << say("compensation_rule", event="a", amount="Rs 150", hours="8")
        << say("compensation_rule_days", event="b", amount="Rs 100")
        << "ask_anything_else"
    )
    for rules in ([], ["x"], [{"event": ""}]):
        t >> "compensation" << call("compensation")
        assert t >> returned("compensation", rules=rules) << "compensation_none" << "ask_anything_else"
    assert talk() >> returned("compensation") << "not_now" << "ask_anything_else"


def test_where_to_turn_next():
    """The steps that have words, then a person, unless something waits."""
    told = returned("escalation", steps=["call centre", "grievance forum", "minister"], ticket=None)
    t = talk() >> "who is above you" << call("escalation")
    lines = ("escalation_call_centre", "escalation_grievance_forum")
    assert t >> told << lines << "offer_person"
    assert t >> "no" << "ask_anything_else"
    number = {"complaint_number": Slot(NUMBER, "keyed", verified=True)}
    t = talk(Context(goal="complaint_status", question="confirm_complaint_number", slots=number))
    assert t >> "who is above you" << call("escalation", complaint_number=NUMBER)
    assert t >> told << lines << call("complaint_status", complaint_number=NUMBER)
    assert talk() >> returned("escalation") << "not_now" << "ask_anything_else"


# Language, and what is not our business.


def test_another_language():
    """Spoken from then on, and the open question again in it."""
    t = talk(Context(goal="no_supply", question="consumer_number", matter=Matter.COMPLAINT))
    assert t >> "speak hindi" << call("language", language="hi")
    assert t >> returned("language", language="hi") << "language_changed" << "ask_consumer_number"
    assert (t.context.language, t.context.goal) == ("hi", "no_supply")
    t = talk() >> "speak tamil" << call("language", language="other")
    refused = returned("language", ok=False, reason="not_spoken")
    assert t >> refused << "language_not_spoken" << "ask_anything_else"
    assert t.context.language == "en"
    assert talk() >> returned("language") << "not_now" << "ask_anything_else"
    assert talk() >> returned("language", ok=False, reason="odd") << "not_now" << "ask_anything_else"


def test_what_is_not_our_business():
    """What can be done here, then a person; in the middle of something, it goes on."""
    t = (
        talk()
        >> "the weather"
        << call("out_of_scope")
        >> returned("out_of_scope", offers=[])
        << "can_do"
        << "offer_person"
    )
    assert Talk(t.context) >> "yes" << call("agent", reason="asked")
    assert Talk(t.context) >> "no" << "ask_anything_else"
    t = talk(Context(goal="complaint_status", question="complaint_number"))
    assert t >> "the weather" << call("out_of_scope")
    assert t >> returned("out_of_scope", offers=[]) << "can_do" << "ask_complaint_number"


def test_one_aside_after_another():
    """What waits is what was interrupted first."""
    t = talk(Context(goal="complaint_status", question="complaint_number")) >> "any power cut" << "ask_area"
    assert t >> "compensation" << call("compensation")
    assert t.context.paused == "complaint_status"
    assert t >> returned("compensation", rules=[]) << "compensation_none" << "ask_complaint_number"
    t >> "any power cut" << "ask_area"
    assert t >> "any power cut in beta" << call("outage_info", area="Beta 1")
    assert t.context.paused == "complaint_status"
