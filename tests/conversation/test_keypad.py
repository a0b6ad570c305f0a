"""Keys, gathered until they are an answer."""

from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.conversation.keypad import KEYS, MAX_DIGITS, Keypad
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind

NINE = Expectation(Kind.NUMBER, (9,))
HOUSE = Expectation(Kind.NUMBER, (1, 2, 3, 4))


def _press(keypad, keys, expects):
    return [keypad.press(key, expects) for key in keys]


def test_the_keys_that_there_are():
    """A telephone's, without the letters that none has any more."""
    assert frozenset("0123456789*#") == KEYS


def test_digits_are_complete_at_the_full_length():
    """The ninth key of a complaint number, the fourth of a house number."""
    keypad = Keypad()
    assert _press(keypad, "00005432", NINE) == [None] * 8
    assert keypad.pending
    assert keypad.press("4", NINE) == "000054324"
    assert not keypad.pending
    assert _press(keypad, "1204", HOUSE) == [None, None, None, "1204"]


def test_hash_ends_them_sooner():
    """A house number of two digits; a hash alone says nothing."""
    keypad = Keypad()
    assert _press(keypad, "12#", HOUSE) == [None, None, "12"]
    assert keypad.press("#", HOUSE) is None
    assert not keypad.pending


def test_a_star_starts_anew():
    """What was pressed before it is forgotten."""
    keypad = Keypad()
    assert _press(keypad, "99*", ANYTHING) == [None, None, None]
    assert not keypad.pending
    assert _press(keypad, "12#", ANYTHING) == [None, None, "12"]


def test_one_key_answers_yes_or_no():
    """1 and 2 do at once; other keys wait, and so do more of them."""
    keypad = Keypad()
    assert keypad.press("1", YES_OR_NO) == "1"
    assert keypad.press("2", YES_OR_NO) == "2"
    assert _press(keypad, "31", YES_OR_NO) == [None, None]
    assert keypad.take() == "31"


def test_anything_may_be_keyed_where_nothing_is_expected():
    """No length ends it; time or a hash does."""
    keypad = Keypad()
    assert keypad.take() == ""
    assert _press(keypad, "0123456789", ANYTHING) == [None] * 10
    assert keypad.take() == "0123456789"
    assert keypad.take() == ""


def test_a_length_that_was_passed_ends_them_too():
    """Keys pressed before a shorter number was asked for are sent with its first key."""
    keypad = Keypad()
    _press(keypad, "12345", ANYTHING)
    assert keypad.press("6", HOUSE) == "123456"


def test_more_than_any_number_has_is_dropped():
    """Thirty-two digits at most."""
    keypad = Keypad()
    _press(keypad, "7" * 40, ANYTHING)
    assert MAX_DIGITS == 32
    assert keypad.take() == "7" * 32


@given(st.text("0123456789*#", max_size=60), st.sampled_from([ANYTHING, YES_OR_NO, NINE, HOUSE]))
def test_what_comes_out_was_pressed(keys, expects):
    """In order, only digits, never empty; `pending` says whether something is left."""
    keypad = Keypad()
    done = [digits for key in keys if (digits := keypad.press(key, expects)) is not None]
    assert all(digits.isdigit() for digits in done)
    left = keypad.pending
    rest = keypad.take()
    assert left == (rest != "")
    pressed = iter(key for key in keys if key.isdigit())
    assert all(digit in pressed for digit in "".join([*done, rest]))
