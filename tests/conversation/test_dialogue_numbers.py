"""The policy and numbers: said, read back, put right, keyed, half of either, and not known."""

import pytest

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Unheard
from tests.conversation.talk import TOOLS, Talk, call, keyed, returned, say, typed

ASKED = Context(goal="complaint_status", question="complaint_number", matter=Matter.COMPLAINT)
RIGHT, OTHER = "000054321", "000054322"
LOOK_UP = call("complaint_status", complaint_number=RIGHT)
READ = say("read_complaint_number", complaint_number=RIGHT)
READ_OTHER = say("read_complaint_number", complaint_number=OTHER)


def _asked(question, **context):
    goal = {"phone": "agent", "complaint_number": "complaint_status"}.get(question, "no_supply")
    return Context(goal=goal, question=question, **context)


def test_a_read_back_that_was_rejected():
    """Asked for again; the second time for the keypad; keyed digits need no read-back."""
    talk = Talk(ASKED)
    assert talk >> OTHER << READ_OTHER >> "no" << "ask_complaint_number_again"
    assert (talk.context.failed, talk.context.slots) == (1, {})
    assert talk >> OTHER << READ_OTHER >> "that is wrong" << "key_complaint_number"
    assert talk.context.failed == 2
    assert talk >> keyed(RIGHT) << LOOK_UP
    assert talk.context.slots == {"complaint_number": Slot(RIGHT, "keyed", verified=True)}


def test_a_third_attempt_that_fails_leads_to_a_person():
    """Whether nothing was heard, words made no number, or the read-back was rejected."""
    assert (
        Talk(ASKED)
        >> Unheard()
        << "ask_complaint_number_again"
        >> "purple elephants"
        << "key_complaint_number"
        >> Unheard()
        << "ask_callback"
        >> "yes please"
        << call("agent", reason="complaint")
    )
    talk = Talk(ASKED) >> "purple" << "ask_complaint_number_again" >> OTHER << READ_OTHER
    assert talk.context.failed == 1
    assert talk >> "no" << "key_complaint_number" >> OTHER << READ_OTHER >> "no" << "ask_callback"


@pytest.mark.parametrize(
    ("question", "keypad"),
    [("consumer_number", "key_consumer_number"), ("phone", "key_phone"), ("house", "key_house")],
)
def test_every_number_can_be_keyed_after_two_attempts(question, keypad):
    """The first attempt is asked for again, the second for the keypad."""
    area = {"area": Slot("Delta 1", "spoken"), "no_consumer_number": Slot("yes", "spoken")}
    talk = Talk(_asked(question, slots=area))
    assert talk >> "purple elephants" << f"ask_{question}_again" >> Unheard() << keypad


def test_a_phone_number_that_was_heard_wrong_twice():
    """The attempts are counted through its read-backs, too."""
    read = say("read_phone", phone="9810123456")
    talk = Talk(_asked("phone")) >> "9810123456" << read >> "no" << "ask_phone_again"
    assert talk >> "9810123456" << read >> "no" << "key_phone"


@pytest.mark.parametrize("no", ["no thank you", "no bye", "no that is all wrong"])
def test_a_no_to_a_read_back_is_no_goodbye(no):
    """However it is wrapped; a goodbye without a no is one."""
    talk = Talk(ASKED) >> OTHER << READ_OTHER >> no << "ask_complaint_number_again"
    assert talk >> OTHER << READ_OTHER >> "goodbye" << call("bye")


def test_what_may_be_yes_or_no_is_asked_again():
    """Words that hold both, or that only begin like a yes, act upon no number."""
    assert Talk(ASKED) >> RIGHT << READ >> "no that is right" << "say_yes_or_no" >> "yes" << LOOK_UP
    assert Talk(ASKED) >> RIGHT << READ >> "fine that is gone" << "say_yes_or_no"


def test_another_wish_must_be_sure_to_leave_an_open_question():
    """What only resembles one by its sound is an answer that was not understood."""
    asked = Context(goal="no_supply", question="consumer_number", matter=Matter.COMPLAINT)
    assert Talk(asked) >> "what is the statos" << "ask_consumer_number_again"
    assert Talk(asked) >> "what is the status of my complaint" << "ask_complaint_number"


def test_a_correction_in_place_of_yes_or_no():
    """The number said again, differently, is read back at once; the next one is asked for on the keypad."""
    talk = Talk(ASKED) >> OTHER << READ_OTHER >> f"no it is {RIGHT}" << READ
    assert talk.context.failed == 1
    assert talk >> "yes" << LOOK_UP
    talk = Talk(ASKED) >> OTHER << READ_OTHER >> RIGHT << READ >> f"no it is {OTHER}" << "key_complaint_number"
    assert (talk.context.failed, talk.context.slots) == (2, {})


def test_a_typed_correction_counts_as_confirmed():
    """At any attempt, and so does a keyed one."""
    slots = {"complaint_number": Slot(OTHER, "spoken")}
    confirm = Context(goal="complaint_status", question="confirm_complaint_number", failed=1, slots=slots)
    assert Talk(confirm) >> typed(RIGHT) << LOOK_UP
    assert Talk(confirm) >> keyed(RIGHT) << LOOK_UP


def test_the_same_number_again_is_no_correction():
    """With no it is rejected, with yes it is right, alone it is neither."""
    talk = Talk(ASKED) >> RIGHT << READ
    assert Talk(talk.context) >> f"no {RIGHT}" << "ask_complaint_number_again"
    assert Talk(talk.context) >> f"yes {RIGHT}" << LOOK_UP
    assert Talk(talk.context) >> RIGHT << "say_yes_or_no"


def test_a_number_of_another_length_is_no_correction():
    """The answer beside it counts."""
    talk = Talk(ASKED) >> RIGHT << READ
    assert Talk(talk.context) >> "no it is two three four" << "ask_complaint_number_again"
    assert Talk(talk.context) >> "2000001234" << "say_yes_or_no"


def test_neither_yes_nor_no():
    """Asked once more; after that the read-back counts as rejected."""
    talk = Talk(ASKED) >> RIGHT << READ >> "purple elephants" << "say_yes_or_no"
    assert (talk.context.unclear, talk.context.failed, talk.context.question) == (1, 0, "confirm_complaint_number")
    agreed = Talk(talk.context)
    assert agreed >> "yes" << LOOK_UP
    assert agreed.context.unclear == 0
    keys = Talk(talk.context)
    assert keys >> keyed(OTHER) << call("complaint_status", complaint_number=OTHER)
    assert (keys.context.unclear, keys.context.failed) == (0, 0)
    rejected = Talk(talk.context)
    assert rejected >> Unheard() << "ask_complaint_number_again"
    assert (rejected.context.unclear, rejected.context.failed) == (0, 1)
    corrected = Talk(talk.context)
    assert corrected >> OTHER << READ_OTHER
    assert corrected.context.unclear == 0


def test_one_moment_at_a_read_back():
    """It is no rejection."""
    talk = Talk(ASKED) >> RIGHT << READ
    assert talk >> "hold on" << "take_your_time" >> "yes" << LOOK_UP


def test_half_a_number():
    """Three digits or more are kept, and what follows is put after them."""
    talk = Talk(ASKED)
    assert talk >> "zero zero zero" << say("go_on", digits="000")
    assert talk.context.slots == {"so_far": Slot("000", "spoken")}
    assert (talk.context.question, talk.context.failed) == ("complaint_number", 0)
    assert talk.context.last == (say("go_on", digits="000"),)
    assert talk >> "zero five" << say("go_on", digits="00005") >> "four three two one" << READ
    assert talk.context.slots == {"complaint_number": Slot(RIGHT, "spoken")}


def test_two_digits_alone_are_no_half():
    """They may be anything."""
    assert Talk(ASKED) >> "five five" << "ask_complaint_number_again"


def test_a_whole_number_after_half_a_number():
    """It is taken as it is; the half was a false start."""
    talk = Talk(ASKED) >> "zero zero five" << say("go_on", digits="005") >> RIGHT << READ
    assert talk.context.slots == {"complaint_number": Slot(RIGHT, "spoken")}


def test_halves_that_are_too_much_together():
    """The number is asked for again, from its beginning."""
    talk = Talk(ASKED) >> "zero zero zero five four three" << say("go_on", digits="000543")
    assert talk >> "one two three four" << "ask_complaint_number_again"
    assert talk.context.slots == {}
    assert Talk(ASKED) >> "2000001234" << "ask_complaint_number_again"


def test_half_spoken_and_half_keyed():
    """Read back, for a half of it was only heard."""
    talk = Talk(ASKED) >> "zero zero zero zero" << say("go_on", digits="0000") >> keyed("54321") << READ
    assert talk.context.slots == {"complaint_number": Slot(RIGHT, "spoken")}
    talk = Talk(ASKED) >> "zero zero zero zero" << say("go_on", digits="0000") >> keyed(RIGHT) << LOOK_UP
    assert talk.context.slots == {"complaint_number": Slot(RIGHT, "keyed", verified=True)}
    talk = Talk(ASKED) >> "zero zero zero zero" << say("go_on", digits="0000")
    assert talk >> keyed("543") << say("go_on", digits="0000543") >> "two one" << READ
    assert talk.context.slots == {"complaint_number": Slot(RIGHT, "spoken")}
    talk = Talk(ASKED) >> keyed("0000") << say("go_on", digits="0000") >> "five four three two one" << READ
    assert talk.context.slots == {"complaint_number": Slot(RIGHT, "spoken")}


def test_half_a_number_is_put_right():
    """What came last is taken back, or said otherwise; what looks like no such number is asked for again."""
    talk = Talk(ASKED) >> "zero zero zero" << say("go_on", digits="000") >> "zero six" << say("go_on", digits="00006")
    assert Talk(talk.context) >> "no no" << say("go_on", digits="000") >> "zero five four three two one" << READ
    assert Talk(talk.context) >> "sorry zero five" << say("go_on", digits="00005") >> "four three two one" << READ
    assert Talk(talk.context) >> "start again, zero zero zero zero" << say("go_on", digits="0000")
    assert Talk(talk.context) >> "hold on, five four three" << say("go_on", digits="00006543")
    assert Talk(talk.context) >> "hold on" << "take_your_time"
    assert Talk(_asked("consumer_number")) >> "7990417365" << "ask_consumer_number_again"


@pytest.mark.parametrize("text", ["no the last digit is one", "no three two one"])
def test_a_number_that_was_read_back_is_put_right(text):
    """Where it is plain what is meant, it is read back again at once."""
    talk = Talk(ASKED) >> OTHER << READ_OTHER >> text << READ
    assert talk.context.failed == 1


def test_who_forgets_the_half_with_the_matter():
    """A new wish, or that the number is not known, begins anew."""
    half = Context(goal="no_supply", question="consumer_number", slots={"so_far": Slot("200", "spoken")})
    talk = Talk(half) >> "the status of my complaint" << "ask_complaint_number"
    assert talk.context.slots == {}
    talk = Talk(half) >> "i do not know" << "ask_area"
    assert talk.context.slots == {"no_consumer_number": Slot("yes", "spoken")}
    talk = Talk(half) >> "purple elephants" << "ask_consumer_number_again"
    assert talk.context.slots == {}


@pytest.mark.parametrize("mark", ["so_far", "no_consumer_number", "place_rejected", "which_side", "family"])
def test_a_new_matter_begins_anew(mark):
    """How far we had got with the one before is forgotten; what the caller told us is not."""
    slots = {mark: Slot("yes", "spoken"), "area": Slot("Delta 1", "spoken")}
    talk = Talk(Context(goal="no_supply", question="house", slots=slots)) >> "the status of my complaint"
    assert talk << "ask_complaint_number"
    assert talk.context.slots == {"area": Slot("Delta 1", "spoken")}


def test_an_attempt_before_is_not_held_against_the_next_question():
    """Who has no number after one attempt is asked for the place as if for the first time."""
    assert Talk(_asked("consumer_number", failed=1)) >> "i do not have it" << "ask_area"


@pytest.mark.parametrize("question", ["complaint_number", "house"])
def test_a_number_that_is_not_known_and_is_needed(question):
    """A person may help."""
    assert Talk(_asked(question)) >> "i do not know" << "ask_callback"
    assert Talk(_asked(question)) >> "no" << "ask_callback"


# Keys, at any moment.


@pytest.mark.parametrize(
    ("question", "digits", "answer"),
    [
        ("consumer_number", "2000001234", call("no_supply", consumer_number="2000001234")),
        ("complaint_number", RIGHT, LOOK_UP),
        ("phone", "9810123456", call("agent", reason="asked")),
    ],
)
def test_keyed_numbers_need_no_read_back(question, digits, answer):
    """They are what was pressed, in one go or in two."""
    assert Talk(_asked(question)) >> keyed(digits) << answer
    assert (
        Talk(_asked(question)) >> keyed(digits[:-1]) << say("go_on", digits=digits[:-1]) >> keyed(digits[-1]) << answer
    )
    assert Talk(_asked(question)) >> keyed(digits[:2]) << f"ask_{question}_again"


def test_a_keyed_house_beside_a_spoken_area():
    """The place is read back, for the area was only heard; one key of a yes-or-no question answers it."""
    slots = {"area": Slot("Delta 1", "spoken"), "no_consumer_number": Slot("yes", "spoken")}
    talk = Talk(_asked("house", slots=slots))
    assert talk >> keyed("1") << say("read_place", area="Delta 1", house="1")
    assert Talk(talk.context) >> keyed("1") << call("no_supply", area="Delta 1", premises="1")
    assert Talk(talk.context) >> keyed("2") << "ask_area_again"
    assert Talk(talk.context) >> keyed("12") << say("read_place", area="Delta 1", house="12")
    assert Talk(talk.context) >> keyed("3") << "say_yes_or_no"
    assert Talk(talk.context) >> keyed("12345") << "say_yes_or_no"


@pytest.mark.parametrize(
    ("key", "answer"), [("1", LOOK_UP), ("2", "ask_complaint_number_again"), ("3", "say_yes_or_no")]
)
def test_yes_and_no_by_key(key, answer):
    """1 is yes, 2 is no, no other key is either."""
    assert Talk(ASKED) >> RIGHT << READ >> keyed(key) << answer


def test_the_callback_by_key():
    """Offered by voice, taken or left by key."""
    offered = Context(question="callback_instead")
    assert Talk(offered) >> keyed("1") << call("agent", reason="asked")
    assert Talk(offered) >> keyed("2") << "ask_anything_else"
    assert Talk(offered) >> keyed("0") << "say_yes_or_no"


@pytest.mark.parametrize("question", [None, "help", "menu", "anything_else"])
def test_the_menu_s_keys_at_any_open_question(question):
    """A power cut, a person; the status, but for a caller who is asked whether there is anything else."""
    open_question = Context(question=question, failed=1)
    talk = Talk(open_question)
    assert talk >> keyed("1") << "ask_consumer_number"
    assert (talk.context.goal, talk.context.matter, talk.context.failed) == ("no_supply", Matter.COMPLAINT, 0)
    talk = Talk(open_question)
    assert talk >> keyed("0") << call("agent", reason="asked")
    assert (talk.context.goal, talk.context.matter, talk.context.failed) == ("agent", Matter.NONE, 0)
    if question == "anything_else":
        assert Talk(open_question) >> keyed("2") << call("bye")
    else:
        talk = Talk(open_question)
        assert talk >> keyed("2") << "ask_complaint_number"
        assert (talk.context.goal, talk.context.matter) == ("complaint_status", Matter.COMPLAINT)


def test_whole_numbers_keyed_at_an_open_question():
    """A complaint's is looked up; a consumer's is kept for when it is wanted; others say nothing."""
    assert Talk() >> keyed(RIGHT) << LOOK_UP
    talk = Talk() >> keyed("2000001234") << "ask_help"
    assert talk.context.slots == {"consumer_number": Slot("2000001234", "keyed", verified=True)}
    assert talk >> "my power is out" << call("no_supply", consumer_number="2000001234")
    assert Talk() >> keyed("77") << "hint"
    at_area = Context(goal="no_supply", question="area")
    assert Talk(at_area) >> keyed("2000001234") << call("no_supply", consumer_number="2000001234")
    assert Talk(at_area) >> keyed("12") << "ask_area_again"


# Numbers that are not on record.


def test_an_unknown_consumer_number():
    """Asked for once more, and then by place."""
    unknown = returned("no_supply", ok=False, reason="unknown_consumer")
    told = say("unknown_consumer", consumer_number="2000001234")
    talk = Talk(_asked("consumer_number")) >> keyed("2000001234") << call("no_supply", consumer_number="2000001234")
    assert talk >> unknown << told << "ask_consumer_number_again"
    assert (talk.context.failed, talk.context.slots) == (1, {})
    assert (
        talk
        >> "2000001234"
        << say("read_consumer_number", consumer_number="2000001234")
        >> "yes"
        << call("no_supply", consumer_number="2000001234")
        >> unknown
        << told
        << "ask_area"
    )
    assert (talk.context.failed, talk.context.slots) == (0, {"no_consumer_number": Slot("yes", "tool")})


def test_an_unknown_consumer_whose_place_is_known():
    """It is read back, and nothing of the number is held against it."""
    slots = {"area": Slot("Delta 1", "spoken"), "house": Slot("12", "spoken")}
    talk = Talk(_asked("consumer_number", failed=1, slots=slots))
    assert (
        talk
        >> returned("no_supply", ok=False, reason="unknown_consumer")
        << say("unknown_consumer", consumer_number="")
        << say("read_place", area="Delta 1", house="12")
    )
    assert talk.context.failed == 0


@pytest.mark.parametrize("reason", ["unknown_number", "bad_number"])
def test_an_unknown_complaint_number(reason):
    """Asked for again, then for the keypad, then a person: however often the caller agrees to it."""
    unknown = returned("complaint_status", ok=False, reason=reason)
    told = say("unknown_number", complaint_number=RIGHT)
    talk = Talk(ASKED)
    assert talk >> RIGHT << READ >> "yes" << LOOK_UP >> unknown << told << "ask_complaint_number_again"
    assert talk.context.slots == {}
    assert talk >> RIGHT << READ >> "yes" << LOOK_UP >> unknown << told << "key_complaint_number"
    assert talk >> keyed(RIGHT) << LOOK_UP >> unknown << told << "ask_callback"
    assert talk.context.question == "callback_instead"


# A number of the caller's own that is near.

NEAR = "000054324"
OFFER = say("offer_complaint_number", complaint_number=NEAR)


def test_a_near_number_is_offered_as_a_question():
    """It is acted upon only after a yes, and then counts as confirmed."""
    unknown = returned("complaint_status", ok=False, reason="unknown_number", nearest=NEAR)
    told = say("unknown_number", complaint_number=RIGHT)
    talk = Talk(ASKED) >> RIGHT << READ >> "yes" << LOOK_UP
    assert talk >> unknown << told << OFFER
    assert talk.context.facts() == {}
    assert talk >> "yes" << call("complaint_status", complaint_number=NEAR)
    assert talk.context.facts() == {"complaint_number": NEAR}


def test_a_near_number_that_is_not_meant():
    """One more attempt that failed: asked for again, never offered a second time, the third time on the keypad."""
    unknown = returned("complaint_status", ok=False, reason="unknown_number", nearest=NEAR)
    told = say("unknown_number", complaint_number=RIGHT)
    talk = Talk(ASKED) >> RIGHT << READ >> "yes" << LOOK_UP >> unknown << told << OFFER
    assert talk >> "no" << "ask_complaint_number_again"
    assert (talk.context.failed, talk.context.value("complaint_number")) == (1, None)
    assert talk >> RIGHT << READ >> "yes" << LOOK_UP >> unknown << told << "key_complaint_number"
    assert talk >> keyed(OTHER) << call("complaint_status", complaint_number=OTHER)


def test_a_near_number_that_is_put_right():
    """What is said against it is read back as the next attempt; what is neither yes nor no is asked for once more."""
    unknown = returned("complaint_status", ok=False, reason="unknown_number", nearest=NEAR)
    told = say("unknown_number", complaint_number=RIGHT)
    talk = Talk(ASKED) >> RIGHT << READ >> "yes" << LOOK_UP >> unknown << told << OFFER
    assert talk >> "purple elephants" << "say_yes_or_no"
    assert talk >> f"no it is {OTHER}" << READ_OTHER
    assert (talk.context.failed, talk.context.slots["complaint_number"]) == (1, Slot(OTHER, "spoken"))


@pytest.mark.parametrize("tool", ["no_supply", "bill_due"])
def test_a_near_consumer_number(tool):
    """Offered as well, whatever it is asked for."""
    slots = {"consumer_number": Slot("2990741853", "spoken", verified=True)}
    talk = Talk(Context(goal=tool, slots=slots))
    unknown = returned(tool, ok=False, reason="unknown_consumer", nearest="2990741852")
    told = say("unknown_consumer", consumer_number="2990741853")
    assert talk >> unknown << told << say("offer_consumer_number", consumer_number="2990741852")
    assert talk >> "yes" << call(tool, consumer_number="2990741852")
    talk = Talk(Context(goal=tool, slots=slots)) >> unknown
    assert talk << told << say("offer_consumer_number", consumer_number="2990741852")
    assert talk >> "no" << "ask_consumer_number_again"


def test_a_number_without_a_goal_to_serve():
    """Handed over by another engine without one: what it is for is asked."""
    assert Talk(Context(question="phone")) >> keyed("9810123456") << "ask_help"


def test_unknown_numbers_where_nothing_was_kept():
    """The answer to a tool that another engine called."""
    unknown = returned("complaint_status", ok=False, reason="unknown_number")
    assert Talk(Context()) >> unknown << say("unknown_number", complaint_number="") << "ask_complaint_number_again"
    unknown = returned("no_supply", ok=False, reason="unknown_consumer")
    assert Talk(Context()) >> unknown << say("unknown_consumer", consumer_number="") << "ask_consumer_number_again"


def test_what_is_said_last_can_be_repeated():
    """All of it, with the values of its gaps."""
    unknown = returned("complaint_status", ok=False, reason="unknown_number")
    talk = Talk(ASKED, tools=TOOLS - {"repeat"}) >> keyed(RIGHT) << LOOK_UP
    told = say("unknown_number", complaint_number=RIGHT)
    assert talk >> unknown << told << "ask_complaint_number_again"
    assert talk.context.last == (told, Line("ask_complaint_number_again"))
    assert talk >> "repeat please" << told << "ask_complaint_number_again"
