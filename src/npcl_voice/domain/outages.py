"""Outages that the company knows of, and what may be said about them."""

from datetime import datetime
from typing import Literal, get_args

import msgspec

from npcl_voice.domain.times import as_shown
from npcl_voice.errors import RuleError

__all__ = ["CONFIDENCES", "Confidence", "Outage", "Restoration", "estimate"]

Confidence = Literal["low", "medium", "high"]
"""How sure whoever gave a time was of it."""

CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)


class Restoration(msgspec.Struct, frozen=True):
    """When supply is expected back (ETR), and who says so."""

    at: datetime
    """With a time zone."""
    source: str
    """`crew`, `operator`, `system`, `planned`, or in a few words who says so."""
    given_at: datetime
    confidence: Confidence = "medium"


class Outage(msgspec.Struct, frozen=True):
    """One outage of one area."""

    outage_id: int
    area: str
    cause: str
    """A class in plain words, such as `cable fault`; empty when not known."""
    started_at: datetime
    restoration: Restoration | None = None
    restored_at: datetime | None = None
    demo: bool = False
    expired: bool = False
    """Whether its restoration time has passed: it is told as passed, never as a promise. Only `as_told` sets it."""

    def is_open(self) -> bool:
        """Whether supply is still out."""
        return self.restored_at is None

    def as_told(self, now: datetime) -> "Outage":
        """The same as it may be told at `now`: a restoration time that has passed is marked as `expired`."""
        passed = self.restoration is not None and self.promised_at(now) is None
        return msgspec.structs.replace(self, expired=passed)

    def promised_at(self, now: datetime) -> datetime | None:
        """The restoration time that may be spoken: one that was given and has not passed."""
        if self.restored_at is not None or self.restoration is None or self.restoration.at <= now:
            return None
        return self.restoration.at


def estimate(
    outage: Outage, at: datetime, source: str, now: datetime, confidence: Confidence = "medium"
) -> Restoration:
    """When supply is expected back, by whom, as it may be noted at `now`.

    Raises RuleError: `already_restored` for an outage that is over, `bad_time` for a time that has passed.
    """
    if outage.restored_at is not None:
        when = as_shown(outage.restored_at)
        raise RuleError("already_restored", f"outage {outage.outage_id} was restored at {when} already")
    if at <= now:
        raise RuleError("bad_time", f"supply cannot be expected back at {as_shown(at)}: that is over")
    return Restoration(at=at, source=source, given_at=now, confidence=confidence)
