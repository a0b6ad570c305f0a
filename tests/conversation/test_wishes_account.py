"""The bill, the account, outages: what is told to whom, step by step."""

import msgspec
import pytest

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Unheard
from tests.conversation.talk import Talk, call, keyed, returned, say, typed
from tests.conversation.wishing import AT_HELP, ON_A_LINE, talk


def need(what):
    return {"ok": False, "reason": "not_verified", "need": what}


def read(name):
    return say("read_name", name=name)


# The bill and the account.


def test_a_bill_by_consumer_number_and_name():
    """Whose connection it is, read back; then the name, read back as it was heard; the records compare it; the bill."""
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
    assert t >> "my name is priya singh" << read("Priya Singh")
    assert t >> "yes" << call("bill_due", consumer_number="2990741852", name="Priya Singh")
    paid = returned("bill_due", amount_due="867.25", due_date="2026-12-08")
    assert t >> paid << say("bill_due", amount="Rs 867.25", date="8 December") << "ask_anything_else"
    assert (t.context.goal, t.context.matter) == (None, Matter.NONE)


def test_a_typed_number_is_not_read_back():
    """It goes to the tool as it is."""
    t = talk() >> typed("bill of 2990741852") << call("bill_due", consumer_number="2990741852")
    assert t >> returned("bill_due", **need("name")) << "ask_name"
    assert t >> typed("Priya") << call("bill_due", consumer_number="2990741852", name="Priya")


def test_the_account_of_the_line_needs_the_name_alone():
    """Whose number calls is known."""
    t = (
        talk(ON_A_LINE)
        >> "my account"
        << call("account_info")
        >> returned("account_info", **need("name"))
        << "ask_name"
    )
    assert t >> "the name is priya" << read("Priya") >> "yes" << call("account_info", name="Priya")
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
    number = {"consumer_number": Slot("2990741852", "keyed", verified=True)}
    t = talk(Context(goal="bill_due", question="name", slots=number, last=(Line("ask_name"),)))
    wrong = returned("bill_due", ok=False, reason="no_match")
    told = {"consumer_number": "2990741852"}
    assert t >> typed("nisha") << call("bill_due", **told, name="Nisha") >> wrong << "name_no_match" << "ask_name_again"
    assert t >> typed("nishi") << call("bill_due", **told, name="Nishi") >> wrong << "name_no_match" << "ask_name_again"
    assert t >> "neeta" << read("Neeta") >> "yes" << call("bill_due", **told, name="Neeta")
    assert t >> wrong << "name_no_match" << "ask_callback"
    locked = returned("bill_due", ok=False, reason="locked")
    assert talk(Context(goal="bill_due", question="name")) >> locked << "account_locked" << "ask_anything_else"


def test_a_name_that_does_not_fit_the_line():
    """Said twice, it may be another connection that is meant."""
    t = talk(Context(goal="bill_due", question="name", last=(Line("ask_name"),)))
    wrong = returned("bill_due", ok=False, reason="no_match")
    assert t >> typed("nisha") << call("bill_due", name="Nisha") >> wrong << "name_no_match" << "ask_name_again"
    assert t >> typed("nisha") << call("bill_due", name="Nisha") >> wrong << "name_no_match" << "ask_consumer_number"


def _asked_for_a_name():
    number = {"consumer_number": Slot("2990741852", "keyed", verified=True)}
    return talk(Context(goal="bill_due", question="name", slots=number, last=(Line("ask_name"),)))


def test_a_name_that_was_misheard_is_no_wrong_name():
    """The records hear of the one that the caller agrees to, and of no other."""
    t = _asked_for_a_name()
    assert t >> "rakesh verma" << read("Rakesh Verma") >> "no" << "ask_name_again"
    assert t >> "ramesh verma" << read("Ramesh Verma") >> "no it is rajesh verma" << read("Rajesh Verma")
    assert t >> "yes" << call("bill_due", consumer_number="2990741852", name="Rajesh Verma")
    t = _asked_for_a_name()
    assert t >> "rakesh" << read("Rakesh") >> keyed("2") << "ask_name_again"
    t = _asked_for_a_name()
    for heard in ("rakesh", "ramesh"):
        assert t >> heard << read(heard.title()) >> "no" << "ask_name_again"
    assert t >> "mahesh" << read("Mahesh") >> "no, rajesh" << "ask_callback"
    assert t.context.value("name") is None


@pytest.mark.parametrize(
    "words",
    ["yes", "anjali yadav", "yes anjali", "haan ji anjali bol rahi hoon", "हाँ जी अंजलि", "जी हाँ मैं ही बोल रही हूँ",
     "yes that is my name", "naam sahi hai", "my name is right", keyed("1")],
)  # fmt: skip
def test_what_agrees_to_a_name(words):
    """A yes, the key for it, and the name once more, or a part of it, where nothing is said against it."""
    t = _asked_for_a_name()
    assert t >> "anjali yadav" << read("Anjali Yadav")
    assert t >> words << call("bill_due", consumer_number="2990741852", name="Anjali Yadav")


@pytest.mark.parametrize(
    "words",
    ["no", "Anjali Yadav is wrong", "no, Anjali Yadav is not my name", "no no Anjali Yadav is my wife",
     "नहीं, अंजलि यादव नहीं", "नाम गलत है", "nahi mera naam alag hai"],
)  # fmt: skip
def test_what_denies_a_name(words):
    """A no is one with the name in it, too: it does not go to the records."""
    t = _asked_for_a_name()
    assert t >> "anjali yadav" << read("Anjali Yadav") >> words << "ask_name_again"


def test_a_question_about_the_name_is_no_answer():
    """It is asked about once more."""
    t = _asked_for_a_name()
    assert t >> "anjali yadav" << read("Anjali Yadav") >> "who is Anjali Yadav" << "say_yes_or_no"


def test_a_name_that_is_typed_at_the_read_back():
    """It is sure, at the last attempt as well."""
    t = _asked_for_a_name()
    for heard in ("rakesh", "ramesh"):
        assert t >> heard << read(heard.title()) >> "no" << "ask_name_again"
    assert t >> "mahesh" << read("Mahesh")
    assert t >> typed("no, Rajesh Verma") << call("bill_due", consumer_number="2990741852", name="Rajesh Verma")
    assert t.context.confirmed("name") == "Rajesh Verma"


def test_a_name_that_was_denied_counts_for_nothing_where_one_does_not_fit():
    """On the line's own account there is a second try before it is asked whose connection is meant."""
    t = talk(Context(goal="bill_due", question="name", last=(Line("ask_name"),)))
    wrong = returned("bill_due", ok=False, reason="no_match")
    assert t >> "nisha" << read("Nisha") >> "no" << "ask_name_again"
    assert t >> "nisha yadav" << read("Nisha Yadav") >> "yes" << call("bill_due", name="Nisha Yadav")
    assert t >> wrong << "name_no_match" << "ask_name_again"


def test_a_name_in_hindi_is_taken_as_it_is_written_in_english():
    """Names that people write in their own way, too."""
    t = _asked_for_a_name()
    assert t >> "नरेंद्र अय्यर" << read("Narendra Iyer")


def test_an_answer_without_a_name_is_an_attempt():
    """The tool found none in it."""
    t = talk(Context(goal="bill_due", question="name", slots={"name": Slot("pe", "typed")}))
    assert t >> returned("bill_due", **need("name")) << "ask_name_again"


def test_a_name_that_is_told_with_the_number():
    """It is not asked for again."""
    t = talk(Context(goal="bill_due", question="consumer_number", last=(Line("ask_consumer_number"),)))
    assert (
        t
        >> typed("2990963514, naam Anjali Yadav hai")
        << call("bill_due", consumer_number="2990963514", name="Anjali Yadav")
    )


def test_who_does_not_say_a_name_hears_what_can_be_told_without():
    """It is nobody's duty."""
    at_name = Context(goal="bill_due", question="name")
    assert talk(at_name) >> "i do not say it" << "without_name" << "ask_anything_else"
    assert talk(at_name) >> "i do not know" << "without_name" << "ask_anything_else"
    assert talk(at_name) >> "my power is out" << "ask_consumer_number"
    assert talk(at_name) >> Unheard() << "ask_name_again"
    assert talk(at_name) >> "we are a big group of many men and women here" << "ask_name_again"
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
    told = [say("outage_known", area="Beta 1"), say("outage_cause", cause="storm"), "no_time_yet"]
    assert t >> known << told << "ask_anything_else"
    t >> "any power cut" << call("outage_info", area="Beta 1")
    unknown = returned("outage_info", area="Beta 1", outage={"cause": None, "expected_at": None})
    told = [say("outage_known", area="Beta 1"), "outage_cause_unknown", "no_time_yet"]
    assert t >> unknown << told << "ask_anything_else"


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


def test_a_number_and_a_name_where_the_name_is_asked():
    """Another connection is meant, and whose it is was told with it; the same number once more is no news."""
    t = talk(Context(goal="bill_due", question="name", last=(Line("ask_name"),)))
    assert (
        t >> typed("dheeraj kumar, 2990417365") << call("bill_due", consumer_number="2990417365", name="Dheeraj Kumar")
    )
    known = {"consumer_number": Slot("2990417365", "typed", verified=True)}
    t = talk(Context(goal="bill_due", question="name", slots=known))
    assert t >> typed("2990417365") << "ask_name_again"
