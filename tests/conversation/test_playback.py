"""What the caller has really heard, to the millisecond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from npcl_voice.conversation.playback import Heard, ItemId, OnAir, Playback, SayId

ENGINE = ItemId("item_1", 0)
SECOND_PART = ItemId("item_1", 1)
OTHER = ItemId("item_2", 0)
OURS = SayId(7)


@pytest.fixture
def playback():
    """A line of 8,000 samples a second: eight a millisecond."""
    return Playback(8000)


def _spoken(playback, speaker, text, samples):
    playback.say(speaker, text)
    playback.queue(speaker, samples)


def test_nothing_is_out_at_first(playback):
    """An empty queue, stream nought."""
    assert not playback.is_out
    assert playback.speaker is None
    assert playback.stream == 0
    assert not playback.holds(ENGINE)
    assert playback.played(800, 0) == ([], [])
    assert playback.cut() == []


def test_words_are_heard_when_all_is_played_and_nothing_more_comes(playback):
    """Either may be the last."""
    _spoken(playback, ENGINE, "How can ", 800)
    _spoken(playback, ENGINE, "I help?", 800)
    assert playback.is_out
    assert playback.speaker == ENGINE
    assert playback.played(1600, 0) == ([ENGINE], [])
    assert playback.is_out
    assert playback.complete(ENGINE) == [Heard(ENGINE, "How can I help?", 200)]
    assert not playback.is_out
    _spoken(playback, OURS, "Goodbye.", 80)
    assert playback.complete(OURS) == []
    assert playback.played(79, 0) == ([OURS], [])
    assert playback.played(1, 0) == ([], [Heard(OURS, "Goodbye.", 10)])
    assert playback.speaker is None


def test_words_on_their_way_can_be_looked_at(playback):
    """How far each was heard, word by word, and what is to come."""
    assert playback.on_air() == ()
    _spoken(playback, ENGINE, "How can I help?", 1600)
    _spoken(playback, OURS, "Goodbye.", 80)
    assert playback.on_air() == (OnAir(ENGINE, "", "How can I help?"), OnAir(OURS, "", "Goodbye."))
    playback.played(800, 0)
    assert playback.on_air()[0] == OnAir(ENGINE, "How can", "How can I help?")
    playback.cut()
    assert playback.on_air() == ()


def test_where_the_sound_of_a_letter_begins(playback):
    """Where its text came, between what so many letters take at a quick and at the usual pace of 60 ms."""
    _spoken(playback, ENGINE, "How can ", 6400)
    _spoken(playback, ENGINE, "I help?", 6400)
    assert playback.place_of(ENGINE, 0) == 0
    assert playback.place_of(ENGINE, 8) == 8 * 60 * 8  # it came late
    assert playback.place_of(ENGINE, 12) == 12 * 60 * 8
    assert playback.place_of(ENGINE, 99) == int(0.85 * (99 * 60 * 8))  # no text of that letter has come
    _spoken(playback, OTHER, "All at once, ", 0)
    _spoken(playback, OTHER, "and no sound yet.", 0)
    assert playback.place_of(OTHER, 13) == int(0.85 * (13 * 60 * 8))


def test_one_report_may_reach_over_several_speakers(playback):
    """In the order of the queue; who began is told, and who was heard to the end."""
    _spoken(playback, OURS, "One moment.", 80)
    _spoken(playback, ENGINE, "Here it is.", 160)
    _spoken(playback, OTHER, "And this.", 160)
    playback.complete(OURS)
    playback.complete(ENGINE)
    assert playback.holds(ENGINE)
    assert not playback.holds(SECOND_PART)
    assert playback.played(100, 0) == ([OURS, ENGINE], [Heard(OURS, "One moment.", 10)])
    assert not playback.holds(OURS)
    assert playback.speaker == ENGINE
    assert playback.played(200, 0) == ([OTHER], [Heard(ENGINE, "Here it is.", 20)])
    assert playback.played(500, 0) == ([], [])  # more than there is
    assert playback.complete(OTHER) == [Heard(OTHER, "And this.", 20)]


def test_a_speaker_who_waits_for_another_is_not_over_before(playback):
    """What is complete and has no sound at all ends in its turn; its words were not heard."""
    _spoken(playback, ENGINE, "First.", 80)
    playback.say(OURS, "Never rendered.")
    assert playback.complete(OURS) == []
    playback.complete(ENGINE)
    assert playback.played(80, 0)[1] == [Heard(ENGINE, "First.", 10), Heard(OURS, "", 0)]


def test_a_speaker_who_has_run_dry_goes_on_behind_another(playback):
    """Who was put in meanwhile is heard first, and is over first."""
    _spoken(playback, ENGINE, "Your number ", 80)
    playback.played(80, 0)
    assert playback.is_dry
    assert playback.speaker == ENGINE
    _spoken(playback, OURS, "One moment.", 160)
    playback.complete(OURS)
    assert playback.speaker == OURS
    _spoken(playback, ENGINE, "is 7.", 80)
    assert playback.played(160, 0) == ([OURS], [Heard(OURS, "One moment.", 20)])
    playback.played(40, 0)
    (cut,) = playback.cut()
    assert (cut.speaker, cut.heard_samples, cut.text) == (ENGINE, 120, "Your number is 7.")


def test_who_is_in_the_middle_keeps_the_place(playback):
    """Sound that was not played yet is not overtaken."""
    _spoken(playback, ENGINE, "Your number ", 80)
    _spoken(playback, OURS, "One moment.", 160)
    _spoken(playback, ENGINE, "is 7.", 80)
    assert playback.played(160, 0)[0] == [ENGINE]
    assert playback.holds_items
    playback.complete(ENGINE)
    assert not playback.holds_items


def test_all_parts_of_an_item_end_together(playback):
    """An item may have several pieces of content; other items go on."""
    _spoken(playback, ENGINE, "One.", 80)
    _spoken(playback, SECOND_PART, "Two.", 80)
    _spoken(playback, OTHER, "Three.", 80)
    _spoken(playback, OURS, "Four.", 80)
    playback.played(320, 0)
    assert playback.complete_item("item_1") == [Heard(ENGINE, "One.", 10), Heard(SECOND_PART, "Two.", 10)]
    assert playback.speaker == OTHER
    assert playback.holds(OURS)


def test_all_that_the_engine_says_ends_together(playback):
    """At the end of its answer; our own voice goes on."""
    _spoken(playback, ENGINE, "One.", 80)
    _spoken(playback, OTHER, "Two.", 80)
    _spoken(playback, OURS, "Three.", 80)
    playback.played(120, 0)
    assert playback.complete_items() == [Heard(ENGINE, "One.", 10)]
    assert playback.played(120, 0) == ([OURS], [Heard(OTHER, "Two.", 10)])
    assert playback.complete_items() == []
    assert playback.complete(OURS) == [Heard(OURS, "Three.", 10)]


def test_what_was_complete_stays_so(playback):
    """A phrase of ours before the engine's answer."""
    _spoken(playback, OURS, "One.", 80)
    _spoken(playback, ENGINE, "Two.", 80)
    playback.complete(OURS)
    assert playback.complete_items() == []
    assert playback.played(160, 0)[1] == [Heard(OURS, "One.", 10), Heard(ENGINE, "Two.", 10)]


@pytest.mark.parametrize("stream", [1, -1])
def test_reports_of_another_stream_change_nothing(playback, stream):
    """They speak of a queue that was dropped since."""
    _spoken(playback, ENGINE, "One.", 80)
    assert playback.played(80, stream) == ([], [])
    assert playback.cut()[0].heard_samples == 0


def test_a_cut_says_what_was_heard_of_everybody(playback):
    """Samples, milliseconds and words of each, the one who had not begun too; the next stream begins."""
    _spoken(playback, ENGINE, "Your complaint number is ", 800)
    _spoken(playback, ENGINE, "five four three.", 800)
    _spoken(playback, OURS, "Goodbye.", 81)
    playback.played(807, 0)
    first, second = playback.cut()
    assert (first.speaker, first.heard_text, first.text) == (
        ENGINE,
        "Your complaint number is",
        "Your complaint number is five four three.",
    )
    assert (first.heard_samples, first.heard_ms, first.ms) == (807, 100, 200)
    assert (second.speaker, second.heard_text, second.text) == (OURS, "", "Goodbye.")
    assert (second.heard_samples, second.heard_ms, second.ms) == (0, 0, 10)
    assert playback.stream == 1
    assert not playback.is_out
    assert playback.cut() == []
    assert playback.stream == 2


def test_words_that_were_cut_go_on_where_they_were_cut(playback):
    """Put back, only the rest is waited for, and the whole is told in the end."""
    _spoken(playback, OURS, "Keep away.", 160)
    playback.complete(OURS)
    _spoken(playback, ENGINE, "And then", 80)
    playback.played(60, 0)
    ours, _ = playback.cut()
    playback.put_back(ours)
    assert playback.is_out
    assert playback.speaker == OURS
    assert not playback.holds(ENGINE)
    assert playback.played(99, 1) == ([], [])  # it had begun before
    assert playback.played(1, 1) == ([], [Heard(OURS, "Keep away.", 20)])


@pytest.mark.parametrize(
    ("played", "heard"),
    [
        (0, ""),
        (1, ""),
        (99, ""),
        (100, "Keep"),
        (349, "Keep"),
        (350, "Keep well"),
        (624, "Keep well"),
        (625, "Keep well away."),
        (800, "Keep well away."),
        (801, "Keep well away."),
        (923, "Keep well away."),
        (924, "Keep well away. Call"),
        (1200, "Keep well away. Call 112"),
        (1476, "Keep well away. Call 112"),
        (1477, "Keep well away. Call 112 now."),
        (1599, "Keep well away. Call 112 now."),
        (1600, "Keep well away. Call 112 now."),
    ],
)
def test_how_many_words_were_heard(playback, played, heard):
    """Each text is spread evenly over its own sound; half of a word counts as all of it."""
    _spoken(playback, OURS, "Keep well away. ", 800)
    _spoken(playback, OURS, "Call 112 now.", 800)
    playback.played(played, 0)
    cut = playback.cut()[0]
    assert cut.heard_text == heard
    assert cut.heard_samples == played
    assert cut.heard_ms == played // 8


def test_words_without_sound_are_not_heard(playback):
    """An engine's words run ahead of their sound."""
    playback.say(ENGINE, "Hello ")
    playback.say(ENGINE, "there.")
    cut = playback.cut()[0]
    assert (cut.heard_text, cut.text, cut.heard_ms, cut.ms) == ("", "Hello there.", 0, 0)
    _spoken(playback, ENGINE, "It is done.", 80)
    playback.say(ENGINE, " Anything else?")
    playback.played(80, 1)
    cut = playback.cut()[0]
    assert (cut.heard_text, cut.text, cut.heard_ms, cut.ms) == ("It is done.", "It is done. Anything else?", 10, 10)


def test_words_that_come_together_share_their_sound(playback):
    """An engine sends several words, then the sound of all of them."""
    playback.say(ENGINE, "One ")
    playback.say(ENGINE, "two ")
    _spoken(playback, ENGINE, "three.", 1400)
    playback.played(500, 0)
    cut = playback.cut()[0]
    assert (cut.heard_text, cut.text) == ("One", "One two three.")


def test_sound_without_words(playback):
    """It is heard all the same."""
    playback.queue(ENGINE, 80)
    playback.complete(ENGINE)
    playback.played(40, 0)
    cut = playback.cut()[0]
    assert (cut.heard_text, cut.text, cut.heard_ms, cut.ms) == ("", "", 5, 10)


class Accounting(RuleBasedStateMachine):
    """Whatever is queued, played, completed and cut: nobody hears more than there was."""

    def __init__(self):
        super().__init__()
        self.playback = Playback(8000)
        self.queued = {}
        self.heard = {}
        self.played_of = 0

    @rule(speaker=st.sampled_from([ENGINE, SECOND_PART, OTHER, OURS]), samples=st.integers(0, 400))
    def speak(self, speaker, samples):
        if not self.playback.holds(speaker):
            self.queued[speaker] = 0
        self.playback.say(speaker, "some words ")
        self.playback.queue(speaker, samples)
        self.queued[speaker] += samples

    @rule(samples=st.integers(0, 1000), stale=st.booleans())
    def play(self, samples, stale):
        before = self.playback.speaker
        began, finished = self.playback.played(samples, self.playback.stream - stale)
        if stale:
            assert (began, finished) == ([], [])
            assert self.playback.speaker == before
        self._told(finished)

    @rule(speaker=st.sampled_from([ENGINE, OTHER, OURS]))
    def end(self, speaker):
        self._told(self.playback.complete(speaker))

    @rule()
    def end_item(self):
        self._told(self.playback.complete_item("item_1"))

    @rule(back=st.booleans())
    def cut(self, back):
        stream = self.playback.stream
        cuts = self.playback.cut()
        assert self.playback.stream == stream + 1
        for one in cuts:
            assert 0 <= one.heard_samples <= self.queued[one.speaker]
            assert one.heard_ms <= one.ms == self.queued[one.speaker] // 8
            assert one.text.startswith(one.heard_text)
        if back and cuts:
            self.playback.put_back(cuts[0])

    @invariant()
    def the_speaker_is_in_the_queue(self):
        assert self.playback.is_out == (self.playback.speaker is not None)
        assert self.playback.speaker is None or self.playback.holds(self.playback.speaker)

    def _told(self, pieces):
        for piece in pieces:
            assert piece.ms == self.queued[piece.speaker] // 8


TestAccounting = Accounting.TestCase


@given(st.lists(st.integers(0, 500), max_size=12), st.integers(0, 8000))
def test_every_sample_is_counted_once(reports, queued):
    """However the channel cuts its reports."""
    playback = Playback(8000)
    playback.queue(ENGINE, queued)
    for samples in reports:
        playback.played(samples, 0)
    cut = playback.cut()[0]
    assert cut.heard_samples == min(sum(reports), queued)
