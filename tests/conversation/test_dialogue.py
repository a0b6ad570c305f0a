"""The policy: what is known and was understood -> the next question, tool or phrase."""

import msgspec
import pytest

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Heard, Keyed, Returned, Spoken, Typed, Unheard
from npcl_voice.meaning.understanding import Understanding
from tests.conversation.talk import TOOLS, Talk, call, keyed, returned, say, typed

REGISTERED = returned("no_supply", complaint_number="000054324", repeat=False, outage=None, area="Delta 1")
UNHEARD = Unheard()
LOOKED = Slot("yes", "tool")


def test_the_first_words_towards_another_client():
    """A server that speaks for itself greets; after a greeting it asks the open question."""
    talk = Talk(Context(), own_words=True).opens()
    assert talk << "greeting"
    assert talk.context == Context(question="help", last=(Line("greeting"),))
    assert talk.opens() << "ask_help"


def test_our_own_conversation_greets_by_itself():
    """The policy asks."""
    talk = Talk(Context()).opens()
    assert talk << "ask_help"
    assert talk.context == Context(question="help", last=(Line("ask_help"),))


def test_an_open_question_is_asked_again_as_far_as_it_had_got():
    """Another engine goes on at the same question, and at the same attempt."""
    assert Talk(Context(question="area", goal="no_supply")).opens() << "ask_area"
    assert Talk(Context(question="phone", goal="agent", failed=1)).opens() << "ask_phone_again"
    talk = Talk(Context(question="phone", goal="agent", failed=2)).opens()
    assert talk << "key_phone"
    assert talk.context.failed == 2
    confirm = Context(question="confirm_phone", goal="agent", unclear=1, failed=1, slots={"phone": Slot("9", "spoken")})
    talk = Talk(confirm).opens()
    assert talk << say("read_phone", phone="9")
    assert (talk.context.failed, talk.context.unclear) == (1, 0)


def test_what_another_engine_was_told_is_not_asked_for_again():
    """Its number was confirmed, or its danger known, and no tool was called yet: that is what comes next."""
    number = {"consumer_number": Slot("2000001234", "spoken", verified=True)}
    told = Context(question="confirm_consumer_number", goal="no_supply", slots=number)
    assert Talk(told).opens() << call("no_supply", consumer_number="2000001234")
    danger = Context(goal="hazard", slots={"hazard_kind": Slot("fire", "spoken", verified=True)})
    assert Talk(danger).opens() << call("hazard", kind="fire")
    assert Talk(Context(question="help")).opens() << "ask_help"
    assert Talk(Context(last=(Line("ask_help"),))).opens() << "ask_help"


def test_no_power_by_consumer_number():
    """The number is asked for, read back, agreed to; then the tool is called and its answer told."""
    talk = Talk()
    assert talk >> "my power is out" << "ask_consumer_number"
    assert talk.context.matter is Matter.COMPLAINT
    assert (talk.context.goal, talk.context.question) == ("no_supply", "consumer_number")
    assert talk.context.last == (Line("ask_consumer_number"),)
    assert (
        talk
        >> "two zero zero zero zero zero one two three four"
        << say("read_consumer_number", consumer_number="2000001234")
    )
    assert talk.context.slots == {"consumer_number": Slot("2000001234", "spoken")}
    assert talk >> "yes" << call("no_supply", consumer_number="2000001234")
    assert talk.context.facts() == {"consumer_number": "2000001234"}
    assert talk >> REGISTERED << say("registered", complaint_number="000054324") << "ask_anything_else"
    assert (talk.context.goal, talk.context.matter) == (None, Matter.RESOLUTION)
    assert talk.context.promises == ("complaint 000054324",)
    assert talk.context.last == (say("registered", complaint_number="000054324"), Line("ask_anything_else"))
    assert talk >> "no thank you" << call("bye")
    assert talk >> returned("bye")
    assert (talk.context.question, talk.context.goal) == (None, None)


def test_no_power_by_place():
    """Without the number: the area, the house, both read back in one question."""
    talk = Talk()
    assert talk >> "there is no electricity" << "ask_consumer_number"
    assert talk >> "i do not have it" << "ask_area"
    assert talk.context.slots == {"no_consumer_number": Slot("yes", "spoken")}
    assert talk >> "delta one" << "ask_house"
    assert talk.context.value("area") == "Delta 1"
    assert talk >> "house number twelve" << say("read_place", area="Delta 1", house="12")
    assert talk.context.confirmed("area") is None
    assert talk >> "yes that is right" << call("no_supply", area="Delta 1", premises="12")
    assert talk.context.facts() == {"area": "Delta 1", "house": "12"}


def test_what_was_said_along_with_the_wish_is_not_asked_again():
    """An area; a consumer number, to be read back."""
    talk = Talk() >> "there is no power in delta one" << "ask_consumer_number"
    assert talk.context.slots == {"area": Slot("Delta 1", "spoken"), "looked": LOOKED}
    assert talk >> "no i do not" << "ask_house" >> "four five" << say("read_place", area="Delta 1", house="45")
    assert (
        Talk()
        >> "my power is out my consumer number is two zero zero zero zero zero one two three four"
        << say("read_consumer_number", consumer_number="2000001234")
    )


def test_a_place_in_place_of_the_consumer_number():
    """Who answers with where they live has no number at hand."""
    talk = Talk() >> "no power" << "ask_consumer_number" >> "i live in delta one" << "ask_house"
    assert talk.context.slots == {
        "area": Slot("Delta 1", "spoken"),
        "no_consumer_number": Slot("yes", "spoken"),
        "looked": LOOKED,
    }


def test_typed_values_are_not_read_back():
    """What stands on the screen was seen by who typed it; a place is two answers, and read back as one."""
    assert Talk() >> typed("my power is out, 2000001234") << call("no_supply", consumer_number="2000001234")
    assert (
        Talk()
        >> typed("no power")
        << "ask_consumer_number"
        >> typed("i do not have it")
        << "ask_area"
        >> typed("Delta 1")
        << "ask_house"
        >> typed("12")
        << say("read_place", area="Delta 1", house="12")
        >> typed("yes")
        << call("no_supply", area="Delta 1", premises="12")
    )


def test_a_typed_area_with_a_spoken_house_is_read_back():
    """Both must be sure."""
    talk = Talk() >> typed("no power") << "ask_consumer_number" >> typed("i do not have it") << "ask_area"
    assert talk >> typed("Delta 1") << "ask_house" >> "twelve" << say("read_place", area="Delta 1", house="12")


def test_the_status_of_a_complaint():
    """Asked for, read back, looked up, told."""
    talk = Talk()
    assert talk >> "what is the status of my complaint" << "ask_complaint_number"
    assert talk.context.matter is Matter.COMPLAINT
    assert (
        talk
        >> "zero zero zero zero five four three two one"
        << say("read_complaint_number", complaint_number="000054321")
        >> "yes"
        << call("complaint_status", complaint_number="000054321")
        >> returned("complaint_status", complaint_number="000054321", status="in_progress")
        << say("status_in_progress", complaint_number="000054321")
        << "ask_anything_else"
    )
    assert talk.context.matter is Matter.RESOLUTION
    assert talk.context.promises == ()


@pytest.mark.parametrize("words", ["my complaint number is 000054321", "000054321"])
def test_a_complaint_number_says_what_is_wanted(words):
    """Told at an open question, typed or spoken."""
    assert Talk() >> typed(words) << call("complaint_status", complaint_number="000054321")
    assert Talk() >> words << say("read_complaint_number", complaint_number="000054321")


def test_the_next_complaint_is_asked_for_anew():
    """The number of the one before is not taken for it."""
    done = Context(question="anything_else", slots={"complaint_number": Slot("000054321", "keyed", verified=True)})
    assert Talk(done) >> "the status of my complaint" << "ask_complaint_number"
    assert Talk(msgspec.structs.replace(done, question="menu")) >> keyed("2") << "ask_complaint_number"


def test_anything_else():
    """Yes, no, or at once what is wanted."""
    done = Context(question="anything_else", last=(Line("ask_anything_else"),))
    assert Talk(done) >> "yes" << "ask_help"
    assert Talk(done) >> "no" << call("bye")
    assert Talk(done) >> "that is wrong" << call("bye")
    assert Talk(done) >> "my power is out" << "ask_consumer_number"
    assert Talk(done) >> "talk to a person" << call("agent", reason="asked")
    assert Talk(done) >> "bye" << call("bye")
    assert (
        Talk(done)
        >> "purple elephants"
        << "ask_anything_else_again"
        >> UNHEARD
        << "ask_callback"
        >> "no"
        << "ask_anything_else"
    )


def test_yes_alone_says_nothing_at_the_first_question():
    """Neither does no."""
    assert Talk() >> "yes" << "hint"
    assert Talk() >> "no" << "hint"


def test_a_person():
    """A callback is booked to the number that the line knows; where it knows none, it is asked for."""
    talk = Talk()
    assert talk >> "i want to talk to a person" << call("agent", reason="asked")
    assert talk.context.matter is Matter.NONE
    booked = returned("agent", window="within 30 minutes")
    assert talk >> booked << say("callback_within", minutes="30") << "ask_anything_else"
    assert (talk.context.matter, talk.context.promises, talk.context.goal) == (Matter.HANDOFF, ("callback",), None)
    assert talk >> "i want to talk to a person" << call("agent", reason="handoff")
    talk >> booked << say("callback_within", minutes="30") << "ask_anything_else"
    assert talk.context.promises == ("callback",)


def test_why_a_person_is_wanted():
    """In a word for the operator: asked for, or what the matter was."""
    complaint = Context(question="area", goal="no_supply", matter=Matter.COMPLAINT)
    assert Talk(complaint) >> "give me a human" << call("agent", reason="complaint")
    promised = Context(question="help", promises=("callback",))
    assert Talk(promised) >> "give me a human" << call("agent", reason="none")


def test_a_phone_number_for_the_callback():
    """Asked for, read back, then booked."""
    talk = Talk() >> "talk to a person" << call("agent", reason="asked")
    assert talk >> returned("agent", ok=False, reason="no_number") << "ask_phone"
    assert talk.context.question == "phone"
    assert (
        talk
        >> "nine eight one zero one two three four five six"
        << say("read_phone", phone="9810123456")
        >> "yes"
        << call("agent", reason="asked")
    )
    assert talk.context.facts() == {"phone": "9810123456"}


def test_a_phone_that_nobody_can_call():
    """Asked for again, then for the keypad, then the helpline is told: a callback is no way out of a callback."""
    talk = Talk() >> "talk to a person" << call("agent", reason="asked")
    refused = returned("agent", ok=False, reason="no_number")
    assert (
        talk
        >> refused
        << "ask_phone"
        >> typed("6123456789")
        << call("agent", reason="asked")
        >> refused
        << "ask_phone_again"
        >> typed("6123456789")
        << call("agent", reason="asked")
        >> refused
        << "key_phone"
        >> keyed("6123456789")
        << call("agent", reason="asked")
        >> refused
        << "no_callback"
        << "ask_anything_else"
    )
    assert (talk.context.goal, talk.context.failed, talk.context.value("phone")) == (None, 0, None)


def test_no_phone_at_all():
    """Who knows no number is told whom to call."""
    talk = Talk(Context(goal="agent", question="phone"))
    assert talk >> "i do not know" << "no_callback" << "ask_anything_else"


def test_a_person_asked_for_while_the_phone_is_asked_for():
    """It is what we are at already: the question stays."""
    assert Talk(Context(goal="agent", question="phone")) >> "talk to a person" << "ask_phone_again"


@pytest.mark.parametrize("question", ["consumer_number", "area", "confirm_place"])
def test_another_wish_at_any_question(question):
    """What is wanted now counts, not what was wanted before."""
    slots = {"area": Slot("Delta 1", "spoken"), "house": Slot("12", "spoken")}
    context = Context(goal="no_supply", question=question, matter=Matter.COMPLAINT, slots=slots, failed=1)
    talk = Talk(context)
    assert talk >> "what is the status of my complaint" << "ask_complaint_number"
    assert talk.context.failed == 0
    assert talk >> "my power is out" << "ask_consumer_number"


def test_the_same_wish_again_is_no_answer():
    """It is an attempt that failed."""
    assert Talk(Context(goal="no_supply", question="consumer_number")) >> "no power" << "ask_consumer_number_again"
    assert Talk(Context(goal="no_supply", question="area")) >> "no power" << "ask_area_again"
    confirm = Context(goal="agent", question="callback_instead")
    assert Talk(confirm) >> "hello" << "say_yes_or_no"


def test_one_moment():
    """Who looks for the bill gets time; at an open question there is nothing to look for."""
    talk = Talk(Context(goal="no_supply", question="consumer_number", failed=1))
    assert talk >> "one moment please" << "take_your_time"
    assert (talk.context.question, talk.context.failed) == ("consumer_number", 1)
    assert Talk() >> "one moment please" << "hint"


@pytest.mark.parametrize("hello", ["namaste", "नमस्ते", "hello", "good morning", "राम राम जी"])
def test_hello_is_no_goodbye(hello):
    """A caller who greets is asked what the matter is; at the end of a call the same words end it."""
    t = Talk(Context(question="help", last=(Line("greeting"),)))
    assert t >> hello << "ask_help"
    assert t >> hello << "hint"
    assert t >> "my power is out" << "ask_consumer_number"


def test_namaste_at_the_end_is_a_goodbye():
    """Nothing else is wanted."""
    t = Talk(Context(question="anything_else", last=(Line("ask_anything_else"),)))
    assert t >> "namaste" << call("bye")


def test_repeat():
    """The tool is asked; its answer is what was said last, the question open as before."""
    last = (say("registered", complaint_number="000054324"), Line("ask_anything_else"))
    talk = Talk(Context(question="anything_else", last=last))
    assert talk >> "please repeat that" << call("repeat")
    assert talk >> returned("repeat", said="whatever") << last[0] << last[1]
    assert talk.context == Context(question="anything_else", last=last)


def test_repeat_without_its_tool():
    """It works all the same, and says so when there is nothing yet."""
    without = TOOLS - {"repeat"}
    assert Talk(Context(question="area", last=(Line("ask_area"),)), tools=without) >> "repeat please" << "ask_area"
    assert Talk(Context(), tools=without) >> "repeat please" << "nothing_to_repeat"


@pytest.mark.parametrize("question", ["help", "consumer_number", "area", "callback_instead"])
def test_goodbye_at_any_question(question):
    """The caller may leave whenever they want."""
    assert Talk(Context(goal="no_supply", question=question)) >> "thank you bye" << call("bye")


def test_a_thank_you_is_no_goodbye_where_it_is_an_answer():
    """Yes, thank you; I do not know, thank you."""
    number = {"consumer_number": Slot("2000001234", "spoken")}
    confirm = Context(goal="no_supply", question="confirm_consumer_number", slots=number)
    assert Talk(confirm) >> "yes thank you" << call("no_supply", consumer_number="2000001234")
    assert Talk(Context(goal="no_supply", question="consumer_number")) >> "i do not know thank you" << "ask_area"


@pytest.mark.parametrize(("confidence", "ends"), [(0.65, False), (0.75, True)])
def test_what_is_merely_like_a_goodbye_is_an_answer(confidence, ends):
    """Where one is waited for: "they have hooked it on" is not "I am hanging up"; else it is taken so."""
    like = Understanding("hooked on", intent="bye", confidence=confidence)
    at_what = Context(goal="report_theft", question="theft_what", slots={"theft_area": Slot("Luksar", "typed")})
    tools = TOOLS | {"report_theft"}
    talk = Talk(at_what, tools=tools, understand=lambda _text, _expecting: like) >> "hooked on"
    taken = call("report_theft", area="Luksar", details="hooked on")
    assert talk << (call("bye") if ends else taken)
    over = Context(question="anything_else")
    assert Talk(over, understand=lambda _text, _expecting: like) >> "hooked on" << call("bye")


def test_a_status_is_told_in_between_where_its_number_came_with_it():
    """Then the matter that it interrupted goes on."""
    talk = Talk(Context(goal="no_supply", question="area", slots={"no_consumer_number": Slot("yes", "typed")}))
    assert (
        talk
        >> typed("what is the status of my complaint 000054321")
        << call("complaint_status", complaint_number="000054321")
    )
    answer = returned("complaint_status", complaint_number="000054321", status="in_progress")
    assert talk >> answer << say("status_in_progress", complaint_number="000054321") << "ask_area"
    assert (talk.context.goal, talk.context.paused) == ("no_supply", None)


def test_the_farewell():
    """Said here only where nobody else says it."""
    assert Talk(own_words=True) >> "bye" << call("bye") >> returned("bye") << "farewell"
    talk = Talk(tools=TOOLS - {"bye"})
    assert talk >> "bye" << "farewell"
    assert talk.context.question is None
    assert talk >> "hello" << "ask_help"


def test_lost_callers_get_a_hint_then_a_menu_then_a_person():
    """Three attempts; the menu works by keys."""
    talk = Talk()
    assert talk >> "purple elephants" << "hint"
    assert talk >> UNHEARD << "menu"
    assert (talk.context.question, talk.context.failed) == ("menu", 2)
    assert talk >> "purple elephants" << "ask_callback"
    assert (talk.context.question, talk.context.failed) == ("callback_instead", 0)
    assert talk >> "yes" << call("agent", reason="asked")
    assert talk.context.goal == "agent"


def test_who_declines_the_callback_may_go_on():
    """Also who answers neither yes nor no."""
    offered = Context(goal="no_supply", question="callback_instead", matter=Matter.COMPLAINT)
    talk = Talk(offered)
    assert talk >> "no" << "ask_anything_else"
    assert (talk.context.goal, talk.context.matter) == (None, Matter.COMPLAINT)
    talk = Talk(offered)
    assert talk >> "purple elephants" << "say_yes_or_no"
    assert (talk.context.question, talk.context.unclear) == ("callback_instead", 1)
    assert talk >> UNHEARD << "ask_anything_else"
    assert (talk.context.goal, talk.context.unclear) == (None, 0)


@pytest.mark.parametrize(
    ("words", "tool"),
    [
        ("my power is out", "no_supply"),
        ("the status of my complaint", "complaint_status"),
        ("000054321", "complaint_status"),
        ("talk to a person", "agent"),
        ("there is a fire in my house", "hazard"),
    ],
)
def test_a_tool_that_is_not_declared(words, tool):
    """It is said at once that this cannot be done here, with the helpline; nothing is asked for in vain."""
    talk = Talk(tools=TOOLS - {tool})
    assert talk >> words << "cannot" << "ask_anything_else"
    assert talk.context.goal is None


def test_where_nobody_calls_back_the_helpline_is_told():
    """A way out that is not there is not offered."""
    talk = Talk(Context(question="menu", failed=2), tools=TOOLS - {"agent"})
    assert talk >> "purple elephants" << "no_callback" << "ask_anything_else"
    assert Talk(tools=frozenset()) >> keyed("0") << "cannot" << "ask_anything_else"


def test_everything_that_can_be_heard():
    """The union that an exchange keeps."""
    assert set(Heard.__args__) == {Spoken, Typed, Keyed, Unheard, Returned}


@pytest.mark.parametrize("reason", ["not_confirmed", "bad_arguments"])
def test_a_model_that_calls_a_tool_too_soon(reason):
    """What is known and what was asked stay as they are: the caller is asked, not the records."""
    talk = Talk() >> "my power is out" << "ask_consumer_number" >> returned("no_supply", ok=False, reason=reason)
    assert talk << "ask_consumer_number"
    assert talk.context.goal == "no_supply"
    assert talk.context.question == "consumer_number"
