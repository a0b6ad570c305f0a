"""How loud both sides are just now, for the meters of the live view."""

from collections.abc import Sequence

from npcl_voice.audio.frame import Frame
from npcl_voice.audio.level import peak_db
from npcl_voice.audio.resample import decode
from npcl_voice.conversation.commands import Command
from npcl_voice.conversation.events import CallerAudio, CallEvent

__all__ = ["Levels", "LineLevels"]

WINDOW_MS = 100
"""A meter shows the loudest sample of so long: a syllable is seen, a click is not stretched."""

Levels = tuple[float | None, float | None]
"""The caller's and the assistant's peak in dB below full scale; None before there was any sound."""


class LineLevels:
    """Meters of a simulated line: an Observer hears the caller, a Listener the assistant."""

    def __init__(self) -> None:
        self._caller: tuple[tuple[float, float], ...] = ()
        self._assistant: tuple[tuple[float, float], ...] = ()

    def __call__(self) -> Levels:
        """Both levels now."""
        return _loudest(self._caller), _loudest(self._assistant)

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Measure the caller's sound."""
        if isinstance(event, CallerAudio):
            self._caller = _with(self._caller, event.frame)

    def hear(self, heard: Frame, now: float) -> None:
        """Measure what is really played."""
        self._assistant = _with(self._assistant, heard)


def _with(before: tuple[tuple[float, float], ...], frame: Frame) -> tuple[tuple[float, float], ...]:
    """The peaks with one more; tuples, because another thread reads them."""
    after = (*before, (frame.ms, peak_db(decode(frame))))
    while len(after) > 1 and sum(ms for ms, _ in after) > WINDOW_MS:
        after = after[1:]
    return after


def _loudest(peaks: tuple[tuple[float, float], ...]) -> float | None:
    return max((db for _, db in peaks), default=None)
