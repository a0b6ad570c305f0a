"""What the caller puts into a call: speech, keys and typed lines, each of them once, to be answered.

Speech over our voice pauses it, and its words decide whether it was a turn (ADR 0004).
"""

from collections.abc import Callable

from npcl_voice.config import Call
from npcl_voice.config import Turns as TurnSettings
from npcl_voice.conversation.answering import Answering
from npcl_voice.conversation.commands import Latency, Transcript
from npcl_voice.conversation.dialogue import Keyed, Spoken, Typed, Unheard
from npcl_voice.conversation.incoming import Incoming
from npcl_voice.conversation.keypad import KEYS, Keypad
from npcl_voice.conversation.marks import marked
from npcl_voice.conversation.outgoing import Outgoing, milliseconds
from npcl_voice.conversation.questions import expectation_of
from npcl_voice.conversation.state import CallState
from npcl_voice.conversation.turns import Verdict

__all__ = ["CallerSide", "Wishes"]

MAX_TYPED_CHARS = 2_000
"""A typed line is cut here; nobody types more in one turn."""


class Wishes:
    """What the caller's side asks of the call as a whole."""

    def __init__(
        self,
        busy: Callable[[], bool],
        give_way: Callable[[], None],
        ask: Callable[[], None],
        look_for_danger: Callable[[str], None],
        no_turn: Callable[[], None],
    ) -> None:
        """Whether we speak or are about to; stop for the caller; ask for an answer; see whether words mean
        danger; go on after speech that was no turn.
        """
        self.busy = busy
        self.give_way = give_way
        self.ask = ask
        self.look_for_danger = look_for_danger
        self.no_turn = no_turn


class CallerSide:
    """The caller's side of the conversation."""

    def __init__(
        self,
        state: CallState,
        incoming: Incoming,
        outgoing: Outgoing,
        answering: Answering,
        *,
        call: Call,
        turns: TurnSettings,
        wishes: Wishes,
    ) -> None:
        self._state = state
        self._incoming = incoming
        self._outgoing = outgoing
        self._answering = answering
        self._call = call
        self._settings = turns
        self._wishes = wishes
        self._keypad = Keypad()
        self._puts = 0

    @property
    def keying(self) -> bool:
        """Whether keys were pressed that are no answer yet."""
        return self._keypad.pending

    # What is put in by hand.

    def typed(self, text: str) -> None:
        """The caller typed a line."""
        text = text.strip()[:MAX_TYPED_CHARS]
        if text and self._state.answered is not None:
            self._wishes.give_way()
            self._put_in(Typed(text))

    def keyed(self, key: str) -> None:
        """The caller pressed a key; our voice waits until it is clear what for."""
        if key not in KEYS:
            return
        self._state.timers.clear("idle", "keypad")
        if self._outgoing.is_out:
            self._outgoing.pause()
        digits = self._keypad.press(key, expectation_of(self._state.context.question))
        self._state.keying = self._keypad.pending
        if digits is not None:
            self.keys_complete(digits)
        elif self._keypad.pending:
            self._state.timers.set("keypad", self._state.now + self._call.keypad_timeout_s)
        else:
            self.resume()

    def no_more_keys(self) -> None:
        """No further key came: what was pressed is the answer."""
        digits, self._state.keying = self._keypad.take(), False
        self.keys_complete(digits)

    def keys_complete(self, digits: str) -> None:
        """These digits are an answer."""
        spoken = self._state.turns.speaking
        if spoken is not None:
            self._state.send(self._state.engine.commit())  # what was spoken of it comes first
            self._state.turns.take(spoken)
        self._wishes.give_way()
        if spoken is not None:
            self._state.expect_words(spoken)
            self._await(spoken)
        self._put_in(Keyed(digits))

    def _put_in(self, put: Typed | Keyed) -> None:
        """Give the engine an item of the caller's, and ask for the answer; without one the next engine gets it."""
        state, text = self._state, marked(put)
        self._puts += 1
        if state.client is not None:
            state.send(state.client.user_text(text))
        state.history.heard(put)
        state.ledger.told(text)
        if isinstance(put, Typed):
            state.heard.append(text)
        state.exchange.listen(put)
        state.inputs[f"put {self._puts}"] = put
        state.turn_ended_at = state.now
        state.report(Transcript("caller", text))
        self._wishes.look_for_danger(text)
        self._wishes.ask()

    # What an engine makes of the sound.

    def started(self, item_id: str, audio_start_ms: int) -> None:
        """The engine noticed that the caller speaks; over our voice that is no turn yet."""
        started_ms = audio_start_ms + min(audio_start_ms, self._settings.prefix_padding_ms)
        self._state.timers.clear("idle", "ask_again")
        # What was handed on was said before a request for patience that is heard now: it is no answer to that.
        over_voice = self._outgoing.says_something if self._incoming.handing_on else self._wishes.busy()
        self._state.turns.started(item_id, started_ms, over_voice=over_voice)
        self._incoming.turn_began(item_id, audio_start_ms)
        if over_voice:
            if self._outgoing.sounding:
                waited = self._state.now - self._incoming.time_of(started_ms)
                self._state.report(Latency("barge_in", milliseconds(waited)))
            self._outgoing.pause()

    def stopped(self, item_id: str, audio_end_ms: int) -> None:
        """The engine noticed the end of it."""
        self._state.turn_ended_at = self._incoming.time_of(audio_end_ms)
        self._incoming.turn_stopped(item_id, audio_end_ms)
        if self._state.turns.stopped(item_id, audio_end_ms) is Verdict.RESUME:
            self.resume()

    def committed(self, item_id: str) -> None:
        """The turn is an item now; its words may come later."""
        verdict = self._state.turns.committed(item_id)
        self._incoming.turn_committed(item_id)
        if verdict is Verdict.RESUME:
            self._forget(item_id)
            return
        self._state.expect_words(item_id)
        if verdict is Verdict.TAKE and item_id not in self._state.taken:
            self._take(item_id)

    def heard(self, item_id: str, text: str) -> None:
        """Its words are known; empty where nothing could be made of them."""
        verdict = self._state.turns.heard(item_id, text)
        self._incoming.turn_known(item_id)
        if item_id not in self._state.inputs:
            return
        if verdict is Verdict.RESUME:
            self._forget(item_id)
            self.resume()
            return
        if item_id not in self._state.taken:
            self._wishes.give_way()
            self._take(item_id)
        self._state.inputs[item_id] = Spoken(text) if text else Unheard()
        self._state.awaited.discard(item_id)
        if not self._state.awaited:
            self._state.timers.clear("hold")
        self._answering.words_known()
        if text:
            self._state.exchange.listen(Spoken(text))
            self._state.history.heard(Spoken(text))
            self._state.heard.append(text)
            self._state.ledger.told(text)
            self._state.report(Transcript("caller", text))
            self._wishes.look_for_danger(text)

    def _take(self, item_id: str) -> None:
        """The turn is the caller's: an answer is wanted, and waits for the words."""
        self._await(item_id)
        self._wishes.ask()

    def _await(self, item_id: str) -> None:
        self._state.taken.add(item_id)
        self._state.awaited.add(item_id)
        self._state.timers.set("hold", self._state.now + self._settings.hold_first_sound_ms / 1000)

    def _forget(self, item_id: str) -> None:
        """It was no turn: nobody is to answer it."""
        self._state.inputs.pop(item_id, None)
        self._state.turn_ended_at = None
        self._incoming.turn_known(item_id)
        self._state.send(self._state.engine.delete_item(item_id))
        self._wishes.no_turn()

    def resume(self) -> None:
        """Go on speaking, unless something else of the caller's is undecided."""
        if not self._state.turns.undecided and not self._keypad.pending:
            self._outgoing.resume()
