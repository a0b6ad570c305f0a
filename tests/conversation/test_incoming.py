"""The caller's sound, on its way to the engine."""

from tests.conversation.talk import conversation
from tests.playbook import CONFIGURE, JOINED, READY, Playbook, answered, frame, played, report, say, sends, speaks, stops

from npcl_voice.audio.frame import PCMU
from npcl_voice.conversation.commands import EngineChanged, Latency
from npcl_voice.realtime.events import InputAudioBufferAppend


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
    assert book >> READY
    for _ in range(15):
        book << sent(1000)
    assert book


def test_fifteen_seconds_are_kept_whole():
    """The limit itself is not beyond the limit."""
    book = _before_the_engine_listens(Playbook(conversation()))
    book >> frame(14_000) >> frame(1000)
    assert book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE
    assert book >> READY << sent(14_000) << sent(1000)


def test_another_engine_hears_from_its_beginning():
    """What the first one heard is not sent again; sound waits until the second one listens."""
    book = Playbook(conversation())
    book >> answered() >> JOINED >> READY >> frame(20)
    book.skip()
    assert book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE
    assert book >> frame(30)
    assert book >> READY << sent(30)


def _heard_from(book):
    book.skip()
    return book


def test_when_a_position_in_the_sound_was_spoken():
    """Counted back from the last sound that was sent, whatever the time of the news."""
    book = Playbook(conversation(), hides=())
    book >> JOINED >> answered() >> READY
    _heard_from(book)
    book >> 1.0 >> frame(400) >> 0.4 >> frame(400)  # 800 ms of sound, the last at 1.4 s
    _heard_from(book)
    assert book >> 0.3 >> speaks("i1", 0)  # into the greeting, which has no sound yet
    _heard_from(book)
    assert book >> stops("i1", 600)
    _heard_from(book)
    # the turn ended 200 ms before the end of the sound: at 1.2 s
    assert book.now == 1.7
    book >> played(0)
    _heard_from(book)


def test_the_wait_of_a_barge_in_is_told():
    """From the speech itself, which begins after the padding, to our silence."""
    from tests.playbook import rendered

    book = Playbook(conversation(), hides=())
    book >> JOINED >> answered() >> READY >> rendered(1, "Namaste.", 5000) >> 1.0 >> frame(1000)
    _heard_from(book)
    book >> 0.05 >> speaks("i1", 600)
    lines = [one.line for one in book._left if hasattr(one, "line")]
    # the padding of 300 ms ends at 900 ms, which was sent at 0.9 s; now it is 1.05 s
    assert lines == [Latency("barge_in", 150.0)]
    book.skip()
