"""What the person at a call gets of it: captions or the live view, `--events`, and the summary."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import msgspec
from rich.console import Console
from rich.text import Text

from npcl_voice.conversation.commands import (
    CallEnded,
    Command,
    EngineChanged,
    HazardHeard,
    Latency,
    Report,
    ReportLine,
    ToolAnswered,
    Transcript,
)
from npcl_voice.conversation.events import CallAnswered, CallEvent
from npcl_voice.errors import SettingsError

if TYPE_CHECKING:
    from npcl_voice.call import OngoingCall
    from npcl_voice.cli.levels import Levels
    from npcl_voice.cli.live import Controls, LiveView

__all__ = ["Follower"]

NAMES = {"caller": "Caller", "assistant": "Assistant"}
NAME_CELLS = 13
"""Cells of a name in a terminal's summary: the longest is `first sound:`."""
GOOD = {"resolved", "complaint_registered", "emergency", "transferred", "callback_booked", "unresolved", "hung_up"}


class Follower:
    """Follows one call; an Observer. Nothing of it is masked: it is shown to who holds the call."""

    def __init__(self, events: Path | None, *, view: "LiveView | None" = None, paced: bool = True) -> None:
        """With a `view` the call is shown on it, else in lines; without `paced` nothing is said of times.

        Raises SettingsError when `events` cannot be written.
        """
        self._console = Console(highlight=False, soft_wrap=True)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        self._view = view
        self._paced = paced
        self._shows = False
        self._late: list[str] = []
        self._early: list[str] = []
        self._tally = _Tally()
        self._log: Path | None = None
        self._file = None if events is None else _EventsFile(events, self.note)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def held(self) -> bool:
        """Whether the call was held to its end."""
        return self._tally.end is not None and self._tally.end.outcome in GOOD

    def note(self, text: str) -> None:
        """One line to the person, beside the captions."""
        if self._shows and self._view is not None:
            self._view.note(text)
            self._late.append(text)
        else:
            self._early.append(text)
            self._errors.print(text, style="dim", markup=False)

    def aside(self, text: str) -> None:
        """One line that can wait: after the live view, which shows who answers and keeps its last line for the keys."""
        if self._shows:
            self._late.append(text)
        else:
            self.note(text)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Show that the engine is being loaded."""
        if not sys.stderr.isatty():
            yield
            return
        with self._errors.status("Opening the line ..."):
            yield

    @contextmanager
    def showing(
        self, ongoing: "OngoingCall", log: Path, controls: "Controls", levels: "Callable[[], Levels] | None" = None
    ) -> Iterator[None]:
        """The call is held inside; its event log goes to `log`."""
        self._log = log
        if self._view is not None and not self._view.open(ongoing.conversation, controls, levels):
            self._view = None  # a terminal that cannot be taken still takes lines
        if self._view is None:
            yield
            return
        self._shows = True
        if self._early:  # what was said before stands behind the screen now
            self._view.note("  ".join(self._early))
        try:
            yield
        finally:
            self._shows = False
            self._view.close()

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Show what is new."""
        if isinstance(event, CallAnswered):
            self._tally.answered_at = now
        self._tally.last = now
        if not self._paced:  # a time that ran fast says nothing of how long anybody waited
            commands = [one for one in commands if not (isinstance(one, Report) and isinstance(one.line, Latency))]
        if self._view is not None:
            self._view.saw(now, event, commands)
        for command in commands:
            if isinstance(command, Report):
                self._report(command.line)

    def _report(self, line: ReportLine) -> None:
        self._tally.count(line)
        if self._file is not None:
            self._file.write(self._tally.seconds, line)
        if self._view is None:
            self._show(line)

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
            case _:
                pass

    def summary(self) -> None:
        """The last lines: how the call ended, its numbers, its times, and where its log is."""
        if self._log is None:
            return
        rows = [*self._tally.rows(), ("replay", f"npcl-voice replay {self._log.stem}"), ("log", str(self._log))]
        if self._view is None:
            self._console.print("\n".join(f"{name}: {value}" for name, value in rows), style="bold", markup=False)
            return
        from npcl_voice.cli.drawing import transcript

        self._console.print(transcript(self._view.picture, self._console.width))
        for text in self._late:
            self._errors.print(text, style="dim", markup=False)
        self._console.rule(style="dim")
        for name, value in rows:
            self._console.print(Text.assemble((f"{name + ':':<{NAME_CELLS}}", "dim"), (value, "bold")))


class _Tally:
    """What a call comes to."""

    def __init__(self) -> None:
        self.answered_at: float | None = None
        self.last = 0.0
        self.end: CallEnded | None = None
        self._greeting: float | None = None
        self._first_sounds: list[float] = []

    @property
    def seconds(self) -> float:
        """Seconds since the answer."""
        return 0.0 if self.answered_at is None else self.last - self.answered_at

    def count(self, line: ReportLine) -> None:
        """One line more."""
        match line:
            case CallEnded():
                self.end = line
            case Latency(stage="greeting"):
                self._greeting = line.ms
            case Latency(stage="first_sound"):
                self._first_sounds.append(line.ms)
            case _:
                pass

    def rows(self) -> list[tuple[str, str]]:
        """Names and values, for the summary."""
        rows: list[tuple[str, str]] = [("outcome", "failed" if self.end is None else self.end.outcome)]
        if self.end is not None:
            rows += [("complaint", number) for number in self.end.complaint_numbers]
        if self.answered_at is not None:
            rows.append(("duration", f"{self.seconds:.1f} s"))
        if self._greeting is not None:
            rows.append(("greeting", f"{self._greeting:.0f} ms"))
        if self._first_sounds:
            p50, p95 = _percentile(self._first_sounds, 0.5), _percentile(self._first_sounds, 0.95)
            turns = "1 turn" if len(self._first_sounds) == 1 else f"{len(self._first_sounds)} turns"
            rows.append(("first sound", f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, {turns}"))
        return rows


def _percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


class _EventsFile:
    """The file of `--events`."""

    def __init__(self, path: Path, note: Callable[[str], None]) -> None:
        self._note = note
        try:
            self._file: IO[bytes] | None = path.open("wb")
        except OSError as error:
            raise SettingsError("--events", f"cannot write {path}: {error.strerror}") from None

    def close(self) -> None:
        """The call is over."""
        if self._file is not None:
            self._file.close()

    def write(self, since: float, line: ReportLine) -> None:
        """Add a line; a disk that is full costs the file, not the call."""
        if self._file is None:
            return
        body = {"t": round(since, 3), **msgspec.to_builtins(line)}
        try:
            self._file.write(msgspec.json.encode(body) + b"\n")
            self._file.flush()
        except OSError as error:
            self._lose(self._file, error)

    def _lose(self, file: IO[bytes], error: OSError) -> None:
        self._file = None
        with suppress(OSError):  # what could not be written is still in its buffer
            file.close()
        self._note(f"--events: cannot write any more: {error.strerror}")
