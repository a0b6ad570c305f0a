"""The tools that answers ask for: each call made once."""

import msgspec
import pytest

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import items as i
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.responses import Response
from tests.realtime.answering import (
    begun,
    called,
    create,
    done,
    ended,
    tool,
)


@pytest.mark.parametrize("status", ["completed", None])
def test_a_tool_is_called_once(status: str | None) -> None:
    """Item and response tell of the same call."""
    answers = begun()
    answers.created(Response("r"))
    assert answers.item_done("r", tool(status)) == ([called("r")], [])
    assert answers.item_done("r", tool(status)) == ([], [])
    assert answers.done(done("r", "completed", tool(status))) == ([ended("r", called_tools=True)], [])
    assert answers.item_done("r", tool(status)) == ([], [])
    assert answers.item_done("unknown", tool(status, "d")) == ([h.ResponseBegan("unknown"), called("unknown", "d")], [])


def test_a_tool_is_called_though_only_the_end_tells_of_it() -> None:
    """A server may leave out the item's own event."""
    answers = begun()
    answers.created(Response("r"))
    message = i.Message("assistant", (), id="a")
    happened, to_send = answers.done(done("r", "completed", message, tool(), tool(None, "d", "g")))
    assert happened == [called("r"), called("r", "d", "g"), ended("r", called_tools=True)]
    assert to_send == []


def test_tools_and_a_wish_come_in_order() -> None:
    """A call that is taken out goes before the next answer."""
    answers = begun()
    answers.created(Response("r"))
    answers.request(None)
    assert answers.done(done("r", "incomplete", tool("incomplete"))) == (
        [ended("r", "incomplete")],
        [e.ConversationItemDelete("f", event_id="e1"), *create("e2")],
    )


@pytest.mark.parametrize(
    "item",
    [
        tool("incomplete"),
        tool("in_progress"),
        tool(call_id=None),
        tool(call_id=""),
        i.FunctionCall("", "{}", "c", "f"),
    ],
)
def test_a_call_that_is_not_whole_is_taken_out(item: i.FunctionCall) -> None:
    """It would wait for its output for ever; once is enough."""
    answers = begun()
    answers.created(Response("r"))
    assert answers.item_done("r", item) == ([], [e.ConversationItemDelete("f", event_id="e1")])
    assert answers.item_done("r", item) == ([], [])
    assert answers.done(done("r", "completed", item)) == ([ended("r")], [])


def test_a_call_of_a_cancelled_answer_is_taken_out() -> None:
    """Unless it was made before; without an id nothing can be done."""
    answers = begun()
    answers.created(Response("r"))
    answers.item_done("r", tool())
    answers.cancel()
    assert answers.item_done("r", tool(call_id="d", item_id="g")) == (
        [],
        [e.ConversationItemDelete("g", event_id="e2")],
    )
    assert answers.item_done("r", tool(call_id="d", item_id=None)) == ([], [])
    late = done("r", "completed", tool(), tool(call_id="d", item_id="g"), tool(call_id="x", item_id="h"))
    assert answers.done(late) == (
        [ended("r", "cancelled", called_tools=True)],
        [e.ConversationItemDelete("h", event_id="e3")],
    )


@pytest.mark.parametrize("status", ["cancelled", "incomplete", "failed"])
def test_a_call_of_an_answer_that_failed_is_not_made_at_its_end(status: str) -> None:
    """Only a completed answer's calls are."""
    answers = begun()
    action = Action.RETRY if status == "failed" else Action.IGNORE
    assert answers.done(done("r", status, tool())) == (
        [msgspec.structs.replace(ended("r", status), action=action)],
        [e.ConversationItemDelete("f", event_id="e1")],
    )
