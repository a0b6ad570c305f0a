"""Named deadlines."""

from npcl_voice.conversation.timers import Timers


def test_the_earliest_comes_first():
    """None while there is none."""
    timers = Timers()
    assert timers.next() is None
    assert not timers.running("idle")
    timers.set("idle", 8.0)
    assert timers.running("idle")
    assert not timers.running("hold")
    timers.set("hold", 2.5)
    assert timers.next() == 2.5
    timers.set("hold", 9.0)
    assert timers.next() == 8.0


def test_each_is_told_once_and_in_order():
    """A deadline has come when its time is reached, not only passed."""
    timers = Timers()
    timers.set("limit", 30.0)
    timers.set("keypad", 3.0)
    timers.set("idle", 2.0)
    timers.set("hold", 3.0)
    assert timers.due(1.999) == []
    assert timers.due(3.0) == ["idle", "hold", "keypad"]
    assert timers.due(3.0) == []
    assert timers.next() == 30.0


def test_deadlines_are_forgotten():
    """By name, whether they are there or not, or all at once."""
    timers = Timers()
    for name in ("idle", "hold", "keypad"):
        timers.set(name, 5.0)
    timers.clear("idle", "nothing", "hold")
    assert timers.due(5.0) == ["keypad"]
    timers.set("limit", 1.0)
    timers.clear_all()
    assert timers.next() is None
    assert timers.due(9.0) == []
