"""Our own phrases, from the wish to the last sample."""

from npcl_voice.audio.frame import PCM_24K, PCMU, Frame
from npcl_voice.conversation.sayings import Sayings, Sound


def test_phrases_are_numbered_and_forgotten():
    """A phrase is known by its number until it is over."""
    sayings = Sayings()
    first, second = sayings.begin("greeting", protected=False), sayings.begin("safety_fire", protected=True)
    assert (first, second) == (1, 2)
    assert (sayings.get(1).phrase, sayings.get(1).protected) == ("greeting", False)
    assert (sayings.get(2).phrase, sayings.get(2).protected) == ("safety_fire", True)
    ended = sayings.end(1)
    assert ended is not None
    assert ended.phrase == "greeting"
    assert sayings.get(1) is None
    assert sayings.end(1) is None
    assert sayings.begin("farewell", protected=False) == 3


def test_one_waits_for_what_is_not_rendered_yet():
    """Until every open phrase has been rendered to its end, or is over."""
    sayings = Sayings()
    assert not sayings.rendering
    first, second = sayings.begin("greeting", protected=False), sayings.begin("idle", protected=False)
    assert sayings.rendering
    sayings.get(first).rendered = True
    assert sayings.rendering
    sayings.end(second)
    assert not sayings.rendering


def test_what_is_left_of_sound_that_was_cut():
    """The first and the last frame may be parts of one; what was played to its end is let go of."""
    sound = Sound()
    assert sound.rest(0, 100) == []
    one, two = Frame(bytes(range(10)), PCMU), Frame(bytes(range(10, 16)), PCMU)
    sound.add(one)
    sound.add(two)
    assert sound.rest(0, 16) == [one, two]
    assert sound.rest(4, 16) == [Frame(bytes(range(4, 10)), PCMU), two]
    assert sound.rest(9, 13) == [Frame(b"\x09", PCMU), Frame(bytes(range(10, 13)), PCMU)]
    assert sound.rest(16, 99) == []
    sound.played(12)
    assert sound.rest(12, 16) == [Frame(bytes(range(12, 16)), PCMU)]


def test_samples_are_counted_not_bytes():
    """A sample of PCM16 has two bytes."""
    sound = Sound()
    sound.add(Frame(bytes(range(12)), PCM_24K))
    assert sound.rest(2, 6) == [Frame(bytes(range(4, 12)), PCM_24K)]


def test_what_need_not_be_said_when_the_caller_speaks():
    """Everything but what is protected, rendered or not."""
    sayings = Sayings()
    assert sayings.to_drop() == []
    for phrase, protected in (("idle", False), ("safety_fire", True), ("farewell", False)):
        sayings.begin(phrase, protected=protected)
    assert sayings.to_drop() == [1, 3]
    sayings.get(1).rendered = True
    sayings.end(3)
    assert sayings.to_drop() == [1]
