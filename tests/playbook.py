"""A call as a readable script: `>>` is what happens, `<<` what the conversation does about it, in order.

    assert Playbook(call) >> answered() << CONFIGURE << say(1, "greeting") >> played(20)

The line is a telephone's: mu-law, eight samples a millisecond. Ids that a session numbers its own
events and items with are left out of the comparison; everything else must be equal.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from npcl_voice.audio.frame import PCMU, Frame
from npcl_voice.conversation.commands import (
    ChangeEngine,
    Command,
    HangUp,
    Latency,
    PausePlaying,
    Play,
    Report,
    ReportLine,
    ResumePlaying,
    RunIntent,
    Say,
    SendToModel,
    StateChanged,
    StopPlaying,
    Transcript,
)
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallerKeyed,
    CallEvent,
    IntentFinished,
    ModelJoined,
    ModelLost,
    ModelSent,
    Played,
    SayAudio,
    SayRendered,
    TimePassed,
    Traits,
)
from npcl_voice.conversation.machine import Conversation
from npcl_voice.realtime import events as e
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, InputText, Message, text_of
from npcl_voice.realtime.responses import Response, ResponseError, StatusDetails
from npcl_voice.realtime.session import Audio, AudioOutput, Pcmu, SessionConfig

__all__ = [
    "CANCEL",
    "COMMIT",
    "CONFIGURE",
    "CREATE",
    "JOINED",
    "LOST",
    "PER_MS",
    "READY",
    "REMOTE",
    "SESSION",
    "Playbook",
    "answer_begins",
    "answer_ends",
    "answered",
    "bare",
    "caller_said",
    "cancel",
    "change",
    "commits",
    "delete",
    "frame",
    "gist",
    "hears",
    "item",
    "keys",
    "message_ends",
    "not_heard",
    "note",
    "output",
    "play",
    "played",
    "put",
    "rendered",
    "report",
    "run",
    "say",
    "sends",
    "shown",
    "silence",
    "sound",
    "speaks",
    "speech",
    "stop",
    "stops",
    "tool_answers",
    "tool_call",
    "truncate",
    "voiced",
    "we_said",
    "words",
]

PER_MS = 8
"""Samples a millisecond on the line of these scripts."""

SESSION = SessionConfig(instructions="pcmu, voice: True", audio=Audio(output=AudioOutput(format=Pcmu())))
"""What the scripts' calls ask of an engine: the line's format, and who we are."""


class Playbook:
    """A script that is played as it is written.

    `>>` takes an event, several in a list, or seconds that pass (`TimePassed` is brought whenever the
    call asked for it). All that the call answers must be looked at by `<<` before the next `>>`;
    reports of the kinds in `hides` are left out. `assert` on the playbook sees to the last answers.
    """

    def __init__(
        self, call: Conversation, *, hides: Sequence[type[ReportLine]] = (StateChanged, Latency), now: float = 0.0
    ) -> None:
        self.call = call
        self.now = now
        self.steps: list[tuple[float, CallEvent, list[Command]]] = []
        """Everything that happened, to be replayed."""
        self._hides = tuple(hides)
        self._left: list[Command] = []

    def __rshift__(self, happens: CallEvent | Sequence[CallEvent] | float) -> "Playbook":
        assert not self._left, f"it does more: {shown(*self._left)}"
        if isinstance(happens, int | float):
            self._wait(round(self.now + happens, 6))
        else:
            for event in happens if isinstance(happens, Sequence) else [happens]:
                self._step(event)
        return self

    def __lshift__(self, expected: Command | Sequence[Command]) -> "Playbook":
        for one in expected if isinstance(expected, Sequence) else [expected]:
            assert self._left, f"it does nothing more, not {shown(one)}"
            done = bare(self._left.pop(0))
            assert done == bare(one), f"it does {shown(done)}, not {shown(one)}"
        return self

    def __bool__(self) -> bool:
        assert not self._left, f"it does more: {shown(*self._left)}"
        return True

    def after(self, *happens: CallEvent | Sequence[CallEvent] | float) -> "Playbook":
        """All this happens; what is done about it is another script's matter."""
        for one in happens:
            self._left = []
            self >> one
        self._left = []
        return self

    def does(self) -> list[str]:
        """What it does about the last events, in short, for scripts in which the details do not matter."""
        left, self._left = self._left, []
        return gist(*left)

    def reported(self, kind: type[ReportLine]) -> list[ReportLine]:
        """Everything of a kind that was ever reported, in order."""
        done = (one for _, _, commands in self.steps for one in commands)
        return [one.line for one in done if isinstance(one, Report) and isinstance(one.line, kind)]

    def _wait(self, until: float) -> None:
        while (deadline := self.call.next_deadline()) is not None and deadline <= until + 1e-9:
            self.now = max(self.now, deadline)
            self._step(TimePassed())
        self.now = until

    def _step(self, event: CallEvent) -> None:
        commands = self.call.handle(event, self.now)
        self.steps.append((self.now, event, commands))
        self._left += [one for one in commands if not (isinstance(one, Report) and isinstance(one.line, self._hides))]


def bare(command: Command) -> Command:
    """A command without the ids that the session made up."""
    if not isinstance(command, SendToModel):
        return command
    event: Any = msgspec.structs.replace(command.event, event_id=None)
    if isinstance(event, e.ConversationItemCreate):
        event = msgspec.structs.replace(event, item=msgspec.structs.replace(event.item, id=None))
    return SendToModel(event)


def gist(*commands: Command) -> list[str]:
    """Commands in a few words each; the caller's sound that is sent in a row is added up."""
    told: list[str] = []
    sent_ms = 0.0
    for one in commands:
        if isinstance(one, SendToModel) and isinstance(one.event, e.InputAudioBufferAppend):
            sent_ms += len(one.event.audio) / PER_MS
            continue
        if sent_ms:
            told.append(f"sends {sent_ms:g} ms")
            sent_ms = 0.0
        told.append(_gist_of(one))
    return [*told, f"sends {sent_ms:g} ms"] if sent_ms else told


def _gist_of(command: Command) -> str:
    match command:
        case SendToModel():
            return _event_gist(command.event)
        case Play():
            return f"play {command.frame.ms:g} ms"
        case PausePlaying():
            return "pause"
        case ResumePlaying():
            return "resume"
        case StopPlaying():
            return "stop"
        case Say():
            return f"say {command.phrase}"
        case RunIntent():
            return f"run {command.name}"
        case ChangeEngine():
            return f"change: {command.action}, {command.code}, {command.urgency}"
        case HangUp():
            return f"hang up: {command.outcome}"
        case Report(line=Transcript() as line):
            return f"{'heard' if line.who == 'caller' else 'said'}: {line.text}"
        case Report():
            return str(msgspec.to_builtins(command.line)["kind"])
    raise AssertionError(command)


def _event_gist(event: e.ClientEvent) -> str:
    match event:
        case e.SessionUpdate(session=SessionConfig(instructions=msgspec.UNSET) as changed):
            return f"silence: {changed.audio.input.turn_detection.silence_duration_ms} ms"  # type: ignore[union-attr]
        case e.SessionUpdate():
            return "configure"
        case e.ConversationItemCreate(item=FunctionCall() as call):
            return f"call: {call.name} {call.arguments}"
        case e.ConversationItemCreate(item=FunctionCallOutput() as answer):
            return f"result: {answer.output}"
        case e.ConversationItemCreate(item=Message() as message):
            text = text_of(message)
            return f"{message.role}: {'[facts]' if text.startswith('[facts]') else text}"
        case e.ConversationItemTruncate():
            return f"truncate {event.item_id} at {event.audio_end_ms} ms"
        case e.ConversationItemDelete():
            return f"delete {event.item_id}"
        case e.InputAudioBufferCommit():
            return "commit"
        case e.ResponseCreate():
            return "create"
        case e.ResponseCancel():
            return "cancel"
    raise AssertionError(event)


def shown(*commands: Command) -> str:
    """Commands for people: sound as its length."""
    texts = []
    for one in commands:
        match one:
            case Play():
                texts.append(f"Play({one.frame.ms:g} ms of {one.frame.data[:1].hex()})")
            case SendToModel(e.InputAudioBufferAppend() as event):
                texts.append(f"sends {len(event.audio) / PER_MS:g} ms")
            case _:
                texts.append(str(one))
    return ", ".join(texts)


# The line.


def answered(**line: Any) -> CallAnswered:
    """The line is open."""
    return CallAnswered(PCMU, **line)


def frame(ms: float) -> CallerAudio:
    """The caller's sound."""
    return CallerAudio(PCMU.silence(int(ms * PER_MS)))


def speech(ms: float) -> CallerAudio:
    """The caller's sound while no engine listens: our own detector hears them speak."""
    return CallerAudio(PCMU.silence(int(ms * PER_MS)), True)


def silence(ms: float) -> CallerAudio:
    """The same, and it hears nobody speak."""
    return CallerAudio(PCMU.silence(int(ms * PER_MS)), False)


def keys(digits: str) -> list[CallEvent]:
    """The caller presses keys."""
    return [CallerKeyed(digit) for digit in digits]


def played(ms: float, stream: int = 0) -> Played:
    """The channel has played this much more."""
    return Played(int(ms * PER_MS), stream)


# Our own voice.


def voiced(say_id: int, text: str, ms: float) -> SayAudio:
    """A sentence of a phrase is rendered."""
    return SayAudio(say_id, text, _tone(ms, say_id))


def rendered(say_id: int, text: str, ms: float) -> list[CallEvent]:
    """A phrase of one sentence is rendered to its end."""
    return [voiced(say_id, text, ms), SayRendered(say_id)]


def say(say_id: int, phrase: str) -> Say:
    """Our own voice is asked for a phrase."""
    return Say(say_id, phrase, {}, "en")


def play(ms: float, say_id: int = 0) -> Play:
    """Sound is queued: the engine's, or that of a phrase."""
    return Play(_tone(ms, say_id))


def _tone(ms: float, of: int) -> Frame:
    return Frame(bytes([of]) * int(ms * PER_MS), PCMU)


def stop(stream: int) -> StopPlaying:
    """What is queued is dropped."""
    return StopPlaying(stream)


# Reports.


def report(line: ReportLine) -> Report:
    """Whoever follows the call is told."""
    return Report(line)


def caller_said(text: str) -> Report:
    """What the caller said, or typed, or keyed."""
    return Report(Transcript("caller", text))


def we_said(text: str, heard_ms: int | None = None, whole_ms: int | None = None) -> Report:
    """What we said, and how much of it was heard (all of it, unless said)."""
    return Report(Transcript("assistant", text, heard_ms, heard_ms if whole_ms is None else whole_ms))


# What the engine says.

JOINED = ModelJoined("local", "no key", Traits(embedded=True))
REMOTE = ModelJoined("openai", "first choice", Traits(voice="marin", transcriber="gpt-live-transcribe"))
LOST = ModelLost("closed", "close_1006")
READY = ModelSent(e.SessionUpdated(SESSION))


def speaks(item_id: str, ms: int) -> ModelSent:
    """The caller begins to speak; the position is where the padding before the speech begins."""
    return ModelSent(e.InputAudioBufferSpeechStarted(item_id, ms))


def stops(item_id: str, ms: int) -> ModelSent:
    """The caller stops."""
    return ModelSent(e.InputAudioBufferSpeechStopped(item_id, ms))


def commits(item_id: str) -> ModelSent:
    """The turn is an item now."""
    return ModelSent(e.InputAudioBufferCommitted(item_id))


def hears(item_id: str, text: str) -> ModelSent:
    """The words of a turn."""
    return ModelSent(e.ConversationItemInputAudioTranscriptionCompleted(item_id, transcript=text))


def not_heard(item_id: str) -> ModelSent:
    """No words could be made of a turn."""
    return ModelSent(e.ConversationItemInputAudioTranscriptionFailed(item_id, error=ResponseError(code="unclear")))


def answer_begins(response_id: str = "r1") -> ModelSent:
    """The engine begins an answer."""
    return ModelSent(e.ResponseCreated(Response(id=response_id)))


def words(text: str, item_id: str = "a1", response_id: str = "r1") -> ModelSent:
    """Words of an answer, ahead of their sound."""
    return ModelSent(e.ResponseOutputAudioTranscriptDelta(response_id, item_id, delta=text))


def sound(ms: float, item_id: str = "a1", response_id: str = "r1") -> ModelSent:
    """Sound of an answer."""
    return ModelSent(e.ResponseOutputAudioDelta(response_id, item_id, delta=_tone(ms, 0).data))


def message_ends(item_id: str = "a1", response_id: str = "r1", text: str = "") -> ModelSent:
    """One message of an answer is complete."""
    content = (InputText(text),) if text else ()
    return ModelSent(e.ResponseOutputItemDone(response_id, Message("assistant", content, id=item_id)))


def tool_call(
    call_id: str, name: str, arguments: str = "{}", item_id: str = "f1", response_id: str = "r1"
) -> ModelSent:
    """The engine wants a tool to be run."""
    return ModelSent(e.ResponseOutputItemDone(response_id, FunctionCall(name, arguments, call_id=call_id, id=item_id)))


def answer_ends(response_id: str = "r1", status: str = "completed") -> ModelSent:
    """The answer is over."""
    details = StatusDetails(error=ResponseError(code="server_error")) if status == "failed" else None
    return ModelSent(e.ResponseDone(Response(id=response_id, status=status, status_details=details)))


def tool_answers(call_id: str, name: str, **result: Any) -> IntentFinished:
    """A tool has answered."""
    return IntentFinished(call_id, name, {"ok": True, **result})


# What becomes of the engine.


def change(action: str, code: str, urgency: int = 2) -> ChangeEngine:
    """The call goes on in another session."""
    return ChangeEngine(action, code, urgency)  # type: ignore[arg-type]


# What is sent to the engine.


def sends(event: e.ClientEvent) -> SendToModel:
    """This event, whatever its id."""
    return SendToModel(event)


CONFIGURE = sends(e.SessionUpdate(SESSION))
CREATE = sends(e.ResponseCreate())
CANCEL = sends(e.ResponseCancel())
"""Of an answer that has not begun yet."""
COMMIT = sends(e.InputAudioBufferCommit())


def cancel(response_id: str) -> SendToModel:
    """An answer that has begun is cancelled."""
    return sends(e.ResponseCancel(response_id))


def truncate(item_id: str, ms: int) -> SendToModel:
    """The engine is told how much of an item was heard."""
    return sends(e.ConversationItemTruncate(item_id, 0, ms))


def delete(item_id: str) -> SendToModel:
    """The engine is told to forget a turn."""
    return sends(e.ConversationItemDelete(item_id))


def item(role: str, text: str) -> SendToModel:
    """A message is put into the conversation."""
    return sends(e.ConversationItemCreate(Message(role, (InputText(text),))))


def put(text: str) -> SendToModel:
    """What the caller typed or keyed."""
    return item("user", text)


def note(text: str) -> SendToModel:
    """What the engine is to know."""
    return item("system", text)


def output(call_id: str, result: str) -> SendToModel:
    """What a tool answered."""
    return sends(e.ConversationItemCreate(FunctionCallOutput(call_id, result)))


def run(call_id: str, name: str, arguments: str = "{}", **facts: str) -> RunIntent:
    """A tool is run."""
    return RunIntent(call_id, name, arguments, facts)
