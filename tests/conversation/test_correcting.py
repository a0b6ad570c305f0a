"""Words that nothing backs: put right aloud where they were heard, and asked for again, a few times a turn."""

from tests.conversation.test_witness import does, remote
from tests.playbook import answer_begins, answer_ends, commits, hears, played, rendered, sound, speaks, stops, words

LIE = "A crew is on the way. "


def _heard(book, response="r1", item="a1"):
    """A lie of which the caller has heard the beginning."""
    book.after(words("A crew ", item, response), sound(500, item, response), played(300))
    return (book >> words("is on the way. ", item, response)).does()


def _again(book, number):
    """The engine tries again and lies again, held this time."""
    book.after(answer_ends(f"r{number - 1}", "cancelled"), answer_begins(f"r{number}"))
    return (book >> words(LIE, f"a{number}", f"r{number}")).does()


def test_what_was_heard_is_put_right_aloud():
    """It stops in the middle, our own voice says that it was not right, and the engine is told so."""
    done = _heard(remote())
    assert done[-1] == "say claim_commitment"
    assert "cancel" in done
    assert any('"A crew is on the way.". The caller heard it begin' in one for one in done)


def test_what_was_not_heard_is_asked_for_again_without_a_word():
    """The engine alone is told."""
    done = (remote() >> words(LIE)).does()
    assert not any(one.startswith("say ") for one in done)
    assert any("The caller has heard nothing of it." in one for one in done)


def test_the_answer_is_asked_for_anew_when_the_last_is_over():
    """With what it was told."""
    book = remote().after(words(LIE))
    assert "create" in does(book >> answer_ends(status="cancelled"))


def test_after_two_lies_the_third_ends_the_turn():
    """Nothing is asked for any more; an honest sentence of our own stands for the answer."""
    book = remote().after(words(LIE))
    assert not any(one.startswith("say ") for one in _again(book, 2))
    assert _again(book, 3)[-1] == "say claim_given_up"
    assert "create" not in does(book >> answer_ends("r3", "cancelled"))


def test_in_the_next_turn_it_may_try_again():
    """What the caller says begins the count anew."""
    book = remote().after(words(LIE))
    _again(book, 2)
    _again(book, 3)
    book.after(answer_ends("r3", "cancelled"), rendered(2, "I cannot tell.", 100), played(100), 1.0)
    book.after(speaks("i2", 3000), stops("i2", 3900), commits("i2"), hears("i2", "and when is it back"))
    book.after(answer_begins("r4"))
    assert not any(one.startswith("say ") for one in (book >> words(LIE, "a4", "r4")).does())


def test_what_is_nobody_s_business_is_put_right_as_such():
    """A name that nobody has named."""
    book = remote().after(words("It belongs to "), sound(500), played(300))
    done = (book >> words("Nidhi Sharma. ")).does()
    assert done[-1] == "say claim_private"
    assert any("confirmed the person, address or instruction in" in one for one in done)
