"""What is known of a call at one moment, for whoever watches it: a plain picture, made step by step.

`step` makes the next picture out of the last one and what happened; it has no terminal, no clock and
no state of its own. Pictures are frozen, so that one can be drawn while the next is made.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from npcl_voice.config import LatencyBudget
from npcl_voice.conversation.commands import (
    CallEnded,
    Command,
    EngineChanged,
    HazardHeard,
    Latency,
    PausePlaying,
    Report,
    ReportLine,
    ResumePlaying,
    RunIntent,
    StateChanged,
    StopPlaying,
    ToolAnswered,
    Transcript,
)
from npcl_voice.conversation.context import Context
from npcl_voice.conversation.events import CallAnswered, CallerKeyed, CallEvent, ModelLost, ModelSent
from npcl_voice.conversation.marks import KEYPAD_MARK
from npcl_voice.conversation.playback import OnAir
from npcl_voice.conversation.questions import expectation_of
from npcl_voice.meaning.expectation import Kind
from npcl_voice.realtime import events as model

__all__ = ["Caption", "Engine", "Picture", "Tool", "Wait", "step"]

KEPT = 400
"""Captions that are kept; a call of ten minutes has a third of them."""
KEPT_WAITS = 200
"""Measured waits that are kept."""
FREE = {"local", "recorded"}
"""Engines that cost nothing: what they say they used is an estimate and not shown."""

_BUDGET = LatencyBudget()


class Caption(msgspec.Struct, frozen=True):
    """One line of what was said and done."""

    who: Literal["caller", "assistant", "danger", "records", "engine"]
    text: str
    """What was said and heard."""
    unheard: str = ""
    """What the assistant would have said, had the caller not cut in."""


class Wait(msgspec.Struct, frozen=True):
    """One measured wait."""

    turn: int
    """Which of the caller's turns it belongs to; the greeting comes before the first."""
    stage: str
    ms: float
    budget_ms: float | None
    """How long it may take; None where there is no budget."""

    @property
    def over(self) -> bool:
        """Whether it took longer than it may."""
        return self.budget_ms is not None and self.ms > self.budget_ms


class Tool(msgspec.Struct, frozen=True):
    """One call of a tool."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any] | None = None
    """None while it runs."""


class Engine(msgspec.Struct, frozen=True):
    """Who listens and answers."""

    name: str
    reason: str
    lost: bool = False
    """Whether it is gone, and no other has come yet."""


class Picture(msgspec.Struct, frozen=True):
    """A call at one moment."""

    now: float = 0.0
    answered_at: float | None = None
    captions: tuple[Caption, ...] = ()
    on_air: tuple[OnAir, ...] = ()
    """The assistant's words on their way."""
    paused: bool = False
    """Whether the assistant's voice waits for the caller to finish."""
    speaking: bool = False
    """Whether the caller speaks."""
    listening: bool = False
    """Whether the caller has spoken, and the words are not known yet."""
    partial: str = ""
    """The caller's words so far, of a turn that is not known yet."""
    keyed: str = ""
    """Keys pressed that are no entry yet."""
    floor: str = "initial"
    context: Context = Context()
    tools: tuple[Tool, ...] = ()
    waits: tuple[Wait, ...] = ()
    turn: int = 0
    """How many turns the caller has had."""
    numbered: bool = False
    """Whether the last turn was a dictated number, whose closing silence is longer."""
    engine: Engine | None = None
    reconnects: int = 0
    tokens: int = 0
    """What a paid engine says it used."""
    danger: Literal["P0", "P1"] | None = None
    end: CallEnded | None = None

    @property
    def elapsed_s(self) -> float:
        """Seconds since the call was answered."""
        return 0.0 if self.answered_at is None else self.now - self.answered_at


def step(
    picture: Picture,
    now: float,
    event: CallEvent,
    commands: Sequence[Command],
    *,
    context: Context,
    on_air: tuple[OnAir, ...],
) -> Picture:
    """The picture after one step of the call; `context` and `on_air` are the conversation's, after it."""
    draft = _Draft(picture)
    draft.happened(now, event)
    for command in commands:
        draft.done(command, on_air)
    draft.flush()
    return draft.picture(now, context, on_air)


class _Draft:
    """The next picture while it is made."""

    def __init__(self, before: Picture) -> None:
        self._before = before
        self._changes: dict[str, Any] = {}
        self._cut: list[OnAir] = []

    def picture(self, now: float, context: Context, on_air: tuple[OnAir, ...]) -> Picture:
        return msgspec.structs.replace(self._before, now=now, context=context, on_air=on_air, **self._changes)

    def _get(self, name: str) -> Any:
        return self._changes.get(name, getattr(self._before, name))

    def _set(self, **changes: Any) -> None:
        self._changes.update(changes)

    # What happened.

    def happened(self, now: float, event: CallEvent) -> None:
        match event:
            case CallAnswered():
                self._set(answered_at=now)
            case CallerKeyed():
                self._set(keyed=self._get("keyed") + event.digit)
            case ModelSent():
                self._model_sent(event.event)
            case ModelLost():
                self._set(speaking=False, listening=False, partial="")
                if self._before.engine is not None:
                    self._set(engine=msgspec.structs.replace(self._before.engine, lost=True))
            case _:
                pass

    def _model_sent(self, event: model.ServerEvent) -> None:
        match event:
            case model.InputAudioBufferSpeechStarted():
                self._set(speaking=True, listening=False, partial="")
            case model.InputAudioBufferSpeechStopped():
                self._set(speaking=False, listening=True)
            case model.ConversationItemInputAudioTranscriptionDelta():
                self._set(partial=self._get("partial") + event.delta)
            case (
                model.ConversationItemInputAudioTranscriptionCompleted()
                | model.ConversationItemInputAudioTranscriptionFailed()
            ):
                self._set(listening=False, partial="")
            case model.ResponseDone():
                engine, usage = self._before.engine, event.response.usage
                if usage is not None and engine is not None and engine.name not in FREE:
                    self._set(tokens=self._get("tokens") + (usage.total_tokens or 0))
            case _:
                pass

    # What was done about it.

    def done(self, command: Command, on_air: tuple[OnAir, ...]) -> None:
        match command:
            case PausePlaying():
                self._set(paused=True)
            case ResumePlaying():
                self._set(paused=False)
            case StopPlaying():
                left = {one.speaker for one in on_air}
                self._cut = [one for one in self._before.on_air if one.speaker not in left]
            case RunIntent():
                self._set(tools=(*self._get("tools"), Tool(command.name, _object(command.arguments)))[-KEPT:])
            case Report():
                self._told(command.line)
            case _:
                pass

    def _told(self, line: ReportLine) -> None:
        match line:
            case Transcript(who="caller"):
                self._caller_said(line.text)
            case Transcript():
                self._caption(Caption("assistant", line.text, self._unheard(line)))
            case StateChanged():
                self._set(floor=line.floor)
            case ToolAnswered():
                self._tool_answered(line)
            case Latency():
                self._waited(line)
            case EngineChanged():
                self._set(engine=Engine(line.name, line.reason))
                if self._before.engine is not None:
                    self._set(reconnects=self._before.reconnects + 1)
                    self._caption(Caption("engine", f"{line.name} ({line.reason})"))
            case HazardHeard():
                if self._before.danger != "P0":
                    self._set(danger=line.level)
                self._caption(Caption("danger", line.level))
            case CallEnded():
                self._set(end=line, speaking=False, listening=False, partial="")

    def _caller_said(self, text: str) -> None:
        self.flush()
        keyed = text.startswith(KEYPAD_MARK)
        kind = expectation_of(self._before.context.question).kind
        self._caption(Caption("caller", text))
        self._set(turn=self._get("turn") + 1, numbered=kind is Kind.NUMBER and not keyed, partial="", keyed="")

    def _unheard(self, line: Transcript) -> str:
        """The rest of what was cut off at these words."""
        if line.whole_ms is None or line.heard_ms is None or line.heard_ms >= line.whole_ms:
            return ""
        for one in self._cut:
            if one.text.startswith(line.text):
                self._cut.remove(one)
                return one.text[len(line.text) :].strip()
        return ""

    def flush(self) -> None:
        """What was cut before any of it was heard."""
        for one in self._cut:
            if one.text and not one.heard:
                self._caption(Caption("assistant", "", one.text))
        self._cut = []

    def _tool_answered(self, line: ToolAnswered) -> None:
        tools = list(self._get("tools"))
        running = next((at for at, tool in enumerate(tools) if tool.name == line.name and tool.result is None), None)
        answered = Tool(line.name, line.arguments, line.result)
        if running is None:
            tools.append(answered)
        else:
            tools[running] = answered
        self._set(tools=tuple(tools)[-KEPT:])
        asked = ", ".join(value for value in line.arguments.values() if isinstance(value, str))
        self._caption(Caption("records", f"{line.name}({asked}): {_shown(line.result)}"))

    def _waited(self, line: Latency) -> None:
        turn = self._get("turn") + (line.stage == "barge_in")  # it comes before the words that it belongs to
        budget_ms = _budget_ms(line.stage, numbered=self._get("numbered"))
        self._set(waits=(*self._get("waits"), Wait(turn, line.stage, line.ms, budget_ms))[-KEPT_WAITS:])

    def _caption(self, caption: Caption) -> None:
        self._set(captions=(*self._get("captions"), caption)[-KEPT:])


def _shown(result: dict[str, Any]) -> str:
    """What a tool answered, in a few words."""
    if result.get("ok") is not True:
        return f"refused, {result.get('reason', 'no reason given')}"
    told = [f"{_words(name)} {value}" for name, value in result.items() if isinstance(value, str)]
    return ", ".join(["ok", *told])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _budget_ms(stage: str, *, numbered: bool) -> float | None:
    """What a stage may take; a first sound counts as late where 95 in a hundred must be earlier."""
    match stage:
        case "first_sound" if numbered:
            return _BUDGET.first_sound_after_number_p95_ms
        case "first_sound":
            return _BUDGET.first_sound_p95_ms
        case "bridge":
            return _BUDGET.dead_air_p95_ms
        case _:
            budget = getattr(_BUDGET, f"{stage}_ms", None)
            return float(budget) if budget is not None else None


def _object(arguments: str) -> dict[str, Any]:
    """A tool's arguments; what the model wrote may be no object."""
    try:
        return msgspec.json.decode(arguments, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {"text": arguments}
