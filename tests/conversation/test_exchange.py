"""One caller's talk with the policy: heard, answered, taken back, and handed over."""

import pytest

from npcl_voice.conversation.context import Context, Line, Matter
from npcl_voice.conversation.dialogue import Policy, Spoken, Unheard
from npcl_voice.conversation.exchange import Exchange, said_mark
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.questions import is_answered
from tests.conversation.talk import TOOLS, call, keyed, returned, say, typed, understander

GREETED = Context(question="help", last=(Line("greeting"),))
DONE = returned("no_supply", complaint_number="000054324", repeat=False, outage=None)
DONE_LINE = say("registered", complaint_number="000054324")


@pytest.fixture
def policy():
    return Policy(understander().understand, TOOLS)


@pytest.fixture
def exchange(policy):
    return Exchange(policy, GREETED)


def _answer(exchange, *heard):
    for one in heard:
        exchange.hear(Spoken(one) if isinstance(one, str) else one)
    move = exchange.answer()
    assert move.context == exchange.context
    return [*(line.phrase for line in move.lines), *([move.call] if move.call else [])]


def test_an_exchange_begins_with_nothing(policy):
    """Nothing known, nothing waiting."""
    exchange = Exchange(policy)
    assert exchange.policy is policy
    assert exchange.context == Context()
    assert not exchange.waiting


def test_what_was_heard_is_answered_once(exchange):
    """Afterwards nothing waits; with nothing heard the open question is asked again."""
    exchange.hear(Spoken("my power is out"))
    assert exchange.waiting
    assert _answer(exchange) == ["ask_consumer_number"]
    assert not exchange.waiting
    assert exchange.context.question == "consumer_number"
    assert _answer(exchange) == ["ask_consumer_number"]


def test_words_that_came_in_pieces_are_one_turn(exchange):
    """A number said in two breaths; what was typed in two lines."""
    assert _answer(exchange, "my complaint number is zero zero zero zero", "five four three two one") == [
        "read_complaint_number"
    ]
    assert exchange.context.value("complaint_number") == "000054321"
    assert _answer(exchange, typed("no it is"), typed("000054322")) == [
        call("complaint_status", complaint_number="000054322")
    ]


def test_words_of_another_kind_between_keep_them_apart(exchange):
    """Spoken, keyed and typed are answered one after the other; only the last answer is given."""
    assert _answer(exchange, "my power is out", keyed("2"), "purple elephants") == ["key_consumer_number"]
    _answer(exchange, "i do not have it")
    assert _answer(exchange, Unheard(), typed("delta one")) == [call("no_supply", area="Delta 1")]


def test_a_tool_s_answer_is_told_though_the_caller_went_on(exchange):
    """Without its question, which the caller has overtaken."""
    _answer(exchange, typed("no power 2000001234"))
    assert _answer(exchange, DONE, "what is the status of my complaint") == ["registered", "ask_complaint_number"]
    assert exchange.context.promises == ("complaint 000054324",)


def test_a_tool_s_answer_after_the_caller_s_words(exchange):
    """It is told in full."""
    _answer(exchange, typed("no power 2000001234"))
    assert _answer(exchange, "purple elephants", DONE) == ["registered", "ask_anything_else"]


def test_only_the_words_of_tools_are_kept(exchange):
    """What else would have been said before the caller's last word is left out."""
    _answer(exchange, typed("no power 2000001234"))
    assert _answer(exchange, "purple elephants", DONE, keyed("12"), "bye") == ["registered", call("bye")]


def test_a_tool_that_is_called_ends_the_answer(exchange):
    """What was heard after it waits for the tool, and is not lost."""
    _answer(exchange, typed("no power"))
    assert _answer(exchange, keyed("2000001234"), "talk to a person") == [
        call("no_supply", consumer_number="2000001234")
    ]
    assert exchange.waiting
    assert _answer(exchange, DONE) == [call("agent", reason="complaint")]
    assert exchange.waiting
    booked = returned("agent", window="soon")
    assert _answer(exchange, booked) == ["registered", "callback_booked", "ask_anything_else"]
    assert not exchange.waiting


def test_an_answer_that_nobody_heard(exchange):
    """It is forgotten, and what led to it is answered together with what came after."""
    assert _answer(exchange, "my power is out") == ["ask_consumer_number"]
    exchange.undo()
    assert exchange.context == GREETED
    assert exchange.waiting
    exchange.undo()
    assert _answer(exchange, "in delta one") == [call("no_supply", area="Delta 1")]
    assert exchange.context.value("area") == "Delta 1"
    assert exchange.context.question == "consumer_number"


def test_only_the_last_answer_can_be_taken_back(exchange):
    """The one before it was heard."""
    _answer(exchange, "my power is out")
    heard = exchange.context
    _answer(exchange, "i do not have it")
    exchange.undo()
    exchange.undo()
    assert exchange.context == heard
    assert _answer(exchange) == ["ask_area"]


def test_taking_back_what_called_a_tool_doubles_nothing(exchange):
    """What waits behind the call is heard once."""
    _answer(exchange, typed("no power"))
    before = exchange.context
    _answer(exchange, keyed("2000001234"), "purple elephants")
    exchange.undo()
    assert exchange.context == before
    assert _answer(exchange) == [call("no_supply", consumer_number="2000001234")]
    assert _answer(exchange, DONE) == ["registered", "ask_anything_else"]


def test_taking_back_the_open_question(exchange):
    """Nothing led to it, so nothing is heard again."""
    _answer(exchange)
    exchange.undo()
    assert exchange.context == GREETED
    assert not exchange.waiting


def test_nothing_to_take_back(exchange):
    """Before any answer, and after a facts block: what it says was true before."""
    exchange.undo()
    assert exchange.context == GREETED
    _answer(exchange, "my power is out")
    exchange.resume(Context(question="area"))
    exchange.undo()
    assert exchange.context == Context(question="area")
    assert not exchange.waiting


def test_a_facts_block_holds_what_was_heard_before_it(exchange):
    """Nothing of it is heard twice."""
    exchange.hear(Spoken("my power is out"))
    exchange.note(write_facts(Context(goal="no_supply", question="house", matter=Matter.COMPLAINT)))
    assert not exchange.waiting
    assert _answer(exchange) == ["ask_house"]


def test_what_our_own_voice_said():
    """The mark that stands before the words tells which phrase it was."""
    assert said_mark("greeting") == "[said greeting] "


def test_our_own_greeting_opens_the_first_question(policy):
    """It can be repeated, and the first question is open."""
    exchange = Exchange(policy)
    exchange.note("[said greeting] Namaste, this is the automated assistant.")
    assert exchange.context == GREETED
    later = Context(question="area", goal="no_supply", last=(Line("ask_area"),))
    exchange.resume(later)
    exchange.note("[said greeting] Namaste.")
    assert exchange.context == later


@pytest.mark.parametrize("text", ["", "hello", "said greeting", "[said idle] Are you there?", " [said greeting] x"])
def test_other_notes_change_nothing(policy, text):
    """They are for models that read."""
    exchange = Exchange(policy)
    exchange.note(text)
    assert exchange.context == Context()


OUTAGE = [
    "my power is out",
    "two zero zero zero",
    "zero zero one two three four",
    "yes",
    returned("no_supply", ok=False, reason="unknown_consumer"),
    "i do not have it",
    "sector one",
    "greater noida west",
    "twelve",
    "purple elephants",
    "no thirteen",
    "yes",
    DONE,
    "repeat please",
    returned("repeat", said=""),
    "no thank you",
    returned("bye"),
]
STATUS = [
    Unheard(),
    "purple elephants",
    keyed("2"),
    "zero zero zero zero five four three two two",
    "that is wrong",
    "zero zero zero",
    keyed("054321"),
    "no",
    keyed("000054321"),
    returned("complaint_status", complaint_number="000054321", status="resolved"),
    "talk to a person",
    returned("agent", ok=False, reason="no_number"),
    "one moment please",
    "nine eight one zero one two three four five six",
    keyed("1"),
    returned("agent", window="within 30 minutes"),
    "bye",
]
HAZARD = [
    "my power is out",
    "i do not know",
    "a wire has fallen",
    returned("hazard", complaint_number="000054324", place=None),
    "purple elephants",
    "in delta one",
    returned("hazard", complaint_number="000054324", place="Delta 1"),
    "no",
    "yes",
    "the status of my complaint",
    "i do not have it",
    "purple elephants",
    "purple elephants",
    "that is all",
]


@pytest.mark.parametrize("dialogue", [OUTAGE, STATUS, HAZARD], ids=["outage", "status", "hazard"])
def test_another_engine_goes_on_after_any_event(policy, dialogue):
    """Stopped after every event, its facts block given to a fresh engine: the rest of the talk is the same.

    Asked with nothing new, the fresh engine asks the open question; with none open, it calls the tool
    that the matter waits for.
    """
    one = Exchange(policy)
    one.note(said_mark("greeting") + "Namaste.")
    whole = []
    for at, heard in enumerate(dialogue):
        other = Exchange(policy)
        other.note(write_facts(one.context))
        assert other.context == one.context
        rest = [_answer(other, following) for following in dialogue[at:]]
        asked_again = Exchange(policy)
        asked_again.note(write_facts(one.context))
        move = asked_again.answer()
        if one.context.goal is not None and is_answered(one.context):
            assert move.call is not None
            assert asked_again.context == one.context
        else:
            assert move.call is None
            assert asked_again.context.question == (one.context.question or "help")
            assert asked_again.context.failed == one.context.failed
        whole.append((_answer(one, heard), rest))
    answers = [answer for answer, _ in whole]
    for at, (_, rest) in enumerate(whole):
        assert rest == answers[at:]


def test_what_the_three_talks_come_to(policy):
    """Their answers, from the first to the last."""
    said = {}
    for name, dialogue in {"outage": OUTAGE, "status": STATUS, "hazard": HAZARD}.items():
        exchange = Exchange(policy, GREETED)
        said[name] = [(_answer(exchange, heard) or [None])[-1] for heard in dialogue]
    assert said["outage"] == [
        "ask_consumer_number",
        "go_on",
        "read_consumer_number",
        call("no_supply", consumer_number="2000001234"),
        "ask_consumer_number_again",
        "ask_area",
        "which_side",
        call("no_supply", area="Sector 1"),
        "read_place",
        "say_yes_or_no",
        "read_place",
        call("no_supply", area="Sector 1", premises="13"),
        "ask_anything_else",
        call("repeat"),
        "ask_anything_else",
        call("bye"),
        None,
    ]
    assert said["status"][:11] == [
        "hint",
        "menu",
        "ask_complaint_number",
        "read_complaint_number",
        "ask_complaint_number_again",
        "go_on",
        "read_complaint_number",
        "key_complaint_number",
        call("complaint_status", complaint_number="000054321"),
        "ask_anything_else",
        call("agent", reason="resolution"),
    ]
    assert said["hazard"] == [
        "ask_consumer_number",
        "ask_area",
        call("hazard", kind="wire_down"),
        "ask_where",
        "ask_where_again",
        call("hazard", kind="wire_down", place="Delta 1"),
        "ask_vulnerable",
        "ask_anything_else",
        "ask_help",
        "ask_complaint_number",
        "ask_callback",
        "say_yes_or_no",
        "ask_anything_else",
        call("bye"),
    ]


# Bugs of ours.


def _breaks(policy, monkeyed=ZeroDivisionError):
    """The same policy, with an understanding that breaks over one word."""

    def understand(text, expecting):
        if "mercury" in text:
            raise monkeyed(text)
        return policy.understand(text, expecting)

    return Policy(understand, policy.tools)


def test_a_bug_over_a_sentence_is_told_and_keeps_the_matter_open(policy):
    """The question is asked again, and the answer to it goes on where the call was."""
    exchange = Exchange(_breaks(policy), GREETED)
    _answer(exchange, "my power is out")
    exchange.hear(Spoken("it is mercury"))
    move = exchange.answer()
    assert move.error == "ZeroDivisionError"
    assert [line.phrase for line in move.lines] == ["stumbled", "ask_consumer_number"]
    assert (exchange.context.goal, exchange.context.matter) == ("no_supply", Matter.COMPLAINT)
    assert _answer(exchange, keyed("2990741852")) == [call("no_supply", consumer_number="2990741852")]


def test_the_second_bug_has_a_person_call_back(policy):
    """Nobody is left with a program that does not work."""
    exchange = Exchange(_breaks(policy), GREETED)
    _answer(exchange, "mercury")
    assert _answer(exchange, "mercury again") == ["stumbled", call("agent", reason="our own failure")]
    without = Exchange(Policy(_breaks(policy).understand, frozenset()), GREETED)
    _answer(without, "mercury")
    assert _answer(without, "mercury again") == ["stumbled", "ask_help"]


def test_a_bug_is_taken_back_with_the_answer(policy):
    """Of which nobody heard anything."""
    exchange = Exchange(_breaks(policy), GREETED)
    _answer(exchange, "mercury")
    exchange.undo()
    assert exchange.context == GREETED
