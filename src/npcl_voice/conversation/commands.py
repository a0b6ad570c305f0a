"""Everything that a call can ask for.

Commands are what `Conversation.handle` answers with; `call.py` performs them. A `Report` asks for
nothing: it is what a person following the call sees.
"""

from typing import Any, Literal

import msgspec

from npcl_voice.audio.frame import Frame
from npcl_voice.conversation.claims import ClaimKind
from npcl_voice.realtime.events import ClientEvent

__all__ = [
    "CallEnded",
    "ChangeEngine",
    "Claimed",
    "Command",
    "Doubted",
    "EngineChanged",
    "Failed",
    "HandedOver",
    "HangUp",
    "HazardHeard",
    "Latency",
    "Outcome",
    "PausePlaying",
    "Play",
    "Report",
    "ReportLine",
    "ResumePlaying",
    "RunIntent",
    "Say",
    "SendToModel",
    "StateChanged",
    "StopPlaying",
    "ToolAnswered",
    "Transcript",
]

Outcome = Literal[
    "resolved",
    "complaint_registered",
    "emergency",
    "transferred",
    "callback_booked",
    "unresolved",
    "hung_up",
    "failed",
]


class _Command(msgspec.Struct, frozen=True, tag_field="kind"):
    """What all commands share: a name in the log."""


class SendToModel(_Command, frozen=True, tag="send_to_model"):
    """Hand this event to the engine."""

    event: ClientEvent


class ChangeEngine(_Command, frozen=True, omit_defaults=True, tag="change_engine"):
    """Leave the engine's session, if there is one, and go on in another: here or elsewhere."""

    action: Literal["retry", "fail_over", "stop", "offered"]
    """`retry`: once more where we are; `fail_over`: at the next engine; `stop`: there, and leave this one
    alone for long; `offered`: the session that was offered."""
    code: str
    """Why: a short stable word, as `realtime.failures` knows them."""
    urgency: int = 2
    """Who comes first where there is room for few: 0 for danger, 1 for a complaint in progress, 2 for all else."""
    retry_after_s: float | None = None
    """How long the server wants to be left alone, where it has said so."""


class Play(_Command, frozen=True, tag="play"):
    """Queue this sound for the caller, after what is queued already."""

    frame: Frame


class PausePlaying(_Command, frozen=True, tag="pause_playing"):
    """Fall silent within one frame and keep the queue."""


class ResumePlaying(_Command, frozen=True, tag="resume_playing"):
    """Go on where the voice paused."""


class StopPlaying(_Command, frozen=True, tag="stop_playing"):
    """Drop the queue; what is played next belongs to stream `stream`."""

    stream: int


class Say(_Command, frozen=True, tag="say"):
    """Have our own voice say a fixed phrase."""

    say_id: int
    phrase: str
    """A key of the `say` table of `phrases/<language>.toml`."""
    values: dict[str, str]
    language: str


class RunIntent(_Command, frozen=True, tag="run_intent"):
    """Run a tool with the arguments that the model gave (JSON text, not checked yet)."""

    call_id: str
    name: str
    arguments: str
    facts: dict[str, str]
    """Slots that the caller confirmed, by name; a tool trusts these above the arguments."""


class HangUp(_Command, frozen=True, tag="hang_up"):
    """End the call: everything that was to be heard has been heard."""

    outcome: Outcome


class _Line(msgspec.Struct, frozen=True, tag_field="kind"):
    """A line of `--events`."""


class Transcript(_Line, frozen=True, tag="transcript"):
    """What one side said, as far as it was heard."""

    who: Literal["caller", "assistant"]
    text: str
    heard_ms: int | None = None
    """Milliseconds of it that were really played; None for typed text."""
    whole_ms: int | None = None
    """Milliseconds that it would have taken; more than `heard_ms` when it was cut."""


class StateChanged(_Line, frozen=True, tag="state"):
    """Floor or matter changed."""

    state: str
    """The name of the source design: its Complaint and Resolution come from the matter."""
    floor: str
    matter: str


class ToolAnswered(_Line, frozen=True, tag="tool"):
    """A tool was called and answered."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]


class Latency(_Line, frozen=True, tag="latency"):
    """One measured wait."""

    stage: str
    ms: float


class EngineChanged(_Line, frozen=True, tag="engine"):
    """Which engine answers now, and why."""

    name: str
    reason: str


class HazardHeard(_Line, frozen=True, tag="hazard"):
    """The caller spoke of danger."""

    level: Literal["P0", "P1"]


class HandedOver(_Line, frozen=True, tag="handover"):
    """The matter goes to a person: what that person is told. The records keep it masked."""

    reason: str
    summary: str
    facts: dict[str, tuple[str, str]]
    """What the caller confirmed, each with where it came from."""
    last_words: tuple[str, ...]
    """What the caller said last, the newest at the end."""
    hazard: str | None
    """The kind of danger that was spoken of."""
    window: str
    """When the person calls back."""


class Claimed(_Line, frozen=True, tag="claim"):
    """The assistant claimed something: that it has done or will do something, a number, a time, a sum."""

    text: str
    """The sentence."""
    claim: ClaimKind
    backed: bool
    """Whether a tool of this call, or the caller, has said so; an engine's words that nothing backs are held or put
    right."""
    sentence: int
    """Which of the sentences that were judged in this call it is: the first is 1."""


class Doubted(_Line, frozen=True, tag="doubt"):
    """A sentence has begun like one that nothing backs: its sound is kept back until it is whole."""

    text: str
    """As far as it has come."""


class Failed(_Line, frozen=True, tag="failed"):
    """Something of ours broke, and the call went on."""

    where: str
    error: str
    """The class of the error."""


class CallEnded(_Line, frozen=True, tag="end"):
    """The call is over."""

    outcome: Outcome
    complaint_numbers: tuple[str, ...]


ReportLine = (
    Transcript
    | StateChanged
    | ToolAnswered
    | Latency
    | EngineChanged
    | HazardHeard
    | HandedOver
    | Claimed
    | Doubted
    | Failed
    | CallEnded
)


class Report(_Command, frozen=True, tag="report"):
    """Tell whoever follows the call."""

    line: ReportLine


Command = (
    SendToModel | ChangeEngine | Play | PausePlaying | ResumePlaying | StopPlaying | Say | RunIntent | HangUp | Report
)
