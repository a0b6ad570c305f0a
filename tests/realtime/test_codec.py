"""The codec: whole round trips, what it refuses and how, and that nothing makes it fall."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET

from npcl_voice.errors import LocalProtocolError, RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import session as s
from npcl_voice.realtime.codec import BETA_NAMES, MAX_DEPTH, MAX_MESSAGE_BYTES, decode_client, decode_server, encode
from tests.realtime.strategies import CLIENT_EVENTS, GOOD_CLIENT_EVENTS, JSON, SERVER_EVENTS, STEADY


def refusal(data: str | bytes) -> tuple[str, str | None, str | None]:
    """Code, parameter and event id with which a client's message is refused."""
    with pytest.raises(RemoteProtocolError) as fault:
        decode_client(data)
    assert len(fault.value.message) <= 300
    return fault.value.code, fault.value.param, fault.value.event_id


def outcome(decode: Callable[[str | bytes], Any], data: str | bytes) -> Any:
    """The event, or the refusal; nothing else may come of it."""
    try:
        return decode(data)
    except RemoteProtocolError as fault:
        return fault


@STEADY
@given(SERVER_EVENTS)
def test_what_a_server_says_comes_back(event: Any) -> None:
    """Any event of a server is read as it was written."""
    assert decode_server(encode(event)) == event
    assert decode_server(encode(event).decode()) == event


@STEADY
@given(GOOD_CLIENT_EVENTS)
def test_what_a_client_says_comes_back(event: Any) -> None:
    """Any event that keeps to the rules is read as it was written."""
    assert decode_client(encode(event)) == event


@STEADY
@given(CLIENT_EVENTS)
def test_any_client_event_is_read_or_refused(event: Any) -> None:
    """What keeps to no rule is refused, and in no other way than by an error that can be sent."""
    read = outcome(decode_client, encode(event))
    if isinstance(read, RemoteProtocolError):
        assert read.event_id == event.event_id
        assert len(read.message) <= 300
    else:
        assert read == event


@STEADY
@given(st.binary() | st.text(st.characters()) | JSON.map(msgspec.json.encode))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b'{"type":"response.create","type":' + b"[" * 100_000)
@example('"\ud800"')
@example(b'{"type":"\\ud800"}')
@example(b'{"type":"session.update","session":NaN}')
@example(b'{"type":"response.done","response":{"max_output_tokens":1e999}}')
@example(b'{"type":"input_audio_buffer.speech_started","item_id":"a","audio_start_ms":' + b"9" * 5000 + b"}")
@example(b'{"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":' + b"9" * 300 + b"}")
@example(b'{"type":"input_audio_buffer.commit","type":"input_audio_buffer.clear"}')
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf{}")
@example(b'{"a":"\xed\xa0\x80"}')
def test_nothing_makes_it_fall(data: str | bytes) -> None:
    """Whatever comes, it is an event or a refusal."""
    for decode in (decode_client, decode_server):
        read = outcome(decode, data)
        assert len(read.message) <= 300 if isinstance(read, RemoteProtocolError) else encode(read)


@STEADY
@given(st.data(), JSON)
def test_a_damaged_event_is_an_event_or_a_refusal(data: st.DataObject, junk: Any) -> None:
    """One value anywhere in a good event replaced by anything, or taken out."""
    event = data.draw(GOOD_CLIENT_EVENTS | SERVER_EVENTS)
    body = msgspec.json.decode(encode(event))
    place = body
    while True:
        key = data.draw(st.sampled_from(sorted(place)) if isinstance(place, dict) else st.integers(0, len(place) - 1))
        if not place[key] or not isinstance(place[key], (dict, list)) or data.draw(st.booleans()):
            break
        place = place[key]
    if data.draw(st.booleans()):
        place[key] = junk
    else:
        del place[key]
    for decode in (decode_client, decode_server):
        read = outcome(decode, msgspec.json.encode(body))
        assert len(read.message) <= 300 if isinstance(read, RemoteProtocolError) else encode(read)


def test_sound_is_base64_on_the_wire() -> None:
    """Bytes here, text there."""
    assert encode(e.InputAudioBufferAppend(b"\0\0\0")) == b'{"type":"input_audio_buffer.append","audio":"AAAA"}'


def test_what_we_leave_out_is_not_written_and_null_is() -> None:
    """A partial update says what it changes, and nothing else."""
    event = e.SessionUpdate(
        s.SessionConfig(instructions="", audio=s.Audio(input=s.AudioInput(turn_detection=None))), event_id="c1"
    )
    assert msgspec.json.decode(encode(event)) == {
        "type": "session.update",
        "event_id": "c1",
        "session": {"type": "realtime", "instructions": "", "audio": {"input": {"turn_detection": None}}},
    }
    read = decode_client(encode(event))
    assert isinstance(read, e.SessionUpdate)
    assert read.session.tools is UNSET


def test_a_raw_event_goes_as_it_came() -> None:
    """An event that we do not know keeps its name and all its keys, in either direction."""
    body = {"type": "mcp_list_tools.completed", "item_id": "m", "event_id": "e"}
    for decode in (decode_client, decode_server):
        event = decode(msgspec.json.encode(body))
        assert event == e.RawEvent("mcp_list_tools.completed", {"item_id": "m", "event_id": "e"})
        assert msgspec.json.decode(encode(event)) == body


def test_the_tag_of_our_logs_means_nothing_on_the_wire() -> None:
    """`raw` and `other` are kinds like any unknown kind there."""
    assert decode_server(b'{"type":"raw","name":"x","body":{}}') == e.RawEvent("raw", {"name": "x", "body": {}})
    item = {"type": "other", "body": {"type": "message"}}
    event = decode_server(msgspec.json.encode({"type": "conversation.item.added", "item": item}))
    assert event == e.ConversationItemAdded(i.OtherItem(item))


def test_half_a_surrogate_pair_cannot_be_sent() -> None:
    """Text that is not Unicode is our own fault."""
    with pytest.raises(LocalProtocolError, match="ConversationItemDelete holds text that is not Unicode"):
        encode(e.ConversationItemDelete("\ud800"))


def test_the_beta_names() -> None:
    """All that were changed, and no others."""
    assert dict(BETA_NAMES) == {
        "conversation.item.created": "conversation.item.added",
        "response.audio.delta": "response.output_audio.delta",
        "response.audio.done": "response.output_audio.done",
        "response.audio_transcript.delta": "response.output_audio_transcript.delta",
        "response.audio_transcript.done": "response.output_audio_transcript.done",
        "response.text.delta": "response.output_text.delta",
        "response.text.done": "response.output_text.done",
        "transcription_session.created": "session.created",
        "transcription_session.updated": "session.updated",
    }


@pytest.mark.parametrize(("beta", "today"), BETA_NAMES.items())
def test_a_beta_name_is_read_as_the_name_of_today(beta: str, today: str) -> None:
    """The old servers are understood; the old names are never written."""
    body = {
        "type": beta,
        "response_id": "r",
        "item_id": "i",
        "item": {"type": "message", "role": "user", "content": []},
        "session": {"voice": "alloy", "modalities": ["audio"]},
    }
    event = decode_server(msgspec.json.encode(body))
    assert msgspec.json.decode(encode(event))["type"] == today


def test_beta_contents_are_read_as_those_of_today() -> None:
    """An assistant's `text` and `audio` are `output_text` and `output_audio`."""
    item = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": "a"}, {"type": "audio", "transcript": "b"}, 0],
    }
    with pytest.raises(RemoteProtocolError):
        decode_server(msgspec.json.encode({"type": "conversation.item.created", "item": item}))
    del item["content"][2]  # type: ignore[attr-defined]
    event = decode_server(msgspec.json.encode({"type": "conversation.item.created", "item": item}))
    assert event == e.ConversationItemAdded(i.Message("assistant", (i.OutputText("a"), i.OutputAudio("b"))))


def test_a_server_is_read_tolerantly() -> None:
    """Omissions, nulls, unknown keys and unknown kinds are no reason to lose a call."""
    response = {
        "id": "r",
        "mood": "good",
        "audio": {"output": {"format": {"type": "audio/opus"}, "voice": "marin"}},
        "output": [
            {"type": "message", "id": "m", "role": "assistant", "phase": "commentary"},
            {"type": "function_call", "id": "f", "call_id": "c"},
            {"type": "mcp_call", "id": "x", "output": "y"},
        ],
    }
    event = decode_server(msgspec.json.encode({"type": "response.done", "response": response}))
    assert event == e.ResponseDone(
        e.Response(
            id="r",
            audio=s.ResponseAudio(s.ResponseAudioOutput(voice="marin")),
            output=(
                i.Message("assistant", (), id="m"),
                i.FunctionCall("", "", "c", id="f"),
                i.OtherItem({"type": "mcp_call", "id": "x", "output": "y"}),
            ),
        )
    )
    session = {
        "colour": "red",
        "audio": {
            "input": {"format": {"type": "audio/pcmu"}, "turn_detection": {"type": "azure_semantic_vad"}},
            "output": {"format": {"rate": 8000}, "voice": {"id": "v"}},
        },
    }
    event = decode_server(msgspec.json.encode({"type": "session.created", "session": session}))
    assert event == e.SessionCreated(
        s.SessionConfig(audio=s.Audio(input=s.AudioInput(format=s.Pcmu()), output=s.AudioOutput(voice=s.VoiceId("v"))))
    )
    lean = {"audio": {"output": {"format": None, "voice": "marin"}}}
    event = decode_server(msgspec.json.encode({"type": "session.updated", "session": lean}))
    assert event == e.SessionUpdated(s.SessionConfig(audio=s.Audio(output=s.AudioOutput(format=None, voice="marin"))))
    event = decode_server(b'{"type":"response.output_text.delta","response_id":"r","item_id":"i","delta":null}')
    assert event == e.ResponseOutputTextDelta("r", "i")
    nulls = {"type": "conversation.item.done", "item": {"type": "message", "role": None, "content": None, "x": [None]}}
    assert decode_server(msgspec.json.encode(nulls)) == e.ConversationItemDone(i.Message("", ()))


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ("{", ("invalid_json", None, None)),
        ("", ("invalid_json", None, None)),
        ("[" * 5000, ("invalid_json", None, None)),
        ('{"a":NaN}', ("invalid_json", None, None)),
        ('{"event_id":"c","a":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}", ("invalid_json", None, None)),
        ("[]", ("invalid_event", None, None)),
        ("3", ("invalid_event", None, None)),
        ("{}", ("missing_required_parameter", "type", None)),
        ('{"event_id":"c"}', ("missing_required_parameter", "type", "c")),
        ('{"type":3,"event_id":"c"}', ("invalid_value", "type", "c")),
        ('{"type":"response.create","event_id":3}', ("invalid_value", "event_id", None)),
        ('{"type":"response.cancel","event_id":3}', ("invalid_value", "event_id", None)),
        ('{"type":"response.cancel","event_id":"' + "c" * 513 + '"}', ("string_above_max_length", "event_id", None)),
        ('{"type":"input_audio_buffer.append","event_id":"c"}', ("missing_required_parameter", "audio", "c")),
        ('{"type":"input_audio_buffer.append","event_id":"c","audio":"*"}', ("invalid_value", "audio", "c")),
        ('{"type":"conversation.item.delete"}', ("missing_required_parameter", "item_id", None)),
        ('{"type":"conversation.item.create"}', ("missing_required_parameter", "item", None)),
        ('{"type":"conversation.item.create","item":{}}', ("missing_required_parameter", "item.type", None)),
        ('{"type":"session.update","event_id":"c","session":3}', ("invalid_value", "session", "c")),
        ('{"type":"session.update","session":{}}', ("missing_required_parameter", "session.type", None)),
    ],
)
def test_what_is_malformed_is_refused_by_code(data: str, answer: tuple[str, str | None, str | None]) -> None:
    """The code, the parameter and the event's id are those that the answer needs."""
    assert refusal(data) == answer


def test_nesting_is_taken_up_to_its_limit() -> None:
    """64 levels are read, one more is not."""
    deep = '{"type":"x","a":' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"
    assert isinstance(decode_client(deep), e.RawEvent)
    assert refusal('{"type":"x","a":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}")[0] == "invalid_json"


def test_a_message_has_a_largest_size() -> None:
    """One byte too many and it is not even looked at, from either side."""
    longest = b'"' + b"a" * (MAX_MESSAGE_BYTES - 2) + b'"'
    assert refusal(longest)[0] == "invalid_event"
    assert refusal(longest + b" ") == ("string_above_max_length", None, None)
    with pytest.raises(RemoteProtocolError, match=f"a message of {MAX_MESSAGE_BYTES + 1} is longer than"):
        decode_server(longest + b" ")


def test_a_server_that_cannot_be_understood() -> None:
    """What is wrong in a known event of a server is said, with its place."""
    with pytest.raises(RemoteProtocolError) as fault:
        decode_server(b'{"type":"input_audio_buffer.speech_started"}')
    assert (fault.value.code, fault.value.param) == ("missing_required_parameter", "item_id")
    assert fault.value.message == "missing required parameter: 'item_id'"
    with pytest.raises(RemoteProtocolError) as fault:
        decode_server(b'{"type":"response.done","response":{"output":[3]}}')
    assert (fault.value.code, fault.value.param) == ("invalid_value", "response.output[0]")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "the message is not JSON, or is nested too deeply"),
        ("[]", "the message is not a JSON object"),
        ("{" + '"a":{' * MAX_DEPTH + "}" * MAX_DEPTH + "}", "the message is nested deeper than 64 levels"),
    ],
)
def test_a_refusal_says_what_is_wrong(data: str, message: str) -> None:
    """In a sentence for the one who wrote the client."""
    with pytest.raises(RemoteProtocolError) as fault:
        decode_client(data)
    assert fault.value.message == message


def test_the_sizes_are_those_that_are_promised() -> None:
    """20 MiB and 64 KiB of text, 64 levels."""
    assert (MAX_MESSAGE_BYTES, MAX_DEPTH) == (21_037_056, 64)
