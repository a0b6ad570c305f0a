"""Everything that can happen in a call.

Events are what `Conversation.handle` takes. They are frozen, they carry no clock (the time is
handed in beside them), and the conversation reads of a frame its length and format only.
"""

from datetime import datetime
from typing import Any

import msgspec

from npcl_voice.audio.frame import Format, Frame
from npcl_voice.realtime.events import ServerEvent

__all__ = [
    "CallAnswered",
    "CallEvent",
    "CallerAudio",
    "CallerHungUp",
    "CallerKeyed",
    "CallerText",
    "DeviceBack",
    "DeviceGone",
    "EngineOffered",
    "IntentFailed",
    "IntentFinished",
    "ModelJoined",
    "ModelLost",
    "ModelSent",
    "Played",
    "ProcessingFailed",
    "SayAudio",
    "SayFailed",
    "SayRendered",
    "TimePassed",
    "Traits",
]


class _Event(msgspec.Struct, frozen=True, tag_field="kind"):
    """What all events share: a name in the log."""


class Traits(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an engine is like, as far as a call must know."""

    embedded: bool = False
    """Whether its model is our own dialogue policy: it goes on from the facts block and needs no history."""
    opens: bool = False
    """Whether it has something to say when it joins."""
    voice: str = ""
    """The voice to ask for; empty where there is no choice."""
    transcriber: str = ""
    """The recogniser to ask for, which writes down what the caller says; empty where there is no choice."""


class CallAnswered(_Event, frozen=True, tag="call_answered"):
    """The line is open; it is the first event of every call."""

    format: Format
    """The format of the caller's frames and of those to be played."""
    voice: bool = True
    """False where the caller types and reads."""
    caller_number: str | None = None
    """The caller's telephone number when the line knows it, digits only."""
    at: datetime | None = None
    """The time of day at which it opened, with a zone; the call writes it in."""


class CallerAudio(_Event, frozen=True, omit_defaults=True, tag="caller_audio"):
    """The caller's sound, silence included, in order and without gaps."""

    frame: Frame
    speech: bool | None = None
    """Whether our own detector hears the caller speak; it is asked while no engine does."""


class CallerText(_Event, frozen=True, tag="caller_text"):
    """The caller typed a line."""

    text: str


class CallerKeyed(_Event, frozen=True, tag="caller_keyed"):
    """The caller pressed one key: `0`-`9`, `*` or `#`."""

    digit: str


class CallerHungUp(_Event, frozen=True, tag="caller_hung_up"):
    """The caller left, or the line broke."""


class DeviceGone(_Event, frozen=True, tag="device_gone"):
    """The caller's microphone or loudspeaker has vanished; nothing is heard or played until it is back."""


class DeviceBack(_Event, frozen=True, tag="device_back"):
    """It is back, or another one has taken its place."""

    name: str
    """What it is called."""


class Played(_Event, frozen=True, tag="played"):
    """The channel has played this much more of what it was given.

    The channel sends the exact figure right after it was paused or stopped, too.
    """

    samples: int
    """Newly played samples of the line's format."""
    stream: int
    """Which stream they belong to: 0 at first, one more after each `StopPlaying`."""


class ModelJoined(_Event, frozen=True, omit_defaults=True, tag="model_joined"):
    """An engine is ready to be talked to."""

    engine: str
    """`openai`, `local`, `recorded` or another name."""
    reason: str
    """Why this one, in words for the operator."""
    traits: Traits = Traits()


class ModelLost(_Event, frozen=True, omit_defaults=True, tag="model_lost"):
    """The engine is gone, or could not be reached; nothing more comes from it."""

    reason: str
    """In words for the operator."""
    code: str = "unavailable"
    """A short stable word, as `realtime.failures` knows them."""
    final: bool = False
    """Whether there is no other engine to go on with."""


class EngineOffered(_Event, frozen=True, tag="engine_offered"):
    """A better engine, or a fresh session in place of one that soon expires, stands ready to take over.

    It is taken by `ChangeEngine` with the action `offered`, at a moment when nobody speaks.
    """

    engine: str
    """Empty: what was offered is withdrawn."""
    reason: str


class ModelSent(_Event, frozen=True, tag="model_sent"):
    """The engine sent a Realtime event."""

    event: ServerEvent


class SayAudio(_Event, frozen=True, tag="say_audio"):
    """One sentence of a `Say`, rendered."""

    say_id: int
    text: str
    frame: Frame


class SayRendered(_Event, frozen=True, tag="say_rendered"):
    """All of a `Say` has been rendered."""

    say_id: int


class SayFailed(_Event, frozen=True, tag="say_failed"):
    """The voice could not render a `Say`."""

    say_id: int
    reason: str


class IntentFinished(_Event, frozen=True, tag="intent_finished"):
    """A tool has answered; what it wrote is committed."""

    call_id: str
    name: str
    result: dict[str, Any]
    """A JSON object with `ok`."""


class IntentFailed(_Event, frozen=True, tag="intent_failed"):
    """A tool broke; nothing is known of what it did."""

    call_id: str
    name: str
    reason: str


class ProcessingFailed(_Event, frozen=True, tag="processing_failed"):
    """Something of ours broke while it dealt with the event before; nothing is known of what it did."""

    where: str
    """Which part of the program it was."""
    error: str
    """The class of the error: its message may hold what a caller said."""


class TimePassed(_Event, frozen=True, tag="time_passed"):
    """The deadline that the conversation offered has come."""


CallEvent = (
    CallAnswered
    | CallerAudio
    | CallerText
    | DeviceGone
    | DeviceBack
    | CallerKeyed
    | CallerHungUp
    | Played
    | ModelJoined
    | ModelLost
    | EngineOffered
    | ModelSent
    | SayAudio
    | SayRendered
    | SayFailed
    | IntentFinished
    | IntentFailed
    | ProcessingFailed
    | TimePassed
)
