"""The caller's sound, on its way to the engine."""

from npcl_voice.audio.frame import PCMU
from npcl_voice.conversation.commands import EngineChanged, Latency
from npcl_voice.realtime.events import InputAudioBufferAppend
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    CONFIGURE,
    JOINED,
    READY,
    Playbook,
    answer_begins,
    answered,
    commits,
    frame,
    hears,
    played,
    rendered,
    report,
    say,
    sends,
    sound,
    speaks,
    stops,
)


def sent(ms):
    return sends(InputAudioBufferAppend(PCMU.silence(ms * 8).data))


def _before_the_engine_listens(book):
    assert book >> answered() << say(1, "greeting")
    return book


def test_sound_is_kept_until_the_engine_listens():
    """What is said during the first moments is not lost, and comes in order."""
    book = _before_the_engine_listens(Playbook(conversation()))
    assert book >> frame(20) >> frame(30)
    assert book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE
    assert book >> frame(40)
    assert book >> READY << sent(20) << sent(30) << sent(40)
    assert book >> frame(50) << sent(50)
    assert book >> READY >> frame(20) << sent(20)


def test_no_more_is_kept_than_a_caller_says_into_silence():
    """Fifteen seconds; the oldest goes first."""
    book = _before_the_engine_listens(Playbook(conversation()))
    assert book >> frame(20) >> [frame(1000)] * 15
    assert book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE
    assert book >> READY << [sent(1000)] * 15


def test_fifteen_seconds_are_kept_whole():
    """The limit itself is not beyond the limit."""
    book = _before_the_engine_listens(Playbook(conversation()))
    book.after(frame(14_000), frame(1000))
    assert book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE
    assert book >> READY << sent(14_000) << sent(1000)


def test_when_a_position_in_the_sound_was_spoken():
    """Counted back from the last sound that was sent: a turn that ended 200 ms before it, ended 200 ms before."""
    book = greeted().after(1.0, frame(400), 0.5, frame(400), 0.25, speaks("i1", 0), stops("i1", 600), commits("i1"))
    assert book.now == 1.75
    book.after(hears("i1", "hello"), answer_begins(), sound(100), 0.25, played(100))
    # heard to begin at 1.9 s; the turn had ended at 1.3 s
    assert book.reported(Latency)[1:] == [Latency("first_sound", 600.0)]


def test_the_wait_of_a_barge_in_is_told():
    """From the speech itself, which begins after the padding, to our silence."""
    book = Playbook(conversation()).after(JOINED, answered(), READY, rendered(1, "Namaste.", 5000), 1.0, frame(1000))
    book.after(0.05, speaks("i1", 600))
    # the padding of 300 ms ends at 900 ms, which was sent at 0.9 s; now it is 1.05 s
    assert book.reported(Latency) == [Latency("barge_in", 150.0)]
