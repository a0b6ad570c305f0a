"""How much of a lie is heard at a server that sends as the service does: of a few lines; the whole is for the judge."""

import pytest

from tests.judging.heard_lies import DELIVERIES, said


@pytest.mark.slow
def test_nothing_of_what_is_false_is_heard_where_words_come_ahead() -> None:
    """A sentence that had begun is put right aloud; truths are heard whole."""
    lines = said("open", DELIVERIES[3], every=20)
    lies = [one for one in lines if one.lie]
    assert 5 <= len(lies) < len(lines)
    assert [one.row["text"] for one in lies if one.false_ms] == []
    assert all(one.heard.corrected for one in lies if one.ms)
    assert all(one.heard.whole for one in lines if not one.lie)
    assert [fault for one in lines for fault in one.heard.faults] == []
