"""How a connection ends or never begins, and what a client of ours makes of it.

The reasons are the short words that tables and counters are keyed by, as in `errors.UnavailableError`.
"""

from typing import Literal

import msgspec

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.events import ErrorDetail, RawEvent, ServerEvent
from npcl_voice.realtime.faults import Action, action_for

__all__ = ["End", "Garbage", "Step", "failure_of_close", "failure_of_http", "name_of"]

RESET = 1006
"""No close frame came (RFC 6455, 7.4.1)."""
POLICY = 1008
OURS = 3_000
"""From here on a close code says that the client is at fault (OpenAI, and observed there)."""
REFUSED_STATUS = (400, 401, 403, 404)


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

    def failure(self) -> UnavailableError | RefusedError:
        """What the client's connection raises."""
        return failure_of_close(self.code, self.text)


Step = ServerEvent | Garbage | End
"""What comes to the client."""


def failure_of_close(code: int, text: str, error: ErrorDetail | None = None) -> UnavailableError | RefusedError:
    """The failure that a close code stands for; `error` is the event that came before it."""
    cause = (error.code if error else None) or text.rpartition(".")[2]
    said = f"the server closed the connection: {code} {text}".rstrip()
    if action_for(cause) is Action.STOP:
        return RefusedError(said, reason=cause)
    if code >= OURS or code == POLICY:
        return RefusedError(said, reason=cause or f"close_{code}")
    if code == RESET:
        return UnavailableError("the connection broke", reason=f"close_{RESET}")
    return UnavailableError(said, reason=f"close_{code}")


def failure_of_http(status: int, retry_after_s: float | None) -> UnavailableError | RefusedError:
    """The failure that an HTTP status at the handshake stands for."""
    said = f"the server answered the handshake with HTTP {status}"
    if status in REFUSED_STATUS:
        return RefusedError(said, reason=f"http_{status}")
    return UnavailableError(said, reason=f"http_{status}", retry_after_s=retry_after_s)


def name_of(event: msgspec.Struct) -> str:
    """The event's name on the wire."""
    return event.name if isinstance(event, RawEvent) else str(event.__struct_config__.tag)
