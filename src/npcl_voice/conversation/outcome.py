"""What a call has come to: the numbers given out, and the outcome by what was reached."""

from typing import Any

from npcl_voice.conversation.commands import Outcome
from npcl_voice.conversation.goals import GOALS

__all__ = ["CASES", "ON_REQUEST", "Tally"]

CASES = frozenset({"no_supply", "report_theft"})
"""Tools that make a new case each time, and of which one call may make so many."""

BEST_FIRST: tuple[Outcome, ...] = ("emergency", "complaint_registered", "callback_booked", "resolved")


ON_REQUEST = frozenset({"report_theft"})
"""Tools that anybody may use, about anybody: they do it only where the caller's own words ask for it."""


class Tally:
    """Counts what tools have done in this call."""

    def __init__(self) -> None:
        self.numbers: tuple[str, ...] = ()
        """Complaint numbers that this call registered or repeated, in order."""
        self.made: dict[str, tuple[str, ...]] = {}
        """New cases by the tool that made them, each once; under `callback` the numbers to be called."""
        self._reached: set[Outcome] = set()

    def answered(self, name: str, result: dict[str, Any], phone: str | None = None) -> None:
        """A tool answered; `phone` is whom a callback would reach now."""
        goal = GOALS.get(name)
        if result.get("ok") is not True or goal is None:
            return
        number = result.get("complaint_number")
        if name in CASES and isinstance(number, str) and result.get("repeat") is not True:
            self._count(name, number)
        if goal.hands_over and phone is not None:
            self._count("callback", phone)
        if goal.outcome is not None:
            self._reached.add(goal.outcome)
        if goal.gives_number and isinstance(number, str) and number not in self.numbers:
            self.numbers = (*self.numbers, number)

    def _count(self, kind: str, case: str) -> None:
        before = self.made.get(kind, ())
        if case not in before:
            self.made[kind] = (*before, case)

    def outcome(self, otherwise: Outcome) -> Outcome:
        """The best that was reached, else how the call ended."""
        return next((outcome for outcome in BEST_FIRST if outcome in self._reached), otherwise)
