"""What the parts of a conversation share."""

import pytest

from npcl_voice.audio.frame import PCMU
from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.commands import HangUp, Latency, Report, SendToModel
from npcl_voice.conversation.context import Context
from npcl_voice.conversation.dialogue import Spoken, Typed
from npcl_voice.conversation.events import CallAnswered
from npcl_voice.conversation.floor import Floor, FloorEvent
from npcl_voice.conversation.phrases import load_book
from npcl_voice.conversation.state import CallState
from npcl_voice.conversation.turns import Turns
from npcl_voice.meaning.understanding import is_backchannel
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.events import ResponseCancel, ResponseCreate
from tests.conversation.talk import Talk


@pytest.fixture
def state():
    return CallState(Talk().policy, load_book("en"), lambda: Turns(250, is_backchannel), Ledger())


def test_a_call_before_its_first_event(state):
    """Nobody there, nothing known, nothing wanted."""
    assert (state.now, state.out, state.floor) == (0.0, [], Floor.INITIAL)
    assert (state.answered, state.client, state.turn_ended_at, state.hanging_up) == (None, None, None, None)
    assert (state.inputs, state.awaited, state.tools) == ({}, set(), {})
    assert state.context == Context()
    assert state.book.begins == "en"
    assert state.timers.next() is None
    assert (state.tally.numbers, state.tally.outcome("failed")) == ((), "failed")


def test_the_line_and_the_engine(state):
    """They are there once they were there; before, it would be a mistake of ours to ask for them."""
    with pytest.raises(AssertionError):
        _ = state.line
    with pytest.raises(AssertionError):
        _ = state.engine
    state.answered, state.client = CallAnswered(PCMU), ClientSession()
    assert state.line == CallAnswered(PCMU)
    assert state.engine is state.client


def test_commands_come_out_in_their_order(state):
    """What is sent, and what is reported."""
    state.send([ResponseCreate(), ResponseCancel()])
    state.report(Latency("bridge", 1.0))
    state.out.append(HangUp("failed"))
    assert state.out == [
        SendToModel(ResponseCreate()),
        SendToModel(ResponseCancel()),
        Report(Latency("bridge", 1.0)),
        HangUp("failed"),
    ]


def test_the_floor_moves_by_its_table(state):
    """An event that is not listed leaves it as it is."""
    state.move(FloorEvent.VOICE_BEGAN)
    assert state.floor is Floor.INITIAL
    state.move(FloorEvent.ANSWERED)
    assert state.floor is Floor.GREETING


def test_another_engine_has_heard_nobody_speak(state):
    """Turns of the one before have no meaning for it."""
    before = state.turns
    before.started("i1", 0, over_voice=False)
    state.taken.add("i1")
    state.new_turns()
    assert state.turns is not before
    assert (state.turns.speaking, state.taken) == (None, set())


def test_words_that_never_come_are_given_up(state):
    """Sixteen turns wait for theirs; what is known stays, and a turn that is told of twice is one."""
    state.inputs["put 1"] = Typed("hello")
    for number in range(20):
        state.expect_words(f"i{number}")
    assert list(state.inputs) == ["put 1", *(f"i{number}" for number in range(4, 20))]
    state.inputs["i19"] = Spoken("no power")
    state.expect_words("i19")
    assert state.inputs["i19"] == Spoken("no power")
