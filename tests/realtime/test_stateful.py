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
from tests.realtime.strategies import GOOD_CLIENT_EVENTS, ITEM_IDS

RESPONSES = st.sampled_from([f"resp_{number}" for number in range(1, 5)])
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

    @rule(event=GOOD_CLIENT_EVENTS)
    def a_stranger_says(self, event: Any) -> None:
        self.call.ask([event])

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

    @rule(item_id=ITEM_IDS, text=st.sampled_from(["", "my power is out"]))
    def words_come(self, item_id: str, text: str) -> None:
        self.call.engine(self.call.server.transcript_delta(item_id, text))
        self.call.engine(self.call.server.transcript_done(item_id, text, 0.5))

    @rule(item_id=ITEM_IDS)
    def no_words_come(self, item_id: str) -> None:
        self.call.engine(self.call.server.transcript_failed(item_id, "audio_unintelligible", "no speech"))

    @rule()
    def an_answer_is_wanted(self) -> None:
        self.call.ask(self.call.client.request_response())

    @rule()
    def no_answer_is_wanted(self) -> None:
        self.call.ask(self.call.client.cancel_response())

    @rule(item_id=ITEM_IDS, ms=SIZES)
    def so_much_was_heard(self, item_id: str, ms: int) -> None:
        self.call.ask(self.call.client.truncate(item_id, 0, ms))

    @rule(response_id=RESPONSES)
    def the_engine_begins(self, response_id: str) -> None:
        self.call.engine(self.call.server.begin_message(response_id)[1])

    @rule(response_id=RESPONSES, ms=SIZES)
    def the_engine_speaks(self, response_id: str, ms: int) -> None:
        self.call.engine(self.call.server.text(response_id, "a word "))
        self.call.engine(self.call.server.audio(response_id, b"\0" * ms * MS))

    @rule(response_id=RESPONSES)
    def the_engine_pauses(self, response_id: str) -> None:
        self.call.engine(self.call.server.end_message(response_id))

    @rule(response_id=RESPONSES)
    def the_engine_calls(self, response_id: str) -> None:
        self.call.engine(self.call.server.call_function(response_id, "get_outage", "{}"))

    @rule(response_id=RESPONSES, status=st.sampled_from(["completed", "incomplete", "failed"]))
    def the_engine_ends(self, response_id: str, status: str) -> None:
        error = ResponseError("server_error", "server_error", "ill") if status == "failed" else None
        self.call.engine(self.call.server.finish(response_id, status, None, error))

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
TestCall.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
