"""The farewell, an engine that is lost, and the end of a call."""

import pytest

from npcl_voice.config import Call
from npcl_voice.conversation.commands import (
    CallEnded,
    EngineChanged,
    HangUp,
    PausePlaying,
    ResumePlaying,
    StateChanged,
    ToolAnswered,
    Transcript,
)
from npcl_voice.conversation.events import (
    CallerHungUp,
    CallerText,
    IntentFailed,
    ModelLost,
    SayFailed,
    SayRendered,
    TimePassed,
)
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.floor import Floor
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    CONFIGURE,
    CREATE,
    JOINED,
    LOST,
    READY,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    bare,
    caller_said,
    commits,
    frame,
    hears,
    keys,
    message_ends,
    note,
    output,
    play,
    played,
    put,
    rendered,
    report,
    run,
    say,
    sound,
    speaks,
    stop,
    stops,
    tool_answers,
    tool_call,
    voiced,
    we_said,
    words,
)

GONE = ModelLost("all engines are gone", final=True)
FIRE = "there is a fire in my house"


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


def ends(outcome, *numbers):
    return report(CallEnded(outcome, numbers))


def _hung_up(outcome, *numbers):
    return [HangUp(outcome), ends(outcome, *numbers)]


# The farewell.


def _leaving():
    """The caller is done, and the tool has said so."""
    book = greeted().after(*_turn("i1", "bye"), answer_begins())
    assert book >> tool_call("c1", "bye") << run("c1", "bye")
    assert book >> answer_ends()
    assert (
        book
        >> tool_answers("c1", "bye")
        << report(ToolAnswered("bye", {}, {"ok": True}))
        << output("c1", '{"ok":true}')
        << say(2, "farewell")
    )
    return book


def test_the_farewell_is_heard_before_the_line_is_closed():
    """To its last sample."""
    book = _leaving()
    assert book >> rendered(2, "Goodbye.", 1000) << play(1000, 2)
    assert book >> played(999)
    assert book >> played(1) << we_said("Goodbye.", 1000) << note("[said farewell] Goodbye.") << _hung_up("unresolved")
    assert book.call.floor is Floor.ENDED
    assert book.reported(StateChanged)[-1] == StateChanged("ended", "ended", "none")


def test_a_machine_that_slept_during_the_farewell():
    """When it wakes up everything is due at once; the call ends, and nothing else happens."""
    book = _leaving()
    book.now += 24 * 3600
    assert book >> TimePassed() << _hung_up("unresolved")


def test_a_tool_that_refuses_the_farewell():
    """The engine is asked what now."""
    book = greeted().after(*_turn("i1", "bye"), answer_begins(), tool_call("c1", "bye"), answer_ends())
    assert (
        book
        >> IntentFailed("c1", "bye", "bug")
        << report(ToolAnswered("bye", {}, {"ok": False, "reason": "unavailable"}))
        << output("c1", '{"ok":false,"reason":"unavailable"}')
        << CREATE
    )


def test_one_more_thing():
    """Who speaks during the farewell goes on; the next farewell ends the call."""
    book = _leaving().after(rendered(2, "Thank you. Goodbye.", 1000), played(500))
    book.after(speaks("i2", 2000), stops("i2", 3500), commits("i2"))
    assert (
        book
        >> hears("i2", "my power is out")
        << stop(1)
        << ResumePlaying()
        << we_said("Thank you.", 500, 1000)
        << note("[said farewell] Thank you.")
        << CREATE
        << caller_said("my power is out")
    )
    assert book.call.floor is Floor.PROCESSING
    book.after(answer_begins("r2"), words("What?", "a2", "r2"), sound(100, "a2", "r2"), message_ends("a2", "r2"))
    assert book >> answer_ends("r2") >> played(99, stream=1)
    assert book >> played(1, stream=1) << we_said("What?", 100)
    assert book.call.next_deadline() == 8.0  # it is silence that counts now, and no farewell


@pytest.mark.parametrize("more", [keys("1#"), CallerText("wait")])
def test_one_more_thing_by_key_or_line(more):
    """The farewell is taken back for them, too."""
    book = _leaving().after(rendered(2, "Goodbye.", 1000), played(500), more)
    assert book.call.floor is Floor.PROCESSING
    assert not book.reported(CallEnded)
    book.after(answer_begins("r2"), answer_ends("r2"), 7.9)
    assert not book.reported(CallEnded)


def test_a_back_channel_lets_the_farewell_go_on():
    """It is no further matter."""
    book = _leaving().after(rendered(2, "Goodbye.", 1000), played(500), *_turn("i2", "ok", at=2000))
    book.after(played(500))
    assert book.reported(CallEnded) == [CallEnded("unresolved", ())]


def test_a_farewell_that_cannot_be_heard():
    """After thirty seconds the line is closed all the same."""
    book = _leaving().after(voiced(2, "Goodbye.", 1000), played(500), speaks("i2", 2000))
    assert book >> 29.999
    assert book >> 0.001 << _hung_up("unresolved")


def test_the_limit_during_the_farewell():
    """The farewell is heard to its end."""
    call = Call(limit_s=60, limit_warning_s=59, idle_prompt_s=50)
    book = greeted(Playbook(conversation(call=call))).after(59.0, SayFailed(2, "no voice"))
    book.after(CallerText("bye"), answer_begins(), tool_call("c1", "bye"), answer_ends(), tool_answers("c1", "bye"))
    assert book >> rendered(3, "Goodbye.", 2000) << play(2000, 3)
    assert book >> 1.0 >> played(1999)
    assert book >> played(1) << we_said("Goodbye.", 2000) << note("[said farewell] Goodbye.") << _hung_up("unresolved")


def test_keys_that_are_pending_do_not_hold_the_farewell_for_ever():
    """They are completed after their three seconds, and are one more thing."""
    book = greeted().after(*_turn("i1", "bye"), answer_begins(), tool_call("c1", "bye"), answer_ends(), keys("1"))
    book.after(tool_answers("c1", "bye"))
    assert book >> 3.0 << put("[keypad] 1") << caller_said("[keypad] 1") << CREATE


def test_a_written_farewell():
    """It is read at once."""
    book = Playbook(conversation()).after(JOINED, answered(voice=False), READY, CallerText("bye"), answer_begins())
    book.after(tool_call("c1", "bye"), answer_ends(), tool_answers("c1", "bye"))
    told = "Thank you for calling Noida Power Company. Goodbye."
    farewell = [report(Transcript("assistant", told)), note(f"[said farewell] {told}")]
    assert [bare(one) for one in book.steps[-1][2][2:6]] == [*farewell, *_hung_up("unresolved")]
    assert book.reported(CallEnded) == [CallEnded("unresolved", ())]
    assert book.call.next_deadline() is None


def test_the_limit_of_a_written_call():
    """The goodbye is read, and the line is closed."""
    book = Playbook(conversation()).after(JOINED, answered(voice=False), READY, 600.0)
    assert book.reported(CallEnded) == [CallEnded("unresolved", ())]
    assert book.call.next_deadline() is None


# The engine is lost.


def _trouble(book, say_id=2):
    assert book >> rendered(say_id, "Please call again.", 1000) << play(1000, say_id)
    assert book >> played(1000) << we_said("Please call again.", 1000) << _hung_up("failed")


def test_no_engine_is_left():
    """The caller is told, and the line is closed; nothing more is sent, and nobody is asked for another."""
    book = greeted()
    assert book >> GONE << say(2, "trouble")
    assert book >> frame(20) >> CallerText("hello") << caller_said("hello")
    assert book >> answer_begins() >> 5.0
    _trouble(book)


def test_no_engine_is_left_in_the_middle_of_an_answer():
    """What has come of it is heard to its end, and then the caller is told."""
    book = greeted().after(*_turn("i1", "hello"), answer_begins(), words("Well, then."), sound(1000), played(600))
    assert book >> GONE << say(2, "trouble")
    assert book >> played(400) << we_said("Well, then.", 1000)
    _trouble(book)


def test_no_engine_is_left_before_anybody_answers():
    """There is nobody to be told."""
    book = Playbook(conversation()).after(JOINED)
    assert book >> GONE << ends("failed")
    assert book.call.floor is Floor.ENDED


def test_an_engine_that_is_lost_during_the_farewell():
    """The farewell is heard to its end, and the call ends as it was going to."""
    book = _leaving().after(voiced(2, "Goodbye.", 1000), played(500), speaks("i2", 2000))
    assert book >> LOST << ResumePlaying()
    assert book >> GONE
    assert book >> SayRendered(2)
    assert book >> played(500) << we_said("Goodbye.", 1000) << _hung_up("unresolved")


def test_keys_that_were_pending_when_no_engine_was_left():
    """Nobody can answer them; the voice goes on."""
    book = greeted().after(keys("1"), GONE, voiced(2, "Please call again.", 1000))
    assert book >> 3.0 << caller_said("[keypad] 1")
    assert book >> keys("2") << PausePlaying()
    assert book >> keys("#") << ResumePlaying() << caller_said("[keypad] 2")


def test_an_engine_that_comes_in_time():
    """While the caller is told, another one may be joined; a turn takes the farewell back."""
    book = greeted().after(GONE, voiced(2, "Please call again.", 1000))
    assert (
        book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE << note(write_facts(book.call.context))
    )
    book.after(READY, speaks("i1", 0), stops("i1", 1500), commits("i1"), hears("i1", "hello"))
    assert book.call.floor is Floor.PROCESSING
    assert not book.reported(CallEnded)


# The end.


def test_a_caller_who_hangs_up():
    """The outcome is the best that was reached."""
    book = greeted()
    assert book >> CallerHungUp() << ends("hung_up")
    book = greeted().after(CallerText("no power 2000001234"), answer_begins(), tool_call("c1", "no_supply"))
    book.after(answer_ends(), tool_answers("c1", "no_supply", complaint_number="000054324"))
    assert book >> CallerHungUp() << ends("complaint_registered", "000054324")


def test_after_the_end_nothing_is_done():
    """Whatever still comes."""
    book = greeted().after(CallerHungUp())
    for event in (CallerHungUp(), LOST, JOINED, READY, TimePassed(), frame(20), *_turn("i1", FIRE), played(10)):
        assert book >> event
    assert book >> tool_answers("c1", "bye") >> IntentFailed("c1", "bye", "bug") >> 1000.0
    assert book.call.next_deadline() is None


@pytest.mark.parametrize(
    ("finish", "outcome"),
    [
        (tool_answers("c1", "no_supply", complaint_number="000054324"), ("complaint_registered", "000054324")),
        (IntentFailed("c1", "no_supply", "bug"), ("hung_up",)),
    ],
)
def test_a_tool_that_runs_when_the_caller_hangs_up(finish, outcome):
    """What it did belongs into the record: the end is told when it has answered, and nobody is asked anything."""
    book = greeted().after(CallerText("no power 2000001234"), answer_begins(), tool_call("c1", "no_supply"))
    assert book >> CallerHungUp()
    assert book >> tool_answers("c9", "no_supply")
    (told, end) = (book >> finish).steps[-1][2]
    assert isinstance(told.line, ToolAnswered)
    assert end == ends(*outcome)
    book.after()


def test_an_answer_that_waits_for_words_is_not_let_through_after_the_end():
    """Not a sample of it."""
    book = greeted().after(speaks("i1", 0), stops("i1", 1000), commits("i1"), answer_begins(), sound(1000))
    assert book >> CallerHungUp() << ends("hung_up")


def test_a_hazard_is_the_outcome_above_all():
    """Whatever else was done."""
    book = greeted().after(CallerText(FIRE), answer_begins(), tool_call("c1", "hazard", '{"kind":"fire"}'))
    book.after(answer_ends(), tool_answers("c1", "hazard", complaint_number="000054325"))
    assert book >> CallerHungUp() << ends("emergency", "000054325")


def test_a_turn_that_was_forgotten_after_the_engine_was_lost():
    """There is nobody to forget it."""
    book = greeted().after(*_turn("i1", "hello"), answer_begins(), sound(1000), speaks("i2", 2000))
    book.after(GONE)
    assert book >> stops("i2", 2100) >> commits("i2") >> hears("i2", "haan")
