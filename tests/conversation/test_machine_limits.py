"""Silence, and the limit of a call."""

from npcl_voice.config import Call
from npcl_voice.conversation.commands import (
    CallEnded,
    HangUp,
    HazardHeard,
    PausePlaying,
    ResumePlaying,
)
from npcl_voice.conversation.events import (
    CallerText,
    DeviceBack,
    DeviceGone,
    SayFailed,
    SayRendered,
)
from npcl_voice.conversation.floor import Floor
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    JOINED,
    READY,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    caller_said,
    commits,
    hears,
    keys,
    message_ends,
    note,
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
    truncate,
    voiced,
    we_said,
    words,
)

FIRE = "there is a fire in my house"


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


def _hung_up(outcome):
    return [HangUp(outcome), report(CallEnded(outcome, ()))]


# Silence.


def test_silence_is_asked_about_twice_and_then_ends_the_call():
    """Eight seconds after the last word was heard, each time."""
    book = greeted()
    assert book >> 7.999
    assert book >> 0.001 << say(2, "idle")
    book.after(rendered(2, "Are you there?", 500), 0.5, played(500))
    assert book >> 7.999
    assert book >> 0.001 << say(3, "idle")
    book.after(rendered(3, "Are you there?", 500), 0.5, played(500))
    assert book >> 8.0 << say(4, "idle_goodbye")
    assert book >> rendered(4, "Goodbye.", 500) << play(500, 4)
    assert (
        book
        >> played(500)
        << we_said("Goodbye.", 500)
        << note("[said idle_goodbye] Goodbye.")
        << _hung_up("unresolved")
    )
    assert book.call.next_deadline() is None


def test_how_long_and_how_often_are_settings():
    """One prompt after three seconds."""
    book = greeted(Playbook(conversation(call=Call(idle_prompt_s=3, idle_prompts=1))))
    assert book >> 3.0 << say(2, "idle")
    book.after(rendered(2, "Are you there?", 500), played(500))
    assert book >> 3.0 << say(3, "idle_goodbye")


def test_a_prompt_that_cannot_be_spoken_counts_too():
    """A voice that fails must not keep the line open."""
    book = greeted().after(8.0)
    assert book >> SayFailed(2, "no voice")
    assert book >> 8.0 << say(3, "idle")
    assert book >> SayFailed(3, "no voice")
    assert book >> 8.0 << say(4, "idle_goodbye")
    assert book >> SayFailed(4, "no voice") << _hung_up("unresolved")


def test_a_turn_begins_the_count_anew():
    """Speech stops it, and so do keys; the prompts before it do not count."""
    book = greeted().after(8.0, rendered(2, "Are you there?", 500), played(500), 7.0, speaks("i1", 0))
    assert book >> 9.0
    book.after(stops("i1", 500), commits("i1"), hears("i1", "hello"), answer_begins(), words("Yes?"), sound(10))
    book.after(message_ends(), answer_ends())
    assert book >> 8.0
    book.after(played(10), 8.0, rendered(3, "Are you there?", 500), played(500), 8.0)
    assert book.call.next_deadline() == 540.0
    book.after(rendered(4, "Are you there?", 500), played(500))
    assert book >> 8.0 << say(5, "idle_goodbye")


def test_silence_counts_from_the_end_of_what_we_say():
    """Not from the moment between the caller's last sound and our answer, however short that answer leaves them."""
    book = greeted().after(1.0, speaks("i1", 0), stops("i1", 500), 0.1, commits("i1"), hears("i1", "hello"))
    book.after(
        answer_begins(), words("A long answer?"), sound(7_500), message_ends(), answer_ends(), 7.5, played(7_500)
    )
    assert book >> 7.999
    assert book >> 0.001 << say(2, "idle")


def test_keys_that_are_withdrawn_are_no_end_of_silence():
    """The count begins again."""
    book = greeted().after(7.0)
    assert book >> keys("1") >> 2.0 >> keys("*")
    assert book >> 7.999
    assert book >> 0.001 << say(2, "idle")


def test_nobody_is_asked_while_an_answer_is_on_its_way():
    """However long a tool takes: they are asked for patience instead; afterwards silence counts again."""
    book = greeted().after(7.5, CallerText("hello"), answer_begins(), tool_call("c1", "repeat"), answer_ends())
    assert (book >> 30.0).does() == ["say bridge"]
    book.after(rendered(2, "One moment.", 100), played(100), 2.9)
    assert (book >> 0.1).does() == ["say bridge_again"]
    book.after(rendered(3, "Still there.", 100), played(100), tool_answers("c1", "repeat"), answer_begins("r2"))
    book.after(sound(100, "a2", "r2"), message_ends("a2", "r2"), answer_ends("r2"), played(100))
    assert book.call.floor is Floor.LISTENING
    assert book >> 8.0 << say(4, "idle")


def test_nobody_is_asked_who_types():
    """A person who reads may take their time."""
    book = Playbook(conversation()).after(JOINED, answered(voice=False), READY)
    assert book >> 500.0


# The limit.


def test_a_call_has_a_limit():
    """A warning, then a goodbye, then the end."""
    call = Call(limit_s=60, limit_warning_s=40, idle_prompt_s=50)
    book = greeted(Playbook(conversation(call=call)))
    assert book >> 39.999
    assert book >> 0.001 << say(2, "limit_warning")
    book.after(rendered(2, "One minute.", 100), played(100))
    assert book >> 19.999
    assert book >> 0.001 << say(3, "limit_goodbye")
    assert book >> rendered(3, "Goodbye.", 100) << play(100, 3)
    assert (
        book
        >> played(100)
        << we_said("Goodbye.", 100)
        << note("[said limit_goodbye] Goodbye.")
        << _hung_up("unresolved")
    )


def test_the_warning_waits_for_a_pause():
    """It interrupts neither side; it is tried again every second."""
    call = Call(limit_s=60, limit_warning_s=40, idle_prompt_s=50)
    book = greeted(Playbook(conversation(call=call))).after(39.5, *_turn("i1", "hello"), answer_begins(), sound(100))
    assert book >> 1.0
    book.after(message_ends(), answer_ends(), played(100), speaks("i2", 2000))
    assert book >> 1.0
    book.after(stops("i2", 2500), commits("i2"), hears("i2", "hello"), answer_begins("r2"), sound(10, "a2", "r2"))
    assert book >> 1.0
    book.after(message_ends("a2", "r2"), answer_ends("r2"), played(10))
    assert book >> 1.0 << say(2, "limit_warning")


def test_silence_is_not_asked_about_during_the_warning():
    """Its count begins after it."""
    book = greeted(Playbook(conversation(call=Call(limit_s=60, limit_warning_s=20, idle_prompt_s=21))))
    assert book >> 20.0 << say(2, "limit_warning")
    assert book >> 2.0
    book.after(rendered(2, "One minute.", 100), played(100))
    assert book >> 20.999
    assert book >> 0.001 << say(3, "idle")


def test_the_limit_cuts_an_answer():
    """There is no more time for it."""
    book = greeted(Playbook(conversation(call=Call(limit_s=60, limit_warning_s=59, idle_prompt_s=50))))
    book.after(59.0, SayFailed(2, "no voice"), _turn("i1", "hello"), answer_begins(), words("Well, then."), sound(1000))
    book.after(played(600), message_ends(), answer_ends())
    assert book >> 1.0 << stop(1) << truncate("a1", 600) << we_said("Well,", 600, 1000) << say(3, "limit_goodbye")


def _past_the_limit():
    book = greeted(Playbook(conversation(call=Call(limit_s=60, limit_warning_s=59, idle_prompt_s=50))))
    book.after(59.0, SayFailed(2, "no voice"), 1.0, voiced(3, "Our time is over.", 1000), played(400))
    return book


def test_nothing_is_taken_up_after_the_limit():
    """What the caller says is heard out, but the goodbye goes on; keys and lines change nothing."""
    book = _past_the_limit().after(speaks("i1", 0), stops("i1", 1500), commits("i1"))
    assert book >> hears("i1", "one more thing") << ResumePlaying() << caller_said("one more thing")
    assert book >> CallerText("wait") << put("wait") << caller_said("wait")
    assert book >> keys("1") << PausePlaying()
    assert book >> keys("#") << ResumePlaying() << put("[keypad] 1") << caller_said("[keypad] 1")
    assert book >> SayRendered(3)
    assert (
        book
        >> played(600)
        << we_said("Our time is over.", 1000)
        << note("[said limit_goodbye] Our time is over.")
        << _hung_up("unresolved")
    )


def test_speech_into_the_silence_before_the_goodbye():
    """It was no turn over our voice, and still it comes too late."""
    book = greeted(Playbook(conversation(call=Call(limit_s=60, limit_warning_s=59, idle_prompt_s=50))))
    book.after(59.0, SayFailed(2, "no voice"), 0.5, speaks("i1", 0))
    assert book >> 0.5 << say(3, "limit_goodbye")
    assert book >> stops("i1", 1500) >> commits("i1")
    assert book >> hears("i1", "hello") << caller_said("hello")


def test_danger_after_the_limit():
    """Its safety words are heard before the line is closed."""
    book = _past_the_limit().after(SayRendered(3), speaks("i1", 0), stops("i1", 1500), commits("i1"))
    assert (
        book
        >> hears("i1", FIRE)
        << ResumePlaying()
        << caller_said(FIRE)
        << report(HazardHeard("P0"))
        << say(4, "safety_fire")
    )
    assert book >> rendered(4, "Move away.", 500) << play(500, 4)
    assert book >> played(600) << we_said("Our time is over.", 1000) << note("[said limit_goodbye] Our time is over.")
    assert (
        book
        >> played(500)
        << we_said("Move away.", 500)
        << note("[said safety_fire] Move away.")
        << HangUp("unresolved")
        << run("danger_fire", "hazard", '{"kind":"fire"}')  # no engine has got to it
    )
    book.after(tool_answers("danger_fire", "hazard", complaint_number="000054325"))
    assert book.reported(CallEnded) == [CallEnded("emergency", ("000054325",))]


# The caller's device.


def test_a_device_that_was_away_is_told_of():
    """At once when nobody speaks; while it is away silence says nothing, and it counts anew from its return."""
    book = greeted().after(7.0)
    assert book >> DeviceGone() >> 60.0
    assert book >> DeviceBack("Headset") >> 0.0 << say(2, "device_back")
    book.after(rendered(2, "It was away.", 500), played(500))
    assert book >> 7.999
    assert book >> 0.001 << say(3, "idle")


def test_a_device_that_was_away_is_told_of_when_we_have_finished():
    """A second later, and a second after that."""
    book = greeted().after(8.0, rendered(2, "Are you there?", 500))
    assert book >> DeviceGone() >> DeviceBack("Headset") >> 1.0
    book.after(played(500), 0.5)
    assert book >> 0.5 << say(3, "device_back")


def test_nothing_is_told_of_a_device_during_the_farewell():
    """Whoever leaves does not want to know."""
    book = greeted().after(8.0, rendered(2, "Are you there?", 500), played(500))
    book.after(8.0, rendered(3, "Are you there?", 500), played(500), 8.0)
    assert book >> DeviceBack("Headset") >> 1.5
