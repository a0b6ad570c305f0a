"""Keys the caller presses, gathered until they are an answer.

They are one at `#`, at the full length of the number that is expected, at the one key that answers
yes or no, or when no further key comes.
"""

from npcl_voice.conversation.marks import KEYPAD_MARK
from npcl_voice.meaning.expectation import Expectation, Kind

__all__ = ["KEYPAD_MARK", "KEYS", "Keypad"]

KEYS = frozenset("0123456789*#")
MAX_DIGITS = 32
"""More than any number has; what is pressed beyond it is dropped."""


class Keypad:
    """The digits pressed so far."""

    def __init__(self) -> None:
        self._digits = ""

    @property
    def pending(self) -> bool:
        """Whether digits wait to be completed."""
        return bool(self._digits)

    def press(self, key: str, expects: Expectation) -> str | None:
        """One key; the digits when they are complete (`*` starts anew)."""
        if key == "#":
            return self.take() or None
        if key == "*":
            self._digits = ""
            return None
        if len(self._digits) < MAX_DIGITS:
            self._digits += key
        full = expects.kind is Kind.NUMBER and len(self._digits) >= max(expects.lengths)
        chosen = expects.kind is Kind.YES_NO and self._digits in {"1", "2"}
        return self.take() if full or chosen else None

    def take(self) -> str:
        """The digits so far, and start anew; empty when there are none."""
        digits, self._digits = self._digits, ""
        return digits
