"""What a server takes from a client, limit by limit."""

import re
from typing import Any

import msgspec
import pytest

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import session as s
from npcl_voice.realtime.codec import decode_client
from npcl_voice.realtime.rules import MAX_APPEND_BYTES, MAX_CONTENTS, MAX_TEXT, check, echoed, shortened

LONG = "a" * MAX_TEXT


def send(body: dict[str, Any]) -> tuple[str, str | None] | None:
    """Code and parameter of the refusal, or None when the event is taken."""
    try:
        decode_client(msgspec.json.encode(body))
    except RemoteProtocolError as fault:
        if fault.code == "string_above_max_length" and not re.fullmatch(r"'.*' is longer than \d+", fault.message):
            return "no such message", fault.message
        return fault.code, fault.param
    return None


def update(**session: Any) -> tuple[str, str | None] | None:
    return send({"type": "session.update", "session": {"type": "realtime", **session}})


def update_input(**audio: Any) -> tuple[str, str | None] | None:
    return update(audio={"input": audio})


def update_output(**audio: Any) -> tuple[str, str | None] | None:
    return update(audio={"output": audio})


def create(**item: Any) -> tuple[str, str | None] | None:
    return send({"type": "conversation.item.create", "item": item})


def user(*content: dict[str, Any]) -> tuple[str, str | None] | None:
    return create(type="message", role="user", content=list(content))


def respond(**response: Any) -> tuple[str, str | None] | None:
    return send({"type": "response.create", "response": response})


SERVER_VAD = {"type": "server_vad"}
FUNCTION = {"type": "function", "name": "get_outage"}


@pytest.mark.parametrize(
    "taken",
    [
        update(),
        update(type="transcription"),
        update(output_modalities=["audio"]),
        update(output_modalities=["text"]),
        update(output_modalities=None),
        update(instructions=LONG),
        update(tools=[FUNCTION, {**FUNCTION, "name": "A-z_9" + "a" * 59}]),
        update(tools=[{**FUNCTION, "strict": True}]),
        update(tool_choice="required"),
        update(tool_choice={"type": "function", "name": "get_outage"}),
        update(max_output_tokens=1),
        update(max_output_tokens=4096),
        update(max_output_tokens="inf"),
        update(reasoning={"effort": "minimal"}),
        update(truncation="disabled"),
        update(truncation={"type": "retention_ratio", "retention_ratio": 1.0}),
        update(tracing="auto"),
        update(tracing={"workflow_name": "w", "group_id": "g", "metadata": {}}),
        update(include=["item.input_audio_transcription.logprobs"]),
        update(include=[]),
        update(model="any", prompt=None),
        update_input(format={"type": "audio/pcm"}),
        update_input(format={"type": "audio/pcma"}),
        update_input(noise_reduction={"type": "far_field", "strength": 2.0}),
        update_input(noise_reduction=None, transcription=None, turn_detection=None),
        update_input(transcription={"model": "m" * 512, "language": "l" * 512, "prompt": LONG, "delay": "xhigh"}),
        update_input(turn_detection={**SERVER_VAD, "threshold": 0, "prefix_padding_ms": 0, "silence_duration_ms": 0}),
        update_input(turn_detection={**SERVER_VAD, "threshold": 1, "prefix_padding_ms": 60_000}),
        update_input(turn_detection={**SERVER_VAD, "idle_timeout_ms": 5_000, "silence_duration_ms": 60_000}),
        update_input(turn_detection={**SERVER_VAD, "idle_timeout_ms": 30_000}),
        update_input(turn_detection={"type": "semantic_vad", "eagerness": "high"}),
        update_output(voice="v" * 512, speed=0.25),
        update_output(voice={"id": "v"}, speed=1.5),
        update_output(voice=None, speed=None, format=None),
        user({"type": "input_text", "text": LONG}),
        user({"type": "input_audio", "audio": "AAAA", "transcript": "a", "mood": "good"}),
        user(*[{"type": "input_text", "text": ""}] * MAX_CONTENTS),
        create(type="message", role="assistant", content=[{"type": "output_text", "text": LONG}], status="incomplete"),
        create(type="message", role="system", content=[], id="a" * 32, phase="commentary"),
        create(type="function_call", name="f", arguments=LONG, call_id="a" * 32),
        create(type="function_call_output", call_id="a" * 32, output=LONG),
        respond(),
        respond(
            conversation="none", input=[{"type": "item_reference", "id": "x" * 40}], metadata={"k" * 64: "v" * 512}
        ),
        respond(metadata={str(number): "" for number in range(16)}),
        respond(audio={"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin"}}),
        respond(audio={}, input=[], tools=[]),
        send({"type": "response.create", "response": None}),
    ],
)
def test_what_is_allowed_is_taken(taken: tuple[str, str | None] | None) -> None:
    """Each value at its limit passes."""
    assert taken is None


@pytest.mark.parametrize(
    ("answer", "code", "param"),
    [
        (update(type="video"), "invalid_value", "session.type"),
        (update(temperature=0.8), "unknown_parameter", "session.temperature"),
        (update(id="sess_1"), "unknown_parameter", "session.id"),
        (update(object="x"), "unknown_parameter", "session.object"),
        (update(expires_at=1), "unknown_parameter", "session.expires_at"),
        (update(audio={"speed": 1}), "unknown_parameter", "session.audio.speed"),
        (
            update_input(turn_detection={**SERVER_VAD, "eagerness": "low"}),
            "unknown_parameter",
            "session.audio.input.turn_detection.eagerness",
        ),
        (update(output_modalities=["audio", "text"]), "invalid_value", "session.output_modalities"),
        (update(output_modalities=[]), "invalid_value", "session.output_modalities"),
        (update(instructions=LONG + "a"), "string_above_max_length", "session.instructions"),
        (update(tools=[{"type": "mcp", "server_label": "x"}]), "invalid_value", "session.tools[0].type"),
        (update(tools=[{"type": "other", "body": {}}]), "invalid_value", "session.tools[0].type"),
        (update(tools=[FUNCTION, FUNCTION]), "invalid_value", "session.tools[1].name"),
        (update(tools=[{**FUNCTION, "name": ""}]), "invalid_value", "session.tools[0].name"),
        (update(tools=[{**FUNCTION, "name": "a" * 65}]), "invalid_value", "session.tools[0].name"),
        (update(tools=[{"type": "function"}]), "missing_required_parameter", "session.tools[0].name"),
        (update(tools=[{**FUNCTION, "description": LONG}]), "string_above_max_length", "session.tools"),
        (update(tool_choice="maybe"), "invalid_value", "session.tool_choice"),
        (update(tool_choice={"type": "mcp", "server_label": "x"}), "invalid_value", "session.tool_choice"),
        (update(max_output_tokens=0), "invalid_value", "session.max_output_tokens"),
        (update(max_output_tokens=4097), "invalid_value", "session.max_output_tokens"),
        (update(max_output_tokens="all"), "invalid_value", "session.max_output_tokens"),
        (update(reasoning={"effort": "none"}), "invalid_value", "session.reasoning.effort"),
        (update(truncation="never"), "invalid_value", "session.truncation"),
        (update(truncation={"type": "retention_ratio"}), "invalid_value", "session.truncation"),
        (update(truncation={"type": "half", "retention_ratio": 1}), "invalid_value", "session.truncation"),
        (
            update(truncation={"type": "retention_ratio", "retention_ratio": 1, "x": 1}),
            "invalid_value",
            "session.truncation",
        ),
        (
            update(truncation={"type": "retention_ratio", "retention_ratio": 1, "token_limits": {"x": 1}}),
            "invalid_value",
            "session.truncation",
        ),
        (
            update(truncation={"type": "retention_ratio", "retention_ratio": 1.1}),
            "invalid_value",
            "session.truncation.retention_ratio",
        ),
        (update(tracing="always"), "invalid_value", "session.tracing"),
        (update(tracing={"workflow": "w"}), "invalid_value", "session.tracing"),
        (update(include=["all"]), "invalid_value", "session.include"),
        (update(prompt={"id": "pmpt_1"}), "invalid_value", "session.prompt"),
        (update_input(format={"type": "audio/pcm", "rate": 16000}), "invalid_value", "session.audio.input.format.rate"),
        (
            update_output(format={"type": "audio/pcm", "rate": 16000}),
            "invalid_value",
            "session.audio.output.format.rate",
        ),
        (update_input(format={"type": "audio/opus"}), "invalid_value", "session.audio.input.format.type"),
        (update_input(format="pcm16"), "invalid_value", "session.audio.input.format"),
        (update_input(noise_reduction={"type": "nearby"}), "invalid_value", "session.audio.input.noise_reduction.type"),
        (update_input(transcription={"delay": "none"}), "invalid_value", "session.audio.input.transcription.delay"),
        (
            update_input(transcription={"model": "m" * 513}),
            "string_above_max_length",
            "session.audio.input.transcription.model",
        ),
        (
            update_input(transcription={"language": "m" * 513}),
            "string_above_max_length",
            "session.audio.input.transcription.language",
        ),
        (
            update_input(transcription={"prompt": LONG + "a"}),
            "string_above_max_length",
            "session.audio.input.transcription.prompt",
        ),
        (update_input(turn_detection={}), "missing_required_parameter", "session.audio.input.turn_detection.type"),
        (update_input(turn_detection={"type": "none"}), "invalid_value", "session.audio.input.turn_detection.type"),
        (
            update_input(turn_detection={**SERVER_VAD, "threshold": -0.1}),
            "invalid_value",
            "session.audio.input.turn_detection.threshold",
        ),
        (
            update_input(turn_detection={**SERVER_VAD, "threshold": 1.1}),
            "invalid_value",
            "session.audio.input.turn_detection.threshold",
        ),
        (
            update_input(turn_detection={**SERVER_VAD, "prefix_padding_ms": -1}),
            "invalid_value",
            "session.audio.input.turn_detection.prefix_padding_ms",
        ),
        (
            update_input(turn_detection={**SERVER_VAD, "prefix_padding_ms": 60_001}),
            "invalid_value",
            "session.audio.input.turn_detection.prefix_padding_ms",
        ),
        (
            update_input(turn_detection={**SERVER_VAD, "silence_duration_ms": -1}),
            "invalid_value",
            "session.audio.input.turn_detection.silence_duration_ms",
        ),
        (
            update_input(turn_detection={**SERVER_VAD, "silence_duration_ms": 60_001}),
            "invalid_value",
            "session.audio.input.turn_detection.silence_duration_ms",
        ),
        (
            update_input(turn_detection={**SERVER_VAD, "idle_timeout_ms": 4_999}),
            "invalid_value",
            "session.audio.input.turn_detection.idle_timeout_ms",
        ),
        (
            update_input(turn_detection={**SERVER_VAD, "idle_timeout_ms": 30_001}),
            "invalid_value",
            "session.audio.input.turn_detection.idle_timeout_ms",
        ),
        (
            update_input(turn_detection={"type": "semantic_vad", "eagerness": "max"}),
            "invalid_value",
            "session.audio.input.turn_detection.eagerness",
        ),
        (update_output(speed=0.24), "invalid_value", "session.audio.output.speed"),
        (update_output(speed=1.6), "invalid_value", "session.audio.output.speed"),
        (update_output(voice="v" * 513), "string_above_max_length", "session.audio.output.voice"),
        (update_output(voice={"id": "v" * 513}), "string_above_max_length", "session.audio.output.voice"),
        (user({"type": "input_text", "text": LONG + "a"}), "string_above_max_length", "item.content[0]"),
        (
            user({"type": "input_text", "text": LONG}, {"type": "input_audio", "audio": "AAAA", "transcript": "a"}),
            "string_above_max_length",
            "item.content[1]",
        ),
        (user({"type": "input_audio"}), "missing_required_parameter", "item.content[0].audio"),
        (user({"type": "input_audio", "audio": ""}), "missing_required_parameter", "item.content[0].audio"),
        (user({"type": "input_image", "image_url": "data:"}), "invalid_value", "item.content[0].type"),
        (
            user({"type": "input_text", "text": ""}, {"type": "text", "text": ""}),
            "invalid_value",
            "item.content[1].type",
        ),
        (user({"type": "other", "body": {}}), "invalid_value", "item.content[0].type"),
        (user({"type": "output_text", "text": ""}), "invalid_value", "item.content[0].type"),
        (user(*[{"type": "input_text", "text": ""}] * (MAX_CONTENTS + 1)), "invalid_value", "item.content"),
        (
            create(type="message", role="assistant", content=[{"type": "output_audio"}]),
            "invalid_value",
            "item.content[0].type",
        ),
        (
            create(type="message", role="system", content=[{"type": "input_audio", "audio": "AAAA"}]),
            "invalid_value",
            "item.content[0].type",
        ),
        (create(type="message", role="tool", content=[]), "invalid_value", "item.role"),
        (create(type="message", role="user"), "missing_required_parameter", "item.content"),
        (create(type="message", role="user", content=[], id=""), "invalid_value", "item.id"),
        (create(type="message", role="user", content=[], id="a" * 33), "string_above_max_length", "item.id"),
        (create(type="message", role="user", content=[], status="cancelled"), "invalid_value", "item.status"),
        (create(type="function_call", name="f", arguments="", call_id=""), "invalid_value", "item.call_id"),
        (
            create(type="function_call", name="f", arguments="", call_id="a" * 33),
            "string_above_max_length",
            "item.call_id",
        ),
        (create(type="function_call", name="f", arguments=LONG + "a"), "string_above_max_length", "item.arguments"),
        (create(type="function_call", name="no name", arguments=""), "invalid_value", "item.name"),
        (create(type="function_call_output", call_id="", output=""), "invalid_value", "item.call_id"),
        (create(type="function_call_output", call_id="a" * 33, output=""), "string_above_max_length", "item.call_id"),
        (create(type="function_call_output", call_id="a", output=LONG + "a"), "string_above_max_length", "item.output"),
        (
            create(type="function_call_output", call_id="a", output="", id="a" * 33),
            "string_above_max_length",
            "item.id",
        ),
        (create(type="item_reference", id="a"), "invalid_value", "item.type"),
        (create(type="mcp_approval_response", id="a"), "invalid_value", "item.type"),
        (create(type="other", body={}), "invalid_value", "item.type"),
        (respond(modalities=["text"]), "unknown_parameter", "response.modalities"),
        (respond(conversation="other"), "invalid_value", "response.conversation"),
        (respond(metadata={str(number): "" for number in range(17)}), "invalid_value", "response.metadata"),
        (respond(metadata={"k" * 65: ""}), "string_above_max_length", "response.metadata"),
        (respond(metadata={"k": "v" * 513}), "string_above_max_length", "response.metadata.k"),
        (respond(metadata={"k": 1}), "invalid_value", "response.metadata[...]"),
        (respond(input=[{"type": "message", "role": "x", "content": []}]), "invalid_value", "response.input[0].role"),
        (respond(input=[{"type": "mcp_call"}]), "invalid_value", "response.input[0].type"),
        (respond(audio={"output": {"speed": 1}}), "unknown_parameter", "response.audio.output.speed"),
        (
            respond(audio={"output": {"format": {"type": "audio/pcm", "rate": 8000}}}),
            "invalid_value",
            "response.audio.output.format.rate",
        ),
        (respond(tools=[{**FUNCTION, "name": " "}]), "invalid_value", "response.tools[0].name"),
        (respond(max_output_tokens=5000), "invalid_value", "response.max_output_tokens"),
    ],
)
def test_what_is_not_allowed_is_refused(answer: tuple[str, str | None] | None, code: str, param: str) -> None:
    """Each value past its limit is refused, with the code and the place of it."""
    assert answer == (code, param)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (e.InputAudioBufferAppend(b"a" * (MAX_APPEND_BYTES + 1)), "'audio' is longer than 15728640"),
        (
            e.SessionUpdate(s.SessionConfig(type="video")),
            "'session.type' is 'video', not one of realtime, transcription",
        ),
        (
            e.SessionUpdate(s.SessionConfig(max_output_tokens=0)),
            "'session.max_output_tokens' is not between 1 and 4096",
        ),
        (
            e.ConversationItemCreate(i.Message("user", (i.OutputText("a"),))),
            "a client cannot put this type of content into a message of the user",
        ),
        (e.ConversationItemCreate(i.Message("tool", ())), "'item.role' is not one of system, user, assistant"),
        (e.ConversationItemCreate(i.Message("user", (), id="")), "'item.id' is empty"),
    ],
)
def test_events_that_no_text_was_made_of_are_held_to_the_rules_too(event: e.KnownClientEvent, message: str) -> None:
    """Within one process there is no text between the two; the message says what is wrong."""
    with pytest.raises(RemoteProtocolError) as fault:
        check(event)
    assert fault.value.message == message


@pytest.mark.parametrize(
    "taken",
    [
        *(
            create(type="message", role="user", content=[], status=status)
            for status in ("in_progress", "completed", "incomplete")
        ),
        *(update(reasoning={"effort": effort}) for effort in ("minimal", "low", "medium", "high", "xhigh")),
        *(update(tool_choice=choice) for choice in ("auto", "none", "required")),
        *(update(truncation=truncation) for truncation in ("auto", "disabled")),
        *(update_input(noise_reduction={"type": kind}) for kind in ("near_field", "far_field")),
        *(
            update_input(turn_detection={"type": "semantic_vad", "eagerness": eagerness})
            for eagerness in ("low", "medium", "high", "auto")
        ),
        *(respond(conversation=conversation) for conversation in ("auto", "none")),
    ],
)
def test_every_word_of_the_api_is_taken(taken: tuple[str, str | None] | None) -> None:
    """Each of the words that a field may hold."""
    assert taken is None


def told(body: dict[str, Any]) -> str:
    """The message of the refusal."""
    with pytest.raises(RemoteProtocolError) as fault:
        decode_client(msgspec.json.encode(body))
    return fault.value.message


@pytest.mark.parametrize(
    ("session", "message"),
    [
        ({"mood": "good"}, "unknown parameter: 'session.mood'"),
        ({"include": ["x"]}, "only 'item.input_audio_transcription.logprobs' can be included"),
        ({"output_modalities": []}, "output_modalities is ['audio'] or ['text']"),
        ({"tool_choice": {"type": "mcp", "server_label": "x"}}, "this server has no MCP tools"),
        ({"tools": [{"type": "mcp"}]}, "this server has no tools but functions"),
        (
            {"tools": [{"type": "function", "name": ""}]},
            "a function's name is 1 to 64 of A-Z a-z 0-9 _ -, and its own",
        ),
        ({"prompt": {"id": "p"}}, "this server has no stored prompts"),
        ({"tracing": {"x": 1}}, "Object contains unknown field `x`"),
        ({"truncation": {"type": "retention_ratio"}}, "Object missing required field `retention_ratio`"),
        ({"audio": {"output": {"format": {"type": "audio/pcm", "rate": 1}}}}, "audio/pcm has a rate of 24000"),
    ],
)
def test_a_refusal_of_settings_says_what_is_wrong(session: dict[str, Any], message: str) -> None:
    """In a sentence for the one who wrote the client."""
    assert told({"type": "session.update", "session": {"type": "realtime", **session}}) == message


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"type": "mcp_call"}, "a client cannot put in an item of this type"),
        ({"type": "function_call", "name": "", "arguments": ""}, "a function's name is 1 to 64 of A-Z a-z 0-9 _ -"),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": ""}] * (MAX_CONTENTS + 1)},
            "'item.content' has more than 64 parts",
        ),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_audio"}]},
            "missing required parameter: 'item.content[0].audio'",
        ),
    ],
)
def test_a_refusal_of_an_item_says_what_is_wrong(item: dict[str, Any], message: str) -> None:
    """In a sentence for the one who wrote the client."""
    assert told({"type": "conversation.item.create", "item": item}) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "response.create", "event_id": 3}, "event_id is not a string"),
        ({"type": "session.update", "session": {}}, "missing required parameter: 'session.type'"),
        (
            {"type": "response.create", "response": {"metadata": {str(number): "" for number in range(17)}}},
            "'response.metadata' has more than 16 pairs",
        ),
        ({}, "the event has no type"),
        ({"type": 3}, "the event's type is not a string"),
    ],
)
def test_a_refusal_of_an_event_says_what_is_wrong(body: dict[str, Any], message: str) -> None:
    """In a sentence for the one who wrote the client."""
    assert told(body) == message


def test_the_largest_append_is_taken() -> None:
    """15 MiB are taken in one piece."""
    check(e.InputAudioBufferAppend(b"a" * MAX_APPEND_BYTES))


def test_what_is_refused_is_not_sent_back_at_length() -> None:
    """Messages and ids are cut or left out."""
    assert shortened("a" * 300) == "a" * 300
    assert shortened("a" * 301) == "a" * 299 + "…"
    assert echoed("a" * 512) == "a" * 512
    assert echoed("a" * 513) is None
    assert echoed(3) is None
    long_key = update(**{"k" * 1000: 1})
    assert long_key == ("unknown_parameter", ("session." + "k" * 1000)[:199] + "…")
