"""How a connection ends or never begins, and what our own connection makes of it.

In memory there is no connection of ours; its reasons and its errors are the same all the same.
"""

from typing import Literal

import msgspec

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.events import ErrorDetail, RawEvent, ServerEvent
from npcl_voice.realtime.failures import reason_of_close, reason_of_code, reason_of_status, retry_after
from npcl_voice.speech.connection import failure

__all__ = [
    "PLACE",
    "Deaf",
    "End",
    "Garbage",
    "Step",
    "ends_a_session",
    "failure_of_end",
    "failure_of_http",
    "name_of",
]

RESET = 1006
"""No close frame came (RFC 6455, 7.4.1)."""
PLACE = "the twin"


class Garbage(msgspec.Struct, frozen=True):
    """A message that cannot be read stands in place of an event."""

    event: str
    """The name of the event that was lost."""


class End(msgspec.Struct, frozen=True):
    """The connection ends here."""

    how: Literal["close", "reset"]
    """By a close frame, or by a TCP reset."""
    code: int = RESET
    text: str = ""


class Deaf(msgspec.Struct, frozen=True):
    """From here on the server reads nothing, so not even a ping is answered. No client sees it come."""


Step = ServerEvent | Garbage | Deaf | End
"""What comes to the client."""


def ends_a_session(error: ErrorDetail) -> str | None:
    """The reason, if an `error` event means that its session is over."""
    return reason_of_code(error.code) or reason_of_code(error.type)


def failure_of_end(end: End, told: ErrorDetail | None = None) -> UnavailableError | RefusedError:
    """What our connection makes of an end; an `error` event before it says more than the end itself."""
    reason = None if told is None else ends_a_session(told)
    if told is not None and reason is not None:
        return failure(PLACE, reason, told.message, retry_after(None, told.message))
    code = None if end.how == "reset" else end.code
    return failure(PLACE, reason_of_close(code, end.text), end.text, retry_after(None, end.text))


def failure_of_http(status: int, retry_after_s: float | None) -> UnavailableError | RefusedError:
    """What our connection makes of an HTTP status at the handshake."""
    return failure(PLACE, reason_of_status(status), f"HTTP {status}", retry_after_s)


def name_of(event: msgspec.Struct) -> str:
    """The event's name on the wire."""
    return event.name if isinstance(event, RawEvent) else str(event.__struct_config__.tag)
