"""The questions, and what answer each one wants."""

import pytest

from npcl_voice.conversation.context import Context, Slot
from npcl_voice.conversation.phrases import languages, load_phrases
from npcl_voice.conversation.questions import (
    NUMBER_LENGTHS,
    QUESTIONS,
    expectation_of,
    is_answered,
    is_open,
    read_back_of,
    values_of,
)
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind

TABLE = """
help                     ask_help              hint                       any     -                -                    -                        -
menu                     menu                  menu                       any     -                -                    -                        -
anything_else            ask_anything_else     ask_anything_else_again    any     -                -                    -                        -
consumer_number          ask_consumer_number   ask_consumer_number_again  10      consumer_number  key_consumer_number  confirm_consumer_number  -
confirm_consumer_number  read_consumer_number  say_yes_or_no              yes_no  -                -                    -                        consumer_number
complaint_number         ask_complaint_number  ask_complaint_number_again 9       complaint_number key_complaint_number confirm_complaint_number -
confirm_complaint_number read_complaint_number say_yes_or_no              yes_no  -                -                    -                        complaint_number
phone                    ask_phone             ask_phone_again            10      phone            key_phone            confirm_phone            -
confirm_phone            read_phone            say_yes_or_no              yes_no  -                -                    -                        phone
area                     ask_area              ask_area_again             any     area             -                    -                        -
house                    ask_house             ask_house_again            1,2,3,4 house            key_house            confirm_place            -
confirm_place            read_place            say_yes_or_no              yes_no  -                -                    -                        area,house
where                    ask_where             ask_where_again            any     place            -                    -                        -
callback_instead         ask_callback          say_yes_or_no              yes_no  -                -                    -                        -
name                     ask_name              ask_name_again             person  name             -                    confirm_name             -
confirm_name             read_name             say_yes_or_no              yes_no  -                -                    -                        name
vulnerable               ask_vulnerable        say_yes_or_no              yes_no  -                -                    -                        -
danger                   ask_danger            say_yes_or_no              yes_no  -                -                    -                        -
try_again                ask_try_again         say_yes_or_no              yes_no  -                -                    -                        -
window                   ask_window            ask_window_again           any     window           key_window           -                        -
theft_where              ask_theft_where       ask_theft_where_again      any     theft_area       -                    -                        -
theft_what               ask_theft_what        ask_theft_what_again       any     theft_details    -                    -                        -
reopen_why               ask_reopen_why        ask_reopen_why_again       any     reopen_reason    -                    -                        -
close_code               ask_close_code        ask_close_code_again       6       code             key_close_code       -                        -
"""  # noqa: E501 - a table reads best with one row a line


def _expected(word):
    if word == "person":
        return Expectation(person=True)
    lengths = tuple(int(part) for part in word.split(",") if part.isdigit())
    return Expectation(Kind.NUMBER, lengths) if lengths else Expectation(Kind(word))


@pytest.mark.parametrize("row", [tuple(row.split()) for row in TABLE.strip().splitlines()], ids=lambda row: row[0])
def test_what_each_question_asks_and_wants(row):
    """The whole table, as it was agreed."""
    name, phrase, again, expects, *rest = row
    slot, keypad, confirm, reads = (None if word == "-" else word for word in rest)
    question = QUESTIONS[name]
    assert (question.phrase, question.again) == (phrase, again)
    assert question.expects == _expected(expects)
    assert (question.slot, question.keypad, question.confirm) == (slot, keypad, confirm)
    assert question.reads == (tuple(reads.split(",")) if reads else ())


def test_how_words_are_taken():
    """As a place, unless the question wants a name, a time of day, or whatever was said."""
    assert {name: spec.reads_as for name, spec in QUESTIONS.items() if spec.reads_as != "place"} == {
        "name": "name",
        "window": "window",
        "theft_what": "words",
        "reopen_why": "words",
    }


def test_no_question_is_forgotten():
    """The list above is the whole table, in its order."""
    assert list(QUESTIONS) == [row.split()[0] for row in TABLE.strip().splitlines()]


def test_the_lengths_that_the_product_asks_for():
    """House numbers of one to four digits, closing codes of six, complaints of nine, consumers and phones of ten."""
    assert NUMBER_LENGTHS == (1, 2, 3, 4, 6, 9, 10)


def test_what_is_expected_while_nothing_or_something_was_asked():
    """Anything, until a question says more."""
    assert expectation_of(None) is ANYTHING
    assert expectation_of("help") is ANYTHING
    assert expectation_of("confirm_place") is YES_OR_NO
    assert expectation_of("complaint_number") == Expectation(Kind.NUMBER, (9,))


@pytest.mark.parametrize("language", languages())
def test_a_question_fills_the_gaps_of_its_phrases(language):
    """What a question speaks of are the slots that it reads back."""
    phrases = load_phrases(language)
    for question in QUESTIONS.values():
        for phrase in (question.phrase, question.again, question.keypad or question.phrase):
            assert phrases.gaps(phrase) <= set(question.reads), phrase


def test_a_read_back_belongs_to_a_question():
    """The one whose answer it reads; a question that reads nothing back belongs to none."""
    assert read_back_of("confirm_phone") == "phone"
    assert read_back_of("confirm_place") == "house"
    assert read_back_of("area") is None


def test_what_a_read_back_is_filled_with():
    """The slots that it reads, and no other."""
    context = Context(slots={name: Slot(name.upper(), "spoken") for name in ("area", "house", "phone")})
    assert values_of(context, "confirm_place") == {"area": "AREA", "house": "HOUSE"}
    assert values_of(context, "phone") == {}


@pytest.mark.parametrize(
    ("question", "known", "confirmed", "answered"),
    [
        (None, "", "", True),
        ("help", "", "", False),
        ("anything_else", "area", "phone", False),
        ("callback_instead", "", "phone", False),
        ("consumer_number", "", "", False),
        ("consumer_number", "consumer_number", "", False),
        ("consumer_number", "", "consumer_number", True),
        ("confirm_consumer_number", "consumer_number", "", False),
        ("confirm_consumer_number", "", "consumer_number", True),
        ("confirm_place", "area", "house", False),
        ("confirm_place", "", "area house", True),
        ("where", "", "", False),
        ("where", "place", "", True),
        ("area", "place", "house", False),
    ],
)
def test_whether_a_question_is_answered(question, known, confirmed, answered):
    """A number once it is confirmed, a place that nobody reads back once it is known."""
    slots = {name: Slot("1", "spoken") for name in known.split()}
    slots |= {name: Slot("1", "spoken", verified=True) for name in confirmed.split()}
    assert is_answered(Context(question=question, slots=slots)) is answered


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        *((one, True) for one in (None, "help", "menu", "anything_else", "reopen_why")),
        *((one, False) for one in ("name", "area", "window", "consumer_number", "callback_instead")),
    ],
)
def test_a_question_to_which_anything_may_be_said(question, is_so):
    """Neither numbers nor names nor yes and no."""
    assert is_open(question) is is_so
