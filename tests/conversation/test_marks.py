"""How what a caller put in is marked in the items that an engine gets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npcl_voice.conversation.dialogue import Keyed, Policy, Returned, Spoken, Typed, Unheard
from npcl_voice.conversation.exchange import Exchange, said_mark
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.marks import KEYPAD_MARK, SPOKEN_MARK, marked, unmarked
from tests.conversation.talk import TOOLS, returned, typed, understander
from tests.conversation.test_exchange import HAZARD, OUTAGE, STATUS


@pytest.mark.parametrize(
    ("put", "text"),
    [
        (Typed("my power is out"), "my power is out"),
        (Spoken("my power is out"), "[spoken] my power is out"),
        (Keyed("000054321"), "[keypad] 000054321"),
        (Typed(""), ""),
    ],
)
def test_what_was_put_in_says_where_it_came_from(put, text):
    """Typed words stand as they are; the marks are those that models are told of."""
    assert marked(put) == text
    assert unmarked(text) == put
    assert (KEYPAD_MARK, SPOKEN_MARK) == ("[keypad] ", "[spoken] ")


@given(st.text(), st.sampled_from([Spoken, Keyed]))
def test_marked_words_come_back_as_they_were(text, kind):
    """Whatever is in them."""
    assert unmarked(marked(kind(text))) == kind(text)


def test_only_a_whole_mark_at_the_beginning_counts():
    """Anything else was typed so."""
    for text in ("[spoken]yes", " [spoken] yes", "[Spoken] yes", "spoken yes", "yes [keypad] 1"):
        assert unmarked(text) == Typed(text)


def _read_back(exchange, text):
    exchange.hear(unmarked(text))
    return exchange.answer()


def test_a_spoken_number_is_read_back_by_the_next_engine():
    """A typed one counts as confirmed."""
    for text, answer in (
        ("[spoken] my complaint number is zero zero zero zero five four three two one", "read_complaint_number"),
        ("my complaint number is 000054321", None),
    ):
        move = _read_back(Exchange(Policy(understander().understand, TOOLS)), text)
        assert (move.lines[-1].phrase if move.lines else None) == answer
        assert (move.call is None) is (answer is not None)


TYPED = [typed("no power 2000001234"), typed("the status of complaint 000054321"), typed("talk to a person")]
MIXED = [*OUTAGE[:7], *TYPED, *STATUS[:9], returned("agent", window="soon"), *HAZARD[2:7]]


def _put_in(exchange, heard):
    """As an engine gets it: words and keys as the text of an item, tools' answers by their names."""
    exchange.hear(heard if isinstance(heard, Returned | Unheard) else unmarked(marked(heard)))


@pytest.mark.parametrize("dialogue", [OUTAGE, STATUS, HAZARD, MIXED], ids=["outage", "status", "hazard", "mixed"])
@settings(deadline=None)
@given(st.data())
def test_another_engine_answers_what_the_first_left_unanswered(dialogue, data):
    """Cut anywhere, with any number of inputs waiting: facts, then the inputs, and the talk is the same."""
    heard = [Spoken(one) if isinstance(one, str) else one for one in dialogue]
    policy = Policy(understander().understand, TOOLS)
    first = Exchange(policy)
    first.note(said_mark("greeting") + "Namaste.")
    answered = data.draw(st.integers(0, len(heard) - 1))
    waiting = data.draw(st.integers(answered + 1, len(heard)))
    for one in heard[:answered]:
        first.hear(one)
        first.answer()
    second = Exchange(policy)
    second.note(said_mark("greeting") + "Namaste.")
    _put_in(second, Typed("what was put in before the facts"))
    second.note(write_facts(first.context))
    for one in heard[answered:waiting]:
        first.hear(one)
        _put_in(second, one)
    assert second.answer() == first.answer()
    for one in heard[waiting:]:
        first.hear(one)
        _put_in(second, one)
        assert second.answer() == first.answer()
    assert (second.context, second.waiting) == (first.context, first.waiting)
