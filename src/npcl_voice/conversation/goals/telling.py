"""How the facts of a tool's result become values of phrases. Nothing is said that is not in the result."""

from datetime import datetime

from npcl_voice.conversation.goals.goal import Result
from npcl_voice.domain.complaints import is_complaint_number

__all__ = ["complaint_promise", "given_number", "spoken_time"]


def given_number(result: Result) -> dict[str, str] | None:
    """The complaint number of a result as a phrase's value; None for one that no store of ours gives out."""
    number = result.get("complaint_number")
    return {"complaint_number": number} if isinstance(number, str) and is_complaint_number(number) else None


def complaint_promise(result: Result) -> str:
    """What a caller may count on who was given a complaint number."""
    return f"complaint {result.get('complaint_number')}"


def spoken_time(value: object) -> str | None:
    """`9:30 PM` out of an ISO 8601 time, in the zone it is given in; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"
