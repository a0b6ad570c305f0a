"""One session of random events: a client that is used as a conversation uses it, and a server of many moods.

What either side says is under way for a while, so they cross each other. All that the client saw,
did and said is in the record, in its order; the judge goes by that and by the server's truth.
"""

import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import session as s
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.codec import decode_server, encode
from tests.realtime.stranger import Stranger

DETECTION = s.ServerVad(0.5, 300, 500, None, False, False)
SETTINGS = s.SessionConfig(
    output_modalities=("audio",),
    instructions="Be brief.",
    audio=s.Audio(s.AudioInput(s.Pcm(), turn_detection=DETECTION), s.AudioOutput(s.Pcm(), voice="cedar")),
    tools=(s.FunctionTool("no_supply", "Report it", {"type": "object"}),),
    tool_choice="auto",
)
PATIENT = s.SessionConfig(
    audio=s.Audio(input=s.AudioInput(turn_detection=msgspec.structs.replace(DETECTION, silence_duration_ms=900)))
)
FEWER_TOOLS = s.SessionConfig(tools=())

MakeClient = Callable[[str], ClientSession]


class Did(NamedTuple):
    """What the conversation wanted of the client."""

    name: str
    value: Any


class Came(NamedTuple):
    """What the server said."""

    event: e.ServerEvent
    body: dict[str, Any]


class Sent(NamedTuple):
    """What the client said."""

    event: e.ClientEvent
    body: dict[str, Any]


class Told(NamedTuple):
    """What the client made of it."""

    happening: h.Happening


Entry = Did | Came | Sent | Told


class Talk:
    """A session from its first event to its last."""

    def __init__(self, seed: int, make: MakeClient = ClientSession) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.server = Stranger(self.chance)
        self.client = make("npcl")
        self.record: list[Entry] = []
        self.at_rest = False
        """Whether the session went on until both sides were at rest."""
        self.truth: list[str] = []
        """The conversation's items as the server had them at last."""
        self._way: deque[dict[str, Any]] = deque()
        self._ready = False
        self._running: list[str] = []
        """Tools that have not answered yet."""
        self._spoken: list[str] = []
        """Items of the assistant of which something was played."""

    def run(self) -> "Talk":
        """Hold the session."""
        self._do("configure", SETTINGS, lambda: self.client.configure(SETTINGS))
        for _ in range(self.chance.randrange(20, 120)):
            self._step()
        if self.chance.random() < 0.1:
            self.server.expire()
            self._deliver()
            return self
        self._rest()
        return self

    # The way between them.

    def _step(self) -> None:
        """One of the four who could do something does it."""
        kind = self.chance.randrange(10)
        if kind < 3 and self.server.out:
            self._receive(self.server.out.popleft())
        elif kind < 5 and self._way:
            self.server.take(self._way.popleft())
        elif kind < 8:
            self.server.move()
        else:
            self._act()

    def _deliver(self) -> None:
        """All that is under way arrives."""
        while self._way or self.server.out:
            if self._way:
                self.server.take(self._way.popleft())
            if self.server.out:
                self._receive(self.server.out.popleft())

    def _rest(self) -> None:
        """All that was begun comes to its end, and what it leads to."""
        for _ in range(40):
            self.server.finish()
            self._deliver()
            if self._running:
                self._tool_answers()
            elif not self.server.active and not self._way and not self.server.out:
                break
        self.at_rest = not self.server.active and not self._way and not self.server.out and not self._running
        self.truth = list(self.server.items)

    def _receive(self, body: dict[str, Any]) -> None:
        event = decode_server(msgspec.json.encode(body))
        self.record.append(Came(event, body))
        happened, to_send = self.client.receive(event)
        self.record += [Told(happening) for happening in happened]
        self._send(to_send)
        for happening in happened:
            self._happened(happening)

    def _send(self, events: Iterable[e.ClientEvent]) -> None:
        for event in events:
            body = msgspec.json.decode(encode(event))
            self.record.append(Sent(event, body))
            self._way.append(body)

    def _do(self, name: str, value: Any, what: Callable[[], list[e.ClientEvent]]) -> None:
        self.record.append(Did(name, value))
        self._send(what())

    # What a conversation does.

    def _happened(self, happening: h.Happening) -> None:
        match happening:
            case h.SessionReady():
                self._ready = True
                if self.chance.random() < 0.3:
                    self._replay()
            case h.CallerStarted():
                if self.chance.random() < 0.6:
                    self._give_way()
            case h.TurnCommitted() if self.chance.random() < 0.8:
                self._ask()
            case h.AssistantAudio():
                self._spoken = [*self._spoken[-5:], happening.item_id]
                if self.chance.random() < 0.15:
                    self._give_way()
            case h.ToolCalled():
                self._running.append(happening.call_id)
            case h.ResponseEnded() if happening.status == "failed" and self.chance.random() < 0.5:
                self._ask()
            case _:
                pass

    def _act(self) -> None:
        """Something that a caller, a tool or a timer leads to."""
        acts = [self._listen, self._key, self._note, self._turn_over, self._change, self._cut, self._cut, self._odd]
        if self._running:
            acts += [self._tool_answers] * 6
        self.chance.choice(acts)()

    def _replay(self) -> None:
        """What was said before, in an earlier session."""
        call_id = "call_" + "y" * self.chance.choice([1, 40])
        self._do("text", "user", lambda: self.client.user_text("no power"))
        self._do("text", "assistant", lambda: self.client.assistant_text("One moment."))
        self._do("replay", call_id, lambda: self.client.function_call(call_id, "no_supply", "{}"))
        self._do("output", call_id, lambda: self.client.tool_output(call_id, '{"ok":true}'))

    def _ask(self) -> None:
        """As a conversation asks: when no tool runs, or, being hasty, though one does."""
        if not self._running or self.chance.random() < 0.2:
            self._do("request", None, self.client.request_response)

    def _give_way(self) -> None:
        if self.client.responding:
            self._do("cancel", None, self.client.cancel_response)
        self._cut()

    def _cut(self) -> None:
        """Tell what was heard of something; what the player says need not be right."""
        items = [*self._spoken * 3, *self.client.order()[-2:], "item_unknown"]
        item_id, ms = self.chance.choice(items), self.chance.choice([-5, 0, 10, 60, 90, 5000])
        self._do("truncate", item_id, lambda: self.client.truncate(item_id, 0, ms))

    def _tool_answers(self) -> None:
        call_id = self._running.pop(self.chance.randrange(len(self._running)))
        self._do("output", call_id, lambda: self.client.tool_output(call_id, '{"ok":true}'))
        if not self._running:
            self._ask()

    def _listen(self) -> None:
        if self._ready:
            data = bytes([self.chance.randrange(256)]) * 960
            self._do("append", data, lambda: self.client.append(data))

    def _key(self) -> None:
        self._give_way()
        self._do("text", "user", lambda: self.client.user_text("[keypad] 000054321"))
        self._ask()

    def _note(self) -> None:
        self._do("text", "system", lambda: self.client.system_text("A note."))

    def _turn_over(self) -> None:
        kind = self.chance.choice(["commit", "clear", "cancel"])
        what = {"commit": self.client.commit, "clear": self.client.clear, "cancel": self.client.cancel_response}
        self._do(kind, None, what[kind])

    def _change(self) -> None:
        settings = self.chance.choice([PATIENT, PATIENT, SETTINGS, FEWER_TOOLS])
        self._do("configure", settings, lambda: self.client.configure(settings))

    def _odd(self) -> None:
        """What a conversation should not do, and a session must not mind."""
        items = [item_id for item_id in self.client.order() if item_id not in self._spoken]
        if self.chance.random() < 0.5 or not items:
            self._do("output", "call_unknown", lambda: self.client.tool_output("call_unknown", "{}"))
        else:
            item_id = self.chance.choice(items)
            self._do("delete", item_id, lambda: self.client.delete_item(item_id))
