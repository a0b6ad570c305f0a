"""What a call has come to: the numbers given out, and the outcome by what was reached."""

from typing import Any

from npcl_voice.conversation.commands import Outcome

__all__ = ["Tally"]

BEST_FIRST: tuple[Outcome, ...] = ("emergency", "complaint_registered", "callback_booked", "resolved")
REACHED: dict[str, Outcome] = {
    "hazard": "emergency",
    "no_supply": "complaint_registered",
    "agent": "callback_booked",
    "complaint_status": "resolved",
}


class Tally:
    """Counts what tools have done in this call."""

    def __init__(self) -> None:
        self.numbers: tuple[str, ...] = ()
        """Complaint numbers that this call registered or repeated, in order."""
        self._reached: set[Outcome] = set()

    def answered(self, name: str, result: dict[str, Any]) -> None:
        """A tool answered."""
        if result.get("ok") is not True or name not in REACHED:
            return
        self._reached.add(REACHED[name])
        number = result.get("complaint_number")
        if name in {"hazard", "no_supply"} and isinstance(number, str) and number not in self.numbers:
            self.numbers = (*self.numbers, number)

    def outcome(self, otherwise: Outcome) -> Outcome:
        """The best that was reached, else how the call ended."""
        return next((outcome for outcome in BEST_FIRST if outcome in self._reached), otherwise)
