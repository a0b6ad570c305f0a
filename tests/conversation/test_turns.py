"""Whose sound counts as a turn."""

import pytest

from npcl_voice.conversation.turns import KEEP, Turns, Verdict


@pytest.fixture
def turns():
    return Turns(250, lambda text: text == "haan")


def test_speech_into_silence_is_always_a_turn(turns):
    """However short it is, whatever is said: the commit is enough, and the words change nothing."""
    turns.started("one", 1000, over_voice=False)
    assert turns.speaking == "one"
    assert turns.undecided
    assert turns.stopped("one", 1100) is Verdict.WAIT
    assert turns.speaking is None
    assert turns.committed("one") is Verdict.TAKE
    assert not turns.undecided
    assert turns.committed("one") is Verdict.TAKE
    assert turns.heard("one", "haan") is Verdict.TAKE


@pytest.mark.parametrize(("said", "verdict"), [("haan", Verdict.RESUME), ("stop", Verdict.TAKE), ("", Verdict.TAKE)])
def test_over_our_voice_the_words_decide(turns, said, verdict):
    """A back-channel lets it go on; anything else, also what could not be understood, is a turn."""
    turns.started("one", 1000, over_voice=True)
    assert turns.stopped("one", 1500) is Verdict.WAIT
    assert turns.committed("one") is Verdict.WAIT
    assert turns.undecided
    assert turns.heard("one", said) is verdict
    assert not turns.undecided


@pytest.mark.parametrize(("ended_ms", "verdict"), [(1249, Verdict.RESUME), (1250, Verdict.WAIT)])
def test_a_short_sound_over_our_voice_is_none(turns, ended_ms, verdict):
    """Below the minimum it is decided at once, and stays so."""
    turns.started("one", 1000, over_voice=True)
    assert turns.stopped("one", ended_ms) is verdict
    assert turns.undecided is (verdict is Verdict.WAIT)
    assert turns.committed("one") is verdict
    assert turns.stopped("one", 5000) is verdict


def test_of_a_short_sound_the_words_change_nothing(turns):
    """The verdict stands."""
    turns.started("one", 1000, over_voice=True)
    assert turns.stopped("one", 1100) is Verdict.RESUME
    assert turns.heard("one", "fire in my house") is Verdict.RESUME


def test_a_short_sound_into_silence_is_a_turn(turns):
    """A yes takes less than a quarter of a second."""
    turns.started("one", 1000, over_voice=False)
    assert turns.stopped("one", 1100) is Verdict.WAIT
    assert turns.committed("one") is Verdict.TAKE


def test_a_turn_that_we_committed_ourselves(turns):
    """Its beginning was never told; it is the caller's."""
    assert turns.committed("one") is Verdict.TAKE
    assert turns.heard("one", "two one zero") is Verdict.TAKE


def test_a_commit_ends_the_speech(turns):
    """Also one that comes without the news that the speech has stopped."""
    turns.started("one", 1000, over_voice=True)
    assert turns.committed("other") is Verdict.TAKE
    assert turns.speaking == "one"
    assert turns.committed("one") is Verdict.WAIT
    assert turns.speaking is None


def test_the_end_of_another_speech_changes_nothing(turns):
    """A late message of an earlier turn does not end this one."""
    turns.started("one", 1000, over_voice=True)
    assert turns.stopped("earlier", 1100) is Verdict.WAIT
    assert turns.speaking == "one"
    assert turns.undecided


def test_words_of_a_turn_that_is_not_known_are_the_callers(turns):
    """They are not thrown away."""
    assert turns.heard("one", "haan") is Verdict.TAKE


def test_one_undecided_turn_is_enough_to_wait(turns):
    """Of two, one is decided."""
    turns.started("one", 1000, over_voice=True)
    turns.started("two", 3000, over_voice=True)
    assert turns.heard("one", "haan") is Verdict.RESUME
    assert turns.undecided
    assert turns.heard("two", "haan") is Verdict.RESUME
    assert not turns.undecided


def test_no_more_are_remembered_than_can_be_undecided(turns):
    """The oldest goes: sixteen are kept."""
    assert KEEP == 16
    for number in range(17):
        turns.started(str(number), 0, over_voice=True)
    assert turns.heard("0", "haan") is Verdict.TAKE  # forgotten
    assert turns.heard("1", "haan") is Verdict.RESUME
    assert turns.heard("16", "haan") is Verdict.RESUME


def test_a_turn_that_we_end_ourselves(turns):
    """It is the caller's, whatever it says and however short it is."""
    turns.started("one", 1000, over_voice=True)
    turns.take("one")
    assert not turns.undecided
    assert turns.stopped("one", 1010) is Verdict.TAKE
    assert turns.committed("one") is Verdict.TAKE
    assert turns.heard("one", "haan") is Verdict.TAKE
    turns.take("two")
    assert turns.heard("two", "haan") is Verdict.TAKE
