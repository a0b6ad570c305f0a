"""The number that was asked for: its length and shape decide between readings, and half of one is not taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.numbers import KINDS, digits_in, group, number_runs, read_back, spoken_number

CONSUMER, PHONE, COMPLAINT = "consumer_number", "phone", "complaint_number"
METER = (6, 7, 8, 9, 10)

ASKED = [
    # The whole sentence holds other numbers, too.
    ("house 12, complaint 000054321", (9,), None, "000054321"),
    ("my ten digit number is two nine nine zero four one seven three six five", (10,), CONSUMER, "2990417365"),
    ("mobile 6999041736 and consumer number 2990417365", (10,), CONSUMER, "2990417365"),
    ("mobile 6999041736 and consumer number 2990417365", (10,), PHONE, "6999041736"),
    ("two nine nine, where is it, zero four one, here, seven three six five", (10,), CONSUMER, "2990417365"),
    ("since 2 days, 8300417 on the meter", METER, "meter_number", "8300417"),
    # What is dialled before a mobile number.
    ("+91 69990 41736", (10,), PHONE, "6999041736"),
    ("plus nine one six nine nine nine zero four one seven three six", (10,), None, "6999041736"),
    ("zero six nine nine nine zero four one seven three six", (10,), PHONE, "6999041736"),
    ("0091 6999041736", (10,), PHONE, "6999041736"),
    ("91 2990417365", (10,), CONSUMER, ""),
    ("919999041736", (12,), None, "919999041736"),
    # Seven or sixty.
    ("saath do char", (3,), None, "724"),
    ("saath do char", (4,), None, "6024"),
    # A correction takes back one digit, a group, or all.
    ("nine four, I mean seven, eight", (3,), None, "978"),
    ("triple zero zero six two four two eight, I mean four one eight", (9,), COMPLAINT, "000062418"),
    ("two eight one six five four, no wait, starting again, two eight one six, five four zero, three seven nine",
     (10,), CONSUMER, "2816540379"),
    ("do nau aath, nahi nahi ruko, do nau nau zero, chaar ek saat teen chhe paanch", (10,), CONSUMER, "2990417365"),
    ("two nine nine zero, phir se bolti hoon, two nine nine zero four one seven three six five", (10,), CONSUMER,
     "2990417365"),
    ("four eight two one no four eight two five", (4, 6), "otp", "4825"),
    ("forty one sixty two, sorry sixty three", (4,), None, "4163"),
    ("one two three four sorry nine eight seven five", (7, 8), None, "1239875"),
    ("one two three four sorry nine eight seven five", (4,), None, "9875"),
    # A soft one may be none.
    ("eight four ruko seven one", (3,), None, "871"),
    ("eight four ruko seven one", (4,), None, "8471"),
    ("two nine nine zero four one eight, wait, seven, three six five", (10,), CONSUMER, "2990417365"),
    # What is denied.
    ("five not nine six", (2,), None, "56"),
    ("two nine nine zero, not four one eight, four one seven, three six five", (10,), CONSUMER, "2990417365"),
    ("seven instead of eight", (1,), None, "7"),
    ("do nau nau zero chaar ek, aath nahi saat, teen chhe paanch", (10,), CONSUMER, "2990417365"),
    ("do nau nau zero chaar ek saat teen chhe chaar, aakhri paanch hai chaar nahi", (10,), CONSUMER, "2990417365"),
    ("zero zero zero zero five one six two seven, last two are nine eight", (9,), COMPLAINT, "000051698"),
    ("zero zero zero zero paanch ek chhe do saat, aakhri do nau aath hain", (9,), COMPLAINT, "000051698"),
    ("zero zero zero zero paanch ek chhe do saat, last mein aath hai", (9,), COMPLAINT, "000051628"),
    ("zero zero zero zero five one six two seven, six, no, nine", (9,), COMPLAINT, "000051927"),
    ("zero zero zero zero paanch ek chhe do saat, chhe ki jagah nau", (9,), COMPLAINT, "000051927"),
    ("two seven seven, seven, no, four", (3,), None, "274"),
    ("two seven one, forty, no, four", (3,), None, "274"),
    # "I mean" is a correction more often than not.
    ("aath teen zero chaar, matlab paanch, ek saat", METER, "meter_number", "830517"),
    ("zero zero zero zero paanch ek, matlab, chhe do saat", (9,), COMPLAINT, "000051627"),
    # So many zeros.
    ("char zero, paanch chaar teen do ek", (9,), COMPLAINT, "000054321"),
    ("char zero paanch chaar teen do ek", (9,), COMPLAINT, ""),
    # Said twice.
    ("nine eight seven six five, four three two one zero, that is nine eight seven six five four three two one zero",
     (10,), PHONE, "9876543210"),
    ("zero zero zero zero, five zero, four six eight, four six eight", (9,), COMPLAINT, "000050468"),
    ("nine nau eight", (2,), None, "98"),
    ("9 nine eight", (2,), None, "98"),
    ("sixty do", (2,), None, "62"),
    ("sixty do", (3,), None, "602"),
    # Misheard.
    ("to nine nine zero for one seven three six five", (10,), CONSUMER, "2990417365"),
    ("nine sath aath", (3,), None, "978"),
    ("nine eight seven six five four three two one for now", (10,), PHONE, ""),
    ("nine eight, oh sorry, seven", (3,), None, "987"),
    # Everyday words.
    ("do", (1, 2, 3, 4), "house", "2"),
    ("ek complaint karni hai", (1, 2, 3, 4), "house", ""),
    ("number bata do", (1, 2, 3, 4), "house", ""),
    ("likh do nau nau shunya char ek saat teen chhah paanch", (10,), CONSUMER, "2990417365"),
    # None.
    ("", (10,), CONSUMER, ""),
    ("light nahi hai", (10,), CONSUMER, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lengths", "kind", "digits"), ASKED)
def test_the_number_that_was_asked_for_is_found(
    text: str, lengths: tuple[int, ...], kind: str | None, digits: str
) -> None:
    """By length, and by shape where two have it."""
    assert spoken_number(text, lengths, kind) == digits


HALVES = [
    "two nine nine zero four one seven three",
    "two nine nine zero four one eight, sorry, seven three six",
    "ninety eight eleven thirty six fifty two",
    "two nine nine zero four zero one seven",
    "do nau nau zero aur chaar ek saat teen chhah",
    "nine eight seven six five four three two one to be",
    "six two eight forty",
    "do nau nau, matlab, zero chaar ek",
    "four zero, five four three two",
    "four zero",
]


@pytest.mark.parametrize("text", HALVES)
@pytest.mark.parametrize("kind", [CONSUMER, PHONE])
def test_half_a_number_is_no_number(text: str, kind: str) -> None:
    """Nothing is stretched until it has ten digits: a caller who pauses is not misunderstood."""
    assert spoken_number(text, (10,), kind) == ""


@given(st.text(alphabet="0123456789", min_size=9, max_size=10))
def test_what_is_read_back_is_the_number_that_was_asked_for(digits: str) -> None:
    """In both languages."""
    for text in (read_back(digits), read_back(digits, "hi"), read_back(digits, "hi", english_digits=True)):
        assert spoken_number(text, (len(digits),)) == digits
        assert digits_in(text, (len(digits),)) == digits


@given(st.text(max_size=120), st.sampled_from([(10,), (9,), (4, 6), METER]))
def test_any_text_gives_a_number_of_a_wanted_length_or_none(text: str, lengths: tuple[int, ...]) -> None:
    """Nothing a caller types breaks it."""
    digits = spoken_number(text, lengths)
    assert digits == "" or (len(digits) in lengths and digits.isascii() and digits.isdigit())


@pytest.mark.parametrize("piece", ["one no ", "nahi 9 ", "9 x ", "double ", "do ", "saath ", "for ", "twenty ", "9, "])
def test_a_long_hostile_text_is_bounded_work(piece: str) -> None:
    """Ten kilobytes of one thing over and over end."""
    text = (piece * 10_000)[:10_000]
    assert isinstance(spoken_number(text, (9,), COMPLAINT), str)
    assert isinstance(number_runs(text), list)


@pytest.mark.parametrize(
    ("kind", "digits", "fits"),
    [
        (CONSUMER, "2990417365", True),
        (CONSUMER, "3990417365", False),
        (COMPLAINT, "000054321", True),
        (COMPLAINT, "00005432", False),
        (PHONE, "6999041736", True),
        (PHONE, "5999041736", False),
        ("meter_number", "830041", True),
        ("meter_number", "83004", False),
        ("otp", "4821", True),
        ("otp", "48215", False),
        ("house", "1204", True),
        ("house", "12045", False),
    ],
)
def test_a_kind_knows_its_length_and_shape(kind: str, digits: str, fits: bool) -> None:
    """As NPCL and the telephone plan have them."""
    assert KINDS[kind].fits(digits) is fits


def test_what_is_dialled_first_is_no_part_of_a_mobile_number() -> None:
    """Only of one."""
    assert KINDS[PHONE].local("916999041736") == "6999041736"
    assert KINDS[PHONE].local("06999041736") == "6999041736"
    assert KINDS[PHONE].local("912990417365") == "912990417365"
    assert KINDS[CONSUMER].local("02990417365") == "02990417365"
    assert group(KINDS[PHONE].local("+"[1:] + "6999041736")) == ("69990", "41736")
