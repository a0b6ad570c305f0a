"""A person: nobody can be put through from here yet, so a callback is booked."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import CallbackDraft
from npcl_voice.domain.consumers import is_mobile_number
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["AGENT", "window_of"]

NO_TIME = "as soon as possible"
"""What is said while the company has named no time: a time that nobody has confirmed is no promise."""


class Agent(Struct, frozen=True, forbid_unknown_fields=True):
    """The caller wants a person: book a callback to the caller's confirmed phone number."""

    reason: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: Agent, desk: Desk, situation: Situation) -> Result:
    """Book it once a call, to the number the caller confirmed or calls from."""
    number = situation.facts.get("phone") or situation.caller_number
    if number is None or not is_mobile_number(number):
        return {"ok": False, "reason": "no_number"}
    callback = await desk.book_callback(
        CallbackDraft(
            idempotency_key=f"{situation.call_id}:callback:{number}",
            number=number,
            window=window_of(situation.callback_within_min),
            reason=request.reason or "asked",
            call_id=situation.call_id,
        )
    )
    return {"ok": True, "window": callback.window}


def window_of(minutes: int | None) -> str:
    """When a callback is promised, in words: within so many minutes, if the company has confirmed a time."""
    return NO_TIME if minutes is None else f"within {minutes} minutes"


AGENT = Intent("agent", Agent, serve)
