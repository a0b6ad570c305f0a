"""What may be danger, and is not plain: it is asked about, once a call, before anything else is made of it."""

import msgspec
import pytest

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.dialogue import Policy, Typed
from npcl_voice.meaning.expectation import ANYTHING
from npcl_voice.meaning.hazards import Hazard
from tests.conversation.talk import TOOLS, Talk, call, keyed, returned, say, typed, understander

ODD = "my power is out and the box at delta one behaves oddly"
NOTED = say("hazard_noted", complaint_number="000054324")
CLOSED = Slot("000054323", "typed", verified=True)
SPARKING = Hazard("P0", "sparking")


def understand(text, expecting):
    """Doubts whatever is odd."""
    got = understander().understand(text, expecting)
    return msgspec.structs.replace(got, doubt=SPARKING) if "odd" in text and got.hazard is None else got


def talk(context=None):
    return Talk(context, understand=understand)


@pytest.mark.parametrize("yes", ["yes", "haan ji", keyed("1")])
def test_who_agrees_hears_the_words_of_safety_first(yes):
    """Then there is an emergency, at the place that was told with it."""
    t = talk() >> ODD << "ask_danger"
    assert t.context.goal is None
    assert t >> yes << "safety_sparking" << call("hazard", kind="sparking", place="Delta 1")
    assert t.context.goal == "hazard"
    assert t.context.value("doubted") is None


@pytest.mark.parametrize("no", ["no", "nahi", keyed("2")])
def test_who_denies_is_answered_what_was_said_before(no):
    """As if nothing had been asked; and it is not asked a second time."""
    t = talk() >> ODD << "ask_danger" >> no << "ask_consumer_number"
    assert (t.context.goal, t.context.value("area"), t.context.value("doubted")) == ("no_supply", "Delta 1", None)
    assert t >> "i do not have it" << "ask_house"
    assert talk(msgspec.structs.replace(t.context, question="anything_else")) >> ODD << "ask_consumer_number"


def test_an_answer_to_another_question_is_one_afterwards():
    """The question that was open is open again when it is taken."""
    t = talk(Context(goal="reopen", question="reopen_why", slots={"complaint_number": CLOSED}))
    assert t >> typed("an odd smell at night") << "ask_danger"
    assert t >> "no" << call("reopen", complaint_number="000054323", reason="an odd smell at night")


@pytest.mark.parametrize("question", ["consumer_number", "callback_instead", "name"])
def test_an_answer_that_leaves_no_room_is_not_doubted(question):
    """A number, a yes or a name."""
    t = talk(Context(goal="bill_due", question=question, last=(Line("ask_help"),)))
    t >> "an odd one"
    assert t.context.question != "danger"


def test_a_theft_is_not_doubted():
    """What is told of it is of wires and poles."""
    t = talk(Context(goal="report_theft", question="theft_what", slots={"theft_area": Slot("Kasna", "spoken")}))
    assert t >> typed("an odd wire at night") << call("report_theft", area="Kasna", details="an odd wire at night")


def test_an_unclear_answer_is_asked_for_again_then_taken_for_a_no():
    """Danger in it would have been heard by itself."""
    t = talk() >> ODD << "ask_danger" >> "purple" << "say_yes_or_no"
    assert t >> "purple" << "ask_consumer_number"


def test_danger_is_not_doubted_where_there_is_danger():
    """What is plain needs no question, and what is told of it neither."""
    t = talk() >> "the transformer is burning" << call("hazard", kind="fire")
    assert t >> returned("hazard", complaint_number="000054324", place=None) << NOTED << "ask_where"
    slots = {"hazard_kind": Slot("fire", "spoken", verified=True)}
    where = Context(goal="hazard", question="where", matter=Matter.COMPLAINT, slots=slots)
    assert talk(where) >> "an odd place in delta one" << call("hazard", kind="fire", place="Delta 1")


def test_a_model_that_leads_puts_its_own_questions():
    """The policy that watches doubts nothing."""
    policy = Policy(understand, TOOLS)
    assert policy.understand(ODD, ANYTHING).doubt == SPARKING
    beside = policy.watching()
    assert not beside.doubts
    move = beside.step(talk().context, Typed(ODD))
    assert move.context.question != "danger"
    assert (beside.tools, beside.own_words) == (policy.tools, policy.own_words)


def test_what_was_doubted_is_forgotten_with_another_wish():
    """And with danger that is plain."""
    for said, goal in (("what is my bill amount", "bill_due"), ("the transformer is burning", "hazard")):
        t = talk() >> ODD << "ask_danger"
        t.policy.step(t.context, Typed(said))
        context = t.policy.step(t.context, Typed(said)).context
        assert (context.goal, context.value("doubted"), context.value("doubt_asked")) == (goal, None, "yes")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_what_was_doubted_may_not_be_known(answer):
    """Whoever asked has not told: the caller is asked what is wanted."""
    assert talk(Context(question="danger", last=(Line("ask_danger"),))) >> answer << "ask_help"


def test_a_long_story_is_not_cut_by_the_question():
    """Its matter stands at the end."""
    story = "an odd day it was, and then the guard came, and we had tea with everybody, " * 4
    assert talk() >> typed(f"{story} and my power is out") << "ask_danger" >> "no" << "ask_consumer_number"
