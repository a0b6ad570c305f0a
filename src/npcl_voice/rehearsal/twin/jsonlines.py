"""Sessions as JSON lines, to be kept and played again: events and times, the length of sound, no sound.

The first line says what the file is. Each other line is one event: `t` in seconds from the session's
begin, `session`, `who`, the event as it goes over the wire, and `audio_bytes` where it had sound.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from npcl_voice.errors import RemoteProtocolError, SettingsError
from npcl_voice.realtime.codec import decode_client, decode_server, encode
from npcl_voice.realtime.events import ClientEvent, ServerEvent
from npcl_voice.rehearsal.twin.endings import Deaf, End, Garbage
from npcl_voice.rehearsal.twin.records import Entry

__all__ = ["HEADER", "Recorded", "Writer", "read_sessions"]

HEADER: Final = {"kind": "npcl-voice twin recording", "version": 1}
MAX_BYTES: Final = 256 * 2**20
MAX_LINES: Final = 2_000_000


class Recorded(msgspec.Struct, frozen=True):
    """One event of a recorded session."""

    t: float
    """Seconds since the session's first event."""
    who: Literal["client", "server"]
    event: ClientEvent | ServerEvent
    audio_bytes: int = 0


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    t: float
    session: int
    who: Literal["client", "server"]
    event: msgspec.Raw
    audio_bytes: int = 0


class Writer:
    """Writes what goes over the wire, as it goes; what is no event (a reset, garbage) is left out."""

    def __init__(self, write: Callable[[str], Any]) -> None:
        """`write` takes text, a line each time."""
        self._write = write
        self._began: dict[int, float] = {}
        write(_text(HEADER))

    def __call__(self, number: int, entry: Entry) -> None:
        """One event of the session of that number."""
        if isinstance(entry.what, End | Garbage | Deaf):
            return
        began = self._began.setdefault(number, entry.t)
        event = msgspec.Raw(encode(entry.what))
        self._write(_text(_Line(round(entry.t - began, 6), number, entry.who, event, entry.audio_bytes)))


def read_sessions(path: Path) -> list[list[Recorded]]:
    """The sessions of a file, in their order. Raises SettingsError, naming the line that is broken."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsError("--replay", f"{path} is larger than {MAX_BYTES} bytes")
        with path.open(encoding="utf-8") as file:
            return _read(file, str(path))
    except OSError as error:
        raise SettingsError("--replay", f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError("--replay", f"{path} is no text") from None


def _read(lines: Iterable[str], name: str) -> list[list[Recorded]]:
    sessions: dict[int, list[Recorded]] = defaultdict(list)
    for number, text in enumerate(lines, start=1):
        try:
            if number == 1:
                if msgspec.json.decode(text) != HEADER:
                    msg = "it is no recording of the twin"
                    raise ValueError(msg)
                continue
            line = msgspec.json.decode(text, type=_Line)
            before = sessions[line.session]
            if line.t < (before[-1].t if before else 0) or not 0 <= line.audio_bytes <= MAX_BYTES:
                msg = "its time goes back, or its sound has no length"
                raise ValueError(msg)
            event = (decode_client if line.who == "client" else decode_server)(bytes(line.event))
            before.append(Recorded(line.t, line.who, event, line.audio_bytes))
        except (ValueError, RecursionError, RemoteProtocolError) as error:
            raise SettingsError("--replay", f"{name}, line {number}: {error}") from None
        if number > MAX_LINES:
            raise SettingsError("--replay", f"{name} has more than {MAX_LINES} lines")
    if not sessions:
        raise SettingsError("--replay", f"{name} holds no session")
    return [sessions[number] for number in sorted(sessions)]


def _text(line: Any) -> str:
    return msgspec.json.encode(line).decode() + "\n"
