"""How the facts of a tool's result become values of phrases. Nothing is said that is not in the result."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from npcl_voice.conversation.context import Line
from npcl_voice.conversation.goals.goal import Result
from npcl_voice.domain.complaints import is_complaint_number
from npcl_voice.meaning.readout import MONTHS

__all__ = [
    "complaint_promise",
    "expected_lines",
    "given_number",
    "outage_lines",
    "promise_lines",
    "spoken_amount",
    "spoken_date",
    "spoken_time",
    "text_of",
    "window_line",
]

SOURCES = frozenset({"crew", "operator", "system", "planned"})
"""Who gives restoration times and has words of its own; of others only the time is told."""
WINDOWS = ("morning", "afternoon", "evening")
PAISE = Decimal("0.01")
MOST_RUPEES = Decimal(10) ** 12


def given_number(result: Result) -> dict[str, str] | None:
    """The complaint number of a result as a phrase's value; None for one that no store of ours gives out."""
    number = result.get("complaint_number")
    return {"complaint_number": number} if isinstance(number, str) and is_complaint_number(number) else None


def complaint_promise(result: Result) -> str:
    """What a caller may count on who was given a complaint number."""
    return f"complaint {result.get('complaint_number')}"


def text_of(value: object) -> str | None:
    """A text that is not empty; None for anything else."""
    return value if isinstance(value, str) and value else None


# Times, dates and money.


def spoken_time(value: object, said_on: object = None) -> str | None:
    """`9:30 PM` out of an ISO 8601 time, in the zone it is given in; None for anything else.

    With `said_on`, the time at which it was said, another day is named: `9:30 PM, 1 December`.
    """
    at = _time(value)
    if at is None:
        return None
    clock = f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"
    since = _time(said_on)
    return clock if since is None or since.date() == at.date() else f"{clock}, {_day(at)}"


def spoken_date(value: object) -> str | None:
    """`10 December` out of an ISO 8601 date; None for anything else."""
    try:
        return _day(date.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def spoken_amount(value: object) -> str | None:
    """`Rs 1,23,456.50` out of `123456.50`, grouped as in India; None for anything that is no amount."""
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    if amount is None or not amount.is_finite() or not 0 <= amount < MOST_RUPEES:
        return None
    rupees, paise = str(amount.quantize(PAISE)).split(".")
    head, last = rupees[:-3], rupees[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    whole = ",".join([*groups, last])
    return f"Rs {whole}" if paise == "00" else f"Rs {whole}.{paise}"


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _day(at: date) -> str:
    return f"{at.day} {MONTHS[at.month - 1]}"


# What is known of an outage, and of a promise.


def outage_lines(result: Result, *, asked: bool = False) -> tuple[Line, ...]:
    """The outage of a result's area, its cause, and when the power is back; nothing where there is none.

    That its cause is not known is told to those who `asked` about the outage.
    """
    outage, area = result.get("outage"), text_of(result.get("area"))
    if not isinstance(outage, dict) or area is None:
        return ()
    cause = _cause_lines(outage, asked=asked)
    return (Line("outage_known", {"area": area}), *cause, *(expected_lines(outage) or (Line("no_time_yet"),)))


def _cause_lines(outage: dict[str, Any], *, asked: bool) -> tuple[Line, ...]:
    cause = text_of(outage.get("cause"))
    if cause is not None:
        return (Line("outage_cause", {"cause": cause}),)
    untold = not asked or outage.get("source") == "planned"  # of planned work its time tells what it is
    return () if untold else (Line("outage_cause_unknown"),)


def expected_lines(told: dict[str, Any]) -> tuple[Line, ...]:
    """When the power is expected back: by whom, as of when, and how surely; nothing where no time was given."""
    given_at, source = told.get("given_at"), told.get("source")
    passed = spoken_time(told.get("was_expected_at"), given_at)
    if passed is not None:
        return (Line("expected_passed", {"time": passed}),)
    time = spoken_time(told.get("expected_at"), given_at)
    if time is None:
        return ()
    given = spoken_time(given_at, told.get("expected_at"))
    if source == "planned":
        line = Line("outage_expected_planned", {"time": time})
    elif source in SOURCES and given is not None:
        line = Line(f"outage_expected_{source}", {"time": time, "given": given})
    else:
        line = Line("outage_expected", {"time": time})
    return (line, Line("expected_unsure")) if told.get("confidence") == "low" else (line,)


def promise_lines(result: Result) -> tuple[Line, ...]:
    """By when it is promised to be dealt with; nothing unless the records promise it."""
    time = spoken_time(result.get("promise_at"), result.get("registered_at"))
    return () if time is None else (Line("promised_by", {"time": time}),)


def window_line(window: str) -> Line:
    """When a person calls back, out of the records' own words for it."""
    words = window.split()
    if window == "as soon as possible":
        return Line("callback_soon")
    if len(words) == 3 and words[0] == "within" and words[2] == "minutes" and words[1].isdecimal():
        return Line("callback_within", {"minutes": words[1]})
    named = next((name for name in WINDOWS if name in words), None)
    return Line(f"callback_{named}") if named else Line("callback_booked", {"window": window})
