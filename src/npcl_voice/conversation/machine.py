"""One call, decided: every event that can happen, and the commands that answer it.

`Conversation.handle` is the functional core. It has no clock, no I/O and no chance of its own, so a
call can be replayed from its log. Turns are ours: we create, cancel and truncate (ADR 0004).
"""

from collections.abc import Callable
from typing import assert_never

import msgspec

from npcl_voice.audio.frame import Format
from npcl_voice.config import Call
from npcl_voice.config import Turns as TurnSettings
from npcl_voice.conversation.answering import Answering
from npcl_voice.conversation.briefing import Briefing, briefing_of
from npcl_voice.conversation.caller import CallerSide, Wishes
from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.commands import (
    CallEnded,
    Command,
    Failed,
    HangUp,
    Outcome,
    RunIntent,
)
from npcl_voice.conversation.context import Context
from npcl_voice.conversation.danger import HazardLane
from npcl_voice.conversation.dialogue import Policy
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallerHungUp,
    CallerKeyed,
    CallerText,
    CallEvent,
    DeviceBack,
    DeviceGone,
    EngineOffered,
    IntentFailed,
    IntentFinished,
    ModelJoined,
    ModelLost,
    ModelSent,
    Played,
    ProcessingFailed,
    SayAudio,
    SayFailed,
    SayRendered,
    TimePassed,
)
from npcl_voice.conversation.floor import Floor, FloorEvent
from npcl_voice.conversation.handover import Handover
from npcl_voice.conversation.incoming import Incoming
from npcl_voice.conversation.outcome import CASES, ON_REQUEST
from npcl_voice.conversation.outgoing import Outgoing
from npcl_voice.conversation.phrases import PhraseBook
from npcl_voice.conversation.playback import OnAir
from npcl_voice.conversation.state import CallState
from npcl_voice.conversation.turns import Turns
from npcl_voice.conversation.waiting import Waiting
from npcl_voice.domain.company import packaged_company
from npcl_voice.domain.consumers import is_mobile_number
from npcl_voice.meaning.expectation import ANYTHING
from npcl_voice.meaning.understanding import is_backchannel, tells_of_theft
from npcl_voice.realtime import happenings as model
from npcl_voice.realtime.events import ServerEvent
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.session import SessionConfig

__all__ = ["Conversation"]

FAREWELL_S = 30.0
"""How long a farewell is waited for; one that cannot be heard must not keep the line open."""
TWICE = 2
"""After so many failures of ours in one call a person calls back."""
FAILURE_CALL = "our_failure"
"""The id of that tool call: no engine has asked for it."""
UNAVAILABLE = {"ok": False, "reason": "unavailable"}
"""What the engine is told of a tool that broke."""


class Conversation:
    """The state of one call, and `handle`, which is all that moves it."""

    def __init__(
        self,
        *,
        policy: Policy,
        book: PhraseBook,
        turns: TurnSettings,
        call: Call,
        session: Callable[[Format, bool], SessionConfig],
        ledger: Ledger | None = None,
    ) -> None:
        """`book` has what is said, in each language.

        `session` gives the engine's configuration for a line's format, with voice or without; `ledger` judges what
        is said, one of its own unless given.
        """
        self._call = call
        ledger = ledger or Ledger(public=packaged_company().public_numbers() | book.helplines())
        self._state = state = CallState(policy, book, lambda: Turns(turns.min_speech_ms, is_backchannel), ledger)
        closing_ms = (turns.silence_ms_any, turns.silence_ms_yes_no, turns.silence_ms_number)
        self._incoming = Incoming(
            state, prefix_ms=turns.prefix_padding_ms, closing_ms=turns.silence_ms_any, longest_ms=max(closing_ms)
        )
        self._outgoing = Outgoing(state, self._phrase_over)
        self._answering = Answering(state, self._outgoing, self._answer_over)
        sides = (state, self._incoming, self._outgoing, self._answering)
        self._engine = Handover(*sides, call=call, turns=turns, session=session, none_left=self._no_engine_left)
        self._waiting = Waiting(
            *sides, call=call, owed=lambda: self._engine.owed, embedded=lambda: self._engine.embedded
        )
        self._danger = HazardLane(
            state,
            self._outgoing,
            self._answering,
            embedded=lambda: self._engine.embedded,
            interrupt=self._take_back,
            warned=self._warned,
        )
        wishes = Wishes(self._busy, self._give_way, self._ask, self._danger.heard, self._engine.ask_if_owed)
        self._caller = CallerSide(*sides, call=call, turns=turns, wishes=wishes)
        self._idle = 0
        self._stumbles = 0
        self._farewell: int | None = None
        self._over_at = 0.0

    @property
    def context(self) -> Context:
        """What is known of the matter."""
        return self._state.context

    @property
    def floor(self) -> Floor:
        """Who has the floor."""
        return self._state.floor

    @property
    def listens(self) -> bool:
        """Whether an engine hears the caller now."""
        return self._incoming.listens

    @property
    def trusts(self) -> bool:
        """Whether the engine can be relied on to notice where speech begins and ends: our voice would be heard
        meanwhile, an answer is on its way, or it is the embedded one, which tells when it breaks.
        """
        if not self._incoming.listens:
            return False
        if self._state.turns.speaking is not None:
            return self._engine.embedded
        return self._engine.embedded or self._busy() or self._state.turn_ended_at is not None

    def briefing(self, call_id: str) -> Briefing:
        """What the tool that was called by that id may know of the talk."""
        made = dict(self._state.tally.made)
        for key, (name, _) in self._state.tools.items():
            if key == call_id:
                break
            if name in CASES:  # it was called before, and may make one more
                made[name] = (*made.get(name, ()), f"running {key}")
        return briefing_of(self._state.context, tuple(self._state.heard), made, wanted=self._wants(call_id))

    def _wants(self, call_id: str) -> bool:
        """Whether the caller has asked for what a remote model would do with that tool, if it needs to be asked for."""
        state = self._state
        name, _ = state.tools.get(call_id, ("", None))
        if name not in ON_REQUEST or self._engine.embedded:
            return True
        understand = state.exchange.policy.understand
        return any(understand(text, ANYTHING).intent == name or tells_of_theft(text) for text in state.heard)

    def on_air(self) -> tuple[OnAir, ...]:
        """Our words on their way to the caller, and how far they were heard; to be looked at between events."""
        return self._outgoing.on_air()

    def next_deadline(self) -> float | None:
        """When `TimePassed` is wanted next, on the call's clock."""
        return self._state.timers.next()

    def handle(self, event: CallEvent, now: float) -> list[Command]:
        """What to do about an event; `now` is in seconds on the call's clock and never goes back."""
        state = self._state
        state.now = now
        state.out = []
        if state.floor is Floor.ENDED:
            self._after_the_end(event)
        else:
            self._during(event)
            self._answering.open_gate()
            self._look_for_quiet()
        if state.floor not in {Floor.INITIAL, Floor.ENDED}:
            self._engine.tune()
            self._waiting.watch()
        state.show()
        return state.out

    def _during(self, event: CallEvent) -> None:
        match event:
            case CallAnswered():
                self._line_opened(event)
            case CallerAudio():
                self._incoming.heard(event)
                if self._incoming.deaf and not self._engine.embedded:
                    self._engine.leave(Action.RETRY, "deaf")
            case CallerText():
                self._caller.typed(event.text)
            case CallerKeyed():
                self._caller.keyed(event.digit)
            case CallerHungUp():
                self._end("hung_up")
            case DeviceGone():
                self._state.device_away = True
                self._state.timers.clear("idle")
            case DeviceBack():
                self._state.device_away = False
                self._state.timers.set("device_back", self._state.now)
            case Played():
                self._outgoing.played(event)
            case ModelJoined():
                self._engine.joined(event)
            case ModelLost():
                self._engine.lost(event)
            case EngineOffered():
                self._engine.offered(event)
            case ModelSent():
                self._model_sent(event.event)
            case SayAudio():
                self._outgoing.say_audio(event)
            case SayRendered() | SayFailed():
                self._outgoing.rendered(event.say_id)
            case IntentFinished():
                self._tool_answered(event)
            case IntentFailed():
                self._tool_answered(IntentFinished(event.call_id, event.name, UNAVAILABLE))
            case ProcessingFailed():
                self._stumbled(event)
            case TimePassed():
                for name in self._state.timers.due(self._state.now):
                    if self._state.floor is not Floor.ENDED:  # by the one before it
                        self._time_is_up(name)
            case _:
                assert_never(event)

    # The line.

    def _line_opened(self, event: CallAnswered) -> None:
        state = self._state
        state.answered = event
        state.ledger.answered(event.at, state.now)
        if event.caller_number is not None:
            state.ledger.told(event.caller_number)
        self._outgoing.open()
        state.move(FloorEvent.ANSWERED)
        self._over_at = state.now + self._call.limit_s
        state.timers.set("limit", self._over_at)
        state.timers.set("limit_warning", state.now + self._call.limit_warning_s)
        if event.caller_number is not None and is_mobile_number(event.caller_number):
            state.exchange.context = state.context.with_slot("line", "known", "line")  # the number itself stays here
        self._engine.opened()
        self._outgoing.say("greeting")

    # The engine.

    def _no_engine_left(self) -> None:
        if self._state.answered is None:
            self._end("failed")
        else:
            self._outgoing.resume()  # whatever was said over our voice, the farewell stands behind it
            self._close("trouble", "failed")

    def _answer_over(self, ended: model.ResponseEnded) -> None:
        self._engine.answer_over(ended)

    def _model_sent(self, event: ServerEvent) -> None:
        client = self._state.client
        if client is None:
            return
        happened, answers = client.receive(event)
        self._state.send(answers)
        for happening in happened:
            if self._state.client is client:  # what comes after a fault that ends the session is nobody's any more
                self._happened(happening)

    def _happened(self, happening: model.Happening) -> None:
        match happening:
            case model.SessionReady():
                self._waiting.progress()
                self._engine.ready()
            case model.CallerStarted():
                self._caller.started(happening.item_id, happening.audio_start_ms)
            case model.CallerStopped():
                self._caller.stopped(happening.item_id, happening.audio_end_ms)
            case model.TurnCommitted():
                self._caller.committed(happening.item_id)
                self._danger.committed(happening.item_id)
            case model.HeardPartly():
                self._danger.partly(happening.item_id, happening.text)
            case model.Heard():
                self._caller.heard(happening.item_id, happening.text)
            case model.HeardNothing():
                self._caller.heard(happening.item_id, "")
            case model.ResponseBegan():
                self._waiting.progress()
                self._answering.began()
            case (
                model.AssistantText()
                | model.AssistantAudio()
                | model.MessageEnded()
                | model.ToolCalled()
                | model.ResponseEnded()
            ):
                self._waiting.progress()
                self._answering.take(happening)
            case model.Fault():
                self._engine.fault(happening)
            case model.RateLimits() | model.Passed():
                pass
            case _:
                assert_never(happening)

    def _tool_answered(self, event: IntentFinished) -> None:
        name = self._answering.tool_answered(event.call_id, event.result)
        if name == "bye" and event.result.get("ok") is True:
            self._close("farewell", "unresolved")
        elif name is not None:
            self._ask_engine()

    # Our own failures.

    def _stumbled(self, event: ProcessingFailed) -> None:
        """Something of ours broke: the caller hears so, and the second time a person is to call back."""
        state = self._state
        state.report(Failed(event.where, event.error))
        if state.answered is None or state.hanging_up is not None:
            return
        self._stumbles += 1
        self._give_way()
        self._outgoing.say("stumbled_over")
        if self._stumbles == TWICE and state.client is not None:
            name, arguments = "agent", {"reason": "our own failure"}
            state.tools[FAILURE_CALL] = (name, dict(arguments))
            text = msgspec.json.encode(arguments).decode()
            state.history.called(FAILURE_CALL, name, text)
            state.out.append(RunIntent(FAILURE_CALL, name, text, state.context.facts()))

    # What is said over what.

    @property
    def _leaving(self) -> bool:
        """Whether the farewell is the last that can be said: no engine is left, or no time."""
        return self._farewell is not None and (self._state.client is None or self._state.now >= self._over_at)

    def _give_way(self) -> None:
        """The caller has something to say; one more thing during the farewell, and the call goes on."""
        if self._leaving:
            self._outgoing.resume()
            return
        if self._farewell is not None:
            self._state.hanging_up = self._farewell = None
            self._state.timers.clear("farewell")
        self._answering.give_way()
        if self._state.turns.undecided:
            self._outgoing.pause()

    def _ask(self) -> None:
        if self._leaving:
            return
        self._idle = 0
        self._answering.new_turn()
        self._state.move(FloorEvent.TURN_TAKEN)
        self._ask_engine()

    def _ask_engine(self) -> None:
        self._waiting.asked()
        self._engine.ask()

    def _take_back(self) -> None:
        """Stop an answer that is out already; what it answered is answered again."""
        self._give_way()
        self._ask()

    def _warned(self, say_id: int) -> None:
        """Words of safety are heard before the line is closed."""
        if self._farewell is not None:
            self._farewell = say_id

    # Time, and the end.

    def _time_is_up(self, name: str) -> None:
        match name:
            case "hold":
                self._state.awaited.clear()
            case "keypad":
                self._caller.no_more_keys()
            case "idle":
                if self._busy() or not self._incoming.listens:
                    return
                self._idle += 1
                if self._idle > self._call.idle_prompts:
                    self._close("idle_goodbye", "unresolved")
                else:
                    self._outgoing.say("idle")
            case "limit_warning" | "device_back":  # a phrase of that name, which can wait
                if self._busy() or self._state.turns.speaking is not None:
                    self._state.timers.set(name, self._state.now + 1)
                else:
                    self._state.timers.clear("idle")
                    self._outgoing.say(name)
            case "engine":
                self._engine.leave(Action.FAIL_OVER, "not_ready")
            case "stall":
                self._engine.leave(Action.FAIL_OVER, "stall")
            case "ask_again":
                self._engine.ask()
            case "bridge":
                self._waiting.bridge()
            case "farewell":
                self._hang_up(self._state.hanging_up or "unresolved")
            case _:
                if self._farewell is None:
                    self._answering.give_way()
                    self._close("limit_goodbye", "unresolved")

    def _busy(self) -> bool:
        """Whether we speak, or are about to."""
        return self._outgoing.is_out or self._answering.under_way or self._engine.owed

    def _look_for_quiet(self) -> None:
        """All was said and heard: the floor is the caller's, and their silence counts from here."""
        state = self._state
        if state.floor in {Floor.INITIAL, Floor.ENDED}:
            return
        if self._busy():
            state.timers.clear("idle")
            return
        state.move(FloorEvent.NOTHING_SAID if state.floor is Floor.PROCESSING else FloorEvent.VOICE_ENDED)
        quiet = state.turns.speaking is None and not self._caller.keying and not state.device_away
        if quiet:
            self._engine.take_offer()
        if quiet and state.line.voice and self._incoming.listens and not state.timers.running("idle"):
            state.timers.set("idle", state.now + self._call.idle_prompt_s)

    def _close(self, phrase: str, otherwise: Outcome) -> None:
        """Say goodbye, and hang up once it was heard."""
        state = self._state
        if state.hanging_up is not None:
            return
        state.timers.clear("idle")
        state.hanging_up = otherwise
        if state.line.voice:
            state.timers.set("farewell", state.now + FAREWELL_S)
            self._farewell = self._outgoing.say(phrase)
        else:
            self._outgoing.say(phrase)
            self._hang_up(otherwise)

    def _phrase_over(self, say_id: int) -> None:
        if say_id == self._farewell and self._state.hanging_up is not None:
            self._hang_up(self._state.hanging_up)

    def _hang_up(self, otherwise: Outcome) -> None:
        self._state.out.append(HangUp(self._state.tally.outcome(otherwise)))
        self._end(otherwise)

    def _end(self, otherwise: Outcome) -> None:
        self._state.hanging_up = otherwise
        self._state.client = None
        self._danger.over()
        self._state.timers.clear_all()
        self._answering.lost()
        self._state.move(FloorEvent.ENDED)
        self._after_the_end(None)

    def _after_the_end(self, event: CallEvent | None) -> None:
        """Tools that still run are waited for: what they did belongs into the call's record."""
        state = self._state
        if isinstance(event, IntentFinished):
            self._answering.tool_answered(event.call_id, event.result)
        elif isinstance(event, IntentFailed):
            self._answering.tool_answered(event.call_id, UNAVAILABLE)
        if not (state.tools or state.own_tools) and state.hanging_up is not None:
            state.report(CallEnded(state.tally.outcome(state.hanging_up), state.tally.numbers))
            state.hanging_up = None
