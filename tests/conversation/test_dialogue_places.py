"""The policy and places, danger, and what tools answer."""

import pytest

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Unheard
from npcl_voice.meaning.hazards import Hazard
from npcl_voice.meaning.understanding import Understanding
from tests.conversation.talk import Talk, call, returned, say, typed

NO_NUMBER = Slot("yes", "spoken")
LOOKED = Slot("yes", "tool")
AT_AREA = Context(goal="no_supply", question="area", matter=Matter.COMPLAINT, slots={"no_consumer_number": NO_NUMBER})
OUTSIDE = say("outside_area", place="Sector 62, Noida")
WHICH = say("which_side", place="Sector 1")


def test_a_place_that_is_not_understood():
    """Asked for once more; then a person."""
    assert Talk(AT_AREA) >> "purple elephants" << "ask_area_again" >> Unheard() << "ask_callback"


def test_a_place_that_another_company_supplies():
    """Its helpline is told, and the place is asked for once more."""
    talk = Talk(AT_AREA)
    assert talk >> "noida sector sixty two" << OUTSIDE << "ask_area_again"
    assert (talk.context.failed, talk.context.slots) == (1, {"no_consumer_number": NO_NUMBER})
    assert Talk(talk.context) >> "delta one" << "ask_house"
    assert talk >> "noida sector sixty two" << OUTSIDE << "ask_callback"


def test_a_place_on_both_sides_of_the_border():
    """Which one is meant is said in full, or with the side alone."""
    talk = Talk(AT_AREA)
    assert talk >> "sector one" << WHICH
    assert talk.context.value("which_side") == "Sector 1"
    ours = Talk(talk.context)
    assert ours >> "greater noida west" << "ask_house"
    assert ours.context.slots == {"no_consumer_number": NO_NUMBER, "area": Slot("Sector 1", "spoken"), "looked": LOOKED}
    theirs = Talk(talk.context)
    assert theirs >> "the one in noida" << say("outside_area", place="Sector 1, Noida") << "ask_callback"
    assert theirs.context.value("which_side") is None
    assert Talk(talk.context) >> "sector one greater noida west" << "ask_house"
    assert Talk(talk.context) >> "delta one" << "ask_house"
    assert Talk(talk.context) >> "sector one" << "ask_callback"


def test_a_place_whose_number_is_missing():
    """Which one is asked; its number alone is an answer, and so is another place."""
    which = say("which_number", place="Knowledge Park")
    talk = Talk(AT_AREA)
    assert talk >> "knowledge park" << which
    assert talk.context.value("family") == "Knowledge Park"
    number = Talk(talk.context)
    assert number >> "three" << "ask_house"
    assert number.context.value("area") == "Knowledge Park 3"
    assert Talk(talk.context) >> "knowledge park three" << "ask_house"
    other = Talk(talk.context)
    assert other >> "delta one" << "ask_house"
    assert other.context.value("area") == "Delta 1"
    assert talk >> "knowledge park" << "ask_callback"


def test_a_side_alone_is_no_place():
    """As long as there is nothing that it belongs to."""
    assert Talk(AT_AREA) >> "greater noida west" << "ask_area_again"


def test_a_place_that_was_rejected():
    """Both its parts are asked for again; after the second time a person is offered."""
    talk = Talk(AT_AREA)
    read = say("read_place", area="Delta 1", house="12")
    assert talk >> "delta one" << "ask_house" >> "twelve" << read >> "no" << "ask_area_again"
    assert (talk.context.question, talk.context.failed) == ("area", 1)
    rejected = Slot("yes", "spoken")
    assert talk.context.slots == {"no_consumer_number": NO_NUMBER, "looked": LOOKED, "place_rejected": rejected}
    assert talk >> "delta one" << "ask_house" >> "twelve" << read >> "that is wrong" << "ask_callback"
    assert talk >> "no" << "ask_anything_else" >> "my power is out" << "ask_consumer_number"
    assert talk.context.value("place_rejected") is None


def test_a_house_number_put_right():
    """At the read-back: with no, with wrong, or alone; the second time it is asked for on the keypad."""
    talk = Talk(AT_AREA) >> "delta one" << "ask_house" >> "twelve" << say("read_place", area="Delta 1", house="12")
    thirteen = say("read_place", area="Delta 1", house="13")
    for words in ("no thirteen", "that is wrong it is thirteen", "thirteen"):
        assert Talk(talk.context) >> words << thirteen
    assert talk >> "no thirteen" << thirteen >> "no fourteen" << "key_house"
    assert talk.context.slots == {"no_consumer_number": NO_NUMBER, "area": Slot("Delta 1", "spoken"), "looked": LOOKED}


AT_PLACE = say("read_place", area="Delta 1", house="34")


def read_back(house="thirty four"):
    return Talk(AT_AREA) >> "delta one" << "ask_house" >> house << AT_PLACE


def test_a_small_number_beside_a_yes_is_no_correction():
    """`That is the one` is a yes; another number than the one that was read back is read back in its turn."""
    talk = read_back()
    assert talk >> "yes that is the one" << call("no_supply", area="Delta 1", premises="34")
    talk = read_back()
    assert talk >> "yes forty three" << say("read_place", area="Delta 1", house="43")


@pytest.mark.parametrize(
    "said",
    [
        "house 43 in delta one, not 34",
        "no, house 43 not 34",
        "not 34, 43",
        "nahi, house 43 hai, 34 nahi",
    ],
)
def test_a_house_is_put_right_at_the_read_back(said):
    """It is read back as it is now, and acted upon only when the caller agrees."""
    talk = read_back()
    assert talk >> said << say("read_place", area="Delta 1", house="43")
    assert talk >> "yes" << call("no_supply", area="Delta 1", premises="43")


def test_an_area_is_put_right_at_the_read_back():
    """What sounds like an area beside a yes is none."""
    talk = read_back()
    assert talk >> "no it is delta two" << say("read_place", area="Delta 2", house="34")
    assert talk >> "haan sahi hai" << call("no_supply", area="Delta 2", premises="34")
    assert read_back() >> "yes, delta two, house 34" << say("read_place", area="Delta 2", house="34")


def test_a_number_that_is_too_long_puts_no_house_right():
    """Something was misheard in it."""
    assert read_back() >> "no house forty three nine thirty four" << "ask_area_again"


def test_what_is_read_back_may_be_said_once_more():
    """Who says the same agrees."""
    assert read_back() >> "delta one, house 34" << call("no_supply", area="Delta 1", premises="34")


def test_a_house_is_put_right_by_voice_once():
    """The second time it is keyed; and a place that changes at every read-back is left to a person."""
    talk = read_back()
    assert talk >> "no house 43" << say("read_place", area="Delta 1", house="43")
    assert talk >> "no house 53" << "key_house"
    talk = Talk(AT_AREA) >> typed("delta one") << "ask_house" >> typed("34") << AT_PLACE
    for house in ("35", "36", "37"):
        assert talk >> typed(f"no house {house}") << say("read_place", area="Delta 1", house=house)
    assert talk >> typed("no house 38") << "ask_callback"


def test_an_area_is_put_right_while_the_house_is_asked():
    """The house is asked again, or was told with it."""
    talk = Talk(AT_AREA) >> "zeta one" << "ask_house"
    assert talk >> "oops i said zeta one it should be zeta two" << "ask_house_again"
    assert talk >> "nine" << say("read_place", area="Zeta 2", house="9")
    talk = Talk(AT_AREA) >> "zeta one" << "ask_house"
    assert talk >> "sorry not zeta one zeta two house twelve" << say("read_place", area="Zeta 2", house="12")


def test_an_area_that_changes_for_ever_is_left_to_a_person():
    """No question is asked without an end."""
    talk = Talk(AT_AREA) >> "zeta one" << "ask_house" >> "zeta two" << "ask_house_again" >> "zeta one" << "key_house"
    assert talk >> "zeta two" << "ask_callback"


def test_a_house_that_is_told_with_the_area():
    """It is not asked for."""
    assert Talk(AT_AREA) >> "zeta two house ninety three" << say("read_place", area="Zeta 2", house="93")


@pytest.mark.parametrize(("said", "house"), [("B-204", "B-204"), ("flat 12A", "12A"), ("b-7", "B-7")])
def test_a_house_with_a_letter(said, house):
    """It keeps it, and may be said once more."""
    talk = Talk(AT_AREA) >> "delta one" << "ask_house" >> typed(said) << say("read_place", area="Delta 1", house=house)
    assert talk >> typed(f"delta 1, house {house}") << call("no_supply", area="Delta 1", premises=house)


def test_an_area_that_is_said_once_more_is_no_house():
    """The house is asked for again; and what is asked in between is answered."""
    talk = Talk(AT_AREA) >> "phi three" << "ask_house" >> "phi three i told you phi three" << "ask_house_again"
    assert talk >> "is there a power cut in phi three" << call("outage_info", area="Phi 3")
    talk = Talk(AT_AREA) >> "phi three" << "ask_house"
    assert talk >> typed("phi 3, house 12") << say("read_place", area="Phi 3", house="12")


def test_who_answers_in_other_words_has_no_number():
    """The place will do; a question gets the number asked for again."""
    at_number = Context(goal="no_supply", question="consumer_number", matter=Matter.COMPLAINT)
    talk = Talk(at_number) >> "hum abhi bazaar mein hain" << "ask_consumer_number_again"
    assert talk >> "hum abhi bazaar mein hain" << "ask_area"
    talk = Talk(at_number) >> "hello are you there" << "ask_consumer_number_again"
    assert talk >> "where do i find that number" << "key_consumer_number"
    assert Talk(at_number) >> "those papers are locked away" << "ask_area"


def test_what_is_not_wanted_any_more_is_left():
    """Nothing of it stays; danger does."""
    assert Talk(AT_AREA) >> "forget it" << "left" << "ask_anything_else" >> "leave it" << call("bye")
    assert Talk(AT_AREA) >> "never mind, i want to know my bill" << call("bill_due")
    slots = {"hazard_kind": Slot("fire", "spoken", verified=True)}
    assert Talk(Context(goal="hazard", question="where", slots=slots)) >> "forget it" << "ask_where_again"


def test_danger_on_one_side_of_the_border():
    """Asked which, the place is taken as it is said: those who go there know more with it than without."""
    slots = {"hazard_kind": Slot("fire", "spoken", verified=True)}
    talk = Talk(Context(goal="hazard", question="where", slots=slots))
    assert talk >> "sector one, by the tea stall" << WHICH
    assert talk >> "sector one by the tea stall" << call("hazard", kind="fire", place="sector one by the tea stall")


@pytest.mark.parametrize(
    ("reason", "said", "failed"),
    [("unknown_area", ("unknown_area", "ask_area_again"), 1), ("need_place", ("ask_area",), 0)],
)
def test_a_place_that_the_records_do_not_know(reason, said, failed):
    """It is asked for again, and so is the house."""
    slots = {"area": Slot("Delta 1", "spoken", verified=True), "house": Slot("12", "spoken", verified=True)}
    talk = Talk(Context(goal="no_supply", question="confirm_place", slots=slots))
    assert talk >> returned("no_supply", ok=False, reason=reason) << said
    assert talk.context.slots == {"no_consumer_number": Slot("yes", "tool")}
    assert (talk.context.question, talk.context.failed) == ("area", failed)


# Danger.


def test_danger_at_the_first_word():
    """The emergency is raised at once; then the place is asked for, and told to the same emergency."""
    talk = Talk()
    assert talk >> "a wire has fallen on the road" << call("hazard", kind="wire_down")
    assert (talk.context.goal, talk.context.matter) == ("hazard", Matter.COMPLAINT)
    assert talk.context.slots == {"hazard_kind": Slot("wire_down", "spoken", verified=True)}
    noted = say("hazard_noted", complaint_number="000054324")
    assert talk >> returned("hazard", complaint_number="000054324", level="P0", place=None) << noted << "ask_where"
    assert (talk.context.question, talk.context.goal, talk.context.matter) == ("where", "hazard", Matter.RESOLUTION)
    assert talk.context.promises == ("complaint 000054324",)
    assert talk >> "it is in delta one" << call("hazard", kind="wire_down", place="Delta 1")
    placed = say("hazard_placed", complaint_number="000054324", place="Delta 1")
    assert (
        talk
        >> returned("hazard", complaint_number="000054324", level="P0", place="Delta 1")
        << placed
        << "ask_vulnerable"
        >> "no"
        << "ask_anything_else"
    )
    assert talk.context.goal is None
    assert talk.context.promises == ("complaint 000054324",)


def test_danger_with_its_place():
    """Both at once."""
    talk = Talk() >> "a wire has fallen in delta one" << call("hazard", kind="wire_down", place="Delta 1")
    assert talk.context.slots["place"] == Slot("Delta 1", "spoken")
    placed = say("hazard_placed", complaint_number="000054324", place="Delta 1")
    assert talk >> returned("hazard", complaint_number="000054324", place="Delta 1") << placed << "ask_vulnerable"


@pytest.mark.parametrize(
    "question", ["consumer_number", "area", "house", "complaint_number", "anything_else", "callback_instead", "menu"]
)
def test_danger_at_any_question(question):
    """Nothing else that was asked for is more urgent."""
    context = Context(goal="no_supply", question=question, slots={"so_far": Slot("200", "spoken")}, failed=1)
    talk = Talk(context) >> "there is a fire in my house" << call("hazard", kind="fire")
    assert (talk.context.question, talk.context.failed) == (None, 0)
    assert talk.context.value("so_far") is None


def test_the_safety_words_where_nobody_else_says_them():
    """Before the emergency is raised."""
    assert Talk(own_words=True) >> "there is a fire in my house" << "safety_fire" << call("hazard", kind="fire")


def test_the_same_danger_again_is_an_answer():
    """With the place it goes to the emergency that is raised; another danger is another emergency."""
    raised = Context(goal="hazard", question="where", slots={"hazard_kind": Slot("fire", "spoken", verified=True)})
    assert Talk(raised) >> "the fire is in delta one" << call("hazard", kind="fire", place="Delta 1")
    assert Talk(raised) >> "there is a fire" << "ask_where_again"
    assert Talk(raised) >> "somebody got an electric shock" << call("hazard", kind="shock")
    over = Context(question="anything_else", slots=raised.slots | {"place": Slot("Delta 1", "spoken")})
    assert Talk(over) >> "there is a fire in my house" << call("hazard", kind="fire")


def test_a_place_of_danger_that_is_not_understood():
    """Asked for once more; the emergency stands without it."""
    raised = Context(goal="hazard", question="where", slots={"hazard_kind": Slot("fire", "spoken", verified=True)})
    talk = Talk(raised) >> "purple elephants" << "ask_where_again"
    assert talk >> "purple elephants" << "ask_anything_else"
    assert talk.context.goal is None
    assert Talk(raised) >> "my power is out" << "ask_where_again"
    outside = Talk(raised) >> "noida sector sixty two" << OUTSIDE << "ask_where_again"
    assert outside >> "noida sector sixty two" << OUTSIDE << "ask_anything_else"


def test_an_emergency_that_keeps_no_place():
    """The place was asked for once: that was enough."""
    raised = Context(goal="hazard", question="where", slots={"hazard_kind": Slot("fire", "spoken", verified=True)})
    noted = say("hazard_noted", complaint_number="000054324")
    assert Talk(raised) >> returned("hazard", complaint_number="000054324") << noted << "ask_anything_else"


def test_an_emergency_without_its_kind():
    """Handed over damaged: the tool is asked, and says what it needs."""
    assert Talk(Context(goal="hazard", question="where")) >> "delta one" << call("hazard", kind="", place="Delta 1")


# What tools answer.


def test_a_tool_that_is_not_ours():
    """It is one that we cannot use."""
    talk = Talk(Context(goal="no_supply", question="area", failed=1))
    assert talk >> returned("weather", ok=False, reason="unavailable") << "cannot" << "ask_anything_else"
    assert (talk.context.goal, talk.context.failed) == (None, 0)


@pytest.mark.parametrize("tool", ["no_supply", "complaint_status", "hazard", "agent"])
def test_a_refusal_that_makes_no_sense(tool):
    """Nothing is made of it."""
    assert Talk() >> returned(tool, ok=None) << "not_now" << "ask_anything_else"


def test_a_tool_of_another_kind_that_could():
    """What it answered is not ours to tell."""
    assert Talk() >> returned("weather", sunny=True) << "cannot" << "ask_anything_else"


@pytest.mark.parametrize("tool", ["no_supply", "complaint_status", "hazard", "agent"])
def test_an_answer_that_makes_no_sense(tool):
    """Nothing in it is spoken, nothing is promised, and the matter stays open."""
    talk = Talk(Context(goal="no_supply", matter=Matter.COMPLAINT))
    assert talk >> returned(tool) << "not_now" << "ask_anything_else"
    assert (talk.context.goal, talk.context.promises, talk.context.matter) == (None, (), Matter.COMPLAINT)


def test_an_outage_is_told_before_the_number():
    """And all of it can be repeated."""
    outage = {"cause": None, "expected_at": None}
    result = returned("no_supply", complaint_number="000054324", repeat=True, area="Delta 1", outage=outage)
    talk = Talk(Context(goal="no_supply", matter=Matter.COMPLAINT))
    lines = (
        say("outage_known", area="Delta 1"),
        Line("no_time_yet"),
        say("registered_already", complaint_number="000054324"),
        Line("ask_anything_else"),
    )
    assert talk >> result << lines
    assert talk.context.last == lines


def test_words_that_carry_everything_at_once():
    """Danger first; a person before any other wish."""
    got = Understanding("x", intent="agent", hazard=Hazard("P0", "fire"), slots={"area": "Delta 1"})
    assert Talk(understand=lambda text, expects: got) >> "x" << call("hazard", kind="fire", place="Delta 1")


def test_what_is_understood_depends_on_the_question():
    """The understanding is told what is expected."""
    asked = []

    def understand(text, expecting):
        asked.append((text, expecting.kind.value, expecting.lengths))
        return Understanding(text)

    Talk(Context(), understand=understand) >> "a"
    Talk(Context(question="complaint_number"), understand=understand) >> typed("b")
    Talk(Context(question="callback_instead"), understand=understand) >> "c"
    assert asked == [("a", "any", ()), ("b", "number", (9,)), ("c", "yes_no", ())]
