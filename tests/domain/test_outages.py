"""What may be said about an outage."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from npcl_voice.domain.outages import CONFIDENCES, Outage, Restoration, estimate
from npcl_voice.errors import RuleError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OUTAGE = Outage(outage_id=1, area="Alpha 2", cause="cable fault", started_at=NOW - HOUR)


def expected(at: datetime) -> Outage:
    return msgspec.structs.replace(OUTAGE, restoration=Restoration(at=at, source="operator", given_at=NOW - HOUR))


def test_an_outage_is_open_until_supply_is_back():
    """Restored means over."""
    assert OUTAGE.is_open()
    assert (OUTAGE.restoration, OUTAGE.restored_at, OUTAGE.demo) == (None, None, False)
    assert not msgspec.structs.replace(OUTAGE, restored_at=NOW).is_open()


def test_only_a_time_that_was_given_and_has_not_passed_is_spoken():
    """Nothing is promised without a source, after its time, or when it is over."""
    assert OUTAGE.promised_at(NOW) is None
    assert expected(NOW + HOUR).promised_at(NOW) == NOW + HOUR
    assert expected(NOW).promised_at(NOW) is None
    assert expected(NOW - HOUR).promised_at(NOW) is None
    over = msgspec.structs.replace(expected(NOW + HOUR), restored_at=NOW)
    assert over.promised_at(NOW) is None


def test_a_time_that_has_passed_is_told_as_passed():
    """It is marked, so that nobody speaks it as a promise; an outage without a time has none that could pass."""
    assert expected(NOW + HOUR).as_told(NOW) == expected(NOW + HOUR)
    assert expected(NOW).as_told(NOW) == msgspec.structs.replace(expected(NOW), expired=True)
    assert OUTAGE.as_told(NOW) == OUTAGE


def test_an_estimate_says_when_and_by_whom_and_since_when():
    """A time to come, for an outage that is not over."""
    assert estimate(OUTAGE, NOW + HOUR, "crew", NOW) == Restoration(at=NOW + HOUR, source="crew", given_at=NOW)
    assert estimate(OUTAGE, NOW + HOUR, "crew", NOW, "high").confidence == "high"
    assert CONFIDENCES == ("low", "medium", "high")
    with pytest.raises(RuleError, match=r"cannot be expected back at 2026-11-22T17:30:00\+05:30: that is over") as no:
        estimate(OUTAGE, NOW, "crew", NOW)
    assert no.value.reason == "bad_time"
    with pytest.raises(RuleError, match=r"^outage 1 was restored at 2026-11-22T17:30:00\+05:30 already$") as no:
        estimate(msgspec.structs.replace(OUTAGE, restored_at=NOW), NOW + HOUR, "crew", NOW)
    assert no.value.reason == "already_restored"
