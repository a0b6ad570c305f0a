"""What a call has come to: the numbers given out, and the outcome by what was reached."""

from typing import Any

from npcl_voice.conversation.commands import Outcome
from npcl_voice.conversation.goals import GOALS

__all__ = ["Tally"]

BEST_FIRST: tuple[Outcome, ...] = ("emergency", "complaint_registered", "callback_booked", "resolved")


class Tally:
    """Counts what tools have done in this call."""

    def __init__(self) -> None:
        self.numbers: tuple[str, ...] = ()
        """Complaint numbers that this call registered or repeated, in order."""
        self._reached: set[Outcome] = set()

    def answered(self, name: str, result: dict[str, Any]) -> None:
        """A tool answered."""
        goal = GOALS.get(name)
        if result.get("ok") is not True or goal is None or goal.outcome is None:
            return
        self._reached.add(goal.outcome)
        number = result.get("complaint_number")
        if goal.gives_number and isinstance(number, str) and number not in self.numbers:
            self.numbers = (*self.numbers, number)

    def outcome(self, otherwise: Outcome) -> Outcome:
        """The best that was reached, else how the call ended."""
        return next((outcome for outcome in BEST_FIRST if outcome in self._reached), otherwise)
