"""The fault matrix: whatever fails, and whenever, the caller hears it in time and loses nothing.

Each row of `realtime/failures.py` and each error code is tried in whole calls on the rehearsal's clock.
The test of a row is found by its reason: `pytest -m soak -k 'test_a_row and quota'`.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from npcl_voice.realtime.failures import FAILURES
from npcl_voice.rehearsal.clock import run_rehearsal
from tests.e2e import test_last_resort
from tests.e2e.failing import open_rehearsal
from tests.e2e.fault_rows import ELSEWHERE, ERRORS, ROWS, Case, ending_cases, error_cases, row_cases, telling_cases
from tests.e2e.judging import line_of, misses_of_case

Table = Callable[[str, object], None]


def hold(folder: Path, cases: Iterable[tuple[str, Case]], table: Table) -> None:
    """One call for each case, in one house; all that was missed is told at the end."""

    async def work() -> list[str]:
        missed = []
        async with open_rehearsal(folder) as rehearsal:
            for row, case in cases:
                call = await rehearsal.call(case.faults, first=case.first)
                found = misses_of_case(case, call)
                table("line", line_of(row, case, call, found))
                missed += [f"{row}, {case.name}, {case.moment}: {one}" for one in found]
        return missed

    assert run_rehearsal(work()) == []


def test_every_failure_has_its_cases() -> None:
    """A new row of the table, or a new code, cannot be forgotten here."""
    assert {*ROWS, *ELSEWHERE} == set(FAILURES)
    assert [row for row in ROWS if not list(row_cases(row))] == []
    assert [code for code in ERRORS if not list(error_cases(code))] == []
    assert [name for name in ELSEWHERE.values() if not hasattr(test_last_resort, name.partition("[")[0])] == []


@pytest.mark.slow
def test_one_of_each_kind(tmp_path: Path, record_property: Table) -> None:
    """The whole matrix takes half an hour; these tell at once when something is broken."""
    hold(tmp_path, telling_cases(), record_property)


@pytest.mark.soak
@pytest.mark.parametrize("reason", ROWS)
def test_a_row(reason: str, tmp_path: Path, record_property: Table) -> None:
    """A session that fails for that reason, at each moment, as the table of failures says."""
    hold(tmp_path, ((reason, case) for case in row_cases(reason)), record_property)


@pytest.mark.soak
@pytest.mark.parametrize("code", ERRORS)
def test_an_error(code: str, tmp_path: Path, record_property: Table) -> None:
    """An error of that code at each moment: most leave the session as it is, and none ends the call."""
    hold(tmp_path, ((code, case) for case in error_cases(code)), record_property)


@pytest.mark.soak
def test_an_answer_that_is_not_whole(tmp_path: Path, record_property: Table) -> None:
    """It was cut by a filter or by its longest length: what there is of it was heard, and the call goes on."""
    hold(tmp_path, ending_cases(), record_property)
