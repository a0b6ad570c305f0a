"""Whether what a caller said is the name on record."""

import pytest

from npcl_voice.domain.identity import TRIES_A_CALL, TRIES_A_DAY, same_name, verdict_of
from npcl_voice.domain.names import MOST_LETTERS, same_word, words_of


@pytest.mark.parametrize(
    ("said", "on_record"),
    [
        ("Nidhi Sharma", "Nidhi Sharma"),
        ("my name is nidhi", "Nidhi Sharma"),
        ("mera naam Nidhee Sharma hai", "Nidhi Sharma"),
        ("Sharma, Nidhi", "Nidhi Sharma"),
        ("it's Mrs. Nidhi Sharma ji", "Smt. Nidhi Sharma"),
        ("Nidhi Rani Sharma", "Nidhi Sharma"),
        ("Dhiraj Kumaar", "Dheeraj Kumar"),
        ("Deeraj", "Dheeraj Kumar"),
        ("the account is under Rahul Varma", "Rahul Verma"),
        ("Vikas Tiyagi", "Vikash Tyagi"),
        ("wikash tyagi", "Vikash Tyagi"),
        ("Choudhury", "Chaudhary"),
        ("Ayesha Sheikh", "Aisha Shaikh"),
        ("D'Souza", "Dsouza"),
        ("José", "Jose"),
        ("Sunita", "S Sunita Devi"),
        ("priyaa sinh", "Priya Singh"),
    ],
)
def test_spellings_of_one_name(said, on_record):
    """Spelling, order, titles and what people say around a name do not count; the first name is enough."""
    assert same_name(said, on_record)


@pytest.mark.parametrize(
    ("said", "on_record"),
    [
        ("", "Nidhi Sharma"),
        ("my name is", "Nidhi Sharma"),
        ("Nidhi", ""),
        ("Nidhi", "Mr."),
        ("N", "Nidhi Sharma"),
        ("Nisha", "Nidhi Sharma"),
        ("Sharma", "Nidhi Sharma"),
        ("Nidhi Verma", "Nidhi Sharma"),
        ("not Nidhi", "Nidhi Sharma"),
        ("Neeraj", "Dheeraj Kumar"),
        ("Anjana", "Anjali Yadav"),
        ("Anjuli Yadav", "Anjali Devi"),
        ("Sunit", "Sunita Devi"),
        ("Suniti", "Sunita Devi"),
        ("Priti Singh", "Priya Singh"),
        ("Rahila", "Rahul Verma"),
        ("Nikhil", "Nikunj Gupta"),
        ("Nidhi Priya Rahul Sharma", "Nidhi Sharma"),
        ("Ravi", "Rivi Lal"),
        ("Asha", "Usha"),
        ("Priya Sinha", "Priya Singh"),
    ],
)
def test_other_names(said, on_record):
    """Another consonant is another name, and so is another ending; a surname alone is nobody."""
    assert not same_name(said, on_record)


def test_words_of_a_name_are_bounded():
    """What stands behind is not looked at."""
    assert words_of("nidhi " * 1000) == ("nidhi",) * (MOST_LETTERS // 6) + ("ni",)
    assert same_word("xavier", "ksaviar")


def test_too_many_wrong_names_lock_even_the_right_one():
    """Three on a call, five for an account."""
    for call, account, verdict in (
        (TRIES_A_CALL - 1, TRIES_A_DAY - 1, "verified"),
        (TRIES_A_CALL, 0, "locked"),
        (0, TRIES_A_DAY, "locked"),
    ):
        assert verdict_of("Nidhi", "Nidhi Sharma", wrong_on_call=call, wrong_on_account=account) == verdict
    assert verdict_of("Nisha", "Nidhi Sharma", wrong_on_call=0, wrong_on_account=0) == "no_match"
