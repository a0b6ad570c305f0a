"""Our own phrases, from the wish to the last sample."""

from npcl_voice.audio.frame import PCM_24K, PCMU, Frame
from npcl_voice.conversation.sayings import Saying, Sayings


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


def test_what_is_left_of_a_phrase_that_was_cut():
    """The first frame may be a part of one; a frame that was heard to its end is not queued again."""
    saying = Saying("safety_fire", protected=True)
    assert saying.rest(0) == []
    assert saying.frames == []
    assert saying.rendered is False
    one, two = Frame(bytes(range(10)), PCMU), Frame(bytes(range(10, 16)), PCMU)
    saying.frames += [one, two]
    assert saying.rest(0) == [one, two]
    assert saying.rest(4) == [Frame(bytes(range(4, 10)), PCMU), two]
    assert saying.rest(9) == [Frame(b"\x09", PCMU), two]
    assert saying.rest(10) == [two]
    assert saying.rest(13) == [Frame(bytes(range(13, 16)), PCMU)]
    assert saying.rest(16) == []
    assert saying.rest(99) == []


def test_samples_are_counted_not_bytes():
    """A sample of PCM16 has two bytes."""
    saying = Saying("safety_fire", protected=True)
    saying.frames.append(Frame(bytes(range(12)), PCM_24K))
    assert saying.rest(2) == [Frame(bytes(range(4, 12)), PCM_24K)]


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
