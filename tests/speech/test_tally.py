"""The tally: what happened to the links is counted, within bounds, and told in a line that says what to do."""

import json
from datetime import UTC, datetime

import pytest
import structlog

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.speech.purse import Purse
from npcl_voice.speech.tally import MOST_ENGINES, MOST_ROWS, LinkTally, log_failure


def test_nothing_has_happened_yet() -> None:
    """All is there, at nothing: a page needs no exceptions."""
    assert LinkTally().snapshot() == {
        "sessions_opened": {},
        "sessions_open": {},
        "session_age_s": {
            "count": 0,
            "sum": 0.0,
            "min": None,
            "average": None,
            "max": None,
            "up_to": {"10": 0, "60": 0, "300": 0, "600": 0, "1800": 0, "3600": 0},
        },
        "failures": [],
        "reconnects": {},
        "failovers": [],
        "seconds_without_model": 0.0,
        "round_trip_ms": {},
        "calls_on_recorded_voice": 0,
        "calls_on_recorded_voice_total": 0,
        "breakers": {},
        "spent_today_usd": None,
    }


def test_a_bad_hour_is_counted() -> None:
    """Sessions, a cut, a reconnect, two failovers, the recorded voice, and a breaker that opens."""
    purse = Purse(1, 50, lambda: datetime(2026, 11, 30, tzinfo=UTC))
    purse.charge("a", 0.25)
    tally = LinkTally(purse)
    tally.joined("openai", "start", without_s=0.25)
    tally.joined("openai", "start", without_s=0.25)
    tally.round_trip("openai", 80.0)
    tally.round_trip("openai", 95.5)
    tally.failed("openai", "close_1006")
    tally.left("openai", age_s=12.0)
    tally.joined("openai", "close_1006", without_s=0.5, before="openai")
    tally.failed("openai", "quota")
    tally.failed("openai", "quota")
    tally.left("openai", age_s=600.0)
    tally.joined("local", "quota", without_s=0.0, before="openai")
    tally.failed_over("openai", "local", "quota")
    tally.failed_over("local", "recorded", "full")
    tally.without_model(0.5)
    tally.recorded_began()
    tally.recorded_began()
    tally.recorded_ended()
    tally.breaker("openai", "open")
    tally.breaker("openai", "half_open")
    told = json.loads(json.dumps(tally.snapshot()))
    assert told == {
        "sessions_opened": {"openai": 3, "local": 1},
        "sessions_open": {"openai": 1, "local": 1},
        "session_age_s": {
            "count": 2,
            "sum": 612.0,
            "min": 12.0,
            "average": 306.0,
            "max": 600.0,
            "up_to": {"10": 0, "60": 1, "300": 1, "600": 2, "1800": 2, "3600": 2},
        },
        "failures": [
            {"engine": "openai", "reason": "close_1006", "count": 1},
            {"engine": "openai", "reason": "quota", "count": 2},
        ],
        "reconnects": {"openai": 1},
        "failovers": [
            {"from": "openai", "to": "local", "reason": "quota", "count": 2},
            {"from": "local", "to": "recorded", "reason": "full", "count": 1},
        ],
        "seconds_without_model": 1.5,
        "round_trip_ms": {"openai": 95.5},
        "calls_on_recorded_voice": 1,
        "calls_on_recorded_voice_total": 2,
        "breakers": {"openai": "half_open"},
        "spent_today_usd": 0.25,
    }


def test_names_without_end_do_not_fill_the_memory() -> None:
    """Engines and rows beyond the bound share one name; those that were there go on being counted."""
    tally = LinkTally()
    for number in range(1_000):
        tally.joined(f"engine {number}", "start", without_s=0.0)
        tally.failed("engine 0", f"reason {number}")
        tally.failed_over("engine 0", "engine 1", f"reason {number}")
    tally.joined("engine 0", "start", without_s=0.0)
    tally.failed("engine 0", "reason 0")
    tally.failed_over("engine 0", "engine 1", "reason 0")
    told = tally.snapshot()
    assert len(told["sessions_opened"]) == MOST_ENGINES + 1
    assert told["sessions_opened"]["engine 0"] == 2
    assert told["sessions_opened"]["other"] == 1_000 - MOST_ENGINES
    assert len(told["failures"]) == len(told["failovers"]) == MOST_ROWS + 1
    assert told["failures"][0] == {"engine": "engine 0", "reason": "reason 0", "count": 2}
    assert told["failures"][-1] == {"engine": "other", "reason": "other", "count": 1_000 - MOST_ROWS}
    assert told["failovers"][0]["count"] == 2
    assert told["failovers"][-1] == {
        "from": "other",
        "to": "other",
        "reason": "other",
        "count": 1_000 - MOST_ROWS,
    }


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf")])
def test_what_is_no_time_counts_as_none(amount: float) -> None:
    """One bad figure must not spoil all that come after it."""
    tally = LinkTally()
    tally.joined("openai", "start", without_s=amount)
    tally.left("openai", age_s=amount)
    tally.left("openai", age_s=amount)
    tally.without_model(amount)
    tally.round_trip("openai", amount)
    tally.recorded_ended()
    told = tally.snapshot()
    assert (told["session_age_s"]["sum"], told["session_age_s"]["up_to"]["10"]) == (0.0, 2)
    assert (told["seconds_without_model"], told["round_trip_ms"]) == (0.0, {"openai": 0.0})
    assert (told["sessions_open"], told["calls_on_recorded_voice"]) == ({"openai": 0}, 0)


def test_a_failure_is_one_line_that_says_what_to_do() -> None:
    """Which engine, why, what helps, and who carries the call on."""
    advice = {"quota": "has no credit; pay", "timeout": "did not answer; look at the network"}
    with structlog.testing.capture_logs() as lines:
        log = structlog.get_logger()
        refused = RefusedError("insufficient_quota", reason="quota")
        log_failure(log, "openai", refused, advice.__getitem__, call_id="c1")
        late = UnavailableError("no answer within 2 s", reason="timeout")
        log_failure(log, "local", late, advice.__getitem__, call_id="c1")
    assert lines == [
        {
            "event": "engine failed",
            "log_level": "warning",
            "engine": "openai",
            "reason": "quota",
            "advice": "openai: has no credit; pay",
            "call": "c1",
            "error": "insufficient_quota",
        },
        {
            "event": "engine failed",
            "log_level": "warning",
            "engine": "local",
            "reason": "timeout",
            "advice": "local: did not answer; look at the network",
            "call": "c1",
            "error": "no answer within 2 s",
        },
    ]
