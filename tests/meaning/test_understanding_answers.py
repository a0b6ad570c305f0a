"""Understanding answers: yes and no in all their forms, murmurs, and the numbers and places that are told."""

import pytest

from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind
from npcl_voice.meaning.places import Places
from npcl_voice.meaning.telling import name_answered
from npcl_voice.meaning.understanding import Understander, is_backchannel, is_beside_a_number, tells_of_theft

ALONE = Understander({}, Places(packaged_areas()))
NINE = Expectation(Kind.NUMBER, (9,))
TEN = Expectation(Kind.NUMBER, (10,))
HOUSE = Expectation(Kind.NUMBER, (1, 2, 3, 4))

YES = """
yes
yes it is
haan ji
ji
ha
okay
ok please do
correct
that's right
that is correct
sure
hmm
of course
it is
this is the one
right
please go ahead
i do
""".strip().splitlines()

NO = """
no
nope
nahi
no thank you
no it is not
yes no
not now
i do not think so
never mind
no light
it is not
nahi ji
no need
""".strip().splitlines()

WRONG = """
that is wrong
no that's wrong
wrong number
not correct
this is not my number
no i said something else
yes that is incorrect
let me give it again
you got a mistake
correct it please
i meant another one
galat hai
that is not right
i want to repeat the number
""".strip().splitlines()

UNKNOWN = """
i don't know
i do not have it
i do not remember the number
no idea
i am not sure
i forgot
i lost the bill
no bill
i have not got it
it is not with me
""".strip().splitlines()

WAIT = """
one minute
just a second please
hold on
wait
let me check
please wait
i am looking for it
""".strip().splitlines()

ANSWERS = [
    *((text, "yes") for text in YES),
    *((text, "no") for text in NO),
    *((text, "wrong") for text in WRONG),
    *((text, "unknown") for text in UNKNOWN),
    *((text, "wait") for text in WAIT),
    *(
        (text, None)
        for text in [
            "my house is blue",
            "it is twelve",
            "i will tell you",
            "one minute ago",
            "no it is correct",
            "fine that is gone",
            "okay the light is back",
        ]
    ),
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_an_answer_to_a_yes_or_no_question(text: str, answer: str | None) -> None:
    """Yes, no, wrong, unknown, or wait."""
    got = ALONE.understand(text, YES_OR_NO)
    assert got.answer == answer
    if answer:
        assert got.confidence == 0.9


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"),
        ("okay", None),
        ("hmm", None),
        ("it is", None),
        ("no light", None),
        ("no number", "unknown"),
        ("no there is no light", "no"),
        ("yes there is no light", "yes"),
        ("right now there is no light", None),
        ("correct number is 000054321", None),
        ("i don't know why there is no light", None),
        ("i do not have the complaint number what is the status", None),
        ("it is not coming", "no"),
        ("i could not hear you", None),
        ("no i could not hear you", "no"),
        ("hold on", "wait"),
        ("thank you", None),
        ("no it is fine", "no"),
    ],
)
def test_an_answer_where_none_was_asked_for(text: str, answer: str | None) -> None:
    """Only what begins as one, when the sentence wants something; no murmur is a yes."""
    assert ALONE.understand(text, ANYTHING).answer == answer


@pytest.mark.parametrize(
    ("text", "expecting", "slots"),
    [
        # By shape.
        (
            "my number is zero zero zero zero five four three two one",
            ANYTHING,
            {"complaint_number": "000054321", "number": "000054321"},
        ),
        (
            "two nine nine oh four one seven three six five",
            TEN,
            {"consumer_number": "2990417365", "number": "2990417365"},
        ),
        ("+91 98765 43210", ANYTHING, {"phone": "9876543210", "number": "919876543210"}),
        ("91 18765 43210", ANYTHING, {"number": "911876543210"}),
        ("81 98765 43210", ANYTHING, {"number": "819876543210"}),
        ("9876543210", TEN, {"phone": "9876543210", "number": "9876543210"}),
        ("five four three two", ANYTHING, {"number": "5432"}),
        # Short numbers count where a number was asked for.
        ("fifty four", ANYTHING, {}),
        ("fifty four", NINE, {"number": "54"}),
        ("two of us have come", NINE, {}),
        ("three hundred of us", NINE, {"number": "300"}),
        # The one that fits is the one that was asked for.
        (
            "flat 204 complaint 000054321",
            NINE,
            {"house": "204", "complaint_number": "000054321", "number": "000054321"},
        ),
        ("000054 the rest is 321", NINE, {"complaint_number": "000054321", "number": "000054321"}),
        ("0000 light 5432", NINE, {"number": "00005432"}),
        (
            "12 complaint 000054321 consumer 2990417365",
            ANYTHING,
            {"complaint_number": "000054321", "consumer_number": "2990417365", "number": "2990417365"},
        ),
        ("zero five four i mean five five", Expectation(Kind.NUMBER, (3, 9)), {"number": "055"}),
        # Corrections of what was read back.
        ("no it is four five six", YES_OR_NO, {"number": "456"}),
        ("no it is twelve", YES_OR_NO, {"number": "12"}),
        ("that is wrong twelve", YES_OR_NO, {"number": "12"}),
        ("it is twelve", YES_OR_NO, {"number": "12"}),
        ("this is the one thing", YES_OR_NO, {}),
        ("yes 12 of them", YES_OR_NO, {}),
        ("the correct number is 000054321", YES_OR_NO, {"complaint_number": "000054321", "number": "000054321"}),
        # House numbers.
        ("twelve", HOUSE, {"number": "12", "house": "12"}),
        ("flat b 204", HOUSE, {"number": "204", "house": "B-204"}),
        ("house number 12a", ANYTHING, {"house": "12A"}),
        ("house no. is 12 b", ANYTHING, {"house": "12B"}),
        ("plot 12 i am there", ANYTHING, {"house": "12"}),
        ("my house since 3 days", ANYTHING, {}),
        ("flat 20456", ANYTHING, {"number": "20456"}),
        ("the door 1204", ANYTHING, {"house": "1204", "number": "1204"}),
        ("the house is in good order for more than sixty words and 12", ANYTHING, {}),
        # Places.
        ("house number 12 alpha one", ANYTHING, {"area": "Alpha 1", "house": "12"}),
        ("sector 137", NINE, {"outside": "Sector 137, Noida"}),
        ("sector 137", ANYTHING, {"outside": "Sector 137, Noida"}),
        ("sector 16", ANYTHING, {"ambiguous": "Sector 16"}),
        ("sector 16 noida extension", ANYTHING, {"area": "Sector 16", "side": "Greater Noida West"}),
        ("alpha", ANYTHING, {"family": "Alpha"}),
        ("elfa seven", ANYTHING, {}),
        ("greater noida west", ANYTHING, {"side": "Greater Noida West"}),
        ("noida", ANYTHING, {"outside": "Noida", "side": "Noida"}),
        ("sector 15 greater noida west", ANYTHING, {"area": "Sector 15", "side": "Greater Noida West"}),
    ],
)
def test_numbers_and_places_fill_their_slots(text: str, expecting: Expectation, slots: dict[str, str]) -> None:
    """Each by its shape, and what was asked for as the number."""
    assert ALONE.understand(text, expecting).slots == slots


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("haan", True),
        ("ok", True),
        ("Okay.", True),
        ("hmm", True),
        ("achha", True),
        ("accha theek hai", True),
        ("uh huh", True),
        ("i see", True),
        ("right", True),
        ("haan ji", True),
        ("ok ok ok ok", True),
        ("ok ok ok ok ok", False),
        ("yes", False),
        ("no", False),
        ("i", False),
        ("ok bye", False),
        ("", False),
        ("okay but", False),
        ("stop", False),
    ],
)
def test_a_back_channel_is_a_murmur_alone(text: str, is_one: bool) -> None:
    """Whoever says more, or yes or no, has the floor."""
    assert is_backchannel(text) is is_one


@pytest.mark.parametrize(
    "text",
    ["leave it", "actually forget it", "i changed my mind", "rehne do", "chhodo, main khud aa jaunga", "रहने दीजिए"],
)
def test_what_is_not_wanted_any_more(text: str) -> None:
    """Where yes or no was asked it is a no."""
    assert ALONE.understand(text, ANYTHING).answer == "leave"
    assert ALONE.understand(text, YES_OR_NO).answer == "no"


@pytest.mark.parametrize("text", ["yes leave it like that", "haan theek hai rehne dijiye"])
def test_what_is_right_may_be_left_as_it_is(text: str) -> None:
    """That is a yes."""
    assert ALONE.understand(text, YES_OR_NO).answer == "yes"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("my neighbour has a hook on the naked wire, stealing power", True),
        ("people complain that i steal power, it is a lie", False),
        ("my power is out", False),
        ("", False),
    ],
)
def test_whether_theft_is_told_of(text: str, told: bool) -> None:
    """Also where it is a danger first, and not where the caller is accused of it."""
    assert tells_of_theft(text) is told


@pytest.mark.parametrize(
    "text",
    [
        "haven't the faintest, sorry",
        "no clue",
        "it's with my husband",
        "that paper is in a drawer somewhere",
        "the bill's gone missing",
        "can we do it without that",
        "couldn't tell you off the top of my head",
        "bill kahin rakha hua h",
        "wo to papa ke paas hai",
        "abhi haath mein nahi hai bill",
        "मेरे पास लिखा हुआ नहीं है",
    ],
)
def test_who_does_not_have_a_number(text: str) -> None:
    """In other words than "I do not have it"."""
    assert ALONE.understand(text, TEN).answer == "unknown"


@pytest.mark.parametrize("text", ["it is with me", "number mere paas hai", "mera ghar neela hai", "fine that is gone"])
def test_who_may_have_it(text: str) -> None:
    """The number may be on its way."""
    assert ALONE.understand(text, TEN).answer != "unknown"


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("those papers are locked away", True),
        ("hum abhi bazaar mein hain", True),
        ("where do i find that number", False),
        ("two nine nine zero and the rest", False),
        ("what", False),
        ("", False),
    ],
)
def test_words_in_place_of_a_number(text: str, beside: bool) -> None:
    """A few of them, without a number and without a question."""
    assert is_beside_a_number(text) is beside


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sorry, I misspoke, Dheeraj Kumar", "Dheeraj Kumar"),
        ("Sunita Devi is what's printed there", "Sunita Devi"),
        ("Dheeraj Kumar ke naam pe hai", "Dheeraj Kumar"),
        ("Priya nahi, Dheeraj Kumar", "Dheeraj Kumar"),
        ("Ramesh, not Suresh", "Ramesh"),
        ("Ramesh, no, sorry, Suresh", "Suresh"),
        ("Dheeraj Kumar, son of Ram Lal", "Dheeraj Kumar"),
        ("it's Dheeraj Kumar, my wife is Priya", "Dheeraj Kumar"),
        ("Ramesh hoon, bill Suresh ke naam pe hai", "Suresh"),
        ("बिल विकाश त्यागी के नाम से है", "Vikash Tyagi"),
        ("my name is Robert Smith", "Robert Smith"),
        ("naam rehne do", None),
        ("what is my bill", None),
        ("all of Ram Shyam Mohan Sohan Rohan and more", None),
    ],
)
def test_the_name_in_an_answer(text: str, name: str | None) -> None:
    """Whatever stands around it; one that nobody here bears only where it is introduced."""
    assert name_answered(text) == name


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("could we do this in Hindi? My English is weak", "hi"),
        ("English please, my Hindi is poor", "en"),
        ("mujhe English nahi aati", "hi"),
        ("English mein mat boliye, apni Hindi mein samjhao", "hi"),
        ("please speak in English or in Hindi", "hi"),
    ],
)
def test_the_language_that_is_wanted(text: str, language: str) -> None:
    """Not the one that somebody does not speak."""
    got = ALONE.understand(text)
    assert (got.intent, got.slots["language"]) == ("language", language)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("the voltage keeps jumping up and down", "fluctuation"),
        ("the lights are flickering", "fluctuation"),
        ("वोल्टेज बहुत कम है", "fluctuation"),
        ("no light since morning and the voltage was low yesterday", None),
        ("there is no light in my house", None),
    ],
)
def test_a_supply_that_is_not_as_it_should_be(text: str, trouble: str | None) -> None:
    """It is another complaint than no supply."""
    got = ALONE.understand(text)
    assert (got.intent, got.slots.get("trouble")) == ("no_supply", trouble)


@pytest.mark.parametrize(
    "text", ["nobody here is ill", "there is no patient here", "koi bimar nahi hai", "बीमार कोई नहीं है"]
)
def test_nobody_who_depends_on_power(text: str) -> None:
    """To say so is no need."""
    got = ALONE.understand(text)
    assert got.intent != "vulnerable"
    assert "need" not in got.slots


def test_what_is_merely_like_a_goodbye() -> None:
    """It ends no long sentence's call; neither does a brother."""
    assert ALONE.understand("bill rakha hua").intent == ALONE.understand("bhai ka number hai").intent is None
    assert ALONE.understand("nahi hai yaar, wo bill kahin rakha hua", TEN).intent is None
    near = Understander({}, Places(packaged_areas()), hindi={"bye": ["phone rakhta hoon"]})
    assert near.understand("ab rakhda hoon").intent == "bye"
    assert near.understand("ab woh sab to ghar par rakhda hoon").intent != "bye"
    assert ALONE.understand("bye bye").intent == ALONE.understand("बाय बाय").intent == "bye"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("B-204", {"number": "204", "house": "B-204"}),
        ("B 204", {"number": "204", "house": "B-204"}),
        ("A-12", {"number": "12", "house": "A-12"}),
        ("12A", {"number": "12", "house": "12A"}),
        ("i am at 12", {"number": "12", "house": "12"}),
        ("Xu 1, 512", {"area": "Xu 1", "number": "512", "house": "512"}),
        ("Sigma 2", {"area": "Sigma 2"}),
    ],
)
def test_a_house_that_was_asked_for(text: str, told: dict[str, str]) -> None:
    """With its letter, and without the number of its sector."""
    assert ALONE.understand(text, HOUSE).slots == told


@pytest.mark.parametrize("text", ["absolutely not", "bilkul nahi", "definitely not"])
def test_a_yes_that_is_turned_into_a_no(text: str) -> None:
    """By the word behind it."""
    assert ALONE.understand(text, YES_OR_NO).answer == "no"
