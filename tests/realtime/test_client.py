"""What a client makes of a server's events, and what it sends. Whole turns are in test_joined."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import items as i
from npcl_voice.realtime import session as s
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.codec import decode_client, encode
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.responses import Response, ResponseError
from npcl_voice.realtime.rules import MAX_APPEND_BYTES, MAX_TEXT
from tests.realtime.strategies import SERVER_EVENTS, STEADY

UPDATED = e.SessionUpdated(s.SessionConfig())
VOICED = s.SessionConfig(instructions="x", audio=s.Audio(output=s.AudioOutput(voice="cedar", speed=1.1)))
VOICELESS = s.SessionConfig(instructions="x", audio=s.Audio(output=s.AudioOutput(speed=1.1)))


def error(code: str | None, event_id: str | None = None, kind: str = "invalid_request_error") -> e.ErrorEvent:
    return e.ErrorEvent(e.ErrorDetail(kind, "no", code, None, event_id))


def told(client: ClientSession, *events: e.ServerEvent) -> list[h.Happening]:
    """What happened; nothing is to be sent."""
    happened: list[h.Happening] = []
    for event in events:
        step, to_send = client.receive(event)
        assert to_send == []
        happened += step
    return happened


def test_every_event_but_sound_has_an_id() -> None:
    """Counted, with the name in front; no id is longer than 32 characters."""
    client = ClientSession("a_rather_long_name")
    events = [
        *client.configure(s.SessionConfig()),
        *client.commit(),
        *client.clear(),
        *client.request_response(),
        *client.cancel_response(),
        *client.user_text("hello"),
        *client.system_text("note"),
        *client.assistant_text("hello"),
        *client.function_call("call_1", "no_supply", "{}"),
        *client.tool_output("call_1", "{}"),
        *client.delete_item("x"),
    ]
    assert [event.event_id for event in events] == [
        f"a_rather_long_na_event_{n}" for n in (1, 2, 3, 4, 5, 7, 9, 11, 14, 16, 17)
    ]
    items = [event.item.id for event in events if isinstance(event, e.ConversationItemCreate)]
    assert items == [f"a_rather_long_na_item_{n}" for n in (6, 8, 10, 13, 15)]
    for event in events:
        assert decode_client(encode(event)) == event
    assert client.append(b"abc") == [e.InputAudioBufferAppend(b"abc")]
    assert ClientSession().commit() == [e.InputAudioBufferCommit(event_id="npcl_event_1")]


def test_sound_of_any_length_is_sent_in_pieces_that_are_taken() -> None:
    """None is sent for nothing, two for a byte too many."""
    client = ClientSession()
    assert client.append(b"") == []
    assert [len(event.audio) for event in client.append(b"\0" * (MAX_APPEND_BYTES + 1))] == [MAX_APPEND_BYTES, 1]  # type: ignore[union-attr]


def test_texts_are_put_in_as_messages() -> None:
    """With the role of who says it, and with text that can be sent."""
    client = ClientSession("t")
    assert client.user_text("a\ud800b") == [
        e.ConversationItemCreate(i.Message("user", (i.InputText("a?b"),), id="t_item_1"), event_id="t_event_2")
    ]
    (event,) = client.system_text("x" * (MAX_TEXT + 1))
    assert event.item == i.Message("system", (i.InputText("x" * MAX_TEXT),), id="t_item_3")  # type: ignore[union-attr]
    assert client.assistant_text("yes\udfff") == [
        e.ConversationItemCreate(i.Message("assistant", (i.OutputText("yes?"),), id="t_item_5"), event_id="t_event_6")
    ]
    (event,) = client.request_response("say \ud800")
    assert event.response == s.ResponseParameters(instructions="say ?")  # type: ignore[union-attr]


def test_a_call_of_an_earlier_session_is_put_in_with_its_output() -> None:
    """Both under an id that a client may choose; an output without its call is kept back."""
    client = ClientSession("t")
    call_id = "call_" + 40 * "x"
    assert client.tool_output(call_id, "{}") == []
    assert client.function_call(call_id, "no_\ud800supply", '{"a": "\udfff"}') == [
        e.ConversationItemCreate(
            i.FunctionCall("no_?supply", '{"a": "?"}', "t_call_1", "t_item_2", status="completed"), event_id="t_event_3"
        )
    ]
    assert client.tool_output(call_id, '"\udfff"') == [
        e.ConversationItemCreate(i.FunctionCallOutput("t_call_1", '"?"', id="t_item_4"), event_id="t_event_5")
    ]
    assert client.tool_output(call_id, "{}") == []


def called(client: ClientSession, *call_ids: str) -> None:
    """An answer calls tools and is over."""
    for call_id in call_ids:
        client.receive(e.ResponseOutputItemDone("r", i.FunctionCall("f", "{}", call_id, f"item {call_id}")))
    client.receive(e.ResponseDone(Response("r", status="completed")))


def test_an_answer_waits_for_the_tools_of_the_last_one() -> None:
    """It is asked for after the last output; a call that is taken out is not waited for."""
    client = ClientSession("t")
    called(client, "a", "b", "c")
    assert client.request_response() == []
    assert not client.responding
    assert [type(event) for event in client.tool_output("a", "{}")] == [e.ConversationItemCreate]
    assert client.delete_item("item b") == [e.ConversationItemDelete("item b", event_id="t_event_3")]
    assert client.tool_output("b", "{}") == []
    assert [type(event) for event in client.tool_output("c", "{}")] == [e.ConversationItemCreate, e.ResponseCreate]
    assert client.responding


def test_an_answer_does_not_wait_for_a_call_that_left_the_conversation() -> None:
    """The server cannot take its output any more."""
    client = ClientSession("t")
    called(client, "a")
    client.request_response()
    assert client.receive(e.ConversationItemDeleted("item a")) == ([], [e.ResponseCreate(event_id="t_event_1")])
    assert client.tool_output("a", "{}") == []


def test_a_call_that_is_taken_out_before_it_is_told_is_not_made() -> None:
    """Nobody could be told what came of it; nor does an answer wait for one that is taken out later."""
    client = ClientSession("t")
    client.delete_item("item a")
    called(client, "a", "b")
    assert client.tool_output("a", "{}") == []
    client.request_response()
    assert [type(event) for event in client.delete_item("item b")] == [e.ConversationItemDelete, e.ResponseCreate]


@pytest.mark.parametrize("named", [True, False])
def test_an_output_whose_call_the_server_has_lost(named: bool) -> None:
    """Call and output are put in again, once; where the error does not name the output nothing is."""
    client = ClientSession("t")
    called(client, "a")
    (output,) = client.tool_output("a", "1")
    happened, to_send = client.receive(error("invalid_tool_call_id", output.event_id if named else None))
    (fault,) = happened
    assert isinstance(fault, h.Fault)
    assert fault.action is (Action.REPAIR if named else Action.IGNORE)
    assert [event.item for event in to_send if isinstance(event, e.ConversationItemCreate)] == (
        [
            i.FunctionCall("f", "{}", "t_call_3", "t_item_4", status="completed"),
            i.FunctionCallOutput("t_call_3", "1", id="t_item_6"),
        ]
        if named
        else []
    )
    if named:
        assert told(client, error("invalid_tool_call_id", to_send[1].event_id)) == [
            h.Fault("invalid_tool_call_id", "no", Action.IGNORE, to_send[1].event_id)
        ]


def test_only_the_turn_detection_can_be_changed() -> None:
    """The whole of it is sent, and nothing else."""
    detection = s.ServerVad(0.5, 300, 900, None, False, False)
    (update,) = ClientSession().configure(s.SessionConfig(audio=s.Audio(input=s.AudioInput(turn_detection=detection))))
    assert msgspec.json.decode(encode(update))["session"] == {
        "type": "realtime",
        "audio": {
            "input": {
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 900,
                    "idle_timeout_ms": None,
                    "create_response": False,
                    "interrupt_response": False,
                }
            }
        },
    }


def test_nothing_is_told_of_an_item_that_left_the_conversation() -> None:
    """It could only be refused."""
    client = ClientSession()
    told(client, audio(100), e.ConversationItemDeleted("a"))
    assert truncated(client, 50) is None


def test_a_refused_answer_is_told_by_its_end() -> None:
    """The session is well; only where no session will do does the fault say so too."""
    client = ClientSession("t")
    for code, at_end, of_fault in (
        ("rate_limit_exceeded", Action.RETRY, Action.IGNORE),
        ("insufficient_quota", Action.STOP, Action.STOP),
    ):
        (create,) = client.request_response()
        detail = e.ErrorDetail("tokens", "Try again in 2s.", code, None, create.event_id)
        assert told(client, e.ErrorEvent(detail)) == [
            h.Fault(code, "Try again in 2s.", of_fault, create.event_id, 2.0),
            h.ResponseEnded("", "failed", None, code, "Try again in 2s.", False, at_end, 2.0),
        ]
    fault = e.ErrorEvent(e.ErrorDetail("tokens", "Try again in 2s.", "rate_limit_exceeded"))
    assert told(client, fault) == [
        h.Fault("rate_limit_exceeded", "Try again in 2s.", Action.RETRY, None, 2.0),
    ]


def test_the_session_is_ready_once_the_settings_are_taken() -> None:
    """`session.created` is not enough, and later updates are no news."""
    client = ClientSession()
    assert told(client, e.SessionCreated(s.SessionConfig())) == []
    assert told(client, UPDATED, UPDATED) == [h.SessionReady()]


@pytest.mark.parametrize(
    ("event", "happened"),
    [
        (e.InputAudioBufferSpeechStarted("a", 820), [h.CallerStarted("a", 820)]),
        (e.InputAudioBufferSpeechStopped("a", 2900), [h.CallerStopped("a", 2900)]),
        (e.InputAudioBufferCommitted("a"), [h.TurnCommitted("a")]),
        (e.InputAudioBufferCleared(), []),
        (e.ConversationItemDeleted("a"), []),
        (e.ConversationItemTruncated("a", 0, 5), []),
        (e.ConversationItemAdded(i.Message("user", ())), []),
        (e.ResponseOutputItemAdded("r", i.Message("assistant", ())), []),
        (e.ResponseContentPartAdded("r", "a"), []),
        (e.ResponseContentPartDone("r", "a"), []),
        (e.ResponseOutputAudioDone("r", "a"), []),
        (e.ResponseFunctionCallArgumentsDelta("r", "a"), []),
        (e.ResponseFunctionCallArgumentsDone("r", "a", 0, "c", "f", "{}"), []),
        (e.RateLimitsUpdated((e.RateLimit("tokens", 9, 8, 1.2),)), [h.RateLimits((e.RateLimit("tokens", 9, 8, 1.2),))]),
    ],
)
def test_what_an_event_means(event: e.ServerEvent, happened: list[h.Happening]) -> None:
    """One meaning, or none, and nothing to be sent."""
    assert told(ClientSession(), event) == happened


@pytest.mark.parametrize(
    "event",
    [
        e.RawEvent("mcp_list_tools.failed", {"item_id": "m"}),
        e.InputAudioBufferDtmfEventReceived("5", 1790000000),
        e.ConversationItemRetrieved(i.Message("user", ())),
        e.InputAudioBufferTimeoutTriggered("a", 0, 5000),
    ],
)
def test_what_has_no_meaning_here_is_passed_on(event: e.ServerEvent) -> None:
    """As it came."""
    assert told(ClientSession(), event) == [h.Passed(event)]


DELTA = e.ConversationItemInputAudioTranscriptionDelta
COMPLETED = e.ConversationItemInputAudioTranscriptionCompleted
FAILED = e.ConversationItemInputAudioTranscriptionFailed


@pytest.mark.parametrize(
    ("events", "happened"),
    [
        (
            [DELTA("a", 0, "my "), DELTA("b", 0, "no"), DELTA("a", 0, "power"), COMPLETED("a", 0, " my power ")],
            [
                h.HeardPartly("a", "my "),
                h.HeardPartly("b", "no"),
                h.HeardPartly("a", "my power"),
                h.Heard("a", "my power"),
            ],
        ),
        ([COMPLETED("a", 0, "x"), COMPLETED("a", 0, "y"), DELTA("a", 0, "z"), FAILED("a")], [h.Heard("a", "x")]),
        ([COMPLETED("a", 0, " ")], [h.HeardNothing("a", "empty")]),
        ([FAILED("a", 0, ResponseError(code="audio_unintelligible"))], [h.HeardNothing("a", "audio_unintelligible")]),
        ([FAILED("a"), COMPLETED("a", 0, "x")], [h.HeardNothing("a", "failed")]),
    ],
)
def test_each_turn_is_heard_once(events: list[e.ServerEvent], happened: list[h.Happening]) -> None:
    """Partly as often as there is more of it, and then wholly or not at all."""
    assert told(ClientSession(), *events) == happened


def test_words_of_silence_are_no_words() -> None:
    """A recogniser that invents some for an idle turn is not believed."""
    client = ClientSession()
    told(client, e.InputAudioBufferTimeoutTriggered("a", 0, 5000))
    assert told(client, DELTA("a", 0, "thanks for"), COMPLETED("a", 0, "thanks for watching")) == [
        h.HeardNothing("a", "idle_timeout")
    ]


def test_words_are_kept_up_to_a_limit() -> None:
    """A server that does not stop fills no memory."""
    client = ClientSession()
    told(client, DELTA("a", 0, "x" * MAX_TEXT))
    assert told(client, DELTA("a", 0, "y")) == [h.HeardPartly("a", "x" * MAX_TEXT)]


def test_items_are_ordered_by_their_links() -> None:
    """Whatever tells of them first."""
    client = ClientSession()
    told(
        client,
        e.InputAudioBufferCommitted("c", "b"),
        e.ConversationItemDone(i.Message("user", (), id="b"), "a"),
        e.ConversationItemAdded(i.Message("user", (), id="a")),
        e.ConversationItemAdded(i.OtherItem({"type": "mcp_call", "id": "d"}), "c"),
        e.ConversationItemAdded(i.OtherItem({"type": "mcp_call"}), "c"),
    )
    assert client.order() == ["a", "b", "c", "d"]
    told(client, e.ConversationItemDeleted("b"))
    assert client.order() == ["a", "c", "d"]
    told(client, e.ConversationItemDone(i.Message("user", (), id="b"), "d"))
    assert client.order() == ["a", "c", "d"]
    told(client, e.ConversationItemAdded(i.Message("user", (), id="b"), "d"), e.ConversationItemDeleted("a"))
    assert client.order() == ["c", "d", "b"]
    told(client, e.InputAudioBufferCommitted("a", "b"))
    assert client.order() == ["c", "d", "b", "a"]


def audio(ms: int, item_id: str = "a", response_id: str = "r") -> e.ResponseOutputAudioDelta:
    return e.ResponseOutputAudioDelta(response_id, item_id, delta=b"\0" * 48 * ms)


def truncated(client: ClientSession, ms: int, item_id: str = "a", content_index: int = 0) -> tuple[int, int] | None:
    """Content index and milliseconds of the truncation, if there is one."""
    for event in client.truncate(item_id, content_index, ms):
        assert isinstance(event, e.ConversationItemTruncate)
        assert event.item_id == item_id
        assert event.event_id is not None
        return event.content_index, event.audio_end_ms
    return None


def test_a_truncation_is_held_to_what_was_received() -> None:
    """Item by item, and after a cut to what is left."""
    client = ClientSession()
    told(client, audio(100), audio(60), audio(5, "b"))
    assert [client.received_ms(item_id) for item_id in "abc"] == [160, 5, 0]
    assert truncated(client, 1000, "b") == (0, 5)
    assert truncated(client, 161) == (0, 160)
    assert truncated(client, 120, content_index=-1) == (0, 120)
    assert truncated(client, 130, content_index=1) == (1, 120)
    assert truncated(client, -1) == (0, 0)
    assert truncated(client, 10) is None
    assert truncated(client, 10, "z") is None


def test_the_servers_own_truncation_counts() -> None:
    """Also one that we did not ask for; an impossible one does no harm."""
    client = ClientSession()
    told(client, audio(100), e.ConversationItemTruncated("a", 0, 70))
    assert client.received_ms("a") == 70
    told(client, e.ConversationItemTruncated("a", 0, 90), e.ConversationItemTruncated("z", 0, 90))
    assert client.received_ms("a") == 70
    told(client, e.ConversationItemTruncated("a", 0, -5))
    assert client.received_ms("a") == 0


def test_sound_that_comes_after_a_cut_is_not_left() -> None:
    """The server has dropped it, or will."""
    client = ClientSession()
    told(client, audio(100))
    assert truncated(client, 10) == (0, 10)
    told(client, audio(100))
    assert client.received_ms("a") == 10
    assert truncated(client, 60) == (0, 10)


@pytest.mark.parametrize("event", [e.SessionCreated, e.SessionUpdated])
def test_milliseconds_are_those_of_the_sessions_format(event: Any) -> None:
    """800 bytes of G.711 are 100 ms; settings without sound say nothing about it."""
    client = ClientSession()
    told_format = s.SessionConfig(audio=s.Audio(output=s.AudioOutput(format=s.Pcma())))
    told(client, event(told_format), event(s.SessionConfig()), event(s.SessionConfig(audio=s.Audio())))
    told(client, event(s.SessionConfig(audio=s.Audio(output=s.AudioOutput(voice="x")))))
    told(client, e.ResponseOutputAudioDelta("r", "a", delta=b"\0" * 800))
    assert client.received_ms("a") == 100
    assert truncated(client, 50) == (0, 50)
    assert client.received_ms("a") == 50


def settings_of(events: list[e.ClientEvent]) -> list[s.SessionConfig]:
    return [event.session for event in events if isinstance(event, e.SessionUpdate)]


def test_the_voice_is_left_out_once_it_was_heard() -> None:
    """It could only be refused, and everything else with it."""
    client = ClientSession()
    assert settings_of(client.configure(VOICED)) == [VOICED]
    told(client, audio(1))
    assert settings_of(client.configure(VOICED)) == [VOICELESS]
    for session in (s.SessionConfig(), s.SessionConfig(audio=s.Audio())):
        assert settings_of(client.configure(session)) == [session]


@pytest.mark.parametrize("named", [True, False])
def test_a_refused_voice_is_left_out_and_the_rest_sent_again(named: bool) -> None:
    """Whether the error names the update or not; once."""
    client = ClientSession("t")
    (update,) = client.configure(VOICED)
    fault = error("cannot_update_voice", update.event_id if named else None)
    happened, to_send = client.receive(fault)
    assert happened == [h.Fault("cannot_update_voice", "no", Action.REPAIR, fault.error.event_id)]
    assert to_send == [e.SessionUpdate(VOICELESS, event_id="t_event_2")]
    happened, to_send = client.receive(error("cannot_update_voice", "t_event_2"))
    assert happened == [h.Fault("cannot_update_voice", "no", Action.IGNORE, "t_event_2")]
    assert to_send == []


def test_a_refused_voice_without_a_name_is_the_oldest_that_may_be_meant() -> None:
    """What was taken since and what has no voice is passed over; none is taken for another."""
    client = ClientSession("t")
    for session in (s.SessionConfig(instructions="taken"), s.SessionConfig(instructions="voiceless"), VOICED):
        client.configure(session)
    newest = s.SessionConfig(audio=s.Audio(output=s.AudioOutput(voice="marin")))
    client.configure(newest)
    told(client, UPDATED)
    assert settings_of(client.receive(error("cannot_update_voice"))[1]) == [VOICELESS]
    bare = s.SessionConfig(audio=s.Audio(output=s.AudioOutput()))
    assert settings_of(client.receive(error("cannot_update_voice", "t_event_4"))[1]) == [bare]


@pytest.mark.parametrize("event_id", [None, "unknown"])
def test_a_refused_voice_that_nobody_sent(event_id: str | None) -> None:
    """There is nothing to repair."""
    client = ClientSession()
    assert told(client, error("cannot_update_voice", event_id)) == [
        h.Fault("cannot_update_voice", "no", Action.IGNORE, event_id)
    ]


def test_settings_that_are_refused_at_the_start() -> None:
    """The server goes by settings of its own: another one may understand ours. Later it is one update."""
    client = ClientSession("t")
    client.configure(VOICED)
    assert told(client, error("unknown_parameter", "t_event_1")) == [
        h.Fault("unknown_parameter", "no", Action.FAIL_OVER, "t_event_1")
    ]
    client.configure(VOICED)
    assert told(client, error("invalid_api_key", "t_event_2")) == [
        h.Fault("invalid_api_key", "no", Action.STOP, "t_event_2")
    ]
    told(client, UPDATED)
    client.configure(VOICED)
    assert told(client, error("unknown_parameter", "t_event_3")) == [
        h.Fault("unknown_parameter", "no", Action.IGNORE, "t_event_3")
    ]


def test_a_fault_without_a_code_goes_by_its_type() -> None:
    """The type stands where the code would."""
    assert told(ClientSession(), error(None, kind="server_error")) == [
        h.Fault("server_error", "no", Action.RETRY, None)
    ]
    assert told(ClientSession(), error("a_new_one")) == [h.Fault("a_new_one", "no", Action.IGNORE, None)]


@STEADY
@given(st.lists(SERVER_EVENTS, max_size=12), st.data())
def test_nothing_that_it_receives_makes_it_fall(events: list[Any], data: st.DataObject) -> None:
    """Any events in any order, with any wishes between them; what it sends can be read."""
    client = ClientSession()
    to_send: list[e.ClientEvent] = []
    for event in events:
        to_send += client.receive(event)[1]
        to_send += data.draw(
            st.sampled_from([list, client.request_response, client.cancel_response, lambda: client.truncate("", 0, 5)])
        )()
        client.order()
    assert UNSET not in to_send
    ids = [event.event_id for event in to_send]
    assert len(set(ids)) == len(ids)
    for event in to_send:
        assert decode_client(encode(event)) == event
