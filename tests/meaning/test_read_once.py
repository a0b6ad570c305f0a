"""What this room reads once for a process."""

from tests.read_once import read_again


def test_all_that_is_read_once_can_be_read() -> None:
    """Each gives again what it gave."""
    assert read_again("meaning")
