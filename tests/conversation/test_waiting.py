"""No dead air: when the caller is asked for patience, and when an engine is given up."""

from npcl_voice.config import Call
from npcl_voice.conversation.commands import Latency, Say
from npcl_voice.conversation.events import CallerText, SayFailed
from npcl_voice.conversation.waiting import EMBEDDED_PATIENCE
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    JOINED,
    LOST,
    READY,
    Playbook,
    answer_begins,
    answer_ends,
    answered,
    commits,
    frame,
    hears,
    message_ends,
    played,
    rendered,
    silence,
    sound,
    speaks,
    speech,
    stops,
    tool_answers,
    tool_call,
    words,
)


def _turn(item_id, text, *, at=0):
    return [speaks(item_id, at), stops(item_id, at + 1000), commits(item_id), hears(item_id, text)]


def _hurried():
    """A call whose engine is given up after 1.5 s: the embedded one gets four times as long as others."""
    return greeted(Playbook(conversation(call=Call(engine_stall_ms=1_500 // EMBEDDED_PATIENCE))))


def _spoken(book=None):
    """A turn of one second that has just ended: it is the second 1.0."""
    return (book or greeted()).after(1.0, frame(1000), _turn("i1", "no power"))


# Patience.


def test_a_late_answer():
    """It was due 1.2 s after the turn; half a second later our own voice asks for patience, every three seconds."""
    book = _spoken()
    assert book >> 1.699
    assert (book >> 0.001).does() == ["say bridge"]
    book.after(rendered(2, "One moment.", 500), 0.5, played(500), answer_begins())
    assert book.reported(Latency)[-1] == Latency("bridge", 500.0)
    assert book >> 1.4
    book.after(words("What"), sound(2000), played(2000))
    assert book >> 0.499
    assert (book >> 0.001).does() == ["say bridge"]


def test_patience_is_asked_for_again_in_other_words():
    """Three seconds after the first time was heard."""
    call = Call(engine_stall_ms=60_000)
    book = _spoken(greeted(Playbook(conversation(call=call)))).after(1.7, rendered(2, "One moment.", 500), played(500))
    for say_id in (3, 4):
        assert book >> 2.999
        assert (book >> 0.001).does() == ["say bridge_again"]
        book.after(rendered(say_id, "Still there.", 500), played(500))


def test_an_own_voice_that_fails_asks_again_all_the_same():
    """Three seconds later."""
    book = _spoken(greeted(Playbook(conversation(call=Call(engine_stall_ms=60_000)))))
    book.after(1.7, SayFailed(2, "no voice"))
    assert book >> 2.999
    assert (book >> 0.001).does() == ["say bridge_again"]


def test_sound_in_time_needs_no_patience():
    """Nor does sound that goes on."""
    book = _spoken().after(1.6, answer_begins(), words("What is your number?"), sound(3000))
    assert book >> 1.0 >> played(1000) >> 1.0
    book.after(played(1000), sound(1000))
    assert book >> 1.0 >> played(1000) >> 1.0


def test_nobody_is_asked_for_patience_who_speaks():
    """Neither to the engine nor while none is there."""
    book = _spoken().after(1.0, speaks("i2", 1500))
    assert book >> 5.0
    book = _spoken().after(LOST, JOINED)
    for _ in range(15):
        assert book >> 0.1 >> speech(100)
    book.after(READY)
    book = greeted().after(1.0, LOST, 0.1, speech(100), 0.1, speech(100), JOINED)
    for _ in range(4):
        assert book >> 0.1 >> silence(100)
    book.after(0.1, silence(100))
    assert (book >> 1.2).does() == ["say bridge"]  # 1.7 s after the last that was said


def test_how_long_is_waited_is_set():
    """When an answer is due, and the silence after that."""
    book = _spoken(greeted(Playbook(conversation(call=Call(answer_due_ms=500, bridge_ms=200)))))
    assert book >> 0.699
    assert (book >> 0.001).does() == ["say bridge"]


def test_who_types_is_not_spoken_to():
    """There is no voice; the engine is given up all the same."""
    call = Call(engine_stall_ms=1_500 // EMBEDDED_PATIENCE)
    book = Playbook(conversation(call=call)).after(JOINED, answered(voice=False), READY, CallerText("no power"))
    assert book >> 2.699
    assert (book >> 0.001).does() == ["change: fail_over, stall, 2"]


def test_an_answer_with_a_gap():
    """What has come was played: the rest is due at once, and goes on behind our own words."""
    book = _spoken().after(0.5, answer_begins(), words("What is"), sound(400), played(400))
    assert book >> 0.499
    assert (book >> 0.001).does() == ["say bridge"]
    assert (book >> rendered(2, "One moment.", 300)).does() == ["play 300 ms"]
    book.after(words(" your number?"))
    assert (book >> sound(600)).does() == ["play 600 ms"]
    assert (book >> played(300)).does() == ["said: One moment.", "system: [said bridge] One moment."]
    book.after(message_ends(), answer_ends(), played(300), speaks("i2", 1500), stops("i2", 3000), commits("i2"))
    assert (book >> hears("i2", "talk to a person")).does()[:4] == [
        "stop",
        "resume",
        "truncate a1 at 700 ms",
        "said: What is your",
    ]


def test_a_voice_that_stays_paused():
    """Words over it that do not come: it goes on half a second after an answer was due."""
    book = _spoken().after(answer_begins(), words("What is your number?"), sound(9000), played(100))
    book.after(1.0, frame(1000), speaks("i2", 1000), stops("i2", 2000), commits("i2"))
    assert book >> 1.699
    assert (book >> 0.001).does() == ["resume"]
    assert book >> 5.0
    assert (book >> hears("i2", "talk to a person")).does()[:3] == ["cancel", "stop", "truncate a1 at 100 ms"]


# Giving up.


def test_an_engine_that_does_not_answer():
    """A second and a half after its answer was due the call goes on at the next one."""
    book = _spoken(_hurried()).after(1.7, rendered(2, "One moment.", 500), played(500))
    assert book >> 0.999
    assert (book >> 0.001).does() == ["change: fail_over, stall, 2"]


def test_an_engine_that_is_at_work():
    """Every sign of life counts."""
    book = _spoken(_hurried()).after(2.0, rendered(2, "One moment.", 100), played(100), answer_begins())
    assert book >> 1.4
    book.after(words("What"))
    assert book >> 1.499
    assert (book >> 0.001).does() == ["change: fail_over, stall, 2"]  # words without sound were not heard


def test_an_engine_that_stops_in_the_middle_of_an_answer():
    """Its sound was played to its end; what had come of it counts as said."""
    book = _spoken(_hurried()).after(0.5, answer_begins(), words("What is"), sound(400), played(400))
    book.after(0.5, rendered(2, "One moment.", 300), played(300))
    assert book >> 1.699
    assert (book >> 0.001).does() == ["said: What is", "change: fail_over, stall, 2"]


def test_a_turn_whose_end_is_not_followed_by_anything():
    """The engine noticed it and made no item of it."""
    book = _hurried().after(1.0, frame(1000), speaks("i1", 0), stops("i1", 1000), 1.7)
    assert (book >> 1.0).does() == ["change: fail_over, stall, 2"]


def test_nobody_is_given_up_for_a_tool():
    """It is ours, and takes as long as it takes; then the engine's time begins."""
    book = _hurried().after(1.0, CallerText("hello"), answer_begins(), tool_call("c1", "repeat"), answer_ends())
    assert (book >> 20.0).does() == ["say bridge"]
    book.after(rendered(2, "One moment.", 100), played(100), tool_answers("c1", "repeat"))
    assert book >> 2.699
    assert (book >> 0.001).does() == ["change: fail_over, stall, 2"]


def test_an_engine_that_is_not_ready():
    """Two seconds after it was asked for; and again, for as long as there is any."""
    book = greeted().after(LOST)
    for _ in range(3):
        assert book >> 1.999
        assert (book >> 0.001).does() == ["change: fail_over, not_ready, 2"]
    book.after(1.0, JOINED)  # two seconds in all
    assert book >> 0.999
    assert (book >> 0.001).does() == ["change: fail_over, not_ready, 2"]
    book.after(1.9, JOINED)  # but one at least for whom it was late to come
    assert book >> 0.999
    assert (book >> 0.001).does() == ["change: fail_over, not_ready, 2"]


def test_the_first_engine_has_as_long():
    """From when the line opened; what nobody waits for has all the time it wants."""
    book = Playbook(conversation()).after(LOST)
    assert book.call.next_deadline() is None
    book.after(JOINED)
    assert book.call.next_deadline() is None
    book.after(answered())
    assert book.call.next_deadline() == 2.0


def test_nobody_is_asked_whether_they_are_there_while_nobody_listens():
    """They could not answer; silence counts from when an engine listens again."""
    book = greeted().after(7.5, LOST, JOINED)
    assert book >> 1.9
    assert book >> READY
    assert book >> 7.999
    assert (book >> 0.001).does() == ["say idle"]


def test_a_call_that_gets_no_engine_ends_at_its_limit():
    """The caller has spoken, and is asked for patience until then."""
    call = Call(limit_s=60, limit_warning_s=59)
    book = greeted(Playbook(conversation(call=call))).after(1.0, LOST, speech(100), 0.5, silence(100))
    said = []
    while (deadline := book.call.next_deadline()) is not None:
        book.after(round(max(0.0, deadline - book.now), 6))
        for one in book.steps[-1][2]:
            if isinstance(one, Say):
                said.append(one.phrase)
                book.after(rendered(one.say_id, "Words.", 100), 0.1, played(100))
    assert said[0] == "bridge"
    assert set(said[1:-1]) == {"bridge_again", "limit_warning"}
    assert said[-1] == "limit_goodbye"
    assert 60 <= book.now < 62
