"""The event log of a call: every event and command, masked, without sound, to be replayed.

JSON lines. The first tells how the conversation was set up; each further one is a step `{t, event,
commands}`. Sound is written as its length, and steps in which sound only passed through are
gathered into one line per 200 ms: `{audio: [[t, kind, samples, sent or stream], ...]}`.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import msgspec

from npcl_voice.audio.frame import Format, Frame
from npcl_voice.conversation.commands import Command, SendToModel
from npcl_voice.conversation.events import CallerAudio, CallEvent, ModelSent, Played
from npcl_voice.errors import SettingsError
from npcl_voice.meaning.hazards import Hazard, find_hazard
from npcl_voice.meaning.language import Language, tongue_of
from npcl_voice.meaning.mask import Mask
from npcl_voice.realtime.events import ConversationItemInputAudioTranscriptionDelta, InputAudioBufferAppend

__all__ = ["IN_OTHER_WORDS", "EventLog", "Step", "read_log", "steps_of"]

VERSION = 1
GATHER_S = 0.2
MAX_PARTLY = 4_000
"""Letters of a turn that are looked at."""
MOST_TURNS = 16
"""Turns whose words in part are looked at, at once."""
IN_OTHER_WORDS: dict[Hazard, dict[Language, str]] = {
    Hazard("P0", "fire"): {"en": "there is a fire", "hi": "यहाँ आग लगी है"},
    Hazard("P0", "wire_down"): {"en": "the wire has fallen", "hi": "तार टूटकर गिर गया है"},
    Hazard("P0", "pole_damaged"): {"en": "the pole has fallen", "hi": "खंभा गिर गया है"},
    Hazard("P0", "shock"): {"en": "he got an electric shock", "hi": "उसको करंट लग गया है"},
    Hazard("P1", "sparking"): {"en": "there are sparks", "hi": "चिंगारी निकल रही है"},
    Hazard("P1", "shock"): {"en": "there is current in the pole", "hi": "खंभे में करंट आ रहा है"},
    Hazard("P1", "wire_down"): {"en": "the wire is loose", "hi": "तार ढीला है"},
    Hazard("P1", "pole_damaged"): {"en": "the pole is leaning", "hi": "खंभा झुका हुआ है"},
}
"""What is kept, in the same language, in place of words heard in part that speak of danger."""
MAX_BYTES = 64 * 1024 * 1024
"""A log that is longer than this is not read: no call of ours is."""


_Entry = tuple[float, Literal["c", "s", "n", "p"], Annotated[int, msgspec.Meta(ge=0)], int]
"""Time, whose sound (the caller's, `s` with and `n` without speech where our own detector looked; ours), samples,
and whether it was sent or to which stream it belongs."""
SPEECH: dict[str, bool | None] = {"c": None, "s": True, "n": False}
KINDS = {speech: kind for kind, speech in SPEECH.items()}


def _in_other_words(hazard: Hazard) -> dict[Language, str]:
    """Those for that danger; a level that no words of ours are found at has those of its kind."""
    return IN_OTHER_WORDS.get(hazard) or next(
        words for known, words in IN_OTHER_WORDS.items() if known.kind == hazard.kind
    )


class Step(msgspec.Struct, frozen=True):
    """One step of a call as it was written down."""

    t: float
    event: CallEvent
    commands: list[Any]
    """The masked commands as plain JSON values."""


class EventLog:
    """Writes a call down as it goes; an Observer."""

    def __init__(self, path: Path, mask: Mask, setup: dict[str, Any]) -> None:
        """`setup` goes into the first line. Raises SettingsError when the file cannot be written."""
        self._mask = mask
        self._audio: list[list[Any]] = []
        self._format: Format | None = None
        self._partly: dict[str, str] = {}
        """Words heard in part, by turn; empty once danger was found in them."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file: IO[bytes] = path.open("wb")
            path.chmod(0o600)
        except OSError as error:
            raise SettingsError("NPCL_DATA_DIR", f"cannot write {path}: {error.strerror}") from None
        self._failed = False
        self._write({"version": VERSION, "setup": setup})

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Write one step down; a disk that fails loses the log, not the call."""
        entry = _audio_entry(now, event, commands)
        if entry is not None and isinstance(event, CallerAudio) and event.frame.format != self._format:
            self._flush()
            self._format = event.frame.format
            self._write({"format": msgspec.to_builtins(self._format)})
        if entry is not None:
            self._audio.append(entry)
            if now - self._audio[0][0] >= GATHER_S:
                self._flush()
            return
        self._flush()
        plain = plain_commands(commands)
        self._write({"t": now, **self._mask.tree({"event": _plain(self._without_partial(event)), "commands": plain})})

    def _without_partial(self, event: CallEvent) -> CallEvent:
        """Half-heard words are not kept: a number in pieces would not be recognised as one, and masked.

        What of them the call acts upon is danger, which is kept in words of our own.
        """
        if not isinstance(event, ModelSent):
            return event
        delta = event.event
        if not isinstance(delta, ConversationItemInputAudioTranscriptionDelta):
            return event
        while len(self._partly) >= MOST_TURNS and delta.item_id not in self._partly:
            del self._partly[next(iter(self._partly))]
        before = self._partly.setdefault(delta.item_id, " ")
        words = before + (delta.delta or "") if before else ""
        hazard = find_hazard(words, whole=False) if words else None
        self._partly[delta.item_id] = words[:MAX_PARTLY] if hazard is None else ""
        ours = "" if hazard is None else _in_other_words(hazard)[tongue_of(words).language]
        return ModelSent(msgspec.structs.replace(delta, delta=ours))

    def close(self) -> None:
        """The call is over."""
        self._flush()
        with suppress(OSError):  # what could not be written is still in the file's buffer
            self._file.close()

    def _flush(self) -> None:
        if self._audio:
            self._write({"audio": self._audio})
            self._audio = []

    def _write(self, line: dict[str, Any]) -> None:
        if self._failed:
            return
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
            self._file.flush()
        except OSError:
            self._failed = True


def plain_commands(commands: Sequence[Command]) -> list[Any]:
    """Commands as plain JSON values, sound as its length."""
    return [_plain(command) for command in commands]


def _audio_entry(now: float, event: CallEvent, commands: Sequence[Command]) -> list[Any] | None:
    """The short form of a step in which sound only passed through."""
    if isinstance(event, Played) and not commands:
        return [now, "p", event.samples, event.stream]
    if isinstance(event, CallerAudio):
        kind = KINDS[event.speech]
        if not commands:
            return [now, kind, event.frame.samples, 0]
        if len(commands) == 1 and isinstance(commands[0], SendToModel):
            sent = commands[0].event
            if isinstance(sent, InputAudioBufferAppend) and sent.audio == event.frame.data:
                return [now, kind, event.frame.samples, 1]
    return None


def _plain(value: object) -> Any:
    return _lengths(msgspec.to_builtins(value, builtin_types=(bytes,)))


def _lengths(value: Any) -> Any:
    match value:
        case bytes():
            return {"bytes": len(value)}
        case dict():
            return {key: _lengths(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_lengths(inner) for inner in value]
        case _:
            return value


def _silence(value: Any) -> Any:
    match value:
        case {"bytes": int(count), **rest} if not rest:
            return bytes(min(count, MAX_BYTES))
        case dict():
            return {key: _silence(inner) for key, inner in value.items()}
        case list():
            return [_silence(inner) for inner in value]
        case _:
            return value


def read_log(path: Path) -> tuple[dict[str, Any], list[Step]]:
    """The setup and the steps of a log.

    Raises SettingsError, naming the line, for a file that is no event log or is damaged.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsError(str(path), "it is too large for an event log")
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise SettingsError(str(path), f"cannot read it: {error.strerror}") from None
    try:
        head = msgspec.json.decode(lines[0], type=dict[str, Any])
        if head.get("version") != VERSION or not isinstance(head.get("setup"), dict):
            raise SettingsError(str(path), "it is no event log of this version")
    except (IndexError, msgspec.DecodeError):
        raise SettingsError(str(path), "it is no event log (`--events` files cannot be replayed)") from None
    return head["setup"], list(steps_of(path, lines[1:]))


def steps_of(path: Path, lines: Sequence[bytes]) -> Iterator[Step]:
    """The steps of the lines after the first."""
    line_format: Format | None = None
    for number, text in enumerate(lines, start=2):
        try:
            line = msgspec.json.decode(text)
            if "format" in line:
                line_format = msgspec.convert(line["format"], Format)
            elif "audio" in line:
                for entry in msgspec.convert(line["audio"], list[_Entry]):
                    yield _audio_step(*entry, line_format)
            else:
                yield msgspec.convert({**line, "event": _silence(line["event"])}, Step, builtin_types=(bytes,))
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, AssertionError, RecursionError) as error:
            raise SettingsError(str(path), f"line {number} is damaged: {type(error).__name__}") from None


def _audio_step(t: float, kind: str, samples: int, extra: int, line_format: Format | None) -> Step:
    if kind == "p":
        return Step(t, Played(samples, extra), [])
    assert line_format is not None
    frame = line_format.silence(samples)
    commands: list[Command] = [SendToModel(InputAudioBufferAppend(frame.data))] if extra else []
    return Step(t, CallerAudio(Frame(frame.data, line_format), SPEECH[kind]), plain_commands(commands))
