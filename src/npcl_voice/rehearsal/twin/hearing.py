"""The embedded engine in the part of a remote one: for callers who speak as they like."""

from collections.abc import Callable

from npcl_voice.ports import Clock, Speech
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.server import SESSION_S

__all__ = ["HearingEngine"]


class HearingEngine:
    """Ears, policy and mouth of the embedded engine, behind the face of a Realtime server."""

    name = "twin"
    embedded = False

    def __init__(self, engine: LocalEngine, clock: Clock, wall: Callable[[], float] = lambda: 0.0) -> None:
        """`wall` is unix seconds, for what clients are told of a session's end."""
        self._engine = engine
        self._clock = clock
        self._wall = wall
        self._sessions = 0

    async def open(self, caller: str) -> Speech:
        """A new session."""
        self._sessions += 1
        return self._engine.session(
            self._clock, f"sess_twin_{self._sessions}", int(self._wall()) + SESSION_S, "npcl-twin"
        )
