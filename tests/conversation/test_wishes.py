"""What callers want, step by step: each question, each tool, and what is said of its answer."""

import msgspec
import pytest

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Unheard
from npcl_voice.meaning.understanding import Understanding
from tests.conversation.talk import TOOLS, Talk, call, keyed, knowing, returned, say, typed, wants

NUMBER = "000054323"
AT_HELP = Context(question="help", last=(Line("greeting"),))
ON_A_LINE = msgspec.structs.replace(AT_HELP, slots={"line": Slot("known", "line")})

UNDERSTAND = knowing(
    my_bill=wants("bill_due"),
    my_account=wants("account_info"),
    bill_of_2990741852=wants("bill_due", consumer_number="2990741852"),
    the_name_is_priya=wants(None, name="Priya"),
    all_us_brothers_who_live_together=wants(None),
    it_is_another_one=wants(None, consumer_number="2990417365"),
    i_do_not_say_it=Understanding("", answer="no", confidence=0.9),
    any_power_cut=wants("outage_info"),
    any_power_cut_in_beta=wants("outage_info", area="Beta 1"),
    open_it_again=wants("reopen"),
    close_it=wants("close_complaint"),
    close_it_by_code=wants("close_complaint", complaint_number=NUMBER, code="123456"),
    somebody_steals=wants("report_theft"),
    somebody_steals_in_beta=wants("report_theft", area="Beta 1"),
    call_me=wants("callback"),
    call_me_in_the_evening=wants("callback", window="evening"),
    in_the_morning=wants(None, window="morning"),
    compensation=wants("compensation"),
    who_is_above_you=wants("escalation"),
    speak_hindi=wants("language", language="hi"),
    speak_tamil=wants("language"),
    the_weather=wants("out_of_scope"),
    on_oxygen=wants("vulnerable", need="oxygen"),
    on_oxygen_in_delta_one=wants("vulnerable", need="oxygen", area="Delta 1"),
    no_power_and_on_oxygen=wants("no_supply", need="oxygen"),
    yes_and_on_oxygen=Understanding("", intent="vulnerable", answer="yes", slots={"need": "oxygen"}, confidence=0.9),
    only_a_need=wants(None, need="infant"),
    no_power_at_12_delta_one=wants("no_supply", area="Delta 1", house="12"),
)


def talk(context=AT_HELP, **settings):
    return Talk(context, understand=UNDERSTAND, **settings)


def need(what):
    return {"ok": False, "reason": "not_verified", "need": what}


# The bill and the account.


def test_a_bill_by_consumer_number_and_name():
    """Whose connection it is, read back; then the name, which the records compare; then the bill."""
    t = talk() >> "my bill" << call("bill_due")
    assert t.context.question == "consumer_number"
    assert t.context.matter is Matter.NONE
    assert t >> returned("bill_due", **need("account")) << "identify_first" << "ask_consumer_number"
    assert (
        t
        >> "two nine nine zero seven four one eight five two"
        << say("read_consumer_number", consumer_number="2990741852")
    )
    assert t >> "yes" << call("bill_due", consumer_number="2990741852")
    assert t >> returned("bill_due", **need("name")) << "ask_name"
    assert t >> "my name is priya singh" << call("bill_due", consumer_number="2990741852", name="priya singh")
    paid = returned("bill_due", amount_due="867.25", due_date="2026-12-08")
    assert t >> paid << say("bill_due", amount="Rs 867.25", date="8 December") << "ask_anything_else"
    assert (t.context.goal, t.context.matter) == (None, Matter.NONE)


def test_a_typed_number_is_not_read_back():
    """It goes to the tool as it is."""
    t = talk() >> typed("bill of 2990741852") << call("bill_due", consumer_number="2990741852")
    assert t >> returned("bill_due", **need("name")) << "ask_name"
    assert t >> typed("Priya") << call("bill_due", consumer_number="2990741852", name="priya")


def test_the_account_of_the_line_needs_the_name_alone():
    """Whose number calls is known."""
    t = (
        talk(ON_A_LINE)
        >> "my account"
        << call("account_info")
        >> returned("account_info", **need("name"))
        << "ask_name"
    )
    assert t >> "the name is priya" << call("account_info", name="Priya")
    told = returned(
        "account_info",
        category="domestic",
        load_kw="2",
        meter="ending 0741",
        last_payment={"amount": "910.00", "on": "2026-10-25"},
    )
    assert (
        t
        >> told
        << say("account_domestic", load="2")
        << say("account_meter", meter="0741")
        << say("account_payment", amount="Rs 910", date="25 October")
        << "ask_anything_else"
    )


def test_the_account_of_a_registered_mobile():
    """For who has no consumer number; whom to call back is another matter."""
    t = talk() >> "my bill" << call("bill_due")
    t >> returned("bill_due", **need("account")) << "identify_first" << "ask_consumer_number"
    assert t >> "i do not have it" << call("bill_due")
    assert t >> returned("bill_due", **need("account")) << "ask_registered_phone"
    assert t >> "six nine nine nine zero seven four one eight five" << say("read_phone", phone="6999074185")
    assert t >> "yes" << call("bill_due")
    assert t.context.facts() == {"registered_phone": "6999074185"}
    assert t.context.value("phone") is None
    refused = returned("bill_due", ok=False, reason="unknown_phone")
    assert t >> refused << "unknown_phone" << "ask_phone_again"
    assert t >> keyed("6999074186") << call("bill_due")
    assert t >> returned("bill_due", **need("name")) << "ask_name"


def test_a_mobile_that_was_told_for_another_reason():
    """It is tried before the consumer number is asked for."""
    context = msgspec.structs.replace(AT_HELP, slots={"phone": Slot("9810123456", "keyed", verified=True)})
    t = talk(context) >> "my bill" << call("bill_due")
    unknown = returned("bill_due", ok=False, reason="unknown_phone")
    assert t >> unknown << "unknown_phone" << "ask_consumer_number"
    spoken = msgspec.structs.replace(AT_HELP, slots={"phone": Slot("9810123456", "spoken")})
    assert talk(spoken) >> "my bill" << say("read_phone", phone="9810123456")


def test_a_wrong_name():
    """Asked for twice more; then a person is offered."""
    t = talk(Context(goal="bill_due", question="name", last=(Line("ask_name"),)))
    wrong = returned("bill_due", ok=False, reason="no_match")
    assert t >> "nisha" << call("bill_due", name="nisha") >> wrong << "name_no_match" << "ask_name_again"
    assert t >> "nishi" << call("bill_due", name="nishi") >> wrong << "name_no_match" << "ask_name_again"
    assert t >> "nita" << call("bill_due", name="nita") >> wrong << "name_no_match" << "ask_callback"
    locked = returned("bill_due", ok=False, reason="locked")
    assert talk(Context(goal="bill_due", question="name")) >> locked << "account_locked" << "ask_anything_else"


def test_who_does_not_say_a_name_hears_what_can_be_told_without():
    """It is nobody's duty."""
    at_name = Context(goal="bill_due", question="name")
    assert talk(at_name) >> "i do not say it" << "without_name" << "ask_anything_else"
    assert talk(at_name) >> "i do not know" << "without_name" << "ask_anything_else"
    assert talk(at_name) >> "my power is out" << "ask_consumer_number"
    assert talk(at_name) >> Unheard() << "ask_name_again"
    assert talk(at_name) >> "we are a big family of many old people here" << "ask_name_again"
    assert talk(at_name) >> "all us brothers who live together" << "ask_name_again"
    assert talk(at_name) >> "it is another one" << say("read_consumer_number", consumer_number="2990417365")


def test_a_number_that_is_none_of_the_records():
    """It is asked for again; that of the line is not said."""
    number = {"consumer_number": Slot("2000001234", "keyed", verified=True)}
    unknown = returned("bill_due", ok=False, reason="unknown_consumer")
    t = talk(Context(goal="bill_due", question="confirm_consumer_number", slots=number))
    assert t >> unknown << say("unknown_consumer", consumer_number="2000001234") << "ask_consumer_number_again"
    own = {"consumer_number": Slot("own", "line", verified=True)}
    t = talk(Context(goal="bill_due", question="confirm_consumer_number", slots=own))
    assert t >> unknown << "ask_consumer_number"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"amount_due": "0.00", "due_date": "2026-12-05"}, "bill_nothing_due"),
        ({"amount_due": None, "due_date": None}, "bill_none"),
        ({"amount_due": "much"}, "not_now"),
        ({"amount_due": "5.00", "due_date": "soon"}, "not_now"),
        ({}, "not_now"),
    ],
)
def test_bills_of_other_kinds(result, said):
    """Nothing due, no bill yet, or nothing that a tool of ours gives."""
    assert talk(Context(goal="bill_due")) >> returned("bill_due", **result) << said << "ask_anything_else"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"category": "farm", "load_kw": "7.5"}, [say("account_other", load="7.5")]),
        ({"category": "commercial", "load_kw": "12"}, [say("account_commercial", load="12")]),
        ({"category": "domestic", "meter": "ending 0741"}, [say("account_meter", meter="0741")]),
        ({"meter": "ending 0741", "last_payment": {"amount": "x"}}, [say("account_meter", meter="0741")]),
        ({}, [Line("not_now")]),
    ],
)
def test_accounts_of_which_little_is_known(result, said):
    """Only what is there is told."""
    assert talk(Context(goal="account_info")) >> returned("account_info", **result) << [*said, "ask_anything_else"]


@pytest.mark.parametrize("tool", ["bill_due", "outage_info", "reopen", "close_complaint", "callback", "report_theft"])
def test_refusals_that_make_no_sense(tool):
    """The common words will do."""
    assert talk(Context(goal=tool)) >> returned(tool, ok=False, reason="odd") << "not_now" << "ask_anything_else"


# Outages, for anybody.


def test_an_outage_in_an_area_that_is_named():
    """Told, and nothing registered; the area is known from then on, and read back before it is used."""
    t = talk() >> "any power cut in beta" << call("outage_info", area="Beta 1")
    nothing = returned("outage_info", area="Beta 1", outage=None)
    assert t >> nothing << say("no_outage", area="Beta 1") << "ask_anything_else"
    assert t.context.slots == {"area": Slot("Beta 1", "spoken")}
    assert t.context.matter is Matter.NONE
    known = returned("outage_info", area="Beta 1", outage={"cause": "storm", "expected_at": None})
    t >> "any power cut" << call("outage_info", area="Beta 1")
    assert t >> known << say("outage_known", area="Beta 1") << "no_time_yet" << "ask_anything_else"


def test_an_outage_where_the_area_is_asked_for():
    """Typed, it is sure for this; for a complaint it is read back."""
    t = talk() >> "any power cut" << "ask_area" >> typed("delta one") << call("outage_info", area="Delta 1")
    t >> returned("outage_info", area="Delta 1", outage=None) << say("no_outage", area="Delta 1") << "ask_anything_else"
    assert t.context.slots == {"area": Slot("Delta 1", "typed")}


def test_an_outage_where_the_line_is():
    """The records are asked before the caller is."""
    t = talk(ON_A_LINE) >> "any power cut" << call("outage_info")
    assert t.context.question == "area"
    assert Talk(t.context) >> returned("outage_info", ok=False, reason="need_place") << "ask_area"
    unknown = returned("outage_info", ok=False, reason="unknown_area")
    assert Talk(t.context) >> unknown << "unknown_area" << "ask_area_again"
    assert Talk(t.context) >> returned("outage_info") << "not_now" << "ask_anything_else"


def test_an_outage_asked_about_in_between():
    """It is told, and what it interrupted goes on."""
    context = Context(goal="no_supply", question="consumer_number", matter=Matter.COMPLAINT, failed=1)
    t = talk(context) >> "any power cut in beta" << call("outage_info", area="Beta 1")
    assert (t.context.goal, t.context.paused) == ("outage_info", "no_supply")
    nothing = returned("outage_info", area="Beta 1", outage=None)
    assert t >> nothing << say("no_outage", area="Beta 1") << "ask_consumer_number"
    assert (t.context.goal, t.context.paused, t.context.matter) == ("no_supply", None, Matter.COMPLAINT)


def test_an_area_of_ours_stays_when_another_is_asked_about():
    """The one that was told for the complaint is kept as it is."""
    ours = Slot("Delta 1", "typed", verified=True)
    slots = {"area": ours, "no_consumer_number": Slot("yes", "typed"), "looked": Slot("yes", "tool")}
    t = talk(Context(goal="no_supply", question="house", matter=Matter.COMPLAINT, slots=slots))
    t >> "any power cut in beta" << call("outage_info", area="Beta 1")
    assert t >> returned("outage_info", area="Beta 1", outage=None) << say("no_outage", area="Beta 1") << "ask_house"
    assert t.context.slots["area"] == ours


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


# Somebody depends on power.


def test_a_need_that_is_told_along_with_the_outage():
    """It is understood at once, and noted as soon as there is a number; nothing of the illness is kept."""
    t = talk() >> "no power and on oxygen" << "need_heard" << "ask_consumer_number"
    assert t.context.value("need") == "yes"
    assert t >> typed("2990741852") << call("no_supply", consumer_number="2990741852")
    registered = returned("no_supply", complaint_number=NUMBER, repeat=False)
    assert t >> registered << say("registered", complaint_number=NUMBER) << call("vulnerable", need="told")
    flagged = returned("vulnerable", flagged=True, complaint_number=NUMBER)
    assert t >> flagged << "need_noted" << "ask_anything_else"
    assert t.context.value("need") == "noted"
    assert "oxygen" not in str(t.context)
    assert t >> "on oxygen" << call("vulnerable", need="told")


def test_a_need_that_is_told_in_between_displaces_nothing():
    """The open question stands, at the same attempt; with an answer in the same words it is taken."""
    at_number = Context(goal="no_supply", question="consumer_number", matter=Matter.COMPLAINT, failed=1)
    t = talk(at_number) >> "on oxygen" << "need_heard" << "ask_consumer_number_again"
    assert (t.context.failed, t.context.goal) == (1, "no_supply")
    assert talk(at_number) >> "on oxygen in delta one" << "need_heard" << "ask_house"
    slots = {"consumer_number": Slot("2990741852", "spoken")}
    at_read_back = Context(goal="no_supply", question="confirm_consumer_number", slots=slots)
    assert talk(at_read_back) >> "yes and on oxygen" << "need_heard" << call("no_supply", consumer_number="2990741852")


def test_a_need_at_first():
    """The place is asked for, and why; then it is noted there."""
    missing = {"ok": False, "reason": "need_place", "own": False, "area": None, "outage": None}
    t = talk() >> "on oxygen" << "need_heard" << call("vulnerable", need="told")
    assert t >> returned("vulnerable", **missing) << "need_place_first" << "ask_consumer_number"
    assert t >> typed("2990741852") << call("vulnerable", need="told")
    assert t >> returned("vulnerable", flagged=True) << "need_noted" << "ask_anything_else"
    t = talk() >> "only a need" << "need_heard" << call("vulnerable", need="told")
    assert t >> returned("vulnerable", **{**missing, "own": True}) << "need_place_first" << "ask_own_connection"
    assert t >> "yes" << call("vulnerable", need="told")
    t = talk(Context(goal="vulnerable", slots={"need": Slot("yes", "spoken"), "need_place": Slot("yes", "tool")}))
    unknown = returned("vulnerable", ok=False, reason="unknown_consumer")
    assert t >> unknown << say("unknown_consumer", consumer_number="") << "ask_consumer_number_again"
    t = talk(Context(goal="vulnerable", slots={"need": Slot("yes", "spoken")}))
    assert t >> returned("vulnerable", ok=False, reason="odd") << "not_now" << "ask_anything_else"


def test_a_need_where_it_cannot_be_noted():
    """Without its tool nothing is said of it."""
    t = Talk(AT_HELP, understand=UNDERSTAND, tools=TOOLS - {"vulnerable"})
    assert t >> "no power and on oxygen" << "ask_consumer_number"


def test_danger_asks_who_depends_on_power():
    """After the place is known; a yes is noted with the emergency, a no is kept for the call."""
    placed = returned("hazard", complaint_number=NUMBER, place="Delta 1")
    told = say("hazard_placed", complaint_number=NUMBER, place="Delta 1")
    raised = Context(goal="hazard", question="where", slots={"hazard_kind": Slot("fire", "spoken", verified=True)})
    t = talk(raised) >> placed << told << "ask_vulnerable" >> "yes" << call("vulnerable", need="told")
    assert t >> returned("vulnerable", flagged=True, complaint_number=NUMBER) << "need_noted" << "ask_anything_else"
    t = talk(raised) >> placed << told << "ask_vulnerable" >> keyed("2") << "ask_anything_else"
    assert t.context.value("need") == "no"
    t = (
        talk(raised)
        >> placed
        << told
        << "ask_vulnerable"
        >> "hello"
        << "say_yes_or_no"
        >> "hello"
        << "ask_anything_else"
    )
    known = msgspec.structs.replace(raised, slots=raised.slots | {"need": Slot("yes", "spoken")})
    assert talk(known) >> placed << told << call("vulnerable", need="told")
    damaged = Context(goal=None, question="vulnerable")
    assert talk(damaged) >> "no" << "ask_anything_else"


# Where it is.


def test_what_the_line_tells_is_looked_up_first():
    """The outage of its area at once; then whether it is about that connection. Its number is never said."""
    outage = {"cause": "x", "expected_at": "2026-11-22T21:30:00+05:30", "source": "crew"}
    outage |= {"given_at": "2026-11-22T21:00:00+05:30", "confidence": "low"}
    t = talk(ON_A_LINE, looks=True) >> "my power is out" << call("no_supply")
    assert t.context.question == "consumer_number"
    missing = returned("no_supply", ok=False, reason="need_place", own=True, area="Delta 1", outage=outage)
    assert (
        t
        >> missing
        << say("outage_known", area="Delta 1")
        << say("outage_expected_crew", given="9:00 PM", time="9:30 PM")
        << "expected_unsure"
        << "ask_own_connection"
    )
    asked = t.context
    assert t >> "yes" << call("no_supply", consumer_number="own")
    registered = returned("no_supply", complaint_number=NUMBER, repeat=True, area="Delta 1", outage=outage)
    assert t >> registered << say("registered_already", complaint_number=NUMBER) << "ask_anything_else"
    assert Talk(asked) >> "no" << "ask_consumer_number"
    assert Talk(asked) >> "hello" << "say_yes_or_no" >> "hello" << "ask_consumer_number"
    assert (
        Talk(asked)
        >> "two nine nine zero four one seven three six five"
        << say("read_consumer_number", consumer_number="2990417365")
    )
    assert Talk(asked) >> keyed("2990417365") << call("no_supply", consumer_number="2990417365")
    gone = Talk(asked) >> "yes" << call("no_supply", consumer_number="own")
    assert gone >> returned("no_supply", ok=False, reason="unknown_consumer") << "ask_consumer_number"
    no = Talk(asked) >> "no" << "ask_consumer_number"
    assert no.context.failed == 0
    assert no >> missing << "ask_consumer_number"


def test_records_that_do_not_answer_before_anything_is_asked():
    """They may by the time they are needed: the question is asked."""
    t = talk(ON_A_LINE, looks=True) >> "my power is out" << call("no_supply")
    assert t >> returned("no_supply", ok=False, reason="unavailable") << "ask_consumer_number"


def test_a_stranger_s_tools_are_not_looked_into():
    """They may register whatever they are called with."""
    t = talk(ON_A_LINE, looks=True, own_words=True) >> "my power is out" << "ask_consumer_number"
    assert t.context.goal == "no_supply"
    assert talk(ON_A_LINE, tools=TOOLS - {"bill_due"}) >> "my bill" << "cannot" << "ask_anything_else"


def test_house_and_area_at_once():
    """No number is asked for; both are read back."""
    t = talk() >> "no power at 12 delta one" << say("read_place", area="Delta 1", house="12")
    assert t >> "yes" << call("no_supply", area="Delta 1", premises="12")


def test_a_second_unknown_number():
    """Then the place is asked for."""
    number = {"consumer_number": Slot("2000001234", "keyed", verified=True)}
    t = talk(Context(goal="no_supply", question="consumer_number", slots=number, failed=1))
    unknown = returned("no_supply", ok=False, reason="unknown_consumer")
    assert t >> unknown << say("unknown_consumer", consumer_number="2000001234") << "ask_area"


# Records that do not answer.

AWAY = {"ok": False, "reason": "unavailable"}


def test_records_that_do_not_answer():
    """Once more if the caller likes, then a callback, then the helpline; the matter stays open."""
    number = {"complaint_number": Slot(NUMBER, "keyed", verified=True)}
    context = Context(
        goal="complaint_status", question="confirm_complaint_number", slots=number, matter=Matter.COMPLAINT
    )
    away = returned("complaint_status", **AWAY)
    t = talk(context) >> away << "ask_try_again"
    assert (t.context.goal, t.context.question, t.context.matter) == ("complaint_status", "try_again", Matter.COMPLAINT)
    first = t.context
    assert t >> "yes" << call("complaint_status", complaint_number=NUMBER)
    assert t >> away << "ask_callback" >> "yes" << call("agent", reason="complaint")
    assert t >> returned("agent", **AWAY) << "not_now" << "ask_anything_else"
    assert Talk(first) >> "no" << "no_callback" << "ask_anything_else"
    again = Talk(first) >> "yes" << call("complaint_status", complaint_number=NUMBER)
    done = returned("complaint_status", complaint_number=NUMBER, status="resolved")
    assert again >> done << say("status_resolved", complaint_number=NUMBER) << "ask_anything_else"
    assert again.context.value("unreached") is None


def test_a_person_who_cannot_be_had():
    """Asked for by the caller: once more, then the helpline."""
    t = talk() >> "talk to a person" << call("agent", reason="asked") >> returned("agent", **AWAY) << "ask_try_again"
    assert t >> "yes" << call("agent", reason="asked") >> returned("agent", **AWAY) << "not_now" << "ask_anything_else"
    without = Talk(Context(goal="no_supply"), tools=TOOLS - {"agent"})
    without >> returned("no_supply", **AWAY) << "ask_consumer_number"
    number = {"consumer_number": Slot("2990741852", "keyed", verified=True), "unreached": Slot("yes", "tool")}
    without = Talk(Context(goal="no_supply", slots=number), tools=TOOLS - {"agent"})
    assert without >> returned("no_supply", **AWAY) << "not_now" << "ask_anything_else"


def test_danger_that_is_not_noted():
    """It is said at once, with whom to call."""
    t = talk(Context(goal="hazard", slots={"hazard_kind": Slot("fire", "spoken", verified=True)}))
    assert t >> returned("hazard", **AWAY) << "danger_not_noted" << "ask_try_again"
    assert (
        t >> "yes" << call("hazard", kind="fire") >> returned("hazard", **AWAY) << "danger_not_noted" << "ask_callback"
    )


def test_too_many_of_a_kind():
    """One call makes so many, and no more."""
    refused = returned("no_supply", ok=False, reason="too_many", message="x")
    assert talk(Context(goal="no_supply")) >> refused << "too_many" << "ask_anything_else"
