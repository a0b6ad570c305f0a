"""The caller's sound, on its way to the engine."""

from npcl_voice.audio.frame import PCMU
from npcl_voice.conversation.commands import ChangeEngine, EngineChanged, Latency
from npcl_voice.realtime.events import InputAudioBufferAppend
from tests.conversation.talk import conversation, greeted
from tests.playbook import (
    CONFIGURE,
    JOINED,
    LOST,
    READY,
    REMOTE,
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
    report,
    say,
    sends,
    silence,
    sound,
    speaks,
    speech,
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
    assert book >> READY << sent(90)
    assert book >> frame(50) << sent(50)
    assert book >> READY >> frame(20) << sent(20)


def test_no_more_is_kept_than_a_caller_says_into_silence():
    """Fifteen seconds; the oldest goes first."""
    book = _before_the_engine_listens(Playbook(conversation()))
    assert book >> frame(20) >> [frame(1000)] * 15
    assert book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE
    assert book >> READY << [sent(500)] * 30


def test_fifteen_seconds_are_kept_whole():
    """The limit itself is not beyond the limit."""
    book = _before_the_engine_listens(Playbook(conversation()))
    book.after(frame(14_000), frame(1000))
    assert book >> JOINED << report(EngineChanged("local", "no key")) << CONFIGURE
    assert book >> READY << [sent(500)] * 30


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


def test_another_engine_hears_what_came_last():
    """A second of sound in which nothing was noticed is kept: somebody may have begun to speak in it."""
    book = Playbook(conversation()).after(answered(), JOINED, READY, [frame(20)] * 100, LOST)
    book.after(JOINED, frame(30))
    assert (book >> READY).does() == ["sends 1030 ms"]


def test_of_silence_little_is_handed_on():
    """Our own detector has looked at it: a turn's beginning may be in its end, at most."""
    book = Playbook(conversation()).after(answered(), [silence(20)] * 200, JOINED)
    assert (book >> READY).does() == ["sends 300 ms"]
    book = Playbook(conversation()).after(answered(), [silence(20)] * 3, JOINED)
    assert (book >> READY).does() == ["sends 60 ms"]


def test_positions_are_those_of_the_engine_that_tells_them():
    """Another engine counts from what it was handed."""
    book = greeted().after(1.0, frame(400), speaks("i0", 0), stops("i0", 400), commits("i0"), hears("i0", "hello"))
    book.after(answer_begins(), sound(10), message_ends(), answer_ends(), played(10), LOST, JOINED, READY)
    book.after(1.0, frame(400), speaks("i1", 0), stops("i1", 400), commits("i1"), hears("i1", "hello"))
    book.after(answer_begins(), sound(100), 0.25, played(100))
    # heard to begin at 2.15 s; the turn had ended at 2.0 s
    assert book.reported(Latency)[-1] == Latency("first_sound", 150.0)


def test_where_the_caller_s_sound_was_squeezed():
    """Speech and silence around it make 500 ms of 1400: positions count in what was sent."""
    book = greeted().after(LOST)
    for piece in [silence(100)] * 6 + [speech(100)] * 2 + [silence(100)] * 6:
        book.after(0.1, piece)
    book.after(JOINED)
    assert (book >> READY).does() == ["sends 500 ms", "commit"]
    book.after(0.1, frame(100), speaks("j1", 200), stops("j1", 400), commits("j1"), hears("j1", "hello"))
    book.after(LOST, JOINED)
    assert (book >> READY).does() == ["sends 200 ms", "create"]  # the rest is behind words that are known


def test_an_engine_that_tells_of_too_many_turns():
    """Sixteen are remembered, and no place is beyond what was sent."""
    book = greeted().after(1.0, frame(1000))
    for number in range(50):
        book.after(speaks(f"i{number}", 0), stops(f"i{number}", 10**9))
    book.after(hears("i49", "hello"))
    book.after(LOST, 1.0, JOINED)
    assert (book >> READY).does() == ["sends 1000 ms", "commit"]


def test_a_turn_that_stops_without_a_beginning():
    """Its place is not known, and nothing of it is handed on as a turn."""
    book = greeted().after(1.0, frame(1000), stops("i1", 900), commits("i1"), LOST, 1.0, JOINED)
    assert (book >> READY).does() == ["sends 1000 ms", "create"]


def test_nobody_looks_at_the_sound():
    """Without a detector of our own all of it is handed on, and the engine notices the end of a turn by itself."""
    book = greeted().after(1.0, frame(1000), speaks("i1", 500), LOST)
    for _ in range(20):
        book.after(0.1, frame(100))
    book.after(JOINED)
    assert (book >> READY).does() == ["sends 3000 ms"]


def test_what_an_engine_did_not_notice_is_handed_on_without_the_silence_behind_it():
    """Our own detector has looked at it, too: the next engine's detection must not end the turn before we do."""
    book = Playbook(conversation()).after(answered(), JOINED, READY)
    book.after(0.4, [speech(20)] * 20, 1.3, [silence(20)] * 65, LOST, JOINED)
    assert (book >> READY).does()[0] == "sends 460 ms"


def test_an_engine_that_has_noticed_speech_is_not_deaf_to_the_rest_of_it():
    """A number that is dictated takes longer than any engine may be deaf."""
    book = Playbook(conversation()).after(answered(), REMOTE, READY, frame(400), speaks("i1", 100))
    for _ in range(150):
        assert book >> 0.02 >> speech(20) << sent(20)


def test_the_end_of_a_turn_that_is_known_is_no_turn():
    """Our detector hears speech a little longer than the engine that wrote it down."""
    book = Playbook(conversation()).after(answered(), REMOTE, READY, frame(400), speaks("i1", 100))
    book.after([speech(20)] * 20, stops("i1", 700), commits("i1"), hears("i1", "my power is out"))
    book.after(0.5, [silence(20)] * 25, LOST, 0.5, JOINED)
    assert "commit" not in (book >> READY).does()


def test_what_the_caller_adds_to_a_turn_that_is_known_is_one():
    """The engine ended the turn in the middle of a sentence, and was gone before the rest of it."""
    book = Playbook(conversation()).after(answered(), REMOTE, READY, frame(400), speaks("i1", 100))
    book.after([speech(20)] * 30, stops("i1", 700), commits("i1"), hears("i1", "my power"))
    book.after(0.5, [silence(20)] * 25, LOST, 0.5, JOINED)
    assert (book >> READY).does()[1:] == ["commit"]


def test_an_engine_that_misses_the_end_of_a_turn_is_deaf():
    """It noticed speech, and two seconds of silence behind it tell it nothing."""
    book = Playbook(conversation()).after(answered(), REMOTE, READY, frame(400), speaks("i1", 100))
    for _ in range(99):
        assert book >> 0.02 >> silence(20) << sent(20)
    assert (book >> 0.02 >> silence(20)).does() == ["sends 20 ms", "change: retry, deaf, 2"]


def test_the_silence_behind_a_turn_is_no_turn():
    """Our own detector looks at a turn, too, and lingers on its end: of words that are known nothing is said again."""
    book = Playbook(conversation()).after(answered(), REMOTE, READY, frame(400), speaks("i1", 100))
    book.after(0.4, [speech(20)] * 40, stops("i1", 1000), commits("i1"), hears("i1", "no power"), LOST, REMOTE)
    assert (book >> READY).does() == ["sends 200 ms", "create"]


def test_clicks_apart_do_not_add_up_to_speech_that_is_not_heard():
    """Each is forgotten after a second; said at once, so much would show that the engine is deaf."""
    book = Playbook(conversation(remote=True))
    book.after(REMOTE, answered(), READY, rendered(1, "Namaste.", 100), played(100))
    for _ in range(4):
        book.after(speech(100), 1.5, silence(20))
    assert not _left(book)
    book.after(speech(400), 2.5, silence(20))
    assert _left(book)


def _left(book):
    return [one for _, _, commands in book.steps for one in commands if isinstance(one, ChangeEngine)]
