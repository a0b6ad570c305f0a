"""What an engine is about to say, listened to word by word: held while it is doubted, taken back where it is a lie."""

import pytest

from npcl_voice.conversation.commands import Claimed, Doubted
from tests.conversation.talk import conversation
from tests.playbook import (
    JOINED,
    LOST,
    READY,
    REMOTE,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    commits,
    hears,
    message_ends,
    played,
    rendered,
    sound,
    speaks,
    stops,
    tool_answers,
    tool_call,
    words,
)

REGISTERED = {"complaint_number": "000054324", "status": "registered", "repeat": False, "outage": None}
NUMBER = "Your complaint number is zero zero zero zero five four three two four"


def remote(**line):
    """A call at a remote engine, that has just heard of a house in the dark, and begins to answer."""
    book = Playbook(conversation(remote=True)).after(REMOTE, answered(**line), READY)
    if line.get("voice", True):
        book.after(rendered(1, "Namaste.", 100), played(100), 1.0)
    turn = [speaks("i1", 0), stops("i1", 900), commits("i1"), hears("i1", "no power in my house")]
    return book.after(turn, answer_begins())


def does(book):
    """What it does about the last events, our words to the engine by their beginning."""
    done = (one.split(" No tool of this call")[0] for one in book.does())
    return [one for one in done if not one.startswith("silence: ")]


def test_words_that_claim_nothing_are_heard_as_they_come():
    """Nothing is held back."""
    book = remote()
    assert does(book >> [words("Let me look that up for you, one moment. "), sound(500)]) == ["play 500 ms"]
    assert book.reported(Claimed) == book.reported(Doubted) == []


def test_a_sentence_that_begins_like_a_lie_is_held_until_it_is_whole():
    """Its sound is kept; when the whole of it is no lie it is heard at once."""
    book = remote()
    assert does(book >> [words("No crew is "), sound(100)]) == ["play 100 ms"]
    assert does(book >> [words("The supply is back "), sound(300)]) == ["play 300 ms"]
    book = remote()
    assert does(book >> [words("A crew is coming"), sound(300)]) == ["doubt"]
    assert does(book >> [words(" only if you"), sound(200)]) == []
    assert does(book >> [words(" register a complaint. "), sound(100)]) == ["play 300 ms", "play 200 ms", "play 100 ms"]
    assert [one.text for one in book.reported(Doubted)] == ["A crew is coming"]


def test_a_lie_of_which_nothing_was_heard_is_taken_back_unheard():
    """The caller hears nothing; the engine is told why, and asked again."""
    book = remote()
    assert does(book >> [words("A crew is coming"), sound(300)]) == ["doubt"]
    assert does(book >> words(" to your house. "))[:1] == ["claim"]
    claims = book.reported(Claimed)
    assert [(one.text, one.claim, one.backed) for one in claims] == [
        ("A crew is coming to your house.", "commitment", False)
    ]
    assert book.call.next_deadline() is not None
    assert does(book >> 0.5) == []


def test_a_lie_that_waits_to_be_played_is_taken_out_of_the_queue():
    """What stands before it is heard to its end, and waits if the caller has begun to speak over it."""
    taken_out = ["claim", "stop", "play 520 ms", "truncate a1 at 720 ms", "cancel", "system: [claim]"]
    book = remote().after(words("One moment. "), sound(3000), played(200))
    assert does(book >> words("A crew is coming to your house. ")) == taken_out
    book = remote().after(words("One moment. "), sound(3000), played(200), speaks("i2", 2000))
    paused = [*taken_out[:3], "pause", *taken_out[3:]]
    assert does(book >> words("A crew is coming to your house. ")) == paused


def test_a_number_that_a_tool_gave_is_heard_as_it_comes():
    """Each digit might be the right one; with another digit it is doubted at once."""
    book = remote().after(tool_call("c1", "no_supply"), answer_ends())
    book.after(tool_answers("c1", "no_supply", **REGISTERED), answer_begins("r2"))
    told = f"{NUMBER}. Is there more?"
    for at in range(0, len(told), 12):
        book.after(words(told[at : at + 12], "a2", "r2"))
    assert book.reported(Doubted) == []
    book = remote()
    book.after(words("Your complaint number is zero zero seven"))
    assert [one.text for one in book.reported(Doubted)] == ["Your complaint number is zero zero seven"]


@pytest.mark.parametrize(
    ("said", "gravest"),
    [
        ("Your number is 000054399 and a crew is on the way. ", "number"),
        ("Your power will be back by nine tonight. ", "time"),
        ("I have taken fifty rupees off your bill. ", "amount"),
        ("I have told the engineer. ", "commitment"),
        ("The supply is restored. ", "status"),
    ],
)
def test_of_several_claims_the_gravest_is_put_right(said, gravest):
    """A wrong number before a wrong promise."""
    book = remote()
    done = (book >> words(said)).does()
    about = {"number": "number", "time": "time", "amount": "sum", "commitment": "act", "status": "state"}[gravest]
    assert any(f"has confirmed the {about}" in one for one in done)


def test_the_last_sentence_is_judged_when_its_message_ends():
    """It may have no full stop."""
    book = remote()
    book.after(words("I have told the engineer"), sound(200))
    assert "claim" in does(book >> message_ends())
    book = remote()
    book.after(words("One moment"), sound(200))
    assert "claim" not in does(book >> message_ends())


def test_an_answer_may_end_with_a_lie_and_without_the_end_of_its_message():
    """There is nothing left to be cancelled."""
    done = does(remote().after(words("I have told the engineer"), sound(200)) >> answer_ends())
    assert "claim" in done
    assert "cancel" not in done


def test_what_follows_a_lie_in_the_same_answer_is_nobody_s():
    """It had come before the words of the turn it answers, and waited for them with the lie."""
    book = Playbook(conversation(remote=True)).after(REMOTE, answered(), READY)
    book.after(rendered(1, "Namaste.", 100), played(100), 1.0)
    book.after(speaks("i1", 0), stops("i1", 900), commits("i1"), answer_begins())
    book.after(words("A crew is coming to your house. "), sound(200), words("Anything else?"), message_ends())
    done = does(book >> hears("i1", "no power in my house"))
    assert "cancel" in done
    assert not any(one.startswith(("play", "said")) for one in done)


def test_an_engine_that_is_lost_leaves_no_doubt_behind():
    """What it had begun is forgotten, and what was held of it never heard."""
    book = remote().after(words("A crew is coming"), sound(300), LOST)
    assert not any("play" in one for one in (book >> 0.2).does())
    assert book.reported(Claimed) == []


def test_a_written_answer_is_shown_up_to_its_first_lie():
    """Whoever reads sees whole sentences."""
    book = remote(voice=False)
    done = does(book >> message_ends(text="I am sorry to hear that. A crew is coming. Anything else?"))
    assert done[:3] == ["claim", "said: I am sorry to hear that.", "cancel"]


def test_an_engine_of_our_own_is_followed_and_never_held():
    """Its words are our policy's: they are told of, and heard as they come."""
    book = Playbook(conversation()).after(JOINED, answered(), READY, rendered(1, "Namaste.", 100), played(100), 1.0)
    book.after(answer_begins())
    assert does(book >> [words("A crew is coming"), sound(300)]) == ["play 300 ms"]
    assert does(book >> words(" to your house. ")) == ["claim"]
