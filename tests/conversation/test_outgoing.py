"""What the caller hears from us: queued, paused, cut, and accounted for."""

import pytest

from npcl_voice.conversation.commands import HazardHeard, Latency, PausePlaying, ResumePlaying, Transcript
from npcl_voice.conversation.events import CallerText, SayFailed, SayRendered
from npcl_voice.conversation.floor import Floor
from npcl_voice.conversation.outgoing import milliseconds
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    CANCEL,
    CREATE,
    JOINED,
    LOST,
    READY,
    REMOTE,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    caller_said,
    cancel,
    commits,
    delete,
    frame,
    hears,
    message_ends,
    note,
    play,
    played,
    rendered,
    report,
    say,
    sound,
    speaks,
    stop,
    stops,
    truncate,
    voiced,
    we_said,
    words,
)

WIRE = "Treat the wire as live."


def _turn(item_id, text, *, at=0, lasts=1000):
    return [speaks(item_id, at), stops(item_id, at + 300 + lasts), commits(item_id), hears(item_id, text)]


def _answering(book=None):
    """The caller has asked for something, and the engine begins to answer."""
    return (book or greeted()).after(*_turn("i1", "no power"), answer_begins())


def test_a_phrase_of_several_sentences():
    """Each is queued as it is rendered; all of it is told when it was heard to the end."""
    book = Playbook(conversation()).after(JOINED, answered(), READY)
    assert book >> voiced(1, "Namaste.", 100) << play(100, 1)
    assert book.call.floor is Floor.GREETING
    assert book >> played(100)
    assert book >> voiced(1, "How can I help you?", 200) << play(200, 1)
    assert book >> SayRendered(1) >> played(199)
    told = "Namaste. How can I help you?"
    assert book >> played(1) << we_said(told, 300) << note(f"[said greeting] {told}")
    assert book.call.floor is Floor.LISTENING


def test_the_end_of_rendering_may_come_last():
    """The phrase was heard before we knew that it was all."""
    book = Playbook(conversation()).after(JOINED, answered(), READY, voiced(1, "Namaste.", 100), played(100))
    assert book >> SayRendered(1) << we_said("Namaste.", 100) << note("[said greeting] Namaste.")


@pytest.mark.parametrize("end", [SayRendered(1), SayFailed(1, "no voice")])
def test_a_phrase_that_could_not_be_spoken(end):
    """The call goes on without it; nobody is told that it was heard."""
    book = Playbook(conversation()).after(JOINED, answered(), READY)
    assert book >> end
    assert book.call.floor is Floor.LISTENING
    assert book >> end >> voiced(1, "Namaste.", 100) >> played(100)


def test_a_voice_that_fails_in_the_middle():
    """What was rendered is heard and told."""
    book = Playbook(conversation()).after(JOINED, answered(), READY, voiced(1, "Namaste.", 100))
    assert book >> SayFailed(1, "no voice")
    assert book >> played(100) << we_said("Namaste.", 100) << note("[said greeting] Namaste.")


def test_the_engine_s_voice():
    """Its sound is queued as it comes; its words are told when they were heard."""
    book = _answering()
    assert book >> words("Where ") >> sound(100) << play(100)
    assert book >> words("do you live?") >> sound(200) << play(200)
    assert book >> message_ends() >> answer_ends()
    assert book >> played(299)
    assert book.call.floor is Floor.RESPONDING
    assert book >> played(1) << we_said("Where do you live?", 300)
    assert book.call.floor is Floor.LISTENING


def test_the_engine_s_words_can_be_looked_at_while_they_are_heard():
    """Before the first sound there are none; between two reports they are as far as they were heard."""
    book = Playbook(conversation())
    assert book.call.on_air() == ()
    book = _answering().after(words("Where do you live?"), sound(200), played(100))
    (one,) = book.call.on_air()
    assert (one.heard, one.text) == ("Where do", "Where do you live?")


def test_the_engine_may_end_after_it_was_heard():
    """A slow engine."""
    book = _answering().after(words("Yes."), sound(100), played(100))
    assert book >> message_ends() << we_said("Yes.", 100)
    assert book >> answer_ends()
    assert book.call.floor is Floor.LISTENING


def test_an_answer_whose_message_has_no_end():
    """The end of the answer is the end of all that it said."""
    book = _answering().after(words("Yes."), sound(100), played(100))
    assert book >> answer_ends(status="incomplete") << we_said("Yes.", 100)
    assert book.call.floor is Floor.LISTENING


def test_sound_without_words_is_not_told():
    """There is nothing to tell."""
    book = _answering().after(sound(100), message_ends(), answer_ends())
    assert book >> played(100)
    assert book.call.floor is Floor.LISTENING


def test_first_sounds_are_timed():
    """From the answer of the line to the greeting's first sample, from the end of a turn to the answer's."""
    book = Playbook(conversation()).after(JOINED, 3.0, answered(), READY, 0.2, rendered(1, "Namaste.", 1000))
    book.after(0.1, played(50), 0.95, played(950), frame(1000), _turn("i1", "no power", at=200, lasts=300))
    book.after(answer_begins(), words("Yes. And more."), sound(100), sound(100), 0.5, played(100), 0.1, played(100))
    assert book.reported(Latency) == [Latency("greeting", 250.0), Latency("first_sound", 600.0)]


def test_words_that_nobody_waited_for_are_not_timed():
    """A prompt after silence."""
    book = greeted().after(8.0, rendered(2, "Are you still there?", 100), played(100))
    assert book.reported(Latency) == [Latency("greeting", 0.0)]


@pytest.mark.parametrize(("seconds", "ms"), [(0.25, 250.0), (-1.0, 0.0), (0.00005, 0.1), (0.00014, 0.1)])
def test_times_are_told_to_a_tenth_of_a_millisecond(seconds, ms):
    """Never below zero."""
    assert milliseconds(seconds) == ms


# Barge-in.


def test_speech_pauses_our_voice_at_once():
    """Once, whatever else is said."""
    book = _answering().after(words("Where do you live?"), sound(1000), played(200))
    assert book >> speaks("i2", 1000) << PausePlaying()
    assert book >> speaks("i3", 3000)


def test_a_back_channel_lets_it_go_on_at_the_same_sample():
    """Nothing is dropped, the engine forgets the turn, and the answer is heard to its end."""
    book = _answering().after(words("Where do you live?"), sound(1000), message_ends(), answer_ends(), played(200))
    book.after(speaks("i2", 1000), stops("i2", 1800), commits("i2"))
    assert book >> hears("i2", "haan") << delete("i2") << ResumePlaying()
    assert book >> played(800) << we_said("Where do you live?", 1000)
    assert book.reported(Latency)[-1].stage == "barge_in"


def test_a_turn_cuts_at_what_was_heard():
    """Cancelled, truncated to the millisecond, and told as far as it was heard."""
    book = _answering().after(words("Where do you live now?"), sound(1100), played(507))
    book.after(speaks("i2", 1000), stops("i2", 1800), commits("i2"))
    assert (
        book
        >> hears("i2", "talk to a person")
        << cancel("r1")
        << stop(1)
        << ResumePlaying()
        << truncate("a1", 507)
        << we_said("Where do", 507, 1100)
        << caller_said("talk to a person")
    )
    assert book >> answer_ends(status="cancelled") << CREATE
    assert book >> played(300)  # of the queue that was dropped
    book.after(answer_begins("r2"))
    assert book >> sound(100, "a2", "r2") << play(100)
    assert book >> message_ends("a2", "r2") >> played(40, stream=1)


def test_what_was_not_heard_is_not_told():
    """The engine learns that none of it was."""
    book = _answering().after(words("Where do you live now?"), sound(1100))
    book.after(speaks("i2", 1000), stops("i2", 1800), commits("i2"))
    assert (
        book
        >> hears("i2", "talk to a person")
        << cancel("r1")
        << stop(1)
        << ResumePlaying()
        << truncate("a1", 0)
        << caller_said("talk to a person")
    )


def test_our_own_phrase_is_cut_too():
    """The engine is told what of it was heard."""
    book = Playbook(conversation()).after(JOINED, answered(), READY, rendered(1, "Namaste, how are you?", 1000))
    book.after(played(400), speaks("i1", 0), stops("i1", 1000), commits("i1"))
    assert (
        book
        >> hears("i1", "no power")
        << stop(1)
        << ResumePlaying()
        << we_said("Namaste,", 400, 1000)
        << note("[said greeting] Namaste,")
        << CREATE
        << caller_said("no power")
    )


def test_a_phrase_that_is_still_rendered_is_not_said_any_more():
    """Whether some of it was heard or none."""
    book = Playbook(conversation()).after(JOINED, answered(), READY)
    book.after(speaks("i1", 0), stops("i1", 1000), commits("i1"))
    assert book >> hears("i1", "no power") << ResumePlaying() << CREATE << caller_said("no power")
    assert book >> rendered(1, "Namaste.", 100)


def _in_danger():
    """The safety words are being said: 500 of 1,000 ms, with the rest of them still to come."""
    book = greeted().after(_turn("i1", "a wire has fallen on the road"))
    return book.after(voiced(2, WIRE, 600), voiced(2, "Keep away.", 400), played(500))


def test_safety_words_go_on_at_the_same_sample():
    """The caller's words cut nothing of them; the answer comes after them."""
    book = _in_danger().after(speaks("i2", 2000), stops("i2", 3000), commits("i2"))
    assert (
        book
        >> hears("i2", "what shall i do")
        << CANCEL
        << stop(1)
        << ResumePlaying()
        << play(100, 2)
        << play(400, 2)
        << caller_said("what shall i do")
    )
    assert book >> played(40, stream=1)
    assert book >> SayRendered(2)
    assert book >> played(459, stream=1)
    told = f"{WIRE} Keep away."
    assert book >> played(1, stream=1) << we_said(told, 1000) << note(f"[said safety_wire_down] {told}")


def test_safety_words_are_put_back_as_often_as_needed():
    """From wherever they had got."""
    book = _in_danger().after(_turn("i2", "what shall i do", at=2000), played(200, stream=1))
    book.after(speaks("i3", 4000), stops("i3", 5300), commits("i3"))
    assert (
        book
        >> hears("i3", "hurry up please")
        << stop(2)
        << ResumePlaying()
        << play(300, 2)
        << caller_said("hurry up please")
    )
    assert book.call.floor is Floor.PROCESSING


def test_safety_words_that_were_interrupted_are_told_once():
    """In full, when they were heard in full."""
    book = _in_danger().after(_turn("i2", "what shall i do", at=2000), SayRendered(2), played(500, stream=1))
    told = [line for line in book.reported(Transcript) if line.who == "assistant"]
    assert told[1:] == [Transcript("assistant", f"{WIRE} Keep away.", 1000, 1000)]
    assert book.reported(HazardHeard) == [HazardHeard("P0")]


def test_an_answer_that_waits_behind_safety_words_is_not_late():
    """The engine has said its part while they go on, however long they are: it is not given up for silence."""
    book = greeted().after(_turn("i1", "a wire has fallen on the road"), voiced(2, WIRE, 20_000), played(500))
    book.after(
        SayRendered(2), _turn("i2", "what shall i do", at=2000), answer_begins(), answer_ends(status="cancelled")
    )
    book.after(answer_begins("r2"), sound(2000, "a2", "r2"), answer_ends("r2"))
    for _ in range(19):
        assert book >> 1.0
        book.after(played(1000, stream=1))
    assert book >> 0.5
    assert book.after(played(500, stream=1)).reported(Transcript)[-1].text == WIRE
    assert book >> 1.0
    book.after(played(1000, stream=1))
    assert book >> 1.0


def test_danger_is_said_before_the_answer():
    """The answer waits until the safety words are rendered, then it is queued behind them."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1300), commits("i1"))
    assert (
        book
        >> hears("i1", "there is a fire in my house")
        << caller_said("there is a fire in my house")
        << report(HazardHeard("P0"))
        << say(2, "safety_fire")
    )
    assert book >> answer_begins() >> sound(100)
    assert book >> voiced(2, "Move away.", 200) << play(200, 2)
    assert book >> SayRendered(2) << play(100)


def test_words_of_an_engine_that_is_gone_are_cut_without_telling_it():
    """What was heard of them is told all the same."""
    book = Playbook(conversation(remote=True)).after(
        REMOTE, answered(), READY, rendered(1, "Namaste.", 100), played(100)
    )
    book.after(speaks("i1", 0), stops("i1", 1000), commits("i1"), hears("i1", "no power"), answer_begins())
    book.after(words("What is your number?"), sound(1000), played(900), LOST)
    done = (book >> CallerText("hello")).does()
    assert not any(one.startswith("truncate") for one in done)
    assert any(one.startswith("said: What is your") for one in done)
