"""Hypothesis strategies for events of both sides, drawn from the structs themselves."""

import types
from typing import Any, Union, get_args, get_origin

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import session as s

STEADY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine fails no test."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KINDS = TEXTS.map("x_".__add__)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=3)
OTHERS = st.builds(lambda kind, body: {**body, "type": kind}, KINDS, OBJECTS)
"""A JSON object of a kind that nobody knows."""

ROLES = ("user", "assistant", "system")


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type as our structs use it."""
    if kind in (i.OtherItem, i.OtherContent, s.OtherTool):
        return st.builds(kind, OTHERS)
    if kind is e.RawEvent:
        return st.builds(e.RawEvent, KINDS, st.dictionaries(TEXTS.filter(lambda key: key != "type"), JSON, max_size=3))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return st.builds(kind, **{field.name: of(field.type) for field in msgspec.structs.fields(kind)})
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of([of(member) for member in get_args(kind)])
    if get_origin(kind) is tuple:
        return st.lists(of(get_args(kind)[0]), max_size=2).map(tuple)
    if get_origin(kind) is dict:
        return st.dictionaries(TEXTS, TEXTS if get_args(kind)[1] is str else JSON, max_size=2)
    return {
        str: TEXTS,
        int: st.integers(-(2**63), 2**64 - 1),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        bytes: st.binary(max_size=12),
        type(None): st.none(),
        UnsetType: st.just(UNSET),
    }[kind]


SERVER_EVENTS = of(e.ServerEvent)
"""Any event of a server, also such as no server would send."""

CLIENT_EVENTS = of(e.ClientEvent)
"""Any event of a client, also such as no server would take."""

IDS = st.sampled_from([f"id_{number}" for number in range(6)])
SHORT = st.text("ab ", max_size=5)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_BOOLS = st.sampled_from([UNSET, None, True, False])
_FORMATS = st.sampled_from([UNSET, None, s.Pcm(), s.Pcmu(), s.Pcma()])
_DETECTIONS = st.one_of(
    st.sampled_from([UNSET, None]),
    st.builds(
        s.ServerVad,
        threshold=st.sampled_from([UNSET, None, 0.0, 0.5, 1.0]),
        prefix_padding_ms=st.sampled_from([UNSET, None, 0, 60_000]),
        silence_duration_ms=st.sampled_from([UNSET, None, 0, 60_000]),
        idle_timeout_ms=st.sampled_from([UNSET, None, 5_000, 30_000]),
        create_response=_BOOLS,
        interrupt_response=_BOOLS,
    ),
    st.builds(
        s.SemanticVad,
        eagerness=st.sampled_from([UNSET, None, "low", "medium", "high", "auto"]),
        create_response=_BOOLS,
        interrupt_response=_BOOLS,
    ),
)
_VOICES = st.sampled_from([UNSET, None, "marin", "cedar", s.VoiceId("voice_1")])
_TOOLS = st.sampled_from([None, (), (s.FunctionTool("get_outage", "What is out", {"type": "object"}),)])
_CHOICES = st.sampled_from([None, "auto", "none", "required", s.FunctionChoice("get_outage")])
_MODALITIES = st.sampled_from([None, ("audio",), ("text",)])
_TOKENS = st.sampled_from([None, "inf", 1, 4096])
_REASONING = st.sampled_from([None, s.Reasoning("low"), s.Reasoning("xhigh")])
_AUDIO = st.builds(
    s.Audio,
    input=st.just(UNSET)
    | st.builds(
        s.AudioInput,
        format=_FORMATS,
        noise_reduction=st.sampled_from([UNSET, None, s.NoiseReduction("near_field", 0.5)]),
        transcription=st.sampled_from(
            [UNSET, None, s.Transcription(), s.Transcription("ours", "en", "names", ("en",))]
        ),
        turn_detection=_DETECTIONS,
    ),
    output=st.just(UNSET)
    | st.builds(s.AudioOutput, format=_FORMATS, voice=_VOICES, speed=st.sampled_from([UNSET, None, 0.25, 1.5])),
)
SESSIONS = st.builds(
    s.SessionConfig,
    model=st.sampled_from([UNSET, None, "model", "other"]),
    output_modalities=st.just(UNSET) | _MODALITIES,
    instructions=st.just(UNSET) | _maybe(SHORT),
    audio=st.just(UNSET) | _AUDIO,
    tools=st.just(UNSET) | _TOOLS,
    tool_choice=st.just(UNSET) | _CHOICES,
    parallel_tool_calls=_BOOLS,
    reasoning=st.just(UNSET) | _REASONING,
    max_output_tokens=st.just(UNSET) | _TOKENS,
    truncation=st.sampled_from(
        [
            UNSET,
            None,
            "auto",
            "disabled",
            {"type": "retention_ratio", "retention_ratio": 0.8, "token_limits": {"post_instructions": 8000}},
        ]
    ),
    tracing=st.sampled_from([UNSET, None, "auto", {"workflow_name": "calls", "metadata": {"a": 1}}]),
    include=st.sampled_from([UNSET, None, ("item.input_audio_transcription.logprobs",)]),
)
"""Settings that a server takes."""

_STATUSES = st.sampled_from([None, "completed", "incomplete"])
_OWN = {"id": _maybe(IDS), "status": _STATUSES}
ITEMS = st.one_of(
    st.builds(i.Message, st.just("system"), st.builds(i.InputText, SHORT).map(lambda part: (part,)), **_OWN),
    st.builds(
        i.Message,
        st.just("user"),
        st.lists(
            st.builds(i.InputText, SHORT)
            | st.builds(i.InputAudio, _maybe(SHORT), st.binary(min_size=1, max_size=9600)),
            max_size=2,
        ).map(tuple),
        **_OWN,
    ),
    st.builds(i.Message, st.just("assistant"), st.builds(i.OutputText, SHORT).map(lambda part: (part,)), **_OWN),
    st.builds(i.FunctionCall, st.just("get_outage"), SHORT, _maybe(IDS), **_OWN),
    st.builds(i.FunctionCallOutput, st.one_of(IDS, st.just("call_1")), SHORT, **_OWN),
)
"""Items that a client may put in."""

PARAMETERS = st.builds(
    s.ResponseParameters,
    conversation=st.sampled_from([None, "auto", "none"]),
    input=_maybe(st.lists(ITEMS | st.builds(i.ItemReference, IDS), max_size=2).map(tuple)),
    instructions=_maybe(SHORT),
    output_modalities=_MODALITIES,
    audio=st.none()
    | st.builds(
        s.ResponseAudio,
        st.none()
        | st.builds(s.ResponseAudioOutput, st.sampled_from([None, s.Pcm(), s.Pcmu()]), _maybe(st.just("cedar"))),
    ),
    tools=_TOOLS,
    tool_choice=_CHOICES,
    parallel_tool_calls=st.sampled_from([None, True, False]),
    reasoning=_REASONING,
    max_output_tokens=_TOKENS,
    metadata=st.sampled_from([None, {}, {"purpose": "greeting"}]),
)
"""Wishes for a response that a server takes."""

_EVENT_ID = {"event_id": _maybe(SHORT)}
ITEM_IDS = IDS | st.sampled_from(["item_1", "item_2", "item_3", "item_4", "t_item_1"])
GOOD_CLIENT_EVENTS = st.one_of(
    st.builds(e.SessionUpdate, SESSIONS, **_EVENT_ID),
    st.builds(e.InputAudioBufferAppend, st.binary(max_size=20).map(lambda data: data * 480), **_EVENT_ID),
    st.builds(e.InputAudioBufferCommit, **_EVENT_ID),
    st.builds(e.InputAudioBufferClear, **_EVENT_ID),
    st.builds(e.ConversationItemCreate, ITEMS, _maybe(st.just("root") | ITEM_IDS), **_EVENT_ID),
    st.builds(e.ConversationItemRetrieve, ITEM_IDS, **_EVENT_ID),
    st.builds(e.ConversationItemTruncate, ITEM_IDS, st.integers(-1, 1), st.integers(-1, 300), **_EVENT_ID),
    st.builds(e.ConversationItemDelete, ITEM_IDS, **_EVENT_ID),
    st.builds(e.ResponseCreate, _maybe(PARAMETERS), **_EVENT_ID),
    st.builds(e.ResponseCancel, _maybe(st.sampled_from(["resp_1", "resp_2"])), **_EVENT_ID),
)
"""Events that keep to the rules; whether they fit the moment is the server's to say."""
