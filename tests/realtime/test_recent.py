"""A memory with a limit."""

from npcl_voice.realtime.recent import Recent


def test_the_oldest_go_first() -> None:
    """Three are kept; putting one again does not make it younger."""
    recent: Recent[int] = Recent(3)
    for number, key in enumerate("abca"):
        recent.put(key, number)
    assert [recent.get(key) for key in "abc"] == [3, 1, 2]
    recent.put("d", 4)
    assert ["a" in recent, "b" in recent, "d" in recent] == [False, True, True]
    assert recent.get("a") is None


def test_what_is_taken_is_gone() -> None:
    """By its key, or as the oldest."""
    recent: Recent[int] = Recent()
    assert recent.take("a") is None
    assert recent.take_first() is None
    assert not recent
    for number, key in enumerate("abcd"):
        recent.put(key, number)
    assert recent.take("a") == 0
    assert recent.take_first() == 1
    assert [key for key in "abcd" if key in recent] == ["c", "d"]
    assert len(recent) == 2


def test_a_memory_has_a_limit_of_its_own() -> None:
    """4,096, where nothing else is said."""
    recent: Recent[int] = Recent()
    for number in range(4097):
        recent.put(str(number), number)
    assert recent.get("0") is None
    assert recent.get("1") == 1
