"""The engine's answers, on their way to the caller.

An answer waits at a gate until the words it answers are known, so that danger is heard of first
(ADR 0004), and until our own voice has had its say. At its first output the policy follows: with
the same inputs it comes to the same context as the embedded engine.
"""

from collections import deque
from typing import Any, assert_never

import msgspec

from npcl_voice.conversation.commands import RunIntent, ToolAnswered, Transcript
from npcl_voice.conversation.dialogue import Returned
from npcl_voice.conversation.floor import FloorEvent
from npcl_voice.conversation.outgoing import Outgoing
from npcl_voice.conversation.state import CallState
from npcl_voice.realtime import happenings as model

__all__ = ["Answering", "Output"]

Output = model.AssistantText | model.AssistantAudio | model.MessageEnded | model.ToolCalled | model.ResponseEnded

RETRIES = 1
"""How often a failed answer is asked for again before the caller is told."""


class Answering:
    """The gate, and what goes through it."""

    def __init__(self, state: CallState, outgoing: Outgoing) -> None:
        self._state = state
        self._outgoing = outgoing
        self._gate: deque[Output] = deque()
        self._called = False
        self._followed: str | None = None
        self._wanted = False
        self._answered = False
        self._failures = 0

    @property
    def under_way(self) -> bool:
        """Whether an answer, or a tool that it needs, is under way."""
        client = self._state.client
        return bool(self._gate or self._state.tools or (client is not None and client.responding))

    def began(self) -> None:
        """The engine begins an answer."""
        self._outgoing.answer_heard = False
        self._called = False
        self._answered = False

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
        state.awaited.clear()
        while self._gate:
            self._let_through(self._gate.popleft())
        if state.client is not None and state.client.responding:
            state.send(state.client.cancel_response())
        self._outgoing.cut()
        if self._answered and not self._outgoing.answer_heard and not self._called:
            state.exchange.undo()
            self._answered = False

    def ask(self) -> None:
        """Ask for an answer to all that was put in; a tool that still runs will ask for it."""
        self._wanted = True
        if self._state.client is not None and not self._state.tools:
            self._state.send(self._state.client.request_response())

    def lost(self) -> None:
        """The engine is gone, and with it what it was about to say."""
        self._gate.clear()

    def words_known(self) -> None:
        """Words of the caller have come; if the answer to them began without them, follow it now."""
        if self._followed is not None and not self._wanted:
            self._hear()

    def _let_through(self, output: Output) -> None:
        if output.response_id != self._followed and not isinstance(output, model.ResponseEnded):
            self._followed = output.response_id
            self._wanted = False
            self._hear()
        match output:
            case model.AssistantText():
                if self._state.line.voice:
                    self._outgoing.words(output.item_id, output.content_index, output.delta)
            case model.AssistantAudio():
                self._outgoing.sound(output.item_id, output.content_index, output.data)
            case model.MessageEnded():
                self._message_ended(output)
            case model.ToolCalled():
                self._called = True
                self._state.tools[output.call_id] = (output.name, _object(output.arguments))
                facts = self._state.context.facts()
                self._state.out.append(RunIntent(output.call_id, output.name, output.arguments, facts))
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
        if exchange.waiting:
            exchange.answer()
            self._answered = True

    def _message_ended(self, ended: model.MessageEnded) -> None:
        if self._state.line.voice:
            self._outgoing.complete(ended.item_id)
        else:
            self._outgoing.answer_heard = True
            self._state.move(FloorEvent.VOICE_BEGAN)
            self._state.report(Transcript("assistant", ended.text))

    def _ended(self, ended: model.ResponseEnded) -> None:
        self._outgoing.complete_all()
        if ended.status != "failed":
            self._failures = 0
            return
        self._failures += 1
        if self._failures <= RETRIES:
            self.ask()
        else:
            self._failures = 0
            self._outgoing.say("trouble")

    def tool_answered(self, call_id: str, result: dict[str, Any]) -> str | None:
        """A tool has answered; its name, unless nobody asked for it."""
        state = self._state
        if call_id not in state.tools:
            return None
        name, arguments = state.tools.pop(call_id)
        state.report(ToolAnswered(name, arguments, result))
        state.tally.answered(name, result)
        if state.client is not None:
            state.inputs[f"tool {call_id}"] = Returned(name, result)
            state.send(state.client.tool_output(call_id, msgspec.json.encode(result).decode()))
        return name


def _object(arguments: str) -> dict[str, Any]:
    """The arguments as an object for the report; whatever is none is shown as text."""
    try:
        return msgspec.json.decode(arguments, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {"text": arguments}
