"""Whose sound counts as a turn: barge-in, back-channels, and sounds that are too short.

While our voice is out, any speech pauses it; only what was said decides whether it goes on where
it paused (a back-channel, a cough) or gives way. Speech into silence is always a turn.
"""

from collections.abc import Callable
from enum import Enum

import msgspec

__all__ = ["Turn", "Turns", "Verdict"]

KEEP = 16
"""Turns remembered at once; more cannot be undecided in one call."""


class Verdict(Enum):
    """What to do about a turn now."""

    WAIT = "wait"
    """Not known yet; the voice stays paused."""
    RESUME = "resume"
    """It was no turn: our voice goes on at the same sample."""
    TAKE = "take"
    """It is the caller's turn: answer it."""


class Turn(msgspec.Struct):
    """One stretch of the caller's speech."""

    item_id: str
    over_voice: bool
    """Whether it began while our voice was out or an answer was on its way."""
    started_ms: int
    ended_ms: int | None = None
    verdict: Verdict = Verdict.WAIT


class Turns:
    """The caller's turns that are not decided yet."""

    def __init__(self, min_speech_ms: int, is_backchannel: Callable[[str], bool]) -> None:
        self._min_speech_ms = min_speech_ms
        self._is_backchannel = is_backchannel
        self._turns: dict[str, Turn] = {}
        self.speaking: str | None = None
        """The item of the speech that has begun and not stopped."""

    def started(self, item_id: str, started_ms: int, *, over_voice: bool) -> None:
        """Speech began; `started_ms` is where the sound itself begins, without padding."""
        while len(self._turns) >= KEEP:
            del self._turns[next(iter(self._turns))]
        self._turns[item_id] = Turn(item_id, over_voice, started_ms)
        self.speaking = item_id

    def stopped(self, item_id: str, ended_ms: int) -> Verdict:
        """Speech ended; a sound below the minimum over our voice is no turn."""
        if self.speaking == item_id:
            self.speaking = None
        turn = self._turns.get(item_id)
        if turn is None:
            return Verdict.WAIT
        turn.ended_ms = ended_ms
        short = ended_ms - turn.started_ms < self._min_speech_ms
        if turn.verdict is Verdict.WAIT and turn.over_voice and short:
            return self._decide(turn, Verdict.RESUME)
        return turn.verdict

    def take(self, item_id: str) -> None:
        """It is the caller's turn whatever it says: we end it ourselves."""
        turn = self._turns.setdefault(item_id, Turn(item_id, over_voice=False, started_ms=0))
        self._decide(turn, Verdict.TAKE)

    def committed(self, item_id: str) -> Verdict:
        """The engine closed the turn; into silence that is enough to answer it."""
        if self.speaking == item_id:
            self.speaking = None
        turn = self._turns.setdefault(item_id, Turn(item_id, over_voice=False, started_ms=0))
        if turn.verdict is Verdict.WAIT and not turn.over_voice:
            return self._decide(turn, Verdict.TAKE)
        return turn.verdict

    def heard(self, item_id: str, text: str) -> Verdict:
        """The words are known (empty when nothing could be made of them).

        Of a turn that was decided before, the verdict stands.
        """
        turn = self._turns.pop(item_id, None)
        if turn is None:
            return Verdict.TAKE
        if turn.verdict is not Verdict.WAIT:
            return turn.verdict
        return Verdict.RESUME if self._is_backchannel(text) else Verdict.TAKE

    @property
    def undecided(self) -> bool:
        """Whether some speech over our voice is not decided yet."""
        return any(turn.verdict is Verdict.WAIT for turn in self._turns.values())

    def _decide(self, turn: Turn, verdict: Verdict) -> Verdict:
        turn.verdict = verdict
        return verdict
