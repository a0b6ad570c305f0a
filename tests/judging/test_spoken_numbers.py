"""The judge of numbers by voice: what it counts, and one call of it."""

from pathlib import Path

import pytest

from npcl_voice.meaning.numbers import spoken_number
from tests.judging.forms import Row, plain, practice
from tests.judging.spoken import hold
from tests.judging.spoken_numbers import Dictated, Numbered, rows, table


@pytest.mark.parametrize("row", [*practice(5), *plain(5)], ids=lambda row: row["text"])
def test_practice_says_the_number_that_it_means(row: Row) -> None:
    """Read as text, every form gives its digits."""
    assert spoken_number(row["text"], (len(row["digits"]),), row["kind"]) == row["digits"]


def test_what_counts_as_right() -> None:
    """At first only what is read back after the first attempt; a wrong number counts whenever it was acted upon."""
    row = rows()[0]
    wrong = "2003394418"
    good = Numbered(row.text, row.digits, row.kind, "a", 1, read=[(1, row.digits)], used=[(1, row.digits)])
    third = Numbered(row.text, row.digits, row.kind, "a", 3, read=[(1, wrong), (2, wrong)], used=[(3, row.digits)])
    bad = Numbered(row.text, row.digits, row.kind, "b", 1, read=[(1, wrong)], used=[(1, wrong)])
    assert (good.at_first, good.in_the_end, good.wrong) == (True, True, [])
    assert (third.at_first, third.in_the_end, third.wrong) == (False, True, [])
    assert (bad.at_first, bad.in_the_end, bad.wrong) == (False, False, [wrong])
    assert table([good, third, bad]) == (
        "a 1/2 of 2, b 0/0 of 1; at first 33 %, in three 67 %, wrong numbers acted upon 1"
    )


@pytest.mark.slow
def test_a_number_is_said_again_and_then_keyed(tmp_path: Path) -> None:
    """A caller who says another number than the one that is meant says no twice, and keys it."""
    row = Numbered("two nine nine zero five two eight one four six", "2990417365", "consumer_number", "plain")
    (caller,) = hold(tmp_path, [Dictated(row, "awb", "clean")], "clean")
    assert [after for after, _ in caller.row.read] == [1, 2]
    assert caller.row.used == [(3, "2990417365")]
    assert caller.row.in_the_end
