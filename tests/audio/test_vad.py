"""Turns out of probabilities: where they begin, where they end, and why."""

from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.audio.vad import Endpointing, SpeechStarted, SpeechStopped, TurnDetector

SPEECH, SOFT, QUIET = 0.9, 0.4, 0.1
Event = SpeechStarted | SpeechStopped


def events_of(detector: TurnDetector, *rows: tuple[float, int]) -> list[Event]:
    """What happens in so many windows of each probability."""
    found = (detector.step(probability) for probability, count in rows for _ in range(count))
    return [event for event in found if event is not None]


def test_a_turn_begins_with_its_third_window_and_a_prefix() -> None:
    """90 ms of the last 150 are speech: three windows; the turn's sound begins 300 ms before the first."""
    detector = TurnDetector()
    assert events_of(detector, (QUIET, 20), (SPEECH, 2)) == []
    assert not detector.in_turn
    assert events_of(detector, (SPEECH, 1)) == [SpeechStarted(20 * 32 - 300)]
    assert detector.in_turn
    assert detector.now_ms == 23 * 32


def test_a_turn_cannot_begin_before_the_call() -> None:
    """There is no sound before the first window."""
    assert events_of(TurnDetector(), (SPEECH, 3)) == [SpeechStarted(0)]


def test_a_click_begins_nothing() -> None:
    """Two windows of speech in five are too few, however often they come."""
    assert events_of(TurnDetector(), *[(SPEECH, 2), (QUIET, 4)] * 10) == []


def test_broken_speech_begins_a_turn() -> None:
    """Three of five windows are enough, with gaps between them."""
    started = events_of(TurnDetector(), (QUIET, 20), (SPEECH, 1), (QUIET, 1), (SPEECH, 1), (QUIET, 1), (SPEECH, 1))
    assert started == [SpeechStarted(20 * 32 - 300)]


def test_silence_ends_a_turn() -> None:
    """450 ms without speech: the fifteenth window, counted from the last speech."""
    detector = TurnDetector()
    events = events_of(detector, (QUIET, 20), (SPEECH, 10), (QUIET, 14))
    assert len(events) == 1
    assert detector.quiet_ms == 14 * 32
    assert events_of(detector, (QUIET, 1)) == [SpeechStopped(45 * 32, 30 * 32, "silence")]
    assert not detector.in_turn


def test_the_silence_that_ends_a_turn_follows_the_question() -> None:
    """A dictated number is given longer; without a figure the settings hold again."""
    detector = TurnDetector()
    detector.wait(800)
    events_of(detector, (SPEECH, 5))
    assert events_of(detector, (QUIET, 24)) == []
    assert events_of(detector, (QUIET, 1)) == [SpeechStopped(30 * 32, 5 * 32, "silence")]
    detector.wait()
    events_of(detector, (SPEECH, 5))
    assert events_of(detector, (QUIET, 15)) == [SpeechStopped(50 * 32, 35 * 32, "silence")]


def test_soft_speech_goes_on_but_does_not_begin() -> None:
    """Between the two bars a turn neither begins nor ends."""
    detector = TurnDetector()
    assert events_of(detector, (SOFT, 50)) == []
    events_of(detector, (SPEECH, 5))
    assert events_of(detector, (SOFT, 50)) == []
    assert detector.quiet_ms == 0


def test_a_turn_does_not_reach_into_the_one_before() -> None:
    """Its prefix is cut where the last turn ended."""
    detector = TurnDetector()
    events_of(detector, (SPEECH, 5), (QUIET, 15))
    assert events_of(detector, (SPEECH, 3)) == [SpeechStarted(20 * 32)]


def test_a_turn_has_a_longest_length() -> None:
    """A television is not waited for: twelve seconds after its beginning the turn ends."""
    detector = TurnDetector()
    events = events_of(detector, (SPEECH, 400))
    assert events[:2] == [SpeechStarted(0), SpeechStopped(12_000, 12_000, "too_long")]


def test_speech_without_new_words_ends_a_turn() -> None:
    """When the words stand still while it goes on being loud, others talk in the room."""
    detector = TurnDetector(Endpointing(standstill_ms=900))
    events_of(detector, (SPEECH, 10))
    detector.word_came()
    events_of(detector, (SPEECH, 10))
    detector.word_came()
    assert events_of(detector, (SPEECH, 28)) == []
    assert events_of(detector, (SPEECH, 1)) == [SpeechStopped(49 * 32, 49 * 32, "standstill")]


def test_words_may_be_late_by_two_seconds() -> None:
    """The first partial words of a call come late; a turn is not cut for that."""
    detector = TurnDetector()
    events_of(detector, (SPEECH, 10))
    detector.word_came()
    assert events_of(detector, (SPEECH, 78)) == []
    assert events_of(detector, (SPEECH, 1)) == [SpeechStopped(89 * 32, 89 * 32, "standstill")]


def test_words_that_stand_still_in_silence_do_not_end_a_turn_early() -> None:
    """Silence has its own clock; and where it is long, standing still is as long."""
    detector = TurnDetector(Endpointing(standstill_ms=900))
    detector.wait(1_200)
    events_of(detector, (SPEECH, 5))
    detector.word_came()
    assert events_of(detector, (QUIET, 36)) == []
    assert events_of(detector, (SPEECH, 1)) == []
    assert events_of(detector, (SPEECH, 1)) == [SpeechStopped(43 * 32, 43 * 32, "standstill")]


def test_a_turn_can_be_ended_from_outside_once() -> None:
    """A complete number ends it at once; without a turn there is nothing to end."""
    detector = TurnDetector()
    assert detector.stop("complete") is None
    events_of(detector, (SPEECH, 5))
    assert detector.stop("complete") == SpeechStopped(5 * 32, 5 * 32, "complete")
    assert detector.stop("complete") is None
    assert events_of(detector, (SPEECH, 2)) == []


def test_settings_change_the_bars() -> None:
    """Longer windows, a lower bar and a shorter start are taken as given."""
    detector = TurnDetector(Endpointing(on=0.2, off=0.15, window_ms=100, start_ms=100, start_within_ms=50, prefix_ms=0))
    assert events_of(detector, (0.1, 1), (0.2, 1)) == [SpeechStarted(100)]


@given(st.lists(st.floats(0, 1), max_size=300))
def test_turns_alternate_and_do_not_overlap(probabilities: list[float]) -> None:
    """Whatever comes in, a turn begins before it ends, and after the one before it."""
    detector = TurnDetector()
    position, inside = 0, False
    for probability in probabilities:
        event = detector.step(probability)
        if isinstance(event, SpeechStarted):
            assert not inside
            assert event.at_ms >= position
            position, inside = event.at_ms, True
        elif event is not None:
            assert inside
            assert position <= event.speech_end_ms <= event.at_ms
            position, inside = event.at_ms, False
        assert detector.in_turn == inside
