"""How long a server asks us to wait, where it says so only in a sentence.

The Realtime API has no field for it: a response that failed for a rate limit says "Please try again in
6.232s." in its message, and so do errors of other services that speak the protocol.
"""

import re
from typing import Final

__all__ = ["MAX_WAIT_S", "wait_hint"]

MAX_WAIT_S: Final = 600.0
"""The longest wait that we believe; nobody stays on the line for it."""

_READ: Final = 2_000
"""Characters of a message that are looked at."""

_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_UNIT = r"ms|milliseconds?|h|hours?|m|min|minutes?|s|sec|seconds?"
_HINT = re.compile(
    rf"\b(?:try again|retry)\s(?:in|after)\s+(?P<wait>(?:{_NUMBER}\s?(?:{_UNIT})(?![a-z])\s?)+)",
    re.ASCII | re.IGNORECASE,
)
_PIECE = re.compile(rf"(?P<number>{_NUMBER})\s?(?P<unit>ms|milli|h|m|s)", re.ASCII | re.IGNORECASE)


def wait_hint(message: str | None) -> float | None:
    """Seconds to wait, between 0 and `MAX_WAIT_S`; None where the message does not say.

    Understood are `6.232s`, `850ms`, `1m26.4s` and the same in words, after "try again in" or "retry after".
    """
    found = _HINT.search((message or "")[:_READ])
    if found is None:
        return None
    total = 0.0
    for piece in _PIECE.finditer(found["wait"]):
        unit = piece["unit"].lower()
        total += float(piece["number"]) * _SECONDS["ms" if unit == "milli" else unit]
    return min(total, MAX_WAIT_S)
