"""The engine's answers, on their way to the caller.

An answer waits at a gate until the words it answers are known, so that danger is heard of first
(ADR 0004), and until our own voice has had its say. At its first output the policy follows: with
the same inputs it comes to the same context as the embedded engine.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, assert_never

import msgspec

from npcl_voice.conversation.briefing import LAST_WORDS, TOLD, briefing_of
from npcl_voice.conversation.commands import Failed, HandedOver, RunIntent, ToolAnswered, Transcript
from npcl_voice.conversation.correcting import Correcting
from npcl_voice.conversation.dialogue import Returned
from npcl_voice.conversation.floor import FloorEvent
from npcl_voice.conversation.outgoing import Outgoing, Retracted
from npcl_voice.conversation.state import CallState
from npcl_voice.realtime import happenings as model

__all__ = ["Answering", "Output"]

WHOLE = ("completed", "incomplete")
"""How an answer ends that was neither cancelled nor failed."""

Output = model.AssistantText | model.AssistantAudio | model.MessageEnded | model.ToolCalled | model.ResponseEnded


class Answering:
    """The gate, and what goes through it."""

    def __init__(self, state: CallState, outgoing: Outgoing, over: Callable[[model.ResponseEnded], None]) -> None:
        """`over` is told of the end of each answer, which may have failed."""
        self._state = state
        self._outgoing = outgoing
        self._over = over
        self._correcting = Correcting(state, outgoing, self.ask)
        self._taken_back = ""
        """The answer of which nothing more is heard: something in it was a lie."""
        self._gate: deque[Output] = deque()
        self._called = False
        self._followed: str | None = None
        self._gave = False
        """Whether the caller gets anything of the answer that is followed: sound, a message to read, a tool's work."""
        self._wanted = False
        self._answered = False
        self._open = False
        self._opens = False
        self._asked_here: dict[str, str] = {}
        """The ids that this session has given to its calls of tools that run, by ours."""
        self._unknown: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The turns that the latest answer is to, and whose words were not known when it began."""
        return self._unknown

    @property
    def under_way(self) -> bool:
        """Whether an answer, or a tool that it needs, is under way."""
        return bool(self._gate or self._state.tools or self.asked)

    @property
    def asked(self) -> bool:
        """Whether the engine was asked for an answer that it has not ended."""
        client = self._state.client
        return client is not None and client.responding

    @property
    def wanted(self) -> bool:
        """Whether an answer is wanted of which nothing has come yet."""
        return self._wanted

    def began(self) -> None:
        """The engine begins an answer."""
        self._outgoing.answer_heard = False
        self._called = False
        self._answered = False
        self._unknown = tuple(item_id for item_id, heard in self._state.inputs.items() if heard is None)

    def new_turn(self) -> None:
        """The caller's turn is to be answered."""
        self._correcting.new_turn()

    def take(self, output: Output) -> None:
        """Something of an answer has come."""
        if isinstance(output, model.ToolCalled) and not self._state.awaited:
            self._let_through(output)  # nobody hears it, so it need not wait for our own voice
            return
        self._gate.append(output)
        self.open_gate()

    def open_gate(self) -> None:
        """Let the answer through, unless words of the caller or of our own must come first."""
        while self._gate and not self._state.awaited and not self._outgoing.rendering:
            self._let_through(self._gate.popleft())

    def give_way(self) -> None:
        """The caller's turn counts: stop, cancel, and truncate at what was heard.

        An answer of which nothing was heard and that called no tool is forgotten on both sides;
        what led to it is answered together with the new turn.
        """
        state = self._state
        self._wanted = False
        state.awaited.clear()
        while self._gate:
            self._let_through(self._gate.popleft())
        if state.client is not None and state.client.responding:
            state.send(state.client.cancel_response())
        self._outgoing.cut()
        if self._answered and not self._outgoing.answer_heard and not self._called:
            state.exchange.undo()
            self._answered = False

    def ask(self, *, opens: bool = False) -> None:
        """Ask for an answer to all that was put in; a tool that still runs will ask for it.

        `opens` for an engine whose model is the policy: with nothing put in it has a move of its own.
        """
        self._wanted = True
        self._opens = opens
        self._state.timers.clear("ask_again")
        if self._state.client is not None and not self._state.tools:
            self._state.asked_at = self._state.now
            self._state.send(self._state.client.request_response())

    def lost(self, *, failed: bool = False) -> bool:
        """The engine is gone, and with it what it was about to say. Whether an answer is still owed.

        What has come of its sound is heard to its end. Unless it called a tool, an answer that is not
        whole, or `failed`, is given anew, as if nobody had begun it.
        """
        owed = self._wanted or self._open or bool(self._gate) or self.asked
        self._gate.clear()
        self._outgoing.break_off()
        if (self._open or failed) and self._answered and not self._called:
            self._state.exchange.undo()
        self._open = self._answered = self._wanted = False
        self._followed = None
        self._asked_here.clear()
        return owed

    def words_known(self) -> None:
        """Words of the caller have come; if the answer to them began without them, follow it now."""
        if self._followed is not None and not self._wanted:
            self._hear()

    def _let_through(self, output: Output) -> None:
        if output.response_id != self._followed and not isinstance(output, model.ResponseEnded):
            self._followed = output.response_id
            self._gave = False
            self._wanted = False
            self._open = True
            self._hear()
        taken_back = output.response_id != "" and output.response_id == self._taken_back
        match output:
            case model.AssistantText():
                if self._state.line.voice and not taken_back:
                    self._hold(output, self._outgoing.words(output.item_id, output.content_index, output.delta))
            case model.AssistantAudio():
                self._gave = True
                if not taken_back:
                    self._outgoing.sound(output.item_id, output.content_index, output.data)
            case model.MessageEnded():
                if not taken_back:
                    self._message_ended(output)
            case model.ToolCalled():
                self._called = self._gave = True
                self._run(output)
            case model.ResponseEnded():
                self._ended(output)
            case _:
                assert_never(output)

    def _hear(self) -> None:
        exchange, inputs = self._state.exchange, self._state.inputs
        for item_id, heard in list(inputs.items()):
            if heard is not None:
                exchange.hear(heard)
                del inputs[item_id]
        if exchange.waiting or (self._opens and not inputs):
            move = exchange.answer()
            if move.error is not None:
                self._state.report(Failed("policy", move.error))
            self._answered = True
        self._opens = False

    def _message_ended(self, ended: model.MessageEnded) -> None:
        if self._state.line.voice:
            self._hold(ended, self._outgoing.complete(ended.item_id))
            return
        text, lie = self._outgoing.reads(ended.text)
        if text:
            self._outgoing.answer_heard = self._gave = True
            self._state.move(FloorEvent.VOICE_BEGAN)
            self._state.turn_ended_at = None
            self._state.history.said(text)
            self._state.report(Transcript("assistant", text))
        if lie is not None:
            self._hold(ended, Retracted(lie, heard=False))

    def _hold(self, output: Output, retracted: Retracted | None) -> None:
        """A sentence of the answer was taken back: it is cancelled, and asked for anew."""
        if retracted is None:
            return
        state = self._state
        self._taken_back, self._gave = output.response_id, True
        if state.client is not None and state.client.responding:
            state.send(state.client.cancel_response())
        self._correcting.correct(retracted.lie, heard=retracted.heard)

    def _ended(self, ended: model.ResponseEnded) -> None:
        self._open = False
        self._hold(ended, self._outgoing.complete_all())
        if not self.asked and not self._state.tools:
            self._wanted = False
        got = ended.response_id == self._followed and self._gave
        if ended.status in WHOLE and not got:  # the caller waits for more than that
            ended = msgspec.structs.replace(ended, status="failed", error_code="empty")
        self._over(ended)

    def _run(self, called: model.ToolCalled) -> None:
        state = self._state
        key = state.call_key(called.call_id)
        self._asked_here[key] = called.call_id
        state.tools[key] = (called.name, arguments := _object(called.arguments))
        if called.name == "hazard":
            state.raised.add(str(arguments.get("kind")))
        state.history.called(key, called.name, called.arguments)
        state.out.append(RunIntent(key, called.name, called.arguments, state.context.facts()))

    def run_own(self, key: str, name: str, arguments: dict[str, str]) -> None:
        """Call a tool that no engine has asked for; the engine gets call and answer as items, and is not asked."""
        state = self._state
        text = msgspec.json.encode(arguments).decode()
        state.own_tools[key] = (name, dict(arguments))
        state.history.called(key, name, text)
        state.out.append(RunIntent(key, name, text, state.context.facts()))

    def _own_answered(self, key: str, result: dict[str, Any]) -> None:
        state = self._state
        name, arguments = state.own_tools.pop(key)
        state.report(ToolAnswered(name, arguments, result))
        state.ledger.returned(name, arguments, result)
        state.tally.answered(name, result)
        output = msgspec.json.encode(result).decode()
        called = state.history.answered(key, output)
        assert called is not None  # it was called above
        if state.client is not None:
            state.inputs[f"tool {key}"] = Returned(name, result)
            state.send(state.client.function_call(key, called.name, called.arguments))
            state.send(state.client.tool_output(key, output))

    def tool_answered(self, call_id: str, result: dict[str, Any]) -> str | None:
        """A tool has answered; its name, unless nobody asked for it."""
        state = self._state
        if call_id in state.own_tools:
            self._own_answered(call_id, result)
            return None
        if call_id not in state.tools:
            return None
        name, arguments = state.tools.pop(call_id)
        state.report(ToolAnswered(name, arguments, result))
        state.ledger.returned(name, arguments, result)
        phone = state.context.confirmed("phone") or state.line.caller_number
        state.tally.answered(name, result, phone)
        if result.get("ok") is True:
            self._done(name, arguments, result)
        output = msgspec.json.encode(result).decode()
        called = state.history.answered(call_id, output)
        state.inputs[f"tool {call_id}"] = Returned(name, result)
        own_id = self._asked_here.pop(call_id, None)
        if state.client is not None and called is not None:
            if own_id is None:  # another session has called it
                state.send(state.client.function_call(call_id, called.name, called.arguments))
            state.send(state.client.tool_output(own_id or call_id, output))
        return name

    def _done(self, name: str, arguments: dict[str, Any], result: dict[str, Any]) -> None:
        state = self._state
        if name == "report_theft":
            state.heard.clear()  # nothing that is handed on later leads from this call to the report
        elif name == "agent":
            told = briefing_of(state.context, tuple(state.heard), {})
            facts = {name: value for name, value in state.context.facts().items() if name in TOLD}
            state.report(
                HandedOver(
                    reason=str(arguments.get("reason") or "asked"),
                    summary=told.summary,
                    facts={name: (value, told.sources[name]) for name, value in facts.items()},
                    last_words=told.heard[-LAST_WORDS:],
                    hazard=told.hazard,
                    window=str(result.get("window") or ""),
                )
            )


def _object(arguments: str) -> dict[str, Any]:
    """The arguments as an object for the report; whatever is none is shown as text."""
    try:
        return msgspec.json.decode(arguments, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {"text": arguments}
