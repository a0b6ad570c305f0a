"""What the records know, as a tool tells it: plain values that may be said to anybody."""

from datetime import datetime
from typing import Any

from npcl_voice.domain.complaints import Complaint
from npcl_voice.domain.outages import Outage
from npcl_voice.domain.times import as_shown

__all__ = ["expected", "outage_told", "promised"]


def expected(outage: Outage | None) -> dict[str, Any]:
    """When the power is expected back in an outage, who says so, when it was said, and how surely.

    A time that has passed is no time to be expected: it stands apart.
    """
    restoration = None if outage is None else outage.restoration
    if outage is None or restoration is None:
        return {"expected_at": None}
    at = as_shown(restoration.at)
    told: dict[str, Any] = {"expected_at": None, "was_expected_at": at} if outage.expired else {"expected_at": at}
    given_at = as_shown(restoration.given_at)
    return told | {"source": restoration.source, "given_at": given_at, "confidence": restoration.confidence}


def outage_told(outage: Outage | None) -> dict[str, Any] | None:
    """An outage that is known; None for none."""
    return None if outage is None else {"cause": outage.cause or None, **expected(outage)}


def promised(complaint: Complaint, now: datetime | None) -> dict[str, str | None]:
    """By when a complaint is promised to be dealt with, and since when it stands; a promise that has passed is none."""
    at = complaint.promise_at
    kept = at is not None and (now is None or at > now)
    return {
        "promise_at": as_shown(at) if at is not None and kept else None,
        "registered_at": as_shown(complaint.registered_at),
    }
