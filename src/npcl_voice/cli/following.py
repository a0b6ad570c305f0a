"""What the person at a call sees: captions as they come, `--events`, and the summary."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

import msgspec
from rich.console import Console

from npcl_voice.conversation.commands import (
    CallEnded,
    Command,
    EngineChanged,
    HazardHeard,
    Report,
    ReportLine,
    ToolAnswered,
    Transcript,
)
from npcl_voice.conversation.events import CallAnswered, CallEvent
from npcl_voice.errors import SettingsError

__all__ = ["Follower"]

NAMES = {"caller": "Caller", "assistant": "Assistant"}
GOOD = {"resolved", "complaint_registered", "emergency", "transferred", "callback_booked", "unresolved", "hung_up"}


class Follower:
    """Follows one call; an Observer. Nothing of it is masked: it is shown to who holds the call."""

    def __init__(self, events: Path | None) -> None:
        """Raises SettingsError when `events` cannot be written."""
        self._console = Console(highlight=False, soft_wrap=True)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        self._file: IO[bytes] | None = None
        self._answered_at: float | None = None
        self._log: Path | None = None
        self._end: CallEnded | None = None
        self._last = 0.0
        if events is not None:
            try:
                self._file = events.open("wb")
            except OSError as error:
                raise SettingsError("--events", f"cannot write {events}: {error.strerror}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def held(self) -> bool:
        """Whether the call was held to its end."""
        return self._end is not None and self._end.outcome in GOOD

    def note(self, text: str) -> None:
        """One line to the person, beside the captions."""
        self._errors.print(text, style="dim", markup=False)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Show that the engine is being loaded."""
        if not sys.stderr.isatty():
            yield
            return
        with self._errors.status("Opening the line ..."):
            yield

    def began(self, log: Path) -> None:
        """The call begins; its event log goes there."""
        self._log = log

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Show what is new."""
        self._last = now
        if isinstance(event, CallAnswered):
            self._answered_at = now
        since = 0.0 if self._answered_at is None else now - self._answered_at
        for command in commands:
            if isinstance(command, Report):
                self._write(since, command.line)
                self._show(command.line)

    def _write(self, since: float, line: ReportLine) -> None:
        if self._file is None:
            return
        body = {"t": round(since, 3), **msgspec.to_builtins(line)}
        try:
            self._file.write(msgspec.json.encode(body) + b"\n")
            self._file.flush()
        except OSError as error:  # a full disk costs the file, not the call
            self._lose_file(error)

    def _lose_file(self, error: OSError) -> None:
        lost, self._file = self._file, None
        if lost is not None:
            with suppress(OSError):  # what could not be written is still in its buffer
                lost.close()
        self.note(f"--events: cannot write any more: {error.strerror}")

    def _show(self, line: ReportLine) -> None:
        match line:
            case Transcript():
                cut = " ..." if line.whole_ms is not None and (line.heard_ms or 0) < line.whole_ms else ""
                style = "cyan" if line.who == "caller" else "green"
                self._console.print(f"{NAMES[line.who] + ':':<11}{line.text}{cut}", style=style, markup=False)
            case HazardHeard():
                self._console.print(f"Danger:    {line.level}", style="bold red", markup=False)
            case ToolAnswered():
                told = "ok" if line.result.get("ok") is True else line.result.get("reason", "refused")
                self._console.print(f"Records:   {line.name}: {told}", style="dim", markup=False)
            case EngineChanged():
                self._console.print(f"Engine:    {line.name} ({line.reason})", style="dim", markup=False)
            case CallEnded():
                self._end = line
            case _:
                pass

    def summary(self) -> None:
        """The last lines: how the call ended, its numbers, and where its log is."""
        if self._log is None:
            return
        lines = [f"outcome: {'failed' if self._end is None else self._end.outcome}"]
        if self._end is not None:
            lines += [f"complaint: {number}" for number in self._end.complaint_numbers]
        if self._answered_at is not None:
            lines.append(f"duration: {self._last - self._answered_at:.1f} s")
        lines.append(f"log: {self._log}")
        self._console.print("\n".join(lines), style="bold", markup=False)
