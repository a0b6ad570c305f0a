"""The tools that a session's answers ask for: each call made once, each answered once.

The service tells of a call up to three times, refuses an output whose call it does not know, and
answers without a tool's result when it is asked for the answer too early. A call of an earlier
session is put in again under an id of ours: theirs may be longer than a client may choose, and a
server that counts its calls makes the same one again.
"""

from collections.abc import Callable

import msgspec

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, item_id_of
from npcl_voice.realtime.recent import Recent

__all__ = ["Calls"]

_KEPT = 64
"""Calls whose words are kept, so that they can be put in again, and outputs that may still be refused."""

Step = tuple[list[h.Happening], list[e.ClientEvent]]


class Calls:
    """Which tools were asked for, and which have answered."""

    def __init__(self, next_id: Callable[[str], str]) -> None:
        self._next_id = next_id
        self._seen: Recent[None] = Recent()
        """Calls that the server told of: none is told of twice."""
        self._open: Recent[str] = Recent()
        """The items of the calls that the server knows and that have no output."""
        self._called_by: Recent[str] = Recent()
        """The calls by their items."""
        self._renamed: Recent[str] = Recent()
        """The ids by which the server knows the calls that we put in."""
        self._deleted: Recent[None] = Recent()
        """Items that were taken out."""
        self._by_response: Recent[tuple[str, ...]] = Recent()
        self._missing: Recent[None] = Recent()
        """Calls of answers that are over and whose outputs the next answer waits for."""
        self._words: Recent[FunctionCall] = Recent(_KEPT)
        self._outputs: Recent[FunctionCallOutput] = Recent(_KEPT)

    @property
    def missing(self) -> bool:
        """Whether an answer that is over has called a tool that has not answered."""
        return bool(self._missing)

    def called(self, response_id: str, call: FunctionCall, good: bool) -> Step:
        """A tool call that is to be made, once, or else taken out of the conversation: it has no answer.

        `good` tells whether the answer that it belongs to counts.
        """
        call_id, item_id = call.call_id, item_id_of(call)
        if (call_id and call_id in self._seen) or (item_id and item_id in self._deleted):
            return [], []
        if good and call.status in (None, "completed") and call_id and call.name:
            self._seen.put(call_id, None)
            self._renamed.take(call_id)
            self._await(call_id, item_id)
            self._words.put(call_id, call)
            self._by_response.put(response_id, (*(self._by_response.get(response_id) or ()), call_id))
            return [h.ToolCalled(response_id, item_id, call_id, call.name, call.arguments)], []
        return [], self._delete(item_id)

    def ended(self, response_id: str, good: bool) -> bool:
        """An answer is over: whether it called tools. The outputs of a `good` one are awaited."""
        calls = self._by_response.take(response_id) or ()
        for call_id in calls:
            if good and call_id in self._open:
                self._missing.put(call_id, None)
        return bool(calls)

    def replay(self, call_id: str, name: str, arguments: str) -> list[e.ClientEvent]:
        """Put in a call of an earlier session, before its output; nothing where the server waits for that already."""
        return [] if call_id in self._open else self._put_in(call_id, FunctionCall(name, arguments))

    def output(self, call_id: str, output: str) -> list[e.ClientEvent]:
        """Put in what a tool answered; nothing where the server does not know the call, or has its output."""
        if self._open.take(call_id) is None:
            return []
        self._missing.take(call_id)
        item = FunctionCallOutput(self._renamed.get(call_id) or call_id, output, id=self._next_id("item"))
        event_id = self._next_id("event")
        self._outputs.put(event_id, FunctionCallOutput(call_id, output))
        return [e.ConversationItemCreate(item, event_id=event_id)]

    def forget(self, item_id: str) -> None:
        """An item leaves the conversation; if it is a call, the server does not know it any more."""
        self._deleted.put(item_id, None)
        call_id = self._called_by.take(item_id)
        if call_id is not None and self._open.get(call_id) == item_id:
            self._open.take(call_id)
            self._missing.take(call_id)

    def refused(self, event_id: str | None) -> list[e.ClientEvent]:
        """The server has no call for an output: both are put in, once."""
        output = self._outputs.take(event_id or "")
        call = self._words.take(output.call_id) if output else None
        if output is None or call is None:
            return []
        put_in = self._put_in(output.call_id, FunctionCall(call.name, call.arguments))
        return [*put_in, *self.output(output.call_id, output.output)]

    def _put_in(self, call_id: str, call: FunctionCall) -> list[e.ClientEvent]:
        """Create a call's item, under ids of ours."""
        name, item_id = self._next_id("call"), self._next_id("item")
        self._renamed.put(call_id, name)
        self._await(call_id, item_id)
        item = msgspec.structs.replace(call, call_id=name, id=item_id, status="completed")
        return [e.ConversationItemCreate(item, event_id=self._next_id("event"))]

    def _await(self, call_id: str, item_id: str) -> None:
        """The server knows the call from now on."""
        self._open.put(call_id, item_id)
        self._called_by.put(item_id, call_id)

    def _delete(self, item_id: str) -> list[e.ClientEvent]:
        if not item_id or item_id in self._deleted:
            return []
        self._deleted.put(item_id, None)
        return [e.ConversationItemDelete(item_id, event_id=self._next_id("event"))]
