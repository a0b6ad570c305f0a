"""A person calls back: booked once for a number, at the time of day that suits the caller."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from npcl_voice.domain.complaints import Callback as Booked
from npcl_voice.domain.complaints import CallbackDraft
from npcl_voice.domain.consumers import is_mobile_number
from npcl_voice.domain.times import INDIA
from npcl_voice.intents.request import Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["CALLBACK", "CALLBACKS_A_CALL", "book", "window_of"]

NO_TIME = "as soon as possible"
"""What is said while the company has named no time: a time that nobody has confirmed is no promise."""
CALLBACKS_A_CALL = 2
"""So many numbers may be booked on one call."""
ENDS_AT = {"morning": 12, "afternoon": 16, "evening": 20}
"""The hour at which each part of the day is over; a call is not made later than eight in the evening."""


class Callback(Struct, frozen=True, forbid_unknown_fields=True):
    """Book a call back by a person, to the caller's confirmed phone number or the one they call from; when it
    suits the caller.
    """

    window: Literal["morning", "afternoon", "evening", "now"] | None = None


async def serve(request: Callback, desk: Desk, situation: Situation) -> Result:
    """Book it; one that is owed to the number already gets the new time."""
    booked = await book(desk, situation, reason="asked", window=request.window)
    return {"ok": True, "window": booked.window} if isinstance(booked, Booked) else booked


async def book(desk: Desk, situation: Situation, *, reason: str, window: str | None = None) -> Booked | Result:
    """A callback to the number that the caller confirmed or calls from; a refusal without one."""
    number = situation.facts.get("phone") or situation.caller_number
    if number is None or not is_mobile_number(number):
        return {"ok": False, "reason": "no_number"}
    before = situation.made.get("callback", ())
    if number not in before and len(before) >= CALLBACKS_A_CALL:
        return {"ok": False, "reason": "too_many"}
    words = window_of(situation.callback_within_min) if window in {None, "now"} else _day_of(str(window), situation.now)
    return await desk.book_callback(
        CallbackDraft(
            idempotency_key=f"{situation.call_id}:callback:{number}:{words}",
            number=number,
            window=words,
            reason=reason,
            call_id=situation.call_id,
        )
    )


def window_of(minutes: int | None) -> str:
    """When a callback is promised, in words: within so many minutes, if the company has confirmed a time."""
    return NO_TIME if minutes is None else f"within {minutes} minutes"


def _day_of(window: str, now: datetime | None) -> str:
    """A part of the day, and which day: `today evening`, or `tomorrow` once it is over."""
    if now is None:
        return window
    return f"{'today' if now.astimezone(INDIA).hour < ENDS_AT[window] else 'tomorrow'} {window}"


CALLBACK = Intent("callback", Callback, serve)
