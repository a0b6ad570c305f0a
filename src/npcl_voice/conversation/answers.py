"""What a tool's answer sounds like: the facts of a result put into phrases.

Nothing is said here that is not in the result; a result of another shape gives no words at all.
"""

from datetime import datetime
from typing import Any, get_args

from npcl_voice.conversation.context import Line
from npcl_voice.domain.complaints import Status, is_complaint_number

__all__ = ["lines_for", "promise_of", "spoken_time"]

STATUSES = frozenset(get_args(Status))


def lines_for(name: str, result: dict[str, Any]) -> tuple[Line, ...] | None:
    """The phrases for what tool `name` answered (`ok` is true); None when it makes no sense."""
    number = result.get("complaint_number")
    if name == "agent":
        window = result.get("window")
        return (Line("callback_booked", {"window": window}),) if isinstance(window, str) and window else None
    if not isinstance(number, str) or not is_complaint_number(number):
        return None
    values = {"complaint_number": number}
    if name == "complaint_status":
        status = result.get("status")
        return (Line(f"status_{status}", values),) if status in STATUSES else None
    if name == "hazard":
        place = result.get("place")
        if isinstance(place, str) and place:
            return (Line("hazard_placed", {**values, "place": place}),)
        return (Line("hazard_noted", values),)
    registered = "registered_already" if result.get("repeat") is True else "registered"
    return (*_outage_lines(result), Line(registered, values))


def _outage_lines(result: dict[str, Any]) -> tuple[Line, ...]:
    outage, area = result.get("outage"), result.get("area")
    if not isinstance(outage, dict) or not isinstance(area, str) or not area:
        return ()
    known = Line("outage_known", {"area": area})
    time = spoken_time(outage.get("expected_at"))
    return (known, Line("no_time_yet") if time is None else Line("outage_expected", {"time": time}))


def spoken_time(value: object) -> str | None:
    """`9:30 PM` out of an ISO 8601 time, in the zone it is given in; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"


def promise_of(name: str, result: dict[str, Any]) -> str | None:
    """What the caller may now count on, in words for the facts block."""
    if name == "agent":
        return "callback"
    return f"complaint {result.get('complaint_number')}" if name in {"no_supply", "hazard"} else None
