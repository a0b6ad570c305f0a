"""Whether somebody is there."""

from datetime import datetime

import pytest

from npcl_voice.domain.hours import somebody_there
from npcl_voice.domain.times import INDIA

# The 22nd of November 2026 is a Sunday.
SUN, MON, FRI, SAT = 22, 23, 27, 28


@pytest.mark.parametrize(
    ("hours", "day", "clock", "there"),
    [
        ("24x7", SUN, (3, 0), True),
        ("Mon-Fri 10:00-17:00", MON, (10, 0), True),
        ("Mon-Fri 10:00-17:00", MON, (9, 59), False),
        ("Mon-Fri 10:00-17:00", MON, (17, 0), False),
        ("Mon-Fri 10:00-17:00", SAT, (12, 0), False),
        ("Mon-Fri 10:00-17:00; Sat 10:00-14:00", SAT, (12, 0), True),
        ("Sat-Mon 10:00-17:00", SUN, (12, 0), True),
        ("Sat-Mon 10:00-17:00", FRI, (12, 0), False),
        ("Fri 22:00-06:00", FRI, (23, 0), True),
        ("Fri 22:00-06:00", SAT, (5, 59), True),
        ("Fri 22:00-06:00", SAT, (6, 0), False),
        ("Fri 22:00-06:00", FRI, (5, 0), False),
        ("Sun 22:00-06:00", MON, (5, 0), True),
    ],
)
def test_hours_in_india(hours, day, clock, there):
    """The end is outside; days may go round, and hours may go on after midnight."""
    assert somebody_there(hours, datetime(2026, 11, day, *clock, tzinfo=INDIA)) is there
