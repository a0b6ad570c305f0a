"""A call and an engine behind a Realtime server, joined in memory: both come to the same."""

import msgspec
import pytest

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.config import Call, Turns
from npcl_voice.conversation.commands import CallEnded, HangUp, Report, RunIntent, SendToModel, Transcript
from npcl_voice.conversation.dialogue import Policy, Returned
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerKeyed,
    CallerText,
    IntentFinished,
    ModelJoined,
    ModelSent,
    Traits,
)
from npcl_voice.conversation.exchange import Exchange
from npcl_voice.conversation.machine import Conversation
from npcl_voice.conversation.marks import unmarked
from npcl_voice.conversation.phrases import PhraseBook, load_phrases
from npcl_voice.conversation.session import session_for
from npcl_voice.intents import INTENTS
from npcl_voice.realtime import orders
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, text_of
from npcl_voice.realtime.server import ServerSession
from tests.conversation.talk import TOOLS, understander

RESULTS = {
    "no_supply": {"ok": True, "complaint_number": "000054324", "repeat": False, "outage": None},
    "hazard": {"ok": True, "complaint_number": "000054325", "place": None},
    "complaint_status": {"ok": True, "complaint_number": "000054321", "status": "resolved"},
    "agent": {"ok": True, "window": "within 30 minutes"},
    "repeat": {"ok": True, "said": ""},
    "bye": {"ok": True},
}
MISSING = {"ok": False, "reason": "need_place", "own": False, "area": None, "outage": None}
"""Where it is, is not known."""


class Joined:
    """Both sides of a written call; the engine answers when it is told to."""

    def __init__(self):
        policy = Policy(understander().understand, TOOLS)
        self.phrases = load_phrases("en")
        self.server = ServerSession("sess_1", "npcl-local", 0)
        self.exchange = Exchange(policy)
        self.wanted = []
        self.tools = []
        self.read = []
        self.outcome = None
        self.call = Conversation(
            policy=policy,
            book=PhraseBook.of(self.phrases),
            turns=Turns(),
            call=Call(),
            session=lambda line, voice: session_for(
                line,
                voice=voice,
                turns=Turns(),
                tools=tuple(intent.tool() for intent in INTENTS.values()),
                instructions="",
                language="en",
            ),
        )
        self.happens(ModelJoined("local", "no key", Traits(embedded=True)))
        self._out(self.server.open())
        self.happens(CallAnswered(PCM_24K, voice=False))

    def happens(self, event):
        for command in self.call.handle(event, 0.0):
            match command:
                case SendToModel():
                    self._out(self.server.receive(command.event))
                case RunIntent():
                    self.tools.append(command)
                case Report(line=Transcript(who="assistant", text=text)):
                    self.read.append(text)
                case Report(line=CallEnded(outcome=outcome)):
                    self.outcome = outcome
                case HangUp():
                    assert self.outcome is None

    def _out(self, outs):
        for out in outs:
            match out:
                case orders.RespondTo():
                    self.wanted.append(out.response_id)
                case orders.CancelResponse():
                    self.wanted.remove(out.response_id)
                case orders.ItemAdded():
                    self._item(out.item)
                case orders.Configured() | orders.ItemDeleted():
                    pass
                case _:
                    self.happens(ModelSent(out))

    def _item(self, item):
        if isinstance(item, FunctionCallOutput):
            calls = {one.call_id: one.name for one in self.server.items if isinstance(one, FunctionCall)}
            self.exchange.hear(Returned(calls[item.call_id], msgspec.json.decode(item.output)))
        elif item.role == "system":
            self.exchange.note(text_of(item))
        else:
            self.exchange.hear(unmarked(text_of(item)))

    def answers(self):
        """The engine gives the answer that is wanted, and runs of tools are answered, until it is the caller's turn."""
        while self.wanted:
            response_id = self.wanted.pop(0)
            move = self.exchange.answer()
            if move.lines:
                _, events = self.server.begin_message(response_id)
                self._out(events)
                text = " ".join(self.phrases.render(line) for line in move.lines)
                self._out(self.server.text(response_id, text))
                self._out(self.server.end_message(response_id))
            if move.call is not None:
                arguments = msgspec.json.encode(move.call.arguments).decode()
                self._out(self.server.call_function(response_id, move.call.name, arguments))
            self._out(self.server.finish(response_id))
            assert self.call.context == self.exchange.context
            while self.tools:
                tool = self.tools.pop(0)
                look = tool.name == "no_supply" and "premises" not in tool.arguments and "number" not in tool.arguments
                self.happens(IntentFinished(tool.call_id, tool.name, MISSING if look else RESULTS[tool.name]))


DIALOGUES = {
    "outage": (["my power is out", "2000001234", "repeat please", "no thank you"], "complaint_registered"),
    "place": (["no power", "i do not have it", "delta one", "12", "yes", "bye"], "complaint_registered"),
    "status": (["purple", "the status of my complaint", "54", "000054321", "bye"], "resolved"),
    "hazard": (["there is a fire in my house", "in delta one", "no", "talk to a person", "no", "bye"], "emergency"),
}


@pytest.mark.parametrize("name", DIALOGUES)
def test_both_sides_come_to_the_same(name):
    """After every answer, to the end of the call."""
    lines, outcome = DIALOGUES[name]
    joined = Joined()
    assert joined.call.context == joined.exchange.context
    for line in lines:
        joined.happens(CallerText(line))
        joined.answers()
        assert joined.call.context == joined.exchange.context
    assert joined.outcome == outcome
    assert joined.read[-1] == joined.phrases.say["farewell"]


def test_lines_that_come_before_the_answer():
    """The engine hears both, and so does the policy that watches."""
    joined = Joined()
    for line in ("my power is out", "in delta one", "i do not have the number"):
        joined.happens(CallerText(line))
    joined.answers()
    assert joined.call.context.value("area") == "Delta 1"
    assert joined.call.context == joined.exchange.context


def test_keys():
    """They reach the engine as an item of their own."""
    joined = Joined()
    for key in "2#000054321":
        joined.happens(CallerKeyed(key))
        joined.answers()
    assert joined.call.context == joined.exchange.context
    assert joined.read[-1] == "Your complaint 000054321 is resolved. Is there anything else?"


def test_another_engine_goes_on():
    """It is given the facts block, and asks the open question."""
    joined = Joined()
    joined.happens(CallerText("my power is out"))
    joined.answers()
    joined.happens(CallerText("i do not have it"))
    joined.answers()
    before = joined.call.context
    joined.server, joined.exchange = ServerSession("sess_2", "npcl-local", 0), Exchange(joined.exchange.policy)
    joined.happens(ModelJoined("local", "the first was lost"))
    assert joined.exchange.context == before
    joined.happens(CallerText("delta one"))
    joined.answers()
    assert joined.read[-1] == "What is your house or flat number?"
    assert joined.call.context == joined.exchange.context
