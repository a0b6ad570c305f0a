"""Thresholds: the figures of the company's policy, as against the program's own.

An unconfirmed one may guide what the program does by itself; it is never spoken as a promise.
"""

from typing import Annotated, Literal, get_args

from msgspec import Meta

from npcl_voice.domain.entries import Entry, Text, read_entries

__all__ = ["MEANINGS", "Threshold", "ThresholdName", "read_thresholds"]

ThresholdName = Literal[
    "callback_within_min",
    "compensation_ceiling_percent",
    "compensation_paid_within_d",
    "emergency_ageing_min",
    "first_estimate_min",
    "outage_window_min",
    "outage_premises",
    "queue_wait_min",
    "reopen_within_h",
]

MEANINGS: dict[ThresholdName, str] = {
    "callback_within_min": "a callback is made within so many minutes of its booking",
    "compensation_ceiling_percent": "compensation is at most so many percent of a consumer's fixed charges",
    "compensation_paid_within_d": "compensation is paid within so many days",
    "emergency_ageing_min": "an emergency that nobody has taken up is shown as late after so many minutes",
    "first_estimate_min": "the first restoration time of an outage is due after so many minutes",
    "outage_window_min": "reports of one area at most so many minutes apart may be one outage",
    "outage_premises": "so many different premises of one area within that window make an outage probable",
    "queue_wait_min": "a caller who wants a person waits about so many minutes",
    "reopen_within_h": "a closed complaint is opened again, not registered anew, for so many hours",
}
"""What each says; the unit is the end of its name. One that is absent is not known, and nothing is done by it."""

assert set(MEANINGS) == set(get_args(ThresholdName))


class Threshold(Entry, frozen=True):
    """One figure."""

    name: ThresholdName
    """Which figure it is."""
    value: Annotated[int, Meta(ge=1, le=10_000, description="a whole number from 1 to 10000")]
    """In the unit at the end of the name."""
    confirmed: bool
    """True once the company has named this figure as its own."""
    note: Text | None = None
    """Why this figure, where its source gives a range."""


def read_thresholds(text: str) -> tuple[Threshold, ...]:
    """The figures in a TOML text of `[[threshold]]` tables. Raises SettingsError (`thresholds.toml`)."""
    return read_entries("thresholds.toml", text, "threshold", Threshold, lambda one: one.name)
