"""What goes wrong on the way from a server to its client, as rows of TOML.

A `[[fault]]` strikes before or after a certain event of the server, a `[[connect]]` in place of a
session or at its start, an `[[outage]]` for a while, whatever goes on.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from npcl_voice.errors import SettingsError
from npcl_voice.rehearsal.twin.script import read_text

__all__ = [
    "Close",
    "CloseAtOnce",
    "ConnectFault",
    "Corrupt",
    "Cut",
    "Delay",
    "DieAfter",
    "Dns",
    "Drop",
    "Duplicate",
    "Error",
    "FailResponse",
    "Fault",
    "Faults",
    "Http",
    "LateAudio",
    "LateTranscript",
    "Limits",
    "NoSessionCreated",
    "NoSessionUpdated",
    "Outage",
    "Refuse",
    "Reorder",
    "Stall",
    "Timeout",
    "Tls",
    "UnknownEvent",
    "load_faults",
    "parse_faults",
]

MAX_ROWS = 10_000

Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Ms = Annotated[float, Meta(ge=0, le=3_600_000)]
CloseCode = Annotated[int, Meta(ge=1000, le=4999)]
Reason = Annotated[str, Meta(max_length=100)]
"""A close frame has 123 bytes for it (RFC 6455, 5.5.1)."""
Word = Annotated[str, Meta(min_length=1, max_length=100)]


class _Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="does"):
    """When a fault strikes, once: at one of the server's events."""

    when: Literal["before", "after"] = "before"
    at: Count | None = None
    """At the event of this number, `session.created` being the first."""
    on: str = ""
    """At an event of this name."""
    nth: Count = 1
    """Which of that name."""
    session: Count | None = None
    """In this session only, and counted in it; without it all sessions are counted through."""
    each: bool = False
    """In every session anew, counted in it."""


class Cut(_Fault, frozen=True, tag="cut"):
    """The connection is reset: no close frame, no more events."""


class Close(_Fault, frozen=True, kw_only=True, tag="close"):
    """The server closes the connection."""

    code: CloseCode
    text: Reason = ""


class Stall(_Fault, frozen=True, kw_only=True, tag="stall"):
    """Nothing comes any more, and the connection stays open."""

    ms: Ms | None = None
    """Then all of it comes at once; None: never."""
    deaf: bool = False
    """Pings are not answered either. Over a socket only: in memory there are none."""


class Delay(_Fault, frozen=True, kw_only=True, tag="delay"):
    """This event and all after it come later."""

    ms: Ms


class Corrupt(_Fault, frozen=True, tag="corrupt"):
    """This event comes as something that cannot be read."""


class Drop(_Fault, frozen=True, tag="drop"):
    """This event never comes."""


class Duplicate(_Fault, frozen=True, tag="duplicate"):
    """This event comes twice."""


class Reorder(_Fault, frozen=True, tag="reorder"):
    """This event comes after the next one."""


class Error(_Fault, frozen=True, kw_only=True, tag="error"):
    """An `error` event comes, and the session goes on or is closed."""

    code: Word
    type: Word = "server_error"
    text: str = "The server had an error while processing your request."
    then_close: CloseCode | None = None
    """With this code, and `<type>.<code>` as its reason."""


class FailResponse(_Fault, frozen=True, kw_only=True, tag="fail_response"):
    """The response that this event belongs to, or the one under way, ends badly."""

    status: Literal["failed", "incomplete"] = "failed"
    code: Word = "server_error"
    """The error's code; for `incomplete` the reason, `max_output_tokens` or `content_filter`."""
    type: Word = "server_error"
    text: str = "The server had an error while processing your request."


class UnknownEvent(_Fault, frozen=True, kw_only=True, tag="unknown_event"):
    """An event comes that no reference knows."""

    name: Word = "response.thought.delta"


class Limits(_Fault, frozen=True, kw_only=True, tag="limits"):
    """The server says how little may still be asked for."""

    of: Literal["requests", "tokens"] = "tokens"
    limit: Annotated[int, Meta(ge=0)] = 40_000
    remaining: Annotated[int, Meta(ge=0)] = 0
    reset_s: Annotated[float, Meta(ge=0)] = 60


class LateAudio(_Fault, frozen=True, kw_only=True, tag="late_audio"):
    """From here on the sound of answers comes later, and with it what follows it in its answer."""

    ms: Ms


class LateTranscript(_Fault, frozen=True, kw_only=True, tag="late_transcript"):
    """From here on the caller's words come later."""

    ms: Ms


Fault = (
    Cut
    | Close
    | Stall
    | Delay
    | Corrupt
    | Drop
    | Duplicate
    | Reorder
    | Error
    | FailResponse
    | UnknownEvent
    | Limits
    | LateAudio
    | LateTranscript
)


class _Connect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="does"):
    """Which session it concerns."""

    session: Count | None = None
    """The one of this number, refused ones counted; None: every one."""


class Refuse(_Connect, frozen=True, tag="refuse"):
    """Nobody listens there."""


class Timeout(_Connect, frozen=True, tag="timeout"):
    """Nobody answers: a black hole."""


class Dns(_Connect, frozen=True, tag="dns"):
    """The name is not found. In memory only: it is no server's doing."""


class Tls(_Connect, frozen=True, tag="tls"):
    """The certificate is not to be trusted. In memory only, in the same way."""


class Http(_Connect, frozen=True, kw_only=True, tag="http"):
    """The handshake is answered with a status instead of an upgrade."""

    status: Annotated[int, Meta(ge=400, le=599)]
    retry_after_s: Annotated[float, Meta(ge=0, le=86_400)] | None = None


class CloseAtOnce(_Connect, frozen=True, kw_only=True, tag="close"):
    """The upgrade succeeds, then an `error` event comes and the connection is closed."""

    code: CloseCode
    error: Word
    """The error's code, such as `insufficient_quota`."""
    type: Word = "invalid_request_error"
    text: str = "The session was not admitted."

    @property
    def reason(self) -> str:
        """What the close frame says."""
        return f"{self.type}.{self.error}"


class NoSessionCreated(_Connect, frozen=True, tag="no_session_created"):
    """The upgrade succeeds, and then nothing comes."""


class NoSessionUpdated(_Connect, frozen=True, tag="no_session_updated"):
    """The session opens, and then nothing comes: no settings are ever accepted."""


class DieAfter(_Connect, frozen=True, kw_only=True, tag="die_after"):
    """The connection is reset a while after the session opened."""

    ms: Ms


ConnectFault = Refuse | Timeout | Dns | Tls | Http | CloseAtOnce | NoSessionCreated | NoSessionUpdated | DieAfter


class Outage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For a while all connections are reset and none is taken."""

    from_s: Annotated[float, Meta(ge=0)]
    """Since the engine was made."""
    to_s: Annotated[float, Meta(ge=0)]


class Faults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that goes wrong with one engine."""

    fault: tuple[Fault, ...] = ()
    connect: tuple[ConnectFault, ...] = ()
    outage: tuple[Outage, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for rows that contradict themselves."""
        if len(self.fault) > MAX_ROWS or len(self.connect) > MAX_ROWS or len(self.outage) > MAX_ROWS:
            msg = f"more than {MAX_ROWS} rows"
            raise ValueError(msg)
        for at, fault in enumerate(self.fault, start=1):
            if (fault.at is None) == (not fault.on):
                msg = f"[[fault]] number {at} needs one of at and on"
                raise ValueError(msg)
            if fault.session is not None and fault.each:
                msg = f"[[fault]] number {at} is for one session and for each"
                raise ValueError(msg)
            if isinstance(fault, FailResponse) and (fault.status == "incomplete") != (fault.code in INCOMPLETE):
                msg = f"[[fault]] number {at}: incomplete has the code {' or '.join(INCOMPLETE)}, failed has another"
                raise ValueError(msg)
        if any(outage.to_s <= outage.from_s for outage in self.outage):
            msg = "an [[outage]] ends before it begins"
            raise ValueError(msg)


INCOMPLETE = ("max_output_tokens", "content_filter")


def parse_faults(text: str, name: str) -> Faults:
    """The faults in a TOML text; `name` is what to call it. Raises SettingsError."""
    try:
        return msgspec.convert(tomllib.loads(text), Faults)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise SettingsError(name, f"these are no faults for the twin: {error}") from None


def load_faults(path: Path) -> Faults:
    """The faults in a file. Raises SettingsError."""
    return parse_faults(read_text(path, "--faults"), str(path))
