"""A number that is on no record: said so, with the one of the caller's own that may have been meant."""

from collections.abc import Iterable

from npcl_voice.domain.nearest import nearest_number
from npcl_voice.intents.request import Result
from npcl_voice.ports import Desk, Situation

__all__ = ["unknown_complaint", "unknown_consumer"]

MEANT = "Ask the caller, in one question, whether `nearest` is meant. Only after a yes call again, with that number."
"""What a model is told of a number that is near; without its digits, which would count as confirmed."""


async def unknown_complaint(number: str, desk: Desk, situation: Situation) -> Result:
    """That there is no such complaint, and which of those that were reported from the line's number is near."""
    caller, said = situation.caller_number, _was_said("complaint_number", situation)
    own = await desk.complaints_from(caller) if caller is not None and said else ()
    return _unknown("unknown_number", number, own)


async def unknown_consumer(number: str, desk: Desk, situation: Situation) -> Result:
    """That there is no such consumer number, and which of those that are registered with the line's number is near."""
    caller, said = situation.caller_number, _was_said("consumer_number", situation)
    own = await desk.accounts_of(caller) if caller is not None and said else ()
    return _unknown("unknown_consumer", number, own)


def _was_said(name: str, situation: Situation) -> bool:
    """Whether the number was heard, and so may have been misheard: who keys or types one sees it."""
    return situation.sources.get(name) == "spoken"


def _unknown(reason: str, number: str, own: Iterable[str]) -> Result:
    refused = {"ok": False, "reason": reason}
    nearest = nearest_number(number, own)
    return refused if nearest is None else {**refused, "nearest": nearest, "message": MEANT}
