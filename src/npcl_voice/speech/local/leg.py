"""What one caller's ears report: a turn began, more of its words stand, it is over.

The ears work wherever the recogniser works, so one message each way carries a piece of sound and
all that came of it.
"""

import msgspec

__all__ = ["Began", "Ended", "LegEvent", "Partly"]


class Began(msgspec.Struct, frozen=True, tag="began"):
    """The caller began to speak."""

    start_ms: int
    """Position in the caller's sound, padding included."""


class Partly(msgspec.Struct, frozen=True, tag="partly"):
    """More words of the turn, as far as they seem settled."""

    text: str


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The turn is over, and this is what was said."""

    end_ms: int
    """Position at which the speech itself ended."""
    text: str
    """Empty when nothing could be made of it."""
    confidence: float
    seconds: float
    """Length of the turn."""


LegEvent = Began | Partly | Ended
