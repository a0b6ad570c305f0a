"""A server and a client under any sequence of steps of caller, client and engine."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import orders as o
from npcl_voice.realtime.codec import encode
from npcl_voice.realtime.responses import ResponseError
from tests.realtime.joined import HEARD, MS, Joined
from tests.realtime.strategies import GOOD_CLIENT_EVENTS, ITEMS, PARAMETERS, SESSIONS

WHICH = st.integers(0, 3)
"""Which of the latest responses or items, counted from the last; where there are fewer, the first."""
SIZES = st.integers(0, 400)

FOLLOWS = {
    "conversation.item.done": "conversation.item.added",
    "response.output_item.done": "response.output_item.added",
    "response.content_part.done": "response.content_part.added",
    "response.output_audio.done": "response.content_part.added",
    "response.output_audio_transcript.done": "response.content_part.added",
    "response.output_text.done": "response.content_part.added",
    "response.function_call_arguments.done": "response.function_call_arguments.delta",
}
"""What each end needs before it."""


class Call(RuleBasedStateMachine):
    """One call."""

    def __init__(self) -> None:
        super().__init__()
        self.call = Joined(HEARD)

    def response(self, which: int) -> str:
        asked = [order.response_id for order in self.call.of(o.RespondTo)]
        return asked[-1 - min(which, len(asked) - 1)] if asked else "resp_1"

    def item(self, which: int) -> str:
        items = self.call.server.items
        return (items[-1 - min(which, len(items) - 1)].id or "") if items else "item_1"

    @rule(event=GOOD_CLIENT_EVENTS)
    def a_stranger_says(self, event: Any) -> None:
        self.call.ask([event])

    @rule(item=ITEMS, which=WHICH, last=st.booleans())
    def an_item_is_put_in(self, item: Any, which: int, last: bool) -> None:
        self.call.ask([e.ConversationItemCreate(item, None if last else self.item(which))])

    @rule(which=WHICH)
    def an_item_is_taken_out(self, which: int) -> None:
        self.call.ask(self.call.client.delete_item(self.item(which)))

    @rule(which=WHICH)
    def an_item_is_looked_at(self, which: int) -> None:
        self.call.ask([e.ConversationItemRetrieve(self.item(which))])

    @rule(session=SESSIONS)
    def settings_change(self, session: Any) -> None:
        self.call.ask(self.call.client.configure(session))

    @rule(parameters=PARAMETERS)
    def a_response_is_wanted(self, parameters: Any) -> None:
        self.call.ask([e.ResponseCreate(parameters)])

    @rule()
    def the_turn_is_over(self) -> None:
        self.call.ask(self.call.client.commit())

    @rule(which=WHICH)
    def a_tool_has_answered(self, which: int) -> None:
        calls = self.call.of(h.ToolCalled)
        if calls:
            self.call.ask(self.call.client.tool_output(calls[-1 - min(which, len(calls) - 1)].call_id, "{}"))

    @rule(ms=SIZES)
    def the_caller_is_heard(self, ms: int) -> None:
        self.call.ask(self.call.client.append(b"\0" * ms * MS))

    @rule(ms=SIZES)
    def the_caller_speaks(self, ms: int) -> None:
        self.call.engine(self.call.server.speech_started(ms))

    @rule(ms=SIZES)
    def the_caller_pauses(self, ms: int) -> None:
        self.call.engine(self.call.server.speech_stopped(ms))

    @rule(ms=SIZES)
    def the_caller_is_silent(self, ms: int) -> None:
        self.call.engine(self.call.server.idled(ms, ms + 100))

    @rule(which=WHICH, text=st.sampled_from(["", "my power is out"]))
    def words_come(self, which: int, text: str) -> None:
        self.call.engine(self.call.server.transcript_delta(self.item(which), text))
        self.call.engine(self.call.server.transcript_done(self.item(which), text, 0.5))

    @rule(which=WHICH)
    def no_words_come(self, which: int) -> None:
        self.call.engine(self.call.server.transcript_failed(self.item(which), "audio_unintelligible", "no speech"))

    @rule()
    def an_answer_is_wanted(self) -> None:
        self.call.ask(self.call.client.request_response())

    @rule()
    def no_answer_is_wanted(self) -> None:
        self.call.ask(self.call.client.cancel_response())

    @rule(which=WHICH, ms=SIZES)
    def so_much_was_heard(self, which: int, ms: int) -> None:
        self.call.ask(self.call.client.truncate(self.item(which), 0, ms))

    @rule(which=WHICH)
    def the_engine_begins(self, which: int) -> None:
        self.call.engine(self.call.server.begin_message(self.response(which))[1])

    @rule(which=WHICH, ms=SIZES)
    def the_engine_speaks(self, which: int, ms: int) -> None:
        self.call.engine(self.call.server.text(self.response(which), "a word "))
        self.call.engine(self.call.server.audio(self.response(which), b"\0" * ms * MS))

    @rule(which=WHICH)
    def the_engine_pauses(self, which: int) -> None:
        self.call.engine(self.call.server.end_message(self.response(which)))

    @rule(which=WHICH)
    def the_engine_calls(self, which: int) -> None:
        self.call.engine(self.call.server.call_function(self.response(which), "get_outage", "{}"))

    @rule(which=WHICH, status=st.sampled_from(["completed", "incomplete", "failed"]))
    def the_engine_ends(self, which: int, status: str) -> None:
        error = ResponseError("server_error", "server_error", "ill") if status == "failed" else None
        self.call.engine(self.call.server.finish(self.response(which), status, None, error))

    @invariant()
    def ids_are_unique(self) -> None:
        ids = [event.event_id for event in self.call.sent]
        assert len(set(ids)) == len(ids)

    @invariant()
    def events_are_small(self) -> None:
        assert all(len(encode(event)) < 2**20 for event in self.call.sent[-20:])

    @invariant()
    def one_response_at_a_time(self) -> None:
        active = None
        for event in self.call.sent:
            if isinstance(event, (e.ResponseCreated, e.ResponseDone)) and event.response.conversation_id:
                assert (active is None) == isinstance(event, e.ResponseCreated)
                active = event.response.id if active is None else None
        assert self.call.server.active == active

    @invariant()
    def ends_have_beginnings(self) -> None:
        seen: set[tuple[str, str]] = set()
        for event in self.call.sent:
            name = str(event.__struct_config__.tag)
            item = getattr(event, "item", None)
            place = item.id if item is not None else getattr(event, "item_id", "")
            if name in FOLLOWS:
                assert (FOLLOWS[name], place) in seen
            seen.add((name, place))

    @invariant()
    def nothing_comes_of_a_response_that_is_over(self) -> None:
        under_way: set[str] = set()
        for event in self.call.sent:
            if isinstance(event, e.ResponseCreated):
                under_way.add(event.response.id)
            elif isinstance(event, e.ResponseDone):
                under_way.remove(event.response.id)
            elif hasattr(event, "response_id"):
                assert event.response_id in under_way

    @invariant()
    def the_client_knows_the_conversation(self) -> None:
        known = {item.id for item in self.call.server.items}
        assert known <= set(self.call.client.order())

    @invariant()
    def a_tool_is_called_once(self) -> None:
        calls = [happening.call_id for happening in self.call.of(h.ToolCalled)]
        assert len(set(calls)) == len(calls)

    def teardown(self) -> None:
        self.call.engine(self.call.server.expire())
        begun = [event.response.id for event in self.call.of(e.ResponseCreated)]
        assert sorted(begun) == sorted(event.response.id for event in self.call.of(e.ResponseDone))
        assert sorted(begun) == sorted(order.response_id for order in self.call.of(o.RespondTo))
        assert sorted(begun) == sorted(
            ended.response_id for ended in self.call.of(h.ResponseEnded) if ended.response_id
        )
        assert not self.call.server.active


TestCall = Call.TestCase
TestCall.settings = settings(deadline=None, max_examples=50, stateful_step_count=50)
