"""Whether somebody is there: hours as the company's data gives them, in India's time."""

from datetime import datetime

from npcl_voice.domain.times import INDIA

__all__ = ["ALWAYS", "somebody_there"]

ALWAYS = "24x7"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def somebody_there(hours: str, at: datetime) -> bool:
    """Whether `at` is within hours such as `24x7` or `Mon-Fri 10:00-17:00; Sat 10:00-14:00`.

    The end is outside. Hours that end before they begin go on after midnight: `Fri 22:00-06:00` is
    open on Saturday at five. Days may go round: `Sat-Mon`.
    """
    if hours == ALWAYS:
        return True
    local = at.astimezone(INDIA)
    now, today = local.strftime("%H:%M"), local.weekday()
    for span in hours.split("; "):
        days, _, clock = span.partition(" ")
        first, _, last = clock.partition("-")
        if first < last:
            if _is_day(today, days) and first <= now < last:
                return True
        elif (_is_day(today, days) and now >= first) or (_is_day((today - 1) % 7, days) and now < last):
            return True
    return False


def _is_day(day: int, days: str) -> bool:
    first, _, last = days.partition("-")
    begin, end = _DAYS.index(first), _DAYS.index(last or first)
    return begin <= day <= end if begin <= end else day >= begin or day <= end
