"""Times as the people of this company read them: India's, and with their zone."""

import re
from datetime import datetime, timedelta, timezone

from npcl_voice.errors import RuleError

__all__ = ["INDIA", "as_shown", "read_time"]

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")
"""Asia/Kolkata. It has stood at +05:30 without summer time since 1945, so no time zone data is needed."""

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def as_shown(at: datetime) -> str:
    """`at` in ISO 8601 with India's zone and whole seconds: `2026-11-22T18:30:00+05:30`."""
    return at.astimezone(INDIA).isoformat(timespec="seconds")


def read_time(text: str, now: datetime) -> datetime:
    """The time that an operator typed, with a zone.

    `HH:MM` is that time today in India, `now` being now; else ISO 8601, in India where no zone is given.

    Raises RuleError (`bad_time`) for anything else.
    """
    clock = _CLOCK.fullmatch(text.strip())
    try:
        if clock:
            hour, minute = int(clock[1]), int(clock[2])
            return now.astimezone(INDIA).replace(hour=hour, minute=minute, second=0, microsecond=0)
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        message = f"'{text}' is no time; write 18:30 for today, or 2026-11-22T18:30"
        raise RuleError("bad_time", message) from None
    return at if at.tzinfo else at.replace(tzinfo=INDIA)
