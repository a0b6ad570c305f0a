"""No dead air: what the caller hears while an answer is late, and when its engine is given up.

Sound is due when an answer may be expected, or at once where one breaks off. A little later our own
voice asks for patience, from a phrase that is kept ready; an engine that shows no sign of life until
some more time has passed is left.
"""

import math
from collections.abc import Callable

from npcl_voice.config import Call
from npcl_voice.conversation.answering import Answering
from npcl_voice.conversation.incoming import Incoming
from npcl_voice.conversation.outgoing import BRIDGES, Outgoing
from npcl_voice.conversation.state import CallState

__all__ = ["Waiting"]

EMBEDDED_PATIENCE = 4
"""The embedded engine tells when it breaks; on a busy machine it is slow, and there is nobody better to go to."""
AGAIN_S = 3.0
"""Silence after which we say again that we are still there: callers take more for a dead line."""


class Waiting:
    """Watches over silence."""

    def __init__(
        self,
        state: CallState,
        incoming: Incoming,
        outgoing: Outgoing,
        answering: Answering,
        *,
        call: Call,
        owed: Callable[[], bool],
        embedded: Callable[[], bool],
    ) -> None:
        """`owed` tells whether an answer is owed that no engine has been asked for, `embedded` who the engine is."""
        self._state = state
        self._incoming = incoming
        self._outgoing = outgoing
        self._answering = answering
        self._call = call
        self._owed = owed
        self._embedded = embedded
        self._due_at: float | None = None
        self._silent_from: float | None = None
        self._progress_at = 0.0
        self._asked_at = 0.0
        self._bridges = 0

    def asked(self) -> None:
        """The engine is asked for an answer to something new."""
        self._asked_at = self._state.now
        self._due_at = None

    def progress(self) -> None:
        """The engine shows that it is at work on the answer, or begins to be."""
        self._progress_at = self._state.now

    def watch(self) -> None:
        """Set the alarms, or clear them: once after each event."""
        timers = self._state.timers
        speaking = self._state.turns.speaking is not None or self._incoming.speaking
        if self._outgoing.engine_sounds and not self._state.tools:
            self._asked_at = -math.inf  # where it breaks off, its continuation is due at once
        if speaking or self._outgoing.engine_sounds or not self._is_owed():
            self._due_at = self._silent_from = None
            self._bridges = 0
            timers.clear("bridge", "stall")
            return
        if self._due_at is None:
            self._due_at = self._outgoing.due_at = self._expected_at()
        if self._engine_is_late():
            patience_s = self._call.engine_stall_ms / 1000 * (EMBEDDED_PATIENCE if self._embedded() else 1)
            timers.set("stall", self._engine_due_at(self._due_at) + patience_s)
        else:
            timers.clear("stall")
        self._watch_silence(self._due_at)

    def _watch_silence(self, due_at: float) -> None:
        state = self._state
        if self._outgoing.sounds or self._outgoing.rendering or not state.line.voice:
            self._silent_from = None
            state.timers.clear("bridge")
            return
        if self._silent_from is None:
            self._silent_from = state.now
        first = max(due_at, self._silent_from) + self._call.bridge_ms / 1000
        state.timers.set("bridge", self._silent_from + AGAIN_S if self._bridges else first)

    def bridge(self) -> None:
        """The silence has lasted: ask for patience, or go on where speech over our voice remains undecided."""
        if self._outgoing.paused:
            self._outgoing.resume()
        else:
            self._outgoing.say(BRIDGES[min(self._bridges, 1)])
        self._bridges += 1
        self._silent_from = self._state.now

    def _is_owed(self) -> bool:
        """Whether the caller waits for something of ours."""
        state = self._state
        if state.answered is None or state.hanging_up is not None:
            return False
        turn = state.turn_ended_at is not None or self._incoming.ended_at is not None
        stuck = self._outgoing.dry or (self._outgoing.paused and not self._incoming.listens)
        return turn or stuck or self._owed() or self._answering.under_way

    def _expected_at(self) -> float:
        """When the sound that has not come was due: a continuation at once, an answer after its usual time."""
        now, usual_s = self._state.now, self._call.answer_due_ms / 1000
        if self._state.turn_ended_at is not None:
            return max(now, self._state.turn_ended_at + usual_s)
        if self._incoming.ended_at is not None:
            return max(now, self._incoming.ended_at + usual_s)
        return now if self._outgoing.dry else max(now, self._asked_at + usual_s)

    def _engine_due_at(self, due_at: float) -> float:
        """When the engine that is there now had to be heard of: it may have been asked later than the last one."""
        return max(due_at, self._progress_at, self._state.asked_at + self._call.answer_due_ms / 1000)

    def _engine_is_late(self) -> bool:
        """Whether it is the engine that the caller waits for."""
        if not self._incoming.listens or self._state.tools:
            return False
        return self._answering.asked or self._state.turn_ended_at is not None
