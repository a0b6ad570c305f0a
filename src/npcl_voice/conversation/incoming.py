"""The caller's sound, on its way to the engine.

It is kept until an engine listens. How much was sent, and when, tells at what time of the call a
position in the engine's sound was spoken.
"""

from collections import deque

from npcl_voice.audio.frame import Frame
from npcl_voice.conversation.state import CallState

__all__ = ["Incoming"]

KEPT_S = 15
"""How much is kept while no engine listens yet; older sound is dropped."""


class Incoming:
    """The caller's side of the line."""

    def __init__(self, state: CallState) -> None:
        self._state = state
        self._kept: deque[Frame] = deque()
        self._listens = False
        self._sent_samples = 0
        self._sent_at = 0.0

    def engine_joined(self) -> None:
        """Another engine: it has heard nothing yet, and does not listen yet."""
        self._listens = False
        self._sent_samples = 0

    def engine_listens(self) -> None:
        """The engine has taken our settings: what was kept is its first sound."""
        self._listens = True
        kept, self._kept = self._kept, deque()
        for frame in kept:
            self.heard(frame)

    def heard(self, frame: Frame) -> None:
        """The caller's next sound, silence included."""
        state = self._state
        if state.client is not None and self._listens:
            state.send(state.client.append(frame.data))
            self._sent_samples += frame.samples
            self._sent_at = state.now
            return
        self._kept.append(frame)
        while sum(kept.ms for kept in self._kept) > KEPT_S * 1000:
            self._kept.popleft()

    def time_of(self, audio_ms: int) -> float:
        """The call's time at which the sound at that position, in milliseconds, came from the caller."""
        sent_ms = self._state.line.format.ms_of(self._sent_samples)
        return self._sent_at - (sent_ms - audio_ms) / 1000
