"""How a connection ends or never begins, and what a client of ours makes of it.

The reasons are the short words that tables and counters are keyed by, as in `errors.UnavailableError`.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.events import RawEvent, ServerEvent

__all__ = ["Deaf", "End", "Garbage", "Step", "failure_of_close", "failure_of_http", "name_of"]

RESET = 1006
"""No close frame came (RFC 6455, 7.4.1)."""
POLICY = 1008
OURS = 3_000
"""From here on a close code says that the client is at fault (OpenAI, and observed there)."""
CODES: Mapping[str, str] = {
    "insufficient_quota": "quota",
    "credit_balance_exhausted": "quota",
    "billing_hard_limit_reached": "quota",
    "invalid_api_key": "invalid_api_key",
    "account_deactivated": "account",
    "missing_model": "model",
    "invalid_model": "model",
    "model_not_found": "model",
    "beta_api_shape_disabled": "beta",
}
"""Errors after which no session with this account or these settings will do, and their reasons."""
STATUSES: Mapping[int, str] = {401: "invalid_api_key", 403: "forbidden", 408: "http_408", 429: "http_429"}
PASSING = ("http_408", "http_429")
SERVER_FAULT = 500
"""From here on a status of HTTP says that the server is at fault (RFC 9110, 15.6)."""


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
    if code == RESET:
        return UnavailableError("the connection broke off", reason=f"close_{RESET}")
    said = f"the server closed the connection: {code} {text}".rstrip()
    word = error or text.rpartition(".")[2]
    if word in CODES:
        return RefusedError(said, reason=CODES[word])
    if word == "session_expired":
        return UnavailableError(said, reason=word)
    if code >= OURS or code == POLICY:
        return RefusedError(said, reason=f"close_{code}")
    return UnavailableError(said, reason=f"close_{code}")


def failure_of_http(status: int, retry_after_s: float | None) -> UnavailableError | RefusedError:
    """The failure that an HTTP status at the handshake stands for."""
    said = f"the server answered the handshake with HTTP {status}"
    reason = "http_5xx" if status >= SERVER_FAULT else STATUSES.get(status, "bad_request")
    if status >= SERVER_FAULT or reason in PASSING:
        return UnavailableError(said, reason=reason, retry_after_s=retry_after_s)
    return RefusedError(said, reason=reason)


def name_of(event: msgspec.Struct) -> str:
    """The event's name on the wire."""
    return event.name if isinstance(event, RawEvent) else str(event.__struct_config__.tag)
