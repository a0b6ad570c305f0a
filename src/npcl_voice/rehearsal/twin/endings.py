"""How a connection ends or never begins, and what a client of ours makes of it.

In memory there is no connection of ours that would make something of it: the same tables are asked here.
"""

from typing import Literal

import msgspec

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.events import RawEvent, ServerEvent
from npcl_voice.realtime.failures import reason_of_close, reason_of_code, reason_of_status
from npcl_voice.speech.connection import failure

__all__ = ["TWIN", "Deaf", "End", "Garbage", "Step", "failure_of_close", "failure_of_http", "name_of"]

TWIN = "the twin"
"""Where it happened, for whoever reads of it."""
RESET = 1006
"""No close frame came (RFC 6455, 7.4.1)."""


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


class Deaf(msgspec.Struct, frozen=True):
    """From here on the server reads nothing, so not even a ping is answered. No client sees it come."""


Step = ServerEvent | Garbage | Deaf | End
"""What comes to the client."""


def failure_of_close(code: int, text: str, error: str | None = None) -> UnavailableError | RefusedError:
    """The failure that a close code stands for; `error` is the code of the `error` event before it."""
    reason = reason_of_code(error) or reason_of_close(None if code == RESET else code, text)
    return failure(TWIN, reason, f"{code} {text}".rstrip())


def failure_of_http(status: int, retry_after_s: float | None) -> UnavailableError | RefusedError:
    """The failure that an HTTP status at the handshake stands for."""
    return failure(TWIN, reason_of_status(status), f"HTTP {status}", retry_after_s)


def name_of(event: msgspec.Struct) -> str:
    """The event's name on the wire."""
    return event.name if isinstance(event, RawEvent) else str(event.__struct_config__.tag)
