"""Who depends on power, where it is, and records that do not answer."""

import msgspec

from npcl_voice.conversation.context import Context, Matter, Slot
from npcl_voice.meaning.mask import Mask
from tests.conversation.talk import TOOLS, Talk, call, keyed, returned, say, typed
from tests.conversation.wishing import AT_HELP, AWAY, NUMBER, ON_A_LINE, UNDERSTAND, talk

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
        << say("outage_cause", cause="x")
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


def test_the_same_place_asked_for_again():
    """A wish that is uttered anew after the number was given is another request; all else is a retry."""
    t = talk() >> "no power at 12 delta one" << say("read_place", area="Delta 1", house="12")
    tool = call("no_supply", area="Delta 1", premises="12")
    given = returned("no_supply", complaint_number=NUMBER)
    told = [say("registered", complaint_number=NUMBER), "ask_anything_else"]
    assert t >> "yes" << tool >> returned("no_supply", **AWAY) << "ask_try_again" >> "yes" << tool
    assert t.context.value("asked_again") is None
    assert t >> given << told >> given << told  # a model ran it twice
    assert t.context.value("asked_again") is None
    assert Mask(b"a key of the tests").text(t.context.value("given_for")) != t.context.value("given_for")
    t >> "no power at 12 delta one" << say("read_place", area="Delta 1", house="12")
    assert t >> "yes" << tool
    second = t.context.facts()["asked_again"]
    assert t >> returned("no_supply", **AWAY) << "ask_try_again" >> "yes" << tool >> given << told
    assert t.context.facts()["asked_again"] == second
    assert t >> "no power at 12 delta one" << say("read_place", area="Delta 1", house="12") >> "yes" << tool
    assert t.context.facts()["asked_again"] != second


def test_another_place_asked_for_afterwards():
    """It is no repeat of the first; a number that is given for no place that we know of counts for none."""
    t = talk() >> "no power at 12 delta one" << say("read_place", area="Delta 1", house="12")
    given = returned("no_supply", complaint_number=NUMBER)
    told = [say("registered", complaint_number=NUMBER), "ask_anything_else"]
    assert t >> "yes" << call("no_supply", area="Delta 1", premises="12") >> given << told
    number = call("no_supply", consumer_number="2990417365")
    elsewhere = msgspec.structs.replace(t.context, goal="no_supply", question="consumer_number")
    elsewhere = elsewhere.without("area", "house", "no_consumer_number")
    t = talk(elsewhere) >> keyed("2990417365") << number
    assert t.context.value("asked_again") is None
    assert Talk(Context(goal="no_supply")) >> given << told


def test_a_second_unknown_number():
    """Then the place is asked for."""
    number = {"consumer_number": Slot("2000001234", "keyed", verified=True)}
    t = talk(Context(goal="no_supply", question="consumer_number", slots=number, failed=1))
    unknown = returned("no_supply", ok=False, reason="unknown_consumer")
    assert t >> unknown << say("unknown_consumer", consumer_number="2000001234") << "ask_area"


# Records that do not answer.


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
