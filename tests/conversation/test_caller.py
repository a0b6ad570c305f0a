"""What the caller puts into a call: each thing once, to be answered, whoever listens."""

from npcl_voice.conversation.commands import PausePlaying, ResumePlaying, Transcript
from npcl_voice.conversation.events import CallerKeyed, CallerText
from npcl_voice.conversation.floor import Floor
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    COMMIT,
    CREATE,
    JOINED,
    LOST,
    READY,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    caller_said,
    cancel,
    change,
    commits,
    delete,
    frame,
    hears,
    keys,
    message_ends,
    play,
    played,
    put,
    rendered,
    silence,
    sound,
    speaks,
    stop,
    stops,
    truncate,
    we_said,
    words,
)

NINE = "zero zero zero zero"


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


# Typing and keys.


def test_typed_lines_are_cut_to_what_one_types():
    """Blank ones are nothing; neither are those that come before the line is open."""
    book = greeted()
    assert book >> CallerText("  \n")
    told = "x" * 2000
    assert book >> CallerText(f" {told}y") << put(told) << caller_said(told) << CREATE
    assert Playbook(conversation()).after(JOINED) >> CallerText("hello")


def test_a_typed_line_cuts_our_voice():
    """It is a turn."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What is it?"), sound(1000), played(600))
    assert (
        book
        >> CallerText("hello")
        << cancel("r1")
        << stop(1)
        << truncate("a1", 600)
        << we_said("What is", 600, 1000)
        << put("hello")
        << caller_said("hello")
    )


def _asked_for_a_complaint_number():
    book = greeted().after(_turn("i1", "the status of my complaint"), answer_begins(), words("Which?"), sound(100))
    return book.after(message_ends(), answer_ends(), played(100))


def test_a_number_by_keys():
    """Sent at its full length, marked as keyed; it counts as confirmed."""
    book = _asked_for_a_complaint_number()
    assert book >> keys("00005432")
    assert book >> CallerKeyed("1") << put("[keypad] 000054321") << caller_said("[keypad] 000054321") << CREATE
    book.after(answer_begins("r2"), sound(10, "a2", "r2"))
    assert book.call.context.confirmed("complaint_number") == "000054321"


def test_keys_without_a_length_are_sent_at_the_hash_or_after_three_seconds():
    """The pause counts from the last key."""
    book = greeted()
    assert book >> keys("1") >> 2.5 >> keys("2") >> 2.999
    assert book >> 0.001 << put("[keypad] 12") << caller_said("[keypad] 12") << CREATE
    assert greeted() >> keys("1#") << put("[keypad] 1") << caller_said("[keypad] 1") << CREATE
    book = greeted()
    assert book >> keys("12*#AB ") >> 5.0


def test_keys_pause_our_voice():
    """Whatever becomes of them: sent, they cut it; withdrawn, it goes on."""
    speaking = [_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000), played(500)]
    book = greeted().after(*speaking)
    assert book >> CallerKeyed("1") << PausePlaying()
    assert (
        book
        >> CallerKeyed("#")
        << cancel("r1")
        << stop(1)
        << ResumePlaying()
        << truncate("a1", 500)
        << we_said("What?", 500, 1000)
        << put("[keypad] 1")
        << caller_said("[keypad] 1")
    )
    book = greeted().after(*speaking)
    assert book >> CallerKeyed("1") << PausePlaying()
    assert book >> CallerKeyed("*") << ResumePlaying()
    assert book >> CallerKeyed("#") << PausePlaying() << ResumePlaying()
    assert book >> CallerKeyed("x")


def test_a_sound_while_keys_are_pressed():
    """The voice stays paused until the keys are decided, too."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("What?"), sound(1000), played(500))
    book.after(CallerKeyed("1"), speaks("i2", 1000))
    assert book >> stops("i2", 1400)
    assert book >> CallerKeyed("*") << ResumePlaying()


def test_a_half_spoken_number_is_committed_first():
    """The keys come after it, one answer is given to both, and it waits for the words."""
    book = _asked_for_a_complaint_number().after(speaks("i2", 2000), keys("5432"))
    assert book >> keys("1#") << COMMIT << put("[keypad] 54321") << caller_said("[keypad] 54321") << CREATE
    assert book >> commits("i2") >> answer_begins("r2")
    assert book >> sound(100, "a2", "r2")
    assert book >> hears("i2", NINE) << caller_said(NINE) << play(100)
    context = book.call.context
    assert (context.question, context.value("complaint_number")) == ("confirm_complaint_number", "000054321")


def test_keys_over_our_voice_with_words_before_them():
    """The words are a turn, whatever they are: it was we who ended it."""
    book = _asked_for_a_complaint_number().after(CallerText("hello"), answer_begins("r2"), sound(900, "a2", "r2"))
    book.after(played(10), speaks("i2", 2000))
    assert (
        book
        >> keys("000054321")
        << COMMIT
        << cancel("r2")
        << stop(1)
        << ResumePlaying()
        << truncate("a2", 10)
        << put("[keypad] 000054321")
        << caller_said("[keypad] 000054321")
    )
    assert book >> commits("i2") >> hears("i2", "haan") << caller_said("haan")


def test_the_words_before_keys_are_waited_for_as_long_as_any():
    """Four hundred milliseconds."""
    book = _asked_for_a_complaint_number().after(speaks("i2", 2000), keys("54321#"), commits("i2"))
    book.after(answer_begins("r2"), sound(100, "a2", "r2"))
    assert book >> 0.399
    assert book >> 0.001 << play(100)


# While no engine is there.


def test_a_line_that_is_typed_while_no_engine_is_there():
    """It is told at once, and the next engine gets it and answers it, once."""
    book = Playbook(conversation()).after(JOINED, answered(voice=False), READY)
    assert book >> LOST << change("retry", "close_1006")
    assert book >> CallerText("no power") << caller_said("no power")
    assert book.call.floor is Floor.PROCESSING
    assert (book >> JOINED).does() == ["engine", "configure", "system: [facts]", "user: no power"]
    assert book >> CallerText("in delta one") << put("in delta one") << caller_said("in delta one") << CREATE
    assert book >> READY
    book.after(answer_begins(), message_ends(text="What is your number?"))
    assert book.call.context.value("area") == "Delta 1"
    assert book >> answer_ends()


def test_keys_that_are_pressed_while_no_engine_is_there():
    """They are completed by their pause, and the next engine gets them as keys."""
    book = greeted().after(1.0, keys("12"), LOST, 1.0)
    assert (book >> 1.0).does() == ["change: fail_over, not_ready, 2"]
    assert (book >> 1.0).does() == ["heard: [keypad] 12"]
    assert book.call.floor is Floor.PROCESSING
    assert "user: [keypad] 12" in (book >> JOINED).does()
    assert book >> READY << CREATE


def test_a_typed_call_is_not_left_alone_by_its_engine():
    """An answer that was read is no answer that is late, however long the caller thinks about it."""
    book = Playbook(conversation()).after(JOINED, answered(voice=False), READY, CallerText("no power"))
    book.after(answer_begins(), message_ends(text="What is your number?"), answer_ends())
    assert book >> 300.0


# What was handed on to another engine.


def test_one_word_that_was_handed_on_is_an_answer():
    """A request for patience may be heard when the engine tells of it: nobody spoke over that."""
    book = greeted().after(1.0, frame(500), speaks("i1", 0), stops("i1", 400), LOST, 0.5, silence(500))
    assert (book >> 1.2).does() == ["say bridge"]
    book.after(rendered(2, "One moment.", 900), JOINED, READY)
    assert book >> speaks("i1", 0)
    assert book >> stops("i1", 400) >> commits("i1") << CREATE
    assert book >> hears("i1", "ok") << caller_said("ok")
    book.after(answer_begins(), sound(100), played(1000))
    assert [line.text for line in book.reported(Transcript)] == ["Namaste.", "ok", "One moment."]


def test_one_word_over_our_voice_that_was_handed_on_is_none():
    """The answer of the engine that was lost is heard on; what it owed besides is asked for all the same."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("Well, what is"), sound(9000), played(100))
    book.after(1.0, frame(500), speaks("i2", 0), stops("i2", 400))
    assert book >> LOST << change("retry", "close_1006")
    book.after(0.6, silence(600), JOINED)
    assert (book >> READY).does() == ["sends 500 ms", "commit"]
    assert book >> speaks("j1", 0)
    assert book >> stops("j1", 400) >> commits("j1")
    assert book >> hears("j1", "ok") << delete("j1") << CREATE << ResumePlaying()
    book.after(answer_begins("r2"), sound(100, "a2", "r2"))
    assert book.call.context.question == "consumer_number"


def test_more_than_one_word_over_our_voice_that_was_handed_on():
    """It is a turn, and cuts what was left of the answer; the next engine is told what was heard of it."""
    book = greeted().after(_turn("i1", "no power"), answer_begins(), words("Well, what is"), sound(9000), played(100))
    book.after(1.0, frame(500), speaks("i2", 0), stops("i2", 400), LOST, 0.6, silence(600))
    book.after(JOINED, READY, speaks("j1", 0))
    assert book >> stops("j1", 400) >> commits("j1")
    assert (
        book
        >> hears("j1", "talk to a person")
        << stop(1)
        << ResumePlaying()
        << CREATE
        << caller_said("talk to a person")
    )
