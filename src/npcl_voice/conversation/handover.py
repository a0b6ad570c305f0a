"""Which engine the call talks with: how it joins, what it is told, and how the call leaves it.

An engine that breaks, refuses or falls silent is left, and the next one goes on with the same matter:
it gets our settings, the talk so far, the facts block, what is not answered yet, and what the caller
said while nobody listened. Who the next one is decides the link; when and why is decided here.
"""

from collections.abc import Callable
from typing import Literal

from npcl_voice.audio.frame import Format
from npcl_voice.config import Call
from npcl_voice.config import Turns as TurnSettings
from npcl_voice.conversation.answering import Answering
from npcl_voice.conversation.brief import who_we_are
from npcl_voice.conversation.commands import ChangeEngine, EngineChanged
from npcl_voice.conversation.context import Matter
from npcl_voice.conversation.dialogue import Heard, Policy, Returned
from npcl_voice.conversation.events import EngineOffered, ModelJoined, ModelLost, Traits
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.history import put_again
from npcl_voice.conversation.incoming import Incoming
from npcl_voice.conversation.outgoing import Outgoing
from npcl_voice.conversation.playback import ItemId
from npcl_voice.conversation.recorded import RecordedPolicy
from npcl_voice.conversation.session import asked_of, silence_for, with_recogniser, with_silence, written_in
from npcl_voice.conversation.state import CallState
from npcl_voice.realtime import happenings as model
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.failures import action_of
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.session import SessionConfig

__all__ = ["Handover"]

HINT_S = 1.0
"""A wait that the provider asks for and that is not longer is waited for; then another engine is quicker."""
UNNOTICED_S = 1.0
"""An engine has noticed speech by then, if it is any; they take some tenths of a second."""
SETTLE_S = 1.0
"""An engine that has let us in has at least so long for accepting our settings."""
TWICE_S = 10.0
"""Errors of the same session within so much time are one illness."""

WORDS: dict[Action, Literal["retry", "fail_over", "stop"]] = {Action.RETRY: "retry", Action.STOP: "stop"}
"""All else: `fail_over`."""


class Handover:
    """From one engine to the next."""

    def __init__(
        self,
        state: CallState,
        incoming: Incoming,
        outgoing: Outgoing,
        answering: Answering,
        *,
        call: Call,
        turns: TurnSettings,
        session: Callable[[Format, bool], SessionConfig],
        none_left: Callable[[], None],
    ) -> None:
        """`session` gives the settings for a line; `none_left` is called when no engine goes on."""
        self._state = state
        self._incoming = incoming
        self._outgoing = outgoing
        self._answering = answering
        self._call = call
        self._turns = turns
        self._session = session
        self._none_left = none_left
        self._policy = state.exchange.policy
        self._traits = Traits()
        self._owed = False
        self._offer: EngineOffered | None = None
        self._silence_ms = turns.silence_ms_any
        self._language = state.context.language
        self._failures = 0
        self._erred_at: float | None = None

    @property
    def owed(self) -> bool:
        """Whether the caller waits for an answer that no engine has been asked for yet."""
        return self._owed or (self._answering.wanted and not self._answering.asked)

    @property
    def embedded(self) -> bool:
        """Whether the engine's model is our own dialogue policy."""
        return self._traits.embedded

    def ask(self) -> None:
        """Ask for an answer to all that was put in; without an engine, the next one is asked."""
        self._owed = False
        self._answering.ask(opens=self._traits.embedded)

    def ask_if_owed(self) -> None:
        """What was handed on was no turn: what is owed besides is asked for all the same."""
        if self._owed and self._incoming.listens:
            self.ask()

    # Joining.

    def opened(self) -> None:
        """The line is open: the engine, if there is one, is told of it."""
        if self._state.client is not None:
            self._brief(self._state.client)
        self._await_engine()

    def joined(self, event: ModelJoined) -> None:
        """Another engine has let us in."""
        state = self._state
        if state.client is not None:
            self._let_go()
        state.client = ClientSession()
        state.session += 1
        self._traits = event.traits
        state.embedded = event.traits.embedded
        state.exchange.policy = self._policy_beside(event.traits)
        self._failures, self._erred_at, self._silence_ms = 0, None, self._turns.silence_ms_any
        state.report(EngineChanged(event.engine, event.reason))
        if state.answered is not None:
            self._brief(state.client)
            at = state.now + SETTLE_S  # it may have been let in late
            if not state.timers.running("engine") or (state.timers.at("engine") or 0.0) < at:
                state.timers.set("engine", at)

    def _policy_beside(self, traits: Traits) -> Policy:
        """The policy that comes to what that engine comes to."""
        if traits.opens:
            return RecordedPolicy.of(self._policy)
        return self._policy if traits.embedded else self._policy.watching()

    def _brief(self, client: ClientSession) -> None:
        """Our settings, then all that the engine must know to go on where the last one was."""
        state, embedded = self._state, self._traits.embedded
        self._language = state.context.language
        settings = self._settings()
        state.send(client.configure(settings))
        if not embedded:
            state.ledger.briefed(settings.instructions or "", (who_we_are(), *state.book.every_phrase()))
        waiting = [*state.exchange.take_waiting(), *(heard for heard in state.inputs.values() if heard is not None)]
        if not embedded:
            state.send(state.history.replay(client, waiting))
        called = any(isinstance(heard, Returned) for heard in waiting)
        if called:  # what is on its way came before the call
            self._tell_what_is_said(client)
        if state.context != state.book.opening():
            state.send(client.system_text(write_facts(state.context)))
        state.inputs = {f"again {at}": heard for at, heard in enumerate(waiting)}
        for heard in waiting:
            state.send(put_again(heard, state.history, client, embedded=embedded))
        if not called:  # the answer goes on where it broke off
            self._tell_what_is_said(client)

    def _tell_what_is_said(self, client: ClientSession) -> None:
        if self._traits.embedded:
            return
        for words in self._outgoing.on_air():
            if isinstance(words.speaker, ItemId) and words.text:
                self._state.send(client.assistant_text(words.text))

    def ready(self) -> None:
        """The engine has taken our settings: it hears what the caller said meanwhile, and answers what is owed."""
        state = self._state
        state.timers.clear("engine")
        ended_at, speaking = self._incoming.ended_at, self._incoming.speaking
        if self._incoming.engine_listens():
            state.turn_ended_at, state.asked_at = ended_at, state.now
            state.send(state.engine.commit())  # its answer answers what is owed, too
        elif (self.owed or self._traits.opens) and not self._answering.asked:
            if speaking:  # the answer waits for what is being said, unless the engine hears nothing in it
                self._owed = True
                state.timers.set("ask_again", state.now + UNNOTICED_S)
            else:
                self.ask()
        else:
            self._owed = False

    def tune(self) -> None:
        """Tell a remote engine how long a pause may be in the answer to the open question, and a language that is
        spoken now.
        """
        state = self._state
        if state.client is None or not self._incoming.listens or self._traits.embedded or not state.line.voice:
            return
        silence_ms = silence_for(state.context.question, self._turns)
        if silence_ms != self._silence_ms:
            self._silence_ms = silence_ms
            state.send(state.client.configure(with_silence(self._settings(), silence_ms)))
        if state.context.language != self._language:
            self._language = state.context.language
            if (settings := with_recogniser(self._settings())) is not None:
                state.send(state.client.configure(settings))

    def _settings(self) -> SessionConfig:
        """What this engine is asked for, in the language of the call."""
        state = self._state
        settings = asked_of(self._session(state.line.format, state.line.voice), self._traits)
        return settings if state.book.follows else written_in(settings, state.context.language)

    # Leaving.

    def lost(self, event: ModelLost) -> None:
        """The engine is gone."""
        self._let_go()
        if event.final:
            self._none_left()
        else:
            self._change(WORDS.get(action_of(event.code), "fail_over"), event.code)

    def leave(self, action: Action, code: str, *, failed: bool = False, retry_after_s: float | None = None) -> None:
        """This session is of no more use; with `failed`, its last answer was none.

        `retry_after_s` is how long its server wants to be left alone, where it has said so.
        """
        self._let_go(failed=failed)
        self._change(WORDS.get(action, "fail_over"), code, retry_after_s)

    def offered(self, event: EngineOffered) -> None:
        """A better or fresher session stands ready, or does no longer; it is taken when nobody speaks."""
        self._offer = event if event.engine else None

    def take_offer(self) -> None:
        """Nobody speaks, and nothing is under way: now is the time to go over."""
        state = self._state
        unanswered = any(heard is not None for heard in state.inputs.values())
        waits = unanswered or state.awaited or state.turn_ended_at is not None
        if self._offer is None or not self._incoming.listens or waits:
            return
        self._let_go()
        self._change("offered", "offered")

    def _let_go(self, *, failed: bool = False) -> None:
        """Nothing more comes from it. What the caller said to it and nobody wrote down is kept."""
        state = self._state
        known: dict[str, Heard | None] = {
            item_id: heard for item_id, heard in state.inputs.items() if heard is not None
        }
        owed = self._answering.lost(failed=failed)
        self._owed = owed or self._owed or failed or bool(known)
        self._incoming.engine_gone()
        state.inputs = known
        state.awaited.clear()
        state.timers.clear("hold", "stall", "ask_again")
        state.client = None
        state.new_turns()
        self._offer = None
        # What the caller says or keys over our voice will decide whether it goes on.
        if not self._incoming.holds_speech and not state.keying:
            self._outgoing.resume()

    def _change(
        self,
        action: Literal["retry", "fail_over", "stop", "offered"],
        code: str,
        retry_after_s: float | None = None,
    ) -> None:
        if self._state.hanging_up is not None:
            return  # the farewell needs no engine
        self._state.out.append(ChangeEngine(action, code, self._urgency(), retry_after_s))
        if action != "retry" or not self._state.timers.running("engine"):
            self._await_engine()

    def _await_engine(self) -> None:
        if self._state.answered is not None and not self._incoming.listens:
            self._state.timers.set("engine", self._state.now + self._call.engine_ready_ms / 1000)

    def _urgency(self) -> int:
        """Danger first, then complaints in progress."""
        context = self._state.context
        if self._state.danger or context.goal == "hazard" or self._state.tally.outcome("unresolved") == "emergency":
            return 0
        return 1 if context.matter is Matter.COMPLAINT else 2

    # What an engine reports of itself.

    def fault(self, fault: model.Fault) -> None:
        """It refused something, or is ill."""
        if fault.action in {Action.STOP, Action.FAIL_OVER} or fault.code == "session_expired":
            self.leave(fault.action, fault.code)
        elif fault.action is Action.RETRY:
            erred_at, self._erred_at = self._erred_at, self._state.now
            if erred_at is not None and self._state.now - erred_at <= TWICE_S:
                self.leave(Action.RETRY, fault.code)

    def answer_over(self, ended: model.ResponseEnded) -> None:
        """An answer is over. One that failed is asked for once more, then in another session."""
        if ended.status == "completed":
            for item_id in self._answering.unknown:  # they are answered, whatever was said in them
                self._incoming.turn_known(item_id)
        if ended.status != "failed" or self._state.hanging_up is not None:
            self._failures = 0
            return
        self._failures += 1
        wait_s = ended.retry_after_s or 0.0
        code = ended.error_code or "failed"
        if ended.action is Action.STOP:
            self.leave(Action.STOP, code, failed=True)
        elif wait_s > HINT_S:
            self.leave(Action.FAIL_OVER, code, failed=True, retry_after_s=wait_s)
        elif self._failures > 1:
            self.leave(Action.RETRY, code, failed=True)
        elif wait_s:
            self._owed = True
            self._state.timers.set("ask_again", self._state.now + wait_s)
        else:
            self.ask()
