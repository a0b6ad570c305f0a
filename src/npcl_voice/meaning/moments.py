"""What a spoken time may mean: a moment, a duration, or "soon"; each knows which moments fit it."""

from datetime import date, datetime
from fractions import Fraction
from typing import Final, Literal

import msgspec

from npcl_voice.meaning.quantity_words import quantity_words

__all__ = ["NEAR_MIN", "Duration", "Moment", "Soon", "SpokenTime"]

NEAR_MIN: Final = 15
"""So many minutes beside a time are still that time."""
_DAY_MIN: Final = 1440
_HALF_DAY_MIN: Final = 720
_ROUNDED_FROM_MIN: Final = 120
"""From two hours on people round up to whole hours when they say within what time."""


class Moment(msgspec.Struct, frozen=True):
    """A time of day, a part of the day, a day, or what was said of these together."""

    start: int
    end: int
    """Which tokens name it: from `start` up to and without `end`."""
    minute: int | None = None
    """Minutes since midnight; of a twelve-hour clock unless `exact`."""
    exact: bool = False
    part: str | None = None
    days: tuple[int, ...] = ()
    """How many days from today it may be, with any of these."""
    weekday: int | None = None
    """0 for Monday."""
    month: int | None = None
    day: int | None = None
    """Of the month."""

    @property
    def names_day(self) -> bool:
        """Whether a day is named."""
        return bool(self.days) or self.weekday is not None or self.day is not None

    def fits(self, at: datetime, now: datetime) -> bool:
        """Whether it may mean `at`, to a quarter of an hour; both in the zone of the one who speaks."""
        return self.fits_day(at.date(), now.date()) and self._fits_clock(at) and self._fits_part(at, now)

    def fits_day(self, day: date, today: date) -> bool:
        """Whether it may be on that day; True where it names none."""
        shifts = (0, 1) if self.part in {"night", "midnight"} else (0,)  # "tonight" lasts beyond midnight
        if self.days and not any((day - today).days == days + shift for days in self.days for shift in shifts):
            return False
        if self.weekday is not None and day.weekday() != self.weekday:
            return False
        return (self.day is None or day.day == self.day) and (self.month is None or day.month == self.month)

    def may_be(self, other: "Moment") -> bool:
        """Whether both may have been said of one time: what one of them leaves open does not part them."""
        parts = ((self.minute, other.minute), (_told(self.part), _told(other.part)), (self.weekday, other.weekday))
        if any(None not in {one, another} and one != another for one, another in (*parts, (self.day, other.day))):
            return False
        days = not self.days or not other.days or not set(self.days).isdisjoint(other.days)
        return days and (self.minute is None or other.minute is not None)

    def _fits_clock(self, at: datetime) -> bool:
        if self.minute is None:
            return True
        round_min = _DAY_MIN if self.exact else _HALF_DAY_MIN
        apart = (at.hour * 60 + at.minute - self.minute) % round_min
        return min(apart, round_min - apart) <= NEAR_MIN

    def _fits_part(self, at: datetime, now: datetime) -> bool:
        if self.part is None:
            return True
        begins, ends = next((begins, ends) for name, begins, ends in quantity_words().hours if name == self.part)
        hours = at.hour + at.minute / 60
        slack = NEAR_MIN / 60
        if not self.names_day and self.minute is None and abs((at.date() - now.date()).days) > 1:
            return False
        return any(begins - slack <= hours + later <= ends + slack for later in (0, 24))


def _told(part: str | None) -> str | None:
    """Hindi has one word for noon and for the afternoon."""
    return "noon" if part == "afternoon" else part


class Duration(msgspec.Struct, frozen=True):
    """So long from now, back, or without a beginning."""

    start: int
    end: int
    least_min: Fraction
    most_min: Fraction
    """Minutes; the same unless a range was named."""
    sense: Literal["ahead", "back", "plain"]
    most: bool = False
    """Whether it is an upper limit: "within two hours"."""

    def fits(self, at: datetime, now: datetime) -> bool:
        """Whether `at` lies so far from now, to a quarter of an hour."""
        away = Fraction(int((at - now).total_seconds()), 60)
        if self.sense == "back":
            away = -away
        near = max(NEAR_MIN, int(self.most_min / 10) if self.most_min >= _DAY_MIN else 0)
        least = self.least_min - near
        if self.most and self.most_min >= _ROUNDED_FROM_MIN:
            least -= 60 - near
        return least <= away <= self.most_min + near

    def fits_day(self, day: date, today: date) -> bool:
        """Whether that day lies so many days away; False where less than a day was named."""
        away = abs((day - today).days)
        return self.most_min >= _DAY_MIN and self.least_min <= away * _DAY_MIN <= self.most_min


class Soon(msgspec.Struct, frozen=True):
    """A time that says nothing: "shortly", "जल्द से जल्द"."""

    start: int
    end: int


SpokenTime = Moment | Duration | Soon
