"""A caller who plays recordings: one file a turn, each after the assistant has finished."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from npcl_voice.audio.frame import Format, Frame
from npcl_voice.audio.level import Hush
from npcl_voice.channels.line import SILENT, TICK_MS, FarEnd, Line, Listener, Moment
from npcl_voice.channels.recording import read_recording, to_frame
from npcl_voice.ports import Clock

__all__ = ["FileChannel", "Pace", "RecordedCaller"]


class Pace(msgspec.Struct, frozen=True):
    """When the recorded caller considers the assistant to have finished."""

    turn_ms: float = 600
    """Silence after which the next file is spoken: longer than the pause between two sentences."""
    hang_up_ms: float = 1_500
    """Silence after the last answer: long enough for what follows "let me look"."""
    patience_ms: float = 15_000
    """Silence after which an assistant that has not said anything is not waited for any longer."""


class RecordedCaller:
    """The far end of a line that says what was recorded, then listens to the answer, then hangs up."""

    def __init__(self, turns: Sequence[Frame], pace: Pace | None = None) -> None:
        """`turns`: one frame a turn, in the line's format. Raises ValueError when there is none."""
        if not turns:
            msg = "a recorded caller needs at least one recording"
            raise ValueError(msg)
        self._turns = [list(turn.chunks(turn.format.samples_in(TICK_MS))) for turn in turns]
        self._turn = 0
        self._said = 0
        self._speaking = False
        self._pace = pace or Pace()
        self._hush = Hush()

    def tick(self, heard: Frame, now: float) -> Moment:
        """Go on with the recording, or wait for the assistant's end."""
        self._hush.hear(heard)
        if not self._speaking and self._answered():
            if self._turn == len(self._turns):
                return Moment(hangs_up=True)
            self._speaking = True
            self._said = 0
        if not self._speaking:
            return SILENT
        chunks = self._turns[self._turn]
        frame = chunks[self._said]
        self._said += 1
        if self._said == len(chunks):
            self._speaking = False
            self._turn += 1
            self._hush.expect()
        return Moment(frame)

    def _answered(self) -> bool:
        """Whether the assistant has said what it had to say, or never will."""
        if not self._hush.spoken:
            return self._hush.silent_ms >= self._pace.patience_ms
        wanted = self._pace.hang_up_ms if self._turn == len(self._turns) else self._pace.turn_ms
        return self._hush.silent_ms >= wanted


class FileChannel(Line):
    """A line whose caller speaks WAV files; hangs up after the last answer."""

    def __init__(
        self,
        clock: Clock,
        files: Sequence[Path],
        format: Format,
        *,
        caller_number: str | None = None,
        listeners: Sequence[Listener] = (),
        pace: Pace | None = None,
    ) -> None:
        """Reads all files at once.

        Raises SettingsError naming the first that is missing, unreadable, no WAV file, compressed,
        empty or too long.
        """
        turns = [to_frame(read_recording(path, "--wav"), format) for path in files]
        far_end: FarEnd = RecordedCaller(turns, pace)
        super().__init__(clock, far_end, format, caller_number=caller_number, listeners=listeners)
